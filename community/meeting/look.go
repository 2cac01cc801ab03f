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
	if l.at.IsZero() || now.Before(l.at.Add(-small)) {
		l.order = l.order[:0]
		for _, e := range l.series {
			if e.seek(now); e.coming {
				l.order = append(l.order, e)
			}
		}
		slices.SortFunc(l.order, byNext)
		l.at = now
		return
	}
	if !now.After(l.at) {
		return
	}
	var later []*entry
	started := sort.Search(len(l.order), func(i int) bool { return l.order[i].next.Start.After(now) })
	kept := make([]*entry, 0, len(l.order))
	for _, e := range l.order[:started] {
		if e.next.End.After(now) {
			kept = append(kept, e)
		} else if e.seek(now); e.coming {
			later = append(later, e)
		}
	}
	l.at = now
	if len(later) == 0 && len(kept) == started {
		return
	}
	l.order = ordered(append(kept, l.order[started:]...), later, byNext)
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
	pick := k.Filter.picker()
	add := func(s sitting) {
		if !pick(s) {
			return
		}
		if k.Most > 0 && len(found) == k.Most {
			more++
			return
		}
		found = append(found, s.gathering())
	}
	defer func() {
		if errors.Is(err, errCold) {
			m.rolls.want(home)
		}
	}()
	err = m.onRoll(r, home, func(l *roll) error {
		if !k.To.IsZero() {
			return l.between(k.From, k.To, add)
		}
		l.advance(k.From)
		for _, e := range l.order {
			add(e.sitting())
		}
		return nil
	})
	return found, more, err
}

// between gives every date that begins in [from, to), and those still on at from.
func (l *roll) between(from, to time.Time, add func(sitting)) error {
	first := number(from.Add(-day))
	for n := range l.days {
		if n < first-1 {
			delete(l.days, n)
		}
	}
	for n := first; n <= number(to); n++ {
		all, err := l.dayOf(n)
		if err != nil {
			return err
		}
		for _, s := range all {
			if s.End.After(from) && s.Start.Before(to) {
				add(s)
			}
		}
	}
	return nil
}

// number is the day of UTC, counted from 1970.
func number(t time.Time) int64 { return t.Unix() / int64(day/time.Second) }

// dayOf are the dates of a day, worked out at the first look.
func (l *roll) dayOf(n int64) ([]sitting, error) {
	all, known := l.days[n]
	if !known {
		if l.brief && len(l.series) > briefest {
			return nil, errCold
		}
		all = sittings(slices.Collect(maps.Values(l.series)), n)
		slices.SortFunc(all, bySitting)
		l.days[n] = all
	}
	return all, nil
}

// picker is Picks for what is on a roll.
func (f Filter) picker() func(sitting) bool {
	words := strings.Fields(fold(f.Words))
	return func(s sitting) bool {
		p := &s.entry.parts[s.part]
		if f.Language != "" && f.Language != p.Facts.Language || f.Programme != "" && f.Programme != p.Facts.Programme {
			return false
		}
		for _, w := range words {
			if !strings.Contains(s.entry.texts[s.part], " "+w) && !(namesPart(w) && f.atHour(s, w)) {
				return false
			}
		}
		return true
	}
}

// namesPart reports whether the word may mean a part of the day.
func namesPart(word string) bool {
	for _, p := range partsOfDay {
		if containsAll(p.names, []string{word}) {
			return true
		}
	}
	return false
}

// atHour reports whether the date begins in the part of the day that the word means.
func (f Filter) atHour(s sitting, word string) bool {
	return containsAll(f.partOfDay(Gathering{Meeting: Meeting{Rule: s.entry.parts[s.part].Rule}, Occurrence: s.Occurrence}), []string{word})
}

// named gives the next date of each series whose title, or neutral name, is what was
// typed; else of those with every word of it, begun or whole. There are at most most,
// and total counts them all.
func (l *roll) named(typed string, now time.Time, most int) (found []Gathering, total int) {
	l.advance(now)
	words := strings.Fields(fold(typed))
	var some []*entry
	for _, e := range l.order {
		if hasAll(e.names[e.part], words) {
			some = append(some, e)
		}
	}
	if exact := exactly(some, typed); len(exact) > 0 {
		some = exact
	}
	for _, e := range some[:min(len(some), most)] {
		found = append(found, e.sitting().gathering())
	}
	return found, len(some)
}

func hasAll(text string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(text, " "+w) {
			return false
		}
	}
	return true
}

// exactly are those that are called what was typed.
func exactly(some []*entry, typed string) (out []*entry) {
	if typed = fold(typed); typed == "" {
		return nil
	}
	for _, e := range some {
		p := &e.parts[e.part]
		if len(p.Title)+len(p.ShortName) >= len(typed) && (fold(p.Title) == typed || fold(p.ShortName) == typed) {
			out = append(out, e)
		}
	}
	return out
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
