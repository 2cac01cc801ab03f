package meeting

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"peerbot/chat"
	"peerbot/outbox"
	"peerbot/schedule"
	"peerbot/spoken"
	"peerbot/storage"
)

// Course is what a workshop has beside its dates. Its key is the series.
type Course struct {
	Series  string `json:"series"`
	Home    string `json:"home"`
	Leader  string `json:"leader,omitempty"`  // Leader is who leads it, as people say it.
	Handout string `json:"handout,omitempty"` // Handout is a link or a text for those who came.
}

// The bounds of a course, in graphemes and in sessions.
const (
	MaxLeader   = 100
	MaxHandout  = 2000
	maxSessions = 500
)

// handout is that a member asked for the handout of a gathering. It is sealed under
// their own key and forgotten a week after.
type handout struct {
	Series string `json:"series"`
	Ref    string `json:"ref"`
	Member string `json:"member"`
	Sent   bool   `json:"sent,omitempty"` // Sent: they may read it from now on.
}

// keepHandout is how long a handout can be read after its session.
const keepHandout = 7 * 24 * time.Hour

func coursesTable(vault *storage.Vault) storage.Table[Course] {
	return storage.Table[Course]{Bucket: "meeting_courses", Vault: vault, Version: 1,
		Owner: func(c Course) string { return c.Home }}
}

func handoutsTable(vault *storage.Vault) storage.Table[handout] {
	return storage.Table[handout]{Bucket: "meeting_handouts", Vault: vault, Version: 1,
		Owner: func(h handout) string { return h.Member },
		Indexes: []storage.Index[handout]{
			{Name: bySeries, Keys: func(h handout) []string { return []string{h.Series} }},
			{Name: byMember, Keys: func(h handout) []string { return []string{h.Member} }},
		}}
}

// Course is what the workshop has; the zero Course for one of which nothing was said.
func (m *Meetings) Course(r storage.Reader, series string) (Course, error) {
	row, err := m.courses.Get(r, series)
	if lost(err) {
		return Course{}, nil
	}
	if err != nil {
		return Course{}, fmt.Errorf("course of %s: %w", series, err)
	}
	return row.Value, nil
}

// PutCourse saves who leads a workshop and what those who came can have. What is empty
// stays as it is, and Away takes it away.
func (m *Meetings) PutCourse(tx storage.Tx, g Gathering, leader, text string) error {
	c, err := m.Course(tx, g.Series)
	if err != nil {
		return err
	}
	c.Series, c.Home = g.Series, g.Home
	for to, said := range map[*string]string{&c.Leader: leader, &c.Handout: text} {
		if said == Away {
			*to = ""
		} else if said != "" {
			*to = said
		}
	}
	if err := m.courses.Put(tx, g.Series, c); err != nil {
		return fmt.Errorf("save a course: %w", err)
	}
	return nil
}

// Session says which session of its workshop the gathering is: "session 3 of 8", without
// the 8 where there is no end; nothing for what is no workshop.
func (m *Meetings) Session(r storage.Reader, g Gathering) (chat.Rich, error) {
	if g.Kind != Workshop || g.Rule.Unit == spoken.Once && g.Instead.IsZero() {
		return nil, nil
	}
	s, err := m.parts(r, g.Series)
	if err != nil {
		return nil, err
	}
	n, of := s.number(g)
	switch {
	case n == 0:
		return nil, nil
	case of == 0:
		return chat.Say("meeting.session", chat.Count("session", n)), nil
	}
	return chat.Say("meeting.session_of", chat.Count("session", n), chat.With("of", chat.Say("meeting.sessions", chat.Count("sessions", of)))), nil
}

// Sessions are the sessions of those of the gatherings that are workshops, by their Ref.
func (m *Meetings) Sessions(r storage.Reader, all []Gathering) (map[string]chat.Rich, error) {
	out := map[string]chat.Rich{}
	for _, g := range all {
		session, err := m.Session(r, g)
		if err != nil {
			return nil, err
		}
		if len(session) > 0 {
			out[g.Ref()] = session
		}
	}
	return out, nil
}

// InSession is an item of a list with the session behind it, if there is one.
func InSession(item, session chat.Rich) chat.Rich {
	if len(session) == 0 {
		return item
	}
	return slices.Concat(item, chat.Rich{chat.Plain(", ")}, session)
}

// addSession says it in a reminder, for who wants their notes to say what they are about.
func (m *Meetings) addSession(r storage.Reader, w wishes, g Gathering, l *outbox.Letter) error {
	if !w.who.Open {
		return nil
	}
	session, err := m.Session(r, g)
	l.Message.Body = chat.Lines(l.Message.Body, session)
	return err
}

// number is the how manieth of the series the gathering is, and of how many; of is 0 for
// a series without an end.
func (s series) number(g Gathering) (n, of int) {
	first, ok := s.next(time.Time{})
	for at := first; ok; at, ok = s.next(at.Start.Add(time.Nanosecond)) {
		if of++; of > maxSessions {
			break
		}
		if at.Start.Equal(g.Start) {
			n = of
		}
		if n > 0 && s.endless() {
			return n, 0
		}
	}
	if of > maxSessions {
		of = 0
	}
	return n, of
}

func (s series) endless() bool {
	for _, p := range s {
		if !p.Cancelled && p.Rule.Unit != spoken.Once && p.Rule.Until.IsZero() && p.Rule.Count == 0 {
			return true
		}
	}
	return false
}

// Handout is what a member may read of a workshop's session: the handout once the
// session is over, for who said that they come and asks. Until then it is noted that
// they want it, and at is when they will be told. The error is a *chat.Refusal.
func (m *Meetings) Handout(tx storage.Tx, g Gathering, id string, now time.Time) (text string, at time.Time, err error) {
	c, err := m.Course(tx, g.Series)
	if err == nil && (c.Handout == "" || g.Kind != Workshop) {
		err = chat.Refuse(chat.Missing, "meeting.no_handout")
	}
	if err != nil {
		return "", at, err
	}
	key := m.handoutKey(g.Ref(), id)
	row, err := m.handouts.Get(tx, key)
	if err == nil && row.Value.Sent {
		return c.Handout, at, nil
	}
	said, err := m.Said(tx, g, id)
	if err == nil && said.state() != string(Yes) {
		err = chat.Refuse(chat.Denied, "meeting.handout_come")
	}
	if err != nil {
		return "", at, err
	}
	h := handout{Series: g.Series, Ref: g.Ref(), Member: id, Sent: !now.Before(g.End)}
	if err := m.handouts.Put(tx, key, h); err != nil {
		return "", at, fmt.Errorf("ask for a handout: %w", err)
	}
	at = g.End
	if h.Sent {
		text, at = c.Handout, g.End.Add(keepHandout)
	}
	return text, at, m.agenda.Put(tx, schedule.Item{Kind: kindHandout, ID: key, At: later(now, at)})
}

func (m *Meetings) handoutKey(ref, id string) string { return m.vault.ID("handout", ref, id) }

// sendHandout tells who asked for a handout, and came, that they can read it, and
// forgets that a week later.
func (m *Meetings) sendHandout(tx storage.Tx, now time.Time, it schedule.Item) error {
	row, err := m.handouts.Get(tx, it.ID)
	if lost(err) || err == nil && row.Value.Sent {
		return m.handouts.Delete(tx, it.ID)
	}
	if err != nil {
		return fmt.Errorf("handout: %w", err)
	}
	h := row.Value
	g, s, on, err := m.gathering(tx, h.Ref)
	if err != nil {
		return err
	}
	if on && g.End.After(now) { // It was put off since.
		it.At = g.End
		return m.agenda.Put(tx, it)
	}
	said, err := m.Said(tx, g, h.Member)
	if err != nil {
		return err
	}
	if !on || said.state() != string(Yes) {
		return m.handouts.Delete(tx, it.ID)
	}
	h.Sent = true
	if err := m.handouts.Put(tx, it.ID, h); err != nil {
		return fmt.Errorf("send a handout: %w", err)
	}
	if err := m.postHandout(tx, h, g, s, it); err != nil {
		return err
	}
	it.At = it.At.Add(keepHandout)
	return m.agenda.Put(tx, it)
}

// postHandout writes no more than that there is something to read.
func (m *Meetings) postHandout(tx storage.Tx, h handout, g Gathering, s series, it schedule.Item) error {
	w, err := m.wishes(tx, Follow{Series: h.Series, Home: g.Home, Member: h.Member}, s)
	if err != nil || w.who.Reach == (chat.Address{}) {
		return err
	}
	form, name := w.form(g.Details)
	l := w.letter()
	l.ID = "meeting.handout|" + it.ID
	l.Message.Body = chat.Say("meeting.handout_is."+form, chat.Text("name", name))
	l.Message.Offers = [][]chat.Offer{{{Label: chat.Say("meeting.open"), Path: handoutPath, Bound: bound(g.Ref())}}}
	l.Message.Silent, _ = w.quiet.Holds(it.At, w.zone)
	l.Class, l.NotBefore, l.NotAfter = outbox.Digest, it.At, it.At.Add(24*time.Hour)
	l.LateAfter = l.NotAfter
	return m.outbox.Post(tx, l)
}

var handoutPath = []string{"meeting", "handout"}

// SendHandout lets who presses it have the handout after the session.
func (g Gathering) SendHandout() chat.Offer {
	return chat.Offer{Label: chat.Say("meeting.send_handout"), Path: handoutPath, Bound: bound(g.Ref())}
}

// gathering is what a Ref names, with its series; false when it does not take place.
func (m *Meetings) gathering(r storage.Reader, ref string) (g Gathering, s series, on bool, err error) {
	id, day, _ := strings.Cut(ref, "@")
	date, err := spoken.ParseDate(day)
	if err != nil {
		return g, nil, false, fmt.Errorf("reference of a gathering: %w", err)
	}
	if s, err = m.parts(r, id); err == nil {
		g, on = s.on(date)
	}
	return g, s, on, err
}
