// Package storage is what the bot keeps: a small transactional key-value interface
// that an engine implements, and on top of it typed tables, sealing of personal
// values, leases and the install key.
//
// It imports nothing of ours, knows no record of any feature and never sends
// anything. Engines live in folders of their own; storagetest.Conform is the suite
// that every engine passes.
package storage

import (
	"context"
	"iter"
)

// Bucket names a flat, ordered space of keys. An engine makes it on first write.
type Bucket string

// Entry is one key and its value. Both are copies that outlive the transaction.
type Entry struct{ Key, Value []byte }

// Limits of one Update, on every engine: what is larger is ErrTooLarge, even when
// its function ignores the error. A View has no limits.
const (
	MaxWrites = 100     // MaxWrites counts the distinct keys put or deleted.
	MaxReads  = 100     // MaxReads counts the distinct keys read, found or not; own writes are free.
	MaxBytes  = 1 << 20 // MaxBytes counts the keys and values written, each key once.
	MaxKey    = 1 << 10 // MaxKey is the longest key in bytes; longer or empty ones are ErrKey.
)

// Store is a transactional store. All methods are safe for concurrent use.
type Store interface {
	// View runs fn over a consistent snapshot. It is not limited in size, does not
	// hold up writers and is not held up by them.
	View(ctx context.Context, fn func(Reader) error) error

	// Update runs fn in a serialisable transaction, scans included, and returns nil
	// once its writes are durable. fn runs on the caller's goroutine; it may run
	// twice; it is pure computation of at most 10 ms and acts through tx only. An
	// error or a panic of fn undoes its writes and touches no other caller's.
	// ctx cancels only while the call is queued: once fn has begun, Update returns
	// the outcome of the commit. Nested Updates are a mistake and panic.
	Update(ctx context.Context, fn func(Tx) error) error

	// Close waits for running transactions and frees the file. Later calls get ErrClosed.
	Close() error
}

// Reader reads within one transaction.
type Reader interface {
	// Get returns a copy of the value, or ErrNotFound.
	Get(b Bucket, key []byte) ([]byte, error)
	// Scan yields the entries with from <= key < to in byte order; a nil from is the
	// beginning, a nil to the end. It sees the transaction's own writes, made before
	// or during the scan's steps. After an error it yields nothing more.
	Scan(b Bucket, from, to []byte) iter.Seq2[Entry, error]
}

// Tx reads and writes within one Update.
type Tx interface {
	Reader
	// Put copies key and value.
	Put(b Bucket, key, value []byte) error
	// Delete of a missing key is no error.
	Delete(b Bucket, key []byte) error
}

// End returns the first key that is greater than every key beginning with prefix:
// the to of a Scan over the prefix. It is nil when there is none.
func End(prefix []byte) []byte {
	for i := len(prefix) - 1; i >= 0; i-- {
		if prefix[i] < 0xff {
			end := append([]byte(nil), prefix[:i+1]...)
			end[i]++
			return end
		}
	}
	return nil
}
