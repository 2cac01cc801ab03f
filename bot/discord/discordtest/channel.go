package discordtest

import (
	"net/http"
	"slices"
	"strconv"
	"time"
)

// inChannel refuses what the bot may not do in a channel, as Discord words it.
func (s *Server) inChannel(r *request, need int64, do func(*channel) answer) answer {
	c := s.channel(r.PathValue("channel_id"))
	switch {
	case c == nil:
		return problem(http.StatusNotFound, 10003, "Unknown Channel")
	case s.may(c)&ViewChannel == 0:
		return problem(http.StatusForbidden, 50001, "Missing Access")
	case s.may(c)&need != need:
		return problem(http.StatusForbidden, 50013, "Missing Permissions")
	}
	return do(c)
}

func (s *Server) inMessage(r *request, do func(*channel, *Message) answer) answer {
	return s.inChannel(r, ViewChannel, func(c *channel) answer {
		m := c.message(r.PathValue("message_id"))
		if m == nil || m.For != "" {
			return problem(http.StatusNotFound, 10008, "Unknown Message")
		}
		return do(c, m)
	})
}

func (s *Server) getMessage(r *request) answer {
	return s.inMessage(r, func(_ *channel, m *Message) answer { return ok(s.messageObject(m)) })
}

// getMessages are the newest first, at most 50.
func (s *Server) getMessages(r *request) answer {
	return s.inChannel(r, ViewChannel, func(c *channel) answer {
		most, _ := strconv.Atoi(r.URL.Query().Get("limit"))
		all := []object{}
		for _, m := range slices.Backward(c.messages) {
			if m.For == "" && len(all) < min(100, max(most, 1)) {
				all = append(all, s.messageObject(m))
			}
		}
		return ok(all)
	})
}

// postMessage sends a message of the bot's own accord.
func (s *Server) postMessage(r *request) answer {
	need := SendMessages
	if c := s.channel(r.PathValue("channel_id")); c != nil && c.parent != "" {
		need = SendInThreads
	}
	return s.inChannel(r, need, func(c *channel) answer {
		if c.kind == directChannel && (c.with.closed || c.with.gone) {
			return problem(http.StatusForbidden, 50007, "Cannot send messages to this user")
		}
		var d draft
		if !r.into(&d) {
			return s.refuse(r, faults{"the message cannot be read"})
		}
		if old := s.again(c, &d); old != nil {
			return ok(s.messageObject(old))
		}
		m := &Message{Author: s.bot.id, Nonce: d.nonce()}
		if d.Reference != nil {
			m.ReplyTo = d.Reference.MessageID
		}
		if a, wrong := s.fill(r, m, &d); wrong {
			return a
		}
		s.post(c, m)
		if d.Enforce && m.Nonce != "" {
			s.nonces[c.id+" "+m.Nonce] = nonce{m, time.Now().Add(s.opt.NonceWindow)}
		}
		return ok(s.messageObject(m))
	})
}

// again is the message that was made with the same nonce a short while ago.
func (s *Server) again(c *channel, d *draft) *Message {
	n, known := s.nonces[c.id+" "+d.nonce()]
	switch {
	case !known || !d.Enforce || d.nonce() == "":
		return nil
	case time.Now().After(n.until):
		delete(s.nonces, c.id+" "+d.nonce())
		return nil
	}
	return n.message
}

// fill puts a draft into a message, if it is one that Discord takes.
func (s *Server) fill(r *request, m *Message, d *draft) (answer, bool) {
	next := *m
	s.write(&next, d, r.files)
	if f := checkMessage(&next); len(f) > 0 {
		return s.refuse(r, f), true
	}
	if next.Content == "" && len(next.Embeds)+len(next.Files)+len(next.Components) == 0 {
		s.blame("%s: a message is empty", r.route)
		return problem(http.StatusBadRequest, 50006, "Cannot send an empty message"), true
	}
	*m = next
	return answer{}, false
}

func (s *Server) patchMessage(r *request) answer {
	return s.inMessage(r, func(c *channel, m *Message) answer {
		if m.Author != s.bot.id {
			return problem(http.StatusForbidden, 50005, "Cannot edit a message authored by another user")
		}
		return s.changeAsSaid(r, c, m)
	})
}

// changeAsSaid edits a message as the body says.
func (s *Server) changeAsSaid(r *request, c *channel, m *Message) answer {
	var d draft
	if !r.into(&d) {
		return s.refuse(r, faults{"the message cannot be read"})
	}
	return s.change(r, c, m, &d)
}

func (s *Server) change(r *request, c *channel, m *Message, d *draft) answer {
	if a, wrong := s.fill(r, m, d); wrong {
		return a
	}
	s.edit(c, m)
	return ok(s.messageObject(m))
}

func (s *Server) deleteMessage(r *request) answer {
	return s.inMessage(r, func(c *channel, m *Message) answer {
		if m.Author != s.bot.id {
			return problem(http.StatusForbidden, 50013, "Missing Permissions")
		}
		s.remove(c, m)
		return answer{}
	})
}

func (s *Server) remove(c *channel, m *Message) {
	c.messages = slices.DeleteFunc(c.messages, func(o *Message) bool { return o == m })
}
