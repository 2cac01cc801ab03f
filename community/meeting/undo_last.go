package meeting

import (
	"context"
	"fmt"
	"sync"
	"time"

	"peerbot/chat"
	"peerbot/storage"
)

// UndoLast undoes the last import of a community at once, many transactions side by side,
// and tells how many parts of how many are done, one call of tell after the other. What an
// error or the end of ctx leaves undone is done by the agenda. The error is a
// *chat.Refusal where there is none, or one that is too old.
func (m *Meetings) UndoLast(ctx context.Context, store storage.Store, home string, now time.Time, tell func(n, of int)) (Undoing, error) {
	var id string
	err := store.Update(ctx, func(tx storage.Tx) (err error) {
		if id, err = m.last(tx, home); err != nil {
			return err
		}
		return m.startUndo(tx, home, id, now)
	})
	if err != nil {
		return Undoing{}, err
	}
	keys, err := m.partsDone(ctx, store, id)
	if err != nil {
		return Undoing{}, err
	}
	var mu sync.Mutex
	n := 0
	err = atOnce(ctx, keys, func(_ int, key string) error {
		if err := m.undoWhole(ctx, store, key, now); err != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		n++
		tell(n, len(keys))
		return nil
	})
	if err != nil {
		return Undoing{}, err
	}
	var u Undoing
	err = store.View(ctx, func(r storage.Reader) (err error) {
		u, err = m.Undone(r, home, id)
		return err
	})
	return u, err
}

// partsDone are the parts of an import that are done.
func (m *Meetings) partsDone(ctx context.Context, store storage.Store, id string) (keys []string, err error) {
	err = store.View(ctx, func(r storage.Reader) error {
		for key, err := range m.staged.Keys(r, done, id, "") {
			if err != nil {
				return fmt.Errorf("parts of an import: %w", err)
			}
			keys = append(keys, key)
		}
		return nil
	})
	return keys, err
}

// undoWhole undoes all of a part.
func (m *Meetings) undoWhole(ctx context.Context, store storage.Store, key string, now time.Time) error {
	for more := true; more; {
		err := store.Update(ctx, func(tx storage.Tx) (err error) {
			more, err = m.undoSome(tx, key, now)
			return err
		})
		if err != nil {
			return fmt.Errorf("undo an import: %w", err)
		}
	}
	return nil
}

// last is the import of a community that began last, of those that are not undone.
func (m *Meetings) last(r storage.Reader, home string) (id string, err error) {
	var begun time.Time
	for row, err := range m.jobs.By(r, "home", home, "") {
		if err != nil {
			return "", fmt.Errorf("imports of %s: %w", home, err)
		}
		if !row.Value.Begun.After(begun) {
			continue
		}
		left := row.Value.Undone.IsZero()
		for _, err := range m.staged.Keys(r, done, row.Key, "") {
			if err != nil {
				return "", fmt.Errorf("parts of an import: %w", err)
			}
			left = true
			break
		}
		if left {
			id, begun = row.Key, row.Value.Begun
		}
	}
	if id == "" {
		return "", chat.Refuse(chat.Missing, "meeting.import.undo_too_late")
	}
	return id, nil
}
