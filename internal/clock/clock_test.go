package clock_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"peerbot/internal/clock"
	"peerbot/storage"
	"peerbot/storage/mem"
)

// start opens a Guard and runs it until the returned function is called.
func start(t *testing.T, store storage.Store) (*clock.Guard, *strings.Builder, func()) {
	t.Helper()
	var said strings.Builder
	ctx, cancel := context.WithCancel(t.Context())
	g, err := clock.Open(ctx, store, slog.New(slog.NewTextHandler(&said, nil)))
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	go func() { done <- g.Run(ctx) }()
	synctest.Wait()
	return g, &said, func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

func TestGuardRemembersWhenTheStoreWasInUse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := mem.New()
		g, _, stop := start(t, store)
		if !g.Steady(time.Now()) {
			t.Error("a first start is not believed")
		}
		time.Sleep(10*time.Minute + time.Second)
		stop()
		want := time.Now().Add(-time.Second)
		err := store.View(t.Context(), func(r storage.Reader) error {
			if seen, err := clock.Seen(r); err != nil || !seen.Equal(want) {
				t.Errorf("seen %v, want %v (%v)", seen, want, err)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestGuardAfterARestart(t *testing.T) {
	tests := []struct {
		name string
		down time.Duration
		want bool
		says string
	}{
		{"a short one", 4 * time.Minute, true, ""},
		{"a long one", time.Hour, false, "jumped"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				store := mem.New()
				_, _, stop := start(t, store)
				stop()
				time.Sleep(tt.down)
				g, said, stop := start(t, store)
				if got := g.Steady(time.Now()); got != tt.want {
					t.Errorf("steady %v, want %v", got, tt.want)
				}
				time.Sleep(clock.Patience + time.Second)
				if !g.Steady(time.Now()) {
					t.Error("still in doubt after a minute")
				}
				stop()
				if !strings.Contains(said.String(), tt.says) {
					t.Errorf("said %q, not %q", said, tt.says)
				}
			})
		})
	}
}

func TestGuardNeverWritesDownADoubtfulTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := mem.New()
		g, said, stop := start(t, store)
		before := time.Now()
		time.Sleep(30 * time.Second)
		g.Witness(time.Now(), time.Now().Add(time.Hour))
		time.Sleep(time.Hour)
		if g.Steady(time.Now()) {
			t.Error("steady against a witness")
		}
		stop()
		if !strings.Contains(said.String(), "a platform says") {
			t.Errorf("said %q", said)
		}
		err := store.View(t.Context(), func(r storage.Reader) error {
			if seen, err := clock.Seen(r); err != nil || !seen.Equal(before) {
				t.Errorf("seen %v, want %v (%v)", seen, before, err)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
}
