package meeting

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	"peerbot/schedule"
	"peerbot/storage"
)

// afterFollow begins the From of a spread that has come to the followers; before
// that, From is the last meeting that was done.
const (
	afterFollow = "follow:"
	afterComing = "coming:" // Then those who said they come.
)

// spread brings a change to everything that depends on it, a few steps at a time:
// the reminders of the rooms, then those of each follower, with what they have to be
// told now.
func (m *Meetings) spread(tx storage.Tx, now time.Time, it schedule.Item) error {
	row, err := m.changes.Get(tx, it.ID)
	if lost(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("change to spread: %w", err)
	}
	next, done, err := m.spreadStep(tx, it.ID, row.Value, it.From)
	if err != nil || done {
		return err
	}
	it.From, it.At = next, now
	return m.agenda.Put(tx, it)
}

func (m *Meetings) spreadStep(tx storage.Tx, key string, c Change, from string) (next string, done bool, err error) {
	if last, ok := strings.CutPrefix(from, afterComing); ok {
		return m.spreadComing(tx, key, c, last)
	}
	if last, ok := strings.CutPrefix(from, afterFollow); ok {
		return m.spreadFollowers(tx, key, c, last)
	}
	for _, id := range slices.Sorted(maps.Keys(c.Now)) {
		if id > from {
			return id, false, m.spreadMeeting(tx, c, id)
		}
	}
	return afterFollow, false, nil
}

// spreadMeeting sets the items of one meeting as it is now.
func (m *Meetings) spreadMeeting(tx storage.Tx, c Change, id string) error {
	row, err := m.meetings.Get(tx, id)
	if lost(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("meeting %s: %w", id, err)
	}
	was, _ := series(c.Was).find(id)
	for _, lead := range order(slices.Concat(row.Value.Leads, was.Leads)) {
		if err := m.awaitRoom(tx, row.Value, lead, c.At); err != nil {
			return err
		}
	}
	return m.awaitEnd(tx, row.Value, c.At)
}

// spreadFollowers sets the next reminder of some followers, and tells them the news.
func (m *Meetings) spreadFollowers(tx storage.Tx, key string, c Change, last string) (next string, done bool, err error) {
	rows, err := firstRows(m.follows.By(tx, "series", c.Series, last), perStep)
	if err != nil {
		return "", false, fmt.Errorf("followers of %s: %w", c.Series, err)
	}
	for _, row := range rows {
		last = row.Key
		if row.Value.Paused {
			continue
		}
		if _, err := m.await(tx, row.Value, c.At); err != nil {
			return "", false, err
		}
		if err := m.tellFollower(tx, key, c, row); err != nil {
			return "", false, err
		}
	}
	if len(rows) < perStep {
		return afterComing, false, nil
	}
	return afterFollow + last, false, nil
}

// firstRows are the first n rows of a table, for a plan that goes on later.
func firstRows[T any](all iter.Seq2[storage.Row[T], error], n int) ([]storage.Row[T], error) {
	var out []storage.Row[T]
	for row, err := range all {
		if err != nil {
			return nil, err
		}
		if out = append(out, row); len(out) == n {
			break
		}
	}
	return out, nil
}
