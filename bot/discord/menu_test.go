package discord

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"peerbot/bot/bottest"
	"peerbot/bot/discord/discordtest"
	"peerbot/bot/discord/wire"
	"peerbot/chat"
	"peerbot/commands"
	"peerbot/locales"
)

const (
	getCommands = "GET /applications/{application_id}/commands"
	putCommands = "PUT /applications/{application_id}/commands"
)

// languages is a catalogue in which Spanish has a word of its own for everything.
type languages struct{ bottest.Words }

func (languages) Langs() []string { return []string{"en", "es"} }

func (w languages) Name(lang, path string) string { return w.in(lang, w.Words.Name(lang, path)) }

func (w languages) About(lang, path string) string { return w.in(lang, w.Words.About(lang, path)) }

func (w languages) OptionName(lang, path, option string) string { return w.in(lang, option) + "_x" }

func (w languages) OptionHelp(lang, path, option string) string {
	return w.in(lang, w.Words.OptionHelp(lang, path, option))
}

func (languages) in(lang, word string) string {
	if lang == "es" {
		return word + "_es"
	}
	return word
}

func TestMenuIsDrawn(t *testing.T) {
	var m menu
	m.take([]chat.Command{
		{Name: "do", Options: []chat.Param{what, amount, near, chat.String("must").Require().CompletedBy(nothing)}},
		{Name: "group", Subs: []chat.Command{{Name: "sub"}, {Name: "not", Unlisted: true}}},
		{Name: "keep", Needs: chat.Moderator},
		{Name: "host", Needs: chat.Moderator | chat.Host},
		{Name: "secret", Unlisted: true},
	}, languages{})
	es := func(word string) map[string]string { return map[string]string{"es-ES": word, "es-419": word} }
	everywhere, least, most, rights := []int{0, 1}, 1, 9, "32"
	named := func(name, about string) wire.Command {
		return wire.Command{
			Name: name, NameIn: es(name + "_es"), Description: about, DescriptionIn: es(about + "_es"),
			IntegrationTypes: []int{0}, Contexts: everywhere,
		}
	}
	option := func(kind int, name string) wire.Option {
		return wire.Option{
			Type: kind, Name: name + "_x", NameIn: es(name + "_es_x"),
			Description: "Help for " + name, DescriptionIn: es("Help for " + name + "_es"),
		}
	}
	do, group, keep, host := named("do", "About do"), named("group", "About group"), named("keep", "About keep"), named("host", "About host")
	do.Options = []wire.Option{option(3, "must"), option(3, "what"), option(4, "amount"), option(3, "near")}
	do.Options[0].Required, do.Options[0].Autocomplete, do.Options[3].Autocomplete = true, true, true
	do.Options[2].MinValue, do.Options[2].MaxValue = &least, &most
	group.Options = []wire.Option{{
		Type: 1, Name: "sub", NameIn: es("sub_es"), Description: "About group sub", DescriptionIn: es("About group sub_es"),
	}}
	keep.Permissions = &rights
	if diff := cmp.Diff([]wire.Command{do, group, keep, host}, m.commands); diff != "" {
		t.Error(diff)
	}
	if l := m.leaf([]string{"do"}); l.option("what_x") != "what" || l.option("other") != "other" || l.path[0] != "do" {
		t.Errorf("the leaf is %+v", l)
	}
}

func nothing(context.Context, *chat.Call, string) ([]chat.Choice, error) { return nil, nil }

// Discord is told once, and again only when something changed.
func TestMenuIsToldWhenItChanged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, discordtest.Options{})
		start := func(menu []chat.Command) {
			s.Start()
			s.d.Publish(menu)
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan error, 1)
			go func() { done <- s.d.Run(ctx, &desk{answer: says("")}) }()
			settle()
			s.Reconnect()
			time.Sleep(10 * time.Second)
			cancel()
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		told := func(gets, puts int) {
			t.Helper()
			if g, p := s.Requests(getCommands), s.Requests(putCommands); g != gets || p != puts {
				t.Errorf("asked %d times and told %d times, not %d and %d", g, p, gets, puts)
			}
		}
		start(tree())
		told(1, 1)
		start(tree())
		told(2, 1)
		start(tree()[1:])
		told(3, 2)
		s.Fail(discordtest.Fault{Route: putCommands, Status: 500})
		start(tree())
		told(5, 4)
		s.Fail(discordtest.Fault{Route: getCommands, Status: 403})
		start(tree())
		told(6, 4)
	})
}

// The program's own commands are ones that Discord takes, in every language.
func TestTheRealMenu(t *testing.T) {
	words, err := locales.Load()
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, discordtest.Options{})
		s.Start()
		s.d.menu.take(commands.All(commands.Deps{Langs: words.Langs(), Match: words.Match, Put: words.Put}), words)
		app := s.BotID()
		s.d.app.Store(&app)
		s.d.publish(t.Context())
		if !s.d.menu.told || s.Requests(putCommands) != 1 {
			t.Errorf("Discord does not take the commands: %s", s.log.String())
		}
		s.d.menu.told = false
		s.d.publish(t.Context())
		if s.Requests(putCommands) != 1 {
			t.Error("what Discord tells of them is not the same")
		}
		s.d.client.Close()
	})
}

func TestBounces(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		want chat.Bounce
	}{
		"no network":        {errors.New("dial"), chat.Bounce{Fate: chat.Later}},
		"too fast":          {&wire.Error{Status: 429, After: time.Minute}, chat.Bounce{Fate: chat.Later, After: time.Minute}},
		"held back":         {&wire.Error{After: time.Hour}, chat.Bounce{Fate: chat.Later, After: time.Hour}},
		"their fault":       {&wire.Error{Status: 500}, chat.Bounce{Fate: chat.Later}},
		"our token":         {&wire.Error{Status: 401}, chat.Bounce{Fate: chat.Later, After: patience}},
		"closed to us":      {&wire.Error{Status: 403, Code: 50007}, chat.Bounce{Fate: chat.Gone}},
		"not let in":        {&wire.Error{Status: 403, Code: 50001}, chat.Bounce{Fate: chat.Gone}},
		"may not write":     {&wire.Error{Status: 403, Code: 50013}, chat.Bounce{Fate: chat.Gone}},
		"some other no":     {&wire.Error{Status: 403}, chat.Bounce{Fate: chat.Gone}},
		"no such room":      {&wire.Error{Status: 404, Code: 10003}, chat.Bounce{Fate: chat.Gone}},
		"no such person":    {&wire.Error{Status: 400, Code: 50033}, chat.Bounce{Fate: chat.Gone}},
		"no such message":   {&wire.Error{Status: 404, Code: 10008}, chat.Bounce{Fate: chat.Never}},
		"not well made":     {&wire.Error{Status: 400, Code: 50035}, chat.Bounce{Fate: chat.Never}},
		"a file too large":  {&wire.Error{Status: http.StatusRequestEntityTooLarge}, chat.Bounce{Fate: chat.Never}},
		"nothing to answer": {&wire.Error{Status: 404, Code: 10062}, chat.Bounce{Fate: chat.Never}},
	} {
		var got *chat.Bounce
		if !errors.As(bounce(c.err), &got) || got.Fate != c.want.Fate || got.After != c.want.After || !errors.Is(got, c.err) {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if bounce(nil) != nil {
		t.Error("nothing bounces")
	}
}

func TestHaltsSayWhatToDo(t *testing.T) {
	said := map[string]bool{}
	for _, code := range []int{401, 4004, 4010, 4011, 4012, 4013, 4014} {
		said[halt(&wire.Fatal{Code: code, Err: errors.New("x")}).Say] = true
	}
	if len(said) != 4 {
		t.Errorf("%d sentences", len(said))
	}
}

// Opening a private chat costs a request, once.
func TestDirects(t *testing.T) {
	const open = "POST /users/@me/channels"
	play(t, says("hello"), func(s *stage, _ *desk) {
		for n := range 3 {
			if _, err := s.d.Send(s.t.Context(), s.At("ben", ""), string(rune('a'+n)), chat.Message{Body: chat.Words("hi")}); err != nil {
				t.Error(err)
			}
		}
		if n := s.Requests(open); n != 1 {
			t.Errorf("%d requests to open one chat", n)
		}
		s.must(s.Command("ana", "", []string{"do"}, nil))
		settle()
		if _, err := s.d.Send(s.t.Context(), s.At("ana", ""), "b", chat.Message{Body: chat.Words("hi"), Silent: true}); err != nil {
			t.Error(err)
		}
		if n := s.Requests(open); n != 1 {
			t.Errorf("%d requests: a chat that somebody writes in is known", n)
		}
		if m := s.Server.Sees("ana", ""); m[len(m)-1].Flags&discordtest.Silent == 0 {
			t.Error("what is silent makes a sound")
		}
		before := s.Requests(open)
		s.d.directs = newDirects(s.d.o)
		if _, err := s.d.Send(s.t.Context(), s.At("ben", ""), "d", chat.Message{Body: chat.Words("hi")}); err != nil || s.Requests(open) != before {
			t.Errorf("a new start opens the chat anew (%v)", err)
		}
		s.Block("ben", true)
		_, err := s.d.Send(s.t.Context(), s.At("ben", ""), "c", chat.Message{Body: chat.Words("hi")})
		var b *chat.Bounce
		if !errors.As(err, &b) || b.Fate != chat.Gone {
			t.Errorf("got %v", err)
		}
	})
}

// Whatever an interaction holds, the adapter makes a call of it or leaves it.
func FuzzInteraction(f *testing.F) {
	f.Add(`{"id":"1","type":2,"data":{"name":"do","options":[{"name":"what","value":5}]},"user":{"id":"3"}}`)
	f.Add(`{"id":"1","type":3,"data":{"custom_id":"a|b|c","values":["x"]},"member":{"user":{"id":"3"}},"guild_id":"4"}`)
	f.Add(`{"id":"1","type":5,"data":{"custom_id":"a","components":[{"type":18,"component":{"custom_id":"x","values":["y"]}},{"type":10}]},"user":{"id":"3"}}`)
	f.Add(`{"id":"1","type":9,"member":{}}`)
	f.Fuzz(func(t *testing.T, text string) {
		var i wire.Interaction
		if json.Unmarshal([]byte(text), &i) != nil || i.By() == nil {
			return
		}
		d := &Discord{}
		c := d.call(t.Context(), &i, time.Time{})
		if c.From.ID != i.By().ID || c.At.Platform != platform || c.Path != nil && c.Press != "" {
			t.Errorf("%s becomes %+v", text, c)
		}
	})
}
