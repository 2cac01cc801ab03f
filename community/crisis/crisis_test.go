package crisis

import (
	"net/url"
	"testing"
	"time"
)

func TestEveryFactHasASourceAndADay(t *testing.T) {
	for _, c := range cards {
		facts := []Fact{c.Emergency}
		for _, l := range append([]Line{c.Call, c.Write}, c.More...) {
			facts = append(facts, l.Call, l.Text, l.Hours)
		}
		for _, f := range facts {
			if f.Value == "" {
				continue
			}
			if f.Read.IsZero() {
				t.Errorf("%s: %q has no day", c.Country, f.Value)
			}
			if f.Shown() == "" {
				continue
			}
			if u, err := url.Parse(f.Source); err != nil || u.Scheme != "https" {
				t.Errorf("%s: %q has the source %q", c.Country, f.Value, f.Source)
			}
		}
	}
}

func TestWhatIsInDoubtIsNotShown(t *testing.T) {
	us, _ := For("US")
	if got := us.More[1].Text.Shown(); got != "" {
		t.Errorf("the Trevor Project's text number is in doubt, and shown: %s", got)
	}
	gb, _ := For("GB")
	if got := gb.Write.Text.Shown(); got != "" {
		t.Errorf("Shout's number is in doubt, and shown: %s", got)
	}
}

// The line behind "press 3" of 988 ended on 17 July 2025.
func TestNobodyIsSentToTheEndedLine(t *testing.T) {
	for _, c := range cards {
		for _, l := range append([]Line{c.Call, c.Write}, c.More...) {
			if l.Call.Value == "988" && l.Press == "3" {
				t.Errorf("%s: %s says press 3", c.Country, l.Name)
			}
		}
	}
}

func TestFor(t *testing.T) {
	tests := []struct{ country, card, emergency string }{
		{"US", "US", "911"}, {"us", "US", "911"}, {"CA", "CA", "911"}, {"GB", "GB", "999"},
		{"IE", "IE", "112"}, {"AU", "AU", "000"}, {"ES", "EU", "112"}, {"uk", "GB", "999"}, {"EEUU", "US", "911"}, {"EU", "EU", "112"},
		{"MX", "", ""}, {"", "", ""}, {"world", "", ""},
	}
	for _, tt := range tests {
		card, ok := For(tt.country)
		if ok != (tt.card != "") || card.Country != tt.card || card.Emergency.Shown() != tt.emergency {
			t.Errorf("For(%q) is the card %q with %q, %v", tt.country, card.Country, card.Emergency.Shown(), ok)
		}
	}
}

func TestStale(t *testing.T) {
	if read := Oldest(); Stale(read.Add(Keeps)) || !Stale(read.Add(Keeps+time.Hour)) {
		t.Errorf("data of %v goes stale at the wrong time", read)
	}
}
