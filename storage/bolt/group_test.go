package bolt

import (
	"bytes"
	"fmt"
	"maps"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"peerbot/storage"
)

// TestGroupModel lets many Updates run in one group, in a known order, and compares
// what each of them sees of the others with a map. bbolt answers from pages that it
// has changed and not yet written then, which no single Update ever meets.
func TestGroupModel(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	s := opened(t, path, Options{}, current())
	model := map[string]int{} // The size of each key's value.
	key := rapid.Custom(func(t *rapid.T) string { return fmt.Sprintf("%03d", rapid.IntRange(0, 199).Draw(t, "key")) })
	rapid.Check(t, func(rt *rapid.T) {
		members := rapid.SliceOfN(rapid.MapOfN(key, rapid.IntRange(-1, 900), 0, 30), 1, 8).Draw(rt, "members")
		var wg sync.WaitGroup
		s.line.wait()
		for i, changes := range members {
			wg.Go(func() {
				err := s.Update(t.Context(), func(tx storage.Tx) error { return change(tx, model, changes) })
				if err != nil {
					rt.Errorf("member %d: %v", i, err)
				}
			})
			for s.line.waiting() <= i {
				runtime.Gosched()
			}
		}
		s.line.leave()
		wg.Wait()
	})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = opened(t, path, Options{}, current())
	err := s.View(t.Context(), func(r storage.Reader) error { return same(r, model) })
	if err != nil {
		t.Error(err)
	}
}

func (l *line) waiting() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.queue)
}

// change makes the changes, -1 being a deletion, between two looks.
func change(tx storage.Tx, model map[string]int, changes map[string]int) error {
	if err := same(tx, model); err != nil {
		return err
	}
	for _, k := range slices.Sorted(maps.Keys(changes)) {
		var err error
		if n := changes[k]; n < 0 {
			delete(model, k)
			err = tx.Delete("a", []byte(k))
		} else {
			model[k] = n
			err = tx.Put("a", []byte(k), bytes.Repeat([]byte("x"), n))
		}
		if err != nil {
			return err
		}
	}
	return same(tx, model)
}

// same compares two ranges, of as many keys as a transaction may read.
func same(r storage.Reader, model map[string]int) error {
	for from, to := range map[string]string{"000": "060", "170": "200"} {
		var got, want []string
		for e, err := range r.Scan("a", []byte(from), []byte(to)) {
			if err != nil {
				return err
			}
			got = append(got, fmt.Sprintf("%s:%d", e.Key, len(e.Value)))
		}
		for _, k := range slices.Sorted(maps.Keys(model)) {
			if k >= from && k < to {
				want = append(want, fmt.Sprintf("%s:%d", k, model[k]))
			}
		}
		if !slices.Equal(got, want) {
			return fmt.Errorf("from %s to %s: %v, want %v", from, to, got, want)
		}
	}
	return nil
}
