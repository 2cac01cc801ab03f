package schedule

import (
	"archive/zip"
	"os"
	"slices"
	"sort"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"peerbot/spoken"
)

// The oracle says what a Rule means in another way: it fills in whole weeks and
// months where Rule asks day by day, and it finds a start by letting the clock on
// the wall run until it shows the time, where Rule computes with offsets.

// oracle lists the occurrences that start in [from, to).
func oracle(r Rule, loc *time.Location, from, to time.Time) []Occurrence {
	var out []Occurrence
	near := 3 // How many days an occurrence can be away from its date.
	if len(r.Moved) > 0 {
		near = 100
	}
	for _, d := range oracleDates(r, spoken.DateOf(to).AddDays(near)) {
		if slices.Contains(r.Excluded, d) || d.Sub(spoken.DateOf(from)) < -near {
			continue
		}
		o := Occurrence{Date: d, Start: wallReaches(d, r.At, loc)}
		o.End = o.Start.Add(r.Length)
		for _, m := range r.Moved {
			if m.Date == d {
				start := wallReaches(m.To, m.At, loc)
				o = Occurrence{Date: d, Start: start, End: start.Add(m.Length), Moved: true}
			}
		}
		if !o.Start.Before(from) && o.Start.Before(to) {
			out = append(out, o)
		}
	}
	slices.SortStableFunc(out, func(a, b Occurrence) int {
		if c := a.Start.Compare(b.Start); c != 0 || a.Moved == b.Moved {
			return c
		}
		if b.Moved {
			return -1
		}
		return 1
	})
	return out
}

// oracleDates are the rule's own dates up to last, by whole weeks and months.
func oracleDates(r Rule, last spoken.Date) []spoken.Date {
	var all []spoken.Date
	first := time.Date(r.First.Year, r.First.Month, r.First.Day, 0, 0, 0, 0, time.UTC)
	for n := 0; ; n += max(r.Every, 1) {
		var period []time.Time
		switch r.Unit {
		case spoken.Once:
			period = []time.Time{first.AddDate(100*n, 0, 0)}
		case spoken.Weekly:
			monday := first
			for monday.Weekday() != time.Monday {
				monday = monday.AddDate(0, 0, -1)
			}
			period = oracleWeek(r, monday.AddDate(0, 0, 7*n))
		case spoken.Monthly:
			period = oracleMonth(r, first.AddDate(0, 0, 1-first.Day()).AddDate(0, n, 0))
		}
		for _, day := range period {
			if d := spoken.DateOf(day); !day.Before(first) && (r.Until.IsZero() || d.Sub(r.Until) <= 0) {
				if all = append(all, d); len(all) == r.Count {
					return all
				}
			}
		}
		if beyond := first.AddDate(0, 0, 7*n); spoken.DateOf(beyond).Sub(last) > 0 {
			return all
		}
	}
}

func oracleWeek(r Rule, monday time.Time) []time.Time {
	var out []time.Time
	for n := range 7 {
		day := monday.AddDate(0, 0, n)
		if slices.Contains(r.Days, spoken.Day{Weekday: day.Weekday()}) {
			out = append(out, day)
		}
	}
	return out
}

func oracleMonth(r Rule, first time.Time) []time.Time {
	byWeekday := map[time.Weekday][]time.Time{}
	var month, out []time.Time
	for day := first; day.Month() == first.Month(); day = day.AddDate(0, 0, 1) {
		month = append(month, day)
		byWeekday[day.Weekday()] = append(byWeekday[day.Weekday()], day)
	}
	if r.MonthDay == -1 {
		out = append(out, month[len(month)-1])
	}
	if r.MonthDay > 0 && r.MonthDay <= len(month) {
		out = append(out, month[r.MonthDay-1])
	}
	for _, on := range r.Days {
		days := byWeekday[on.Weekday]
		switch {
		case on.Nth == 0:
			out = append(out, days...)
		case on.Nth == -1:
			out = append(out, days[len(days)-1])
		case on.Nth <= len(days):
			out = append(out, days[on.Nth-1])
		}
	}
	slices.SortFunc(out, time.Time.Compare)
	return slices.Compact(out)
}

// wallReaches is the first minute at which the clocks of loc show the time or have
// jumped past it. It walks in quarters of an hour, then goes back four hours, more
// than any clock was ever set back since 1990, and walks minute by minute.
func wallReaches(d spoken.Date, c spoken.Clock, loc *time.Location) time.Time {
	wall := time.Date(d.Year, d.Month, d.Day, int(c)/60, int(c)%60, 0, 0, time.UTC)
	shows := func(t time.Time) time.Time {
		_, ahead := t.In(loc).Zone()
		return t.Add(time.Duration(ahead) * time.Second)
	}
	t := wall.Add(-27 * time.Hour)
	for shows(t).Before(wall) {
		t = t.Add(15 * time.Minute)
	}
	t = t.Add(-4 * time.Hour)
	for shows(t).Before(wall) {
		t = t.Add(time.Minute)
	}
	return t.In(loc)
}

// zoneNames are all zones of the built-in database.
func zoneNames(t testing.TB) []string {
	t.Helper()
	archive, err := zip.OpenReader("../spoken/zoneinfo.zip")
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	var names []string
	for _, f := range archive.File {
		if _, err := spoken.LoadZone(f.Name); err == nil {
			names = append(names, f.Name)
		}
	}
	return names
}

func drawDate(t *rapid.T, label string) spoken.Date {
	return spoken.Date{Year: 1990, Month: time.January, Day: 1}.AddDays(rapid.IntRange(0, 70*365).Draw(t, label))
}

func drawNear(t *rapid.T, d spoken.Date, label string) spoken.Date {
	return d.AddDays(rapid.IntRange(0, 90).Draw(t, label))
}

func drawRule(t *rapid.T, zones []string) Rule {
	r := Rule{
		Unit:   rapid.SampledFrom([]spoken.Unit{spoken.Once, spoken.Weekly, spoken.Weekly, spoken.Monthly}).Draw(t, "unit"),
		Every:  rapid.IntRange(0, 5).Draw(t, "every"),
		First:  drawDate(t, "first"),
		At:     spoken.Clock(rapid.OneOf(rapid.IntRange(0, 3*60), rapid.IntRange(0, 1439)).Draw(t, "at")),
		Zone:   rapid.SampledFrom(zones).Draw(t, "zone"),
		Length: time.Hour,
	}
	if r.Unit == spoken.Monthly && rapid.Bool().Draw(t, "by date") {
		r.MonthDay = rapid.SampledFrom([]int{-1, 1, 15, 28, 29, 30, 31}).Draw(t, "month day")
	} else if r.Unit != spoken.Once {
		r.Days = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) spoken.Day {
			on := spoken.Day{Weekday: time.Weekday(rapid.IntRange(0, 6).Draw(t, "weekday"))}
			if r.Unit == spoken.Monthly {
				on.Nth = rapid.IntRange(-1, 5).Draw(t, "nth")
			}
			return on
		}), 1, 4).Draw(t, "days")
	}
	if rapid.Bool().Draw(t, "ends") {
		r.Until = r.First.AddDays(rapid.IntRange(0, 1000).Draw(t, "until"))
	}
	if rapid.Bool().Draw(t, "counts") {
		r.Count = rapid.IntRange(1, 40).Draw(t, "count")
	}
	return drawEdits(t, r)
}

// drawEdits excludes and moves some days, those of the rule and others.
func drawEdits(t *rapid.T, r Rule) Rule {
	own := oracleDates(r, r.First.AddDays(100))
	day := func(label string) spoken.Date {
		if len(own) > 0 && rapid.Bool().Draw(t, label+" of its own") {
			return rapid.SampledFrom(own[:min(len(own), 20)]).Draw(t, label)
		}
		return drawNear(t, r.First, label)
	}
	for range rapid.IntRange(0, 3).Draw(t, "excluded") {
		r = r.Exclude(day("excluded"))
	}
	for range rapid.IntRange(0, 3).Draw(t, "moved") {
		d := day("moved")
		r = r.MoveOne(d, drawNear(t, d.AddDays(-30), "to"), spoken.Clock(rapid.IntRange(0, 1439).Draw(t, "moved at")), 2*time.Hour)
	}
	return r
}

func TestRuleAgreesWithAnOracle(t *testing.T) {
	zones := zoneNames(t)
	rapid.Check(t, func(t *rapid.T) {
		r := drawRule(t, zones)
		loc, err := spoken.LoadZone(r.Zone)
		if err != nil {
			t.Fatal(err)
		}
		from := spoken.Resolve(r.First, r.At, loc).AddDate(0, 0, rapid.IntRange(-40, 400).Draw(t, "from")).
			Add(time.Duration(rapid.IntRange(-120, 120).Draw(t, "minutes")) * time.Minute)
		to := from.AddDate(0, 0, rapid.IntRange(0, 400).Draw(t, "days seen"))
		want := oracle(r, loc, from, to)
		if diff := cmp.Diff(want, slices.Collect(r.Between(from, to)), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("Between is not what the oracle says (-want +got):\n%s", diff)
		}
		if next, ok := r.Next(from); len(want) > 0 && (!ok || !cmp.Equal(next, want[0])) {
			t.Fatalf("Next is %v, want %v", next, want[0])
		}
		for _, o := range want {
			if got, ok := r.On(o.Date); !ok || !cmp.Equal(got, o) {
				t.Fatalf("On %s is %v, want %v", o.Date, got, o)
			}
		}
	})
}

// TestDailyMeetingsAcrossEveryClockChange visits every change of every zone from
// 1990 to 2060, with PEERBOT_FULL=1, and one in forty of them without.
func TestDailyMeetingsAcrossEveryClockChange(t *testing.T) {
	visited := 0
	for i, name := range zoneNames(t) {
		loc := zone(t, name)
		for n, change := range changes(loc) {
			if !full() && (i+n)%40 != 0 && name != "Pacific/Apia" && name != "Australia/Lord_Howe" {
				continue
			}
			visited++
			_, before := change.Add(-time.Second).In(loc).Zone()
			_, after := change.In(loc).Zone()
			jump := change.UTC().Add(time.Duration(min(before, after)) * time.Second)
			r := Rule{
				Unit: spoken.Weekly, Days: every(0, 1, 2, 3, 4, 5, 6), First: spoken.DateOf(change.AddDate(0, 0, -9)),
				At: spoken.ClockOf(jump.Add(time.Duration(n%7) * 10 * time.Minute)), Zone: name, Length: time.Hour,
			}
			from, to := change.AddDate(0, 0, -2), change.AddDate(0, 0, 2)
			want := oracle(r, loc, from, to)
			if diff := cmp.Diff(want, slices.Collect(r.Between(from, to))); diff != "" {
				t.Errorf("%s, clocks change at %v: (-want +got)\n%s", name, change, diff)
			}
			for _, o := range want {
				if next, _ := r.Next(o.Start); !next.Start.Equal(o.Start) || next.Date.Sub(o.Date) > 0 {
					t.Errorf("%s: from %v the next is %v", name, o, next)
				}
			}
		}
	}
	t.Logf("%d changes of clocks visited", visited)
}

// changes are the instants at which the zone's clocks change, 1990 to 2060, found by
// comparing days: Time.ZoneBounds stands still on the last day of a leap year.
func changes(loc *time.Location) []time.Time {
	var out []time.Time
	offset := func(t time.Time) int { _, o := t.In(loc).Zone(); return o }
	day := time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC)
	for before := offset(day); day.Year() < 2060; day = day.Add(24 * time.Hour) {
		if after := offset(day.Add(24 * time.Hour)); before != after {
			minute := sort.Search(24*60, func(m int) bool { return offset(day.Add(time.Duration(m)*time.Minute)) != before })
			out = append(out, day.Add(time.Duration(minute)*time.Minute))
			before = after
		}
	}
	return out
}

// full asks for the counts that take minutes.
func full() bool { return os.Getenv("PEERBOT_FULL") != "" }
