// Package outbox carries what the bot says unasked: letters that are written in the
// transaction of the fact that causes them, and one pump that delivers them.
//
// It knows no feature and no platform, decides nothing about words, and never calls
// the domain but for Settled, in the settling transaction.
package outbox

import (
	"context"
	"log/slog"
	"time"

	"peerbot/chat"
	"peerbot/storage"
)

// Class orders letters, most urgent first, and names who is told when one settles.
type Class string

// The classes, most urgent first.
const (
	Safety Class = "safety" // Cancellations just before, someone asked for now: repeated once when in doubt.
	Exact  Class = "exact"  // Reminders that must come at their minute: repeated once when in doubt.
	Early  Class = "early"  // Reminders with slack: spread up to their NotAfter.
	Digest Class = "digest" // Digests and other things that can wait.
)

// Letter is one message to one address.
type Letter struct {
	ID      string       // ID names it for good: to Post the same again does nothing.
	Slot    string       // Slot: replaces (edits) the last one delivered in it; the newest of two waiting goes.
	To      chat.Address //
	For     string       // For is the member it is meant for; "" for a room.
	Home    string       // Home is the community it belongs to.
	Message chat.Message //
	Late    chat.Rich    // Late is put before the body when it goes out late.
	Class   Class        //

	NotBefore time.Time // NotBefore is when it is due.
	LateAfter time.Time // LateAfter is when it counts as late; zero is a minute after NotBefore.
	NotAfter  time.Time // NotAfter is when it is stale: then it is dropped and recorded. At most 24 h after NotBefore.
}

// Outcome is how a letter ended.
type Outcome string

// The outcomes of a letter.
const (
	Sent    Outcome = "sent"
	Stale   Outcome = "stale"   // NotAfter passed.
	Gone    Outcome = "gone"    // The recipient cannot be reached.
	Refused Outcome = "refused" // The platform will never take it.
	Unknown Outcome = "unknown" // In doubt after a crash, and not to be repeated.
	Dropped Outcome = "dropped" // Withdrawn, or replaced by a newer one of its slot.
	Parked  Outcome = "parked"  // Failed five times; waits for a person.
)

// Receipt says what became of a letter. It holds no text.
type Receipt struct {
	ID       string
	For      string
	Home     string
	Class    Class
	Outcome  Outcome
	Ref      string    // Ref is the platform's reference of the message, to edit it.
	Due      time.Time // Due is the letter's NotBefore.
	At       time.Time // At is when it settled.
	Late     bool      // Late: it went out after LateAfter, and said so.
	Repeated bool      // Repeated: it was in doubt and went out once more.
	Tries    int       //
	Why      string    // Why it was late or failed, from a fixed list; never an error's text.
}

// Sender sends one message. id is an idempotency key: a platform that can, returns
// the first message's reference when the same id comes again. The error is a
// *chat.Bounce; any other error means Later.
type Sender interface {
	Send(ctx context.Context, to chat.Address, id string, m chat.Message) (ref string, err error)
}

// Editor is a Sender that can change what it sent, for letters with a Slot.
type Editor interface {
	Edit(ctx context.Context, to chat.Address, ref string, m chat.Message) error
}

// Settled tells the domain, in the settling transaction.
type Settled func(tx storage.Tx, now time.Time, r Receipt) error

// Outbox holds the letters that wait and the receipts of those that are done.
type Outbox struct{}

// New works on store; ids and addresses are hashed and letters sealed by vault.
func New(store storage.Store, vault *storage.Vault, log *slog.Logger) *Outbox { panic("unwritten") }

// Post writes the letter. The same ID again does nothing, for 30 days.
func (o *Outbox) Post(tx storage.Tx, l Letter) error { panic("unwritten") }

// Drop withdraws a letter that has not been claimed; a missing one is no error.
func (o *Outbox) Drop(tx storage.Tx, id string) error { panic("unwritten") }

// DropFor withdraws every letter for the member, at most 20 a call; more reports
// whether some are left.
func (o *Outbox) DropFor(tx storage.Tx, member string) (more bool, err error) { panic("unwritten") }

// Run delivers until ctx ends: classes in order, earliest deadline first, one
// letter in flight a room, 16 a platform.
func (o *Outbox) Run(ctx context.Context, to Sender, settled map[Class]Settled) error {
	panic("unwritten")
}
