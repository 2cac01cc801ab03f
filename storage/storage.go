// Package storage is what the bot keeps: a small transactional key-value interface
// that an engine implements, and on top of it typed tables, sealing of personal
// values, leases and upgrades.
//
// It imports nothing of ours, knows no record of any feature and never sends
// anything. Engines live in folders of their own; storagetest.Conform is the suite
// that every engine passes.
package storage

import (
	"context"
	"errors"
	"iter"
)

// Bucket names a flat, ordered space of keys. An engine makes it on first write.
type Bucket string

// Entry is one key and its value. Both are copies that outlive the transaction.
type Entry struct{ Key, Value []byte }

// Limits of one Update, on every engine: what is larger is ErrTooLarge.
const (
	MaxWrites = 100
	MaxReads  = 100
	MaxBytes  = 1 << 20
)

// Errors that every engine returns, wrapped with the operation.
var (
	ErrNotFound = errors.New("not found")
	ErrTooLarge = errors.New("transaction too large")
	ErrClosed   = errors.New("store closed")
	ErrDone     = errors.New("already done") // From an Also function: this call's effect stands already.
	ErrReadOnly = errors.New("store is read-only")
	ErrFull     = errors.New("disk is full")
	ErrErased   = errors.New("erased")             // The owner's key is gone, and the value with it.
	ErrConflict = errors.New("changed in between") // A revision did not match.
)

// Store is a transactional store. All methods are safe for concurrent use.
type Store interface {
	// View runs fn over a consistent snapshot. It is not limited in size.
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
	// or during the scan's steps.
	Scan(b Bucket, from, to []byte) iter.Seq2[Entry, error]
}

// Tx reads and writes within one Update.
type Tx interface {
	Reader
	Put(b Bucket, key, value []byte) error
	// Delete of a missing key is no error.
	Delete(b Bucket, key []byte) error
}

type alsoKey struct{}

// Also arranges that the first Update under ctx runs fn in its own transaction,
// after the Update's function. An error of fn undoes both. The engine asks for it
// through TakeAlso.
func Also(ctx context.Context, fn func(Tx) error) context.Context { return ctx }

// TakeAlso is for engines: it returns the function that Also arranged and that no
// successful Update under ctx has carried out yet, or nil; the engine calls done
// after the commit.
func TakeAlso(ctx context.Context) (fn func(Tx) error, done func()) { return nil, nil }
