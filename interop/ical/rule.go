package ical

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	"peerbot/schedule"
	"peerbot/spoken"
)

// weekdays are the days as RFC 5545 names them.
var weekdays = [...]string{"SU", "MO", "TU", "WE", "TH", "FR", "SA"}

// recurrence is the rule as an RRULE; "" for a single date.
func recurrence(r schedule.Rule, zone *time.Location) string {
	var parts []string
	switch r.Unit {
	case spoken.Weekly:
		parts = append(parts, "FREQ=WEEKLY")
	case spoken.Monthly:
		parts = append(parts, "FREQ=MONTHLY")
	default:
		return ""
	}
	if r.Every > 1 {
		parts = append(parts, "INTERVAL="+strconv.Itoa(r.Every))
	}
	if r.MonthDay != 0 {
		parts = append(parts, "BYMONTHDAY="+strconv.Itoa(r.MonthDay))
	} else {
		parts = append(parts, "BYDAY="+byDay(r.Days))
	}
	if !r.Until.IsZero() {
		end := spoken.Resolve(r.Until.AddDays(1), 0, zone).Add(-time.Second)
		parts = append(parts, "UNTIL="+utc(end))
	}
	if r.Count > 0 {
		parts = append(parts, "COUNT="+strconv.Itoa(r.Count))
	}
	if r.Unit == spoken.Weekly {
		parts = append(parts, "WKST=MO")
	}
	return strings.Join(parts, ";")
}

func byDay(days []spoken.Day) string {
	var out []string
	for _, d := range days {
		nth := ""
		if d.Nth != 0 {
			nth = strconv.Itoa(d.Nth)
		}
		out = append(out, nth+weekdays[d.Weekday])
	}
	return strings.Join(out, ",")
}

// turn is a change of the clocks: at the instant, from one offset to another.
type turn struct {
	at       time.Time
	from, to int // from and to are seconds east of UTC.
	name     string
	summer   bool
}

// turns are the changes of a zone's clocks in [from, to).
func turns(zone *time.Location, from, to time.Time) (out []turn) {
	for t := from; t.Before(to); {
		_, end := t.In(zone).ZoneBounds()
		if end.IsZero() {
			return out
		}
		if !end.After(t) { // Where a zone's rules begin, at the turn of a year, bounds can be empty.
			t = t.Add(24 * time.Hour)
			continue
		}
		_, was := end.Add(-time.Second).In(zone).Zone()
		name, is := end.In(zone).Zone()
		if was != is && end.Before(to) {
			out = append(out, turn{end, was, is, name, end.In(zone).IsDST()})
		}
		t = end
	}
	return out
}

func (t turn) kind() string {
	if t.summer {
		return "DAYLIGHT"
	}
	return "STANDARD"
}

// same reports whether two turns are told together.
func (t turn) same(o turn) bool {
	return cmp.Or(cmp.Compare(t.from, o.from), cmp.Compare(t.to, o.to), cmp.Compare(t.name, o.name)) == 0 && t.summer == o.summer
}

// began is when the clocks changed, on the clocks as they were before.
func (t turn) began() string {
	return t.at.UTC().Add(time.Duration(t.from) * time.Second).Format("20060102T150405")
}

func offset(seconds int) string {
	sign := "+"
	if seconds < 0 {
		sign, seconds = "-", -seconds
	}
	text := fmt.Sprintf("%s%02d%02d", sign, seconds/3600, seconds/60%60)
	if seconds%60 != 0 {
		text += fmt.Sprintf("%02d", seconds%60)
	}
	return text
}
