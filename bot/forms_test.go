package bot_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"peerbot/bot"
	"peerbot/chat"
	"peerbot/storage/mem"
)

// asks checks the questions of the last reply, each as "name=value".
func (d *desk) asks(want ...string) {
	d.t.Helper()
	var got []string
	if ask := d.shown[len(d.shown)-1].Ask; ask != nil {
		for _, q := range ask.Ask {
			got = append(got, q.Label.String()+"="+q.Value)
		}
	}
	if !slices.Equal(got, want) {
		d.t.Errorf("it asks for %q, not %q", got, want)
	}
}

func TestTypedForm(t *testing.T) {
	everywhere(t, func(d *desk) {
		d.says("ana hall", "/survey size:12")
		d.wants("option.out_of_range", "engine.form.skip", "engine.form.stop")
		d.asks("size=")
		d.says("ana hall", "twelve")
		d.wants("option.not_a_number", "engine.form.skip", "engine.form.stop")
		d.says("ben hall", "5") // it is not Ben who was asked
		d.wants("")
		d.says("ana yard", "5") // nor here
		d.wants("")
		d.says("ana hall", "/menu") // other commands work in between
		d.wants("The menu.")
		d.says("ana hall", "5")
		d.asks("title=")
		d.wants("", "engine.form.stop")
		d.says("ana hall", "  a title  ")
		d.wants("Done: surveyed size=5 title=a title")
		d.says("ana hall", "more talk")
		d.wants("")
		d.wantsSaved("surveyed size=5 title=a title")
	})
}

func TestTypedFormByButtons(t *testing.T) {
	everywhere(t, func(d *desk) {
		d.says("ana", "/ask")
		d.wants("One question.", "engine.form.keep (4)", "engine.form.stop")
		d.asks("=4") // The body has asked, and the answer is needed.
		d.presses("ana", "engine.form.keep (4)")
		d.wants("", "Group", "Talk", "engine.form.skip", "engine.form.stop")
		d.asks("kind=")
		d.presses("ana", "Talk")
		d.wants("Done: asked kind=talk size=4")
		d.says("ana", "more talk")
		d.wants("engine.unread", "engine.crisis", "engine.menu")
		d.presses("ana", "Group") // an earlier question can be answered anew
		d.wants("Done: asked kind=group size=4")
		d.says("ana", "/secret")
		d.wants("", "Ana", "Ben", "engine.form.stop")
		d.presses("ana", "Ben")
		d.wants("Done: kept quiet who=ben")
	})
}

func TestFormIsItsOwners(t *testing.T) {
	d := newDesk(t, mem.New(), bot.RouterConfig{})
	d.says("ana hall", "/ask")
	d.presses("ben hall", "engine.form.keep (4)")
	d.wants("The menu.")
	if r := d.shown[1]; !r.Private {
		t.Error("the menu for somebody else is public")
	}
}

func TestCancel(t *testing.T) {
	everywhere(t, func(d *desk) {
		for _, stop := range []func(){
			func() { d.says("ana", "/cancel") },
			func() { d.presses("ana", "engine.form.stop") },
		} {
			d.says("ana", "/ask")
			stop()
			d.wants("engine.form.stopped")
			d.says("ana", "5")
			d.wants("engine.unread", "engine.crisis", "engine.menu")
		}
		d.wantsSaved()
		if n := d.keys("bot.drafts"); n != 0 {
			t.Errorf("%d forms are left", n)
		}
	})
}

func TestNativeForm(t *testing.T) {
	everywhere(t, func(d *desk) {
		d.on = "forms"
		d.call("ana", chat.Call{Path: []string{"survey"}})
		d.asks("title=")
		d.call("ana", chat.Call{Path: []string{"ask"}})
		d.asks("size=4", "kind=")
		d.fills("ana", arg("size", "12"), arg("kind", "talk"))
		d.wants("engine.form.about_option (size) (option.out_of_range", "engine.form.again")
		d.asks()
		d.presses("ana", "engine.form.again")
		d.asks("size=12")
		d.fills("ana", arg("size", "3"))
		d.wants("Done: asked kind=talk size=3")
		d.wantsSaved("asked kind=talk size=3")
	})
}

func TestBlanksOfAFormAreSkipped(t *testing.T) {
	d := newDesk(t, mem.New(), bot.RouterConfig{})
	d.on = "forms"
	d.call("ana", chat.Call{Path: []string{"ask"}})
	d.fills("ana", arg("size", "3"), arg("kind", ""))
	d.wants("Done: asked size=3")
}

func TestPagesOfAForm(t *testing.T) {
	everywhere(t, func(d *desk) {
		d.on = "forms"
		d.call("ana hall", chat.Call{Path: []string{"pages"}})
		d.asks("paste=", "title=Monday group")
		d.fills("ana hall", arg("title", "Tuesday group"))
		d.asks("size=3", "kind=")
		d.fills("ana hall", arg("kind", "talk"), arg("size", "4"))
		d.asks("when=")
		d.call("ana hall", chat.Call{Path: []string{"meeting", "add"}}) // the last page was shut; it begins again
		d.wants("engine.form.halfway", "engine.form.go_on", "engine.form.anew")
		d.presses("ana hall", "engine.form.go_on")
		d.asks("when=")
		d.fills("ana hall") // pressed, and nothing sent: the page is opened again
		d.asks("when=")
		d.fills("ana hall", arg("when", ""))
		d.wants("This would add Tuesday group", "engine.form.save", "engine.form.change", "engine.form.stop")
		d.presses("ana hall", "engine.form.save")
		d.wantsSaved("added kind=talk size=4 title=Tuesday group")
		if n := d.keys("bot.drafts"); n != 0 {
			t.Errorf("%d forms are left", n)
		}
	})
}

func TestStartAnew(t *testing.T) {
	d := newDesk(t, mem.New(), bot.RouterConfig{})
	d.says("ana", "/survey size:12")
	d.says("ana", "3")
	d.says("ana", "/survey")
	d.wants("engine.form.halfway", "engine.form.go_on", "engine.form.anew")
	d.presses("ana", "engine.form.anew")
	d.asks("title=")
	d.says("ana", "hello")
	d.wantsSaved("surveyed title=hello")
}

func TestFormPassesAway(t *testing.T) {
	everywhere(t, func(d *desk) {
		d.says("ana", "/survey size:3")
		d.now = d.now.Add(24 * time.Hour)
		d.says("ana", "hello")
		d.wants("engine.unread", "engine.crisis", "engine.menu")
		if err := d.router.Purge(t.Context(), d.now); err != nil {
			t.Fatal(err)
		}
		if n := d.keys("bot.drafts"); n != 0 {
			t.Errorf("%d forms are left", n)
		}
	})
}

// A platform that brings an answer twice, after a crash, does not answer the next
// question with it.
func TestAnswerBroughtTwice(t *testing.T) {
	everywhere(t, func(d *desk) {
		d.says("ana", "/ask")
		d.call("ana", chat.Call{ID: "same", Text: "3"})
		d.asks("kind=")
		d.call("ana", chat.Call{ID: "same", Text: "3"})
		d.asks("kind=")
		d.wants("", "Group", "Talk", "engine.form.skip", "engine.form.stop")
		d.presses("ana", "engine.form.skip")
		d.wantsSaved("asked size=3")
	})
}

func TestPreview(t *testing.T) {
	everywhere(t, func(d *desk) {
		d.says("ana hall", "/meeting add title:x")
		d.wants("This would add x", "engine.form.save", "engine.form.change", "engine.form.stop")
		d.presses("ben hall", "engine.form.save")
		d.wants("The menu.")
		d.presses("ana hall", "engine.form.save", arg("title", "y")) // nothing is open
		d.wants("Done: added title=x", "engine.undo")
		for _, label := range []string{"engine.form.save", "engine.form.stop"} {
			d.presses("ana hall", label)
			d.wants("engine.already")
		}
		d.wantsSaved("added title=x")
	})
}

func TestPreviewStopped(t *testing.T) {
	everywhere(t, func(d *desk) {
		d.says("ana hall", "/meeting add title:x")
		d.presses("ana hall", "engine.form.stop")
		d.wants("engine.form.stopped")
		d.presses("ana hall", "engine.form.save")
		d.wants("engine.already")
		d.wantsSaved()
	})
}

// TestPreviewOfManyOptionsChanged: what does not fit one page of a form is chosen first.
func TestPreviewOfManyOptionsChanged(t *testing.T) {
	everywhere(t, func(d *desk) {
		d.on = "forms"
		d.call("ana hall", chat.Call{Path: []string{"meeting", "add"}, Args: []chat.Arg{arg("title", "x")}})
		d.presses("ana hall", "engine.form.change")
		d.wants("engine.form.which", "paste", "engine.form.value (title) (x)", "size", "kind", "when", "engine.form.back")
	})
}

func TestPreviewChangedTyped(t *testing.T) {
	everywhere(t, func(d *desk) {
		d.says("ana", "/meeting add title:x kind:talk when:tomorrow 19:00 UTC")
		d.wants("This would add x", "engine.form.save", "engine.form.change", "engine.form.stop")
		d.presses("ana", "engine.form.change")
		d.wants("engine.form.which", "paste", "engine.form.value (title) (x)", "size", "engine.form.value (kind) (Talk)",
			"engine.form.value (when) (2026-11-24 19…", "engine.form.back")
		d.presses("ana", "engine.form.value (title) (x)")
		d.asks("title=x")
		d.says("ana", "y")
		d.wants("This would add y", "engine.form.save", "engine.form.change", "engine.form.stop")
		d.presses("ana", "engine.form.change")
		d.presses("ana", "engine.form.back")
		d.wants("This would add y", "engine.form.save", "engine.form.change", "engine.form.stop")
		d.presses("ana", "engine.form.save")
		d.wantsSaved("added kind=talk title=y when=2026-11-24T19:00:00Z")
	})
}

func TestRefusalOfAPreview(t *testing.T) {
	everywhere(t, func(d *desk) {
		d.says("ana", "/meeting add size:3 title:taken")
		d.wants("That title is taken.", "Taken two", "engine.form.skip", "engine.form.stop")
		d.asks("title=")
		d.presses("ana", "Taken two")
		d.wants("This would add taken two", "engine.form.save", "engine.form.change", "engine.form.stop")
		d.says("ana", "/meeting add size:3")
		d.wants("A title is missing.", "engine.form.skip", "engine.form.stop")
		d.says("ana", "here it is")
		d.wants("This would add here it is", "engine.form.save", "engine.form.change", "engine.form.stop")
	})
}

// The preview stands until it is saved, and can be found again.
func TestPreviewFoundAgain(t *testing.T) {
	d := newDesk(t, mem.New(), bot.RouterConfig{})
	d.says("ana", "/meeting add size:3")
	d.call("ana", chat.Call{ID: "same", Text: "a title"})
	d.call("ana", chat.Call{ID: "same", Text: "a title"}) // brought twice
	d.wants("This would add a title", "engine.form.save", "engine.form.change", "engine.form.stop")
	d.says("ana", "just talk")
	d.wants("engine.unread", "engine.crisis", "engine.menu")
	d.says("ana", "/meeting add")
	d.presses("ana", "engine.form.go_on")
	d.wants("This would add a title", "engine.form.save", "engine.form.change", "engine.form.stop")
	d.presses("ana", "engine.form.save")
	d.wantsSaved("added size=3 title=a title")
	d.says("ana", "/meeting add")
	d.wants("A title is missing.", "engine.form.skip", "engine.form.stop")
}

func TestUndo(t *testing.T) {
	everywhere(t, func(d *desk) {
		const id = "1234567890123456789"
		undone := "undone change=" + d.vault.ID("call", d.on, id) // Unique among all platforms.
		d.says("ana hall", "/meeting add title:x")
		d.call("ana hall", chat.Call{ID: id, Press: d.payload("engine.form.save")})
		undo := d.payload("engine.undo")
		if n := len(undo); n > 48 {
			t.Errorf("the payload has %d bytes", n)
		}
		d.presses("ben hall", "engine.undo")
		d.wants("The menu.")
		d.now = d.now.Add(9 * time.Minute)
		d.presses("ana hall", "engine.undo")
		d.wants("Done: " + undone)
		d.presses("ana hall", "engine.undo")
		d.wants("engine.already")
		d.says("ana hall", "/meeting add title:y")
		d.presses("ana hall", "engine.form.save")
		d.now = d.now.Add(10 * time.Minute)
		d.presses("ana hall", "engine.undo")
		d.wants("engine.old", "engine.crisis", "engine.menu")
		d.wantsSaved("added title=x", undone, "added title=y")
	})
}

func TestAudit(t *testing.T) {
	everywhere(t, func(d *desk) {
		d.says("ana hall", "/meeting add title:x")
		if n := d.keys("bot.audits"); n != 0 {
			t.Errorf("a preview has %d audit records", n)
		}
		d.call("ana hall", chat.Call{ID: "save", Press: d.payload("engine.form.save")})
		d.says("ana hall", "/survey hello")
		got := d.router.Audits(d.t)
		want := []bot.AuditRecord{{
			Home: d.vault.ID("home", "typed", "house"), Actor: d.vault.ID("actor", "typed", "ana"),
			Action: "meeting add", At: d.now.Add(-5 * time.Second),
		}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("audit (-want +got):\n%s", diff)
		}
		for age, left := range map[time.Duration]int{89 * 24 * time.Hour: 1, 91 * 24 * time.Hour: 0} {
			if err := d.router.Purge(t.Context(), d.now.Add(age)); err != nil {
				t.Fatal(err)
			}
			if n := d.keys("bot.audits"); age == 91*24*time.Hour && n != left {
				t.Errorf("after %v there are %d audit records, not %d", age, n, left)
			}
		}
	})
}

// On a platform that answers aside, a private form that begins in a room goes on in
// the private chat, for the room's community.
func TestFormAside(t *testing.T) {
	everywhere(t, func(d *desk) {
		d.on = "aside"
		d.says("ana hall", "/secret")
		d.says("ana", "ben")
		d.wants("Done: kept quiet who=ben")
		d.says("ana hall", "/mine")
		d.presses("ana", "Again")
		d.wants("Look, "+d.vault.ID("home", "aside", "house"), "Again", "Short", "Long", "Once", "Open", "Soon over", "Rule")
	})
}

func TestAttachments(t *testing.T) {
	for _, on := range []string{"typed", "forms"} {
		d := newDesk(t, mem.New(), bot.RouterConfig{})
		d.on = on
		file := chat.Arg{Value: "groups.csv", File: &chat.File{Name: "groups.csv"}}
		d.call("ana", chat.Call{Text: "/send", Args: []chat.Arg{file}})
		d.wants("Done: sent file=groups.csv")
		d.call("ana", chat.Call{Text: "/survey tea", Args: []chat.Arg{file}})
		d.wants("Done: surveyed title=tea")
	}
	d := newDesk(t, mem.New(), bot.RouterConfig{})
	d.says("ana", "/send")
	d.asks("file=")
	d.says("ana", "here you are")
	d.wants("option.no_file", "engine.form.stop")
	d.call("ana", chat.Call{Args: []chat.Arg{{Value: "a.csv", File: &chat.File{Name: "a.csv"}}}})
	d.wants("Done: sent file=a.csv")
}

func TestManyChoicesInLittleRoom(t *testing.T) {
	small := typed
	small.Rows, small.Columns = 3, 2
	d := newDesk(t, mem.New(), bot.RouterConfig{Limits: []bot.Limits{small}})
	d.says("ana", "/look")
	r := d.shown[0]
	if len(r.Offers) != 3 || len(r.Offers[0]) != 2 {
		t.Errorf("the rows are %q", labels(r))
	}
	if !strings.Contains(d.log.String(), "buttons left out") {
		t.Error("nobody is told that buttons were left out")
	}
}

// small is a bot of one leaf.
func small(t *testing.T, leaf chat.Command) *desk {
	return newDesk(t, mem.New(), bot.RouterConfig{Tree: []chat.Command{{Name: "menu", Run: nothing}, leaf}})
}

func TestFormOfACommandThatChangesNothing(t *testing.T) {
	d := small(t, chat.Command{Name: "quiz", Options: []chat.Param{title}, Run: nothing})
	d.says("ana", "/quiz")
	d.says("ana", "/quiz") // nothing is filled in yet, so there is nothing to go on with
	d.asks("title=")
	d.says("ana", "answer")
	if n := d.keys("bot.drafts"); n != 0 {
		t.Errorf("%d forms are left", n)
	}
}

func TestQuestionThatCannotBe(t *testing.T) {
	d := small(t, chat.Command{Name: "quiz", Options: []chat.Param{size}, Run: func(context.Context, *chat.Call) (chat.Reply, error) {
		return chat.Reply{Ask: &chat.Offer{Path: []string{"quiz"}, Open: []chat.Arg{{Name: "size"}, {Name: "nothing"}}}}, nil
	}})
	for _, on := range []string{"forms", "typed"} {
		d.on = on
		d.says("ana", "/quiz")
		if on == "forms" {
			d.wants("engine.fault.other")
		}
	}
	d.says("ana", "3")
	d.wants("engine.fault.other")
}

// A single use that opens a form is used up by what the form does, not by the form.
func TestSingleUseOfAForm(t *testing.T) {
	everywhere(t, func(d *desk) {
		var m chat.Message
		p := &stand{limits: typed, send: func(_ chat.Address, _ string, sent chat.Message) (string, error) { m = sent; return "", nil }}
		b := bot.New(d.router, []bot.Platform{p}, d.logger())
		for i, once := range []chat.Offer{
			{Path: []string{"survey"}, Open: []chat.Arg{{Name: "size"}, {Name: "title"}}, Once: true},
			{Path: []string{"meeting", "add"}, Open: []chat.Arg{{Name: "size"}, {Name: "title"}}, Once: true},
		} {
			d.now = time.Now()
			if _, err := b.Send(t.Context(), d.at("ana", ""), fmt.Sprint("letter", i), chat.Message{Offers: [][]chat.Offer{{once}}}); err != nil {
				t.Fatal(err)
			}
			press := chat.Call{Press: m.Offers[0][0].Payload}
			d.call("ana", press)
			d.says("ana", "/cancel")
			d.call("ana", press)
			d.says("ana", "3")
			d.says("ana", "hello")
			if i == 1 {
				d.presses("ana", "engine.form.stop")
				d.call("ana", press)
				d.says("ana", "3")
				d.says("ana", "hello")
				d.presses("ana", "engine.form.save")
			}
			d.wants("Done:", labels(d.shown[len(d.shown)-1])...)
			d.call("ana", press)
			d.wants("engine.already")
		}
		d.wantsSaved("surveyed size=3 title=hello", "added size=3 title=hello")
	})
}
