package commands_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFactsAreShownAndLookedFor(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		d.host()
		preview := d.says(bea, lobby, `/meeting add title:Candles when:"Mondays and Thursdays 20:00-21:00" programme:NA address:"5 Hill Road" open:closed language:español audience:women access:"step-free" beginners:yes expect:"You may just listen." minors:"Ask Rosa" capacity:12`)
		d.wants(preview, "Programme: Narcotics Anonymous", "Closed: for people of the programme", "Language: español", "For: women",
			"Access: step-free", "Newcomers are very welcome", "What to expect: You may just listen.", "Under 18: Ask Rosa", "Places for 12 people")
		d.presses(bea, lobby, preview, "Save")
		d.saves(`/meeting add title:Walk when:"Sundays 10:00-11:00"`)
		want := []string{"Candles: Monday 23 November 2026, 20:00 (Eastern time)"}
		for _, options := range []string{"search:women", "language:Spanish", "programme:NA", "place:in_person", `search:"evening candles"`} {
			if diff := cmp.Diff(want, d.listed(options)); diff != "" {
				t.Errorf("%s: %s", options, diff)
			}
		}
		for options, want := range map[string]string{"search:thursday": "Candles: Thursday 26 November 2026, 20:00 (Eastern time)",
			`search:"lunes candles"`: want[0], "search:sunday": "Walk: Sunday 22 November 2026, 10:00 (Eastern time)"} {
			if diff := cmp.Diff([]string{want}, d.listed(options)); diff != "" {
				t.Errorf("%s: %s", options, diff)
			}
		}
		d.wants(d.says(ana, lobby, "/meetings search:nothing"), "No meeting fits what you are looking for")
		d.wants(d.says(ana, lobby, "/meetings programme:xyz"), "I do not know this programme")
		edit := d.says(bea, lobby, "/meeting edit Candles which:series capacity:0 beginners:no audience:-")
		d.lacks(edit, "Places for", "Newcomers", "For: ")
	})
}
