package schedule

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"peerbot/storage"
)

// Why says why an item failed.
type Why string

// The reasons of a failure. The log has the error, under the same key.
const (
	Failed     Why = "failed"     // The plan returned an error.
	Panicked   Why = "panicked"   // The plan has a defect.
	NoPlan     Why = "no_plan"    // This program has no plan for the kind: parked at once.
	Unreadable Why = "unreadable" // The record is damaged: parked at once, without its content.
)

// backOff is the wait after the first failure, the second, and so on; after one more
// the item is parked.
var backOff = [...]time.Duration{5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute}

// failure is an error that an item is to blame for.
type failure struct {
	why Why
	err error
}

func (f *failure) Error() string { return fmt.Sprintf("%s: %v", f.why, f.err) }

func (f *failure) Unwrap() error { return f.err }

// blame returns the failure in what an Update returned, or nil when the store is to
// blame, or nobody.
func blame(err error) *failure {
	for _, ofStore := range []error{storage.ErrClosed, storage.ErrFull, storage.ErrReadOnly, context.Canceled} {
		if errors.Is(err, ofStore) {
			return nil
		}
	}
	var bad *failure
	if errors.As(err, &bad) {
		return bad
	}
	if errors.Is(err, storage.ErrTooLarge) || errors.Is(err, storage.ErrKey) {
		return &failure{Failed, err}
	}
	return nil
}

// fail writes down that the item failed, unless it was moved or dropped meanwhile.
func (a *Agenda) fail(ctx context.Context, now time.Time, due storage.Filed, bad *failure) error {
	var n note
	err := a.store.Update(ctx, func(tx storage.Tx) error {
		row, err := a.table.Get(tx, due.Key)
		switch {
		case errors.Is(err, storage.ErrNotFound), err == nil && timeKey(row.Value.due()) != due.Under:
			return nil
		case errors.Is(err, storage.ErrDamaged):
			row.Value = note{At: keyTime(due.Under)}
		case err != nil:
			return err
		}
		n = row.Value.failed(now, bad.why)
		return a.table.Put(tx, due.Key, n)
	})
	if err == nil && n.Tries > 0 {
		a.log.Error("an item of the agenda failed", "key", due.Key, "kind", n.Kind,
			"try", n.Tries, "parked", n.Parked, "why", bad.why, "err", bad.err)
	}
	return err
}

func (n note) failed(now time.Time, why Why) note {
	n.Why = why
	n.Tries++
	n.Parked = n.Tries > len(backOff) || why == NoPlan || why == Unreadable
	if !n.Parked {
		n.Again = now.Add(backOff[n.Tries-1])
	}
	return n
}

// Line is what may be told about an item: neither whose it is nor what.
type Line struct {
	Key    string    // Key names it for Retry and Discard.
	Kind   string    // Kind is "" when the record cannot be read.
	At     time.Time // At is when it was to happen.
	Next   time.Time // Next is when it is planned or tried again; zero when it is parked.
	Tries  int       // Tries so far, all of which failed.
	Why    Why       // Why the last one failed.
	Parked bool
}

// Parked yields the items that are tried no more until somebody calls Retry.
func (a *Agenda) Parked(r storage.Reader) iter.Seq2[Line, error] {
	return a.lines(r, parked)
}

// List yields what waits, in order of Next.
func (a *Agenda) List(r storage.Reader) iter.Seq2[Line, error] {
	return a.lines(r, byTime)
}

func (a *Agenda) lines(r storage.Reader, index string) iter.Seq2[Line, error] {
	return func(yield func(Line, error) bool) {
		for f, err := range a.table.Range(r, index, "", "") {
			var l Line
			if err == nil {
				l, err = a.line(r, f.Key)
			}
			if !yield(l, err) || err != nil {
				return
			}
		}
	}
}

func (a *Agenda) line(r storage.Reader, key string) (Line, error) {
	row, err := a.table.Get(r, key)
	if errors.Is(err, storage.ErrDamaged) {
		return Line{Key: key, Why: Unreadable}, nil
	}
	n := row.Value
	l := Line{Key: key, Kind: n.Kind, At: n.At, Tries: n.Tries, Why: n.Why, Parked: n.Parked}
	if !n.Parked {
		l.Next = n.due()
	}
	return l, err
}

// Retry makes an item that failed due again, as if it never had. It reports whether
// there was one; one whose content was lost cannot be retried.
func (a *Agenda) Retry(tx storage.Tx, key string) (bool, error) {
	row, err := a.table.Get(tx, key)
	if errors.Is(err, storage.ErrNotFound) || err == nil && row.Value.Kind == "" {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("agenda: retry: %w", err)
	}
	return true, a.Put(tx, row.Value.item())
}

// Discard removes an item that is not to happen. It reports whether there was one.
func (a *Agenda) Discard(tx storage.Tx, key string) (bool, error) {
	_, err := tx.Get(a.table.Bucket, []byte(key))
	if errors.Is(err, storage.ErrNotFound) {
		return false, nil
	}
	if err == nil {
		err = a.table.Delete(tx, key)
	}
	if err != nil {
		return false, fmt.Errorf("agenda: discard: %w", err)
	}
	return true, nil
}
