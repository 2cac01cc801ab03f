package chat

import (
	"context"
	"errors"
	"slices"
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
	// Parse turns what was typed into the canonical Arg, which parses to itself. Its
	// error is a *Refusal with Option set, and with Readings where there are several.
	Parse(c *Call, typed Arg) (Arg, error)
	// Suggest completes what was typed, at most 25 choices, best first.
	Suggest(ctx context.Context, c *Call, typed string) ([]Choice, error)
}

// Option is one typed option of a command. It owns its type, its limits and its
// completion; its name and help in each language come from the catalogue. It is
// declared once, as a variable beside its command, in one expression:
//
//	title = chat.String("title").Require().Between(1, 80)
//	kind  = chat.String("kind").OneOf(kinds...).Or("support")
//	zone  = chat.Zone("zone")
//
// The chained methods belong to the declaration. After that it never changes and
// may be used from many goroutines.
type Option[T any] struct {
	Name     string
	Required bool
	Default  T
	Choices  []Choice
	Min, Max int
	Complete func(ctx context.Context, c *Call, typed string) ([]Choice, error)

	kind  Kind
	parse func(o *Option[T], c *Call, typed Arg) (T, error)
	write func(T) Arg          // write makes the canonical Arg, without its name
	read  func(Arg) (T, error) // read inverts write
}

// Require makes the option one that has to be given.
func (o *Option[T]) Require() *Option[T] { o.Required = true; return o }

// Or is the value where the option was not given.
func (o *Option[T]) Or(value T) *Option[T] { o.Default = value; return o }

// Between bounds a number, or the length of a text in graphemes, both ends included.
func (o *Option[T]) Between(least, most int) *Option[T] { o.Min, o.Max = least, most; return o }

// OneOf allows these values alone.
func (o *Option[T]) OneOf(choices ...Choice) *Option[T] { o.Choices = choices; return o }

// CompletedBy suggests values while the person types; others stay allowed.
func (o *Option[T]) CompletedBy(complete func(ctx context.Context, c *Call, typed string) ([]Choice, error)) *Option[T] {
	o.Complete = complete
	return o
}

// Spec describes the option to a platform.
func (o *Option[T]) Spec() Spec {
	return Spec{
		Name: o.Name, Kind: o.kind, Required: o.Required,
		Choices: slices.Clone(o.Choices), Completes: o.Complete != nil,
		Min: o.Min, Max: o.Max,
	}
}

// Parse reads what was typed. Where there are choices the value has to be one of
// them, by value or by label.
func (o *Option[T]) Parse(c *Call, typed Arg) (Arg, error) {
	arg, err := o.canonical(c, typed)
	if err != nil {
		return Arg{}, o.refusal(err)
	}
	arg.Name = o.Name
	return arg, nil
}

func (o *Option[T]) canonical(c *Call, typed Arg) (Arg, error) {
	if typed.File == nil && Line(typed.Value) == "" {
		return Arg{}, Refuse(Missing, "option.empty")
	}
	if choice, ok := Pick(o.Choices, typed.Value); ok {
		return Arg{Value: choice.Value}, nil
	}
	value, err := o.parse(o, c, typed)
	if len(o.Choices) == 0 {
		if err != nil {
			return Arg{}, err
		}
		return o.write(value), nil
	}
	if err == nil {
		if choice, ok := Pick(o.Choices, o.write(value).Value); ok {
			return Arg{Value: choice.Value}, nil
		}
	}
	return Arg{}, &Refusal{Why: Invalid, Say: Say("option.not_a_choice"), Readings: nearestChoices(o.Choices, typed.Value)}
}

// refusal turns whatever a parser said into words for the person.
func (o *Option[T]) refusal(err error) error {
	err = Misread(err)
	var r *Refusal
	if !errors.As(err, &r) {
		return err
	}
	named := *r
	named.Option = o.Name
	return &named
}

// Suggest completes what was typed: by Complete, else from the choices.
func (o *Option[T]) Suggest(ctx context.Context, c *Call, typed string) ([]Choice, error) {
	typed = Line(typed)
	if o.Complete == nil {
		return matching(o.Choices, typed), nil
	}
	choices, err := o.Complete(ctx, c, typed)
	return choices[:min(len(choices), maxSuggestions)], err
}

// maxSuggestions is how many completions platforms show at most:
// https://discord.com/developers/docs/interactions/application-commands#autocomplete
const maxSuggestions = 25

// In reads the option from a call that the Router has parsed; Default where it was
// not given.
func (o *Option[T]) In(c *Call) T {
	if arg, ok := c.Arg(o.Name); ok {
		if value, err := o.read(arg); err == nil {
			return value
		}
	}
	return o.Default
}

// Given reports whether the call has a value for the option.
func (o *Option[T]) Given(c *Call) bool { _, ok := c.Arg(o.Name); return ok }

// Is binds the option to a value, for an Offer.
func (o *Option[T]) Is(v T) Arg {
	arg := o.write(v)
	arg.Name = o.Name
	return arg
}
