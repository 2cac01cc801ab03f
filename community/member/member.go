// Package member is a person as the community knows them: their zone, language,
// quiet hours, what their lock screen may show, and how to reach them privately.
// It also holds the one gate before every one-to-one contact, MayMeet.
//
// It keeps no name, knows no meeting and no mentor, and sends nothing.
package member

import (
	"time"

	"peerbot/chat"
	"peerbot/spoken"
	"peerbot/storage"
)

// Band is an age band as the person said it. There is no birth date.
type Band string

// The age bands.
const (
	Unsaid Band = ""
	Minor  Band = "minor" // Under 18.
	Adult  Band = "adult"
)

// Member is one person. Someone who never set anything has no record and the
// defaults.
type Member struct {
	ID    string
	Reach chat.Address // Reach is their private chat; zero when they never opened one.
	Home  string       // Home is the community of their private chat.
	Zone  string       // Zone is an IANA name; "" is the community's.
	Lang  string       // Lang is a BCP 47 tag; "" is the client's.
	Quiet Quiet
	Open  bool // Open: notes may show what they are about on the lock screen. Default is neutral.
	Plain bool // Plain: for screen readers, see /settings.
	Band  Band
}

// Quiet are the hours in which nothing unasked makes a sound. From equal to To is none.
type Quiet struct {
	From, To spoken.Clock
}

// Holds reports whether the hours hold at t in zone, and when they next end.
func (q Quiet) Holds(t time.Time, zone *time.Location) (bool, time.Time) { panic("unwritten") }

// Next is when the hours next begin at or after t; false when there are none.
func (q Quiet) Next(t time.Time, zone *time.Location) (time.Time, bool) { panic("unwritten") }

// Members keeps the people.
type Members struct{}

// New works on tables sealed under each member's own key.
func New(vault *storage.Vault) *Members { panic("unwritten") }

// IDOf is the id of a person: a keyed hash that needs no record.
func (m *Members) IDOf(p chat.Person) string { panic("unwritten") }

// Get returns the member; one without a record has the defaults.
func (m *Members) Get(r storage.Reader, id string) (Member, error) { panic("unwritten") }

// Put saves the member after checking; the error is a *chat.Refusal.
func (m *Members) Put(tx storage.Tx, v Member) error { panic("unwritten") }

// MayMeet is the one gate before every one-to-one contact: age band, blocks, pairs
// that ended. Someone who did not say their age meets no minor and is taken for none.
func (m *Members) MayMeet(r storage.Reader, a, b string) (bool, error) { panic("unwritten") }

// Block keeps b from ever being brought together with a; b never learns.
func (m *Members) Block(tx storage.Tx, a, b string, now time.Time) error { panic("unwritten") }

// Erase removes the member's record and destroys their key. What others decided, a
// block, stays as a keyed hash.
func (m *Members) Erase(tx storage.Tx, id string) error { panic("unwritten") }
