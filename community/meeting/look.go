package meeting

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"
	"time"

	"peerbot/storage"
)

// small is how far clocks of those who ask at once may be apart.
const small = time.Minute

// advance brings the order to now: what is over gives way to the next date.
func (l *roll) advance(now time.Time) {
	if !l.at.IsZero() && !now.After(l.at) && now.After(l.at.Add(-small)) {
		return
	}
	var kept, later []sitting
	due := l.slots
	if anew := l.at.IsZero() || now.Before(l.at); !anew {
		kept, due = l.past(now)
	}
	for _, e := range due {
		if e == nil {
			continue
		}
		if s, ok := e.seek(now); ok {
			later = append(later, s)
		}
	}
	l.at = now
	l.order = ordered(kept, later, l.inTime)
}

// past splits the order into what is not over at now, and the series of the rest.
func (l *roll) past(now time.Time) (kept []sitting, over []*entry) {
	started := sort.Search(len(l.order), func(i int) bool { return l.order[i].start > now.Unix() })
	kept = l.order[:0]
	for i, s := range l.order {
		if i >= started {
			if len(over) == 0 {
				return l.order, nil
			}
			return append(kept, l.order[i:]...), over
		}
		if s.end > now.Unix() {
			kept = append(kept, s)
		} else {
			over = append(over, l.slots[s.slot])
		}
	}
	return kept, over
}

// Look is what somebody looks for in a list: the next date of each series, or where To
// is set every date from From to To, and those that are still on at From.
type Look struct {
	From, To time.Time
	Filter   Filter
	Most     int // Most is how many are given; 0 is all.
}

// Look are the gatherings of a community that somebody looks for, in order, and how many
// there are beyond those that are given.
func (m *Meetings) Look(r storage.Reader, home string, k Look) (found []Gathering, more int, err error) {
	err = m.onRoll(r, home, func(l *roll) error {
		pick := l.picker(k.Filter)
		add := func(s sitting) {
			switch {
			case !pick(s):
			case k.Most > 0 && len(found) == k.Most:
				more++
			default:
				found = append(found, l.gathering(s))
			}
		}
		if !k.To.IsZero() {
			return l.between(k.From, k.To, add)
		}
		l.advance(k.From)
		for _, s := range l.order {
			add(s)
		}
		return nil
	})
	if errors.Is(err, errCold) {
		m.rolls.want(home)
	}
	return found, more, err
}

// between gives every date that begins in [from, to), and those still on at from.
func (l *roll) between(from, to time.Time, add func(sitting)) error {
	first, last := number(from.Add(-day)), number(to)
	if err := l.prepare(first, last); err != nil {
		return err
	}
	for n := first; n <= last; n++ {
		for _, s := range l.days[n] {
			if s.end > from.Unix() && s.start < to.Unix() {
				add(s)
			}
		}
	}
	return nil
}

// number is the day of UTC, counted from 1970.
func number(t time.Time) int64 { return t.Unix() / int64(day/time.Second) }

// prepare works out the days that nobody has looked at yet, and forgets those that are
// over.
func (l *roll) prepare(first, last int64) error {
	for n := range l.days {
		if n < first-1 {
			delete(l.days, n)
		}
	}
	for n := first; n <= last; n++ {
		if _, known := l.days[n]; known {
			continue
		}
		if l.brief && len(l.series) > briefest {
			return errCold
		}
		end := n + 1
		for _, known := l.days[end]; !known && end <= last; _, known = l.days[end] {
			end++
		}
		l.workOut(n, end)
	}
	return nil
}

// workOut works out the days in [from, to).
func (l *roll) workOut(from, to int64) {
	for n := from; n < to; n++ {
		l.days[n] = []sitting{}
	}
	for _, s := range sittings(slices.Collect(maps.Values(l.series)), from, to) {
		n := s.start / int64(day/time.Second)
		l.days[n] = append(l.days[n], s)
	}
	for n := from; n < to; n++ {
		slices.SortFunc(l.days[n], l.inTime)
	}
}

// picker is Picks for what is on a roll.
func (l *roll) picker(f Filter) func(sitting) bool {
	words := strings.Fields(fold(f.Words))
	var all []set
	if f.Language != "" {
		all = append(all, l.text.exactly(spokenIn(f.Language), len(l.slots)))
	}
	if f.Programme != "" {
		all = append(all, l.text.exactly(ofProgramme(f.Programme), len(l.slots)))
	}
	if f.Held != "" {
		all = append(all, l.text.exactly(heldThere(f.Held), len(l.slots)))
	}
	times := make([]hours, len(all), len(all)+len(words))
	for _, w := range words {
		all, times = append(all, l.text.beginning(w, len(l.slots))), append(times, hoursNamed(w))
	}
	return func(s sitting) bool {
		for i, in := range all {
			if !in.has(s.slot) && (times[i].none() || !times[i].hold(l.begins(f, s))) {
				return false
			}
		}
		return len(all) == 0 || !l.several[s.slot] || f.Picks(l.gathering(s)) // Its other parts may say other things.
	}
}

// begins is when the date begins, on the clock that counts.
func (l *roll) begins(f Filter, s sitting) time.Time {
	return time.Unix(s.start, 0).In(f.clock(&l.slots[s.slot].parts[s.part]))
}

// named gives the next date of each series whose title, or neutral name, is what was
// typed; else of those with every word of it, begun or whole. There are at most most,
// and total counts them all.
func (l *roll) named(typed string, now time.Time, most int) (found []Gathering, total int) {
	l.advance(now)
	title := begun(typed)
	if found, total = l.among([]set{l.titles.exactly(title, len(l.slots))}, most, func(p Meeting) bool {
		return begun(p.Title) == title || begun(p.ShortName) == title
	}); total > 0 && strings.TrimSpace(title) != "" {
		return found, total
	}
	var in []set
	words := strings.Fields(title)
	for _, w := range words {
		in = append(in, l.names.beginning(w, len(l.slots)))
	}
	return l.among(in, most, func(p Meeting) bool {
		return containsAll(strings.Fields(fold(p.Title+" "+p.ShortName)), words)
	})
}

// among are the next dates of the series that are in every set. Of a series of several
// parts the next date has to be one that fits.
func (l *roll) among(in []set, most int, fits func(Meeting) bool) (found []Gathering, total int) {
	for _, s := range l.order {
		if slices.ContainsFunc(in, func(one set) bool { return !one.has(s.slot) }) {
			continue
		}
		if l.several[s.slot] && !fits(l.slots[s.slot].parts[s.part]) {
			continue
		}
		if total++; len(found) < most {
			found = append(found, l.gathering(s))
		}
	}
	return found, total
}

// want asks Warm for a community. It does not wait.
func (l *rolls) want(home string) {
	select {
	case l.wanted <- home:
	default:
	}
}

// Warm reads into memory the meetings of the communities for which the agenda had to be
// put off, until ctx ends; now is the
// clock. Without it a list that stands in the room of a large
// community waits for the first person who looks for a meeting.
func (m *Meetings) Warm(ctx context.Context, store storage.Store, now func() time.Time) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case home := <-m.rolls.wanted:
			err := store.View(ctx, func(r storage.Reader) error {
				_, _, err := m.Look(r, home, Look{From: now(), To: now().Add(warmed), Most: 1})
				return err
			})
			if err != nil && ctx.Err() == nil {
				return fmt.Errorf("warm: %w", err)
			}
		}
	}
}

// warmed is how far ahead Warm works the dates out.
const warmed = 8 * 24 * time.Hour
