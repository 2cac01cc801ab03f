package spoken_test

import (
	"errors"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"peerbot/spoken"
)

// phrases seeds a fuzz target with the phrases of the files.
func phrases(f *testing.F, files ...string) {
	f.Helper()
	for _, file := range files {
		data, err := os.ReadFile("testdata/" + file)
		if err != nil {
			f.Fatal(err)
		}
		for line := range strings.Lines(string(data)) {
			if quoted, err := strconv.QuotedPrefix(line); err == nil {
				phrase, _ := strconv.Unquote(quoted)
				f.Add(phrase)
			}
		}
	}
	f.Add(strings.Repeat("a", 10_000))
	f.Add(strings.Repeat("monday, ", 125))
	f.Add(strings.Repeat("every 1 ", 125))
}

// checkUnclear checks what holds of every error: it is an *Unclear, and each of its
// readings, typed instead, has one meaning.
func checkUnclear[T any](t *testing.T, text string, err error, read func(string) (T, error)) {
	t.Helper()
	var u *spoken.Unclear
	if !errors.As(err, &u) || u.Why == "" {
		t.Fatalf("%q: %v is no *Unclear", text, err)
	}
	if len(u.Readings) == 1 {
		t.Errorf("%q has one reading and is refused", text)
	}
	for _, r := range u.Readings {
		if _, err := read(r.Value); err != nil {
			t.Errorf("%q offers %q, which is not clear: %v", text, r.Value, err)
		}
	}
	if len(text) > spoken.MaxLength && u.Why != spoken.TooLong {
		t.Errorf("%d bytes are %s", len(text), u.Why)
	}
}

func FuzzReadPattern(f *testing.F) {
	phrases(f, "schedules.txt")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := spoken.ReadPattern(text)
		if err != nil {
			checkUnclear(t, text, err, spoken.ReadPattern)
			return
		}
		checkPattern(t, p)
		if d, err := p.Dated(spoken.Date{Year: 2026, Month: 11, Day: 23}); err == nil {
			checkPattern(t, d)
			if d.On.Year == 0 && !d.On.IsZero() || d.Until.Year == 0 && !d.Until.IsZero() {
				t.Errorf("%q still lacks a year: %s", text, describe(d))
			}
		}
	})
}

// checkPattern checks that a pattern makes sense in itself.
func checkPattern(t *testing.T, p spoken.Pattern) {
	t.Helper()
	if p.Every < 1 || !p.Start.Valid() || p.Length < 0 || p.Length > 24*time.Hour || p.Count < 0 {
		t.Errorf("impossible: %s", describe(p))
	}
	for _, d := range []spoken.Date{p.On, p.Until} {
		if !d.IsZero() && !d.Valid() {
			t.Errorf("no such day: %s", describe(p))
		}
	}
	for _, d := range p.Days {
		if (d.Nth != 0) != (p.Unit == spoken.Monthly) || d.Nth < -1 || d.Nth > 5 {
			t.Errorf("days and unit differ: %s", describe(p))
		}
	}
	if p.Zone.Name != "" {
		zone(t, p.Zone.Name)
	}
}

func FuzzReadMoment(f *testing.F) {
	phrases(f, "moments.txt", "schedules.txt")
	f.Fuzz(func(t *testing.T, text string) {
		read := func(text string) (time.Time, error) {
			return spoken.ReadMoment(text, now(t), now(t).Location())
		}
		m, err := read(text)
		if err != nil {
			checkUnclear(t, text, err, read)
			return
		}
		again, err := read(m.Format(time.RFC3339Nano))
		if err != nil || !again.Equal(m) {
			t.Errorf("%q is %v, which is read as %v, %v", text, m, again, err)
		}
		if elsewhere, err := spoken.ReadMoment(text, now(t), nil); err == nil && strings.ContainsAny(text, ":") && !elsewhere.Equal(m) {
			t.Errorf("%q is %v here and %v with no zone", text, m, elsewhere)
		}
	})
}

func FuzzReadDuration(f *testing.F) {
	phrases(f, "lengths.txt")
	f.Fuzz(func(t *testing.T, text string) {
		d, err := spoken.ReadDuration(text)
		if err != nil {
			checkUnclear(t, text, err, spoken.ReadDuration)
			return
		}
		if again, err := spoken.ReadDuration(d.String()); err != nil || again != d || d < 0 {
			t.Errorf("%q is %v, which is read as %v, %v", text, d, again, err)
		}
	})
}

func FuzzReadZone(f *testing.F) {
	phrases(f, "zones.txt")
	f.Fuzz(func(t *testing.T, text string) {
		spoken.Zones(text, 25)
		z, err := spoken.ReadZone(text)
		if err != nil {
			checkUnclear(t, text, err, spoken.ReadZone)
			return
		}
		zone(t, z.Name)
	})
}
