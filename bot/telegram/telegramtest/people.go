package telegramtest

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Post is what a person writes.
type Post struct {
	Who, Room string // Room is "" for the private chat with the bot.
	Text      string
	Entities  []Entity
	ReplyTo   int  // ReplyTo is the number of the message that is answered.
	Anonymous bool // Anonymous: Who is an admin and writes in the group's name.
	File      string
	Type      string // Type is the MIME type of the File.
	Content   []byte // Content of the File; Text is then its caption.
	As        string // As is what the Content is sent as: "" is a file, and there are "photo" and "voice".
	Size      int64  // Size is what the File is said to have, where that is not its own; below 0 nothing is said.
	album     string
}

// Say makes who write a line, "" being their private chat, and returns the message's
// number. Commands get their entities. A line after a question that forces a reply is
// the reply, as clients do it.
func (s *Server) Say(who, room, text string) int {
	return s.Write(Post{Who: who, Room: room, Text: text})
}

// Write makes somebody write a message and returns its number.
func (s *Server) Write(p Post) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.say(p)
}

func (s *Server) say(p Post) int {
	c, thread := s.world.at(p.Who, p.Room)
	m := &Message{Thread: thread, From: &s.world.person(p.Who).User, Text: p.Text, Entities: p.Entities}
	if p.Entities == nil {
		m.Entities = commandsIn(p.Text)
	}
	if p.Anonymous {
		m.From = &User{ID: Anonymous, Bot: true, First: "Group", Username: "GroupAnonymousBot"}
		m.SenderChat = &c.Chat
	}
	if p.Content != nil {
		s.world.attach(m, p)
	}
	m.ReplyTo = s.world.answered(c, p)
	s.hear(c, s.world.add(c, m))
	return m.ID
}

// answered is the message that is replied to: the one that was named, or the question
// that forces it.
func (w *world) answered(c *talk, p Post) *Message {
	if p.ReplyTo != 0 {
		return shallow(w.message(c, p.ReplyTo))
	}
	_, thread := w.at(p.Who, p.Room)
	for i := len(c.said) - 1; i >= 0; i-- {
		m := c.said[i]
		if m.Thread != thread {
			continue
		}
		if m.ask != nil && m.ask.Force && w.meant(m, p.Who) {
			return shallow(m)
		}
		if m.From.ID == w.person(p.Who).ID {
			return nil
		}
	}
	return nil
}

// meant reports whether a forced reply is for who: selective ones are for those whom
// the message answers or names.
func (w *world) meant(m *Message, who string) bool {
	if !m.ask.Selective {
		return true
	}
	id := w.person(who).ID
	for _, e := range m.Entities {
		if e.User != nil && e.User.ID == id {
			return true
		}
	}
	return m.ReplyTo != nil && m.ReplyTo.From != nil && m.ReplyTo.From.ID == id
}

// shallow is a message as it stands in a reply: without what it replied to itself.
func shallow(m *Message) *Message {
	if m == nil {
		return nil
	}
	c := *m
	c.ReplyTo = nil
	return &c
}

// commandsIn marks the commands in a text, as clients do: a slash after white space or
// at the beginning.
func commandsIn(text string) []Entity {
	var out []Entity
	at := 0
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == ' ' || r == '\n' }) {
		i := at + strings.Index(text[at:], word)
		at = i + len(word)
		name := strings.TrimPrefix(word, "/")
		if end := strings.IndexFunc(name, notName); end >= 0 {
			name = name[:end]
		}
		if name != "" && word[0] == '/' {
			out = append(out, Entity{Type: "bot_command", Offset: units(text[:i]), Length: units(name) + 1})
		}
	}
	return out
}

func notName(r rune) bool {
	return !(r == '_' || r == '@' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z')
}

// Start makes who press Start, with the payload of a deep link or "".
func (s *Server) Start(who, payload string) int {
	s.set(func() {
		c, _ := s.world.at(who, "")
		c.opened = true
		s.block(who, false)
	})
	return s.Say(who, "", strings.TrimSpace("/start "+payload))
}

// Press makes who press the button with the label in the newest message of the room
// that has one. A link to the bot opens the private chat with its payload.
func (s *Server) Press(who, room, label string) error {
	s.mu.Lock()
	m, b := s.world.button(who, room, label)
	s.mu.Unlock()
	switch {
	case m == nil:
		return fmt.Errorf("telegramtest: nothing in %q is called %q", room, label)
	case b.URL != "":
		return s.follow(who, b.URL)
	case b.Copy != nil:
		return nil
	}
	return s.PressData(who, room, m.ID, b.Data)
}

// follow opens a link to the bot.
func (s *Server) follow(who, link string) error {
	u, err := url.Parse(link)
	if err != nil {
		return fmt.Errorf("telegramtest: a button's link: %w", err)
	}
	if u.Host == "t.me" && u.Path == "/"+s.opts.Username {
		s.Start(who, u.Query().Get("start"))
	}
	return nil
}

func (w *world) button(who, room, label string) (*Message, Button) {
	c, thread := w.at(who, room)
	for i := len(c.said) - 1; i >= 0; i-- {
		m := c.said[i]
		if m.Markup == nil || m.Thread != thread {
			continue
		}
		for _, row := range m.Markup.Rows {
			for _, b := range row {
				if b.Text == label {
					return m, b
				}
			}
		}
	}
	return nil, Button{}
}

// PressData makes who press a button by what stands behind it, whether or not the
// message still has it: clients can be old, or forged.
func (s *Server) PressData(who, room string, message int, data string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, _ := s.world.at(who, room)
	m := s.world.message(c, message)
	if m == nil {
		return fmt.Errorf("telegramtest: %q has no message %d", room, message)
	}
	p := s.world.person(who)
	id := strconv.Itoa(9000000000 + len(s.world.queries))
	s.world.queries[id] = &pressed{by: p, at: time.Now()}
	s.post(&update{Query: &query{ID: id, From: p.User, Message: copied(m), Instance: strconv.FormatInt(c.ID, 10), Data: data}})
	return nil
}

// Edit makes who change what they wrote.
func (s *Server) Edit(who, room string, message int, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, _ := s.world.at(who, room)
	m := s.world.message(c, message)
	m.Text, m.Entities, m.Edited = text, commandsIn(text), time.Now().Unix()
	if s.world.heard(c, m) {
		s.post(&update{Edited: copied(m)})
	}
}

// Share makes who choose people with the button that asks for them, in private.
func (s *Server) Share(who string, whom ...string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, _ := s.world.at(who, "")
	for i := len(c.said) - 1; i >= 0; i-- {
		k := c.said[i].userKey()
		if k == nil {
			continue
		}
		shared := &usersShared{Request: k.Users.Request}
		for _, name := range whom {
			u := sharedUser{ID: s.world.person(name).ID}
			if k.Users.Name {
				u.First = name
			}
			shared.Users = append(shared.Users, u)
		}
		m := &Message{From: &s.world.person(who).User, Shared: shared}
		s.hear(c, s.world.add(c, m))
		return nil
	}
	return fmt.Errorf("telegramtest: nothing asks %s for people", who)
}

func (m *Message) userKey() *key {
	if m.ask == nil {
		return nil
	}
	for _, row := range m.ask.Keys {
		for _, k := range row {
			if k.Users != nil {
				return &k
			}
		}
	}
	return nil
}
