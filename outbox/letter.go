package outbox

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"peerbot/chat"
)

// Class orders letters, most urgent first, and names who is told when one settles.
type Class string

// The classes, most urgent first.
const (
	Safety Class = "safety" // Cancellations just before, someone asked for now: repeated once when in doubt.
	Exact  Class = "exact"  // Reminders that must come at their minute: repeated once when in doubt.
	Early  Class = "early"  // Reminders with slack: spread up to their LateAfter, else their NotAfter.
	Digest Class = "digest" // Digests and other things that can wait.
)

// repeats reports whether a letter of the class had rather come twice than not at all.
func (c Class) repeats() bool { return c == Safety || c == Exact }

// rank is the class's place in the order, -1 for none.
func (c Class) rank() int { return slices.Index([]Class{Safety, Exact, Early, Digest}, c) }

// Letter is one message to one address.
type Letter struct {
	ID      string       `json:"id"`             // ID names it for good: to Post the same again does nothing.
	Slot    string       `json:"slot,omitempty"` // Slot: replaces (edits) the last one delivered in it; the newest of two waiting goes.
	To      chat.Address `json:"to"`             //
	For     string       `json:"for,omitempty"`  // For is the member it is meant for; "" for a room.
	Home    string       `json:"home,omitempty"` // Home is the community it belongs to.
	Message chat.Message `json:"message"`        // Message carries no files.
	Late    chat.Rich    `json:"late,omitempty"` // Late is put before the body when it goes out late.
	Class   Class        `json:"class"`          //

	NotBefore time.Time `json:"not_before"` // NotBefore is when it is due.
	LateAfter time.Time `json:"late_after"` // LateAfter is when it counts as late; zero is a minute after NotBefore, and NotAfter for Early.
	NotAfter  time.Time `json:"not_after"`  // NotAfter is when it is stale: then it is dropped and recorded. At most, and when zero, 24 h after NotBefore.
}

// Limits of a letter.
const (
	longest    = 24 * time.Hour // longest is how long the text of a letter is kept.
	punctually = time.Minute    // punctually is how long a letter is not yet late.
)

// normal fills in what a letter leaves open. The error is a mistake in the program.
func (l Letter) normal() (Letter, error) {
	if l.Class.rank() < 0 {
		return l, fmt.Errorf("unknown class %q", l.Class)
	}
	if l.ID == "" || l.To.Platform == "" || strings.Contains(l.To.Platform, "/") || l.NotBefore.Unix() <= 0 {
		return l, errors.New("a letter has an id, a platform to go to, and a time when it is due")
	}
	if len(l.Message.Files) > 0 {
		return l, errors.New("a letter carries no files")
	}
	l.NotBefore = l.NotBefore.UTC().Truncate(time.Millisecond)
	l.NotAfter = l.NotAfter.UTC().Truncate(time.Millisecond)
	if end := l.NotBefore.Add(longest); l.NotAfter.Year() <= 1 || l.NotAfter.After(end) {
		l.NotAfter = end
	}
	if l.NotAfter.Before(l.NotBefore) {
		return l, errors.New("a letter is stale before it is due")
	}
	switch {
	case !l.LateAfter.IsZero():
	case l.Class == Early:
		l.LateAfter = l.NotAfter
	default:
		l.LateAfter = l.NotBefore.Add(punctually)
	}
	return l, nil
}

// from is when a letter that may be spread over its slack goes out: share of the way,
// 0 to 1, of the first three quarters. The last is left for what queues.
func (l Letter) from(share float64) time.Time {
	if l.Class != Early {
		return l.NotBefore
	}
	end := l.NotAfter
	if l.LateAfter.Before(end) {
		end = l.LateAfter
	}
	slack := max(0, end.Sub(l.NotBefore)) * 3 / 4
	return l.NotBefore.Add(time.Duration(share * float64(slack))).Truncate(time.Millisecond)
}

// words are what goes out at now.
func (l Letter) words(now time.Time) chat.Rich {
	if now.After(l.LateAfter) {
		return chat.Paragraphs(l.Late, l.Message.Body)
	}
	return l.Message.Body
}

// Outcome is how a letter ended.
type Outcome string

// The outcomes of a letter.
const (
	Sent    Outcome = "sent"
	Stale   Outcome = "stale"   // NotAfter passed.
	Gone    Outcome = "gone"    // The recipient cannot be reached.
	Refused Outcome = "refused" // The platform will never take it.
	Unknown Outcome = "unknown" // In doubt after a crash, and not to be repeated, or no longer.
	Dropped Outcome = "dropped" // Withdrawn, or replaced by a newer one of its slot.
	Parked  Outcome = "parked"  // Failed five times; waits for a person.
)

// Why a letter was late or failed: what may be told of it without an error's text.
type Why string

// The reasons, of which a receipt keeps the last.
const (
	Down    Why = "down"    // The bot was not running when it was due.
	Clock   Why = "clock"   // The wall clock could not be trusted when it was due.
	Queue   Why = "queue"   // It waited for others, in its room or on its platform.
	Fault   Why = "fault"   // The platform failed or asked to wait.
	Timeout Why = "timeout" // The platform did not answer in time.
	Panic   Why = "panic"   // The sender failed in a way that is a defect.
	Crash   Why = "crash"   // The bot stopped while it was on its way.
)

// Receipt says what became of a letter. It holds no text.
type Receipt struct {
	ID       string    `json:"id"`
	For      string    `json:"for,omitempty"`
	Home     string    `json:"home,omitempty"`
	Class    Class     `json:"class"`
	Outcome  Outcome   `json:"outcome,omitempty"`
	Ref      string    `json:"ref,omitempty"`      // Ref is the platform's reference of the message, to edit it.
	Due      time.Time `json:"due"`                // Due is the letter's NotBefore.
	At       time.Time `json:"at,omitzero"`        // At is when it settled; when it was due, for one that was withdrawn.
	Late     bool      `json:"late,omitempty"`     // Late: it went out after LateAfter, and said so.
	Repeated bool      `json:"repeated,omitempty"` // Repeated: it was in doubt and went out once more.
	Tries    int       `json:"tries,omitempty"`    // Tries counts the failures.
	Why      Why       `json:"why,omitempty"`      // Why it was late or failed.
}
