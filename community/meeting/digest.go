package meeting

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"peerbot/chat"
	"peerbot/outbox"
	"peerbot/schedule"
	"peerbot/storage"
)

// Digest says that a room is told, again and again, what comes next. Its key is the
// room's place.
type Digest struct {
	Home string `json:"home"`
	When string `json:"when"` // When is a schedule.Timetable, as it was said: "Mondays at 9".
	Zone string `json:"zone"` // Zone is where it was said.
}

func digestsTable(vault *storage.Vault) storage.Table[Digest] {
	return storage.Table[Digest]{Bucket: "meeting_digests", Vault: vault, Version: 1,
		Owner:   func(d Digest) string { return d.Home },
		Indexes: []storage.Index[Digest]{{Name: "home", Keys: func(d Digest) []string { return []string{d.Home} }}},
	}
}

// The bounds of a digest.
const (
	MaxDigestWhen = 100                // MaxDigestWhen is how long its time may be said, in graphemes.
	digestOften   = 6 * time.Hour      // digestOften is how often it may come.
	digestAhead   = 7 * 24 * time.Hour // digestAhead is how far it looks at most.
)

// StartDigest tells a room of the community what comes next whenever the words say,
// in the place of what was said before, and returns the first time. The error is a
// *chat.Refusal for words that are no schedule, or one that comes too often.
func (m *Meetings) StartDigest(tx storage.Tx, home string, at chat.Address, when string, now time.Time) (time.Time, error) {
	h, err := m.spaces.Get(tx, home)
	if err != nil {
		return time.Time{}, err
	}
	d := Digest{Home: home, When: when, Zone: cmp.Or(h.Zone, "UTC")}
	first, err := d.next(now)
	if err != nil {
		return time.Time{}, about("when", chat.Misread(err))
	}
	if second, err := d.next(first); err != nil || second.Sub(first) < digestOften {
		return time.Time{}, about("when", chat.Refuse(chat.Invalid, "meeting.digest_often", chat.Count("hours", int(digestOften/time.Hour))))
	}
	room, err := m.spaces.Settle(tx, home, at)
	if err != nil {
		return time.Time{}, err
	}
	if err := oneMoreList(m.digests.Keys(tx, "home", home, ""), room); err != nil {
		return time.Time{}, err
	}
	if err := m.digests.Put(tx, room, d); err != nil {
		return time.Time{}, fmt.Errorf("start a digest: %w", err)
	}
	return first, m.agenda.Put(tx, schedule.Item{Kind: kindDigest, ID: room, At: first})
}

func (d Digest) next(after time.Time) (time.Time, error) {
	t, err := schedule.Read(d.When, d.Zone)
	if err != nil {
		return time.Time{}, err
	}
	return t.Next(after), nil
}

// DigestOf is the digest of a room; false when it has none.
func (m *Meetings) DigestOf(r storage.Reader, home string, at chat.Address) (Digest, bool, error) {
	room, err := m.spaces.PlaceAt(r, home, at)
	if err != nil || room == "" {
		return Digest{}, false, err
	}
	row, err := m.digests.Get(r, room)
	if lost(err) {
		return Digest{}, false, nil
	}
	if err != nil {
		return Digest{}, false, fmt.Errorf("digest of a room: %w", err)
	}
	return row.Value, true, nil
}

// StopDigest ends the digest of a room; where there is none that is no error.
func (m *Meetings) StopDigest(tx storage.Tx, home string, at chat.Address) error {
	room, err := m.spaces.PlaceAt(tx, home, at)
	if err != nil || room == "" {
		return err
	}
	return errors.Join(m.digests.Delete(tx, room), m.agenda.Drop(tx, kindDigest, room))
}

// postDigest writes to a room what comes until its next digest, and puts that on the
// agenda. One that is very late gives way to the next.
func (m *Meetings) postDigest(tx storage.Tx, now time.Time, it schedule.Item) error {
	row, err := m.digests.Get(tx, it.ID)
	if lost(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("digest of a room: %w", err)
	}
	next, err := row.Value.next(now)
	if err != nil {
		return fmt.Errorf("when a digest comes: %w", err)
	}
	until := earliest(next, now.Add(digestAhead))
	coming, more, err := m.Look(tx, row.Value.Home, Look{From: now, To: until, Most: maxInList})
	if errors.Is(err, errCold) {
		it.At = now.Add(coldWait)
		return m.agenda.Put(tx, it)
	}
	if err != nil {
		return err
	}
	l, err := m.roomLetter(tx, Details{Room: it.ID}, row.Value.Home, "")
	if err != nil {
		return err
	}
	words, err := m.digestWords(tx, coming, more, until)
	if err != nil {
		return err
	}
	l.ID = fmt.Sprint("meeting.digest|", it.ID, "|", it.At.Unix())
	l.Message.Body, l.Message.Offers = words, listOffers()
	l.Class, l.NotBefore = outbox.Digest, it.At
	l.NotAfter = earliest(next, it.At.Add(24*time.Hour))
	l.LateAfter = l.NotAfter
	if err := m.outbox.Post(tx, l); err != nil {
		return err
	}
	it.At = next
	return m.agenda.Put(tx, it)
}

func (m *Meetings) digestWords(r storage.Reader, coming []Gathering, more int, until time.Time) (chat.Rich, error) {
	to := chat.At("until", until, chat.Moment)
	if len(coming) == 0 {
		return chat.Say("meeting.digest.none", to), nil
	}
	return m.listBelow(r, chat.Say("meeting.digest.title", to), coming, more)
}
