package spoken_test

import (
	"encoding/json"
	"testing"
	"time"

	"peerbot/spoken"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestDateAndClockText(t *testing.T) {
	type kept struct {
		D spoken.Date
		C spoken.Clock
	}
	rapid.Check(t, func(t *rapid.T) {
		start := spoken.Date{Year: 1900, Month: 1, Day: 1}
		in := kept{start.AddDays(rapid.IntRange(0, 109_000).Draw(t, "days")), spoken.Clock(rapid.IntRange(0, 1439).Draw(t, "clock"))}
		text, err := json.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		var out kept
		if err := json.Unmarshal(text, &out); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(in, out); diff != "" {
			t.Fatalf("%s: %s", text, diff)
		}
		if n := in.D.Sub(start); start.AddDays(n) != in.D || !in.D.Valid() {
			t.Fatalf("%v is %d days after %v", in.D, n, start)
		}
	})
}

func TestDateTextRefused(t *testing.T) {
	for _, text := range []string{"2026-02-30", "2026-2-3", "26-02-03", "x", "2026-02-03 "} {
		if d, err := spoken.ParseDate(text); err == nil {
			t.Errorf("ParseDate(%q) is %v", text, d)
		}
	}
	for _, text := range []string{"24:00", "8:00", "20:60", "", "20:00:00"} {
		if c, err := spoken.ParseClock(text); err == nil {
			t.Errorf("ParseClock(%q) is %v", text, c)
		}
	}
	var d spoken.Date
	if err := d.UnmarshalText(nil); err != nil || !d.IsZero() || d.Valid() || d.String() != "" {
		t.Errorf("the zero date reads as %v, %v", d, err)
	}
}

func TestDates(t *testing.T) {
	d := spoken.Date{Year: 2028, Month: time.February, Day: 29}
	if d.Weekday() != time.Tuesday || d.AddDays(1) != (spoken.Date{Year: 2028, Month: 3, Day: 1}) || !d.Before(d.AddDays(1)) || d.Before(d) {
		t.Errorf("%v %v %v", d, d.Weekday(), d.AddDays(1))
	}
	if (spoken.Date{Year: 2027, Month: 2, Day: 29}).Valid() {
		t.Error("2027 has no 29 February")
	}
	if got := spoken.Clock(22 * 60).Until(60); got != 3*time.Hour {
		t.Errorf("22:00 to 01:00 is %v", got)
	}
}

func TestDated(t *testing.T) {
	today := spoken.Date{Year: 2026, Month: 11, Day: 23}
	for text, want := range map[string]string{
		"3 December 19:00":                           "once on 2026-12-03 19:00",
		"23 November 19:00":                          "once on 2026-11-23 19:00",
		"22 November 19:00":                          "once on 2027-11-22 19:00",
		"29 February 19:00":                          "once on 2028-02-29 19:00",
		"Thursday 3 December 19:00":                  "once on 2026-12-03 19:00",
		"Friday 3 December 19:00":                    `? contradicts "2026-12-03"`,
		"Mondays 19:00 until 30 June":                "weekly Mon until 2027-06-30 19:00",
		"daily 19:00 from 1 Dec until 10 Jan":        "weekly Mon Tue Wed Thu Fri Sat Sun on 2026-12-01 until 2027-01-10 19:00",
		"Mondays 19:00 from 1 Dec 2027 until 10 Jan": "weekly Mon on 2027-12-01 until 2028-01-10 19:00",
		"Mondays 19:00 from 1 Dec until 1 Oct 2026":  `? contradicts "2026-10-01"`,
	} {
		p, err := spoken.ReadPattern(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := meaning(p.Dated(today))(describe); got != want {
			t.Errorf("%s\n got %s\nwant %s", text, got, want)
		}
	}
}
