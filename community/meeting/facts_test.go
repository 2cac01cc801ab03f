package meeting_test

import (
	"strings"
	"testing"
	"time"

	"peerbot/community/meeting"
	"peerbot/storage"
)

func TestFactsAreReadAsPeopleSayThem(t *testing.T) {
	now := newYork(t, "2026-11-22 12:00")
	d, err := meeting.Said{Title: "G", When: "Mondays 20:00-21:00", Programme: "narcotics anonymous", Language: "Español", Capacity: 12, Beginners: "yes"}.Draft("America/New_York", now)
	if err != nil {
		t.Fatal(err)
	}
	if f := d.Facts; f.Programme != "na" || f.Language != "es" || f.Capacity != 12 || !f.Beginners {
		t.Errorf("%+v", f)
	}
	words, err := catalogue()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		said meeting.Said
		want string
	}{
		{meeting.Said{Programme: "the red cross"}, "programme: I do not know this programme. Please choose one, or put its name into the notes."},
		{meeting.Said{Language: "elvish tongue"}, "language: I do not know this language. Please write its name, such as Spanish."},
		{meeting.Said{Capacity: 20000}, "capacity: Please write a number up to 10000."},
	} {
		c.said.Title, c.said.When = "G", "Mondays 20:00-21:00"
		_, err := c.said.Draft("America/New_York", now)
		if got := refusal(t, words, err); got != c.want {
			t.Errorf("%s", got)
		}
	}
}

func TestLanguagesByAnyName(t *testing.T) {
	for typed, want := range map[string]string{"spanish": "es", "Español": "es", "espanol": "es", "inglés": "en", "de": "de", "Deutsch": "de", "pt-BR": "pt-BR", "日本語": "ja"} {
		if got, err := meeting.ReadLanguage(typed); err != nil || got != want {
			t.Errorf("%s is read as %q, %v", typed, got, err)
		}
	}
}

func TestMeetingsAreFoundByWhatTheySay(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		h.add(meeting.Said{Title: "Candle Group", When: "every day 20:00-21:00", Language: "es", Programme: "na", Audience: "women", Beginners: "yes", Link: "https://meet.example.org/candle"})
		h.add(meeting.Said{Title: "Early Bird", When: "every day 07:30-08:00", Language: "en", Programme: "aa", Access: "wheelchairs", Address: "12 River Street"})
		for _, c := range []struct {
			filter meeting.Filter
			want   string
		}{
			{meeting.Filter{}, "Early Bird, Candle Group"},
			{meeting.Filter{Language: "es"}, "Candle Group"},
			{meeting.Filter{Programme: "aa"}, "Early Bird"},
			{meeting.Filter{Words: "women evening"}, "Candle Group"},
			{meeting.Filter{Words: "noche espanol"}, "Candle Group"},
			{meeting.Filter{Words: "mañana"}, "Early Bird"},
			{meeting.Filter{Words: "saturday"}, "Early Bird, Candle Group"},
			{meeting.Filter{Words: "sábado evening"}, "Candle Group"},
			{meeting.Filter{Words: "sunday"}, ""},
			{meeting.Filter{Words: "wheel"}, "Early Bird"},
			{meeting.Filter{Words: "newcomers"}, "Candle Group"},
			{meeting.Filter{Words: "Narcotics"}, "Candle Group"},
			{meeting.Filter{Words: "men"}, ""}, // not in "women"
			{meeting.Filter{Held: meeting.InPerson}, "Early Bird"},
			{meeting.Filter{Held: meeting.Online}, "Candle Group"},
			{meeting.Filter{Words: "presencial"}, "Early Bird"},
			{meeting.Filter{Words: "en línea"}, "Candle Group"},
			{meeting.Filter{Words: "afternoon", Clock: time.UTC}, "Early Bird"},
		} {
			var got []string
			h.view(func(r storage.Reader) error {
				all, err := h.Next(r, h.home, newYork(t, "2000-01-01 06:00"), 10)
				for _, g := range all {
					if c.filter.Picks(g) {
						got = append(got, g.Title)
					}
				}
				return err
			})
			if got := strings.Join(got, ", "); got != c.want {
				t.Errorf("%+v finds %q, not %q", c.filter, got, c.want)
			}
		}
	})
}
