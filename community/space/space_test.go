package space_test

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"peerbot/chat"
	"peerbot/community/space"
	"peerbot/storage"
	"peerbot/storage/bolt"
	"peerbot/storage/mem"
	"peerbot/storage/storagetest"
)

var (
	now      = time.Date(2026, 11, 21, 18, 0, 0, 0, time.UTC)
	defaults = space.Home{Zone: "Europe/London", Lang: "en", Country: "GB"}

	lobby = chat.Address{Platform: "telegram", Space: "-1", Room: "-1"}
	moved = chat.Address{Platform: "telegram", Space: "-1001", Room: "-1001"}
	other = chat.Address{Platform: "discord", Space: "7", Room: "70"}
)

func each(t *testing.T, test func(t *testing.T, s storage.Store, spaces *space.Spaces)) {
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
			test(t, storagetest.Twice(s), space.New(vault(t), defaults))
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

func homeOf(t *testing.T, s storage.Store, spaces *space.Spaces, at chat.Address) (home string) {
	t.Helper()
	view(t, s, func(r storage.Reader) (err error) { home, err = spaces.HomeOf(r, at); return err })
	return home
}

func settle(t *testing.T, s storage.Store, spaces *space.Spaces, at chat.Address) (place string) {
	t.Helper()
	home := homeOf(t, s, spaces, at)
	update(t, s, func(tx storage.Tx) (err error) { place, err = spaces.Settle(tx, home, at); return err })
	return place
}

func TestHomeOfNeedsNoRecord(t *testing.T) {
	each(t, func(t *testing.T, s storage.Store, spaces *space.Spaces) {
		room := lobby
		room.Room, room.Thread = "other", "5"
		if a, b := homeOf(t, s, spaces, lobby), homeOf(t, s, spaces, room); a == "" || a != b {
			t.Errorf("two rooms of one space live in %q and %q", a, b)
		}
		if a, b := homeOf(t, s, spaces, lobby), homeOf(t, s, spaces, other); a == b {
			t.Errorf("two spaces live in one community, %q", a)
		}
		if got := homeOf(t, s, spaces, chat.Address{Platform: "telegram", Room: "5"}); got != "" {
			t.Errorf("a private chat lives in %q", got)
		}
	})
}

func TestGetFillsInTheDefaults(t *testing.T) {
	each(t, func(t *testing.T, s storage.Store, spaces *space.Spaces) {
		home := homeOf(t, s, spaces, lobby)
		get := func() (h space.Home) {
			view(t, s, func(r storage.Reader) (err error) { h, err = spaces.Get(r, home); return err })
			return h
		}
		want := defaults
		want.ID = home
		if diff := cmp.Diff(want, get()); diff != "" {
			t.Errorf("nobody has said anything (-want +got):\n%s", diff)
		}
		said := space.Home{ID: home, Zone: "America/Chicago", Off: []string{}}
		update(t, s, func(tx storage.Tx) error { return spaces.Put(tx, said) })
		want = space.Home{ID: home, Zone: "America/Chicago", Lang: "en", Country: "GB", Off: []string{}}
		if diff := cmp.Diff(want, get()); diff != "" {
			t.Errorf("a zone was said (-want +got):\n%s", diff)
		}
	})
}

func TestPutRefuses(t *testing.T) {
	tests := map[string]space.Home{
		"space.no_home": {},
		"space.zone":    {ID: "h", Zone: "Local"},
		"space.lang":    {ID: "h", Lang: "no language"},
		"space.country": {ID: "h", Country: "us"},
		"space.part":    {ID: "h", Off: []string{"Meetings!"}},
		"space.parts":   {ID: "h", Off: make([]string, 33)},
	}
	each(t, func(t *testing.T, s storage.Store, spaces *space.Spaces) {
		for id, h := range tests {
			err := s.Update(t.Context(), func(tx storage.Tx) error { return spaces.Put(tx, h) })
			var refusal *chat.Refusal
			if !errors.As(err, &refusal) || refusal.Say[0].(chat.Phrase).ID != id {
				t.Errorf("got %v, want the refusal %s", err, id)
			}
		}
	})
}

func TestAPlaceIsSettledOnce(t *testing.T) {
	each(t, func(t *testing.T, s storage.Store, spaces *space.Spaces) {
		thread := lobby
		thread.Thread = "5"
		a, b := settle(t, s, spaces, lobby), settle(t, s, spaces, lobby)
		if a != b {
			t.Errorf("one address is the places %q and %q", a, b)
		}
		if c := settle(t, s, spaces, thread); c == a {
			t.Errorf("a thread is the place of its room")
		}
		view(t, s, func(r storage.Reader) error {
			got, err := spaces.Place(r, a)
			want := space.Place{ID: a, Home: homeOf(t, s, spaces, lobby), Address: lobby}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("the place (-want +got):\n%s", diff)
			}
			return err
		})
		err := s.Update(t.Context(), func(tx storage.Tx) error {
			_, err := spaces.Settle(tx, "home", chat.Address{Platform: "telegram", Room: "5"})
			return err
		})
		var refusal *chat.Refusal
		if !errors.As(err, &refusal) {
			t.Errorf("a private chat became a place: %v", err)
		}
	})
}

func TestMove(t *testing.T) {
	each(t, func(t *testing.T, s storage.Store, spaces *space.Spaces) {
		home := homeOf(t, s, spaces, lobby)
		thread := lobby
		thread.Thread = "5"
		room, topic, far := settle(t, s, spaces, lobby), settle(t, s, spaces, thread), settle(t, s, spaces, other)
		update(t, s, func(tx storage.Tx) error { return spaces.Move(tx, lobby, moved) })

		movedThread := moved
		movedThread.Thread = "5"
		for id, want := range map[string]chat.Address{room: moved, topic: movedThread, far: other} {
			view(t, s, func(r storage.Reader) error {
				got, err := spaces.Place(r, id)
				if got.Address != want {
					t.Errorf("the place is at %v, want %v", got.Address, want)
				}
				return err
			})
		}
		if got := homeOf(t, s, spaces, moved); got != home {
			t.Errorf("the new space lives in %q, want %q", got, home)
		}
		if got := settle(t, s, spaces, moved); got != room {
			t.Errorf("the new address is another place")
		}
		if got := settle(t, s, spaces, lobby); got == room {
			t.Errorf("the old address is still the place that moved away")
		}
		update(t, s, func(tx storage.Tx) error { return spaces.Move(tx, moved, lobby) })
		if got := homeOf(t, s, spaces, lobby); got != home {
			t.Errorf("back again, the space lives in %q, want %q", got, home)
		}
	})
}

func TestDuties(t *testing.T) {
	each(t, func(t *testing.T, s storage.Store, spaces *space.Spaces) {
		duties := func(home, who string) (role chat.Role) {
			view(t, s, func(r storage.Reader) (err error) { role, err = spaces.Duties(r, home, who); return err })
			return role
		}
		give := func(home, who string, role chat.Role) {
			update(t, s, func(tx storage.Tx) error { return spaces.Give(tx, home, who, role, now) })
		}
		give("one", "ana", chat.Host|chat.Moderator)
		give("two", "ana", chat.Librarian)
		give("one", "bea", chat.Mentor)
		if got := duties("one", "ana"); got != chat.Host|chat.Moderator {
			t.Errorf("Ana is %v", got)
		}
		if got := duties("two", "bea"); got != 0 {
			t.Errorf("Bea is %v where nobody gave her anything", got)
		}
		give("one", "bea", 0)
		if got := duties("one", "bea"); got != 0 {
			t.Errorf("Bea is still %v", got)
		}
		view(t, s, func(r storage.Reader) error {
			facts, err := spaces.Export(r, "ana")
			if len(facts) != 2 {
				t.Errorf("Ana is told %d duties, want 2", len(facts))
			}
			return err
		})
		update(t, s, func(tx storage.Tx) error { _, err := spaces.Erase(tx, "ana"); return err })
		if got := duties("one", "ana") | duties("two", "ana"); got != 0 {
			t.Errorf("Ana is erased and still %v", got)
		}
	})
}

func TestDutiesGoWithTheKey(t *testing.T) {
	each(t, func(t *testing.T, s storage.Store, spaces *space.Spaces) {
		update(t, s, func(tx storage.Tx) error { return spaces.Give(tx, "one", "ana", chat.Admin, now) })
		update(t, s, func(tx storage.Tx) error { return vault(t).Erase(tx, "ana") })
		view(t, s, func(r storage.Reader) error {
			role, err := spaces.Duties(r, "one", "ana")
			if role != 0 {
				t.Errorf("without her key Ana is still %v", role)
			}
			return err
		})
		update(t, s, func(tx storage.Tx) error { _, err := spaces.Erase(tx, "ana"); return err })
		view(t, s, func(r storage.Reader) error {
			for _, err := range r.Scan("duties", nil, nil) {
				t.Errorf("a row is left (%v)", err)
			}
			return nil
		})
	})
}

func TestOnly(t *testing.T) {
	each(t, func(t *testing.T, s storage.Store, spaces *space.Spaces) {
		only := func() (home string) {
			view(t, s, func(r storage.Reader) (err error) { home, err = spaces.Only(r); return err })
			return home
		}
		if got := only(); got != "" {
			t.Errorf("of none the only community is %q", got)
		}
		settle(t, s, spaces, lobby)
		if got := only(); got != homeOf(t, s, spaces, lobby) {
			t.Errorf("of one the only community is %q", got)
		}
		settle(t, s, spaces, other)
		if got := only(); got != "" {
			t.Errorf("of two the only community is %q", got)
		}
	})
}

func TestCountries(t *testing.T) {
	each(t, func(t *testing.T, s storage.Store, spaces *space.Spaces) {
		home := homeOf(t, s, spaces, lobby)
		update(t, s, func(tx storage.Tx) error { return spaces.Put(tx, space.Home{ID: home, Country: "US"}) })
		update(t, s, func(tx storage.Tx) error { return spaces.Move(tx, lobby, moved) })
		countries, err := space.LoadCountries(t.Context(), s, spaces)
		if err != nil {
			t.Fatal(err)
		}
		countries.Learn(other, "AU")
		private := chat.Address{Platform: "telegram", Room: "5"}
		for at, want := range map[chat.Address]string{lobby: "US", moved: "US", other: "AU", private: "GB", {Platform: "x", Space: "y"}: "GB"} {
			if got := countries.At(at); got != want {
				t.Errorf("the country at %v is %q, want %q", at, got, want)
			}
		}
	})
}
