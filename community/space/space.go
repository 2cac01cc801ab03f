// Package space is the community itself: its settings, its places and who has which
// duty in it. One community (a Home) may live in several spaces of several platforms.
//
// It knows no meeting and no mentor, sends nothing and asks no platform anything.
package space

import (
	"time"

	"peerbot/chat"
	"peerbot/storage"
)

// Home is one community. One that nobody has set up yet is not in the store and has
// the install's defaults.
type Home struct {
	ID      string
	Zone    string   // Zone is an IANA name; "" until someone says.
	Lang    string   // Lang is a BCP 47 tag.
	Country string   // Country is an ISO 3166 code for /crisis; "" shows the worldwide card.
	Off     []string // Off are the parts that are switched off.
}

// Place is a room the community uses. An address stands here and nowhere else: all
// other records hold the place's ID, so that a room that moves is one write.
type Place struct {
	ID      string
	Home    string
	Address chat.Address
}

// Spaces keeps the communities.
type Spaces struct{}

// New works on tables sealed by vault; defaults stand in for a Home nobody has set up.
func New(vault *storage.Vault, defaults Home) *Spaces { panic("unwritten") }

// HomeOf is the id of the community that lives at the address; "" for a private chat.
// It is a keyed hash of platform and space, so that it needs no record.
func (s *Spaces) HomeOf(r storage.Reader, at chat.Address) (string, error) { panic("unwritten") }

// Get returns the community, with the defaults where it has said nothing.
func (s *Spaces) Get(r storage.Reader, home string) (Home, error) { panic("unwritten") }

// Put saves the community's settings after checking them; the error is a *chat.Refusal.
func (s *Spaces) Put(tx storage.Tx, h Home) error { panic("unwritten") }

// Settle returns the id of the place at the address, making its record when needed.
func (s *Spaces) Settle(tx storage.Tx, home string, at chat.Address) (string, error) {
	panic("unwritten")
}

// Place returns the place with the id.
func (s *Spaces) Place(r storage.Reader, id string) (Place, error) { panic("unwritten") }

// Move gives every place at the old address the new one.
func (s *Spaces) Move(tx storage.Tx, from, to chat.Address) error { panic("unwritten") }

// Duties are those the member was given in the home.
func (s *Spaces) Duties(r storage.Reader, home, member string) (chat.Role, error) {
	panic("unwritten")
}

// Give sets the duties of the member in the home; 0 takes them all away.
func (s *Spaces) Give(tx storage.Tx, home, member string, role chat.Role, now time.Time) error {
	panic("unwritten")
}
