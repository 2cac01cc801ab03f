package meeting_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"peerbot/chat"
	"peerbot/community/meeting"
	"peerbot/spoken"
	"peerbot/storage"
	"peerbot/storage/storagetest"
)

// wall is a platform whose spaces have lists of events.
type wall struct {
	t      *testing.T
	stands map[string][]chat.Posted // by space
	others int                      // others are the events that people made.
	ids    int
	ahead  time.Duration                   // ahead is how far its clock is ahead of the bubble's.
	asked  int                             // asked are all requests,
	listed int                             // and listed those for what stands there.
	fail   func(what string, at int) error // fail befalls a request before it is carried out,
	after  func(what string, at int) error // and after.
}

func newWall(t *testing.T) *wall {
	none := func(string, int) error { return nil }
	return &wall{t: t, stands: map[string][]chat.Posted{}, fail: none, after: none}
}

func (b *wall) now() time.Time { return time.Now().Add(b.ahead) }

// ask carries a request out, with what befalls it.
func (b *wall) ask(what string, do func()) error {
	b.asked++
	if err := b.fail(what, b.asked); err != nil {
		return err
	}
	do()
	return b.after(what, b.asked)
}

func (b *wall) Events(_ context.Context, space string) (own []chat.Posted, room int, err error) {
	err = b.ask("list", func() { b.pass(); own, room = slices.Clone(b.stands[space]), 100-b.others-len(b.stands[space]) })
	b.listed++
	return own, room, err
}

func (b *wall) AddEvent(_ context.Context, space string, e chat.Event) (id string, err error) {
	err = b.ask("add", func() {
		b.takes(e)
		b.ids++
		id = fmt.Sprint("e", b.ids)
		b.stands[space] = append(b.stands[space], chat.Posted{ID: id, Event: e})
	})
	return id, err
}

func (b *wall) EditEvent(_ context.Context, space, id string, e chat.Event) error {
	return b.ask("edit", func() {
		i := b.find(space, id)
		if b.takes(e); i < 0 || !b.stands[space][i].Start.After(b.now()) {
			b.t.Errorf("an event is edited that has begun, or is not there")
			return
		}
		b.stands[space][i].Event = e
	})
}

func (b *wall) DropEvent(_ context.Context, space, id string) error {
	return b.ask("drop", func() {
		if i := b.find(space, id); i >= 0 {
			b.stands[space] = slices.Delete(b.stands[space], i, i+1)
		}
	})
}

func (b *wall) find(space, id string) int {
	return slices.IndexFunc(b.stands[space], func(p chat.Posted) bool { return p.ID == id })
}

// takes wants an event that a platform takes.
func (b *wall) takes(e chat.Event) {
	if e.Name == "" || e.Where == "" || units(e.Name) > 100 || units(e.Where) > 100 || !e.Start.After(b.now()) || !e.End.After(e.Start) {
		b.t.Errorf("no platform takes %+v", e)
	}
}

func units(text string) int { return len(utf16.Encode([]rune(text))) }

// pass lets what is over go, and what comes again come again, as a platform does.
func (b *wall) pass() {
	for space, all := range b.stands {
		for i := range all {
			for all[i].Again == chat.Weekly && !all[i].End.After(b.now()) {
				all[i].Start, all[i].End = all[i].Start.AddDate(0, 0, 7), all[i].End.AddDate(0, 0, 7)
			}
		}
		b.stands[space] = slices.DeleteFunc(all, func(p chat.Posted) bool { return !p.End.After(b.now()) })
	}
}

// reads is what people see in the space, on the clocks of New York.
func (b *wall) reads(space string) (out []string) {
	b.pass()
	zone, _ := spoken.LoadZone("America/New_York")
	for _, p := range b.stands[space] {
		out = append(out, strings.TrimSpace(fmt.Sprintf("%s %s, %s %s", p.Start.In(zone).Format("01-02 15:04"), p.Name, p.Where, p.Again)))
	}
	slices.Sort(out)
	return out
}

// reflects brings what is due up to date; it returns what went wrong.
func (h *hall) reflects(b *wall) error { return h.reflectsOver(b, storagetest.Twice(h.store)) }

func (h *hall) reflectsOver(b *wall, store storage.Store) error {
	h.t.Helper()
	var due []meeting.Mirror
	h.view(func(r storage.Reader) (err error) {
		due, err = h.DueMirrors(r, b.now())
		return err
	})
	put := func(lang string, r chat.Rich) string { return h.words.Put(lang, nil, r).String() }
	for _, v := range due {
		if err := h.Reflect(h.t.Context(), store, v, b, put, b.now()); err != nil {
			return err
		}
	}
	return nil
}

// shows brings what is due up to date and wants just these events.
func (h *hall) shows(b *wall, space string, want ...string) {
	h.t.Helper()
	if err := h.reflects(b); err != nil {
		h.t.Error(err)
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, b.reads(space)); diff != "" {
		h.t.Errorf("in the list of events: %s", diff)
	}
}

// mirrors begins a mirror in the lobby's space.
func (h *hall) mirrors(titles bool) {
	h.t.Helper()
	h.update(func(tx storage.Tx) error { return h.StartMirror(tx, h.home, lobby, titles, time.Now()) })
}

const press = "In this server: /meetings, then Join"

// TestMirror follows meetings through what befalls them.
func TestMirror(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		b := newWall(t)
		h.add(meeting.Said{Title: "Circle", When: "Mondays 20:00-21:00", Link: "https://zoom.us/j/1", Passcode: "canary", Phone: "+1 555 010 9999"})
		h.add(meeting.Said{Title: "Desert", When: "Tuesdays 19:00-20:00 Phoenix time", Zone: "America/Phoenix", Address: "1 Dry Road"})
		h.shows(b, "s")
		if b.asked > 0 {
			t.Error("something is asked before anybody wants it")
		}
		h.mirrors(true)
		desert := "01-04 21:00 Desert, 1 Dry Road weekly"
		h.shows(b, "s", "01-03 20:00 Circle, "+press, "01-10 20:00 Circle, "+press, "01-17 20:00 Circle, "+press, desert)

		asked := b.asked
		h.until("2000-01-03 12:00")
		h.shows(b, "s", "01-03 20:00 Circle, "+press, "01-10 20:00 Circle, "+press, "01-17 20:00 Circle, "+press, desert)
		if b.asked-asked > 3 || b.listed != b.asked-4 {
			t.Errorf("%d requests while nothing changes", b.asked-asked)
		}
		h.until("2000-01-03 20:30")
		h.shows(b, "s", "01-03 20:00 Circle, "+press, "01-10 20:00 Circle, "+press, "01-17 20:00 Circle, "+press, desert)
		h.until("2000-01-03 21:01")
		h.shows(b, "s", "01-10 20:00 Circle, "+press, "01-17 20:00 Circle, "+press, "01-24 20:00 Circle, "+press, desert)

		id := b.stands["s"][b.find("s", "e1")+1].ID
		h.edit(h.find("Circle"), meeting.This, meeting.Said{When: "2000-01-11 18:00-19:00"})
		h.shows(b, "s", "01-11 18:00 Circle, "+press, "01-17 20:00 Circle, "+press, "01-24 20:00 Circle, "+press, desert)
		if b.find("s", id) < 0 {
			t.Error("an event that is moved does not stay the same event")
		}
		h.cancel(h.find("Desert"), meeting.This)
		h.shows(b, "s", "01-11 18:00 Circle, "+press, "01-17 20:00 Circle, "+press, "01-24 20:00 Circle, "+press,
			"01-11 21:00 Desert, 1 Dry Road weekly")
		h.edit(h.find("Desert"), meeting.This, meeting.Said{When: "2000-01-06 21:00-22:00"})
		h.shows(b, "s", "01-11 18:00 Circle, "+press, "01-17 20:00 Circle, "+press, "01-24 20:00 Circle, "+press,
			"01-06 23:00 Desert, 1 Dry Road", "01-18 21:00 Desert, 1 Dry Road", "01-25 21:00 Desert, 1 Dry Road")
		h.until("2000-01-07 12:00")
		h.shows(b, "s", "01-11 18:00 Circle, "+press, "01-17 20:00 Circle, "+press, "01-24 20:00 Circle, "+press, "01-18 21:00 Desert, 1 Dry Road weekly")

		g := h.find("Circle")
		h.update(func(tx storage.Tx) error {
			_, err := h.Pause(tx, g, spoken.Date{Year: 2000, Month: 1, Day: 20}, h.call(), time.Now())
			return err
		})
		h.shows(b, "s", "01-24 20:00 Circle, "+press, "01-31 20:00 Circle, "+press, "02-07 20:00 Circle, "+press, "01-18 21:00 Desert, 1 Dry Road weekly")
		h.cancel(h.find("Circle"), meeting.Whole)
		h.until("2000-01-18 21:30")
		h.shows(b, "s", "01-18 21:00 Desert, 1 Dry Road weekly")
		h.cancel(h.find("Desert"), meeting.This) // It is on.
		h.shows(b, "s", "01-25 21:00 Desert, 1 Dry Road weekly")

		h.mirrors(false)
		h.shows(b, "s", "01-25 21:00 Meeting, "+press+" weekly")
		h.edit(h.find("Desert"), meeting.Whole, meeting.Said{ShortName: "Evening"})
		h.shows(b, "s", "01-25 21:00 Evening, "+press+" weekly")

		h.update(func(tx storage.Tx) error { return h.StopMirror(tx, lobby, time.Now()) })
		h.shows(b, "s")
		h.view(func(r storage.Reader) error {
			if _, found, err := h.MirrorOf(r, lobby); found || err != nil {
				t.Errorf("something is kept of a mirror that ended (%v)", err)
			}
			return nil
		})
	})
}

// TestAMirrorAfterAClockChange: a meeting at 20:00 is shown at 20:00, in winter and in
// summer.
func TestAMirrorAfterAClockChange(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		b := newWall(t)
		h.add(meeting.Said{Title: "Circle", When: "Mondays 20:00-21:00"})
		h.mirrors(true)
		b.ahead = time.Until(newYork(t, "2000-03-27 22:00")) // The clocks go forward on 2 April.
		h.shows(b, "s", "04-03 20:00 Circle, "+press, "04-10 20:00 Circle, "+press, "04-17 20:00 Circle, "+press)
	})
}

var errKilled = errors.New("killed")

// killed is a store whose process may die before it writes, or just after.
type killed struct {
	storage.Store
	dies func(after bool) error
}

func (k killed) Update(ctx context.Context, fn func(storage.Tx) error) error {
	if err := k.dies(false); err != nil {
		return err
	}
	if err := k.Store.Update(ctx, fn); err != nil {
		return err
	}
	return k.dies(true)
}

// TestMirrorAfterAKill: the program dies before or after each single step, and the next
// time everything stands there once.
func TestMirrorAfterAKill(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		h.add(meeting.Said{Title: "Circle", When: "Mondays 20:00-21:00"})
		h.add(meeting.Said{Title: "Desert", When: "Tuesdays 19:00-20:00", Zone: "America/Phoenix"})
		want := []string{"01-03 20:00 Circle, " + press, "01-10 20:00 Circle, " + press, "01-17 20:00 Circle, " + press, "01-04 21:00 Desert, " + press + " weekly"}
		for step := 1; ; step++ {
			b := newWall(t)
			h.update(func(tx storage.Tx) error { return h.StartMirror(tx, h.home, lobby, true, time.Now()) })
			stale := chat.Event{Name: "Stale", Where: "x", Start: time.Now().Add(time.Hour), End: time.Now().Add(2 * time.Hour)}
			b.stands["s"] = []chat.Posted{{ID: "old", Event: stale}, {ID: "odd", Event: stale, Odd: true}}
			ctx, die := context.WithCancel(t.Context())
			passed := 0
			dies := func(bool) error {
				if passed++; passed == step {
					die()
				}
				if passed >= step {
					return errKilled
				}
				return nil
			}
			b.fail = func(string, int) error { return dies(false) }
			b.after = func(string, int) error { return dies(true) }
			h.view(func(r storage.Reader) error {
				v, _, err := h.MirrorOf(r, lobby)
				put := func(lang string, r chat.Rich) string { return h.words.Put(lang, nil, r).String() }
				_ = h.Reflect(ctx, killed{h.store, dies}, v, b, put, time.Now())
				return err
			})
			died := ctx.Err() != nil
			die()
			if !died {
				if step < 12 {
					t.Errorf("there are only %d steps to die at", step)
				}
				return
			}
			b.fail = func(string, int) error { return nil }
			b.after = b.fail
			h.shows(b, "s", want...)
			if b.ids != len(want) {
				t.Errorf("step %d: %d events are made for %d", step, b.ids, len(want))
			}
			if asked := b.asked; h.reflects(b) != nil || b.asked != asked {
				t.Errorf("step %d: something is asked when all is done", step)
			}
		}
	})
}

// TestAMirrorThatIsNotAllowed comes to a stop at once, and its room is told once.
func TestAMirrorThatIsNotAllowed(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		b := newWall(t)
		h.add(meeting.Said{Title: "Circle", When: "Mondays 20:00-21:00", Remind: "at the start"})
		h.mirrors(true)
		b.fail = func(what string, _ int) error {
			if what == "add" {
				return &chat.Bounce{Fate: chat.Gone, Err: errors.New("forbidden")}
			}
			return nil
		}
		for range 5 {
			_ = h.reflects(b)
			time.Sleep(26 * time.Hour / 5)
		}
		if b.asked != 2 {
			t.Errorf("%d requests, not one for the list and one for an event", b.asked)
		}
		if sent := h.sent(); len(sent) != 1 || !strings.Contains(sent[0], "lobby: The meetings no longer stand in the events") {
			t.Errorf("the room is told %q", sent)
		}
		h.update(func(tx storage.Tx) error { return h.StopMirror(tx, lobby, time.Now()) })
		b.fail = func(string, int) error { return &chat.Bounce{Fate: chat.Gone, Err: errors.New("forbidden")} }
		_ = h.reflects(b)
		h.view(func(r storage.Reader) error {
			if _, found, err := h.MirrorOf(r, lobby); found || err != nil {
				t.Errorf("a mirror that nobody wants is kept where nothing can be taken away (%v)", err)
			}
			return nil
		})
		b.fail = b.after
		h.mirrors(true)
		h.shows(b, "s", "01-03 20:00 Circle, "+press, "01-10 20:00 Circle, "+press, "01-17 20:00 Circle, "+press)
	})
}

// TestAMirrorWaits where the platform cannot be asked, and goes on by itself.
func TestAMirrorWaits(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		b := newWall(t)
		h.add(meeting.Said{Title: "Circle", When: "Mondays 20:00-21:00"})
		h.mirrors(true)
		b.fail = func(string, int) error {
			return &chat.Bounce{Fate: chat.Later, After: 5 * time.Minute, Err: errors.New("slow down")}
		}
		for range 60 {
			_ = h.reflects(b)
			h.edit(h.find("Circle"), meeting.Whole, meeting.Said{Notes: fmt.Sprint("n", h.calls)})
			time.Sleep(4 * time.Minute)
		}
		if b.asked > 12 {
			t.Errorf("%d requests in four hours", b.asked)
		}
		b.fail = b.after
		time.Sleep(time.Hour)
		h.shows(b, "s", "01-03 20:00 Circle, "+press, "01-10 20:00 Circle, "+press, "01-17 20:00 Circle, "+press)
	})
}

// TestAnEventThatIsRefused does not keep the others away, and is not asked for all day.
func TestAnEventThatIsRefused(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		b := newWall(t)
		h.add(meeting.Said{Title: "Circle", When: "Mondays 20:00-21:00"})
		h.mirrors(true)
		b.fail = func(_ string, at int) error {
			if at == 2 {
				return &chat.Bounce{Fate: chat.Never, Err: errors.New("bad")}
			}
			return nil
		}
		h.shows(b, "s", "01-10 20:00 Circle, "+press, "01-17 20:00 Circle, "+press)
		b.fail = func(what string, _ int) error {
			if what == "edit" || what == "add" {
				return &chat.Bounce{Fate: chat.Never, Err: errors.New("bad")}
			}
			return nil
		}
		h.edit(h.find("Circle"), meeting.Whole, meeting.Said{Title: "Ring"})
		h.shows(b, "s") // What is not true any more is not shown.
		asked := b.asked
		for range 100 {
			if err := h.reflects(b); err != nil {
				t.Error(err)
			}
		}
		if b.asked != asked {
			t.Errorf("%d more requests", b.asked-asked)
		}
	})
}

// TestAMirrorLeavesRoom for the events of people, and is bounded.
func TestAMirrorLeavesRoom(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		for i := range 30 {
			h.add(meeting.Said{Title: fmt.Sprint("Circle ", i), When: "every day 20:00-21:00"})
		}
		for others, want := range map[int]int{0: 50, 70: 20, 95: 0} {
			b := newWall(t)
			b.others = others
			h.mirrors(true)
			if err := h.reflects(b); err != nil || len(b.stands["s"]) != want {
				t.Errorf("beside %d events there are %d, not %d (%v)", others, len(b.stands["s"]), want, err)
			}
		}
	})
}

// TestAMirrorMends once a day what people did to its events.
func TestAMirrorMends(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		b := newWall(t)
		h.add(meeting.Said{Title: "Circle", When: "Thursdays 20:00-21:00"})
		h.mirrors(true)
		want := []string{"01-06 20:00 Circle, " + press, "01-13 20:00 Circle, " + press, "01-20 20:00 Circle, " + press}
		h.shows(b, "s", want...)
		b.stands["s"][0].Name = "Something else"
		b.stands["s"][1].Odd = true
		b.stands["s"] = b.stands["s"][:2]
		time.Sleep(25 * time.Hour)
		h.shows(b, "s", want...)
		if slices.ContainsFunc(b.stands["s"], func(p chat.Posted) bool { return p.Odd }) {
			t.Error("an event stays that says more than it should")
		}
	})
}

// TestAMirrorOfLongNames cuts them to what an event takes.
func TestAMirrorOfLongNames(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		b := newWall(t)
		family := strings.Repeat("👨‍👩‍👧‍👦", 40)
		h.add(meeting.Said{Title: family, When: "Fridays 20:00-21:00", Address: strings.Repeat("long ", 39)})
		h.mirrors(true)
		if err := h.reflects(b); err != nil || len(b.stands["s"]) != 3 {
			t.Errorf("there are %d events (%v)", len(b.stands["s"]), err)
		}
	})
}

// TestAMirrorGoesWithItsCommunity.
func TestAMirrorGoesWithItsCommunity(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		h.mirrors(true)
		for more := true; more; {
			h.update(func(tx storage.Tx) (err error) {
				more, err = h.EraseHome(tx, h.home)
				return err
			})
		}
		b := newWall(t)
		h.shows(b, "s")
		if b.asked > 0 {
			t.Error("a mirror outlives its community")
		}
		err := h.store.Update(t.Context(), func(tx storage.Tx) error {
			return h.StartMirror(tx, h.home, private("ana"), true, time.Now())
		})
		if got := h.refusal(err); !strings.Contains(got, ":") {
			t.Errorf("in private: %q", got)
		}
		synctest.Wait()
	})
}
