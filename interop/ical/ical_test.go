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

	"peerbot/chat"
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

// odd are zones that do what few do: two hours of summer, a winter that is the exception,
// half an hour, a month of Ramadan, a day left out, a change at midnight, and none.
var odd = []string{
	"Antarctica/Troll", "Europe/Dublin", "Australia/Lord_Howe", "Africa/Casablanca", "Africa/El_Aaiun", "Pacific/Apia", "America/Nuuk",
	"Pacific/Chatham", "Asia/Gaza", "America/Havana", "Asia/Kathmandu", "America/Asuncion", "Etc/GMT+5", "UTC",
}

// TestZonesAreTheirOwn works every offset out from the VTIMEZONE alone, for each hour of
// ten years, and of ten years in which some zones changed more.
func TestZonesAreTheirOwn(t *testing.T) {
	for _, name := range append(slices.Clone(odd), zones...) {
		zone, err := spoken.LoadZone(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, year := range []int{2007, 2026} {
			first := spoken.Date{Year: year, Month: time.March, Day: 2}
			text := written(t, ical.Event{ID: "m", Rule: schedule.Rule{Unit: spoken.Weekly, Every: 1, First: first, At: 600, Zone: name, Length: time.Hour,
				Days: []spoken.Day{{Weekday: first.Weekday()}}}})
			cal, err := emersion.NewDecoder(strings.NewReader(text)).Decode()
			if err != nil {
				t.Fatal(err)
			}
			changes, next := observed(t, cal), 0
			begin := spoken.Resolve(first, 0, zone).UTC().Truncate(time.Hour)
			for at := begin; at.Before(begin.AddDate(10, 0, 0)); at = at.Add(time.Hour) {
				for next < len(changes) && !changes[next].at.After(at) {
					next++
				}
				if _, want := at.In(zone).Zone(); next == 0 || changes[next-1].to != want {
					t.Fatalf("%s on %s is %d seconds from UTC, and the calendar says otherwise:\n%s", name, at, want, text)
				}
			}
		}
	}
}

// change is the instant at which clocks change, and to how many seconds from UTC.
type change struct {
	at time.Time
	to int
}

func observed(t *testing.T, cal *emersion.Calendar) (all []change) {
	t.Helper()
	offset := func(p *emersion.Prop) int {
		layout := "-070000"[:len(p.Value)]
		to, err := time.Parse(layout, p.Value)
		if err != nil {
			t.Fatal(err)
		}
		_, seconds := to.Zone()
		return seconds
	}
	for _, z := range cal.Children {
		if z.Name != "VTIMEZONE" {
			continue
		}
		for _, o := range z.Children {
			from, to := offset(o.Props.Get("TZOFFSETFROM")), offset(o.Props.Get("TZOFFSETTO"))
			for _, p := range append(slices.Clone(o.Props["DTSTART"]), o.Props["RDATE"]...) {
				at, err := time.Parse("20060102T150405", p.Value)
				if err != nil {
					t.Fatal(err)
				}
				all = append(all, change{at.Add(-time.Duration(from) * time.Second), to})
			}
		}
	}
	slices.SortFunc(all, func(a, b change) int { return a.at.Compare(b.at) })
	return all
}

// TestEvent is an event as it is written: what was cancelled and moved, and nothing
// about anybody. A METHOD would ask for an organizer, and there is none.
func TestEvent(t *testing.T) {
	first := spoken.Date{Year: 2026, Month: time.March, Day: 2}
	rule := schedule.Rule{Unit: spoken.Weekly, Every: 1, First: first, At: 20 * 60, Zone: "America/New_York", Length: 90 * time.Minute,
		Days: []spoken.Day{{Weekday: time.Monday}}, Until: first.AddDays(70)}
	rule = rule.Exclude(first.AddDays(7)).MoveOne(first.AddDays(14), first.AddDays(15), 19*60, time.Hour)
	text := written(t, ical.Event{ID: "m1", Sequence: 3, Changed: time.Date(2026, 2, 1, 9, 30, 0, 0, time.FixedZone("", 3600)), Rule: rule,
		Summary: "Evening, open; all", Location: "1 Main St", Description: "One\nTwo \\"})
	_, events, _ := strings.Cut(text, "END:VTIMEZONE\r\n")
	const own = "UID:m1@peerbot\r\nDTSTAMP:20260201T083000Z\r\nLAST-MODIFIED:20260201T083000Z\r\nSEQUENCE:3\r\nSUMMARY:Evening\\, open\\; all\r\n" +
		"DESCRIPTION:One\\nTwo \\\\\r\nLOCATION:1 Main St\r\n"
	want := "BEGIN:VEVENT\r\n" + own + "DTSTART;TZID=America/New_York:20260302T200000\r\nDURATION:PT90M\r\n" +
		"RRULE:FREQ=WEEKLY;BYDAY=MO;UNTIL=20260512T035959Z;WKST=MO\r\nEXDATE;TZID=America/New_York:20260309T200000\r\nEND:VEVENT\r\n" +
		"BEGIN:VEVENT\r\n" + own + "RECURRENCE-ID;TZID=America/New_York:20260316T200000\r\nDTSTART;TZID=America/New_York:20260317T190000\r\nDURATION:PT60M\r\nEND:VEVENT\r\n" +
		"END:VCALENDAR\r\n"
	if diff := cmp.Diff(want, events); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, never := range []string{"METHOD", "ORGANIZER", "ATTENDEE", "CONFERENCE", "\nURL"} {
		if strings.Contains(text, never) {
			t.Errorf("%s is in:\n%s", never, text)
		}
	}
	head := "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//peerbot//peerbot//EN\r\nCALSCALE:GREGORIAN\r\nNAME:Meetings\r\nX-WR-CALNAME:Meetings\r\n" +
		"X-PUBLISHED-TTL:PT1H\r\nREFRESH-INTERVAL;VALUE=DURATION:PT1H\r\nBEGIN:VTIMEZONE\r\nTZID:America/New_York\r\n"
	if !strings.HasPrefix(text, head) {
		t.Errorf("it begins so:\n%s", text[:min(len(text), 500)])
	}
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
		for name, want := range map[string]string{"SUMMARY": chat.Line(summary), "LOCATION": chat.Line(location), "DESCRIPTION": chat.Block(description)} {
			got, err := cal.Events()[0].Props.Text(name)
			if err != nil || got != want {
				t.Fatalf("%s is read as %q, %v, not as %q, in:\n%s", name, got, err, want, text)
			}
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
