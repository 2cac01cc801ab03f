package commands

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"peerbot/chat"
	"peerbot/community/meeting"
	"peerbot/interop/tsml"
	"peerbot/storage"
)

// meetingExport gives the community's meetings as a list that the apps of the field
// read.
func (d Deps) meetingExport() chat.Command {
	return chat.Command{
		Name: "export", Needs: organisers, Private: true,
		Run: func(ctx context.Context, c *chat.Call) (chat.Reply, error) {
			var all []meeting.Meeting
			err := d.Store.View(ctx, func(r storage.Reader) (err error) {
				all, err = d.Meetings.Of(r, c.Home)
				return err
			})
			if err != nil {
				return chat.Reply{}, err
			}
			slices.SortFunc(all, func(a, b meeting.Meeting) int { return cmp.Or(cmp.Compare(a.Title, b.Title), cmp.Compare(a.ID, b.ID)) })
			var b strings.Builder
			left, err := tsml.Write(&b, all)
			if err != nil {
				return chat.Reply{}, err
			}
			return exportCard(b.String(), len(all)-left[tsml.Unlike]-left[tsml.Hidden], left), nil
		},
	}
}

func exportCard(list string, n int, left map[tsml.Left]int) chat.Reply {
	lines := []chat.Rich{chat.Say("meeting.export.here", chat.Count("meetings", n))}
	if n := left[tsml.Hidden]; n > 0 {
		lines = append(lines, chat.Say("meeting.export.hidden", chat.Count("meetings", n)))
	}
	if n := left[tsml.Unlike]; n > 0 {
		lines = append(lines, chat.Say("meeting.export.unlike", chat.Count("meetings", n)))
	}
	reply := chat.Reply{Body: chat.Paragraphs(chat.Lines(lines...), chat.Say("meeting.export.public"))}
	if n > 0 {
		reply.Files = []chat.File{textFile("meetings.json", "application/json", list)}
	}
	return reply
}
