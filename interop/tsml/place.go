package tsml

import (
	"cmp"
	"slices"
	"strings"

	"peerbot/chat"
	"peerbot/community/meeting"
)

// place is where it is. An address that is only near is an area, and so is one behind
// whose door nobody is: of a meeting that is online, or whose building is closed for now.
func (r raw) place() (p meeting.Place, err error) {
	if p.Link, err = ReadLink(r.Link.String()); err != nil {
		return p, err
	}
	p.Phone = r.Phone.line()
	p.Passcode = r.passcode(p)
	p.Region = cmp.Or(chat.Line(joined(" > ", r.Regions...)), joined(" > ", r.Region.line(), r.SubRegion.line()))
	online := p.Link != "" || p.Phone != ""
	switch {
	case r.Holding == "online" && !online:
		return p, chat.Refuse(chat.Missing, "interop.row.no_way_in")
	case r.shut() && !online:
		return p, chat.Refuse(chat.Missing, "interop.row.inactive")
	case r.Holding == "online" || r.shut():
		p.Region = cmp.Or(p.Region, r.address())
		return p, nil
	}
	p.Venue = r.Location.line()
	if near := strings.ToLower(r.Approximate.String()); near == "yes" || near == "true" {
		p.Region = cmp.Or(p.Region, r.address())
		return p, nil
	}
	p.Address = r.address()
	return p, nil
}

// shut reports whether the building is closed for now.
func (r raw) shut() bool {
	return slices.ContainsFunc(r.Types, func(said string) bool { return strings.EqualFold(strings.TrimSpace(said), codeShut) })
}

// passcode is what has to be typed for the link and on the phone. Without them it
// opens nothing.
func (r raw) passcode(p meeting.Place) string {
	var notes []string
	if p.Link != "" {
		notes = append(notes, r.LinkNotes.line())
	}
	if p.Phone != "" {
		notes = append(notes, r.PhoneNotes.line())
	}
	return joined("; ", slices.Compact(notes)...)
}

func (r raw) address() string {
	return cmp.Or(r.Formatted.line(), joined(", ", r.Address.line(), r.City.line(), joined(" ", r.State.line(), r.Postal.line()), r.Country.line()))
}

// Unlink takes what holds a web address out of what everybody may read of a place and
// puts it into the notes: a link that stands where the house should be is a way in, and
// what stands around it may be a passcode.
func Unlink(v *meeting.Meeting) {
	for _, said := range []*string{&v.Place.Region, &v.Place.Address, &v.Place.Venue} {
		if strings.Contains(*said, "://") {
			v.Notes, *said = chat.Block(joined("\n", *said, v.Notes)), ""
		}
	}
}

// joined joins what is not empty.
func joined(sep string, parts ...string) string {
	return strings.Join(slices.DeleteFunc(slices.Clone(parts), func(s string) bool { return s == "" }), sep)
}
