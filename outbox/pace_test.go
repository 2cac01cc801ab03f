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

// paced is a platform that takes so many messages a second, one a second of a room, and
// needs 100 ms for each.
type paced struct {
	*platform
	rate int

	turns sync.Mutex
	next  map[string]time.Time // next is when a room takes another one; "" is the whole platform.
}

func newPaced(t *testing.T, rate int) *paced {
	p := &paced{platform: newPlatform(t), rate: rate, next: map[string]time.Time{}}
	p.answer = func(_ context.Context, to chat.Address, _ string) error {
		p.turn(to.Room, time.Second)
		p.turn("", time.Second/time.Duration(rate))
		time.Sleep(100 * time.Millisecond)
		return nil
	}
	return p
}

func (p *paced) turn(of string, gap time.Duration) {
	p.turns.Lock()
	at := time.Now()
	if p.next[of].After(at) {
		at = p.next[of]
	}
	p.next[of] = at.Add(gap)
	p.turns.Unlock()
	time.Sleep(time.Until(at))
}

func (p *paced) Free(to chat.Address) time.Time {
	p.turns.Lock()
	defer p.turns.Unlock()
	return p.next[to.Room]
}

// TestKeepsUpWithThePlatform: what is due at once takes hardly longer than the
// platform's own pace, also where some rooms get much more than others, and a fraction
// of that where letters can be joined.
func TestKeepsUpWithThePlatform(t *testing.T) {
	each := func(i int) string { return fmt.Sprint(i) }
	hot := func(rooms int) func(i int) string { // a fifth of all letters in so many rooms
		return func(i int) string {
			if i%5 == 0 {
				return fmt.Sprint("hot", i/5%rooms)
			}
			return fmt.Sprint(i)
		}
	}
	tests := []struct {
		name    string
		rate    int
		room    func(i int) string
		buttons bool
		reach   float64 // reach is the makespan, as a part of the platform's own floor.
	}{
		{"a room each", 49, each, true, 1.05},
		{"ten hot rooms", 49, hot(10), true, 1.05},
		{"one hot room, joined", 49, hot(1), false, 1},
		{"a room each, slower", 29, each, true, 1.05},
		{"six hot rooms, slower", 29, hot(6), true, 1.05},
		{"forty hot rooms, slower", 29, hot(40), true, 1.05},
		{"a hundred rooms, joined", 49, func(i int) string { return fmt.Sprint(i % 100) }, false, 0.25},
		{"a hundred rooms, joined, slower", 29, func(i int) string { return fmt.Sprint(i % 100) }, false, 0.25},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				h, p := newHouse(t), newPaced(t, tt.rate)
				for i := range 1000 {
					l := note(fmt.Sprint(i), tt.room(i), minute())
					if tt.buttons {
						l.Message.Offers = [][]chat.Offer{{{Path: []string{"look"}}}}
					}
					h.post(l)
				}
				stop := h.run(p)
				pass(5 * time.Minute)
				stop()
				got := p.all()
				floor := time.Second * 1000 / time.Duration(tt.rate)
				last := got[len(got)-1].At
				t.Logf("%d messages took %v, %.3f of the floor", len(got), last, last.Seconds()/floor.Seconds())
				if len(h.told) != 1000 || last.Seconds() > tt.reach*floor.Seconds() {
					t.Errorf("%d letters in %d messages took %v, not %.2f of the platform's own %v", len(h.told), len(got), last, tt.reach, floor)
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
