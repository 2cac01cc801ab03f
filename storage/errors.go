package storage

import (
	"errors"
	"fmt"
)

// Errors that every engine returns, wrapped with the operation.
var (
	ErrNotFound = errors.New("not found")
	ErrTooLarge = errors.New("transaction too large")
	ErrKey      = errors.New("key is empty or too long")
	ErrClosed   = errors.New("store closed") // The store is closed, or a transaction was used after its end.
	ErrDone     = errors.New("already done") // From an Also function: this call's effect stands already.
	ErrReadOnly = errors.New("store is read-only")
	ErrFull     = errors.New("disk is full")
	ErrInUse    = errors.New("store is in use by another process")
	ErrDamaged  = errors.New("store is damaged")
	ErrNewer    = errors.New("written by a newer version") // See NewerError.
	ErrErased   = errors.New("erased")                     // The owner's key is gone, and the value with it.
	ErrConflict = errors.New("changed in between")         // A revision did not match.
	ErrNoKey    = errors.New("install key is missing")     // The store holds records and its key file is gone.
	ErrWrongKey = errors.New("install key is of another store")
)

// NewerError is the ErrNewer of a store or a record whose encoding this program does
// not know yet. Nothing was changed.
type NewerError struct {
	What         string // What was read: "store", or the bucket of the record.
	Found, Known int    // The version found, and the newest that is known.
}

func (n *NewerError) Error() string {
	return fmt.Sprintf("%s has version %d, and this program knows %d: %v", n.What, n.Found, n.Known, ErrNewer)
}

// Unwrap makes errors.Is(err, ErrNewer) true.
func (n *NewerError) Unwrap() error { return ErrNewer }
