package overlay

import (
	"bytes"
	"iter"

	"peerbot/storage"
)

// Scan implements storage.Reader. Own writes are looked up anew at each step, so
// that the body of the loop may write ahead of it.
func (t *Tx) Scan(b storage.Bucket, from, to []byte) iter.Seq2[storage.Entry, error] {
	return func(yield func(storage.Entry, error) bool) {
		s := &scan{tx: t, bucket: b, next: clone(from), yield: yield}
		for e, err := range t.base.Scan(b, from, to) {
			if err == nil {
				err = t.read(b, e.Key)
			}
			if err != nil {
				yield(storage.Entry{}, err)
				return
			}
			if !s.own(e.Key) || !s.stored(e) {
				return
			}
		}
		s.own(to)
	}
}

// scan is one walk; next is the least key that it has not passed.
type scan struct {
	tx     *Tx
	bucket storage.Bucket
	next   []byte
	yield  func(storage.Entry, error) bool
}

// own yields own writes before to, or all when to is nil. It reports whether to go on.
func (s *scan) own(to []byte) bool {
	for {
		i, _ := s.tx.find(s.bucket, s.next)
		writes := s.tx.writes[s.bucket]
		if i == len(writes) || to != nil && bytes.Compare(writes[i].Key, to) >= 0 {
			return true
		}
		w := writes[i]
		s.pass(w.Key)
		if !w.Deleted && !s.yield(storage.Entry{Key: clone(w.Key), Value: clone(w.Value)}, nil) {
			return false
		}
	}
}

// stored yields an entry of the base, unless an own write stands over it.
func (s *scan) stored(e storage.Entry) bool {
	if _, over := s.tx.find(s.bucket, e.Key); over {
		return true
	}
	s.pass(e.Key)
	return s.yield(e, nil)
}

func (s *scan) pass(key []byte) { s.next = append(append(s.next[:0], key...), 0) }
