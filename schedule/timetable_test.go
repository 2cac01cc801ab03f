package schedule

import (
	"errors"
	"strings"
	"testing"
	"time"

	"peerbot/spoken"
)

func TestTimetable(t *testing.T) {
	after := time.Date(2026, time.March, 4, 12, 0, 0, 0, time.UTC) // A Wednesday.
	for text, want := range map[string]string{
		"Mondays at 9am":                 "Mon 2026-03-09 09:00",
		"every day at 21:30":             "Wed 2026-03-04 21:30",
		"last Friday of the month, noon": "Fri 2026-03-27 12:00",
		"Mondays at 9am, Tokyo":          "Mon 2026-03-09 00:00",
		"17 4 * * *":                     "Thu 2026-03-05 04:17",
		"*/15 8-9 * * mon-fri":           "Thu 2026-03-05 08:00",
		"0 0 29 2 *":                     "Tue 2028-02-29 00:00",
		"@weekly":                        "Sun 2026-03-08 00:00",
		"@hourly":                        "Wed 2026-03-04 13:00",

		"":                            "not_a_time",
		"sometimes":                   "not_a_time",
		"at 9am":                      "missing",
		"Mondays":                     "missing",
		"once on 3 March 2020 at 9am": "Tue 2020-03-03 09:00",
		"13 75 * * *":                 "not_a_time",
		"0 0 30 2 *":                  "no_such_date",
		", , * * *":                   "not_a_time",
		"@every 1ns":                  "not_a_time",
		"@reboot":                     "not_a_time",
		"TZ=UTC 0 9 * * *":            "not_a_time",
		"TZ=UTC\t0\t9\t*\t*":          "not_a_time",
		"CRON_TZ=":                    "not_a_time",
		"@TZ=":                        "not_a_time",
		"0 0 0 9 * * *":               "not_a_time",
		strings.Repeat("9 ", 600):     "too_long",
	} {
		t.Run(text[:min(len(text), 40)], func(t *testing.T) {
			times, err := Read(text, "UTC")
			var got string
			var u *spoken.Unclear
			switch {
			case errors.As(err, &u):
				got = string(u.Why)
			case err != nil:
				got = err.Error()
			case strings.Contains(text, "2020"):
				got = times.Next(time.Time{}).UTC().Format("Mon 2006-01-02 15:04")
				if again := times.Next(after); !again.IsZero() {
					t.Errorf("what is over happens again at %v", again)
				}
			default:
				got = times.Next(after).UTC().Format("Mon 2006-01-02 15:04")
			}
			if got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

// TestTimetableGoesByTheWall: cron by itself skips a time in a gap and repeats one
// that comes twice.
func TestTimetableGoesByTheWall(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	for _, text := range []string{"30 2 * * *", "every day at 02:30"} {
		times, err := Read(text, "Europe/Berlin")
		if err != nil {
			t.Fatal(err)
		}
		for from, want := range map[string][]string{
			"2026-03-28 12:00": {"2026-03-29 03:00 +0200", "2026-03-30 02:30 +0200"},
			"2026-10-24 12:00": {"2026-10-25 02:30 +0200", "2026-10-26 02:30 +0100"},
		} {
			at, err := time.ParseInLocation("2006-01-02 15:04", from, berlin)
			if err != nil {
				t.Fatal(err)
			}
			for _, w := range want {
				at = times.Next(at)
				if got := at.Format("2006-01-02 15:04 -0700"); got != w {
					t.Errorf("%s after %s: got %s, want %s", text, from, got, w)
				}
			}
		}
	}
}

func TestTimetableIsDurableAsItsText(t *testing.T) {
	first, err := Read("every 2 weeks on Monday at 9am", "UTC")
	if err != nil {
		t.Fatal(err)
	}
	again, err := Read(first.String(), "UTC")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, time.March, 4, 12, 0, 0, 0, time.UTC)
	for range 5 {
		next := first.Next(at)
		if other := again.Next(next.Add(-time.Second)); !other.Equal(next) {
			t.Fatalf("read again it is at %v, and was at %v", other, next)
		}
		at = next
	}
}

func FuzzRead(f *testing.F) {
	for _, seed := range []string{"Mondays at 9am", "17 4 * * *", "@daily", "TZ= 1", "*/0 * * * *", "0-99 1/9 ?,* jan-dec 7", ", 1 1 1 1", "9223372036854775808 0 * * *"} {
		f.Add(seed)
	}
	start := time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, text string) {
		times, err := Read(text, "Europe/Berlin")
		if err != nil {
			var u *spoken.Unclear
			if !errors.As(err, &u) {
				t.Fatalf("the error is %v", err)
			}
			return
		}
		at := start
		for range 3 {
			next := times.Next(at)
			if next.IsZero() {
				return
			}
			if next.Sub(at) < time.Second || at != start && next.Sub(at) < time.Minute {
				t.Fatalf("%v comes right after %v", next, at)
			}
			at = next
		}
	})
}
