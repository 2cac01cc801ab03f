package telegramtest

import (
	"context"
	"encoding/json"
	"reflect"
	"slices"
	"time"
)

// How long https://core.telegram.org/bots/api#deletemessage lets a bot delete, and
// for how long a press waits for its answer. The latter is not published; this is what
// is seen.
const (
	deletable = 48 * time.Hour
	pressable = 15 * time.Second
)

type editing struct {
	Chat     chatID          `json:"chat_id"`
	Message  int             `json:"message_id"`
	Text     string          `json:"text"`
	Entities []Entity        `json:"entities"`
	Markup   json.RawMessage `json:"reply_markup"`
}

func (s *Server) editMessageText(_ context.Context, p editing) (any, error) {
	text, err := s.text(p.Text, mostText, p.Entities)
	if err != nil {
		return nil, err
	}
	return s.edit(p, func(m *Message) { m.Text, m.Entities = text, p.Entities })
}

func (s *Server) editMessageReplyMarkup(_ context.Context, p editing) (any, error) {
	return s.edit(p, func(*Message) {})
}

// edit changes a message of the bot's. A markup that is not given is taken away.
func (s *Server) edit(p editing, change func(*Message)) (any, error) {
	_, m, err := s.own(p.Chat, p.Message, "edit")
	if err != nil {
		return nil, err
	}
	to := *m
	change(&to)
	to.Markup, _, err = s.markup(p.Markup)
	if err != nil {
		return nil, err
	}
	if to.Text == m.Text && sameMarks(to.Entities, m.Entities) && sameKeys(to.Markup, m.Markup) {
		return nil, bad("message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message")
	}
	to.Edited = time.Now().Unix()
	*m = to
	return copied(m), nil
}

func sameMarks(a, b []Entity) bool {
	return len(a) == len(b) && (len(a) == 0 || reflect.DeepEqual(a, b))
}

func sameKeys(a, b *Keyboard) bool {
	return reflect.DeepEqual(a.rows(), b.rows())
}

func (k *Keyboard) rows() [][]Button {
	if k == nil || len(k.Rows) == 0 {
		return nil
	}
	return k.Rows
}

// own finds a message of the bot's that it wants to do something with.
func (s *Server) own(chat chatID, id int, do string) (*talk, *Message, error) {
	c, err := s.reach(chat)
	if err != nil {
		return nil, nil, err
	}
	m := s.world.message(c, id)
	switch {
	case m == nil:
		return nil, nil, bad("message to %s not found", do)
	case m.From.ID != s.world.bot.ID && do == "edit":
		return nil, nil, bad("message can't be edited")
	}
	return c, m, nil
}

type messageParams struct {
	Chat    chatID `json:"chat_id"`
	Message int    `json:"message_id"`
}

func (s *Server) deleteMessage(_ context.Context, p messageParams) (any, error) {
	c, m, err := s.own(p.Chat, p.Message, "delete")
	if err != nil {
		return nil, err
	}
	mine := m.From.ID == s.world.bot.ID
	if time.Since(time.Unix(m.Date, 0)) > deletable || !mine && !c.private() && !c.admin(s.world.bot.ID) {
		return nil, bad("message can't be deleted for everyone")
	}
	c.said = slices.DeleteFunc(c.said, func(x *Message) bool { return x == m })
	return true, nil
}

func (s *Server) pinChatMessage(_ context.Context, p messageParams) (any, error) {
	c, m, err := s.own(p.Chat, p.Message, "pin")
	if err != nil {
		return nil, err
	}
	if !c.private() && !c.admin(s.world.bot.ID) {
		return nil, bad("not enough rights to manage pinned messages in the chat")
	}
	c.pinned = m
	return true, nil
}

type answerParams struct {
	ID    string `json:"callback_query_id"`
	Text  string `json:"text"`
	Alert bool   `json:"show_alert"`
	URL   string `json:"url"`
}

func (s *Server) answerCallbackQuery(_ context.Context, p answerParams) (any, error) {
	q := s.world.queries[p.ID]
	if units(p.Text) > mostAlert {
		s.violate("the answer to a callback query is longer than %d characters", mostAlert)
		return nil, bad("MESSAGE_TOO_LONG")
	}
	if q == nil || time.Since(q.at) > pressable {
		return nil, bad("query is too old and response timeout expired or query ID is invalid")
	}
	q.answered = true
	if p.Text != "" {
		q.by.alerts = append(q.by.alerts, p.Text)
	}
	return true, nil
}
