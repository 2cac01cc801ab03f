package commands_test

import (
	"slices"
	"testing"
)

func TestADigestIsSaidAndStopped(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		d.host()
		d.saves(`/meeting add title:G when:"Mondays 20:00-21:00"`)
		asked := d.presses(bea, lobby, d.says(bea, lobby, "/meetings"), "Also post a digest")
		d.wants(asked, "When shall I post what comes next?")
		d.wants(d.says(bea, lobby, "Mondays at 9am"), "The first one: Monday 23 November 2026, 09:00")
		d.wants(d.presses(bea, lobby, d.says(bea, lobby, "/meetings"), "Stop the digest"), "No digest comes to this room any more.")
		d.presses(bea, lobby, d.says(bea, lobby, "/meetings"), "Also post a digest")
	})
}

func TestDoorsAreAHostsToSet(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		d.host()
		d.saves(`/meeting add title:G when:"every day 20:00-21:00" link:https://example.org/way`)
		d.opens(ana, nil)
		joins := func() bool { return slices.Contains(labels(d.says(ana, private(ana), "/remind G")), "Join: G") }
		if joins() {
			t.Error("the way in is open thirteen hours before")
		}
		d.presses(bea, lobby, d.says(bea, lobby, "/meeting edit meeting:G"), "When the way in opens")
		d.wants(d.says(bea, lobby, "14 hours"), "opens 14 hours before")
		if !joins() {
			t.Error("the way in is closed thirteen hours before")
		}
	})
}
