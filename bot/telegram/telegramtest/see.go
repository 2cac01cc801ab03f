package telegramtest

import (
	"slices"
	"unicode/utf16"
)

// Seen is a message as a person sees it now.
type Seen struct {
	ID       int
	From     string // From is the first name of who wrote it.
	Text     string // Text, or the caption of a document.
	Entities []Entity
	Buttons  [][]Button // Buttons of the inline keyboard, by row.
	Keys     []string   // Keys of the reply keyboard.
	Force    bool       // Force: the client opens a reply to it.
	File     string     // File is the name of the document or picture.
	Edited   bool
}

// Labels are the buttons' labels in reading order.
func (s Seen) Labels() []string {
	var out []string
	for _, row := range s.Buttons {
		for _, b := range row {
			out = append(out, b.Text)
		}
	}
	return out
}

// Sees is what who sees in the room, oldest first, each message as it reads today.
// Who is not in a group sees nothing of it; nobody sees another's private chat.
func (s *Server) Sees(who, room string) []Seen {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, thread := s.world.at(who, room)
	p := s.world.person(who)
	if c.private() && c.ID != p.ID || !c.private() && !c.member(p.ID) {
		return nil
	}
	var out []Seen
	for _, m := range c.said {
		if m.Thread == thread && !m.service() {
			out = append(out, m.seen())
		}
	}
	return out
}

// SeesOfBot is Sees without what people wrote.
func (s *Server) SeesOfBot(who, room string) []Seen {
	return slices.DeleteFunc(s.Sees(who, room), func(m Seen) bool { return m.From != s.world.bot.First })
}

// Alerts are the answers to who's presses of buttons that had words, oldest first.
func (s *Server) Alerts(who string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.world.person(who).alerts)
}

// Pinned is the number of the message that is pinned in the room's chat, or 0.
func (s *Server) Pinned(room string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, _ := s.world.at("", room)
	if c.pinned == nil {
		return 0
	}
	return c.pinned.ID
}

func (m *Message) seen() Seen {
	out := Seen{ID: m.ID, From: m.From.First, Text: m.Text + m.Caption, Entities: m.Entities, Edited: m.Edited != 0}
	if m.Markup != nil {
		out.Buttons = m.Markup.Rows
	}
	if m.Document != nil {
		out.File = m.Document.Name
	}
	for _, p := range m.Photo {
		out.File = p.name
	}
	if m.ask != nil {
		out.Force = m.ask.Force
		for _, row := range m.ask.Keys {
			for _, k := range row {
				out.Keys = append(out.Keys, k.Text)
			}
		}
	}
	return out
}

// Person is the id of somebody's account.
func (s *Server) Person(name string) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.world.person(name).ID
}

// Room is the number of a chat, and of the topic where the name is a topic's. A
// person's name is their private chat.
func (s *Server) Room(name string) (chat int64, thread int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, thread := s.world.at("", name)
	return c.ID, thread
}

// cutUnits cuts a text in UTF-16 units; "" is what does not fit.
func cutUnits(text string, from, length int) string {
	all := utf16.Encode([]rune(text))
	if from < 0 || length < 0 || from+length > len(all) {
		return ""
	}
	return string(utf16.Decode(all[from : from+length]))
}
