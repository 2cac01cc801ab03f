// Package overlay is a transaction of every engine: it keeps an Update's writes
// over an unchanging base, merges them into what the Update reads, and holds the
// limits. The engine applies the writes only when the Update's function succeeded,
// so that one that fails or panics leaves nothing behind.
//
// It knows no engine and makes nothing durable.
package overlay

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"slices"

	"peerbot/storage"
)

// Tx is a storage.Tx over a base that does not change while it is in use.
type Tx struct {
	base   storage.Reader
	writes map[storage.Bucket][]Write // In order of their keys.
	reads  map[string]struct{}
	count  int // Writes.
	bytes  int // Bytes of the writes.
	err    error
	settle func(committed bool)
}

// Write is one key put, or deleted.
type Write struct {
	Key, Value []byte
	Deleted    bool
}

// Run runs fn over base, then what storage.Also arranged under ctx. Without error
// the engine applies Writes and then calls Settle.
//
//go:noinline
func Run(ctx context.Context, base storage.Reader, fn func(storage.Tx) error) (*Tx, error) {
	also, settle := storage.TakeAlso(ctx)
	tx := &Tx{base: base, writes: map[storage.Bucket][]Write{}, reads: map[string]struct{}{}, settle: settle}
	succeeded := false
	defer func() {
		tx.base = ended{}
		if !succeeded {
			settle(false)
		}
	}()
	err := fn(tx)
	if err == nil && also != nil {
		err = also(tx)
	}
	if err == nil {
		err = tx.err
	}
	succeeded = err == nil
	return tx, err
}

// Settle says whether the writes were committed.
func (t *Tx) Settle(committed bool) { t.settle(committed) }

// Writes yields the writes by bucket, each bucket's in order of their keys.
func (t *Tx) Writes() iter.Seq2[storage.Bucket, []Write] {
	return func(yield func(storage.Bucket, []Write) bool) {
		for b, w := range t.writes {
			if !yield(b, w) {
				return
			}
		}
	}
}

// Get implements storage.Reader.
func (t *Tx) Get(b storage.Bucket, key []byte) ([]byte, error) {
	if i, ok := t.find(b, key); ok {
		w := t.writes[b][i]
		if w.Deleted {
			return nil, fmt.Errorf("get from %s: %w", b, storage.ErrNotFound)
		}
		return clone(w.Value), nil
	}
	if err := t.read(b, key); err != nil {
		return nil, err
	}
	return t.base.Get(b, key)
}

// Put implements storage.Tx.
func (t *Tx) Put(b storage.Bucket, key, value []byte) error {
	return t.write(b, Write{Key: clone(key), Value: clone(value)})
}

// Delete implements storage.Tx.
func (t *Tx) Delete(b storage.Bucket, key []byte) error {
	return t.write(b, Write{Key: clone(key), Deleted: true})
}

func (t *Tx) write(b storage.Bucket, w Write) error {
	if _, over := t.base.(ended); over {
		return fmt.Errorf("write to %s: %w", b, storage.ErrClosed)
	}
	if len(w.Key) == 0 || len(w.Key) > storage.MaxKey {
		return fmt.Errorf("write to %s: %w", b, storage.ErrKey)
	}
	i, ok := t.find(b, w.Key)
	if ok {
		t.bytes -= t.writes[b][i].size()
		t.writes[b][i] = w
	} else {
		t.count++
		t.writes[b] = slices.Insert(t.writes[b], i, w)
	}
	if t.bytes += w.size(); t.bytes > storage.MaxBytes || t.count > storage.MaxWrites {
		t.err = fmt.Errorf("write to %s: %w", b, storage.ErrTooLarge)
	}
	return t.err
}

// read counts a key that is read from the base.
func (t *Tx) read(b storage.Bucket, key []byte) error {
	t.reads[string(b)+"\x00"+string(key)] = struct{}{}
	if len(t.reads) > storage.MaxReads {
		t.err = fmt.Errorf("read from %s: %w", b, storage.ErrTooLarge)
	}
	return t.err
}

// find returns where the write of key is, or would be.
func (t *Tx) find(b storage.Bucket, key []byte) (int, bool) {
	return slices.BinarySearchFunc(t.writes[b], key, func(w Write, key []byte) int {
		return bytes.Compare(w.Key, key)
	})
}

func (w Write) size() int { return len(w.Key) + len(w.Value) }

// clone copies b; an empty value is empty and never nil.
func clone(b []byte) []byte { return append([]byte{}, b...) }

// View runs fn over base, which fn cannot read once it is over.
func View(base storage.Reader, fn func(storage.Reader) error) error {
	r := &struct{ storage.Reader }{base}
	defer func() { r.Reader = ended{} }()
	return fn(r)
}

// ended is the base of a transaction that is over.
type ended struct{}

func (ended) Get(b storage.Bucket, _ []byte) ([]byte, error) {
	return nil, fmt.Errorf("get from %s: %w", b, storage.ErrClosed)
}

func (ended) Scan(b storage.Bucket, _, _ []byte) iter.Seq2[storage.Entry, error] {
	return func(yield func(storage.Entry, error) bool) {
		yield(storage.Entry{}, fmt.Errorf("scan %s: %w", b, storage.ErrClosed))
	}
}
