package commands

import (
	"context"
	"fmt"
	"time"

	"peerbot/chat"
	"peerbot/community/member"
	"peerbot/community/space"
	"peerbot/spoken"
	"peerbot/storage"
)

// Directory tells the engine who someone is here: their community, duties, zone and
// language. It reads and never writes: whoever only looks leaves no trace.
type Directory struct{ deps Deps }

// NewDirectory reads through what the deps hold.
func NewDirectory(d Deps) *Directory { return &Directory{deps: d} }

// Know fills Home, Member, Zone, Lang and Role of the call. What the platform had
// put into Role stays; its Lang gives way to what the person chose.
func (d *Directory) Know(ctx context.Context, c *chat.Call) error {
	c.Member = d.deps.Members.IDOf(c.From)
	err := d.deps.Store.View(ctx, func(r storage.Reader) error {
		who, err := d.deps.Members.Get(r, c.Member)
		if err != nil {
			return err
		}
		home, err := d.home(r, c, who)
		if err != nil {
			return err
		}
		given, err := d.deps.Spaces.Duties(r, home.ID, c.Member)
		if err != nil {
			return err
		}
		c.Home, c.Plain = home.ID, who.Plain
		c.Role |= given | belongs(c, who)
		c.Zone = zone(who.Zone, home.Zone)
		c.Lang = d.lang(who.Lang, c.Lang, home.Lang)
		return nil
	})
	if err != nil {
		return fmt.Errorf("know who calls: %w", err)
	}
	return nil
}

// home is the community that the call is about. In a private chat it is the one
// that an offer carried, else the one the person chose, else the only one there is.
func (d *Directory) home(r storage.Reader, c *chat.Call, who member.Member) (space.Home, error) {
	id, err := d.deps.Spaces.HomeOf(r, c.At)
	if err != nil {
		return space.Home{}, err
	}
	if c.At.Direct() {
		id = first(c.Home, who.Home)
	}
	if id == "" {
		if id, err = d.deps.Spaces.Only(r); err != nil {
			return space.Home{}, err
		}
	}
	home, err := d.deps.Spaces.Get(r, id)
	if err == nil && !c.At.Direct() {
		d.deps.Countries.Learn(c.At, home.Country)
	}
	return home, err
}

// Spaces are the platform's own ids of the spaces in which the community lives there.
func (d *Directory) Spaces(ctx context.Context, home, platform string) (spaces []string, err error) {
	err = d.deps.Store.View(ctx, func(r storage.Reader) error {
		seats, err := d.deps.Spaces.Seats(r, home)
		for _, at := range seats {
			if at.Platform == platform {
				spaces = append(spaces, at.Space)
			}
		}
		return err
	})
	return spaces, err
}

// belongs is the duty of someone who belongs: who speaks in a room of the community
// or has chosen it for their private chat.
func belongs(c *chat.Call, who member.Member) chat.Role {
	if !c.At.Direct() || (c.Home != "" && who.Home == c.Home) {
		return chat.Member
	}
	return 0
}

// zone is the first zone that somebody named; nil is nobody's.
func zone(names ...string) *time.Location {
	zone, err := spoken.LoadZone(first(names...))
	if err != nil {
		return nil
	}
	return zone
}

// lang is the language of the catalogue that suits the first tag given best.
func (d *Directory) lang(tags ...string) string { return d.deps.Match(first(tags...)) }

// first is the first of the texts that is not empty.
func first(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}
