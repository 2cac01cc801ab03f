package tsml_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"peerbot/chat"
	"peerbot/community/meeting"
	"peerbot/interop/tsml"
)

// options are those of a list of New York, on Saturday 21 November 2026.
var options = tsml.Options{Zone: "America/New_York", Programme: "aa", Today: time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)}

// why is the phrase of a refusal, or "".
func why(r *chat.Refusal) string {
	if r == nil {
		return ""
	}
	_, id, _ := strings.Cut(r.Error(), ": ")
	return strings.TrimPrefix(id, "interop.")
}

// shown is a row as one line: its slug, and when it is or why it is refused.
func shown(row meeting.Row) string {
	if row.Refused != nil {
		return fmt.Sprint(row.Number, " ", row.Slug, ": ", why(row.Refused))
	}
	r := row.Meeting.Rule
	return fmt.Sprintf("%d %s: %s %s %s %s", row.Number, row.Slug, r.First.Weekday(), r.At, r.Length, r.Zone)
}

func read(t *testing.T, list string, o tsml.Options) []meeting.Row {
	t.Helper()
	rows, err := tsml.Read([]byte(list), o)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// oddity is a row of a list, without its name and slug, and what becomes of it.
type oddity struct{ row, want string }

// oddities are what lists of the field hold.
var oddities = []oddity{
	{`"day": 1, "time": "20:00"`, "Monday 20:00 1h0m0s America/New_York"},
	{`"day": "1", "time": "20:00"`, "Monday 20:00 1h0m0s America/New_York"},
	{`"day": ["1"], "time": "20:00"`, "Monday 20:00 1h0m0s America/New_York"},
	{`"day": "Monday", "time": "8:00 pm"`, "Monday 20:00 1h0m0s America/New_York"},
	{`"day": 0, "time": "00:00", "end_time": "01:30"`, "Sunday 00:00 1h30m0s America/New_York"},
	{`"day": 6, "time": "23:30", "end_time": "00:30"`, "Saturday 23:30 1h0m0s America/New_York"},
	{`"day": 6, "time": "22:00", "end_time": "04:00"`, "Saturday 22:00 6h0m0s America/New_York"},
	{`"day": 6, "time": "09:00", "end_time": "17:00"`, "Saturday 09:00 8h0m0s America/New_York"},
	{`"day": 2, "time": "07:15:00", "timezone": "Europe/Madrid"`, "Tuesday 07:15 1h0m0s Europe/Madrid"},
	{`"day": 2, "time": "12:00 AM", "end_time": null`, "Tuesday 00:00 1h0m0s America/New_York"},
	{`"day": 2, "time": "12:30 p.m."`, "Tuesday 12:30 1h0m0s America/New_York"},
	{`"day": 2, "time": "9:05"`, "Tuesday 09:05 1h0m0s America/New_York"},
	{`"day": 2, "time": "20:00", "approximate": true, "formatted_address": "Lyon"`, "Tuesday 20:00 1h0m0s America/New_York"},
	{`"day": 2, "time": "20:00", "contact_1_name": {"first": "x"}, "coordinates": "1,2"`, "Tuesday 20:00 1h0m0s America/New_York"},
	{`"day": 2, "time": "20:00", "conference_url": "https://us02web.zoom.us/j/1"`, "Tuesday 20:00 1h0m0s America/New_York"},
	{`"day": 8, "time": "20:00"`, "row.bad_day"},
	{`"day": 7, "time": "20:00"`, "row.bad_day"},
	{`"day": -1, "time": "20:00"`, "row.bad_day"},
	{`"day": 1.5, "time": "20:00"`, "row.bad_day"},
	{`"day": [1, 9], "time": "20:00"`, "row.bad_day"},
	{`"day": "m", "time": "20:00"`, "row.bad_day"},
	{`"day": {"a": 1}, "time": "20:00"`, "row.unreadable"},
	{`"time": "20:00"`, "row.no_day"},
	{`"day": null, "time": null`, "row.by_appointment"},
	{`"day": [], "time": ""`, "row.by_appointment"},
	{`"day": 1`, "row.no_time"},
	{`"day": 1, "time": "24:00"`, "row.bad_time"},
	{`"day": 1, "time": "13:00 pm"`, "row.bad_time"},
	{`"day": 1, "time": "8 o'clock"`, "row.bad_time"},
	{`"day": 1, "time": "20:00", "end_time": "20:75"`, "row.bad_time"},
	{`"day": 1, "time": "20:00", "end_time": "19:00"`, "row.end_first"},
	{`"day": 1, "time": "20:00", "end_time": "20:00"`, "row.end_first"},
	{`"day": 1, "time": "22:00", "end_time": "04:01"`, "row.end_first"},
	{`"day": 1, "time": "20:00", "timezone": "Nowhere/Land"`, "row.bad_zone"},
	{`"day": 1, "time": "20:00", "conference_url": "https://evilzoom.us/j/1"`, "row.strange_link"},
	{`"day": 1, "time": "20:00", "conference_url": "https://zoom.us.evil.example/j/1"`, "row.strange_link"},
	{`"day": 1, "time": "20:00", "conference_url": "javascript:alert(1)"`, "row.bad_link"},
	{`"day": 1, "time": "20:00", "conference_phone": "call Ana"`, "meeting.bad_phone"},
	{`"day": 1, "time": "20:00", "attendance_option": "inactive"`, "row.inactive"},
	{`"day": 1, "time": "20:00", "attendance_option": "online", "formatted_address": "Troy, NY"`, "row.no_way_in"},
	{`"day": 1, "time": "20:00", "types": ["D", "TC"], "formatted_address": "1 Main St, Troy, NY"`, "row.inactive"},
	{`"day": 1, "time": "20:00", "conference_url": "https://zoom.us/"`, "row.front_page"},
	{`"day": 1, "time": "20:00", "timezone": "EST"`, "row.bad_zone"},
	{`"day": 1, "time": "20:00", "timezone": "Local"`, "row.bad_zone"},
	{`"day": 1, "time": "20:00", "timezone": "US/Eastern"`, "Monday 20:00 1h0m0s US/Eastern"},
	{`"day": 1, "time": "20:00", "conference_url": "https://zoom.us@evil.example/j/1"`, "row.bad_link"},
	{`"day": 1, "time": "20:00", "conference_url": "https://zооm.us/j/1"`, "row.strange_link"},
	{`"day": 1, "time": "20:00", "conference_url": "https://ZOOM.us/j/1"`, "Monday 20:00 1h0m0s America/New_York"},
	{`"day": 1, "time": "20:00", "name": ""`, "row.no_name"},
	{`"day": 1, "time": "20:00", "notes": "@everyone"`, "meeting.everyone"},
	{`"day": 1, "time": "20:00", "notes": ["a"]`, "row.unreadable"},
	{`"day": 1, "time": "20:00", "types": ["` + strings.Repeat(`a","`, 100) + `a"]`, "row.unreadable"},
}

func TestOddities(t *testing.T) {
	for i, tt := range oddities {
		got := read(t, fmt.Sprintf(`[{"name": "G", "slug": %d, %s}]`, i, tt.row), options)
		if len(got) != 1 {
			t.Fatalf("%s: %d rows", tt.row, len(got))
		}
		want := fmt.Sprint("1 ", i, ": ", tt.want)
		if s := shown(got[0]); s != want {
			t.Errorf("%s: %q, want %q", tt.row, s, want)
		}
	}
}

// TestAThousandRows reads every oddity many times over, in one list: each row is what it
// is alone.
func TestAThousandRows(t *testing.T) {
	var list []string
	var want []string
	for i := range 1000 {
		odd := oddities[i%len(oddities)]
		list = append(list, fmt.Sprintf(`{"name": "G", "slug": "s%d", %s}`, i, odd.row))
		want = append(want, fmt.Sprintf("%d s%d: %s", i+1, i, odd.want))
	}
	var got []string
	for _, row := range read(t, "["+strings.Join(list, ",")+"]", options) {
		got = append(got, shown(row))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestRows(t *testing.T) {
	bare := options
	bare.Zone = ""
	for _, tt := range []struct {
		about, list string
		options     tsml.Options
		want        []string
	}{
		{"several days", `[{"name":"G","slug":"g","day":["5",1,1],"time":"20:00"}]`, options,
			[]string{"1 g-1: Monday 20:00 1h0m0s America/New_York", "1 g-5: Friday 20:00 1h0m0s America/New_York"}},
		{"no zone", `[{"name":"G","slug":"g","day":1,"time":"20:00"},{"name":"H","slug":"h","day":1,"time":"20:00","timezone":"UTC"}]`, bare,
			[]string{"1 g: row.no_zone", "2 h: Monday 20:00 1h0m0s UTC"}},
		{"two of one slug", `[{"name":"G","slug":7,"day":1,"time":"20:00"},{"name":"H","slug":"7","day":2,"time":"20:00"},{"name":"I","slug":8,"day":1,"time":"20:00"}]`, options,
			[]string{"1 7: same_slug", "2 7: same_slug", "3 8: Monday 20:00 1h0m0s America/New_York"}},
		{"one of several days has the slug of another", `[{"name":"G","slug":"g","day":[1,2],"time":"20:00"},{"name":"H","slug":"g-2","day":3,"time":"20:00"}]`, options,
			[]string{"1 g-1: Monday 20:00 1h0m0s America/New_York", "1 g-2: same_slug", "2 g-2: same_slug"}},
		{"nothing of it", `[null, 5, "x", [], {}, {"name":"", "slug":"a","day":1,"time":"20:00"}, {"name":"G","slug":"","day":1}]`, options,
			[]string{"1 : row.unreadable", "2 : row.unreadable", "3 : row.unreadable", "4 : row.unreadable", "5 : row.no_name", "6 a: row.no_name", "7 g-1: row.no_time"}},
		{"other programs' lists, whose days are counted otherwise", `[{"id":1,"name":"G","day":0,"startTime":"19:00","venueType":1},{"name":"H","slug":"h","day":7,"time":"19:00"}]`, options,
			[]string{"1 g-0: row.no_time", "2 h: row.bad_day"}},
		{"an empty list", ` [] `, options, nil},
	} {
		var got []string
		for _, row := range read(t, tt.list, tt.options) {
			got = append(got, shown(row))
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.about, diff)
		}
	}
}

func TestFacts(t *testing.T) {
	row := read(t, `[{"name":"Early Risers","slug":"e","day":1,"time":"07:00","end_time":"08:00","types":["O","be","Discussion","S","ZZ","ONL","A"],
		"notes":"Ring twice.","location":"St. John","location_notes":"Side door","formatted_address":"1 Main St, Troy, NY 12180, USA","regions":["Capital","Troy"],
		"conference_url":"https://zoom.us/j/1","conference_url_notes":"Passcode 7","conference_phone":"+15550100,,1#","contact_1_name":"Ana","contact_1_phone":"555"}]`, options)[0]
	want := meeting.Details{
		Title: "Early Risers", Kind: meeting.Support, Notes: "Ring twice.\nSide door",
		Place: meeting.Place{Link: "https://zoom.us/j/1", Passcode: "Passcode 7", Phone: "+15550100,,1#", Venue: "St. John",
			Address: "1 Main St, Troy, NY 12180, USA", Region: "Capital > Troy"},
		Facts: meeting.Facts{Programme: "aa", Doors: meeting.OpenToAll, Language: "es", Beginners: true, Types: []string{"A", "BE", "D"}},
	}
	if diff := cmp.Diff(want, row.Meeting.Details); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"ZZ"}, row.Unknown); diff != "" {
		t.Errorf("codes that are kept aside: %s", diff)
	}
	for programme, label := range map[string]string{"aa": "Secular", "aca": "Age Restricted 18+", "al-anon": "Atheist / Agnostic"} {
		if got := meeting.TypeLabel(programme, "A"); got != label {
			t.Errorf("A in %s is %q, want %q", programme, got, label)
		}
	}
	dropped := read(t, `[{"name":"G","slug":"g","day":1,"time":"07:00","conference_url_notes":"Passcode 7","address":"1 Main St","city":"Troy","state":"NY","postal_code":12180}]`, options)[0]
	if p := dropped.Meeting.Place; p.Passcode != "" || p.Address != "1 Main St, Troy, NY 12180" {
		t.Errorf("%+v", p)
	}
}

// TestPlaces: nobody is sent to a door behind which nobody is, and no passcode is lost.
func TestPlaces(t *testing.T) {
	const zoom = `"conference_url":"https://zoom.us/j/1","conference_url_notes":"Passcode 7"`
	at := func(more string) meeting.Place {
		t.Helper()
		row := read(t, `[{"name":"G","slug":"g","day":1,"time":"20:00",`+more+`}]`, options)[0]
		if row.Refused != nil {
			t.Errorf("%s: %v", more, row.Refused)
		}
		return row.Meeting.Place
	}
	for more, want := range map[string]meeting.Place{
		`"location":"St. John","formatted_address":"1 Main St",` + zoom:                             {Link: "https://zoom.us/j/1", Passcode: "Passcode 7", Venue: "St. John", Address: "1 Main St"},
		`"attendance_option":"hybrid","formatted_address":"1 Main St",` + zoom:                      {Link: "https://zoom.us/j/1", Passcode: "Passcode 7", Address: "1 Main St"},
		`"attendance_option":"online","location":"St. John","formatted_address":"Troy, NY",` + zoom: {Link: "https://zoom.us/j/1", Passcode: "Passcode 7", Region: "Troy, NY"},
		`"types":["tc"],"location":"St. John","region":"North","address":"1 Main St",` + zoom:       {Link: "https://zoom.us/j/1", Passcode: "Passcode 7", Region: "North"},
		`"approximate":"yes","location":"The park","formatted_address":"Troy, NY"`:                  {Venue: "The park", Region: "Troy, NY"},
		`"approximate":"no","formatted_address":"1 Main St","regions":["A","B\n"]`:                  {Address: "1 Main St", Region: "A > B"},
		`"conference_phone":"+15550100","conference_phone_notes":"PIN 9",` + zoom:                   {Link: "https://zoom.us/j/1", Phone: "+15550100", Passcode: "Passcode 7; PIN 9"},
		`"conference_phone":"+15550100","conference_phone_notes":"Passcode 7",` + zoom:              {Link: "https://zoom.us/j/1", Phone: "+15550100", Passcode: "Passcode 7"},
		`"conference_phone":"+15550100","conference_url_notes":"Passcode 7"`:                        {Phone: "+15550100"},
		`"conference_phone_notes":"PIN 9","address":"1 Main St","city":"Troy","country":"US"`:       {Address: "1 Main St, Troy, US"},
	} {
		if diff := cmp.Diff(want, at(more)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", more, diff)
		}
	}
}

// TestALinkInsteadOfAHouse is not told to everybody.
func TestALinkInsteadOfAHouse(t *testing.T) {
	row := read(t, `[{"name":"G","slug":"g","day":1,"time":"20:00","location":"zoommtg://zoom.us/1","formatted_address":"https://zoom.us/j/1?pwd=canary","region":"https://zoom.us/j/1","notes":"Ring twice."}]`, options)[0]
	want := meeting.Details{Title: "G", Kind: meeting.Support, Facts: meeting.Facts{Programme: "aa"},
		Notes: "zoommtg://zoom.us/1\nhttps://zoom.us/j/1?pwd=canary\nhttps://zoom.us/j/1\nRing twice."}
	if diff := cmp.Diff(want, row.Meeting.Details); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestPersonsAreNeverRead: whatever a list says of people stays outside.
func TestPersonsAreNeverRead(t *testing.T) {
	var more []string
	for _, field := range []string{"contact_1_name", "contact_1_email", "contact_2_phone", "contact_3_name", "feedback_emails", "entity_email",
		"entity_phone", "group", "venmo", "square", "paypal", "edit_url", "author"} {
		more = append(more, fmt.Sprintf("%q:%q", field, "canary"))
	}
	row := read(t, `[{"name":"G","slug":"g","day":1,"time":"20:00",`+strings.Join(more, ",")+`}]`, options)[0]
	if text := fmt.Sprintf("%+v", row); row.Refused != nil || strings.Contains(text, "canary") {
		t.Error(text)
	}
	row = read(t, "Name,Day,Time,Contact 1 Name,Contact 1 Email,Contact 1 Phone,Entity Email\nG,Monday,8:00 PM,canary,canary,canary,canary\n", options)[0]
	if text := fmt.Sprintf("%+v", row); row.Refused != nil || strings.Contains(text, "canary") {
		t.Error(text)
	}
}

// TestEveryColumn reads a sheet with all headings that the format has, in an order of
// its own, some of them twice.
func TestEveryColumn(t *testing.T) {
	sheet := "Timezone,Conference Phone Notes,ID,Sub Region,Region,End Time,Attendance Option,Conference URL,Conference URL Notes,Country,Postal Code,State,City,Address," +
		"Location,Location Notes,Notes,Types,Time,Day,Name,Conference Phone,Approximate,Latitude,Group,Updated,Name\n" +
		"Europe/Madrid,PIN 9,e-1,Troy,North,9:30 PM,hybrid,https://zoom.us/j/1,Passcode 7,US,12180,NY,Troy,1 Main St," +
		"St. John,Side door,Ring twice.,\"Open, Discussion, Spanish\",8:00 PM,\"Monday, Friday\",Evening,+15550100,no,42.1,Ours,2026-01-01 00:00:00,Other\n" +
		strings.Repeat(",", 26) + "\n\n,,\nLast,,,,,,,,,,,,,,,,,,8:00 PM,Sunday,Late\n"
	rows := read(t, sheet, options)
	want := meeting.Details{
		Title: "Evening", Kind: meeting.Support, Notes: "Ring twice.\nSide door",
		Place: meeting.Place{Link: "https://zoom.us/j/1", Passcode: "Passcode 7; PIN 9", Phone: "+15550100", Venue: "St. John",
			Address: "1 Main St, Troy, NY 12180, US", Region: "North > Troy"},
		Facts: meeting.Facts{Programme: "aa", Doors: meeting.OpenToAll, Language: "es", Types: []string{"D"}},
	}
	if diff := cmp.Diff(want, rows[0].Meeting.Details); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	var got []string
	for _, row := range rows {
		got = append(got, shown(row))
	}
	if diff := cmp.Diff([]string{"1 e-1-1: Monday 20:00 1h30m0s Europe/Madrid", "1 e-1-5: Friday 20:00 1h30m0s Europe/Madrid", "4 late-sunday-8-00-pm: row.bad_zone"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestSheet(t *testing.T) {
	for name, sheet := range map[string]string{
		"commas":     "Time,Day,Name,Types,Regions,Contact 1 Name,Address,City\n8:00 PM,Monday,Evening,\"Open, Discussion\",North > Troy,Ana,1 Main St,Troy\n",
		"semicolons": "\ufeffname;TIME;day;types;region;address;city\r\nEvening;8:00 pm;monday;O,D;North > Troy;1 Main St;Troy\r\n",
		"tabs":       "Meeting Name\tStart Time\tDay\tMeeting Types\tRegion\tSub Region\tAddress\tCity\nEvening\t20:00\tmon\tD;O\tNorth\tTroy\t1 Main St\tTroy\n",
	} {
		rows := read(t, sheet, options)
		if len(rows) != 1 || rows[0].Refused != nil {
			t.Errorf("%s: %+v", name, rows)
			continue
		}
		v := rows[0].Meeting
		if v.Rule.At != 20*60 || v.Rule.First.Weekday() != time.Monday || v.Facts.Doors != meeting.OpenToAll || len(v.Facts.Types) != 1 ||
			v.Place.Region != "North > Troy" || v.Place.Address != "1 Main St, Troy" || rows[0].Slug == "" {
			t.Errorf("%s: %+v", name, rows[0])
		}
	}
	rows := read(t, "name,day,time\nA,Monday,8:00 PM\nB,Someday,8:00 PM\nA,Monday,8:00 PM\nC,Friday,7:00 AM,x\n", options)
	want := []string{"1 a-monday-8-00-pm: same_slug", "2 b-someday-8-00-pm: row.bad_day", "3 a-monday-8-00-pm: same_slug", "4 : row.unreadable"}
	var got []string
	for _, row := range rows {
		got = append(got, shown(row))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestNoList(t *testing.T) {
	utf16 := []byte("\xff\xfe[\x00]\x00")
	for name, tt := range map[string]struct{ data, want string }{
		"cut off":         {`[{"name":"G"`, "no_list"},
		"an object":       {`{"name":"G"}`, "no_list"},
		"a page":          {`<!DOCTYPE html><title>x</title>`, "no_list"},
		"nothing":         {``, "no_list"},
		"UTF-16":          {string(utf16), "encoding"},
		"UTF-16, no mark": {"[\x00]\x00", "encoding"},
		"Latin-1":         {"[{\"name\": \"Espa\xf1ol\"}]", "encoding"},
		"a sheet of what": {"a,b,c\n1,2,3\n", "no_list"},
		"an open quote":   {"name,day,time\n\"A,Monday,8:00 PM\n", "bad_sheet"},
		"deep":            {strings.Repeat("[", 1_000_000), "no_list"},
		"too many rows":   {"name,day,time\n" + strings.Repeat("A,Monday,20:00\n", tsml.MaxRows+1), "too_many"},
	} {
		_, err := tsml.Read([]byte(tt.data), options)
		var r *chat.Refusal
		if !errors.As(err, &r) || why(r) != tt.want {
			t.Errorf("%s: %v, want %s", name, err, tt.want)
		}
	}
}

// FuzzRead: whatever a file holds, it is refused whole or each row is refused or a
// meeting that can be saved.
func FuzzRead(f *testing.F) {
	for _, o := range oddities {
		f.Add([]byte(`[{"name": "G", "slug": 1, ` + o.row + `}]`))
	}
	f.Add([]byte("Name,Day,Time\nA,Monday,8:00 PM\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		rows, err := tsml.Read(data, options)
		if r := (*chat.Refusal)(nil); err != nil && !errors.As(err, &r) {
			t.Fatalf("not a refusal: %v", err)
		}
		var taken []meeting.Meeting
		for _, row := range rows {
			if row.Refused != nil {
				continue
			}
			v := row.Meeting
			if err := v.Check(); err != nil {
				t.Errorf("%+v: %v", row, err)
			}
			v.Feed = meeting.Feed{Source: tsml.Source, Slug: row.Slug}
			taken = append(taken, v)
		}
		var b bytes.Buffer
		if _, err := tsml.Write(&b, taken); err != nil {
			t.Fatal(err)
		}
		again, err := tsml.Read(b.Bytes(), options)
		if err != nil {
			t.Fatalf("what was written cannot be read: %v", err)
		}
		for _, row := range again {
			if row.Refused != nil {
				t.Errorf("written and then refused: %v\n%s", row.Refused, b.Bytes())
			}
		}
		if !json.Valid(b.Bytes()) {
			t.Error("not JSON")
		}
	})
}
