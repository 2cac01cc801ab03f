package storage_test

import (
	"errors"
	"testing"

	"peerbot/storage"
	"peerbot/storage/mem"
)

type note struct{ Who, Text string }

func notes(t *testing.T) *storage.Table[note] {
	v, err := storage.NewVault(make([]byte, storage.KeySize))
	if err != nil {
		t.Fatal(err)
	}
	return &storage.Table[note]{Bucket: "notes", Vault: v, Version: 1,
		Owner:   func(n note) string { return n.Who },
		Indexes: []storage.Index[note]{{Name: "who", Keys: func(n note) []string { return []string{n.Who} }}}}
}

func TestSmoke(t *testing.T) {
	s, tab := mem.New(), notes(t)
	ctx := t.Context()
	err := s.Update(ctx, func(tx storage.Tx) error {
		if err := tab.Put(tx, "1", note{"ann", "hi"}); err != nil {
			return err
		}
		if err := tab.Put(tx, "2", note{"ann", "there"}); err != nil {
			return err
		}
		for row, err := range tab.By(tx, "who", "ann", "1") {
			if err != nil || row.Value.Text != "there" {
				t.Error(row, err)
			}
		}
		return tab.Vault.Erase(tx, "ann")
	})
	if err != nil {
		t.Fatal(err)
	}
	err = s.View(ctx, func(r storage.Reader) error { _, err := tab.Get(r, "1"); return err })
	if !errors.Is(err, storage.ErrErased) {
		t.Error(err)
	}
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	s.Update(ctx, func(storage.Tx) error { return s.Update(ctx, func(storage.Tx) error { return nil }) })
}
