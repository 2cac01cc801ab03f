package ical

import (
	_ "embed"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"peerbot/chat"
	"peerbot/interop/tsml"
	"peerbot/spoken"
)

// windows are the names that Windows has for zones, with the zone of the greatest
// place in each, from the windowsZones of https://cldr.unicode.org.
//
//go:embed windows.txt
var windows string

var ofWindows = sync.OnceValue(func() map[string]string {
	out := map[string]string{}
	for row := range strings.Lines(windows) {
		name, zone, _ := strings.Cut(strings.TrimSpace(row), "\t")
		out[strings.ToLower(name)] = zone
	}
	return out
})

// clocks are the zones that a calendar may name.
type clocks struct {
	own   map[string]string // own are those that it describes itself, with the place they say they are of.
	usual string            // usual is where there is no name; "" refuses.
}

func clocksOf(cal *block, usual string) clocks {
	c := clocks{own: map[string]string{}, usual: usual}
	if zone, ok := c.find(cal.value("X-WR-TIMEZONE")); ok {
		c.usual = zone
	}
	for _, b := range cal.blocks {
		if place := b.value("X-LIC-LOCATION"); b.name == "VTIMEZONE" && place != "" {
			c.own[b.value("TZID")] = place
		}
	}
	return c
}

// find is the zone that a name means: its own, that of Windows, or the end of a longer
// name as some programs write it.
func (c clocks) find(name string) (string, bool) {
	for _, try := range []string{name, ofWindows()[strings.ToLower(name)], c.own[name], ends(name, 2), ends(name, 3)} {
		if _, err := tsml.LoadZone(try); err == nil {
			return try, true
		}
	}
	return "", false
}

// ends are the last n parts of a name such as /example.org/America/New_York.
func ends(name string, n int) string {
	parts := strings.Split(name, "/")
	return strings.Join(parts[max(0, len(parts)-n):], "/")
}

// stamp is a time as it is written.
type stamp struct {
	date   spoken.Date
	clock  spoken.Clock
	zone   string
	allDay bool
}

func (s stamp) at() time.Time {
	zone, err := spoken.LoadZone(s.zone)
	if err != nil {
		zone = time.UTC // It was found before.
	}
	return spoken.Resolve(s.date, s.clock, zone)
}

// stamps reads the times of a property, which may be several.
func (c clocks) stamps(l line) (out []stamp, err error) {
	if l.params["VALUE"] == "PERIOD" {
		return nil, refuse("interop.row.bad_time", "time", l.value)
	}
	for value := range strings.SplitSeq(l.value, ",") {
		s, err := c.stamp(strings.TrimSpace(value), l.params["TZID"])
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

var written = regexp.MustCompile(`^([0-9]{4})([0-9]{2})([0-9]{2})(?:T([0-9]{2})([0-9]{2})00(Z)?)?$`)

// stamp reads 20260302T200000, with Z for UTC, or 20260302 for a whole day.
func (c clocks) stamp(value, tzid string) (s stamp, err error) {
	m := written.FindStringSubmatch(value)
	if m == nil {
		return s, refuse("interop.row.bad_time", "time", value)
	}
	n := func(i int) int { v, _ := strconv.Atoi(m[i]); return v }
	s.date = spoken.Date{Year: n(1), Month: time.Month(n(2)), Day: n(3)}
	s.clock, s.allDay = spoken.Clock(n(4)*60+n(5)), m[4] == ""
	if !s.date.Valid() || n(4) > 23 || n(5) > 59 {
		return s, refuse("interop.row.bad_time", "time", value)
	}
	s.zone, err = c.zone(m[6] != "", tzid)
	return s, err
}

func (c clocks) zone(utc bool, tzid string) (string, error) {
	switch {
	case utc:
		return "UTC", nil
	case tzid == "" && c.usual == "":
		return "", chat.Refuse(chat.Missing, "interop.row.no_zone")
	case tzid == "":
		return c.usual, nil
	}
	zone, ok := c.find(tzid)
	if !ok {
		return "", refuse("interop.row.bad_zone", "zone", tzid)
	}
	return zone, nil
}

var lasting = regexp.MustCompile(`^\+?P(?:([0-9]{1,3})W)?(?:([0-9]{1,3})D)?(?:T(?:([0-9]{1,4})H)?(?:([0-9]{1,5})M)?(?:([0-9]{1,6})S)?)?$`)

// length reads a duration such as PT1H30M; false for none.
func length(value string) (d time.Duration, ok bool) {
	m := lasting.FindStringSubmatch(strings.ToUpper(value))
	if m == nil {
		return 0, false
	}
	for i, unit := range []time.Duration{7 * 24 * time.Hour, 24 * time.Hour, time.Hour, time.Minute, time.Second} {
		n, _ := strconv.Atoi(m[i+1]) // "" is none.
		d += time.Duration(n) * unit
	}
	return d, d > 0
}

// refuse is a refusal with as much of what was written as a sentence can hold.
func refuse(id, name, said string) *chat.Refusal {
	said, _ = chat.Cut(chat.Line(said), 40)
	return chat.Refuse(chat.Invalid, id, chat.Text(name, said))
}
