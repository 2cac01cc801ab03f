package meeting

import (
	"cmp"
	"reflect"
	"slices"
	"time"

	"peerbot/chat"
	"peerbot/schedule"
	"peerbot/spoken"
)

// Which says how much of a series is meant.
type Which string

// The parts of a series that can be meant.
const (
	This     Which = "this"      // This date alone.
	FromHere Which = "from_here" // This date and all after it.
	Whole    Which = "series"    // All that is still to come.
)

// maxParts bounds the meetings of one series, so that a change of it fits a
// transaction.
const maxParts = 12

// series are the meetings that belong together. Its methods compute what a change
// makes of it and leave theirs alone.
type series []Meeting

// next is the first gathering that starts at or after from; false when none is left.
func (s series) next(from time.Time) (Gathering, bool) {
	var first Gathering
	found := false
	for _, m := range s {
		if m.Cancelled {
			continue
		}
		if o, ok := m.Rule.Next(from); ok && (!found || o.Start.Before(first.Start)) {
			first, found = Gathering{m, o}, true
		}
	}
	return first, found
}

// between are the gatherings that start in [from, to), in order.
func (s series) between(from, to time.Time) []Gathering {
	var out []Gathering
	for _, m := range s {
		if m.Cancelled {
			continue
		}
		for o := range m.Rule.Between(from, to) {
			out = append(out, Gathering{m, o})
		}
	}
	slices.SortFunc(out, inTime)
	return out
}

// zone is the name of the zone in which the series began; "" when it is gone.
func (s series) zone() string {
	if len(s) == 0 {
		return ""
	}
	return s[0].Rule.Zone
}

// inTime orders gatherings by when they start, and those at one time by title.
func inTime(a, b Gathering) int {
	return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.Title, b.Title), cmp.Compare(a.ID, b.ID))
}

// on is the gathering that the date names.
func (s series) on(d spoken.Date) (Gathering, bool) {
	for _, m := range s {
		if m.Cancelled {
			continue
		}
		if o, ok := m.Rule.On(d); ok {
			return Gathering{m, o}, true
		}
	}
	return Gathering{}, false
}

// cancel takes away a gathering, or it and what comes after, or all.
func (s series) cancel(g Gathering, w Which) series {
	out := slices.Clone(s)
	for i, p := range out {
		switch {
		case w == Whole:
			out[i].Cancelled = true
		case w == FromHere:
			out[i].Rule = p.Rule.EndBefore(g.Date)
		case p.ID == g.ID:
			out[i].Rule = p.Rule.Exclude(g.Date)
		}
		if _, left := out[i].Rule.Next(time.Time{}); !left {
			out[i].Cancelled = true
		}
	}
	return out
}

// alteration is a change of one meeting. It gives the same answer for equal rules.
type alteration func(Meeting) (Meeting, error)

// edit alters a gathering, or it and what comes after, or all. id is for the
// meeting that may have to be made.
func (s series) edit(g Gathering, w Which, id string, now time.Time, alter alteration) (series, error) {
	switch {
	case w == This:
		return s.editThis(g, id, alter)
	case w == FromHere && s.hasBetween(g.ID, now, g.Start):
		return s.editFrom(g, id, alter)
	}
	return s.editAll(g, w, alter)
}

// editThis moves the one date where nothing else of it changes, and else makes a
// meeting of its own of it.
func (s series) editThis(g Gathering, id string, alter alteration) (series, error) {
	single := g.Meeting
	single.Rule = once(g)
	altered, err := alter(single)
	if err != nil {
		return nil, err
	}
	if g.Rule.Unit == spoken.Once {
		return s.with(altered), nil
	}
	rest := g.Meeting
	if reflect.DeepEqual(altered.Details, g.Details) && altered.Rule.Zone == rest.Rule.Zone {
		rest.Rule = rest.Rule.MoveOne(g.Date, altered.Rule.First, altered.Rule.At, altered.Rule.Length)
		return s.with(rest), nil
	}
	rest.Rule = rest.Rule.Exclude(g.Date)
	altered.ID, altered.Sequence, altered.Instead = id, 0, g.Date
	return s.with(rest).with(altered).bounded()
}

// once is the gathering as a rule of its own.
func once(g Gathering) schedule.Rule {
	local := g.Start.In(g.Zone())
	return schedule.Rule{Unit: spoken.Once, First: spoken.DateOf(local), At: spoken.ClockOf(local),
		Zone: g.Rule.Zone, Length: g.End.Sub(g.Start)}
}

// editFrom ends the meeting before the gathering and goes on with an altered one.
func (s series) editFrom(g Gathering, id string, alter alteration) (series, error) {
	before, after := g.Meeting, g.Meeting
	before.Rule = before.Rule.EndBefore(g.Date)
	after.Rule = after.Rule.StartFrom(g.Date)
	after.ID, after.Sequence = id, 0
	altered, err := alter(after)
	if err != nil {
		return nil, err
	}
	out, err := s.with(before).alterLater(g, altered, after.Rule, alter)
	if err != nil {
		return nil, err
	}
	return out.with(altered).bounded()
}

// editAll alters the gathering's meeting, and of the others all, or the later ones.
func (s series) editAll(g Gathering, w Which, alter alteration) (series, error) {
	altered, err := alter(g.Meeting)
	if err != nil {
		return nil, err
	}
	from := g
	if w == Whole {
		from.Date = spoken.Date{}
	}
	out, err := s.alterLater(from, altered, g.Rule, alter)
	if err != nil {
		return nil, err
	}
	return out.with(altered), nil
}

// alterLater alters the other meetings of the series that begin on the gathering's
// date or later. A new rule replaces theirs, so that they end.
func (s series) alterLater(g Gathering, altered Meeting, old schedule.Rule, alter alteration) (series, error) {
	out := slices.Clone(s)
	for i, p := range out {
		if p.Cancelled || p.ID == g.ID || !g.Date.IsZero() && p.Rule.First.Before(g.Date) {
			continue
		}
		if !reflect.DeepEqual(altered.Rule, old) {
			out[i].Cancelled = true
			continue
		}
		next, err := alter(p)
		if err != nil {
			return nil, err
		}
		out[i] = next
	}
	return out, nil
}

// find is the meeting of the series with the id.
func (s series) find(id string) (Meeting, bool) {
	i := slices.IndexFunc(s, func(p Meeting) bool { return p.ID == id })
	if i < 0 {
		return Meeting{}, false
	}
	return s[i], true
}

// changedIn are the meetings that are new or different in after, the new ones last.
func (s series) changedIn(after series) []Meeting {
	var changed []Meeting
	for _, p := range after {
		was, ok := s.find(p.ID)
		was.Sequence, was.Changed = p.Sequence, p.Changed
		if !ok || !reflect.DeepEqual(was, p) {
			changed = append(changed, p)
		}
	}
	return changed
}

// with is the series with the meeting in the place of the one of the same id, or
// added.
func (s series) with(m Meeting) series {
	out := slices.Clone(s)
	if i := slices.IndexFunc(out, func(p Meeting) bool { return p.ID == m.ID }); i >= 0 {
		out[i] = m
		return out
	}
	return append(out, m)
}

// hasBetween reports whether the meeting has a gathering in [from, to).
func (s series) hasBetween(id string, from, to time.Time) bool {
	return slices.ContainsFunc(s.between(from, to), func(g Gathering) bool { return g.ID == id })
}

// bounded refuses a series of too many parts.
func (s series) bounded() (series, error) {
	if len(s) > maxParts {
		return nil, chat.Refuse(chat.Busy, "meeting.too_many_parts")
	}
	return s, nil
}
