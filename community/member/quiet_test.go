package member

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"peerbot/spoken"
)

var (
	someZones = []string{"UTC", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Casablanca", "Pacific/Apia", "America/St_Johns"}
	somewhen  = rapid.Int64Range(time.Date(2005, 1, 1, 0, 0, 0, 0, time.UTC).Unix(), time.Date(2037, 1, 1, 0, 0, 0, 0, time.UTC).Unix())
	someClock = rapid.Custom(func(t *rapid.T) spoken.Clock { return spoken.Clock(rapid.IntRange(0, 1439).Draw(t, "minutes")) })
)

func drawQuiet(t *rapid.T) (Quiet, time.Time, *time.Location) {
	zone, err := spoken.LoadZone(rapid.SampledFrom(someZones).Draw(t, "zone"))
	if err != nil {
		t.Fatal(err)
	}
	at := time.Unix(somewhen.Draw(t, "at"), 0).In(zone)
	return Quiet{From: someClock.Draw(t, "from"), To: someClock.Draw(t, "to")}, at, zone
}

// On a day on which the clocks stay, the hours hold exactly when the wall says so.
func TestQuietFollowsTheWall(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q, at, zone := drawQuiet(t)
		if offset(at.Add(-60*time.Hour)) != offset(at.Add(60*time.Hour)) {
			t.Skip("the clocks change")
		}
		now := spoken.ClockOf(at)
		want := q.From <= now && now < q.To
		if q.To < q.From {
			want = now >= q.From || now < q.To
		}
		if got, _ := q.Holds(at, zone); got != want {
			t.Fatalf("%v holds at %v: %v, want %v", q, at, got, want)
		}
	})
}

func offset(t time.Time) int { _, o := t.Zone(); return o }

// Whatever the clocks do: hours that hold end later and hold until then, hours that
// do not hold begin at Next and not before.
func TestQuietHoldsFromNextToEnd(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q, at, zone := drawQuiet(t)
		holds, end := q.Holds(at, zone)
		if holds {
			if !end.After(at) {
				t.Fatalf("%v holds at %v and ended at %v", q, at, end)
			}
			within(t, q, zone, at, end, true)
			at = end
			if again, _ := q.Holds(end, zone); again {
				t.Skip("a day that does not exist joins two nights")
			}
		}
		next, ok := q.Next(at, zone)
		if ok == q.None() {
			t.Fatalf("%v has a next: %v", q, ok)
		}
		if !ok {
			return
		}
		if next.Before(at) || next.After(at.Add(80*time.Hour)) {
			t.Fatalf("%v after %v is next at %v", q, at, next)
		}
		within(t, q, zone, at, next, false)
		if holds, _ := q.Holds(next, zone); !holds {
			t.Fatalf("%v does not hold at its beginning %v", q, next)
		}
	})
}

// within checks a dozen instants of [from, to).
func within(t *rapid.T, q Quiet, zone *time.Location, from, to time.Time, want bool) {
	for i := range 12 {
		at := from.Add(to.Sub(from) * time.Duration(i) / 12)
		if got, _ := q.Holds(at, zone); got != want && at.Before(to) {
			t.Fatalf("%v holds at %v: %v, between %v and %v", q, at, got, from, to)
		}
	}
}

func TestQuietAcrossClockChanges(t *testing.T) {
	berlin, err := spoken.LoadZone("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	at := func(text string) time.Time {
		when, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return when
	}
	night := Quiet{From: 22 * 60, To: 7 * 60}
	tests := []struct {
		name, at, end string
		quiet         Quiet
	}{
		{"a plain night", "2026-07-01T23:00:00+02:00", "2026-07-02T07:00:00+02:00", night},
		{"a short night", "2026-03-28T23:00:00+01:00", "2026-03-29T07:00:00+02:00", night},
		{"a long night", "2026-10-24T23:00:00+02:00", "2026-10-25T07:00:00+01:00", night},
		{"an end in the gap", "2026-03-29T01:00:00+01:00", "2026-03-29T03:00:00+02:00", Quiet{From: 0, To: 150}},
		{"the morning after", "2026-07-02T07:00:00+02:00", "", night},
		{"none", "2026-07-02T03:00:00+02:00", "", Quiet{}},
		{"swallowed by the gap", "2026-03-29T03:00:00+02:00", "", Quiet{From: 130, To: 170}},
	}
	for _, tt := range tests {
		holds, end := tt.quiet.Holds(at(tt.at), berlin)
		if holds != (tt.end != "") || holds && !end.Equal(at(tt.end)) {
			t.Errorf("%s: holds %v until %v, want %q", tt.name, holds, end, tt.end)
		}
	}
}

func TestReadQuiet(t *testing.T) {
	tests := map[string]string{
		"22:00-07:00": "22:00-07:00", "22-7": "22:00-07:00", "10pm - 7am": "22:00-07:00", "10 PM to 7 AM": "22:00-07:00",
		"22:30 a 7:15": "22:30-07:15", "de 22 a 7": "22:00-07:00", "de las 22 a las 7": "22:00-07:00", "from 10pm until 7am": "22:00-07:00", "12am-12pm": "00:00-12:00", "0-8": "00:00-08:00", "de noche": "",
		"off": "off", "None": "off", "ninguna": "off",
		"10 to 7": "", "25-7": "", "22:75-7": "", "13pm-7am": "", "0am-7am": "", "7:00-7:00": "", "": "", "22:00": "",
	}
	for text, want := range tests {
		q, err := ReadQuiet(text)
		if (err == nil) != (want != "") || err == nil && q.String() != want {
			t.Errorf("%q reads as %v, %v; want %q", text, q, err, want)
		}
	}
}

func FuzzReadQuiet(f *testing.F) {
	for _, text := range []string{"22:00-07:00", "10pm to 7am", "off", "99:99-99:99", "１２-7"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		q, err := ReadQuiet(text)
		if err != nil {
			return
		}
		if again, err := ReadQuiet(q.String()); err != nil || again != q {
			t.Errorf("%q reads as %v, and that as %v, %v", text, q, again, err)
		}
	})
}
