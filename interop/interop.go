// Package interop reads lists of meetings in any of the formats of its folders. What it
// cannot tell apart it refuses.
package interop

import (
	"slices"
	"time"

	"peerbot/community/meeting"
	"peerbot/interop/bmlt"
	"peerbot/interop/ical"
	"peerbot/interop/tsml"
)

// Read reads a list in the Meeting Guide format, as JSON or as a sheet, as a BMLT
// server gives it, or as a calendar, and names the format. The error is a *chat.Refusal of the whole list.
func Read(data []byte, o tsml.Options) (rows []meeting.Row, format string, err error) {
	if ical.Is(data) {
		rows, err = ical.Read(data, o.Zone, o.Today)
		return rows, "calendar", err
	}
	text, err := tsml.Text(data)
	if err != nil {
		return nil, "", err
	}
	if bmlt.Is(text) {
		rows, err = bmlt.Read(text, o)
		return rows, "bmlt", err
	}
	rows, err = tsml.Read(text, o)
	return rows, tsml.Source, err
}

// long is how long a meeting lasts that nobody wonders about.
const long = 2 * time.Hour

// Long are the names of the meetings that a list would add or change and that last so
// long that somebody should look at them.
func Long(p meeting.Preview) (names []string) {
	for _, v := range slices.Concat(p.New, p.Changed) {
		if v.Rule.Length > long {
			names = append(names, v.Title)
		}
	}
	return names
}
