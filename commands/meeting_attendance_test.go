package commands_test

import (
	"image/png"
	"testing"

	"peerbot/storage"
)

// attended notes how many came to the current date of a meeting.
func (d *desk) attended(title string, people int) {
	d.t.Helper()
	d.update(func(tx storage.Tx) error {
		home, err := d.deps.Spaces.HomeOf(tx, lobby)
		if err != nil {
			return err
		}
		g, err := d.deps.Meetings.Find(tx, home, title, d.now)
		if err != nil {
			return err
		}
		return d.deps.Meetings.Attend(tx, g, "", true, people, g.Start)
	})
}

func TestAHostReadsTheSheet(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		d.host()
		d.saves(`/meeting add title:Candles when:"every day 12:10-13:00 London"`)
		d.opens(bea, nil)
		card := d.says(bea, lobby, "/meeting hosts Candles")
		d.wants(d.presses(bea, lobby, card, "How many came lately"), "Nobody has noted yet")
		hosting := d.presses(bea, lobby, card, "I'm hosting")
		d.wants(hosting, "Thank you. You host Candles")
		d.wants(d.presses(bea, lobby, hosting, "Host sheet"), "Candles", "What is said here stays here", "Help now")
		d.wants(card, "There is no host sheet yet.")
		d.presses(bea, lobby, card, "Write the host sheet")
		d.wants(d.says(bea, lobby, "We begin with a breath."), "The host sheet is written.")
		again := d.presses(bea, lobby, d.says(bea, lobby, "/meeting hosts Candles"), "Write the host sheet")
		if again.Ask == nil || again.Ask.Ask[0].Value != "We begin with a breath." {
			t.Errorf("the form does not hold what is written: %+v", again.Ask)
		}
		d.says(bea, lobby, "/cancel")
		d.wants(d.presses(bea, lobby, hosting, "Host sheet"), "We begin with a breath.")
		d.wants(d.presses(bea, lobby, card, "Take turns hosting"), "1 person takes turns hosting.", "You take turns hosting.")
		d.wants(d.presses(bea, lobby, card, "Without a host: not tonight"), "that date is cancelled")
	})
}

func TestThePictureIsDescribed(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		d.host()
		d.saves(`/meeting add title:Candles when:"every day 12:10-13:00 London"`)
		d.attended("Candles", 12)
		card := d.says(bea, lobby, "/meeting hosts Candles")
		r := d.presses(bea, lobby, card, "How many came lately")
		d.wants(r, "How many came to Candles:", "Saturday 21 November 2026: 12 people")
		if len(r.Files) != 1 || r.Files[0].Alt != r.Body.String() {
			t.Fatalf("the picture is not described: %+v", r.Files)
		}
		f, err := r.Files[0].Open()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := png.Decode(f); err != nil {
			t.Error(err)
		}
	})
}
