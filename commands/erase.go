package commands

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"peerbot/chat"
	"peerbot/schedule"
	"peerbot/storage"
)

// The kinds of agenda items: sweepKind finishes an erasing which a crash cut short, and
// homeKind erases a community that lives nowhere any more.
const (
	sweepKind = "privacy.sweep"
	homeKind  = "privacy.home"
)

// patience is how long the agenda leaves the rest of an erasing to the call itself.
const patience = time.Minute

// erase removes everything that is kept about the caller. It stands in the log
// outside the store before anything goes, so that no restore brings it back. The
// first transaction destroys the person's key, which is what erases; the rest only
// clears away what nobody can read any more, and the agenda does it if this call
// does not get to it.
func (d Deps) erase(ctx context.Context, c *chat.Call) error {
	ctx, err := d.Erased(ctx, c.Member)
	if err != nil {
		return fmt.Errorf("log an erasure: %w", err)
	}
	return EraseAgain(ctx, d, c.Member, c.Time)
}

// EraseAgain removes everything that is kept about a member whose erasing stands in the
// log already.
func EraseAgain(ctx context.Context, d Deps, id string, now time.Time) error {
	next := ""
	err := d.Store.Update(ctx, func(tx storage.Tx) (err error) {
		if next, err = d.sweep(tx, id, ""); err != nil {
			return err
		}
		return d.Agenda.Put(tx, schedule.Item{Kind: sweepKind, ID: id, From: next, At: now.Add(patience)})
	})
	if err != nil {
		return fmt.Errorf("erase: %w", err)
	}
	if err := d.finish(ctx, id, next); err != nil {
		d.Log.Warn("an erasing is left to the agenda", "err", err)
	}
	return nil
}

// finish sweeps the rest at once and removes the bytes from the file.
func (d Deps) finish(ctx context.Context, id, next string) error {
	for next != "" {
		from := next // The function may run twice.
		err := d.Store.Update(ctx, func(tx storage.Tx) (err error) {
			if next, err = d.sweep(tx, id, from); err != nil || next != "" {
				return err
			}
			return d.Agenda.Drop(tx, sweepKind, id)
		})
		if err != nil {
			return fmt.Errorf("sweep: %w", err)
		}
	}
	if err := d.Compact(ctx); err != nil {
		return fmt.Errorf("compact: %w", err)
	}
	return nil
}

// Plans are what the agenda does with the items of this package.
func Plans(d Deps) map[string]schedule.Plan {
	return map[string]schedule.Plan{
		sweepKind: func(tx storage.Tx, now time.Time, it schedule.Item) error {
			next, err := d.sweep(tx, it.ID, it.From)
			return d.goOn(tx, it, next, now, err)
		},
		homeKind: func(tx storage.Tx, now time.Time, it schedule.Item) error {
			seats, err := d.Spaces.Seats(tx, it.ID)
			if err != nil || len(seats) > 0 {
				return err
			}
			next, err := stepOf([]eraser{d.Meetings.EraseHome, d.Spaces.EraseHome}, tx, it.ID, it.From)
			return d.goOn(tx, it, next, now, err)
		},
	}
}

// goOn puts the item back where there is more to do.
func (d Deps) goOn(tx storage.Tx, it schedule.Item, next string, now time.Time, err error) error {
	if err != nil || next == "" {
		return err
	}
	it.From, it.At = next, now
	return d.Agenda.Put(tx, it)
}

// sweep does one step of erasing: at the first noun, or at the one that from names.
// next is where to go on, "" when nothing is left. Every step may come again.
func (d Deps) sweep(tx storage.Tx, id, from string) (next string, err error) {
	var steps []eraser
	for _, noun := range d.nouns() {
		steps = append(steps, noun.Erase)
	}
	return stepOf(steps, tx, id, from)
}

// eraser removes something of whom the id names, a few records at a time.
type eraser func(tx storage.Tx, id string) (more bool, err error)

func stepOf(steps []eraser, tx storage.Tx, id, from string) (next string, err error) {
	i, _ := strconv.Atoi(from) // "" is the first.
	if i >= len(steps) {
		return "", nil
	}
	more, err := steps[i](tx, id)
	if err != nil {
		return "", fmt.Errorf("erase step %d: %w", i, err)
	}
	if !more {
		i++
	}
	if i == len(steps) {
		return "", nil
	}
	return strconv.Itoa(i), nil
}
