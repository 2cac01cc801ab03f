package storage

import (
	"context"
	"sync/atomic"
)

type alsoKey struct{}

type also struct {
	outer *also
	fn    func(Tx) error
	taken atomic.Bool
}

// Also arranges that the first Update under ctx runs fn in its own transaction,
// after the Update's function. An error of fn undoes both, and the next Update
// under ctx is the first again. What was arranged earlier runs earlier.
func Also(ctx context.Context, fn func(Tx) error) context.Context {
	outer, _ := ctx.Value(alsoKey{}).(*also)
	return context.WithValue(ctx, alsoKey{}, &also{outer: outer, fn: fn})
}

// TakeAlso is for engines, which call it when the Update's own function is about to
// run. It returns what Also arranged and no other Update under ctx has taken, or
// nil; the engine calls settle with whether it was committed.
func TakeAlso(ctx context.Context) (fn func(Tx) error, settle func(committed bool)) {
	var taken []*also // innermost first
	a, _ := ctx.Value(alsoKey{}).(*also)
	for ; a != nil; a = a.outer {
		if a.taken.CompareAndSwap(false, true) {
			taken = append(taken, a)
		}
	}
	settle = func(committed bool) {
		for _, a := range taken {
			a.taken.Store(committed)
		}
	}
	if len(taken) == 0 {
		return nil, settle
	}
	return func(tx Tx) error { return runAll(taken, tx) }, settle
}

func runAll(innermostFirst []*also, tx Tx) error {
	for i := len(innermostFirst) - 1; i >= 0; i-- {
		if err := innermostFirst[i].fn(tx); err != nil {
			return err
		}
	}
	return nil
}
