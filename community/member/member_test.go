package member_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"peerbot/chat"
	"peerbot/community/member"
	"peerbot/storage"
	"peerbot/storage/bolt"
	"peerbot/storage/mem"
	"peerbot/storage/storagetest"
)

var now = time.Date(2026, 11, 21, 18, 0, 0, 0, time.UTC)

// each runs the test over every engine, with every transaction run twice.
func each(t *testing.T, test func(t *testing.T, s storage.Store, m *member.Members)) {
	engines := map[string]func(t *testing.T) storage.Store{
		"mem": func(*testing.T) storage.Store { return mem.New() },
		"bolt": func(t *testing.T) storage.Store {
			s, err := bolt.Open(filepath.Join(t.TempDir(), "store", "test.db"), bolt.Options{})
			if err != nil {
				t.Fatal(err)
			}
			return s
		},
	}
	for name, open := range engines {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			t.Cleanup(func() { s.Close() })
			test(t, storagetest.Twice(s), member.New(vault(t)))
		})
	}
}

func vault(t *testing.T) *storage.Vault {
	t.Helper()
	v, err := storage.NewVault(bytes.Repeat([]byte{7}, storage.KeySize))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func update(t *testing.T, s storage.Store, fn func(storage.Tx) error) {
	t.Helper()
	if err := s.Update(context.Background(), fn); err != nil {
		t.Fatal(err)
	}
}

func view(t *testing.T, s storage.Store, fn func(storage.Reader) error) {
	t.Helper()
	if err := s.View(context.Background(), fn); err != nil {
		t.Fatal(err)
	}
}

func full(id string) member.Member {
	return member.Member{
		ID: id, Reach: chat.Address{Platform: "console", Room: "canary-room"}, Home: "home",
		Zone: "Europe/Berlin", Lang: "es", Quiet: member.Quiet{From: 1320, To: 420},
		Open: true, Plain: true, Band: member.Adult,
	}
}

func TestPutAndGet(t *testing.T) {
	each(t, func(t *testing.T, s storage.Store, m *member.Members) {
		id := m.IDOf(chat.Person{Platform: "console", ID: "ana"})
		view(t, s, func(r storage.Reader) error {
			got, err := m.Get(r, id)
			if diff := cmp.Diff(member.Member{ID: id}, got); diff != "" {
				t.Errorf("someone without a record (-want +got):\n%s", diff)
			}
			return err
		})
		want := full(id)
		update(t, s, func(tx storage.Tx) error { return m.Put(tx, want) })
		view(t, s, func(r storage.Reader) error {
			got, err := m.Get(r, id)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("read back (-want +got):\n%s", diff)
			}
			return err
		})
	})
}

func TestPutRefuses(t *testing.T) {
	tests := map[string]func(*member.Member){
		"member.zone":  func(v *member.Member) { v.Zone = "Mars/Base" },
		"member.lang":  func(v *member.Member) { v.Lang = "not a language" },
		"member.quiet": func(v *member.Member) { v.Quiet.From = 1440 },
		"member.band":  func(v *member.Member) { v.Band = "old" },
	}
	each(t, func(t *testing.T, s storage.Store, m *member.Members) {
		for id, spoil := range tests {
			v := full("someone")
			spoil(&v)
			err := s.Update(t.Context(), func(tx storage.Tx) error { return m.Put(tx, v) })
			var refusal *chat.Refusal
			if !errors.As(err, &refusal) || refusal.Say[0].(chat.Phrase).ID != id {
				t.Errorf("got %v, want the refusal %s", err, id)
			}
		}
	})
}

// The truth table of the gate: both bands, and who blocked whom.
func TestMayMeet(t *testing.T) {
	bands := []member.Band{member.Unsaid, member.Minor, member.Adult}
	each(t, func(t *testing.T, s storage.Store, m *member.Members) {
		n := 0
		for _, a := range bands {
			for _, b := range bands {
				for _, blocked := range []string{"nobody", "a blocks b", "b blocks a"} {
					n++
					first, second := fmt.Sprint("a", n), fmt.Sprint("b", n)
					update(t, s, func(tx storage.Tx) error {
						return errors.Join(
							m.Put(tx, member.Member{ID: first, Band: a}), m.Put(tx, member.Member{ID: second, Band: b}),
							block(tx, m, blocked, first, second))
					})
					want := blocked == "nobody" && (a == member.Minor) == (b == member.Minor)
					mayMeet(t, s, m, first, second, want)
					mayMeet(t, s, m, second, first, want)
				}
			}
		}
		mayMeet(t, s, m, "a1", "a1", false)
		mayMeet(t, s, m, "never seen", "never seen either", true)
	})
}

func block(tx storage.Tx, m *member.Members, blocked, a, b string) error {
	switch blocked {
	case "a blocks b":
		return m.Block(tx, a, b, now)
	case "b blocks a":
		return m.Block(tx, b, a, now)
	}
	return nil
}

func mayMeet(t *testing.T, s storage.Store, m *member.Members, a, b string, want bool) {
	t.Helper()
	view(t, s, func(r storage.Reader) error {
		got, err := m.MayMeet(r, a, b)
		if got != want {
			t.Errorf("%s may meet %s: %v, want %v", a, b, got, want)
		}
		return err
	})
}

func TestEraseLeavesWhatOthersDecided(t *testing.T) {
	each(t, func(t *testing.T, s storage.Store, m *member.Members) {
		update(t, s, func(tx storage.Tx) error {
			return errors.Join(m.Put(tx, full("bea")), m.Block(tx, "ana", "bea", now), m.Block(tx, "bea", "cal", now))
		})
		update(t, s, func(tx storage.Tx) error {
			more, err := m.Erase(tx, "bea")
			if more {
				t.Error("more is left of two blocks")
			}
			return err
		})
		view(t, s, func(r storage.Reader) error {
			facts, err := m.Export(r, "bea")
			if len(facts) > 0 {
				t.Errorf("something is left: %v", facts)
			}
			return err
		})
		mayMeet(t, s, m, "ana", "bea", false) // Ana's block stays,
		mayMeet(t, s, m, "bea", "cal", true)  // and Bea's own goes.
	})
}

func TestEraseInSteps(t *testing.T) {
	each(t, func(t *testing.T, s storage.Store, m *member.Members) {
		for i := range 50 {
			update(t, s, func(tx storage.Tx) error { return m.Block(tx, "bea", fmt.Sprint("other", i), now) })
		}
		steps := 0
		for more := true; more; steps++ {
			update(t, s, func(tx storage.Tx) (err error) { more, err = m.Erase(tx, "bea"); return err })
		}
		if steps != 3 {
			t.Errorf("50 blocks went in %d steps, want 3", steps)
		}
		mayMeet(t, s, m, "bea", "other49", true)
	})
}

func TestExportTellsEveryField(t *testing.T) {
	each(t, func(t *testing.T, s storage.Store, m *member.Members) {
		update(t, s, func(tx storage.Tx) error {
			return errors.Join(m.Put(tx, full("bea")), m.Block(tx, "bea", "cal", now))
		})
		var names []string
		view(t, s, func(r storage.Reader) error {
			facts, err := m.Export(r, "bea")
			for _, f := range facts {
				names = append(names, f.Name)
			}
			return err
		})
		want := []string{"private_chat", "home", "zone", "language", "quiet_hours", "lock_screen", "plain", "age_band", "blocks"}
		if diff := cmp.Diff(want, names); diff != "" {
			t.Errorf("facts (-want +got):\n%s", diff)
		}
	})
}

// Nothing that a person chose, and no id, stands readable in the file.
func TestNothingIsReadableInTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store", "test.db")
	s, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	m := member.New(vault(t))
	id := m.IDOf(chat.Person{Platform: "console", ID: "canary-person"})
	update(t, s, func(tx storage.Tx) error { return m.Put(tx, full(id)) })
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, canary := range []string{"canary-person", "canary-room", "Europe/Berlin", "adult"} {
		if bytes.Contains(file, []byte(canary)) {
			t.Errorf("%q can be read in the file", canary)
		}
	}
}
