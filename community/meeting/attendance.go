package meeting

import (
	"fmt"
	"slices"
	"time"

	"peerbot/chat"
	"peerbot/schedule"
	"peerbot/spoken"
	"peerbot/storage"
)

// Attendance is how many came on one date of a series, as a host entered it.
type Attendance struct {
	Date   spoken.Date
	People int
}

// keepAttendance is how long it is kept how many came, once it is forgotten who hosted.
const keepAttendance = 365 * 24 * time.Hour

// Attendances are how many came to a series, the oldest first, the last n dates of which
// somebody said so.
func (m *Meetings) Attendances(r storage.Reader, series string, n int) ([]Attendance, error) {
	var out []Attendance
	for row, err := range m.shifts.By(r, bySeries, series, "") {
		if err != nil {
			return nil, fmt.Errorf("attendance of %s: %w", series, err)
		}
		if row.Value.Attended > 0 {
			out = append(out, Attendance{row.Value.Date, row.Value.Attended})
		}
	}
	slices.SortFunc(out, func(a, b Attendance) int { return a.Date.Compare(b.Date) })
	return out[max(0, len(out)-n):], nil
}

// Words say how many came on the date.
func (a Attendance) Words() chat.Rich {
	return chat.Say("meeting.attendance_item", chat.With("date", dateWords(a.Date)), chat.Count("people", a.People))
}

// forgetHost keeps of a shift for a year how many came, and no longer who hosted.
func (m *Meetings) forgetHost(tx storage.Tx, v Shift, it schedule.Item, now time.Time) error {
	v.Host, v.Sure, v.Declined = "", false, nil
	if err := m.shifts.Put(tx, it.ID, v); err != nil {
		return fmt.Errorf("forget a host: %w", err)
	}
	if err := m.sweepThanks(tx, it.ID); err != nil {
		return err
	}
	it.At = now.Add(keepAttendance)
	return m.agenda.Put(tx, it)
}
