package meeting

import (
	"slices"
	"strings"
	"time"
)

// Filter is which meetings somebody looks for. What is empty does not count.
type Filter struct {
	Words     string // Words stand in what a meeting says of itself, or name a part of the day or a weekday.
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
	begins := g.Start.In(f.clock(&g.Meeting))
	have := strings.Fields(fold(g.text()))
	for _, w := range strings.Fields(fold(f.Words)) {
		if !containsAll(have, []string{w}) && !hoursNamed(w).hold(begins) {
			return false
		}
	}
	return true
}

// NamesDay reports whether one of the words may name a day of the week, so that the next
// date of a series is not enough to look at.
func (f Filter) NamesDay() bool {
	return slices.ContainsFunc(strings.Fields(fold(f.Words)), func(w string) bool { return len(hoursNamed(w).days) > 0 })
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

// clock is the clock on which a gathering's hours are meant: the reader's, else its own.
func (f Filter) clock(v *Meeting) *time.Location {
	if f.Clock != nil {
		return f.Clock
	}
	return v.Zone()
}
