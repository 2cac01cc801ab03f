package schedule

import (
	"iter"
	"slices"
	"time"

	"peerbot/spoken"
)

// dates yields the rule's own dates from a day on, in order, the excluded and the
// moved ones too. It walks the calendar day by day and asks falls of each, which is
// quick enough for people's schedules and leaves nothing to get wrong.
func (r Rule) dates(from spoken.Date) iter.Seq[spoken.Date] {
	return func(yield func(spoken.Date) bool) {
		day, count := r.First, r.Count
		if r.Unit == spoken.Once {
			count = 1
		}
		if count == 0 && day.Before(from) {
			day = from // There is nothing to count from the beginning.
		}
		seen := 0
		for silent := 0; silent < horizon && !r.over(day); silent, day = silent+1, day.AddDays(1) {
			if !r.falls(day) {
				continue
			}
			if !day.Before(from) && !yield(day) {
				return
			}
			if seen++; seen == count {
				return
			}
			silent = 0
		}
	}
}

// has reports whether d is one of the rule's own dates.
func (r Rule) has(d spoken.Date) bool {
	if d.Before(r.First) || !r.falls(d) {
		return false
	}
	for next := range r.dates(d) {
		return next == d
	}
	return false
}

func (r Rule) over(d spoken.Date) bool { return !r.Until.IsZero() && r.Until.Before(d) }

// falls reports whether the rule would put an occurrence on d, which is not before
// First, if it had no end.
func (r Rule) falls(d spoken.Date) bool {
	switch r.Unit {
	case spoken.Once:
		return d == r.First
	case spoken.Weekly:
		return r.onDays(d) && weeks(r.First, d)%max(r.Every, 1) == 0
	case spoken.Monthly:
		return (r.onDays(d) || onMonthDay(d, r.MonthDay)) && months(r.First, d)%max(r.Every, 1) == 0
	default:
		return false
	}
}

func (r Rule) onDays(d spoken.Date) bool {
	weekday := d.Weekday()
	return slices.ContainsFunc(r.Days, func(on spoken.Day) bool {
		return on.Weekday == weekday && onNth(d, on.Nth)
	})
}

// onNth reports whether d is the nth of its weekday in the month; 0 is any.
func onNth(d spoken.Date, nth int) bool {
	switch nth {
	case 0:
		return true
	case -1:
		return d.AddDays(7).Month != d.Month
	default:
		return (d.Day-1)/7+1 == nth
	}
}

func onMonthDay(d spoken.Date, day int) bool {
	return d.Day == day || day == -1 && d.AddDays(1).Day == 1
}

// weeks counts the Mondays after first, up to d and including it.
func weeks(first, d spoken.Date) int {
	sinceMonday := (int(first.Weekday()) - int(time.Monday) + 7) % 7
	return (d.Sub(first) + sinceMonday) / 7
}

func months(first, d spoken.Date) int {
	return (d.Year-first.Year)*12 + int(d.Month) - int(first.Month)
}
