package meeting

import (
	"fmt"
	"slices"
	"strconv"

	"peerbot/storage"
)

// edition says which state of a community's meetings is the present one. It is written
// with every change of them, so what is held in memory is known to be of today.
type edition struct {
	Home   string `json:"home"`
	Mark   string `json:"mark"`   // Mark is a hash of every change there was, one upon the other.
	Recent []step `json:"recent"` // Recent are the last changes, the oldest first.
}

// step is one change: the mark that it led to, and the meetings it was about.
type step struct {
	Mark string   `json:"mark"`
	IDs  []string `json:"ids"`
}

// maxSteps is how many changes are remembered: who is further behind reads it all again.
const maxSteps = 16

func editionsTable(vault *storage.Vault) storage.Table[edition] {
	return storage.Table[edition]{Bucket: "meeting_editions", Vault: vault, Version: 1, Owner: func(e edition) string { return e.Home }}
}

// save writes meetings of one community.
func (m *Meetings) save(tx storage.Tx, all ...Meeting) error {
	for _, v := range all {
		if err := m.meetings.Put(tx, v.ID, v); err != nil {
			return fmt.Errorf("save meeting %s: %w", v.ID, err)
		}
	}
	return m.mark(tx, all...)
}

// drop removes a meeting.
func (m *Meetings) drop(tx storage.Tx, v Meeting) error {
	if err := m.meetings.Delete(tx, v.ID); err != nil {
		return fmt.Errorf("remove meeting %s: %w", v.ID, err)
	}
	return m.mark(tx, v)
}

// mark notes that the meetings of one community are not what they were.
func (m *Meetings) mark(tx storage.Tx, all ...Meeting) error {
	if len(all) == 0 {
		return nil
	}
	home := all[0].Home
	e, err := m.edition(tx, home)
	if err != nil {
		return err
	}
	parts, next := []string{"edition", e.Mark}, step{}
	for _, v := range all {
		parts = append(parts, v.ID, strconv.Itoa(v.Sequence), strconv.FormatInt(v.Changed.UnixNano(), 36), strconv.FormatBool(v.Cancelled))
		next.IDs = append(next.IDs, v.ID)
	}
	next.Mark = m.vault.ID(parts...)
	e.Home, e.Mark = home, next.Mark
	e.Recent = append(e.Recent, next)
	e.Recent = e.Recent[max(0, len(e.Recent)-maxSteps):]
	if err := m.editions.Put(tx, home, e); err != nil {
		return fmt.Errorf("edition of %s: %w", home, err)
	}
	return nil
}

func (m *Meetings) edition(r storage.Reader, home string) (edition, error) {
	row, err := m.editions.Get(r, home)
	if err != nil && !lost(err) {
		return edition{}, fmt.Errorf("edition of %s: %w", home, err)
	}
	return row.Value, nil
}

// since are the meetings that changed after the mark; false when that is too long ago.
func (e edition) since(mark string) (ids []string, known bool) {
	i := slices.IndexFunc(e.Recent, func(s step) bool { return s.Mark == mark })
	if i < 0 {
		return nil, false
	}
	for _, s := range e.Recent[i+1:] {
		ids = append(ids, s.IDs...)
	}
	slices.Sort(ids)
	return slices.Compact(ids), true
}
