package telegramtest

import "strings"

// hear tells the bot of a message, if it is the bot's to hear.
func (s *Server) hear(c *talk, m *Message) {
	if s.world.heard(c, m) {
		s.post(&update{Message: copied(m)})
	}
}

// copied is a message as it reads now: what is told does not change with it.
func copied(m *Message) *Message {
	c := *m
	return &c
}

// heard is https://core.telegram.org/bots/features#privacy-mode: in a group the bot
// gets what is a command for it, answers to what it said, and service messages. An
// admin gets everything; nobody gets what another bot says.
func (w *world) heard(c *talk, m *Message) bool {
	switch {
	case c.private():
		return !c.blocked
	case !c.member(w.bot.ID):
		return false
	case m.From.Bot && m.SenderChat == nil:
		return m.From.ID == w.bot.ID && m.service()
	case m.service(), c.admin(w.bot.ID):
		return true
	case m.ReplyTo != nil && m.ReplyTo.From != nil && m.ReplyTo.From.ID == w.bot.ID:
		return true
	}
	return w.commanded(c, m)
}

func (m *Message) service() bool {
	return m.Joined != nil || m.Left != nil || m.MigrateTo != 0 || m.MigrateFrom != 0 || m.TopicCreated != nil ||
		m.TopicClosed != nil || m.Pinned != nil || m.Shared != nil
}

// commanded reports whether the message has a command for the bot: by its name, or at
// the beginning and without a name where no other bot spoke last.
func (w *world) commanded(c *talk, m *Message) bool {
	text, marks := m.Text+m.Caption, append(m.Entities, m.CaptionEnt...)
	for _, e := range marks {
		if e.Type != "bot_command" {
			continue
		}
		name, to, named := strings.Cut(cutUnits(text, e.Offset, e.Length), "@")
		if named && strings.EqualFold(to, w.bot.Username) {
			return true
		}
		if !named && name != "" && e.Offset == 0 && c.lastBot == w.bot.ID {
			return true
		}
	}
	return false
}
