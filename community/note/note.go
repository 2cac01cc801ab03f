// Package note is what a member asks to be reminded of privately, in their own
// words: "call the clinic", tomorrow at nine.
//
// It shows the words to nobody but their writer, and on a lock screen only if they
// chose so; it knows no meeting, and sends nothing itself.
package note

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"peerbot/chat"
	"peerbot/community/member"
	"peerbot/community/space"
	"peerbot/outbox"
	"peerbot/schedule"
	"peerbot/storage"
)

// Note is one reminder to oneself. It is sealed under the member's own key.
type Note struct {
	ID     string        `json:"id"`
	Member string        `json:"member"`
	Home   string        `json:"home,omitempty"` // Home is the community in which it was written.
	Text   string        `json:"text"`
	Rule   schedule.Rule `json:"rule"`
	Paused bool          `json:"paused,omitempty"` // Paused: the member could not be reached.
}

// The bounds of notes.
const (
	MaxText = 300 // MaxText is in graphemes.
	MaxOwn  = 50  // MaxOwn is how many notes a member may have.
)

// keep is how long a note stays after its last time, so that it can be opened.
const keep = 30 * 24 * time.Hour

// Notes keeps what members want to be reminded of.
type Notes struct {
	vault   *storage.Vault
	agenda  *schedule.Agenda
	outbox  *outbox.Outbox
	spaces  *space.Spaces
	members *member.Members
	notes   storage.Table[Note]
}

// New puts what is due on the agenda and what is to be said into the outbox.
func New(vault *storage.Vault, agenda *schedule.Agenda, out *outbox.Outbox, spaces *space.Spaces, members *member.Members) *Notes {
	return &Notes{
		vault: vault, agenda: agenda, outbox: out, spaces: spaces, members: members,
		notes: storage.Table[Note]{Bucket: "notes", Vault: vault, Version: 1,
			Owner: func(n Note) string { return n.Member },
			Indexes: []storage.Index[Note]{
				{Name: "member", Keys: func(n Note) []string { return []string{n.Member} }},
			}},
	}
}

// Add saves a note; call is the id of the call that asks for it. It returns the
// note and its first time. The error is a *chat.Refusal for a member whom the bot
// cannot write to privately, or who has too many notes.
func (s *Notes) Add(tx storage.Tx, n Note, call string, now time.Time) (Note, schedule.Occurrence, error) {
	n.ID = s.vault.ID("note", call)
	if err := s.check(tx, n); err != nil {
		return Note{}, schedule.Occurrence{}, err
	}
	first, ok := n.Rule.Next(now)
	if !ok {
		return Note{}, first, past()
	}
	if err := s.notes.Put(tx, n.ID, n); err != nil {
		return Note{}, first, fmt.Errorf("save a note: %w", err)
	}
	return n, first, s.agenda.Put(tx, schedule.Item{Kind: kindDue, ID: n.ID, At: first.Start})
}

func (s *Notes) check(r storage.Reader, n Note) error {
	if length := chat.Length(n.Text); length == 0 || length > MaxText {
		return chat.Refuse(chat.Invalid, "note.length", chat.Count("most", MaxText))
	}
	if err := n.Rule.Check(); err != nil {
		return chat.Misread(err)
	}
	who, err := s.members.Get(r, n.Member)
	if err != nil {
		return err
	}
	if who.Reach == (chat.Address{}) {
		return chat.Refuse(chat.Missing, "note.no_private_chat")
	}
	own := 0
	for _, err := range s.notes.Keys(r, "member", n.Member, "") {
		if err != nil {
			return fmt.Errorf("notes of a member: %w", err)
		}
		own++
	}
	if own >= MaxOwn {
		return chat.Refuse(chat.Busy, "note.too_many", chat.Count("most", MaxOwn))
	}
	return nil
}

// Get is the member's note with the id; a *chat.Refusal when they have none such.
func (s *Notes) Get(r storage.Reader, who, id string) (Note, error) {
	row, err := s.notes.Get(r, id)
	if lost(err) || err == nil && row.Value.Member != who {
		return Note{}, chat.Refuse(chat.Missing, "note.gone")
	}
	if err != nil {
		return Note{}, fmt.Errorf("note: %w", err)
	}
	return row.Value, nil
}

// Of are the member's notes that are still to come at now, the next one first.
func (s *Notes) Of(r storage.Reader, who string, now time.Time) ([]Note, error) {
	var out []Note
	next := map[string]time.Time{}
	for row, err := range s.notes.By(r, "member", who, "") {
		if err != nil {
			return nil, fmt.Errorf("notes of a member: %w", err)
		}
		if o, ok := row.Value.Rule.Next(now); ok {
			next[row.Key] = o.Start
			out = append(out, row.Value)
		}
	}
	slices.SortFunc(out, func(a, b Note) int {
		return cmp.Or(next[a.ID].Compare(next[b.ID]), cmp.Compare(a.ID, b.ID))
	})
	return out, nil
}

// Stop ends a note of the member and forgets it; one that is not there is no error.
func (s *Notes) Stop(tx storage.Tx, who, id string) error {
	n, err := s.Get(tx, who, id)
	var refusal *chat.Refusal
	if errors.As(err, &refusal) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := errors.Join(s.agenda.Drop(tx, kindDue, n.ID), s.agenda.Drop(tx, kindAgain, n.ID)); err != nil {
		return err
	}
	return s.notes.Delete(tx, n.ID)
}

// Export is everything that the member wrote here.
func (s *Notes) Export(r storage.Reader, who string) ([]member.Fact, error) {
	var out []member.Fact
	for row, err := range s.notes.By(r, "member", who, "") {
		if err != nil {
			return nil, fmt.Errorf("notes of a member: %w", err)
		}
		out = append(out, member.Fact{Name: "note", Say: chat.Say("note.fact", chat.Text("text", row.Value.Text)), Value: row.Value})
	}
	return out, nil
}

// perSweep is how many notes one step handles, well inside a transaction.
const perSweep = 10

// Erase removes the member's notes, a few at a time, whether or not they can still
// be read; more reports whether some are left.
func (s *Notes) Erase(tx storage.Tx, who string) (more bool, err error) {
	n := 0
	for id, err := range s.notes.Keys(tx, "member", who, "") {
		if err != nil {
			return false, fmt.Errorf("notes of a member: %w", err)
		}
		if err := errors.Join(s.agenda.Drop(tx, kindDue, id), s.agenda.Drop(tx, kindAgain, id)); err != nil {
			return false, err
		}
		if n++; n == perSweep {
			break
		}
	}
	if err := s.agenda.Drop(tx, kindGone, who); err != nil {
		return false, err
	}
	return s.notes.Sweep(tx, "member", who, perSweep)
}

// lost reports whether a record is not there or can no longer be read by anyone.
func lost(err error) bool {
	return errors.Is(err, storage.ErrNotFound) || errors.Is(err, storage.ErrErased)
}

func past() error { return chat.Refuse(chat.Invalid, "note.past") }
