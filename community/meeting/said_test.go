package meeting_test

import (
	"strings"
	"testing"
	"time"

	"peerbot/community/meeting"
)

// What cannot be is refused in a sentence, with the option that has to be changed.
func TestWhatCannotBe(t *testing.T) {
	words, err := catalogue()
	if err != nil {
		t.Fatal(err)
	}
	fine := meeting.Said{Title: "G", When: "Mondays 20:00-21:00"}
	tests := []struct {
		about  string
		change func(*meeting.Said)
		option string
		says   string
	}{
		{"no title", func(s *meeting.Said) { s.Title = "" }, "title", "what the meeting is called"},
		{"no time", func(s *meeting.Said) { s.When = "" }, "when", "say when it is"},
		{"13:75", func(s *meeting.Said) { s.When = "Mondays 13:75" }, "when", "no such time"},
		{"30 February", func(s *meeting.Said) { s.When = "30 February 20:00" }, "when", "no such day"},
		{"a rule that never fires", func(s *meeting.Said) { s.When = "Mondays 20:00 until 22 November 2026" }, "when", "do not fit"},
		{"nonsense", func(s *meeting.Said) { s.When = "when the moon is full" }, "when", "could not find a time"},
		{"only an hour", func(s *meeting.Said) { s.When = "20:00-21:00 tonight or so" }, "when", ""},
		{"no day", func(s *meeting.Said) { s.When = "Mondays" }, "when", "Something is missing"},
		{"an ambiguous zone", func(s *meeting.Said) { s.When = "Mondays 20:00 BST" }, "when", "more than one time zone"},
		{"an ambiguous hour", func(s *meeting.Said) { s.When = "Mondays at 8" }, "when", "more than one time"},
		{"the past", func(s *meeting.Said) { s.When = "3 January 2020 20:00" }, "when", ""},
		{"two zones", func(s *meeting.Said) { s.When = "Mondays 20:00 EST"; s.Zone = "Europe/Madrid" }, "zone", "two time zones"},
		{"two lengths", func(s *meeting.Said) { s.Length = 2 * time.Hour }, "length", "two lengths"},
		{"25 hours", func(s *meeting.Said) { s.When = "Mondays 20:00"; s.Length = 25 * time.Hour }, "when", ""},
		{"a script for a link", func(s *meeting.Said) { s.Link = "javascript:alert(1)" }, "link", "web addresses"},
		{"a password in a link", func(s *meeting.Said) { s.Link = "https://a:b@example.org" }, "link", "@ sign"},
		{"everyone", func(s *meeting.Said) { s.Title = "@everyone come" }, "title", "@everyone"},
		{"everyone in the notes", func(s *meeting.Said) { s.Notes = "ask @here" }, "notes", "@everyone"},
		{"10,000 characters", func(s *meeting.Said) { s.Notes = strings.Repeat("x", 10_000) }, "notes", "1000 characters"},
		{"a long title", func(s *meeting.Said) { s.Title = strings.Repeat("x", 81) }, "title", "80 characters"},
		{"letters in a number", func(s *meeting.Said) { s.Number = "12a4567" }, "number", "digits"},
		{"letters in a phone", func(s *meeting.Said) { s.Phone = "call me" }, "phone", "digits"},
		{"six reminders", func(s *meeting.Said) { s.Remind = "1 day, 5h, 4h, 3h, 2h, 1h" }, "remind", "At most 5"},
		{"a reminder too early", func(s *meeting.Said) { s.Remind = "2 weeks" }, "remind", "7 days before"},
		{"a reminder of no time", func(s *meeting.Said) { s.Remind = "soon" }, "remind", "how long before the start"},
		{"no such kind", func(s *meeting.Said) { s.Kind = "cult" }, "kind", "sort of meeting"},
	}
	if _, err := fine.Draft("America/New_York", now); err != nil {
		t.Fatal(err)
	}
	for _, tt := range tests {
		t.Run(tt.about, func(t *testing.T) {
			s := fine
			tt.change(&s)
			_, err := s.Draft("America/New_York", now)
			if err == nil {
				t.Fatal("it was taken")
			}
			option, say, _ := strings.Cut(refusal(t, words, err), ": ")
			if option != tt.option || !strings.Contains(say, tt.says) || strings.Contains(say, "<") {
				t.Errorf("refused %q with %q, want %q with %q", option, say, tt.option, tt.says)
			}
		})
	}
}

func TestAZoneIsAskedFor(t *testing.T) {
	words, err := catalogue()
	if err != nil {
		t.Fatal(err)
	}
	s := meeting.Said{Title: "G", When: "Mondays 20:00-21:00"}
	if _, err := s.Draft("", now); !strings.HasPrefix(refusal(t, words, err), "zone: Which city") {
		t.Errorf("refused with %q", refusal(t, words, err))
	}
	for _, s := range []meeting.Said{
		{Title: "G", When: "Mondays 20:00-21:00 EST"},
		{Title: "G", When: "Mondays 20:00-21:00", Zone: "America/New_York"},
	} {
		d, err := s.Draft("", now)
		if err != nil || d.Rule.Zone != "America/New_York" || len(d.Assumed) > 0 {
			t.Errorf("%+v: in %q, assumed %v, %v", s, d.Rule.Zone, d.Assumed, err)
		}
	}
}

func TestWhatIsTakenForGranted(t *testing.T) {
	d, err := meeting.Said{Title: "G", When: "Mondays 20:00"}.Draft("America/New_York", now)
	if err != nil || len(d.Assumed) != 2 || d.Rule.Length != time.Hour || d.Kind != meeting.Support {
		t.Errorf("%+v, %v", d, err)
	}
	d, err = meeting.Said{Title: "G", When: "Mondays 20:00-21:30 EST", Remind: "-", Kind: meeting.Social}.Draft("Europe/Madrid", now)
	if err != nil || len(d.Assumed) != 0 || d.Rule.Length != 90*time.Minute || d.Rule.Zone != "America/New_York" || len(d.Leads) != 0 {
		t.Errorf("%+v, %v", d, err)
	}
}
