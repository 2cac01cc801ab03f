package commands_test

import "testing"

func TestANewcomerSaysThatTheyCome(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		d.host()
		d.saves(`/meeting add title:Candles when:"Mondays 20:00-21:00" expect:"We read a page. You may pass."`)
		d.opens(ana, nil)
		early := d.presses(ana, private(ana), d.says(ana, private(ana), "/meetings"), "Remind me: Candles")
		noted := d.presses(ana, private(ana), early, "I'll come")
		d.wants(noted, "Good. You are coming to Candles: Monday 23 November 2026, 20:00", "1 person is coming.")
		first := d.presses(ana, private(ana), noted, "It's my first time")
		d.wants(first, "The host hears only that someone is new", "We read a page. You may pass.")
		d.wants(d.presses(ana, private(ana), first, "Can't"), "Noted: not this time.")
		d.wants(d.says(ana, private(ana), "/privacy"), "What you said about Candles on Monday 23 November 2026: Can't")
	})
}
