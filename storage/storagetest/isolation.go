package storagetest

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"peerbot/storage"
)

// crowd runs fn in so many goroutines at once and waits for them.
func crowd(n int, fn func(i int)) {
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { fn(i) })
	}
	wg.Wait()
}

func snapshot(t *testing.T, s storage.Store) {
	put(t, s, "a", "k", "1", "gone", "1")
	err := s.View(t.Context(), func(r storage.Reader) error {
		crowd(1, func(int) { put(t, s, "a", "k", "2", "new", "2") })
		crowd(1, func(int) { must(t, s, func(tx storage.Tx) error { return tx.Delete("a", []byte("gone")) }) })
		got, err := list(r, "a", nil, nil)
		want(t, "the view", got, "gone=1 k=1")
		return err
	})
	if err != nil {
		t.Error(err)
	}
	want(t, "the next view", dump(t, s, "a"), "k=2 new=2")
}

// occupied runs fn while an Update is under way, and then lets that end.
func occupied(t *testing.T, s storage.Store, fn func()) {
	begun, end, over := make(chan struct{}), make(chan struct{}), make(chan error)
	var once sync.Once
	go func() {
		over <- s.Update(context.WithoutCancel(t.Context()), func(tx storage.Tx) error {
			once.Do(func() { close(begun) })
			<-end
			return tx.Put("a", []byte("first"), nil)
		})
	}()
	<-begun
	fn()
	close(end)
	if err := <-over; err != nil {
		t.Errorf("the Update that was under way: %v", err)
	}
}

func cancelQueued(t *testing.T, s storage.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	never := func(storage.Tx) error { t.Error("it ran"); return nil }
	occupied(t, s, func() {
		over := make(chan error)
		go func() { over <- s.Update(ctx, never) }()
		cancel()
		wantErr(t, "cancelled while queued", <-over, context.Canceled)
	})
	wantErr(t, "cancelled before", s.Update(ctx, never), context.Canceled)
	wantErr(t, "view cancelled before", s.View(ctx, func(storage.Reader) error { t.Error("it ran"); return nil }), context.Canceled)
	want(t, "a", dump(t, s, "a"), "first=")
	put(t, s, "a", "k", "1")
}

func cancelBegun(t *testing.T, s storage.Store) {
	s = once(s) // Cancelled in its first run, the second is not begun.
	ctx, cancel := context.WithCancel(t.Context())
	err := s.Update(ctx, func(tx storage.Tx) error {
		cancel()
		return tx.Put("a", []byte("k"), nil)
	})
	if err != nil {
		t.Errorf("cancelled by its own function: %v", err)
	}
	want(t, "a", dump(t, s, "a"), "k=")
}

// writeSkew has two on duty, and each may leave only while the other stays.
func writeSkew(t *testing.T, s storage.Store) {
	for range 10 {
		put(t, s, "duty", "0", "on", "1", "on")
		crowd(2, func(i int) {
			must(t, s, func(tx storage.Tx) error {
				other, err := tx.Get("duty", []byte(strconv.Itoa(1-i)))
				if err != nil || string(other) != "on" {
					return err
				}
				return tx.Put("duty", []byte(strconv.Itoa(i)), []byte("off"))
			})
		})
		if got := dump(t, s, "duty"); got != "0=on 1=off" && got != "0=off 1=on" {
			t.Fatalf("on duty: %s", got)
		}
	}
}

func count(r storage.Reader, b storage.Bucket) (n int, err error) {
	for _, err := range r.Scan(b, nil, nil) {
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// phantomInsert has many ask for the last three places: none is given twice.
func phantomInsert(t *testing.T, s storage.Store) {
	var given atomic.Int32
	crowd(16, func(i int) {
		got := false
		must(t, s, func(tx storage.Tx) error {
			n, err := count(tx, "places")
			if got = err == nil && n < 3; !got {
				return err
			}
			return tx.Put("places", numbered(i), nil)
		})
		if got {
			given.Add(1)
		}
	})
	if n := given.Load(); n != 3 {
		t.Errorf("%d places were given, want 3", n)
	}
}

// phantomDelete has many leave a group, which must keep one.
func phantomDelete(t *testing.T, s storage.Store) {
	fill(t, s, 16)
	crowd(16, func(i int) {
		must(t, s, func(tx storage.Tx) error {
			if n, err := count(tx, "a"); err != nil || n == 1 {
				return err
			}
			return tx.Delete("a", numbered(i))
		})
	})
	err := s.View(t.Context(), func(r storage.Reader) error {
		n, err := count(r, "a")
		if n != 1 {
			t.Errorf("%d are left, want 1", n)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// neighbours lets a third fail and a third panic.
func neighbours(t *testing.T, s storage.Store) {
	const n = 48
	crowd(n, func(i int) {
		var err error
		p := caught(func() {
			err = s.Update(t.Context(), func(tx storage.Tx) error {
				if err := tx.Put("a", numbered(i), nil); err != nil {
					return err
				}
				switch i % 3 {
				case 1:
					return errOurs
				case 2:
					panic(i)
				}
				return nil
			})
		})
		if (i%3 == 1) != errors.Is(err, errOurs) || (i%3 == 2) != (p == i) || i%3 == 0 && err != nil {
			t.Errorf("caller %d: error %v, panic %v", i, err, p)
		}
	})
	expected := ""
	for i := 0; i < n; i += 3 {
		expected += fmt.Sprintf(" %05d=", i)
	}
	want(t, "a", " "+dump(t, s, "a"), expected)
}

// replay has every Update write down what it did under the number it read, while
// Views add up what must never change. Done again in the order of the numbers on a
// map, it must come out the same.
func replay(t *testing.T, s storage.Store) {
	const accounts, callers, each = 4, 8, 25
	for i := range accounts {
		put(t, s, "account", strconv.Itoa(i), "100")
	}
	crowd(callers, func(c int) {
		for j := range each {
			from, to := (c+j)%accounts, (c*j+1)%accounts
			must(t, s, func(tx storage.Tx) error { return transfer(tx, from, to, c+1) })
			if sum := total(t, s); sum != 100*accounts {
				t.Errorf("a view adds up to %d", sum)
			}
		}
	})
	again, n := replayed(t, s, accounts)
	if n != callers*each {
		t.Errorf("%d transfers, want %d", n, callers*each)
	}
	want(t, "the accounts", dump(t, s, "account"), again)
}

func number(r storage.Reader, b storage.Bucket, key string) (int, error) {
	v, err := r.Get(b, []byte(key))
	if errors.Is(err, storage.ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(string(v))
}

func setNumber(tx storage.Tx, b storage.Bucket, key string, n int) error {
	return tx.Put(b, []byte(key), strconv.AppendInt(nil, int64(n), 10))
}

func transfer(tx storage.Tx, from, to, amount int) error {
	n, err := number(tx, "count", "n")
	if err != nil {
		return err
	}
	for account, change := range map[int]int{from: -amount, to: amount} {
		if from == to {
			break
		}
		balance, err := number(tx, "account", strconv.Itoa(account))
		if err != nil {
			return err
		}
		if err := setNumber(tx, "account", strconv.Itoa(account), balance+change); err != nil {
			return err
		}
	}
	log := fmt.Appendf(nil, "%d %d %d", from, to, amount)
	return errors.Join(setNumber(tx, "count", "n", n+1), tx.Put("log", numbered(n), log))
}

func total(t *testing.T, s storage.Store) (sum int) {
	err := s.View(t.Context(), func(r storage.Reader) error {
		for e, err := range r.Scan("account", nil, nil) {
			if err != nil {
				return err
			}
			n, err := strconv.Atoi(string(e.Value))
			if err != nil {
				return err
			}
			sum += n
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	return sum
}

// replayed is what the accounts must hold by the log, and how long the log is.
func replayed(t *testing.T, s storage.Store, accounts int) (all string, n int) {
	balance := make([]int, accounts)
	err := s.View(t.Context(), func(r storage.Reader) error {
		for e, err := range r.Scan("log", nil, nil) {
			var from, to, amount int
			if _, scanErr := fmt.Sscan(string(e.Value), &from, &to, &amount); err != nil || scanErr != nil {
				return errors.Join(err, scanErr)
			}
			balance[from] -= amount
			balance[to] += amount
			n++
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	for i, b := range balance {
		all += fmt.Sprintf(" %d=%d", i, 100+b)
	}
	return all[1:], n
}

func leases(t *testing.T, s storage.Store) {
	const rounds = 5
	now := start
	for range rounds {
		var holders atomic.Int32
		crowd(8, func(i int) {
			got := false
			must(t, s, func(tx storage.Tx) (err error) {
				got, err = storage.Take(tx, "pump", strconv.Itoa(i), now, now.Add(minute))
				return err
			})
			if got {
				holders.Add(1)
			}
		})
		if n := holders.Load(); n != 1 {
			t.Errorf("%d hold the lease", n)
		}
		now = now.Add(minute)
	}
}

func closes(t *testing.T, s storage.Store) {
	s = once(s) // Close may come between two runs.
	over := make(chan error)
	occupied(t, s, func() { go func() { over <- s.Close() }() })
	if err := <-over; err != nil {
		t.Errorf("close: %v", err)
	}
	nothing := func(storage.Tx) error { t.Error("it ran"); return nil }
	wantErr(t, "update", s.Update(t.Context(), nothing), storage.ErrClosed)
	wantErr(t, "view", s.View(t.Context(), func(storage.Reader) error { return nil }), storage.ErrClosed)
	wantErr(t, "close", s.Close(), storage.ErrClosed)
}
