package discordtest

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Command makes who give a command in a room, "" is the private chat with the bot.
// The path and the options are named in English or in who's language, as a client
// does; the values are written as text and turned into what the options take. It is
// an error where a client would not let them.
func (s *Server) Command(who, room string, path []string, options map[string]string) (*Interaction, error) {
	return s.command(typed, who, room, path, options, "")
}

// Complete is Command while it is still being typed: the option focused has the focus,
// and values are not looked at.
func (s *Server) Complete(who, room string, path []string, options map[string]string, focused string) (*Interaction, error) {
	return s.command(completed, who, room, path, options, focused)
}

func (s *Server) command(kind int, who, room string, path []string, options map[string]string, focused string) (*Interaction, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.person(who)
	at, err := s.room(p, room)
	if err != nil {
		return nil, err
	}
	data, err := s.typedAs(p, at, path, &asking{s: s, p: p, values: options, focused: focused, complete: kind == completed})
	if err != nil {
		return nil, err
	}
	return s.interact(kind, p, at, nil, data), nil
}

// Press makes who press the button with the custom_id on a message. Whether the
// message has it is not looked at: clients lie, and messages get old.
func (s *Server) Press(who, messageID, customID string) (*Interaction, error) {
	return s.touch(who, messageID, object{"component_type": Button, "custom_id": customID})
}

// Select makes who pick values of the menu with the custom_id on a message.
func (s *Server) Select(who, messageID, customID string, values ...string) (*Interaction, error) {
	return s.touch(who, messageID, object{"component_type": Menu, "custom_id": customID, "values": values})
}

func (s *Server) touch(who, messageID string, data object) (*Interaction, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.person(who)
	for _, c := range s.channels {
		if m := c.message(messageID); m != nil && (m.For == "" || m.For == p.id) && (c.with == nil || c.with == p) {
			data["id"] = 1
			return s.interact(pressed, p, c, m, data), nil
		}
	}
	return nil, errors.New("discordtest: " + who + " sees no such message")
}

// Forge makes an interaction of any kind with any data, as no client would.
func (s *Server) Forge(who, room string, kind int, data map[string]any) (*Interaction, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.person(who)
	at, err := s.room(p, room)
	if err != nil {
		return nil, err
	}
	return s.interact(kind, p, at, nil, data), nil
}

// Say makes who write a message in a room.
func (s *Server) Say(who, room, text string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.person(who)
	at, err := s.room(p, room)
	if err != nil {
		return err
	}
	m := &Message{Author: p.id, Content: text}
	m.Everyone, m.Pings = pings(text, nil)
	s.post(at, m)
	return nil
}

// Notes that a client shows in place of an answer.
const (
	DidNotRespond = "The application did not respond"
	Failed        = "This interaction failed"
)

// Sees is what who sees in a room now, oldest first, as it reads today. What the bot
// did not answer in time is there too, as a note of the client for who alone.
func (s *Server) Sees(who, room string) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.person(who)
	at, err := s.room(p, room)
	if err != nil {
		return nil
	}
	var all []Message
	for _, m := range at.messages {
		if m.For == "" || m.For == p.id {
			all = append(all, *m)
		}
	}
	now := time.Now()
	for _, i := range s.recent {
		if i.who == p && i.at == at && i.kind != completed && i.late(now) {
			note := DidNotRespond
			if i.kind != typed {
				note = Failed
			}
			all = append(all, Message{ID: i.ID, Channel: at.id, Content: note, For: p.id, Flags: Ephemeral, Sent: i.made})
		}
	}
	slices.SortStableFunc(all, func(a, b Message) int { return a.Sent.Compare(b.Sent) })
	return all
}

// Everything are the messages of all rooms and private chats, as they read now.
func (s *Server) Everything() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Message
	for _, c := range s.channels {
		for _, m := range c.messages {
			all = append(all, *m)
		}
	}
	return all
}

// asking is a command being typed by somebody.
type asking struct {
	s        *Server
	p        *person
	values   map[string]string
	focused  string
	complete bool
	found    resolved
	used     int
}

// typedAs turns a typed command into what Discord sends of it.
func (s *Server) typedAs(p *person, at *channel, path []string, a *asking) (object, error) {
	a.found.s = s
	c := find(s.menu, func(c *command) bool { return len(path) > 0 && c.named(path[0], p.lang()) })
	if c == nil || !s.shown(c, p, at) {
		return nil, fmt.Errorf("discordtest: %s is shown no command /%s", p.name, strings.Join(path, " "))
	}
	data := object{"id": c.ID, "name": c.Name, "type": 1}
	inner, o := data, c.option
	for _, word := range path[1:] {
		i := slices.IndexFunc(o.Options, func(o option) bool { return o.Type <= subcommandGroup && o.named(word, p.lang()) })
		if i < 0 {
			return nil, fmt.Errorf("discordtest: there is no command /%s", strings.Join(path, " "))
		}
		o = o.Options[i]
		below := object{"name": o.Name, "type": o.Type}
		inner["options"], inner = []object{below}, below
	}
	options, err := a.options(o)
	if err != nil {
		return nil, err
	}
	if len(options) > 0 {
		inner["options"] = options
	}
	a.found.into(data)
	return data, nil
}

// shown tells whether a client offers the command to p in a channel.
func (s *Server) shown(c *command, p *person, at *channel) bool {
	if at.kind == directChannel {
		return (c.Contexts == nil || slices.Contains(c.Contexts, 1)) && (c.DirectToo == nil || *c.DirectToo)
	}
	if c.Contexts != nil && !slices.Contains(c.Contexts, 0) || s.away {
		return false
	}
	need := int64(0)
	if c.Permissions != nil {
		need, _ = strconv.ParseInt(cmp.Or(*c.Permissions, "0"), 10, 64)
		if need == 0 {
			need = Administrator
		}
	}
	return s.rightsOf(p)&need == need
}

func (o option) named(word, lang string) bool { return o.Name == word || o.Names[lang] == word }
