package schedule

import (
	"context"
	"log/slog"
	"time"

	"peerbot/storage"
)

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
