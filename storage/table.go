package storage

import (
	"encoding/json"
	"errors"
	"fmt"
	"iter"
)

// Table is one record type in one bucket: encoding, version, owner, indexes.
// Values are JSON, sealed under the owner's key; keys are hashed by the Vault unless
// the key is an id of our own that says nothing about anybody.
//
// What it costs of a transaction: Get is one read, and so is the key of each owner
// met (see Vault), once each. Put, Replace and Delete read the record that stood
// there, seldom more, and write the record and those index entries that change.
type Table[T any] struct {
	// Bucket holds the records; indexes live in Bucket + "." + index name.
	Bucket Bucket
	Vault  *Vault
	// Owner says whose key seals a record: a member's or community's id, or "" for
	// the install's own key; nil is "" for all. It stands in the clear beside the record.
	Owner func(T) string
	// Version of the encoding; Upgrade turns the JSON of an older one into the next,
	// by the older one's version. Records are upgraded when read.
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
func (t *Table[T]) Get(r Reader, key string) (Row[T], error) {
	value, err := r.Get(t.Bucket, []byte(key))
	if err != nil {
		return Row[T]{}, err
	}
	return t.open(r, key, value)
}

// Put writes the record and its indexes, whatever stood there before.
func (t *Table[T]) Put(tx Tx, key string, v T) error {
	old, err := t.stub(tx, key)
	if err != nil {
		return err
	}
	return t.write(tx, key, old, v)
}

// Replace writes the record only if its revision is still row.Revision, else ErrConflict.
// A Revision of 0 means that there must be none.
func (t *Table[T]) Replace(tx Tx, row Row[T]) error {
	old, err := t.stub(tx, row.Key)
	if err != nil {
		return err
	}
	if old.Revision != row.Revision {
		return fmt.Errorf("replace in %s: revision %d is now %d: %w", t.Bucket, row.Revision, old.Revision, ErrConflict)
	}
	return t.write(tx, row.Key, old, row.Value)
}

// Delete removes the record and its indexes, an erased one too; a missing one is no error.
func (t *Table[T]) Delete(tx Tx, key string) error {
	old, err := t.stub(tx, key)
	if err != nil || old.Revision == 0 {
		return err
	}
	if err := t.file(tx, key, old.Index, nil); err != nil {
		return err
	}
	return tx.Delete(t.Bucket, []byte(key))
}

// All yields the records whose key begins with prefix, in key order, after the key
// given as after ("" from the first). Erased ones are left out. After an error it
// yields nothing more.
func (t *Table[T]) All(r Reader, prefix, after string) iter.Seq2[Row[T], error] {
	return func(yield func(Row[T], error) bool) {
		for e, err := range scanAfter(r, t.Bucket, prefix, after) {
			var row Row[T]
			if err == nil {
				row, err = t.open(r, string(e.Key), e.Value)
			}
			if errors.Is(err, ErrErased) {
				continue
			}
			if !yield(row, err) || err != nil {
				return
			}
		}
	}
}

// By yields the records that the index files under key, in order of their own key,
// after the key given as after. Erased ones are left out. After an error it yields
// nothing more. Each record costs a read more than with All.
func (t *Table[T]) By(r Reader, index, key, after string) iter.Seq2[Row[T], error] {
	return func(yield func(Row[T], error) bool) {
		for own, err := range t.Keys(r, index, key, after) {
			var row Row[T]
			if err == nil {
				row, err = t.Get(r, own)
			}
			if errors.Is(err, ErrErased) {
				continue
			}
			if !yield(row, err) || err != nil {
				return
			}
		}
	}
}

// Keys yields the keys of the records that the index files under key, as By does,
// but reads no record: erased ones are among them, so that they can be deleted.
func (t *Table[T]) Keys(r Reader, index, key, after string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		prefix := indexKey(key)
		if after != "" {
			after = prefix + after
		}
		for e, err := range scanAfter(r, t.indexBucket(index), prefix, after) {
			if err != nil {
				yield("", err)
				return
			}
			if !yield(string(e.Key[len(prefix):]), nil) {
				return
			}
		}
	}
}

// scanAfter scans the keys that begin with prefix and come after the key after.
func scanAfter(r Reader, b Bucket, prefix, after string) iter.Seq2[Entry, error] {
	from := prefix
	if after >= prefix && after != "" {
		from = after + "\x00"
	}
	return r.Scan(b, []byte(from), End([]byte(prefix)))
}

func (t *Table[T]) indexBucket(name string) Bucket { return t.Bucket + "." + Bucket(name) }

func (t *Table[T]) owner(v T) string {
	if t.Owner == nil {
		return ""
	}
	return t.Owner(v)
}

// write puts v where the record with the stub old stood.
func (t *Table[T]) write(tx Tx, key string, old stub, v T) error {
	if old.Version > t.Version {
		return &NewerError{What: string(t.Bucket), Found: old.Version, Known: t.Version}
	}
	s := stub{Revision: old.Revision + 1, Version: t.Version, Owner: t.owner(v), Index: t.entries(v)}
	plain, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode for %s: %w", t.Bucket, err)
	}
	sealed, err := t.Vault.Seal(tx, s.Owner, t.Bucket, []byte(key), plain)
	if err != nil {
		return err
	}
	value, err := s.encode(sealed)
	if err != nil {
		return fmt.Errorf("encode for %s: %w", t.Bucket, err)
	}
	if err := t.file(tx, key, old.Index, s.Index); err != nil {
		return err
	}
	return tx.Put(t.Bucket, []byte(key), value)
}

// open decodes a stored record.
func (t *Table[T]) open(r Reader, key string, value []byte) (row Row[T], err error) {
	s, sealed, err := decodeStub(value)
	if err != nil {
		return row, fmt.Errorf("read from %s: %w", t.Bucket, err)
	}
	if s.Version > t.Version {
		return row, &NewerError{What: string(t.Bucket), Found: s.Version, Known: t.Version}
	}
	plain, err := t.Vault.Open(r, s.Owner, t.Bucket, []byte(key), sealed)
	if err != nil {
		return row, err
	}
	for v := s.Version; v < t.Version && err == nil; v++ {
		plain, err = t.upgrade(v, plain)
	}
	row = Row[T]{Key: key, Revision: s.Revision}
	if err == nil {
		err = json.Unmarshal(plain, &row.Value)
	}
	if err != nil {
		return Row[T]{}, fmt.Errorf("decode from %s, version %d: %w", t.Bucket, s.Version, err)
	}
	return row, nil
}

// upgrade turns version v into v+1; without a function the two read alike.
func (t *Table[T]) upgrade(v int, plain []byte) ([]byte, error) {
	if up := t.Upgrade[v]; up != nil {
		return up(plain)
	}
	return plain, nil
}
