package commands

import (
	"bytes"
	"context"
	"io"

	"peerbot/chat"
	"peerbot/community/meeting"
	"peerbot/community/member"
	"peerbot/interop/ical"
	"peerbot/storage"
)

var calendarPath = []string{"meeting", "calendar"}

// meetingCalendar gives the dates of a meeting as a file for a calendar program. It
// names the meeting as the caller's lock screen may, and holds no way in: calendars are
// shared with families and employers.
func (d Deps) meetingCalendar() chat.Command {
	return chat.Command{
		Name: "calendar", Private: true, Unlisted: true,
		Options: []chat.Param{d.meetingName()},
		Run: func(ctx context.Context, c *chat.Call) (chat.Reply, error) {
			g, err := d.findMeeting(ctx, c)
			if err != nil {
				return chat.Reply{}, err
			}
			var dates []meeting.Meeting
			var who member.Member
			err = d.Store.View(ctx, func(r storage.Reader) error {
				if who, err = d.Members.Get(r, c.Member); err == nil {
					dates, err = d.Meetings.Dates(r, g.Series)
				}
				return err
			})
			if err != nil {
				return chat.Reply{}, err
			}
			file, err := d.calendarFile(c, dates, who.Open)
			return chat.Reply{Body: chat.Say("meeting.calendar.here"), Files: []chat.File{file}}, err
		},
	}
}

// calendarFile is the meetings as a calendar: by their titles, where that may be seen,
// else by their neutral names.
func (d Deps) calendarFile(c *chat.Call, dates []meeting.Meeting, open bool) (chat.File, error) {
	say := func(id string) string { return d.Put(c.Lang, c.Zone, chat.Say(id)).String() }
	cal := ical.Calendar{Name: say("meeting.calendar.name"), Events: ical.Of(dates, open, say("meeting.calendar.neutral"))}
	var b bytes.Buffer
	if err := ical.Write(&b, cal); err != nil {
		return chat.File{}, err
	}
	return chat.File{Name: "meeting.ics", Type: "text/calendar", Size: int64(b.Len()),
		Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b.Bytes())), nil }}, nil
}

// calendarOffer hands out the calendar of a series.
func calendarOffer(g meeting.Gathering) chat.Offer {
	return chat.Offer{Label: chat.Say("meeting.calendar.add"), Path: calendarPath,
		Bound: []chat.Arg{{Name: meeting.OptionMeeting, Value: g.Series}}}
}
