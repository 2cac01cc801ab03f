package member

import (
	"time"

	"peerbot/spoken"
)

// Quiet are the hours in which nothing unasked makes a sound. From equal to To is none.
type Quiet struct {
	From spoken.Clock `json:"from"`
	To   spoken.Clock `json:"to"`
}

// None reports whether there are no quiet hours at all.
func (q Quiet) None() bool { return q.From == q.To }

// Holds reports whether the hours hold at t in zone and, if so, when they end. They
// begin and end on the wall: a night in which the clocks change is longer or shorter.
func (q Quiet) Holds(t time.Time, zone *time.Location) (bool, time.Time) {
	today := spoken.DateOf(t.In(zone))
	for day := -2; day <= 1; day++ {
		begin, end := q.night(today.AddDays(day), zone)
		if !t.Before(begin) && t.Before(end) {
			return true, end
		}
	}
	return false, time.Time{}
}

// Next is when the hours next begin at or after t; false when there are none.
func (q Quiet) Next(t time.Time, zone *time.Location) (time.Time, bool) {
	if q.None() {
		return time.Time{}, false
	}
	today := spoken.DateOf(t.In(zone))
	for day := -1; ; day++ {
		begin, end := q.night(today.AddDays(day), zone)
		if !begin.Before(t) && begin.Before(end) {
			return begin, true
		}
	}
}

// night is when the hours that begin on the date begin and end. They are empty
// where there are none, and where a gap of the clocks swallows them.
func (q Quiet) night(d spoken.Date, zone *time.Location) (begin, end time.Time) {
	last := d
	if q.To < q.From {
		last = d.AddDays(1)
	}
	return spoken.Resolve(d, q.From, zone), spoken.Resolve(last, q.To, zone)
}
