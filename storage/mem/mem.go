// Package mem is the engine that keeps everything in memory: for tests, and to try
// the bot without a file.
//
// It is durable only as long as the process, and starts no goroutine: a Store that
// nobody closes is simply collected.
package mem

import (
	"context"
	"fmt"
	"hash/maphash"
	"iter"
	"maps"
	"sync/atomic"

	"peerbot/storage"
	"peerbot/storage/internal/overlay"
)

// Store is a storage.Store in memory.
type Store struct {
	baton chan struct{} // Holds one element while an Update runs.
	seed  maphash.Seed
	now   atomic.Pointer[snapshot] // Nil once closed.
}

// snapshot is the state after one Update. It never changes.
type snapshot map[storage.Bucket]*node

// New makes an empty Store.
func New() *Store {
	s := &Store{baton: make(chan struct{}, 1), seed: maphash.MakeSeed()}
	s.now.Store(&snapshot{})
	return s
}

// View implements storage.Store.
func (s *Store) View(ctx context.Context, fn func(storage.Reader) error) error {
	now := s.now.Load()
	if now == nil {
		return fmt.Errorf("view: %w", storage.ErrClosed)
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("view: %w", err)
	}
	return overlay.View(*now, fn)
}

// Update implements storage.Store.
func (s *Store) Update(ctx context.Context, fn func(storage.Tx) error) error {
	if err := s.queue(ctx); err != nil {
		return fmt.Errorf("update: %w", err)
	}
	defer func() { <-s.baton }()
	now := s.now.Load()
	if now == nil {
		return fmt.Errorf("update: %w", storage.ErrClosed)
	}
	tx, err := overlay.Run(ctx, *now, fn)
	if err != nil {
		return err
	}
	s.now.Store(s.apply(*now, tx))
	tx.Settle(true)
	return nil
}

// queue waits for the baton.
func (s *Store) queue(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case s.baton <- struct{}{}:
		return nil
	default:
		overlay.RefuseNested()
	}
	select {
	case s.baton <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *Store) apply(now snapshot, tx *overlay.Tx) *snapshot {
	next := maps.Clone(now)
	for b, writes := range tx.Writes() {
		for _, w := range writes {
			left, _, right := split(next[b], string(w.Key))
			var mid *node
			if !w.Deleted {
				mid = &node{key: string(w.Key), value: w.Value, rank: maphash.Bytes(s.seed, w.Key)}
			}
			next[b] = join(join(left, mid), right)
		}
	}
	return &next
}

// Close implements storage.Store. It waits for the Updates that are queued.
func (s *Store) Close() error {
	s.baton <- struct{}{}
	defer func() { <-s.baton }()
	if s.now.Swap(nil) == nil {
		return fmt.Errorf("close: %w", storage.ErrClosed)
	}
	return nil
}

// Get implements storage.Reader.
func (s snapshot) Get(b storage.Bucket, key []byte) ([]byte, error) {
	if n := s[b].find(string(key)); n != nil {
		return append([]byte{}, n.value...), nil
	}
	return nil, fmt.Errorf("get from %s: %w", b, storage.ErrNotFound)
}

// Scan implements storage.Reader.
func (s snapshot) Scan(b storage.Bucket, from, to []byte) iter.Seq2[storage.Entry, error] {
	return func(yield func(storage.Entry, error) bool) {
		s[b].walk(string(from), to, func(n *node) bool {
			return yield(storage.Entry{Key: []byte(n.key), Value: append([]byte{}, n.value...)}, nil)
		})
	}
}
