package ical_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"peerbot/community/meeting"
	"peerbot/interop/ical"
)

// The calendars below are put together as the three programs write them, each with the
// properties that only it has.

const google = `BEGIN:VCALENDAR
PRODID:-//Google Inc//Google Calendar 70.9054//EN
VERSION:2.0
CALSCALE:GREGORIAN
METHOD:PUBLISH
X-WR-CALNAME:Meetings
X-WR-TIMEZONE:America/New_York
BEGIN:VTIMEZONE
TZID:America/New_York
X-LIC-LOCATION:America/New_York
BEGIN:DAYLIGHT
TZOFFSETFROM:-0500
TZOFFSETTO:-0400
TZNAME:EDT
DTSTART:19700308T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VEVENT
DTSTART;TZID=America/New_York:20260105T200000
DTEND;TZID=America/New_York:20260105T213000
RRULE:FREQ=WEEKLY;WKST=SU;UNTIL=20270601T035959Z;BYDAY=MO
EXDATE;TZID=America/New_York:20261130T200000
DTSTAMP:20261120T101010Z
ORGANIZER;CN=canary:mailto:canary@group.calendar.google.com
UID:abc123@google.com
ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;CN=canary@
 example.com;X-NUM-GUESTS=0:mailto:canary@example.com
X-GOOGLE-CONFERENCE:https://meet.google.com/abc-defg-hij
CREATED:20260101T000000Z
DESCRIPTION:Bring a friend\; or two.\n\nRing twice.
LAST-MODIFIED:20261120T101010Z
LOCATION:1 Main St\, Troy\, NY 12180\, USA
SEQUENCE:3
STATUS:CONFIRMED
SUMMARY:Evening\, open
TRANSP:OPAQUE
BEGIN:VALARM
ACTION:EMAIL
ATTENDEE:mailto:canary@example.com
SUMMARY:Alarm notification
TRIGGER:-P0DT0H10M0S
END:VALARM
END:VEVENT
BEGIN:VEVENT
DTSTART;TZID=America/New_York:20261215T190000
DTEND;TZID=America/New_York:20261215T203000
UID:abc123@google.com
RECURRENCE-ID;TZID=America/New_York:20261214T200000
X-GOOGLE-CONFERENCE:https://meet.google.com/abc-defg-hij
DESCRIPTION:Bring a friend\; or two.\n\nRing twice.
LOCATION:1 Main St\, Troy\, NY 12180\, USA
SEQUENCE:4
SUMMARY:Evening\, open
END:VEVENT
BEGIN:VEVENT
DTSTART;TZID=America/New_York:20261221T200000
DTEND;TZID=America/New_York:20261221T213000
UID:abc123@google.com
RECURRENCE-ID;TZID=America/New_York:20261221T200000
STATUS:CANCELLED
SUMMARY:Evening\, open
END:VEVENT
BEGIN:VEVENT
DTSTART;VALUE=DATE:20261224
DTEND;VALUE=DATE:20261225
UID:day@google.com
SUMMARY:House is closed
END:VEVENT
END:VCALENDAR
`

const outlook = "BEGIN:VCALENDAR\n" + `PRODID:-//Microsoft Corporation//Outlook 16.0 MIMEDIR//EN
VERSION:2.0
METHOD:PUBLISH
X-MS-OLK-FORCEINSPECTOROPEN:TRUE
BEGIN:VTIMEZONE
TZID:Eastern Standard Time
BEGIN:STANDARD
DTSTART:16011104T020000
RRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=11
TZOFFSETFROM:-0400
TZOFFSETTO:-0500
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
ATTENDEE;CN="Canary; Ana: of here";RSVP=TRUE:mailto:canary@example.com
CLASS:PUBLIC
DESCRIPTION:Join the meeting
DTEND;TZID="Eastern Standard Time":20261124T200000
DTSTAMP:20261120T101010Z
DTSTART;TZID="Eastern Standard Time":20261124T190000
LOCATION:Microsoft Teams Meeting
PRIORITY:5
RRULE:FREQ=MONTHLY;COUNT=10;BYDAY=TU;BYSETPOS=4
SEQUENCE:0
SUMMARY;LANGUAGE=en-us:Fourth
	 Tuesday
UID:040000008200E00074C5B7101A82E00800000000B0
	1A2B3C
X-ALT-DESC;FMTTYPE=text/html:<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2//EN">
X-MICROSOFT-CDO-BUSYSTATUS:BUSY
X-MICROSOFT-SKYPETEAMSMEETINGURL:https://teams.microsoft.com/l/meetup-join/19
 %3ameeting_x%40thread.v2/0?context=%7b%7d
END:VEVENT
BEGIN:VEVENT
DTSTART;TZID="W. Europe Standard Time":20261125T183000
DURATION:PT1H
RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=WE;WKST=SU
SUMMARY:Every other Wednesday
UID:two
END:VEVENT
BEGIN:VEVENT
DTSTART;TZID="Customized Time Zone":20261125T183000
DURATION:PT1H
SUMMARY:Where is that
UID:three
END:VEVENT
END:VCALENDAR
`

const apple = `BEGIN:VCALENDAR
CALSCALE:GREGORIAN
PRODID:-//Apple Inc.//macOS 14.0//EN
VERSION:2.0
X-APPLE-CALENDAR-COLOR:#1BADF8
X-WR-CALNAME:Group
BEGIN:VTIMEZONE
TZID:Europe/Madrid
BEGIN:DAYLIGHT
DTSTART:19810329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZNAME:CEST
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VEVENT
CREATED:20260101T000000Z
DTEND;TZID=Europe/Madrid:20261127T003000
DTSTAMP:20261120T101010Z
DTSTART;TZID=Europe/Madrid:20261126T233000
LOCATION:Casa de la Palabra\nCalle Mayor 1\, Madrid
RRULE:FREQ=MONTHLY;BYDAY=-1TH;UNTIL=20270630T215959Z
SEQUENCE:1
SUMMARY:Círculo
UID:7B2F1C2E-0000-4A5B-8C9D-000000000001
URL;VALUE=URI:https://example.org/circulo
X-APPLE-STRUCTURED-LOCATION;VALUE=URI;X-ADDRESS="Calle Mayor 1\, Madrid";X-
 APPLE-RADIUS=70;X-TITLE="Casa: de; la Palabra":geo:40.416500,-3.702560
X-APPLE-TRAVEL-ADVISORY-BEHAVIOR:AUTOMATIC
END:VEVENT
BEGIN:VEVENT
DTEND:20261128T110000
DTSTART:20261128T100000
SUMMARY:Wherever you are
UID:floating
END:VEVENT
END:VCALENDAR
`

func TestSamples(t *testing.T) {
	for name, test := range map[string]struct {
		text string
		want []string
	}{
		"google": {google, []string{
			"1 abc123@google.com: Evening, open weekly/1 [{Monday 0}] 0 from 2026-01-05 20:00 America/New_York for 1h30m0s until 2027-05-31" +
				" without 2026-11-30 without 2026-12-21 2026-12-14 to 2026-12-15 19:00 for 1h30m0s",
			"4 day@google.com: refused: interop.row.all_day"}},
		"outlook": {outlook, []string{
			"1 040000008200E00074C5B7101A82E00800000000B01A2B3C: Fourth Tuesday monthly/1 [{Tuesday 4}] 0 from 2026-11-24 19:00 America/New_York for 1h0m0s until 2027-08-24",
			"2 two: Every other Wednesday weekly/2 [{Wednesday 0}] 0 from 2026-11-25 18:30 Europe/Berlin for 1h0m0s",
			"3 three: refused: interop.row.bad_zone"}},
		"apple": {apple, []string{
			"1 7B2F1C2E-0000-4A5B-8C9D-000000000001: Círculo monthly/1 [{Thursday -1}] 0 from 2026-11-26 23:30 Europe/Madrid for 1h0m0s until 2027-06-30",
			"2 floating: Wherever you are once/0 [] 0 from 2026-11-28 10:00 America/Bogota for 1h0m0s"}},
	} {
		for ending, text := range map[string]string{
			"LF": test.text, "CRLF": strings.ReplaceAll(test.text, "\n", "\r\n"), "CR": strings.ReplaceAll(test.text, "\n", "\r"), "a mark before it": "\ufeff" + test.text,
		} {
			if diff := cmp.Diff(test.want, told(t, text, "America/Bogota")); diff != "" {
				t.Errorf("%s, %s (-want +got):\n%s", name, ending, diff)
			}
		}
	}
}

// TestPlacesOfSamples: the way in is found where each program puts it, and nobody's
// name or address comes with it.
func TestPlacesOfSamples(t *testing.T) {
	for text, want := range map[string]meeting.Place{
		google:  {Link: "https://meet.google.com/abc-defg-hij", Address: "1 Main St, Troy, NY 12180, USA"},
		outlook: {Link: "https://teams.microsoft.com/l/meetup-join/19%3ameeting_x%40thread.v2/0?context=%7b%7d", Address: "Microsoft Teams Meeting"},
		apple:   {Address: "Casa de la Palabra Calle Mayor 1, Madrid"},
	} {
		rows, err := ical.Read([]byte(text), "UTC", today)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, rows[0].Meeting.Place); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if strings.Contains(fmt.Sprintf("%+v", rows), "anary") {
			t.Errorf("somebody is named: %+v", rows)
		}
	}
}

// TestLocations: a way in that stands where the house should be is not told as one.
func TestLocations(t *testing.T) {
	for said, want := range map[string]meeting.Details{
		`1 Main St\, Troy`:                           {Place: meeting.Place{Address: "1 Main St, Troy"}},
		"https://zoom.us/j/1":                        {Place: meeting.Place{Link: "https://zoom.us/j/1"}},
		"Room 5 https://zoom.us/j/1 (passcode 7)":    {Place: meeting.Place{Link: "https://zoom.us/j/1"}, Notes: "Room 5 https://zoom.us/j/1 (passcode 7)"},
		`https://zoom.us/j/1\;Room 5`:                {Place: meeting.Place{Link: "https://zoom.us/j/1"}, Notes: "https://zoom.us/j/1;Room 5"},
		"Zoom <HTTPS://zoom.us/j/1>":                 {Place: meeting.Place{Link: "https://zoom.us/j/1"}, Notes: "Zoom <HTTPS://zoom.us/j/1>"},
		"zoommtg://zoom.us/join?confno=1&pwd=canary": {Notes: "zoommtg://zoom.us/join?confno=1&pwd=canary"},
	} {
		rows, err := ical.Read([]byte(calendar(head+ny+"|LOCATION:"+said)), "", today)
		if err != nil || len(rows) != 1 || rows[0].Refused != nil {
			t.Fatalf("%s: %+v, %v", said, rows, err)
		}
		want.Title, want.Kind = "Circle", meeting.Support
		if diff := cmp.Diff(want, rows[0].Meeting.Details); diff != "" {
			t.Errorf("%s (-want +got):\n%s", said, diff)
		}
	}
}

// TestWithdrawn: a calendar that says what does not take place any more brings nothing,
// not even a single date.
func TestWithdrawn(t *testing.T) {
	text := strings.Replace(calendar(head+ny+"|RRULE:FREQ=WEEKLY", strings.ReplaceAll(head, ":a|", ":b|")+ny+"|RECURRENCE-ID:20261123T200000"), "VERSION:2.0", "METHOD:CANCEL", 1)
	if diff := cmp.Diff([]string{"1 a: refused: interop.row.inactive", "2 b: refused: interop.row.inactive"}, told(t, text, "UTC")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestTwoCalendarsInOneFile: one UID in both is nobody's.
func TestTwoCalendarsInOneFile(t *testing.T) {
	want := []string{"1 a: refused: interop.same_slug", "2 a: refused: interop.same_slug"}
	if diff := cmp.Diff(want, told(t, calendar(head+ny)+calendar(head+ny), "")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestFoldedInALetter: some programs cut their lines within a letter.
func TestFoldedInALetter(t *testing.T) {
	text := strings.Replace(calendar(head+ny), "Circle", "C\xc3\r\n \xadrculo 👩\xe2\n\t\x80\x8d👧", 1)
	rows, err := ical.Read([]byte(text), "", today)
	if err != nil || len(rows) != 1 || rows[0].Meeting.Title != "Círculo 👩‍👧" {
		t.Errorf("%+v, %v", rows, err)
	}
	if got := told(t, strings.Replace(text, "\xad", "\xc3", 1), ""); got[0] != "refused: interop.encoding" {
		t.Error(got)
	}
}

// TestNothingTakesLong: what repeats very often since very long ago is refused or read
// without asking each of its dates for each of its exceptions.
func TestNothingTakesLong(t *testing.T) {
	var without strings.Builder
	for i := range 399 {
		fmt.Fprintf(&without, "|EXDATE;TZID=America/New_York:%sT200000", today.AddDate(0, 0, i).Format("20060102"))
	}
	event := func(first, rule string) string {
		return calendar(head + "DTSTART;TZID=America/New_York:" + first + "T200000|RRULE:" + rule + without.String())
	}
	for first, rules := range map[string]map[string]string{
		"00010101": {"FREQ=DAILY": "option.time.no_such_date", "FREQ=DAILY;COUNT=1000": "option.time.no_such_date"},
		"16010101": {"FREQ=DAILY": "option.time.no_such_date", "FREQ=WEEKLY;COUNT=1000": "option.time.no_such_date"},
		"19700101": {"FREQ=DAILY": "", "FREQ=DAILY;COUNT=1000000": "interop.row.repeats", "FREQ=WEEKLY;COUNT=1000": "interop.row.over", "FREQ=MONTHLY;COUNT=1000": ""},
		"20261122": {"FREQ=DAILY;COUNT=1000": ""},
	} {
		for rule, want := range rules {
			rows, err := ical.Read([]byte(event(first, rule)), "", today)
			if err != nil || len(rows) != 1 {
				t.Fatalf("%+v, %v", rows, err)
			}
			switch got := rows[0]; {
			case want == "" && got.Refused == nil && got.Meeting.Rule.Count == 0:
			case want != "" && got.Refused != nil && why(got.Refused) == "refused: "+want:
			default:
				t.Errorf("%s %s: %v, %+v", first, rule, got.Refused, got.Meeting.Rule.Count)
			}
		}
	}
	many := head + ny + "|RRULE:FREQ=WEEKLY"
	var events []string
	for i := range 401 {
		events = append(events, head+ny+"|RECURRENCE-ID;TZID=America/New_York:"+today.AddDate(0, 0, 2+7*i).Format("20060102")+"T200000")
	}
	if got := told(t, calendar(append(events, many)...), ""); len(got) != 1 || got[0] != "1 a: refused: interop.row.repeats" {
		t.Error(got)
	}
}

// TestZonesOfOldMeetings: the changes of the clocks that are written reach far beyond
// today, though the meeting began long ago.
func TestZonesOfOldMeetings(t *testing.T) {
	rows, err := ical.Read([]byte(calendar(head+"DTSTART;TZID=America/New_York:20000103T200000|RRULE:FREQ=WEEKLY")), "", today)
	if err != nil || len(rows) != 1 || rows[0].Refused != nil {
		t.Fatalf("%+v, %v", rows, err)
	}
	text := written(t, ical.Event{ID: "m", Changed: today, Rule: rows[0].Meeting.Rule, Summary: "G"})
	for year := 2000; year < today.Year()+20; year++ {
		if summer := fmt.Sprint(":", year, "0"); !strings.Contains(text, summer+"3") && !strings.Contains(text, summer+"4") {
			t.Errorf("the summer of %d is missing in:\n%s", year, text)
		}
	}
}
