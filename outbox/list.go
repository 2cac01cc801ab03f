package outbox

import (
	"errors"
	"fmt"
	"iter"
	"time"

	"peerbot/storage"
)

// keep is for how long a receipt, and with it an ID, is remembered.
const keep = 30 * 24 * time.Hour

// Line is what may be told about a letter: no text, no address.
type Line struct {
	Key      string // Key names the letter for Retry and Withdraw.
	State    State
	At       time.Time // At is when it is tried next, was claimed, or settled.
	NotAfter time.Time // NotAfter is when it is stale; zero once it has settled.
	Receipt  Receipt   // Receipt so far.
}

// List yields all letters and receipts in the order of their keys, after the key given
// as after. What was erased is left out.
func (o *Outbox) List(r storage.Reader, after string) iter.Seq2[Line, error] {
	return lines(o.letters.All(r, "", after))
}

// ListFor yields what there is for one member.
func (o *Outbox) ListFor(r storage.Reader, member string) iter.Seq2[Line, error] {
	return lines(o.letters.By(r, byMember, member, ""))
}

// Receipt is what became so far of the letter with the ID; false when none was posted
// in the last 30 days.
func (o *Outbox) Receipt(r storage.Reader, id string) (rec Receipt, posted bool, err error) {
	row, err := o.letters.Get(r, o.key(id))
	switch {
	case err == nil:
		return row.Value.Receipt, true, nil
	case errors.Is(err, storage.ErrNotFound), errors.Is(err, storage.ErrErased):
		return rec, false, nil
	}
	return rec, false, fmt.Errorf("outbox: receipt: %w", err)
}

func lines(rows iter.Seq2[storage.Row[record], error]) iter.Seq2[Line, error] {
	return func(yield func(Line, error) bool) {
		for row, err := range rows {
			rec := row.Value
			line := Line{Key: row.Key, State: rec.State, At: rec.At, Receipt: rec.Receipt}
			if rec.Letter != nil {
				line.NotAfter = rec.Letter.NotAfter
			}
			if !yield(line, err) {
				return
			}
		}
	}
}

// Retry lets a letter that waits or is parked go out now, with one try left. It
// reports whether there was one.
func (o *Outbox) Retry(tx storage.Tx, key string, now time.Time) (bool, error) {
	row, err := o.idle(tx, key)
	if err != nil || row.Value.Letter == nil {
		return false, err
	}
	rec := row.Value
	rec.State, rec.At = Ready, now
	rec.Receipt.Tries, rec.Receipt.Outcome = min(rec.Receipt.Tries, tries-1), ""
	o.wake()
	return true, o.letters.Put(tx, key, rec)
}

// Withdraw takes back a letter that waits or is parked, and those joined to it. It
// reports whether there was one.
func (o *Outbox) Withdraw(tx storage.Tx, key string, now time.Time) (bool, error) {
	row, err := o.idle(tx, key)
	if err != nil || row.Value.Letter == nil {
		return false, err
	}
	pc, err := o.batch(tx, row)
	if err != nil {
		return false, err
	}
	for _, row := range pc.letters {
		if err := o.letters.Put(tx, row.Key, row.Value.finished(now, row.Value.certain(Dropped))); err != nil {
			return false, err
		}
	}
	return true, nil
}

// idle is a letter that is not in flight, else a record without one.
func (o *Outbox) idle(tx storage.Tx, key string) (storage.Row[record], error) {
	row, err := o.find(tx, key)
	if s := row.Value.State; s == Claimed || s == Joined {
		row.Value.Letter = nil
	}
	if err != nil {
		err = fmt.Errorf("outbox: letter %s: %w", key, err)
	}
	return row, err
}

// Purge forgets what settled more than 30 days ago, at most 20 a call; more reports
// whether some are left.
func (o *Outbox) Purge(tx storage.Tx, now time.Time) (more bool, err error) {
	if more, err = purge(tx, &o.letters, now.Add(-keep)); err == nil && !more {
		more, err = purge(tx, &o.slots, now.Add(-keep))
	}
	if err != nil {
		return false, fmt.Errorf("outbox: purge: %w", err)
	}
	return more, nil
}

func purge[T any](tx storage.Tx, table *storage.Table[T], before time.Time) (more bool, err error) {
	var old []string
	for f, err := range table.Range(tx, bySettled, "", stamp(before)) {
		if err != nil {
			return false, err
		}
		if len(old) == 20 {
			more = true
			break
		}
		old = append(old, f.Key)
	}
	for _, key := range old {
		if err := table.Delete(tx, key); err != nil {
			return false, err
		}
	}
	return more, nil
}
