package meeting

import (
	"strings"
	"time"

	"peerbot/spoken"
)

// Filter is which meetings somebody looks for. What is empty does not count.
type Filter struct {
	Words     string // Words stand in what a meeting says of itself, or name a part of the day.
	Language  string // Language is a tag.
	Programme string // Programme is an id.
	Held      Held   // Held is Online or InPerson.
	Clock     *time.Location
}

// Picks reports whether the gathering is one of those. What people type is matched by
// the beginnings of words, without accents.
func (f Filter) Picks(g Gathering) bool {
	if f.Language != "" && f.Language != g.Facts.Language {
		return false
	}
	if f.Programme != "" && f.Programme != g.Facts.Programme {
		return false
	}
	if f.Held != "" && !g.Place.Held().Is(f.Held) {
		return false
	}
	words := strings.Fields(fold(f.Words))
	if len(words) == 0 {
		return true
	}
	return containsAll(append(strings.Fields(fold(g.text())), f.partOfDay(g)...), words)
}

// text is all that a meeting says of itself to everybody.
func (g Gathering) text() string {
	p, _ := FindProgramme(g.Facts.Programme)
	parts := []string{g.Title, g.ShortName, g.Notes, string(g.Kind), p.Short, p.Name, string(g.Facts.Doors),
		g.Facts.Audience, g.Facts.Access, g.Facts.Expect, g.Place.Venue, g.Place.Address, g.Place.Region, g.Facts.typesWords(), searched[g.Place.Held()]}
	if g.Facts.Language != "" {
		parts = append(parts, LanguageName(g.Facts.Language))
	}
	if g.Facts.Beginners {
		parts = append(parts, beginners...)
	}
	return strings.Join(parts, " ")
}

var beginners = []string{"beginners", "newcomers", "principiantes", "nuevos"}

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

// partOfDay names the hours in which the gathering begins, on the reader's clock.
func (f Filter) partOfDay(g Gathering) (names []string) {
	zone := f.Clock
	if zone == nil {
		zone = g.Zone()
	}
	at := spoken.ClockOf(g.Start.In(zone))
	for _, p := range partsOfDay {
		if at >= p.from && at < p.to {
			names = append(names, p.names...)
		}
	}
	return names
}
