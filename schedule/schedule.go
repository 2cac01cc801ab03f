// Package schedule knows when: Rule is a recurrence on wall time in a zone, right
// across clock changes, and Agenda is the durable list of what is due.
//
// It sends nothing, knows no meeting and no message, and imports storage and spoken
// alone.
package schedule

import (
	"context"
	"iter"
	"log/slog"
	"time"

	"peerbot/spoken"
	"peerbot/storage"
)

// Rule is a recurrence in the sense of RFC 5545, said on wall time in an IANA zone.
// A meeting at 20:00 stays at 20:00 when the clocks change; a time that a day does
// not have moves to the first instant after the gap; a time that it has twice is
// the first. The zero Rule is invalid; Check says why.
type Rule struct {
	Unit     spoken.Unit   `json:"unit"`
	Every    int           `json:"every,omitempty"`
	Days     []spoken.Day  `json:"days,omitempty"`
	MonthDay int           `json:"month_day,omitempty"` // 1 to 31, -1 the last day; a month without it is skipped.
	First    spoken.Date   `json:"first"`               // No occurrence is before First; it anchors Every.
	At       spoken.Clock  `json:"at"`
	Zone     string        `json:"zone"`
	Length   time.Duration `json:"length"`         // Of one occurrence, 1 minute to 24 hours.
	Until    spoken.Date   `json:"until,omitzero"` // Inclusive; zero is no end.
	Count    int           `json:"count,omitempty"`
	Excluded []spoken.Date `json:"excluded,omitempty"`
	Moved    []Override    `json:"moved,omitempty"`
}

// Override moves the occurrence that would be on Date.
type Override struct {
	Date   spoken.Date   `json:"date"`
	To     spoken.Date   `json:"to"`
	At     spoken.Clock  `json:"at"`
	Length time.Duration `json:"length"`
}

// Occurrence is one time that a Rule happens. Date names it for good, whatever
// moves: it is the day on which the rule itself puts it.
type Occurrence struct {
	Date       spoken.Date
	Start, End time.Time
	Moved      bool
}

// New makes a Rule of what was said; now and the zone supply what was not. The
// error is an *spoken.Unclear that says what is missing or impossible.
func New(p spoken.Pattern, now time.Time, zone string) (Rule, error) { panic("unwritten") }

// Check returns why the rule can never be used: an unknown zone, no day, no
// occurrence at all in the next 50 years. The error is an *spoken.Unclear.
func (r Rule) Check() error { panic("unwritten") }

// Between yields the occurrences that start in [from, to), in order of Start.
func (r Rule) Between(from, to time.Time) iter.Seq[Occurrence] { panic("unwritten") }

// Next is the first occurrence that starts at or after from; false when none is left.
func (r Rule) Next(from time.Time) (Occurrence, bool) { panic("unwritten") }

// On is the occurrence that Date names, if the rule has it and it is not excluded.
func (r Rule) On(d spoken.Date) (Occurrence, bool) { panic("unwritten") }

// Item is something that is due at a time. Kind and ID name it: to Put the same
// again moves it.
type Item struct {
	Kind string
	ID   string
	From string // From is where a plan that had more to do goes on.
	At   time.Time
}

// Plan turns a due item into its consequences: letters, the next item, changes of
// records. It has a transaction and no context: it cannot send. It may run twice in
// a transaction that is rolled back, and then exactly once. The item is removed in
// the same transaction, unless the plan has Put it again.
type Plan func(tx storage.Tx, now time.Time, it Item) error

// Agenda is the durable list of what is due.
type Agenda struct{}

// NewAgenda works on store; ids are hashed and items sealed by vault.
func NewAgenda(store storage.Store, vault *storage.Vault, log *slog.Logger) *Agenda {
	panic("unwritten")
}

// Put adds the item, or moves the one of the same Kind and ID.
func (a *Agenda) Put(tx storage.Tx, it Item) error { panic("unwritten") }

// Drop removes the item; a missing one is no error.
func (a *Agenda) Drop(tx storage.Tx, kind, id string) error { panic("unwritten") }

// Run plans what is due, by Kind, until ctx ends. One sweeper: it sleeps until the
// next item, wakes on an earlier insert, reads at most 1,000 and plans each in its
// own Update, 32 at a time. An item that fails five times is parked.
func (a *Agenda) Run(ctx context.Context, plans map[string]Plan) error { panic("unwritten") }
