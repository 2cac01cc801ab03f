package bolt

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.etcd.io/bbolt"

	"peerbot/storage"
)

// FuzzPages checks files that nobody wrote: damage is noticed or harmless, and the
// check comes to an end.
func FuzzPages(f *testing.F) {
	const size = 1024
	path := filepath.Join(f.TempDir(), "seed.db")
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{PageSize: size})
	if err != nil {
		f.Fatal(err)
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		inline, err := tx.CreateBucket([]byte("inline"))
		deep, err2 := tx.CreateBucket([]byte("deep"))
		if err := errors.Join(err, err2); err != nil {
			return err
		}
		err = inline.Put([]byte("k"), []byte("v"))
		for _, k := range strings.Split("a b c d e f g", " ") {
			err = errors.Join(err, deep.Put([]byte(k), bytes.Repeat([]byte(k), 300)))
		}
		return errors.Join(err, deep.Put([]byte("long"), make([]byte, 2*size)))
	})
	var root uint64
	var end int64
	err = errors.Join(err, db.View(func(tx *bbolt.Tx) error {
		root, end = uint64(tx.Cursor().Bucket().Root()), tx.Size()
		return nil
	}), db.Close())
	if err != nil {
		f.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	content = content[:end]
	check := func(content []byte) error {
		p := &pages{file: content, size: size, seen: make([]bool, len(content)/size)}
		return p.tree(root, nil, nil)
	}
	if err := check(content); err != nil {
		f.Errorf("a sound file: %v", err)
	}
	f.Add(content)
	f.Fuzz(func(t *testing.T, content []byte) {
		if err := check(content); err != nil && !errors.Is(err, storage.ErrDamaged) {
			t.Errorf("an error of another kind: %v", err)
		}
	})
}
