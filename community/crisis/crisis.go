// Package crisis is the phone numbers of people who help at once, by country: data
// compiled into the program and a look-up, so that it answers when nothing else does.
//
// It keeps nothing, asks nobody, gives no advice and knows no language. A number is
// shown only where its source confirms it; a doubted one stands here so that nobody
// adds it again in good faith.
package crisis

import (
	"slices"
	"strings"
	"time"
)

// Fact is one thing that a source says: a number, or hours.
type Fact struct {
	Value  string
	Source string    // Source is the web page that says so.
	Read   time.Time // Read is the day on which it was read there.
	Doubt  string    // Doubt says why the fact is not shown; "" is a confirmed one.
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
	ID      string // ID is the name of its sentence in the catalogue.
	Name    string // Name is what it calls itself, in every language.
	Call    Fact   // Call is the number as one dials it.
	Press   string // Press is the key to press once Call is answered.
	Text    Fact   // Text is the number to write to.
	Keyword string // Keyword is the word to write, "" where anything may be written.
	Hours   Fact   // Hours is one of the constants.
	Langs   string // Langs are the languages spoken, joined by "_".
}

// The hours of a line, as names of their words in the catalogue.
const (
	Always  = "always"      // Day and night.
	Eastern = "eastern_day" // Monday to Friday, 10:00 to 22:00 in New York.
)

// Card is what one country has: the emergency number, one line to call, one to
// write to, and more. A zero Line is none.
type Card struct {
	Country   string // Country is an ISO 3166 code, or "EU" for the European Union.
	Emergency Fact
	Call      Line
	Write     Line
	More      []Line
}

// Read is the day on which the oldest fact of the card was read.
func (c Card) Read() time.Time {
	oldest := c.Emergency.Read
	for _, l := range append([]Line{c.Call, c.Write}, c.More...) {
		for _, f := range []Fact{l.Call, l.Text, l.Hours} {
			if f.Shown() != "" && f.Read.Before(oldest) {
				oldest = f.Read
			}
		}
	}
	return oldest
}

// Directory lists lines of the whole world.
const Directory = "https://findahelpline.com"

// For is the card of a country, by its code in any case, and false where there is
// none: then the worldwide one is due. A member state of the European Union that has
// no card of its own has the Union's.
func For(country string) (Card, bool) {
	country = strings.ToUpper(country)
	if code := called[country]; code != "" {
		country = code
	}
	if slices.Contains(strings.Fields(union), country) {
		country = "EU"
	}
	i := slices.IndexFunc(cards, func(c Card) bool { return c.Country == country })
	if i < 0 {
		return Card{}, false
	}
	return cards[i], true
}

// called are what people write instead of a code.
var called = map[string]string{"UK": "GB", "USA": "US", "EEUU": "US", "UE": "EU"}

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

// Oldest is when the oldest fact of all was read.
func Oldest() time.Time {
	oldest := cards[0].Read()
	for _, c := range cards {
		if read := c.Read(); read.Before(oldest) {
			oldest = read
		}
	}
	return oldest
}

// Stale reports whether something is too old for a release at now.
func Stale(now time.Time) bool { return now.Sub(Oldest()) > Keeps }
