package bot_test

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"peerbot/bot"
	"peerbot/chat"
	"peerbot/commands"
	"peerbot/community/meeting"
	"peerbot/community/member"
	"peerbot/community/note"
	"peerbot/community/space"
	"peerbot/locales"
	"peerbot/outbox"
	"peerbot/schedule"
	"peerbot/storage"
	"peerbot/storage/bolt"
)

// rig is the whole pipeline with the real catalogue, Directory and tree over a store on
// disk, and beside it the bare handlers of two commands: the smallest that saves
// anything, and /settings.
type rig struct {
	b       *testing.B
	store   *waited
	vault   *storage.Vault
	members *member.Members
	tree    []chat.Command
	router  *bot.Router
	calls   atomic.Int64
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

// newRig adds so much to each fsync, of which a commit has two.
func newRig(b *testing.B, slower time.Duration) *rig {
	b.Helper()
	slow := bolt.Options{Sync: func() error { time.Sleep(slower); return nil }}
	s, err := bolt.Open(filepath.Join(b.TempDir(), "store", "bot.db"), slow)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close() })
	vault, err := storage.NewVault(make([]byte, storage.KeySize))
	if err != nil {
		b.Fatal(err)
	}
	r := &rig{b: b, store: &waited{Store: s}, vault: vault, members: member.New(vault)}
	words, err := locales.Load()
	if err != nil {
		b.Fatal(err)
	}
	spaces := space.New(vault, space.Home{Zone: "Europe/London"})
	countries, err := space.LoadCountries(b.Context(), s, spaces)
	if err != nil {
		b.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	agenda, out := schedule.NewAgenda(s, vault, log), outbox.New(s, vault, log)
	deps := commands.Deps{
		Store: r.store, Spaces: spaces, Members: r.members, Agenda: agenda, Outbox: out, Log: log,
		Meetings: meeting.New(vault, agenda, out, spaces, r.members), Notes: note.New(vault, agenda, out, spaces, r.members),
		Countries: countries, Langs: words.Langs(), Match: words.Match, Remains: bot.NewRemains(vault),
	}
	r.tree = append(commands.All(deps), chat.Command{Name: "duty", Options: []chat.Param{chat.String("what").Require()}, Run: r.save})
	r.router, err = bot.NewRouter(bot.RouterConfig{
		Tree: r.tree, Store: r.store, Vault: vault, Words: known{words}, Directory: commands.NewDirectory(deps), Limits: []bot.Limits{typed},
		Log: log, PerRoom: bot.Rate{Every: time.Nanosecond, Burst: 1e9},
	})
	if err != nil {
		b.Fatal(err)
	}
	return r
}

// known is a catalogue that has words for /duty too.
type known struct{ bot.Words }

func (k known) Name(lang, path string) string { return cmp.Or(k.Words.Name(lang, path), path) }

func (k known) About(lang, path string) string { return cmp.Or(k.Words.About(lang, path), path) }

func (k known) OptionHelp(lang, path, option string) string {
	return cmp.Or(k.Words.OptionHelp(lang, path, option), option)
}

// save is what both do: one record under an id that follows from the call's.
func (r *rig) save(ctx context.Context, c *chat.Call) (chat.Reply, error) {
	err := r.store.Update(ctx, func(tx storage.Tx) error {
		return tx.Put("test.done", []byte(r.vault.ID("done", c.ID)), []byte(c.Args[0].Value))
	})
	return chat.Reply{Body: chat.Say("reminders.saved")}, err
}

// command is one that is measured, as it is called by somebody who has not called before.
type command struct{ name, option, value string }

var (
	smallest = command{"duty", "what", "tea"}
	settings = command{"settings", "zone", "Europe/Berlin"}
)

func (r *rig) call(c command) *chat.Call {
	n := fmt.Sprint(r.calls.Add(1))
	return &chat.Call{
		ID: n, Path: []string{c.name}, Args: []chat.Arg{{Name: c.option, Value: c.value}}, Time: noon, Lang: "en",
		At: chat.Address{Platform: "typed", Space: "house", Room: "hall"}, From: chat.Person{Platform: "typed", ID: n},
	}
}

// bare does what the command does and nothing else.
func (r *rig) bare(ctx context.Context, what command) {
	c := r.call(what)
	c.Path, c.Member = nil, r.members.IDOf(c.From)
	run := r.tree[slices.IndexFunc(r.tree, func(c chat.Command) bool { return c.Name == what.name })].Run
	if _, err := run(ctx, c); err != nil {
		r.b.Error(err)
	}
}

func (r *rig) whole(ctx context.Context, what command) {
	if reply := r.router.Call(ctx, r.call(what)); strings.Contains(reply.Body.String(), "wrong") {
		r.b.Error(reply.Body.String())
	}
}

// together runs the handler with 64 callers for a while, and returns how many it did.
func (r *rig) together(handle func(context.Context, command), what command, turn time.Duration) (done int64) {
	var n atomic.Int64
	var callers sync.WaitGroup
	start := time.Now()
	for range 64 {
		callers.Go(func() {
			for time.Since(start) < turn {
				handle(r.b.Context(), what)
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
	const turn = 250 * time.Millisecond
	turns := 20
	if os.Getenv("PEERBOT_FULL") == "" {
		turns = 2
	}
	for _, c := range []struct {
		what   command
		slower time.Duration
	}{{smallest, 0}, {smallest, 5 * time.Millisecond}, {settings, 0}, {settings, 5 * time.Millisecond}} {
		what := c.what
		b.Run(fmt.Sprintf("%s, fsync +%v", what.name, c.slower), func(b *testing.B) {
			r := newRig(b, c.slower)
			var bare, whole int64
			for range b.N * turns {
				bare += r.together(r.bare, what, turn)
				whole += r.together(r.whole, what, turn)
			}
			seconds := float64(b.N*turns) * turn.Seconds()
			b.ReportMetric(float64(bare)/seconds, "bare/s")
			b.ReportMetric(float64(whole)/seconds, "commands/s")
			b.ReportMetric(float64(whole)/float64(bare), "ratio")
		})
	}
}

// BenchmarkLatency is how long a saving command takes that comes at a steady rate, and
// how many commits it waits for, beside the bare handler.
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
			bare := r.steadily(r.bare, n*b.N, c.rate)
			before := r.store.updates.Load()
			whole := r.steadily(r.whole, n*b.N, c.rate)
			b.ReportMetric(percentile(bare, 99), "bare-p99-ms")
			b.ReportMetric(percentile(whole, 50), "p50-ms")
			b.ReportMetric(percentile(whole, 99), "p99-ms")
			b.ReportMetric(float64(r.store.updates.Load()-before)/float64(len(whole)), "waits/command")
		})
	}
}

// percentile is how many milliseconds so many of a hundred took at most.
func percentile(took []time.Duration, p int) float64 {
	slices.Sort(took)
	return float64(took[len(took)*p/100].Microseconds()) / 1000
}

// steadily handles n commands, so many a second, whether or not earlier ones are done.
func (r *rig) steadily(handle func(context.Context, command), n, rate int) []time.Duration {
	took := make([]time.Duration, n)
	var calls sync.WaitGroup
	start := time.Now()
	for i := range n {
		due := start.Add(time.Duration(i) * time.Second / time.Duration(rate))
		time.Sleep(time.Until(due))
		calls.Go(func() {
			handle(r.b.Context(), settings)
			took[i] = time.Since(due)
		})
	}
	calls.Wait()
	return took
}
