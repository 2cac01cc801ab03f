package ical_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/apognu/gocal"
	emersion "github.com/emersion/go-ical"
	"github.com/google/go-cmp/cmp"
	"github.com/teambition/rrule-go"
	"pgregory.net/rapid"

	"peerbot/interop/ical"
	"peerbot/schedule"
	"peerbot/spoken"
)

// zones are twenty in which clocks do most of what clocks do.
var zones = []string{
	"America/New_York", "America/Los_Angeles", "America/Bogota", "America/St_Johns", "America/Santiago", "America/Sao_Paulo",
	"America/Phoenix", "Europe/Madrid", "Europe/London", "Europe/Dublin", "Atlantic/Azores", "Africa/Casablanca", "Africa/Cairo",
	"Asia/Kolkata", "Asia/Tokyo", "Asia/Beirut", "Australia/Lord_Howe", "Australia/Sydney", "Pacific/Auckland", "Pacific/Apia",
}

func rules() *rapid.Generator[schedule.Rule] {
	return rapid.Custom(func(t *rapid.T) schedule.Rule {
		r := schedule.Rule{
			Unit:   rapid.SampledFrom([]spoken.Unit{spoken.Once, spoken.Weekly, spoken.Monthly}).Draw(t, "unit"),
			First:  spoken.Date{Year: 2026, Month: time.January, Day: 1}.AddDays(rapid.IntRange(0, 700).Draw(t, "first")),
			At:     spoken.Clock(rapid.IntRange(0, 95).Draw(t, "at") * 15),
			Zone:   rapid.SampledFrom(zones).Draw(t, "zone"),
			Length: time.Duration(rapid.IntRange(1, 24*60).Draw(t, "length")) * time.Minute,
		}
		days := func(nth *rapid.Generator[int]) []spoken.Day {
			return rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) spoken.Day {
				return spoken.Day{Weekday: time.Weekday(rapid.IntRange(0, 6).Draw(t, "weekday")), Nth: nth.Draw(t, "nth")}
			}), 1, 4, func(d spoken.Day) spoken.Day { return d }).Draw(t, "days")
		}
		switch r.Unit {
		case spoken.Weekly:
			r.Every, r.Days = rapid.IntRange(1, 4).Draw(t, "every"), days(rapid.Just(0))
		case spoken.Monthly:
			r.Every = rapid.IntRange(1, 3).Draw(t, "every")
			if rapid.Bool().Draw(t, "by date") {
				r.MonthDay = rapid.SampledFrom([]int{1, 15, 29, 30, 31, -1}).Draw(t, "month day")
			} else {
				r.Days = days(rapid.SampledFrom([]int{1, 2, 3, 4, -1}))
			}
		}
		switch rapid.IntRange(0, 2).Draw(t, "end") {
		case 1:
			r.Until = r.First.AddDays(rapid.IntRange(40, 900).Draw(t, "until"))
		case 2:
			r.Count = rapid.IntRange(1, 60).Draw(t, "count")
		}
		if r.Unit == spoken.Once {
			r.Until, r.Count = spoken.Date{}, 0
		}
		return changed(t, r)
	})
}

// changed takes a few dates out of the rule, and moves a few.
func changed(t *rapid.T, r schedule.Rule) schedule.Rule {
	var dates []spoken.Date
	for o := range r.Between(time.Time{}, time.Date(2040, 1, 1, 0, 0, 0, 0, time.UTC)) {
		if dates = append(dates, o.Date); len(dates) == 20 {
			break
		}
	}
	if len(dates) < 3 {
		return r
	}
	for _, d := range rapid.SliceOfN(rapid.SampledFrom(dates[1:]), 0, 3).Draw(t, "excluded") {
		r = r.Exclude(d)
	}
	for _, d := range rapid.SliceOfN(rapid.SampledFrom(dates), 0, 3).Draw(t, "moved") {
		r = r.MoveOne(d, d.AddDays(rapid.IntRange(0, 2).Draw(t, "by")), spoken.Clock(rapid.IntRange(0, 1439).Draw(t, "to")), time.Hour)
	}
	return r
}

func written(t interface{ Fatal(...any) }, events ...ical.Event) string {
	var b bytes.Buffer
	if err := ical.Write(&b, ical.Calendar{Name: "Meetings", Events: events}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestOccurrencesAreTheRules reads what was written with another library, lets a third
// work the recurrence out on wall time, and compares ten years.
func TestOccurrencesAreTheRules(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rules().Draw(t, "rule")
		from := time.Date(2025, 12, 1, 0, 0, 0, 0, time.UTC)
		to := from.AddDate(10, 0, 0)
		var want []string
		for o := range r.Between(from, to) {
			want = append(want, o.Start.UTC().Format(time.RFC3339)+" "+o.End.UTC().Format(time.RFC3339))
		}
		got := expanded(t, written(t, ical.Event{ID: "m", Rule: r, Summary: "G"}), r.Zone, from, to)
		slices.Sort(want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("the calendar differs (-rule +calendar):\n%s", diff)
		}
	})
}

// expanded are the occurrences that a calendar program sees.
func expanded(t *rapid.T, text, zoneName string, from, to time.Time) (out []string) {
	zone, err := spoken.LoadZone(zoneName)
	if err != nil {
		t.Fatal(err)
	}
	cal, err := emersion.NewDecoder(strings.NewReader(text)).Decode()
	if err != nil {
		t.Fatalf("%v in:\n%s", err, text)
	}
	replaced, lengths := map[string]time.Time{}, map[string]time.Duration{}
	var main *emersion.Event
	for _, e := range cal.Events() {
		id := e.Props.Get("RECURRENCE-ID")
		if id == nil {
			main = &e
			continue
		}
		replaced[id.Value] = spoken.Resolve(wallOf(t, e.Props.Get("DTSTART").Value, zone))
		lengths[id.Value], err = e.Props.Get("DURATION").Duration()
		if err != nil {
			t.Fatal(err)
		}
	}
	if main == nil {
		return nil
	}
	length, err := main.Props.Get("DURATION").Duration()
	if err != nil {
		t.Fatal(err)
	}
	for _, wall := range walls(t, main) {
		start, long := spoken.Resolve(wallOf(t, wall, zone)), length
		if at, ok := replaced[wall]; ok {
			start, long = at, lengths[wall]
		}
		if !start.Before(from) && start.Before(to) {
			out = append(out, start.UTC().Format(time.RFC3339)+" "+start.Add(long).UTC().Format(time.RFC3339))
		}
	}
	slices.Sort(out)
	return out
}

// walls are the wall times of an event's recurrence, as rrule-go finds them where
// clocks never change.
func walls(t *rapid.T, e *emersion.Event) (out []string) {
	start, err := time.Parse("20060102T150405", e.Props.Get("DTSTART").Value)
	if err != nil {
		t.Fatal(err)
	}
	skipped := map[string]bool{}
	for _, p := range e.Props["EXDATE"] {
		skipped[p.Value] = true
	}
	all := []time.Time{start}
	if rule := e.Props.Get("RRULE"); rule != nil {
		o, err := rrule.StrToROption(rule.Value)
		if err != nil {
			t.Fatal(err)
		}
		if !o.Until.IsZero() {
			zone, err := spoken.LoadZone(e.Props.Get("DTSTART").Params.Get("TZID"))
			if err != nil {
				t.Fatal(err)
			}
			local := o.Until.In(zone)
			o.Until = time.Date(local.Year(), local.Month(), local.Day(), local.Hour(), local.Minute(), local.Second(), 0, time.UTC)
		}
		o.Dtstart = start
		r, err := rrule.NewRRule(*o)
		if err != nil {
			t.Fatal(err)
		}
		all = r.Between(start, start.AddDate(12, 0, 0), true)
	}
	for _, at := range all {
		if wall := at.Format("20060102T150405"); !skipped[wall] {
			out = append(out, wall)
		}
	}
	return out
}

func wallOf(t *rapid.T, text string, zone *time.Location) (spoken.Date, spoken.Clock, *time.Location) {
	at, err := time.Parse("20060102T150405", text)
	if err != nil {
		t.Fatal(err)
	}
	return spoken.DateOf(at), spoken.ClockOf(at), zone
}

// TestZonesAreTheirOwn works every offset out from the VTIMEZONE alone.
func TestZonesAreTheirOwn(t *testing.T) {
	for _, name := range zones {
		zone, err := spoken.LoadZone(name)
		if err != nil {
			t.Fatal(err)
		}
		first := spoken.Date{Year: 2026, Month: time.March, Day: 2}
		text := written(t, ical.Event{ID: "m", Rule: schedule.Rule{Unit: spoken.Weekly, Every: 1, First: first, At: 600, Zone: name, Length: time.Hour,
			Days: []spoken.Day{{Weekday: time.Monday}}}})
		cal, err := emersion.NewDecoder(strings.NewReader(text)).Decode()
		if err != nil {
			t.Fatal(err)
		}
		changes := observed(t, cal)
		for day := first; day.Before(first.AddDays(3650)); day = day.AddDays(1) {
			noon := spoken.Resolve(day, 12*60, zone)
			_, want := noon.Zone()
			wall := time.Date(day.Year, day.Month, day.Day, 12, 0, 0, 0, time.UTC)
			got := 0
			for _, c := range changes {
				if !c.at.After(wall) {
					got = c.to
				}
			}
			if got != want {
				t.Fatalf("%s on %s is %d seconds from UTC, and the calendar says %d", name, day, want, got)
			}
		}
	}
}

type change struct {
	at time.Time
	to int
}

func observed(t *testing.T, cal *emersion.Calendar) (all []change) {
	t.Helper()
	for _, z := range cal.Children {
		if z.Name != "VTIMEZONE" {
			continue
		}
		for _, o := range z.Children {
			to, err := time.Parse("-0700", o.Props.Get("TZOFFSETTO").Value)
			if err != nil {
				t.Fatal(err)
			}
			_, seconds := to.Zone()
			for _, p := range append(slices.Clone(o.Props["DTSTART"]), o.Props["RDATE"]...) {
				at, err := time.Parse("20060102T150405", p.Value)
				if err != nil {
					t.Fatal(err)
				}
				all = append(all, change{at, seconds})
			}
		}
	}
	slices.SortFunc(all, func(a, b change) int { return a.at.Compare(b.at) })
	return all
}

// FuzzWrite: no title, name or note breaks out of its line, and two libraries read
// back what was written.
func FuzzWrite(f *testing.F) {
	f.Add("Open circle", "12 River Street, upstairs; there is a lift", "notes")
	f.Add("a\r\nEND:VCALENDAR\r\nBEGIN:VEVENT", "\\n;,:\"", strings.Repeat("世界👩‍👩‍👧‍👦 ", 60))
	f.Add("\x00\u2028\u0085", "BEGIN:VALARM\nACTION:EMAIL", "\\")
	f.Fuzz(func(t *testing.T, summary, location, description string) {
		rule := schedule.Rule{Unit: spoken.Weekly, Every: 1, First: spoken.Date{Year: 2026, Month: time.March, Day: 2}, At: 600,
			Zone: "Europe/Madrid", Length: time.Hour, Days: []spoken.Day{{Weekday: time.Monday}}}
		text := written(t, ical.Event{ID: "m1", Changed: time.Unix(1e9, 0), Rule: rule, Summary: summary, Location: location, Description: description})
		for line := range strings.SplitSeq(strings.TrimSuffix(text, "\r\n"), "\r\n") {
			if len(line) > 75 || strings.ContainsAny(line, "\r\n") || !utf8.ValidString(line) {
				t.Fatalf("a line is too long, broken or cut in a character: %q", line)
			}
		}
		cal, err := emersion.NewDecoder(strings.NewReader(text)).Decode()
		if err != nil {
			t.Fatalf("%v in:\n%s", err, text)
		}
		if n := len(cal.Children); n != 2 || len(cal.Events()) != 1 {
			t.Fatalf("%d parts and %d events in:\n%s", n, len(cal.Events()), text)
		}
		other := gocal.NewParser(strings.NewReader(text))
		start, end := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 3, 8, 0, 0, 0, 0, time.UTC)
		other.Start, other.End = &start, &end
		if err := other.Parse(); err != nil {
			t.Fatalf("%v in:\n%s", err, text)
		}
		if len(other.Events) != 1 || other.Events[0].Uid != "m1@peerbot" {
			t.Fatalf("another library sees %d events in:\n%s", len(other.Events), text)
		}
	})
}
