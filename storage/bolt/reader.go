package bolt

import (
	"bytes"
	"fmt"
	"iter"

	"go.etcd.io/bbolt"

	"peerbot/storage"
)

// reader is a storage.Reader over a bbolt transaction; tx is nil once it is over.
// bbolt's slices point into the file: every one is copied.
type reader struct{ tx *bbolt.Tx }

// Get implements storage.Reader.
func (r *reader) Get(b storage.Bucket, key []byte) (value []byte, err error) {
	if r.tx == nil {
		return nil, fmt.Errorf("get from %s: %w", b, storage.ErrClosed)
	}
	err = guard(func() error {
		bucket := r.tx.Bucket([]byte(b))
		if bucket == nil {
			return storage.ErrNotFound
		}
		if value = bucket.Get(key); value == nil {
			return storage.ErrNotFound
		}
		value = append([]byte{}, value...)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("get from %s: %w", b, err)
	}
	return value, nil
}

// Scan implements storage.Reader.
func (r *reader) Scan(b storage.Bucket, from, to []byte) iter.Seq2[storage.Entry, error] {
	return func(yield func(storage.Entry, error) bool) {
		next := r.steps(b, from)
		for {
			e, err := next()
			if err != nil {
				yield(storage.Entry{}, fmt.Errorf("scan %s: %w", b, err))
				return
			}
			if e.Key == nil || to != nil && bytes.Compare(e.Key, to) >= 0 || !yield(e, nil) {
				return
			}
		}
	}
}

// steps returns what gives one entry after another; a nil key is the end.
func (r *reader) steps(b storage.Bucket, from []byte) func() (storage.Entry, error) {
	var c *bbolt.Cursor
	step := func() (k, v []byte) {
		if c != nil {
			return c.Next()
		}
		bucket := r.tx.Bucket([]byte(b))
		if bucket == nil {
			return nil, nil
		}
		c = bucket.Cursor()
		return c.Seek(from)
	}
	return func() (e storage.Entry, err error) {
		if r.tx == nil {
			return e, storage.ErrClosed
		}
		err = guard(func() error {
			if k, v := step(); k != nil {
				e = storage.Entry{Key: bytes.Clone(k), Value: append([]byte{}, v...)}
			}
			return nil
		})
		return e, err
	}
}
