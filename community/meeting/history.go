package meeting

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"time"

	"peerbot/chat"
	"peerbot/schedule"
	"peerbot/spoken"
	"peerbot/storage"
)

// undoable is how long a change is kept whole, and remembered how long what it did is
// told in the history.
const (
	undoable   = 24 * time.Hour
	remembered = 180 * 24 * time.Hour
)

// Past is one change of a series, as its organisers read it. Who made it stands in the
// record of what organisers do, and not here.
type Past struct {
	At  time.Time
	Did []chat.Rich
}

// History are the changes of a series in the last half year, the newest first, at
// most n.
func (m *Meetings) History(r storage.Reader, id string, n int) ([]Past, error) {
	var out []Past
	for row, err := range m.changes.By(r, "series", id, "") {
		if errors.Is(err, storage.ErrErased) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("history of %s: %w", id, err)
		}
		if len(row.Value.Did) > 0 {
			out = append(out, Past{At: row.Value.At, Did: row.Value.Did})
		}
	}
	slices.SortFunc(out, func(a, b Past) int { return b.At.Compare(a.At) })
	return out[:min(len(out), n)], nil
}

// lapse keeps of a change that can no longer be undone what it did, and forgets that
// too when its time is over.
func (m *Meetings) lapse(tx storage.Tx, now time.Time, it schedule.Item) error {
	row, err := m.changes.Get(tx, it.ID)
	if lost(err) {
		return m.changes.Delete(tx, it.ID)
	}
	if err != nil {
		return fmt.Errorf("change: %w", err)
	}
	c := row.Value
	if !now.Before(c.At.Add(remembered)) {
		return m.changes.Delete(tx, it.ID)
	}
	c.Was, c.Now, c.News = nil, nil, nil
	if err := m.changes.Put(tx, it.ID, c); err != nil {
		return fmt.Errorf("change: %w", err)
	}
	it.At = c.At.Add(remembered)
	return m.agenda.Put(tx, it)
}

// didOf says what a change of a series did, a sentence each.
func didOf(before, after series) (did []chat.Rich) {
	if len(before) == 0 {
		return []chat.Rich{chat.Say("meeting.did.added", chat.With("rule", RuleWords(after[0].Rule)))}
	}
	for _, p := range before.changedIn(after) {
		was, ok := before.find(p.ID)
		switch {
		case !ok && !p.Instead.IsZero():
			did = append(did, chat.Say("meeting.did.own_date", chat.With("date", dateWords(p.Instead))))
		case !ok:
			did = append(did, chat.Say("meeting.did.from_date", chat.With("date", dateWords(p.Rule.First)), chat.With("rule", RuleWords(p.Rule))))
		case p.Cancelled != was.Cancelled:
			did = append(did, cancelledWords(p))
		default:
			did = append(did, append(didDates(was, p, after), didDetails(was, p)...)...)
		}
	}
	return did
}

func cancelledWords(p Meeting) chat.Rich {
	id := "meeting.did.restored"
	if p.Cancelled {
		id = "meeting.did.cancelled"
	}
	return chat.Say(id, chat.With("rule", RuleWords(p.Rule)))
}

// didDates say what became of single dates, and of the rule.
func didDates(was, is Meeting, after series) (did []chat.Rich) {
	stands := func(d spoken.Date) bool {
		return slices.ContainsFunc(after, func(p Meeting) bool { return p.Instead == d && !p.Cancelled })
	}
	out := slices.DeleteFunc(lacking(is.Rule.Excluded, was.Rule.Excluded), stands)
	did = append(did, didEach("meeting.did.dates_out", "meeting.did.many_out", out)...)
	did = append(did, didEach("meeting.did.dates_back", "meeting.did.many_back", lacking(was.Rule.Excluded, is.Rule.Excluded))...)
	for _, m := range is.Rule.Moved {
		if slices.Contains(was.Rule.Moved, m) {
			continue
		}
		if o, ok := is.Rule.On(m.Date); ok {
			did = append(did, chat.Say("meeting.did.moved", chat.With("date", dateWords(m.Date)), chat.At("is", o.Start, chat.Moment)))
		}
	}
	did = append(did, didEach("meeting.did.moved_back", "meeting.did.many_moved_back", unmoved(was.Rule, is.Rule))...)
	if plain(was.Rule) != plain(is.Rule) || !slices.Equal(was.Rule.Days, is.Rule.Days) {
		did = append(did, chat.Say("meeting.did.rule", chat.With("was", RuleWords(was.Rule)), chat.With("is", RuleWords(is.Rule))))
	}
	return did
}

// unmoved are the dates that were at another time, and are where the rule has them again.
func unmoved(was, is schedule.Rule) (out []spoken.Date) {
	for _, m := range was.Moved {
		back := !slices.ContainsFunc(is.Moved, func(o schedule.Override) bool { return o.Date == m.Date })
		if _, on := is.On(m.Date); back && on {
			out = append(out, m.Date)
		}
	}
	return out
}

// maxDates is how many dates a sentence of the history names one by one.
const maxDates = 5

// didEach names a few dates, or the first and the last of many.
func didEach(few, many string, dates []spoken.Date) []chat.Rich {
	if len(dates) == 0 {
		return nil
	}
	if len(dates) > maxDates {
		return []chat.Rich{chat.Say(many, chat.Count("dates", len(dates)),
			chat.With("first", dateWords(dates[0])), chat.With("last", dateWords(dates[len(dates)-1])))}
	}
	var items []chat.Rich
	for _, d := range dates {
		items = append(items, dateWords(d))
	}
	return []chat.Rich{chat.Say(few, chat.With("dates", chat.Rich{chat.And{Items: items}}))}
}

// lacking are the dates of a that b has not.
func lacking(a, b []spoken.Date) []spoken.Date {
	return slices.DeleteFunc(slices.Clone(a), func(d spoken.Date) bool { return slices.Contains(b, d) })
}

// ruled is what of a rule can be compared as a whole.
type ruled struct {
	unit            spoken.Unit
	every, monthDay int
	first, until    spoken.Date
	at              spoken.Clock
	zone            string
	length          time.Duration
	count           int
}

func plain(r schedule.Rule) ruled {
	return ruled{r.Unit, r.Every, r.MonthDay, r.First, r.Until, r.At, r.Zone, r.Length, r.Count}
}

// didDetails name what else is different. What it was or is may be a passcode, and is
// not repeated.
func didDetails(was, is Meeting) []chat.Rich {
	var names []chat.Rich
	for _, d := range []struct {
		option  string
		was, is any
	}{
		{"title", was.Title, is.Title}, {"short_name", was.ShortName, is.ShortName}, {"kind", was.Kind, is.Kind},
		{"link", was.Place.Link, is.Place.Link}, {"number", was.Place.Number, is.Place.Number},
		{"passcode", was.Place.Passcode, is.Place.Passcode}, {"phone", was.Place.Phone, is.Place.Phone},
		{"address", was.Place.Address, is.Place.Address}, {"place", was.Place.Voice, is.Place.Voice},
		{"room", was.Room, is.Room}, {"remind", was.Leads, is.Leads}, {"notes", was.Notes, is.Notes},
		{"programme", was.Facts.Programme, is.Facts.Programme}, {"open", was.Facts.Doors, is.Facts.Doors},
		{"language", was.Facts.Language, is.Facts.Language}, {"audience", was.Facts.Audience, is.Facts.Audience},
		{"access", was.Facts.Access, is.Facts.Access}, {"beginners", was.Facts.Beginners, is.Facts.Beginners},
		{"expect", was.Facts.Expect, is.Facts.Expect}, {"minors", was.Facts.Minors, is.Facts.Minors},
		{"capacity", was.Facts.Capacity, is.Facts.Capacity}, {"doors", was.OpenBefore(), is.OpenBefore()},
	} {
		if !reflect.DeepEqual(d.was, d.is) {
			names = append(names, chat.Say("opt."+d.option+".label"))
		}
	}
	if len(names) == 0 {
		return nil
	}
	return []chat.Rich{chat.Say("meeting.did.changed", chat.With("what", chat.Rich{chat.And{Items: names}}))}
}
