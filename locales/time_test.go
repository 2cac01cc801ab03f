package locales

import (
	"testing"
	"time"

	"peerbot/chat"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func TestTime(t *testing.T) {
	at := time.Date(2026, time.November, 24, 1, 0, 0, 0, time.UTC)
	eastern, madrid := zone(t, "America/New_York"), zone(t, "Europe/Madrid")
	tests := []struct {
		lang  string
		zone  *time.Location
		style chat.Style
		want  string
	}{
		{"en", eastern, chat.Moment, "Monday 23 November 2026, 20:00 (Eastern time)"},
		{"es", eastern, chat.Moment, "lunes 23 de noviembre de 2026, 20:00 (hora del Este)"},
		{"en", madrid, chat.Moment, "Tuesday 24 November 2026, 02:00 (Madrid time)"},
		{"en", nil, chat.Moment, "Tuesday 24 November 2026, 01:00 (UTC, world time)"},
		{"en", eastern, chat.Relative, "Monday 23 November 2026, 20:00 (Eastern time)"},
		{"en", eastern, chat.Clock, "20:00"},
		{"es", nil, chat.Clock, "01:00 (UTC, hora mundial)"},
		{"en", eastern, chat.Zoned, "20:00 (Eastern time)"},
		{"es", nil, chat.Zoned, "01:00 (UTC, hora mundial)"},
		{"en", eastern, chat.Day, "Monday 23 November"},
		{"es", madrid, chat.Day, "martes 24 de noviembre"},
	}
	c := loaded(t)
	for _, tt := range tests {
		got := c.Put(tt.lang, tt.zone, chat.Rich{chat.Time{At: at, Style: tt.style}})
		span := got[0].(chat.Time)
		if span.Text != tt.want || !span.At.Equal(at) || span.Style != tt.style {
			t.Errorf("%s %v %s: got %+v, want %q", tt.lang, tt.zone, tt.style, span, tt.want)
		}
	}
}

func TestZoneNames(t *testing.T) {
	tests := []struct{ zone, en, es string }{
		{"America/Los_Angeles", "Pacific time", "hora del Pacífico"},
		{"Europe/London", "UK time", "hora del Reino Unido"},
		{"Europe/Berlin", "Berlin time", "hora de Berlín"},
		{"America/Mexico_City", "Mexico City time", "hora de Ciudad de México"},
		{"America/Argentina/Buenos_Aires", "Buenos Aires time", "hora de Buenos Aires"},
		{"America/Port_of_Spain", "Port of Spain time", "hora de Port of Spain"},
		{"UTC", "UTC, world time", "UTC, hora mundial"},
		{"Etc/GMT+5", "UTC-05:00", "UTC-05:00"},
		{"CET", "UTC+01:00", "UTC+01:00"},
	}
	c := loaded(t)
	for _, tt := range tests {
		at := time.Date(2026, time.January, 5, 12, 0, 0, 0, zone(t, tt.zone))
		for lang, want := range map[string]string{"en": tt.en, "es": tt.es} {
			v := voice{c: c, lang: lang, zone: at.Location()}
			if got := v.zoneName(at); got != want {
				t.Errorf("%s in %s: got %q, want %q", tt.zone, lang, got, want)
			}
		}
	}
	india := time.Date(2026, time.January, 5, 12, 0, 0, 0, time.FixedZone("", 5*3600+1800))
	if got := (voice{c: c, lang: "en"}).zoneName(india); got != "UTC+05:30" {
		t.Errorf("a fixed zone: got %q", got)
	}
}

// Every usual zone exists and has its words.
func TestUsualZones(t *testing.T) {
	c := loaded(t)
	for name, id := range usual {
		zone(t, name)
		if _, _, ok := c.phrase("en", "zone."+id); !ok {
			t.Errorf("%s: the catalogue lacks zone.%s", name, id)
		}
	}
}

func TestNamedZones(t *testing.T) {
	c := loaded(t)
	for _, tt := range []struct{ lang, zone, want string }{
		{"en", "America/New_York", "Eastern time"},
		{"en", "Europe/Madrid", "Madrid time"},
		{"es", "Europe/Madrid", "hora de Madrid"},
		{"en", "UTC", "UTC, world time"},
		{"en", "Nowhere", "Nowhere"},
	} {
		if got := c.Put(tt.lang, nil, chat.Rich{chat.ZoneName(tt.zone)}).String(); got != tt.want {
			t.Errorf("%s in %s is %q, want %q", tt.zone, tt.lang, got, tt.want)
		}
	}
}
