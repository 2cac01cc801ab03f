package bolt

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"go.etcd.io/bbolt"

	"peerbot/storage"
)

const (
	compacting = ".compact" // What Compact's new file is called until it takes the store's place.
	unfinished = ".tmp"     // And a backup's, until it was checked.
	copyChunk  = 16 << 20   // Bytes of one transaction of a copy.
)

// Stats says how much of the file is in use, in pages of PageSize bytes.
type Stats struct{ Pages, Free, PageSize int }

// Sparse reports whether more than half of the file is free: time to Compact.
func (s Stats) Sparse() bool { return 2*s.Free > s.Pages }

// Stats returns the state after the last Update.
func (s *Store) Stats() (Stats, error) {
	tx, err := s.begin()
	if err != nil {
		return Stats{}, fmt.Errorf("stats: %w", known(err))
	}
	defer func() { _ = tx.Rollback() }()
	db := tx.DB()
	free, size := db.Stats(), db.Info().PageSize
	return Stats{Pages: int(tx.Size()) / size, Free: free.FreePageN + free.PendingPageN, PageSize: size}, nil
}

// Backup writes a copy of the store to a new file at path, 0600, without holding
// Updates up. The copy holds only what the store holds, none of its free pages, and
// takes its name after it was checked. ctx is looked at before the copy begins.
func (s *Store) Backup(ctx context.Context, path string) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	if _, err := os.Lstat(path); err == nil {
		return fmt.Errorf("back up to %s: %w", path, os.ErrExist)
	}
	tx, err := s.begin() // Keeps Compact from closing the file.
	if err != nil {
		return fmt.Errorf("back up: %w", known(err))
	}
	defer func() { _ = tx.Rollback() }()
	if err := copyFile(tx.DB(), path); err != nil {
		return fmt.Errorf("back up to %s: %w", path, err)
	}
	return nil
}

// copyFile copies db to path, whatever stood there.
func copyFile(db *bbolt.DB, path string) error {
	to, err := copied(db, path+unfinished)
	if err != nil {
		return err
	}
	if _, err := tallyOf(to); err != nil {
		return errors.Join(err, discard(to, path+unfinished))
	}
	if err := to.Close(); err != nil {
		return known(err)
	}
	return rename(path+unfinished, path)
}

// Compact rewrites the store into a new file that takes the old one's place: what
// was deleted, erased owners' keys too, is in no page of it. Updates wait meanwhile;
// Views of the old file end in peace, and Compact with them. When it fails, the old
// file stays. ctx cancels only while queued behind Updates.
func (s *Store) Compact(ctx context.Context) error {
	old, err := s.compact(ctx)
	if old != nil {
		err = errors.Join(err, old.Close())
	}
	if err != nil {
		return fmt.Errorf("compact: %w", err)
	}
	return nil
}

// compact puts a new file in the old one's place, and returns the old one.
func (s *Store) compact(ctx context.Context) (*bbolt.DB, error) {
	if err := s.line.join(ctx); err != nil {
		return nil, err
	}
	defer s.line.leave()
	s.endGroup()
	if s.failed != nil {
		return nil, s.failed
	}
	fresh, err := copied(s.db.Load(), s.path+compacting)
	if err != nil {
		return nil, err
	}
	err = alike(s.db.Load(), fresh)
	if err == nil {
		err = known(os.Rename(s.path+compacting, s.path))
	}
	if err != nil {
		return nil, errors.Join(err, discard(fresh, s.path+compacting))
	}
	s.failed = syncFolder(s.path) // Else a crash might bring the old file back, without what is written from here on.
	return s.db.Swap(fresh), s.failed
}

// alike compares what two files hold.
func alike(a, b *bbolt.DB) error {
	one, err := tallyOf(a)
	if err != nil {
		return err
	}
	two, err := tallyOf(b)
	if err == nil && one != two {
		err = fmt.Errorf("%w: the copy differs", storage.ErrDamaged)
	}
	return err
}

// copied copies db into a new file, which it leaves open and locked.
func copied(db *bbolt.DB, path string) (*bbolt.DB, error) {
	if err := removeIfThere(path); err != nil {
		return nil, err
	}
	to, err := openFile(path, false)
	if err != nil {
		return nil, err
	}
	if err := guard(func() error { return bbolt.Compact(to, db, copyChunk) }); err != nil {
		return nil, errors.Join(known(err), discard(to, path))
	}
	return to, nil
}

func discard(db *bbolt.DB, path string) error { return errors.Join(db.Close(), os.Remove(path)) }

// rename gives a file its name for good, through a crash too.
func rename(from, to string) error {
	if err := os.Rename(from, to); err != nil {
		return known(err)
	}
	return syncFolder(to)
}

// syncFolder makes the names in the file's folder last.
func syncFolder(path string) error {
	folder, err := os.Open(filepath.Dir(path))
	if err != nil {
		return known(err)
	}
	return errors.Join(folder.Sync(), folder.Close())
}

func removeIfThere(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return known(err)
	}
	return nil
}
