package meeting

import (
	"slices"
	"strings"
	"time"

	"peerbot/spoken"
)

// partOfDay is what people call some hours, in both languages.
type partOfDay struct {
	from, to spoken.Clock
	names    []string
}

var partsOfDay = []partOfDay{
	{5 * 60, 12 * 60, []string{"morning", "manana"}},
	{11 * 60, 14 * 60, []string{"noon", "midday", "lunchtime", "mediodia"}},
	{12 * 60, 18 * 60, []string{"afternoon", "tarde"}},
	{17 * 60, 22 * 60, []string{"evening", "tarde"}},
	{20 * 60, 24 * 60, []string{"night", "noche"}},
	{0, 5 * 60, []string{"night", "noche"}},
}

// weekdays are what people call the days of the week, from Sunday on.
var weekdays = [7][]string{
	{"sundays", "domingos"}, {"mondays", "lunes"}, {"tuesdays", "martes"}, {"wednesdays", "miercoles"},
	{"thursdays", "jueves"}, {"fridays", "viernes"}, {"saturdays", "sabados"},
}

// hours are when something begins that a word may mean: some parts of the day, on any
// day, or any time on some days.
type hours struct {
	parts []partOfDay
	days  []time.Weekday
}

// hoursNamed are the hours that a word may mean, by the beginnings of their names.
func hoursNamed(word string) (h hours) {
	names := func(all []string) bool {
		return slices.ContainsFunc(all, func(name string) bool { return strings.HasPrefix(name, word) })
	}
	for _, p := range partsOfDay {
		if names(p.names) {
			h.parts = append(h.parts, p)
		}
	}
	for day, all := range weekdays {
		if names(all) {
			h.days = append(h.days, time.Weekday(day))
		}
	}
	return h
}

// none reports whether the word means no time.
func (h hours) none() bool { return len(h.parts)+len(h.days) == 0 }

// hold reports whether the time, as a clock on the wall shows it, is among them.
func (h hours) hold(local time.Time) bool {
	at := spoken.ClockOf(local)
	return slices.Contains(h.days, local.Weekday()) ||
		slices.ContainsFunc(h.parts, func(p partOfDay) bool { return at >= p.from && at < p.to })
}
