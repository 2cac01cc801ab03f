package bot_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"peerbot/bot"
	"peerbot/bot/bottest"
	"peerbot/chat"
	"peerbot/storage"
	"peerbot/storage/mem"
)

func nothing(context.Context, *chat.Call) (chat.Reply, error) { return chat.Reply{}, nil }

// lexicon is a catalogue with a few words of a second language.
type lexicon struct {
	bottest.Words
	names map[string]string // names by "es path", and by "es path option" for options.
	about map[string]string // about by path, for those that are not made up.
}

func (l lexicon) Langs() []string { return []string{"en", "es"} }

func (l lexicon) Match(tag string) string {
	if strings.HasPrefix(tag, "es") {
		return "es"
	}
	return "en"
}

func (l lexicon) Name(lang, path string) string {
	if name, ok := l.names[lang+" "+path]; ok {
		return name
	}
	return l.Words.Name(lang, path)
}

func (l lexicon) Alias(lang, path string) string { return l.names["alias "+lang+" "+path] }

func (l lexicon) OptionName(lang, path, option string) string {
	if name, ok := l.names[lang+" "+path+" "+option]; ok {
		return name
	}
	return option
}

func (l lexicon) About(lang, path string) string {
	if about, ok := l.about[path]; ok {
		return about
	}
	return l.Words.About(lang, path)
}

func TestTreeIsRefused(t *testing.T) {
	leaf := func(name string, options ...chat.Param) chat.Command {
		return chat.Command{Name: name, Run: nothing, Options: options}
	}
	choices := func(n int) (c []chat.Choice) {
		for i := range n {
			c = append(c, chat.Choice{Value: fmt.Sprint(i), Label: chat.Words(fmt.Sprint(i))})
		}
		return c
	}
	var many []chat.Param
	for i := range 26 {
		many = append(many, chat.String(fmt.Sprint("o", i)))
	}
	for _, c := range []struct {
		want string
		tree []chat.Command
	}{
		{`/Look: the name is not [a-z]`, []chat.Command{leaf("Look")}},
		{`/look: the name stands twice`, []chat.Command{leaf("look"), leaf("look")}},
		{`/run: the name "look" belongs to /look too`, []chat.Command{leaf("look"), leaf("run")}},
		{`/stop: the name "look" belongs to /look too`, []chat.Command{leaf("look"), leaf("stop")}},
		{`/accent: the name "añadir" is not`, []chat.Command{leaf("accent")}},
		{`/cancel: the name stands twice`, []chat.Command{leaf("cancel")}},
		{`/look: is a leaf without Run`, []chat.Command{{Name: "look"}}},
		{`/look: is a branch, and a branch has Subs alone`, []chat.Command{{Name: "look", Run: nothing, Subs: []chat.Command{leaf("at")}}}},
		{`/a b c d: lies deeper than 3 words`, []chat.Command{{Name: "a", Subs: []chat.Command{{Name: "b", Subs: []chat.Command{{Name: "c", Subs: []chat.Command{leaf("d")}}}}}}}},
		{`/look: has more than 25 options`, []chat.Command{leaf("look", many...)}},
		{`/look: option a has more than 25 choices`, []chat.Command{leaf("look", chat.String("a").OneOf(choices(26)...))}},
		{`platform small: /look: option a has 10 choices, and 4 can be shown`, []chat.Command{leaf("look", chat.String("a").OneOf(choices(10)...))}},
		{`/look: option b is required and comes after a, which is not`, []chat.Command{leaf("look", chat.String("a"), chat.String("b").Require())}},
		{`/look: option b: the name "a" belongs to a too`, []chat.Command{leaf("look", chat.String("a"), chat.String("b"))}},
		{`/silent: has no entry in the catalogue (en)`, []chat.Command{leaf("silent")}},
		{`/wordy: about has more than 100 runes (es)`, []chat.Command{leaf("wordy")}},
		{`/help: answers always, so it can need nothing`, []chat.Command{{Name: "help", Always: true, Needs: chat.Member, Run: nothing}}},
		{`/help: answers always, so it can need nothing`, []chat.Command{{Name: "help", Always: true, Run: nothing, Options: []chat.Param{chat.String("a").Require()}}}},
		{`/look: Undo is ["back"], which is no unlisted leaf`, []chat.Command{{Name: "look", Run: nothing, Undo: []string{"back"}}, leaf("back")}},
		{`/back: takes back /look and has no option "change"`, []chat.Command{{Name: "look", Run: nothing, Undo: []string{"back"}}, {Name: "back", Unlisted: true, Run: nothing}}},
		{`the menu ["menu"] is no leaf`, []chat.Command{leaf("look")}},
	} {
		_, err := bot.NewRouter(config(c.tree))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q is not among the errors:\n%v", c.want, err)
		}
	}
}

func config(tree []chat.Command) bot.RouterConfig {
	words := lexicon{
		names: map[string]string{"es run": "look", "alias es stop": "look", "es look b": "a", "es accent": "añadir"},
		about: map[string]string{"silent": "", "wordy": strings.Repeat("x", 101)},
	}
	small := typed
	small.Platform, small.Rows, small.Columns = "small", 3, 2
	vault, _ := storage.NewVault(make([]byte, storage.KeySize))
	return bot.RouterConfig{
		Tree: tree, Words: words, Limits: []bot.Limits{typed, small}, Menu: []string{"menu"},
		Store: mem.New(), Vault: vault, Log: slog.New(slog.DiscardHandler),
	}
}

func TestPlatformIsRefused(t *testing.T) {
	for want, spoil := range map[string]func(*bot.Limits){
		"carries 47 bytes behind a button; 48 are needed": func(l *bot.Limits) { l.Payload = 47 },
		"shows 10 characters on a button":                 func(l *bot.Limits) { l.Label = 10 },
		"its Limits need a name":                          func(l *bot.Limits) { l.Rows = 0 },
		`two platforms have the name "typed"`:             func(l *bot.Limits) {},
	} {
		c := config([]chat.Command{{Name: "menu", Run: nothing}})
		l := typed
		spoil(&l)
		c.Limits = append(c.Limits[:1:1], l)
		if _, err := bot.NewRouter(c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not among the errors:\n%v", want, err)
		}
	}
}

// A command is found by its name in every language, whatever the reader's.
func TestNamesInEveryLanguage(t *testing.T) {
	words := lexicon{names: map[string]string{
		"es meeting": "reunion", "alias es meeting": "cita", "es meeting add": "anadir", "es survey title": "titulo",
	}}
	for _, line := range []string{"/meeting add Monday", "/reunion anadir Monday", "/Reunión añadir Monday", "/CITA add Monday"} {
		d := newDesk(t, mem.New(), bot.RouterConfig{Words: words})
		d.says("ana", line)
		d.wants("This would add Monday", "engine.form.save", "engine.form.change", "engine.form.stop")
	}
	d := newDesk(t, mem.New(), bot.RouterConfig{Words: words})
	d.says("ana", "/survey Título:hola")
	d.wants("Done: surveyed title=hola")
	d.call("ana", chat.Call{Text: "/meeting", Lang: "es-MX"})
	d.wants("/reunion anadir", "/reunion anadir", "/reunion drop")
	d.call("ana", chat.Call{Text: "/reunin", Lang: "es-MX"})
	d.wants("engine.unknown.near", "/reunion")
}
