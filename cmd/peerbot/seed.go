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
	"peerbot/spoken"
	"peerbot/storage"
)

// example is one meeting of the example community. Its title and notes are in the
// catalogue, as demo.NAME.title, .short and .notes.
type example struct {
	name string
	said meeting.Said
}

// examples are the kinds of meeting that the field has.
var examples = []example{
	{"support", meeting.Said{Kind: meeting.Support, When: "Mondays and Wednesdays 20:00-21:00", Number: "123 4567 8901", Passcode: "Recovery"}},
	{"morning", meeting.Said{Kind: meeting.Support, When: "every day 07:30-08:00", Link: "https://meet.example.org/morning"}},
	{"families", meeting.Said{Kind: meeting.Support, When: "Thursdays 18:30-20:00", Address: "12 River Street, upstairs; there is a lift"}},
	{"skills", meeting.Said{Kind: meeting.Workshop, When: "every 2 weeks on Tuesday 19:00-21:00", Link: "https://meet.example.org/skills", Phone: "+1 555 0100"}},
	{"walk", meeting.Said{Kind: meeting.Social, When: "Saturdays 10:00-11:00", Address: "Riverside Park, at the north gate"}},
	{"service", meeting.Said{Kind: meeting.Service, When: "1st Sunday 17:00-18:00", Link: "https://meet.example.org/service"}},
}

// demoZone is where the example community lives.
const demoZone = "America/New_York"

// seed fills a fresh store with the example community. One of its meetings starts at
// the minute that begins startsIn from now, and its room is reminded remindIn from
// now and again at the start.
type seed struct {
	room     chat.Address
	words    bot.Words
	lang     string
	startsIn time.Duration
	remindIn time.Duration
}

func (s seed) plant(ctx context.Context, p *program, now time.Time) error {
	home, err := s.settle(ctx, p)
	if err != nil {
		return fmt.Errorf("make the example community: %w", err)
	}
	for _, e := range append(slices.Clone(examples), s.soon(now)) {
		if err := s.add(ctx, p, home, e, now); err != nil {
			return fmt.Errorf("make the example meeting %s: %w", e.name, err)
		}
	}
	return nil
}

// settle saves the community and returns its id.
func (s seed) settle(ctx context.Context, p *program) (home string, err error) {
	err = p.store.Update(ctx, func(tx storage.Tx) error {
		if home, err = p.spaces.HomeOf(tx, s.room); err != nil {
			return err
		}
		return p.spaces.Put(tx, space.Home{ID: home, Zone: demoZone, Lang: s.lang, Country: "US"})
	})
	return home, err
}

func (s seed) add(ctx context.Context, p *program, home string, e example, now time.Time) error {
	said := e.said
	said.Title, said.ShortName, said.Notes = s.say(e.name+".title"), s.say(e.name+".short"), s.say(e.name+".notes")
	said.Room = s.room
	if said.Remind == "" {
		said.Remind = "1 day, 15 minutes"
	}
	return p.store.Update(ctx, func(tx storage.Tx) error {
		_, err := p.meetings.Add(tx, home, demoZone, said, "demo "+e.name, now)
		return err
	})
}

// soon is the meeting that a newcomer can watch begin.
func (s seed) soon(now time.Time) example {
	start := s.soonStart(now)
	return example{"now", meeting.Said{
		Kind: meeting.Support, When: start.In(s.zone()).Format("2006-01-02 15:04"), Length: time.Hour,
		Link: "https://meet.example.org/now", Passcode: "river",
		Remind: start.Sub(now.Add(s.remindIn)).Truncate(time.Minute).String() + ", 0 minutes",
	}}
}

// soonStart is the first whole minute at least startsIn after now.
func (s seed) soonStart(now time.Time) time.Time {
	return now.Add(s.startsIn + time.Minute - 1).Truncate(time.Minute)
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
