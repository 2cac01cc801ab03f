package spoken_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"peerbot/spoken"
)

var update = flag.Bool("update", false, "write testdata anew; read the difference")

// now is a Monday at noon in New York, with the clocks on standard time.
func now(tb testing.TB) time.Time {
	tb.Helper()
	return time.Date(2026, time.November, 23, 12, 0, 0, 0, zone(tb, "America/New_York"))
}

func zone(tb testing.TB, name string) *time.Location {
	tb.Helper()
	loc, err := spoken.LoadZone(name)
	if err != nil {
		tb.Fatal(err)
	}
	return loc
}

// TestPhrases reads what people write. Each line of a file is a phrase, quoted as in
// Go, and what it means.
func TestPhrases(t *testing.T) {
	readers := map[string]func(string) string{
		"schedules.txt": func(s string) string { return meaning(spoken.ReadPattern(s))(describe) },
		"moments.txt": func(s string) string {
			return meaning(spoken.ReadMoment(s, now(t), now(t).Location()))(func(m time.Time) string { return m.Format("Mon 2006-01-02 15:04 -0700") })
		},
		"lengths.txt": func(s string) string { return meaning(spoken.ReadDuration(s))(time.Duration.String) },
		"zones.txt": func(s string) string {
			return meaning(spoken.ReadZone(s))(func(z spoken.Zone) string { return z.Name })
		},
	}
	for file, read := range readers {
		t.Run(file, func(t *testing.T) { checkPhrases(t, "testdata/"+file, read) })
	}
}

func checkPhrases(t *testing.T, file string, read func(string) string) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for line := range strings.Lines(string(data)) {
		quoted, err := strconv.QuotedPrefix(line)
		if err != nil {
			out.WriteString(line)
			continue
		}
		phrase, _ := strconv.Unquote(quoted)
		want, got := strings.TrimSpace(strings.TrimPrefix(line, quoted)), read(phrase)
		if got != want && !*update {
			t.Errorf("%s\n got %s\nwant %s", quoted, got, want)
		}
		fmt.Fprintf(&out, "%-60s %s\n", quoted, got)
	}
	if *update {
		if err := os.WriteFile(file, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// meaning describes what was read, or why it was not.
func meaning[T any](value T, err error) func(describe func(T) string) string {
	return func(describe func(T) string) string {
		var u *spoken.Unclear
		if !errors.As(err, &u) {
			return describe(value)
		}
		out := []string{"? " + string(u.Why)}
		if u.Part != "" && len(u.Part) < 40 {
			out[0] += fmt.Sprintf(" %q", u.Part)
		}
		for _, r := range u.Readings {
			out = append(out, r.Value)
		}
		return strings.Join(out, " | ")
	}
}

// describe says a pattern in a line: unit, days, dates, time+length, zone.
func describe(p spoken.Pattern) string {
	words := []string{string(p.Unit)}
	add := func(said bool, format string, args ...any) {
		if said {
			words = append(words, fmt.Sprintf(format, args...))
		}
	}
	add(p.Every != 1, "every-%d", p.Every)
	for _, d := range p.Days {
		nth := map[bool]string{true: "", false: strconv.Itoa(d.Nth)}[d.Nth == 0]
		add(true, "%s%s", nth, d.Weekday.String()[:3])
	}
	add(p.MonthDay != 0, "day-%d", p.MonthDay)
	add(!p.On.IsZero(), "on %v", p.On)
	add(!p.Until.IsZero(), "until %v", p.Until)
	add(p.Count > 0, "%d-times", p.Count)
	add(p.HasStart, "%v", p.Start)
	add(p.Length > 0, "+%v", strings.TrimSuffix(p.Length.String(), "0s"))
	add(p.Zone.Name != "", "%s", p.Zone.Name)
	return strings.TrimSpace(strings.Join(words, " "))
}
