package telegram

import (
	"context"
	"fmt"
	"time"

	"peerbot/storage"
)

// The bounds of the inbox.
const (
	batch     = 90     // batch is how many updates are taken at once: each costs a write of at most 100.
	maxWaits  = 10_000 // maxWaits is how many jobs may wait.
	maxTurned = 1_000  // maxTurned is how many more are told that there is no room.
	maxTries  = 5      // maxTries is after how many failures a job is parked.
	maxAge    = 24 * time.Hour
)

// inbox holds the jobs that were taken and are not done, sealed, and remembers which
// updates it has had.
type inbox struct {
	store  storage.Store
	rows   storage.Table[job]
	parked storage.Table[parked]
	had    storage.Table[had]
}

// parked is what is kept of a job that failed again and again: nothing of what was said.
type parked struct {
	At time.Time `json:"at"`
}

func newInbox(store storage.Store, vault *storage.Vault) *inbox {
	return &inbox{
		store:  store,
		rows:   storage.Table[job]{Bucket: "telegram.inbox", Vault: vault, Version: 1},
		parked: storage.Table[parked]{Bucket: "telegram.parked", Vault: vault, Version: 1},
		had:    storage.Table[had]{Bucket: "telegram.had", Vault: vault, Version: 1},
	}
}

// Parked is how many updates failed again and again and wait for somebody to look at
// the log. Nothing of what was said is kept of them.
func Parked(ctx context.Context, store storage.Store, vault *storage.Vault) (n int, err error) {
	b := newInbox(store, vault)
	err = store.View(ctx, func(r storage.Reader) error {
		for _, err := range b.parked.All(r, "", "") {
			if err != nil {
				return err
			}
			n++
		}
		return nil
	})
	return n, err
}

// key sorts by the number of the update.
func (j *job) key() string { return fmt.Sprintf("%020d", j.Update) }

// take puts the jobs in, in one transaction, and returns those whose updates it has not
// had before. ids are all updates of the batch, at most 90.
func (b *inbox) take(ctx context.Context, ids []int64, jobs []*job) (fresh []*job, err error) {
	err = b.store.Update(ctx, func(tx storage.Tx) error {
		fresh = nil
		h, err := b.past(tx)
		if err != nil {
			return err
		}
		unknown := map[int64]bool{}
		for _, id := range ids {
			unknown[id] = h.add(id)
		}
		for _, j := range jobs {
			if !unknown[j.Update] {
				continue
			}
			unknown[j.Update] = false
			if err := b.rows.Put(tx, j.key(), *j); err != nil {
				return err
			}
			fresh = append(fresh, j)
		}
		return b.had.Put(tx, "all", h)
	})
	if err != nil {
		return nil, fmt.Errorf("telegram: put into the inbox: %w", err)
	}
	return fresh, nil
}

func (b *inbox) past(r storage.Reader) (had, error) {
	row, err := b.had.Get(r, "all")
	if err != nil && !isMissing(err) {
		return had{}, err
	}
	return row.Value, nil
}

// waiting are the jobs that an earlier run has left, oldest first. Those that were
// tried too often are parked, and those that are older than Telegram itself would keep
// them are dropped: late counts both.
func (b *inbox) waiting(ctx context.Context, now time.Time) (jobs []*job, late int, err error) {
	var over []*job
	err = b.store.View(ctx, func(r storage.Reader) error {
		jobs, over = nil, nil
		for row, err := range b.rows.All(r, "", "") {
			if err != nil {
				return err
			}
			j := &row.Value
			if j.left = true; j.Tries >= maxTries || now.Sub(j.At) > maxAge {
				over = append(over, j)
			} else {
				jobs = append(jobs, j)
			}
		}
		return nil
	})
	for _, j := range over {
		if err == nil {
			err = b.store.Update(ctx, func(tx storage.Tx) error { return b.bury(tx, j, now) })
		}
	}
	return jobs, len(over), err
}

func (b *inbox) bury(tx storage.Tx, j *job, now time.Time) error {
	if j.Tries >= maxTries {
		return b.put(tx, j, now)
	}
	return b.drop(tx, j)
}

// try counts that a job is begun which an earlier run has left: it may be what ended
// that run.
func (b *inbox) try(ctx context.Context, j *job) error {
	j.Tries++
	err := b.store.Update(ctx, func(tx storage.Tx) error { return b.rows.Put(tx, j.key(), *j) })
	if err != nil {
		return fmt.Errorf("telegram: count a try: %w", err)
	}
	return nil
}

func (b *inbox) put(tx storage.Tx, j *job, now time.Time) error {
	if err := b.parked.Put(tx, j.key(), parked{At: now}); err != nil {
		return err
	}
	return b.rows.Delete(tx, j.key())
}

// drop takes the job out. It travels in the transaction of the job's effect.
func (b *inbox) drop(tx storage.Tx, j *job) error { return b.rows.Delete(tx, j.key()) }

// done takes the job out, if its effect has not done so.
func (b *inbox) done(ctx context.Context, j *job) error {
	return b.finish(ctx, j, func(tx storage.Tx) error { return b.drop(tx, j) })
}

// park puts the job aside, if it is there still.
func (b *inbox) park(ctx context.Context, j *job, now time.Time) error {
	return b.finish(ctx, j, func(tx storage.Tx) error { return b.put(tx, j, now) })
}

func (b *inbox) finish(ctx context.Context, j *job, end func(storage.Tx) error) error {
	there := false
	err := b.store.View(ctx, func(r storage.Reader) error {
		_, err := r.Get(b.rows.Bucket, []byte(j.key()))
		there = err == nil
		if isMissing(err) {
			return nil
		}
		return err
	})
	if err == nil && there {
		err = b.store.Update(ctx, end)
	}
	if err != nil {
		return fmt.Errorf("telegram: take out of the inbox: %w", err)
	}
	return nil
}
