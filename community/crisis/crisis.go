// Package crisis is the phone numbers of people who help at once, by country: data
// compiled into the program and a look-up, so that it answers when nothing else does.
//
// It keeps nothing, asks nobody, gives no advice and knows no language. A number is
// shown only where its own source confirms it; a doubtful one stands here so that
// nobody adds it again in good faith.
package crisis

import (
	"slices"
	"strings"
	"time"
)

// Fact is one thing that a source says: a number, hours, an address.
type Fact struct {
	Value  string
	Source string // Source is the web page on which it was read.
	Doubt  string // Doubt says why the fact is not shown; "" is a confirmed one.
}

// Shown is the value, and "" for a fact in doubt.
func (f Fact) Shown() string {
	if f.Doubt != "" {
		return ""
	}
	return f.Value
}

// Line is one service.
type Line struct {
	ID    string // ID is the name of its sentence in the catalogue.
	Name  string // Name is what it calls itself, in every language.
	Call  Fact   // Call is the number as one dials it.
	Press string // Press is the key to press once Call is answered.
	Text  Fact   // Text is the number to write to, and Keyword the word to write.
	// Keyword is "" where anything may be written.
	Keyword string
	Hours   Fact      // Hours is Always where it answers day and night.
	Read    time.Time // Read is the day on which all of this was read.
}

// Always are the hours of a line that answers day and night.
const Always = "24/7"

// DayAndNight reports whether that is confirmed.
func (l Line) DayAndNight() bool { return l.Hours.Shown() == Always }

// Card is what one country has. The emergency number comes first, then one line to
// call, one to write to, and more.
type Card struct {
	Country   string // Country is an ISO 3166 code, "EU" for the European Union.
	Emergency Fact
	Call      Line // Call is zero where no line is confirmed; so is Write.
	Write     Line
	More      []Line
	Read      time.Time // Read is when the oldest fact of the card was read.
}

// Directory lists lines of the whole world.
const Directory = "https://findahelpline.com"

// For is the card of a country, and false where there is none: then the worldwide
// one is due. A member state of the European Union that has no card of its own has
// the Union's.
func For(country string) (Card, bool) {
	country = strings.ToUpper(country)
	if slices.Contains(strings.Fields(union), country) {
		country = "EU"
	}
	i := slices.IndexFunc(cards, func(c Card) bool { return c.Country == country })
	if i < 0 {
		return Card{}, false
	}
	return cards[i], true
}

// Countries are the codes that have a card, in the order of their buttons.
func Countries() []string {
	codes := make([]string, len(cards))
	for i, c := range cards {
		codes[i] = c.Country
	}
	return codes
}

// Keeps is how long the data may be used before it has to be read again.
const Keeps = 180 * 24 * time.Hour

// Oldest is when the oldest of all facts was read.
func Oldest() time.Time {
	oldest := cards[0].Read
	for _, c := range cards {
		if c.Read.Before(oldest) {
			oldest = c.Read
		}
	}
	return oldest
}

// Stale reports whether something is too old for a release at now.
func Stale(now time.Time) bool { return now.Sub(Oldest()) > Keeps }
