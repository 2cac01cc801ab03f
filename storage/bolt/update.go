package bolt

import (
	"context"
	"errors"
	"fmt"

	"go.etcd.io/bbolt"

	"peerbot/storage"
	"peerbot/storage/internal/overlay"
)

// maxGroup bounds a group, so that its first member is not kept waiting while
// others keep coming.
const maxGroup = 256

// group is the Updates that share a commit. Its fields belong to who has the baton
// until done is closed.
type group struct {
	tx      *bbolt.Tx
	size    int           // Members, with those that failed.
	members []*overlay.Tx // Those whose writes are in tx.
	wrote   bool
	done    chan struct{}
	err     error // Of the commit.
}

// Update implements storage.Store. The callers in line run one after another in one
// bbolt transaction; whoever finds nobody behind them commits it for all. A failed
// member waits for the commit too: what it saw may be another member's writes.
func (s *Store) Update(ctx context.Context, fn func(storage.Tx) error) error {
	if err := s.line.join(ctx); err != nil {
		return fmt.Errorf("update: %w", err)
	}
	g, err := s.takePart(ctx, fn)
	if g == nil {
		return fmt.Errorf("update: %w", err)
	}
	<-g.done
	if g.err != nil {
		return fmt.Errorf("update: %w", g.err)
	}
	return err
}

// takePart runs fn as a member of the group and hands the baton on, also when fn panics.
func (s *Store) takePart(ctx context.Context, fn func(storage.Tx) error) (*group, error) {
	if err := s.gather(); err != nil {
		s.line.leave()
		return nil, err
	}
	defer s.handOn()
	g := s.group
	g.size++
	tx, err := overlay.Run(ctx, &reader{tx: g.tx}, fn)
	if err != nil {
		return g, err
	}
	g.members = append(g.members, tx)
	return g, s.apply(g, tx)
}

// gather opens a group if there is none.
func (s *Store) gather() error {
	if s.failed != nil || s.group != nil {
		return s.failed
	}
	return guard(func() error {
		tx, err := s.db.Load().Begin(true)
		if err != nil {
			return known(err)
		}
		s.group = &group{tx: tx, done: make(chan struct{})}
		return nil
	})
}

// apply writes a member's changes into the group's transaction. An error condemns
// the group: bbolt may hold a part of them.
func (s *Store) apply(g *group, tx *overlay.Tx) error {
	err := guard(func() error {
		for name, writes := range tx.Writes() {
			g.wrote = true
			b, err := g.tx.CreateBucketIfNotExists([]byte(name))
			if err != nil {
				return err
			}
			if s.ordered[name] {
				b.FillPercent = orderedFill
			}
			if err := write(b, writes); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		g.err = fmt.Errorf("apply: %w", known(err))
	}
	return g.err
}

func write(b *bbolt.Bucket, writes []overlay.Write) error {
	for _, w := range writes {
		var err error
		if w.Deleted {
			err = b.Delete(w.Key)
		} else {
			err = b.Put(w.Key, w.Value)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// handOn passes the baton with the open group to the next in line, or ends the
// group when nobody waits.
func (s *Store) handOn() {
	if s.group.size < maxGroup && s.group.err == nil && s.line.pass() {
		return
	}
	s.endGroup()
	s.line.leave()
}

// endGroup commits the open group, if there is one, and tells its members. Who comes
// by the baton for something else than an Update begins with it.
func (s *Store) endGroup() {
	g := s.group
	if g == nil {
		return
	}
	s.group = nil
	s.finish(g)
	for _, m := range g.members {
		m.Settle(g.err == nil)
	}
	close(g.done)
}

// finish commits the group, or undoes it when it has failed or has nothing to commit.
func (s *Store) finish(g *group) {
	db, id := g.tx.DB(), g.tx.ID()
	if g.wrote && g.err == nil {
		g.err = s.sync()
	}
	if !g.wrote || g.err != nil {
		_ = g.tx.Rollback() // It fails only for a transaction that is over.
		return
	}
	if err := guard(g.tx.Commit); err != nil {
		g.err = fmt.Errorf("commit: %w", known(err))
		if errors.Is(err, storage.ErrDamaged) || visible(db, id) {
			s.failed = g.err
		}
	}
}

// sync calls the hook of Options for the two fsyncs of a commit.
func (s *Store) sync() error {
	if s.options.Sync == nil {
		return nil
	}
	return errors.Join(s.options.Sync(), s.options.Sync())
}

// visible reports whether readers see a commit that failed: its meta page was
// written and could not be synced. Nobody can tell what the disk holds then, and
// nothing must be built upon it: Updates fail until the store is opened anew.
func visible(db *bbolt.DB, id int) bool {
	tx, err := db.Begin(false)
	if err != nil {
		return true
	}
	defer func() { _ = tx.Rollback() }()
	return tx.ID() >= id
}
