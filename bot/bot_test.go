package bot_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"peerbot/bot"
	"peerbot/chat"
	"peerbot/storage/mem"
)

// stand is a platform of which the test says what it does.
type stand struct {
	limits bot.Limits
	run    func(ctx context.Context, h bot.Handler) error
	send   func(to chat.Address, id string, m chat.Message) (string, error)
	runs   atomic.Int32
}

func (s *stand) Limits() bot.Limits { return s.limits }

func (s *stand) Run(ctx context.Context, h bot.Handler) error {
	s.runs.Add(1)
	return s.run(ctx, h)
}

func (s *stand) Send(_ context.Context, to chat.Address, id string, m chat.Message) (string, error) {
	return s.send(to, id, m)
}

// editor is a stand that can edit.
type editor struct {
	stand
	edited chat.Message
}

func (e *editor) Edit(_ context.Context, _ chat.Address, _ string, m chat.Message) error {
	e.edited = m
	return nil
}

func waits(ctx context.Context, _ bot.Handler) error { <-ctx.Done(); return nil }

// runs starts a Bot of the platforms, and returns what stops it.
func runs(t *testing.T, d *desk, platforms ...bot.Platform) (stop func() error) {
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	b := bot.New(d.router, platforms, d.logger())
	go func() { done <- b.Run(ctx) }()
	return func() error { cancel(); return <-done }
}

// One platform dies again and again, in every way; the other serves on.
func TestPlatformIsRunAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, mem.New(), bot.RouterConfig{})
		bad := &stand{limits: typed}
		bad.run = func(context.Context, bot.Handler) error {
			switch bad.runs.Load() % 3 {
			case 0:
				panic("a secret of Ana")
			case 1:
				return errPlain
			}
			return nil
		}
		good := &stand{limits: forms, run: waits}
		stop := runs(t, d, bad, good)
		time.Sleep(5 * time.Second)
		// After waits of at most 1, 2 and 4 seconds, and of at least half of that.
		if n := bad.runs.Load(); n < 3 || n > 5 {
			t.Errorf("after 5 seconds it has been run %d times", n)
		}
		before := bad.runs.Load()
		time.Sleep(time.Hour)
		if n := bad.runs.Load() - before; n < 12 || n > 40 {
			t.Errorf("within an hour it is run %d times more", n)
		}
		if n := good.runs.Load(); n != 1 {
			t.Errorf("the other one has been run %d times", n)
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
		if !strings.Contains(d.log.String(), "platform=typed") || strings.Contains(d.log.String(), "a secret") {
			t.Errorf("the log is\n%s", d.log)
		}
	})
}

// A platform that served for long is run again at once, whatever was before.
func TestBackOffForgets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, mem.New(), bot.RouterConfig{})
		p := &stand{limits: typed}
		p.run = func(ctx context.Context, _ bot.Handler) error {
			if p.runs.Load() > 8 {
				select {
				case <-time.After(10 * time.Minute):
				case <-ctx.Done():
				}
			}
			return errPlain
		}
		stop := runs(t, d, p)
		time.Sleep(10 * time.Minute)
		for p.runs.Load() < 10 {
			time.Sleep(time.Second)
		}
		synctest.Wait()
		before := p.runs.Load()
		time.Sleep(10*time.Minute + 2*time.Second)
		if n := p.runs.Load(); n != before+1 {
			t.Errorf("it has been run %d times and not %d", n, before+1)
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}

// slowly is a tree with a command that takes its time, and says whether it was cut short.
func slowly(takes time.Duration, cut *error) []chat.Command {
	return []chat.Command{{Name: "menu", Run: func(ctx context.Context, _ *chat.Call) (chat.Reply, error) {
		select {
		case <-time.After(takes):
		case <-ctx.Done():
			*cut = ctx.Err()
		}
		return chat.Reply{Body: chat.Words("slowly")}, nil
	}}}
}

// Stopping lets the calls that have begun finish, for ten seconds.
func TestStop(t *testing.T) {
	for _, c := range []struct {
		takes, stops time.Duration
		cut          bool
	}{
		{0, 0, false},
		{9 * time.Second, 8 * time.Second, false},
		{25 * time.Second, 10 * time.Second, true},
	} {
		synctest.Test(t, func(t *testing.T) {
			var cut error
			d := newDesk(t, mem.New(), bot.RouterConfig{Tree: slowly(c.takes, &cut)})
			var said string
			p := &stand{limits: typed, run: func(ctx context.Context, h bot.Handler) error {
				call := &chat.Call{ID: "1", Text: "/menu", From: chat.Person{Platform: "typed", ID: "ana"}, At: chat.Address{Platform: "typed", Room: "ana"}, Time: noon}
				said = h.Call(ctx, call).Body.String()
				<-ctx.Done()
				return nil
			}}
			stop := runs(t, d, p)
			time.Sleep(time.Second)
			began := time.Now()
			if err := stop(); err != nil {
				t.Error(err)
			}
			if took := time.Since(began); took != c.stops || said != "slowly" || (cut != nil) != c.cut {
				t.Errorf("a call of %v: stopping took %v, it said %q, cut short: %v", c.takes, took, said, cut)
			}
		})
	}
}

// A platform that does not stop is named, and holds nobody up.
func TestStopInVain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, mem.New(), bot.RouterConfig{})
		free := make(chan bool)
		stop := runs(t, d, &stand{limits: typed, run: func(context.Context, bot.Handler) error { <-free; return nil }}, &stand{limits: forms, run: waits})
		synctest.Wait()
		began := time.Now()
		err := stop()
		if err == nil || !strings.Contains(err.Error(), `["typed"]`) || time.Since(began) > 11*time.Second {
			t.Errorf("after %v: %v", time.Since(began), err)
		}
		close(free)
	})
}

func TestSend(t *testing.T) {
	d := newDesk(t, mem.New(), bot.RouterConfig{})
	var sent []chat.Message
	p := &stand{limits: typed, send: func(_ chat.Address, id string, m chat.Message) (string, error) {
		sent = append(sent, m)
		switch id {
		case "bounces":
			return "", &chat.Bounce{Fate: chat.Gone, Err: errPlain}
		case "panics":
			panic("a secret")
		}
		return "ref " + id, nil
	}}
	b := bot.New(d.router, []bot.Platform{p}, d.logger())
	to, home := d.at("ana", ""), d.vault.ID("home", "typed", "house")
	m := chat.Message{Body: chat.Say("letter.body"), Home: home, For: d.vault.ID("member", "typed", "ana"), Offers: [][]chat.Offer{{
		{Label: chat.Say("letter.look"), Path: []string{"look"}},
		{Label: chat.Words("Long"), Path: []string{"survey"}, Bound: []chat.Arg{title.Is(strings.Repeat("long ", 20))}},
	}}}
	for _, id := range []string{"one", "one", "two"} {
		if ref, err := b.Send(t.Context(), to, id, m); err != nil || ref != "ref "+id {
			t.Fatal(ref, err)
		}
	}
	if got := sent[0].Body.String() + sent[0].Offers[0][0].Label.String(); got != "letter.bodyletter.look" {
		t.Errorf("it is sent as %q", got)
	}
	long := func(i int) string { return sent[i].Offers[0][1].Payload }
	if long(0) != long(1) || long(0) == long(2) {
		t.Error("the same letter has other buttons, or another letter the same")
	}
	// The community travels with the letter, and anyone at the address may press.
	d.call("ana", chat.Call{Press: sent[0].Offers[0][0].Payload})
	d.wants("Look, "+home, "Again", "Short", "Long", "Once", "Open", "Soon over", "Rule")
	d.call("ana", chat.Call{Press: long(0)})
	d.wants("Done: surveyed")
	d.erase("ana") // under whose key the card is
	d.call("ana", chat.Call{Press: long(2)})
	d.wants("engine.old", "engine.crisis", "engine.menu")

	for id, want := range map[string]string{"bounces": "bounced (gone)", "panics": "panic: string"} {
		if _, err := b.Send(t.Context(), to, id, m); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "a secret") {
			t.Errorf("%s: %v", id, err)
		}
	}
	for _, err := range []error{
		second(b.Send(t.Context(), chat.Address{Platform: "nowhere"}, "1", m)),
		b.Edit(t.Context(), chat.Address{Platform: "nowhere"}, "1", m),
		b.Edit(t.Context(), to, "1", m), // which cannot edit
	} {
		var bounce *chat.Bounce
		if !errors.As(err, &bounce) || bounce.Fate != chat.Never {
			t.Errorf("it ends in %v", err)
		}
	}
	if _, err := b.Send(t.Context(), to, "x", chat.Message{Offers: [][]chat.Offer{{{Path: []string{"nothing"}}}}}); err == nil {
		t.Error("an offer of no command is sent")
	}
}

func second(_ string, err error) error { return err }

func TestSendIsForTheRoom(t *testing.T) {
	d := newDesk(t, mem.New(), bot.RouterConfig{})
	var sent chat.Message
	p := &stand{limits: typed, send: func(_ chat.Address, _ string, m chat.Message) (string, error) { sent = m; return "", nil }}
	b := bot.New(d.router, []bot.Platform{p}, d.logger())
	m := chat.Message{Offers: [][]chat.Offer{{{Label: chat.Words("Go"), Path: []string{"survey"}, Bound: []chat.Arg{title.Is("abc")}, Once: true}}}}
	if _, err := b.Send(t.Context(), d.at("", "hall"), "1", m); err != nil {
		t.Fatal(err)
	}
	press := sent.Offers[0][0].Payload
	d.now = time.Now()
	d.call("ana yard", chat.Call{Press: press})
	d.wants("The menu.")
	d.call("ana hall", chat.Call{Press: press})
	d.wants("Done: surveyed title=abc")
	d.call("ben hall", chat.Call{Press: press})
	d.wants("engine.already")
}

func TestEdit(t *testing.T) {
	d := newDesk(t, mem.New(), bot.RouterConfig{})
	e := &editor{stand: stand{limits: typed}}
	b := bot.New(d.router, []bot.Platform{e}, d.logger())
	m := chat.Message{Body: chat.Say("letter.body"), Offers: [][]chat.Offer{{
		{Label: chat.Words("Long"), Path: []string{"survey"}, Bound: []chat.Arg{title.Is(strings.Repeat("long ", 20))}},
	}}}
	if err := b.Edit(t.Context(), d.at("", "hall"), "ref", m); err != nil {
		t.Fatal(err)
	}
	d.now = time.Now()
	d.call("ana hall", chat.Call{Press: e.edited.Offers[0][0].Payload})
	d.wants("Done: surveyed")
}

// What is kept for a member is gone with the member's key.
func TestErasedMember(t *testing.T) {
	everywhere(t, func(d *desk) {
		d.says("ana", "/look")
		d.says("ana", "/survey size:3")
		d.erase("ana")
		d.presses("ana", "Long")
		d.wants("engine.old", "engine.crisis", "engine.menu")
		d.says("ana", "hello")
		d.wants("engine.unread", "engine.crisis", "engine.menu")
		if err := d.router.Purge(t.Context(), d.now.Add(100*24*time.Hour)); err != nil {
			t.Fatal(err)
		}
		if n := d.keys("bot.cards") + d.keys("bot.drafts"); n != 0 {
			t.Errorf("%d records are left", n)
		}
	})
}

func TestPurgeOfMany(t *testing.T) {
	d := newDesk(t, mem.New(), bot.RouterConfig{})
	for n := range 120 {
		d.shown = nil
		d.call(fmt.Sprint("person", n), chat.Call{Text: "/survey hello"})
	}
	if err := d.router.Purge(t.Context(), d.now); err != nil {
		t.Fatal(err)
	}
	if n := d.keys("bot.receipts"); n != 120 {
		t.Errorf("%d receipts are left of 120 that stand", n)
	}
	if err := d.router.Purge(t.Context(), d.now.Add(31*24*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if n := d.keys("bot.receipts"); n != 120 {
		t.Errorf("after a month %d receipts are left of 120 that stand", n)
	}
	if err := d.router.Purge(t.Context(), d.now.Add(63*24*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if n := d.keys("bot.receipts"); n != 0 {
		t.Errorf("%d receipts are left", n)
	}
}

// shower is a stand that shows the commands.
type shower struct {
	stand
	shown [][]chat.Command
	fails bool
}

func (s *shower) Publish(tree []chat.Command) {
	s.shown = append(s.shown, tree)
	if s.fails {
		panic("a secret")
	}
}

func (s *shower) Window() time.Duration { return time.Minute }

func (s *shower) Free(chat.Address) time.Time { return noon }

// The tree is published once, before the first run, with the engine's own leaf where
// lines are typed.
func TestPublish(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, mem.New(), bot.RouterConfig{})
		lines, pages := &shower{stand: stand{limits: typed}}, &shower{stand: stand{limits: forms}, fails: true}
		for _, s := range []*shower{lines, pages} {
			s.run = func(context.Context, bot.Handler) error {
				if len(s.shown) != 1 {
					t.Errorf("before a run it has been published %d times", len(s.shown))
				}
				return errPlain
			}
		}
		stop := runs(t, d, lines, pages)
		time.Sleep(time.Minute)
		if err := stop(); err != nil {
			t.Error(err)
		}
		names := func(s *shower) (all []string) {
			for _, c := range s.shown[0] {
				all = append(all, c.Name)
			}
			return all
		}
		if all := names(lines); all[0] != "menu" || all[len(all)-1] != "cancel" {
			t.Errorf("where lines are typed %q is published", all)
		}
		if all := names(pages); slices.Contains(all, "cancel") || len(all)+1 != len(names(lines)) {
			t.Errorf("where pages are filled in %q is published", all)
		}
		if pages.runs.Load() < 3 || strings.Contains(d.log.String(), "a secret") {
			t.Errorf("it has been run %d times; the log is\n%s", pages.runs.Load(), d.log)
		}
	})
}

func TestWindowAndPace(t *testing.T) {
	d := newDesk(t, mem.New(), bot.RouterConfig{})
	b := bot.New(d.router, []bot.Platform{&shower{stand: stand{limits: typed}}, &stand{limits: forms}}, d.logger())
	if a, b, c := b.Window("typed"), b.Window("forms"), b.Window("nowhere"); a != time.Minute || b != 0 || c != 0 {
		t.Errorf("the windows are %v, %v and %v", a, b, c)
	}
	if a, b := b.Free(d.at("ana", "")), b.Free(chat.Address{Platform: "forms"}); a != noon || !b.IsZero() {
		t.Errorf("rooms are free at %v and %v", a, b)
	}
}

// A platform that has come to a halt is not run again; what to do is logged, and the
// other one goes on.
func TestHalt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, mem.New(), bot.RouterConfig{})
		halted := &stand{limits: typed, run: func(context.Context, bot.Handler) error {
			return fmt.Errorf("typed: %w", &bot.Halt{Say: "ask for a new token", Err: errors.New("the token abc")})
		}}
		flaps := &stand{limits: aside, run: func(context.Context, bot.Handler) error { time.Sleep(time.Minute); return errPlain }}
		good := &stand{limits: forms, run: waits}
		b := bot.New(d.router, []bot.Platform{halted, flaps, good}, d.logger())
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		began := time.Now()
		go func() { done <- b.Run(ctx) }()
		time.Sleep(time.Minute)
		synctest.Wait()
		want := map[string]bot.Outage{"typed": {Since: began, Say: "ask for a new token"}, "aside": {Since: began.Add(time.Minute)}}
		if diff := cmp.Diff(want, b.Down()); diff != "" {
			t.Errorf("down after a minute (-want +got):\n%s", diff)
		}
		time.Sleep(2 * time.Second)
		if down := b.Down(); len(down) != 1 || down["typed"].Say == "" {
			t.Errorf("down while the one that fails is run again: %v", down)
		}
		time.Sleep(time.Hour)
		cancel()
		if err := <-done; err != nil || halted.runs.Load() != 1 || good.runs.Load() != 1 {
			t.Errorf("%v: run %d and %d times", err, halted.runs.Load(), good.runs.Load())
		}
		if log := d.log.String(); !strings.Contains(log, "ask for a new token") || strings.Contains(log, "abc") {
			t.Errorf("the log is\n%s", log)
		}
	})
}
