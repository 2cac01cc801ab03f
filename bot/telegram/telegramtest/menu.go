package telegramtest

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
)

// https://core.telegram.org/bots/api#setmycommands and #botcommand.
const (
	mostCommands = 100
	mostAbout    = 256
)

var (
	commandName  = regexp.MustCompile(`^[a-z0-9_]{1,32}$`)
	languageCode = regexp.MustCompile(`^[a-z]{2}$`)
)

type menuParams struct {
	Commands []Command `json:"commands"`
	Scope    *scope    `json:"scope"`
	Lang     string    `json:"language_code"`
}

type scope struct {
	Type string `json:"type"`
	Chat chatID `json:"chat_id"`
	User int64  `json:"user_id"`
}

func (s *Server) setMyCommands(_ context.Context, p menuParams) (any, error) {
	at, err := s.menu(p)
	if err != nil {
		return nil, err
	}
	if len(p.Commands) > mostCommands {
		s.violate("a menu has more than %d commands", mostCommands)
		return nil, bad("BOT_COMMANDS_TOO_MUCH")
	}
	for _, c := range p.Commands {
		if !commandName.MatchString(c.Name) {
			s.violate("a command of the menu has a name that is none")
			return nil, bad("BOT_COMMAND_INVALID")
		}
		if n := len([]rune(c.About)); n < 1 || n > mostAbout {
			s.violate("a command's description is not 1 to %d characters", mostAbout)
			return nil, bad("BOT_COMMAND_DESCRIPTION_INVALID")
		}
	}
	s.menus[at] = slices.Clone(p.Commands)
	return true, nil
}

func (s *Server) getMyCommands(_ context.Context, p menuParams) (any, error) {
	at, err := s.menu(p)
	if err != nil {
		return nil, err
	}
	return append([]Command{}, s.menus[at]...), nil
}

func (s *Server) deleteMyCommands(_ context.Context, p menuParams) (any, error) {
	at, err := s.menu(p)
	if err != nil {
		return nil, err
	}
	delete(s.menus, at)
	return true, nil
}

// menu is where a menu is kept: by scope and language.
func (s *Server) menu(p menuParams) (string, error) {
	of := scope{Type: "default"}
	if p.Scope != nil {
		of = *p.Scope
	}
	if p.Lang != "" && !languageCode.MatchString(p.Lang) {
		return "", bad("invalid language code specified")
	}
	switch of.Type {
	case "default", "all_private_chats", "all_group_chats", "all_chat_administrators":
		return place(of, p.Lang), nil
	case "chat", "chat_administrators", "chat_member":
		_, err := s.reach(of.Chat)
		return place(of, p.Lang), err
	}
	return "", bad("unsupported type specified")
}

func place(of scope, lang string) string {
	text, _ := json.Marshal(of) // it has only words and numbers
	return fmt.Sprintf("%s %s", text, lang)
}

// Menu is what who's client offers in the room, as
// https://core.telegram.org/bots/api#determining-list-of-commands has it.
func (s *Server) Menu(who, room, lang string) []Command {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, _ := s.world.at(who, room)
	for _, of := range c.scopes(s.world.person(who).ID) {
		for _, l := range []string{lang, ""} {
			if m, ok := s.menus[place(of, l)]; ok {
				return slices.Clone(m)
			}
		}
	}
	return nil
}

// scopes are those that count in the chat, the first one first.
func (c *talk) scopes(user int64) []scope {
	chat := chatID(c.ID)
	if c.private() {
		return []scope{{Type: "chat", Chat: chat}, {Type: "all_private_chats"}, {Type: "default"}}
	}
	out := []scope{{Type: "chat_member", Chat: chat, User: user}}
	if c.admin(user) {
		out = append(out, scope{Type: "chat_administrators", Chat: chat})
	}
	out = append(out, scope{Type: "chat", Chat: chat})
	if c.admin(user) {
		out = append(out, scope{Type: "all_chat_administrators"})
	}
	return append(out, scope{Type: "all_group_chats"}, scope{Type: "default"})
}

// MenuNames are the names of Menu.
func (s *Server) MenuNames(who, room, lang string) []string {
	var out []string
	for _, c := range s.Menu(who, room, lang) {
		out = append(out, c.Name)
	}
	return out
}
