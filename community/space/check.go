package space

import (
	"regexp"

	"golang.org/x/text/language"

	"peerbot/chat"
	"peerbot/spoken"
)

// maxOff bounds the parts that a community can list as switched off.
const maxOff = 32

var partName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,31}$`)

// check returns what of the settings cannot be, as a *chat.Refusal; nil is fine.
func (h Home) check() error {
	switch {
	case h.Zone != "" && !isZone(h.Zone):
		return chat.Refuse(chat.Invalid, "space.zone", chat.Text("zone", h.Zone))
	case h.Lang != "" && !isLang(h.Lang):
		return chat.Refuse(chat.Invalid, "space.lang", chat.Text("lang", h.Lang))
	case h.Country != "" && !isCountry(h.Country):
		return chat.Refuse(chat.Invalid, "space.country", chat.Text("country", h.Country))
	case len(h.Off) > maxOff:
		return chat.Refuse(chat.Invalid, "space.parts")
	}
	for _, part := range h.Off {
		if !partName.MatchString(part) {
			return chat.Refuse(chat.Invalid, "space.part", chat.Text("part", part))
		}
	}
	return nil
}

func isZone(name string) bool {
	_, err := spoken.LoadZone(name)
	return err == nil
}

func isLang(tag string) bool {
	_, err := language.Parse(tag)
	return err == nil
}

// isCountry reports whether code is a country of ISO 3166-1, as two capitals.
func isCountry(code string) bool {
	region, err := language.ParseRegion(code)
	return err == nil && region.IsCountry() && region.String() == code
}
