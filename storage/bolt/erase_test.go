package bolt_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"peerbot/storage"
	"peerbot/storage/bolt"
)

type story struct{ Owner, Text string }

const canary = "canary-wants-to-sing-7f3a"

func stories(t *testing.T) *storage.Table[story] {
	t.Helper()
	v, err := storage.NewVault(bytes.Repeat([]byte{7}, storage.KeySize))
	if err != nil {
		t.Fatal(err)
	}
	return &storage.Table[story]{Bucket: "stories", Vault: v, Version: 1,
		Owner:   func(s story) string { return s.Owner },
		Indexes: []storage.Index[story]{{Name: "owner", Keys: func(s story) []string { return []string{s.Owner} }}}}
}

func pair(t *testing.T, s *bolt.Store, b storage.Bucket) (all [][]byte) {
	t.Helper()
	err := s.View(t.Context(), func(r storage.Reader) error {
		for e, err := range r.Scan(b, nil, nil) {
			if err != nil {
				return err
			}
			all = append(all, e.Key, e.Value)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestErase looks for an erased owner in every byte of the file: their words in the
// clear, and the key that would open them, for one who has the install key too.
func TestErase(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	s, table := open(t, path, bolt.Options{}), stories(t)
	owner := table.Vault.ID("member", canary)
	update := func(fn func(tx storage.Tx) error) {
		t.Helper()
		if err := s.Update(t.Context(), fn); err != nil {
			t.Fatal(err)
		}
	}
	id := table.Vault.ID("story", canary)
	update(func(tx storage.Tx) error { return table.Put(tx, id, story{owner, canary}) })
	wrapped := pair(t, s, "keys")
	if len(wrapped) != 2 {
		t.Fatalf("%d keys and values, want one key", len(wrapped))
	}
	update(func(tx storage.Tx) error { return table.Vault.Erase(tx, owner) })
	for _, later := range []string{"", "again"} { // The second time after they came back.
		err := s.View(t.Context(), func(r storage.Reader) error { _, err := table.Get(r, id); return err })
		if !errors.Is(err, storage.ErrErased) {
			t.Errorf("%s: %v, want %v", later, err, storage.ErrErased)
		}
		update(func(tx storage.Tx) error { return table.Put(tx, id+"2", story{owner, canary}) })
	}
	if now := pair(t, s, "keys"); bytes.Equal(now[1], wrapped[1]) {
		t.Error("who came back has the old key")
	}
	if err := s.Compact(t.Context()); err != nil {
		t.Fatal(err)
	}
	closed(t, s)
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, secret := range map[string][]byte{"the owner's words": []byte(canary), "the sealed key": wrapped[1], "a part of the key": wrapped[1][40:60]} {
		if bytes.Contains(content, secret) {
			t.Errorf("the file holds %s", name)
		}
	}
}

// TestCanaries plants words and ids that must not be readable in the file, and makes
// sure that the search would find them.
func TestCanaries(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	s, table := open(t, path, bolt.Options{}), stories(t)
	update := func(fn func(tx storage.Tx) error) {
		t.Helper()
		if err := s.Update(t.Context(), fn); err != nil {
			t.Fatal(err)
		}
	}
	update(func(tx storage.Tx) error {
		id := table.Vault.ID("story", canary)
		return errors.Join(
			table.Put(tx, id, story{table.Vault.ID("member", canary), canary}),
			table.Put(tx, id, story{"", canary}),
			table.Put(tx, id+"2", story{table.Vault.ID("member", canary), canary}))
	})
	holds := func() bool {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return bytes.Contains(content, []byte(canary))
	}
	if holds() {
		t.Error("the file holds a canary")
	}
	update(func(tx storage.Tx) error { return tx.Put("clear", []byte("k"), []byte(canary)) })
	if !holds() {
		t.Error("the search does not find what is there")
	}
}
