package discordtest

import (
	"net/http"
	"slices"
	"strconv"
)

func permissions(p int64) string { return strconv.FormatInt(p, 10) }

// GuildID is the id of the guild, and of the role that everyone has.
func (s *Server) GuildID() string { return s.guild }

// BotID is the id of the bot, and of its application.
func (s *Server) BotID() string { return s.bot.id }

// PersonID is the id of who, who joins when named for the first time.
func (s *Server) PersonID(who string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.person(who).id
}

// ChannelID is the id of a room; with the room "" it is that of who's private chat.
// It is "" where there is none.
func (s *Server) ChannelID(who, room string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var p *person
	if room == "" {
		p = s.person(who)
	}
	c, err := s.room(p, room)
	if err != nil {
		return ""
	}
	return c.id
}

// AddRoom makes a room in the guild and returns its id.
func (s *Server) AddRoom(name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := &channel{id: s.snowflake(), name: name}
	s.channels = append(s.channels, c)
	s.dispatch("CHANNEL_CREATE", guilds, always(s.channelObject(c)))
	return c.id
}

// AddThread makes a public thread in a room and returns its id.
func (s *Server) AddThread(room, name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	parent, err := s.room(nil, room)
	if err != nil {
		return ""
	}
	c := &channel{id: s.snowflake(), name: name, kind: publicThread, parent: parent.id}
	s.channels = append(s.channels, c)
	s.dispatch("THREAD_CREATE", guilds, always(s.channelObject(c)))
	return c.id
}

// DropRoom deletes a room.
func (s *Server) DropRoom(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.room(nil, name)
	if err != nil {
		return
	}
	s.channels = slices.DeleteFunc(s.channels, func(o *channel) bool { return o == c })
	s.dispatch("CHANNEL_DELETE", guilds, always(s.channelObject(c)))
}

// Deny takes rights from the bot in a room; 0 gives all back.
func (s *Server) Deny(room string, rights int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c, err := s.room(nil, room); err == nil {
		c.denied = rights
		s.dispatch("CHANNEL_UPDATE", guilds, always(s.channelObject(c)))
	}
}

// Allow gives the bot rights in the guild, in place of those it had.
func (s *Server) Allow(rights int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.world.rights = rights
}

// Block makes who take no direct messages from the bot any more, or again.
func (s *Server) Block(who string, closed bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.person(who).closed = closed
}

// Speak sets the language of who's client.
func (s *Server) Speak(who, locale string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.person(who).locale = locale
}

// AddRole makes a role with rights and returns its id.
func (s *Server) AddRole(name string, rights int64) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := &role{id: s.snowflake(), name: name, rights: rights}
	s.roles = append(s.roles, r)
	s.dispatch("GUILD_ROLE_CREATE", guilds, always(object{"guild_id": s.guild, "role": r.object(len(s.roles) - 1)}))
	return r.id
}

// Grant gives who exactly these roles, by id.
func (s *Server) Grant(who string, roles ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.person(who)
	p.roles = roles
	s.dispatch("GUILD_MEMBER_UPDATE", guildMembers, always(s.member(p)))
}

// Leave makes who leave the guild.
func (s *Server) Leave(who string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.person(who)
	p.gone = true
	s.dispatch("GUILD_MEMBER_REMOVE", guildMembers, always(object{"guild_id": s.guild, "user": p.object()}))
}

// Kick removes the bot from the guild, or invites it again.
func (s *Server) Kick(away bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if away {
		s.removeBot()
		return
	}
	s.away = false
	s.dispatch("GUILD_CREATE", guilds, always(s.guildObject()))
}

func (s *Server) removeBot() {
	s.away = true
	s.dispatch("GUILD_DELETE", guilds, always(object{"id": s.guild}))
}

// Outage makes the guild unavailable, which is not to be removed from it, or
// available again.
func (s *Server) Outage(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if on {
		s.dispatch("GUILD_DELETE", guilds, always(object{"id": s.guild, "unavailable": true}))
		return
	}
	s.dispatch("GUILD_CREATE", guilds, always(s.guildObject()))
}

// Revoke makes the token worth nothing, as when somebody resets it.
func (s *Server) Revoke() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.token = ""
	s.closeAll(4004, "Authentication failed.")
}

// Clear forgets every message.
func (s *Server) Clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.channels {
		c.messages = nil
	}
}

// Upload keeps a file under its name, which is then the value of an option that takes
// files.
func (s *Server) Upload(f File) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f.ID = s.snowflake()
	f.URL = "http://" + s.address + "/attachments/" + f.ID + "/" + f.Name
	s.uploads[f.Name] = f
}

// download serves what was uploaded.
func (s *Server) download(w http.ResponseWriter, q *http.Request) {
	s.mu.Lock()
	f, known := s.uploads[q.PathValue("name")]
	s.mu.Unlock()
	if !known || f.ID != q.PathValue("id") {
		http.NotFound(w, q)
		return
	}
	w.Header().Set("Content-Type", f.Type)
	_, _ = w.Write(f.Data)
}
