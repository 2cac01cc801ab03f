// Package member is a person as the community knows them: their zone, language,
// quiet hours, what their lock screen may show, and how to reach them privately.
// It also holds the one gate before every one-to-one contact, MayMeet.
//
// It keeps no name, knows no meeting and no mentor, and sends nothing.
package member

import (
	"cmp"
	"errors"
	"fmt"

	"peerbot/chat"
	"peerbot/storage"
)

// Band is an age band as the person said it. There is no birth date.
type Band string

// The age bands.
const (
	Unsaid Band = ""
	Minor  Band = "minor" // Under 18.
	Adult  Band = "adult"
)

// Member is one person. Someone who never set anything has no record and the
// defaults.
type Member struct {
	ID    string       `json:"id"`
	Reach chat.Address `json:"reach,omitzero"`  // Reach is their private chat; zero when they never opened one.
	Home  string       `json:"home,omitempty"`  // Home is the community of their private chat.
	Zone  string       `json:"zone,omitempty"`  // Zone is an IANA name; "" is the community's.
	Lang  string       `json:"lang,omitempty"`  // Lang is a BCP 47 tag; "" is the client's.
	App   string       `json:"app,omitempty"`   // App is the language of their client when they last asked to be written to.
	Quiet Quiet        `json:"quiet,omitzero"`  //
	Open  bool         `json:"open,omitempty"`  // Open: notes may show what they are about on the lock screen. Default is neutral.
	Plain bool         `json:"plain,omitempty"` // Plain: for screen readers, see /settings.
	Band  Band         `json:"band,omitempty"`  //
}

// Speaks is the language to write to them in: the one they chose, else their
// client's; "" when neither is known.
func (v Member) Speaks() string { return cmp.Or(v.Lang, v.App) }

// Members keeps the people.
type Members struct {
	vault   *storage.Vault
	members storage.Table[Member]
	blocks  storage.Table[block]
}

// New works on tables sealed under each member's own key.
func New(vault *storage.Vault) *Members {
	return &Members{
		vault: vault,
		members: storage.Table[Member]{Bucket: "members", Vault: vault, Version: 1,
			Owner: func(m Member) string { return m.ID }},
		blocks: blocksTable(vault),
	}
}

// IDOf is the id of a person: a keyed hash that needs no record.
func (m *Members) IDOf(p chat.Person) string { return m.vault.ID("member", p.Platform, p.ID) }

// Get returns the member; one without a record has the defaults.
func (m *Members) Get(r storage.Reader, id string) (Member, error) {
	row, err := m.members.Get(r, id)
	switch {
	case err == nil:
		return row.Value, nil
	case errors.Is(err, storage.ErrNotFound), errors.Is(err, storage.ErrErased):
		return Member{ID: id}, nil
	}
	return Member{}, fmt.Errorf("member %s: %w", id, err)
}

// Put saves the member after checking; the error is a *chat.Refusal.
func (m *Members) Put(tx storage.Tx, v Member) error {
	if err := v.check(); err != nil {
		return err
	}
	if err := m.members.Put(tx, v.ID, v); err != nil {
		return fmt.Errorf("save member %s: %w", v.ID, err)
	}
	return nil
}
