package meeting

import (
	"fmt"
	"time"

	"peerbot/chat"
	"peerbot/outbox"
	"peerbot/schedule"
	"peerbot/storage"
)

// hasToWait reports whether somebody who comes now has to wait: for a place, or behind
// those who wait.
func (m *Meetings) hasToWait(r storage.Reader, g Gathering) (bool, error) {
	if g.Facts.Capacity == 0 {
		return false, nil
	}
	n, err := m.count(r, bySaid, said(g.Ref(), string(Yes)))
	if err != nil || n >= g.Facts.Capacity {
		return true, err
	}
	n, err = m.count(r, bySaid, said(g.Ref(), waiting))
	return n > 0, err
}

// fillPlaces gives the places of a gathering that are free to those who wait.
func (m *Meetings) fillPlaces(tx storage.Tx, now time.Time, it schedule.Item) error {
	g, _, on, err := m.gathering(tx, it.ID)
	if err != nil || !on || !now.Before(g.End) {
		return err
	}
	return m.givePlaces(tx, g, now)
}

// givePlaces gives places that are free to those who have waited longest, a few at a time.
func (m *Meetings) givePlaces(tx storage.Tx, g Gathering, now time.Time) error {
	free := perStep
	if g.Facts.Capacity > 0 {
		n, err := m.count(tx, bySaid, said(g.Ref(), string(Yes)))
		if err != nil {
			return err
		}
		free = min(free, g.Facts.Capacity-n)
	}
	for range free {
		if more, err := m.fillPlace(tx, g, now); err != nil || !more {
			return err
		}
	}
	if free < perStep {
		return nil
	}
	return m.agenda.Put(tx, schedule.Item{Kind: kindPlaces, ID: g.Ref(), At: now})
}

// fillPlace gives a place to who has waited longest, and tells them; false when nobody
// waits.
func (m *Meetings) fillPlace(tx storage.Tx, g Gathering, now time.Time) (bool, error) {
	next, err := m.longest(tx, g)
	if err != nil || next.Key == "" {
		return false, err
	}
	c := next.Value
	c.Waiting = false
	if err := m.putComing(tx, c, g, now); err != nil {
		return false, err
	}
	if c.newcomer() {
		if err := m.tellNewcomers(tx, g, now); err != nil {
			return false, err
		}
	}
	return true, m.tellPlace(tx, g, c, now)
}

// longest is who has waited longest for a place; no row when nobody does.
func (m *Meetings) longest(r storage.Reader, g Gathering) (next storage.Row[Coming], err error) {
	for row, err := range m.coming.By(r, bySaid, said(g.Ref(), waiting), "") {
		if err != nil {
			return next, fmt.Errorf("who waits for a place: %w", err)
		}
		if next.Key == "" || row.Value.Since.Before(next.Value.Since) {
			next = row
		}
	}
	return next, nil
}

// tellPlace tells somebody who waited that there is a place for them.
func (m *Meetings) tellPlace(tx storage.Tx, g Gathering, c Coming, now time.Time) error {
	w, err := m.wishes(tx, c.asFollow(), series{g.Meeting})
	if err != nil || w.who.Reach == (chat.Address{}) {
		return err
	}
	l := w.letter()
	form, name := w.form(g.Details)
	l.ID = fmt.Sprint("meeting.place|", m.comingKey(c.ref(), c.Member), "|", now.UnixMilli())
	l.Message.Body = chat.Say("meeting.place_free."+form, chat.Text("name", name), chat.At("time", g.Start, chat.Moment))
	l.Message.Offers = [][]chat.Offer{{open(g.Ref())}}
	l.Class, l.NotBefore, l.NotAfter = outbox.Safety, now, earliest(g.End, now.Add(24*time.Hour))
	l.LateAfter = l.NotAfter
	l.Message.Silent, _ = w.quiet.Holds(now, w.zone)
	return m.tell(tx, g, aboutPlace, l)
}
