package ical

import (
	"fmt"
	"slices"
	"time"

	ics "github.com/arran4/golang-ical"

	"peerbot/spoken"
)

// addZones writes each zone that an event uses, from before its first date on.
func addZones(cal *ics.Calendar, events []Event) error {
	begins := map[string]time.Time{}
	var names []string
	for _, e := range events {
		zone, err := spoken.LoadZone(e.Rule.Zone)
		if err != nil {
			return fmt.Errorf("event %s: %w", e.ID, err)
		}
		from := spoken.Resolve(e.Rule.First, 0, zone).AddDate(-1, 0, 0)
		if begin, ok := begins[zone.String()]; !ok || from.Before(begin) {
			begins[zone.String()] = from
		}
		if !slices.Contains(names, zone.String()) {
			names = append(names, zone.String())
		}
	}
	slices.Sort(names)
	for _, name := range names {
		zone, err := spoken.LoadZone(name)
		if err != nil {
			return err
		}
		cal.Components = append(cal.Components, timezone(zone, begins[name]))
	}
	return nil
}

// timezone is a VTIMEZONE that holds every change of the clocks one by one, which is
// right where no yearly rule is.
func timezone(zone *time.Location, from time.Time) ics.Component {
	name, seconds := from.In(zone).Zone()
	all := append([]turn{{from, seconds, seconds, name, from.In(zone).IsDST()}}, turns(zone, from, from.AddDate(ahead+2, 0, 0))...)
	z := &component{}
	z.put("TZID", zone.String())
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
		z.Components = append(z.Components, &ics.GeneralComponent{ComponentBase: o.ComponentBase, Token: t.kind()})
	}
	return &ics.VTimezone{ComponentBase: z.ComponentBase}
}
