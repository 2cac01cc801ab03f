package commands

import (
	"context"

	"peerbot/chat"
	"peerbot/community/meeting"
	"peerbot/spoken"
	"peerbot/storage"
)

var (
	doorsPath   = []string{"meeting", "doors"}
	doorsBefore = chat.Duration("before").Require()
)

// meetingDoors says how long before a meeting its way in is told.
func (d Deps) meetingDoors() chat.Command {
	return chat.Command{
		Name: "doors", Needs: organisers, Private: true, Audit: true, Unlisted: true, Undo: undoPath,
		Options: []chat.Param{d.meetingName(), doorsBefore},
		Run: func(ctx context.Context, c *chat.Call) (chat.Reply, error) {
			g, err := d.findMeeting(ctx, c)
			if err != nil {
				return chat.Reply{}, err
			}
			which := meeting.Whole
			if g.Rule.Unit == spoken.Once {
				which = meeting.This
			}
			before := doorsBefore.In(c)
			err = d.Store.Update(ctx, func(tx storage.Tx) error {
				_, err := d.Meetings.Edit(tx, g, which, meeting.Said{Opens: before}, c.ID, c.Time)
				return err
			})
			return chat.Reply{Body: chat.Say("meeting.doors_set", chat.Text("title", g.Title), chat.With("lead", meeting.Lead(before)))}, err
		},
	}
}

func doorsOffer(g meeting.Gathering) chat.Offer {
	return chat.Offer{Label: chat.Say("opt.doors.label"), Path: doorsPath,
		Bound: []chat.Arg{{Name: meeting.OptionMeeting, Value: g.Ref()}}, Open: []chat.Arg{{Name: doorsBefore.Name}}}
}
