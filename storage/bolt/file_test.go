package bolt_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"peerbot/storage"
	"peerbot/storage/bolt"
)

func put(t testing.TB, s storage.Store, b storage.Bucket, key, value string) {
	t.Helper()
	err := s.Update(context.WithoutCancel(t.Context()), func(tx storage.Tx) error {
		return tx.Put(b, []byte(key), []byte(value))
	})
	if err != nil {
		t.Fatal(err)
	}
}

func get(t testing.TB, s storage.Store, b storage.Bucket, key string) (value string) {
	t.Helper()
	err := s.View(t.Context(), func(r storage.Reader) error {
		v, err := r.Get(b, []byte(key))
		value = string(v)
		return err
	})
	if err != nil {
		t.Errorf("get %s: %v", key, err)
	}
	return value
}

func closed(t testing.TB, s *bolt.Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// fill writes n records of 1 kB.
func fill(t testing.TB, s *bolt.Store, n int) {
	t.Helper()
	for i := range n {
		put(t, s, "bulk", fmt.Sprintf("%05d", i), strings.Repeat("x", 1000))
	}
}

func empty(t testing.TB, s *bolt.Store, n int) {
	t.Helper()
	for i := range n {
		err := s.Update(t.Context(), func(tx storage.Tx) error { return tx.Delete("bulk", fmt.Appendf(nil, "%05d", i)) })
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestReopen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "deep", "down", "store.db")
	s := open(t, path, bolt.Options{})
	put(t, s, "a", "k", "v")
	closed(t, s)
	if got := get(t, open(t, path, bolt.Options{}), "a", "k"); got != "v" {
		t.Errorf("got %q", got)
	}
}

func TestSecondInstanceIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	s := open(t, path, bolt.Options{})
	if err := s.Compact(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := bolt.Open(path, bolt.Options{}); !errors.Is(err, storage.ErrInUse) {
		t.Errorf("a second instance: %v", err)
	}
	closed(t, s)
	open(t, path, bolt.Options{})
}

func TestRightsAreNarrowed(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	path := filepath.Join(dir, "store.db")
	closed(t, open(t, path, bolt.Options{}))
	rights := func(what string, folder, file os.FileMode) {
		t.Helper()
		for path, want := range map[string]os.FileMode{dir: folder, path: file} {
			if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
				t.Errorf("%s: %s has %v, want %v (%v)", what, path, info.Mode(), want, err)
			}
		}
	}
	rights("new", 0o700, 0o600)
	widen := func() {
		if err := errors.Join(os.Chmod(dir, 0o755), os.Chmod(path, 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	widen()
	var log bytes.Buffer
	o := bolt.Options{Log: slog.New(slog.NewTextHandler(&log, nil))}
	closed(t, open(t, path, o))
	rights("widened", 0o700, 0o600)
	widen()
	if err := os.WriteFile(filepath.Join(dir, "other"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	closed(t, open(t, path, o))
	rights("a shared folder", 0o755, 0o600)
	if n := strings.Count(log.String(), "\n"); n != 4 || !strings.Contains(log.String(), "WARN") {
		t.Errorf("the log says:\n%s", &log)
	}
}

// TestDamaged opens what is no store, or no longer one.
func TestDamaged(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "store.db")
	s := open(t, path, bolt.Options{})
	fill(t, s, 50)
	st, err := s.Stats()
	if err != nil {
		t.Fatal(err)
	}
	closed(t, s)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{
		"text":         []byte("This is a letter and no store.\n"),
		"long text":    bytes.Repeat([]byte("This is a letter. "), 5000),
		"zeros":        make([]byte, 1<<16),
		"cut short":    whole[:(st.Pages-1)*st.PageSize],
		"cut to metas": whole[:2*st.PageSize],
		"zero page":    slices.Concat(whole[:3*st.PageSize], make([]byte, (st.Pages-3)*st.PageSize)),
	} {
		bad := filepath.Join(dir, strings.ReplaceAll(name, " ", "-"))
		if err := os.WriteFile(bad, content, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := bolt.Open(bad, bolt.Options{}); !errors.Is(err, storage.ErrDamaged) {
			t.Errorf("%s: %v, want %v", name, err, storage.ErrDamaged)
		}
	}
}

// TestBitFlips turns single bits in the pages of a store. Whatever comes of it, it
// must be an error or a store that goes on, and never a crash.
func TestBitFlips(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "store.db")
	s := open(t, path, bolt.Options{})
	fill(t, s, 100)
	empty(t, s, 30)
	st, err := s.Stats()
	if err != nil {
		t.Fatal(err)
	}
	closed(t, s)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	whole = whole[:st.Pages*st.PageSize] // The rest is not in use yet.
	flips, random := 100, rand.New(rand.NewPCG(1, 2))
	if os.Getenv("PEERBOT_FULL") != "" {
		flips = 10_000
	}
	refused := 0
	for range flips {
		bad := bytes.Clone(whole)
		at := random.IntN(len(bad))
		if random.IntN(4) > 0 {
			at = at&^0xfff + random.IntN(256) // Headers, where it hurts.
		}
		bad[at] ^= 1 << random.IntN(8)
		file := filepath.Join(dir, "bad")
		_ = os.Remove(file) // One whose commit failed stays locked.
		if err := os.WriteFile(file, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := goThrough(t, file); err != nil {
			refused++
			if !errors.Is(err, storage.ErrDamaged) {
				t.Errorf("bit at %#x: %v", at, err)
			}
		}
	}
	t.Logf("%d of %d flips were noticed", refused, flips)
}

// goThrough reads all of a store and writes to it.
func goThrough(t *testing.T, path string) error {
	t.Helper()
	s, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		return err
	}
	err = s.View(t.Context(), func(r storage.Reader) error {
		for _, err := range r.Scan("bulk", nil, nil) {
			if err != nil {
				return err
			}
		}
		return nil
	})
	for i := range 6 {
		err = errors.Join(err, s.Update(t.Context(), func(tx storage.Tx) error {
			if i%2 == 0 {
				return tx.Delete("bulk", fmt.Appendf(nil, "%05d", 5*i))
			}
			return tx.Put("bulk", fmt.Appendf(nil, "%05d", 5*i), make([]byte, 700))
		}))
	}
	return errors.Join(err, s.Close())
}

func TestBackup(t *testing.T) {
	dir := t.TempDir()
	s := open(t, filepath.Join(dir, "store.db"), bolt.Options{})
	put(t, s, "a", "gone", "soon to be deleted")
	fill(t, s, 200)
	empty(t, s, 200)
	put(t, s, "a", "gone", "x")
	put(t, s, "a", "k", "kept")
	path := filepath.Join(dir, "backup.db")
	if err := s.Backup(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	if err := s.Backup(t.Context(), path); !errors.Is(err, os.ErrExist) {
		t.Errorf("over another backup: %v", err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("its rights: %v, %v", info.Mode(), err)
	}
	if names, err := filepath.Glob(path + "?*"); err != nil || len(names) > 0 {
		t.Errorf("left over: %v, %v", names, err)
	}
	content, err := os.ReadFile(path)
	if err != nil || bytes.Contains(content, []byte("soon to be deleted")) {
		t.Errorf("it holds what was deleted (%v)", err)
	}
	put(t, s, "a", "k", "newer")
	if got := get(t, open(t, path, bolt.Options{}), "a", "k"); got != "kept" {
		t.Errorf("the backup holds %q", got)
	}
}

func TestCompact(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	s := open(t, path, bolt.Options{})
	fill(t, s, 300)
	empty(t, s, 299)
	if st, err := s.Stats(); err != nil || !st.Sparse() {
		t.Errorf("before: %+v, %v", st, err)
	}
	if err := s.Compact(t.Context()); err != nil {
		t.Fatal(err)
	}
	if st, err := s.Stats(); err != nil || st.Sparse() || st.Pages > 20 {
		t.Errorf("after: %+v, %v", st, err)
	}
	put(t, s, "a", "k", "v")
	if err := s.Compact(t.Context()); err != nil {
		t.Fatal(err)
	}
	closed(t, s)
	if err := os.WriteFile(path+".compact", []byte("left by a crash"), 0o600); err != nil {
		t.Fatal(err)
	}
	s = open(t, path, bolt.Options{})
	if get(t, s, "a", "k") != "v" || len(get(t, s, "bulk", "00299")) != 1000 {
		t.Error("something is lost")
	}
	if _, err := os.Stat(path + ".compact"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("what a crash left is still there: %v", err)
	}
	if err := errors.Join(s.Close(), s.Compact(t.Context())); !errors.Is(err, storage.ErrClosed) {
		t.Errorf("compact after close: %v", err)
	}
}

// TestCompactAmongOthers compacts while many read and write.
func TestCompactAmongOthers(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "store.db"), bolt.Options{})
	var wg sync.WaitGroup
	for w := range 8 {
		key := strconv.Itoa(w)
		put(t, s, "a", key, "0")
		wg.Go(func() {
			for i := range 50 {
				if got := get(t, s, "a", key); got != strconv.Itoa(i) {
					t.Errorf("read %s, want %d", got, i)
				}
				put(t, s, "a", key, strconv.Itoa(i+1))
			}
		})
	}
	for range 5 {
		if err := s.Compact(t.Context()); err != nil {
			t.Error(err)
		}
	}
	wg.Wait()
}
