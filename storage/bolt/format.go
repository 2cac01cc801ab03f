package bolt

import (
	"bytes"
	"fmt"
	"os"
	"strconv"

	"go.etcd.io/bbolt"

	"peerbot/storage"
)

// format is a version of how buckets lie in the file, and how to get there. The
// records' own versions are storage.Table's.
type format struct {
	version  int
	upgrades map[int]func(*bbolt.Tx) error // From a version to the next.
}

func current() format { return format{version: 1} }

// inspect looks through the file before it is opened for good. A file of an older
// version is backed up beside itself.
func (f format) inspect(path string) error {
	if isNew(path) {
		return nil
	}
	db, err := openFile(path, true)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }() // It was only read.
	if err := checkFile(path, db); err != nil {
		return err
	}
	version, err := f.of(db)
	if err != nil || version == f.version {
		return err
	}
	return copyFile(db, fmt.Sprintf("%s.v%d", path, version))
}

// isNew reports whether there is nothing at path yet.
func isNew(path string) bool {
	info, err := os.Stat(path)
	return os.IsNotExist(err) || err == nil && info.Size() == 0
}

// of returns the version of the file; an empty one has the newest.
func (f format) of(db *bbolt.DB) (version int, err error) {
	err = db.View(func(tx *bbolt.Tx) error {
		version, err = f.in(tx)
		return err
	})
	return version, err
}

// Where the version stands. Nobody else may use this bucket.
const (
	ownBucket  = "_store"
	versionKey = "version"
)

func (f format) in(tx *bbolt.Tx) (int, error) {
	if first, _ := tx.Cursor().First(); first == nil {
		return f.version, nil
	}
	b := tx.Bucket([]byte(ownBucket))
	if b == nil {
		return 0, fmt.Errorf("%w: it is not a store of ours", storage.ErrDamaged)
	}
	version, err := strconv.Atoi(string(b.Get([]byte(versionKey))))
	switch {
	case err != nil || version < 1:
		return 0, fmt.Errorf("%w: its version cannot be read", storage.ErrDamaged)
	case version > f.version:
		return 0, &storage.NewerError{What: "store", Found: version, Known: f.version}
	}
	return version, nil
}

// settle upgrades an older file and marks a new one, in one transaction.
func (f format) settle(db *bbolt.DB) error {
	tx, err := db.Begin(true)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // It fails after the commit, as it should.
	version, err := f.in(tx)
	if err != nil || version == f.version && tx.Bucket([]byte(ownBucket)) != nil {
		return err
	}
	for ; version < f.version; version++ {
		if err := f.upgrades[version](tx); err != nil {
			return fmt.Errorf("upgrade from version %d: %w", version, err)
		}
	}
	b, err := tx.CreateBucketIfNotExists([]byte(ownBucket))
	if err != nil {
		return err
	}
	if err := b.Put([]byte(versionKey), strconv.AppendInt(nil, int64(f.version), 10)); err != nil {
		return err
	}
	return tx.Commit()
}

// tally is what a file holds.
type tally struct{ buckets, entries, bytes int }

// tallyOf reads every page and every key of a file, in order.
func tallyOf(db *bbolt.DB) (t tally, err error) {
	err = guard(func() error {
		return db.View(func(tx *bbolt.Tx) error {
			return tx.ForEach(func(_ []byte, b *bbolt.Bucket) error { return t.add(b) })
		})
	})
	return t, err
}

func (t *tally) add(b *bbolt.Bucket) error {
	t.buckets++
	var last []byte
	return b.ForEach(func(k, v []byte) error {
		if last != nil && bytes.Compare(last, k) >= 0 {
			return fmt.Errorf("%w: its keys are out of order", storage.ErrDamaged)
		}
		last = k
		t.entries++
		t.bytes += len(k) + len(v)
		return nil
	})
}
