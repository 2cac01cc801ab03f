//go:build linux

package meeting_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"peerbot/chat"
	"peerbot/community/meeting"
	"peerbot/community/member"
	"peerbot/community/space"
	"peerbot/outbox"
	"peerbot/schedule"
	"peerbot/spoken"
	"peerbot/storage"
	"peerbot/storage/bolt"
)

// whole is how many meetings a benchmark has: all of them with PEERBOT_FULL=1, else a
// hundredth.
func whole(n int) int {
	if os.Getenv("PEERBOT_FULL") != "1" {
		return n / 100
	}
	return n
}

// library is the meetings of one community over a file.
type library struct {
	*meeting.Meetings
	vault *storage.Vault
	store *bolt.Store
	home  string
	now   time.Time
}

func newLibrary(b *testing.B, path string, fsync time.Duration) *library {
	b.Helper()
	s, err := bolt.Open(path, bolt.Options{Sync: func() error { time.Sleep(fsync); return nil }})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close() })
	vault, err := storage.NewVault(bytes.Repeat([]byte{3}, storage.KeySize))
	if err != nil {
		b.Fatal(err)
	}
	log, spaces := slog.New(slog.DiscardHandler), space.New(vault, space.Home{Zone: "America/New_York"})
	l := &library{vault: vault, store: s, home: vault.ID("home", "test", "s"), now: time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)}
	l.Meetings = meeting.New(vault, schedule.NewAgenda(s, vault, log), outbox.New(s, vault, log), spaces, member.New(vault))
	return l
}

// listOf is a list as the field has them: all days and hours, a handful of zones.
func listOf(n int) []meeting.Row {
	zones := []string{"America/New_York", "America/Chicago", "America/Los_Angeles", "Europe/Madrid", "Europe/London"}
	words := []string{"Early Risers", "Step by Step", "New Hope", "Candlelight", "Came to Believe", "Serenity", "Big Book", "Sunset"}
	rows := make([]meeting.Row, n)
	for i := range rows {
		day := time.Weekday(i % 7)
		v := &rows[i].Meeting
		rows[i].Slug, rows[i].Name = fmt.Sprint("slug-", i), fmt.Sprint(words[i%len(words)], " ", i)
		v.Title, v.Kind = rows[i].Name, meeting.Support
		v.Rule = schedule.Rule{Unit: spoken.Weekly, Every: 1, Days: []spoken.Day{{Weekday: day}}, At: spoken.Clock(i * 13 % 96 * 15),
			First: spoken.Date{Year: 2026, Month: 11, Day: 22}.AddDays(int(day)), Zone: zones[i%len(zones)], Length: time.Hour}
		v.Place = meeting.Place{Address: fmt.Sprint(i, " Main St, Springfield, NY 12345, USA"), Venue: "St. John's Church", Region: "North > Troy"}
		v.Facts = meeting.Facts{Programme: "aa", Types: []string{"BE", "D", "X"}, Beginners: true, Language: []string{"", "es", "fr"}[i%3]}
		v.Notes = "Ring at the side door. Coffee from half an hour before."
	}
	return rows
}

func (l *library) compare(b *testing.B, rows []meeting.Row) (p meeting.Preview) {
	b.Helper()
	l.view(b, func(r storage.Reader) (err error) {
		p, err = l.Compare(r, l.home, "list", rows)
		return err
	})
	return p
}

func (l *library) view(b *testing.B, fn func(storage.Reader) error) {
	b.Helper()
	if err := l.store.View(b.Context(), fn); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkImport takes a list in, beside one Update for each of its rows that does the
// same, and one that writes the bare record. The disk is as it is, and with 5 ms added to
// each commit.
func BenchmarkImport(b *testing.B) {
	for name, fsync := range map[string]time.Duration{"as it is": 0, "+5 ms": 2500 * time.Microsecond} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				rows := listOf(whole(100_000))
				few := rows[:min(len(rows), 500)]
				bare := newLibrary(b, filepath.Join(b.TempDir(), "bare.db"), fsync).bare(b, few)
				alone := newLibrary(b, filepath.Join(b.TempDir(), "alone.db"), fsync).oneByOne(b, few)
				together := newLibrary(b, filepath.Join(b.TempDir(), "together.db"), fsync).together(b, rows)
				b.ReportMetric(float64(alone.Nanoseconds())/1000, "µs/row-alone")
				b.ReportMetric(float64(together.Nanoseconds())/1000, "µs/row")
				b.ReportMetric(float64(alone)/float64(together), "×")
				b.ReportMetric(float64(bare)/float64(together), "×bare")
				b.ReportMetric(0, "ns/op")
			}
		})
	}
}

// oneByOne takes each row in by an Update of its own and returns what each cost.
func (l *library) oneByOne(b *testing.B, rows []meeting.Row) time.Duration {
	p := l.compare(b, rows)
	began := time.Now()
	for _, v := range p.New {
		single := meeting.Preview{Home: l.home, Source: "list", New: []meeting.Meeting{v}}
		if err := l.Import(b.Context(), l.store, single, false, l.now, func(int) {}); err != nil {
			b.Fatal(err)
		}
	}
	return time.Since(began) / time.Duration(len(rows))
}

// bare writes each row in an Update of its own, as bare as there can be: the record and
// its indexes, and nothing of what an import keeps beside them. It returns what each cost.
func (l *library) bare(b *testing.B, rows []meeting.Row) time.Duration {
	table := storage.Table[meeting.Meeting]{Bucket: "meetings", Vault: l.vault, Version: 1,
		Owner: func(m meeting.Meeting) string { return m.Home },
		Indexes: []storage.Index[meeting.Meeting]{
			{Name: "home", Keys: func(m meeting.Meeting) []string { return []string{m.Home} }},
			{Name: "series", Keys: func(m meeting.Meeting) []string { return []string{m.Series} }},
		}}
	p := l.compare(b, rows)
	began := time.Now()
	for _, v := range p.New {
		if err := l.store.Update(b.Context(), func(tx storage.Tx) error { return table.Put(tx, v.ID, v) }); err != nil {
			b.Fatal(err)
		}
	}
	return time.Since(began) / time.Duration(len(rows))
}

// together takes them in at once.
func (l *library) together(b *testing.B, rows []meeting.Row) time.Duration {
	p := l.compare(b, rows)
	began := time.Now()
	if err := l.Import(b.Context(), l.store, p, false, l.now, func(int) {}); err != nil {
		b.Fatal(err)
	}
	took := time.Since(began) / time.Duration(len(rows))
	if again := l.compare(b, rows); again.Same != len(rows) {
		b.Fatalf("again: %d of %d", again.Same, len(rows))
	}
	return took
}

// BenchmarkLook looks for meetings of a large community in the ways people do, while
// time goes on and now and then one of them is changed.
func BenchmarkLook(b *testing.B) {
	path := filepath.Join(b.TempDir(), "peerbot.db")
	n := whole(100_000)
	l := newLibrary(b, path, 0)
	if err := l.Import(b.Context(), l.store, l.compare(b, listOf(n)), false, l.now, func(int) {}); err != nil {
		b.Fatal(err)
	}
	l.store.Close()
	for b.Loop() {
		l := newLibrary(b, path, 0)
		before := heap()
		began := time.Now()
		l.view(b, func(r storage.Reader) error {
			_, _, err := l.Look(r, l.home, meeting.Look{From: l.now, To: l.now.Add(7 * 24 * time.Hour), Most: 15})
			return err
		})
		b.ReportMetric(float64(time.Since(began).Milliseconds()), "ms/cold")
		b.ReportMetric(float64(heap()-before)/(1<<20), "MB")
		l.ask(b)
		b.ReportMetric(0, "ns/op")
		l.store.Close()
	}
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// processor is the processor's time that this thread has taken: others on the machine do
// not count.
func processor(b *testing.B) time.Duration {
	b.Helper()
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t); err != nil {
		b.Fatal(err)
	}
	return time.Duration(t.Nano())
}

// ask measures every way to look a few hundred times.
func (l *library) ask(b *testing.B) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	chicago, _ := spoken.LoadZone("America/Chicago")
	took, wall := map[string][]time.Duration{}, []time.Duration{}
	for i := range 300 {
		now := l.now.Add(time.Duration(i) * 20 * time.Second)
		measure := func(what string, fn func(r storage.Reader) error) {
			began, clock := processor(b), time.Now()
			l.view(b, fn)
			took[what], wall = append(took[what], processor(b)-began), append(wall, time.Since(clock))
		}
		look := func(k meeting.Look) func(r storage.Reader) error {
			return func(r storage.Reader) error {
				k.Most = 15
				_, _, err := l.Look(r, l.home, k)
				return err
			}
		}
		measure("next", look(meeting.Look{From: now}))
		measure("now", look(meeting.Look{From: now, To: now.Add(meeting.Grace)}))
		measure("week", look(meeting.Look{From: now, To: now.Add(7 * 24 * time.Hour)}))
		measure("search", look(meeting.Look{From: now, Filter: meeting.Filter{Words: fmt.Sprint("serenity ", i%10), Language: "es", Clock: chicago}}))
		measure("evening", look(meeting.Look{From: now, Filter: meeting.Filter{Words: "hope evening", Clock: chicago}}))
		measure("complete", func(r storage.Reader) error {
			_, err := l.Suggest(r, l.home, fmt.Sprint("new h ", i%10), now)
			return err
		})
		measure("find", func(r storage.Reader) error {
			_, err := l.Find(r, l.home, fmt.Sprint("Candlelight ", 3+8*i), now)
			if _, refused := err.(*chat.Refusal); refused {
				err = nil
			}
			return err
		})
	}
	took["clock"] = wall
	for what, all := range took {
		slices.Sort(all)
		b.ReportMetric(float64(all[len(all)/2].Microseconds())/1000, "ms/"+what+"-p50")
		b.ReportMetric(float64(all[len(all)*99/100].Microseconds())/1000, "ms/"+what+"-p99")
	}
}
