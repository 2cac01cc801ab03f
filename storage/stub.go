package storage

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// stub is what stands in the clear before a sealed record: one line of JSON. It is
// enough to replace and delete a record without opening it, and so to sweep away
// what was erased.
type stub struct {
	Revision uint64              `json:"rev"` // 1 when first written; 0 is no record.
	Version  int                 `json:"v"`
	Owner    string              `json:"owner,omitempty"`
	Index    map[string][][]byte `json:"index,omitempty"` // Index keys by index name.
}

func (s stub) encode(sealed []byte) ([]byte, error) {
	line, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	return append(append(line, '\n'), sealed...), nil
}

func decodeStub(value []byte) (s stub, sealed []byte, err error) {
	line, sealed, found := bytes.Cut(value, []byte("\n"))
	if !found || json.Unmarshal(line, &s) != nil || s.Revision == 0 {
		return stub{}, nil, ErrDamaged
	}
	return s, sealed, nil
}

// stub returns the stub of the record at key, or the zero stub when there is none.
func (t *Table[T]) stub(r Reader, key string) (stub, error) {
	value, err := r.Get(t.Bucket, []byte(key))
	if errors.Is(err, ErrNotFound) {
		return stub{}, nil
	}
	if err != nil {
		return stub{}, err
	}
	s, _, err := decodeStub(value)
	if err != nil {
		return stub{}, fmt.Errorf("read from %s: %w", t.Bucket, err)
	}
	return s, nil
}

// entries are the index keys of v by index name, without doubles.
func (t *Table[T]) entries(v T) map[string][][]byte {
	all := make(map[string][][]byte, len(t.Indexes))
	for _, ix := range t.Indexes {
		for _, k := range ix.Keys(v) {
			if !contains(all[ix.Name], []byte(k)) {
				all[ix.Name] = append(all[ix.Name], []byte(k))
			}
		}
	}
	return all
}

// file changes the index entries of the record from what was filed to what is due.
func (t *Table[T]) file(tx Tx, key string, was, due map[string][][]byte) error {
	for name, keys := range was {
		for _, k := range keys {
			if contains(due[name], k) {
				continue
			}
			if err := tx.Delete(t.indexBucket(name), []byte(indexKey(string(k))+key)); err != nil {
				return err
			}
		}
	}
	for name, keys := range due {
		for _, k := range keys {
			if contains(was[name], k) {
				continue
			}
			if err := tx.Put(t.indexBucket(name), []byte(indexKey(string(k))+key), nil); err != nil {
				return err
			}
		}
	}
	return nil
}

func contains(keys [][]byte, k []byte) bool {
	return slices.ContainsFunc(keys, func(x []byte) bool { return bytes.Equal(x, k) })
}

// indexKey is what an index entry begins with, before the record's own key. Zero
// bytes are escaped and the end is marked, so that no index key is the beginning of
// another and their order stays. The encoding is that of FoundationDB's tuples.
func indexKey(k string) string {
	return escape(k) + mark
}

const mark = "\x00\x01"

func escape(k string) string { return strings.ReplaceAll(k, "\x00", "\x00\xff") }
