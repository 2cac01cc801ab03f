// Package space is the community itself: its settings, its places and who has which
// duty in it. One community (a Home) may live in several spaces of several platforms.
//
// It knows no meeting and no mentor, sends nothing and asks no platform anything.
package space

import (
	"errors"
	"fmt"

	"peerbot/chat"
	"peerbot/storage"
)

// Home is one community. One that nobody has set up yet is not in the store and has
// the install's defaults.
type Home struct {
	ID      string   `json:"id"`
	Zone    string   `json:"zone,omitempty"`    // Zone is an IANA name; "" until someone says.
	Lang    string   `json:"lang,omitempty"`    // Lang is a BCP 47 tag.
	Country string   `json:"country,omitempty"` // Country is an ISO 3166 code for /crisis; "" shows the worldwide card.
	NoHost  string   `json:"no_host,omitempty"` // NoHost is what becomes of a meeting without a host: "off" cancels it, "" and "open" leave the room open.
	Off     []string `json:"off"`               // Off are the parts that are switched off; nil has not said.
}

// Place is a room the community uses. An address stands here and nowhere else: all
// other records hold the place's ID, so that a room that moves is one write.
type Place struct {
	ID      string       `json:"-"`
	Home    string       `json:"home"`
	Address chat.Address `json:"address"`
}

// link says which community lives in a space, where that does not follow from the
// space itself: it moved there, or it was joined to one that lives elsewhere. It also
// says that the bot is there.
type link struct {
	Home string       `json:"home"`
	Seat chat.Address `json:"seat,omitzero"` // Seat is the space, while the bot is known to be in it.
}

// Spaces keeps the communities.
type Spaces struct {
	vault    *storage.Vault
	defaults Home
	homes    storage.Table[Home]
	links    storage.Table[link]
	places   storage.Table[Place]
	duties   storage.Table[duty]
}

// New works on tables sealed by vault; defaults stand in for a Home nobody has set up.
func New(vault *storage.Vault, defaults Home) *Spaces {
	s := &Spaces{vault: vault, defaults: defaults}
	s.homes = storage.Table[Home]{Bucket: "homes", Vault: vault, Version: 1,
		Owner: func(h Home) string { return h.ID }}
	s.links = storage.Table[link]{Bucket: "links", Vault: vault, Version: 1,
		Indexes: []storage.Index[link]{{Name: "home", Keys: func(l link) []string { return []string{l.Home} }}}}
	s.places = storage.Table[Place]{Bucket: "places", Vault: vault, Version: 1,
		Owner: func(p Place) string { return p.Home },
		Indexes: []storage.Index[Place]{
			{Name: "home", Keys: func(p Place) []string { return []string{p.Home} }},
			{Name: "at", Keys: func(p Place) []string { return []string{s.spot(p.Address)} }},
			{Name: "room", Keys: func(p Place) []string { return []string{s.room(p.Address)} }},
		}}
	s.duties = dutiesTable(s)
	return s
}

// HomeOf is the id of the community that lives at the address; "" for a private chat.
// It is a keyed hash of platform and space, so that it needs no record, unless a
// link says otherwise.
func (s *Spaces) HomeOf(r storage.Reader, at chat.Address) (string, error) {
	if at.Direct() {
		return "", nil
	}
	own := s.own(at)
	row, err := s.links.Get(r, own)
	switch {
	case err == nil:
		return row.Value.Home, nil
	case errors.Is(err, storage.ErrNotFound):
		return own, nil
	}
	return "", fmt.Errorf("community at a space: %w", err)
}

// own is the id of the community that a space is by itself.
func (s *Spaces) own(at chat.Address) string { return s.vault.ID("home", at.Platform, at.Space) }

// Get returns the community, with the defaults where it has said nothing.
func (s *Spaces) Get(r storage.Reader, home string) (Home, error) {
	h := Home{}
	if home != "" {
		row, err := s.homes.Get(r, home)
		if err != nil && !absent(err) {
			return Home{}, fmt.Errorf("community %s: %w", home, err)
		}
		h = row.Value
	}
	h.ID = home
	return h.or(s.defaults), nil
}

// or fills what h has not said with d.
func (h Home) or(d Home) Home {
	if h.Zone == "" {
		h.Zone = d.Zone
	}
	if h.Lang == "" {
		h.Lang = d.Lang
	}
	if h.Country == "" {
		h.Country = d.Country
	}
	if h.Off == nil {
		h.Off = d.Off
	}
	return h
}

// Put saves the community's settings after checking them; the error is a *chat.Refusal.
func (s *Spaces) Put(tx storage.Tx, h Home) error {
	if h.ID == "" {
		return chat.Refuse(chat.Missing, "space.no_home")
	}
	if err := h.check(); err != nil {
		return err
	}
	if err := s.homes.Put(tx, h.ID, h); err != nil {
		return fmt.Errorf("save community %s: %w", h.ID, err)
	}
	return nil
}

// absent reports whether a record is not there or can no longer be read by anyone.
func absent(err error) bool {
	return errors.Is(err, storage.ErrNotFound) || errors.Is(err, storage.ErrErased)
}

// Only is the community of an install that has a single one, so that private chats
// belong to it; "" when there are none or several.
func (s *Spaces) Only(r storage.Reader) (string, error) {
	only := ""
	for row, err := range s.homes.All(r, "", "") {
		if err != nil {
			return "", fmt.Errorf("find the only community: %w", err)
		}
		if only != "" {
			return "", nil
		}
		only = row.Key
	}
	return only, nil
}
