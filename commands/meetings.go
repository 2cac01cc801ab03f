package commands

import (
	"context"
	"errors"
	"slices"
	"time"

	"peerbot/chat"
	"peerbot/community/meeting"
	"peerbot/spoken"
	"peerbot/storage"
)

var meetingsWhen = chat.String("when").Or("next").OneOf(
	chat.Choice{Value: "now", Label: chat.Say("meetings.now")},
	chat.Choice{Value: "today", Label: chat.Say("meetings.today")},
	chat.Choice{Value: "tomorrow", Label: chat.Say("meetings.tomorrow")},
	chat.Choice{Value: "week", Label: chat.Say("meetings.week")})

// What else somebody may look for.
var (
	meetingsSearch    = chat.String("search").Between(1, 100)
	meetingsLanguage  = chat.String("language").Between(1, 60).CompletedBy(completeLanguage)
	meetingsProgramme = chat.String("programme").Between(1, 80).CompletedBy(completeProgramme)
	meetingsPlace     = chat.String("place").OneOf(
		chat.Choice{Value: string(meeting.Online), Label: meeting.Online.Words()},
		chat.Choice{Value: string(meeting.InPerson), Label: meeting.InPerson.Words()})
)

// maxListed is how many meetings one answer shows: a week of one that is every day,
// and as many others.
const maxListed = 15

// meetingsOptions are what both commands take.
var meetingsOptions = []chat.Param{meetingsWhen, meetingsSearch, meetingsLanguage, meetingsPlace, meetingsProgramme}

var (
	meetingsPath = []string{"meetings"}
	lookPath     = []string{"meeting", "look"}
)

// meetingsCommand shows what is on, with a way in and a reminder for each.
func meetingsCommand(d Deps) chat.Command {
	return chat.Command{
		Name: "meetings", Group: groupMeetings, Options: meetingsOptions,
		Run: func(ctx context.Context, c *chat.Call) (chat.Reply, error) {
			card, err := d.showMeetings(ctx, c, meetingsPath)
			if err != nil {
				return chat.Reply{}, err
			}
			list, err := d.listOffer(ctx, c)
			if err != nil {
				return chat.Reply{}, err
			}
			card.Offers = append(card.Offers, slices.Concat(list, d.shareOffers(c), d.mirrorOffers(c)))
			return card, nil
		},
	}
}

// meetingLook stands behind the button that looks for meetings: what somebody looks for
// is not for the room.
func (d Deps) meetingLook() chat.Command {
	return chat.Command{
		Name: "look", Private: true, Unlisted: true, Options: meetingsOptions,
		Run: func(ctx context.Context, c *chat.Call) (chat.Reply, error) { return d.showMeetings(ctx, c, lookPath) },
	}
}

// showMeetings are the meetings that the call looks for. The buttons for other times lead
// to the command with the path.
func (d Deps) showMeetings(ctx context.Context, c *chat.Call, path []string) (chat.Reply, error) {
	if err := d.onRoomClock(ctx, c); err != nil {
		return chat.Reply{}, err
	}
	filter, err := filterOf(c)
	if err != nil {
		return chat.Reply{}, err
	}
	when := meetingsWhen.In(c)
	l, err := d.listMeetings(ctx, c, when, filter)
	if err != nil {
		return chat.Reply{}, err
	}
	card := meetingsCard(c, when, l)
	card.Offers = append(card.Offers, otherTimes(path, when)...)
	return card, nil
}

// filterOf is what the call looks for.
func filterOf(c *chat.Call) (f meeting.Filter, err error) {
	f = meeting.Filter{Words: meetingsSearch.In(c), Held: meeting.Held(meetingsPlace.In(c)), Clock: c.Zone}
	p, err := programmeIn(c, meetingsProgramme)
	if err != nil {
		return f, err
	}
	f.Programme = p.ID
	if meetingsLanguage.Given(c) {
		f.Language, err = meeting.ReadLanguage(meetingsLanguage.In(c))
	}
	var refusal *chat.Refusal
	if errors.As(err, &refusal) {
		err = &chat.Refusal{Why: refusal.Why, Say: refusal.Say, Option: meetingsLanguage.Name}
	}
	return f, err
}

// onRoomClock puts the call on the community's clock where a whole room reads the
// answer: the caller's own clock would tell everybody where they live.
func (d Deps) onRoomClock(ctx context.Context, c *chat.Call) error {
	if c.At.Direct() {
		return nil
	}
	return d.Store.View(ctx, func(r storage.Reader) error {
		home, err := d.Spaces.Get(r, c.Home)
		c.Zone = zone(home.Zone)
		return err
	})
}

// listed are gatherings that somebody looks for, how many more there are, and of
// workshops which session each is, by its Ref.
type listed struct {
	found    []meeting.Gathering
	more     int
	sessions map[string]chat.Rich
}

// listMeetings are the first gatherings that the word means, on the clock of the call.
func (d Deps) listMeetings(ctx context.Context, c *chat.Call, when string, filter meeting.Filter) (l listed, err error) {
	zone := c.Zone
	if zone == nil {
		zone = time.UTC
	}
	midnight := func(days int) time.Time {
		return spoken.Resolve(spoken.DateOf(c.Time.In(zone)).AddDays(days), 0, zone)
	}
	look := meeting.Look{From: c.Time, Filter: filter, Most: maxListed}
	if when == "next" && filter.NamesDay() {
		when = "week"
	}
	switch when {
	case "now":
		look.To = c.Time.Add(meeting.Grace + time.Second)
	case "today":
		look.To = midnight(1)
	case "tomorrow":
		look.From, look.To = midnight(1), midnight(2)
	case "week":
		look.To = midnight(7)
	}
	err = d.Store.View(ctx, func(r storage.Reader) error {
		if l.found, l.more, err = d.Meetings.Look(r, c.Home, look); err == nil {
			l.sessions, err = d.Meetings.Sessions(r, l.found)
		}
		return err
	})
	return l, err
}

func meetingsCard(c *chat.Call, when string, l listed) chat.Reply {
	body := chat.Say("meetings.none." + when)
	if meetingsSearch.Given(c) || meetingsLanguage.Given(c) || meetingsPlace.Given(c) || meetingsProgramme.Given(c) {
		body = chat.Say("meetings.none.found")
	}
	var items []chat.Rich
	if len(l.found) > 0 {
		onClock(c, l.found[0].Zone())
	}
	for _, g := range l.found {
		item := chat.Say("meetings.item", chat.Text("title", g.Title), chat.At("time", g.Start, chat.Moment))
		items = append(items, meeting.InSession(item, l.sessions[g.Ref()]))
	}
	if len(items) > 0 {
		body = chat.Lines(chat.Say("meetings.title."+when), chat.Rich{chat.List{Items: items}})
	}
	if l.more > 0 {
		body = chat.Lines(body, chat.Say("meetings.more", chat.Count("meetings", l.more)))
	}
	return chat.Reply{Body: body, Offers: meetingOffers(c, l.found)}
}

// meetingOffers are a row for each series, however often it is listed.
func meetingOffers(c *chat.Call, listed []meeting.Gathering) (rows [][]chat.Offer) {
	seen := map[string]bool{}
	for _, g := range listed {
		if !seen[g.Series] {
			rows = append(rows, append(joinOffers(c, g), remindOffer(g)))
		}
		seen[g.Series] = true
	}
	return rows
}

// joinOffers are the way in, while the doors are open.
func joinOffers(c *chat.Call, g meeting.Gathering) []chat.Offer {
	if g.Doors(c.Time) != meeting.Open {
		return nil
	}
	join := g.Join()
	join.Label = chat.Say("meetings.join", chat.Text("title", g.Title))
	return []chat.Offer{join}
}

// remindOffer names its meeting, since several can stand below each other.
func remindOffer(g meeting.Gathering) chat.Offer {
	remind := g.RemindMe()
	remind.Label = chat.Say("meetings.remind_me", chat.Text("title", g.Title))
	return remind
}

// otherTimes lead to the other lists, to looking for words, and to help.
func otherTimes(path []string, when string) [][]chat.Offer {
	var row []chat.Offer
	for _, choice := range meetingsWhen.Choices {
		if choice.Value != when {
			row = append(row, chat.Offer{Label: choice.Label, Path: path, Bound: []chat.Arg{meetingsWhen.Is(choice.Value)}})
		}
	}
	look := chat.Offer{Label: chat.Say("meetings.look"), Path: lookPath,
		Open: []chat.Arg{{Name: meetingsSearch.Name}, {Name: meetingsLanguage.Name}, {Name: meetingsProgramme.Name}}}
	return [][]chat.Offer{append(row, look), {meeting.HelpNow()}}
}
