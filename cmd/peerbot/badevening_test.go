package main

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"peerbot/config"
	"peerbot/storage"
)

// faulty is a store that fails now and then, before or after the work.
type faulty struct {
	storage.Store
	mu   sync.Mutex // mu guards dice.
	dice *rand.Rand
	on   atomic.Bool
}

var errBroken = errors.New("the disk makes a noise")

func (f *faulty) Update(ctx context.Context, fn func(storage.Tx) error) error {
	if f.fails() {
		return errBroken
	}
	return f.Store.Update(ctx, func(tx storage.Tx) error {
		if err := fn(tx); err != nil || !f.fails() {
			return err
		}
		return errBroken
	})
}

func (f *faulty) View(ctx context.Context, fn func(storage.Reader) error) error {
	if f.fails() {
		return errBroken
	}
	return f.Store.View(ctx, fn)
}

func (f *faulty) fails() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.on.Load() && f.dice.IntN(6) == 0
}

// TestABadEveningIsLoggedWithoutNames plays the evening over a store that fails all
// the time. The log tells of every kind of failure and of nobody; everyone is told
// in words that something failed, and nobody sees what is not theirs.
func TestABadEveningIsLoggedWithoutNames(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		broken := func(ctx context.Context, _ config.Config, _ *slog.Logger) (*kept, error) {
			s, err := openMemory(ctx)
			if err == nil {
				s.Store = &faulty{Store: s.Store, dice: rand.New(rand.NewPCG(1, 2))}
			}
			return s, err
		}
		s := perform(t, broken, testConfig(t))
		defer s.stop()
		time.Sleep(time.Second)
		s.p.store.Store.(*faulty).on.Store(true)
		for range 5 {
			for line := range strings.Lines(evening) {
				if !strings.Contains(line, "never saved") { // Where the next preview fails, [Save] would press this one.
					s.say(strings.TrimSpace(line))
				}
			}
			time.Sleep(20 * time.Hour)
		}
		for _, part := range []string{"call failed", "agenda", "outbox", errBroken.Error()} {
			if !strings.Contains(s.log.String(), part) {
				t.Errorf("the log never says %q, so nothing was tried out", part)
			}
		}
		seen := blocks(s.out.String())
		for _, c := range canaries {
			c.missing(t, map[string][]byte{"the log": []byte(s.log.String())})
			c.private(t, seen)
		}
	})
}
