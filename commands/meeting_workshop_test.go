package commands_test

import (
	"slices"
	"testing"

	"peerbot/chat"
)

func TestAWorkshopHasALeaderSessionsAndAHandout(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		d.host()
		d.saves(`/meeting add title:Clay kind:workshop when:"every day 08:00-09:00, 5 times"`)
		d.opens(ana, nil)
		d.wants(d.says(ana, private(ana), "/meetings when:week"), "Clay", "Session 1 of 5", "Session 2 of 5")
		d.presses(bea, lobby, d.says(bea, lobby, "/meeting edit meeting:Clay"), "Who leads it")
		d.wants(d.says(bea, lobby, "Pat"), "Saved for Clay")
		d.presses(bea, lobby, d.says(bea, lobby, "/meeting edit meeting:Clay"), "Handout")
		d.wants(d.says(bea, lobby, "https://example.org/leaflet"), "Saved for Clay")
		card := d.presses(ana, private(ana), d.says(ana, private(ana), "/remind Clay"), "I'll come")
		d.wants(card, "Session 1 of 5", "Led by Pat")
		d.lacks(card, "leaflet")
		d.wants(d.presses(ana, private(ana), card, "Send me the handout"), "You will get it after the session")
		d.wants(d.says(ana, private(ana), "/privacy"), "You asked for the handout of Clay")
	})
}

// A group is addressed where a moderator chose it from what the application offers.
func TestAGroupIsAModeratorsToAddress(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		d.host()
		d.saves(`/meeting add title:G when:"Mondays 20:00-21:00"`)
		d.wants(d.says(bea, lobby, `/meeting hosts meeting:G mention:"<@&77>"`), "Only a moderator")
		d.give(ana, lobby, chat.Moderator)
		d.wants(d.says(ana, lobby, `/meeting hosts meeting:G mention:@everyone`), "I do not know that group")
		card := d.says(ana, lobby, `/meeting hosts meeting:G mention:"<@&77>"`)
		d.wants(card, "Reminders in the room address")
		if none := d.presses(ana, lobby, card, "Address nobody"); slices.Contains(labels(none), "Address nobody") {
			t.Error("it is still addressed")
		}
	})
}
