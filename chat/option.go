package chat

import (
	"context"
	"time"

	"peerbot/spoken"
)

// Kind is the type of an option, for platforms that have native ones.
type Kind string

// The kinds of option.
const (
	KindText       Kind = "text"       // One line.
	KindParagraph  Kind = "paragraph"  // Several lines.
	KindInteger    Kind = "integer"    //
	KindBoolean    Kind = "boolean"    //
	KindMoment     Kind = "moment"     // A date and time, read by the strict grammar.
	KindDuration   Kind = "duration"   //
	KindZone       Kind = "zone"       // A time zone.
	KindPerson     Kind = "person"     //
	KindRoom       Kind = "room"       //
	KindAttachment Kind = "attachment" //
)

// Choice is one value that an option may take. Value is canonical.
type Choice struct {
	Value string
	Label Rich
}

// Spec describes an option to a platform.
type Spec struct {
	Name      string
	Kind      Kind
	Required  bool
	Choices   []Choice
	Completes bool
	Min, Max  int // Min and Max bound an integer, or the length of a text in graphemes; both 0 leave the kind's own bounds.
}

// Param is an Option of any type, as the engine sees it.
type Param interface {
	Spec() Spec
	// Parse turns what was typed into the canonical Arg. Its error is a *Refusal
	// with Option set, and with Readings where there are several.
	Parse(c *Call, typed Arg) (Arg, error)
	// Suggest completes what was typed, at most 25 choices, best first.
	Suggest(ctx context.Context, c *Call, typed string) ([]Choice, error)
}

// Option is one typed option of a command. It owns its type, its limits and its
// completion; its name and help in each language come from the catalogue.
type Option[T any] struct {
	Name     string
	Required bool
	Default  T
	Choices  []Choice
	Min, Max int
	Complete func(ctx context.Context, c *Call, typed string) ([]Choice, error)

	kind  Kind
	parse func(o *Option[T], c *Call, typed Arg) (T, error)
	write func(T) string
	read  func(string) (T, error) // read inverts write
}

// String is one line of text, 1 to 200 graphemes unless Min and Max say otherwise.
func String(name string) *Option[string] { return nil }

// Paragraph is text of several lines, 1 to 1,000 graphemes unless Min and Max say otherwise.
func Paragraph(name string) *Option[string] { return nil }

// Integer is a whole number between Min and Max.
func Integer(name string) *Option[int] { return nil }

// Boolean is yes or no, in any language of the catalogue.
func Boolean(name string) *Option[bool] { return nil }

// When is an instant in the future or the past, read by spoken.ReadMoment in the caller's zone.
func When(name string) *Option[time.Time] { return nil }

// Duration is a length of time such as "90 minutes" or "1h30".
func Duration(name string) *Option[time.Duration] { return nil }

// Zone is a time zone: an IANA name, a Windows name, a city or an abbreviation.
func Zone(name string) *Option[spoken.Zone] { return nil }

// Who is a person on the caller's platform.
func Who(name string) *Option[Person] { return nil }

// Room is a room of the caller's space.
func Room(name string) *Option[Address] { return nil }

// Attachment is a file that came with the call.
func Attachment(name string) *Option[*File] { return nil }

// In reads the option from a call that the Router has parsed; Default where it was
// not given.
func (o *Option[T]) In(c *Call) T { return o.Default }

// Given reports whether the call has a value for the option.
func (o *Option[T]) Given(c *Call) bool { _, ok := c.Arg(o.Name); return ok }

// Is binds the option to a value, for an Offer.
func (o *Option[T]) Is(v T) Arg { return Arg{Name: o.Name, Value: o.write(v)} }
