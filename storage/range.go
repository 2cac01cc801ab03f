package storage

import (
	"fmt"
	"iter"
	"strings"
)

// Filed is one entry of an index: the record Key stands under the index key Under.
type Filed struct{ Under, Key string }

// Range yields what the index files under keys with from <= key < to, in the order
// of the index keys and then of the records' own; "" for to is no end. It reads no
// record, so erased ones are among them. After an error it yields nothing more.
func (t *Table[T]) Range(r Reader, index, from, to string) iter.Seq2[Filed, error] {
	return func(yield func(Filed, error) bool) {
		var end []byte
		if to != "" {
			end = []byte(escape(to))
		}
		for e, err := range r.Scan(t.indexBucket(index), []byte(escape(from)), end) {
			under, own, found := strings.Cut(string(e.Key), mark)
			if err == nil && !found {
				err = fmt.Errorf("read index %s of %s: %w", index, t.Bucket, ErrDamaged)
			}
			if err != nil {
				yield(Filed{}, err)
				return
			}
			if !yield(Filed{Under: strings.ReplaceAll(under, "\x00\xff", "\x00"), Key: own}, nil) {
				return
			}
		}
	}
}
