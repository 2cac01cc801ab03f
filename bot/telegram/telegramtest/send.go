package telegramtest

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"
)

type none struct{}

func (s *Server) getMe(context.Context, none) (any, error) {
	return struct {
		User
		Join   bool `json:"can_join_groups"`
		All    bool `json:"can_read_all_group_messages"`
		Inline bool `json:"supports_inline_queries"`
	}{User: s.world.bot, Join: true}, nil
}

// sending is what sendMessage and sendDocument have in common.
type sending struct {
	Chat     chatID          `json:"chat_id"`
	Thread   int             `json:"message_thread_id"`
	Text     string          `json:"text"`
	Entities []Entity        `json:"entities"`
	Caption  string          `json:"caption"`
	Marks    []Entity        `json:"caption_entities"`
	Parse    string          `json:"parse_mode"`
	Markup   json.RawMessage `json:"reply_markup"`
	Reply    *struct {
		Message int     `json:"message_id"`
		Chat    *chatID `json:"chat_id"`
		Anyway  bool    `json:"allow_sending_without_reply"`
	} `json:"reply_parameters"`
}

func (s *Server) sendMessage(_ context.Context, p sending) (any, error) {
	text, err := s.text(p.Text, mostText, p.Entities)
	if err != nil {
		return nil, err
	}
	return s.send(p, &Message{Text: text, Entities: p.Entities})
}

func (s *Server) sendDocument(_ context.Context, ps params) (any, error) {
	return s.sendFile(ps, "document", func(m *Message, u upload) { m.Document = s.world.keep(u.name, u.kind, u.content) })
}

func (s *Server) sendPhoto(_ context.Context, ps params) (any, error) {
	return s.sendFile(ps, "photo", func(m *Message, u upload) {
		d := s.world.keep(u.name, u.kind, u.content)
		m.Photo = []photo{{ID: d.ID, Unique: d.Unique, Width: 320, Height: 320, Size: d.Size, name: d.Name}}
	})
}

// sendFile sends the file that came under the name of its kind, or that is named there.
func (s *Server) sendFile(ps params, kind string, attach func(*Message, upload)) (any, error) {
	var p sending
	if err := ps.into(&p); err != nil {
		return nil, bad("can't parse the parameters: %v", err)
	}
	var named string
	_ = json.Unmarshal(ps.values[kind], &named) // it is not there where the file itself is
	file, ok := ps.files[cmp.Or(strings.TrimPrefix(named, "attach://"), kind)]
	if !ok {
		return nil, bad("there is no %s in the request", kind)
	}
	if _, err := s.text(p.Caption+"x", mostCaption+1, p.Marks); err != nil { // a caption may be empty
		return nil, err
	}
	m := &Message{Caption: p.Caption, CaptionEnt: p.Marks}
	attach(m, file)
	return s.send(p, m)
}

// text checks what is sent: https://core.telegram.org/bots/api#sendmessage.
func (s *Server) text(text string, most int, marks []Entity) (string, error) {
	switch {
	case !utf8.ValidString(text):
		return "", bad("strings must be encoded in UTF-8")
	case strings.TrimSpace(text) == "":
		s.violate("a text is empty")
		return "", bad("message text is empty")
	case units(text) > most:
		s.violate("a text is longer than %d UTF-16 units", most)
		return "", bad("message is too long")
	}
	return text, s.marks(text, marks)
}

// send puts a message of the bot's into the world.
func (s *Server) send(p sending, m *Message) (any, error) {
	c, err := s.open(p.Chat, p.Thread)
	if err != nil {
		return nil, err
	}
	if m.Markup, m.ask, err = s.markup(p.Markup); err != nil {
		return nil, err
	}
	if p.Reply != nil {
		m.ReplyTo = shallow(s.world.message(c, p.Reply.Message))
		if m.ReplyTo == nil && !p.Reply.Anyway && !s.opts.Forget {
			return nil, bad("message to be replied not found")
		}
	}
	if err := s.paced(c); err != nil {
		return nil, err
	}
	m.From, m.Thread = &s.world.bot, p.Thread
	return copied(s.world.add(c, m)), nil
}

// open finds a chat that the bot can write to, or says why it cannot.
func (s *Server) open(id chatID, thread int) (*talk, error) {
	c, err := s.reach(id)
	if err != nil {
		return nil, err
	}
	switch t := c.topics[thread]; {
	case thread == 0:
		return c, nil
	case t == nil:
		return nil, bad("message thread not found")
	case t.closed:
		return nil, bad("TOPIC_CLOSED")
	}
	return c, nil
}

// reach finds a chat that the bot is in.
func (s *Server) reach(id chatID) (*talk, error) {
	c := s.world.chats[int64(id)]
	switch {
	case c == nil:
		return nil, bad("chat not found")
	case c.movedTo != 0:
		return nil, moved(c.movedTo)
	case c.blocked:
		return nil, forbidden("bot was blocked by the user")
	case c.private() && !c.opened:
		return nil, forbidden("bot can't initiate conversation with a user")
	case !c.private() && c.seats[s.world.bot.ID].Status == "kicked":
		return nil, forbidden("bot was kicked from the " + c.Type + " chat")
	case !c.private() && !c.member(s.world.bot.ID):
		return nil, forbidden("bot is not a member of the " + c.Type + " chat")
	}
	return c, nil
}

type actionParams struct {
	Chat   chatID `json:"chat_id"`
	Thread int    `json:"message_thread_id"`
	Action string `json:"action"`
}

func (s *Server) sendChatAction(_ context.Context, p actionParams) (any, error) {
	known := []string{
		"typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document",
		"choose_sticker", "find_location", "record_video_note", "upload_video_note",
	}
	if !slices.Contains(known, p.Action) {
		return nil, bad("wrong parameter action in request")
	}
	_, err := s.open(p.Chat, p.Thread)
	return err == nil, err
}
