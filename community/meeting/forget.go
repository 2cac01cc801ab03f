package meeting

import (
	"errors"
	"fmt"
	"time"

	"peerbot/schedule"
	"peerbot/spoken"
	"peerbot/storage"
)

// keep is how long a meeting, and who followed it, is kept after its last gathering.
const keep = 30 * 24 * time.Hour

// ends is when the meeting is forgotten, seen from now; false while it has no end.
func (v Meeting) ends(now time.Time) (time.Time, bool) {
	if v.Cancelled {
		return now.Add(keep), true
	}
	if v.endless() {
		return time.Time{}, false
	}
	end := now
	for o := range v.Rule.Between(now, now.AddDate(100, 0, 0)) {
		end = o.End
	}
	return end.Add(keep), true
}

// endless reports whether the meeting goes on for good.
func (v Meeting) endless() bool {
	return v.Rule.Unit != spoken.Once && v.Rule.Until.IsZero() && v.Rule.Count == 0
}

// awaitEnd puts the end of a meeting on the agenda, or takes it off.
func (m *Meetings) awaitEnd(tx storage.Tx, v Meeting, now time.Time) error {
	at, ok := v.ends(now)
	if !ok {
		return m.agenda.Drop(tx, kindForget, v.ID)
	}
	return m.agenda.Put(tx, schedule.Item{Kind: kindForget, ID: v.ID, At: at})
}

// perSweep is how many follows one step deletes.
const perSweep = 20

// forget removes a meeting whose time is over, and with the last one of a series
// who followed it.
func (m *Meetings) forget(tx storage.Tx, now time.Time, it schedule.Item) error {
	row, err := m.meetings.Get(tx, it.ID)
	if lost(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("meeting %s: %w", it.ID, err)
	}
	s, err := m.parts(tx, row.Value.Series)
	if err != nil {
		return err
	}
	if len(s) == 1 {
		more, err := m.sweepSeries(tx, row.Value.Series)
		if err != nil {
			return err
		}
		if more {
			it.At = now
			return m.agenda.Put(tx, it)
		}
	}
	return m.drop(tx, row.Value)
}

// Erase removes what a member follows, a few at a time, whether or not it can still
// be read; more reports whether some is left.
func (m *Meetings) Erase(tx storage.Tx, id string) (more bool, err error) {
	n := 0
	for key, err := range m.follows.Keys(tx, "member", id, "") {
		if err != nil {
			return false, fmt.Errorf("follows of a member: %w", err)
		}
		if err := m.agenda.Drop(tx, kindFollow, key); err != nil {
			return false, err
		}
		if n++; n == perSweep {
			break
		}
	}
	if err := errors.Join(m.agenda.Drop(tx, kindGone, id), m.CloseOutlet(tx, OwnCalendar, id)); err != nil {
		return false, err
	}
	if more, err = m.follows.Sweep(tx, "member", id, perSweep); more || err != nil {
		return more, err
	}
	if more, err = m.eraseComing(tx, id); more || err != nil {
		return more, err
	}
	if more, err = m.told.Sweep(tx, byMember, id, perSweep); more || err != nil {
		return more, err
	}
	if more, err = m.handouts.Sweep(tx, byMember, id, perSweep); more || err != nil {
		return more, err
	}
	if more, err = m.mentions.Sweep(tx, byMember, id, perSweep); more || err != nil {
		return more, err
	}
	return m.eraseHosting(tx, id)
}

// EraseHome removes the meetings of a community, their history and their lists, and who
// followed them, a few at a time; more reports whether some are left. What the agenda
// still holds of them comes to nothing.
func (m *Meetings) EraseHome(tx storage.Tx, home string) (more bool, err error) {
	if err := errors.Join(m.CloseOutlet(tx, HomeCalendar, home), m.CloseOutlet(tx, HomePage, home)); err != nil {
		return false, err
	}
	for key, err := range m.meetings.Keys(tx, "home", home, "") {
		if err != nil {
			return false, fmt.Errorf("meetings of %s: %w", home, err)
		}
		return true, m.eraseOne(tx, key)
	}
	if more, err = m.changes.Sweep(tx, "home", home, perSweep); err == nil && !more {
		more, err = m.standing.Sweep(tx, "home", home, maxStanding)
	}
	if err == nil && !more {
		more, err = m.digests.Sweep(tx, "home", home, maxStanding)
	}
	if err == nil && !more {
		more, err = m.sources.Sweep(tx, "home", home, MaxSources)
	}
	if err == nil && !more {
		more, err = m.mirrors.Sweep(tx, "home", home, perSweep)
	}
	if err == nil && !more {
		more, err = m.eraseImports(tx, home)
	}
	if err == nil && !more {
		more, err = m.steps.Sweep(tx, "home", home, perSweep)
	}
	if err == nil && !more {
		err = m.editions.Delete(tx, home)
	}
	if err != nil {
		return false, fmt.Errorf("lists and changes of %s: %w", home, err)
	}
	return more, nil
}

// eraseOne removes some of who follows the meeting's series, or when nobody is left the
// meeting.
func (m *Meetings) eraseOne(tx storage.Tx, id string) error {
	row, err := m.meetings.Get(tx, id)
	if err != nil && !lost(err) {
		return fmt.Errorf("meeting %s: %w", id, err)
	}
	more, err := m.sweepSeries(tx, row.Value.Series)
	if err != nil || more {
		return err
	}
	if row.Value.Home == "" {
		return m.meetings.Delete(tx, id) // Nobody can read it any more.
	}
	return m.drop(tx, row.Value)
}

// sweepSeries removes some of who follows a series and who comes to it; more reports
// whether some are left.
func (m *Meetings) sweepSeries(tx storage.Tx, id string) (more bool, err error) {
	if more, err = m.follows.Sweep(tx, "series", id, perSweep); err == nil && !more {
		more, err = m.coming.Sweep(tx, bySeries, id, perSweep)
	}
	if err == nil && !more {
		more, err = m.shifts.Sweep(tx, bySeries, id, perSweep)
	}
	if err == nil && !more {
		more, err = m.handouts.Sweep(tx, bySeries, id, perSweep)
	}
	if err == nil && !more {
		err = errors.Join(m.rotas.Delete(tx, id), m.courses.Delete(tx, id), m.mentions.Delete(tx, id))
	}
	if err != nil {
		return false, fmt.Errorf("people of %s: %w", id, err)
	}
	return more, nil
}
