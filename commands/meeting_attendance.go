package commands

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"

	"peerbot/chat"
	"peerbot/community/meeting"
	"peerbot/storage"
)

// maxAttendances is how many dates a picture shows: a quarter of a weekly meeting.
const maxAttendances = 13

// meetingAttendance shows how many came to a meeting lately: in words, and as a picture
// whose description says the same.
func (d Deps) meetingAttendance() chat.Command {
	return chat.Command{
		Name: "attendance", Needs: organisers, Private: true, Unlisted: true,
		Options: []chat.Param{d.meetingName()},
		Run: func(ctx context.Context, c *chat.Call) (chat.Reply, error) {
			g, err := d.findMeeting(ctx, c)
			if err != nil {
				return chat.Reply{}, err
			}
			var all []meeting.Attendance
			err = d.Store.View(ctx, func(r storage.Reader) error {
				all, err = d.Meetings.Attendances(r, g.Series, maxAttendances)
				return err
			})
			if err != nil || len(all) == 0 {
				return chat.Reply{Body: chat.Say("meeting.no_attendance", chat.Text("title", g.Title))}, err
			}
			var items []chat.Rich
			for _, a := range all {
				items = append(items, a.Words())
			}
			body := chat.Lines(chat.Say("meeting.attendance", chat.Text("title", g.Title)), chat.Rich{chat.List{Items: items}})
			file, err := picture(all, d.Put(c.Lang, c.Zone, body).String())
			return chat.Reply{Body: body, Files: []chat.File{file}}, err
		},
	}
}

// The measures of a picture, in pixels.
const (
	barWidth  = 32
	barGap    = 16
	barHeight = 240
)

// picture draws a bar for each date.
func picture(all []meeting.Attendance, alt string) (chat.File, error) {
	most := 1
	for _, a := range all {
		most = max(most, a.People)
	}
	img := image.NewRGBA(image.Rect(0, 0, barGap+len(all)*(barWidth+barGap), barHeight+2*barGap))
	draw.Draw(img, img.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	for i, a := range all {
		x, floor := barGap+i*(barWidth+barGap), barGap+barHeight
		bar := image.Rect(x, floor-max(1, a.People*barHeight/most), x+barWidth, floor)
		draw.Draw(img, bar, image.NewUniform(color.RGBA{0x0b, 0x59, 0x5e, 0xff}), image.Point{}, draw.Src)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		return chat.File{}, err
	}
	return chat.File{Name: "attendance.png", Type: "image/png", Alt: alt, Size: int64(b.Len()),
		Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b.Bytes())), nil }}, nil
}

func attendanceOffer(g meeting.Gathering) chat.Offer {
	return chat.Offer{Label: chat.Say("meeting.attendance_show"), Path: []string{"meeting", "attendance"},
		Bound: []chat.Arg{{Name: meeting.OptionMeeting, Value: g.Ref()}}}
}
