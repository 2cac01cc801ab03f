// Package bot is the engine: the Router that turns what a person did into a Call
// and a Call into a Reply, and the Bot that runs platforms side by side and sends
// letters through them.
//
// It knows no command, no feature and no platform by name. Buttons, menus, forms
// and deep links are chat.Offers and need nothing of their own here.
package bot

import (
	"context"
	"time"

	"peerbot/chat"
)

// Platform is a place where people and the bot meet.
type Platform interface {
	Limits() Limits
	// Run connects and serves h until ctx ends; then it takes in nothing more, waits
	// for the calls that it has handed to h, delivers their replies and returns. A
	// return before that is a fault: the Bot runs the platform again, with back-off.
	Run(ctx context.Context, h Handler) error
	// Send delivers a message. id is an idempotency key. The error is a *chat.Bounce.
	Send(ctx context.Context, to chat.Address, id string, m chat.Message) (ref string, err error)
}

// Editor is a Platform that can edit what it sent.
type Editor interface {
	Edit(ctx context.Context, to chat.Address, ref string, m chat.Message) error
}

// Publisher is a Platform that shows people which commands there are: as native
// commands, a menu or a palette. Names and help in each language come from Words.
type Publisher interface {
	// Publish hands over the tree that the Router has checked, unlisted commands too,
	// and behind it, where lines are Typed, the engine's own "cancel", which has no Run.
	// It is called once, before Run, and may not wait for anything: Run tells the network.
	Publish(tree []chat.Command)
}

// Deduper is a Platform that sends a message once when its id comes again.
type Deduper interface {
	// Window is for how long at least after the first time; longer than that ago is
	// as good as never.
	Window() time.Duration
}

// Pacer is a Platform whose rooms take only so many messages in a time, and whose
// transport waits until they do.
type Pacer interface {
	// Free is when the room at the address takes the next message; what has passed is now.
	// It is asked after each letter, so that no place in flight is held while a room rests.
	Free(to chat.Address) time.Time
}

// Roster is a Platform that knows what people may do in its spaces.
type Roster interface {
	// Role is what the platform itself knows of the person's rights in the space, at most
	// a minute old: chat.Member at least for whoever belongs, 0 for whoever does not. The
	// Router asks before somebody acts in private for a community: rights that stood when
	// a button was made may have been taken away.
	Role(ctx context.Context, space string, who chat.Person) (chat.Role, error)
}

// Halt is an error of Run after which it would only fail again: a token that was
// revoked, a right that somebody has to grant. The Bot does not run the platform
// again, and the others go on.
type Halt struct {
	Say string // Say tells whoever runs the bot what happened and what to do, in English; no secret stands in it.
	Err error
}

func (h *Halt) Error() string { return h.Say }

func (h *Halt) Unwrap() error { return h.Err }

// Limits are what a platform can carry. NewRouter refuses a tree that does not fit.
type Limits struct {
	Platform string // Platform is the name that stands in addresses.
	Payload  int    // Payload is the most bytes behind a button, at least 48.
	Label    int    // Label is the most graphemes on a button.
	Text     int    // Text is the most UTF-16 units in a message.
	Rows     int    // Rows of buttons in a message.
	Columns  int    // Columns are buttons in a row.
	Choices  int    // Choices in one menu.
	Asks     int    // Asks is how many options a form asks at once; 0 is all.
	// Typed: calls come as lines of text, and answers to forms too, one question at a
	// time. Under a Reply's Body the platform shows the one question of its Ask; the
	// choices stand among the Offers.
	Typed bool
	// Aside: a private answer to what was said in a room goes to the private chat, and
	// its buttons are pressed there.
	Aside bool
}

// Handler answers what platforms bring. It never fails: errors are already replies.
type Handler interface {
	Call(ctx context.Context, c *chat.Call) chat.Reply
	Complete(ctx context.Context, c *chat.Call, option, typed string) []chat.Choice
	Notice(ctx context.Context, n chat.Notice) error
}

// Directory tells who someone is here. It fills Home, Member, Zone, Lang and Role
// of a call, and keeps what the platform had put into Role and Lang when it knows
// no better. A Home that is there already came with an offer or a letter and stays:
// in a private chat it says for which community the person acts.
type Directory interface {
	Know(ctx context.Context, c *chat.Call) error
}

// Atlas is a Directory that says in which spaces of a platform a community lives. Without
// one a Roster is not asked.
type Atlas interface {
	Spaces(ctx context.Context, home, platform string) ([]string, error)
}

// Words is the catalogue as the engine needs it.
type Words interface {
	// Put turns phrases and times into words: of the language, in the zone (nil: UTC, and it says so).
	Put(lang string, zone *time.Location, r chat.Rich) chat.Rich
	// Name, About and Alias of a command in a language; path is the ids joined by
	// spaces. About and OptionHelp are "" when the catalogue has none.
	Name(lang, path string) string
	About(lang, path string) string
	Alias(lang, path string) string
	// OptionName is what a person types for an option, OptionLabel what stands over it
	// in a form, and OptionHelp says what to fill in.
	OptionName(lang, path, option string) string
	OptionLabel(lang, path, option string) string
	OptionHelp(lang, path, option string) string
	// Langs lists the languages, the first is the fallback.
	Langs() []string
	// Match is the best language for a client's tag.
	Match(tag string) string
}
