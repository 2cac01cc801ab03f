package discordtest

import (
	"slices"
	"time"
)

// Frequencies of a recurrence.
const (
	yearly = iota
	monthly
	weekly
	daily
)

// knownSets are the days on which an event may be that happens on several.
var knownSets = [][]int{{0, 1, 2, 3, 4}, {1, 2, 3, 4, 5}, {6, 0, 1, 2, 3}, {4, 5}, {5, 6}, {6, 0}}

// checkEvent says what is wrong with an event. Those in a voice channel are not played.
func checkEvent(e *Event, now time.Time) faults {
	var f faults
	f.length("name of an event", e.Name, 1, maxEventText)
	f.length("location of an event", e.Place.Location, 1, maxEventText)
	f.length("description of an event", e.Description, 0, maxDescription)
	switch {
	case e.Privacy != 2:
		f.add("an event has privacy level %d", e.Privacy)
	case e.Kind != 3 || e.Channel != nil:
		f.add("an event of kind %d is in a channel", e.Kind)
	case !e.Start.After(now):
		f.add("an event begins in the past")
	case e.Start.After(now.Add(farthestEvent)):
		f.add("an event begins in more than five years")
	case !e.End.After(e.Start):
		f.add("an event ends before it begins, or has no end")
	}
	if e.Again != nil {
		checkRecurrence(&f, e)
	}
	return f
}

// checkRecurrence says where a recurrence is none of those that Discord can show: see
// "System limitations" under "Guild Scheduled Event Recurrence Rule Object".
func checkRecurrence(f *faults, e *Event) {
	r := e.Again
	if r.Count != nil || r.End != nil || r.YearDays != nil {
		f.add("a recurrence has count, end or by_year_day, which cannot be set")
	}
	days, nth, date := len(r.Weekdays) > 0, len(r.Nth) > 0, len(r.Months)+len(r.MonthDays) > 0
	if days && nth || days && date || nth && date {
		f.add("a recurrence has things that exclude each other")
	}
	if r.Interval != 1 && (r.Interval != 2 || r.Frequency != weekly) {
		f.add("a recurrence of frequency %d has interval %d", r.Frequency, r.Interval)
	}
	if !fitsFrequency(r) {
		f.add("a recurrence of frequency %d has other days than it may", r.Frequency)
		return
	}
	if !r.Start.Equal(e.Start) || !r.rule(e.Start).After(e.Start, true).Equal(e.Start) {
		f.add("an event does not begin on a date of its recurrence")
	}
}

func fitsFrequency(r *Recurrence) bool {
	switch r.Frequency {
	case daily:
		return slices.ContainsFunc(knownSets, func(set []int) bool { return slices.Equal(set, r.Weekdays) })
	case weekly:
		return len(r.Weekdays) == 1 && r.Weekdays[0] >= 0 && r.Weekdays[0] <= 6
	case monthly:
		return len(r.Nth) == 1 && r.Nth[0].N >= 1 && r.Nth[0].N <= 5 && r.Nth[0].Day >= 0 && r.Nth[0].Day <= 6
	case yearly:
		return len(r.Months) == 1 && len(r.MonthDays) == 1
	}
	return false
}
