package discord_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"peerbot/bot"
	"peerbot/bot/bottest"
	"peerbot/bot/discord"
	"peerbot/bot/discord/discordtest"
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

// anybody is a Directory in which all are members.
type anybody struct{}

func (anybody) Know(_ context.Context, c *chat.Call) error {
	c.Member, c.Home = "member "+c.From.ID, "home "+c.At.Space
	c.Role |= chat.Member
	return nil
}

// BenchmarkLatency is how long a saving command takes from the moment when somebody has
// sent it to its answer, at 500 a second with 5 ms added to each fsync, of which a commit
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
	save := func(ctx context.Context, key string) error {
		return store.Update(ctx, func(tx storage.Tx) error { return tx.Put("saved", []byte(key), nil) })
	}
	for b.Loop() {
		s := discordtest.New(discordtest.Options{Unlimited: true})
		stop := saving(b, s, store, save)
		bare := steadily(n, rate, func(i int) {
			if err := save(b.Context(), fmt.Sprint("bare ", i)); err != nil {
				b.Error(err)
			}
		})
		say := func(i int) {
			in, err := s.Command(fmt.Sprint("person ", i%people), "hall", []string{"save"}, map[string]string{"text": "tea"})
			if err != nil {
				b.Error(err)
				return
			}
			<-in.Done()
		}
		steadily(people, rate, say)
		before := store.commits.Load()
		took := steadily(n, rate, say)
		commits := store.commits.Load() - before
		stop()
		slices.Sort(bare)
		slices.Sort(took)
		b.ReportMetric(float64(bare[n*99/100].Microseconds())/1000, "bare-p99-ms")
		b.ReportMetric(float64(took[n/2].Microseconds())/1000, "p50-ms")
		b.ReportMetric(float64(took[n*99/100].Microseconds())/1000, "p99-ms")
		b.ReportMetric(float64(commits)/float64(n), "commits/command")
	}
}

// saving runs the adapter over TCP with the engine behind it, and a command that saves.
func saving(b *testing.B, s *discordtest.Server, store storage.Store, save func(context.Context, string) error) (stop func()) {
	if err := s.Listen(); err != nil {
		b.Fatal(err)
	}
	vault, err := storage.NewVault(make([]byte, storage.KeySize))
	if err != nil {
		b.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	d, err := discord.New(discord.Options{Token: s.Token(), API: s.URL(), Words: bottest.Words{}, Store: store, Vault: vault, Log: log})
	if err != nil {
		b.Fatal(err)
	}
	tree := []chat.Command{{Name: "save", Options: []chat.Param{fireText}, Run: func(ctx context.Context, c *chat.Call) (chat.Reply, error) {
		return chat.Reply{Body: chat.Words("Saved.")}, save(ctx, c.ID)
	}}}
	router, err := bot.NewRouter(bot.RouterConfig{
		Tree: tree, Store: store, Vault: vault, Words: bottest.Words{}, Directory: anybody{}, Menu: []string{"save"},
		Limits: []bot.Limits{d.Limits()}, Log: log, Rand: rand.NewChaCha8([32]byte{}),
		PerPerson: bot.Rate{Every: time.Millisecond, Burst: 10_000}, PerRoom: bot.Rate{Every: time.Nanosecond, Burst: 1e9},
	})
	if err != nil {
		b.Fatal(err)
	}
	d.Publish(tree)
	ctx, cancel := context.WithCancel(b.Context())
	done := make(chan error, 1)
	go func() { done <- d.Run(ctx, router) }()
	for !s.Connected() || s.Requests("PUT /applications/{application_id}/commands") == 0 {
		time.Sleep(time.Millisecond)
	}
	time.Sleep(100 * time.Millisecond)
	return func() {
		cancel()
		if err := <-done; err != nil {
			b.Error(err)
		}
		s.Close()
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
