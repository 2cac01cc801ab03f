package telegram_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"peerbot/bot"
	"peerbot/bot/bottest"
	"peerbot/bot/telegram"
	"peerbot/bot/telegram/telegramtest"
	"peerbot/chat"
	"peerbot/storage"
	"peerbot/storage/bolt"
)

// waited counts the commits that somebody waits for.
type waited struct {
	storage.Store
	commits atomic.Int64
}

func (w *waited) Update(ctx context.Context, fn func(storage.Tx) error) error {
	w.commits.Add(1)
	return w.Store.Update(ctx, fn)
}

// A saving command waits for two commits: that it was taken, and its effect.
func TestWaitsForTwoCommits(t *testing.T) {
	inBubble(t, telegramtest.Options{}, func(h *house) {
		h.Meet("ana", true)
		store := &waited{Store: h.store}
		_, stop := h.live(store, h.Dial)
		defer stop()
		h.Say("ana", "ana", "/mark 0") // the first one opens the chat
		settle(time.Minute)
		before := store.commits.Load()
		for i := range 10 {
			h.Say("ana", "ana", fmt.Sprint("/mark ", 1+i))
			settle(time.Minute)
		}
		if n := store.commits.Load() - before; n != 20 {
			t.Errorf("10 commands waited for %d commits", n)
		}
	})
}

// mute is the Router with a watch, whose replies nobody sees: Telegram takes 30 messages
// a second at most, whatever the bot can do.
type mute struct {
	bot.Handler
	took []time.Duration
	due  func(n int) time.Time
	done sync.WaitGroup
}

func (m *mute) Call(ctx context.Context, c *chat.Call) chat.Reply {
	m.Handler.Call(ctx, c)
	words := strings.Fields(c.Text)
	if n, err := strconv.Atoi(words[len(words)-1]); err == nil {
		m.took[n] = time.Since(m.due(n))
		m.done.Done()
	}
	return chat.Reply{}
}

// BenchmarkLatency is how long a saving command takes from the moment when somebody has
// sent it to its effect, at 500 a second with 5 ms added to each fsync, of which a commit
// has two, and how many commits it waits for; beside the effect alone.
func BenchmarkLatency(b *testing.B) {
	const rate, people, slower = 500, 500, 5 * time.Millisecond
	n := rate * 10
	if os.Getenv("PEERBOT_FULL") == "" {
		n /= 10
	}
	file, err := bolt.Open(filepath.Join(b.TempDir(), "x.db"), bolt.Options{Sync: func() error { time.Sleep(slower); return nil }})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	store := &waited{Store: file}
	s := telegramtest.New(telegramtest.Options{Forget: true})
	defer s.Close()
	for b.Loop() {
		bare := steadily(n, rate, func(i int) {
			if err := store.Update(b.Context(), func(tx storage.Tx) error { return tx.Put(marks, fmt.Append(nil, "bare ", i), nil) }); err != nil {
				b.Error(err)
			}
		})
		m, stop := muted(b, s, store)
		for i := range people {
			s.Meet(fmt.Sprint("person ", i), true)
			s.Say(fmt.Sprint("person ", i), fmt.Sprint("person ", i), "/mark never") // opens the chat
		}
		for s.Counts().Pending > 0 {
			time.Sleep(10 * time.Millisecond)
		}
		time.Sleep(time.Second)
		before := store.commits.Load()
		began := time.Now()
		m.took, m.due = make([]time.Duration, n), func(i int) time.Time { return began.Add(time.Duration(i) * time.Second / rate) }
		m.done.Add(n)
		for i := range n {
			time.Sleep(time.Until(m.due(i)))
			who := fmt.Sprint("person ", i%people)
			s.Say(who, who, fmt.Sprint("/mark ", i))
		}
		m.done.Wait()
		commits := store.commits.Load() - before
		stop()
		slices.Sort(bare)
		slices.Sort(m.took)
		b.ReportMetric(float64(bare[n*99/100].Microseconds())/1000, "bare-p99-ms")
		b.ReportMetric(float64(m.took[n/2].Microseconds())/1000, "p50-ms")
		b.ReportMetric(float64(m.took[n*99/100].Microseconds())/1000, "p99-ms")
		b.ReportMetric(float64(commits)/float64(n), "commits/command")
	}
}

// muted runs the adapter over TCP with the engine behind it.
func muted(b *testing.B, s *telegramtest.Server, store storage.Store) (m *mute, stop func()) {
	api, err := s.Listen()
	if err != nil {
		b.Fatal(err)
	}
	vault, err := storage.NewVault(make([]byte, storage.KeySize))
	if err != nil {
		b.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	tg, err := telegram.New(telegram.Options{Token: telegramtest.Token, API: api, Words: bottest.Words{}, Store: store, Vault: vault, Log: log})
	if err != nil {
		b.Fatal(err)
	}
	router, err := bot.NewRouter(bot.RouterConfig{
		Tree: tree(store), Store: store, Vault: vault, Words: bottest.Words{}, Directory: everybody{}, Menu: []string{"menu"},
		Limits: []bot.Limits{tg.Limits()}, Log: log, Rand: rand.NewChaCha8([32]byte{}),
		PerPerson: bot.Rate{Every: time.Millisecond, Burst: 10_000}, PerRoom: bot.Rate{Every: time.Millisecond, Burst: 10_000},
	})
	if err != nil {
		b.Fatal(err)
	}
	tg.Publish(tree(store))
	m = &mute{Handler: router}
	ctx, cancel := context.WithCancel(b.Context())
	done := make(chan error, 1)
	go func() { done <- tg.Run(ctx, m) }()
	return m, func() {
		cancel()
		if err := <-done; err != nil {
			b.Error(err)
		}
	}
}

// steadily does n things, so many a second, and returns how long each took.
func steadily(n, rate int, do func(i int)) []time.Duration {
	took := make([]time.Duration, n)
	began := time.Now()
	var all sync.WaitGroup
	for i := range n {
		due := began.Add(time.Duration(i) * time.Second / time.Duration(rate))
		time.Sleep(time.Until(due))
		all.Go(func() {
			do(i)
			took[i] = time.Since(due)
		})
	}
	all.Wait()
	return took
}
