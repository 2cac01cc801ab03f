package meeting

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf16"

	"peerbot/chat"
	"peerbot/schedule"
	"peerbot/storage"
)

// What of a community stands in a list of events.
const (
	maxMirrored = 50               // maxMirrored is how many events there are at most,
	datesEach   = 3                // datesEach how many single dates of one meeting,
	certain     = 5 * 366 * day    // certain how far ahead one that comes again has to be right,
	lookAhead   = 5 * 7 * day      // lookAhead how far ahead dates are looked for,
	maxLooked   = 40 * maxMirrored // maxLooked how many of them at most,
	tooSoon     = 2 * time.Minute  // tooSoon how shortly before its start no event is made any more,
	lookAgain   = 6 * time.Hour    // lookAgain after what time it is looked in any case,
	checkAgain  = 24 * time.Hour   // and checkAgain after what time the platform is asked.
)

// wish is an event that is to stand in a list.
type wish struct {
	chat.Event
	key      string    // key says what it is for: a meeting that comes again, or one of its dates.
	sequence int       // sequence is the meeting's.
	on       time.Time // on is the date before Start of what comes again, which is on or about to be; zero for none.
}

// mark differs whenever what is to be seen differs. What comes again is the same after
// each time.
func (w wish) mark() string {
	if w.Again == chat.Once {
		return fmt.Sprint(w.key, "|", w.Name, "|", w.Where, "|", w.Start.Unix(), "|", w.End.Unix())
	}
	return fmt.Sprint(w.key, "|", w.Name, "|", w.Where, "|", w.Again, "|", w.sequence)
}

// onShow are what is to stand in a list of events, the soonest first, and when that has
// to be looked at again.
func (m *Meetings) onShow(r storage.Reader, v Mirror, put func(chat.Rich) string, now time.Time) (out []wish, next time.Time, err error) {
	next = now.Add(lookAgain)
	if v.Ending {
		return nil, next, nil
	}
	for _, ahead := range []time.Duration{day, 7 * day, lookAhead} {
		found, _, err := m.Look(r, v.Home, Look{From: now, To: now.Add(ahead), Most: maxLooked})
		if err != nil {
			return nil, next, err
		}
		if out = wishesFor(found, v.Titles, put, now); len(out) == maxMirrored || len(found) == maxLooked {
			break
		}
	}
	for _, w := range out {
		next = earliest(next, w.End)
	}
	return out, next, nil
}

// wishesFor are the events for gatherings, which come in order.
func wishesFor(found []Gathering, titles bool, put func(chat.Rich) string, now time.Time) (out []wish) {
	again, times := map[string]chat.Again{}, map[string]int{}
	for _, g := range found {
		if times[g.ID] == 0 {
			again[g.ID] = againOf(g.Rule, now.Add(tooSoon))
		}
		if times[g.ID] == datesEach || times[g.ID] > 0 && again[g.ID] != chat.Once {
			continue
		}
		if times[g.ID]++; len(out) < maxMirrored {
			out = append(out, g.wish(again[g.ID], titles, put, now))
		}
	}
	return out
}

// wish is the event for a gathering, or for its meeting where that comes again.
func (g Gathering) wish(again chat.Again, titles bool, put func(chat.Rich) string, now time.Time) wish {
	w := wish{key: g.Ref() + "|" + g.ID, sequence: g.Sequence}
	w.Name, w.Where = oneLine(put(g.mirrorName(titles))), oneLine(put(g.mirrorWhere(titles)))
	w.Start, w.End, w.Again = g.Start.UTC(), g.End.UTC(), again
	if again == chat.Once {
		return w
	}
	w.key = g.ID
	first, _ := g.Rule.Next(now.Add(tooSoon))
	if g.Start.Before(first.Start) {
		w.on = g.Start
	}
	w.Start, w.End = first.Start.UTC(), first.End.UTC()
	return w
}

// mirrorName is how everybody in a space may read of the meeting.
func (v Meeting) mirrorName(titles bool) chat.Rich {
	switch {
	case titles:
		return chat.Words(v.Title)
	case v.ShortName != "":
		return chat.Words(v.ShortName)
	}
	return chat.Say("mirror.name")
}

// mirrorWhere is the house, which stands on a public page too, else where the way in is
// told.
func (v Meeting) mirrorWhere(titles bool) chat.Rich {
	house := slices.DeleteFunc([]string{v.Place.Venue, v.Place.Address}, func(s string) bool { return s == "" })
	if titles && len(house) > 0 {
		return chat.Words(strings.Join(house, ", "))
	}
	return chat.Say("mirror.where")
}

// oneLine is the text as a line of an event.
func oneLine(text string) string {
	text = cmp.Or(chat.Line(text), "–")
	for n := chat.MaxEventText; len(utf16.Encode([]rune(text))) > chat.MaxEventText; n-- {
		text, _ = chat.Cut(text, n)
	}
	return text
}

// againOf is how the rule comes again from then on, by clocks that know neither zones nor
// exceptions: in a way that gives its very dates for years. It is chat.Once where there is
// no such way, because clocks change, a date is left out or moved, or the rule ends.
func againOf(r schedule.Rule, from time.Time) chat.Again {
	first, found := r.Next(from)
	left := slices.DeleteFunc(chat.Repeats(), func(a chat.Again) bool { return !found || !begins(a, first.Start.UTC()) })
	until, last := first.Start.Add(certain), schedule.Occurrence{}
	for o := range r.Between(first.Start, until) {
		left = slices.DeleteFunc(left, func(a chat.Again) bool {
			goesOn := last.Start.IsZero() || following(a, last.Start.UTC()).Equal(o.Start)
			return !goesOn || o.End.Sub(o.Start) != first.End.Sub(first.Start)
		})
		if last = o; len(left) == 0 {
			break
		}
	}
	left = slices.DeleteFunc(left, func(a chat.Again) bool { return following(a, last.Start.UTC()).Before(until) })
	return append(left, chat.Once)[0]
}

// begins reports whether something that comes again in that way can begin then. What a
// fifth weekday of the month or the 29th of February mean, not all programs agree on.
func begins(a chat.Again, t time.Time) bool {
	switch a {
	case chat.Monthly:
		return t.Day() <= 4*7
	case chat.Yearly:
		return t.Month() != time.February || t.Day() < 29
	case chat.Weekly, chat.EveryOtherWeek:
		return true
	}
	return slices.Contains(a.Days(), t.Weekday())
}

// following is the time after t, which is in UTC, of what comes again in that way.
func following(a chat.Again, t time.Time) time.Time {
	switch a {
	case chat.Weekly:
		return t.AddDate(0, 0, 7)
	case chat.EveryOtherWeek:
		return t.AddDate(0, 0, 14)
	case chat.Monthly:
		next := t.AddDate(0, 0, 4*7)
		if (next.Day()-1)/7 != (t.Day()-1)/7 {
			next = next.AddDate(0, 0, 7)
		}
		return next
	case chat.Yearly:
		return t.AddDate(1, 0, 0)
	}
	next := t.AddDate(0, 0, 1)
	for !slices.Contains(a.Days(), next.Weekday()) {
		next = next.AddDate(0, 0, 1)
	}
	return next
}
