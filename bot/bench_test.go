package bot_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"peerbot/bot"
	"peerbot/chat"
	"peerbot/commands"
	"peerbot/community/member"
	"peerbot/community/space"
	"peerbot/locales"
	"peerbot/storage"
	"peerbot/storage/bolt"
)

// rig is the whole pipeline with the real catalogue and the real Directory, over a store
// on disk, and a bare handler that makes the same change in the same store.
type rig struct {
	b      *testing.B
	store  *waited
	vault  *storage.Vault
	router *bot.Router
	calls  atomic.Int64
}

// waited counts the Updates that callers wait for.
type waited struct {
	storage.Store
	updates atomic.Int64
}

func (w *waited) Update(ctx context.Context, fn func(storage.Tx) error) error {
	w.updates.Add(1)
	return w.Store.Update(ctx, fn)
}

// newRig adds so much to each commit's second fsync.
func newRig(b *testing.B, slower time.Duration) *rig {
	b.Helper()
	syncs := 0
	o := bolt.Options{Sync: func() error {
		if syncs++; syncs%2 == 0 {
			time.Sleep(slower)
		}
		return nil
	}}
	s, err := bolt.Open(filepath.Join(b.TempDir(), "store", "bot.db"), o)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close() })
	vault, err := storage.NewVault(make([]byte, storage.KeySize))
	if err != nil {
		b.Fatal(err)
	}
	r := &rig{b: b, store: &waited{Store: s}, vault: vault}
	words, err := locales.Load()
	if err != nil {
		b.Fatal(err)
	}
	spaces := space.New(vault, space.Home{Zone: "Europe/London"})
	countries, err := space.LoadCountries(b.Context(), s, spaces)
	if err != nil {
		b.Fatal(err)
	}
	deps := commands.Deps{Store: s, Spaces: spaces, Members: member.New(vault), Countries: countries, Match: words.Match}
	r.router, err = bot.NewRouter(bot.RouterConfig{
		Tree:  []chat.Command{{Name: "remind", Options: []chat.Param{chat.String("what").Require()}, Run: r.save}},
		Store: r.store, Vault: vault, Words: words, Directory: commands.NewDirectory(deps), Limits: []bot.Limits{typed},
		Log: slog.New(slog.NewTextHandler(discard{}, nil)), PerRoom: bot.Rate{Every: time.Nanosecond, Burst: 1e9},
	})
	if err != nil {
		b.Fatal(err)
	}
	return r
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }

// save is what both do: one record under an id that follows from the call's.
func (r *rig) save(ctx context.Context, c *chat.Call) (chat.Reply, error) {
	err := r.store.Update(ctx, func(tx storage.Tx) error {
		return tx.Put("test.done", []byte(r.vault.ID("done", c.ID)), []byte(c.Args[0].Value))
	})
	return chat.Reply{Body: chat.Say("reminders.saved")}, err
}

// call is one of somebody who has not called before.
func (r *rig) call() *chat.Call {
	n := fmt.Sprint(r.calls.Add(1))
	return &chat.Call{
		ID: n, Text: "/remind tea", Time: noon, Lang: "en", At: chat.Address{Platform: "typed", Space: "house", Room: "hall"},
		From: chat.Person{Platform: "typed", ID: n},
	}
}

func (r *rig) bare(ctx context.Context) {
	c := r.call()
	c.Args = []chat.Arg{{Name: "what", Value: "tea"}}
	if _, err := r.save(ctx, c); err != nil {
		r.b.Error(err)
	}
}

func (r *rig) whole(ctx context.Context) {
	if reply := r.router.Call(ctx, r.call()); len(reply.Body) == 0 {
		r.b.Error("no answer")
	}
}

// together runs the handler with 64 callers for a while, and returns how many it did.
func (r *rig) together(handle func(context.Context), turn time.Duration) (done int64) {
	var n atomic.Int64
	var callers sync.WaitGroup
	start := time.Now()
	for range 64 {
		callers.Go(func() {
			for time.Since(start) < turn {
				handle(r.b.Context())
				n.Add(1)
			}
		})
	}
	callers.Wait()
	return n.Load()
}

// BenchmarkCommands is how many saving commands a second the whole pipeline carries out,
// beside the bare handler, in turns, so that a busy machine is busy for both.
func BenchmarkCommands(b *testing.B) {
	r := newRig(b, 0)
	turns := 20
	if os.Getenv("PEERBOT_FULL") == "" {
		turns = 2
	}
	const turn = 250 * time.Millisecond
	var bare, whole int64
	for range b.N {
		for range turns {
			bare += r.together(r.bare, turn)
			whole += r.together(r.whole, turn)
		}
	}
	seconds := float64(b.N) * float64(turns) * turn.Seconds()
	b.ReportMetric(float64(bare)/seconds, "bare/s")
	b.ReportMetric(float64(whole)/seconds, "commands/s")
	b.ReportMetric(float64(whole)/float64(bare), "ratio")
}

// BenchmarkLatency is how long a saving command takes that comes at a steady rate, and
// how many commits it waits for.
func BenchmarkLatency(b *testing.B) {
	for _, c := range []struct {
		rate   int
		slower time.Duration
	}{{1000, 0}, {500, 5 * time.Millisecond}} {
		b.Run(fmt.Sprintf("%d/s, fsync +%v", c.rate, c.slower), func(b *testing.B) {
			r := newRig(b, c.slower)
			n := c.rate * 10
			if os.Getenv("PEERBOT_FULL") == "" {
				n /= 10
			}
			took := r.steadily(n*b.N, c.rate)
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
			b.ReportMetric(float64(r.store.updates.Load())/float64(len(took)), "waits/command")
		})
	}
}

// steadily carries out n commands, so many a second, whether or not earlier ones are done.
func (r *rig) steadily(n, rate int) []time.Duration {
	took := make([]time.Duration, n)
	var calls sync.WaitGroup
	start := time.Now()
	for i := range n {
		due := start.Add(time.Duration(i) * time.Second / time.Duration(rate))
		time.Sleep(time.Until(due))
		calls.Go(func() {
			r.whole(r.b.Context())
			took[i] = time.Since(due)
		})
	}
	calls.Wait()
	return took
}
