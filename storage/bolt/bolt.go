// Package bolt is the engine that keeps the store in one bbolt file. Updates that
// wait while another commits share the next commit, so that many callers cost few
// fsyncs and one caller waits for nobody.
//
// It knows no record, starts no goroutine, and never trades durability for speed:
// an Update that returned nil is on the disk. It is the only package that may
// import bbolt.
package bolt

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"go.etcd.io/bbolt"

	"peerbot/storage"
)

// Options of a Store. The zero value is good.
type Options struct {
	// Log is told when the rights of a file had to be narrowed; nil is nobody.
	Log *slog.Logger
	// Ordered names the buckets that grow at their end, like queues by time: their
	// pages are filled to nine tenths instead of half.
	Ordered []storage.Bucket
	// Sync, if set, is called before each of the two fsyncs of a commit (pages, then
	// meta page): benchmarks count and slow them. An error fails the commit.
	Sync func() error
}

const (
	lockWait    = time.Second // How long to wait for another process to let go of the file.
	mapSize     = 1 << 30     // Below this a growing file is never mapped anew, which would wait for readers.
	orderedFill = 0.9
	fileMode    = 0o600
	folderMode  = 0o700
)

// Store is a storage.Store in a file.
type Store struct {
	path    string
	options Options
	ordered map[storage.Bucket]bool
	db      atomic.Pointer[bbolt.DB] // Compact puts another in its place.
	line    line

	// Held by who has the baton of the line.
	group  *group
	failed error // Why nothing can be written any more; ErrClosed after Close.
}

// Open opens the store at path, or makes it: the file 0600, its folder 0700. The
// whole file is looked through, about 0.3 s for a million records. Errors:
// storage.ErrInUse, ErrDamaged, ErrNewer, ErrReadOnly, ErrFull.
func Open(path string, o Options) (*Store, error) {
	return open(path, o, current())
}

func open(path string, o Options, f format) (*Store, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	s := &Store{path: path, options: o, ordered: make(map[storage.Bucket]bool)}
	for _, b := range o.Ordered {
		s.ordered[b] = true
	}
	if err := s.prepare(f); err != nil {
		return nil, fmt.Errorf("open store %s: %w", path, err)
	}
	return s, nil
}

// prepare makes the file private, looks through it, and opens it for good.
func (s *Store) prepare(f format) error {
	if err := makePrivate(s.path, s.options.Log); err != nil {
		return known(err)
	}
	if err := f.inspect(s.path); err != nil {
		return err
	}
	made := isNew(s.path)
	db, err := openFile(s.path, false)
	if made && errors.Is(err, storage.ErrFull) {
		err = errors.Join(err, os.Remove(s.path)) // Else what there was room for would pass for a damaged store.
	}
	if err != nil {
		return err
	}
	if err := errors.Join(removeIfThere(s.path+compacting), f.settle(db), syncFolder(s.path)); err != nil {
		return errors.Join(known(err), db.Close())
	}
	s.db.Store(db)
	return nil
}

// openFile opens a bbolt file. The file is closed, and its lock let go, even when
// bbolt panics over what it finds inside.
func openFile(path string, readOnly bool) (db *bbolt.DB, err error) {
	var file *os.File
	err = guard(func() error {
		db, err = bbolt.Open(path, fileMode, &bbolt.Options{
			Timeout:         lockWait,
			ReadOnly:        readOnly,
			NoFreelistSync:  true,
			FreelistType:    bbolt.FreelistMapType,
			InitialMmapSize: mapSize,
			OpenFile: func(name string, flag int, mode os.FileMode) (*os.File, error) {
				file, err = os.OpenFile(name, flag, mode)
				return file, err
			},
		})
		return err
	})
	if err != nil && file != nil {
		_ = file.Close() // bbolt has closed it already, unless it panicked.
	}
	return db, known(err)
}

// View implements storage.Store. Close and the end of a Compact wait for it.
func (s *Store) View(ctx context.Context, fn func(storage.Reader) error) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("view: %w", err)
	}
	tx, err := s.begin()
	if err != nil {
		return fmt.Errorf("view: %w", known(err))
	}
	r := &reader{tx: tx}
	defer func() {
		r.tx = nil
		_ = tx.Rollback() // It fails only for a transaction that is over.
	}()
	return fn(r)
}

// begin starts reading; when Compact has just changed the file, from the new one.
func (s *Store) begin() (*bbolt.Tx, error) {
	for {
		db := s.db.Load()
		tx, err := db.Begin(false)
		if err == nil || db == s.db.Load() {
			return tx, err
		}
	}
}

// Close implements storage.Store. It waits for the Updates that are queued.
func (s *Store) Close() (err error) {
	s.line.wait()
	defer s.line.leave()
	s.endGroup()
	if errors.Is(s.failed, storage.ErrClosed) {
		return fmt.Errorf("close: %w", storage.ErrClosed)
	}
	db := s.db.Swap(new(bbolt.DB)) // A zero DB is not open, and says so.
	if s.failed == nil {           // Else bbolt might wait for ever for a transaction that could not end.
		err = db.Close()
	}
	s.failed = storage.ErrClosed
	if err != nil {
		return fmt.Errorf("close: %w", err)
	}
	return nil
}
