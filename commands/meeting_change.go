package commands

import (
	"context"

	"peerbot/chat"
	"peerbot/community/meeting"
	"peerbot/spoken"
	"peerbot/storage"
)

// Which meeting, and how much of its series, a change is about.
var (
	undoPath   = []string{"meeting", "undo"}
	undoChange = chat.String("change").Require()

	meetingWhich = chat.String("which").OneOf(
		chat.Choice{Value: string(meeting.This), Label: chat.Say("meeting.which.this")},
		chat.Choice{Value: string(meeting.FromHere), Label: chat.Say("meeting.which.from_here")},
		chat.Choice{Value: string(meeting.Whole), Label: chat.Say("meeting.which.series")})
	moveWhen = chat.String("when").Require()
)

// meetingName is the option that says which meeting is meant.
func (d Deps) meetingName() *chat.Option[string] {
	return chat.String(meeting.OptionMeeting).Require().CompletedBy(d.completeMeeting)
}

func (d Deps) completeMeeting(ctx context.Context, c *chat.Call, typed string) (out []chat.Choice, err error) {
	err = d.Store.View(ctx, func(r storage.Reader) error {
		out, err = d.Meetings.Suggest(r, c.Home, typed, c.Time)
		return err
	})
	return out, err
}

// findMeeting is the gathering that the call means. What was typed gives way to its
// Ref, so that it stays this date whatever is asked next. Where the caller has no
// clock, the answer reads on the meeting's.
func (d Deps) findMeeting(ctx context.Context, c *chat.Call) (g meeting.Gathering, err error) {
	typed, _ := c.Arg(meeting.OptionMeeting)
	err = d.Store.View(ctx, func(r storage.Reader) error {
		g, err = d.Meetings.Find(r, c.Home, typed.Value, c.Time)
		return err
	})
	if err == nil {
		set(c, meeting.OptionMeeting, g.Ref())
		onClock(c, g.Zone())
	}
	return g, err
}

// meetingEdit changes anything about a meeting.
func (d Deps) meetingEdit() chat.Command {
	return chat.Command{
		Name: "edit", Needs: organisers, Private: true, Audit: true, Undo: undoPath,
		Options: []chat.Param{
			d.meetingName(), meetingWhich, meetingTitle, meetingWhen, meetingLength, meetingKind,
			meetingLink, meetingNumber, meetingPasscode, meetingPhone, meetingAddress, meetingVoice, meetingRoom,
			meetingRemind, meetingNotes, meetingShort,
			meetingProgramme, meetingOpen, meetingLanguage, meetingAudience, meetingAccess, meetingBeginners,
			meetingExpect, meetingMinors, meetingCapacity,
		},
		Confirm: func(ctx context.Context, c *chat.Call) (chat.Reply, error) {
			g, err := d.findMeeting(ctx, c)
			if err != nil {
				return chat.Reply{}, err
			}
			if len(c.Args) == 1 || len(c.Args) == 2 && meetingWhich.Given(c) {
				ask := chat.Say("meeting.what_to_edit", chat.Text("title", g.Title), chat.With("rule", meeting.RuleWords(g.Rule)))
				return chat.Reply{}, &chat.Refusal{Why: chat.Missing, Say: ask, Offers: waysToEdit(c, g)}
			}
			return d.previewEdit(ctx, c, "edit", g)
		},
		Run: d.editMeeting,
	}
}

// meetingMove puts a meeting at another time.
func (d Deps) meetingMove() chat.Command {
	return chat.Command{
		Name: "move", Needs: organisers, Private: true, Audit: true, Undo: undoPath,
		Options: []chat.Param{d.meetingName(), moveWhen, meetingWhich},
		Confirm: func(ctx context.Context, c *chat.Call) (chat.Reply, error) {
			g, err := d.findMeeting(ctx, c)
			if err != nil {
				return chat.Reply{}, err
			}
			return d.previewEdit(ctx, c, "move", g)
		},
		Run: d.editMeeting,
	}
}

// previewEdit shows the meeting as it would be, and for which dates. Of a series it
// asks first how much of it is meant.
func (d Deps) previewEdit(ctx context.Context, c *chat.Call, action string, g meeting.Gathering) (chat.Reply, error) {
	if ask := whichFirst(c, action, g); ask != nil {
		return *ask, nil
	}
	said, err := d.said(ctx, c)
	if err != nil {
		return chat.Reply{}, err
	}
	var v meeting.Meeting
	var rooms meeting.Rooms
	err = d.Store.View(ctx, func(r storage.Reader) (err error) {
		if v, err = d.Meetings.Sketch(r, g, which(c, g), said, c.ID, c.Time); err == nil {
			rooms, err = d.Meetings.Rooms(r, v)
		}
		return err
	})
	if err != nil {
		return chat.Reply{}, err
	}
	return chat.Reply{Body: chat.Paragraphs(scope(c, g), moved(g, v), v.Card(meeting.Rooms{Voice: said.Voice, Room: said.Room}.Or(rooms), c.Time), chat.Lines(linkDoubts(v)...))}, nil
}

func (d Deps) editMeeting(ctx context.Context, c *chat.Call) (chat.Reply, error) {
	g, err := d.findMeeting(ctx, c)
	if err != nil {
		return chat.Reply{}, err
	}
	said, err := d.said(ctx, c)
	if err != nil {
		return chat.Reply{}, err
	}
	var change meeting.Change
	var v meeting.Meeting
	err = d.Store.Update(ctx, func(tx storage.Tx) (err error) {
		if v, err = d.Meetings.Sketch(tx, g, which(c, g), said, c.ID, c.Time); err == nil {
			change, err = d.Meetings.Edit(tx, g, which(c, g), said, c.ID, c.Time)
		}
		return err
	})
	if err != nil {
		return chat.Reply{}, err
	}
	return chat.Reply{Body: chat.Paragraphs(chat.Say("meeting.edited", chat.Text("title", g.Title)), scope(c, g), moved(g, v), told(change))}, nil
}

// moved says from when to when the very date goes that a change is about.
func moved(g meeting.Gathering, v meeting.Meeting) chat.Rich {
	is := g.Start
	if v.Rule.Unit == spoken.Once {
		is = spoken.Resolve(v.Rule.First, v.Rule.At, v.Zone())
	}
	for _, m := range v.Rule.Moved {
		if m.Date == g.Date {
			is = spoken.Resolve(m.To, m.At, v.Zone())
		}
	}
	if is.Equal(g.Start) {
		return nil
	}
	return chat.Say("meeting.goes", chat.At("was", g.Start, chat.Moment), chat.At("is", is, chat.Moment))
}

// meetingCancel takes a meeting out of the calendar.
func (d Deps) meetingCancel() chat.Command {
	return chat.Command{
		Name: "cancel", Needs: organisers, Private: true, Audit: true, Undo: undoPath,
		Options: []chat.Param{d.meetingName(), meetingWhich},
		Confirm: d.previewCancel, Save: chat.Say("meeting.cancel_yes"),
		Run: func(ctx context.Context, c *chat.Call) (chat.Reply, error) {
			g, err := d.findMeeting(ctx, c)
			if err != nil {
				return chat.Reply{}, err
			}
			var change meeting.Change
			err = d.Store.Update(ctx, func(tx storage.Tx) (err error) {
				change, err = d.Meetings.Cancel(tx, g, which(c, g), c.ID, c.Time)
				return err
			})
			if err != nil {
				return chat.Reply{}, err
			}
			return chat.Reply{Body: chat.Paragraphs(chat.Say("meeting.is_cancelled", chat.Text("title", g.Title)), scope(c, g), told(change))}, nil
		},
	}
}

func (d Deps) previewCancel(ctx context.Context, c *chat.Call) (chat.Reply, error) {
	g, err := d.findMeeting(ctx, c)
	if err != nil {
		return chat.Reply{}, err
	}
	if ask := whichFirst(c, "cancel", g); ask != nil {
		return *ask, nil
	}
	n := 0
	err = d.Store.View(ctx, func(r storage.Reader) error {
		n, err = d.Meetings.Followers(r, g.Series)
		return err
	})
	followers := chat.Say("meeting.followers", chat.Count("people", n))
	if n == 0 {
		followers = chat.Say("meeting.no_followers")
	}
	return chat.Reply{Body: chat.Paragraphs(chat.Say("meeting.cancel_it", chat.Text("title", g.Title)), scope(c, g), followers)}, err
}

// meetingUndo stands behind the button that the Router puts under every change.
func (d Deps) meetingUndo() chat.Command {
	return chat.Command{
		Name: "undo", Needs: organisers, Private: true, Audit: true, Unlisted: true,
		Options: []chat.Param{undoChange},
		Run: func(ctx context.Context, c *chat.Call) (chat.Reply, error) {
			var change meeting.Change
			err := d.Store.Update(ctx, func(tx storage.Tx) (err error) {
				change, err = d.Meetings.Undo(tx, c.Home, undoChange.In(c), c.ID, c.Time)
				return err
			})
			return chat.Reply{Body: chat.Paragraphs(chat.Say("meeting.undone"), told(change)), Replace: true}, err
		},
	}
}

// whichFirst asks how much of a series is meant, when nobody said.
func whichFirst(c *chat.Call, action string, g meeting.Gathering) *chat.Reply {
	if g.Rule.Unit == spoken.Once || meetingWhich.Given(c) {
		return nil
	}
	ask := chat.Offer{Path: []string{"meeting", action}, Bound: c.Args, Open: []chat.Arg{{Name: meetingWhich.Name}}}
	return &chat.Reply{Body: chat.Say("meeting.which_first", chat.Text("title", g.Title), chat.At("date", g.Start, chat.Moment)), Ask: &ask}
}

// which is how much of the series the call means; of a single meeting, all of it.
func which(c *chat.Call, g meeting.Gathering) meeting.Which {
	if g.Rule.Unit == spoken.Once {
		return meeting.This
	}
	return meeting.Which(meetingWhich.In(c))
}

// scope always says how much of a series is meant; of a single meeting, its date.
func scope(c *chat.Call, g meeting.Gathering) chat.Rich {
	if g.Rule.Unit == spoken.Once {
		return chat.Say("meeting.scope.once", chat.At("date", g.Start, chat.Moment))
	}
	return chat.Say("meeting.scope."+string(which(c, g)), chat.At("date", g.Start, chat.Moment))
}

// told says that those who count on what has changed hear of it.
func told(c meeting.Change) chat.Rich {
	if len(c.News) == 0 {
		return nil
	}
	return chat.Say("meeting.told")
}

// waysToEdit are buttons for what people change, each with what is there now: one for
// each thing that most meetings have, and one for each group of facts. What is picked
// stands last, in a row of its own, for platforms that show a menu there.
func waysToEdit(c *chat.Call, g meeting.Gathering) [][]chat.Offer {
	change := func(label chat.Rich, open ...chat.Arg) chat.Offer {
		return chat.Offer{Label: label, Path: []string{"meeting", "edit"}, Bound: c.Args, Open: open}
	}
	one := func(open chat.Arg) chat.Offer { return change(chat.Say("opt."+open.Name+".label"), open) }
	var buttons []chat.Offer
	for _, open := range []chat.Arg{
		meetingTitle.Is(g.Title), {Name: meetingWhen.Name}, {Name: meetingLength.Name},
		meetingLink.Is(g.Place.Link), meetingNumber.Is(g.Place.Number), meetingPasscode.Is(g.Place.Passcode),
		meetingPhone.Is(g.Place.Phone), meetingAddress.Is(g.Place.Address),
		{Name: meetingRemind.Name}, meetingNotes.Is(g.Notes), meetingShort.Is(g.ShortName),
	} {
		buttons = append(buttons, one(open))
	}
	whom, expect := factsNow(g.Facts)
	buttons = append(buttons, change(chat.Say("meeting.edit_whom"), whom...), change(chat.Say("meeting.edit_expect"), expect...), doorsOffer(g))
	return append(rows(append(buttons, workshopOffers(g)...), 5), []chat.Offer{one(meetingKind.Is(string(g.Kind)))})
}
