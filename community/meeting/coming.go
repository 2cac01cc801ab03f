package meeting

import (
	"fmt"
	"time"

	"peerbot/chat"
	"peerbot/schedule"
	"peerbot/spoken"
	"peerbot/storage"
)

// Answer is whether somebody comes to a gathering.
type Answer string

// The answers.
const (
	Yes   Answer = "yes"
	Maybe Answer = "maybe"
	No    Answer = "no"
)

// Coming is what a member said about one gathering. It is sealed under their own key.
// How many said what is told, and never who.
type Coming struct {
	Series  string      `json:"series"`
	Date    spoken.Date `json:"date"`
	Home    string      `json:"home"`
	Member  string      `json:"member"`
	Answer  Answer      `json:"answer"`
	First   bool        `json:"first,omitempty"`   // First: it is their first time.
	Waiting bool        `json:"waiting,omitempty"` // Waiting: every place was taken when they said yes.
	Since   time.Time   `json:"since"`             // Since is when they last came to say yes: the order of those who wait.
}

// Counts are how many said what about a gathering.
type Counts struct {
	Yes, Maybe, Waiting int
	First               int // First of those who come are there for the first time.
}

// The indexes of what people said about gatherings.
const (
	bySaid   = "said"   // A gathering's ref and what was said.
	byFirst  = "first"  // A gathering's ref, of those who come for the first time.
	bySeries = "series" //
	byMember = "member" //
)

func comingTable(vault *storage.Vault) storage.Table[Coming] {
	return storage.Table[Coming]{Bucket: "meeting_coming", Vault: vault, Version: 1,
		Owner: func(c Coming) string { return c.Member },
		Indexes: []storage.Index[Coming]{
			{Name: bySaid, Keys: func(c Coming) []string { return []string{said(c.ref(), c.state())} }},
			{Name: byFirst, Keys: func(c Coming) []string {
				if !c.First || c.state() != string(Yes) {
					return nil
				}
				return []string{c.ref()}
			}},
			{Name: bySeries, Keys: func(c Coming) []string { return []string{c.Series} }},
			{Name: byMember, Keys: func(c Coming) []string { return []string{c.Member} }},
		}}
}

const waiting = "waiting"

func (c Coming) ref() string { return ref(c.Series, c.Date) }

// state is the answer, or that they wait.
func (c Coming) state() string {
	if c.Waiting {
		return waiting
	}
	return string(c.Answer)
}

func said(ref, state string) string { return ref + "|" + state }

func (m *Meetings) comingKey(ref, id string) string { return m.personal("coming", ref, id) }

// Come notes what a member said about a gathering that is not over, and returns it as
// it counts: where every place is taken, a yes waits. A place that becomes free goes to
// who has waited longest.
func (m *Meetings) Come(tx storage.Tx, g Gathering, id string, answer Answer, first bool, now time.Time) (Coming, error) {
	if !now.Before(g.End) {
		return Coming{}, chat.Refuse(chat.Missing, "meeting.come_over")
	}
	was, err := m.Said(tx, g, id)
	if err != nil {
		return Coming{}, err
	}
	c := was
	c.Series, c.Date, c.Home, c.Member = g.Series, g.Date, g.Home, id
	c.Answer, c.First = answer, first
	if answer != Yes {
		c.Waiting = false
	} else if was.Answer != Yes {
		c.Since = now
		if c.Waiting, err = m.hasToWait(tx, g); err != nil {
			return Coming{}, err
		}
	}
	if err := m.putComing(tx, c, g, now); err != nil {
		return Coming{}, err
	}
	if was.state() == string(Yes) && c.state() != string(Yes) {
		return c, m.givePlaces(tx, g, now)
	}
	if c.newcomer() && !was.newcomer() {
		return c, m.tellNewcomers(tx, g, now)
	}
	return c, nil
}

// newcomer reports whether they have a place and have never been there.
func (c Coming) newcomer() bool { return c.First && c.state() == string(Yes) }

// putComing saves what was said, with its reminder.
func (m *Meetings) putComing(tx storage.Tx, c Coming, g Gathering, now time.Time) error {
	key := m.comingKey(c.ref(), c.Member)
	if err := m.coming.Put(tx, key, c); err != nil {
		return fmt.Errorf("save an answer: %w", err)
	}
	at := g.Start.Add(-DefaultLead)
	if !at.After(now) {
		at = g.End.Add(forgetComing)
	}
	return m.agenda.Put(tx, schedule.Item{Kind: kindComing, ID: key, At: at})
}

// forgetComing is how long after a gathering it is kept who said they come.
const forgetComing = 24 * time.Hour

// asFollow is what a reminder of one gathering has in common with one of a series.
func (c Coming) asFollow() Follow {
	return Follow{Series: c.Series, Home: c.Home, Member: c.Member, Leads: []time.Duration{DefaultLead}}
}

// Said is what a member said about a gathering; the zero Coming when they said nothing.
func (m *Meetings) Said(r storage.Reader, g Gathering, id string) (Coming, error) {
	row, err := m.coming.Get(r, m.comingKey(g.Ref(), id))
	if lost(err) {
		return Coming{}, nil
	}
	if err != nil {
		return Coming{}, fmt.Errorf("answer about a gathering: %w", err)
	}
	return row.Value, nil
}

// Counts are how many said what about a gathering.
func (m *Meetings) Counts(r storage.Reader, g Gathering) (c Counts, err error) {
	for _, part := range []struct {
		index, key string
		n          *int
	}{
		{bySaid, said(g.Ref(), string(Yes)), &c.Yes}, {bySaid, said(g.Ref(), string(Maybe)), &c.Maybe},
		{bySaid, said(g.Ref(), waiting), &c.Waiting}, {byFirst, g.Ref(), &c.First},
	} {
		if *part.n, err = m.count(r, part.index, part.key); err != nil {
			return c, err
		}
	}
	return c, nil
}

func (m *Meetings) count(r storage.Reader, index, key string) (n int, err error) {
	for _, err := range m.coming.Keys(r, index, key, "") {
		if err != nil {
			return 0, fmt.Errorf("count answers: %w", err)
		}
		n++
	}
	return n, nil
}

// remindComer writes to somebody who said they come, unless they are reminded of the
// whole series, and forgets their answer a day after the gathering.
func (m *Meetings) remindComer(tx storage.Tx, now time.Time, it schedule.Item) error {
	row, err := m.coming.Get(tx, it.ID)
	if lost(err) {
		return m.coming.Delete(tx, it.ID)
	}
	if err != nil {
		return fmt.Errorf("answer about a gathering: %w", err)
	}
	c := row.Value
	s, err := m.parts(tx, c.Series)
	if err != nil {
		return err
	}
	g, on := s.on(c.Date)
	if !on { // It can be put back: until its day is over they count on it.
		g.End = endOf(c.Date, s.zone())
	}
	switch due := g.Start.Add(-DefaultLead); {
	case !now.Before(g.End.Add(forgetComing)):
		return m.coming.Delete(tx, it.ID)
	case on && due.After(it.At): // It was put off since.
		it.At = due
		return m.agenda.Put(tx, it)
	case on && c.state() == string(Yes) && now.Before(g.End):
		if err := m.postComer(tx, c, g, s, it.At); err != nil {
			return err
		}
	}
	it.At = g.End.Add(forgetComing)
	return m.agenda.Put(tx, it)
}

// endOf is when the day of a date is over, on the clocks of the named zone.
func endOf(d spoken.Date, zone string) time.Time {
	return spoken.Resolve(d.AddDays(1), 0, zoneOf(zone))
}

// postComer writes to somebody who said they come, unless they are reminded as one who
// follows or hosts.
func (m *Meetings) postComer(tx storage.Tx, c Coming, g Gathering, s series, due time.Time) error {
	_, follows, err := m.Following(tx, c.Series, c.Member)
	if err != nil || follows {
		return err
	}
	v, err := m.Shift(tx, g)
	if err != nil || v.Host == c.Member {
		return err
	}
	w, err := m.wishes(tx, c.asFollow(), s)
	if err != nil || w.who.Reach == (chat.Address{}) {
		return err
	}
	_, again, err := m.left(tx, g, c.Member, due, 0)
	if err != nil {
		return err
	}
	silent, _ := w.quiet.Holds(due, w.zone)
	return m.tell(tx, g, aboutIt, w.reminder(m.comingKey(c.ref(), c.Member), g, moment{due, g.Start, DefaultLead, silent}, again))
}

// spreadComing tells some of those who said they come what is different, sets their
// reminders, and has places filled that there are now.
func (m *Meetings) spreadComing(tx storage.Tx, key string, c Change, last string) (next string, done bool, err error) {
	rows, err := firstRows(m.coming.By(tx, bySeries, c.Series, last), perStep)
	if err != nil {
		return "", false, fmt.Errorf("who comes to %s: %w", c.Series, err)
	}
	s, err := m.parts(tx, c.Series)
	if err != nil {
		return "", false, err
	}
	for _, row := range rows {
		last = row.Key
		if err := m.tellComer(tx, key, c, row, s); err != nil {
			return "", false, err
		}
	}
	if len(rows) < perStep {
		return "", true, m.spreadHosts(tx, key, c)
	}
	return afterComing + last, false, nil
}

func (m *Meetings) tellComer(tx storage.Tx, key string, c Change, row storage.Row[Coming], s series) error {
	if row.Value.Waiting {
		if err := m.agenda.Put(tx, schedule.Item{Kind: kindPlaces, ID: row.Value.ref(), At: c.At}); err != nil {
			return err
		}
	}
	if g, ok := s.on(row.Value.Date); ok {
		if err := m.putComing(tx, row.Value, g, c.At); err != nil {
			return err
		}
	}
	if row.Value.Answer == No {
		return nil
	}
	w, err := m.wishes(tx, row.Value.asFollow(), s)
	if err != nil {
		return err
	}
	for i, n := range c.News {
		if n.Date != row.Value.Date {
			continue // They count on this date and not on others.
		}
		if err := m.tellNews(tx, w, n, c, newsID(key, row.Value.Member, i)); err != nil {
			return err
		}
	}
	return nil
}

// eraseComing removes some of what a member said about gatherings, whether or not it can
// still be read, and lets those who wait have the places.
func (m *Meetings) eraseComing(tx storage.Tx, id string) (more bool, err error) {
	n := 0
	for key, err := range m.coming.Keys(tx, byMember, id, "") {
		if err != nil {
			return false, fmt.Errorf("answers of a member: %w", err)
		}
		if n++; n > perSweep {
			break
		}
		if err := m.freed(tx, key); err != nil {
			return false, err
		}
	}
	return m.coming.Sweep(tx, byMember, id, perSweep)
}
