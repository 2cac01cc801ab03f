// Package clock decides whether the wall clock can be trusted. A computer that starts
// without a battery, wakes from sleep or is put right by its operator may show a time
// that is hours off; nothing may be called late, stale or due on its word alone.
//
// The Guard compares three things: the wall clock with the monotonic one, with the last
// time that the store remembers, and with witnesses, the dates that platforms send in
// their answers. It sets no clock, asks no time server and sends nothing.
package clock

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"peerbot/storage"
)

// Near is how far two clocks may be apart and still agree.
const Near = 5 * time.Minute

// Patience is how long a clock that nobody vouches for has to keep step with the
// monotonic one before it is believed. Time servers have put it right by then.
const Patience = time.Minute

// beat is how often the time is written down.
const beat = time.Minute

const bucket storage.Bucket = "clock"

var seenKey = []byte("seen")

// Guard watches the wall clock. It is safe for concurrent use.
type Guard struct {
	store storage.Store
	log   *slog.Logger
	born  time.Time // born anchors the monotonic clock.

	mu    sync.Mutex
	judge judge
}

// Open reads when the store was last in use. The store of a first start has never
// been, and then the clock is believed.
func Open(ctx context.Context, store storage.Store, log *slog.Logger) (*Guard, error) {
	var seen time.Time
	err := store.View(ctx, func(r storage.Reader) (err error) {
		seen, err = Seen(r)
		return err
	})
	if err != nil {
		return nil, err
	}
	g := &Guard{store: store, log: log, born: time.Now()}
	g.say(g.judge.start(g.reading(g.born), seen))
	return g, nil
}

// Seen is the last time at which a Guard trusted the clock over this store, to the
// minute; zero when none ever did.
func Seen(r storage.Reader) (time.Time, error) {
	value, err := r.Get(bucket, seenKey)
	if errors.Is(err, storage.ErrNotFound) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("clock: read when the store was last in use: %w", err)
	}
	seen, err := time.Parse(time.RFC3339, string(value))
	if err != nil {
		return time.Time{}, fmt.Errorf("clock: read when the store was last in use: %w", err)
	}
	return seen, nil
}

// Steady takes a reading and reports whether the wall clock can be trusted. now comes
// straight from time.Now, so that it carries the monotonic clock too.
func (g *Guard) Steady(now time.Time) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.say(g.judge.look(g.reading(now)))
	return g.judge.trusted
}

// Witness tells what time a platform says it is, received at now. One that agrees
// settles every doubt; one that disagrees holds everything until one agrees.
func (g *Guard) Witness(now, said time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.say(g.judge.hear(g.reading(now), said))
}

// Run takes a reading every minute until ctx ends, and writes down the time while it
// is trusted. A failure to write is logged and no reason to stop.
func (g *Guard) Run(ctx context.Context) error {
	tick := time.NewTicker(beat)
	defer tick.Stop()
	for {
		if now := time.Now(); g.Steady(now) {
			if err := g.write(ctx, now); err != nil && ctx.Err() == nil {
				g.log.Error("the time could not be written down", "err", err)
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

func (g *Guard) write(ctx context.Context, now time.Time) error {
	return g.store.Update(ctx, func(tx storage.Tx) error {
		return tx.Put(bucket, seenKey, []byte(now.UTC().Format(time.RFC3339)))
	})
}

func (g *Guard) reading(now time.Time) reading {
	return reading{wall: now.Round(0), mono: now.Sub(g.born)}
}

// say logs what a reading changed.
func (g *Guard) say(v verdict) {
	switch v.kind {
	case mended:
		g.log.Info("the clock can be trusted again")
	case jumped:
		g.log.Warn("the clock jumped, or nobody looked at it for a while: nothing is sent or called late until it has kept step for a minute or a platform confirms it", "off", v.off.Round(time.Second))
	case behind:
		g.log.Error("the clock is before the time at which this store was last in use: please check the computer's date; nothing is sent or called late until it has kept step for a minute or a platform confirms it", "off", v.off.Round(time.Second))
	case contradicted:
		g.log.Error("a platform says that it is another time: please check the computer's date; nothing is sent or called late until a platform agrees", "off", v.off.Round(time.Second))
	}
}
