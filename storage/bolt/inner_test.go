package bolt

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"go.etcd.io/bbolt"

	"peerbot/storage"
)

func opened(t *testing.T, path string, o Options, f format) *Store {
	t.Helper()
	s, err := open(path, o, f)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func putKey(t *testing.T, s *Store, key string) error {
	t.Helper()
	return s.Update(t.Context(), func(tx storage.Tx) error { return tx.Put("a", []byte(key), nil) })
}

func has(t *testing.T, s *Store, key string) bool {
	t.Helper()
	err := s.View(t.Context(), func(r storage.Reader) error { _, err := r.Get("a", []byte(key)); return err })
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		t.Error(err)
	}
	return err == nil
}

// TestUpgrade goes from the current format to an imagined next one.
func TestUpgrade(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	s := opened(t, path, Options{}, current())
	if err := errors.Join(putKey(t, s, "old"), s.Close()); err != nil {
		t.Fatal(err)
	}
	now := current().version
	bad := errors.New("bad luck")
	next := format{version: now + 1, upgrades: map[int]func(*bbolt.Tx) error{now: func(tx *bbolt.Tx) error {
		return errors.Join(tx.Bucket([]byte("a")).Put([]byte("new"), nil), bad)
	}}}
	if _, err := open(path, Options{}, next); !errors.Is(err, bad) {
		t.Fatalf("an upgrade that fails: %v", err)
	}
	bad = nil
	s = opened(t, path, Options{}, next)
	if !has(t, s, "old") || !has(t, s, "new") {
		t.Error("the upgrade did not happen")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	var newer *storage.NewerError
	if _, err := Open(path, Options{}); !errors.As(err, &newer) || newer.Found != now+1 || newer.Known != now {
		t.Errorf("a newer store: %v", err)
	}
	backup := opened(t, path+".v1", Options{}, current())
	if !has(t, backup, "old") || has(t, backup, "new") {
		t.Error("the backup is not what was before")
	}
}

// TestCommitsAreShared holds one commit up until many wait: they share the next.
func TestCommitsAreShared(t *testing.T) {
	const callers = 100
	begun, hold := make(chan struct{}), make(chan struct{})
	var syncs atomic.Int64
	s := opened(t, filepath.Join(t.TempDir(), "store.db"), Options{Sync: func() error {
		if syncs.Add(1) == 1 {
			close(begun)
			<-hold
		}
		return nil
	}}, current())
	var wg sync.WaitGroup
	update := func() {
		if err := putKey(t, s, "k"); err != nil {
			t.Error(err)
		}
	}
	wg.Go(update)
	<-begun
	for range callers {
		wg.Go(update)
	}
	for s.line.waiting() < callers {
		runtime.Gosched()
	}
	close(hold)
	wg.Wait()
	if n := syncs.Load(); n != 4 {
		t.Errorf("%d fsyncs for %d callers, want 4", n, callers+1)
	}
}

// TestFailedCommit fails one commit: nothing of it stays, and the next one succeeds.
func TestFailedCommit(t *testing.T) {
	bad := errors.New("bad disk")
	var fail atomic.Bool
	s := opened(t, filepath.Join(t.TempDir(), "store.db"), Options{Sync: func() error {
		if fail.Load() {
			return bad
		}
		return nil
	}}, current())
	fail.Store(true)
	carried := 0
	ctx := storage.Also(t.Context(), func(storage.Tx) error { carried++; return nil })
	update := func() error {
		return s.Update(ctx, func(tx storage.Tx) error { return tx.Put("a", []byte("k"), nil) })
	}
	if err := update(); !errors.Is(err, bad) || has(t, s, "k") {
		t.Errorf("the failed commit: %v", err)
	}
	fail.Store(false)
	if err := update(); err != nil || !has(t, s, "k") || carried != 2 {
		t.Errorf("the next: %v, Also carried out %d times", err, carried)
	}
	if err := s.Update(ctx, func(storage.Tx) error { return nil }); err != nil || carried != 2 {
		t.Errorf("one that writes nothing: %v, %d", err, carried)
	}
}

// TestBrokenCopy makes Compact find a difference: the old file must stay.
func TestBrokenCopy(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	s := opened(t, path, Options{}, current())
	if err := putKey(t, s, "k"); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(path+compacting, 0o700); err != nil { // In the copy's way.
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(path+compacting, "x"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Compact(t.Context()); err == nil {
		t.Error("it compacted")
	}
	after, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(before, after) || putKey(t, s, "l") != nil {
		t.Error("the old file did not stay")
	}
}
