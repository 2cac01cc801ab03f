package spoken_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"peerbot/spoken"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// language is how the test says a schedule.
type language struct {
	days, months       []string // From Monday, from January.
	nths               map[int]string
	and, to, until     string
	at, from, starting string
	weeks, months_     string // "every %d weeks"
	ofMonth, times     string
	monthDay, lastDay  string
	date               func(d spoken.Date, month string) string
}

var languages = []language{
	{
		days:   strings.Fields("Monday Tuesday Wednesday Thursday Friday Saturday Sunday"),
		months: strings.Fields("January February March April May June July August September October November December"),
		nths:   map[int]string{1: "1st", 2: "2nd", 3: "third", 4: "4th", 5: "fifth", -1: "last"},
		and:    " and ", to: " to ", until: "until ", at: "at ", from: "from ", starting: "starting ",
		weeks: "every %d weeks on ", months_: "every %d months on the ",
		ofMonth: " of the month", times: "%d times", monthDay: "%dth of each month", lastDay: "last day of the month",
		date: func(d spoken.Date, month string) string { return fmt.Sprintf("%s %d, %d", month, d.Day, d.Year) },
	},
	{
		days:   strings.Fields("lunes martes miércoles jueves viernes sábado domingo"),
		months: strings.Fields("enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"),
		nths:   map[int]string{1: "primer", 2: "2º", 3: "tercer", 4: "cuarto", 5: "quinto", -1: "último"},
		and:    " y ", to: " a ", until: "hasta el ", at: "a las ", from: "de ", starting: "a partir del ",
		weeks: "cada %d semanas los ", months_: "cada %d meses el ",
		ofMonth: " de cada mes", times: "%d veces", monthDay: "día %d de cada mes", lastDay: "último día del mes",
		date: func(d spoken.Date, month string) string {
			return fmt.Sprintf("%d de %s de %d", d.Day, month, d.Year)
		},
	},
}

// TestSchedulesSaidInWords says any schedule in words, its clauses in any order, and
// reads it back exactly.
func TestSchedulesSaidInWords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lang := rapid.SampledFrom(languages).Draw(t, "language")
		want := drawPattern(t)
		clauses := []string{lang.sayDays(want)}
		for _, clause := range []string{lang.sayTime(t, want), lang.sayLimits(want), lang.sayFirst(want), want.Zone.City()} {
			if clause != "" {
				clauses = append(clauses, clause)
			}
		}
		clauses = rapid.Permutation(clauses).Draw(t, "order")
		text := strings.Join(clauses, rapid.SampledFrom([]string{", ", "; ", "\n"}).Draw(t, "pause"))
		got, err := spoken.ReadPattern(text)
		if err != nil {
			t.Fatalf("%q: %s", text, meaning(got, err)(describe))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%q: %s", text, diff)
		}
	})
}

func drawDate(t *rapid.T, name string) spoken.Date {
	return spoken.Date{Year: 2026, Month: 1, Day: 1}.AddDays(rapid.IntRange(0, 4000).Draw(t, name))
}

func drawPattern(t *rapid.T) spoken.Pattern {
	p := spoken.Pattern{Every: 1, HasStart: true, Start: spoken.Clock(rapid.IntRange(0, 1439).Draw(t, "start"))}
	p.Length = time.Duration(rapid.IntRange(0, 1439).Draw(t, "length")) * time.Minute
	p.Zone.Name = rapid.SampledFrom([]string{"", "Europe/Madrid", "America/New_York", "Etc/GMT-3", "UTC"}).Draw(t, "zone")
	p.Unit = rapid.SampledFrom([]spoken.Unit{spoken.Once, spoken.Weekly, spoken.Monthly}).Draw(t, "unit")
	if p.Unit == spoken.Once {
		p.On = drawDate(t, "on")
		return p
	}
	p.Every = rapid.IntRange(1, 12).Draw(t, "every")
	if p.Unit == spoken.Monthly && rapid.Bool().Draw(t, "by date") {
		p.MonthDay = rapid.SampledFrom([]int{-1, 1, 15, 31}).Draw(t, "day")
		p.Every = 1
	} else {
		p.Days = drawDays(t, p.Unit)
	}
	if rapid.Bool().Draw(t, "first") {
		p.On = drawDate(t, "on")
	}
	switch rapid.IntRange(0, 2).Draw(t, "limit") {
	case 1:
		p.Count = rapid.IntRange(1, 100).Draw(t, "count")
	case 2:
		p.Until = drawDate(t, "until").AddDays(5000)
	}
	return p
}

func drawDays(t *rapid.T, unit spoken.Unit) []spoken.Day {
	week := []time.Weekday{1, 2, 3, 4, 5, 6, 0}
	some := rapid.SliceOfNDistinct(rapid.IntRange(0, 6), 1, 7, rapid.ID[int]).Draw(t, "days")
	slices.Sort(some)
	days := make([]spoken.Day, len(some))
	for i, d := range some {
		days[i].Weekday = week[d]
		if unit == spoken.Monthly {
			days[i].Nth = rapid.SampledFrom([]int{1, 2, 3, 4, 5, -1}).Draw(t, "nth")
		}
	}
	return days
}

func (l language) sayDays(p spoken.Pattern) string {
	switch {
	case p.Unit == spoken.Once:
		return l.date(p.On, l.months[p.On.Month-1])
	case p.MonthDay < 0:
		return l.lastDay
	case p.MonthDay > 0:
		return fmt.Sprintf(l.monthDay, p.MonthDay)
	}
	var days []string
	for _, d := range p.Days {
		name := l.days[(int(d.Weekday)+6)%7]
		if d.Nth != 0 {
			name = l.nths[d.Nth] + " " + name
		}
		days = append(days, name)
	}
	list := strings.Join(days, l.and)
	switch {
	case p.Every > 1 && p.Unit == spoken.Weekly:
		return fmt.Sprintf(l.weeks, p.Every) + list
	case p.Every > 1:
		return fmt.Sprintf(l.months_, p.Every) + list
	case p.Unit == spoken.Monthly:
		return list + l.ofMonth
	}
	return list
}

// sayTime says the time by 24 hours or by 12.
func (l language) sayTime(t *rapid.T, p spoken.Pattern) string {
	say := spoken.Clock.String
	if rapid.Bool().Draw(t, "twelve hours") {
		say = func(c spoken.Clock) string {
			return time.Date(2026, 1, 1, 0, int(c), 0, 0, time.UTC).Format(rapid.SampledFrom([]string{"3:04pm", "3:04 PM"}).Draw(t, "twelve"))
		}
	}
	if p.Length == 0 {
		return l.at + say(p.Start)
	}
	end := (p.Start + spoken.Clock(p.Length/time.Minute)) % 1440
	return l.from + say(p.Start) + rapid.SampledFrom([]string{l.to, "-", " – "}).Draw(t, "to") + say(end)
}

func (l language) sayLimits(p spoken.Pattern) string {
	switch {
	case p.Count > 0:
		return fmt.Sprintf(l.times, p.Count)
	case !p.Until.IsZero():
		return l.until + l.date(p.Until, l.months[p.Until.Month-1])
	}
	return ""
}

func (l language) sayFirst(p spoken.Pattern) string {
	if p.On.IsZero() || p.Unit == spoken.Once {
		return ""
	}
	return l.starting + l.date(p.On, l.months[p.On.Month-1])
}
