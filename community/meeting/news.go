package meeting

import (
	"fmt"
	"slices"
	"time"

	"peerbot/chat"
	"peerbot/outbox"
	"peerbot/schedule"
	"peerbot/spoken"
	"peerbot/storage"
)

// soon is how long before its start a change of a gathering is told at once, to
// those too who were not reminded of it yet.
const soon = 3 * time.Hour

// maxNews bounds what one change tells: the next ones matter.
const maxNews = 3

// News is a gathering that people may count on and that is not what it was.
type News struct {
	Gathering Details     `json:"gathering"`
	Date      spoken.Date `json:"date"`              // Date names it in its series.
	Zone      string      `json:"zone"`              // Zone is the meeting's own.
	Was       time.Time   `json:"was,omitzero"`      // Was is when it would have started; zero when it is new.
	Is        time.Time   `json:"is,omitzero"`       // Is is when it starts now; zero when it does not take place.
	NoHost    bool        `json:"no_host,omitempty"` // NoHost: it takes place, and nobody hosts it.
	Others    []Other     `json:"others,omitempty"`  // Others are on instead.
}

// about is the gathering that the news is about, as far as it is known.
func (n News) about(c Change) Gathering {
	start := later(n.Was, n.Is)
	return Gathering{Meeting{Series: c.Series, Home: c.Home, Details: n.Gathering},
		schedule.Occurrence{Date: n.Date, Start: start, End: start.Add(usualLength)}}
}

// newsID names the letter that tells somebody of a change its i-th news: once, whatever
// they are to the gathering.
func newsID(key, id string, i int) string { return fmt.Sprint(key, "|", id, "|", i) }

// newsOf is what is different about the gatherings of the next days, which somebody
// may have been reminded of already. Of a series that was not there before it is
// nothing: nobody counts on it.
func newsOf(before, after series, now time.Time) []News {
	if len(before) == 0 {
		return nil
	}
	from, to := now.Add(-Grace), now.Add(MaxLead)
	was, is := before.between(from, to), after.between(from, to)
	var out []News
	for _, g := range was {
		if g.startsIn(is) {
			continue
		}
		n := News{Gathering: g.Details, Date: g.Date, Zone: g.Rule.Zone, Was: g.Start}
		if moved, ok := after.on(g.Date); ok && !moved.startsIn(was) {
			n.Is = moved.Start
		}
		out = append(out, n)
	}
	for _, g := range is {
		if told := func(n News) bool { return n.Is.Equal(g.Start) }; !g.startsIn(was) && !slices.ContainsFunc(out, told) {
			out = append(out, News{Gathering: g.Details, Date: g.Date, Zone: g.Rule.Zone, Is: g.Start})
		}
	}
	return out[:min(len(out), maxNews)]
}

func (g Gathering) startsIn(all []Gathering) bool {
	return slices.ContainsFunc(all, func(o Gathering) bool { return o.Start.Equal(g.Start) })
}

// concerns reports whether someone who is reminded at due(start) has to be told of
// the news at the time now: they were reminded already, or it begins soon.
func (n News) concerns(now time.Time, due func(start time.Time) time.Time) bool {
	for _, start := range []time.Time{n.Was, n.Is} {
		if !start.IsZero() && (!due(start).After(now) || start.Sub(now) <= soon) {
			return true
		}
	}
	return false
}

// until is how long the news is worth telling.
func (n News) until(now time.Time) time.Time {
	last := n.Was
	if n.Is.After(last) {
		last = n.Is
	}
	return earliest(last.Add(Grace), now.Add(24*time.Hour))
}

// words say the news in one of the forms "open", "named" and "neutral".
func (n News) words(form, name string) chat.Rich {
	title := chat.Text("name", name)
	switch {
	case n.NoHost:
		return chat.Say("meeting.no_host."+form, title, chat.At("is", n.Is, chat.Clock))
	case n.Is.IsZero():
		return chat.Say("meeting.cancelled."+form, title, chat.At("was", n.Was, chat.Moment))
	case n.Was.IsZero():
		return chat.Say("meeting.added."+form, title, chat.At("is", n.Is, chat.Moment))
	}
	return chat.Say("meeting.moved."+form, title, chat.At("was", n.Was, chat.Moment), chat.At("is", n.Is, chat.Moment))
}

// now makes of a letter one that goes out at once and without a sound, for as long
// as the news is worth telling.
func (n News) now(l outbox.Letter, c Change, id string) outbox.Letter {
	l.ID, l.Class, l.Message.Silent = "meeting.news|"+id, outbox.Safety, true
	l.NotBefore, l.NotAfter = c.At, n.until(c.At)
	l.LateAfter = l.NotAfter
	return l
}

// postNews writes news to the room that was, or is, reminded of the gathering.
func (m *Meetings) postNews(tx storage.Tx, c Change, n News, id string) error {
	due := func(start time.Time) time.Time { return start.Add(-slices.Max(append(n.Gathering.Leads, 0))) }
	if n.Gathering.Room == "" || len(n.Gathering.Leads) == 0 || !n.concerns(c.At, due) {
		return nil
	}
	l, err := m.roomLetter(tx, n.Gathering, c.Home, n.Zone)
	if err != nil {
		return err
	}
	l.Message.Body = chat.Lines(n.words("open", n.Gathering.Title), othersWords(n.Others, titled))
	l.Message.Offers = append(othersOffers(n.Others, titled), []chat.Offer{open(c.Series), HelpNow()})
	return m.outbox.Post(tx, n.now(l, c, id))
}

// spreadHosts goes on with who hosts what is different, and tells them.
func (m *Meetings) spreadHosts(tx storage.Tx, key string, c Change) error {
	for i, n := range c.News {
		if n.NoHost {
			continue
		}
		at := ref(c.Series, n.Date)
		v, begun, err := m.shift(tx, at)
		if err != nil {
			return err
		}
		if !begun {
			continue
		}
		if err := m.agenda.Put(tx, schedule.Item{Kind: kindShift, ID: at, From: stageHours, At: c.At}); err != nil {
			return err
		}
		if err := m.tellHostNews(tx, c, n, v, key, i); err != nil {
			return err
		}
	}
	return nil
}

// tellHostNews writes to those who host what the news is about, or were asked to.
func (m *Meetings) tellHostNews(tx storage.Tx, c Change, n News, v Shift, key string, i int) error {
	r, err := m.Rota(tx, c.Series)
	if err != nil {
		return err
	}
	for _, id := range append([]string{v.Host}, r.CoHosts...) {
		if id == "" || slices.Contains(v.Declined, id) {
			continue
		}
		told, _, err := m.recall(tx, ref(c.Series, n.Date), id)
		if err != nil {
			return err
		}
		if id != v.Host && told.last(aboutTurn) == "" || n.Was.IsZero() && told.last(aboutNews) == "" {
			continue // Nobody asked them, or they know of nothing else.
		}
		w, err := m.wishes(tx, Follow{Series: c.Series, Home: c.Home, Member: id}, series(c.Was))
		if err != nil {
			return err
		}
		if err := m.tellNews(tx, w, n, c, newsID(key, id, i)); err != nil {
			return err
		}
	}
	return nil
}

// tellFollower writes to a follower what of the news concerns them: what they were
// reminded of, what is soon, and what they said they come to.
func (m *Meetings) tellFollower(tx storage.Tx, key string, c Change, row storage.Row[Follow]) error {
	s, err := m.parts(tx, c.Series)
	if err != nil {
		return err
	}
	w, err := m.wishes(tx, row.Value, s)
	if err != nil {
		return err
	}
	for i, n := range c.News {
		if !n.concerns(c.At, w.firstOrStart) {
			continue
		}
		if err := m.tellNews(tx, w, n, c, newsID(key, w.Member, i)); err != nil {
			return err
		}
	}
	return nil
}

// tellNews writes news to somebody, unless it is not so any more. Reminders of what was
// that have not gone out stay away.
func (m *Meetings) tellNews(tx storage.Tx, w wishes, n News, c Change, id string) error {
	still, err := m.holds(tx, n, c)
	if err != nil || !still || w.who.Reach == (chat.Address{}) {
		return err
	}
	if err := m.dropReminders(tx, w, n); err != nil {
		return err
	}
	l := w.letter()
	l.Message.Body = chat.Lines(n.words(w.form(n.Gathering)), othersWords(n.Others, w.form))
	l.Message.Offers = append([][]chat.Offer{{open(c.Series)}}, othersOffers(n.Others, w.form)...)
	return m.tell(tx, n.about(c), aboutNews, n.now(l, c, id), n.Was)
}

// holds reports whether the news is still so: a later change, or a host who was found,
// overtakes it.
func (m *Meetings) holds(r storage.Reader, n News, c Change) (bool, error) {
	s, err := m.parts(r, c.Series)
	if err != nil {
		return false, err
	}
	if !n.Is.IsZero() && !s.startsAt(n.Is) {
		return false, nil
	}
	if !n.NoHost {
		return n.Was.IsZero() || !s.startsAt(n.Was), nil
	}
	v, _, err := m.shift(r, ref(c.Series, n.Date))
	return !v.Sure, err
}

// startsAt reports whether a gathering starts at that very time.
func (s series) startsAt(t time.Time) bool {
	g, ok := s.next(t)
	return ok && g.Start.Equal(t)
}

// dropReminders takes back those reminders of what was, that wait to go out.
func (m *Meetings) dropReminders(tx storage.Tx, w wishes, n News) error {
	if n.NoHost || n.Was.IsZero() {
		return nil
	}
	for _, lead := range w.Leads {
		if err := m.outbox.Drop(tx, reminderID(m.followKey(w.Series, w.Member), n.Was, lead)); err != nil {
			return err
		}
	}
	return nil
}
