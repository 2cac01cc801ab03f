package meeting_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"peerbot/chat"
	"peerbot/community/meeting"
	"peerbot/spoken"
)

var update = flag.Bool("update", false, "write the golden files anew; then read what changed")

// now is a Saturday, noon in New York.
var now = time.Date(2026, 11, 21, 17, 0, 0, 0, time.UTC)

const flyer = `Virtual Peer Support
Mondays and Wednesdays
8PM until 9PM EST
Zoom Room      Meeting ID: 123 4567 8901
Passcode:  Recovery
Minor Consent Forms`

// drafts are meetings as people say them.
var drafts = []struct {
	about string
	said  meeting.Said
}{
	{"a flyer", meeting.ReadFlyer(flyer)},
	{"every two weeks", meeting.Said{Title: "Skills", Kind: meeting.Workshop, When: "every 2 weeks on Tuesday 19:00-22:00 Madrid", Link: "http://example.org/skills", ShortName: "Skills evening"}},
	{"the first and the last", meeting.Said{Title: "Business", Kind: meeting.Service, When: "first Sunday and last Friday of the month, 5pm to 6pm", Zone: "Europe/London", Phone: "+44 20 7946 0000"}},
	{"by the date, until", meeting.Said{Title: "Walk", Kind: meeting.Social, When: "monthly on the 15th 10am until 30 June 2027", Address: "North gate"}},
	{"the last day", meeting.Said{Title: "Review", When: "last day of the month 20:00, 3 times", Remind: "1 day, 1 hour, start", Room: lobby}},
	{"every day", meeting.Said{Title: "Morning", When: "every day 07:30-08:00", Notes: "Bring tea."}},
	{"once", meeting.Said{Title: "Picnic", Kind: meeting.Social, When: "tomorrow 15:00", Length: 90 * time.Minute}},
	{"once, with its end and its zone", meeting.Said{Title: "Visit", When: "tomorrow 18:00-19:30 Madrid"}},
	{"every three months", meeting.Said{Title: "Round", When: "every 3 months on the 2nd Tuesday 20:00-21:00"}},
}

// The cards that a host sees before a meeting is saved stand in a file, in each
// language and for a reader in another zone.
func TestCards(t *testing.T) {
	words, err := catalogue()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for lang, city := range map[string]string{"en": "America/Chicago", "es": "Europe/Madrid"} {
		b.Reset()
		zone, err := spoken.LoadZone(city)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range drafts {
			draft, err := d.said.Draft("America/New_York", now)
			if err != nil {
				t.Fatalf("%s: %v", d.about, err)
			}
			body := chat.Paragraphs(draft.Card(meeting.Rooms{Voice: d.said.Voice, Room: d.said.Room}, now), chat.Lines(append(draft.Assumed, draft.Doubts()...)...))
			fmt.Fprintf(&b, "=== %s\n%s\n\n", d.about, words.Put(lang, zone, body))
		}
		golden(t, "cards."+lang+".golden", b.String())
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s says otherwise; -update writes it anew (-want +got):\n%s", path, diff)
	}
}

func TestLeads(t *testing.T) {
	words, err := catalogue()
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct{ typed, en, es string }{
		{"start", "as it starts", "al empezar"},
		{"15 minutes before", "15 minutes before", "15 minutos antes"},
		{"1h", "1 hour before", "1 hora antes"},
		{"90 minutes", "90 minutes before", "90 minutos antes"},
		{"1 hour, 1 day,start,1 day", "1 day before, 1 hour before and as it starts", "1 día antes, 1 hora antes y al empezar"},
		{"-", "", ""},
	}
	for _, tt := range tests {
		leads, err := meeting.ReadLeads(tt.typed)
		if err != nil {
			t.Errorf("%s: %v", tt.typed, err)
		}
		say := meeting.Leads(leads)
		if en, es := words.Put("en", nil, say).String(), words.Put("es", nil, say).String(); en != tt.en || es != tt.es {
			t.Errorf("%s is %q and %q", tt.typed, en, es)
		}
	}
}
