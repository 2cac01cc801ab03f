package meeting

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"peerbot/outbox"
	"peerbot/schedule"
	"peerbot/spoken"
	"peerbot/storage"
)

// MaxTold is how many messages somebody gets at most about one gathering, whatever they
// are to it and whatever becomes of it. See docs/adr.
const MaxTold = 3

// topic is what a letter about a gathering is for.
type topic string

// The topics. A reminder that is one too many stays away. What is different, and that
// there is a place, is always told: in a message of its own, or by changing the last one
// that said so.
const (
	aboutIt    topic = "reminder" // What they asked to be reminded of.
	aboutTurn  topic = "turn"     // That they host it, or may.
	aboutPlace topic = "place"    // That there is a place for them.
	aboutNews  topic = "news"     // That it is not what it was.
)

// certain reports whether what is about the topic is told in any case.
func (t topic) certain() bool { return t == aboutPlace || t == aboutNews }

// told is what was written to a member about one gathering. It is sealed under their
// key. Until something else than the reminders that they follow with is written, there
// is none: those the outbox knows by their IDs.
type told struct {
	Series  string      `json:"series"`
	Date    spoken.Date `json:"date"`
	Member  string      `json:"member"`
	Letters []letterOf  `json:"letters"` // Letters in the order in which they were written.
}

// letterOf is the ID of a letter with its topic.
type letterOf struct {
	ID    string `json:"id"`
	About topic  `json:"about"`
}

// toldFor is how long after a gathering it is kept what was written about it.
const toldFor = 24 * time.Hour

func toldTable(vault *storage.Vault) storage.Table[told] {
	return storage.Table[told]{Bucket: "meeting_told", Vault: vault, Version: 1,
		Owner:   func(v told) string { return v.Member },
		Indexes: []storage.Index[told]{{Name: byMember, Keys: func(v told) []string { return []string{v.Member} }}}}
}

// personal is the key of what is kept of a member about a gathering. It begins with the
// gathering, which so is known when their own key is gone.
func (m *Meetings) personal(kind, ref, id string) string {
	return ref + "|" + m.vault.ID(kind, ref, id)
}

func (v told) has(id string) bool {
	return slices.ContainsFunc(v.Letters, func(l letterOf) bool { return l.ID == id })
}

// last is the ID of the last letter about one of the topics; "" for none.
func (v told) last(about ...topic) string {
	for _, l := range slices.Backward(v.Letters) {
		if slices.Contains(about, l.About) {
			return l.ID
		}
	}
	return ""
}

// replaced is the ID of the letter that one about the topic changes, when there is no
// room for another; "" for none.
func (v told) replaced(about topic) string {
	switch about {
	case aboutNews, aboutPlace:
		return cmp.Or(v.last(about), v.last(aboutNews, aboutPlace))
	case aboutTurn:
		return v.last(aboutTurn)
	}
	return ""
}

// recall is what was written to a member about a gathering, which began or begins at
// one of the times; kept reports whether there is a record of it.
func (m *Meetings) recall(r storage.Reader, ref, id string, starts ...time.Time) (v told, kept bool, err error) {
	row, err := m.told.Get(r, m.personal("told", ref, id))
	if err != nil && !lost(err) {
		return v, false, fmt.Errorf("what was written about a gathering: %w", err)
	}
	v, kept = row.Value, err == nil
	f, follows, err := m.Following(r, seriesIn(ref), id)
	if err != nil || !follows {
		return v, kept, err
	}
	reminded, err := m.reminded(r, f, starts...)
	for _, l := range reminded {
		if !v.has(l.ID) {
			v.Letters = append(v.Letters, l)
		}
	}
	return v, kept, err
}

// reminded are the reminders that were written to a follower of what began or begins at
// one of the times.
func (m *Meetings) reminded(r storage.Reader, f Follow, starts ...time.Time) (out []letterOf, err error) {
	key := m.followKey(f.Series, f.Member)
	for _, start := range starts {
		for _, lead := range f.Leads {
			id := reminderID(key, start, lead)
			_, posted, err := m.outbox.Receipt(r, id)
			if err != nil {
				return nil, err
			}
			if posted {
				out = append(out, letterOf{id, aboutIt})
			}
		}
	}
	return out, nil
}

// reached is how many of the letters arrived, or still may, and whether one of them said
// what is different.
func (m *Meetings) reached(r storage.Reader, v told) (n int, news bool, err error) {
	for _, l := range v.Letters {
		rec, _, err := m.outbox.Receipt(r, l.ID)
		if err != nil {
			return 0, false, err
		}
		switch rec.Outcome {
		case outbox.Stale, outbox.Gone, outbox.Refused, outbox.Dropped:
			continue
		}
		n++
		news = news || l.About == aboutNews
	}
	return n, news, nil
}

// bound is how many letters there may be with another one at that time. One of MaxTold
// is kept for what may be different, until that was said, or cannot be any more.
func (g Gathering) bound(about topic, news bool, at time.Time) int {
	if !about.certain() && !news && at.Before(g.Start.Add(Grace)) {
		return MaxTold - 1
	}
	return MaxTold
}

// left says of a reminder that is due then, with others that are still to come, whether
// it fits, and whether it may come once more.
func (m *Meetings) left(r storage.Reader, g Gathering, id string, at time.Time, others int) (fits, again bool, err error) {
	v, _, err := m.recall(r, g.Ref(), id, g.Start)
	if err != nil {
		return false, false, err
	}
	n, news, err := m.reached(r, v)
	n += others
	return n < g.bound(aboutIt, news, at), n+1 < g.bound(aboutIt, news, at.Add(SnoozeFor)), err
}

// tell writes a letter about the gathering to the member whom it is for, unless that
// would be one too many: then it changes the last one of its topic, where there is one.
// What is different, and was not said before, is always written.
func (m *Meetings) tell(tx storage.Tx, g Gathering, about topic, l outbox.Letter, starts ...time.Time) error {
	v, kept, err := m.recall(tx, g.Ref(), l.For, append(starts, g.Start)...)
	if err != nil || v.has(l.ID) {
		return err
	}
	n, news, err := m.reached(tx, v)
	if err != nil {
		return err
	}
	if n >= g.bound(about, news, l.NotBefore) {
		l.Slot = v.replaced(about)
		if l.Slot == "" && !about.certain() {
			return nil
		}
	}
	if l.Slot == "" {
		v.Letters = append(v.Letters, letterOf{l.ID, about})
	}
	if l.Slot == "" && about != aboutIt {
		l.Slot = l.ID
	}
	v.Series, v.Date, v.Member = g.Series, g.Date, l.For
	return errors.Join(m.keepTold(tx, v, kept, g.End), m.outbox.Post(tx, l))
}

// keepTold saves what was written, to be forgotten after the gathering's end.
func (m *Meetings) keepTold(tx storage.Tx, v told, kept bool, end time.Time) error {
	at := ref(v.Series, v.Date)
	if err := m.told.Put(tx, m.personal("told", at, v.Member), v); err != nil || kept {
		return err
	}
	return m.agenda.Put(tx, schedule.Item{Kind: kindTold, ID: at, At: end.Add(toldFor)})
}

// keepReminded writes down which reminders a follower had of what is not over yet,
// before they are reminded otherwise: then nobody could tell any more.
func (m *Meetings) keepReminded(tx storage.Tx, f Follow, now time.Time) error {
	s, err := m.parts(tx, f.Series)
	if err != nil || len(f.Leads) == 0 {
		return err
	}
	for _, g := range s.between(now.Add(-day), now.Add(f.Leads[0]+day)) {
		reminded, err := m.reminded(tx, f, g.Start)
		if err != nil {
			return err
		}
		if len(reminded) == 0 || !now.Before(g.End) {
			continue
		}
		v, kept, err := m.recall(tx, g.Ref(), f.Member, g.Start)
		if err != nil {
			return err
		}
		v.Series, v.Date, v.Member = g.Series, g.Date, f.Member
		if err := m.keepTold(tx, v, kept, g.End); err != nil {
			return err
		}
	}
	return nil
}

// forgetTold forgets what was written about a gathering that is over.
func (m *Meetings) forgetTold(tx storage.Tx, now time.Time, it schedule.Item) error {
	g, _, on, err := m.gathering(tx, it.ID)
	if err != nil {
		return err
	}
	if due := g.End.Add(toldFor); on && due.After(now) { // It was put off since.
		it.At = due
		return m.agenda.Put(tx, it)
	}
	var due []string
	for row, err := range m.told.All(tx, it.ID+"|", "") {
		if err != nil {
			return fmt.Errorf("what was written about a gathering: %w", err)
		}
		if due = append(due, row.Key); len(due) == perSweep {
			it.At = now
			break
		}
	}
	for _, key := range due {
		if err := m.told.Delete(tx, key); err != nil {
			return err
		}
	}
	if len(due) < perSweep {
		return nil
	}
	return m.agenda.Put(tx, it)
}

// seriesIn is the series that a Ref names.
func seriesIn(ref string) string {
	id, _, _ := strings.Cut(ref, "@")
	return id
}
