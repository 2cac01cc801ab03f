package outbox_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"peerbot/chat"
	"peerbot/outbox"
	"peerbot/storage/bolt"
)

// paced answers as a platform does that takes 49 messages a second, one a second of a
// room, and needs 100 ms for each.
func paced() func(context.Context, chat.Address, string) error {
	var mu sync.Mutex
	free := map[string]time.Time{}
	turn := func(of string, gap time.Duration) {
		mu.Lock()
		at := time.Now()
		if free[of].After(at) {
			at = free[of]
		}
		free[of] = at.Add(gap)
		mu.Unlock()
		time.Sleep(time.Until(at))
	}
	return func(_ context.Context, to chat.Address, _ string) error {
		turn(to.Room, time.Second)
		turn("", time.Second/49)
		time.Sleep(100 * time.Millisecond)
		return nil
	}
}

// TestKeepsUpWithThePlatform: what is due at once takes hardly longer than the
// platform's own pace. A room that gets much more than others gets it in few messages.
func TestKeepsUpWithThePlatform(t *testing.T) {
	tests := []struct {
		name string
		room func(i int) string
	}{
		{"a room each", func(i int) string { return fmt.Sprint(i) }},
		{"ten hot rooms", func(i int) string {
			if i%10 == 0 {
				return fmt.Sprint("hot", i%100)
			}
			return fmt.Sprint(i)
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				h, p := newHouse(t), newPlatform(t)
				p.answer = paced()
				for i := range 1000 {
					h.post(note(fmt.Sprint(i), tt.room(i), minute()))
				}
				stop := h.run(p)
				pass(5 * time.Minute)
				stop()
				got := p.all()
				floor := time.Second * 1000 / 49
				if last := got[len(got)-1].At; len(h.told) != 1000 || last > floor*105/100 {
					t.Errorf("%d in %d messages took %v, %.3f of the platform's own %v", len(h.told), len(got), last, last.Seconds()/floor.Seconds(), floor)
				}
			})
		})
	}
}

// BenchmarkDeliver is what the outbox itself takes for 1,000 letters, posted by 32 at
// once and delivered, on disk: with nothing else in the store, and with 100,000 letters
// that wait (a hundredth of them without PEERBOT_FULL=1).
func BenchmarkDeliver(b *testing.B) {
	waiting := 100_000
	if os.Getenv("PEERBOT_FULL") == "" {
		waiting /= 100
	}
	for _, waiting := range []int{0, waiting} {
		b.Run(fmt.Sprintf("waiting=%d", waiting), func(b *testing.B) {
			store, err := bolt.Open(filepath.Join(b.TempDir(), "store"), bolt.Options{})
			if err != nil {
				b.Fatal(err)
			}
			h := openHouse(b, store)
			var arriving sync.WaitGroup
			stop := h.run(senderFunc(arriving.Done))
			for h.Alive().IsZero() {
				time.Sleep(time.Millisecond)
			}
			h.letters("waiting", waiting, due(time.Hour, 2*time.Hour), class(outbox.Safety))
			b.ResetTimer()
			for i := range b.N {
				arriving.Add(1000)
				h.letters(fmt.Sprint("letter ", i), 1000)
				arriving.Wait()
			}
			b.ReportMetric(1000*float64(b.N)/b.Elapsed().Seconds(), "letters/s")
			stop()
			if err := store.Close(); err != nil {
				b.Error(err)
			}
		})
	}
}

// letters posts n letters, 32 at once, each to a room of its own.
func (h *house) letters(name string, n int, change ...func(*outbox.Letter)) {
	var group sync.WaitGroup
	var next atomic.Int64
	for range 32 {
		group.Go(func() {
			for i := next.Add(1); i <= int64(n); i = next.Add(1) {
				h.post(note(fmt.Sprint(name, i), fmt.Sprint(i), change...))
			}
		})
	}
	group.Wait()
}

type senderFunc func()

func (f senderFunc) Send(context.Context, chat.Address, string, chat.Message) (string, error) {
	f()
	return "", nil
}
