package meeting

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"peerbot/chat"
	"peerbot/community/member"
	"peerbot/storage"
)

// OutletKind is what stands at an address outside the chat.
type OutletKind string

// The kinds of outlet.
const (
	OwnCalendar  OutletKind = "own"  // What a member follows or comes to, for their calendar program.
	HomeCalendar OutletKind = "home" // All meetings of a community, for calendar programs.
	HomePage     OutletKind = "page" // The public page of a community.
)

// Outlet is an address outside the chat at which meetings can be read. Whoever has the
// address reads them, so it is long and cannot be guessed. It is not kept: it follows
// from the install's key and the call that made it.
type Outlet struct {
	Kind   OutletKind `json:"kind"`
	Owner  string     `json:"owner"`            // Owner is the member, or the community.
	Made   string     `json:"made"`             // Made is a keyed hash of the call that made it.
	Titles bool       `json:"titles,omitempty"` // Titles: a community's calendar names its meetings by title.
	Since  time.Time  `json:"since"`
}

func outletsTable(vault *storage.Vault) storage.Table[Outlet] {
	return storage.Table[Outlet]{Bucket: "meeting_outlets", Vault: vault, Version: 1,
		Owner: func(o Outlet) string { return o.Owner },
		Indexes: []storage.Index[Outlet]{
			{Name: "address", Keys: func(o Outlet) []string { return []string{spot(vault, token(vault, o))} }},
		}}
}

// token is the secret part of the outlet's address: 128 bits in 26 letters and digits.
func token(vault *storage.Vault, o Outlet) string {
	return vault.ID("outlet", string(o.Kind), o.Owner, o.Made)
}

// spot is a secret as it is filed: another hash, from which it cannot be had.
func spot(vault *storage.Vault, token string) string { return vault.ID("outlet at", token) }

func outletKey(kind OutletKind, owner string) string { return string(kind) + "|" + owner }

// OpenOutlet gives the owner an address of that kind, made by the call. An older one
// of theirs is worth nothing from then on.
func (m *Meetings) OpenOutlet(tx storage.Tx, kind OutletKind, owner, call string, titles bool, now time.Time) (Outlet, error) {
	if owner == "" {
		return Outlet{}, chat.Refuse(chat.Missing, "space.no_home")
	}
	o := Outlet{Kind: kind, Owner: owner, Made: m.vault.ID("call", call), Titles: titles, Since: now}
	return o, m.putOutlet(tx, o)
}

// NameByTitle says whether the titles of the meetings are in the outlet, whose address
// stays. One that is closed stays closed.
func (m *Meetings) NameByTitle(tx storage.Tx, kind OutletKind, owner string, titles bool) error {
	o, ok, err := m.OutletOf(tx, kind, owner)
	if err != nil || !ok {
		return err
	}
	o.Titles = titles
	return m.putOutlet(tx, o)
}

func (m *Meetings) putOutlet(tx storage.Tx, o Outlet) error {
	if err := m.outlets.Put(tx, outletKey(o.Kind, o.Owner), o); err != nil {
		return fmt.Errorf("open an outlet: %w", err)
	}
	return nil
}

// CloseOutlet takes the owner's address of that kind away; none is no error.
func (m *Meetings) CloseOutlet(tx storage.Tx, kind OutletKind, owner string) error {
	return m.outlets.Delete(tx, outletKey(kind, owner))
}

// OutletOf is the owner's outlet of that kind; false when they have none.
func (m *Meetings) OutletOf(r storage.Reader, kind OutletKind, owner string) (Outlet, bool, error) {
	row, err := m.outlets.Get(r, outletKey(kind, owner))
	if lost(err) {
		return Outlet{}, false, nil
	}
	if err != nil {
		return Outlet{}, false, fmt.Errorf("outlet: %w", err)
	}
	return row.Value, true, nil
}

// OutletToken is the secret part of the outlet's address.
func (m *Meetings) OutletToken(o Outlet) string { return token(m.vault, o) }

// OutletAt is the outlet with that secret; false when there is none, or none any more.
func (m *Meetings) OutletAt(r storage.Reader, token string) (o Outlet, found bool, err error) {
	for row, err := range m.outlets.By(r, "address", spot(m.vault, token), "") {
		if err != nil {
			return Outlet{}, false, fmt.Errorf("find an outlet: %w", err)
		}
		o, found = row.Value, true
	}
	return o, found, nil
}

// Shown are the meetings that stand at the outlet, by their IDs: of a community all, of
// a member all dates of what they follow, and the single ones to which they come.
func (m *Meetings) Shown(r storage.Reader, o Outlet) (out []Meeting, err error) {
	if o.Kind == OwnCalendar {
		out, err = m.ownDates(r, o)
	} else {
		out, err = m.Of(r, o.Owner)
	}
	slices.SortFunc(out, func(a, b Meeting) int { return cmp.Compare(a.ID, b.ID) })
	return out, err
}

func (m *Meetings) ownDates(r storage.Reader, o Outlet) (out []Meeting, err error) {
	follows, err := m.Followed(r, o.Owner)
	if err != nil {
		return nil, err
	}
	has := map[string]bool{}
	for _, f := range follows {
		dates, err := m.Dates(r, f.Series)
		if err != nil {
			return nil, err
		}
		out, has[f.Series] = append(out, dates...), true
	}
	for row, err := range m.coming.By(r, byMember, o.Owner, "") {
		if err != nil {
			return nil, fmt.Errorf("where a member comes: %w", err)
		}
		if c := row.Value; !has[c.Series] && c.state() == string(Yes) {
			if out, err = m.withDate(r, out, c); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// withDate adds the single date that somebody comes to, as a meeting of its own.
func (m *Meetings) withDate(r storage.Reader, out []Meeting, c Coming) ([]Meeting, error) {
	s, err := m.parts(r, c.Series)
	if err != nil {
		return nil, err
	}
	if g, ok := s.on(c.Date); ok {
		single := g.Meeting
		single.Rule, single.ID = once(g), g.Ref()
		out = append(out, single)
	}
	return out, nil
}

// Public is what of the meeting anybody may read: no way in, no notes, which may hold
// one, and nothing about a person to ask.
func (v Meeting) Public() Meeting {
	remote := v.Place.Held().Is(Online)
	v.Place = Place{Venue: v.Place.Venue, Address: v.Place.Address, Region: v.Place.Region, Remote: remote}
	v.Notes, v.Facts.Minors, v.Room, v.Leads = "", "", "", nil
	return v
}

// Upcoming are the next gatherings of the meetings, one for each series, in order.
func Upcoming(all []Meeting, now time.Time) []Gathering { return nextOfEach(all, now) }

// exportOutlet says that a member has a calendar address, and never which.
func (m *Meetings) exportOutlet(r storage.Reader, id string) ([]member.Fact, error) {
	o, ok, err := m.OutletOf(r, OwnCalendar, id)
	if err != nil || !ok {
		return nil, err
	}
	kept := struct {
		Since time.Time `json:"since"`
	}{o.Since}
	return []member.Fact{{Name: "calendar_address", Say: chat.Say("outlet.fact", chat.At("since", o.Since, chat.Day)), Value: kept}}, nil
}
