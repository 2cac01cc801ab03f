package meeting

import (
	"fmt"
	"slices"
	"time"

	"peerbot/chat"
	"peerbot/outbox"
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
	Gathering Details   `json:"gathering"`
	Zone      string    `json:"zone"`              // Zone is the meeting's own.
	Was       time.Time `json:"was,omitzero"`      // Was is when it would have started; zero when it is new.
	Is        time.Time `json:"is,omitzero"`       // Is is when it starts now; zero when it does not take place.
	NoHost    bool      `json:"no_host,omitempty"` // NoHost: it takes place, and nobody hosts it.
}

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
		n := News{Gathering: g.Details, Zone: g.Rule.Zone, Was: g.Start}
		if moved, ok := after.on(g.Date); ok && !moved.startsIn(was) {
			n.Is = moved.Start
		}
		out = append(out, n)
	}
	for _, g := range is {
		if told := func(n News) bool { return n.Is.Equal(g.Start) }; !g.startsIn(was) && !slices.ContainsFunc(out, told) {
			out = append(out, News{Gathering: g.Details, Zone: g.Rule.Zone, Is: g.Start})
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
	l.Message.Body = n.words("open", n.Gathering.Title)
	l.Message.Offers = [][]chat.Offer{{open(c.Series), HelpNow()}}
	return m.outbox.Post(tx, n.now(l, c, id))
}

// spreadHosts tells those who have said that they host what is different about it.
func (m *Meetings) spreadHosts(tx storage.Tx, key string, c Change) error {
	for i, n := range c.News {
		if n.Was.IsZero() || n.NoHost {
			continue
		}
		if err := m.tellHostNews(tx, c, n, fmt.Sprint(key, "|host|", i)); err != nil {
			return err
		}
	}
	return nil
}

// tellHostNews writes to the host of what the news is about, unless they hear of it as
// one who follows or comes.
func (m *Meetings) tellHostNews(tx storage.Tx, c Change, n News, id string) error {
	at := ref(c.Series, spoken.DateOf(n.Was.In(zoneOf(n.Zone))))
	v, _, err := m.shift(tx, at)
	if err != nil || !v.Sure {
		return err
	}
	_, follows, err := m.Following(tx, c.Series, v.Host)
	if err != nil || follows {
		return err
	}
	if _, err := m.coming.Get(tx, m.comingKey(at, v.Host)); !lost(err) {
		return err
	}
	w, err := m.wishes(tx, Follow{Series: c.Series, Home: c.Home, Member: v.Host}, series(c.Was))
	if err != nil || w.who.Reach == (chat.Address{}) {
		return err
	}
	l := w.letter()
	l.Message.Body = n.words(w.form(n.Gathering))
	l.Message.Offers = [][]chat.Offer{{open(c.Series)}}
	return m.outbox.Post(tx, n.now(l, c, id))
}

// tellFollower writes to a follower what of the news concerns them.
func (m *Meetings) tellFollower(tx storage.Tx, key string, c Change, row storage.Row[Follow]) error {
	s, err := m.parts(tx, c.Series)
	if err != nil {
		return err
	}
	w, err := m.wishes(tx, row.Value, s)
	if err != nil || w.who.Reach == (chat.Address{}) {
		return err
	}
	for i, n := range c.News {
		if !n.concerns(c.At, w.firstOrStart) {
			continue
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
