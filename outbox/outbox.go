// Package outbox carries what the bot says unasked: letters that are written in the
// transaction of the fact that causes them, and one pump that delivers them.
//
// It knows no feature and no platform, decides nothing about words, and never calls
// the domain but for Settled, in the settling transaction.
//
// A letter is kept sealed until it settles, at most a day; after that its receipt is
// kept for 30 days, which is also how long its ID is remembered. In between the store
// alone knows how a letter stands: nothing but what is in flight is held in memory.
//
//	Waiting → Ready → Claimed → Settled
//	   ↑________________↓ failed          Joined: goes with the letter that leads its batch
//	                 Parked               after five failures, for a person to look at
package outbox

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"peerbot/chat"
	"peerbot/storage"
)

// Sender sends one message. id is an idempotency key: a platform that can, returns
// the first message's reference when the same id comes again. The error is a
// *chat.Bounce; any other error means Later. A Send has 30 seconds and must return
// when ctx ends.
type Sender interface {
	Send(ctx context.Context, to chat.Address, id string, m chat.Message) (ref string, err error)
}

// Editor is a Sender that can change what it sent, for letters with a Slot. The error
// is a *chat.Bounce; after Gone or Never, which a platform that cannot edit says too,
// the message is sent anew.
type Editor interface {
	Edit(ctx context.Context, to chat.Address, ref string, m chat.Message) error
}

// Deduper is a Sender some of whose platforms recognise an id that they have had.
type Deduper interface {
	// Window is for how long at least the platform does; 0 is not at all.
	Window(platform string) time.Duration
}

// Pacer is a Sender whose rooms take only so many messages in a time. What waits for such
// a room holds no place in flight.
type Pacer interface {
	// Free is when the room at the address takes the next message; what has passed is now.
	// It is asked after each message to the room.
	Free(to chat.Address) time.Time
}

// Settled tells the domain, in the settling transaction, in which up to ten letters
// settle: it may read and write about five keys for each. When it has failed five times
// the letter settles without it. A letter that was parked settles once more when a
// person has looked at it or its time is over. What Drop and DropFor withdraw is not
// told.
type Settled func(tx storage.Tx, now time.Time, r Receipt) error

// Outbox holds the letters that wait and the receipts of those that are done. All its
// methods are safe for concurrent use; one Run at a time.
type Outbox struct {
	store   storage.Store
	vault   *storage.Vault
	log     *slog.Logger
	steady  func(now time.Time) bool
	letters storage.Table[record]
	slots   storage.Table[slot]
	news    chan struct{} // news holds one element once something was posted.
	waiting atomic.Int64  // waiting is about how many letters wait: counted by Run, raised by Post.
	alive   atomic.Int64  // alive is when Run last looked, in Unix milliseconds.
}

// Option changes how an Outbox works.
type Option func(*Outbox)

// Guarded holds everything back while steady reports that the wall clock cannot be
// trusted, so that nothing is taken for late or stale on its word. It is given time.Now
// as it is, with its monotonic reading.
func Guarded(steady func(now time.Time) bool) Option {
	return func(o *Outbox) { o.steady = steady }
}

// New works on store; ids and addresses are hashed and letters sealed by vault, under
// the key of the member whom they are for, else of the community, else of the install.
func New(store storage.Store, vault *storage.Vault, log *slog.Logger, options ...Option) *Outbox {
	o := &Outbox{
		store: store, vault: vault, log: log,
		steady:  func(time.Time) bool { return true },
		letters: storage.Table[record]{Bucket: "letters", Vault: vault, Version: 1, Owner: record.owner, Indexes: indexes},
		slots: storage.Table[slot]{Bucket: "letter_slots", Vault: vault, Version: 1, Owner: slot.owner, Indexes: []storage.Index[slot]{
			{Name: byMember, Keys: func(s slot) []string { return some(s.For) }},
			{Name: bySettled, Keys: func(s slot) []string { return []string{stamp(s.At)} }},
		}},
		news: make(chan struct{}, 1),
	}
	for _, option := range options {
		option(o)
	}
	return o
}
