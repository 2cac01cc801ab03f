package commands

import (
	"context"
	"slices"
	"time"

	"peerbot/chat"
	"peerbot/community/meeting"
	"peerbot/community/member"
	"peerbot/spoken"
	"peerbot/storage"
)

// promise is what the bot has just agreed to write to a person.
type promise struct {
	who   member.Member
	first bool // first: nothing had been promised to them before.
}

// promise carries out save, which promises the caller to write to them. A private
// chat in which they call is remembered for that.
func (d Deps) promise(ctx context.Context, c *chat.Call, save func(storage.Tx) error) (p promise, err error) {
	err = d.Store.View(ctx, func(r storage.Reader) error {
		p.first, err = d.neverPromised(r, c.Member)
		return err
	})
	if err != nil {
		return p, err
	}
	err = d.Store.Update(ctx, func(tx storage.Tx) error {
		if p.who, err = d.reach(tx, c); err != nil {
			return err
		}
		return save(tx)
	})
	return p, err
}

func (d Deps) neverPromised(r storage.Reader, id string) (bool, error) {
	promised, err := d.Meetings.Promised(r, id)
	if err != nil || promised {
		return false, err
	}
	notes, err := d.Notes.Of(r, id, time.Time{})
	return len(notes) == 0, err
}

// reach remembers where the caller can be written to privately, and in what language
// they read.
func (d Deps) reach(tx storage.Tx, c *chat.Call) (member.Member, error) {
	was, err := d.Members.Get(tx, c.Member)
	at := c.At
	if !at.Direct() && c.Reachable {
		at = c.From.Private()
	}
	if err != nil || !at.Direct() {
		return was, err
	}
	who := was
	who.Reach, who.Home, who.App = at, first(who.Home, c.Home), ""
	if who.Lang == "" {
		who.App = c.Lang
	}
	if who == was {
		return who, nil
	}
	return who, d.Members.Put(tx, who)
}

// shown adds to the first promise how a note will look on the person's locked phone.
func (p promise) shown(r chat.Reply) chat.Reply {
	if p.first {
		r.Body = chat.Paragraphs(r.Body, lockScreen(p.who))
		r.Offers = append(r.Offers, []chat.Offer{lockOffer(p.who)})
	}
	return r
}

// reminder is one thing that was promised to the caller, and the button that ends it.
type reminder struct {
	say    chat.Rich
	at     time.Time // at is the next time of what it reminds of.
	stop   chat.Offer
	paused bool
}

// maxReminders is how many reminders one answer shows.
const maxReminders = 10

// listReminders shows the caller's reminders, and whoever has none the next meetings.
// Those that had stopped because the caller could not be reached go on now.
func (d Deps) listReminders(ctx context.Context, c *chat.Call) (chat.Reply, error) {
	var all []reminder
	var next []meeting.Gathering
	err := d.Store.View(ctx, func(r storage.Reader) error {
		follows, err := d.followReminders(r, c)
		if err != nil {
			return err
		}
		notes, err := d.noteReminders(r, c)
		all = append(follows, notes...)
		slices.SortStableFunc(all, func(a, b reminder) int { return a.at.Compare(b.at) })
		if err == nil && len(all) == 0 && c.Home != "" {
			next, _, err = d.Meetings.Look(r, c.Home, meeting.Look{From: c.Time, Most: maxReminders})
		}
		return err
	})
	if err != nil {
		return chat.Reply{}, err
	}
	if slices.ContainsFunc(all, func(r reminder) bool { return r.paused }) && c.At.Direct() {
		return d.subscribable(remindersCard(chat.Say("note.back"), all)), d.back(ctx, c)
	}
	if len(next) > 0 {
		return d.subscribable(toChoose(c, next)), nil
	}
	return d.subscribable(remindersCard(nil, all)), nil
}

// toChoose lets whoever has no reminder choose one of the next meetings.
func toChoose(c *chat.Call, next []meeting.Gathering) chat.Reply {
	offers := append(meetingOffers(c, next), []chat.Offer{newReminder(), {Label: chat.Say("note.meetings"), Path: lookPath}})
	return chat.Reply{Body: chat.Lines(chat.Say("note.none"), chat.Say("note.none_choose")), Offers: offers}
}

// newReminder opens the form of a reminder.
func newReminder() chat.Offer {
	return chat.Offer{Label: chat.Say("note.new"), Path: []string{"remind"}, Open: []chat.Arg{{Name: "what"}, {Name: "when"}}}
}

func (d Deps) followReminders(r storage.Reader, c *chat.Call) (all []reminder, err error) {
	follows, err := d.Meetings.Followed(r, c.Member)
	for _, f := range follows {
		g, ok, err := d.Meetings.Coming(r, f.Series, c.Time)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		onClock(c, g.Zone())
		stop := unfollowOffer(g)
		stop.Label = chat.Say("note.stop_that", chat.Text("what", g.Title))
		all = append(all, reminder{at: g.Start, stop: stop, paused: f.Paused,
			say: chat.Say("note.item_meeting", chat.Text("title", g.Title), chat.With("lead", meeting.Leads(f.Leads)), chat.At("time", g.Start, chat.Moment))})
	}
	return all, err
}

func (d Deps) noteReminders(r storage.Reader, c *chat.Call) (all []reminder, err error) {
	notes, err := d.Notes.Of(r, c.Member, c.Time)
	for _, n := range notes {
		onClock(c, n.Zone(""))
		next, _ := n.Rule.Next(c.Time)
		say := chat.Say("note.item", chat.Text("text", n.Text), chat.At("time", next.Start, chat.Moment))
		if n.Rule.Unit != spoken.Once {
			say = chat.Say("note.item_again", chat.Text("text", n.Text), chat.With("days", meeting.DaysWords(n.Rule)), chat.At("time", next.Start, chat.Moment))
		}
		all = append(all, reminder{at: next.Start, stop: stopOffer(n, chat.Say("note.stop_that", chat.Text("what", n.Text))), paused: n.Paused, say: say})
	}
	return all, err
}

// back lets everything go on that was paused.
func (d Deps) back(ctx context.Context, c *chat.Call) error {
	return d.Store.Update(ctx, func(tx storage.Tx) error {
		if _, err := d.reach(tx, c); err != nil {
			return err
		}
		if err := d.Meetings.Back(tx, c.Member, c.Time); err != nil {
			return err
		}
		return d.Notes.Back(tx, c.Member, c.Time)
	})
}

// remindersCard lists reminders below what there is to say first.
func remindersCard(say chat.Rich, all []reminder) chat.Reply {
	ask := newReminder()
	if len(all) == 0 {
		return chat.Reply{Body: chat.Say("note.none"), Offers: [][]chat.Offer{{ask}}}
	}
	var items []chat.Rich
	var offers [][]chat.Offer
	for _, r := range all[:min(len(all), maxReminders)] {
		items, offers = append(items, r.say), append(offers, []chat.Offer{r.stop})
	}
	body := chat.Lines(chat.Say("note.list"), chat.Rich{chat.List{Items: items}})
	if more := len(all) - len(items); more > 0 {
		body = chat.Lines(body, chat.Say("note.more", chat.Count("reminders", more)))
	}
	return chat.Reply{Body: chat.Paragraphs(say, body), Offers: append(offers, []chat.Offer{ask})}
}
