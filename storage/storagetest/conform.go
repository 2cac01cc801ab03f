// Package storagetest is the suite that every engine of the store passes: one case
// for each sentence of the contract in package storage.
//
// It tests what an engine promises to its callers and nothing of how it keeps the
// promise; durability and files are tested where the file is.
package storagetest

import (
	"context"
	"errors"
	"testing"

	"peerbot/storage"
)

// contract has a case for each promise. A case gets a new, empty store.
var contract = []struct {
	promise string
	holds   func(t *testing.T, s storage.Store)
}{
	{"a missing key is not found", missing},
	{"buckets do not share keys", buckets},
	{"an empty value is a value", emptyValue},
	{"bytes are copied in and out", copies},
	{"keys must have a fitting length", keyLength},
	{"scans go in byte order between their bounds", order},
	{"a transaction sees its own writes", ownWrites},
	{"a scan sees writes made during its steps", writesDuringScan},
	{"an error undoes the writes and comes back", failure},
	{"a panic undoes the writes and surfaces", panics},
	{"a nested Update panics", nested},
	{"a transaction ends with its function", ended},
	{"100 writes and no more", tooManyWrites},
	{"100 reads and no more", tooManyReads},
	{"1 MiB and no more", tooManyBytes},
	{"a View has no limits", boundlessView},
	{"a View is a snapshot and in nobody's way", snapshot},
	{"ctx cancels before and while queued", cancelQueued},
	{"ctx does not cancel what has begun", cancelBegun},
	{"no write skew", writeSkew},
	{"no phantom insert", phantomInsert},
	{"no phantom delete", phantomDelete},
	{"failures and panics touch no other caller", neighbours},
	{"concurrent Updates have an order", replay},
	{"Also joins the transaction", alsoJoins},
	{"Also that fails undoes both", alsoFails},
	{"Also waits for an Update that succeeds", alsoWaits},
	{"Also runs once", alsoOnce},
	{"Alsos chain", alsoChain},
	{"a lease has one holder", leases},
	{"Close waits, and closes", closes},
	{"any sequence of Updates acts like a map", model},
}

// Conform runs the suite over stores that open makes, empty and closed by the suite;
// then again with every function run twice, as the contract allows an engine to do.
func Conform(t *testing.T, open func(t *testing.T) storage.Store) {
	for name, wrap := range map[string]func(storage.Store) storage.Store{
		"once":  func(s storage.Store) storage.Store { return s },
		"twice": Twice,
	} {
		t.Run(name, func(t *testing.T) {
			for _, c := range contract {
				t.Run(c.promise, func(t *testing.T) {
					s := wrap(open(t))
					c.holds(t, s)
					if err := s.Close(); err != nil && !errors.Is(err, storage.ErrClosed) {
						t.Errorf("close: %v", err)
					}
				})
			}
		})
	}
}

// Twice is s with the function of every Update run twice: first in a transaction
// that is undone. Tests of what acts within an Update run over it too.
func Twice(s storage.Store) storage.Store { return twice{s} }

type twice struct{ storage.Store }

var errAgain = errors.New("run it again")

func (s twice) Update(ctx context.Context, fn func(storage.Tx) error) error {
	err := s.Store.Update(ctx, func(tx storage.Tx) error {
		_ = fn(tx) // What counts is the second run.
		return errAgain
	})
	if !errors.Is(err, errAgain) {
		return err
	}
	return s.Store.Update(ctx, fn)
}

// once undoes Twice.
func once(s storage.Store) storage.Store {
	if t, ok := s.(twice); ok {
		return t.Store
	}
	return s
}

// must runs fn in an Update that has to succeed.
func must(t testing.TB, s storage.Store, fn func(tx storage.Tx) error) {
	t.Helper()
	if err := s.Update(context.WithoutCancel(t.Context()), fn); err != nil {
		t.Fatalf("update: %v", err)
	}
}

// put writes pairs of key and value into bucket b.
func put(t testing.TB, s storage.Store, b storage.Bucket, pairs ...string) {
	t.Helper()
	must(t, s, func(tx storage.Tx) error {
		for i := 0; i < len(pairs); i += 2 {
			if err := tx.Put(b, []byte(pairs[i]), []byte(pairs[i+1])); err != nil {
				return err
			}
		}
		return nil
	})
}

// dump is what a bucket holds, as "k=v k=v".
func dump(t testing.TB, s storage.Store, b storage.Bucket) (all string) {
	t.Helper()
	err := s.View(context.WithoutCancel(t.Context()), func(r storage.Reader) (err error) {
		all, err = list(r, b, nil, nil)
		return err
	})
	if err != nil {
		t.Fatalf("view: %v", err)
	}
	return all
}

func list(r storage.Reader, b storage.Bucket, from, to []byte) (all string, err error) {
	for e, err := range r.Scan(b, from, to) {
		if err != nil {
			return all, err
		}
		if all != "" {
			all += " "
		}
		all += string(e.Key) + "=" + string(e.Value)
	}
	return all, nil
}

func want(t testing.TB, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %q, want %q", what, got, want)
	}
}

func wantErr(t testing.TB, what string, err, is error) {
	t.Helper()
	if !errors.Is(err, is) {
		t.Errorf("%s: error %v, want %v", what, err, is)
	}
}
