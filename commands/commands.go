// Package commands is the tree of what people can ask for: one file per command,
// each a literal whose Run is one call of the domain and one reply.
//
// It knows no platform and does not import the engine; it sends nothing, holds no
// rule of the domain and no sentence of its own: what is said comes from the
// catalogue.
package commands

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"peerbot/chat"
	"peerbot/community/meeting"
	"peerbot/community/member"
	"peerbot/community/note"
	"peerbot/community/space"
	"peerbot/outbox"
	"peerbot/schedule"
	"peerbot/storage"
)

// Deps are what the commands work on. All of it is needed.
type Deps struct {
	Store    storage.Store
	Spaces   *space.Spaces
	Members  *member.Members
	Meetings *meeting.Meetings
	Notes    *note.Notes
	Agenda   *schedule.Agenda
	Outbox   *outbox.Outbox
	Log      *slog.Logger

	// Langs are the languages of the catalogue, and Match is the one of them that
	// suits a client's tag best.
	Langs []string
	Match func(tag string) string

	// Put turns phrases into words, for files: what is shown is put into words later.
	Put func(lang string, zone *time.Location, r chat.Rich) chat.Rich

	// Countries is the copy in memory that /crisis reads.
	Countries *space.Countries

	// Outside is what can be read from outside the chat.
	Outside Outside

	// Events are the platforms, by their names, whose spaces have lists of events.
	Events map[string]meeting.Events

	// Remains is what the engine keeps about people.
	Remains Remains

	// Compact removes erased bytes from the store's file. Erased appends a keyed hash of
	// who was erased to the log outside the store, for a restore to apply again; the first
	// Update under the context that it returns is the erasing.
	Compact func(ctx context.Context) error
	Erased  func(ctx context.Context, id string) (context.Context, error)
}

// Noun is what every part of the domain that keeps something about people can do.
type Noun interface {
	// Export is all that is kept about the member.
	Export(r storage.Reader, id string) ([]member.Fact, error)
	// Erase removes it, in steps that fit a transaction each and that may come again:
	// more reports whether some is left. It works after the member's key is gone.
	Erase(tx storage.Tx, id string) (more bool, err error)
}

// nouns are the parts that keep something about people, in the order in which
// leaving removes it. The first destroys the key.
func (d Deps) nouns() []Noun {
	return []Noun{
		d.Members,
		letters{d.Outbox},
		remains{d.Remains},
		d.Notes,
		d.Meetings,
		d.Spaces,
	}
}

// All is the tree.
func All(d Deps) []chat.Command {
	tree := []chat.Command{
		crisisCommand(d), crisisMoreCommand(),
		meetingsCommand(d), remindCommand(d), noteCommand(d), meetingCommand(d),
		settingsCommand(d),
		privacyCommand(d), privacyEraseCommand(d),
	}
	return slices.Insert(tree, 2, helpCommand(tree))
}
