package commands

import (
	"context"
	"errors"
	"strconv"
	"time"

	"peerbot/chat"
	"peerbot/community/meeting"
	"peerbot/interop"
	"peerbot/interop/fetch"
	"peerbot/interop/tsml"
	"peerbot/storage"
)

var (
	refreshPath      = []string{"meeting", "refresh"}
	refreshAddress   = chat.String("address").Between(1, 500)
	refreshZone      = chat.Zone("zone")
	refreshProgramme = chat.String("programme").Between(1, 80).CompletedBy(completeProgramme)
	refreshStop      = chat.String("stop").Between(1, 60)
)

// meetingRefresh shows a moderator the lists on the web that the community's meetings
// are read from, with what was wrong with each; it adds one, or stops one.
func (d Deps) meetingRefresh() chat.Command {
	return chat.Command{
		Name: "refresh", Needs: sharers, Private: true, Audit: true,
		Options: []chat.Param{refreshAddress, refreshZone, refreshProgramme, refreshStop},
		Run: func(ctx context.Context, c *chat.Call) (chat.Reply, error) {
			if !d.Outside.Feeds {
				return chat.Reply{}, chat.Refuse(chat.Missing, "feed.off")
			}
			if c.Home == "" {
				return chat.Reply{}, chat.Refuse(chat.Missing, "space.no_home")
			}
			switch {
			case refreshStop.Given(c):
				err := d.Store.Update(ctx, func(tx storage.Tx) error { return d.Meetings.Unwatch(tx, c.Home, refreshStop.In(c)) })
				return chat.Reply{Body: chat.Say("feed.stopped"), Replace: true}, err
			case refreshAddress.Given(c):
				return chat.Reply{Body: chat.Say("feed.watched")}, d.watch(ctx, c)
			}
			return d.listSources(ctx, c)
		},
	}
}

func (d Deps) watch(ctx context.Context, c *chat.Call) error {
	s := meeting.Source{Home: c.Home, Address: refreshAddress.In(c), Zone: refreshZone.In(c).Name}
	if err := fetch.Check(s.Address); err != nil {
		return err
	}
	known, err := programmeIn(c, refreshProgramme)
	if err != nil {
		return err
	}
	s.Programme = known.ID
	return d.Store.Update(ctx, func(tx storage.Tx) error { return d.Meetings.Watch(tx, s, c.Time) })
}

func (d Deps) listSources(ctx context.Context, c *chat.Call) (chat.Reply, error) {
	var all []meeting.Source
	err := d.Store.View(ctx, func(r storage.Reader) (err error) {
		all, err = d.Meetings.Sources(r, c.Home)
		return err
	})
	add := chat.Offer{Label: chat.Say("feed.add"), Path: refreshPath, Open: []chat.Arg{{Name: refreshAddress.Name}}}
	if err != nil || len(all) == 0 {
		return chat.Reply{Body: chat.Say("feed.none"), Offers: [][]chat.Offer{{add}}}, err
	}
	var items []chat.Rich
	var offers [][]chat.Offer
	for _, s := range all {
		items = append(items, sourceWords(s))
		stop := chat.Offer{Label: chat.Say("feed.stop", chat.Text("address", s.Address)), Path: refreshPath,
			Bound: []chat.Arg{refreshStop.Is(d.Meetings.SourceID(s))}}
		offers = append(offers, []chat.Offer{stop})
	}
	body := chat.Lines(chat.Say("feed.list"), chat.Rich{chat.List{Items: items}})
	return chat.Reply{Body: body, Offers: append(offers, []chat.Offer{add})}, nil
}

// sourceWords say how a list was read last.
func sourceWords(s meeting.Source) chat.Rich {
	lines := []chat.Rich{{chat.Code(s.Address)}}
	switch {
	case len(s.Trouble) > 0:
		lines = append(lines, chat.Say("feed.trouble", chat.With("why", s.Trouble), chat.At("time", s.Next, chat.Moment)))
	case s.Read.IsZero():
		lines = append(lines, chat.Say("feed.soon"))
	default:
		lines = append(lines, chat.Say("feed.read", chat.At("time", s.Read, chat.Moment),
			chat.Text("new", strconv.Itoa(s.New)), chat.Text("changed", strconv.Itoa(s.Changed)), chat.Text("gone", strconv.Itoa(s.Gone)), chat.Text("refused", strconv.Itoa(s.Refused))))
		if s.Doubted() {
			lines = append(lines, chat.Say("feed.doubted"))
		}
	}
	return chat.Lines(lines...)
}

// Refresh reads the lists on the web that are due, one after the other. What cannot be
// read changes nothing, and its moderators see why. A meeting that is gone from a list
// three times in a row is cancelled.
func Refresh(ctx context.Context, d Deps, read func(ctx context.Context, address string) ([]byte, error), now func() time.Time) error {
	var due []meeting.Source
	err := d.Store.View(ctx, func(r storage.Reader) (err error) {
		due, err = d.Meetings.DueSources(r, now())
		return err
	})
	for _, s := range due {
		if err == nil {
			err = d.refreshOne(ctx, s, read, now())
		}
	}
	return err
}

func (d Deps) refreshOne(ctx context.Context, s meeting.Source, read func(context.Context, string) ([]byte, error), now time.Time) error {
	p, err := d.compareSource(ctx, s, read, now)
	if err == nil {
		err = d.Meetings.Import(ctx, d.Store, s.Taken(p), true, now, func(int) {})
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var trouble chat.Rich
	var refusal *chat.Refusal
	switch {
	case errors.As(err, &refusal):
		trouble = refusal.Say
	case err != nil:
		d.Log.Warn("a list on the web could not be taken in", "err", err)
		trouble = chat.Say("feed.unreachable")
	}
	return d.Store.Update(ctx, func(tx storage.Tx) error { return d.Meetings.NoteRead(tx, s, p, trouble, now) })
}

// compareSource works out what the list would do.
func (d Deps) compareSource(ctx context.Context, s meeting.Source, read func(context.Context, string) ([]byte, error), now time.Time) (p meeting.Preview, err error) {
	data, err := read(ctx, s.Address)
	if err != nil {
		return p, err
	}
	o := tsml.Options{Zone: s.Zone, Programme: s.Programme, Today: now}
	if err := d.Store.View(ctx, func(r storage.Reader) error {
		home, err := d.Spaces.Get(r, s.Home)
		o.Zone = first(o.Zone, home.Zone)
		return err
	}); err != nil {
		return p, err
	}
	rows, _, err := interop.Read(data, o)
	if err != nil {
		return p, err
	}
	err = d.Store.View(ctx, func(r storage.Reader) error {
		p, err = d.Meetings.Compare(r, s.Home, d.Meetings.SourceID(s), rows)
		return err
	})
	return p, err
}
