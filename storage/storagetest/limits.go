package storagetest

import (
	"errors"
	"fmt"
	"testing"

	"peerbot/storage"
)

func numbered(i int) []byte { return fmt.Appendf(nil, "%05d", i) }

func tooManyWrites(t *testing.T, s storage.Store) {
	write := func(distinct int) error {
		return s.Update(t.Context(), func(tx storage.Tx) error {
			for i := range 3 * distinct {
				_ = tx.Put("a", numbered(i%distinct), nil) // An error that is ignored counts all the same.
			}
			return tx.Delete("a", numbered(0))
		})
	}
	if err := write(storage.MaxWrites); err != nil {
		t.Errorf("%d keys, each three times: %v", storage.MaxWrites, err)
	}
	before := dump(t, s, "a")
	wantErr(t, "one more", write(storage.MaxWrites+1), storage.ErrTooLarge)
	want(t, "after it", dump(t, s, "a"), before)
	wantErr(t, "ignored", s.Update(t.Context(), func(tx storage.Tx) error {
		for i := range storage.MaxWrites + 1 {
			_ = tx.Put("a", numbered(i), nil)
		}
		return nil
	}), storage.ErrTooLarge)
}

func fill(t *testing.T, s storage.Store, n int) {
	for from := 0; from < n; from += storage.MaxWrites {
		must(t, s, func(tx storage.Tx) error {
			for i := from; i < min(n, from+storage.MaxWrites); i++ {
				if err := tx.Put("a", numbered(i), nil); err != nil {
					return err
				}
			}
			return nil
		})
	}
}

func tooManyReads(t *testing.T, s storage.Store) {
	fill(t, s, storage.MaxReads+1)
	get := func(n int) error {
		return s.Update(t.Context(), func(tx storage.Tx) (err error) {
			for i := range 2 * n {
				_, e := tx.Get("a", numbered(i%n))
				err = errors.Join(err, e)
			}
			return err
		})
	}
	scan := func(n int) error {
		return s.Update(t.Context(), func(tx storage.Tx) error {
			_, err := list(tx, "a", nil, numbered(n))
			_, err2 := list(tx, "a", nil, numbered(n))
			return errors.Join(err, err2)
		})
	}
	for name, read := range map[string]func(int) error{"get": get, "scan": scan} {
		if err := read(storage.MaxReads); err != nil {
			t.Errorf("%s of %d, twice each: %v", name, storage.MaxReads, err)
		}
		wantErr(t, name+" of one more", read(storage.MaxReads+1), storage.ErrTooLarge)
	}
	wantErr(t, "reads of missing keys", s.Update(t.Context(), func(tx storage.Tx) error {
		for i := range storage.MaxReads + 1 {
			_, _ = tx.Get("none", numbered(i))
		}
		return nil
	}), storage.ErrTooLarge)
}

func tooManyBytes(t *testing.T, s storage.Store) {
	write := func(size int) error {
		return s.Update(t.Context(), func(tx storage.Tx) error {
			if err := tx.Put("a", []byte("k"), make([]byte, size-1)); err != nil {
				return err
			}
			return tx.Put("a", []byte("k"), make([]byte, size-1)) // The same key again is not more.
		})
	}
	if err := write(storage.MaxBytes); err != nil {
		t.Errorf("%d bytes: %v", storage.MaxBytes, err)
	}
	wantErr(t, "one more", write(storage.MaxBytes+1), storage.ErrTooLarge)
}

func boundlessView(t *testing.T, s storage.Store) {
	fill(t, s, 3*storage.MaxReads)
	n := 0
	err := s.View(t.Context(), func(r storage.Reader) error {
		for _, err := range r.Scan("a", nil, nil) {
			if err != nil {
				return err
			}
			n++
		}
		return nil
	})
	if err != nil || n != 3*storage.MaxReads {
		t.Errorf("%d entries, %v", n, err)
	}
}
