package bmlt_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"peerbot/chat"
	"peerbot/community/meeting"
	"peerbot/interop"
	"peerbot/interop/bmlt"
	"peerbot/interop/tsml"
	"peerbot/spoken"
)

var options = tsml.Options{Zone: "America/New_York", Today: time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)}

const formats = `[{"key_string":"O","world_id":"OPEN","name_string":"Open"},{"key_string":"B","world_id":"","name_string":"Beginner/Newcomer"},
	{"key_string":"WC","world_id":"WCHR","name_string":"Wheelchair"},{"key_string":"VM","world_id":"VM","name_string":"Virtual"},
	{"key_string":"Ti","world_id":"","name_string":"Timer"}]`

func why(r *chat.Refusal) string {
	_, id, _ := strings.Cut(r.Error(), ": ")
	return strings.TrimPrefix(id, "interop.")
}

func TestRows(t *testing.T) {
	for row, want := range map[string]string{
		`"weekday_tinyint":"1","start_time":"19:30:00","duration_time":"01:30:00"`:                     "Sunday 19:30 1h30m0s America/New_York",
		`"weekday_tinyint":"7","start_time":"23:00:00","duration_time":"02:00:00"`:                     "Saturday 23:00 2h0m0s America/New_York",
		`"weekday_tinyint":"3","start_time":"12:00:00","time_zone":"Europe/Madrid"`:                    "Tuesday 12:00 1h0m0s Europe/Madrid",
		`"weekday_tinyint":"3","start_time":"12:00:00","duration_time":"00:00:00"`:                     "Tuesday 12:00 1h0m0s America/New_York",
		`"weekday_tinyint":"0","start_time":"12:00:00"`:                                                "row.bad_day",
		`"weekday_tinyint":"8","start_time":"12:00:00"`:                                                "row.bad_day",
		`"weekday_tinyint":"3","start_time":"24:00:00"`:                                                "row.bad_time",
		`"weekday_tinyint":"3","start_time":"12:00:00","duration_time":"99:00:00"`:                     "row.bad_length",
		`"weekday_tinyint":"3","start_time":"12:00:00","published":"0"`:                                "row.inactive",
		`"weekday_tinyint":"3","start_time":"12:00:00","venue_type":"9"`:                               "row.bad_venue",
		`"weekday_tinyint":"3","start_time":"12:00:00","time_zone":"Nowhere"`:                          "row.bad_zone",
		`"weekday_tinyint":"3","virtual_meeting_link":"https://evilzoom.us/1","start_time":"12:00:00"`: "row.strange_link",
		`"weekday_tinyint":3,"start_time":"12:00:00"`:                                                  "row.unreadable",
		`"weekday_tinyint":"3","start_time":"12:00:00","venue_type":"2","location_street":"1 Main St"`: "row.no_way_in",
		`"weekday_tinyint":"3","start_time":"12:00:00","venue_type":"1","formats":"TC"`:                "row.inactive",
		`"weekday_tinyint":"3","start_time":"12:00:00","phone_meeting_number":"call Ana"`:              "meeting.bad_phone",
		`"weekday_tinyint":"3","start_time":"12:00:00","lang_enum":"klingonish"`:                       "meeting.no_such_language",
		`"weekday_tinyint":"3","start_time":"12:00:00","time_zone":"EST"`:                              "row.bad_zone",
		`"weekday_tinyint":"3","start_time":"12:00:00","lang_enum":"es","venue_type":""`:               "Tuesday 12:00 1h0m0s America/New_York",
		`"weekday_tinyint":"3","start_time":"12:00:00","meeting_name":" "`:                             "row.no_name",
		`"weekday_tinyint":"3","start_time":"12:00:00","id_bigint":""`:                                 "row.no_slug",
		`"weekday_tinyint":"3"`: "row.bad_time",
	} {
		rows, err := bmlt.Read([]byte(`[{"id_bigint":"5","meeting_name":"G",`+row+`}]`), options)
		if err != nil || len(rows) != 1 {
			t.Fatalf("%s: %v", row, err)
		}
		r := rows[0].Meeting.Rule
		got := fmt.Sprint(r.First.Weekday(), " ", r.At, " ", r.Length, " ", r.Zone)
		if rows[0].Refused != nil {
			got = why(rows[0].Refused)
		}
		if got != want {
			t.Errorf("%s: %q, want %q", row, got, want)
		}
	}
}

func TestFacts(t *testing.T) {
	list := `{"meetings":[{"id_bigint":"5","meeting_name":"New Hope","weekday_tinyint":"3","start_time":"12:00:00","formats":"O,B,WC,VM,Ti,XX","venue_type":"3",
		"location_text":"St. John","location_street":"1 Main St","location_municipality":"Troy","location_province":"NY","location_postal_code_1":"12180",
		"virtual_meeting_link":"https://zoom.us/j/1","virtual_meeting_additional_info":"Passcode 7","comments":"Side door","contact_name_1":"Ana"}],"formats":` + formats + `}`
	rows, err := bmlt.Read([]byte(list), options)
	if err != nil || len(rows) != 1 || rows[0].Refused != nil {
		t.Fatalf("%+v, %v", rows, err)
	}
	want := meeting.Details{
		Title: "New Hope", Kind: meeting.Support, Notes: "Side door",
		Place: meeting.Place{Link: "https://zoom.us/j/1", Passcode: "Passcode 7", Venue: "St. John", Address: "1 Main St, Troy, NY 12180"},
		Facts: meeting.Facts{Programme: "na", Doors: meeting.OpenToAll, Types: []string{"BEG", "X"}, Beginners: true},
	}
	if diff := cmp.Diff(want, rows[0].Meeting.Details); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"Timer", "XX"}, rows[0].Unknown); diff != "" {
		t.Errorf("kept aside: %s", diff)
	}
}

// TestPlaces: nobody is sent to a door behind which nobody is.
func TestPlaces(t *testing.T) {
	const house = `"location_text":"St. John","location_street":"1 Main St","location_municipality":"Troy","location_province":"NY"`
	const zoom = `"virtual_meeting_link":"https://zoom.us/j/1","virtual_meeting_additional_info":"Passcode 7"`
	for more, want := range map[string]meeting.Place{
		`"venue_type":"1",` + house + "," + zoom:                                          {Venue: "St. John", Address: "1 Main St, Troy, NY"},
		`"venue_type":"2",` + house + "," + zoom:                                          {Link: "https://zoom.us/j/1", Passcode: "Passcode 7", Region: "NY > Troy"},
		`"venue_type":"3",` + house + "," + zoom:                                          {Link: "https://zoom.us/j/1", Passcode: "Passcode 7", Venue: "St. John", Address: "1 Main St, Troy, NY"},
		`"venue_type":"",` + house:                                                        {Venue: "St. John", Address: "1 Main St, Troy, NY"},
		`"formats":"VM,TC",` + house + "," + zoom:                                         {Link: "https://zoom.us/j/1", Passcode: "Passcode 7", Region: "NY > Troy"},
		`"venue_type":"2","virtual_meeting_additional_info":"Number 123 456, passcode 7"`: {Passcode: "Number 123 456, passcode 7"},
		`"venue_type":"2","phone_meeting_number":"+1 555 0100"`:                           {Phone: "+1 555 0100"},
	} {
		rows, err := bmlt.Read([]byte(`{"meetings":[{"id_bigint":"5","meeting_name":"G","weekday_tinyint":"3","start_time":"12:00:00",`+more+`}],"formats":[{"key_string":"TC","world_id":"TC"},{"key_string":"VM","world_id":"VM"}]}`), options)
		if err != nil || rows[0].Refused != nil {
			t.Fatalf("%s: %v, %+v", more, err, rows)
		}
		if diff := cmp.Diff(want, rows[0].Meeting.Place); diff != "" {
			t.Errorf("%s (-want +got):\n%s", more, diff)
		}
	}
}

func TestShapes(t *testing.T) {
	for list, want := range map[string]string{
		`[]`:                           "meeting-guide 0",
		`{"meetings":[],"formats":[]}`: "bmlt 0",
		`[{"id_bigint":"1","meeting_name":"G","weekday_tinyint":"1","start_time":"12:00:00"},{"id_bigint":"1"}]`: "bmlt 2",
		`{"meetings":5,"weekday_tinyint":1}`: "no_list",
		`{"weekday_tinyint":1}`:              "no_list",
		`[{"weekday_tinyint":"1"}`:           "no_list",
	} {
		rows, format, err := interop.Read([]byte(list), options)
		got := fmt.Sprint(format, " ", len(rows))
		if r := (*chat.Refusal)(nil); errors.As(err, &r) {
			got = why(r)
		}
		if got != want {
			t.Errorf("%s: %s, want %s", list, got, want)
		}
	}
}

// recorded is a file of what a public server gave.
func recorded(t *testing.T, name string, into any) []byte {
	t.Helper()
	data, err := os.ReadFile("../../../shared/data/bmlt/" + name)
	if err != nil {
		t.Skip("the recorded replies are not here")
	}
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatal(err)
	}
	return data
}

// TestEveryRecordedRow compares each row with what the server said, worked out once
// more from the text.
func TestEveryRecordedRow(t *testing.T) {
	var said struct{ Meetings, Formats []map[string]string }
	var codes map[string]string
	data := recorded(t, "meeting-search-42.867970-day3.json", &said)
	recorded(t, "worldid_to_tsml.json", &codes)
	types := map[string]string{}
	for _, f := range said.Formats {
		types[f["key_string"]] = codes[f["world_id"]]
	}
	rows, err := bmlt.Read(data, options)
	if err != nil || len(rows) != len(said.Meetings) {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for i, m := range said.Meetings {
		v := rows[i].Meeting
		day, _ := strconv.Atoi(m["weekday_tinyint"])
		want := []string{m["id_bigint"], m["meeting_name"], m["start_time"][:5], time.Weekday(day - 1).String(), "1h0m0s", "America/New_York",
			m["location_text"], m["location_street"] + ", " + m["location_municipality"] + ", " + m["location_province"], m["location_info"], m["virtual_meeting_link"], m["phone_meeting_number"], ""}
		got := []string{rows[i].Slug, v.Title, v.Rule.At.String(), v.Rule.First.Weekday().String(), v.Rule.Length.String(), v.Rule.Zone,
			v.Place.Venue, v.Place.Address, v.Notes, v.Place.Link, v.Place.Phone, v.Place.Passcode}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("row %d (-said +read):\n%s", i+1, diff)
		}
		var wants []string
		for key := range strings.SplitSeq(m["formats"], ",") {
			if code := types[key]; code != "" && code != "O" && code != "C" {
				wants = append(wants, code)
			}
		}
		slices.Sort(wants)
		if diff := cmp.Diff(slices.Compact(wants), v.Facts.Types, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("types of row %d (-said +read):\n%s", i+1, diff)
		}
		if open := slices.Contains(strings.Split(m["formats"], ","), "O"); open != (v.Facts.Doors == meeting.OpenToAll) {
			t.Errorf("row %d is open: %v", i+1, open)
		}
	}
}

// TestRecordedReplies reads what a public server gave: every row is a meeting.
func TestRecordedReplies(t *testing.T) {
	var said any
	data := recorded(t, "meeting-search-42.867970-day3.json", &said)
	rows, format, err := interop.Read(data, options)
	if err != nil || format != "bmlt" || len(rows) != 54 {
		t.Fatalf("%d rows, %s, %v", len(rows), format, err)
	}
	var unknown []string
	for _, row := range rows {
		if row.Refused != nil {
			t.Errorf("row %d: %v", row.Number, row.Refused)
		}
		if r := row.Meeting.Rule; r.First.Weekday() != time.Tuesday || r.First.Before(spoken.DateOf(options.Today)) {
			t.Errorf("row %d is on %v", row.Number, r.First)
		}
		unknown = append(unknown, row.Unknown...)
	}
	slices.Sort(unknown)
	t.Logf("kept aside: %q", slices.Compact(unknown))
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"meetings":[{"id_bigint":"5","meeting_name":"G","weekday_tinyint":"1","start_time":"19:30:00","formats":"O"}],"formats":` + formats + `}`))
	f.Add([]byte(`[{"id_bigint":"5","meeting_name":"G","weekday_tinyint":"1","start_time":"19:30:00","duration_time":"24:00:00"}]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		rows, err := bmlt.Read(data, options)
		if r := (*chat.Refusal)(nil); err != nil && !errors.As(err, &r) {
			t.Fatalf("not a refusal: %v", err)
		}
		for _, row := range rows {
			if v := row.Meeting; row.Refused == nil && v.Check() != nil {
				t.Errorf("%+v: %v", row, v.Check())
			}
		}
	})
}
