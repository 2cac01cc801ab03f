package meeting

import (
	"fmt"
	"strconv"

	"peerbot/storage"
)

// edition says which state of a community's meetings is the present one. It is written
// with every change of them, so what is held in memory is known to be of today.
type edition struct {
	Home  string `json:"home"`
	Mark  string `json:"mark"`  // Mark is a hash of every change there was, one upon the other.
	Steps int    `json:"steps"` // Steps counts the changes.
}

// step is one change: the mark before it, and the meetings it was about.
type step struct {
	Home   string   `json:"home"`
	Number int      `json:"number"` // Number is what Steps was after it.
	From   string   `json:"from"`
	IDs    []string `json:"ids"`
}

// maxSteps is how many changes are remembered: who is further behind reads it all again.
const maxSteps = 1024

func editionsTable(vault *storage.Vault) storage.Table[edition] {
	return storage.Table[edition]{Bucket: "meeting_editions", Vault: vault, Version: 1, Owner: func(e edition) string { return e.Home }}
}

func stepsTable(vault *storage.Vault) storage.Table[step] {
	return storage.Table[step]{Bucket: "meeting_steps", Vault: vault, Version: 1,
		Owner:   func(s step) string { return s.Home },
		Indexes: []storage.Index[step]{{Name: "home", Keys: func(s step) []string { return []string{s.Home} }}},
	}
}

// stepKey is where a step stands, in the place of the one maxSteps before it.
func stepKey(home string, number int) string { return fmt.Sprintf("%s|%d", home, number%maxSteps) }

// save writes meetings of one community.
func (m *Meetings) save(tx storage.Tx, all ...Meeting) error {
	for _, v := range all {
		if err := m.meetings.Put(tx, v.ID, v); err != nil {
			return fmt.Errorf("save meeting %s: %w", v.ID, err)
		}
	}
	return m.mark(tx, all...)
}

// drop removes meetings of one community.
func (m *Meetings) drop(tx storage.Tx, all ...Meeting) error {
	for _, v := range all {
		if err := m.meetings.Delete(tx, v.ID); err != nil {
			return fmt.Errorf("remove meeting %s: %w", v.ID, err)
		}
	}
	return m.mark(tx, all...)
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
	s := step{Home: home, Number: e.Steps + 1, From: e.Mark}
	parts := []string{"edition", e.Mark}
	for _, v := range all {
		parts = append(parts, v.ID, strconv.Itoa(v.Sequence), strconv.FormatInt(v.Changed.UnixNano(), 36), strconv.FormatBool(v.Cancelled))
		s.IDs = append(s.IDs, v.ID)
	}
	if err := m.steps.Put(tx, stepKey(home, s.Number), s); err != nil {
		return fmt.Errorf("step of %s: %w", home, err)
	}
	if err := m.editions.Put(tx, home, edition{Home: home, Mark: m.vault.ID(parts...), Steps: s.Number}); err != nil {
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

// since are the meetings that changed from the edition was to is; false when that is too
// long ago, or was has never been.
func (m *Meetings) since(r storage.Reader, was, is edition) (ids map[string]bool, known bool, err error) {
	if is.Steps-was.Steps > maxSteps || was.Steps >= is.Steps {
		return nil, false, nil
	}
	ids = map[string]bool{}
	for n := was.Steps + 1; n <= is.Steps; n++ {
		row, err := m.steps.Get(r, stepKey(is.Home, n))
		if lost(err) || err == nil && (row.Value.Number != n || n == was.Steps+1 && row.Value.From != was.Mark) {
			return nil, false, nil
		}
		if err != nil {
			return nil, false, fmt.Errorf("step of %s: %w", is.Home, err)
		}
		for _, id := range row.Value.IDs {
			ids[id] = true
		}
	}
	return ids, true, nil
}
