package note

import (
	"cmp"
	"fmt"
	"time"

	"peerbot/chat"
	"peerbot/community/member"
	"peerbot/outbox"
	"peerbot/schedule"
	"peerbot/spoken"
	"peerbot/storage"
)

// The kinds of agenda item.
const (
	kindDue    = "note.due"    // ID: note. Its time has come.
	kindAgain  = "note.again"  // ID: note. Its member wants to hear of it again.
	kindForget = "note.forget" // ID: note. It was the last time, long ago.
	kindGone   = "note.gone"   // ID: member. They cannot be reached. From: how far it has come.
	kindBack   = "note.back"   // ID: member. They can be reached again. From: as above.
)

// OpenPath is the path of the command behind the button of a note.
var OpenPath = []string{"note", "open"}

// OptionNote is the option of OpenPath: the ID of the note.
const OptionNote = "note"

// Plans are what the agenda does with the items of this package.
func (s *Notes) Plans() map[string]schedule.Plan {
	return map[string]schedule.Plan{kindDue: s.remind, kindAgain: s.remindAgain, kindForget: s.forget, kindGone: s.pause, kindBack: s.pause}
}

// Settled learns from the outbox that somebody cannot be reached any more, and
// pauses their notes.
func (s *Notes) Settled(tx storage.Tx, now time.Time, r outbox.Receipt) error {
	if r.Outcome != outbox.Gone || r.For == "" {
		return nil
	}
	return s.Gone(tx, r.For, now)
}

// Gone pauses the notes of a member who cannot be reached any more.
func (s *Notes) Gone(tx storage.Tx, who string, now time.Time) error {
	return s.agenda.Put(tx, schedule.Item{Kind: kindGone, ID: who, At: now})
}

// remind writes to the member, and puts the next time on the agenda, or the end.
func (s *Notes) remind(tx storage.Tx, now time.Time, it schedule.Item) error {
	row, err := s.notes.Get(tx, it.ID)
	if lost(err) || err == nil && row.Value.Paused {
		return nil
	}
	if err != nil {
		return fmt.Errorf("note: %w", err)
	}
	n := row.Value
	next, again := n.Rule.Next(it.At.Add(time.Nanosecond))
	l, reached, err := s.letter(tx, n, it.At, now)
	if err != nil {
		return err
	}
	if again && next.Start.Before(l.NotAfter) {
		l.NotAfter = next.Start
	}
	if reached {
		if err := s.outbox.Post(tx, l); err != nil {
			return err
		}
	}
	if !again {
		return s.agenda.Put(tx, schedule.Item{Kind: kindForget, ID: n.ID, At: it.At.Add(keep)})
	}
	it.At = next.Start
	return s.agenda.Put(tx, it)
}

// letter is what the member is told. It holds its time whatever the quiet hours are,
// and makes no sound in them. reached is false for who has no private chat any more.
func (s *Notes) letter(r storage.Reader, n Note, due, now time.Time) (l outbox.Letter, reached bool, err error) {
	who, err := s.members.Get(r, n.Member)
	if err != nil {
		return l, false, err
	}
	home, err := s.spaces.Get(r, n.Home)
	if err != nil {
		return l, false, err
	}
	zone := n.Zone(who.Zone)
	l = outbox.Letter{
		ID: fmt.Sprint("note|", n.ID, "|", due.Unix()), To: who.Reach, For: n.Member, Home: n.Home,
		Message: chat.Message{Body: n.words(who, due), Lang: cmp.Or(who.Speaks(), home.Lang), Zone: zone, Offers: [][]chat.Offer{{n.open(), n.again()}}},
		Late:    chat.Say("note.late"), Class: outbox.Exact,
		NotBefore: due, LateAfter: due.Add(time.Minute), NotAfter: due.Add(24 * time.Hour),
	}
	at := due
	if now.After(due) {
		at = now
	}
	l.Message.Silent, _ = who.Quiet.Holds(at, zone)
	if quiet, ok := who.Quiet.Next(at, zone); ok && !l.Message.Silent && quiet.Before(l.NotAfter) {
		l.NotAfter = quiet
	}
	return l, who.Reach != (chat.Address{}), nil
}

// SnoozeFor is how long after it was asked for a note comes once more.
const SnoozeFor = 10 * time.Minute

// Snooze brings a note of the member once more, and returns when. The error is a
// *chat.Refusal when they have none such.
func (s *Notes) Snooze(tx storage.Tx, who, id string, now time.Time) (time.Time, error) {
	at := now.Add(SnoozeFor)
	if _, err := s.Get(tx, who, id); err != nil {
		return at, err
	}
	return at, s.agenda.Put(tx, schedule.Item{Kind: kindAgain, ID: id, At: at})
}

// remindAgain writes once more to who asked for it.
func (s *Notes) remindAgain(tx storage.Tx, now time.Time, it schedule.Item) error {
	row, err := s.notes.Get(tx, it.ID)
	if lost(err) || err == nil && row.Value.Paused {
		return nil
	}
	if err != nil {
		return fmt.Errorf("note: %w", err)
	}
	l, reached, err := s.letter(tx, row.Value, it.At, now)
	if err != nil || !reached {
		return err
	}
	return s.outbox.Post(tx, l)
}

func (n Note) again() chat.Offer {
	return chat.Offer{Label: chat.Say("note.again"), Path: []string{"note", "again"}, Bound: []chat.Arg{{Name: OptionNote, Value: n.ID}}}
}

// words are what the member's lock screen may show.
func (n Note) words(who member.Member, due time.Time) chat.Rich {
	if who.Open {
		return chat.Words(n.Text)
	}
	return chat.Say("note.neutral", chat.At("time", due, chat.Clock))
}

func (n Note) open() chat.Offer {
	return chat.Offer{Label: chat.Say("note.open"), Path: OpenPath, Bound: []chat.Arg{{Name: OptionNote, Value: n.ID}}}
}

func (s *Notes) forget(tx storage.Tx, _ time.Time, it schedule.Item) error {
	return s.notes.Delete(tx, it.ID)
}

// Back goes on with the notes of a member who could not be reached.
func (s *Notes) Back(tx storage.Tx, who string, now time.Time) error {
	return s.agenda.Put(tx, schedule.Item{Kind: kindBack, ID: who, At: now})
}

// pause stops the notes of a member who cannot be reached, or goes on with them when
// they are back, a few at a time.
func (s *Notes) pause(tx storage.Tx, now time.Time, it schedule.Item) error {
	var rows []storage.Row[Note]
	for row, err := range s.notes.By(tx, "member", it.ID, it.From) {
		if err != nil {
			return fmt.Errorf("notes of a member: %w", err)
		}
		if rows = append(rows, row); len(rows) == perSweep {
			break
		}
	}
	for _, row := range rows {
		if err := s.setPaused(tx, row.Value, it.Kind == kindGone, now); err != nil {
			return err
		}
	}
	if len(rows) < perSweep {
		return nil
	}
	it.From, it.At = rows[len(rows)-1].Key, now
	return s.agenda.Put(tx, it)
}

func (s *Notes) setPaused(tx storage.Tx, n Note, paused bool, now time.Time) error {
	next, again := n.Rule.Next(now)
	if n.Paused == paused || !again {
		return nil
	}
	n.Paused = paused
	if err := s.notes.Put(tx, n.ID, n); err != nil {
		return fmt.Errorf("pause a note: %w", err)
	}
	if paused {
		return s.agenda.Drop(tx, kindDue, n.ID)
	}
	return s.agenda.Put(tx, schedule.Item{Kind: kindDue, ID: n.ID, At: next.Start})
}

// Zone is the member's own zone, by its name, else the one in which they wrote.
func (n Note) Zone(own string) *time.Location {
	for _, name := range []string{own, n.Rule.Zone} {
		if zone, err := spoken.LoadZone(name); err == nil {
			return zone
		}
	}
	return time.UTC
}
