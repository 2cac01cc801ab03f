package commands

import (
	"context"
	"time"

	"peerbot/chat"
	"peerbot/community/meeting"
	"peerbot/storage"
)

var (
	digestPath = []string{"meeting", "digest"}
	digestWhen = chat.String("when").Between(1, meeting.MaxDigestWhen)
	digestStop = chat.Boolean("stop")
)

// meetingDigest tells the room, as often as somebody says, what comes next.
func (d Deps) meetingDigest() chat.Command {
	return chat.Command{
		Name: "digest", Needs: organisers, Private: true, Unlisted: true, Audit: true,
		Options: []chat.Param{digestWhen, digestStop},
		Run: func(ctx context.Context, c *chat.Call) (chat.Reply, error) {
			if digestStop.In(c) {
				err := d.Store.Update(ctx, func(tx storage.Tx) error { return d.Meetings.StopDigest(tx, c.Home, c.Room()) })
				return chat.Reply{Body: chat.Say("meetings.digest.stopped")}, err
			}
			if !digestWhen.Given(c) {
				ask := chat.Offer{Path: digestPath, Open: []chat.Arg{{Name: digestWhen.Name}}}
				return chat.Reply{Body: chat.Say("meetings.digest.ask"), Ask: &ask}, nil
			}
			var first time.Time
			err := d.Store.Update(ctx, func(tx storage.Tx) (err error) {
				first, err = d.Meetings.StartDigest(tx, c.Home, c.Room(), digestWhen.In(c), c.Time)
				return err
			})
			if err != nil {
				return chat.Reply{}, err
			}
			return chat.Reply{Body: chat.Say("meetings.digest.started", chat.At("time", first, chat.Moment)),
				Offers: [][]chat.Offer{{stopDigestOffer()}}}, nil
		},
	}
}

// digestOffer begins a digest in the room, or ends it.
func digestOffer(on bool) chat.Offer {
	if on {
		return stopDigestOffer()
	}
	return chat.Offer{Label: chat.Say("meetings.digest.start"), Path: digestPath}
}

func stopDigestOffer() chat.Offer {
	return chat.Offer{Label: chat.Say("meetings.digest.stop"), Path: digestPath, Bound: []chat.Arg{digestStop.Is(true)}}
}
