package commands

import (
	"context"

	"peerbot/chat"
	"peerbot/community/meeting"
	"peerbot/community/space"
	"peerbot/storage"
)

var (
	hostsPath = []string{"meeting", "hosts"}
	hostsPart = chat.String("part").OneOf(
		chat.Choice{Value: string(meeting.Chair), Label: chat.Say("meeting.part.chair")},
		chat.Choice{Value: string(meeting.CoHost), Label: chat.Say("meeting.part.cohost")},
		chat.Choice{Value: string(meeting.NoPart), Label: chat.Say("meeting.part.none")})
	hostsSheet  = chat.Paragraph("sheet").Between(1, meeting.MaxSheet)
	hostsNobody = chat.String("nobody").OneOf(
		chat.Choice{Value: "open", Label: chat.Say("meeting.nobody.open")},
		chat.Choice{Value: "off", Label: chat.Say("meeting.nobody.off")})
	hostsMention   = chat.String("mention").Between(1, 60)
	hostDo         = chat.String("do").Require().OneOf(chat.Choice{Value: "yes", Label: chat.Say("meeting.host.yes")}, chat.Choice{Value: "no", Label: chat.Say("meeting.host.no")})
	attendedPeople = chat.Integer("people").Require().Between(0, meeting.MaxAttended)
)

// meetingHosts shows who looks after a meeting, and lets an organiser take part, write
// what a host reads from, and say what happens without one.
func (d Deps) meetingHosts() chat.Command {
	return chat.Command{
		Name: "hosts", Needs: organisers, Private: true, Audit: true,
		Options: []chat.Param{d.meetingName(), hostsPart, hostsSheet, hostsNobody, hostsMention},
		Run: func(ctx context.Context, c *chat.Call) (chat.Reply, error) {
			g, err := d.findMeeting(ctx, c)
			if err != nil {
				return chat.Reply{}, err
			}
			if hostsPart.Given(c) || hostsSheet.Given(c) || hostsNobody.Given(c) || hostsMention.Given(c) {
				if err := d.changeHosts(ctx, c, g); err != nil {
					return chat.Reply{}, err
				}
			}
			return d.hostsCard(ctx, c, g)
		},
	}
}

func (d Deps) changeHosts(ctx context.Context, c *chat.Call, g meeting.Gathering) error {
	return d.Store.Update(ctx, func(tx storage.Tx) error {
		if hostsPart.Given(c) {
			if _, err := d.reach(tx, c); err != nil {
				return err
			}
			if _, err := d.Meetings.TakePart(tx, g, c.Member, meeting.Part(hostsPart.In(c)), c.Time); err != nil {
				return err
			}
		}
		if hostsSheet.Given(c) {
			if err := d.Meetings.PutSheet(tx, g, hostsSheet.In(c), c.Time); err != nil {
				return err
			}
		}
		if hostsMention.Given(c) {
			if err := d.mention(tx, c, g); err != nil {
				return err
			}
		}
		if !hostsNobody.Given(c) {
			return nil
		}
		home, err := d.Spaces.Get(tx, c.Home)
		if err != nil {
			return err
		}
		home.NoHost = hostsNobody.In(c)
		return d.Spaces.Put(tx, home)
	})
}

// mention lets the reminders of a meeting address a group in its room, or nobody. A name
// that is typed addresses nobody: the application has to have offered the group.
func (d Deps) mention(tx storage.Tx, c *chat.Call, g meeting.Gathering) error {
	var group chat.Group
	if said := hostsMention.In(c); said != meeting.Away {
		var ok bool
		if group, ok = meeting.ReadGroup(c.At.Platform, said); !ok {
			return &chat.Refusal{Why: chat.Invalid, Say: chat.Say("meeting.no_such_group"), Option: hostsMention.Name}
		}
	}
	return d.Meetings.PutMention(tx, g, group, c.Member, c.Role)
}

// hostsCard says how many take turns, what the caller does, and who hosts next: the
// caller, somebody, or nobody yet. It names nobody.
func (d Deps) hostsCard(ctx context.Context, c *chat.Call, g meeting.Gathering) (chat.Reply, error) {
	var rota meeting.Rota
	var shift meeting.Shift
	var home space.Home
	var group chat.Group
	err := d.Store.View(ctx, func(r storage.Reader) (err error) {
		if rota, err = d.Meetings.Rota(r, g.Series); err != nil {
			return err
		}
		if shift, err = d.Meetings.Shift(r, g); err != nil {
			return err
		}
		if group, err = d.Meetings.Mention(r, g.Series); err != nil {
			return err
		}
		home, err = d.Spaces.Get(r, c.Home)
		return err
	})
	if err != nil {
		return chat.Reply{}, err
	}
	part := rota.PartOf(c.Member)
	body := chat.Paragraphs(
		chat.Rich{chat.Strong(g.Title)},
		chat.Lines(
			chat.Say("meeting.rota.chairs", chat.Count("people", len(rota.Chairs))),
			chat.Say("meeting.rota.cohosts", chat.Count("people", len(rota.CoHosts))),
			chat.Say("meeting.rota.you."+string(part)),
		),
		chat.Say("meeting.next_host."+nextHost(shift, c.Member), chat.At("time", g.Start, chat.Moment)),
		chat.Lines(chat.Say("meeting.nobody_is."+nobody(home)), sheetWords(rota)),
	)
	offers := hostsOffers(g, rota, part, home)
	if group != (chat.Group{}) {
		body = chat.Lines(body, chat.Say("meeting.mention_is", chat.With("group", chat.Rich{group})))
		offers = append(offers, []chat.Offer{{Label: chat.Say("meeting.mention_nobody"), Path: hostsPath,
			Bound: []chat.Arg{{Name: meeting.OptionMeeting, Value: g.Ref()}, hostsMention.Is(meeting.Away)}}})
	}
	return chat.Reply{Body: body, Offers: offers, Replace: true}, nil
}

func sheetWords(r meeting.Rota) chat.Rich {
	if r.Sheet == "" {
		return chat.Say("meeting.sheet_none")
	}
	return chat.Say("meeting.sheet_own")
}

func nextHost(s meeting.Shift, id string) string {
	switch {
	case s.Sure && s.Host == id:
		return "you"
	case s.Sure:
		return "somebody"
	case s.Host != "":
		return "asked"
	}
	return "nobody"
}

func nobody(h space.Home) string {
	if h.NoHost == "off" {
		return "off"
	}
	return "open"
}

func hostsOffers(g meeting.Gathering, rota meeting.Rota, part meeting.Part, home space.Home) [][]chat.Offer {
	to := func(label chat.Rich, bound ...chat.Arg) chat.Offer {
		return chat.Offer{Label: label, Path: hostsPath, Bound: append([]chat.Arg{{Name: meeting.OptionMeeting, Value: g.Ref()}}, bound...)}
	}
	var parts []chat.Offer
	for _, choice := range hostsPart.Choices {
		if choice.Value != string(part) {
			parts = append(parts, to(choice.Label, hostsPart.Is(choice.Value)))
		}
	}
	sheet := to(chat.Say("meeting.write_sheet"))
	sheet.Open = []chat.Arg{hostsSheet.Is(rota.Sheet)}
	without := hostsNobody.Choices[0]
	if nobody(home) == without.Value {
		without = hostsNobody.Choices[1]
	}
	return [][]chat.Offer{parts, {sheet, to(without.Label, hostsNobody.Is(without.Value))}, {g.IHost(), attendanceOffer(g)}}
}

// meetingHost stands behind the buttons that ask who hosts.
func (d Deps) meetingHost() chat.Command {
	return chat.Command{
		Name: "host", Private: true, Unlisted: true, Needs: chat.Member | organisers,
		Options: []chat.Param{d.meetingName(), hostDo},
		Run: func(ctx context.Context, c *chat.Call) (chat.Reply, error) {
			g, err := d.findMeeting(ctx, c)
			if err != nil {
				return chat.Reply{}, err
			}
			act, said := d.Meetings.Host, "meeting.you_host"
			if hostDo.In(c) == "no" {
				act, said = d.Meetings.HandBack, "meeting.you_do_not_host"
			}
			p, err := d.promise(ctx, c, func(tx storage.Tx) error { return act(tx, g, c.Member, c.Time) })
			if err != nil {
				return chat.Reply{}, err
			}
			yes := hostDo.In(c) == "yes"
			card := chat.Reply{Body: chat.Say(said, chat.Text("title", g.Title), chat.At("time", g.Start, chat.Moment)),
				Offers: [][]chat.Offer{g.HostOffers(yes)}, Replace: true}
			if yes && p.who.Reach != (chat.Address{}) {
				card = p.shown(card)
			}
			return card, nil
		},
	}
}

// meetingSheet shows the host of a gathering what they read from, close to its time.
func (d Deps) meetingSheet() chat.Command {
	return chat.Command{
		Name: "sheet", Private: true, Unlisted: true,
		Options: []chat.Param{d.meetingName()},
		Run: func(ctx context.Context, c *chat.Call) (chat.Reply, error) {
			g, err := d.findMeeting(ctx, c)
			if err != nil {
				return chat.Reply{}, err
			}
			text, newcomers := "", chat.Rich(nil)
			err = d.Store.View(ctx, func(r storage.Reader) error {
				if text, err = d.Meetings.Sheet(r, g, c.Member, c.Time); err != nil {
					return err
				}
				n, err := d.Meetings.Counts(r, g)
				if n.First > 0 {
					newcomers = meeting.Newcomers(n.First)
				}
				return err
			})
			if err != nil {
				return chat.Reply{}, err
			}
			own := chat.Words(text)
			if text == "" {
				own = chat.Say("meeting.sheet_usual")
			}
			body := chat.Paragraphs(chat.Rich{chat.Strong(g.Title)}, newcomers, own, g.Facts.Words(), chat.Say("meeting.sheet_crisis"))
			return chat.Reply{Body: body, Offers: [][]chat.Offer{joinOffers(c, g), {meeting.HelpNow()}}}, nil
		},
	}
}

// meetingThank thanks the host. They hear how many did, and never who.
func (d Deps) meetingThank() chat.Command {
	return chat.Command{
		Name: "thank", Private: true, Unlisted: true,
		Options: []chat.Param{d.meetingName()},
		Run: func(ctx context.Context, c *chat.Call) (chat.Reply, error) {
			g, err := d.findMeeting(ctx, c)
			if err != nil {
				return chat.Reply{}, err
			}
			err = d.Store.Update(ctx, func(tx storage.Tx) error { return d.Meetings.Thank(tx, g, c.Member, c.Time) })
			return chat.Reply{Body: chat.Say("meeting.thanked")}, err
		},
	}
}

// meetingAttended notes how many came.
func (d Deps) meetingAttended() chat.Command {
	return chat.Command{
		Name: "attended", Private: true, Unlisted: true, Needs: chat.Member | organisers,
		Options: []chat.Param{d.meetingName(), attendedPeople},
		Run: func(ctx context.Context, c *chat.Call) (chat.Reply, error) {
			g, err := d.findMeeting(ctx, c)
			if err != nil {
				return chat.Reply{}, err
			}
			n := attendedPeople.In(c)
			err = d.Store.Update(ctx, func(tx storage.Tx) error {
				return d.Meetings.Attend(tx, g, c.Member, c.Role.Any(organisers), n, c.Time)
			})
			return chat.Reply{Body: chat.Say("meeting.attended_noted", chat.Count("people", n))}, err
		},
	}
}
