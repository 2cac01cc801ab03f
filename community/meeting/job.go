package meeting

import (
	"context"
	"fmt"
	"strings"
	"time"

	"peerbot/chat"
	"peerbot/schedule"
	"peerbot/storage"
)

// job is an import that somebody has seen a preview of: its parts wait beside it, for a
// day, and each is carried out once the person has said so.
type job struct {
	Home    string    `json:"home"`
	Parts   int       `json:"parts"`   // Parts is how many there are without those that cancel.
	Cancels int       `json:"cancels"` // Cancels is how many parts cancel what is gone.
	Gone    bool      `json:"gone,omitempty"`
	Begun   time.Time `json:"begun,omitzero"`
}

// total is how many parts there are to carry out.
func (j job) total() int {
	if j.Gone {
		return j.Parts + j.Cancels
	}
	return j.Parts
}

func jobsTable(vault *storage.Vault) storage.Table[job] {
	return storage.Table[job]{Bucket: "meeting_imports", Vault: vault, Version: 1,
		Owner:   func(j job) string { return j.Home },
		Indexes: []storage.Index[job]{{Name: "home", Keys: func(j job) []string { return []string{j.Home} }}},
	}
}

func partsTable(vault *storage.Vault) storage.Table[part] {
	return storage.Table[part]{Bucket: "meeting_import_parts", Vault: vault, Version: 1,
		Owner: func(p part) string { return p.Home },
		Indexes: []storage.Index[part]{
			{Name: "home", Keys: func(p part) []string { return []string{p.Home} }},
			{Name: "job", Keys: func(p part) []string { return []string{p.Job} }},
		}}
}

// The kinds of agenda item of an import.
const (
	kindImport  = "meeting.import"      // ID: job. From: the last part that was put on the agenda.
	kindPart    = "meeting.import_part" // ID: part.
	kindOverdue = "meeting.import_over" // ID: job. It is forgotten.
)

const (
	keptImport = 24 * time.Hour // keptImport is how long an import waits for its person, and its parts for their turn.
	perStaging = 8              // perStaging is how many parts one transaction writes.
	perSpread  = 20             // perSpread is how many parts one step puts on the agenda.
)

// partKey names a part: the parts that add come first, and those that cancel last.
func partKey(id string, p part, i int) string {
	order := map[does]string{adds: "a", changes: "b", cancels: cancelling}
	return fmt.Sprintf("%s|%s%06d", id, order[p.Does], i)
}

const cancelling = "c"

// Stage keeps what a preview would do for a day, in parts that fit a transaction each,
// and returns its id; call is the id of the call that asks. Nothing changes before
// Begin.
func (m *Meetings) Stage(ctx context.Context, store storage.Store, p Preview, call string, now time.Time) (string, error) {
	id := m.vault.ID("import", call)
	all := p.parts(id, true)
	j := job{Home: p.Home, Parts: len(p.parts(id, false))}
	j.Cancels = len(all) - j.Parts
	for first := 0; ; first += perStaging {
		last := first+perStaging >= len(all)
		err := store.Update(ctx, func(tx storage.Tx) error {
			for i := first; i < min(len(all), first+perStaging); i++ {
				if err := m.staged.Put(tx, partKey(id, all[i], i), all[i]); err != nil {
					return fmt.Errorf("stage an import: %w", err)
				}
			}
			if last {
				if err := m.jobs.Put(tx, id, j); err != nil {
					return fmt.Errorf("stage an import: %w", err)
				}
			}
			return m.agenda.Put(tx, schedule.Item{Kind: kindOverdue, ID: id, At: now.Add(keptImport)})
		})
		if err != nil || last {
			return id, err
		}
	}
}

// Begin lets the agenda carry out what was staged; gone says whether the meetings that
// are gone from the list are cancelled. The error is a *chat.Refusal for what is not
// there any more, or has begun.
func (m *Meetings) Begin(tx storage.Tx, home, id string, gone bool, now time.Time) error {
	j, err := m.job(tx, home, id)
	if err != nil {
		return err
	}
	if !j.Begun.IsZero() {
		return chat.Refuse(chat.Conflict, "meeting.import.begun")
	}
	j.Begun, j.Gone = now, gone
	if err := m.jobs.Put(tx, id, j); err != nil {
		return fmt.Errorf("begin an import: %w", err)
	}
	return m.agenda.Put(tx, schedule.Item{Kind: kindImport, ID: id, At: now})
}

func (m *Meetings) job(r storage.Reader, home, id string) (job, error) {
	row, err := m.jobs.Get(r, id)
	if lost(err) || err == nil && row.Value.Home != home {
		return job{}, chat.Refuse(chat.Missing, "meeting.import.over")
	}
	if err != nil {
		return job{}, fmt.Errorf("import: %w", err)
	}
	return row.Value, nil
}

// Progress is how much of an import is done, in parts of the whole. The error is a
// *chat.Refusal for one that is not there any more.
func (m *Meetings) Progress(r storage.Reader, home, id string) (done, total int, err error) {
	j, err := m.job(r, home, id)
	if err != nil || j.Begun.IsZero() {
		return 0, j.total(), err
	}
	left := 0
	for key, err := range m.staged.Keys(r, "job", id, "") {
		if err != nil {
			return 0, 0, fmt.Errorf("parts of an import: %w", err)
		}
		if j.Gone || !strings.HasPrefix(key, id+"|"+cancelling) {
			left++
		}
	}
	return j.total() - left, j.total(), nil
}

// spreadImport puts the parts of an import on the agenda, which carries out many at
// once.
func (m *Meetings) spreadImport(tx storage.Tx, now time.Time, it schedule.Item) error {
	row, err := m.jobs.Get(tx, it.ID)
	if lost(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("import: %w", err)
	}
	n := 0
	for key, err := range m.staged.Keys(tx, "job", it.ID, it.From) {
		if err != nil {
			return fmt.Errorf("parts of an import: %w", err)
		}
		if !row.Value.Gone && strings.HasPrefix(key, it.ID+"|"+cancelling) {
			return nil
		}
		if n == perSpread {
			it.At = now
			return m.agenda.Put(tx, it)
		}
		if err := m.agenda.Put(tx, schedule.Item{Kind: kindPart, ID: key, At: now}); err != nil {
			return err
		}
		it.From, n = key, n+1
	}
	return nil
}

// landPart carries one part out and forgets it.
func (m *Meetings) landPart(tx storage.Tx, now time.Time, it schedule.Item) error {
	row, err := m.staged.Get(tx, it.ID)
	if lost(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("part of an import: %w", err)
	}
	if err := m.land(tx, row.Value, it.ID, now); err != nil {
		return err
	}
	return m.staged.Delete(tx, it.ID)
}

// forgetImport forgets an import, a few parts at a time.
func (m *Meetings) forgetImport(tx storage.Tx, now time.Time, it schedule.Item) error {
	more, err := m.staged.Sweep(tx, "job", it.ID, perSweep)
	if err != nil {
		return fmt.Errorf("forget an import: %w", err)
	}
	if more {
		it.At = now
		return m.agenda.Put(tx, it)
	}
	return m.jobs.Delete(tx, it.ID)
}

// eraseImports removes what is kept of a community's imports, a few at a time.
func (m *Meetings) eraseImports(tx storage.Tx, home string) (more bool, err error) {
	if more, err = m.staged.Sweep(tx, "home", home, perSweep); err == nil && !more {
		more, err = m.jobs.Sweep(tx, "home", home, perSweep)
	}
	if err != nil {
		return false, fmt.Errorf("imports of %s: %w", home, err)
	}
	return more, nil
}
