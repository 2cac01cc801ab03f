package meeting

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"peerbot/chat"
	"peerbot/schedule"
	"peerbot/storage"
)

// job is an import. One that somebody has seen a preview of waits for a day, with its
// parts beside it, and each of those is carried out once the person has said so. What is
// done can be undone for UndoFor.
type job struct {
	Home    string    `json:"home"`
	Parts   int       `json:"parts"`   // Parts is how many there are without those that cancel.
	Cancels int       `json:"cancels"` // Cancels is how many parts cancel what is gone.
	Gone    bool      `json:"gone,omitempty"`
	Call    string    `json:"call,omitempty"` // Call is a hash of the call that began it.
	Begun   time.Time `json:"begun,omitzero"`
	Until   time.Time `json:"until"`           // Until is when it is forgotten.
	Undone  time.Time `json:"undone,omitzero"` // Undone is when somebody asked to have it undone.
	Left    []string  `json:"left,omitempty"`  // Left are titles of what was not undone: it has changed since.
	More    int       `json:"more,omitempty"`  // More is of how many the title is not in Left.
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
		Owner: func(j job) string { return j.Home },
		Indexes: []storage.Index[job]{
			{Name: "home", Keys: func(j job) []string { return []string{j.Home} }},
			{Name: byCall, Keys: func(j job) []string {
				if j.Call == "" {
					return nil
				}
				return []string{j.Call}
			}},
		},
	}
}

// byCall finds a job by the call that began it.
const byCall = "call"

// The kinds of agenda item of an import.
const (
	kindImport   = "meeting.import"           // ID: job. From: the last part that was put on the agenda.
	kindPart     = "meeting.import_part"      // ID: part.
	kindOverdue  = "meeting.import_over"      // ID: job. It cannot be undone any more, or is forgotten.
	kindUndo     = "meeting.import_undo"      // ID: job. From: as of kindImport.
	kindUndoPart = "meeting.import_undo_part" // ID: part.
)

const (
	keptImport = 24 * time.Hour // keptImport is how long an import waits for its person, and its parts for their turn.
	perStaging = 8              // perStaging is how many parts one transaction writes.
	perSpread  = 20             // perSpread is how many parts one step puts on the agenda.
)

// Stage keeps what a preview would do for a day, in parts that fit a transaction each,
// and returns its id; call is the id of the call that asks. Nothing changes before
// Begin.
func (m *Meetings) Stage(ctx context.Context, store storage.Store, p Preview, call string, now time.Time) (string, error) {
	id := m.vault.ID("import", call)
	all := p.parts(id, true)
	j := job{Home: p.Home, Parts: len(p.parts(id, false)), Until: now.Add(keptImport)}
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
				if err := m.putJob(tx, id, j); err != nil {
					return err
				}
			}
			return m.agenda.Put(tx, schedule.Item{Kind: kindOverdue, ID: id, At: j.Until})
		})
		if err != nil || last {
			return id, err
		}
	}
}

// Begin lets the agenda carry out what was staged; gone says whether the meetings that
// are gone from the list are cancelled, and call is the id of the call that asks. The
// error is a *chat.Refusal for what is not there any more, or has begun.
func (m *Meetings) Begin(tx storage.Tx, home, id string, gone bool, call string, now time.Time) error {
	j, err := m.job(tx, home, id)
	if err != nil {
		return err
	}
	if !j.Begun.IsZero() {
		return chat.Refuse(chat.Conflict, "meeting.import.begun")
	}
	j.Begun, j.Gone, j.Call = now, gone, m.begunBy(call)
	if err := m.putJob(tx, id, j); err != nil {
		return err
	}
	if err := m.agenda.Put(tx, schedule.Item{Kind: kindOverdue, ID: id, At: earliest(j.Until, now.Add(UndoFor))}); err != nil {
		return err
	}
	return m.agenda.Put(tx, schedule.Item{Kind: kindImport, ID: id, At: now})
}

func (m *Meetings) begunBy(call string) string { return m.vault.ID("begun", call) }

func (m *Meetings) putJob(tx storage.Tx, id string, j job) error {
	if err := m.jobs.Put(tx, id, j); err != nil {
		return fmt.Errorf("save an import: %w", err)
	}
	return nil
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
	for key, err := range m.staged.Keys(r, toDo, id, "") {
		if err != nil {
			return 0, 0, fmt.Errorf("parts of an import: %w", err)
		}
		if j.wants(id, key) {
			left++
		}
	}
	return j.total() - left, j.total(), nil
}

// wants reports whether the part with the key is to be carried out.
func (j job) wants(id, key string) bool { return j.Gone || !strings.HasPrefix(key, id+"|"+cancelling) }

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
	return m.spreadParts(tx, toDo, kindPart, now, it, func(key string) bool { return row.Value.wants(it.ID, key) })
}

// spreadParts puts parts of a job on the agenda as items of the kind, some at a time.
func (m *Meetings) spreadParts(tx storage.Tx, index, kind string, now time.Time, it schedule.Item, wanted func(key string) bool) error {
	n := 0
	for key, err := range m.staged.Keys(tx, index, it.ID, it.From) {
		if err != nil {
			return fmt.Errorf("parts of an import: %w", err)
		}
		if !wanted(key) {
			return nil // Those that cancel are the last.
		}
		if n == perSpread {
			it.At = now
			return m.agenda.Put(tx, it)
		}
		if err := m.agenda.Put(tx, schedule.Item{Kind: kind, ID: key, At: now}); err != nil {
			return err
		}
		it.From, n = key, n+1
	}
	return nil
}

// landPart carries a part out, or as much of it as fits. Of an import that is to be undone
// nothing more is done.
func (m *Meetings) landPart(tx storage.Tx, now time.Time, it schedule.Item) error {
	row, err := m.staged.Get(tx, it.ID)
	if lost(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("part of an import: %w", err)
	}
	p := row.Value
	j, err := m.jobs.Get(tx, p.Job)
	if err != nil && !lost(err) {
		return fmt.Errorf("import: %w", err)
	}
	if err != nil || !j.Value.Undone.IsZero() {
		p.Meetings = nil
		return errors.Join(m.putPart(tx, it.ID, p), m.agenda.Put(tx, schedule.Item{Kind: kindUndoPart, ID: it.ID, At: now}))
	}
	if p, err = m.land(tx, p, it.ID, now); err != nil {
		return err
	}
	if len(p.Meetings) > 0 {
		it.At = now
		if err := m.agenda.Put(tx, it); err != nil {
			return err
		}
	}
	return m.putPart(tx, it.ID, p)
}

// overdue forgets what it takes to undo an import, and when its time is over all of it, a
// few parts at a time. One that is being undone has a day for that.
func (m *Meetings) overdue(tx storage.Tx, now time.Time, it schedule.Item) error {
	j, err := m.jobs.Get(tx, it.ID)
	if err != nil && !lost(err) {
		return fmt.Errorf("import: %w", err)
	}
	if u := j.Value.Undone; !u.IsZero() && now.Before(u.Add(undoable)) {
		it.At = u.Add(undoable)
		return m.agenda.Put(tx, it)
	}
	more, err := m.staged.Sweep(tx, done, it.ID, perSweep)
	over := !now.Before(j.Value.Until)
	if err == nil && !more && over {
		more, err = m.staged.Sweep(tx, toDo, it.ID, perSweep)
	}
	switch {
	case err != nil:
		return fmt.Errorf("forget an import: %w", err)
	case more:
		it.At = now
	case over:
		return m.jobs.Delete(tx, it.ID)
	default:
		it.At = j.Value.Until
	}
	return m.agenda.Put(tx, it)
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
