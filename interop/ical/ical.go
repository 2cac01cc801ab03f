// Package ical writes meetings as a calendar (RFC 5545): for a file on a button and
// for a feed that calendar programs fetch.
//
// It knows times and words and nothing else: no person, no link and no passcode goes
// into a calendar, which is often shared with a family or an employer. It keeps
// nothing and asks nobody.
package ical

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	ics "github.com/arran4/golang-ical"

	"peerbot/chat"
	"peerbot/schedule"
	"peerbot/spoken"
)

// Calendar is a named list of events.
type Calendar struct {
	Name   string
	Events []Event
}

// Event is one meeting with its rule.
type Event struct {
	ID          string    // ID never changes, whatever is changed about the meeting.
	Sequence    int       // Sequence grows with each change.
	Changed     time.Time // Changed is when that was last.
	Rule        schedule.Rule
	Summary     string
	Description string // Description may be empty, and so may Location.
	Location    string
}

// ahead is for how many years the rules of time zones are written out, and for how many
// a date is written out on which the rule's time does not exist.
const ahead = 20

// refresh is how often a calendar program may ask again. Many ask once a day whatever
// it says.
const refresh = "PT1H"

// Write writes the calendar: lines end in CRLF and are folded at 75 octets.
func Write(w io.Writer, c Calendar) error {
	cal := &ics.Calendar{}
	for _, p := range [][2]string{
		{"VERSION", "2.0"}, {"PRODID", "-//peerbot//peerbot//EN"}, {"CALSCALE", "GREGORIAN"},
		{"NAME", c.Name}, {"X-WR-CALNAME", c.Name}, {"X-PUBLISHED-TTL", refresh},
	} {
		cal.CalendarProperties = append(cal.CalendarProperties, ics.CalendarProperty{BaseProperty: property(p[0], chat.Line(p[1]))})
	}
	cal.CalendarProperties = append(cal.CalendarProperties,
		ics.CalendarProperty{BaseProperty: property("REFRESH-INTERVAL", refresh, "VALUE", "DURATION")})
	zones, err := zonesOf(c.Events)
	if err != nil {
		return err
	}
	zones.add(cal)
	for _, e := range c.Events {
		e.add(cal, zones[e.Rule.Zone])
	}
	return cal.SerializeTo(w, ics.WithNewLine("\r\n"))
}

// property is NAME;PARAM=VALUE:text.
func property(name, value string, params ...string) ics.BaseProperty {
	p := ics.BaseProperty{IANAToken: name, Value: value, ICalParameters: map[string][]string{}}
	for i := 0; i+1 < len(params); i += 2 {
		p.ICalParameters[params[i]] = []string{params[i+1]}
	}
	return p
}

// component is a part of the calendar with its properties in order.
type component struct{ ics.ComponentBase }

func (c *component) put(name, value string, params ...string) {
	c.Properties = append(c.Properties, ics.IANAProperty{BaseProperty: property(name, value, params...)})
}

// local writes a time as the clocks of the rule's zone show it.
func (c *component) local(name string, t time.Time, zone *time.Location) {
	c.put(name, t.In(zone).Format("20060102T150405"), "TZID", zone.String())
}

// wall writes the time at which the rule puts a date, though its day may not have it.
func (c *component) wall(name string, d spoken.Date, r schedule.Rule) {
	at := time.Date(d.Year, d.Month, d.Day, 0, int(r.At), 0, 0, time.UTC)
	c.put(name, at.Format("20060102T150405"), "TZID", r.Zone)
}

func utc(t time.Time) string { return t.UTC().Format("20060102T150405Z") }

// add writes the event and what is different about single dates of it.
func (e Event) add(cal *ics.Calendar, z *zone) {
	bare := e.Rule
	bare.Excluded, bare.Moved = nil, nil
	first, ok := bare.Next(time.Time{})
	if !ok {
		return // Nothing of it was ever to take place.
	}
	main := e.head()
	main.wall("DTSTART", first.Date, e.Rule)
	main.put("DURATION", duration(e.Rule.Length))
	if rule := recurrence(e.Rule, z.Location); rule != "" {
		main.put("RRULE", rule)
	}
	for _, d := range e.Rule.Excluded {
		main.wall("EXDATE", d, e.Rule)
	}
	cal.Components = append(cal.Components, &ics.VEvent{ComponentBase: main.ComponentBase})
	for _, o := range e.elsewhere(first.Start, z) {
		moved := e.head()
		moved.wall("RECURRENCE-ID", o.Date, e.Rule)
		moved.local("DTSTART", o.Start, z.Location)
		moved.put("DURATION", duration(o.End.Sub(o.Start)))
		cal.Components = append(cal.Components, &ics.VEvent{ComponentBase: moved.ComponentBase})
	}
}

// head is what all parts of an event have in common.
func (e Event) head() *component {
	c := &component{}
	c.put("UID", e.ID+"@peerbot")
	c.put("DTSTAMP", utc(e.Changed))
	c.put("LAST-MODIFIED", utc(e.Changed))
	c.put("SEQUENCE", strconv.Itoa(e.Sequence))
	c.put("SUMMARY", chat.Line(e.Summary))
	if text := chat.Block(e.Description); text != "" {
		c.put("DESCRIPTION", text)
	}
	if text := chat.Line(e.Location); text != "" {
		c.put("LOCATION", text)
	}
	return c
}

// elsewhere are the dates that are not where the rule's clock puts them: moved ones,
// and those on which the clocks skip the time. Programs disagree about the latter.
func (e Event) elsewhere(from time.Time, z *zone) (out []schedule.Occurrence) {
	to := later(from, e.Changed).AddDate(ahead, 0, 0)
	for _, m := range e.Rule.Moved {
		if o, ok := e.Rule.On(m.Date); ok {
			out = append(out, o)
		}
	}
	for _, d := range z.skips {
		o, ok := e.Rule.On(d)
		if ok && !o.Moved && spoken.ClockOf(o.Start.In(z.Location)) != e.Rule.At && !o.Start.Before(from) && o.Start.Before(to) {
			out = append(out, o)
		}
	}
	slices.SortFunc(out, func(a, b schedule.Occurrence) int { return a.Date.Compare(b.Date) })
	return out
}

func duration(d time.Duration) string { return fmt.Sprintf("PT%dM", int(d/time.Minute)) }
