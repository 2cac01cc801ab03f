package chat

import (
	"fmt"
	"time"
)

// Why is the class of a Refusal.
type Why string

// The classes of a Refusal.
const (
	Invalid  Why = "invalid"  // What was said cannot be read, or cannot be.
	Missing  Why = "missing"  // What was named is not there, or something is lacking.
	Denied   Why = "denied"   // The person may not do this here.
	Conflict Why = "conflict" // Something changed in between, or contradicts.
	Busy     Why = "busy"     // Too much at once: try again soon.
)

// Refusal is an error for the person: what happened and what to do next, with
// buttons where there are readings to choose from. It changed nothing. Everything
// that is not a Refusal is ours: it is logged with a reference that the person sees.
type Refusal struct {
	Why    Why
	Say    Rich
	Offers [][]Offer
	// Option is the name of the option that was wrong, and Readings are the values
	// it may have meant; the Router makes a button of each and reopens the form.
	Option   string
	Readings []Choice
	Err      error // Err is the cause, if any; never shown and never a person's words.
}

// Refuse is a Refusal with a sentence of the catalogue.
func Refuse(why Why, id string, fills ...Fill) *Refusal {
	return &Refusal{Why: why, Say: Say(id, fills...)}
}

func (r *Refusal) Error() string {
	id := "refused"
	if len(r.Say) > 0 {
		if p, ok := r.Say[0].(Phrase); ok {
			id = p.ID
		}
	}
	return fmt.Sprintf("%s: %s", r.Why, id)
}

func (r *Refusal) Unwrap() error { return r.Err }

// Fate is what becomes of a letter that could not be delivered.
type Fate string

// The fates of a letter.
const (
	Later  Fate = "later" // Try again after Bounce.After.
	Gone   Fate = "gone"  // The recipient cannot be reached any more.
	MoveTo Fate = "moved" // The room has the new address Bounce.To; send there.
	Never  Fate = "never" // The platform will never take this message.
)

// Bounce is an error for the pump: what to do with the letter next. A sender that
// returns any other error is taken to mean Later.
type Bounce struct {
	Fate  Fate
	After time.Duration // After is how long to wait at least, for Later.
	To    Address       // To is the new address, for MoveTo.
	Err   error
}

func (b *Bounce) Error() string { return fmt.Sprintf("bounced (%s): %v", b.Fate, b.Err) }

func (b *Bounce) Unwrap() error { return b.Err }
