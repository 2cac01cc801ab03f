package bolt_test

import (
	"encoding/binary"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"peerbot/storage"
	"peerbot/storage/bolt"
)

// contender is one way to write a key durably.
type contender struct {
	put     func(key []byte) error
	syncs   *atomic.Int64
	done    int64
	seconds float64
}

func (c *contender) rate() float64 { return float64(c.done) / c.seconds }

// compete measures contenders in turns, so that a busy machine is busy for all.
func compete(b *testing.B, callers int, all ...*contender) {
	b.Helper()
	const turns, turn = 8, 100 * time.Millisecond
	for range turns {
		for _, c := range all {
			c.run(b, callers, turn)
		}
	}
}

func (c *contender) run(b *testing.B, callers int, turn time.Duration) {
	b.Helper()
	var done atomic.Int64
	var wg sync.WaitGroup
	start := time.Now()
	for range callers {
		wg.Go(func() {
			for time.Since(start) < turn {
				if err := c.put(binary.BigEndian.AppendUint64(nil, rand.Uint64())); err != nil {
					b.Error(err)
					return
				}
				done.Add(1)
			}
		})
	}
	wg.Wait()
	c.seconds += time.Since(start).Seconds()
	c.done += done.Load()
}

// BenchmarkCommit compares one small write an Update with what bbolt itself offers.
func BenchmarkCommit(b *testing.B) {
	for _, delay := range []time.Duration{0, 5 * time.Millisecond} {
		for _, callers := range []int{1, 64, 256} {
			b.Run(fmt.Sprintf("callers=%d/fsync+%v", callers, delay), func(b *testing.B) {
				for b.Loop() {
					ours := ours(b, delay)
					update, batch := theirs(b, delay)
					compete(b, callers, ours, update, batch)
					b.ReportMetric(ours.rate(), "commits/s")
					b.ReportMetric(ours.rate()/update.rate(), "x-Update")
					b.ReportMetric(ours.rate()/batch.rate(), "x-Batch")
					b.ReportMetric(float64(ours.syncs.Load())/float64(ours.done), "fsyncs/op")
				}
			})
		}
	}
}

func ours(b *testing.B, delay time.Duration) *contender {
	b.Helper()
	syncs := new(atomic.Int64)
	s := open(b, filepath.Join(b.TempDir(), "store.db"), bolt.Options{Sync: func() error {
		syncs.Add(1)
		time.Sleep(delay)
		return nil
	}})
	return &contender{syncs: syncs, put: func(key []byte) error {
		return s.Update(b.Context(), func(tx storage.Tx) error { return tx.Put("b", key, key) })
	}}
}

func theirs(b *testing.B, delay time.Duration) (update, batch *contender) {
	b.Helper()
	through := func(run func(*bbolt.DB, func(*bbolt.Tx) error) error) *contender {
		db := plain(b, delay)
		return &contender{put: func(key []byte) error {
			return run(db, func(tx *bbolt.Tx) error {
				bucket, err := tx.CreateBucketIfNotExists([]byte("b"))
				if err != nil {
					return err
				}
				return bucket.Put(key, key)
			})
		}}
	}
	return through((*bbolt.DB).Update), through((*bbolt.DB).Batch)
}

// plain is bbolt with the options of our store.
func plain(b *testing.B, delay time.Duration) *bbolt.DB {
	b.Helper()
	o := &bbolt.Options{NoFreelistSync: true, FreelistType: bbolt.FreelistMapType, InitialMmapSize: 1 << 30}
	if delay > 0 {
		o.Logger = slow{Logger: &bbolt.DefaultLogger{Logger: log.New(io.Discard, "", 0)}, delay: delay}
	}
	db, err := bbolt.Open(filepath.Join(b.TempDir(), "plain.db"), 0o600, o)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = db.Close() })
	return db
}

// slow is a bbolt.Logger that delays both fsyncs of each commit of a baseline, as
// Options.Sync does ours: bbolt logs that one begins while it holds its writer's lock.
type slow struct {
	bbolt.Logger
	delay time.Duration
}

func (l slow) Debug(...any) {}
func (l slow) Debugf(f string, _ ...any) {
	if strings.HasPrefix(f, "Committing") && !strings.HasSuffix(f, "successfully") {
		time.Sleep(l.delay)
		time.Sleep(l.delay)
	}
}

// pending is how many records the store holds: a million, or a hundredth of it.
func pending() int {
	if os.Getenv("PEERBOT_FULL") != "" {
		return 1_000_000
	}
	return 10_000
}

// BenchmarkOpen opens a store full of pending records, with the look through the
// whole file. The private memory is what the open store costs beside the file's own
// pages, which the system may take back.
func BenchmarkOpen(b *testing.B) {
	path := filepath.Join(b.TempDir(), "store.db")
	s := open(b, path, bolt.Options{Ordered: []storage.Bucket{"due"}})
	fillDue(b, s, pending())
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		before, start := private(b), time.Now()
		s := open(b, path, bolt.Options{})
		b.ReportMetric(time.Since(start).Seconds(), "s/open")
		b.ReportMetric(private(b)-before, "private-MB")
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(pending()), "records")
}

// fillDue writes n records of 100 bytes in the order of their keys.
func fillDue(tb testing.TB, s *bolt.Store, n int) {
	tb.Helper()
	next := atomic.Int64{}
	var wg sync.WaitGroup
	for range 64 {
		wg.Go(func() {
			for {
				from := int(next.Add(100)) - 100
				if from >= n {
					return
				}
				if err := s.Update(tb.Context(), func(tx storage.Tx) error { return putDue(tx, from) }); err != nil {
					tb.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
}

func putDue(tx storage.Tx, from int) error {
	for i := range 100 {
		key := fmt.Appendf(binary.BigEndian.AppendUint64(nil, uint64(from+i)), "abcdefghijklmnopqrstuvwxyz")
		if err := tx.Put("due", key, make([]byte, 100)); err != nil {
			return err
		}
	}
	return nil
}

// private is the process's memory that is no file's, in MB.
func private(tb testing.TB) float64 {
	tb.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		tb.Skip("private memory is read from /proc")
	}
	var kB float64
	_, rest, _ := strings.Cut(string(status), "RssAnon:")
	if _, err := fmt.Sscan(rest, &kB); err != nil {
		tb.Fatal(err)
	}
	return kB / 1024
}
