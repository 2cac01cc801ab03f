package commands_test

import (
	"strings"
	"testing"

	"peerbot/community/meeting"
	"peerbot/interop"
	"peerbot/interop/tsml"
	"peerbot/storage"
)

// takesIn takes a list in at once, as the command line does.
func (d *desk) takesIn(list string) {
	d.t.Helper()
	rows, format, err := interop.Read([]byte(list), tsml.Options{Zone: "America/New_York", Today: d.now})
	if err != nil {
		d.t.Fatal(err)
	}
	var p meeting.Preview
	if err := d.store.View(d.t.Context(), func(r storage.Reader) error {
		home, err := d.deps.Spaces.HomeOf(r, lobby)
		if err == nil {
			p, err = d.deps.Meetings.Compare(r, home, format, rows)
		}
		return err
	}); err != nil {
		d.t.Fatal(err)
	}
	if err := d.deps.Meetings.Import(d.t.Context(), d.store, p, false, d.now, func(int) {}); err != nil || len(p.Refused) > 0 {
		d.t.Fatal(err, p.Refused)
	}
}

// TestMeetingExportAndImportAgain: whatever list a meeting came from, and whoever said
// it, the community's own list brings nothing new, and nothing is gone from it.
func TestMeetingExportAndImportAgain(t *testing.T) {
	lists := []string{
		`[{"name":"Evening","slug":"e","day":1,"time":"20:00","formatted_address":"1 Main St, Troy"},
			{"name":"Often","slug":"a b","day":[1,3],"time":"07:00","formatted_address":"2 Main St, Troy"}]`,
		`[{"id_bigint":"5","meeting_name":"New Hope","weekday_tinyint":"3","start_time":"12:00:00","venue_type":"1","location_street":"3 Main St"}]`,
		"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:x@example.org\nSUMMARY:Circle\nLOCATION:4 Main St\nDTSTART:20261123T200000\nRRULE:FREQ=WEEKLY;BYDAY=MO,WE\n" +
			"END:VEVENT\nEND:VCALENDAR\n",
	}
	eachStore(t, func(t *testing.T, d *desk) {
		d.host()
		d.saves(`/meeting add title:Ours when:"Mondays and Fridays 20:00-21:00" address:"5 Main St"`)
		for _, list := range lists {
			d.takesIn(list)
		}
		r := d.says(bea, lobby, "/meeting export")
		list := file(t, r.Files[0])
		if n := strings.Count(list, `"slug"`); n != 8 {
			t.Fatalf("%d rows:\n%s", n, list)
		}
		again := d.uploads(bea, list)
		d.wants(again, "8 meetings stay as they are", "nothing to take in")
		d.lacks(again, "new meeting", "not in the list", "different")
	})
}

// TestARefusedRowIsNotGone: what cannot be read for once stays as it is.
func TestARefusedRowIsNotGone(t *testing.T) {
	const good = `{"name":"Evening","slug":"e","day":[1,3],"time":"20:00","formatted_address":"1 Main St"}`
	eachStore(t, func(t *testing.T, d *desk) {
		d.host()
		d.takesIn("[" + good + "]")
		for _, bad := range []string{strings.Replace(good, "3", "9", 1), strings.Replace(good, `"20:00"`, `{}`, 1)} {
			r := d.uploads(bea, "["+bad+"]")
			d.wants(r, "1 row is not taken")
			d.lacks(r, "not in the list any more")
		}
	})
}
