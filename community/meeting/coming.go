package meeting

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"peerbot/chat"
	"peerbot/community/member"
	"peerbot/outbox"
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

func (m *Meetings) comingKey(ref, id string) string { return m.vault.ID("coming", ref, id) }

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
		if c.Since, c.Waiting, err = m.takePlace(tx, g, now); err != nil {
			return Coming{}, err
		}
	}
	if err := m.putComing(tx, c, g, now); err != nil {
		return Coming{}, err
	}
	if was.state() == string(Yes) && c.state() != string(Yes) {
		return c, m.fillPlace(tx, g, now)
	}
	return c, nil
}

// takePlace reports whether somebody who comes now has to wait.
func (m *Meetings) takePlace(r storage.Reader, g Gathering, now time.Time) (since time.Time, wait bool, err error) {
	if g.Facts.Capacity == 0 {
		return now, false, nil
	}
	n, err := m.count(r, bySaid, said(g.Ref(), string(Yes)))
	return now, n >= g.Facts.Capacity, err
}

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

// fillPlace gives a place that became free to who has waited longest, and tells them.
func (m *Meetings) fillPlace(tx storage.Tx, g Gathering, now time.Time) error {
	var next storage.Row[Coming]
	for row, err := range m.coming.By(tx, bySaid, said(g.Ref(), waiting), "") {
		if err != nil {
			return fmt.Errorf("who waits for a place: %w", err)
		}
		if next.Key == "" || row.Value.Since.Before(next.Value.Since) {
			next = row
		}
	}
	if next.Key == "" {
		return nil
	}
	next.Value.Waiting = false
	if err := m.putComing(tx, next.Value, g, now); err != nil {
		return err
	}
	w, err := m.wishes(tx, next.Value.asFollow(), series{g.Meeting})
	if err != nil || w.who.Reach == (chat.Address{}) {
		return err
	}
	l := w.letter()
	form, name := w.form(g.Details)
	l.ID = fmt.Sprint("meeting.place|", next.Key, "|", now.UnixMilli())
	l.Message.Body = chat.Say("meeting.place_free."+form, chat.Text("name", name), chat.At("time", g.Start, chat.Moment))
	l.Message.Offers = [][]chat.Offer{{open(g.Ref())}}
	l.Class, l.NotBefore, l.NotAfter = outbox.Safety, now, earliest(g.Start.Add(Grace), now.Add(24*time.Hour))
	l.LateAfter = l.NotAfter
	return m.outbox.Post(tx, l)
}

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
	g, ok := s.on(c.Date)
	if !ok || !now.Before(g.End.Add(forgetComing)) {
		return m.coming.Delete(tx, it.ID)
	}
	if due := g.Start.Add(-DefaultLead); due.After(it.At) { // It was put off since.
		it.At = due
		return m.agenda.Put(tx, it)
	}
	if c.state() == string(Yes) && now.Before(g.End) {
		if err := m.postComer(tx, c, g, s, it.At); err != nil {
			return err
		}
	}
	it.At = g.End.Add(forgetComing)
	return m.agenda.Put(tx, it)
}

func (m *Meetings) postComer(tx storage.Tx, c Coming, g Gathering, s series, due time.Time) error {
	_, follows, err := m.Following(tx, c.Series, c.Member)
	if err != nil || follows {
		return err
	}
	w, err := m.wishes(tx, c.asFollow(), s)
	if err != nil || w.who.Reach == (chat.Address{}) {
		return err
	}
	silent, _ := w.quiet.Holds(due, w.zone)
	return m.outbox.Post(tx, w.reminder(m.comingKey(c.ref(), c.Member), g, moment{due, g.Start, DefaultLead, silent}))
}

// spreadComing tells some of those who said they come what is different, unless they
// hear of it as followers, and sets their reminders.
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
	if g, ok := s.on(row.Value.Date); ok {
		if err := m.putComing(tx, row.Value, g, c.At); err != nil {
			return err
		}
	}
	_, follows, err := m.Following(tx, c.Series, row.Value.Member)
	if err != nil || follows || row.Value.Answer == No {
		return err
	}
	w, err := m.wishes(tx, row.Value.asFollow(), s)
	if err != nil || w.who.Reach == (chat.Address{}) {
		return err
	}
	for i, n := range c.News {
		if n.Was.IsZero() || spoken.DateOf(n.Was.In(zoneOf(n.Zone))) != row.Value.Date {
			continue // They count on this date and not on others.
		}
		l := w.letter()
		l.Message.Body = n.words(w.form(n.Gathering))
		l.Message.Offers = [][]chat.Offer{{open(c.Series)}}
		if err := m.outbox.Post(tx, n.now(l, c, fmt.Sprint(key, "|", row.Key, "|", i))); err != nil {
			return err
		}
	}
	return nil
}

// exportComing is everything that a member said about gatherings.
func (m *Meetings) exportComing(r storage.Reader, id string) (out []member.Fact, err error) {
	for row, err := range m.coming.By(r, byMember, id, "") {
		if errors.Is(err, storage.ErrErased) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("answers of a member: %w", err)
		}
		title, err := m.title(r, row.Value.Series)
		if err != nil {
			return nil, err
		}
		say := chat.Say("meeting.fact_coming", chat.With("title", title), chat.With("date", dateWords(row.Value.Date)),
			chat.With("answer", chat.Say("meeting.answer."+cmp.Or(string(row.Value.Answer), string(No)))))
		out = append(out, member.Fact{Name: "meeting_answer", Say: say, Value: row.Value})
	}
	return out, nil
}
