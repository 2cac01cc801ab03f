package commands

import (
	"context"

	"peerbot/chat"
	"peerbot/community/meeting"
	"peerbot/storage"
)

var (
	comeAnswer = chat.String(meeting.OptionAnswer).Or(string(meeting.Yes)).OneOf(
		chat.Choice{Value: string(meeting.Yes), Label: chat.Say("meeting.come.yes")},
		chat.Choice{Value: string(meeting.Maybe), Label: chat.Say("meeting.come.maybe")},
		chat.Choice{Value: string(meeting.No), Label: chat.Say("meeting.come.no")})
	comeFirst = chat.Boolean(meeting.OptionFirst)
)

// meetingCome notes whether the caller comes to a gathering.
func (d Deps) meetingCome() chat.Command {
	return chat.Command{
		Name: "come", Private: true, Unlisted: true,
		Options: []chat.Param{d.meetingName(), comeAnswer, comeFirst},
		Run: func(ctx context.Context, c *chat.Call) (chat.Reply, error) {
			g, err := d.findMeeting(ctx, c)
			if err != nil {
				return chat.Reply{}, err
			}
			var coming meeting.Coming
			var counts meeting.Counts
			p, err := d.promise(ctx, c, func(tx storage.Tx) (err error) {
				if coming, err = d.Meetings.Come(tx, g, c.Member, meeting.Answer(comeAnswer.In(c)), comeFirst.In(c), c.Time); err == nil {
					counts, err = d.Meetings.Counts(tx, g)
				}
				return err
			})
			if err != nil {
				return chat.Reply{}, err
			}
			card, err := d.aboutWorkshop(ctx, g, comeCard(c, g, coming, counts))
			if err != nil {
				return chat.Reply{}, err
			}
			if coming.Answer != meeting.No && p.who.Reach != (chat.Address{}) {
				card = p.shown(card)
			}
			return card, nil
		},
	}
}

// comeCard says what was noted, how many others said what, and what to expect.
func comeCard(c *chat.Call, g meeting.Gathering, coming meeting.Coming, counts meeting.Counts) chat.Reply {
	id := "meeting.noted." + string(coming.Answer)
	if coming.Waiting {
		id = "meeting.noted_waiting"
	}
	body := chat.Paragraphs(
		chat.Say(id, chat.Text("title", g.Title), chat.At("time", g.Start, chat.Moment)),
		countWords(counts),
	)
	if coming.First {
		body = chat.Paragraphs(body, chat.Say("meeting.expect"), expectWords(g))
	}
	return chat.Reply{Body: body, Offers: [][]chat.Offer{joinOffers(c, g), otherAnswers(g, coming), {calendarOffer(g), meeting.HelpNow()}}, Replace: true}
}

// countWords tell how many come, and never who.
func countWords(n meeting.Counts) chat.Rich {
	var lines []chat.Rich
	for _, part := range []struct {
		id string
		n  int
	}{{"meeting.count.yes", n.Yes}, {"meeting.count.maybe", n.Maybe}, {"meeting.count.waiting", n.Waiting}} {
		if part.n > 0 {
			lines = append(lines, chat.Say(part.id, chat.Count("people", part.n)))
		}
	}
	return chat.Lines(lines...)
}

func expectWords(g meeting.Gathering) chat.Rich {
	if g.Facts.Expect != "" {
		return chat.Words(g.Facts.Expect)
	}
	return chat.Say("meeting.expect_usual")
}

// otherAnswers are the answers that were not given.
func otherAnswers(g meeting.Gathering, coming meeting.Coming) (row []chat.Offer) {
	for i, o := range g.Answers() {
		if comeAnswer.Choices[i].Value != string(coming.Answer) {
			row = append(row, o)
		}
	}
	if coming.Answer == meeting.Yes && !coming.First {
		row = append(row, g.FirstTime())
	}
	return row
}
