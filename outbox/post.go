package outbox

import (
	"errors"
	"fmt"
	"time"

	"peerbot/chat"
	"peerbot/storage"
)

// ErrFull is why Post refuses a letter that can wait while too many others do. It is
// the Err of a *chat.Refusal of Busy; a plan posts it again later.
var ErrFull = errors.New("too many letters are waiting")

// bound is how many letters may wait when one of the class is posted.
func (c Class) bound() int64 {
	switch c {
	case Safety:
		return 1 << 62
	case Digest:
		return 100_000
	}
	return 200_000
}

// slot is what was last delivered in a slot of letters, and what waits for it.
type slot struct {
	For     string       `json:"for,omitempty"`
	Home    string       `json:"home,omitempty"`
	Waiting string       `json:"waiting,omitempty"` // Waiting is the key of the letter posted last.
	To      chat.Address `json:"to,omitzero"`       // To is where Ref is.
	Ref     string       `json:"ref,omitempty"`
	At      time.Time    `json:"at"` // At is when it was last used; 30 days later it is forgotten.
}

func (s slot) owner() string { return ownerOf(s.For, s.Home) }

func (o *Outbox) key(id string) string       { return o.vault.ID("letter", id) }
func (o *Outbox) slotKey(name string) string { return o.vault.ID("slot", name) }

// Post writes the letter. The same ID again does nothing, for 30 days. When too much
// waits, a letter that is not of Safety is refused with ErrFull.
//
// It costs a transaction about three reads and five writes, and the same again when
// the letter replaces one in its slot.
func (o *Outbox) Post(tx storage.Tx, l Letter) error {
	rec, err := o.newRecord(l)
	if err != nil {
		return fmt.Errorf("outbox: post: %w", err)
	}
	if o.waiting.Load() >= l.Class.bound() {
		busy := chat.Refuse(chat.Busy, "outbox.full")
		busy.Err = ErrFull
		return busy
	}
	row := storage.Row[record]{Key: o.key(l.ID), Value: rec}
	if err := o.letters.Replace(tx, row); errors.Is(err, storage.ErrConflict) {
		return nil
	} else if err != nil {
		return fmt.Errorf("outbox: post %s: %w", row.Key, err)
	}
	if l.Slot != "" {
		if err := o.supersede(tx, row); err != nil {
			return fmt.Errorf("outbox: post %s: %w", row.Key, err)
		}
	}
	o.waiting.Add(1)
	o.wake()
	return nil
}

// wake makes Run look. It comes before the commit, which may yet fail: Run looks
// several times.
func (o *Outbox) wake() {
	select {
	case o.news <- struct{}{}:
	default:
	}
}

// supersede makes the new letter the one that waits in its slot.
func (o *Outbox) supersede(tx storage.Tx, row storage.Row[record]) error {
	l := row.Value.Letter
	s, err := o.slot(tx, l.Slot)
	if err != nil {
		return err
	}
	if s.Waiting != "" {
		if err := o.withdraw(tx, s.Waiting); err != nil {
			return err
		}
	}
	s.For, s.Home, s.Waiting, s.At = l.For, l.Home, row.Key, l.NotBefore
	return o.slots.Put(tx, o.slotKey(l.Slot), s)
}

// slot is the slot with the name; one that was never used, or erased, is empty.
func (o *Outbox) slot(r storage.Reader, name string) (slot, error) {
	row, err := o.slots.Get(r, o.slotKey(name))
	if errors.Is(err, storage.ErrNotFound) || errors.Is(err, storage.ErrErased) {
		return slot{}, nil
	}
	return row.Value, err
}

// Drop withdraws a letter; a missing one is no error. One that is in flight may still
// arrive, and is not tried again; one that was joined with others goes with them.
func (o *Outbox) Drop(tx storage.Tx, id string) error {
	if err := o.withdraw(tx, o.key(id)); err != nil {
		return fmt.Errorf("outbox: drop: %w", err)
	}
	return nil
}

func (o *Outbox) withdraw(tx storage.Tx, key string) error {
	row, err := o.find(tx, key)
	rec := row.Value
	switch {
	case err != nil || rec.Letter == nil || rec.State == Joined || len(rec.With) > 0:
		return err
	case rec.State == Claimed:
		rec.Unasked = true
	default:
		rec = rec.finished(rec.Letter.NotBefore, rec.certain(Dropped))
	}
	return o.letters.Put(tx, key, rec)
}

// find reads the record with the key; it has no letter when there is none, or it has
// settled. What was erased is cleared away.
func (o *Outbox) find(tx storage.Tx, key string) (storage.Row[record], error) {
	row, err := o.letters.Get(tx, key)
	switch {
	case errors.Is(err, storage.ErrNotFound):
		err = nil
	case errors.Is(err, storage.ErrErased):
		err = o.letters.Delete(tx, key)
	}
	return row, err
}

// certain is how a letter ended that did not arrive, unless it may have.
func (rec record) certain(how Outcome) Outcome {
	if rec.Doubt.IsZero() {
		return how
	}
	return Unknown
}

// finished is what is left of the record when it has settled.
func (rec record) finished(now time.Time, how Outcome) record {
	rec.Receipt.Outcome, rec.Receipt.At = how, now
	return record{State: Finished, At: now, Receipt: rec.Receipt}
}

// DropFor withdraws every letter for the member, forgets their receipts, and leaves
// nothing of either, at most 20 a call; more reports whether some are left. What is
// in flight at this moment may still arrive.
func (o *Outbox) DropFor(tx storage.Tx, member string) (more bool, err error) {
	if more, err = o.letters.Sweep(tx, byMember, member, 20); err == nil && !more {
		more, err = o.slots.Sweep(tx, byMember, member, 5)
	}
	if err != nil {
		return false, fmt.Errorf("outbox: drop for %s: %w", member, err)
	}
	return more, nil
}
