package note_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"peerbot/chat"
	"peerbot/community/member"
	"peerbot/community/note"
	"peerbot/community/space"
	"peerbot/locales"
	"peerbot/outbox"
	"peerbot/schedule"
	"peerbot/storage"
	"peerbot/storage/bolt"
	"peerbot/storage/mem"
	"peerbot/storage/storagetest"
)

// desk is the notes over a store, with an agenda and an outbox that run inside a
// synctest bubble, and a platform that remembers what it was given.
type desk struct {
	*note.Notes
	t       *testing.T
	vault   *storage.Vault
	store   storage.Store
	members *member.Members
	words   *locales.Catalogue
	zone    *time.Location
	calls   int
	stop    func()

	mu     sync.Mutex
	got    []string
	closed bool
}

var catalogue = sync.OnceValues(locales.Load)

// bubbles runs the test over every engine. The clock begins at 2000-01-01 00:00 UTC,
// which is one in the morning in Madrid, where everybody lives.
func bubbles(t *testing.T, test func(t *testing.T, d *desk)) {
	t.Helper()
	t.Run("mem", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) { test(t, newDesk(t, mem.New())) })
	})
	t.Run("bolt", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "store", "test.db")
		synctest.Test(t, func(t *testing.T) {
			s, err := bolt.Open(path, bolt.Options{})
			if err != nil {
				t.Fatal(err)
			}
			test(t, newDesk(t, s))
		})
	})
}

func newDesk(t *testing.T, store storage.Store) *desk {
	t.Helper()
	words, err := catalogue()
	if err != nil {
		t.Fatal(err)
	}
	vault, err := storage.NewVault(bytes.Repeat([]byte{5}, storage.KeySize))
	if err != nil {
		t.Fatal(err)
	}
	zone, err := time.LoadLocation("Europe/Madrid")
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{t: t, vault: vault, store: store, members: member.New(vault), words: words, zone: zone}
	d.start()
	t.Cleanup(func() { d.stop(); store.Close() })
	return d
}

func (d *desk) start() {
	log, twice := slog.New(slog.DiscardHandler), storagetest.Twice(d.store)
	agenda, out := schedule.NewAgenda(twice, d.vault, log), outbox.New(twice, d.vault, log)
	d.Notes = note.New(d.vault, agenda, out, space.New(d.vault, space.Home{}), d.members)
	ctx, cancel := context.WithCancel(d.t.Context())
	var loops sync.WaitGroup
	loops.Go(func() { agenda.Run(ctx, d.Plans()) })
	loops.Go(func() { out.Run(ctx, d, map[outbox.Class]outbox.Settled{outbox.Exact: d.Settled}) })
	d.stop = func() { cancel(); loops.Wait() }
}

// Send implements outbox.Sender.
func (d *desk) Send(_ context.Context, to chat.Address, id string, m chat.Message) (string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return "", &chat.Bounce{Fate: chat.Gone, Err: errors.New("closed")}
	}
	mark := ""
	if m.Silent {
		mark = " (silent)"
	}
	body := strings.ReplaceAll(d.words.Put(m.Lang, m.Zone, m.Body).String(), "\n\n", " / ")
	d.got = append(d.got, fmt.Sprintf("%s %s%s: %s", time.Now().In(d.zone).Format("02 15:04"), to.Room, mark, body))
	return id, nil
}

// close says whether the platform takes nothing.
func (d *desk) close(closed bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closed = closed
}

func (d *desk) want(lines ...string) {
	d.t.Helper()
	synctest.Wait()
	d.mu.Lock()
	defer d.mu.Unlock()
	if diff := cmp.Diff(lines, d.got); diff != "" && len(lines)+len(d.got) > 0 {
		d.t.Errorf("what was sent (-want +got):\n%s", diff)
	}
	d.got = nil
}

func (d *desk) update(fn func(storage.Tx) error) {
	d.t.Helper()
	if err := d.store.Update(d.t.Context(), fn); err != nil {
		d.t.Fatal(err)
	}
}

// join makes a member in Madrid with a private chat.
func (d *desk) join(name string, change func(*member.Member)) (id string) {
	d.t.Helper()
	d.update(func(tx storage.Tx) error {
		id = d.members.IDOf(chat.Person{Platform: "test", ID: name})
		v := member.Member{ID: id, Reach: chat.Address{Platform: "test", Room: name}, Zone: "Europe/Madrid"}
		if change != nil {
			change(&v)
		}
		return d.members.Put(tx, v)
	})
	return id
}

func (d *desk) try(id, text, when string, repeat note.Repeat) (n note.Note, err error) {
	rule, err := note.ReadRule(when, repeat, time.Now(), d.zone)
	if err != nil {
		return n, err
	}
	d.calls++
	err = d.store.Update(d.t.Context(), func(tx storage.Tx) (err error) {
		n, _, err = d.Add(tx, note.Note{Member: id, Text: text, Rule: rule}, fmt.Sprint("call", d.calls), time.Now())
		return err
	})
	return n, err
}

func (d *desk) add(id, text, when string, repeat note.Repeat) note.Note {
	d.t.Helper()
	n, err := d.try(id, text, when, repeat)
	if err != nil {
		d.t.Fatal(err)
	}
	return n
}

func (d *desk) refusal(err error) string {
	d.t.Helper()
	var r *chat.Refusal
	if !errors.As(err, &r) {
		d.t.Fatalf("not a refusal: %v", err)
	}
	return d.words.Put("en", nil, r.Say).String()
}

func TestANoteComesAtItsTime(t *testing.T) {
	bubbles(t, func(t *testing.T, d *desk) {
		ana := d.join("ana", nil)
		bea := d.join("bea", func(v *member.Member) { v.Open = true })
		eva := d.join("eva", func(v *member.Member) { v.Lang = "es" })
		d.add(ana, "secret canary", "today 09:00", note.Never)
		d.add(bea, "call the clinic", "today 09:30", note.Daily)
		d.add(eva, "llamar", "lunes a las 10:00", note.Never)
		time.Sleep(72 * time.Hour)
		d.want("01 09:00 ana: You have a note at 09:00", "01 09:30 bea: call the clinic",
			"02 09:30 bea: call the clinic", "03 09:30 bea: call the clinic", "03 10:00 eva: Tienes una nota a las 10:00")
	})
}

// A note holds its time, and makes no sound in quiet hours.
func TestQuietHours(t *testing.T) {
	bubbles(t, func(t *testing.T, d *desk) {
		ana := d.join("ana", func(v *member.Member) { v.Quiet = member.Quiet{From: 22 * 60, To: 8 * 60} })
		d.add(ana, "x", "today 23:30", note.Never)
		d.add(ana, "y", "today 21:30", note.Never)
		time.Sleep(24 * time.Hour)
		d.want("01 21:30 ana: You have a note at 21:30", "01 23:30 ana (silent): You have a note at 23:30")
	})
}

func TestANoteThatIsLate(t *testing.T) {
	for _, tt := range []struct {
		down time.Duration
		want []string
	}{
		{2 * time.Hour, []string{"01 10:00 ana: This note is late. / You have a note at 09:00"}},
		{14 * time.Hour, []string{"01 22:00 ana (silent): This note is late. / You have a note at 09:00"}},
		{26 * time.Hour, nil},
	} {
		t.Run(tt.down.String(), func(t *testing.T) {
			bubbles(t, func(t *testing.T, d *desk) {
				ana := d.join("ana", func(v *member.Member) { v.Quiet = member.Quiet{From: 22 * 60, To: 6 * 60} })
				d.add(ana, "x", "today 09:00", note.Never)
				time.Sleep(7 * time.Hour) // It is 08:00.
				d.stop()
				time.Sleep(tt.down)
				d.start()
				time.Sleep(time.Hour)
				d.want(tt.want...)
			})
		})
	}
}

func TestWhoCannotBeReachedIsPausedAndComesBack(t *testing.T) {
	bubbles(t, func(t *testing.T, d *desk) {
		ana := d.join("ana", nil)
		for i := range 25 {
			d.add(ana, fmt.Sprint("n", i), "today 09:00", note.Daily)
		}
		d.close(true)
		time.Sleep(12 * time.Hour)
		d.close(false)
		time.Sleep(24 * time.Hour)
		d.want()
		d.update(func(tx storage.Tx) error { return d.Back(tx, ana, time.Now()) })
		time.Sleep(24 * time.Hour)
		synctest.Wait()
		d.mu.Lock()
		defer d.mu.Unlock()
		if len(d.got) != 25 {
			t.Errorf("%d notes after coming back, want 25", len(d.got))
		}
	})
}

func TestStopGetAndList(t *testing.T) {
	bubbles(t, func(t *testing.T, d *desk) {
		ana, bea := d.join("ana", nil), d.join("bea", nil)
		late := d.add(ana, "late", "tomorrow 09:00", note.Never)
		soon := d.add(ana, "soon", "today 09:00", note.Never)
		gone := d.add(ana, "gone", "today 10:00", note.Never)
		d.update(func(tx storage.Tx) error {
			if _, err := d.Get(tx, bea, soon.ID); err == nil || !strings.Contains(d.refusal(err), "not there") {
				t.Errorf("another member reads it: %v", err)
			}
			if err := d.Stop(tx, bea, soon.ID); err != nil {
				return err
			}
			return d.Stop(tx, ana, gone.ID)
		})
		list := func() (out []string) {
			d.update(func(tx storage.Tx) error {
				all, err := d.Of(tx, ana, time.Now())
				for _, n := range all {
					out = append(out, n.Text)
				}
				return err
			})
			return out
		}
		if diff := cmp.Diff([]string{"soon", "late"}, list()); diff != "" {
			t.Error(diff)
		}
		time.Sleep(12 * time.Hour)
		d.want("01 09:00 ana: You have a note at 09:00")
		if diff := cmp.Diff([]string{"late"}, list()); diff != "" {
			t.Error(diff)
		}
		d.update(func(tx storage.Tx) error { // It came, and can still be opened.
			n, err := d.Get(tx, ana, soon.ID)
			if n.Text != "soon" {
				t.Errorf("opens %q", n.Text)
			}
			return err
		})
		time.Sleep(32 * 24 * time.Hour)
		d.update(func(tx storage.Tx) error {
			for _, n := range []note.Note{soon, late} {
				if _, err := d.Get(tx, ana, n.ID); err == nil {
					t.Errorf("%q is still there", n.Text)
				}
			}
			return nil
		})
	})
}

func TestExportAndErase(t *testing.T) {
	bubbles(t, func(t *testing.T, d *desk) {
		ana := d.join("ana", nil)
		for i := range 15 {
			d.add(ana, fmt.Sprint("n", i), "today 09:00", note.Daily)
		}
		export := func() (n int) {
			d.update(func(tx storage.Tx) error {
				facts, err := d.Export(tx, ana)
				n = len(facts)
				return err
			})
			return n
		}
		if n := export(); n != 15 {
			t.Errorf("%d facts, want 15", n)
		}
		d.update(func(tx storage.Tx) error { return d.vault.Erase(tx, ana) })
		steps := 0
		for more := true; more; steps++ {
			d.update(func(tx storage.Tx) (err error) {
				more, err = d.Erase(tx, ana)
				return err
			})
		}
		if n := export(); n != 0 || steps != 2 {
			t.Errorf("%d facts after %d steps, want none after 2", n, steps)
		}
		time.Sleep(24 * time.Hour)
		d.want()
	})
}

func TestWhatIsRefused(t *testing.T) {
	bubbles(t, func(t *testing.T, d *desk) {
		ana := d.join("ana", nil)
		tests := []struct {
			who, text, when string
			repeat          note.Repeat
			says            string
		}{
			{ana, "x", "yesterday 09:00", note.Never, "over already"},
			{ana, "x", "13:75", note.Never, "no such time"},
			{ana, "x", "30 February 10:00", note.Never, "no such day"},
			{ana, "x", "some day", note.Never, "could not find a time"},
			{ana, "x", "Mondays 20:00", note.Daily, "leave one of the two out"},
			{ana, "", "tomorrow 09:00", note.Never, "what it is about"},
			{ana, strings.Repeat("x", 301), "tomorrow 09:00", note.Never, "at most 300"},
			{d.members.IDOf(chat.Person{Platform: "test", ID: "zoe"}), "x", "tomorrow 09:00", note.Never, "private chat"},
		}
		for _, tt := range tests {
			_, err := d.try(tt.who, tt.text, tt.when, tt.repeat)
			if err == nil || !strings.Contains(d.refusal(err), tt.says) {
				t.Errorf("%q %q: %v, want %q", tt.text, tt.when, err, tt.says)
			}
		}
		for i := range note.MaxOwn {
			d.add(ana, fmt.Sprint(i), "tomorrow 09:00", note.Never)
		}
		if _, err := d.try(ana, "x", "tomorrow 09:00", note.Never); err == nil || !strings.Contains(d.refusal(err), "50") {
			t.Errorf("one too many: %v", err)
		}
	})
}

func TestReadRule(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Madrid")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 21, 12, 0, 20, 0, zone) // A Saturday.
	tests := []struct {
		when   string
		repeat note.Repeat
		want   []string
	}{
		{"in 2 hours", note.Never, []string{"21 14:01"}}, // Never too early.
		{"tomorrow 09:00", note.Never, []string{"22 09:00"}},
		{"tomorrow 09:00", note.Daily, []string{"22 09:00", "23 09:00", "24 09:00"}},
		{"Monday 09:00", note.Weekly, []string{"23 09:00", "30 09:00", "07 09:00"}},
		{"1 December 09:00", note.Monthly, []string{"01 09:00", "01 09:00", "01 09:00"}},
		{"Mondays and Fridays 20:00", note.Never, []string{"23 20:00", "27 20:00", "30 20:00"}},
		{"tomorrow 09:00 Chicago", note.Never, []string{"22 16:00"}},
	}
	for _, tt := range tests {
		r, err := note.ReadRule(tt.when, tt.repeat, now, zone)
		if err != nil {
			t.Errorf("%s: %v", tt.when, err)
			continue
		}
		var got []string
		for o := range r.Between(now, now.AddDate(1, 0, 0)) {
			if got = append(got, o.Start.In(zone).Format("02 15:04")); len(got) == 3 {
				break
			}
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: %s", tt.when, diff)
		}
	}
}

func TestSomebodyWithoutAClock(t *testing.T) {
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	for when, fine := range map[string]bool{"tomorrow 09:00": false, "Mondays 20:00": false, "tomorrow 09:00 Chicago": true, "Mondays 20:00 EST": true, "in 2 hours": true} {
		_, err := note.ReadRule(when, note.Never, now, nil)
		var r *chat.Refusal
		if fine != (err == nil) || !fine && (!errors.As(err, &r) || r.Error() != "missing: note.ask_zone") {
			t.Errorf("%s: %v", when, err)
		}
	}
}

// A note can be put off, and once it is stopped it stays away.
func TestANoteComesAgain(t *testing.T) {
	bubbles(t, func(t *testing.T, d *desk) {
		ana := d.join("ana", nil)
		n := d.add(ana, "x", "today 09:00", note.Never)
		again := func() {
			d.update(func(tx storage.Tx) error {
				_, err := d.Snooze(tx, ana, n.ID, time.Now())
				return err
			})
		}
		time.Sleep(8*time.Hour + 5*time.Minute)
		again()
		time.Sleep(15 * time.Minute)
		d.want("01 09:00 ana: You have a note at 09:00", "01 09:15 ana: You have a note at 09:15")
		again()
		d.update(func(tx storage.Tx) error { return d.Stop(tx, ana, n.ID) })
		time.Sleep(time.Hour)
		d.want()
	})
}
