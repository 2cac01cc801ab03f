package storage

import "iter"

// Table is one record type in one bucket: encoding, version, owner, indexes.
// Values are sealed under the owner's key; keys are hashed by the Vault unless the
// key is an id of our own that says nothing about anybody.
type Table[T any] struct {
	// Bucket holds the records; indexes live in Bucket + "." + index name.
	Bucket Bucket
	Vault  *Vault
	// Owner says whose key seals a record: a member's or community's id, or "" for
	// the install's own key.
	Owner func(T) string
	// Version of the encoding; Upgrade turns the JSON of an older one into the next.
	Version int
	Upgrade map[int]func([]byte) ([]byte, error)
	Indexes []Index[T]
}

// Index finds records by something else than their key. Keys returns the index
// keys of a record, none to leave it out. An index key must hold nothing personal
// in the clear: use Vault.ID for ids and big-endian numbers for times. The record's
// own key is appended by the Table.
type Index[T any] struct {
	Name string
	Keys func(T) []string
}

// Row is one record of a Table with its key and revision.
type Row[T any] struct {
	Key      string
	Revision uint64
	Value    T
}

// Get returns the record, ErrNotFound, or ErrErased when its owner's key is gone.
func (t *Table[T]) Get(r Reader, key string) (Row[T], error) { panic("unwritten") }

// Put writes the record and its indexes, whatever stood there before.
func (t *Table[T]) Put(tx Tx, key string, v T) error { panic("unwritten") }

// Replace writes the record only if its revision is still row.Revision, else ErrConflict.
// A Revision of 0 means that there must be none.
func (t *Table[T]) Replace(tx Tx, row Row[T]) error { panic("unwritten") }

// Delete removes the record and its indexes; a missing one is no error.
func (t *Table[T]) Delete(tx Tx, key string) error { panic("unwritten") }

// Sweep deletes at most limit of the records that the index files under key, with
// all their index entries, whether or not they can still be opened: it clears what
// is left after Vault.Erase. more reports whether some are left.
func (t *Table[T]) Sweep(tx Tx, index, key string, limit int) (more bool, err error) {
	panic("unwritten")
}

// All yields the records whose key begins with prefix, in key order, after the key
// given as after ("" from the first). Erased ones are left out.
func (t *Table[T]) All(r Reader, prefix, after string) iter.Seq2[Row[T], error] { panic("unwritten") }

// By yields the records that the index files under key, in order of their own key,
// after the key given as after.
func (t *Table[T]) By(r Reader, index, key, after string) iter.Seq2[Row[T], error] {
	panic("unwritten")
}
