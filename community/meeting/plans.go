package meeting

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"peerbot/chat"
	"peerbot/outbox"
	"peerbot/schedule"
	"peerbot/storage"
)

// The kinds of agenda item. An item says only where to look: what it finds there
// decides, so that one which a change has overtaken is harmless.
const (
	kindRoom    = "meeting.room"    // ID: meeting and lead. A room is to be reminded.
	kindFollow  = "meeting.follow"  // ID: follow. From: the moment.
	kindSpread  = "meeting.spread"  // ID: change. From: how far it has come.
	kindForget  = "meeting.forget"  // ID: meeting. Its time is over.
	kindLapse   = "meeting.lapse"   // ID: change. It can no longer be undone.
	kindGone    = "meeting.gone"    // ID: member. They cannot be reached. From: how far it has come.
	kindBack    = "meeting.back"    // ID: member. They can be reached again. From: as above.
	kindComing  = "meeting.coming"  // ID: answer. Who comes is to be reminded, or the answer forgotten.
	kindTurn    = "meeting.turn"    // ID: series. Whose turn it is has to be asked.
	kindShift   = "meeting.shift"   // ID: gathering. From: the stage that is due.
	kindList    = "meeting.list"    // ID: place. The list in a room reads otherwise now.
	kindLists   = "meeting.lists"   // ID: home. The lists in all its rooms do.
	kindDigest  = "meeting.digest"  // ID: place. A room is to be told what comes next.
	kindHandout = "meeting.handout" // ID: who asked for it, of what. It is to be sent, or forgotten.
	kindSnooze  = "meeting.snooze"  // ID: gathering and member, who wants to hear of it again.
	kindLeft    = "meeting.left"    // ID: community and member, who is no longer in it.
	kindPlaces  = "meeting.places"  // ID: gathering. A place may have become free.
	kindTold    = "meeting.told"    // ID: gathering. What was written to whom about it is to be forgotten.
)

// Plans are what the agenda does with the items of this package.
func (m *Meetings) Plans() map[string]schedule.Plan {
	return map[string]schedule.Plan{
		kindRoom:    m.remindRoom,
		kindFollow:  m.remindFollower,
		kindSpread:  m.spread,
		kindForget:  m.forget,
		kindLapse:   m.lapse,
		kindGone:    m.pause,
		kindBack:    m.pause,
		kindComing:  m.remindComer,
		kindTurn:    m.takeTurns,
		kindShift:   m.advance,
		kindList:    m.postList,
		kindLists:   m.postLists,
		kindDigest:  m.postDigest,
		kindSnooze:  m.remindAgain,
		kindHandout: m.sendHandout,
		kindLeft:    m.leave,
		kindPlaces:  m.fillPlaces,
		kindTold:    m.forgetTold,

		kindImport:   m.spreadImport,
		kindPart:     m.landPart,
		kindOverdue:  m.overdue,
		kindUndo:     m.spreadUndo,
		kindUndoPart: m.undoPart,
	}
}

// Settled learns from the outbox that somebody cannot be reached any more, and
// pauses their reminders. Nobody else is told.
func (m *Meetings) Settled(tx storage.Tx, now time.Time, r outbox.Receipt) error {
	if r.Outcome != outbox.Gone || r.For == "" {
		return nil
	}
	return m.Gone(tx, r.For, now)
}

// Gone pauses the reminders of a member who cannot be reached any more.
func (m *Meetings) Gone(tx storage.Tx, id string, now time.Time) error {
	return m.agenda.Put(tx, schedule.Item{Kind: kindGone, ID: id, At: now})
}

// remindRoom writes to the room of a meeting and puts the next reminder on the
// agenda.
func (m *Meetings) remindRoom(tx storage.Tx, _ time.Time, it schedule.Item) error {
	id, lead, err := readRoomID(it.ID)
	if err != nil {
		return err
	}
	row, err := m.meetings.Get(tx, id)
	if lost(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("meeting %s: %w", id, err)
	}
	o, ok := row.Value.Rule.Next(it.At.Add(lead))
	if ok && o.Start.Equal(it.At.Add(lead)) && row.Value.reminds(lead) {
		if err := m.postRoom(tx, Gathering{row.Value, o}, lead); err != nil {
			return err
		}
	}
	return m.awaitRoom(tx, row.Value, lead, it.At.Add(time.Nanosecond))
}

// awaitRoom puts the room's next reminder of that lead on the agenda: the first that
// is due at or after since. It takes the item off when there is none.
func (m *Meetings) awaitRoom(tx storage.Tx, v Meeting, lead time.Duration, since time.Time) error {
	id := roomID(v.ID, lead)
	o, ok := v.Rule.Next(since.Add(lead))
	if !ok || !v.reminds(lead) {
		return m.agenda.Drop(tx, kindRoom, id)
	}
	return m.agenda.Put(tx, schedule.Item{Kind: kindRoom, ID: id, At: o.Start.Add(-lead)})
}

// roomID names the item of one lead of a meeting.
func roomID(id string, lead time.Duration) string { return id + "|" + lead.String() }

func readRoomID(item string) (id string, lead time.Duration, err error) {
	id, text, ok := strings.Cut(item, "|")
	if ok {
		lead, err = time.ParseDuration(text)
	}
	if !ok || err != nil {
		return "", 0, errors.New("agenda item of a room has no lead time")
	}
	return id, lead, nil
}

// remindFollower writes to a follower, if the gathering that the item means is still
// there at its time, and puts their next reminder on the agenda.
func (m *Meetings) remindFollower(tx storage.Tx, _ time.Time, it schedule.Item) error {
	row, err := m.follows.Get(tx, it.ID)
	if lost(err) || err == nil && row.Value.Paused {
		return nil
	}
	if err != nil {
		return fmt.Errorf("follow: %w", err)
	}
	s, w, err := m.wishesFor(tx, row.Value)
	if err != nil {
		return err
	}
	past, known := readMoment(it.From, row.Value.Leads)
	past.at = it.At
	if known {
		if err := m.remind(tx, w, s, past); err != nil {
			return err
		}
	}
	_, err = m.awaitAfter(tx, w, s, past)
	return err
}

// remind writes to a follower at a moment, unless what it was about is gone or their
// reminder is due only later by now.
func (m *Meetings) remind(tx storage.Tx, w wishes, s series, a moment) error {
	g, ok := s.next(a.start)
	if !ok || !g.Start.Equal(a.start) || w.who.Reach == (chat.Address{}) {
		return nil
	}
	is := w.moments(a.start)
	i := slices.IndexFunc(is, func(o moment) bool { return o.lead == a.lead })
	if i < 0 || is[i].at.After(a.at) {
		return nil
	}
	a.silent = is[i].silent
	if holds, _ := w.quiet.Holds(a.at, w.zone); holds {
		a.silent = true // The quiet hours have changed since the item was put.
	}
	fits, again, err := m.leftFor(tx, w.Member, g, a, i, len(is)-i-1)
	if err != nil || !fits {
		return err
	}
	l := w.reminder(m.followKey(w.Series, w.Member), g, a, again)
	if err := m.addSession(tx, w, g, &l); err != nil {
		return err
	}
	return m.outbox.Post(tx, l)
}

// leftFor is left for a follower who was reminded before, and is to be again, as often
// as that. Who hosts the gathering hears of it as its host; who cannot come, or waits for
// a place, is not reminded.
func (m *Meetings) leftFor(r storage.Reader, id string, g Gathering, a moment, before, later int) (fits, again bool, err error) {
	v, err := m.Shift(r, g)
	if err != nil || v.Host == id {
		return false, false, err
	}
	c, err := m.Said(r, g, id)
	if err != nil || c.Answer == No || c.Waiting {
		return false, false, err
	}
	_, err = m.told.Get(r, m.personal("told", g.Ref(), id))
	switch {
	case err == nil:
		return m.left(r, g, id, a.at, later)
	case lost(err):
		n := before + later
		return true, n+1 < g.bound(aboutIt, false, a.at.Add(SnoozeFor)), nil
	}
	return false, false, fmt.Errorf("what was written about a gathering: %w", err)
}

// perStep is how many followers one step of a plan handles, so that it fits a
// transaction.
const perStep = 4

// Back goes on with the reminders of a member who could not be reached.
func (m *Meetings) Back(tx storage.Tx, id string, now time.Time) error {
	return m.agenda.Put(tx, schedule.Item{Kind: kindBack, ID: id, At: now})
}

// pause stops the reminders of a member who cannot be reached, or goes on with them
// when they are back, a few at a time.
func (m *Meetings) pause(tx storage.Tx, now time.Time, it schedule.Item) error {
	rows, err := firstRows(m.follows.By(tx, "member", it.ID, it.From), perStep)
	if err != nil {
		return fmt.Errorf("follows of a member: %w", err)
	}
	for _, row := range rows {
		if err := m.setPaused(tx, row, it.Kind == kindGone, now); err != nil {
			return err
		}
	}
	if len(rows) < perStep {
		return nil
	}
	it.From, it.At = rows[len(rows)-1].Key, now
	return m.agenda.Put(tx, it)
}

func (m *Meetings) setPaused(tx storage.Tx, row storage.Row[Follow], paused bool, now time.Time) error {
	if row.Value.Paused == paused {
		return nil
	}
	row.Value.Paused = paused
	if err := m.follows.Put(tx, row.Key, row.Value); err != nil {
		return fmt.Errorf("pause a follow: %w", err)
	}
	if paused {
		return errors.Join(m.keepReminded(tx, row.Value, now), m.agenda.Drop(tx, kindFollow, row.Key))
	}
	_, err := m.await(tx, row.Value, now)
	return err
}

// lost reports whether a record is not there or can no longer be read by anyone.
func lost(err error) bool {
	return errors.Is(err, storage.ErrNotFound) || errors.Is(err, storage.ErrErased)
}
