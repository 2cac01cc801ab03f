package discordtest

import (
	"net/http"
	"strconv"
	"time"
)

// routes are what a bot like ours asks for.
func routes() []route {
	const (
		channels = "/channels/{channel_id}"
		messages = channels + "/messages"
		webhook  = "/webhooks/{webhook_id}/{webhook_token}"
		commands = "/applications/{application_id}/commands"
		events   = "/guilds/{guild_id}/scheduled-events"
	)
	return []route{
		{"GET /gateway", true, (*Server).getGateway},
		{"GET /gateway/bot", false, (*Server).getGatewayBot},
		{"GET /users/@me", false, func(s *Server, r *request) answer { return ok(s.bot.object()) }},
		{"GET /users/@me/guilds", false, (*Server).getGuilds},
		{"GET /users/{user_id}", false, (*Server).getUser},
		{"POST /users/@me/channels", false, (*Server).postDirect},
		{"GET /applications/@me", false, (*Server).getApplication},
		{"GET /oauth2/applications/@me", false, (*Server).getApplication},
		{"GET " + commands, false, (*Server).getCommands},
		{"PUT " + commands, false, (*Server).putCommands},
		{"GET /guilds/{guild_id}", false, (*Server).getGuild},
		{"DELETE /users/@me/guilds/{guild_id}", false, (*Server).leave},
		{"GET /guilds/{guild_id}/roles", false, (*Server).getRoles},
		{"GET /guilds/{guild_id}/channels", false, (*Server).getChannels},
		{"GET /guilds/{guild_id}/members/{user_id}", false, (*Server).getMember},
		{"GET " + events, false, (*Server).getEvents},
		{"POST " + events, false, (*Server).postEvent},
		{"PATCH " + events + "/{guild_scheduled_event_id}", false, (*Server).patchEvent},
		{"DELETE " + events + "/{guild_scheduled_event_id}", false, (*Server).deleteEvent},
		{"GET " + channels, false, (*Server).getChannel},
		{"POST " + channels + "/threads", false, (*Server).postThread},
		{"POST " + channels + "/typing", false, (*Server).postTyping},
		{"GET " + messages, false, (*Server).getMessages},
		{"POST " + messages, false, (*Server).postMessage},
		{"GET " + messages + "/{message_id}", false, (*Server).getMessage},
		{"PATCH " + messages + "/{message_id}", false, (*Server).patchMessage},
		{"DELETE " + messages + "/{message_id}", false, (*Server).deleteMessage},
		{"POST /interactions/{interaction_id}/{interaction_token}/callback", true, (*Server).callback},
		{"POST " + webhook, true, (*Server).followUp},
		{"GET " + webhook + "/messages/@original", true, (*Server).getResponse},
		{"PATCH " + webhook + "/messages/@original", true, (*Server).patchResponse},
		{"DELETE " + webhook + "/messages/@original", true, (*Server).deleteResponse},
		{"GET " + webhook + "/messages/{message_id}", true, (*Server).getResponse},
		{"PATCH " + webhook + "/messages/{message_id}", true, (*Server).patchResponse},
		{"DELETE " + webhook + "/messages/{message_id}", true, (*Server).deleteResponse},
	}
}

func (s *Server) getGateway(*request) answer {
	return ok(object{"url": "ws://" + s.address + "/gateway"})
}

func (s *Server) getGatewayBot(*request) answer {
	used, reset := s.started(time.Now())
	return ok(object{"url": "ws://" + s.address + "/gateway", "shards": 1, "session_start_limit": object{
		"total": s.opt.Starts, "remaining": max(0, s.opt.Starts-used), "reset_after": reset.Milliseconds(), "max_concurrency": 1,
	}})
}

func (s *Server) getApplication(*request) answer {
	return ok(object{
		"id": s.bot.id, "name": s.bot.name, "description": "", "icon": nil, "bot": s.bot.object(), "bot_public": true,
		"bot_require_code_grant": false, "verify_key": "0", "flags": s.flags(), "owner": s.owner.object(),
	})
}

// flags say which privileged intents are switched on; see
// https://docs.discord.com/developers/resources/application#application-object-application-flags.
func (s *Server) flags() int {
	all := 0
	for intent, flag := range map[int]int{guildPresences: 1 << 13, guildMembers: 1 << 15, messageContent: 1 << 19} {
		if s.opt.Privileged&intent != 0 {
			all |= flag
		}
	}
	return all
}

func (s *Server) getGuilds(*request) answer {
	if s.away {
		return ok([]object{})
	}
	rights := strconv.FormatInt(s.world.rights, 10)
	return ok([]object{{"id": s.guild, "name": "Peers", "icon": nil, "owner": false, "permissions": rights, "features": []string{}}})
}

// inGuild refuses where the bot is not, or where there is nothing.
func (s *Server) inGuild(r *request, a func() answer) answer {
	switch {
	case r.PathValue("guild_id") != s.guild:
		return problem(http.StatusNotFound, 10004, "Unknown Guild")
	case s.away:
		return problem(http.StatusForbidden, 50001, "Missing Access")
	}
	return a()
}

func (s *Server) getGuild(r *request) answer {
	return s.inGuild(r, func() answer { return ok(s.guildObject()) })
}

func (s *Server) getRoles(r *request) answer {
	return s.inGuild(r, func() answer { return ok(s.roleObjects()) })
}

func (s *Server) getChannels(r *request) answer {
	return s.inGuild(r, func() answer { return ok(s.guildObject()["channels"]) })
}

func (s *Server) leave(r *request) answer {
	return s.inGuild(r, func() answer {
		s.removeBot()
		return answer{}
	})
}

func (s *Server) getMember(r *request) answer {
	return s.inGuild(r, func() answer {
		p := s.personByID(r.PathValue("user_id"))
		switch {
		case p == nil:
			return problem(http.StatusNotFound, 10013, "Unknown User")
		case p.gone:
			return problem(http.StatusNotFound, 10007, "Unknown Member")
		}
		return ok(s.member(p))
	})
}

func (s *Server) getUser(r *request) answer {
	if p := s.personByID(r.PathValue("user_id")); p != nil {
		return ok(p.object())
	}
	return problem(http.StatusNotFound, 10013, "Unknown User")
}

func (s *Server) postDirect(r *request) answer {
	var body struct {
		ID string `json:"recipient_id"`
	}
	r.into(&body)
	p := s.personByID(body.ID)
	if p == nil || p.bot {
		return problem(http.StatusBadRequest, 50033, "Invalid Recipient(s)")
	}
	return ok(s.channelObject(s.direct(p)))
}

func (s *Server) getChannel(r *request) answer {
	return s.inChannel(r, ViewChannel, func(c *channel) answer { return ok(s.channelObject(c)) })
}

func (s *Server) postTyping(r *request) answer {
	return s.inChannel(r, SendMessages, func(c *channel) answer { return answer{} })
}

func (s *Server) postThread(r *request) answer {
	var body struct {
		Name string `json:"name"`
		Type int    `json:"type"`
	}
	r.into(&body)
	return s.inChannel(r, PrivateThreads, func(c *channel) answer {
		t := &channel{id: s.snowflake(), name: body.Name, kind: max(body.Type, publicThread), parent: c.id, denied: c.denied}
		s.channels = append(s.channels, t)
		o := s.channelObject(t)
		s.dispatch("THREAD_CREATE", guilds, always(o))
		return answer{status: http.StatusCreated, body: o}
	})
}
