package schedule

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/robfig/cron/v3"

	"peerbot/storage"
	"peerbot/storage/bolt"
)

// Each benchmark measures the Agenda over a file and, in the same run, cron with one
// entry for each reminder. An iteration is a whole measurement: one is enough.

// sizes are how many reminders wait: whole with PEERBOT_FULL=1, else a hundredth.
func sizes(all ...int) []int {
	if !full() {
		for i := range all {
			all[i] /= 100
		}
	}
	return all
}

// filled is the path of a store in which n items wait, the first for a day.
func filled(b *testing.B, n int) string {
	path := filepath.Join(b.TempDir(), "peerbot.db")
	s := reopened(b, path)
	a := benchAgenda(b, s)
	next := atomic.Int64{}
	var wg sync.WaitGroup
	for range 64 {
		wg.Go(func() {
			for from := int(next.Add(25)) - 25; from < n; from = int(next.Add(25)) - 25 {
				err := s.Update(b.Context(), func(tx storage.Tx) error { return putRow(tx, a, from, min(from+25, n)) })
				if err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	return path
}

func putRow(tx storage.Tx, a *Agenda, from, to int) error {
	for i := from; i < to; i++ {
		it := Item{Kind: "meeting.follow", ID: fmt.Sprintf("abcdefghijklmnop%010d", i), At: tomorrow.Add(time.Duration(i) * time.Second)}
		if err := a.Put(tx, it); err != nil {
			return err
		}
	}
	return nil
}

// tomorrow is when the first of them is due.
var tomorrow = time.Now().Add(24 * time.Hour).Truncate(time.Minute)

func reopened(b *testing.B, path string) *bolt.Store {
	s, err := bolt.Open(path, bolt.Options{Ordered: []storage.Bucket{"agenda.due"}})
	if err != nil {
		b.Fatal(err)
	}
	return s
}

func benchAgenda(b *testing.B, s storage.Store) *Agenda {
	return NewAgenda(s, vault(b), slog.New(slog.DiscardHandler))
}

// cpu is the processor time that the process has used.
func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// weekly is a cron.Schedule: at a time, and every week after it.
type weekly struct{ first time.Time }

const week = 7 * 24 * time.Hour

func (w weekly) Next(now time.Time) time.Time {
	if late := now.Sub(w.first); late >= 0 {
		return w.first.Add((late/week + 1) * week)
	}
	return w.first
}

// anyDay is a time in the coming week.
func anyDay() weekly { return weekly{tomorrow.Add(rand.N(week).Truncate(time.Minute))} }

// crontab is a cron at work with n weekly entries.
func crontab(b *testing.B, n int) *cron.Cron {
	c := cron.New()
	for range n {
		c.Schedule(anyDay(), cron.FuncJob(func() {}))
	}
	c.Start()
	b.Cleanup(func() { <-c.Stop().Done() })
	settle(c)
	return c
}

// settle returns when c has sorted its entries.
func settle(c *cron.Cron) { c.Remove(0) }

// beats adds weekly entries that are due soon, one after the other, with pauses longer
// than a wake. Each tells the channel.
func beats(c *cron.Cron, n int) <-chan struct{} {
	began := time.Now()
	settle(c)
	pause := max(100*time.Millisecond, 4*time.Since(began))
	began = time.Now().Add(time.Duration(n) * pause)
	beat := make(chan struct{}, n)
	for i := range n {
		c.Schedule(weekly{began.Add(time.Duration(i) * pause)}, cron.FuncJob(func() { beat <- struct{}{} }))
	}
	return beat
}

// BenchmarkWake is the processor time to find the one that is due among many that wait.
func BenchmarkWake(b *testing.B) {
	const wakes = 10
	for _, n := range sizes(100_000, 1_000_000) {
		b.Run(fmt.Sprintf("pending=%d", n), func(b *testing.B) {
			path := filled(b, n)
			for b.Loop() {
				s := reopened(b, path)
				a := benchAgenda(b, s)
				ours := perWake(b, 100_000, func() error { _, _, err := a.look(b.Context(), tomorrow); return err })
				if err := s.Close(); err != nil {
					b.Fatal(err)
				}
				beat := beats(crontab(b, n), wakes+1)
				<-beat
				theirs := perWake(b, wakes, func() error { <-beat; return nil })
				b.ReportMetric(ours/1e3, "µs-CPU/wake")
				b.ReportMetric(theirs/1e3, "cron-µs-CPU/wake")
				b.ReportMetric(theirs/ours, "x-cron")
			}
		})
	}
}

// perWake is the processor time of one wake in nanoseconds.
func perWake(b *testing.B, wakes int, wake func() error) float64 {
	began := cpu(b)
	for range wakes {
		if err := wake(); err != nil {
			b.Fatal(err)
		}
	}
	return float64(cpu(b)-began) / float64(wakes)
}

// BenchmarkAdd is the time to add one more to many that wait: durably, with 64 callers,
// and to a running cron in memory. They take turns, so that a busy machine is busy for both.
func BenchmarkAdd(b *testing.B) {
	n := sizes(100_000)[0]
	s := reopened(b, filled(b, n))
	defer s.Close()
	a := benchAgenda(b, s)
	c := crontab(b, n)
	var ours, theirs pace
	for b.Loop() {
		for range 5 {
			ours.add(64, func(i int64) {
				it := Item{Kind: "new", ID: fmt.Sprint(i), At: anyDay().first}
				if err := s.Update(b.Context(), func(tx storage.Tx) error { return a.Put(tx, it) }); err != nil {
					b.Error(err)
				}
			})
			theirs.add(1, func(int64) { c.Schedule(anyDay(), cron.FuncJob(func() {})) })
		}
		b.ReportMetric(ours.µs(), "µs/add")
		b.ReportMetric(theirs.µs(), "cron-µs/add")
		b.ReportMetric(theirs.µs()/ours.µs(), "x-cron")
	}
}

// pace is how long so many adds took.
type pace struct {
	done atomic.Int64
	took time.Duration
}

// add adds for a while with so many callers.
func (p *pace) add(callers int, add func(i int64)) {
	var wg sync.WaitGroup
	began := time.Now()
	for range callers {
		wg.Go(func() {
			for time.Since(began) < 200*time.Millisecond {
				add(p.done.Add(1))
			}
		})
	}
	wg.Wait()
	p.took += time.Since(began)
}

func (p *pace) µs() float64 {
	return float64(p.took) / float64(p.done.Load()) / float64(time.Microsecond)
}

// BenchmarkMemory is what many zoned reminders cost in memory that is no file's.
func BenchmarkMemory(b *testing.B) {
	n := sizes(100_000)[0]
	path := filled(b, n)
	for b.Loop() {
		before := private(b)
		s := reopened(b, path)
		a := benchAgenda(b, s)
		ctx, stop := context.WithTimeout(b.Context(), 200*time.Millisecond)
		if err := a.Run(ctx, nil); err != nil {
			b.Fatal(err)
		}
		stop()
		ours := private(b) - before
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
		before = private(b)
		c := cron.New()
		for i := range n {
			if _, err := c.AddFunc(fmt.Sprintf("CRON_TZ=Europe/Berlin %d %d * * %d", i%60, i/60%24, i%7), func() {}); err != nil {
				b.Fatal(err)
			}
		}
		c.Start()
		theirs := private(b) - before
		<-c.Stop().Done()
		b.ReportMetric(ours, "private-MB")
		b.ReportMetric(theirs, "cron-private-MB")
		b.ReportMetric(theirs/max(ours, 1), "x-cron")
	}
}

// private is the process's memory that is no file's, in MB, when it has been tidied.
func private(b *testing.B) float64 {
	debug.FreeOSMemory()
	debug.FreeOSMemory() // What the first one only finalised.
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Skip("private memory is read from /proc")
	}
	var kB float64
	_, rest, _ := strings.Cut(string(status), "RssAnon:")
	if _, err := fmt.Sscan(rest, &kB); err != nil {
		b.Fatal(err)
	}
	return kB / 1024
}

// BenchmarkRestart is the time from nothing to knowing what is due next. cron forgets,
// so that all its entries have to be read and added again.
func BenchmarkRestart(b *testing.B) {
	n := sizes(1_000_000)[0]
	path := filled(b, n)
	for b.Loop() {
		began := time.Now()
		s := reopened(b, path)
		if _, _, err := benchAgenda(b, s).look(b.Context(), time.Now()); err != nil {
			b.Fatal(err)
		}
		ours := time.Since(began)
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
		began = time.Now()
		c := cron.New()
		for i := range n {
			if _, err := c.AddFunc(fmt.Sprintf("%d %d * * %d", i%60, i/60%24, i%7), func() {}); err != nil {
				b.Fatal(err)
			}
		}
		c.Start()
		settle(c)
		theirs := time.Since(began)
		<-c.Stop().Done()
		b.ReportMetric(ours.Seconds(), "s/restart")
		b.ReportMetric(theirs.Seconds(), "cron-s/restart")
		b.ReportMetric(theirs.Seconds()/ours.Seconds(), "x-cron")
	}
}

// BenchmarkPlan is how many items that are due at once are planned in a second, each
// in its own durable transaction.
func BenchmarkPlan(b *testing.B) {
	n := sizes(100_000)[0]
	for b.Loop() {
		s := reopened(b, filled(b, n))
		a := benchAgenda(b, s)
		plans := map[string]Plan{"meeting.follow": func(storage.Tx, time.Time, Item) error { return nil }}
		began, busy := time.Now(), true
		for busy {
			var err error
			if busy, _, err = a.turn(b.Context(), plans, tomorrow.Add(time.Duration(n)*time.Second)); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(n)/time.Since(began).Seconds(), "items/s")
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
