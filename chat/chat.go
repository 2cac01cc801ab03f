// Package chat is the vocabulary of the bot: who speaks, where, what may be
// asked, and what is answered. Every other package that talks about people and
// messages uses these nouns.
//
// It names no platform and no feature, does no input or output, keeps nothing
// and imports nothing of ours but spoken, which reads times as people say them.
package chat

import (
	"slices"
	"strings"
)

// Address is where a message can go.
type Address struct {
	Platform string `json:"platform"`         // Platform is a bot.Platform's Name.
	Space    string `json:"space,omitempty"`  // Space is the server or group; "" is a private chat.
	Room     string `json:"room"`             // Room is the channel, or the private chat itself.
	Thread   string `json:"thread,omitempty"` // Thread is a thread or topic of the room; "" is the room.
}

// Direct reports whether the address is a private chat with one person.
func (a Address) Direct() bool { return a.Space == "" }

// String joins the four parts, for keys and for tests. It is never logged.
func (a Address) String() string {
	return strings.Join([]string{a.Platform, a.Space, a.Room, a.Thread}, "/")
}

// Person is someone on a platform. Two accounts of one human are two Persons.
type Person struct {
	Platform string `json:"platform"`
	// ID is "" for somebody whom the platform does not name, such as an administrator
	// who speaks as the group. Nothing is kept for them, and what they do that is private
	// or put on record they confirm in private, where they have a name.
	ID   string `json:"id"`
	Name string `json:"-"` // Name is for display at once only; it is never stored and never logged.
}

// Private is the person's own chat with the bot: on every platform its room goes by
// the person's ID.
func (p Person) Private() Address { return Address{Platform: p.Platform, Room: p.ID} }

// Role is a set of duties in one community.
type Role uint16

// The duties. Member is everyone who belongs; the others are given by a
// moderator or follow from the platform's own rights.
const (
	Member Role = 1 << iota
	Mentor
	Host
	Supporter
	Coordinator
	Librarian
	Moderator
	Admin
)

var roleNames = []string{"member", "mentor", "host", "supporter", "coordinator", "librarian", "moderator", "admin"}

// RoleNames lists the duties by name, in the order of their bits.
func RoleNames() []string { return slices.Clone(roleNames) }

// ParseRole reads one duty by its English name.
func ParseRole(name string) (Role, bool) {
	i := slices.Index(roleNames, strings.ToLower(name))
	if i < 0 {
		return 0, false
	}
	return 1 << i, true
}

// Any reports whether r and needs share a duty. Needs of 0 are met by anyone.
func (r Role) Any(needs Role) bool { return needs == 0 || r&needs != 0 }

// String names the duties, joined by "+".
func (r Role) String() string {
	var names []string
	for i, name := range roleNames {
		if r&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return strings.Join(names, "+")
}
