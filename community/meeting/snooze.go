package meeting

import (
	"strings"
	"time"

	"peerbot/chat"
	"peerbot/schedule"
	"peerbot/storage"
)

// SnoozeFor is how long after it was asked for a reminder comes once more.
const SnoozeFor = 10 * time.Minute

// Snooze reminds a member of a gathering once more, and returns when. The error is a
// *chat.Refusal when it is over by then, or that would be one message too many.
func (m *Meetings) Snooze(tx storage.Tx, g Gathering, id string, now time.Time) (time.Time, error) {
	at := now.Add(SnoozeFor)
	if !at.Before(g.End) {
		return at, chat.Refuse(chat.Missing, "meeting.snooze_late")
	}
	coming, err := m.remindersAfter(tx, g, id, now)
	if err != nil {
		return at, err
	}
	fits, _, err := m.left(tx, g, id, at, coming)
	if err != nil {
		return at, err
	}
	if !fits {
		return at, chat.Refuse(chat.Busy, "meeting.snooze_enough")
	}
	return at, m.agenda.Put(tx, schedule.Item{Kind: kindSnooze, ID: g.Ref() + "|" + id, At: at})
}

// remindersAfter is how often a member is still to be reminded of a gathering that they
// follow.
func (m *Meetings) remindersAfter(r storage.Reader, g Gathering, id string, now time.Time) (n int, err error) {
	f, follows, err := m.Following(r, g.Series, id)
	if err != nil || !follows || f.Paused {
		return 0, err
	}
	w, err := m.wishes(r, f, series{g.Meeting})
	if err != nil {
		return 0, err
	}
	for _, a := range w.moments(g.Start) {
		if a.at.After(now) {
			n++
		}
	}
	return n, nil
}

// remindAgain writes once more to who asked for it, if the gathering is still there.
func (m *Meetings) remindAgain(tx storage.Tx, _ time.Time, it schedule.Item) error {
	ref, id, _ := strings.Cut(it.ID, "|")
	g, s, on, err := m.gathering(tx, ref)
	if err != nil || !on || !it.At.Before(g.End) {
		return err
	}
	w, err := m.wishes(tx, Follow{Series: g.Series, Home: g.Home, Member: id}, s)
	if err != nil || w.who.Reach == (chat.Address{}) {
		return err
	}
	_, again, err := m.left(tx, g, id, it.At, 0)
	if err != nil {
		return err
	}
	silent, _ := w.quiet.Holds(it.At, w.zone)
	l := w.reminder(m.vault.ID("snooze", ref, id), g, moment{at: it.At, start: g.Start, lead: g.Start.Sub(it.At), silent: silent}, again)
	l.NotAfter = earliest(g.End, it.At.Add(24*time.Hour))
	return m.tell(tx, g, aboutIt, l)
}

// again lets who presses it be reminded once more, under words that say nothing; it is
// not there when that would be too late.
func (g Gathering) again(now time.Time) []chat.Offer {
	if !now.Add(SnoozeFor).Before(g.End) {
		return nil
	}
	return []chat.Offer{{Label: chat.Say("meeting.again"), Path: []string{"meeting", "again"}, Bound: bound(g.Ref())}}
}
