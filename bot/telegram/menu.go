package telegram

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"

	"github.com/go-telegram/bot/models"

	"peerbot/bot"
	"peerbot/bot/telegram/wire"
	"peerbot/chat"
)

// start is the one command that Telegram itself sends:
// https://core.telegram.org/bots/features#global-commands
const start = "start"

// maxAbout is the longest description of a command, in characters.
const maxAbout = 256

// menu is the tree as Telegram shows it, and the words by which a command is known.
type menu struct {
	words bot.Words

	mu     sync.Mutex
	tree   []chat.Command
	names  map[string]*chat.Command // names are the words for commands in every language.
	always map[string]bool          // always are the paths, joined by dots, of what answers always.
}

// plant takes the tree.
func (m *menu) plant(tree []chat.Command) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.tree, m.names, m.always = tree, map[string]*chat.Command{start: {}}, map[string]bool{}
	for i := range tree {
		for _, name := range m.called(tree[i].Name) {
			m.names[name] = &tree[i]
		}
	}
	m.mark(nil, tree)
}

// called are the words for a command.
func (m *menu) called(id string) []string {
	all := []string{id}
	for _, lang := range m.words.Langs() {
		all = append(all, m.words.Name(lang, id))
		if alias := m.words.Alias(lang, id); alias != "" {
			all = append(all, alias)
		}
	}
	return all
}

func (m *menu) mark(path []string, tree []chat.Command) {
	for _, c := range tree {
		here := append(slices.Clone(path), c.Name)
		if c.Always {
			m.always[strings.Join(here, ".")] = true
		}
		m.mark(here, c.Subs)
	}
}

// knows reports whether the word is a command.
func (m *menu) knows(word string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	_, ok := m.names[strings.ToLower(word)]
	return ok
}

// urgent reports whether a line or a press asks for what is answered always.
func (m *menu) urgent(line, press string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if path, _, ok := strings.Cut(press, ":"); ok {
		return m.always[path]
	}
	c := m.begun(line)
	return c != nil && c.Always
}

// begun is the command with which a line begins, or nil.
func (m *menu) begun(line string) *chat.Command {
	word, ok := strings.CutPrefix(line, "/")
	if !ok {
		return nil
	}
	if i := strings.IndexAny(word, " \t\n"); i >= 0 {
		word = word[:i]
	}
	return m.names[strings.ToLower(word)]
}

// takesFile reports whether the command with which a line begins, or one below it, can
// do with a file.
func (m *menu) takesFile(line string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := m.begun(line)
	return c != nil && takesFile(*c)
}

func takesFile(c chat.Command) bool {
	return slices.ContainsFunc(c.Options, func(p chat.Param) bool { return p.Spec().Kind == chat.KindAttachment }) ||
		slices.ContainsFunc(c.Subs, takesFile)
}

// page is one menu: for a kind of chat, in a language.
type page struct {
	Scope    scope  `json:"scope"`
	Language string `json:"language_code,omitempty"`
	Commands []line `json:"commands"`
}

type scope struct {
	Type string `json:"type"`
}

type line = models.BotCommand

// pages are all menus. In a group stands what anybody may ask there for all to read, and
// where the rest is found; its admins see the staff's commands besides; in a private
// chat stand the members'.
func (m *menu) pages() []page {
	m.mu.Lock()
	tree := m.tree
	m.mu.Unlock()
	var pages []page
	for i, lang := range m.words.Langs() {
		code, _, _ := strings.Cut(lang, "-")
		if i == 0 {
			code = "" // the fallback, for every language that has no menu of its own
		}
		group, staff, members := m.sorted(lang, tree)
		pages = append(pages,
			page{scope{"all_group_chats"}, code, group},
			page{scope{"all_chat_administrators"}, code, append(slices.Clone(group), staff...)},
			page{scope{"all_private_chats"}, code, members})
	}
	return pages
}

func (m *menu) sorted(lang string, tree []chat.Command) (group, staff, members []line) {
	for _, c := range tree {
		one := line{Command: m.words.Name(lang, c.Name), Description: m.about(lang, c.Name)}
		switch {
		case c.Unlisted:
		case forStaff(c):
			staff = append(staff, one)
		default:
			members = append(members, one)
			if forGroups(c) || slices.Contains(m.called(c.Name), start) {
				group = append(group, one)
			}
		}
	}
	return group, staff, members
}

// forGroups reports whether all may read the answer. The engine's own leaf, which has
// nothing to run, ends a form, and that is filled in where nobody else reads.
func forGroups(c chat.Command) bool { return !c.Private && (c.Run != nil || len(c.Subs) > 0) }

func (m *menu) about(lang, id string) string {
	about, _ := chat.Cut(chat.Line(m.words.About(lang, id)), maxAbout/2)
	if about == "" {
		return m.words.Name(lang, id)
	}
	return about
}

// forStaff reports whether a command is for those with a duty: it needs one, or all that
// is listed below it does.
func forStaff(c chat.Command) bool {
	if c.Needs != 0 {
		return c.Needs&chat.Member == 0
	}
	listed := 0
	for _, sub := range c.Subs {
		if !sub.Unlisted {
			if listed++; !forStaff(sub) {
				return false
			}
		}
	}
	return listed > 0
}

// publish tells Telegram the menus that it does not show yet.
func (m *menu) publish(ctx context.Context, api *wire.Client, log *slog.Logger) {
	for _, p := range m.pages() {
		if len(p.Commands) == 0 {
			continue
		}
		if err := p.publish(ctx, api); err != nil && ctx.Err() == nil {
			log.Warn("telegram: the menu of commands could not be set; the next start tries again", "error", err)
		}
	}
}

func (p page) publish(ctx context.Context, api *wire.Client) error {
	var shown []line
	at := page{Scope: p.Scope, Language: p.Language}
	ask := struct {
		Scope    scope  `json:"scope"`
		Language string `json:"language_code,omitempty"`
	}{at.Scope, at.Language}
	if err := api.Call(ctx, "getMyCommands", ask, &shown); err != nil {
		return err
	}
	if slices.Equal(shown, p.Commands) {
		return nil
	}
	return api.Call(ctx, "setMyCommands", p, nil)
}
