package chat

import (
	"context"
	"io"
	"time"
)

// Call is one thing a person asked for, however they said it: typed, tapped,
// picked, filled in or followed as a link.
type Call struct {
	// ID is the platform's id of the update, unique within the platform: the
	// idempotency key. The same ID again changes nothing again. A command sees a keyed
	// hash of it, unique among all platforms.
	ID string

	// A platform sets exactly one of Path (a native command with its Args), Text (a
	// typed line) and Press (the payload of an offer, with what was filled in as
	// Args). The Router turns all three into Path and Args.
	Path  []string
	Text  string
	Press string
	Args  []Arg

	From Person
	At   Address
	// Reachable: the platform can write to From privately: to anybody, or to those who
	// have opened a private chat with it. Where it is Aside and cannot, what has a
	// private answer is not done in a room; it waits behind Reply.Door.
	Reachable bool

	// The platform sets Role to the rights that it knows of itself, and Lang to the
	// language of the person's client. The Know middleware completes both and fills
	// the rest.
	Home   string         // Home is the community's id, "" when there is none.
	Member string         // Member is the id under which the store knows From.
	Role   Role           //
	Zone   *time.Location // Zone is the reader's, else the community's; nil when nobody has said.
	Lang   string         // Lang is a BCP 47 tag that the catalogue has.
	Asked  Address        // Asked is the room from which a door led to this private chat; see Room.
	Plain  bool           // Plain: the person uses a screen reader. One button a row, and a new message instead of an edit.

	// Confirmed is set by the Router alone, when the call came from the button
	// under a preview that it showed.
	Confirmed bool

	Time time.Time // Time is when the platform received the call.
}

// Arg is one option's value. Before the Router has read it Value is as typed;
// afterwards it is the option's canonical text.
type Arg struct {
	Name  string `json:"n"`
	Value string `json:"v"`
	File  *File  `json:"-"` // File is an attachment that came with the call.
}

// Arg returns the value of the named option and whether it was given.
func (c *Call) Arg(name string) (Arg, bool) {
	for _, a := range c.Args {
		if a.Name == name {
			return a, true
		}
	}
	return Arg{}, false
}

// Room is the room that the call is about: where it was asked.
func (c *Call) Room() Address {
	if c.Asked != (Address{}) {
		return c.Asked
	}
	return c.At
}

// Offer is a command with some options already bound: what a button, a menu, a
// form and a deep link are. When it comes back it is an ordinary Call, checked
// like any other.
type Offer struct {
	Label Rich      `json:"label,omitempty"`
	Path  []string  `json:"path"`
	Bound []Arg     `json:"bound,omitempty"`
	Open  []Arg     `json:"open,omitempty"` // Open are the options still to be filled, each with the value shown at first.
	Once  bool      `json:"once,omitempty"` // Once: the offer works a single time.
	Until time.Time `json:"until,omitzero"` // Until is when it stops working; zero leaves it to the engine (30 days).

	// Confirmed is set by the Router on the button under a preview.
	Confirmed bool `json:"confirmed,omitempty"`
	// Payload is what the platform puts behind the button; the Router fills it, anew
	// each time, and it is never kept.
	Payload string `json:"-"`
	// Ask are the options to ask for now, in words; the Router fills it from Open,
	// and it is never kept.
	Ask []Question `json:"-"`
}

// Question is one option of a form, as it is shown.
type Question struct {
	Spec  Spec
	Label Rich // Label names the option; nil when the body has asked already, and so is Help.
	Help  Rich // Help says what to type.
	Value string
}

// Reply is the answer to a Call.
type Reply struct {
	Body    Rich
	Offers  [][]Offer // Offers are rows of buttons.
	Ask     *Offer    // Ask opens a form for the options that are still open.
	Private bool      // Private: for the caller only. Set from Command.Private by the Router.
	Replace bool      // Replace: edits the message whose button was pressed, where the platform can.
	Files   []File

	// Door leads from a room to a private answer, for somebody who is not Reachable. The
	// Router sets it on a Private reply of a platform that is Aside, and then the Body
	// is mostly empty: nothing was done yet. Its Payload stands on a card, at most 64 of
	// A-Z a-z 0-9 - and _, and tells whoever reads it nothing. Pressed in the private
	// chat within an hour it brings the call about there, once, for the caller alone; a
	// caller without a name (see Person) it lets be anyone who has the rights.
	Door *Offer
}

// Message is what the bot says unasked.
type Message struct {
	Body   Rich           `json:"body"`
	Offers [][]Offer      `json:"offers,omitempty"`
	Silent bool           `json:"silent,omitempty"` // Silent: delivered without a sound.
	Files  []File         `json:"-"`
	Lang   string         `json:"lang,omitempty"`
	Zone   *time.Location `json:"-"` // Zone is the reader's; the codec writes its IANA name.

	// Home is the community that speaks, in which its buttons act, and For is the
	// member it is meant for, under whose key they are kept; "" for a room. The outbox
	// copies both from the letter.
	Home string `json:"home,omitempty"`
	For  string `json:"for,omitempty"`
}

// File is something sent along. Open may be called more than once, and what it opens is
// closed by whoever opened it. Its error is a *Refusal where the person can do something.
type File struct {
	Name string
	Type string // Type is a MIME type.
	Alt  string // Alt describes a picture for those who do not see it.
	Size int64  // Size is in bytes; 0 where the platform does not say.
	Open func() (io.ReadCloser, error)
}

// Command is a node of the one tree: a branch has Subs, a leaf has Run. It is a
// literal; the Router checks the whole tree when the program starts.
type Command struct {
	// Name is the id, [a-z][a-z0-9_]{0,31}. Name, about, help and alias in each
	// language come from the catalogue.
	Name     string
	Group    string // Group is the heading in /help, an id of the catalogue.
	Needs    Role   // Needs: any common duty suffices; 0 is anyone.
	Private  bool   // Private: the answer is for the caller only.
	Always   bool   // Always: skips inbox, log, receipts, directory, limits and authorize. For crisis.
	Unlisted bool   // Unlisted: reachable through an Offer only.

	// Confirm, when set, makes the Router show this preview with [Save], [Change] and
	// [Stop] before Run, which is called only once the person has pressed Save. It
	// checks everything that Run would refuse and changes nothing but the call's Args:
	// what it leaves there is what Save brings and Change shows. A reply with Ask asks
	// instead, and a Refusal with Option asks for that option again.
	Confirm func(context.Context, *Call) (Reply, error)
	// Save is what the first button under the preview says, where it is not "Save".
	Save Rich
	// Undo is the path of the unlisted leaf that takes back what Run did; the Router
	// adds its button to the reply, for ten minutes, with the option "change" bound
	// to the call's ID.
	Undo []string
	// Audit: the Router writes who did it, hashed, with the action and the time, in
	// the transaction of the effect.
	Audit bool

	Options []Param
	Subs    []Command
	Run     func(context.Context, *Call) (Reply, error)
}

// NoticeKind says what a platform noticed.
type NoticeKind string

// The kinds of Notice.
const (
	Moved   NoticeKind = "moved"   // A room has a new address: At became To.
	Joined  NoticeKind = "joined"  // The bot was added to the space At, or finds itself there when it starts.
	Removed NoticeKind = "removed" // The bot was removed from the space At.
	Left    NoticeKind = "left"    // Who left the space At.
	Blocked NoticeKind = "blocked" // Who closed their private chat to the bot.
	Opened  NoticeKind = "opened"  // Who opened a private chat with the bot.
)

// Notice is something that happened on a platform and that nobody asked.
type Notice struct {
	Kind   NoticeKind
	At, To Address
	Who    Person
	Time   time.Time // Time is when the platform learnt of it.
}
