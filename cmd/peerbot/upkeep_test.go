package main

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"peerbot/locales"
	"peerbot/storage"
)

// kitchen is a program over a file that does not run.
func kitchen(t *testing.T) *program {
	t.Helper()
	cfg, log := testConfig(t), slog.New(slog.NewTextHandler(t.Output(), nil))
	words, err := locales.Load()
	if err != nil {
		t.Fatal(err)
	}
	store, err := openFile(t.Context(), cfg.Store, log)
	if err != nil {
		t.Fatal(err)
	}
	p, err := assemble(t.Context(), cfg, store, fromConfig(terminal{Out: t.Output()}, nil), words, log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	return p
}

func TestABackupIsAStore(t *testing.T) {
	p := kitchen(t)
	p.cfg.Upkeep.BackupFolder = filepath.Join(t.TempDir(), "copies")
	at := time.Date(2026, 11, 21, 3, 7, 0, 0, time.UTC)
	if err := p.backup(t.Context(), at); err != nil {
		t.Fatal(err)
	}
	copied := p.cfg.Store
	copied.Path, copied.KeyFile = filepath.Join(p.cfg.Upkeep.BackupFolder, "peerbot-20261121-030700.db"), keyPath(p.cfg.Store)
	restored, err := openFile(t.Context(), copied, p.log)
	if err != nil {
		t.Fatal(err)
	}
	if err := restored.Close(); err != nil {
		t.Error(err)
	}
	if err := p.backup(t.Context(), at.Add(backupAge+time.Hour)); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(copied.Path); !os.IsNotExist(err) {
		t.Errorf("a copy older than 30 days is still there: %v", err)
	}
}

func TestCompactingAfterAnErasure(t *testing.T) {
	p := kitchen(t)
	fill(t, p.store)
	before, err := p.store.file.Stats()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.store.noteErased(t.Context(), "hash"); err != nil {
		t.Fatal(err)
	}
	if err := p.compact(t.Context(), time.Now()); err != nil {
		t.Fatal(err)
	}
	after, err := p.store.file.Stats()
	if err != nil || after.Free >= before.Free {
		t.Errorf("free pages: %d before, %d after: %v", before.Free, after.Free, err)
	}
}

// fill leaves free pages behind, fewer than half.
func fill(t *testing.T, s storage.Store) {
	t.Helper()
	for i := range 40 {
		update(t, s, func(tx storage.Tx) error { return tx.Put("filling", []byte{byte(i + 1)}, make([]byte, 8000)) })
	}
	for i := range 10 {
		update(t, s, func(tx storage.Tx) error { return tx.Delete("filling", []byte{byte(i + 1)}) })
	}
}

func update(t *testing.T, s storage.Store, fn func(storage.Tx) error) {
	t.Helper()
	if err := s.Update(context.WithoutCancel(t.Context()), fn); err != nil {
		t.Fatal(err)
	}
}

func TestPurgingIsDoneStepByStep(t *testing.T) {
	if err := kitchen(t).purge(t.Context(), time.Now()); err != nil {
		t.Error(err)
	}
}
