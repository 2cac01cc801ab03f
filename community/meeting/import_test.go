package meeting_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"peerbot/chat"
	"peerbot/community/meeting"
	"peerbot/schedule"
	"peerbot/spoken"
	"peerbot/storage"
)

// row is a meeting of a list, on Mondays.
func row(slug string, hour int) meeting.Row {
	r := meeting.Row{Slug: slug, Name: slug}
	r.Meeting.Title, r.Meeting.Kind = "List "+slug, meeting.Support
	r.Meeting.Rule = schedule.Rule{Unit: spoken.Weekly, Every: 1, Days: []spoken.Day{{Weekday: time.Monday}},
		First: spoken.DateOf(time.Now()).AddDays(2), At: clock(hour), Zone: "America/New_York", Length: time.Hour}
	return r
}

func (h *hall) compare(rows ...meeting.Row) (p meeting.Preview) {
	h.t.Helper()
	h.view(func(r storage.Reader) (err error) {
		p, err = h.Compare(r, h.home, "list", rows)
		return err
	})
	return p
}

// counts are new, changed, gone, same and refused.
func counts(p meeting.Preview) [5]int {
	return [5]int{len(p.New), len(p.Changed), len(p.Gone), p.Same, len(p.Refused)}
}

// takeIn stages a preview and lets the agenda carry it out.
func (h *hall) takeIn(p meeting.Preview, gone bool) (job string) {
	h.t.Helper()
	job, err := h.Stage(h.t.Context(), h.store, p, h.call(), time.Now())
	if err != nil {
		h.t.Fatal(err)
	}
	call := h.call()
	h.update(func(tx storage.Tx) error { return h.Begin(tx, h.home, job, gone, call, time.Now()) })
	return job
}

func (h *hall) titles() (out []string) {
	h.t.Helper()
	h.view(func(r storage.Reader) error {
		all, err := h.Of(r, h.home)
		for _, v := range all {
			out = append(out, v.Title+" "+v.Rule.At.String())
		}
		return err
	})
	slices.Sort(out)
	return out
}

func (h *hall) wantTitles(want ...string) {
	h.t.Helper()
	if diff := gocmp.Diff(want, h.titles()); diff != "" {
		h.t.Errorf("meetings (-want +got):\n%s", diff)
	}
}

func (h *hall) wantCounts(p meeting.Preview, want [5]int) {
	h.t.Helper()
	if got := counts(p); got != want {
		h.t.Errorf("new, changed, gone, same, refused: %v, want %v", got, want)
	}
}

func TestImport(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		h.add(meeting.Said{Title: "Own", When: "Fridays 20:00"})
		refused := meeting.Row{Number: 3, Slug: "c", Refused: chat.Refuse(chat.Invalid, "interop.row.no_zone")}
		first := h.compare(row("a", 18), row("b", 19), refused)
		h.wantCounts(first, [5]int{2, 0, 0, 0, 1})
		h.wantTitles("Own 20:00")
		h.takeIn(first, false)
		time.Sleep(time.Second)
		h.wantTitles("List a 18:00", "List b 19:00", "Own 20:00")
		h.wantCounts(h.compare(row("a", 18), row("b", 19), refused), [5]int{0, 0, 0, 2, 1})

		second := h.compare(row("a", 17), row("c", 20))
		h.wantCounts(second, [5]int{1, 1, 1, 0, 0})
		h.takeIn(second, false)
		time.Sleep(time.Second)
		h.wantTitles("List a 17:00", "List b 19:00", "List c 20:00", "Own 20:00")
		third := h.compare(row("a", 17), row("c", 20))
		h.wantCounts(third, [5]int{0, 0, 1, 2, 0})
		h.takeIn(third, true)
		time.Sleep(time.Second)
		h.wantTitles("List a 17:00", "List c 20:00", "Own 20:00")

		h.takeIn(h.compare(row("a", 17), row("b", 21), row("c", 20)), true)
		time.Sleep(time.Second)
		h.wantTitles("List a 17:00", "List b 21:00", "List c 20:00", "Own 20:00")
		time.Sleep(40 * 24 * time.Hour) // What was cancelled and came back is not forgotten.
		h.wantTitles("List a 17:00", "List b 21:00", "List c 20:00", "Own 20:00")
	})
}

// What people here have said about a meeting stays, and what the list changes is told to
// those who count on it.
func TestImportKeepsWhatIsOurs(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		h.takeIn(h.compare(row("a", 20)), false)
		h.until("2000-01-02 12:00")
		g := h.find("List a")
		h.edit(g, meeting.Whole, meeting.Said{ShortName: "Circle", Audience: "Parents", Room: lobby, Remind: "1 hour", Opens: time.Hour})
		h.cancel(h.find(g.Series+"@2000-01-17"), meeting.This)
		h.wantCounts(h.compare(row("a", 20)), [5]int{0, 0, 0, 1, 0})
		again := row("a", 20)
		again.Meeting.Notes = "Ring twice"
		h.takeIn(h.compare(again), false)
		time.Sleep(time.Second)
		v := h.find("List a").Meeting
		if v.ShortName != "Circle" || v.Facts.Audience != "Parents" || v.Room == "" || len(v.Leads) != 1 || v.Notes != "Ring twice" || v.Opens != time.Hour || len(v.Rule.Excluded) != 1 {
			t.Errorf("%+v", v)
		}
		h.sent()
		h.follow(v, h.join("ana", nil), 24*time.Hour, meeting.Unasked)
		h.until("2000-01-02 21:00")
		h.sent()
		h.takeIn(h.compare(row("a", 21)), false)
		time.Sleep(time.Second)
		told := strings.Join(h.sent(), "\n")
		if !strings.Contains(told, "ana (silent): Your note") || !strings.Contains(told, "21:00") {
			t.Errorf("told: %s", told)
		}
		h.edit(h.find("List a"), meeting.FromHere, meeting.Said{When: "Tuesdays 20:00"})
		h.takeIn(h.compare(row("a", 21)), false)
		time.Sleep(time.Second)
		h.wantTitles("List a 21:00")
	})
}

func TestImportOfMany(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		var rows []meeting.Row
		for i := range 300 {
			rows = append(rows, row(fmt.Sprint("r", i), i%24))
		}
		for i := range 10 { // Each part has as many lists to bring up to date as there can be.
			h.update(func(tx storage.Tx) error {
				return h.Stand(tx, h.home, chat.Address{Platform: "test", Space: "s", Room: fmt.Sprint("room", i)}, time.Now())
			})
		}
		job := h.takeIn(h.compare(rows...), false)
		h.down(time.Second) // Whatever was done by then, the rest follows.
		time.Sleep(time.Minute)
		h.wantCounts(h.compare(rows...), [5]int{0, 0, 0, 300, 0})
		h.view(func(r storage.Reader) error {
			done, total, err := h.Progress(r, h.home, job)
			if done != total || total != 11 {
				t.Errorf("%d of %d parts", done, total)
			}
			return err
		})
		err := h.store.Update(t.Context(), func(tx storage.Tx) error { return h.Begin(tx, h.home, job, true, "again", time.Now()) })
		if got := h.refusal(err); !strings.Contains(got, "already") {
			t.Errorf("twice: %s", got)
		}
		err = h.store.Update(t.Context(), func(tx storage.Tx) error { return h.Begin(tx, "other", job, true, "again", time.Now()) })
		if got := h.refusal(err); !strings.Contains(got, "not here") {
			t.Errorf("elsewhere: %s", got)
		}
		time.Sleep(25 * time.Hour)
		h.view(func(r storage.Reader) error {
			_, _, err := h.Progress(r, h.home, job)
			if got := h.refusal(err); !strings.Contains(got, "not here") {
				t.Errorf("a day later: %s", got)
			}
			for _, b := range []storage.Bucket{"meeting_imports", "meeting_import_parts"} {
				for range r.Scan(b, nil, nil) {
					t.Errorf("something is left in %s", b)
				}
			}
			return nil
		})
	})
}

// TestImportAtOnce is the way of the command line, which is broken off and done again.
func TestImportAtOnce(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		const all = 3000 // More than are carried out at once.
		var rows []meeting.Row
		for i := range all {
			rows = append(rows, row(fmt.Sprint("r", i), i%24))
		}
		p := h.compare(rows...)
		ctx, cancel := context.WithCancel(t.Context())
		err := h.Import(ctx, h.store, p, false, time.Now(), func(int) { cancel() }) // Before any begins that did not at first.
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("broken off: %v", err)
		}
		p = h.compare(rows...)
		if len(p.New) == 0 || p.Same == 0 || len(p.New)+p.Same != all {
			t.Fatalf("after a part of it: %v", counts(p))
		}
		most := 0
		if err := h.Import(t.Context(), h.store, p, false, time.Now(), func(n int) { most = max(most, n) }); err != nil || most != len(p.New) {
			t.Fatalf("the rest: %d, %v", most, err)
		}
		h.wantCounts(h.compare(rows...), [5]int{0, 0, 0, all, 0})
		h.wantCounts(h.compare(rows[:1]...), [5]int{0, 0, all - 1, 1, 0})
	})
}

func TestImportRefused(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		h.view(func(r storage.Reader) error {
			_, err := h.Compare(r, h.home, "list", nil)
			if got := h.refusal(err); !strings.Contains(got, "no meeting") {
				t.Errorf("an empty list: %s", got)
			}
			rows := make([]meeting.Row, meeting.MaxMeetings+1)
			for i := range rows {
				rows[i] = meeting.Row{Slug: fmt.Sprint(i)}
			}
			_, err = h.Compare(r, h.home, "list", rows)
			if got := h.refusal(err); !strings.Contains(got, "100000") && !strings.Contains(got, "100,000") {
				t.Errorf("too many: %s", got)
			}
			return nil
		})
	})
}

// TestRollIsCurrent changes meetings in every way and looks after each change, through
// the memory of one that saw it all and through one that has seen nothing.
func TestRollIsCurrent(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		check := func(step string) {
			t.Helper()
			fresh := meeting.New(h.vault, h.agenda, h.outbox, h.spaces, h.members)
			h.view(func(r storage.Reader) error {
				if diff := gocmp.Diff(h.seen(r, fresh), h.seen(r, h.Meetings)); diff != "" {
					t.Errorf("%s (-read anew +held):\n%s", step, diff)
				}
				return nil
			})
		}
		check("nothing")
		for i := range 30 {
			h.add(meeting.Said{Title: fmt.Sprint("G", i, " group"), Remind: meeting.Away, // for whoever is reminded changes none of this
				When: fmt.Sprintf("%s %02d:00", []string{"Mondays", "every day", "Fridays"}[i%3], i%24)})
			if i%7 == 0 {
				check("add")
			}
		}
		for i, step := range []func(){
			func() { h.edit(h.find("G3"), meeting.This, meeting.Said{Title: "Guest group"}) },
			func() { h.edit(h.find("G4"), meeting.FromHere, meeting.Said{When: "Sundays 11:00"}) },
			func() { h.edit(h.find("G5"), meeting.Whole, meeting.Said{Title: "Five", Language: "es"}) },
			func() { h.cancel(h.find("G6"), meeting.This) },
			func() { h.cancel(h.find("G7"), meeting.Whole) },
			func() { h.undo(fmt.Sprint("call", h.calls)) },
			func() { h.takeIn(h.compare(row("a", 7), row("b", 8)), false); time.Sleep(time.Second) },
			func() { h.takeIn(h.compare(row("a", 9)), true); time.Sleep(time.Second) },
			func() { h.importNow(h.compare(many(520, 3)...)) },
			func() { h.importNow(h.compare(many(520, 5)[:30]...)) },
			func() { time.Sleep(36 * time.Hour) },
			func() { time.Sleep(9 * 24 * time.Hour) },
			func() { time.Sleep(40 * 24 * time.Hour) },
			func() {
				for more := true; more; {
					h.update(func(tx storage.Tx) (err error) {
						more, err = h.EraseHome(tx, h.home)
						return err
					})
				}
			},
			func() { h.add(meeting.Said{Title: "Anew", When: "Mondays 20:00"}) },
		} {
			step()
			check(fmt.Sprint("step ", i))
		}
	})
}

// many are meetings of a list.
func many(n, hour int) (rows []meeting.Row) {
	for i := range n {
		rows = append(rows, row(fmt.Sprint("m", i), hour))
	}
	return rows
}

func (h *hall) importNow(p meeting.Preview) {
	h.t.Helper()
	if err := h.Import(h.t.Context(), h.store, p, false, time.Now(), func(int) {}); err != nil {
		h.t.Fatal(err)
	}
}

// seen is what a look at a community shows, in every way there is.
func (h *hall) seen(r storage.Reader, m *meeting.Meetings) (out []string) {
	now := time.Now()
	must := func(err error) {
		if err != nil {
			h.t.Fatal(err)
		}
	}
	add := func(what string, all []meeting.Gathering) {
		for _, g := range all {
			out = append(out, fmt.Sprint(what, " ", g.Ref(), " ", g.Title, " ", g.Start.UTC(), g.End.UTC()))
		}
	}
	for _, k := range []meeting.Look{
		{From: now}, {From: now, Filter: meeting.Filter{Words: "group evening"}}, {From: now, Filter: meeting.Filter{Language: "es"}},
		{From: now, To: now.Add(8 * 24 * time.Hour)}, {From: now, To: now.Add(time.Hour), Filter: meeting.Filter{Words: "g1"}}, {From: now, Most: 3},
	} {
		found, more, err := m.Look(r, h.home, k)
		must(err)
		add(fmt.Sprint("look ", more), found)
	}
	for _, typed := range []string{"", "g1", "five", "guest"} {
		choices, err := m.Suggest(r, h.home, typed, now)
		must(err)
		for _, c := range choices {
			out = append(out, "suggest "+c.Value)
		}
	}
	all, err := m.Of(r, h.home)
	must(err)
	slices.SortFunc(all, func(a, b meeting.Meeting) int { return cmp.Compare(a.ID, b.ID) })
	for _, v := range all {
		out = append(out, fmt.Sprintf("of %+v", v))
	}
	return out
}

// TestListOfALargeCommunity: what stands in the room of a large community waits until
// its meetings are in memory, and then stands there.
func TestListOfALargeCommunity(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		var rows []meeting.Row
		for i := range 1100 {
			rows = append(rows, row(fmt.Sprint("r", i), i%24))
		}
		if err := h.Import(t.Context(), h.store, h.compare(rows...), false, time.Now(), func(int) {}); err != nil {
			t.Fatal(err)
		}
		h.down(time.Second) // Nothing is in memory.
		h.update(func(tx storage.Tx) error { return h.Stand(tx, h.home, lobby, time.Now()) })
		time.Sleep(time.Minute)
		if got := h.sent(); len(got) > 0 {
			t.Errorf("without being in memory: %v", got)
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- h.Warm(ctx, h.store, time.Now) }()
		time.Sleep(time.Minute)
		if got := strings.Join(h.sent(), "\n"); !strings.Contains(got, "List r") || !strings.Contains(got, "1080") && !strings.Contains(got, "1,080") {
			t.Errorf("the list: %s", got)
		}
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}
