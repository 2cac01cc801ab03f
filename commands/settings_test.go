package commands_test

import (
	"testing"

	"peerbot/chat"
)

func TestSettingsBareShowsTheCard(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		reply := d.says(ana, lobby, "/settings")
		d.wants(reply, "Your settings", "Your clock: not set", "Saturday 21 November 2026, 07:00", "Language: English",
			"Quiet hours: none", "Screen reader: no", "Lock screen: neutral", "You have a note", "Monday group")
		if !reply.Private {
			t.Error("the room can read Ana's settings")
		}
	})
}

func TestSettingsChange(t *testing.T) {
	tests := []struct{ line, want string }{
		{"/settings zone:Berlin", "Your clock: Saturday 21 November 2026, 13:00"},
		{"/settings Berlin", "Your clock: Saturday 21 November 2026, 13:00"},
		{"/settings language:es", "Idioma: español"},
		{"/ajustes idioma:es", "Idioma: español"},
		{"/settings quiet:10pm-7am", "Quiet hours: 22:00 to 07:00"},
		{"/settings lockscreen:open", "Lock screen: open"},
		{"/settings plain:yes", "Screen reader: yes"},
	}
	eachStore(t, func(t *testing.T, d *desk) {
		for _, tt := range tests {
			d.wants(d.says(ana, lobby, tt.line), tt.want)
			d.says(ana, lobby, "/settings language:en")
		}
		d.wants(d.says(ana, private(ana), "/settings"), "(Berlin", "Language: English", "22:00 to 07:00", "yes.", "open")
		d.wants(d.says(bea, lobby, "/settings"), "(Eastern", "Quiet hours: none", "reader: no", "neutral")
	})
}

func TestSettingsRefuse(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		d.wants(d.says(ana, lobby, "/settings zone:Atlantis"), "time zone", "Atlantis")
		d.wants(d.says(ana, lobby, "/settings quiet:always"), "22:00-07:00")
		d.wants(d.says(ana, lobby, "/settings lockscreen:loud"), "not one of the choices")
		d.wants(d.says(ana, lobby, "/settings"), "Quiet hours: none")
	})
}

func TestSettingsByButton(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		card := d.says(ana, private(ana), "/settings")
		card = d.presses(ana, private(ana), card, "Let notes say what they are about")
		d.wants(card, "Lock screen: open")
		if !card.Replace {
			t.Error("a press does not change the card in place")
		}
		card = d.presses(ana, private(ana), card, "I use a screen reader")
		d.wants(card, "Screen reader: yes")
		if card.Replace {
			t.Error("a screen reader is not told of an edit")
		}
		for _, row := range card.Offers {
			if len(row) != 1 {
				t.Errorf("a screen reader gets %d buttons in a row", len(row))
			}
		}
	})
}

// What a person set in one community holds for them everywhere; what a community
// set holds in it alone.
func TestNothingOfOneCommunityReachesAnother(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		d.give(ana, lobby, chat.Admin)
		var here, there chat.Call
		for at, c := range map[chat.Address]*chat.Call{lobby: &here, cafe: &there} {
			*c = chat.Call{From: ana, At: at, Lang: "en"}
			if err := directory(d).Know(t.Context(), c); err != nil {
				t.Fatal(err)
			}
		}
		if here.Home == there.Home || here.Home == "" {
			t.Errorf("two spaces are the communities %q and %q", here.Home, there.Home)
		}
		if here.Member != there.Member {
			t.Error("one person is two members")
		}
		if here.Role != chat.Admin|chat.Member || there.Role != chat.Member {
			t.Errorf("Ana is %v here and %v there", here.Role, there.Role)
		}
	})
}
