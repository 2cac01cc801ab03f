package commands

import (
	"context"
	"errors"
	"time"

	"peerbot/chat"
	"peerbot/community/meeting"
	"peerbot/storage"
)

var mirrorDo = chat.String(meeting.OptionDo).Or(meeting.DoShowCard).OneOf(
	chat.Choice{Value: meeting.DoShowCard, Label: chat.Say("mirror.show")},
	chat.Choice{Value: meeting.DoNeutral, Label: chat.Say("mirror.neutral")},
	chat.Choice{Value: meeting.DoTitles, Label: chat.Say("mirror.titles")},
	chat.Choice{Value: meeting.DoNotShow, Label: chat.Say("mirror.stop")})

// meetingMirror shows a moderator whether the community's meetings stand in the list of
// events of the space, and changes that.
func (d Deps) meetingMirror() chat.Command {
	return chat.Command{
		Name: "mirror", Needs: sharers, Private: true, Audit: true, Unlisted: len(d.Events) == 0,
		Options: []chat.Param{mirrorDo},
		Run: func(ctx context.Context, c *chat.Call) (chat.Reply, error) {
			if !d.mirrors(c) {
				return chat.Reply{}, chat.Refuse(chat.Missing, "mirror.elsewhere")
			}
			var v meeting.Mirror
			var found bool
			read := func(r storage.Reader) (err error) {
				v, found, err = d.Meetings.MirrorOf(r, c.Room())
				return err
			}
			var err error
			if mirrorDo.In(c) == meeting.DoShowCard {
				err = d.Store.View(ctx, read)
			} else {
				err = d.Store.Update(ctx, func(tx storage.Tx) error { return errors.Join(d.setMirror(tx, c), read(tx)) })
			}
			return mirrorCard(v, found, c), err
		},
	}
}

// setMirror begins a mirror in the space of the call, or ends it.
func (d Deps) setMirror(tx storage.Tx, c *chat.Call) error {
	if do := mirrorDo.In(c); do != meeting.DoNotShow {
		return d.Meetings.StartMirror(tx, c.Home, c.Room(), do == meeting.DoTitles, c.Time)
	}
	return d.Meetings.StopMirror(tx, c.Room(), c.Time)
}

// mirrors reports whether the place of the call has a list of events.
func (d Deps) mirrors(c *chat.Call) bool {
	return d.Events[c.Room().Platform] != nil && !c.Room().Direct()
}

// mirrorCard is what a moderator sees of a mirror.
func mirrorCard(v meeting.Mirror, found bool, c *chat.Call) chat.Reply {
	r := chat.Reply{Replace: mirrorDo.In(c) != meeting.DoShowCard}
	begin := []chat.Offer{mirrorOffer(meeting.DoNeutral), mirrorOffer(meeting.DoTitles)}
	stop := []chat.Offer{mirrorOffer(meeting.DoNotShow)}
	switch {
	case !found:
		r.Body, r.Offers = chat.Say("mirror.none"), [][]chat.Offer{begin}
	case v.Ending:
		r.Body, r.Offers = chat.Say("mirror.ending"), [][]chat.Offer{begin}
	case len(v.Trouble) > 0:
		r.Body, r.Offers = v.Trouble, [][]chat.Offer{begin, stop}
	case v.Titles:
		r.Body = chat.Paragraphs(chat.Say("mirror.on_titles"), mirrorState(v))
		r.Offers = [][]chat.Offer{{mirrorOffer(meeting.DoNeutral)}, stop}
	default:
		r.Body = chat.Paragraphs(chat.Say("mirror.on_neutral"), mirrorState(v))
		r.Offers = [][]chat.Offer{{mirrorOffer(meeting.DoTitles)}, stop}
	}
	return r
}

// mirrorState says how far the events are.
func mirrorState(v meeting.Mirror) chat.Rich {
	switch {
	case v.Tries > 0:
		return chat.Say("mirror.waits", chat.At("time", v.Next, chat.Clock))
	case v.Begun:
		return chat.Say("mirror.soon")
	}
	return chat.Say("mirror.stands", chat.Count("events", len(v.Keys)))
}

func mirrorOffer(do string) chat.Offer { return doOffer(meeting.MirrorPath, mirrorDo, do) }

// mirrorOffers lead a moderator to the list of events, where there is one.
func (d Deps) mirrorOffers(c *chat.Call) []chat.Offer {
	if c.Home == "" || !c.Role.Any(sharers) || !d.mirrors(c) {
		return nil
	}
	return []chat.Offer{mirrorOffer(meeting.DoShowCard)}
}

// Mirror brings the lists of events that are due up to date, one after the other. What
// cannot be done now is done later.
func Mirror(ctx context.Context, d Deps, now func() time.Time) error {
	var due []meeting.Mirror
	err := d.Store.View(ctx, func(r storage.Reader) (err error) {
		due, err = d.Meetings.DueMirrors(r, now())
		return err
	})
	put := func(lang string, words chat.Rich) string { return d.Put(lang, nil, words).String() }
	for _, v := range due {
		on := d.Events[v.Space.Platform]
		if on == nil || ctx.Err() != nil {
			continue
		}
		if err := d.Meetings.Reflect(ctx, d.Store, v, on, put, now()); err != nil && ctx.Err() == nil {
			d.Log.Warn("a list of events could not be brought up to date", "err", err)
		}
	}
	return err
}
