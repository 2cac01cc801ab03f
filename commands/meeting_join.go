package commands

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"peerbot/chat"
	"peerbot/community/meeting"
	"peerbot/spoken"
	"peerbot/storage"
)

// How a follower wants to be reminded.
var (
	followLead  = chat.String("lead").Between(1, 60)
	followQuiet = chat.String("quiet").OneOf(
		chat.Choice{Value: string(meeting.Silently), Label: chat.Say("meeting.clash.silently")},
		chat.Choice{Value: string(meeting.Before), Label: chat.Say("meeting.clash.before")},
		chat.Choice{Value: string(meeting.Skip), Label: chat.Say("meeting.clash.skip")})
	unfollowPath = []string{"meeting", "unfollow"}
)

// meetingJoin tells the way in, from a while before the start until the end, to
// whoever is in the room, or in private belongs to the community.
func (d Deps) meetingJoin() chat.Command {
	return chat.Command{
		Name: "join", Private: true, Unlisted: true, Needs: chat.Member | organisers,
		Options: []chat.Param{d.meetingName()},
		Run: func(ctx context.Context, c *chat.Call) (chat.Reply, error) {
			g, err := d.findMeeting(ctx, c)
			if err != nil {
				return chat.Reply{}, err
			}
			follows := false
			var rooms meeting.Rooms
			err = d.Store.View(ctx, func(r storage.Reader) (err error) {
				if _, follows, err = d.Meetings.Following(r, g.Series, c.Member); err == nil {
					rooms, err = d.Meetings.Rooms(r, g.Meeting)
				}
				return err
			})
			if err != nil {
				return chat.Reply{}, err
			}
			return d.aboutWorkshop(ctx, g, joinCard(c, g, follows, rooms.Voice))
		},
	}
}

// joinCard is the way in while the doors are open; else when they are.
func joinCard(c *chat.Call, g meeting.Gathering, follows bool, voice chat.Address) chat.Reply {
	title := chat.Rich{chat.Strong(g.Title)}
	offer := remindOffer(g)
	if follows {
		offer = unfollowOffer(g)
	}
	offers := [][]chat.Offer{{offer, calendarOffer(g)}, {meeting.HelpNow()}}
	at := chat.At("time", g.Start, chat.Moment)
	switch g.Doors(c.Time) {
	case meeting.Early:
		offers = append([][]chat.Offer{g.Answers()}, offers...)
		return chat.Reply{Body: chat.Paragraphs(title, chat.Lines(g.Place.Held().Words(), g.Facts.Words()), chat.Say("meeting.early", at, chat.Count("minutes", int(g.OpenBefore()/time.Minute)))), Offers: offers}
	case meeting.Over:
		offers = append([][]chat.Offer{{g.Thank()}}, offers...)
		return chat.Reply{Body: chat.Paragraphs(title, chat.Say("meeting.over", at)), Offers: offers}
	}
	way := g.Place.WayIn(voice)
	if len(way) == 0 {
		way = chat.Say("meeting.no_way_in")
	}
	return chat.Reply{Body: chat.Paragraphs(title, startWords(c, g), way, g.NotesWords()), Offers: offers}
}

// startWords say when it starts, or when it has.
func startWords(c *chat.Call, g meeting.Gathering) chat.Rich {
	id := "meeting.at"
	if !g.Start.After(c.Time) {
		id = "meeting.began"
	}
	return chat.Say(id, chat.At("time", g.Start, chat.Moment))
}

func unfollowOffer(g meeting.Gathering) chat.Offer {
	return chat.Offer{Label: chat.Say("meeting.stop"), Path: unfollowPath,
		Bound: []chat.Arg{{Name: meeting.OptionMeeting, Value: g.Series}}}
}

// meetingFollow reminds the caller of a series from now on, or changes how.
func (d Deps) meetingFollow() chat.Command {
	return chat.Command{
		Name: "follow", Private: true, Unlisted: true,
		Options: []chat.Param{d.meetingName(), followLead, followQuiet},
		Run: func(ctx context.Context, c *chat.Call) (chat.Reply, error) {
			g, err := d.findMeeting(ctx, c)
			if err != nil {
				return chat.Reply{}, err
			}
			leads := leadsFor(c, g)
			if followLead.Given(c) {
				if leads, err = meeting.ReadOwnLeads(followLead.In(c)); err != nil {
					return chat.Reply{}, err
				}
			}
			return d.follow(ctx, c, g, leads)
		},
	}
}

// meetingUnfollow ends the caller's reminders of a series.
func (d Deps) meetingUnfollow() chat.Command {
	return chat.Command{
		Name: "unfollow", Private: true, Unlisted: true,
		Options: []chat.Param{d.meetingName()},
		Run: func(ctx context.Context, c *chat.Call) (chat.Reply, error) {
			series, _ := c.Arg(meeting.OptionMeeting)
			err := d.Store.Update(ctx, func(tx storage.Tx) error {
				return d.Meetings.Unfollow(tx, series.Value, c.Member, c.Time)
			})
			return chat.Reply{Body: chat.Say("meeting.unfollowed"), Replace: true}, err
		},
	}
}

// meetingAgain reminds the caller of a gathering once more in a while.
func (d Deps) meetingAgain() chat.Command {
	return chat.Command{
		Name: "again", Private: true, Unlisted: true,
		Options: []chat.Param{d.meetingName()},
		Run: func(ctx context.Context, c *chat.Call) (chat.Reply, error) {
			g, err := d.findMeeting(ctx, c)
			if err != nil {
				return chat.Reply{}, err
			}
			var at time.Time
			_, err = d.promise(ctx, c, func(tx storage.Tx) (err error) {
				at, err = d.Meetings.Snooze(tx, g, c.Member, c.Time)
				return err
			})
			return chat.Reply{Body: chat.Say("meeting.again_at", chat.At("time", at, chat.Clock))}, err
		},
	}
}

// follow asks first what to do in the caller's quiet hours, if that has to be asked.
func (d Deps) follow(ctx context.Context, c *chat.Call, g meeting.Gathering, leads []time.Duration) (chat.Reply, error) {
	wanted := leads
	leads = slices.DeleteFunc(slices.Clone(leads), func(lead time.Duration) bool { return late(c, g, lead) })
	if len(leads) == 0 {
		return tooLate(c, g, wanted), nil
	}
	f := meeting.Follow{Series: g.Series, Home: c.Home, Member: c.Member, Leads: leads, Clash: meeting.Clash(followQuiet.In(c))}
	clash := false
	err := d.Store.View(ctx, func(r storage.Reader) (err error) {
		clash, err = d.Meetings.Clashes(r, &f, c.Time)
		return err
	})
	if err != nil {
		return chat.Reply{}, err
	}
	if clash {
		return askClash(g, leads), nil
	}
	var next meeting.Gathering
	p, err := d.promise(ctx, c, func(tx storage.Tx) (err error) {
		next, err = d.Meetings.Follow(tx, f, c.Time)
		return err
	})
	if err != nil {
		return chat.Reply{}, inPrivate(err, leadOffer(g, remindOffer(g).Label, leads))
	}
	return p.shown(d.subscribable(followCard(c, g, next, f))), nil
}

// inPrivate puts under the refusal of someone whom the bot cannot write to the button
// that they pressed: in the private chat it works.
func inPrivate(err error, o chat.Offer) error {
	var refusal *chat.Refusal
	if !errors.As(err, &refusal) || refusal.Why != chat.Missing || len(refusal.Offers) > 0 {
		return err
	}
	again := *refusal
	again.Offers = [][]chat.Offer{{o}}
	return &again
}

// askClash asks what becomes of a reminder that falls into quiet hours.
func askClash(g meeting.Gathering, leads []time.Duration) chat.Reply {
	var row []chat.Offer
	for _, choice := range followQuiet.Choices {
		o := leadOffer(g, choice.Label, leads)
		o.Bound = append(o.Bound, followQuiet.Is(choice.Value))
		row = append(row, o)
	}
	return chat.Reply{Body: chat.Say("meeting.ask_clash", chat.Text("title", g.Title)), Offers: rows(row, 1), Replace: true}
}

// followCard says when the first reminder comes, and how to change that.
func followCard(c *chat.Call, g, next meeting.Gathering, f meeting.Follow) chat.Reply {
	body := chat.Say("meeting.following", chat.Text("title", g.Title), chat.With("lead", meeting.Leads(f.Leads)))
	if f.Clash != meeting.Unasked {
		body = chat.Lines(body, chat.Say("meeting.clash_is."+string(f.Clash)))
	}
	switch {
	case !next.Start.IsZero():
		body = chat.Lines(body, chat.Say("meeting.following_next", chat.At("time", next.Start, chat.Moment)))
	case f.Clash == meeting.Skip: // The quiet hours swallow them all.
		body = chat.Say("meeting.following_none", chat.Text("title", g.Title), chat.With("lead", meeting.Leads(f.Leads)))
	}
	if g.Start.After(c.Time) && g.Start.Before(next.Start) {
		body = chat.Lines(body, chat.Say("meeting.following_soon", chat.At("time", g.Start, chat.Moment)))
	}
	return chat.Reply{Body: body, Offers: [][]chat.Offer{joinOffers(c, g), g.Answers(), moreOffers(c, g, f.Leads), {calendarOffer(g), unfollowOffer(g)}}, Replace: true}
}

// leadsFor is when somebody is reminded who did not say: of a single meeting for which
// that would be too late, as it starts.
func leadsFor(c *chat.Call, g meeting.Gathering) []time.Duration {
	if late(c, g, meeting.DefaultLead) {
		return []time.Duration{0}
	}
	return []time.Duration{meeting.DefaultLead}
}

// late reports whether nothing is left to remind of with that lead: a series goes on.
func late(c *chat.Call, g meeting.Gathering, lead time.Duration) bool {
	return g.Rule.Unit == spoken.Once && !g.Start.Add(-lead).After(c.Time)
}

// tooLate promises nothing that could not be kept.
func tooLate(c *chat.Call, g meeting.Gathering, leads []time.Duration) chat.Reply {
	body := chat.Say("meeting.too_late", chat.Text("title", g.Title), chat.With("lead", meeting.Leads(leads)))
	return chat.Reply{Body: chat.Lines(body, startWords(c, g)), Offers: [][]chat.Offer{joinOffers(c, g), leadOffers(c, g)}, Replace: true}
}

// leadChoices are the lead times that stand on buttons; others can be typed.
func leadChoices(c *chat.Call, g meeting.Gathering) []time.Duration {
	return slices.DeleteFunc([]time.Duration{0, meeting.DefaultLead, time.Hour, 24 * time.Hour},
		func(lead time.Duration) bool { return late(c, g, lead) })
}

// leadOffers follow with one of the lead times that are still to come.
func leadOffers(c *chat.Call, g meeting.Gathering) (row []chat.Offer) {
	for _, lead := range leadChoices(c, g) {
		row = append(row, leadOffer(g, chat.Say("meeting.remind_lead", chat.With("lead", meeting.Lead(lead))), []time.Duration{lead}))
	}
	return row
}

// moreOffers add a lead time to those that were chosen, or take one away.
func moreOffers(c *chat.Call, g meeting.Gathering, chosen []time.Duration) (row []chat.Offer) {
	for _, lead := range leadChoices(c, g) {
		if len(chosen) < meeting.MaxOwnLeads && !slices.Contains(chosen, lead) {
			row = append(row, leadOffer(g, chat.Say("meeting.lead_add", chat.With("lead", meeting.Lead(lead))), append(slices.Clone(chosen), lead)))
		}
	}
	if len(chosen) == 1 {
		return row
	}
	for _, lead := range chosen {
		others := slices.DeleteFunc(slices.Clone(chosen), func(o time.Duration) bool { return o == lead })
		row = append(row, leadOffer(g, chat.Say("meeting.lead_remove", chat.With("lead", meeting.Lead(lead))), others))
	}
	return row
}

// leadOffer follows the series with these lead times and no others, however often it is
// pressed.
func leadOffer(g meeting.Gathering, label chat.Rich, leads []time.Duration) chat.Offer {
	var said []string
	for _, lead := range leads {
		said = append(said, lead.String())
	}
	o := g.RemindMe()
	o.Label = label
	o.Bound = append(o.Bound, followLead.Is(strings.Join(said, ",")))
	return o
}
