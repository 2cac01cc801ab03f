package chat

import (
	"strings"
	"time"

	"peerbot/spoken"
)

// Rich is formatted text as a sequence of spans. A newline inside a span is a
// line break on every platform. Nothing in it is ever parsed for markup or
// mentions: what a person typed travels as Plain and stays plain.
type Rich []Span

// Span is one of Plain, Strong, Code, Link, Mention, Group, Place, Time, List, And,
// ZoneName and Phrase. The set is sealed: every renderer handles each of them.
type Span interface{ span() }

// Plain is ordinary text, and the only form in which a person's own words travel.
type Plain string

// Strong is text with emphasis.
type Strong string

// Code is text shown as it is, ready to be copied: numbers, passcodes, commands.
type Code string

// Link is a web address with a label. An empty Label shows the address.
type Link struct {
	Label string `json:"label,omitempty"`
	URL   string `json:"url"`
}

// Mention addresses one person; the platform fetches the name when it sends.
type Mention struct {
	Who Person `json:"who"`
}

// Group addresses everyone who holds a platform's role or is in the group.
type Group struct {
	Platform string `json:"platform"`
	ID       string `json:"id"`
}

// Place is a room; the platform shows its name there and leads to it.
type Place struct{ At Address }

// Style says how a Time reads.
type Style string

// The styles of a Time.
const (
	Moment   Style = "moment"   // Monday 23 November 2026, 20:00 (Eastern Time)
	Clock    Style = "clock"    // 20:00
	Zoned    Style = "zoned"    // 20:00 (Eastern Time), for readers in several zones
	Day      Style = "day"      // Monday 23 November
	Relative Style = "relative" // in 3 minutes; platforms that cannot count say Moment
)

// Time is an instant, shown in the reader's own zone. The engine fills Text, its
// words in the reader's language and zone; a platform that shows local times
// itself uses At and keeps Text as the fallback.
type Time struct {
	At    time.Time `json:"at"`
	Style Style     `json:"style"`
	Text  string    `json:"text,omitempty"`
}

// List is one item a line, with a mark that reads well aloud.
type List struct {
	Items []Rich `json:"items"`
}

// And joins its items the way the reader's language does: "a, b and c".
type And struct {
	Items []Rich `json:"items"`
}

// ZoneName is a time zone by its IANA name, which no person ever sees: the engine
// makes of it what people call it in the reader's language, such as "Eastern time".
type ZoneName string

// Phrase is a sentence of the catalogue with its gaps filled. The engine turns it
// into words in the reader's language just before it is shown, so that domain and
// commands speak every language by knowing none.
type Phrase struct {
	ID    string `json:"id"`
	Fills []Fill `json:"fills,omitempty"`
}

// Fill is what goes into one gap of a Phrase. A Fill that is counted also chooses
// the plural form.
type Fill struct {
	Name    string `json:"name"`
	Value   Rich   `json:"value,omitempty"`
	Count   int    `json:"count,omitempty"`
	Counted bool   `json:"counted,omitempty"`
}

func (Plain) span()    {}
func (Strong) span()   {}
func (Code) span()     {}
func (Link) span()     {}
func (Mention) span()  {}
func (Group) span()    {}
func (Place) span()    {}
func (Time) span()     {}
func (List) span()     {}
func (And) span()      {}
func (ZoneName) span() {}
func (Phrase) span()   {}

// Say is the sentence of the catalogue with this id.
func Say(id string, fills ...Fill) Rich { return Rich{Phrase{ID: id, Fills: fills}} }

// With fills a gap with text that is already rich.
func With(name string, value Rich) Fill { return Fill{Name: name, Value: value} }

// Text fills a gap with plain text, such as a title that a person typed.
func Text(name, value string) Fill { return Fill{Name: name, Value: Rich{Plain(value)}} }

// At fills a gap with an instant.
func At(name string, at time.Time, style Style) Fill {
	return Fill{Name: name, Value: Rich{Time{At: at, Style: style}}}
}

// Count fills a gap with a number that chooses the plural form.
func Count(name string, n int) Fill { return Fill{Name: name, Count: n, Counted: true} }

// Words is plain text as Rich. It is for what people typed and for proper names;
// a sentence of ours comes from Say.
func Words(text string) Rich { return Rich{Plain(text)} }

// Lines puts each part on a line of its own; empty parts are left out.
func Lines(parts ...Rich) Rich { return join("\n", parts) }

// Paragraphs puts an empty line between its parts; empty parts are left out.
func Paragraphs(parts ...Rich) Rich { return join("\n\n", parts) }

func join(between string, parts []Rich) Rich {
	var out Rich
	for _, part := range parts {
		if len(part) == 0 {
			continue
		}
		if len(out) > 0 {
			out = append(out, Plain(between))
		}
		out = append(out, part...)
	}
	return out
}

// String flattens what the engine has put into words: for platforms of plain text,
// for labels and for tests. A Phrase that is still unspoken shows as its id in
// angle brackets.
func (r Rich) String() string {
	var b strings.Builder
	for _, s := range r {
		b.WriteString(flat(s))
	}
	return b.String()
}

func flat(s Span) string {
	switch s := s.(type) {
	case Plain:
		return string(s)
	case Strong:
		return string(s)
	case Code:
		return string(s)
	case Link:
		return flatLink(s)
	case Mention:
		return "@" + s.Who.Name
	case Group:
		return "@" + s.ID
	case Place:
		return "#" + s.At.Room
	case Time:
		return flatTime(s)
	case List:
		return flatItems(s.Items, "- ", "\n")
	case And:
		return flatItems(s.Items, "", ", ")
	case ZoneName:
		return spoken.Zone{Name: string(s)}.City()
	case Phrase:
		return "<" + s.ID + ">"
	}
	return ""
}

func flatLink(l Link) string {
	if l.Label == "" || l.Label == l.URL {
		return l.URL
	}
	return l.Label + " " + l.URL
}

func flatTime(t Time) string {
	if t.Text != "" {
		return t.Text
	}
	return t.At.UTC().Format(time.RFC3339)
}

func flatItems(items []Rich, mark, between string) string {
	lines := make([]string, len(items))
	for i, item := range items {
		lines[i] = mark + item.String()
	}
	return strings.Join(lines, between)
}
