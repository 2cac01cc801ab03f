package meeting_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"peerbot/community/meeting"
	"peerbot/storage"
	"peerbot/storage/mem"
)

// undoImport has the import undone that was taken in last.
func (h *hall) undoImport() (job string) {
	h.t.Helper()
	call := fmt.Sprint("call", h.calls)
	h.update(func(tx storage.Tx) (err error) {
		job, err = h.UndoImport(tx, h.home, call, time.Now())
		return err
	})
	return job
}

func (h *hall) undone(job string) (u meeting.Undoing) {
	h.t.Helper()
	h.view(func(r storage.Reader) (err error) {
		u, err = h.Undone(r, h.home, job)
		return err
	})
	return u
}

// TestUndoImport: what was new is gone, what was changed is as before, and what was gone
// is back with who follows it; what somebody has changed since stays, and is told.
func TestUndoImport(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		h.takeIn(h.compare(row("a", 18), row("b", 19), row("c", 20), row("d", 21)), false)
		h.until("2000-01-03 17:30")
		b := h.find("List b").Meeting
		h.follow(b, h.join("ana", nil), time.Hour, meeting.Unasked)
		h.sent()
		h.takeIn(h.compare(row("a", 8), row("c", 9), row("e", 10), row("f", 11), row("g", 19)), true)
		time.Sleep(time.Second)
		h.wantTitles("List a 08:00", "List c 09:00", "List e 10:00", "List f 11:00", "List g 19:00")
		begun := h.calls
		h.edit(h.find("List c"), meeting.Whole, meeting.Said{Title: "Ours"})
		h.edit(h.find("List f"), meeting.Whole, meeting.Said{Title: "Ours too"})
		h.follow(h.find("List g").Meeting, h.join("bea", nil), time.Hour, meeting.Unasked)
		h.sent()
		h.calls = begun
		job := h.undoImport()
		time.Sleep(time.Second)
		h.wantTitles("List a 18:00", "List b 19:00", "List d 21:00", "Ours 09:00", "Ours too 11:00")
		if u := h.undone(job); u.Done != u.Total || u.More != 0 || fmt.Sprint(u.Left) != "[List c Ours too]" {
			t.Errorf("undone: %+v", u)
		}
		told := strings.Join(h.sent(), "\n")
		if !strings.Contains(told, "ana (silent): You have a note for Monday 3 January 2000, 19:00") {
			t.Errorf("told: %s", told)
		}
		h.until("2000-01-03 18:01")
		if got := strings.Join(h.sent(), "\n"); !strings.Contains(got, "03 23:00 ana") {
			t.Errorf("she follows it as before: %s", got)
		}
		h.wantCounts(h.compare(row("a", 18), row("b", 19), row("d", 21)), [5]int{0, 0, 2, 3, 0})
	})
}

// TestUndoImportInTime: for ten minutes, once, by the community itself, and nothing is kept of it.
func TestUndoImportInTime(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		h.takeIn(h.compare(many(60, 20)...), false)
		time.Sleep(meeting.UndoFor + time.Second)
		call := fmt.Sprint("call", h.calls)
		late := func(home string) {
			t.Helper()
			err := h.store.Update(t.Context(), func(tx storage.Tx) error {
				_, err := h.UndoImport(tx, home, call, time.Now())
				return err
			})
			h.refusal(err)
		}
		late(h.home)
		h.wantNothing("meeting_import_parts")
		h.takeIn(h.compare(many(90, 20)...), false)
		time.Sleep(meeting.UndoFor - time.Second)
		call = fmt.Sprint("call", h.calls)
		late("other")
		h.undoImport()
		h.undoImport()
		h.down(time.Second) // Its ten minutes are over, and it goes on.
		time.Sleep(time.Minute)
		if got := len(h.titles()); got != 60 {
			t.Errorf("%d meetings, not 60", got)
		}
		time.Sleep(50 * time.Hour)
		h.wantNothing("meeting_import_parts", "meeting_import_parts.done", "meeting_import_parts.job", "meeting_imports", "meeting_imports.call")
	})
}

func (h *hall) wantNothing(buckets ...storage.Bucket) {
	h.t.Helper()
	h.view(func(r storage.Reader) error {
		for _, b := range buckets {
			for range r.Scan(b, nil, nil) {
				h.t.Errorf("something is left in %s", b)
			}
		}
		return nil
	})
}

// imports are two lists one after the other, and what people do about their meetings.
type imports struct {
	First, Second map[int]int // Hours by the number of the meeting.
	Gone          bool        // Gone: the second cancels what is gone.
	Before, After []deed
	AtOnce        bool    // AtOnce is the way of the command line.
	Down          [2]bool // Down: all stops for a moment after the import has begun, and after the undo has.
	Late          bool    // Late: the undo is pressed only when all is done, and people have done something After.
}

// deed is what somebody does with one meeting.
type deed struct {
	Do  string
	Who int
}

func someImports() *rapid.Generator[imports] {
	list := rapid.Custom(func(t *rapid.T) map[int]int {
		size := rapid.SampledFrom([]int{6, 6, 6, 90}).Draw(t, "size")
		return rapid.MapOfN(rapid.IntRange(0, size), rapid.IntRange(6, 22), 1, size).Draw(t, "list")
	})
	deeds := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) deed {
		return deed{rapid.SampledFrom([]string{"rename", "cancel", "cancel one", "own date", "follow"}).Draw(t, "do"), rapid.IntRange(0, 6).Draw(t, "meeting")}
	}), 0, 4)
	return rapid.Custom(func(t *rapid.T) imports {
		return imports{
			First: list.Draw(t, "first"), Second: list.Draw(t, "second"), Gone: rapid.Bool().Draw(t, "gone"),
			Before: deeds.Draw(t, "before"), After: deeds.Draw(t, "after"), AtOnce: rapid.Bool().Draw(t, "at once"),
			Down: [2]bool{rapid.Bool().Draw(t, "down"), rapid.Bool().Draw(t, "down again")}, Late: rapid.Bool().Draw(t, "late"),
		}
	})
}

func rowsOf(list map[int]int) (rows []meeting.Row) {
	for _, i := range slices.Sorted(maps.Keys(list)) {
		rows = append(rows, row(fmt.Sprint("r", i), list[i]))
	}
	return rows
}

// TestUndoOfAnyImport: whatever list comes over whatever there is, undoing it leaves what
// was there before, but for what people changed in between.
func TestUndoOfAnyImport(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := someImports().Draw(rt, "imports")
		synctest.Test(t, func(t *testing.T) {
			if diff := playImports(newHall(t, func() storage.Store { return mem.New() }), s); diff != "" {
				rt.Errorf("(-want +got):\n%s", diff)
			}
		})
	})
}

// TestUndoOfAnyImportOnDisk is the same over bolt, whose file is closed and opened when
// the bot is down.
func TestUndoOfAnyImportOnDisk(t *testing.T) {
	for i := range 20 {
		s := someImports().Example(i)
		path := filepath.Join(t.TempDir(), "store", "test.db")
		synctest.Test(t, func(t *testing.T) {
			if diff := playImports(newHall(t, func() storage.Store { return onDisk(t, path) }), s); diff != "" {
				t.Errorf("%+v (-want +got):\n%s", s, diff)
			}
		})
	}
}

// playImports returns what is different in the end from what should be.
func playImports(h *hall, s imports) string {
	h.add(meeting.Said{Title: "Own", When: "Fridays 20:00"})
	h.takeIn(h.compare(rowsOf(s.First)...), false)
	time.Sleep(time.Second)
	h.deeds(s.Before)
	want := h.held()
	p := h.compare(rowsOf(s.Second)...)
	if !s.Gone {
		p.Gone = nil
	}
	if len(p.New)+len(p.Changed)+len(p.Gone) == 0 {
		return ""
	}
	times := 0
	if s.AtOnce {
		h.stop() // The bot does not run meanwhile.
		times = h.importBroken(p, s.Gone, func() meeting.Preview { return h.compare(rowsOf(s.Second)...) })
	} else {
		h.takeIn(p, s.Gone)
	}
	call := h.calls
	if s.Down[0] && !s.AtOnce {
		h.down(time.Second)
	}
	if s.Late && !s.AtOnce {
		time.Sleep(time.Second)
		was := h.held()
		h.deeds(s.After)
		is := h.held()
		for id := range maps.Keys(both(was, is)) {
			want[id] = meant(want[id], was[id], is[id])
		}
	}
	if s.AtOnce {
		for range times {
			h.undoBroken()
		}
		h.start()
	} else {
		h.calls = call
		h.undoImport()
	}
	if s.Down[1] {
		h.down(time.Second)
	}
	time.Sleep(time.Minute)
	maps.DeleteFunc(want, func(_ string, parts map[string]string) bool { return len(parts) == 0 })
	return gocmp.Diff(want, h.held())
}

// both are the keys of the two.
func both[V any](a, b map[string]V) map[string]bool {
	out := map[string]bool{}
	for k := range a {
		out[k] = true
	}
	for k := range b {
		out[k] = true
	}
	return out
}

// meant is a series after the undo: as it was before the import, was after it, and is since
// people changed it. Where they changed what the import had changed it stays; else what
// they changed does.
func meant(before, was, is map[string]string) map[string]string {
	out := maps.Clone(is)
	if out == nil {
		out = map[string]string{}
	}
	for id := range both(before, was) {
		switch {
		case before[id] == was[id]:
		case was[id] != is[id]:
			return is
		case before[id] == "":
			delete(out, id)
		default:
			out[id] = before[id]
		}
	}
	return out
}

// importBroken takes a list in at once, is broken off, and does it again; it returns how
// often something was done.
func (h *hall) importBroken(p meeting.Preview, gone bool, again func() meeting.Preview) (n int) {
	h.t.Helper()
	for {
		ctx, cancel := context.WithCancel(h.t.Context())
		err := h.Import(ctx, h.store, p, gone, time.Now(), func(int) { cancel() })
		cancel()
		n++
		if err == nil {
			return n
		}
		time.Sleep(time.Second)
		p = again()
		if len(p.New)+len(p.Changed) == 0 && (!gone || len(p.Gone) == 0) {
			return n
		}
	}
}

// undoBroken undoes an import at once; what is broken off is done by doing it again.
func (h *hall) undoBroken() {
	h.t.Helper()
	for done := false; !done; {
		ctx, cancel := context.WithCancel(h.t.Context())
		_, err := h.UndoLast(ctx, h.store, h.home, time.Now(), func(n, of int) {
			if done = n == of; !done {
				cancel()
			}
		})
		cancel()
		if err != nil && !errors.Is(err, context.Canceled) {
			h.t.Fatal(err)
		}
	}
}

// deeds does what people do, where they can.
func (h *hall) deeds(all []deed) {
	h.t.Helper()
	for _, d := range all {
		word := h.call()
		var g meeting.Gathering
		err := h.store.View(h.t.Context(), func(r storage.Reader) (err error) {
			g, err = h.Find(r, h.home, fmt.Sprint("List r", d.Who), time.Now())
			return err
		})
		if err != nil {
			continue
		}
		switch d.Do {
		case "rename":
			h.edit(g, meeting.Whole, meeting.Said{Notes: "Ring " + word})
		case "cancel":
			h.cancel(g, meeting.Whole)
		case "cancel one":
			h.cancel(g, meeting.This)
		case "own date":
			h.edit(g, meeting.This, meeting.Said{Notes: "Only now " + word})
		case "follow":
			h.follow(g.Meeting, h.join("ana", nil), time.Hour, meeting.Unasked)
		}
		time.Sleep(time.Second)
	}
}

// held is what there is of each series: its meetings by their ids.
func (h *hall) held() map[string]map[string]string {
	h.t.Helper()
	out := map[string]map[string]string{}
	h.view(func(r storage.Reader) error {
		all, err := h.Of(r, h.home)
		for _, v := range all {
			v.Sequence, v.Changed = 0, time.Time{}
			if out[v.Series] == nil {
				out[v.Series] = map[string]string{}
			}
			out[v.Series][v.ID] = fmt.Sprintf("%+v", v)
		}
		return err
	})
	return out
}
