// Package bottest is the suite that every platform passes: a person types, presses
// and fills in, letters arrive, and what everybody sees is looked at.
//
// It knows no platform. A platform's test gives it a Stage, on which it plays. It
// runs inside a testing/synctest bubble, so a Stage talks to its platform through
// memory: pipes and channels, no sockets.
package bottest

import (
	"peerbot/bot"
	"peerbot/chat"
)

// Stage is one platform with its people and its rooms, as a test plays them. Its
// methods are called one after the other, and they return at once: the suite waits
// for what comes of it. The people are "ana" and "ben". The rooms "hall" and "yard"
// are in one space and everybody sees them; the room "" is the private chat of the
// person who is named. Both have opened theirs.
type Stage interface {
	// Start makes the platform as a start of the program does. It is called again
	// after the platform has stopped; what people saw before stays.
	Start() bot.Platform
	// At is the address of a room, or of who's private chat.
	At(who, room string) chat.Address
	// Call makes who give a command with options, the way the platform does: as a
	// native command, or as a typed line.
	Call(who, room string, path []string, args ...chat.Arg)
	// Say makes who write a line that is no command. Only for Typed platforms.
	Say(who, room, text string)
	// Press makes who press the button with the label in the newest message of the
	// room that has one, whoever that message was for.
	Press(who, room, label string)
	// Fill makes who answer the form that is open in the room, its questions in
	// order: one value for each. On a Typed platform each value is a line.
	Fill(who, room string, values ...string)
	// Sees is what who sees in the room now, oldest first, as it reads today: an
	// edited message stands once. A private answer is seen in the room where it was
	// asked for, or in the private chat where the platform is Aside.
	Sees(who, room string) []Seen
}

// Deduper is a Stage whose platform sends a message once when its id comes again.
type Deduper interface{ Dedups() }

// Doors is a Stage whose platform cannot open a private chat: "kim", who is in the rooms
// too, has not opened theirs.
type Doors interface {
	// Enter makes who go through the door in the newest message of the room that has
	// one, which opens their private chat.
	Enter(who, room string)
}

// Sender is a Stage whose people can send files.
type Sender interface {
	// Attach makes who give a command with a file for an option that takes one, the way
	// the platform does. Without a path the file answers the form that is open in the
	// room, which asks for nothing else.
	Attach(who, room string, path []string, file File)
}

// File is what a person has on their machine.
type File struct{ Name, Content string }

// Seen is one message as a person sees it.
type Seen struct {
	Text    string
	Buttons []string // Buttons by label, in reading order, choices of a menu too.
	Fields  []string // Fields of an open form, by label; the question on a Typed platform.
}
