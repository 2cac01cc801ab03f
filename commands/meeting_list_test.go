package commands_test

import (
	"slices"
	"testing"

	"peerbot/chat"
)

func TestAnOrganiserPutsTheListUp(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		host := d.host()
		card := d.says(host, lobby, "/meetings")
		kept := d.presses(host, lobby, card, "Keep a list in this room")
		d.wants(kept, "now stands in this room", "pin it")
		if !kept.Private {
			t.Error("the whole room is told how the list is kept")
		}
		card = d.says(host, lobby, "/meetings")
		d.wants(d.presses(host, lobby, card, "Stop keeping the list"), "no longer keep the list")
		if all := labels(d.says(host, lobby, "/meetings")); !slices.Contains(all, "Keep a list in this room") {
			t.Errorf("the list cannot be put up again: %q", all)
		}
		for _, at := range []chat.Address{private(host), lobby} {
			who := ana
			if at.Direct() {
				who = host
			}
			if all := labels(d.says(who, at, "/meetings")); slices.Contains(all, "Keep a list in this room") {
				t.Errorf("the list is offered to %s in %v", who.ID, at)
			}
		}
	})
}
