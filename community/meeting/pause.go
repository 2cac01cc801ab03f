package meeting

import (
	"slices"
	"time"

	"peerbot/chat"
	"peerbot/spoken"
	"peerbot/storage"
)

// MaxPause is how long a series may rest.
const MaxPause = 366 * 24 * time.Hour

// Paused is a series without its dates from now until a day, on which it goes on.
type Paused struct {
	Left  []Gathering // Left are the gatherings that do not take place, in order.
	Until spoken.Date
	after series
}

// ReadDay reads a day that is still to come: "7 January", "Monday", "in two weeks".
// The error is a *chat.Refusal about the option "until".
func ReadDay(text string, now time.Time, zone *time.Location) (spoken.Date, error) {
	at, err := spoken.ReadMoment(text, now, zone)
	if err != nil {
		var other error
		if at, other = spoken.ReadMoment(text+" 00:00", now, zone); other != nil {
			return spoken.Date{}, about("until", spoken.Nearer(err, other))
		}
	}
	if !at.After(now) {
		return spoken.Date{}, about("until", chat.Refuse(chat.Invalid, "meeting.past_moment"))
	}
	return spoken.DateOf(at.In(zone)), nil
}

// Rest is what Pause would do, without doing it. The error is a *chat.Refusal.
func (m *Meetings) Rest(r storage.Reader, g Gathering, until spoken.Date, now time.Time) (Paused, error) {
	s, g, err := m.seriesOf(r, g)
	if err != nil {
		return Paused{}, err
	}
	end := spoken.Resolve(until, 0, g.Zone())
	if end.Sub(now) > MaxPause {
		return Paused{}, about("until", chat.Refuse(chat.Invalid, "meeting.pause_too_long"))
	}
	p := Paused{Left: s.between(now, end), Until: until, after: s.without(now, end)}
	if len(p.Left) == 0 {
		return p, about("until", chat.Refuse(chat.Invalid, "meeting.pause_nothing", chat.With("date", dateWords(until))))
	}
	return p, nil
}

// Pause takes the dates of a series out until the day, on which it goes on.
func (m *Meetings) Pause(tx storage.Tx, g Gathering, until spoken.Date, call string, now time.Time) (Change, error) {
	p, err := m.Rest(tx, g, until, now)
	if err != nil {
		return Change{}, err
	}
	before, err := m.parts(tx, g.Series)
	if err != nil {
		return Change{}, err
	}
	return m.apply(tx, before, p.after, call, now)
}

// maxShown is how many of the dates that fall away are shown one by one.
const maxShown = 10

// Words say what would fall away.
func (p Paused) Words(g Gathering) chat.Rich {
	var items []chat.Rich
	for _, left := range p.Left[:min(len(p.Left), maxShown)] {
		items = append(items, chat.Rich{chat.Time{At: left.Start, Style: chat.Moment}})
	}
	body := chat.Lines(chat.Say("meeting.pause_it", chat.Text("title", g.Title), chat.With("date", dateWords(p.Until))),
		chat.Say("meeting.pause_dates", chat.Count("dates", len(p.Left))), chat.Rich{chat.List{Items: items}})
	if more := len(p.Left) - len(items); more > 0 {
		body = chat.Lines(body, chat.Say("meeting.pause_more", chat.Count("dates", more)))
	}
	return body
}

// without takes every gathering out that starts in [from, to).
func (s series) without(from, to time.Time) series {
	out := slices.Clone(s)
	for _, g := range s.between(from, to) {
		i := slices.IndexFunc(out, func(p Meeting) bool { return p.ID == g.ID })
		out[i].Rule = out[i].Rule.Exclude(g.Date)
		if _, left := out[i].Rule.Next(time.Time{}); !left {
			out[i].Cancelled = true
		}
	}
	return out
}

// Restorable are the single dates of a community that were taken out and are still to
// come, the soonest first.
func (m *Meetings) Restorable(r storage.Reader, home string, now time.Time) (out []Gathering, err error) {
	err = m.onRoll(r, home, func(l *roll) error {
		for _, e := range l.series {
			out = append(out, e.parts.restorable(now)...)
		}
		return nil
	})
	slices.SortFunc(out, inTime)
	return out, err
}

// restorable are the dates of the series that could be put back.
func (s series) restorable(now time.Time) (out []Gathering) {
	for _, p := range s {
		for _, d := range p.Rule.Excluded {
			if g, ok := s.restored(p, d); ok && g.Start.After(now) {
				out = append(out, g)
			}
		}
	}
	return out
}

// restored is the gathering that would be there again on the date that was taken out
// of p; false when the rule has none there, or another meeting stands in its place.
func (s series) restored(p Meeting, d spoken.Date) (Gathering, bool) {
	stands := slices.ContainsFunc(s, func(o Meeting) bool { return !o.Cancelled && o.Instead == d })
	p.Rule = p.Rule.Restore(d)
	o, ok := p.Rule.On(d)
	return Gathering{p, o}, ok && !stands
}

// FindOut is the date that was taken out and is meant: the one that words names, as
// Gathering.Ref does, or the only one of a meeting with those words. The error is a
// *chat.Refusal that offers the dates it could be.
func (m *Meetings) FindOut(r storage.Reader, home, words string, now time.Time) (Gathering, error) {
	all, err := m.Restorable(r, home, now)
	if err != nil {
		return Gathering{}, err
	}
	found := slices.DeleteFunc(slices.Clone(all), func(g Gathering) bool { return g.Ref() != words })
	if len(found) == 0 {
		found = byWords(all, words)
	}
	if len(found) == 1 {
		return found[0], nil
	}
	refusal := chat.Refuse(chat.Missing, "meeting.nothing_to_restore")
	if len(found) > 1 {
		refusal = chat.Refuse(chat.Invalid, "meeting.several_to_restore", chat.Count("dates", len(found)))
	}
	refusal.Option, refusal.Readings = OptionMeeting, Choices(found)
	return Gathering{}, refusal
}

// Restore puts a date back that was taken out: one that FindOut gave. The error is a
// *chat.Refusal when it is not out any more, or over.
func (m *Meetings) Restore(tx storage.Tx, g Gathering, call string, now time.Time) (Change, error) {
	before, err := m.parts(tx, g.Series)
	if err != nil {
		return Change{}, err
	}
	out := slices.DeleteFunc(slices.Clone(before), func(p Meeting) bool { return p.Cancelled }).restorable(now)
	i := slices.IndexFunc(out, func(o Gathering) bool { return o.Ref() == g.Ref() })
	if i < 0 {
		return Change{}, chat.Refuse(chat.Missing, "meeting.nothing_to_restore")
	}
	return m.apply(tx, before, before.with(out[i].Meeting), call, now)
}
