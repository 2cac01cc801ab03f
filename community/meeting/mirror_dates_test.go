package meeting

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/teambition/rrule-go"
	"pgregory.net/rapid"

	"peerbot/chat"
	"peerbot/schedule"
	"peerbot/spoken"
)

// clocked are zones, in half of which clocks never change.
var clocked = []string{
	"UTC", "America/Phoenix", "America/Bogota", "Asia/Kolkata", "Asia/Tokyo", "Pacific/Kiritimati",
	"America/New_York", "Europe/Madrid", "Australia/Lord_Howe", "Africa/Casablanca", "America/Santiago", "Pacific/Auckland",
}

func anyRule() *rapid.Generator[schedule.Rule] {
	return rapid.Custom(func(t *rapid.T) schedule.Rule {
		r := schedule.Rule{
			Unit: rapid.SampledFrom([]spoken.Unit{spoken.Weekly, spoken.Weekly, spoken.Monthly, spoken.Once}).Draw(t, "unit"),
			Zone: rapid.SampledFrom(clocked).Draw(t, "zone"), Length: time.Duration(rapid.IntRange(1, 24*60).Draw(t, "length")) * time.Minute,
			At:    spoken.Clock(rapid.IntRange(0, 24*60-1).Draw(t, "at")),
			First: spoken.Date{Year: 2026, Month: time.January, Day: 1}.AddDays(rapid.IntRange(0, 1500).Draw(t, "first")),
			Every: rapid.SampledFrom([]int{0, 1, 1, 2, 3, 12}).Draw(t, "every"),
		}
		nth := 0
		if r.Unit == spoken.Monthly {
			nth = rapid.IntRange(-1, 5).Draw(t, "nth")
		}
		if r.Unit == spoken.Monthly && nth == 0 {
			r.MonthDay = rapid.SampledFrom([]int{1, 15, 28, 29, 31, -1}).Draw(t, "day")
		} else if r.Unit != spoken.Once {
			from := rapid.IntRange(0, 6).Draw(t, "from")
			for i := range rapid.SampledFrom([]int{1, 1, 2, 5, 7}).Draw(t, "days") {
				r.Days = append(r.Days, spoken.Day{Weekday: time.Weekday((from + i) % 7), Nth: nth})
			}
		}
		return r
	})
}

// edited leaves some dates of the rule out, moves some, or ends it.
func edited(t *rapid.T, r schedule.Rule) schedule.Rule {
	switch rapid.IntRange(0, 7).Draw(t, "edit") {
	case 0:
		r.Until = r.First.AddDays(rapid.IntRange(0, 3000).Draw(t, "until"))
	case 1:
		r.Count = rapid.IntRange(1, 300).Draw(t, "count")
	case 2, 3:
		from := spoken.Resolve(r.First.AddDays(rapid.IntRange(0, 1500).Draw(t, "gap")), 0, time.UTC)
		if o, ok := r.Next(from); ok && rapid.Bool().Draw(t, "out") {
			r = r.Exclude(o.Date)
		} else if ok {
			r = r.MoveOne(o.Date, o.Date.AddDays(rapid.IntRange(-3, 3).Draw(t, "to")), r.At, r.Length)
		}
	}
	return r
}

// byDateutil are the times of what comes again, as python's dateutil finds them.
func byDateutil(t *rapid.T, a chat.Again, start, until time.Time) []time.Time {
	start = start.UTC()
	days := []rrule.Weekday{rrule.SU, rrule.MO, rrule.TU, rrule.WE, rrule.TH, rrule.FR, rrule.SA}
	o := rrule.ROption{Freq: rrule.DAILY, Interval: 1, Dtstart: start}
	switch a {
	case chat.Weekly:
		o.Freq = rrule.WEEKLY
	case chat.EveryOtherWeek:
		o.Freq, o.Interval = rrule.WEEKLY, 2
	case chat.Monthly:
		o.Freq, o.Byweekday = rrule.MONTHLY, []rrule.Weekday{days[start.Weekday()].Nth((start.Day()-1)/7 + 1)}
	case chat.Yearly:
		o.Freq, o.Bymonth, o.Bymonthday = rrule.YEARLY, []int{int(start.Month())}, []int{start.Day()}
	}
	for _, d := range a.Days() {
		o.Byweekday = append(o.Byweekday, days[d])
	}
	r, err := rrule.NewRRule(o)
	if err != nil {
		t.Fatal(err)
	}
	return r.Between(start, until, true)
}

// TestWhatComesAgainIsRight: whatever a rule is, the way in which it is said to come again
// gives its very dates for years, on a clock that knows no zone.
func TestWhatComesAgainIsRight(t *testing.T) {
	said := map[chat.Again]int{}
	rapid.Check(t, func(t *rapid.T) {
		r := edited(t, anyRule().Draw(t, "rule"))
		now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(rapid.Int64Range(0, int64(6*366*day)).Draw(t, "now")))
		a := againOf(r, now)
		said[a]++
		if a == chat.Once {
			return
		}
		var want []time.Time
		first, _ := r.Next(now)
		until := first.Start.Add(4 * 365 * day)
		for o := range r.Between(now, until) {
			want = append(want, o.Start.UTC())
			if o.End.Sub(o.Start) != first.End.Sub(first.Start) {
				t.Fatalf("%v lasts %v", o.Start, o.End.Sub(o.Start))
			}
		}
		if diff := cmp.Diff(want, byDateutil(t, a, first.Start, until.Add(-time.Second))); diff != "" {
			t.Fatalf("%s (-true +shown):\n%s", a, diff)
		}
	})
	if said[chat.Once] == 0 || len(said) < 2 {
		t.Errorf("too little was tried: %v", said)
	}
}

// TestHowMeetingsComeAgain says which rules are one event, and which are their dates.
func TestHowMeetingsComeAgain(t *testing.T) {
	monday := spoken.Date{Year: 2026, Month: time.June, Day: 1}
	on := func(zone string, at int, unit spoken.Unit, nth int, days ...time.Weekday) schedule.Rule {
		r := schedule.Rule{Unit: unit, First: monday, At: spoken.Clock(at * 60), Zone: zone, Length: time.Hour}
		for _, d := range days {
			r.Days = append(r.Days, spoken.Day{Weekday: d, Nth: nth})
		}
		return r
	}
	every := func(n int, r schedule.Rule) schedule.Rule { r.Every = n; return r }
	workdays := []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday}
	weekly := on("America/Phoenix", 20, spoken.Weekly, 0, time.Monday)
	yearly := schedule.Rule{Unit: spoken.Monthly, Every: 12, MonthDay: 15, First: monday, At: 600, Zone: "UTC", Length: time.Hour}
	leap := yearly
	leap.First, leap.MonthDay = spoken.Date{Year: 2028, Month: time.February, Day: 29}, 29
	ending := weekly
	ending.Until = monday.AddDays(700)
	for name, c := range map[string]struct {
		rule schedule.Rule
		want chat.Again
	}{
		"weekly where clocks never change":           {weekly, chat.Weekly},
		"weekly where clocks change":                 {on("America/New_York", 20, spoken.Weekly, 0, time.Monday), chat.Once},
		"every other week":                           {every(2, weekly), chat.EveryOtherWeek},
		"every third week":                           {every(3, weekly), chat.Once},
		"on workdays":                                {on("UTC", 20, spoken.Weekly, 0, workdays...), chat.MondayToFriday},
		"on workdays, which in UTC are later":        {on("America/Phoenix", 20, spoken.Weekly, 0, workdays...), chat.TuesdayToSaturday},
		"on workdays, which in UTC are earlier":      {on("Asia/Tokyo", 6, spoken.Weekly, 0, workdays...), chat.SundayToThursday},
		"at weekends":                                {on("UTC", 20, spoken.Weekly, 0, time.Saturday, time.Sunday), chat.SaturdaySunday},
		"on two days that are no set":                {on("UTC", 20, spoken.Weekly, 0, time.Monday, time.Wednesday), chat.Once},
		"every day":                                  {on("UTC", 20, spoken.Weekly, 0, append(workdays, time.Saturday, time.Sunday)...), chat.Once},
		"on a weekday of the month":                  {on("UTC", 20, spoken.Monthly, 2, time.Tuesday), chat.Monthly},
		"on one that is another in UTC":              {on("America/Phoenix", 20, spoken.Monthly, 1, time.Tuesday), chat.Once},
		"on the last weekday of the month":           {on("UTC", 20, spoken.Monthly, -1, time.Friday), chat.Once},
		"on the fifth":                               {on("UTC", 20, spoken.Monthly, 5, time.Friday), chat.Once},
		"on a day of the month":                      {every(1, yearly), chat.Once},
		"once a year":                                {yearly, chat.Yearly},
		"on a day that few years have":               {leap, chat.Once},
		"once":                                       {on("UTC", 20, spoken.Once, 0), chat.Once},
		"weekly with an end":                         {ending, chat.Once},
		"weekly, a date to come being left out":      {weekly.Exclude(monday.AddDays(28)), chat.Once},
		"weekly, a date that is over being left out": {weekly.Exclude(monday), chat.Weekly},
		"weekly, a date being moved":                 {weekly.MoveOne(monday.AddDays(70), monday.AddDays(70), 600, time.Hour), chat.Once},
		"weekly, two dates at once":                  {weekly.MoveOne(monday.AddDays(14), monday.AddDays(7), weekly.At, time.Hour), chat.Once},
		"weekly, one date being longer":              {weekly.MoveOne(monday.AddDays(70), monday.AddDays(70), weekly.At, 2*time.Hour), chat.Once},
	} {
		if got := againOf(c.rule, time.Date(2026, 6, 3, 12, 0, 0, 0, time.UTC)); got != c.want {
			t.Errorf("%s: %q, not %q", name, got, c.want)
		}
	}
	if !slices.Equal(chat.SundayToThursday.Days(), []time.Weekday{0, 1, 2, 3, 4}) || chat.Weekly.Days() != nil {
		t.Error("the sets of days are others")
	}
}
