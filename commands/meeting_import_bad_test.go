package commands_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"peerbot/chat"
	"peerbot/community/space"
)

// TestMeetingImportOfLongOnes asks to look at them, and takes them all the same.
func TestMeetingImportOfLongOnes(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		d.host()
		d.wants(d.uploads(bea, `[{"name":"Day","slug":"d","day":6,"time":"09:00","end_time":"17:00"},{"name":"Two","slug":"t","day":6,"time":"09:00","end_time":"11:00"}]`),
			"2 new meetings", "One meeting lasts longer than two hours: Day.")
	})
}

// TestMeetingImportOfBadRows: the reason is told for each, in the caller's language, and
// there is no button that takes any of it in.
func TestMeetingImportOfBadRows(t *testing.T) {
	row := func(more string) string { return `[{"name":"Late","slug":"l","day":1,"time":"20:00",` + more + `}]` }
	eachStore(t, func(t *testing.T, d *desk) {
		d.host()
		refuses := func(data, english, spanish string) {
			t.Helper()
			for _, as := range []struct{ lang, want string }{{"en", english}, {"es", spanish}} {
				r := d.call(chat.Call{From: bea, At: lobby, Lang: as.lang, Path: []string{"meeting", "import"}, Args: []chat.Arg{{Name: "paste", Value: data}}})
				d.wants(r, as.want)
				if slices.ContainsFunc(labels(r), func(label string) bool { return strings.Contains(label, "Take it in") }) {
					t.Errorf("it can be taken in: %s", r.Body.String())
				}
			}
			d.wants(d.says(ana, lobby, "/meetings"), "No meetings are planned")
		}
		refuses(row(`"end_time":"19:00"`), "Row 1, Late: It ends at 19:00, which is before 20:00.", "Late: Termina a las 19:00")
		refuses(row(`"conference_url":"https://evilzoom.us/j/1"`), "Its link leads to evilzoom.us, which is not a meeting program", "evilzoom.us")
		refuses(row(`"conference_url":"https://zoom.us"`), "first page of zoom.us", "página de inicio de zoom.us")
		refuses(row(`"attendance_option":"online"`), "no link and no phone number", "no tiene enlace")
		refuses(row(`"day":8`), "“8” is not a day of the week", "“8”")
		refuses(fmt.Sprintf("[%s,%s]", strings.Trim(row(`"notes":""`), "[]"), strings.Trim(row(`"day":2`), "[]")), "Row 2, Late: Another row has the same name", "“l”")
		d.deps.Spaces = space.New(d.vault, space.Home{Lang: "en"})
		d.reopen()
		refuses(row(`"notes":""`), "no time zone, and the list has none either", "zona horaria")
	})
}
