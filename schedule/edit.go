package schedule

import (
	"slices"
	"time"

	"peerbot/spoken"
)

// Exclude takes out the occurrence of d.
func (r Rule) Exclude(d spoken.Date) Rule {
	out := r.Restore(d)
	out.Excluded = append(out.Excluded, d)
	slices.SortFunc(out.Excluded, spoken.Date.Compare)
	return out
}

// Restore undoes Exclude. An occurrence that had been moved is at its moved time again.
func (r Rule) Restore(d spoken.Date) Rule {
	r.Excluded = without(r.Excluded, func(e spoken.Date) bool { return e == d })
	return r
}

// MoveOne puts the occurrence of d at another time, and after an earlier move at
// this one instead. The time that the rule gives it anyway undoes the move.
func (r Rule) MoveOne(d, to spoken.Date, at spoken.Clock, length time.Duration) Rule {
	r.Moved = without(r.Moved, func(m Override) bool { return m.Date == d })
	if to == d && at == r.At && length == r.Length {
		return r
	}
	r.Moved = append(r.Moved, Override{Date: d, To: to, At: at, Length: length})
	slices.SortFunc(r.Moved, func(a, b Override) int { return a.Date.Compare(b.Date) })
	return r
}

// EndBefore ends the series so that d and what comes after it are no more: with
// StartFrom it is "from here on". Nothing may be left of it; Check says so.
func (r Rule) EndBefore(d spoken.Date) Rule {
	if last := d.AddDays(-1); r.Until.IsZero() || last.Before(r.Until) {
		r.Until = last
	}
	r.Excluded = without(r.Excluded, func(e spoken.Date) bool { return !e.Before(d) })
	r.Moved = without(r.Moved, func(m Override) bool { return !m.Date.Before(d) })
	return r
}

// StartFrom is the other half of EndBefore: the series from d on, which is one of its
// own dates, with as many left of Count as there were.
func (r Rule) StartFrom(d spoken.Date) Rule {
	if r.Count > 0 {
		for date := range r.dates(r.First) {
			if !date.Before(d) {
				break
			}
			r.Count--
		}
	}
	r.First = d
	r.Excluded = without(r.Excluded, func(e spoken.Date) bool { return e.Before(d) })
	r.Moved = without(r.Moved, func(m Override) bool { return m.Date.Before(d) })
	return r
}

// without is a copy of what does not match.
func without[T any](all []T, match func(T) bool) []T {
	return slices.DeleteFunc(slices.Clone(all), match)
}
