package discord_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"peerbot/bot"
	"peerbot/bot/bottest"
	"peerbot/bot/discord"
	"peerbot/bot/discord/discordtest"
	"peerbot/chat"
	"peerbot/outbox"
	"peerbot/storage"
)

var _ bot.Pacer = (*discord.Discord)(nil)

const postRoute = "POST /channels/{channel_id}/messages"

// post puts a letter into the outbox, for each address one; no two can be joined.
func (f *fire) post(box *outbox.Outbox, class outbox.Class, to ...chat.Address) {
	f.t.Helper()
	for from := 0; from < len(to); from += 20 {
		err := f.store.Update(f.t.Context(), func(tx storage.Tx) error {
			for i := from; i < min(from+20, len(to)); i++ {
				if err := box.Post(tx, letter(i, to[i], class)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			f.t.Fatal(err)
		}
	}
}

func letter(i int, to chat.Address, class outbox.Class) outbox.Letter {
	words := fmt.Sprintf("Letter %d.", i)
	m := chat.Message{Body: chat.Words(words), Lang: "en", Offers: [][]chat.Offer{{
		{Label: chat.Words("I am coming"), Path: []string{"echo"}, Bound: []chat.Arg{fireText.Is(words)}},
	}}}
	return outbox.Letter{
		ID: words, To: to, Home: "home", Message: m, Class: class, Late: chat.Words("Late:"),
		NotBefore: time.Now(), NotAfter: time.Now().Add(time.Hour),
	}
}

// pump runs an outbox over a store, with the whole engine before the adapter.
func (f *fire) pump(store storage.Store) (box *outbox.Outbox, stop func()) {
	f.t.Helper()
	log := slog.New(slog.NewTextHandler(f.log, nil))
	router, err := bot.NewRouter(bot.RouterConfig{
		Tree: fireTree(), Store: store, Vault: f.vault, Words: bottest.Words{}, Directory: f, Menu: []string{"echo"},
		Limits: []bot.Limits{f.Limits()}, Log: log, Rand: rand.NewChaCha8([32]byte{}),
	})
	if err != nil {
		f.t.Fatal(err)
	}
	engine := bot.New(router, []bot.Platform{f.Discord}, log)
	box = outbox.New(store, f.vault, log)
	ctx, cancel := context.WithCancel(f.t.Context())
	done := make(chan error, 1)
	settled := map[outbox.Class]outbox.Settled{}
	for _, c := range []outbox.Class{outbox.Safety, outbox.Exact, outbox.Early, outbox.Digest} {
		settled[c] = func(storage.Tx, time.Time, outbox.Receipt) error { return nil }
	}
	go func() { done <- box.Run(ctx, engine, settled) }()
	return box, func() {
		cancel()
		<-done
	}
}

// Know is part of bot.Directory.
func (f *fire) Know(context.Context, *chat.Call) error { return nil }

// spread are n addresses: the first hot share of them are in so many hot rooms, and
// the others each in one of their own.
func (f *fire) spread(n, hot, rooms int) (to []chat.Address, hottest int) {
	for i := range n {
		name := fmt.Sprint("room ", i)
		if i < hot {
			name = fmt.Sprint("hot ", i%rooms)
		}
		if f.ChannelID("", name) == "" {
			f.AddRoom(name)
		}
		to = append(to, f.room(name))
	}
	if rooms == 0 {
		return to, 1
	}
	return to, (hot + rooms - 1) / rooms
}

// delivered wants each letter to be seen once, and tells when the last one came.
func (f *fire) delivered(to []chat.Address, within time.Duration) (took time.Duration) {
	f.t.Helper()
	began := time.Now()
	for f.Requests(postRoute) < len(to) && time.Since(began) < within {
		f.settle(50 * time.Millisecond)
	}
	took = time.Since(began)
	f.settle(time.Minute)
	f.once(len(to))
	return took
}

// once wants n letters to be seen, each once.
func (f *fire) once(n int) {
	f.t.Helper()
	seen := map[string]int{}
	for _, m := range f.Everything() {
		seen[m.Content]++
	}
	for i := range n {
		words := fmt.Sprintf("Letter %d.", i)
		if late := seen["Late:\n"+words] + seen["Late: "+words]; seen[words]+late != 1 {
			f.t.Errorf("%q is seen %d times, and late %d times", words, seen[words], late)
			return
		}
	}
}

// TestThousandLetters: a thousand letters that are due at once take hardly longer than
// Discord's own limits, and not one request is too many. Each takes 100 ms.
func TestThousandLetters(t *testing.T) {
	tests := []struct {
		name       string
		hot, rooms int
		private    bool
	}{
		{"a room each", 0, 0, false},
		{"ten hot rooms", 200, 10, false},
		{"one hot room", 50, 1, false},
		{"a person each", 0, 0, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			underFire(t, discordtest.Options{}, func(f *fire) {
				const n = 1000
				to, hottest := f.spread(n, test.hot, test.rooms)
				if test.private {
					for i := range to {
						to[i] = f.private(fmt.Sprint("person ", i))
					}
				}
				f.Fail(discordtest.Fault{Times: -1, Delay: 100 * time.Millisecond})
				box, stop := f.pump(f.store)
				defer stop()
				before := f.Counts().Requests
				f.post(box, outbox.Exact, to...)
				took := f.delivered(to, 10*time.Minute)
				c := f.Counts()
				floor := max(time.Duration(c.Requests-before)*time.Second/50, time.Duration((hottest-1)/5)*5*time.Second)
				t.Logf("%v, %.3f × the floor of %v", took, took.Seconds()/floor.Seconds(), floor)
				if c.TooMany > 0 {
					t.Errorf("%d requests were too many", c.TooMany)
				}
				if took > floor*105/100 {
					t.Errorf("%v is more than 1.05 × the floor of %v", took, floor)
				}
			})
		})
	}
}

// TestThousandLettersJoined: ten letters for each of a hundred rooms go in few messages.
func TestThousandLettersJoined(t *testing.T) {
	underFire(t, discordtest.Options{}, func(f *fire) {
		const n = 1000
		to, _ := f.spread(n, n, 100)
		f.Fail(discordtest.Fault{Times: -1, Delay: 100 * time.Millisecond})
		box, stop := f.pump(f.store)
		defer stop()
		began, before := time.Now(), f.Counts().Requests
		for i, to := range to {
			l := letter(i, to, outbox.Exact)
			l.Message.Offers = nil
			if err := f.store.Update(f.t.Context(), func(tx storage.Tx) error { return box.Post(tx, l) }); err != nil {
				t.Fatal(err)
			}
		}
		f.settle(time.Minute)
		came, took := 0, time.Duration(0)
		for _, m := range f.Everything() {
			came += strings.Count(m.Content, "Letter ")
			took = max(took, m.Sent.Sub(began))
		}
		floor := n * time.Second / 50
		t.Logf("%d requests, %v, %.3f × the floor of %v", f.Counts().Requests-before, took, took.Seconds()/floor.Seconds(), floor)
		if came != n || took > floor/4 || f.Counts().TooMany > 0 {
			t.Errorf("%d came in %v, %d requests were too many", came, took, f.Counts().TooMany)
		}
	})
}

// Answers do not wait behind letters.
func TestAnswersPassLetters(t *testing.T) {
	underFire(t, discordtest.Options{}, func(f *fire) {
		to, _ := f.spread(500, 0, 0)
		box, stop := f.pump(f.store)
		defer stop()
		f.post(box, outbox.Exact, to...)
		f.settle(time.Second)
		i := f.echo("ana")
		f.settle(10 * time.Millisecond)
		select {
		case <-i.Done():
		default:
			t.Error("an answer waits behind letters")
		}
		f.settle(time.Minute)
	})
}

// mortal is a store that can be killed: nothing is written any more.
type mortal struct {
	storage.Store
	dead atomic.Bool
}

var errKilled = errors.New("killed")

func (m *mortal) Update(ctx context.Context, fn func(storage.Tx) error) error {
	if m.dead.Load() {
		return errKilled
	}
	return m.Store.Update(ctx, fn)
}

// Killed in the middle of sending and started again within the time for which Discord
// remembers, no letter is lost and none comes twice; nor when Discord takes a message
// and says that it failed.
func TestNothingTwiceAcrossAKill(t *testing.T) {
	for _, fault := range []discordtest.Fault{
		{Route: postRoute, Times: 100, Status: http.StatusServiceUnavailable, After: true},
		{Route: postRoute, Times: 100, Status: http.StatusBadGateway, After: true},
		{Route: postRoute, Times: 100, Cut: true},
		{Route: postRoute, Times: 300, Delay: 300 * time.Millisecond},
	} {
		underFire(t, discordtest.Options{}, func(f *fire) {
			const n = 300
			to, _ := f.spread(n, 0, 0)
			f.Fail(fault)
			life := &mortal{Store: f.store}
			box, stop := f.pump(life)
			f.post(box, outbox.Exact, to...)
			for range 3 {
				f.settle(1500 * time.Millisecond)
				life.dead.Store(true)
				stop()
				f.stop()
				life = &mortal{Store: f.store}
				f.start()
				_, stop = f.pump(life)
			}
			f.Mend()
			f.settle(30 * time.Minute)
			stop()
			f.once(n)
			if f.Requests(postRoute) == n {
				t.Error("no letter was sent a second time: nothing was tried")
			}
		})
	}
}
