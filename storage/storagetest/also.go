package storagetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"peerbot/storage"
)

const minute = time.Minute

// start is when these tests take place.
var start = time.Date(2026, time.March, 1, 20, 0, 0, 0, time.UTC)

// add appends text to the value of the key "k".
func add(text string) func(storage.Tx) error {
	return func(tx storage.Tx) error {
		v, err := tx.Get("a", []byte("k"))
		if err != nil && !errors.Is(err, storage.ErrNotFound) {
			return err
		}
		return tx.Put("a", []byte("k"), append(v, text...))
	}
}

func fails(storage.Tx) error { return errOurs }

func alsoJoins(t *testing.T, s storage.Store) {
	ctx := storage.Also(t.Context(), add("also."))
	if err := s.Update(ctx, add("own.")); err != nil {
		t.Error(err)
	}
	want(t, "k", dump(t, s, "a"), "k=own.also.")
}

func alsoFails(t *testing.T, s storage.Store) {
	ctx := storage.Also(t.Context(), func(storage.Tx) error { return storage.ErrDone })
	wantErr(t, "update", s.Update(ctx, add("own.")), storage.ErrDone)
	ctx = storage.Also(t.Context(), func(storage.Tx) error { panic(errOurs) })
	if p := caught(func() { _ = s.Update(ctx, add("own.")) }); p != errOurs {
		t.Errorf("panicked with %v, want %v", p, errOurs)
	}
	want(t, "k", dump(t, s, "a"), "")
}

func alsoWaits(t *testing.T, s storage.Store) {
	ctx := storage.Also(t.Context(), add("also."))
	wantErr(t, "a failing update", s.Update(ctx, fails), errOurs)
	_ = caught(func() { _ = s.Update(ctx, func(storage.Tx) error { panic(errOurs) }) })
	gone, cancel := context.WithCancel(ctx)
	cancel()
	wantErr(t, "a cancelled update", s.Update(gone, add("own.")), context.Canceled)
	if err := s.Update(ctx, add("own.")); err != nil {
		t.Error(err)
	}
	want(t, "k", dump(t, s, "a"), "k=own.also.")
}

func alsoOnce(t *testing.T, s storage.Store) {
	ctx := storage.Also(t.Context(), add("also."))
	crowd(8, func(int) {
		if err := s.Update(ctx, func(storage.Tx) error { return nil }); err != nil {
			t.Error(err)
		}
	})
	want(t, "k", dump(t, s, "a"), "k=also.")
}

func alsoChain(t *testing.T, s storage.Store) {
	outer := storage.Also(t.Context(), add("outer."))
	inner := storage.Also(outer, add("inner."))
	if err := s.Update(inner, add("1.")); err != nil {
		t.Error(err)
	}
	want(t, "k", dump(t, s, "a"), "k=1.outer.inner.")

	outer = storage.Also(t.Context(), add("outer."))
	inner = storage.Also(outer, add("inner."))
	for _, ctx := range []context.Context{outer, inner} {
		if err := s.Update(ctx, add("2.")); err != nil {
			t.Error(err)
		}
	}
	want(t, "k", dump(t, s, "a"), "k=1.outer.inner.2.outer.2.inner.")
}
