package spoken

import (
	"sort"
	"time"
)

// Resolve is the instant at which the clocks of loc show the date and the time. A
// time that exists twice, when clocks go back, is the first of the two; a time that
// does not exist, when they go forward, is the first instant after the gap. (The
// standard library leaves both open, and rrule libraries answer with a time before
// the gap.)
//
// It holds wherever clocks change at most once in two days, which is every zone
// since 1970; a test checks each of them.
func Resolve(d Date, c Clock, loc *time.Location) time.Time {
	const day = 24 * time.Hour
	wall := d.midnight().Add(time.Duration(c) * time.Minute)
	before, after := offset(wall.Add(-day), loc), offset(wall.Add(day), loc)
	if early := wall.Add(-before); offset(early, loc) == before {
		return early.In(loc)
	}
	late := wall.Add(-after)
	if offset(late, loc) == after {
		return late.In(loc)
	}
	gap := int((after - before) / time.Second)
	end := sort.Search(gap, func(s int) bool {
		return offset(late.Add(time.Duration(s)*time.Second), loc) == after
	})
	return late.Add(time.Duration(end) * time.Second).In(loc)
}

// offset is how far the clocks of loc are ahead of UTC at t.
func offset(t time.Time, loc *time.Location) time.Duration {
	_, seconds := t.In(loc).Zone()
	return time.Duration(seconds) * time.Second
}
