package commands

import (
	"context"
	"slices"
	"time"

	"peerbot/chat"
	"peerbot/community/meeting"
	"peerbot/spoken"
	"peerbot/storage"
)

var (
	pauseUntil  = chat.String("until").Require()
	restorePath = []string{"meeting", "restore"}
	yearPath    = []string{"meeting", "year"}
)

// How much is shown at once.
const (
	maxHistory    = 10
	maxRestorable = 10
)

// meetingPause lets a series rest until a day.
func (d Deps) meetingPause() chat.Command {
	return chat.Command{
		Name: "pause", Needs: organisers, Private: true, Audit: true, Undo: undoPath,
		Options: []chat.Param{d.meetingName(), pauseUntil},
		Confirm: func(ctx context.Context, c *chat.Call) (chat.Reply, error) {
			g, until, err := d.pauseOf(ctx, c)
			if err != nil {
				return chat.Reply{}, err
			}
			var p meeting.Paused
			err = d.Store.View(ctx, func(r storage.Reader) error {
				p, err = d.Meetings.Rest(r, g, until, c.Time)
				return err
			})
			return chat.Reply{Body: p.Words(g)}, err
		},
		Run: func(ctx context.Context, c *chat.Call) (chat.Reply, error) {
			g, until, err := d.pauseOf(ctx, c)
			if err != nil {
				return chat.Reply{}, err
			}
			var change meeting.Change
			err = d.Store.Update(ctx, func(tx storage.Tx) error {
				change, err = d.Meetings.Pause(tx, g, until, c.ID, c.Time)
				return err
			})
			return chat.Reply{Body: chat.Paragraphs(chat.Say("meeting.paused", chat.Text("title", g.Title)), told(change))}, err
		},
	}
}

// pauseOf is the meeting that is to rest, and the day on which it goes on. The day
// stays what it is, whenever Save is pressed.
func (d Deps) pauseOf(ctx context.Context, c *chat.Call) (g meeting.Gathering, until spoken.Date, err error) {
	if g, err = d.findMeeting(ctx, c); err != nil {
		return g, until, err
	}
	if until, err = spoken.ParseDate(pauseUntil.In(c)); err == nil {
		return g, until, nil
	}
	if until, err = meeting.ReadDay(pauseUntil.In(c), c.Time, g.Zone()); err == nil {
		set(c, pauseUntil.Name, until.String())
	}
	return g, until, err
}

// meetingRestore puts a single date back that was taken out.
func (d Deps) meetingRestore() chat.Command {
	which := chat.String(meeting.OptionMeeting).CompletedBy(d.completeRestorable)
	return chat.Command{
		Name: "restore", Needs: organisers, Private: true, Audit: true, Undo: undoPath,
		Options: []chat.Param{which},
		Run: func(ctx context.Context, c *chat.Call) (chat.Reply, error) {
			if !which.Given(c) {
				return d.listRestorable(ctx, c)
			}
			var g meeting.Gathering
			err := d.Store.View(ctx, func(r storage.Reader) (err error) {
				g, err = d.Meetings.FindOut(r, c.Home, which.In(c), c.Time)
				return err
			})
			if err != nil {
				return chat.Reply{}, err
			}
			var change meeting.Change
			err = d.Store.Update(ctx, func(tx storage.Tx) (err error) {
				change, err = d.Meetings.Restore(tx, g, c.ID, c.Time)
				return err
			})
			if err != nil {
				return chat.Reply{}, err
			}
			onClock(c, g.Zone())
			return chat.Reply{Body: chat.Paragraphs(chat.Say("meeting.restored", chat.Text("title", g.Title), chat.At("date", g.Start, chat.Moment)), told(change))}, nil
		},
	}
}

func (d Deps) completeRestorable(ctx context.Context, c *chat.Call, typed string) ([]chat.Choice, error) {
	all, err := d.restorable(ctx, c)
	return meeting.Choices(meeting.Named(all, typed)), err
}

func (d Deps) restorable(ctx context.Context, c *chat.Call) (all []meeting.Gathering, err error) {
	err = d.Store.View(ctx, func(r storage.Reader) error {
		all, err = d.Meetings.Restorable(r, c.Home, c.Time)
		return err
	})
	return all, err
}

// listRestorable offers the dates that can be put back.
func (d Deps) listRestorable(ctx context.Context, c *chat.Call) (chat.Reply, error) {
	all, err := d.restorable(ctx, c)
	if err != nil || len(all) == 0 {
		return chat.Reply{Body: chat.Say("meeting.nothing_to_restore")}, err
	}
	onClock(c, all[0].Zone())
	var buttons []chat.Offer
	for _, choice := range meeting.Choices(all[:min(len(all), maxRestorable)]) {
		buttons = append(buttons, chat.Offer{Label: choice.Label, Path: restorePath,
			Bound: []chat.Arg{{Name: meeting.OptionMeeting, Value: choice.Value}}})
	}
	return chat.Reply{Body: chat.Say("meeting.which_to_restore"), Offers: rows(buttons, 1)}, nil
}

// meetingRehearse shows a year of a meeting with its clock changes.
func (d Deps) meetingRehearse() chat.Command {
	return chat.Command{
		Name: "rehearse", Needs: organisers, Private: true,
		Options: []chat.Param{d.meetingName()},
		Run: func(ctx context.Context, c *chat.Call) (chat.Reply, error) {
			own := c.Zone
			g, err := d.findMeeting(ctx, c)
			return chat.Reply{Body: yearWords(c, g.Meeting, own)}, err
		},
	}
}

// meetingYear shows a year of a meeting that is only said, before it is saved.
func (d Deps) meetingYear() chat.Command {
	return chat.Command{
		Name: "year", Needs: organisers, Private: true, Unlisted: true,
		Options: meetingFacts,
		Run: func(ctx context.Context, c *chat.Call) (chat.Reply, error) {
			said, zone, err := d.saidNew(ctx, c)
			if err != nil {
				return chat.Reply{}, err
			}
			draft, err := said.Draft(zone, c.Time)
			return chat.Reply{Body: yearWords(c, draft.Meeting, c.Zone)}, err
		},
	}
}

// yearWords are a year of the meeting, also on the clock of a reader who has one.
func yearWords(c *chat.Call, v meeting.Meeting, own *time.Location) chat.Rich {
	onClock(c, v.Zone())
	return chat.Paragraphs(chat.Rich{chat.Strong(v.Title)}, meeting.RuleWords(v.Rule), v.Year(c.Time, own))
}

// yearOffer rehearses what the call says about a new meeting.
func yearOffer(c *chat.Call) chat.Offer {
	return chat.Offer{Label: chat.Say("meeting.rehearse_it"), Path: yearPath, Bound: slices.Clone(c.Args)}
}

// meetingHistory says what changed about a meeting.
func (d Deps) meetingHistory() chat.Command {
	return chat.Command{
		Name: "history", Needs: organisers, Private: true,
		Options: []chat.Param{d.meetingName()},
		Run: func(ctx context.Context, c *chat.Call) (chat.Reply, error) {
			g, err := d.findMeeting(ctx, c)
			if err != nil {
				return chat.Reply{}, err
			}
			var past []meeting.Past
			err = d.Store.View(ctx, func(r storage.Reader) error {
				past, err = d.Meetings.History(r, g.Series, maxHistory)
				return err
			})
			return chat.Reply{Body: historyWords(g, past)}, err
		},
	}
}

func historyWords(g meeting.Gathering, past []meeting.Past) chat.Rich {
	if len(past) == 0 {
		return chat.Say("meeting.no_history", chat.Text("title", g.Title))
	}
	var items []chat.Rich
	for _, p := range past {
		items = append(items, chat.Say("meeting.history_item", chat.At("time", p.At, chat.Moment), chat.With("did", chat.Lines(p.Did...))))
	}
	return chat.Lines(chat.Say("meeting.history", chat.Text("title", g.Title)), chat.Rich{chat.List{Items: items}})
}
