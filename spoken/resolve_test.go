package spoken

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// firstCrossing is what Resolve promises, said in another way: the first instant at
// which the clocks of loc show the wall time or a later one. It walks by minutes.
func firstCrossing(d Date, c Clock, loc *time.Location) time.Time {
	wall := d.midnight().Add(time.Duration(c) * time.Minute)
	reached := func(t time.Time) bool { return !t.Add(offset(t, loc)).Before(wall) }
	t := wall.Add(-16 * time.Hour)
	for !reached(t) {
		t = t.Add(15 * time.Minute)
	}
	for reached(t.Add(-time.Minute)) {
		t = t.Add(-time.Minute)
	}
	return t
}

// changes are the instants in which the clocks of loc change, from 1973, when the
// last zone came to keep whole minutes, to 2045, when all follow their rules.
func changes(loc *time.Location) (at []time.Time) {
	last := time.Date(2045, 1, 1, 0, 0, 0, 0, time.UTC)
	for t := time.Date(1973, 1, 1, 0, 0, 0, 0, loc); t.Before(last); {
		_, end := t.ZoneBounds()
		switch {
		case end.IsZero():
			return at
		case !end.After(t): // Past its table Go lets leap years end a day early.
			t = t.Add(day)
			continue
		case offset(end, loc) != offset(end.Add(-time.Second), loc):
			at = append(at, end)
		}
		t = end
	}
	return at
}

func TestResolveAroundEveryChangeOfEveryZone(t *testing.T) {
	seen := map[uint32]bool{}
	for _, name := range zoneNames() {
		file := zoneFiles()[strings.ToLower(name)]
		if seen[file.CRC32] {
			continue
		}
		seen[file.CRC32] = true
		loc, err := LoadZone(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, change := range changes(loc) {
			for _, minutes := range []time.Duration{-61, -60, -30, -1, 0, 1, 30, 59, 60} {
				wall := change.Add(minutes * time.Minute)
				d, c := DateOf(wall), ClockOf(wall)
				if got, want := Resolve(d, c, loc), firstCrossing(d, c, loc); !got.Equal(want) {
					t.Fatalf("%s %v %v: got %v, want %v", name, d, c, got.UTC(), want)
				}
			}
		}
	}
}

func TestResolve(t *testing.T) {
	for _, c := range []struct{ zone, date, clock, want string }{
		{"America/New_York", "2026-07-01", "20:00", "2026-07-01T20:00:00-04:00"},
		{"America/New_York", "2027-03-14", "02:30", "2027-03-14T03:00:00-04:00"},
		{"America/New_York", "2027-11-07", "01:30", "2027-11-07T01:30:00-04:00"},
		{"Australia/Lord_Howe", "2026-10-04", "02:15", "2026-10-04T02:30:00+11:00"},
		{"Pacific/Apia", "2011-12-30", "20:00", "2011-12-31T00:00:00+14:00"},
		{"America/Sao_Paulo", "2018-11-04", "00:15", "2018-11-04T01:00:00-02:00"},
		{"America/New_York", "2128-12-31", "20:00", "2128-12-31T20:00:00-05:00"},
		{"UTC", "2026-01-01", "00:00", "2026-01-01T00:00:00Z"},
	} {
		loc, _ := LoadZone(c.zone)
		d, _ := ParseDate(c.date)
		clock, _ := ParseClock(c.clock)
		if got := Resolve(d, clock, loc).Format(time.RFC3339); got != c.want {
			t.Errorf("%s %s %s: got %s, want %s", c.zone, c.date, c.clock, got, c.want)
		}
	}
}

func TestResolveAnywhere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		loc, err := LoadZone(rapid.SampledFrom(zoneNames()).Draw(t, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		d := Date{rapid.IntRange(1973, 2150).Draw(t, "year"), 1, 1}.AddDays(rapid.IntRange(0, 364).Draw(t, "day"))
		c := Clock(rapid.IntRange(0, minutesPerDay-1).Draw(t, "clock"))
		if got, want := Resolve(d, c, loc), firstCrossing(d, c, loc); !got.Equal(want) {
			t.Fatalf("%v %v in %v: got %v, want %v", d, c, loc, got, want)
		}
	})
}

func BenchmarkResolve(b *testing.B) {
	loc, _ := LoadZone("America/New_York")
	for b.Loop() {
		Resolve(Date{2026, 11, 23}, 20*60, loc)
	}
}

func TestZoneData(t *testing.T) {
	a, err := LoadZone("Europe/Madrid")
	if b, _ := LoadZone("Europe/Madrid"); err != nil || a != b {
		t.Errorf("the same name gives %p and %p, %v", a, b, err)
	}
	for _, name := range []string{"", "Local", "Factory", "europe/madrid", "../zoneinfo", "Europe/", "Europe/Nowhere"} {
		if loc, err := LoadZone(name); err == nil {
			t.Errorf("LoadZone(%q) is %v", name, loc)
		}
	}
	t.Setenv("ZONEINFO", t.TempDir())
	for _, name := range zoneNames() {
		if _, err := LoadZone(name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestAliases checks that every name leads to zones, and that each of several can be
// chosen by its city.
func TestAliases(t *testing.T) {
	index := zonesByName()
	for name, zones := range index.zones {
		for _, zone := range zones {
			if _, err := LoadZone(zone); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			city := Zone{zone}.City()
			if got := zonesFor(city); len(zones) > 1 && !slices.Equal(got, []string{zone}) {
				t.Errorf("%s offers %s, which is read as %v", name, city, got)
			}
		}
	}
}

// TestCanonicalZones checks that a zone's name reads as itself, so that a stored one
// may be typed. The few abbreviations that are names too are not what people mean.
func TestCanonicalZones(t *testing.T) {
	for _, name := range zoneNames() {
		z, err := ReadZone(name)
		if strings.Contains(name, "/") && (err != nil || z.Name != name) {
			t.Errorf("%s is read as %v, %v", name, z, err)
		}
	}
}
