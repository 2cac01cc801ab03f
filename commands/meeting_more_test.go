package commands_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestASeriesIsPausedAndADateComesBack(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		d.host()
		d.saves(`/meeting add title:Candles when:"Mondays 20:00-21:00"`)
		preview := d.says(bea, lobby, `/meeting pause Candles "7 December"`)
		d.wants(preview, "Let Candles rest until Monday 7 December 2026?", "These 2 dates do not take place:",
			"Monday 23 November 2026", "Monday 30 November 2026")
		paused := d.presses(bea, lobby, preview, "Save")
		d.wants(paused, "Candles rests until then.")
		if got := d.listed("week"); len(got) > 0 {
			t.Errorf("this week there is still %q", got)
		}
		ask := d.says(bea, lobby, "/meeting restore")
		d.wants(ask, "Which date should take place again?")
		d.wants(d.presses(bea, lobby, ask, "Candles, Monday 30 November 2026, 20:00 (Eastern time)"), "Candles takes place again: Monday 30 November 2026")
		d.wants(d.says(bea, lobby, "/meeting history Candles"), "What changed about Candles:",
			"put back: Monday 30 November 2026", "taken out: Monday 23 November 2026 and Monday 30 November 2026", "added, every Monday")
		d.presses(bea, lobby, paused, "Undo") // The series has changed since.
		if diff := cmp.Diff([]string{"Candles: Monday 30 November 2026, 20:00 (Eastern time)"}, d.listed("")); diff != "" {
			t.Error(diff)
		}
	})
}

func TestAYearIsSeenBeforeItIsSaved(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		d.host()
		preview := d.says(bea, lobby, `/meeting add title:Candles when:"Mondays 20:00-21:00"`)
		year := d.presses(bea, lobby, preview, "See a year of it")
		d.wants(year, "Candles", "52 dates in the next twelve months:", "December 2026: 7, 14, 21, 28", "The clocks of Eastern time have changed")
		if len(d.meetings()) > 0 {
			t.Error("looking at a year has saved the meeting")
		}
		d.presses(bea, lobby, preview, "Save")
		d.wants(d.says(bea, lobby, "/meeting rehearse Candles"), "Candles", "52 dates")
	})
}
