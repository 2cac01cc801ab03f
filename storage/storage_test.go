package storage_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"peerbot/storage"
	"peerbot/storage/mem"
)

type note struct{ Who, Text string }

func vault(t testing.TB, fill byte) *storage.Vault {
	t.Helper()
	v, err := storage.NewVault(bytes.Repeat([]byte{fill}, storage.KeySize))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func notes(t testing.TB) *storage.Table[note] {
	t.Helper()
	return &storage.Table[note]{Bucket: "notes", Vault: vault(t, 0), Version: 1,
		Owner:   func(n note) string { return n.Who },
		Indexes: []storage.Index[note]{{Name: "who", Keys: func(n note) []string { return []string{n.Who} }}}}
}

func update(t testing.TB, s storage.Store, fn func(tx storage.Tx) error) {
	t.Helper()
	if err := s.Update(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func view(t testing.TB, s storage.Store, fn func(r storage.Reader) error) {
	t.Helper()
	if err := s.View(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func wantErr(t testing.TB, what string, err, is error) {
	t.Helper()
	if !errors.Is(err, is) {
		t.Errorf("%s: error %v, want %v", what, err, is)
	}
}

func TestEnd(t *testing.T) {
	for prefix, want := range map[string]string{"a": "b", "a\xff": "b", "a\x00": "a\x01", "": "", "\xff\xff": ""} {
		if got := storage.End([]byte(prefix)); string(got) != want || (want == "") != (got == nil) {
			t.Errorf("%q: %q, want %q", prefix, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		prefix := rapid.SliceOfN(rapid.Byte(), 1, 4).Draw(t, "prefix")
		key := rapid.SliceOf(rapid.Byte()).Draw(t, "key")
		end := storage.End(prefix)
		within := bytes.Compare(key, prefix) >= 0 && (end == nil || bytes.Compare(key, end) < 0)
		if within != bytes.HasPrefix(key, prefix) {
			t.Errorf("%q is between %q and %q: %v", key, prefix, end, within)
		}
	})
}

func TestLease(t *testing.T) {
	s, now := mem.New(), time.Date(2026, time.March, 1, 20, 0, 0, 0, time.UTC)
	later := func(d time.Duration) time.Time { return now.Add(d) }
	for _, step := range []struct {
		what    string
		do      func(tx storage.Tx) (bool, error)
		granted bool
	}{
		{"a free one", func(tx storage.Tx) (bool, error) { return storage.Take(tx, "pump", "a", now, later(time.Minute)) }, true},
		{"a held one", func(tx storage.Tx) (bool, error) {
			return storage.Take(tx, "pump", "b", later(59*time.Second), later(time.Hour))
		}, false},
		{"another", func(tx storage.Tx) (bool, error) { return storage.Take(tx, "sweep", "b", now, later(time.Minute)) }, true},
		{"one's own", func(tx storage.Tx) (bool, error) {
			return storage.Take(tx, "pump", "a", later(30*time.Second), later(2*time.Minute))
		}, true},
		{"not yet expired", func(tx storage.Tx) (bool, error) {
			return storage.Take(tx, "pump", "b", later(time.Minute), later(time.Hour))
		}, false},
		{"expired", func(tx storage.Tx) (bool, error) {
			return storage.Take(tx, "pump", "b", later(2*time.Minute), later(time.Hour))
		}, true},
		{"released by another", func(tx storage.Tx) (bool, error) {
			err := storage.Release(tx, "pump", "a")
			got, err2 := storage.Take(tx, "pump", "a", later(3*time.Minute), later(time.Hour))
			return got, errors.Join(err, err2)
		}, false},
		{"released", func(tx storage.Tx) (bool, error) {
			err := storage.Release(tx, "pump", "b")
			got, err2 := storage.Take(tx, "pump", "a", later(3*time.Minute), later(time.Hour))
			return got, errors.Join(err, err2)
		}, true},
	} {
		update(t, s, func(tx storage.Tx) error {
			granted, err := step.do(tx)
			if granted != step.granted {
				t.Errorf("%s: granted %v", step.what, granted)
			}
			return err
		})
	}
}

func TestVaultID(t *testing.T) {
	v := vault(t, 1)
	if got, want := v.ID("member", "telegram", "42"), "vcvkbjabvcpynw6ynvitfdixha"; got != want {
		t.Errorf("ID = %s, want %s: every stored key would be lost", got, want)
	}
	seen := map[string]string{}
	for _, parts := range [][]string{{}, {""}, {"", ""}, {"a", "b"}, {"ab"}, {"ab", ""}, {"", "ab"}, {"a", "", "b"}, {"\x01a"}} {
		id := v.ID(parts...)
		if other, ok := seen[id]; ok || len(id) != 26 || id == vault(t, 2).ID(parts...) {
			t.Errorf("%q: %s, as %s", parts, id, other)
		}
		seen[id] = fmt.Sprintf("%q", parts)
	}
}

func TestSeal(t *testing.T) {
	s, v := mem.New(), vault(t, 1)
	for _, owner := range []string{"", "ann"} {
		seal := func(plain string) (sealed []byte) {
			update(t, s, func(tx storage.Tx) (err error) {
				sealed, err = v.Seal(tx, owner, "b", []byte("k"), []byte(plain))
				return err
			})
			return sealed
		}
		open := func(v *storage.Vault, owner string, b storage.Bucket, key string, sealed []byte) (plain string, err error) {
			err = s.View(t.Context(), func(r storage.Reader) error {
				p, err := v.Open(r, owner, b, []byte(key), sealed)
				plain = string(p)
				return err
			})
			return plain, err
		}
		sealed := seal("secret")
		if plain, err := open(v, owner, "b", "k", sealed); err != nil || plain != "secret" {
			t.Errorf("%q: %q, %v", owner, plain, err)
		}
		if bytes.Equal(seal("secret"), sealed) || bytes.Contains(sealed, []byte("secret")) {
			t.Error("it shows what it holds")
		}
		_, err := open(v, owner, "c", "k", sealed)
		wantErr(t, "in another bucket", err, storage.ErrDamaged)
		_, err = open(v, owner, "b", "l", sealed)
		wantErr(t, "under another key", err, storage.ErrDamaged)
		_, err = open(vault(t, 2), owner, "b", "k", sealed)
		if err == nil {
			t.Error("another install opened it")
		}
		_, err = open(v, "bob", "b", "k", sealed)
		wantErr(t, "for another owner", err, storage.ErrErased)
		for i := range sealed {
			bad := bytes.Clone(sealed)
			bad[i] ^= 1
			if _, err := open(v, owner, "b", "k", bad); !errors.Is(err, storage.ErrDamaged) && !errors.Is(err, storage.ErrErased) {
				t.Errorf("byte %d changed: %v", i, err)
			}
			if _, err := open(v, owner, "b", "k", sealed[:i]); !errors.Is(err, storage.ErrDamaged) {
				t.Errorf("cut to %d: %v", i, err)
			}
		}
	}
}

func TestErasedOwnerComesBack(t *testing.T) {
	s, v := mem.New(), vault(t, 1)
	seal := func(tx storage.Tx, plain string) []byte {
		sealed, err := v.Seal(tx, "ann", "b", []byte("k"), []byte(plain))
		if err != nil {
			t.Fatal(err)
		}
		return sealed
	}
	update(t, s, func(tx storage.Tx) error {
		old := seal(tx, "old")
		if err := v.Erase(tx, "ann"); err != nil {
			return err
		}
		_, err := v.Open(tx, "ann", "b", []byte("k"), old)
		wantErr(t, "erased in this transaction", err, storage.ErrErased)
		fresh := seal(tx, "new")
		_, err = v.Open(tx, "ann", "b", []byte("k"), old)
		wantErr(t, "erased before they came back", err, storage.ErrErased)
		plain, err := v.Open(tx, "ann", "b", []byte("k"), fresh)
		if string(plain) != "new" {
			t.Errorf("their new value: %q", plain)
		}
		return errors.Join(err, v.Erase(tx, "ann"), v.Erase(tx, "ann"))
	})
}

// TestEraseUndone fails the transaction that erases: nothing may be lost.
func TestEraseUndone(t *testing.T) {
	s, tab := mem.New(), notes(t)
	update(t, s, func(tx storage.Tx) error { return tab.Put(tx, "1", note{"ann", "x"}) })
	err := s.Update(t.Context(), func(tx storage.Tx) error {
		return errors.Join(tab.Vault.Erase(tx, "ann"), storage.ErrDone)
	})
	wantErr(t, "update", err, storage.ErrDone)
	view(t, s, func(r storage.Reader) error { _, err := tab.Get(r, "1"); return err })
}

func TestTable(t *testing.T) {
	s, tab := mem.New(), notes(t)
	update(t, s, func(tx storage.Tx) error {
		return errors.Join(
			tab.Put(tx, "a1", note{"ann", "one"}), tab.Put(tx, "a2", note{"ann", "two"}),
			tab.Put(tx, "b1", note{"bob", "three"}), tab.Put(tx, "a1", note{"ann", "four"}))
	})
	list := func(r storage.Reader, rows func(func(storage.Row[note], error) bool)) (all []string) {
		for row, err := range rows {
			all = append(all, fmt.Sprint(row.Key, row.Revision, row.Value, err))
		}
		return all
	}
	expect := func(what string, get func(r storage.Reader) []string, want ...string) {
		t.Helper()
		view(t, s, func(r storage.Reader) error {
			if diff := cmp.Diff(want, get(r)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", what, diff)
			}
			return nil
		})
	}
	all := func(prefix, after string) func(r storage.Reader) []string {
		return func(r storage.Reader) []string { return list(r, tab.All(r, prefix, after)) }
	}
	by := func(key, after string) func(r storage.Reader) []string {
		return func(r storage.Reader) []string { return list(r, tab.By(r, "who", key, after)) }
	}
	a1, a2, b1 := "a12 {ann four} <nil>", "a21 {ann two} <nil>", "b11 {bob three} <nil>"
	expect("all", all("", ""), a1, a2, b1)
	expect("prefix", all("a", ""), a1, a2)
	expect("after", all("a", "a1"), a2)
	expect("after, before the prefix", all("b", "a1"), b1)
	expect("after the prefix", all("a", "b"))
	expect("by", by("ann", ""), a1, a2)
	expect("by after", by("ann", "a1"), a2)
	expect("by nobody", by("an", ""))

	update(t, s, func(tx storage.Tx) error { return tab.Put(tx, "a2", note{"bob", "two"}) })
	expect("moved", by("bob", ""), "a22 {bob two} <nil>", b1)
	expect("left behind", by("ann", ""), a1)
	update(t, s, func(tx storage.Tx) error { return errors.Join(tab.Delete(tx, "b1"), tab.Delete(tx, "none")) })
	expect("deleted", by("bob", ""), "a22 {bob two} <nil>")
	update(t, s, func(tx storage.Tx) error { return tab.Vault.Erase(tx, "ann") })
	expect("erased", all("", ""), "a22 {bob two} <nil>")
	expect("erased, by", by("ann", ""))
	update(t, s, func(tx storage.Tx) error {
		_, err := tab.Get(tx, "a1")
		wantErr(t, "get", err, storage.ErrErased)
		more, err := tab.Sweep(tx, "who", "ann", 10)
		if more {
			t.Error("the sweep left some")
		}
		_, gone := tab.Get(tx, "a1")
		wantErr(t, "get after the sweep", gone, storage.ErrNotFound)
		return err
	})
	expect("swept", all("", ""), "a22 {bob two} <nil>")
}

func TestReplace(t *testing.T) {
	s, tab := mem.New(), notes(t)
	update(t, s, func(tx storage.Tx) error {
		row := storage.Row[note]{Key: "1", Value: note{"ann", "one"}}
		if err := tab.Replace(tx, row); err != nil {
			return err
		}
		wantErr(t, "made twice", tab.Replace(tx, row), storage.ErrConflict)
		row, err := tab.Get(tx, "1")
		if err != nil || row.Revision != 1 {
			t.Errorf("%+v, %v", row, err)
		}
		row.Value.Text = "two"
		if err := tab.Replace(tx, row); err != nil {
			return err
		}
		wantErr(t, "an old revision", tab.Replace(tx, row), storage.ErrConflict)
		return nil
	})
}

// TestTableCosts counts against the limits what a table's methods say they cost.
func TestTableCosts(t *testing.T) {
	s, tab := mem.New(), notes(t)
	put := func(tx storage.Tx, n int, text string) (err error) {
		for i := range n {
			err = errors.Join(err, tab.Put(tx, fmt.Sprintf("%03d", i), note{"ann", text}))
		}
		return err
	}
	update(t, s, func(tx storage.Tx) error { return put(tx, 49, "one") }) // 49 records, 49 entries, 1 key.
	update(t, s, func(tx storage.Tx) error { return put(tx, 49, "two") })
	update(t, s, func(tx storage.Tx) error {
		for row, err := range tab.All(tx, "", "") {
			if err == nil {
				row.Value.Text = "three"
				err = tab.Replace(tx, row)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	err := s.Update(t.Context(), func(tx storage.Tx) error {
		return errors.Join(put(tx, 49, "four"), tab.Put(tx, "x", note{"bob", ""}), tab.Put(tx, "y", note{"bob", ""}))
	})
	if err != nil {
		t.Errorf("51 Puts, two of them new: %v", err)
	}
}

// TestTableModel compares a table with a map, indexes and erasures included.
func TestTableModel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s, tab := mem.New(), notes(t)
		model := map[string]note{}
		key := rapid.SampledFrom([]string{"a", "b", "a\x00", "a\x00b"})
		for range rapid.IntRange(1, 20).Draw(rt, "steps") {
			k, n := key.Draw(rt, "key"), note{key.Draw(rt, "who"), "x"}
			update(t, s, func(tx storage.Tx) error {
				switch rapid.IntRange(0, 3).Draw(rt, "what") {
				case 0:
					delete(model, k)
					return tab.Delete(tx, k)
				case 1:
					for k, v := range model {
						if v.Who == n.Who {
							delete(model, k)
						}
					}
					return tab.Vault.Erase(tx, n.Who)
				}
				model[k] = n
				return tab.Put(tx, k, n)
			})
			view(t, s, func(r storage.Reader) error {
				all, by := map[string]note{}, map[string]note{}
				for row, err := range tab.All(r, "", "") {
					if err != nil {
						return err
					}
					all[row.Key] = row.Value
				}
				for _, who := range []string{"a", "b", "a\x00", "a\x00b"} {
					for row, err := range tab.By(r, "who", who, "") {
						if err != nil || row.Value.Who != who {
							rt.Errorf("by %q: %+v, %v", who, row, err)
						}
						by[row.Key] = row.Value
					}
				}
				if diff := cmp.Diff([2]map[string]note{model, model}, [2]map[string]note{all, by}); diff != "" {
					rt.Errorf("(-want +got):\n%s", diff)
				}
				return nil
			})
		}
	})
}

func TestNewerRecord(t *testing.T) {
	s, old, tab := mem.New(), notes(t), notes(t)
	tab.Version = 3
	update(t, s, func(tx storage.Tx) error { return tab.Put(tx, "1", note{"ann", "x"}) })
	update(t, s, func(tx storage.Tx) error {
		var newer *storage.NewerError
		_, err := old.Get(tx, "1")
		if !errors.As(err, &newer) || newer.Found != 3 || newer.Known != 1 || newer.What != "notes" {
			t.Errorf("get: %v", err)
		}
		wantErr(t, "put over it", old.Put(tx, "1", note{}), storage.ErrNewer)
		for _, err := range old.All(tx, "", "") {
			wantErr(t, "all", err, storage.ErrNewer)
		}
		return nil
	})
}

// rename is an Upgrade that gives a field another name.
func rename(from, to string) func([]byte) ([]byte, error) {
	return func(record []byte) ([]byte, error) {
		var fields map[string]json.RawMessage
		if err := json.Unmarshal(record, &fields); err != nil {
			return nil, err
		}
		fields[to] = fields[from]
		delete(fields, from)
		return json.Marshal(fields)
	}
}
