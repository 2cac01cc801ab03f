package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"peerbot/bot"
	"peerbot/chat"
	"peerbot/community/meeting"
	"peerbot/community/space"
	"peerbot/outbox"
	"peerbot/spoken"
	"peerbot/storage"
)

// example is one meeting of the example community. Its title and notes are in the
// catalogue, as demo.NAME.title, .short and .notes.
type example struct {
	name, room string
	said       meeting.Said
}

// The rooms of the example community; their names are in the catalogue, as
// demo.room.NAME.
const (
	general   = "general"
	newcomers = "newcomers"
	families  = "families"
)

// examples are the kinds of meeting that the field has.
var examples = []example{
	{"support", general, meeting.Said{Kind: meeting.Support, When: "Mondays and Wednesdays 20:00-21:00", Number: "123 4567 8901", Passcode: "Recovery"}},
	{"morning", general, meeting.Said{Kind: meeting.Support, When: "every day 07:30-08:00", Link: "https://meet.example.org/morning"}},
	{"families", families, meeting.Said{Kind: meeting.Support, When: "Thursdays 18:30-20:00", Address: "12 River Street, upstairs; there is a lift"}},
	{"skills", general, meeting.Said{Kind: meeting.Workshop, When: "every 2 weeks on Tuesday 19:00-21:00", Link: "https://meet.example.org/skills", Phone: "+1 555 0100"}},
	{"walk", newcomers, meeting.Said{Kind: meeting.Social, When: "Saturdays 10:00-11:00", Address: "Riverside Park, at the north gate"}},
	{"service", general, meeting.Said{Kind: meeting.Service, When: "1st Sunday 17:00-18:00", Link: "https://meet.example.org/service"}},
}

// demoZone is where the example community lives.
const demoZone = "America/New_York"

// seed fills a fresh store with the example community. One of its meetings starts at
// the minute that begins startsIn after it is sown, and its room is reminded remindIn
// after that and again at the start.
type seed struct {
	platform string
	words    bot.Words
	lang     string
	sown     time.Time
	startsIn time.Duration
	remindIn time.Duration
}

// room is the address of a room of the one space that the platform has.
func (s seed) room(name string) chat.Address {
	return chat.Address{Platform: s.platform, Space: s.platform, Room: s.say("room." + name)}
}

// roomNames are the rooms as people of the language call them, the first for everybody.
func roomNames(words bot.Words, lang string) (names []string) {
	s := seed{words: words, lang: words.Match(lang)}
	for _, room := range []string{general, newcomers, families} {
		names = append(names, s.room(room).Room)
	}
	return names
}

func (s seed) plant(ctx context.Context, p *program) error {
	home, err := s.settle(ctx, p)
	if err != nil {
		return fmt.Errorf("make the example community: %w", err)
	}
	for _, e := range append(slices.Clone(examples), s.opening()) {
		if err := s.add(ctx, p, home, e); err != nil {
			return fmt.Errorf("make the example meeting %s: %w", e.name, err)
		}
	}
	return nil
}

// settle saves the community and returns its id.
func (s seed) settle(ctx context.Context, p *program) (home string, err error) {
	err = p.store.Update(ctx, func(tx storage.Tx) error {
		if home, err = p.spaces.HomeOf(tx, s.room(general)); err != nil {
			return err
		}
		return p.spaces.Put(tx, space.Home{ID: home, Zone: demoZone, Lang: s.lang, Country: "US"})
	})
	return home, err
}

func (s seed) add(ctx context.Context, p *program, home string, e example) error {
	said := e.said
	said.Title, said.ShortName, said.Notes = s.say(e.name+".title"), s.say(e.name+".short"), s.say(e.name+".notes")
	said.Room = s.room(e.room)
	if said.Remind == "" {
		said.Remind = "1 day, 15 minutes"
	}
	return p.store.Update(ctx, func(tx storage.Tx) error {
		_, err := p.meetings.Add(tx, home, demoZone, said, "demo "+e.name, s.sown)
		return err
	})
}

// opening is the meeting that a newcomer can watch begin.
func (s seed) opening() example {
	start := s.soon()
	return example{"now", general, meeting.Said{
		Kind: meeting.Support, When: start.In(s.zone()).Format("2006-01-02 15:04"), Length: time.Hour,
		Link: "https://meet.example.org/now", Passcode: "river",
		Remind: start.Sub(s.sown.Add(s.remindIn)).Truncate(time.Minute).String() + ", 0 minutes",
	}}
}

// soon is when that meeting starts: the first whole minute at least startsIn after
// the seed was sown.
func (s seed) soon() time.Time {
	return s.sown.Add(s.startsIn + time.Minute - 1).Truncate(time.Minute)
}

// greet posts to the general room what tells a newcomer in one look where they are and
// when the next meeting is, with a button for each thing to do first.
func (s seed) greet(ctx context.Context, p *program) error {
	return p.store.Update(ctx, func(tx storage.Tx) error {
		home, err := p.spaces.HomeOf(tx, s.room(general))
		if err != nil {
			return err
		}
		g, err := p.meetings.Find(tx, home, s.say("now.title"), s.sown)
		if err != nil {
			return fmt.Errorf("find the meeting that starts soon: %w", err)
		}
		return p.outbox.Post(tx, outbox.Letter{
			ID: "demo.hello", To: s.room(general), Home: home, Class: outbox.Exact, NotBefore: s.sown,
			Message: chat.Message{Lang: s.lang, Zone: s.zone(), Body: s.hello(g), Offers: firstSteps(g)},
		})
	})
}

func (s seed) hello(g meeting.Gathering) chat.Rich {
	return chat.Paragraphs(
		chat.Say("demo.hello"),
		chat.Say("demo.soon", chat.Text("title", g.Title), chat.At("when", g.Start, chat.Zoned)),
		chat.Say("demo.hello.how"),
	)
}

// firstSteps are commands like any other.
func firstSteps(g meeting.Gathering) [][]chat.Offer {
	remind := g.RemindMe()
	remind.Label = chat.Say("meetings.remind_me", chat.Text("title", g.Title))
	return [][]chat.Offer{
		{remind},
		{
			{Label: chat.Say("demo.hello.meetings"), Path: []string{"meetings"}},
			{Label: chat.Say("demo.hello.help"), Path: []string{"help"}},
			meeting.HelpNow(),
		},
	}
}

// zone is the example community's.
func (s seed) zone() *time.Location {
	zone, err := spoken.LoadZone(demoZone)
	if err != nil {
		return time.UTC
	}
	return zone
}

func (s seed) say(id string) string {
	return s.words.Put(s.lang, nil, chat.Say("demo."+id)).String()
}
