package ical

import (
	"fmt"
	"maps"
	"slices"
	"time"

	ics "github.com/arran4/golang-ical"

	"peerbot/spoken"
)

// zone is one in which events of a calendar are.
type zone struct {
	*time.Location
	from, to time.Time     // from and to are what the calendar has to know of it.
	skips    []spoken.Date // skips are the dates of which its clocks leave something out.
}

// zones are those of a calendar, by the name that the events use.
type zones map[string]*zone

// zonesOf works each zone out once, from before the first date in it to long after the
// last event has begun, and was changed.
func zonesOf(events []Event) (zones, error) {
	all := zones{}
	for _, e := range events {
		z := all[e.Rule.Zone]
		if z == nil {
			loc, err := spoken.LoadZone(e.Rule.Zone)
			if err != nil {
				return nil, fmt.Errorf("event %s: %w", e.ID, err)
			}
			z = &zone{Location: loc}
			all[e.Rule.Zone] = z
		}
		z.widen(spoken.Resolve(e.Rule.First, 0, z.Location), e.Changed)
	}
	for _, z := range all {
		z.findSkips()
	}
	return all, nil
}

// widen takes in an event that begins then. It may have begun long before it was
// changed.
func (z *zone) widen(begin, changed time.Time) {
	from, to := begin.AddDate(-1, 0, 0), later(begin, changed).AddDate(ahead+2, 0, 0)
	if z.from.IsZero() || from.Before(z.from) {
		z.from = from
	}
	if to.After(z.to) {
		z.to = to
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func (z *zone) findSkips() {
	for _, t := range turns(z.Location, z.from, z.to) {
		if t.to <= t.from {
			continue
		}
		last := spoken.DateOf(t.at.In(z.Location))
		for d := spoken.DateOf(t.at.Add(-time.Nanosecond).In(z.Location)); !last.Before(d); d = d.AddDays(1) {
			z.skips = append(z.skips, d)
		}
	}
}

// add writes the zones in order.
func (zs zones) add(cal *ics.Calendar) {
	for _, name := range slices.Sorted(maps.Keys(zs)) {
		cal.Components = append(cal.Components, zs[name].timezone())
	}
}

// timezone is a VTIMEZONE that holds every change of the clocks one by one, which is
// right where no yearly rule is.
func (z *zone) timezone() ics.Component {
	name, seconds := z.from.In(z.Location).Zone()
	all := append([]turn{{z.from, seconds, seconds, name, z.from.In(z.Location).IsDST()}}, turns(z.Location, z.from, z.to)...)
	c := &component{}
	c.put("TZID", z.String())
	for i, t := range all {
		if slices.ContainsFunc(all[:i], t.same) {
			continue
		}
		o := &component{}
		o.put("DTSTART", t.began())
		o.put("TZOFFSETFROM", offset(t.from))
		o.put("TZOFFSETTO", offset(t.to))
		o.put("TZNAME", t.name)
		for _, again := range all[i+1:] {
			if t.same(again) {
				o.put("RDATE", again.began())
			}
		}
		c.Components = append(c.Components, &ics.GeneralComponent{ComponentBase: o.ComponentBase, Token: t.kind()})
	}
	return &ics.VTimezone{ComponentBase: c.ComponentBase}
}
