// Package spoken reads times as people say them: moments, lengths of time, time
// zones and repeating schedules. Its grammar is small and strict: what it cannot
// read whole it refuses, and where words have several readings it names them
// instead of choosing.
//
// It imports nothing of ours, knows no language catalogue and keeps nothing. It
// reads English and Spanish words together, since nothing in one is a different
// time in the other.
package spoken

import (
	"errors"
	"time"
)

// Clock is a time of day on the wall, in minutes after midnight, 0 to 1439.
type Clock int

// Date is a day of the calendar without a zone.
type Date struct {
	Year  int        `json:"y"`
	Month time.Month `json:"m"`
	Day   int        `json:"d"`
}

// Zone is a time zone by its IANA name.
type Zone struct{ Name string }

// Day is a weekday of a schedule. Nth is 0 for every one, 1 to 5 for the nth of
// the month, and -1 for the last.
type Day struct {
	Weekday time.Weekday `json:"day"`
	Nth     int          `json:"nth,omitempty"`
}

// Unit is what a Pattern counts in.
type Unit string

// The units of a Pattern.
const (
	Once    Unit = "once"
	Weekly  Unit = "weekly"
	Monthly Unit = "monthly"
)

// Pattern is a schedule as it was said. What was not said is zero: the caller asks.
type Pattern struct {
	Unit     Unit
	Every    int           // Every N units; 1 when nothing was said.
	Days     []Day         // Days of the week, for Weekly, and for Monthly by weekday; for Once, what Dated has still to check.
	MonthDay int           // MonthDay is 1 to 31 for Monthly by date; -1 is the last day.
	On       Date          // On is the date of a single meeting, or of the first one; Year 0 where no year was said.
	Until    Date          // Until is the last day, inclusive; Year 0 where no year was said.
	Count    int           // Count of occurrences; 0 is no end.
	Start    Clock         //
	HasStart bool          //
	Length   time.Duration // Length is 0 when no end was said.
	Zone     Zone          // Zone is zero when none was said.
}

// Reading is one way to understand ambiguous words. Value, typed instead, is read
// in exactly this way.
type Reading struct{ Value string }

// Unclear is the error of every reader of this package. Why is one of the Why
// constants, and the caller has a sentence for each.
type Unclear struct {
	Why      Why
	Part     string    // Part is the piece that could not be read; may be empty.
	Readings []Reading // Readings, where there are several.
}

// Why says what was wrong with the words.
type Why string

// The reasons of an Unclear.
const (
	NotATime     Why = "not_a_time"    // Nothing here is a time.
	LeftOver     Why = "left_over"     // A part was read and a part was not.
	NoSuchDate   Why = "no_such_date"  // 30 February.
	NoSuchTime   Why = "no_such_time"  // 13:75, 25 o'clock.
	SeveralZones Why = "several_zones" // BST, IST, CST.
	SeveralTimes Why = "several_times" // "at 8": morning or evening; 03/04: March or April.
	NoSuchZone   Why = "no_such_zone"
	TooLong      Why = "too_long" // More than MaxLength bytes.
	Contradicts  Why = "contradicts"
	Missing      Why = "missing" // Something needed was not said.
)

func (u *Unclear) Error() string { return "spoken: " + string(u.Why) }

// Nearer returns which of the errors of two readers says more about the same words:
// the second, where the first reader found nothing that is a time.
func Nearer(first, second error) error {
	var u *Unclear
	if errors.As(first, &u) && u.Why == NotATime {
		return second
	}
	return first
}

// MaxLength bounds what the readers look at, in bytes.
const MaxLength = 1000
