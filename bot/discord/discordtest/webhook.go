package discordtest

import (
	"net/http"
	"time"
)

// inInteraction refuses a token that is not valid, or not yet.
func (s *Server) inInteraction(r *request, do func(*Interaction) answer) answer {
	i := s.interactions[r.PathValue("webhook_token")]
	now := time.Now()
	switch {
	case i == nil || r.PathValue("webhook_id") != s.bot.id:
		return problem(http.StatusNotFound, 10015, "Unknown Webhook")
	case now.Sub(i.made) > tokenLives || i.late(now):
		return problem(http.StatusUnauthorized, 50027, "Invalid Webhook Token")
	case !i.answered:
		return problem(http.StatusNotFound, 10015, "Unknown Webhook")
	}
	return do(i)
}

// inResponse finds the message that a route names: @original or one that followed.
func (s *Server) inResponse(r *request, do func(*Interaction, *Message) answer) answer {
	return s.inInteraction(r, func(i *Interaction) answer {
		m := i.original
		if id := r.PathValue("message_id"); id != "" {
			m = i.at.message(id)
		}
		if m == nil || m.Author != s.bot.id || i.at.message(m.ID) == nil {
			return problem(http.StatusNotFound, 10008, "Unknown Message")
		}
		return do(i, m)
	})
}

func (s *Server) getResponse(r *request) answer {
	return s.inResponse(r, func(_ *Interaction, m *Message) answer { return ok(s.messageObject(m)) })
}

func (s *Server) patchResponse(r *request) answer {
	return s.inResponse(r, func(i *Interaction, m *Message) answer { return s.changeAsSaid(r, i.at, m) })
}

func (s *Server) deleteResponse(r *request) answer {
	return s.inResponse(r, func(i *Interaction, m *Message) answer {
		s.remove(i.at, m)
		return answer{}
	})
}

// followUp adds a message to an interaction. The first one after a deferred answer
// takes the place of what says that the bot is thinking, and whom it is for was
// decided then.
func (s *Server) followUp(r *request) answer {
	return s.inInteraction(r, func(i *Interaction) answer {
		if i.original != nil && i.original.Flags&Loading != 0 {
			return s.changeAsSaid(r, i.at, i.original)
		}
		var d draft
		if !r.into(&d) {
			return s.refuse(r, faults{"the message cannot be read"})
		}
		a, _ := s.say(r, i, &d)
		return a
	})
}
