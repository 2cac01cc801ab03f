package commands

import (
	"context"
	"strings"

	"peerbot/chat"
	"peerbot/community/meeting"
	"peerbot/storage"
)

// Outside is what can be read from outside the chat. The zero Outside is nothing.
type Outside struct {
	URL   string // URL is the public address of the site.
	Pages bool   // Pages: communities may have a public page.
	Feeds bool   // Feeds: lists on the web may be read again and again.
}

var (
	subscribePath = []string{"meeting", "subscribe"}
	subscribeDo   = chat.String("do").Or("show").OneOf(
		chat.Choice{Value: "show", Label: chat.Say("outlet.subscribe")},
		chat.Choice{Value: "new", Label: chat.Say("outlet.new")},
		chat.Choice{Value: "stop", Label: chat.Say("outlet.stop")})
	sharePath = []string{"meeting", "share"}
	shareDo   = chat.String("do").Or("show").OneOf(
		chat.Choice{Value: "show", Label: chat.Say("outlet.share")},
		chat.Choice{Value: "neutral", Label: chat.Say("outlet.neutral")},
		chat.Choice{Value: "titles", Label: chat.Say("outlet.titles")},
		chat.Choice{Value: "new", Label: chat.Say("outlet.new")},
		chat.Choice{Value: "stop", Label: chat.Say("outlet.stop")},
		chat.Choice{Value: "down", Label: chat.Say("outlet.page_down")})
	publishPath = []string{"meeting", "publish"}
)

// sharers are who may show a community's meetings to others.
const sharers = chat.Moderator | chat.Admin

// meetingSubscribe gives the caller the address of a calendar of what they follow and
// come to.
func (d Deps) meetingSubscribe() chat.Command {
	return chat.Command{
		Name: "subscribe", Private: true, Unlisted: true,
		Options: []chat.Param{subscribeDo},
		Run: func(ctx context.Context, c *chat.Call) (chat.Reply, error) {
			if d.Outside.URL == "" {
				return chat.Reply{}, chat.Refuse(chat.Missing, "outlet.off")
			}
			if subscribeDo.In(c) == "stop" {
				return chat.Reply{Body: chat.Say("outlet.own_stopped"), Replace: true}, d.Store.Update(ctx, func(tx storage.Tx) error {
					return d.Meetings.CloseOutlet(tx, meeting.OwnCalendar, c.Member)
				})
			}
			o, err := d.ownOutlet(ctx, c)
			return d.ownCard(o), err
		},
	}
}

// ownOutlet is the caller's calendar: the one they have, unless they want a new one.
func (d Deps) ownOutlet(ctx context.Context, c *chat.Call) (o meeting.Outlet, err error) {
	err = d.Store.Update(ctx, func(tx storage.Tx) error {
		var found bool
		if o, found, err = d.Meetings.OutletOf(tx, meeting.OwnCalendar, c.Member); err != nil || found && subscribeDo.In(c) != "new" {
			return err
		}
		o, err = d.Meetings.OpenOutlet(tx, meeting.OwnCalendar, c.Member, c.ID, false, c.Time)
		return err
	})
	return o, err
}

func (d Deps) ownCard(o meeting.Outlet) chat.Reply {
	offers := [][]chat.Offer{{subscribeOffer("new"), subscribeOffer("stop")}}
	body := chat.Paragraphs(chat.Say("outlet.own_here"), d.address(o), chat.Say("outlet.how"), chat.Say("outlet.own_secret"))
	return chat.Reply{Body: body, Offers: offers}
}

// address is where the outlet is, to be copied.
func (d Deps) address(o meeting.Outlet) chat.Rich {
	path := "/calendar/" + d.Meetings.OutletToken(o) + ".ics"
	if o.Kind == meeting.HomePage {
		path = "/page/" + d.Meetings.OutletToken(o)
	}
	return chat.Rich{chat.Code(strings.TrimSuffix(d.Outside.URL, "/") + path)}
}

// subscribable adds the way to the caller's own calendar, where there can be one.
func (d Deps) subscribable(r chat.Reply) chat.Reply {
	if d.Outside.URL != "" {
		r.Offers = append(r.Offers, []chat.Offer{subscribeOffer("show")})
	}
	return r
}

func subscribeOffer(do string) chat.Offer { return doOffer(subscribePath, subscribeDo, do) }

// doOffer does one of the choices of an option.
func doOffer(path []string, option *chat.Option[string], do string) chat.Offer {
	o := chat.Offer{Path: path, Bound: []chat.Arg{option.Is(do)}}
	for _, choice := range option.Choices {
		if choice.Value == do {
			o.Label = choice.Label
		}
	}
	return o
}

// meetingShare shows a moderator where their community's meetings can be read from
// outside, and changes that.
func (d Deps) meetingShare() chat.Command {
	return chat.Command{
		Name: "share", Needs: sharers, Private: true, Unlisted: true, Audit: true,
		Options: []chat.Param{shareDo},
		Run: func(ctx context.Context, c *chat.Call) (chat.Reply, error) {
			if d.Outside.URL == "" {
				return chat.Reply{}, chat.Refuse(chat.Missing, "outlet.off")
			}
			if do := shareDo.In(c); do != "show" {
				err := d.Store.Update(ctx, func(tx storage.Tx) error { return d.share(tx, c, do) })
				if err != nil {
					return chat.Reply{}, err
				}
			}
			return d.shareCard(ctx, c)
		},
	}
}

// share changes where a community's meetings can be read.
func (d Deps) share(tx storage.Tx, c *chat.Call, do string) error {
	switch do {
	case "stop":
		return d.Meetings.CloseOutlet(tx, meeting.HomeCalendar, c.Home)
	case "down":
		return d.Meetings.CloseOutlet(tx, meeting.HomePage, c.Home)
	}
	was, found, err := d.Meetings.OutletOf(tx, meeting.HomeCalendar, c.Home)
	if err != nil {
		return err
	}
	if found && do != "new" {
		return d.Meetings.NameByTitle(tx, meeting.HomeCalendar, c.Home, do == "titles")
	}
	_, err = d.Meetings.OpenOutlet(tx, meeting.HomeCalendar, c.Home, c.ID, was.Titles || do == "titles", c.Time)
	return err
}

// shareCard is what a moderator sees of both outlets.
func (d Deps) shareCard(ctx context.Context, c *chat.Call) (chat.Reply, error) {
	var calendar, page meeting.Outlet
	var hasCalendar, hasPage bool
	err := d.Store.View(ctx, func(r storage.Reader) (err error) {
		if calendar, hasCalendar, err = d.Meetings.OutletOf(r, meeting.HomeCalendar, c.Home); err == nil {
			page, hasPage, err = d.Meetings.OutletOf(r, meeting.HomePage, c.Home)
		}
		return err
	})
	body, row := chat.Say("outlet.no_calendar"), []chat.Offer{shareOffer("neutral"), shareOffer("titles")}
	if hasCalendar {
		named, other := "outlet.named_neutral", "titles"
		if calendar.Titles {
			named, other = "outlet.named_titles", "neutral"
		}
		body = chat.Paragraphs(chat.Say("outlet.calendar_here"), d.address(calendar), chat.Say(named), chat.Say("outlet.how"))
		row = []chat.Offer{shareOffer(other), shareOffer("new"), shareOffer("stop")}
	}
	offers := [][]chat.Offer{row}
	switch {
	case hasPage:
		body = chat.Paragraphs(body, chat.Say("outlet.page_here"), d.address(page))
		offers = append(offers, []chat.Offer{shareOffer("down")})
	case d.Outside.Pages:
		offers = append(offers, []chat.Offer{{Label: chat.Say("outlet.page_up"), Path: publishPath}})
	}
	return chat.Reply{Body: body, Offers: offers, Replace: shareDo.In(c) != "show"}, err
}

func shareOffer(do string) chat.Offer { return doOffer(sharePath, shareDo, do) }

// shareOffers lead a moderator to what can be read from outside.
func (d Deps) shareOffers(c *chat.Call) []chat.Offer {
	if d.Outside.URL == "" || c.Home == "" || !c.Role.Any(sharers) {
		return nil
	}
	return []chat.Offer{shareOffer("show")}
}

// meetingPublish puts up the public page of a community, after saying what will be on
// it.
func (d Deps) meetingPublish() chat.Command {
	return chat.Command{
		Name: "publish", Needs: sharers, Private: true, Unlisted: true, Audit: true,
		Save: chat.Say("outlet.page_up"),
		Confirm: func(_ context.Context, _ *chat.Call) (chat.Reply, error) {
			if !d.Outside.Pages || d.Outside.URL == "" {
				return chat.Reply{}, chat.Refuse(chat.Missing, "outlet.off")
			}
			return chat.Reply{Body: chat.Say("outlet.page_preview")}, nil
		},
		Run: func(ctx context.Context, c *chat.Call) (chat.Reply, error) {
			var o meeting.Outlet
			err := d.Store.Update(ctx, func(tx storage.Tx) (err error) {
				o, err = d.Meetings.OpenOutlet(tx, meeting.HomePage, c.Home, c.ID, true, c.Time)
				return err
			})
			body := chat.Paragraphs(chat.Say("outlet.page_here"), d.address(o))
			return chat.Reply{Body: body, Offers: [][]chat.Offer{{shareOffer("down")}}, Replace: true}, err
		},
	}
}
