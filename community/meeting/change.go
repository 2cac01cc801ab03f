package meeting

import (
	"fmt"
	"slices"
	"time"

	"peerbot/chat"
	"peerbot/schedule"
	"peerbot/storage"
)

// UndoFor is how long a change can be taken back.
const UndoFor = 10 * time.Minute

// Change is what one call did to one series: enough to take it back, and to tell
// those who count on what is different now. It is kept whole for a day, and what it did
// for half a year.
type Change struct {
	Home   string         `json:"home"`
	Series string         `json:"series"`
	At     time.Time      `json:"at"`
	Was    []Meeting      `json:"was,omitempty"`  // Was are the meetings that changed, as they were.
	Now    map[string]int `json:"now"`            // Now is the Sequence of each that changed, by its ID.
	News   []News         `json:"news,omitempty"` // News is what is different soon, in order.
	Did    []chat.Rich    `json:"did,omitempty"`  // Did is what it did, in words for the history.
	Undone bool           `json:"undone,omitempty"`
}

// Add saves the new meeting that s.Draft makes of what was said; call is the id of
// the call that asks for it.
func (m *Meetings) Add(tx storage.Tx, home, zone string, s Said, call string, now time.Time) (Meeting, error) {
	if err := m.settle(tx, home, &s); err != nil {
		return Meeting{}, err
	}
	d, err := s.Draft(zone, now)
	if err != nil {
		return Meeting{}, err
	}
	v := d.Meeting
	v.ID, v.Home = m.vault.ID("meeting", call), home
	v.Series = v.ID
	_, err = m.apply(tx, nil, series{v}, call, now)
	return v, err
}

// Edit saves the gathering, or more of its series, as said. The error is a
// *chat.Refusal for what cannot be read or cannot be.
func (m *Meetings) Edit(tx storage.Tx, g Gathering, w Which, said Said, call string, now time.Time) (Change, error) {
	if err := m.settle(tx, g.Home, &said); err != nil {
		return Change{}, err
	}
	before, after, err := m.edited(tx, g, w, said, call, now)
	if err != nil {
		return Change{}, err
	}
	return m.apply(tx, before, after, call, now)
}

// Sketch is the meeting that Edit would save, without saving it: the new one, where
// one date or what comes after becomes a meeting of its own.
func (m *Meetings) Sketch(r storage.Reader, g Gathering, w Which, said Said, call string, now time.Time) (Meeting, error) {
	before, after, err := m.edited(r, g, w, said, call, now)
	if err != nil {
		return Meeting{}, err
	}
	changed := before.changedIn(after)
	return changed[len(changed)-1], nil
}

// edited is the series before and after an edit.
func (m *Meetings) edited(r storage.Reader, g Gathering, w Which, said Said, call string, now time.Time) (before, after series, err error) {
	if before, g, err = m.seriesOf(r, g); err != nil {
		return nil, nil, err
	}
	after, err = before.edit(g, w, m.vault.ID("meeting", call), now, said.alter(g, w, now))
	if err != nil {
		return nil, nil, err
	}
	changed := before.changedIn(after)
	if len(changed) == 0 {
		return nil, nil, chat.Refuse(chat.Invalid, "meeting.no_change")
	}
	for _, p := range changed {
		if err := p.Check(); err != nil && !p.Cancelled {
			return nil, nil, err
		}
	}
	return before, after, nil
}

// seriesOf is the series of a gathering, and the gathering as it is now; a
// *chat.Refusal when it is no more.
func (m *Meetings) seriesOf(r storage.Reader, g Gathering) (series, Gathering, error) {
	s, err := m.parts(r, g.Series)
	if err != nil {
		return nil, g, err
	}
	now, ok := s.on(g.Date)
	if !ok || now.Home != g.Home {
		return nil, g, chat.Refuse(chat.Missing, "meeting.gone")
	}
	return s, now, nil
}

// Cancel takes the gathering, or more of its series, out.
func (m *Meetings) Cancel(tx storage.Tx, g Gathering, w Which, call string, now time.Time) (Change, error) {
	s, g, err := m.seriesOf(tx, g)
	if err != nil {
		return Change{}, err
	}
	return m.apply(tx, s, s.cancel(g, w), call, now)
}

// Undo takes back what the call changed in the community, for UndoFor, unless
// something else has changed it since. undo is the id of the call that asks.
func (m *Meetings) Undo(tx storage.Tx, home, call, undo string, now time.Time) (Change, error) {
	key := m.changeKey(call)
	row, err := m.changes.Get(tx, key)
	if lost(err) || err == nil && (row.Value.Home != home || row.Value.Undone || now.Sub(row.Value.At) > UndoFor) {
		return Change{}, chat.Refuse(chat.Missing, "meeting.undo_too_late")
	}
	if err != nil {
		return Change{}, fmt.Errorf("change to undo: %w", err)
	}
	return m.takeBack(tx, key, row.Value, undo, now)
}

// takeBack brings the series to what it was before the change with the key; the error is
// a *chat.Refusal when it has changed again since.
func (m *Meetings) takeBack(tx storage.Tx, key string, c Change, undo string, now time.Time) (Change, error) {
	s, err := m.parts(tx, c.Series)
	if err != nil {
		return Change{}, err
	}
	before, err := s.before(c)
	if err != nil {
		return Change{}, err
	}
	c.Undone = true
	if err := m.changes.Put(tx, key, c); err != nil {
		return Change{}, fmt.Errorf("undo: %w", err)
	}
	return m.apply(tx, s, before, undo, now)
}

// before is the series as it was before the change; a *chat.Refusal when it has
// changed again since. What the change made is cancelled.
func (s series) before(c Change) (series, error) {
	out := slices.Clone(s)
	for i, p := range out {
		sequence, changed := c.Now[p.ID]
		if !changed {
			continue
		}
		if p.Sequence != sequence {
			return nil, chat.Refuse(chat.Conflict, "meeting.undo_changed")
		}
		out[i].Cancelled = true
		if was, ok := series(c.Was).find(p.ID); ok {
			out[i] = was
		}
	}
	return out, nil
}

// apply saves what differs, remembers the change, tells the rooms, and leaves the
// rest to spread: the reminders, and the followers one by one.
func (m *Meetings) apply(tx storage.Tx, before, after series, call string, now time.Time) (Change, error) {
	c := Change{Home: after[0].Home, Series: after[0].Series, At: now, Now: map[string]int{}}
	changed := before.changedIn(after)
	for i, p := range changed {
		if was, ok := before.find(p.ID); ok {
			p.Sequence = was.Sequence + 1
			c.Was = append(c.Was, was)
		}
		c.Now[p.ID], p.Changed = p.Sequence, now
		changed[i] = p
	}
	if err := m.save(tx, changed...); err != nil {
		return Change{}, err
	}
	c.News, c.Did = newsOf(before, after, now), didOf(before, after)
	return c, m.announce(tx, c, call)
}

// announce saves the change, with what follows from it on the agenda, and tells the
// rooms that count on what is different.
func (m *Meetings) announce(tx storage.Tx, c Change, call string) error {
	key := m.changeKey(call)
	if err := m.findOthers(tx, &c); err != nil {
		return err
	}
	if err := m.changes.Put(tx, key, c); err != nil {
		return fmt.Errorf("save a change: %w", err)
	}
	for _, it := range []schedule.Item{
		{Kind: kindSpread, ID: key, At: c.At},
		{Kind: kindLapse, ID: key, At: c.At.Add(undoable)},
	} {
		if err := m.agenda.Put(tx, it); err != nil {
			return err
		}
	}
	if err := m.agenda.Put(tx, schedule.Item{Kind: kindTurn, ID: c.Series, At: c.At}); err != nil {
		return err
	}
	if err := m.refreshLists(tx, c.Home, c.At); err != nil {
		return err
	}
	for i, n := range c.News {
		if err := m.postNews(tx, c, n, fmt.Sprint(key, "|", i)); err != nil {
			return err
		}
	}
	return nil
}

func (m *Meetings) changeKey(call string) string { return m.vault.ID("change", call) }
