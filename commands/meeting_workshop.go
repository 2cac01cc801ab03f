package commands

import (
	"context"
	"time"

	"peerbot/chat"
	"peerbot/community/meeting"
	"peerbot/storage"
)

var (
	workshopPath    = []string{"meeting", "workshop"}
	workshopLeader  = chat.String("leader").Between(1, meeting.MaxLeader)
	workshopHandout = chat.Paragraph("handout").Between(1, meeting.MaxHandout)
)

// meetingWorkshop says who leads a workshop, and what those who came can have.
func (d Deps) meetingWorkshop() chat.Command {
	return chat.Command{
		Name: "workshop", Needs: organisers, Private: true, Audit: true, Unlisted: true,
		Options: []chat.Param{d.meetingName(), workshopLeader, workshopHandout},
		Run: func(ctx context.Context, c *chat.Call) (chat.Reply, error) {
			g, err := d.findMeeting(ctx, c)
			if err != nil {
				return chat.Reply{}, err
			}
			err = d.Store.Update(ctx, func(tx storage.Tx) error {
				return d.Meetings.PutCourse(tx, g, workshopLeader.In(c), workshopHandout.In(c))
			})
			return chat.Reply{Body: chat.Say("meeting.workshop_saved", chat.Text("title", g.Title))}, err
		},
	}
}

// workshopOffers are what can be said of a workshop beside its dates.
func workshopOffers(g meeting.Gathering) (row []chat.Offer) {
	if g.Kind != meeting.Workshop {
		return nil
	}
	for _, open := range []chat.Param{workshopLeader, workshopHandout} {
		name := open.Spec().Name
		row = append(row, chat.Offer{Label: chat.Say("opt." + name + ".label"), Path: workshopPath,
			Bound: []chat.Arg{{Name: meeting.OptionMeeting, Value: g.Ref()}}, Open: []chat.Arg{{Name: name}}})
	}
	return row
}

// meetingHandout gives what a workshop has for those who came, or notes that the caller
// wants it after the session.
func (d Deps) meetingHandout() chat.Command {
	return chat.Command{
		Name: "handout", Private: true, Unlisted: true,
		Options: []chat.Param{d.meetingName()},
		Run: func(ctx context.Context, c *chat.Call) (chat.Reply, error) {
			g, err := d.findMeeting(ctx, c)
			if err != nil {
				return chat.Reply{}, err
			}
			var text string
			var at time.Time
			_, err = d.promise(ctx, c, func(tx storage.Tx) (err error) {
				text, at, err = d.Meetings.Handout(tx, g, c.Member, c.Time)
				return err
			})
			if err != nil || text == "" {
				return chat.Reply{Body: chat.Say("meeting.handout_later", chat.At("time", at, chat.Moment))}, err
			}
			return chat.Reply{Body: chat.Paragraphs(chat.Rich{chat.Strong(g.Title)}, chat.Words(text))}, nil
		},
	}
}

// aboutWorkshop adds to a card which session it is, who leads it, and the way to its
// handout; nothing for what is no workshop.
func (d Deps) aboutWorkshop(ctx context.Context, g meeting.Gathering, card chat.Reply) (chat.Reply, error) {
	if g.Kind != meeting.Workshop {
		return card, nil
	}
	err := d.Store.View(ctx, func(r storage.Reader) error {
		session, err := d.Meetings.Session(r, g)
		if err != nil {
			return err
		}
		course, err := d.Meetings.Course(r, g.Series)
		if err != nil {
			return err
		}
		if course.Leader != "" {
			session = chat.Lines(session, chat.Say("meeting.leader", chat.Text("name", course.Leader)))
		}
		card.Body = chat.Paragraphs(card.Body, session)
		if course.Handout != "" {
			card.Offers = append(card.Offers, []chat.Offer{g.SendHandout()})
		}
		return nil
	})
	return card, err
}
