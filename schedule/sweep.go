package schedule

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"peerbot/storage"
)

const (
	tick    = time.Minute      // tick bounds a sleep: a suspended machine and a clock put right are noticed within it.
	glance  = time.Millisecond // glance is the first wait after a poke; each next one is twice as long, up to tick.
	doubt   = 5 * time.Second  // doubt is the wait while the clock cannot be trusted.
	sweep   = 1000             // sweep is how many due items are read at once.
	abreast = 32               // abreast is how many are planned at once; their Updates share commits.
)

// Run plans what is due, by Kind, until ctx ends; then it waits for the plans that
// run and returns nil. It returns an error only when the store is closed under it.
//
// One sweeper: it sleeps until the next item, wakes on an earlier insert, reads at
// most 1,000 due items and plans each in its own Update, 32 at a time. An item that
// fails is tried again after 5 s, 30 s, 2 min and 10 min, and parked when it fails
// the fifth time. Failures of the store are nobody's fault and count for no item.
//
// Put pokes Run before its transaction is committed, so after a poke Run looks at
// once, a millisecond later, two later, and so on up to a minute, which is also how
// long it sleeps at most. So, however long the commit takes, an item is found after
// at most twice that; and one that another process wrote, within a minute.
func (a *Agenda) Run(ctx context.Context, plans map[string]Plan) error {
	again := glance
	for ctx.Err() == nil {
		now := time.Now()
		busy, wait, err := a.turn(ctx, plans, now)
		switch {
		case ctx.Err() != nil:
			continue // Whatever failed, failed because it is to end.
		case errors.Is(err, storage.ErrClosed):
			return fmt.Errorf("agenda: %w", err)
		case err != nil:
			a.log.Error("the agenda could not be worked off, and is tried again", "err", err)
		case busy:
			again = glance
			continue
		}
		if a.sleep(ctx, min(wait, again)) {
			again = glance
		} else {
			again = min(2*again, tick)
		}
	}
	return nil
}

// Alive is when Run last did anything. It is more than two minutes ago only while
// the store or a plan hangs, and zero before Run.
func (a *Agenda) Alive() time.Time {
	if ms := a.alive.Load(); ms != 0 {
		return time.UnixMilli(ms)
	}
	return time.Time{}
}

// sleep waits for d, for a poke, or for the end of ctx; it reports a poke.
func (a *Agenda) sleep(ctx context.Context, d time.Duration) (poked bool) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	case <-a.poked:
		return true
	}
	return false
}

// turn plans what is due at now. busy: something was done, and more may be due.
// wait is how long it is to the next item.
func (a *Agenda) turn(ctx context.Context, plans map[string]Plan, now time.Time) (busy bool, wait time.Duration, err error) {
	a.alive.Store(now.UnixMilli())
	if !a.steady(now) {
		return false, doubt, nil
	}
	due, next, err := a.look(ctx, now)
	if err != nil || len(due) == 0 {
		return false, next.Sub(now), err
	}
	var done atomic.Int64
	var group errgroup.Group
	group.SetLimit(abreast)
	for _, d := range due {
		group.Go(func() error {
			changed, err := a.carryOut(ctx, plans, now.Round(0), d)
			if changed {
				done.Add(1)
				a.alive.Store(time.Now().UnixMilli())
			}
			return err
		})
	}
	err = group.Wait()
	return done.Load() > 0, tick, err
}

// look returns what is due at now, at most a sweep of it, and when the first of the
// rest is.
func (a *Agenda) look(ctx context.Context, now time.Time) (due []storage.Filed, next time.Time, err error) {
	next = now.Add(tick)
	err = a.store.View(ctx, func(r storage.Reader) error {
		for f, err := range a.table.Range(r, byTime, "", timeKey(next)) {
			if err != nil {
				return err
			}
			if at := keyTime(f.Under); at.After(now) || len(due) == sweep {
				next = at
				break
			}
			due = append(due, f)
		}
		return nil
	})
	return due, next, err
}

// carryOut plans one item, and writes down when that fails. changed: the item is
// not where it was. The error is the store's.
func (a *Agenda) carryOut(ctx context.Context, plans map[string]Plan, now time.Time, due storage.Filed) (changed bool, err error) {
	err = a.store.Update(ctx, func(tx storage.Tx) error {
		row, err := a.table.Get(tx, due.Key)
		changed = err == nil && timeKey(row.Value.due()) == due.Under
		switch {
		case errors.Is(err, storage.ErrDamaged):
			return &failure{Unreadable, err}
		case errors.Is(err, storage.ErrNotFound), err == nil && !changed:
			return nil // Dropped or moved meanwhile.
		case err != nil:
			return err
		}
		return a.plan(tx, plans, now, row)
	})
	if bad := blame(err); bad != nil {
		return true, a.fail(ctx, now, due, bad)
	}
	return changed && err == nil, err
}

// plan removes the item and runs its plan, which may Put it again.
func (a *Agenda) plan(tx storage.Tx, plans map[string]Plan, now time.Time, row storage.Row[note]) (err error) {
	plan, ok := plans[row.Value.Kind]
	if !ok {
		return &failure{NoPlan, errors.New("there is no plan for this kind")}
	}
	if err := a.table.Delete(tx, row.Key); err != nil {
		return err
	}
	defer func() {
		if p := recover(); p != nil {
			err = &failure{Panicked, fmt.Errorf("panic of a %T in %s", p, debug.Stack())}
		}
	}()
	if err := plan(tx, now, row.Value.item()); err != nil {
		return &failure{Failed, err}
	}
	return nil
}
