package bot_test

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"peerbot/bot"
	"peerbot/chat"
	"peerbot/storage"
	"peerbot/storage/mem"
)

func TestFaultsInWords(t *testing.T) {
	for _, c := range []struct {
		fault error
		want  string
	}{
		{storage.ErrFull, "engine.fault.full"},
		{storage.ErrReadOnly, "engine.fault.read_only"},
		{storage.ErrConflict, "engine.fault.conflict"},
		{storage.ErrClosed, "engine.fault.closing"},
		{context.Canceled, "engine.fault.closing"},
		{context.DeadlineExceeded, "engine.fault.slow"},
		{storage.ErrDone, "engine.already"},
		{errPlain, "engine.fault.other"},
		{chat.Refuse(chat.Busy, "engine.busy"), "engine.busy"},
	} {
		d := newDesk(t, mem.New(), bot.RouterConfig{})
		d.fail = fmt.Errorf("save a survey: %w", c.fault)
		d.says("ana hall", "/survey hello")
		d.wants(c.want)
		d.wantsSaved()
	}
}

// unwritable is a store that can be read and takes nothing more.
type unwritable struct{ storage.Store }

func (unwritable) Update(context.Context, func(storage.Tx) error) error {
	return fmt.Errorf("update: %w", storage.ErrFull)
}

// An answer that has been found stands, without the buttons that could not be kept.
func TestAnswersOutliveTheirButtons(t *testing.T) {
	d := newDesk(t, unwritable{mem.New()}, bot.RouterConfig{})
	d.says("ana hall", "/look")
	d.wants("Look, ", "Again", "Short", "Once", "Open", "Soon over", "Rule")
	if !strings.Contains(d.log.String(), "disk is full") {
		t.Errorf("the log does not say why:\n%s", d.log)
	}
}

var reference = regexp.MustCompile(`engine\.fault\.other \(([a-z2-7]{8})\)`)

// A fault is logged under the reference that the person sees, with no word of theirs.
func TestReferences(t *testing.T) {
	d := newDesk(t, mem.New(), bot.RouterConfig{})
	d.fail = errPlain
	seen := map[string]bool{}
	for _, text := range []string{"/survey canary", "/burst"} {
		said := d.says("ana hall", text).Body.String()
		ref := reference.FindStringSubmatch(said)
		if ref == nil || seen[ref[1]] || !strings.Contains(d.log.String(), "reference="+ref[1]) {
			t.Errorf("%s: %q has no reference of its own in the log", text, said)
			continue
		}
		seen[ref[1]] = true
	}
	for _, what := range []string{"the disk is gone", "desk_test.go", "command=survey", "command=burst platform=typed took=", "outcome=failed"} {
		if !strings.Contains(d.log.String(), what) {
			t.Errorf("the log does not say %q:\n%s", what, d.log)
		}
	}
	d.wantsNothingPersonal("canary", "ana", "hall", "house", "a secret")
}

func (d *desk) wantsNothingPersonal(canaries ...string) {
	d.t.Helper()
	for _, line := range strings.Split(d.log.String(), "\n") {
		for _, word := range canaries {
			if regexp.MustCompile(`\b` + word + `\b`).MatchString(line) {
				d.t.Errorf("the log says %q: %s", word, line)
			}
		}
	}
}

func TestLogIsNotPersonal(t *testing.T) {
	d := newDesk(t, mem.New(), bot.RouterConfig{})
	d.says("ana hall", "/meeting add title:canary")
	d.presses("ana hall", "engine.form.save")
	d.says("ana hall", "/canary")
	d.says("ana", "canary")
	d.says("ana", "/survey size:canary")
	d.call("ana", chat.Call{Press: "canary"})
	for _, want := range []string{`command="meeting add" platform=typed took=`, "outcome=preview", "outcome=done", "outcome=unknown", "outcome=unread", `outcome="refused invalid"`, "outcome=old"} {
		if !strings.Contains(d.log.String(), want) {
			t.Errorf("the log does not say %q:\n%s", want, d.log)
		}
	}
	d.wantsNothingPersonal("canary", "ana", "hall", "house")
}

// With the store closed and the directory failing, crisis still answers, and so does
// the one reply for who just writes; everything else says so.
func TestWithoutTheStore(t *testing.T) {
	d := newDesk(t, mem.New(), bot.RouterConfig{})
	d.says("ana", "/crisis")
	d.lost = storage.ErrClosed
	if err := d.store.Close(); err != nil {
		t.Fatal(err)
	}
	d.says("ana", "/crisis")
	d.wants("Help now", "Great Britain", "Look")
	if got := d.payload("Great Britain"); got != "crisis:gb" {
		t.Errorf("the crisis button carries %q", got)
	}
	d.presses("ana hall", "Great Britain")
	d.wants("Help now gb", "Great Britain", "Look")
	d.call("ana", chat.Call{Path: []string{"crisis"}})
	d.wants("Help now", "Great Britain", "Look")
	d.says("ana", "i cant do this")
	d.wants("engine.unread", "engine.crisis", "engine.menu")
	d.says("ana", "/xyzzyplugh")
	d.wants("engine.unknown.command", "engine.crisis", "engine.menu")
	d.says("ana", "/survey hello")
	d.wants("engine.fault.closing")
	d.wantsNothingPersonal("ana", "gb", "hello")
	if strings.Contains(d.log.String(), "command=crisis") {
		t.Error("crisis is logged")
	}
}

func TestLimits(t *testing.T) {
	d := newDesk(t, mem.New(), bot.RouterConfig{PerPerson: bot.Rate{Every: time.Minute, Burst: 3}, PerRoom: bot.Rate{Every: time.Minute, Burst: 5}})
	for range 3 {
		d.says("ana hall", "/menu")
		d.wants("The menu.")
	}
	d.says("ana hall", "/menu")
	d.wants("engine.busy", "engine.crisis", "engine.menu")
	d.says("ana", "/crisis")
	d.wants("Help now", "Great Britain", "Look")
	d.says("ben hall", "/menu")
	d.wants("The menu.")
	d.says("ben hall", "/menu")
	d.wants("engine.busy", "engine.crisis", "engine.menu") // the room is
	d.says("ben yard", "/menu")
	d.wants("The menu.")
	d.now = d.now.Add(time.Minute)
	d.says("ana", "/menu")
	d.wants("The menu.")
}

func TestLimitsForgetTheOldest(t *testing.T) {
	c := bot.NewCrowd(bot.Rate{Every: time.Hour, Burst: 1})
	if !c.Admit("loyal", noon) || c.Admit("loyal", noon) {
		t.Error("one at once means one")
	}
	for n := range 15_000 {
		c.Admit(fmt.Sprint(n), noon)
	}
	if c.Admit("loyal", noon) {
		t.Error("who called 15,000 others ago is forgotten")
	}
	for n := range 45_000 {
		c.Admit(fmt.Sprint(n), noon)
	}
	if n := c.Remembered(); n > 20_000 {
		t.Errorf("%d are remembered", n)
	}
}

func TestTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tree := []chat.Command{
			{Name: "menu", Run: func(context.Context, *chat.Call) (chat.Reply, error) { return chat.Reply{}, nil }},
			{Name: "slow", Run: func(ctx context.Context, _ *chat.Call) (chat.Reply, error) {
				<-ctx.Done()
				return chat.Reply{}, ctx.Err()
			}},
		}
		d := newDesk(t, mem.New(), bot.RouterConfig{Tree: tree, Timeout: 3 * time.Second})
		began := time.Now()
		d.says("ana", "/slow")
		d.wants("engine.fault.slow")
		if took := time.Since(began); took != 3*time.Second {
			t.Errorf("it took %v", took)
		}
	})
}

func TestComplete(t *testing.T) {
	d := newDesk(t, mem.New(), bot.RouterConfig{})
	complete := func(who, option string, path ...string) (values []string) {
		c := &chat.Call{Path: path, From: chat.Person{Platform: "typed", ID: who}, At: d.at(who, "hall"), Time: d.now}
		for _, c := range d.router.Complete(t.Context(), c, option, "") {
			values = append(values, c.Value+"="+c.Label.String())
		}
		return values
	}
	for _, c := range []struct{ who, option, path, want string }{
		{"ana", "who", "secret", "ana=Ana ben=Ben"},
		{"ana", "kind", "survey", "group=Group talk=Talk"},
		{"ana", "nothing", "survey", ""},
		{"ana", "who", "nothing", ""},
		{"ana", "who", "meeting", ""},
	} {
		if got := strings.Join(complete(c.who, c.option, c.path), " "); got != c.want {
			t.Errorf("%v: it suggests %q", c, got)
		}
	}
}

// Nothing is suggested to whoever may not use the command.
func TestCompleteIsAuthorized(t *testing.T) {
	tree := []chat.Command{
		{Name: "menu", Run: func(context.Context, *chat.Call) (chat.Reply, error) { return chat.Reply{}, nil }},
		{Name: "staff", Needs: chat.Moderator, Options: []chat.Param{who}, Run: func(context.Context, *chat.Call) (chat.Reply, error) { return chat.Reply{}, nil }},
	}
	d := newDesk(t, mem.New(), bot.RouterConfig{Tree: tree})
	for person, want := range map[string]int{"ana": 0, "mod": 2} {
		c := &chat.Call{Path: []string{"staff"}, From: chat.Person{Platform: "typed", ID: person}, At: d.at(person, "hall"), Time: d.now}
		if got := d.router.Complete(t.Context(), c, "who", ""); len(got) != want {
			t.Errorf("%s gets %d suggestions", person, len(got))
		}
	}
}

func TestNotice(t *testing.T) {
	var told []chat.NoticeKind
	d := newDesk(t, mem.New(), bot.RouterConfig{Notice: func(_ context.Context, n chat.Notice) error {
		told = append(told, n.Kind)
		switch n.Kind {
		case chat.Left:
			return errPlain
		case chat.Blocked:
			panic("a secret")
		}
		return nil
	}})
	if err := d.router.Notice(t.Context(), chat.Notice{Kind: chat.Moved}); err != nil {
		t.Error(err)
	}
	if err := d.router.Notice(t.Context(), chat.Notice{Kind: chat.Left}); !errors.Is(err, errPlain) {
		t.Errorf("the error is %v", err)
	}
	if err := d.router.Notice(t.Context(), chat.Notice{Kind: chat.Blocked}); err == nil || strings.Contains(err.Error(), "a secret") {
		t.Errorf("the panic became %v", err)
	}
	if len(told) != 3 {
		t.Errorf("told of %v", told)
	}
}
