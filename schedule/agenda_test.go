package schedule

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"peerbot/storage"
	"peerbot/storage/bolt"
	"peerbot/storage/mem"
)

var engines = map[string]func(t testing.TB, folder string) storage.Store{
	"mem": func(testing.TB, string) storage.Store { return mem.New() },
	"bolt": func(t testing.TB, folder string) storage.Store {
		s, err := bolt.Open(filepath.Join(folder, "peerbot.db"), bolt.Options{Ordered: []storage.Bucket{"agenda.due"}})
		if err != nil {
			t.Fatal(err)
		}
		return s
	},
}

// desk is an Agenda at work over a store, in a bubble of its own time.
type desk struct {
	t      *testing.T
	store  storage.Store
	agenda *Agenda
	plans  map[string]Plan
	log    bytes.Buffer
	stop   func()

	mu   sync.Mutex
	done []deed
}

func (d *desk) did(it Item, now time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.done = append(d.done, deed{it.ID, it.From, now.Sub(it.At)})
}

// deed is a plan that was carried out.
type deed struct {
	ID, From string
	After    time.Duration // After is how long after the item's time.
}

func onEveryEngine(t *testing.T, test func(d *desk)) {
	for name, open := range engines {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			synctest.Test(t, func(t *testing.T) {
				d := &desk{t: t, store: open(t, folder)}
				d.plans = map[string]Plan{"note": func(tx storage.Tx, now time.Time, it Item) error {
					d.did(it, now)
					return nil
				}}
				d.agenda = NewAgenda(d.store, vault(t), slog.New(slog.NewTextHandler(&d.log, nil)))
				test(d)
				if d.stop != nil {
					d.stop()
				}
				if err := d.store.Close(); err != nil && !errors.Is(err, storage.ErrClosed) {
					t.Error(err)
				}
			})
		})
	}
}

func vault(t testing.TB) *storage.Vault {
	t.Helper()
	v, err := storage.NewVault(bytes.Repeat([]byte{7}, storage.KeySize))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// run starts the Agenda and lets it settle.
func (d *desk) run() {
	ctx, cancel := context.WithCancel(d.t.Context())
	ended := make(chan error)
	go func() { ended <- d.agenda.Run(ctx, d.plans) }()
	d.stop = func() {
		d.stop = nil
		cancel()
		if err := <-ended; err != nil {
			d.t.Errorf("Run ended with %v", err)
		}
	}
	synctest.Wait()
}

func (d *desk) put(items ...Item) {
	d.t.Helper()
	d.update(func(tx storage.Tx) error {
		for _, it := range items {
			if err := d.agenda.Put(tx, it); err != nil {
				return err
			}
		}
		return nil
	})
}

func (d *desk) update(fn func(storage.Tx) error) {
	d.t.Helper()
	if err := d.store.Update(d.t.Context(), fn); err != nil {
		d.t.Fatal(err)
	}
}

// wait lets time pass, and what is due in it happen.
func (d *desk) wait(long time.Duration) {
	time.Sleep(long)
	synctest.Wait()
}

// lines are what List and Parked say, without keys and times.
func (d *desk) lines() (waiting, stuck []Line) {
	d.t.Helper()
	err := d.store.View(d.t.Context(), func(r storage.Reader) error {
		for l, err := range d.agenda.List(r) {
			if err != nil {
				return err
			}
			waiting = append(waiting, l)
		}
		for l, err := range d.agenda.Parked(r) {
			if err != nil {
				return err
			}
			stuck = append(stuck, l)
		}
		return nil
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return waiting, stuck
}

func (d *desk) expect(want ...deed) {
	d.t.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	if diff := cmp.Diff(want, d.done); diff != "" {
		d.t.Errorf("other deeds than expected (-want +got):\n%s", diff)
	}
	d.done = nil
}

func at(id string, in time.Duration) Item {
	return Item{Kind: "note", ID: id, At: time.Now().Add(in)}
}

func TestAgendaPlansEachItemAtItsTime(t *testing.T) {
	onEveryEngine(t, func(d *desk) {
		d.put(at("b", 2*time.Hour), at("a", time.Hour), at("c", 30*24*time.Hour))
		d.run()
		d.wait(time.Hour - time.Nanosecond)
		d.expect()
		d.wait(time.Nanosecond)
		d.expect(deed{ID: "a"})
		d.wait(time.Hour)
		d.expect(deed{ID: "b"})
		d.wait(30 * 24 * time.Hour)
		d.expect(deed{ID: "c"})
		if waiting, stuck := d.lines(); len(waiting)+len(stuck) > 0 {
			t.Errorf("left over: %v %v", waiting, stuck)
		}
	})
}

func TestAgendaNeverPlansBeforeTheTime(t *testing.T) {
	onEveryEngine(t, func(d *desk) {
		d.run()
		d.put(at("a", time.Second+300*time.Microsecond))
		d.wait(time.Second + 299*time.Microsecond)
		d.expect()
		d.wait(time.Millisecond)
		d.expect(deed{ID: "a", After: 700 * time.Microsecond})
	})
}

func TestAgendaMovesAndDrops(t *testing.T) {
	onEveryEngine(t, func(d *desk) {
		d.put(at("a", time.Hour), at("b", time.Hour), at("c", 5*time.Hour))
		d.run()
		d.put(at("a", 3*time.Hour), at("c", time.Hour))
		d.update(func(tx storage.Tx) error {
			return errors.Join(d.agenda.Drop(tx, "note", "b"), d.agenda.Drop(tx, "note", "never there"))
		})
		d.wait(2 * time.Hour)
		d.expect(deed{ID: "c"})
		d.wait(10 * time.Hour)
		d.expect(deed{ID: "a"})
	})
}

// TestAgendaFindsWhatIsPutJustNow: the commit comes long after Put has poked.
func TestAgendaFindsWhatIsPutJustNow(t *testing.T) {
	for _, commit := range []time.Duration{0, 5 * time.Millisecond, 9 * time.Second} {
		onEveryEngine(t, func(d *desk) {
			d.put(at("much later", 100*time.Hour))
			d.run()
			d.wait(10*time.Hour + 17*time.Second) // Asleep for as long as it ever is.
			began := time.Now()
			d.update(func(tx storage.Tx) error {
				defer time.Sleep(commit)
				return d.agenda.Put(tx, at("now", 0))
			})
			d.wait(2*commit + 5*time.Millisecond)
			if len(d.done) != 1 || d.done[0].ID != "now" {
				t.Fatalf("a commit of %v: %v after %v", commit, d.done, time.Since(began))
			}
		})
	}
}

func TestAgendaWorksOffMoreThanOneSweep(t *testing.T) {
	onEveryEngine(t, func(d *desk) {
		planned := map[string]int{}
		d.plans["note"] = func(tx storage.Tx, now time.Time, it Item) error {
			planned[it.ID]++
			return nil
		}
		const all = 2*sweep + 500
		for n := 0; n < all; n += 25 {
			var items []Item
			for i := range 25 {
				items = append(items, at(fmt.Sprint(n+i), time.Duration(i)*time.Millisecond))
			}
			d.put(items...)
		}
		d.wait(time.Minute)
		d.run()
		if len(planned) != all {
			t.Errorf("%d of %d were planned", len(planned), all)
		}
		for id, n := range planned {
			if n != 1 {
				t.Errorf("%s was planned %d times", id, n)
			}
		}
	})
}

func TestAgendaGoesOnWhereAPlanStopped(t *testing.T) {
	onEveryEngine(t, func(d *desk) {
		d.plans["note"] = func(tx storage.Tx, now time.Time, it Item) error {
			d.did(it, now)
			if it.From += "x"; len(it.From) > 3 {
				return nil
			}
			return d.agenda.Put(tx, it)
		}
		d.put(at("a", 0))
		d.run()
		d.expect(deed{"a", "", 0}, deed{"a", "x", 0}, deed{"a", "xx", 0}, deed{"a", "xxx", 0})
	})
}

func TestAgendaParksWhatFailsFiveTimes(t *testing.T) {
	const secret = "what a person wrote"
	for why, plan := range map[Why]Plan{
		Failed:   func(storage.Tx, time.Time, Item) error { return errors.New("no") },
		Panicked: func(storage.Tx, time.Time, Item) error { panic(secret) },
	} {
		onEveryEngine(t, func(d *desk) {
			var tries []time.Duration
			began := time.Now()
			d.plans["note"] = func(tx storage.Tx, now time.Time, it Item) error {
				tries = append(tries, now.Sub(began))
				if err := tx.Put("half", []byte("done"), nil); err != nil {
					return err
				}
				return plan(tx, now, it)
			}
			d.run()
			d.put(at("secret id", time.Minute))
			d.wait(24 * time.Hour)
			m := time.Minute
			if diff := cmp.Diff([]time.Duration{m, m + 5*time.Second, m + 35*time.Second, 3*m + 35*time.Second, 13*m + 35*time.Second}, tries); diff != "" {
				t.Errorf("tried at other times (-want +got):\n%s", diff)
			}
			waiting, stuck := d.lines()
			if len(waiting) != 0 || len(stuck) != 1 {
				t.Fatalf("waiting %v, parked %v", waiting, stuck)
			}
			want := Line{Key: stuck[0].Key, Kind: "note", At: began.Add(m).UTC(), Tries: 5, Why: why, Parked: true}
			if diff := cmp.Diff(want, stuck[0]); diff != "" {
				t.Errorf("the parked item is told otherwise (-want +got):\n%s", diff)
			}
			err := d.store.View(d.t.Context(), func(r storage.Reader) error {
				_, err := r.Get("half", []byte("done"))
				return err
			})
			if !errors.Is(err, storage.ErrNotFound) {
				t.Errorf("a failed plan left something: %v", err)
			}
			if text := d.log.String(); strings.Contains(text, "secret") || strings.Contains(text, secret) || !strings.Contains(text, stuck[0].Key) {
				t.Errorf("the log must have the key and nothing else: %s", text)
			}
		})
	}
}

// TestAgendaLooksAgainBeforeItPlans: between the look and the plan an item can move.
func TestAgendaLooksAgainBeforeItPlans(t *testing.T) {
	onEveryEngine(t, func(d *desk) {
		d.put(at("moved", 0), at("dropped", 0))
		due, _, err := d.agenda.look(t.Context(), time.Now())
		if err != nil || len(due) != 2 {
			t.Fatal(due, err)
		}
		d.put(at("moved", time.Hour))
		d.update(func(tx storage.Tx) error { return d.agenda.Drop(tx, "note", "dropped") })
		for _, f := range due {
			if changed, err := d.agenda.carryOut(t.Context(), d.plans, time.Now(), f); changed || err != nil {
				t.Errorf("changed %v, %v", changed, err)
			}
			if err := d.agenda.fail(t.Context(), time.Now(), f, &failure{why: Failed}); err != nil {
				t.Error(err)
			}
		}
		d.expect()
		if waiting, stuck := d.lines(); len(waiting) != 1 || waiting[0].Tries != 0 || len(stuck) != 0 {
			t.Errorf("left %v %v", waiting, stuck)
		}
	})
}

func TestAgendaRetriesAndDiscardsWhenAsked(t *testing.T) {
	onEveryEngine(t, func(d *desk) {
		works := d.plans
		d.plans = map[string]Plan{}
		began := time.Now()
		d.run()
		d.put(Item{Kind: "note", ID: "a", From: "here", At: began}, Item{Kind: "note", ID: "b", At: began})
		d.wait(time.Hour)
		_, stuck := d.lines()
		if len(stuck) != 2 || stuck[0].Why != NoPlan || stuck[0].Tries != 1 {
			t.Fatalf("an item without a plan must be parked at once: %v", stuck)
		}
		d.stop()
		d.plans = works
		d.run()
		d.wait(time.Hour)
		d.expect() // Nothing by itself.
		for i, key := range []string{d.agenda.key("note", "a"), d.agenda.key("note", "b"), "nothing"} {
			d.update(func(tx storage.Tx) error {
				do := []func(storage.Tx, string) (bool, error){d.agenda.Retry, d.agenda.Discard, d.agenda.Retry}[i]
				ok, err := do(tx, key)
				if ok != (i < 2) {
					t.Errorf("%s: there was one: %v", key, ok)
				}
				return err
			})
		}
		d.wait(time.Second)
		if len(d.done) != 1 || d.done[0].ID != "a" || d.done[0].From != "here" {
			t.Errorf("done %v when it is retried", d.done)
		}
		if waiting, stuck := d.lines(); len(waiting)+len(stuck) > 0 {
			t.Errorf("left over: %v %v", waiting, stuck)
		}
	})
}

func TestAgendaParksWhatItCannotRead(t *testing.T) {
	onEveryEngine(t, func(d *desk) {
		d.put(at("a", 0), at("b", 0))
		key := d.agenda.key("note", "a")
		d.update(func(tx storage.Tx) error {
			value, err := tx.Get("agenda", []byte(key))
			if err != nil {
				return err
			}
			value[len(value)-1] ^= 1
			return tx.Put("agenda", []byte(key), value)
		})
		if waiting, _ := d.lines(); len(waiting) != 2 || waiting[0].Why != Unreadable && waiting[1].Why != Unreadable {
			t.Errorf("List must tell that one cannot be read: %v", waiting)
		}
		d.run()
		if len(d.done) != 1 || d.done[0].ID != "b" {
			t.Errorf("the other one must be planned: %v", d.done)
		}
		if _, stuck := d.lines(); len(stuck) != 1 || stuck[0].Key != key || stuck[0].Why != Unreadable {
			t.Errorf("it must be parked: %v", stuck)
		}
		d.update(func(tx storage.Tx) error {
			ok, err := d.agenda.Retry(tx, key)
			if ok {
				t.Error("an item without content was retried")
			}
			return err
		})
	})
}

func TestAgendaBlamesAPlanThatIsTooLarge(t *testing.T) {
	onEveryEngine(t, func(d *desk) {
		d.plans["note"] = func(tx storage.Tx, now time.Time, it Item) error {
			for n := range 2 * storage.MaxWrites {
				_ = tx.Put("many", []byte(fmt.Sprint(n)), nil) // An ignored error counts too.
			}
			return nil
		}
		d.put(at("a", 0))
		d.run()
		d.wait(time.Hour)
		if _, stuck := d.lines(); len(stuck) != 1 || stuck[0].Why != Failed {
			t.Errorf("parked: %v", stuck)
		}
	})
}

// faulty is a store that fails for a while.
type faulty struct {
	storage.Store
	err atomic.Pointer[error]
}

func (f *faulty) fail(err error) { f.err.Store(&err) }

func (f *faulty) Update(ctx context.Context, fn func(storage.Tx) error) error {
	if err := f.err.Load(); err != nil {
		return fmt.Errorf("update: %w", *err)
	}
	return f.Store.Update(ctx, fn)
}

func TestAgendaBlamesNoItemForTheStore(t *testing.T) {
	onEveryEngine(t, func(d *desk) {
		f := &faulty{Store: d.store}
		d.agenda.store = f
		d.put(at("a", time.Minute))
		d.run()
		f.fail(storage.ErrFull)
		d.wait(time.Hour)
		if waiting, stuck := d.lines(); len(waiting) != 1 || len(stuck) != 0 || waiting[0].Tries != 0 {
			t.Errorf("a full disk was counted: %v %v", waiting, stuck)
		}
		if n := strings.Count(d.log.String(), "\n"); n < 50 || n > 100 {
			t.Errorf("%d lines of log in an hour of a full disk", n)
		}
		f.err.Store(nil)
		d.wait(time.Minute)
		if len(d.done) != 1 {
			t.Errorf("done %v when there is room again", d.done)
		}
		d.stop()
		f.fail(storage.ErrClosed)
		d.put(at("b", 0))
		ctx, cancel := context.WithTimeout(d.t.Context(), time.Minute)
		defer cancel()
		if err := d.agenda.Run(ctx, d.plans); !errors.Is(err, storage.ErrClosed) {
			t.Errorf("over a closed store Run returned %v", err)
		}
	})
}

func TestAgendaWaitsForAClockThatCanBeTrusted(t *testing.T) {
	onEveryEngine(t, func(d *desk) {
		var trusted atomic.Bool
		d.agenda = NewAgenda(d.store, vault(t), slog.New(slog.DiscardHandler), Guarded(func(time.Time) bool { return trusted.Load() }))
		d.put(at("a", 0))
		d.run()
		d.wait(time.Hour)
		d.expect()
		if lag := time.Since(d.agenda.Alive()); lag > tick {
			t.Errorf("while it waits it looks dead for %v", lag)
		}
		trusted.Store(true)
		d.wait(doubt)
		if len(d.done) != 1 {
			t.Errorf("done %v when the clock is trusted", d.done)
		}
	})
}

func TestAgendaTellsWhenItStandsStill(t *testing.T) {
	onEveryEngine(t, func(d *desk) {
		if !d.agenda.Alive().IsZero() {
			t.Error("it was alive before Run")
		}
		d.run()
		for range 200 {
			d.wait(37 * time.Second)
			if lag := time.Since(d.agenda.Alive()); lag > tick {
				t.Fatalf("an idle agenda looks dead for %v", lag)
			}
		}
		d.plans["note"] = func(storage.Tx, time.Time, Item) error { time.Sleep(time.Hour); return nil }
		d.put(at("a", 0))
		d.wait(30 * time.Minute)
		if lag := time.Since(d.agenda.Alive()); lag < 29*time.Minute {
			t.Errorf("a plan hangs, and it was alive %v ago", lag)
		}
		d.wait(time.Hour)
	})
}

// TestAgendaKeepsNothingInTheClear plants a canary in every part of an item.
func TestAgendaKeepsNothingInTheClear(t *testing.T) {
	onEveryEngine(t, func(d *desk) {
		d.put(Item{Kind: "canary", ID: "canary", From: "canary", At: time.Now()})
		err := d.store.View(t.Context(), func(r storage.Reader) error {
			for _, b := range []storage.Bucket{"agenda", "agenda.due", "agenda.parked"} {
				for e, err := range r.Scan(b, nil, nil) {
					if err != nil {
						return err
					}
					if bytes.Contains(slices.Concat(e.Key, e.Value), []byte("canary")) {
						t.Errorf("%s holds an item in the clear", b)
					}
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// TestItemsOfEveryReleaseAreRead: what waits outlives the program that wrote it.
func TestItemsOfEveryReleaseAreRead(t *testing.T) {
	const stored = `{"kind":"note","id":"a","from":"b","at":"2026-03-04T12:00:00.5Z","tries":1,"why":"failed","again":"2026-03-04T12:00:05.5Z"}`
	when := time.Date(2026, time.March, 4, 12, 0, 0, 5e8, time.UTC)
	want := note{Kind: "note", ID: "a", From: "b", At: when, Tries: 1, Why: Failed, Again: when.Add(5 * time.Second)}
	if got := strings.Join(strings.Fields(asJSON(t, want)), ""); got != stored {
		t.Errorf("written as %s", got)
	}
	var got note
	if err := json.Unmarshal([]byte(stored), &got); err != nil || got != want {
		t.Errorf("read as %v, %v", got, err)
	}
}
