package ical_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/teambition/rrule-go"
	"pgregory.net/rapid"

	"peerbot/chat"
	"peerbot/interop/ical"
	"peerbot/schedule"
)

var today = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// calendar is a calendar of events, each of lines with "|" between them.
func calendar(events ...string) string {
	text := "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"
	for _, e := range events {
		text += "BEGIN:VEVENT\r\n" + strings.ReplaceAll(e, "|", "\r\n") + "\r\nEND:VEVENT\r\n"
	}
	return text + "END:VCALENDAR\r\n"
}

// told is what was read, in words: the meetings with their rules, or why not.
func told(t *testing.T, text, zone string) (out []string) {
	t.Helper()
	rows, err := ical.Read([]byte(text), zone, today)
	if err != nil {
		return []string{why(err)}
	}
	for _, row := range rows {
		if row.Refused != nil {
			out = append(out, fmt.Sprintf("%d %s: %s", row.Number, row.Slug, why(row.Refused)))
			continue
		}
		out = append(out, fmt.Sprintf("%d %s: %s %s", row.Number, row.Slug, row.Meeting.Title, ruleOf(row.Meeting.Rule)))
	}
	return out
}

func why(err error) string {
	var r *chat.Refusal
	if !errors.As(err, &r) {
		return err.Error()
	}
	return "refused: " + r.Say[0].(chat.Phrase).ID
}

func ruleOf(r schedule.Rule) string {
	text := fmt.Sprintf("%s/%d %v %d from %s %s %s for %s", r.Unit, r.Every, r.Days, r.MonthDay, r.First, r.At, r.Zone, r.Length)
	if !r.Until.IsZero() {
		text += " until " + r.Until.String()
	}
	if r.Count > 0 {
		text += fmt.Sprint(" times ", r.Count)
	}
	for _, d := range r.Excluded {
		text += " without " + d.String()
	}
	for _, m := range r.Moved {
		text += fmt.Sprint(" ", m.Date, " to ", m.To, " ", m.At, " for ", m.Length)
	}
	return text
}

const (
	head  = "UID:a|SUMMARY:Circle|"
	ny    = "DTSTART;TZID=America/New_York:20261123T200000|DURATION:PT1H30M"
	circl = "1 a: Circle "
)

func TestRead(t *testing.T) {
	for _, test := range []struct {
		name, event string
		want        []string
	}{
		{"once", head + ny, []string{circl + "once/0 [] 0 from 2026-11-23 20:00 America/New_York for 1h30m0s"}},
		{"weekly", head + ny + "|RRULE:FREQ=WEEKLY", []string{circl + "weekly/1 [{Monday 0}] 0 from 2026-11-23 20:00 America/New_York for 1h30m0s"}},
		{"a zone of Windows", head + "DTSTART;TZID=\"Eastern Standard Time\":20261123T200000|DTEND;TZID=Eastern Standard Time:20261123T210000",
			[]string{circl + "once/0 [] 0 from 2026-11-23 20:00 America/New_York for 1h0m0s"}},
		{"a long name of a zone", head + "DTSTART;TZID=/mozilla.org/20050126_1/America/New_York:20261123T200000",
			[]string{circl + "once/0 [] 0 from 2026-11-23 20:00 America/New_York for 1h0m0s"}},
		{"no zone", head + "DTSTART:20261123T200000", []string{circl + "once/0 [] 0 from 2026-11-23 20:00 Europe/Madrid for 1h0m0s"}},
		{"UTC, once", head + "DTSTART:20261123T200000Z", []string{circl + "once/0 [] 0 from 2026-11-23 21:00 Europe/Madrid for 1h0m0s"}},
		{"UTC, again", head + "DTSTART:20261123T200000Z|RRULE:FREQ=WEEKLY", []string{circl + "weekly/1 [{Monday 0}] 0 from 2026-11-23 20:00 UTC for 1h0m0s"}},
		{"daily", head + ny + "|RRULE:FREQ=DAILY;COUNT=5",
			[]string{circl + "weekly/1 [{Sunday 0} {Monday 0} {Tuesday 0} {Wednesday 0} {Thursday 0} {Friday 0} {Saturday 0}] 0 from 2026-11-23 20:00 America/New_York for 1h30m0s until 2026-11-27"}},
		{"fortnightly", head + ny + "|RRULE:FREQ=DAILY;INTERVAL=14", []string{circl + "weekly/2 [{Monday 0}] 0 from 2026-11-23 20:00 America/New_York for 1h30m0s"}},
		{"the fourth Monday", head + ny + "|RRULE:FREQ=MONTHLY;BYDAY=MO;BYSETPOS=4", []string{circl + "monthly/1 [{Monday 4}] 0 from 2026-11-23 20:00 America/New_York for 1h30m0s"}},
		{"the day of the month", head + ny + "|RRULE:FREQ=MONTHLY", []string{circl + "monthly/1 [] 23 from 2026-11-23 20:00 America/New_York for 1h30m0s"}},
		{"yearly", head + ny + "|RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4MO", []string{circl + "monthly/12 [{Monday 4}] 0 from 2026-11-23 20:00 America/New_York for 1h30m0s"}},
		{"until just before one", head + ny + "|RRULE:FREQ=WEEKLY;UNTIL=20261208T005959Z",
			[]string{circl + "weekly/1 [{Monday 0}] 0 from 2026-11-23 20:00 America/New_York for 1h30m0s until 2026-12-06"}},
		{"exceptions", head + ny + "|RRULE:FREQ=WEEKLY|EXDATE;TZID=America/New_York:20261130T200000,20261207T200000|EXDATE:20261215T010000Z|EXDATE;VALUE=DATE:20261221",
			[]string{circl + "weekly/1 [{Monday 0}] 0 from 2026-11-23 20:00 America/New_York for 1h30m0s without 2026-11-30 without 2026-12-07 without 2026-12-14 without 2026-12-21"}},
		{"another date", head + ny + "|RRULE:FREQ=WEEKLY|RDATE;TZID=America/New_York:20261225T180000",
			[]string{circl + "weekly/1 [{Monday 0}] 0 from 2026-11-23 20:00 America/New_York for 1h30m0s",
				"1 a@2026-12-25T18:00: Circle once/0 [] 0 from 2026-12-25 18:00 America/New_York for 1h30m0s"}},
		{"all day", "UID:a|SUMMARY:Day|DTSTART;VALUE=DATE:20261123", []string{"1 a: refused: interop.row.all_day"}},
		{"no such zone", head + "DTSTART;TZID=Mars/Base:20261123T200000", []string{"1 a: refused: interop.row.bad_zone"}},
		{"day 32", head + "DTSTART:20261132T200000", []string{"1 a: refused: interop.row.bad_time"}},
		{"end before start", head + "DTSTART:20261123T200000|DTEND:20261123T190000", []string{"1 a: refused: interop.row.bad_length"}},
		{"two days", head + "DTSTART:20261123T200000|DURATION:P2D", []string{"1 a: refused: interop.row.bad_length"}},
		{"hourly", head + ny + "|RRULE:FREQ=HOURLY", []string{"1 a: refused: interop.row.repeats"}},
		{"every third day", head + ny + "|RRULE:FREQ=DAILY;INTERVAL=3", []string{"1 a: refused: interop.row.repeats"}},
		{"two dates a month", head + ny + "|RRULE:FREQ=MONTHLY;BYMONTHDAY=1,23", []string{"1 a: refused: interop.row.repeats"}},
		{"by week", head + ny + "|RRULE:FREQ=YEARLY;BYWEEKNO=20", []string{"1 a: refused: interop.row.repeats"}},
		{"weeks from Sunday", head + ny + "|RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;WKST=SU", []string{"1 a: refused: interop.row.repeats"}},
		{"a first date of its own", head + ny + "|RRULE:FREQ=WEEKLY;BYDAY=TU", []string{"1 a: refused: interop.row.first_date"}},
		{"rubbish for a rule", head + ny + "|RRULE:FREQ", []string{"1 a: refused: interop.row.repeats"}},
		{"private", head + ny + "|CLASS:PRIVATE", []string{"1 a: refused: interop.row.private"}},
		{"cancelled", head + ny + "|STATUS:CANCELLED", []string{"1 a: refused: interop.row.inactive"}},
		{"over", head + "DTSTART:20250101T200000", []string{"1 a: refused: interop.row.over"}},
		{"no title", "UID:a|" + ny, []string{"1 a: refused: interop.row.no_name"}},
		{"no name for the list", "SUMMARY:Circle|" + ny, []string{"1 : refused: interop.row.no_slug"}},
		{"evilzoom", head + ny + "|LOCATION:https://evilzoom.us/j/1", []string{"1 a: refused: interop.row.strange_link"}},
		{"a line that is none", head + ny + "|nothing", []string{"1 a: refused: interop.row.unreadable"}},
		{"too long a title", "UID:a|SUMMARY:" + strings.Repeat("x", 90) + "|" + ny, []string{"1 a: refused: meeting.too_long"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, told(t, calendar(test.event), "Europe/Madrid")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestReadSingleDates(t *testing.T) {
	main := head + ny + "|RRULE:FREQ=WEEKLY"
	id := "|RECURRENCE-ID;TZID=America/New_York:20261130T200000"
	weekly := circl + "weekly/1 [{Monday 0}] 0 from 2026-11-23 20:00 America/New_York for 1h30m0s"
	for _, test := range []struct {
		name  string
		other string
		want  []string
	}{
		{"moved", head + "DTSTART;TZID=America/New_York:20261201T190000|DURATION:PT1H" + id, []string{weekly + " 2026-11-30 to 2026-12-01 19:00 for 1h0m0s"}},
		{"cancelled", head + ny + "|STATUS:CANCELLED" + id, []string{weekly + " without 2026-11-30"}},
		{"another title", "UID:a|SUMMARY:Speaker|DTSTART:20261201T010000Z|DURATION:PT1H" + id,
			[]string{weekly + " without 2026-11-30", "1 a@2026-12-01T02:00: Speaker once/0 [] 0 from 2026-12-01 02:00 Europe/Madrid for 1h0m0s"}},
		{"no such date", head + ny + "|RECURRENCE-ID;TZID=America/New_York:20261201T200000", []string{"1 a: refused: interop.row.no_such_date"}},
		{"from there on", head + ny + "|RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=America/New_York:20261130T200000", []string{"1 a: refused: interop.row.repeats"}},
		{"the same again", main, []string{"1 a: refused: interop.same_slug"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, told(t, calendar(main, test.other), "Europe/Madrid")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	if diff := cmp.Diff([]string{"1 a@2026-11-23T20:00: Circle once/0 [] 0 from 2026-11-23 20:00 America/New_York for 1h30m0s"},
		told(t, calendar(head+ny+id), "")); diff != "" {
		t.Errorf("a single date alone (-want +got):\n%s", diff)
	}
}

func TestReadWholeFiles(t *testing.T) {
	for text, want := range map[string]string{
		"BEGIN:VCALENDAR\r\n":                   "refused: interop.calendar_cut_off",
		calendar(head + ny)[:90]:                "refused: interop.calendar_cut_off",
		"BEGIN:VCALENDAR\nEND:VEVENT\n":         "refused: interop.calendar_cut_off",
		strings.Repeat("BEGIN:VCALENDAR\n", 50): "refused: interop.calendar_cut_off",
	} {
		if got := told(t, text, "UTC"); !slices.Equal(got, []string{want}) {
			t.Errorf("%q: %q", text, got)
		}
	}
	if got := told(t, calendar(head+"DTSTART:20261123T200000"), ""); !slices.Equal(got, []string{"1 a: refused: interop.row.no_zone"}) {
		t.Error(got)
	}
	bare := strings.ReplaceAll(calendar(strings.Replace(head, "Circle", "Cir\r\n cle\\, open", 1)+ny+"|ATTENDEE;CN=Canary:mailto:canary@example.org|DESCRIPTION:One\\nTwo"), "\r\n", "\n")
	rows, err := ical.Read([]byte(bare), "", today)
	if err != nil || len(rows) != 1 || rows[0].Meeting.Title != "Circle, open" || rows[0].Meeting.Notes != "One\nTwo" || strings.Contains(fmt.Sprint(rows), "anary") {
		t.Errorf("%+v, %v", rows, err)
	}
}

// TestReadIsTheReverse: what was written is read with the same occurrences for ten
// years, in twenty zones.
func TestReadIsTheReverse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rules().Draw(t, "rule")
		rows, err := ical.Read([]byte(written(t, ical.Event{ID: "m", Rule: r, Summary: "G"})), "", time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC))
		from := time.Date(2025, 12, 1, 0, 0, 0, 0, time.UTC)
		if _, any := r.Next(from); !any {
			return
		}
		if err != nil || len(rows) != 1 || rows[0].Refused != nil || rows[0].Slug != "m" {
			t.Fatalf("%+v, %v", rows, err)
		}
		if diff := cmp.Diff(instants(r, from), instants(rows[0].Meeting.Rule, from)); diff != "" {
			t.Fatalf("(-written +read):\n%s", diff)
		}
	})
}

func instants(r schedule.Rule, from time.Time) (out []string) {
	for o := range r.Between(from, from.AddDate(10, 0, 0)) {
		out = append(out, o.Start.UTC().Format(time.RFC3339)+" "+o.End.Sub(o.Start).String())
	}
	return out
}

// TestRepeatsLikeAnother compares what is read of recurrences that anybody may write
// with what rrule-go makes of them, on wall time.
func TestRepeatsLikeAnother(t *testing.T) {
	read := 0
	rapid.Check(t, func(t *rapid.T) {
		rule := "FREQ=" + rapid.SampledFrom([]string{"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}).Draw(t, "freq")
		for _, part := range [][]string{
			{"INTERVAL", "2", "7", "14"}, {"BYDAY", "MO", "MO,WE", "4MO", "-1MO", "SU,MO"}, {"BYMONTHDAY", "23", "-1"}, {"BYSETPOS", "4", "-1"},
			{"BYMONTH", "11", "3"}, {"WKST", "SU", "MO"}, {"UNTIL", "20270301T200000", "20280101"}, {"COUNT", "7"},
		} {
			if rapid.IntRange(0, 3).Draw(t, part[0]) == 0 {
				rule += ";" + part[0] + "=" + rapid.SampledFrom(part[1:]).Draw(t, "value")
			}
		}
		rows, err := ical.Read([]byte(calendar(head+"DTSTART;TZID=UTC:20261123T200000|RRULE:"+rule)), "", today)
		if err != nil || len(rows) != 1 {
			t.Fatalf("%+v, %v", rows, err)
		}
		if rows[0].Refused != nil {
			return
		}
		read++
		var want []string
		o, err := rrule.StrToROption(rule)
		if err != nil {
			t.Fatalf("%s is read, and is none: %v", rule, err)
		}
		if strings.Contains(rule, "UNTIL=20280101") {
			o.Until = o.Until.Add(24*time.Hour - time.Second)
		}
		o.Dtstart = time.Date(2026, 11, 23, 20, 0, 0, 0, time.UTC)
		other, err := rrule.NewRRule(*o)
		if err != nil {
			t.Fatal(err)
		}
		for _, at := range other.Between(today, today.AddDate(10, 0, 0), true) {
			want = append(want, at.Format(time.RFC3339)+" 1h0m0s")
		}
		if diff := cmp.Diff(want, instants(rows[0].Meeting.Rule, today)); diff != "" {
			t.Fatalf("%s (-other +read):\n%s", rule, diff)
		}
	})
	if read == 0 {
		t.Error("nothing was read")
	}
}

// FuzzRead: whatever comes, each row is a meeting that can be saved, or says why not.
func FuzzRead(f *testing.F) {
	f.Add(calendar(head + ny + "|RRULE:FREQ=WEEKLY;BYDAY=MO;UNTIL=20270101T000000Z|EXDATE;TZID=America/New_York:20261130T200000"))
	f.Add(calendar(head+ny+"|RRULE:FREQ=MONTHLY;BYDAY=-1FR;COUNT=3", head+ny+"|RECURRENCE-ID:20261130T200000"))
	f.Add("BEGIN:VCALENDAR\nX-WR-TIMEZONE:Europe/Madrid\nBEGIN:VTIMEZONE\nTZID:x\nX-LIC-LOCATION:Asia/Tokyo\nEND:VTIMEZONE\n" +
		"BEGIN:VEVENT\nUID:b\nSUMMARY;LANGUAGE=\"a;b:c\":T\nDTSTART;TZID=x:20261123T200000\nRDATE:20270101T000000Z\nDTEND:20261123T220000\nEND:VEVENT\nEND:VCALENDAR")
	f.Fuzz(func(t *testing.T, text string) {
		rows, err := ical.Read([]byte(text), "Europe/Madrid", today)
		var refused *chat.Refusal
		if err != nil && !errors.As(err, &refused) {
			t.Fatalf("%v is for nobody", err)
		}
		for _, row := range rows {
			if row.Refused != nil {
				continue
			}
			v := row.Meeting
			if err := v.Check(); err != nil || row.Slug == "" {
				t.Fatalf("%+v was read: %v", v, err)
			}
			if _, ok := v.Rule.Next(today); !ok {
				t.Fatalf("%+v is over", v.Rule)
			}
		}
	})
}
