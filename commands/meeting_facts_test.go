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
		wrong := d.says(ana, lobby, "/meetings language:xyz")
		d.wants(wrong, "I do not know this language")
		if wrong.Ask == nil {
			t.Error("the language cannot be said once more")
		}
		edit := d.says(bea, lobby, "/meeting edit Candles which:series capacity:0 beginners:no audience:-")
		d.lacks(edit, "Places for", "Newcomers", "For: ")
	})
}

// Whatever can be said about a meeting can be changed by a button, and looked for by one.
func TestFactsAreChangedByButtons(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		d.host()
		d.saves(`/meeting add title:Candles when:"Mondays 20:00-21:00" programme:NA beginners:yes capacity:12`)
		edit := d.says(bea, lobby, "/meeting edit Candles")
		d.presses(bea, lobby, edit, "For whom")
		d.presses(bea, lobby, d.says(bea, lobby, "open"), "Keep: Narcotics Anonymous")
		for _, answer := range []string{"Spanish", "women", "step-free"} {
			d.says(bea, lobby, answer)
		}
		preview := d.says(bea, lobby, "series")
		d.wants(preview, "The whole series", "Programme: Narcotics Anonymous", "Open to anyone", "Language: español", "For: women", "Access: step-free", "Newcomers", "Places for 12 people")
		d.presses(bea, lobby, preview, "Save")
		d.presses(bea, lobby, d.says(bea, lobby, "/meeting edit Candles"), "What to expect")
		d.presses(bea, lobby, d.presses(bea, lobby, d.says(bea, lobby, "You may just listen"), "Skip"), "Keep: Yes")
		d.says(bea, lobby, "20")
		d.wants(d.says(bea, lobby, "series"), "What to expect: You may just listen", "Places for 20 people")
	})
}

// What somebody looks for is not for the room.
func TestLookingForIsPrivate(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		d.host()
		d.saves(`/meeting add title:Candles when:"Mondays 20:00-21:00" programme:NA language:español`)
		ask := d.presses(ana, lobby, d.says(ana, lobby, "/meetings"), "Look for")
		if !ask.Private || ask.Ask == nil {
			t.Fatalf("it is asked for before everybody: %+v", ask)
		}
		d.presses(ana, lobby, ask, "Skip")
		d.says(ana, lobby, "Spanish")
		found := d.says(ana, lobby, "NA")
		d.wants(found, "The next meetings:", "Candles: Monday")
		if today := d.presses(ana, lobby, found, "Today"); !found.Private || !today.Private {
			t.Error("everybody is answered")
		}
	})
}
