package discordtest

import (
	"strconv"
	"time"
)

// object is a JSON object as Discord writes it.
type object = map[string]any

func (p *person) object() object {
	return object{
		"id": p.id, "username": p.name, "discriminator": "0", "global_name": p.name, "avatar": nil,
		"bot": p.bot, "public_flags": 0, "flags": 0,
	}
}

func (s *Server) member(p *person) object {
	return object{
		"user": p.object(), "nick": nil, "avatar": nil, "banner": nil, "roles": append([]string{}, p.roles...),
		"joined_at": "2026-01-01T00:00:00.000000+00:00", "premium_since": nil, "deaf": false, "mute": false,
		"flags": 0, "pending": false, "communication_disabled_until": nil,
		"permissions": strconv.FormatInt(s.rightsOf(p), 10),
	}
}

func (s *Server) channelObject(c *channel) object {
	o := object{"id": c.id, "type": c.kind, "last_message_id": nil, "flags": 0}
	if c.kind == directChannel {
		o["recipients"] = []object{c.with.object()}
		return o
	}
	o["guild_id"], o["name"], o["position"], o["nsfw"] = s.guild, c.name, 0, false
	o["permission_overwrites"], o["parent_id"] = []object{}, nil
	if c.parent != "" {
		o["parent_id"], o["owner_id"] = c.parent, s.bot.id
		o["thread_metadata"] = object{"archived": false, "auto_archive_duration": 1440, "locked": false}
	}
	return o
}

func (r *role) object(position int) object {
	return object{
		"id": r.id, "name": r.name, "permissions": strconv.FormatInt(r.rights, 10), "position": position,
		"color": 0, "hoist": false, "managed": false, "mentionable": false, "flags": 0,
	}
}

func (s *Server) roleObjects() []object {
	all := []object{}
	for i, r := range s.roles {
		all = append(all, r.object(i))
	}
	return all
}

// guildObject is what GUILD_CREATE tells: without the members intent the bot is the
// only member in it.
func (s *Server) guildObject() object {
	channels, threads := []object{}, []object{}
	for _, c := range s.channels {
		switch c.kind {
		case textChannel:
			channels = append(channels, s.channelObject(c))
		case publicThread, privateThread:
			threads = append(threads, s.channelObject(c))
		}
	}
	return object{
		"id": s.guild, "name": "Peers", "owner_id": s.owner.id, "preferred_locale": s.locale, "icon": nil,
		"unavailable": false, "large": false, "member_count": len(s.people) + 1, "joined_at": stamp(time.Now()),
		"roles": s.roleObjects(), "channels": channels, "threads": threads, "members": []object{s.member(s.bot)},
		"emojis": []object{}, "stickers": []object{}, "features": []string{}, "voice_states": []object{},
		"presences": []object{}, "stage_instances": []object{}, "guild_scheduled_events": []object{},
		"verification_level": 0, "default_message_notifications": 0, "explicit_content_filter": 0, "mfa_level": 0,
		"afk_timeout": 300, "system_channel_flags": 0, "premium_tier": 0, "nsfw_level": 0,
	}
}

// stamp writes a time as Discord does.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000-07:00") }

// messageObject is a message as the API tells it.
func (s *Server) messageObject(m *Message) object {
	author := s.personByID(m.Author)
	mentions := []object{}
	for _, id := range m.Pings {
		if p := s.personByID(id); p != nil {
			mentions = append(mentions, p.object())
		}
	}
	o := object{
		"id": m.ID, "channel_id": m.Channel, "author": author.object(), "content": m.Content, "timestamp": stamp(m.Sent),
		"edited_timestamp": nil, "tts": false, "mention_everyone": m.Everyone, "mentions": mentions,
		"mention_roles": []string{}, "attachments": attachments(m.Files), "embeds": orEmpty(m.Embeds), "pinned": false,
		"type": 0, "flags": m.Flags, "components": orEmpty(m.Components),
	}
	if !m.Edited.IsZero() {
		o["edited_timestamp"] = stamp(m.Edited)
	}
	if m.Nonce != "" {
		o["nonce"] = m.Nonce
	}
	if m.ReplyTo != "" {
		o["type"], o["message_reference"] = 19, object{"type": 0, "message_id": m.ReplyTo, "channel_id": m.Channel}
	}
	if m.webhook {
		o["webhook_id"], o["application_id"] = s.bot.id, s.bot.id
	}
	return o
}

func attachments(files []File) []object {
	all := []object{}
	for _, f := range files {
		all = append(all, object{
			"id": f.ID, "filename": f.Name, "size": len(f.Data), "content_type": f.Type,
			"description": f.Alt, "url": f.URL, "proxy_url": f.URL,
		})
	}
	return all
}

func orEmpty[T any](all []T) []T {
	if all == nil {
		return []T{}
	}
	return all
}
