package commands_test

import (
	"strings"
	"testing"
)

// TestMeetingImportOfACalendar: it may come again, says its single dates itself, and
// leaves what people here said about its meetings.
func TestMeetingImportOfACalendar(t *testing.T) {
	const calendar = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:e\r\nSUMMARY:Evening\r\nDTSTART;TZID=America/New_York:20261123T200000\r\n" +
		"DURATION:PT1H\r\nRRULE:FREQ=WEEKLY\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:d\r\nSUMMARY:Day\r\nDTSTART;VALUE=DATE:20261123\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
	eachStore(t, func(t *testing.T, d *desk) {
		d.host()
		r := d.uploads(bea, calendar)
		d.wants(r, "1 new meeting", "1 row is not taken", "Row 2, Day: It takes the whole day")
		d.presses(bea, lobby, r, "Take it in")
		d.carriesOut()
		d.saves(`/meeting edit meeting:Evening which:series programme:AA`)
		d.wants(d.uploads(bea, calendar), "1 meeting stays as it is")
		without := strings.Replace(calendar, "RRULE", "EXDATE;TZID=America/New_York:20261123T200000\r\nRRULE", 1)
		d.wants(d.uploads(bea, without), "1 meeting is different")
		d.wants(d.uploads(bea, calendar[:100]), "not whole", "Nothing was changed")
	})
}
