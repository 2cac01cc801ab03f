package ical_test

import (
	"fmt"
	"io"
	"testing"
	"time"

	"peerbot/interop/ical"
	"peerbot/schedule"
	"peerbot/spoken"
)

// BenchmarkWrite writes a calendar of 1,000 weekly meetings in the twenty zones.
func BenchmarkWrite(b *testing.B) {
	var events []ical.Event
	for i := range 1000 {
		first := spoken.Date{Year: 2026, Month: time.January, Day: 5}.AddDays(i % 200)
		events = append(events, ical.Event{ID: fmt.Sprint("m", i), Summary: fmt.Sprint("Meeting ", i), Rule: schedule.Rule{
			Unit: spoken.Weekly, Every: 1, First: first, At: spoken.Clock(i % 1440), Zone: zones[i%len(zones)], Length: time.Hour,
			Days: []spoken.Day{{Weekday: first.Weekday()}}}})
	}
	for b.Loop() {
		if err := ical.Write(io.Discard, ical.Calendar{Name: "Meetings", Events: events}); err != nil {
			b.Fatal(err)
		}
	}
}
