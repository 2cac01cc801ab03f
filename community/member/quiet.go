package member

import (
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"
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
	for day := -2; day <= 0; day++ {
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
	for day := -2; ; day++ {
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

// String is the hours as "22:00-07:00", and "off" for none.
func (q Quiet) String() string {
	if q.None() {
		return "off"
	}
	return q.From.String() + "-" + q.To.String()
}

// ErrUnclear is what ReadQuiet answers to words that are not hours, or that could be
// morning and evening alike.
var ErrUnclear = errors.New("unclear hours")

var (
	hours = regexp.MustCompile(`^(?:from |de )?(?:las )?(\d{1,2})(?::(\d{2}))? ?(am|pm)? ?(?:-|–|to|until|a|hasta)(?: las)? ?(\d{1,2})(?::(\d{2}))? ?(am|pm)?$`)
	none  = []string{"off", "none", "no", "nunca", "ninguna"}
)

// ReadQuiet reads "22:00-07:00", "22 to 7", "10pm-7am", "de las 22 a las 7" and
// "off". What it cannot read without a guess is ErrUnclear: "10 to 7" has no evening
// in it.
func ReadQuiet(text string) (Quiet, error) {
	text = strings.Join(strings.Fields(strings.ToLower(text)), " ")
	if slices.Contains(none, text) {
		return Quiet{}, nil
	}
	m := hours.FindStringSubmatch(text)
	if m == nil {
		return Quiet{}, ErrUnclear
	}
	from, sure := clock(m[1], m[2], m[3])
	to, surer := clock(m[4], m[5], m[6])
	if !from.Valid() || !to.Valid() || from == to || !sure && !surer {
		return Quiet{}, ErrUnclear
	}
	return Quiet{From: from, To: to}, nil
}

// clock reads one time of day; it is not Valid where there is no such time. sure
// reports that it is on the 24-hour clock, or says which half of the day.
func clock(hour, minute, half string) (c spoken.Clock, sure bool) {
	h, _ := strconv.Atoi(hour) // The expression lets digits through alone.
	m, _ := strconv.Atoi(minute)
	sure = minute != "" || half != "" || h == 0 || h > 12
	if m > 59 || h > 23 || half != "" && (h == 0 || h > 12) {
		return -1, sure
	}
	if half != "" {
		h %= 12
	}
	if half == "pm" {
		h += 12
	}
	return spoken.Clock(h*60 + m), sure
}
