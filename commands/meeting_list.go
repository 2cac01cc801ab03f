package commands

import (
	"context"

	"peerbot/chat"
	"peerbot/storage"
)

var (
	listPath = []string{"meeting", "list"}
	listDo   = chat.String("do").Or("keep").OneOf(
		chat.Choice{Value: "keep", Label: chat.Say("meetings.list.keep")},
		chat.Choice{Value: "stop", Label: chat.Say("meetings.list.stop")})
)

// meetingList puts the list of the coming meetings up in the room, in one message
// that is kept current and that a moderator can pin, or stops keeping it.
func (d Deps) meetingList() chat.Command {
	return chat.Command{
		Name: "list", Needs: organisers, Private: true, Unlisted: true, Audit: true,
		Options: []chat.Param{listDo},
		Run: func(ctx context.Context, c *chat.Call) (chat.Reply, error) {
			said := chat.Say("meetings.list.did_keep")
			act := func(tx storage.Tx) error { return d.Meetings.Stand(tx, c.Home, c.Room(), c.Time) }
			if listDo.In(c) == "stop" {
				said = chat.Say("meetings.list.did_stop")
				act = func(tx storage.Tx) error { return d.Meetings.Unstand(tx, c.Home, c.Room()) }
			}
			return chat.Reply{Body: said}, d.Store.Update(ctx, act)
		},
	}
}

// listOffer lets an organiser put the list up in the room that they are in, or take
// it from there, and the same with the digest.
func (d Deps) listOffer(ctx context.Context, c *chat.Call) ([]chat.Offer, error) {
	if c.Room().Direct() || !c.Role.Any(organisers) {
		return nil, nil
	}
	do, digest := listDo.Choices[0], false
	err := d.Store.View(ctx, func(r storage.Reader) error {
		stands, err := d.Meetings.Standing(r, c.Home, c.Room())
		if stands {
			do = listDo.Choices[1]
		}
		if err == nil {
			_, digest, err = d.Meetings.DigestOf(r, c.Home, c.Room())
		}
		return err
	})
	return []chat.Offer{{Label: do.Label, Path: listPath, Bound: []chat.Arg{listDo.Is(do.Value)}}, digestOffer(digest)}, err
}
