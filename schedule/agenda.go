package schedule

import (
	"encoding/binary"
	"fmt"
	"log/slog"
	"sync/atomic"
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
// the same transaction, unless the plan has Put it again. It is given as it was Put:
// its At and now tell how late it is.
type Plan func(tx storage.Tx, now time.Time, it Item) error

// Agenda is the durable list of what is due.
type Agenda struct {
	store  storage.Store
	table  storage.Table[note]
	log    *slog.Logger
	steady func(now time.Time) bool

	poked chan struct{} // poked tells Run that something was Put.
	alive atomic.Int64  // alive is when Run last did anything, in Unix milliseconds.
}

// note is the record of an Item, under a hash of its Kind and ID.
type note struct {
	Kind string    `json:"kind"`
	ID   string    `json:"id"`
	From string    `json:"from,omitempty"`
	At   time.Time `json:"at"`

	Tries  int       `json:"tries,omitempty"`
	Why    Why       `json:"why,omitempty"`  // Why the last try failed.
	Again  time.Time `json:"again,omitzero"` // Again is the next try after a failure.
	Parked bool      `json:"parked,omitempty"`
}

// due is when the item is to be planned next.
func (n note) due() time.Time {
	if n.Again.IsZero() {
		return n.At
	}
	return n.Again
}

func (n note) item() Item { return Item{Kind: n.Kind, ID: n.ID, From: n.From, At: n.At} }

// The indexes of the table: what waits, by time, and what no longer does.
const (
	byTime = "due"
	parked = "parked"
)

// An Option changes how an Agenda runs.
type Option func(*Agenda)

// Guarded lets Run plan nothing while steady reports that the wall clock cannot be
// trusted. It is given time.Now as it is, with its monotonic reading.
func Guarded(steady func(now time.Time) bool) Option {
	return func(a *Agenda) { a.steady = steady }
}

// NewAgenda works on store; ids are hashed and items sealed by vault.
func NewAgenda(store storage.Store, vault *storage.Vault, log *slog.Logger, options ...Option) *Agenda {
	a := &Agenda{
		store: store, log: log, poked: make(chan struct{}, 1),
		steady: func(time.Time) bool { return true },
		table: storage.Table[note]{Bucket: "agenda", Vault: vault, Version: 1, Indexes: []storage.Index[note]{
			{Name: byTime, Keys: func(n note) []string { return when(!n.Parked, timeKey(n.due())) }},
			{Name: parked, Keys: func(n note) []string { return when(n.Parked, parked) }},
		}},
	}
	for _, option := range options {
		option(a)
	}
	return a
}

// Put adds the item, or moves the one of the same Kind and ID.
func (a *Agenda) Put(tx storage.Tx, it Item) error {
	n := note{Kind: it.Kind, ID: it.ID, From: it.From, At: it.At.UTC().Round(0)}
	if err := a.table.Put(tx, a.key(it.Kind, it.ID), n); err != nil {
		return fmt.Errorf("agenda: put: %w", err)
	}
	a.poke()
	return nil
}

// Drop removes the item; a missing one is no error.
func (a *Agenda) Drop(tx storage.Tx, kind, id string) error {
	if err := a.table.Delete(tx, a.key(kind, id)); err != nil {
		return fmt.Errorf("agenda: drop: %w", err)
	}
	return nil
}

// poke wakes Run, which may sleep for a later item. It comes before the commit,
// which may yet fail: so Run looks several times.
func (a *Agenda) poke() {
	select {
	case a.poked <- struct{}{}:
	default:
	}
}

func (a *Agenda) key(kind, id string) string { return a.table.Vault.ID("agenda", kind, id) }

// when is the key if it holds, else none.
func when(holds bool, key string) []string {
	if !holds {
		return nil
	}
	return []string{key}
}

// timeKey orders by time: big-endian milliseconds, rounded up so that nothing is
// due before its time.
func timeKey(t time.Time) string {
	ms := max(t.Add(time.Millisecond-1).UnixMilli(), 0)
	return string(binary.BigEndian.AppendUint64(nil, uint64(ms)))
}

// keyTime undoes timeKey.
func keyTime(key string) time.Time {
	if len(key) != 8 {
		return time.Time{}
	}
	return time.UnixMilli(int64(binary.BigEndian.Uint64([]byte(key)))).UTC()
}
