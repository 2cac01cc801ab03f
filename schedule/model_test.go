package schedule

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"peerbot/storage"
)

// The model test plays a random day with an Agenda: items are put, moved and
// dropped, plans fail, panic and go on, and the process is killed between any two
// commits, or after a commit of which nobody heard, and started again. Afterwards
// every item that was to happen has happened once, and no other.

// act is one step of a day. All that a day needs is drawn before it begins, since a
// bubble has goroutines of its own.
type act struct {
	Do    string // put, drop, or kill
	Name  int    // Name of the item, one of few, so that they move each other.
	In    int    // Seconds until it is due; may be negative.
	Fails int    // The plan fails so often, every second time by a panic.
	Steps int    // And then goes on so often with From.
	After int    // Commits until the kill.
	Heard bool   // Whether the last of them is heard of.
	Rest  int    // Seconds until the next act.
}

func drawDay(t *rapid.T) []act {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) act {
		return act{
			Do:    rapid.SampledFrom([]string{"put", "put", "put", "put", "drop", "kill"}).Draw(t, "do"),
			Name:  rapid.IntRange(0, 4).Draw(t, "name"),
			In:    rapid.IntRange(-10, 300).Draw(t, "in"),
			Fails: max(rapid.IntRange(-6, 6).Draw(t, "fails"), 0),
			Steps: max(rapid.IntRange(-3, 3).Draw(t, "steps"), 0),
			After: rapid.IntRange(0, 4).Draw(t, "after"),
			Heard: rapid.Bool().Draw(t, "heard"),
			Rest:  rapid.IntRange(1, 120).Draw(t, "rest"),
		}
	}), 1, 25).Draw(t, "day")
}

// mortal is a store whose process can be killed: after some more commits every call
// fails. Heard is whether the last one was told that it succeeded.
type mortal struct {
	storage.Store
	left  atomic.Int64 // Commits until the kill; far away when nobody kills.
	heard bool
}

const immortal = 1 << 60

func (m *mortal) Update(ctx context.Context, fn func(storage.Tx) error) error {
	left := m.left.Add(-1)
	if left < 0 {
		return storage.ErrClosed
	}
	err := m.Store.Update(ctx, fn)
	if left == 0 && !m.heard {
		return storage.ErrClosed
	}
	return err
}

func (m *mortal) View(ctx context.Context, fn func(storage.Reader) error) error {
	if m.left.Load() <= 0 {
		return storage.ErrClosed
	}
	return m.Store.View(ctx, fn)
}

// token is one time that an item was put: what the model knows of it.
type token struct {
	act
	due   time.Time
	sure  bool      // The Put is known to be committed.
	ended time.Time // When it was moved or dropped; zero if never.
	maybe bool      // Whether that is in doubt.
}

// day is one day being played.
type day struct {
	store  *mortal
	agenda *Agenda
	vault  *storage.Vault
	tokens []*token
	stop   func() error
	tries  map[int]int // How often a token's plan failed; outside the store.
	killed bool
	wrong  error
}

// slip is what a plan is to carry in ID: the item's name. From has the token and the
// step.
type slip struct{ Token, Step int }

// plan counts in the store how often each token got where.
func (d *day) plan(tx storage.Tx, now time.Time, it Item) error {
	var s slip
	if err := json.Unmarshal([]byte(it.From), &s); err != nil {
		return err
	}
	tok := d.tokens[s.Token]
	if now.Before(tok.due) && d.wrong == nil {
		d.wrong = fmt.Errorf("token %d was planned %v early", s.Token, tok.due.Sub(now))
	}
	key := []byte(fmt.Sprintf("%06d %d", s.Token, s.Step))
	count, err := tx.Get("counts", key)
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		return err
	}
	if err := tx.Put("counts", key, append(count, '1')); err != nil {
		return err
	}
	if d.tries[s.Token]++; d.tries[s.Token] <= tok.Fails {
		if tok.Fails%2 == 0 {
			panic("planned")
		}
		return errors.New("planned")
	}
	if s.Step < tok.Steps {
		return d.agenda.Put(tx, d.item(tok, slip{s.Token, s.Step + 1}))
	}
	return nil
}

func (d *day) item(tok *token, s slip) Item {
	from, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return Item{Kind: "token", ID: fmt.Sprint(tok.Name), From: string(from), At: tok.due}
}

func (d *day) start(ctx context.Context) {
	d.store.left.Store(immortal)
	d.agenda = NewAgenda(d.store, d.vault, slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- d.agenda.Run(ctx, map[string]Plan{"token": d.plan}) }()
	d.stop = func() error { cancel(); return <-ended }
	synctest.Wait()
}

// play does the acts; what is committed and what is not is all the model knows.
func (d *day) play(ctx context.Context, acts []act) error {
	d.start(ctx)
	for _, a := range acts {
		switch a.Do {
		case "put":
			tok := &token{act: a, due: time.Now().Add(time.Duration(a.In) * time.Second)}
			d.tokens = append(d.tokens, tok)
			it := d.item(tok, slip{Token: len(d.tokens) - 1})
			err := d.store.Update(ctx, func(tx storage.Tx) error { return d.agenda.Put(tx, it) })
			tok.sure = err == nil
			d.end(tok, err)
		case "drop":
			err := d.store.Update(ctx, func(tx storage.Tx) error { return d.agenda.Drop(tx, "token", fmt.Sprint(a.Name)) })
			d.end(&token{act: a}, err)
		case "kill":
			d.store.heard, d.killed = a.Heard, true
			d.store.left.Store(int64(a.After))
		}
		time.Sleep(time.Duration(a.Rest) * time.Second)
		synctest.Wait()
		if d.store.left.Load() <= 0 {
			if err := d.stop(); err != nil && !errors.Is(err, storage.ErrClosed) {
				return err
			}
			d.start(ctx)
		}
	}
	d.store.left.Store(immortal)
	time.Sleep(2 * time.Hour)
	synctest.Wait()
	return d.stop()
}

// end notes that what stood under the name before tok does so no more, unless err.
func (d *day) end(tok *token, err error) {
	for _, old := range d.tokens {
		if old != tok && old.Name == tok.Name && (old.ended.IsZero() || old.maybe) {
			old.ended, old.maybe = time.Now(), err != nil
		}
	}
}

// judge compares the counts in the store with the tokens.
func (d *day) judge(ctx context.Context) error {
	if d.wrong != nil {
		return d.wrong
	}
	return d.store.View(ctx, func(r storage.Reader) error {
		parked := map[string]int{}
		for l, err := range d.agenda.Parked(r) {
			if err != nil {
				return err
			}
			parked[l.Key]++
		}
		for l, err := range d.agenda.List(r) {
			return fmt.Errorf("after the day %v still waits: %w", l, err)
		}
		for i, tok := range d.tokens {
			counts := make([]int, tok.Steps+1)
			for step := range counts {
				count, err := r.Get("counts", []byte(fmt.Sprintf("%06d %d", i, step)))
				if err != nil && !errors.Is(err, storage.ErrNotFound) {
					return err
				}
				counts[step] = len(count)
			}
			if err := tok.judge(counts, parked[d.agenda.key("token", fmt.Sprint(tok.Name))] > 0, d.killed); err != nil {
				return fmt.Errorf("token %d %+v: %w", i, *tok, err)
			}
		}
		return nil
	})
}

// judge knows that a kill can make a failure forgotten, and then one more try is right.
func (t *token) judge(counts []int, parked, killed bool) error {
	last := counts[len(counts)-1]
	for step, n := range counts {
		if n > 1 {
			return fmt.Errorf("step %d was done %d times", step, n)
		}
	}
	stands := t.sure && t.ended.IsZero()
	ended := !t.ended.IsZero() && !t.maybe
	switch {
	case ended && t.ended.Before(t.due) && counts[0] > 0:
		return errors.New("it was done though it had been moved or dropped")
	case stands && last == 0 && !parked:
		return errors.New("it was lost")
	case stands && parked && t.Fails < 5:
		return errors.New("it was parked too early")
	case last > 0 && t.Fails >= 5 && !killed:
		return errors.New("it was tried too often")
	}
	return nil
}

func TestAgendaKeepsItsPromisesThroughCrashes(t *testing.T) {
	for name, open := range engines {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(rt *rapid.T) {
				acts := drawDay(rt)
				folder, err := os.MkdirTemp(t.TempDir(), "")
				if err != nil {
					rt.Fatal(err)
				}
				var wrong error
				synctest.Test(t, func(t *testing.T) {
					d := &day{store: &mortal{Store: open(t, folder)}, vault: vault(t), tries: map[int]int{}}
					wrong = errors.Join(d.play(t.Context(), acts), d.judge(t.Context()), d.store.Close())
				})
				if wrong != nil {
					rt.Fatal(wrong)
				}
			})
		})
	}
}
