package member

import (
	"errors"

	"golang.org/x/text/language"

	"peerbot/chat"
	"peerbot/spoken"
)

// check returns what of the record cannot be, as a *chat.Refusal; nil is fine.
func (v Member) check() error {
	switch {
	case v.ID == "":
		return errors.New("member without an id")
	case v.Zone != "" && !isZone(v.Zone):
		return chat.Refuse(chat.Invalid, "member.zone", chat.Text("zone", v.Zone))
	case v.Lang != "" && !isLang(v.Lang):
		return chat.Refuse(chat.Invalid, "member.lang", chat.Text("lang", v.Lang))
	case !v.Quiet.From.Valid() || !v.Quiet.To.Valid():
		return chat.Refuse(chat.Invalid, "member.quiet")
	case v.Band != Unsaid && v.Band != Minor && v.Band != Adult:
		return chat.Refuse(chat.Invalid, "member.band")
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
