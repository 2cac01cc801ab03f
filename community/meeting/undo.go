package meeting

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"peerbot/chat"
	"peerbot/schedule"
	"peerbot/storage"
)

// Undoing is how far an import is undone.
type Undoing struct {
	Done, Total int      // In parts of the whole.
	Left        []string // Left are titles of meetings that stay, sorted: somebody has changed them since. At most maxLeft.
	More        int      // More is how many stay beside those.
}

// maxLeft is how many of the meetings that stay are named.
const maxLeft = 10

// UndoImport lets the agenda undo the import that the call began, for UndoFor: what is not
// done yet is not done any more, what was new is gone, what was changed or cancelled is as
// before. What somebody has changed since stays as it is. It returns the id of the import.
// The error is a *chat.Refusal for one that is too old.
func (m *Meetings) UndoImport(tx storage.Tx, home, call string, now time.Time) (id string, err error) {
	for id, err = range m.jobs.Keys(tx, byCall, m.begunBy(call), "") {
		if err != nil {
			return "", fmt.Errorf("import of a call: %w", err)
		}
		return id, m.startUndo(tx, home, id, now)
	}
	return "", chat.Refuse(chat.Missing, "meeting.import.undo_too_late")
}

func (m *Meetings) startUndo(tx storage.Tx, home, id string, now time.Time) error {
	j, err := m.job(tx, home, id)
	if err != nil || !j.Undone.IsZero() {
		return err
	}
	if now.Sub(j.Begun) > UndoFor {
		return chat.Refuse(chat.Missing, "meeting.import.undo_too_late")
	}
	j.Undone = now
	if err := m.putJob(tx, id, j); err != nil {
		return err
	}
	return m.agenda.Put(tx, schedule.Item{Kind: kindUndo, ID: id, At: now})
}

// Undone is how far an import is undone. The error is a *chat.Refusal for one that is not
// there any more.
func (m *Meetings) Undone(r storage.Reader, home, id string) (Undoing, error) {
	j, err := m.job(r, home, id)
	if err != nil {
		return Undoing{}, err
	}
	u := Undoing{Done: j.total(), Total: j.total(), Left: slices.Sorted(slices.Values(j.Left)), More: j.More}
	for _, index := range []string{toDo, done} {
		for key, err := range m.staged.Keys(r, index, id, "") {
			if err != nil {
				return u, fmt.Errorf("parts of an import: %w", err)
			}
			if j.wants(id, key) {
				u.Done--
			}
		}
	}
	return u, nil
}

// spreadUndo puts what is done of an import on the agenda, to be undone.
func (m *Meetings) spreadUndo(tx storage.Tx, now time.Time, it schedule.Item) error {
	return m.spreadParts(tx, done, kindUndoPart, now, it, func(string) bool { return true })
}

// undoPart undoes a part, or as much of it as fits.
func (m *Meetings) undoPart(tx storage.Tx, now time.Time, it schedule.Item) error {
	more, err := m.undoSome(tx, it.ID, now)
	if err != nil || !more {
		return err
	}
	it.At = now
	return m.agenda.Put(tx, it)
}

// undoSome undoes as much of a part as a transaction holds; more reports whether
// something is left of it.
func (m *Meetings) undoSome(tx storage.Tx, key string, now time.Time) (more bool, err error) {
	row, err := m.staged.Get(tx, key)
	if lost(err) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("part of an import: %w", err)
	}
	u := undoing{m: m, tx: tx, now: now, key: key, room: perLanding}
	p := row.Value
	if p.Added, err = u.each(p.Added, u.added); err != nil {
		return false, err
	}
	if p.Changed, err = u.each(p.Changed, u.changed); err != nil {
		return false, err
	}
	if err := errors.Join(u.dropAll(), u.noteLeft(p.Job), m.putPart(tx, key, p)); err != nil {
		return false, err
	}
	return len(p.Added)+len(p.Changed) > 0, nil
}

// undoing is one transaction of an undo.
type undoing struct {
	m    *Meetings
	tx   storage.Tx
	now  time.Time
	key  string    // key is that of the part.
	room int       // room is what is left of perLanding.
	drop []Meeting // drop are meetings that nobody has heard of.
	left []string  // left are the titles of what stays.
}

// toDrop is what of perLanding it takes to remove a meeting that nobody has heard of.
const toDrop = 10

// fits reports whether the transaction holds something that takes so much, and takes it.
func (u *undoing) fits(takes int) bool {
	u.room -= takes
	return u.room >= 0
}

// each undoes the meetings one after the other as long as they fit, and returns the rest.
func (u *undoing) each(ids []string, undo func(id string) (fits bool, err error)) ([]string, error) {
	for len(ids) > 0 {
		fits, err := undo(ids[0])
		if err != nil || !fits {
			return ids, err
		}
		ids = ids[1:]
	}
	return nil, nil
}

// added takes out a meeting that was new. Where somebody counts on it already it is
// cancelled, so that they are told.
func (u *undoing) added(id string) (fits bool, err error) {
	s, err := u.m.parts(u.tx, id)
	if err != nil {
		return false, err
	}
	if !slices.ContainsFunc(s, func(p Meeting) bool { return !p.Cancelled }) {
		return u.fits(0), nil
	}
	if len(s) > 1 || s[0].Sequence > 0 {
		u.left = append(u.left, s[0].Title)
		return u.fits(0), nil
	}
	people, err := u.m.countedOn(u.tx, id)
	if err != nil {
		return false, err
	}
	if !people {
		fits = u.fits(toDrop)
		if fits {
			u.drop = append(u.drop, s[0])
		}
		return fits, nil
	}
	if !u.fits(toChange) {
		return false, nil
	}
	_, err = u.m.apply(u.tx, s, s.cancel(Gathering{}, Whole), landed(u.key, id)+"|undo", u.now)
	return true, err
}

// changed brings a series back to what it was.
func (u *undoing) changed(id string) (fits bool, err error) {
	if !u.fits(toChange) {
		return false, nil
	}
	key := u.m.changeKey(landed(u.key, id))
	row, err := u.m.changes.Get(u.tx, key)
	if lost(err) || err == nil && row.Value.Undone {
		return true, nil
	}
	if err != nil {
		return false, fmt.Errorf("change to undo: %w", err)
	}
	_, err = u.m.takeBack(u.tx, key, row.Value, landed(u.key, id)+"|undo", u.now)
	if r := (*chat.Refusal)(nil); errors.As(err, &r) {
		u.left, err = append(u.left, row.Value.Was[0].Title), nil
	}
	return true, err
}

// dropAll removes what nobody has heard of.
func (u *undoing) dropAll() error {
	if len(u.drop) == 0 {
		return nil
	}
	return errors.Join(u.m.drop(u.tx, u.drop...), u.m.refreshLists(u.tx, u.drop[0].Home, u.now))
}

// noteLeft notes with the import what stays.
func (u *undoing) noteLeft(id string) error {
	if len(u.left) == 0 {
		return nil
	}
	row, err := u.m.jobs.Get(u.tx, id)
	if lost(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("import: %w", err)
	}
	j := row.Value
	n := min(len(u.left), maxLeft-len(j.Left))
	j.Left, j.More = append(j.Left, u.left[:n]...), j.More+len(u.left)-n
	return u.m.putJob(u.tx, id, j)
}

// countedOn reports whether anybody follows a series, comes to it, serves at it, or has
// said more of it.
func (m *Meetings) countedOn(r storage.Reader, id string) (bool, error) {
	for _, keys := range []func(func(string, error) bool){
		m.follows.Keys(r, "series", id, ""), m.coming.Keys(r, bySeries, id, ""),
		m.shifts.Keys(r, bySeries, id, ""), m.handouts.Keys(r, bySeries, id, ""),
	} {
		for _, err := range keys {
			return true, err
		}
	}
	_, rota := m.rotas.Get(r, id)
	_, course := m.courses.Get(r, id)
	_, mention := m.mentions.Get(r, id)
	for _, err := range []error{rota, course, mention} {
		if !lost(err) {
			return true, err
		}
	}
	return false, nil
}
