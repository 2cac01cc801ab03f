package wire

import (
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// counter is a server that counts what comes too fast, by the limits as published.
type counter struct {
	mu   sync.Mutex
	sent map[int64][]time.Time
	all  []time.Time
	over int
}

func (c *counter) RoundTrip(r *http.Request) (*http.Response, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now, chat := time.Now(), r.Context().Value(laneKey{}).(Lane).Chat
	if since(c.all, now, time.Second) >= 30 || since(c.sent[chat], now, time.Second) >= 1 ||
		chat < 0 && since(c.sent[chat], now, time.Minute) >= 20 {
		c.over++
	}
	c.all, c.sent[chat] = append(c.all, now), append(c.sent[chat], now)
	return &http.Response{}, nil
}

func since(all []time.Time, now time.Time, d time.Duration) (n int) {
	for _, at := range all {
		if now.Sub(at) < d {
			n++
		}
	}
	return n
}

// lanes is a pacer in front of a counter.
func lanes() (*counter, *pacer) {
	c := &counter{sent: map[int64][]time.Time{}}
	return c, newPacer(c)
}

func send(t *testing.T, p *pacer, l Lane) error {
	req, err := http.NewRequestWithContext(In(t.Context(), l), http.MethodPost, "http://x", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := p.RoundTrip(req)
	if resp != nil && resp.Body != nil {
		_ = resp.Body.Close()
	}
	return err
}

// Without the pacer Telegram refuses most of these.
func TestAThousandLettersAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, p := lanes()
		began := time.Now()
		var all sync.WaitGroup
		due := make(chan int64)
		for range 16 {
			all.Go(func() {
				for chat := range due {
					if err := send(t, p, Lane{Chat: chat}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		for i := range int64(1000) {
			due <- i + 1
		}
		close(due)
		all.Wait()
		floor := time.Second * 1000 / 30
		if took := time.Since(began); c.over > 0 || took > floor*105/100 {
			t.Errorf("%d came too fast, and it took %v of %v", c.over, took, floor)
		}
	})
}

func TestChatsAndGroupsHaveTheirOwnPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, p := lanes()
		for range 20 {
			_ = send(t, p, Lane{Chat: 5})
		}
		var full *Full
		sent := 0
		for range 100 {
			err := send(t, p, Lane{Chat: -5})
			if errors.As(err, &full) {
				time.Sleep(full.After)
				continue
			}
			sent++
		}
		if c.over > 0 || full == nil {
			t.Errorf("%d of %d came too fast; %v", c.over, sent, full)
		}
		if full.After > time.Minute || full.After <= longest {
			t.Errorf("a letter is told to come again after %v", full.After)
		}
	})
}

// A group that has had its letters has room left for a reply, which waits as long as it
// must where it has not.
func TestRepliesGoFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, p := lanes()
		for range inGroup - spared {
			if err := send(t, p, Lane{Chat: -5}); err != nil {
				t.Fatal(err)
			}
		}
		if err := send(t, p, Lane{Chat: -5}); err == nil {
			t.Error("a letter takes what is spared for a reply")
		}
		began := time.Now()
		if err := send(t, p, Lane{Chat: -5, Hurry: Reply}); err != nil || time.Since(began) > 2*time.Second {
			t.Errorf("a reply waits for %v, %v", time.Since(began), err)
		}
		if err := send(t, p, Lane{Chat: -5, Hurry: Reply}); err != nil || time.Since(began) < 30*time.Second || c.over > 0 {
			t.Errorf("the next one waits for %v, %v; %d came too fast", time.Since(began), err, c.over)
		}
		began = time.Now()
		if err := send(t, p, Lane{Chat: -5, Hurry: Now}); err != nil || time.Since(began) > 0 {
			t.Errorf("what is urgent waits for %v, %v", time.Since(began), err)
		}
	})
}

// Letters that wait let every reply pass that comes after them.
func TestLettersLetRepliesPass(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, p := lanes()
		var mu sync.Mutex
		var order []int64
		var all sync.WaitGroup
		for chat := range int64(inAll) {
			p.turn(&waiter{Lane: Lane{Chat: 1000 + chat, Hurry: Now}}, time.Now())
		}
		one := func(l Lane) {
			all.Go(func() {
				if err := send(t, p, l); err != nil {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				order = append(order, l.Chat)
			})
		}
		for chat := range int64(16) {
			one(Lane{Chat: 100 + chat})
		}
		synctest.Wait()
		for chat := range int64(8) {
			one(Lane{Chat: 1 + chat, Hurry: Reply})
		}
		all.Wait()
		for i, chat := range order {
			if (chat < 100) != (i < 8) {
				t.Errorf("the order is %v", order)
				break
			}
		}
	})
}

func TestTheDeadOfChatsAreForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, p := lanes()
		for chat := range int64(3 * remembered) {
			if p.turn(&waiter{Lane: Lane{Chat: chat, Hurry: Now}}, time.Now()); chat%1000 == 0 {
				time.Sleep(2 * time.Minute)
			}
		}
		if len(p.chats) > remembered+1000 {
			t.Errorf("%d chats are remembered", len(p.chats))
		}
	})
}

// A chat that the server wants to be left alone is left alone, and no other one is.
func TestWhatTheServerAsksForIsHeeded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, p := lanes()
		asked := refusal(429, 9, 0)
		p.heed(In(t.Context(), Lane{Chat: 5}), fmt.Errorf("wrapped: %w", &asked))
		began := time.Now()
		if err := send(t, p, Lane{Chat: 6}); err != nil || time.Since(began) > 0 {
			t.Errorf("another chat waits for %v, %v", time.Since(began), err)
		}
		if err := send(t, p, Lane{Chat: 5}); err != nil || time.Since(began) != 9*time.Second {
			t.Errorf("the chat waits for %v, %v", time.Since(began), err)
		}
	})
}
