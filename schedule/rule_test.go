package schedule

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"peerbot/spoken"
)

func date(t testing.TB, text string) spoken.Date {
	t.Helper()
	d, err := spoken.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func clock(t testing.TB, text string) spoken.Clock {
	t.Helper()
	c, err := spoken.ParseClock(text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := spoken.LoadZone(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func every(days ...time.Weekday) []spoken.Day {
	var out []spoken.Day
	for _, d := range days {
		out = append(out, spoken.Day{Weekday: d})
	}
	return out
}

func nth(n int, day time.Weekday) []spoken.Day { return []spoken.Day{{Weekday: day, Nth: n}} }

// starts are the first n starts from the rule's beginning, as the wall shows them.
func starts(r Rule, n int) []string {
	var out []string
	for o := range r.Between(time.Time{}, forever) {
		if len(out) == n {
			break
		}
		out = append(out, o.Start.Format("Mon 2006-01-02 15:04 -0700"))
	}
	return out
}

func TestRuleHappens(t *testing.T) {
	at := func(unit spoken.Unit, zone, first, clk string) Rule {
		return Rule{Unit: unit, Zone: zone, First: date(t, first), At: clock(t, clk), Length: time.Hour}
	}
	with := func(r Rule, change func(*Rule)) Rule { change(&r); return r }
	for name, c := range map[string]struct {
		rule Rule
		want []string
	}{
		"a flyer: Mondays and Wednesdays, on the wall all year": {
			with(at(spoken.Weekly, "America/New_York", "2026-03-02", "20:00"), func(r *Rule) { r.Days = every(time.Monday, time.Wednesday) }),
			[]string{"Mon 2026-03-02 20:00 -0500", "Wed 2026-03-04 20:00 -0500", "Mon 2026-03-09 20:00 -0400"},
		},
		"every second week counts whole weeks from Monday": {
			with(at(spoken.Weekly, "UTC", "2026-01-02", "09:00"), func(r *Rule) { r.Every, r.Days = 2, every(time.Sunday, time.Friday) }),
			[]string{"Fri 2026-01-02 09:00 +0000", "Sun 2026-01-04 09:00 +0000", "Fri 2026-01-16 09:00 +0000", "Sun 2026-01-18 09:00 +0000"},
		},
		"the first and third Tuesday": {
			with(at(spoken.Monthly, "UTC", "2026-01-01", "19:30"), func(r *Rule) {
				r.Days = append(nth(1, time.Tuesday), nth(3, time.Tuesday)...)
			}),
			[]string{"Tue 2026-01-06 19:30 +0000", "Tue 2026-01-20 19:30 +0000", "Tue 2026-02-03 19:30 +0000"},
		},
		"the last Friday": {
			with(at(spoken.Monthly, "UTC", "2026-01-01", "18:00"), func(r *Rule) { r.Days = nth(-1, time.Friday) }),
			[]string{"Fri 2026-01-30 18:00 +0000", "Fri 2026-02-27 18:00 +0000", "Fri 2026-03-27 18:00 +0000"},
		},
		"a month without a 31st is skipped": {
			with(at(spoken.Monthly, "UTC", "2026-01-01", "18:00"), func(r *Rule) { r.MonthDay = 31 }),
			[]string{"Sat 2026-01-31 18:00 +0000", "Tue 2026-03-31 18:00 +0000", "Sun 2026-05-31 18:00 +0000"},
		},
		"the last day of every second month": {
			with(at(spoken.Monthly, "UTC", "2028-02-01", "18:00"), func(r *Rule) { r.Every, r.MonthDay = 2, -1 }),
			[]string{"Tue 2028-02-29 18:00 +0000", "Sun 2028-04-30 18:00 +0000", "Fri 2028-06-30 18:00 +0000"},
		},
		"once": {
			at(spoken.Once, "Europe/Berlin", "2026-07-01", "18:00"),
			[]string{"Wed 2026-07-01 18:00 +0200"},
		},
		"a time that does not exist is the first instant after the gap": {
			with(at(spoken.Weekly, "Europe/Berlin", "2026-03-29", "02:30"), func(r *Rule) { r.Days, r.Count = every(time.Sunday), 2 }),
			[]string{"Sun 2026-03-29 03:00 +0200", "Sun 2026-04-05 02:30 +0200"},
		},
		"a time that exists twice is the first": {
			with(at(spoken.Weekly, "Europe/Berlin", "2026-10-25", "02:30"), func(r *Rule) { r.Days, r.Count = every(time.Sunday), 2 }),
			[]string{"Sun 2026-10-25 02:30 +0200", "Sun 2026-11-01 02:30 +0100"},
		},
		"half an hour of daylight saving": {
			with(at(spoken.Weekly, "Australia/Lord_Howe", "2026-10-04", "02:15"), func(r *Rule) { r.Days, r.Count = every(time.Sunday), 2 }),
			[]string{"Sun 2026-10-04 02:30 +1100", "Sun 2026-10-11 02:15 +1100"},
		},
		"a day that a country skipped": {
			with(at(spoken.Weekly, "Pacific/Apia", "2011-12-23", "20:00"), func(r *Rule) { r.Days, r.Count = every(time.Friday), 3 }),
			[]string{"Fri 2011-12-23 20:00 -1000", "Sat 2011-12-31 00:00 +1400", "Fri 2012-01-06 20:00 +1400"},
		},
		"until is inclusive": {
			with(at(spoken.Weekly, "UTC", "2026-01-05", "09:00"), func(r *Rule) { r.Days, r.Until = every(time.Monday), date(t, "2026-01-12") }),
			[]string{"Mon 2026-01-05 09:00 +0000", "Mon 2026-01-12 09:00 +0000"},
		},
		"count counts excluded dates too": {
			with(at(spoken.Weekly, "UTC", "2026-01-05", "09:00"), func(r *Rule) { r.Days, r.Count = every(time.Monday), 3 }).Exclude(date(t, "2026-01-12")),
			[]string{"Mon 2026-01-05 09:00 +0000", "Mon 2026-01-19 09:00 +0000"},
		},
		"a moved one stands where it was moved to": {
			with(at(spoken.Weekly, "UTC", "2026-01-05", "09:00"), func(r *Rule) { r.Days, r.Count = every(time.Monday), 3 }).
				MoveOne(date(t, "2026-01-05"), date(t, "2026-01-13"), clock(t, "10:00"), time.Hour),
			[]string{"Mon 2026-01-12 09:00 +0000", "Tue 2026-01-13 10:00 +0000", "Mon 2026-01-19 09:00 +0000"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			if err := c.rule.Check(); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, starts(c.rule, max(len(c.want), 4))[:len(c.want)]); diff != "" {
				t.Errorf("the rule happens at other times (-want +got):\n%s", diff)
			}
		})
	}
}

func TestNew(t *testing.T) {
	now := time.Date(2026, time.March, 4, 20, 30, 0, 0, zone(t, "America/New_York")) // A Wednesday.
	eight := spoken.Pattern{Unit: spoken.Weekly, HasStart: true, Start: 20 * 60, Length: time.Hour}
	with := func(change func(*spoken.Pattern)) spoken.Pattern { p := eight; change(&p); return p }
	for name, c := range map[string]struct {
		said spoken.Pattern
		want string // The first occurrence, or the reason and part.
	}{
		"the next one that is to come": {
			with(func(p *spoken.Pattern) { p.Days = every(time.Wednesday, time.Friday) }), "2026-03-06 20:00 -0500"},
		"today, if that is to come": {
			with(func(p *spoken.Pattern) { p.Days, p.Start = every(time.Wednesday), 21*60 }), "2026-03-04 21:00 -0500"},
		"in the zone that was said": {
			with(func(p *spoken.Pattern) { p.Days, p.Zone = every(time.Thursday), spoken.Zone{Name: "Asia/Tokyo"} }), "2026-03-05 20:00 +0900"},
		"every second week begins with the next, not with today's week": {
			with(func(p *spoken.Pattern) { p.Days, p.Every = every(time.Monday), 2 }), "2026-03-09 20:00 -0400"},
		"from a date that is not one of the days": {
			with(func(p *spoken.Pattern) { p.Days, p.Every, p.On = every(time.Monday), 2, date(t, "2026-04-01") }), "2026-04-06 20:00 -0400"},
		"the weekday of the first date": {
			with(func(p *spoken.Pattern) { p.On = date(t, "2026-04-01") }), "2026-04-01 20:00 -0400"},
		"the month day of the first date": {
			with(func(p *spoken.Pattern) { p.Unit, p.On = spoken.Monthly, date(t, "2026-04-15") }), "2026-04-15 20:00 -0400"},
		"once": {
			with(func(p *spoken.Pattern) { p.Unit, p.On = spoken.Once, date(t, "2026-03-05") }), "2026-03-05 20:00 -0500"},
		"no time":      {with(func(p *spoken.Pattern) { p.Days, p.HasStart = every(time.Monday), false }), "missing time"},
		"no day":       {eight, "missing days"},
		"no unit":      {with(func(p *spoken.Pattern) { p.Unit = "" }), "missing days"},
		"no date":      {with(func(p *spoken.Pattern) { p.Unit = spoken.Once }), "missing date"},
		"no length":    {with(func(p *spoken.Pattern) { p.Days, p.Length = every(time.Monday), 0 }), "missing length"},
		"too long":     {with(func(p *spoken.Pattern) { p.Days, p.Length = every(time.Monday), 25*time.Hour }), "contradicts length"},
		"unknown zone": {with(func(p *spoken.Pattern) { p.Days, p.Zone.Name = every(time.Monday), "Mars/Base" }), "no_such_zone Mars/Base"},
		"a past date":  {with(func(p *spoken.Pattern) { p.Unit, p.On = spoken.Once, date(t, "2026-03-04") }), "contradicts date"},
		"the 30th, from February on": {with(func(p *spoken.Pattern) {
			p.Unit, p.MonthDay, p.Every, p.On = spoken.Monthly, 30, 12, date(t, "2027-02-01")
		}), "2027-03-30 20:00 -0400"},
		"32nd":           {with(func(p *spoken.Pattern) { p.Unit, p.MonthDay = spoken.Monthly, 32 }), "no_such_date"},
		"the 6th Monday": {with(func(p *spoken.Pattern) { p.Unit, p.Days = spoken.Monthly, nth(6, time.Monday) }), "no_such_date"},
		"the 2nd Monday of a week": {
			with(func(p *spoken.Pattern) { p.Days = nth(2, time.Monday) }), "no_such_date"},
		"Mondays and the 3rd": {
			with(func(p *spoken.Pattern) { p.Unit, p.Days, p.MonthDay = spoken.Monthly, nth(1, time.Monday), 3 }), "contradicts days"},
		"over before it begins": {
			with(func(p *spoken.Pattern) { p.Days, p.Until = every(time.Monday), date(t, "2026-03-08") }), "contradicts date"},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := New(c.said, now, "America/New_York")
			got := reason(err)
			if err == nil {
				o, _ := r.Next(now)
				got = o.Start.Format("2006-01-02 15:04 -0700")
				if o.Date != r.First {
					t.Errorf("First is %s and the first occurrence %s", r.First, o.Date)
				}
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// reason is the Why and the Part of an Unclear.
func reason(err error) string {
	var u *spoken.Unclear
	switch {
	case !errors.As(err, &u):
		return fmt.Sprint(err)
	case u.Part == "":
		return string(u.Why)
	default:
		return string(u.Why) + " " + u.Part
	}
}

func TestCheckRefusesWhatNeverHappens(t *testing.T) {
	monday := Rule{Unit: spoken.Weekly, Days: every(time.Monday), First: date(t, "2026-01-05"), Zone: "UTC", Length: time.Hour}
	with := func(change func(*Rule)) Rule { r := monday; change(&r); return r }
	february := with(func(r *Rule) {
		r.Unit, r.Days, r.MonthDay, r.Every, r.First = spoken.Monthly, nil, 30, 12, date(t, "2026-02-01")
	})
	twice := with(func(r *Rule) { r.Count = 2 })
	for want, r := range map[string]Rule{
		"missing zone":             {},
		"no_such_zone Local":       with(func(r *Rule) { r.Zone = "Local" }),
		"missing days":             with(func(r *Rule) { r.Days = nil }),
		"missing date":             with(func(r *Rule) { r.First = spoken.Date{} }),
		"no_such_date 2026-02-30":  with(func(r *Rule) { r.First.Month, r.First.Day = time.February, 30 }),
		"no_such_date 1066-10-14":  with(func(r *Rule) { r.First = date(t, "1066-10-14") }),
		"no_such_date":             february,
		"no_such_time":             with(func(r *Rule) { r.At = 24 * 60 }),
		"contradicts length":       with(func(r *Rule) { r.Length = time.Second }),
		"contradicts days":         with(func(r *Rule) { r.Every = -1 }),
		"contradicts date":         twice.Exclude(date(t, "2026-01-05")).Exclude(date(t, "2026-01-12")),
		"contradicts date ":        monday.EndBefore(monday.First),
		"<nil>":                    monday.EndBefore(date(t, "2026-01-06")),
		"<nil> after an exclusion": twice.Exclude(date(t, "2026-01-05")),
		"<nil> of a Monday in a gap": with(func(r *Rule) {
			r.Days = nth(5, time.Monday)
			r.Unit, r.Every, r.First = spoken.Monthly, 12, date(t, "2073-02-01")
		}),
	} {
		t.Run(want, func(t *testing.T) {
			if got := reason(r.Check()); got != want[:min(len(got), len(want))] {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

func TestEditsLeaveTheRuleAlone(t *testing.T) {
	first, second := date(t, "2026-01-05"), date(t, "2026-01-12")
	r := Rule{Unit: spoken.Weekly, Days: every(time.Monday), First: first, At: 9 * 60, Zone: "UTC", Length: time.Hour}
	r = r.MoveOne(second, date(t, "2026-01-14"), 10*60, time.Hour).Exclude(first)
	before := asJSON(t, r)
	for name, c := range map[string]struct {
		edited Rule
		want   []string
	}{
		"exclude twice":    {r.Exclude(first), []string{"Wed 2026-01-14 10:00 +0000", "Mon 2026-01-19 09:00 +0000"}},
		"exclude a moved":  {r.Exclude(second), []string{"Mon 2026-01-19 09:00 +0000", "Mon 2026-01-26 09:00 +0000"}},
		"and restore it":   {r.Exclude(second).Restore(second), []string{"Wed 2026-01-14 10:00 +0000", "Mon 2026-01-19 09:00 +0000"}},
		"restore":          {r.Restore(first), []string{"Mon 2026-01-05 09:00 +0000", "Wed 2026-01-14 10:00 +0000"}},
		"move again":       {r.MoveOne(second, second, 11*60, time.Hour), []string{"Mon 2026-01-12 11:00 +0000", "Mon 2026-01-19 09:00 +0000"}},
		"move back":        {r.MoveOne(second, second, 9*60, time.Hour), []string{"Mon 2026-01-12 09:00 +0000", "Mon 2026-01-19 09:00 +0000"}},
		"end before":       {r.EndBefore(date(t, "2026-01-19")), []string{"Wed 2026-01-14 10:00 +0000"}},
		"end before twice": {r.EndBefore(date(t, "2026-01-19")).EndBefore(date(t, "2027-01-01")), []string{"Wed 2026-01-14 10:00 +0000"}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, starts(c.edited, 2)); diff != "" {
				t.Error(diff)
			}
			if after := asJSON(t, r); after != before {
				t.Errorf("the edit changed the rule it was made of:\n%s", cmp.Diff(before, after))
			}
		})
	}
	if moved := r.MoveOne(second, second, 9*60, time.Hour); len(moved.Moved) != 0 {
		t.Errorf("a move back to the rule's own time leaves %v", moved.Moved)
	}
}

// TestFromHereOn: the two halves of a series happen as the whole did.
func TestFromHereOn(t *testing.T) {
	whole := Rule{Unit: spoken.Weekly, Every: 2, Days: every(time.Monday, time.Friday), First: date(t, "2026-01-05"), At: 9 * 60, Zone: "UTC", Length: time.Hour, Count: 9}
	whole = whole.Exclude(date(t, "2026-01-09")).Exclude(date(t, "2026-02-06")).
		MoveOne(date(t, "2026-01-19"), date(t, "2026-01-20"), 10*60, time.Hour).
		MoveOne(date(t, "2026-02-20"), date(t, "2026-02-21"), 10*60, time.Hour)
	for cut := range whole.dates(whole.First) {
		got := append(starts(whole.EndBefore(cut), 20), starts(whole.StartFrom(cut), 20)...)
		if diff := cmp.Diff(starts(whole, 20), got); diff != "" {
			t.Errorf("cut at %s (-want +got):\n%s", cut, diff)
		}
	}
}

func TestOnNamesAnOccurrenceForGood(t *testing.T) {
	first, second := date(t, "2026-01-05"), date(t, "2026-01-12")
	r := Rule{Unit: spoken.Weekly, Days: every(time.Monday), First: first, At: 9 * 60, Zone: "UTC", Length: time.Hour, Count: 2}.
		MoveOne(second, date(t, "2026-01-14"), 10*60, 2*time.Hour)
	want := Occurrence{Date: second, Moved: true,
		Start: time.Date(2026, 1, 14, 10, 0, 0, 0, time.UTC), End: time.Date(2026, 1, 14, 12, 0, 0, 0, time.UTC)}
	if got, ok := r.On(second); !ok || !cmp.Equal(got, want) {
		t.Errorf("got %v %v, want %v", got, ok, want)
	}
	for _, d := range []string{"2026-01-14", "2026-01-19", "2025-12-29"} {
		if o, ok := r.On(date(t, d)); ok {
			t.Errorf("%s is no date of the rule and gave %v", d, o)
		}
	}
	if o, ok := r.Exclude(second).On(second); ok {
		t.Errorf("an excluded date gave %v", o)
	}
	var found []Occurrence
	for o := range r.Between(want.Start, want.Start.Add(time.Nanosecond)) {
		found = append(found, o)
	}
	if !cmp.Equal(found, []Occurrence{want}) {
		t.Errorf("Between finds %v on the day it was moved to", found)
	}
}

// TestRulesOfEveryReleaseAreRead: stored rules outlive the program that wrote them.
func TestRulesOfEveryReleaseAreRead(t *testing.T) {
	text, err := os.ReadFile("testdata/rule-v1.json")
	if err != nil {
		t.Fatal(err)
	}
	var r Rule
	if err := json.Unmarshal(text, &r); err != nil {
		t.Fatal(err)
	}
	want := Rule{
		Unit: spoken.Monthly, Every: 2, Days: append(nth(1, time.Tuesday), nth(-1, time.Friday)...),
		First: date(t, "2026-01-06"), At: 19*60 + 30, Zone: "Europe/Berlin", Length: 90 * time.Minute,
		Until: date(t, "2027-12-31"), Count: 40, Excluded: []spoken.Date{date(t, "2026-03-03")},
		Moved: []Override{{Date: date(t, "2026-03-27"), To: date(t, "2026-03-29"), At: 2*60 + 30, Length: time.Hour}},
	}
	if diff := cmp.Diff(want, r); diff != "" {
		t.Errorf("the stored rule is read as another (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(string(text), asJSON(t, want)); diff != "" {
		t.Errorf("the rule is written otherwise (-want +got):\n%s", diff)
	}
}

func asJSON(t testing.TB, v any) string {
	t.Helper()
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return string(append(text, '\n'))
}

func TestDaysAreInOrderAndUnique(t *testing.T) {
	r := Rule{Unit: spoken.Monthly, Days: append(nth(1, time.Monday), every(time.Monday)...), First: date(t, "2026-01-01"), Zone: "UTC", Length: time.Hour}
	got := starts(r, 20)
	if !slices.IsSorted(slices.Collect(func(yield func(string) bool) {
		for _, s := range got {
			if !yield(s[4:]) {
				return
			}
		}
	})) || len(slices.Compact(slices.Clone(got))) != len(got) {
		t.Errorf("a day that is named twice happens twice or out of order: %v", got)
	}
}
