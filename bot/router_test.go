package bot_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"peerbot/bot"
	"peerbot/chat"
	"peerbot/storage"
	"peerbot/storage/mem"
)

func arg(name, value string) chat.Arg { return chat.Arg{Name: name, Value: value} }

func TestLines(t *testing.T) {
	for _, c := range []struct {
		from, text, want string
		buttons          []string
	}{
		{"ana", "/look", "Look", []string{"Again", "Short", "Long", "Once", "Open", "Soon over", "Rule"}},
		{"ana", "/LOOK@peerbot", "Look", []string{"Again", "Short", "Long", "Once", "Open", "Soon over", "Rule"}},
		{"ana", "/survey hello", "Done: surveyed title=hello", nil},
		{"ana", `/survey "hello all" 3 Talk`, "Done: surveyed kind=talk size=3 title=hello all", nil},
		{"ana", "/survey hello kind:group", "Done: surveyed kind=group title=hello", nil},
		{"ana", "/survey title: hello to all  size: 3", "Done: surveyed size=3 title=hello to all", nil},
		{"ana", "/survey hello colour:red", "engine.read.unknown_option (colour)", nil},
		{"ana", "/survey title:a title:b", "engine.read.twice (title)", nil},
		{"ana", `/survey "hello`, "engine.read.open_quote", nil},
		{"ana", "/look at me", "engine.read.left_over (at)", nil},
		{"ana", "/meting", "engine.unknown.near", []string{"/meeting"}},
		{"ana", "/xyzzyplugh", "engine.unknown.command", []string{"engine.crisis", "engine.menu"}},
		{"ana hall", "/xyzzyplugh", "", nil},
		{"ana hall", "/mennu", "engine.unknown.near", []string{"/menu"}},
		{"ana", "/", "engine.unknown.command", []string{"engine.crisis", "engine.menu"}},
		{"ana", "/staf", "engine.unknown.command", []string{"engine.crisis", "engine.menu"}},
		{"mod", "/staf", "engine.unknown.near", []string{"/staff"}},
		{"ana", "/meeting", "About meeting", []string{"/meeting add", "/meeting drop"}},
		{"mod", "/meeting", "About meeting", []string{"/meeting add", "/meeting drop", "/meeting rule"}},
		{"ana", "/meeting ad", "engine.unknown.sub (/meeting)", []string{"/meeting add", "/meeting drop"}},
		{"ana", "/meeting undo 12", "engine.unknown.sub (/meeting)", []string{"/meeting add", "/meeting drop"}},
		{"ana", "/meeting rule", "engine.denied (engine.duty.moderator)", []string{"engine.crisis", "engine.menu"}},
		{"ana", "/staff", "engine.denied (engine.duty.moderator)", []string{"engine.crisis", "engine.menu"}},
		{"ana", "/staff count", "engine.denied (engine.duty.moderator)", []string{"engine.crisis", "engine.menu"}},
		{"mod", "/staff count", "Counted.", nil},
		{"ana", "i cant do this", "engine.unread", []string{"engine.crisis", "engine.menu"}},
		{"ana hall", "i cant do this", "", nil},
		{"ana", "/cancel", "engine.form.nothing_to_stop", nil},
		{"ana", "/crisis united kingdom", "Help now united kingdom", []string{"Great Britain", "Look"}},
		{"ana", `/crisis "united`, "Help now ", []string{"Great Britain", "Look"}},
	} {
		t.Run(c.from+": "+c.text, func(t *testing.T) {
			d := newDesk(t, mem.New(), bot.RouterConfig{})
			d.says(c.from, c.text)
			d.wants(c.want, c.buttons...)
		})
	}
}

func TestNativeCalls(t *testing.T) {
	for _, c := range []struct {
		path, want string
		args       []chat.Arg
	}{
		{"survey", "Done: surveyed size=3 title=hello", []chat.Arg{arg("title", "hello"), arg("size", "3")}},
		{"survey", "engine.read.unknown_option (colour)", []chat.Arg{arg("title", "hello"), arg("colour", "3")}},
		{"survey", "engine.read.unknown_option (colour)", []chat.Arg{arg("size", "12"), arg("colour", "3")}},
		{"survey", "engine.read.twice (title)", []chat.Arg{arg("title", "hello"), arg("title", "hi")}},
		{"meeting undo", "engine.unknown.sub", []chat.Arg{arg("change", "12")}},
		{"nothing", "engine.unknown.command", nil},
	} {
		t.Run(c.path, func(t *testing.T) {
			d := newDesk(t, mem.New(), bot.RouterConfig{})
			d.call("ana", chat.Call{Path: strings.Fields(c.path), Args: c.args})
			if got := d.shown[0].Body.String(); !strings.Contains(got, c.want) {
				t.Errorf("it says %q, without %q", got, c.want)
			}
		})
	}
}

// What only the Router may say is believed of no platform.
func TestClaimsOfAPlatform(t *testing.T) {
	d := newDesk(t, mem.New(), bot.RouterConfig{})
	d.call("ana", chat.Call{Path: []string{"meeting", "add"}, Args: []chat.Arg{arg("title", "x")}, Confirmed: true, Home: "elsewhere"})
	d.wants("This would add x", "engine.form.save", "engine.form.change", "engine.form.stop")
	d.wantsSaved()
}

func TestFlyer(t *testing.T) {
	d := newDesk(t, mem.New(), bot.RouterConfig{})
	d.says("ana", "/meeting add Virtual Peer Support\nMondays and Wednesdays\n8PM until 9PM EST\nZoom Room      Meeting ID: 123 4567 8901\nPasscode:  Recovery\nMinor Consent Forms")
	d.wants("This would add Virtual Peer Support", "engine.form.save", "engine.form.change", "engine.form.stop")
}

func TestPrivacyOfReplies(t *testing.T) {
	d := newDesk(t, mem.New(), bot.RouterConfig{})
	for text, want := range map[string]bool{"/look": false, "/mine": true, "/survey": false, "/secret": true, "/meeting rule": true} {
		if r := d.says("ana hall", text); r.Private != want {
			t.Errorf("%s: private is %v", text, r.Private)
		}
	}
	d.on = "aside" // where a private answer costs a private chat, a refusal is none
	if r := d.says("ana hall", "/meeting rule"); r.Private {
		t.Error("a refusal in a room goes aside")
	}
}

func TestOnceEachCall(t *testing.T) {
	everywhere(t, func(d *desk) {
		d.call("ana", chat.Call{ID: "same", Text: "/survey hello"})
		d.wants("Done: surveyed title=hello")
		d.call("ana", chat.Call{ID: "same", Text: "/survey hello"})
		d.wants("engine.already")
		d.wantsSaved("surveyed title=hello")
		d.call("ana", chat.Call{ID: "look", Text: "/look"})
		d.call("ana", chat.Call{ID: "look", Text: "/look"}) // which changes nothing
		d.wants("Look", "Again", "Short", "Long", "Once", "Open", "Soon over", "Rule")
	})
}

func TestFailureKeepsNoReceipt(t *testing.T) {
	everywhere(t, func(d *desk) {
		d.fail = errPlain
		d.call("ana", chat.Call{ID: "same", Text: "/survey hello"})
		d.wants("engine.fault.other")
		d.fail = nil
		d.call("ana", chat.Call{ID: "same", Text: "/survey hello"})
		d.wants("Done: surveyed title=hello")
	})
}

func TestButtons(t *testing.T) {
	everywhere(t, func(d *desk) {
		d.says("ana hall", "/look")
		d.presses("ben hall", "Short")
		d.presses("ben hall", "Long")
		d.presses("ben hall", "Open", arg("kind", "talk"), arg("title", "not open"))
		long := "surveyed title=" + strings.TrimSpace(strings.Repeat("long ", 20))
		d.wantsSaved("surveyed title=abc", long, "surveyed kind=talk title=abc")
		d.presses("ben hall", "Rule")
		d.wants("engine.denied", "engine.crisis", "engine.menu")
		d.presses("ben yard", "Short")
		d.wants("The menu.") // a button of another room
		if r := d.shown[len(d.shown)-1]; !r.Private {
			t.Error("the menu for somebody else is public")
		}
	})
}

func TestOnceEachOffer(t *testing.T) {
	everywhere(t, func(d *desk) {
		d.says("ana hall", "/look")
		once := d.payload("Once")
		d.presses("ben hall", "Once")
		d.presses("ana hall", "Once")
		d.wants("engine.already")
		d.wantsSaved("surveyed title=abc")
		d.says("ana hall", "/look")
		if d.payload("Once") == once {
			t.Error("two messages have the same single-use offer")
		}
	})
}

func TestButtonsPassAway(t *testing.T) {
	everywhere(t, func(d *desk) {
		d.says("ana", "/look")
		d.now = d.now.Add(50 * time.Second)
		d.presses("ana", "Soon over")
		d.wants("Look", "Again", "Short", "Long", "Once", "Open", "Soon over", "Rule")
		d.now = d.now.Add(2 * time.Minute)
		d.presses("ana", "Long")
		d.wants("Done: surveyed")
		d.now = d.now.Add(31 * 24 * time.Hour)
		for _, label := range []string{"Again", "Short", "Long"} {
			d.presses("ana", label)
			d.wants("engine.old", "engine.crisis", "engine.menu")
		}
		if err := d.router.Purge(t.Context(), d.now); err != nil {
			t.Fatal(err)
		}
		for _, b := range []storage.Bucket{"bot.cards", "bot.cards.until"} {
			if n := d.keys(b); n != 0 {
				t.Errorf("%d records are left in %s", n, b)
			}
		}
	})
}

func TestButtonsOfTheEngine(t *testing.T) {
	d := newDesk(t, mem.New(), bot.RouterConfig{})
	d.says("ana", "/meting")
	d.presses("ana", "/meeting")
	d.wants("About meeting", "/meeting add", "/meeting drop")
	d.presses("ana", "/meeting drop")
	d.asks("who=")
	d.says("ana", "i cant do this")
	d.wants("Done: dropped who=i cant do this") // an answer it is, where a question stands
	d.says("ana", "i cant do this")
	d.presses("ana", "engine.menu")
	d.wants("The menu.")
	d.presses("ana", "engine.crisis")
	d.wants("Help now", "Great Britain", "Look")
}

// Buttons that a command puts under its preview are the caller's alone.
func TestButtonsUnderAPreview(t *testing.T) {
	run := func(ctx context.Context, c *chat.Call) (chat.Reply, error) {
		return chat.Reply{Body: chat.Words("run")}, nil
	}
	d := newDesk(t, mem.New(), bot.RouterConfig{Tree: []chat.Command{
		{Name: "menu", Run: nothing},
		{Name: "peek", Undo: []string{"back"}, Run: run, Confirm: func(context.Context, *chat.Call) (chat.Reply, error) {
			return chat.Reply{Offers: [][]chat.Offer{{{Label: chat.Words("Other"), Path: []string{"menu"}}}}}, nil
		}},
		{Name: "back", Unlisted: true, Options: []chat.Param{change}, Run: run},
	}})
	d.says("ana hall", "/peek")
	d.wants("", "Other", "engine.form.save", "engine.form.stop") // it has no options, so there is nothing to change
	if r := d.presses("ben hall", "Other"); !r.Private {
		t.Error("Ben can press it")
	}
	d.presses("ana hall", "engine.form.save")
	d.wants("run") // it changed nothing, so there is nothing to undo
}

// For a screen reader: one button a row, and no message that changes.
func TestPlain(t *testing.T) {
	d := newDesk(t, mem.New(), bot.RouterConfig{})
	for plain, rows := range map[bool]int{false: 1, true: 3} {
		d.plain = plain
		r := d.says("ana", "/meeting add title:x")
		if len(r.Offers) != rows {
			t.Errorf("plain %v: the preview has %d rows of buttons", plain, len(r.Offers))
		}
		if r := d.presses("ana", "engine.form.stop"); r.Replace == plain {
			t.Errorf("plain %v: the preview is replaced: %v", plain, r.Replace)
		}
	}
}

// Many presses at once have one effect.
func TestOnceAtOnce(t *testing.T) {
	everywhere(t, func(d *desk) {
		d.says("ana hall", "/look")
		press := d.payload("Once")
		var group sync.WaitGroup
		var done, already atomic.Int32
		for n := range 16 {
			group.Go(func() {
				person := fmt.Sprint("person", n)
				reply := d.router.Call(t.Context(), &chat.Call{
					ID: "press " + person, Press: press, Time: d.now, At: d.at(person, "hall"), From: chat.Person{Platform: d.on, ID: person},
				})
				switch reply.Body.String() {
				case "engine.already":
					already.Add(1)
				case "Done: surveyed title=abc":
					done.Add(1)
				}
			})
		}
		group.Wait()
		if done.Load() != 1 || already.Load() != 15 || d.keys("test.done") != 1 {
			t.Errorf("%d done, %d already, %d in the store", done.Load(), already.Load(), d.keys("test.done"))
		}
	})
}

// counting counts the Updates that somebody waits for.
type counting struct {
	storage.Store
	updates int
}

func (c *counting) Update(ctx context.Context, fn func(storage.Tx) error) error {
	c.updates++
	return c.Store.Update(ctx, fn)
}

// A command waits for one commit at most, whatever it changes, unless what stands behind
// its buttons fits none of them and is known only once it is done.
func TestWaitsForOneCommit(t *testing.T) {
	store := &counting{Store: mem.New()}
	d := newDesk(t, store, bot.RouterConfig{})
	for _, c := range []struct {
		does  string
		act   func()
		waits int
	}{
		{"a command that changes nothing", func() { d.says("ana hall", "/menu") }, 0},
		{"crisis", func() { d.says("ana hall", "/crisis") }, 0},
		{"talk", func() { d.says("ana hall", "hello") }, 0},
		{"buttons that stand on a card", func() { d.says("ana hall", "/look") }, 1},
		{"a button that stands on a card", func() { d.presses("ana hall", "Long") }, 1},
		{"a button that works once", func() { d.presses("ana hall", "Once") }, 1},
		{"a button that has worked", func() { d.presses("ana hall", "Once") }, 0},
		{"a command that saves", func() { d.says("ana hall", "/survey x") }, 1},
		{"a question", func() { d.says("ana hall", "/survey size:3") }, 1},
		{"an answer", func() { d.says("ana hall", "x") }, 1},
		{"a preview", func() { d.says("ana hall", "/meeting add title:x") }, 1},
		{"saving, with an undo and an audit", func() { d.presses("ana hall", "engine.form.save") }, 1},
		{"undoing", func() { d.presses("ana hall", "engine.undo") }, 1},
		{"a refusal", func() { d.says("ana hall", "/meeting rule") }, 0},
	} {
		store.updates = 0
		if c.act(); store.updates != 2*c.waits { // The desk's store does each twice.
			t.Errorf("%s waits for %d commits, not %d", c.does, store.updates/2, c.waits)
		}
	}
}
