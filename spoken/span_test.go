package spoken_test

import (
	"testing"
	"time"

	"peerbot/spoken"
)

func TestReadSpan(t *testing.T) {
	for _, tt := range []struct {
		text, at string
		length   time.Duration
	}{
		{"tomorrow 20:00-21:30", "20:00", 90 * time.Minute},
		{"tomorrow 20:00", "20:00", 0},
		{"tomorrow 20:00 for 45 minutes", "20:00", 45 * time.Minute},
		{"Friday 22:00-01:00 Madrid", "22:00", 3 * time.Hour},
		{"mañana de 19:00 a 20:00", "19:00", time.Hour},
	} {
		got, err := spoken.ReadSpan(tt.text, now(t), now(t).Location())
		if err != nil || got.At.Format("15:04") != tt.at || got.Length != tt.length {
			t.Errorf("%q is %v for %v, %v", tt.text, got.At, got.Length, err)
		}
	}
	for _, text := range []string{"tomorrow 20:00-21:00 for 2 hours", "tomorrow", "Mondays 20:00-21:00 and more", ""} {
		if got, err := spoken.ReadSpan(text, now(t), now(t).Location()); err == nil {
			t.Errorf("%q is %v", text, got)
		}
	}
}
