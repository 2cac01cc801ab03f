package outbox_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"testing"
	"time"

	"peerbot/chat"
	"peerbot/outbox"
	"peerbot/storage"
	"peerbot/storage/mem"
)

func TestAnIDIsRememberedForThirtyDays(t *testing.T) {
	bubble(t, func(t *testing.T) {
		h, p := newHouse(t), newPlatform(t)
		stop := h.run(p)
		for i := range 50 {
			h.post(note(fmt.Sprint(i), fmt.Sprint("room", i), slot(fmt.Sprint(i))))
		}
		pass(29 * 24 * time.Hour)
		purge := func() (calls int) {
			for more := true; more; calls++ {
				h.update(func(tx storage.Tx) (err error) { more, err = h.Purge(tx, time.Now()); return err })
			}
			return calls
		}
		if purge(); len(h.lines()) != 50 {
			t.Errorf("%d receipts after 29 days", len(h.lines()))
		}
		h.post(note("7", "room7"))
		pass(25 * time.Hour)
		if calls := purge(); len(h.lines()) != 0 || calls < 5 {
			t.Errorf("%d receipts after 30 days and %d calls", len(h.lines()), calls)
		}
		left := 0
		dump(t, h.store, "letters", "letters.settled", "letter_slots", "letter_slots.settled")(func(storage.Entry, error) bool { left++; return true })
		if left != 0 {
			t.Errorf("%d entries are left", left)
		}
		h.post(note("7", "room7"))
		pass(time.Second)
		stop()
		if got := len(p.all()); got != 51 {
			t.Errorf("%d delivered", got)
		}
	})
}

// dump yields all that the buckets hold.
func dump(t *testing.T, store storage.Store, buckets ...storage.Bucket) iter.Seq2[storage.Entry, error] {
	return func(yield func(storage.Entry, error) bool) {
		err := store.View(t.Context(), func(r storage.Reader) error {
			for _, b := range buckets {
				for e, err := range r.Scan(b, nil, nil) {
					if !yield(e, err) {
						return nil
					}
				}
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
}

var everything = []storage.Bucket{"letters", "letters.member", "letters.waiting", "letters.ready", "letters.claimed",
	"letters.join", "letters.settled", "letter_slots", "letter_slots.member", "letter_slots.settled"}

func TestNothingPersonalStandsInTheClear(t *testing.T) {
	bubble(t, func(t *testing.T) {
		h, p := newHouse(t), newPlatform(t)
		canary := func(id string, change ...func(*outbox.Letter)) outbox.Letter {
			return note(id, "canary-room", append(change, func(l *outbox.Letter) {
				l.To.Space, l.To.Thread = "canary-space", "canary-thread"
				l.Message.Body, l.Late = chat.Words("canary-body"), chat.Words("canary-late")
			})...)
		}
		look := func(when string) {
			for e, err := range dump(t, h.store, everything...) {
				if err != nil || bytes.Contains(e.Key, []byte("canary")) || bytes.Contains(e.Value, []byte("canary")) {
					t.Errorf("%s: %q %q (%v)", when, e.Key, e.Value, err)
				}
			}
		}
		h.post(canary("canary-1"), canary("canary-2", slot("canary-slot"), member("m")), canary("canary-3", class(outbox.Early)))
		look("waiting")
		stop := h.run(p)
		pass(time.Hour)
		stop()
		look("settled")
		if len(p.all()) != 3 {
			t.Errorf("delivered %v", p.all())
		}
	})
}

func TestErasedMembersGetNothing(t *testing.T) {
	bubble(t, func(t *testing.T) {
		h, p := newHouse(t), newPlatform(t)
		p.on(func(context.Context, chat.Address, string) error { time.Sleep(2 * time.Second); return nil })
		for i := range 5 {
			h.post(note(fmt.Sprint("early", i), "a", member("m"), class(outbox.Early)))
			h.post(note(fmt.Sprint("exact", i), "b", member("m"), slot(fmt.Sprint(i))))
			h.post(note(fmt.Sprint("future", i), "c", member("m"), due(time.Minute, time.Hour)))
		}
		h.post(note("other", "d", member("n")))
		stop := h.run(p)
		pass(time.Second) // One is in flight.
		h.update(func(tx storage.Tx) error { return h.vault.Erase(tx, "m") })
		pass(time.Hour)
		stop()
		if got := len(p.all()); got != 2 {
			t.Errorf("delivered %v", p.all())
		}
		for more := true; more; {
			h.update(func(tx storage.Tx) (err error) { more, err = h.DropFor(tx, "m"); return err })
		}
		for e, err := range dump(t, h.store, everything...) {
			if err != nil || bytes.Contains(e.Value, []byte(`"owner":"m"`)) {
				t.Errorf("left: %q %q (%v)", e.Key, e.Value, err)
			}
		}
		err := h.store.View(t.Context(), func(r storage.Reader) error {
			_, err := h.vault.Open(r, "m", "letters", []byte("x"), []byte("x"))
			return err
		})
		if !errors.Is(err, storage.ErrErased) {
			t.Errorf("the key has come back: %v", err)
		}
	})
}

func TestAFullOutboxTakesWhatIsUrgent(t *testing.T) {
	bubble(t, func(t *testing.T) {
		h := newHouse(t)
		try := func(c outbox.Class) error {
			return h.store.Update(t.Context(), func(tx storage.Tx) error { return h.Post(tx, note("try "+string(c), "room", class(c))) })
		}
		h.Crowd(100_000)
		var busy *chat.Refusal
		if err := try(outbox.Digest); !errors.Is(err, outbox.ErrFull) || !errors.As(err, &busy) || busy.Why != chat.Busy {
			t.Errorf("a digest: %v", err)
		}
		if err := try(outbox.Early); err != nil {
			t.Errorf("an early reminder: %v", err)
		}
		h.Crowd(200_000)
		if err := try(outbox.Exact); !errors.Is(err, outbox.ErrFull) {
			t.Errorf("a reminder: %v", err)
		}
		if err := try(outbox.Safety); err != nil {
			t.Errorf("a matter of safety: %v", err)
		}
		stop := h.run(newPlatform(t))
		pass(2 * time.Minute) // Run counts, and finds far fewer.
		stop()
		if err := try(outbox.Digest); err != nil {
			t.Errorf("a digest: %v", err)
		}
	})
}

// counting counts the entries that are read.
type counting struct {
	storage.Store
	read int
}

func (c *counting) View(ctx context.Context, fn func(storage.Reader) error) error {
	return c.Store.View(ctx, func(r storage.Reader) error { return fn(countingReader{r, c}) })
}

type countingReader struct {
	storage.Reader
	c *counting
}

func (r countingReader) Scan(b storage.Bucket, from, to []byte) iter.Seq2[storage.Entry, error] {
	return func(yield func(storage.Entry, error) bool) {
		for e, err := range r.Reader.Scan(b, from, to) {
			r.c.read++
			if !yield(e, err) {
				return
			}
		}
	}
}

// TestALookReadsLittleHoweverMuchWaits: most of it for one room, and ahead of the rest.
func TestALookReadsLittleHoweverMuchWaits(t *testing.T) {
	bubble(t, func(t *testing.T) {
		store := &counting{Store: mem.New()}
		h, p := openHouse(t, store), newPlatform(t)
		p.on(func(context.Context, chat.Address, string) error { time.Sleep(50 * time.Millisecond); return nil })
		for i := range 3000 {
			h.post(note(fmt.Sprint("hot", i), "hot", slot(fmt.Sprint(i)), due(-time.Second, 30*time.Minute+time.Duration(i)*time.Millisecond)))
		}
		for i := range 100 {
			h.post(note(fmt.Sprint("cold", i), fmt.Sprint("cold", i)))
		}
		stop := h.run(p)
		pass(time.Second)
		stop()
		cold := 0
		for _, d := range p.all() {
			if d.Room != "hot" {
				cold++
			}
		}
		if cold != 100 {
			t.Errorf("%d of 100 delivered past the hot room", cold)
		}
		if perMessage := (store.read - 3100) / len(p.all()); perMessage > 100 {
			t.Errorf("%d entries read a message", perMessage)
		}
	})
}
