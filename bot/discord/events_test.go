package discord

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"peerbot/bot/discord/discordtest"
	"peerbot/chat"
)

const addEvent = "POST /guilds/{guild_id}/scheduled-events"

// noEvents runs a test where the bot may schedule and nothing is scheduled.
func noEvents(t *testing.T, test func(s *stage, ctx context.Context, guild string)) {
	play(t, says("hello"), func(s *stage, _ *desk) {
		s.Allow(discordtest.CreateEvents)
		test(s, s.t.Context(), s.GuildID())
	})
}

// first is the first time in 2000 on which something can come again in that way.
func first(a chat.Again) time.Time {
	days := map[chat.Again]int{
		chat.MondayToFriday: 3, chat.TuesdayToSaturday: 4, chat.SundayToThursday: 2,
		chat.FridaySaturday: 7, chat.SaturdaySunday: 8, chat.SundayMonday: 2,
	}
	return time.Date(2000, 1, max(days[a], 2), 20, 30, 0, 0, time.UTC)
}

// What is scheduled stands there as it was said, comes again as it was said, and is told
// from what people schedule.
func TestEventsStandAsTheyWereSaid(t *testing.T) {
	noEvents(t, func(s *stage, ctx context.Context, guild string) {
		s.AddEvent("ana", "Party", time.Now().Add(time.Hour))
		var want []chat.Posted
		for _, a := range append(chat.Repeats(), chat.Once) {
			e := chat.Event{Name: "Circle", Where: "Here, and <@&1> there", Start: first(a), End: first(a).Add(90 * time.Minute), Again: a}
			id, err := s.d.AddEvent(ctx, guild, e)
			if err != nil {
				t.Fatalf("%q: %v", a, err)
			}
			want = append(want, chat.Posted{ID: id, Event: e})
		}
		got, room, err := s.d.Events(ctx, guild)
		if diff := cmp.Diff(want, got); diff != "" || room != 100-len(want)-1 || err != nil {
			t.Errorf("room for %d (%v): %s", room, err, diff)
		}
		for _, e := range s.Events() {
			if len(e.Occurrences(e.Start.AddDate(2, 0, 0))) < 2 && e.Again != nil {
				t.Errorf("%+v does not come again", e.Again)
			}
		}
	})
}

func TestEventsAreChangedAndTakenAway(t *testing.T) {
	noEvents(t, func(s *stage, ctx context.Context, guild string) {
		e := chat.Event{Name: "Circle", Where: "Here", Start: first(chat.Weekly), End: first(chat.Weekly).Add(time.Hour), Again: chat.Weekly}
		id, err := s.d.AddEvent(ctx, guild, e)
		if err != nil {
			t.Fatal(err)
		}
		e.Name, e.Again = "Ring", chat.Once
		if err := s.d.EditEvent(ctx, guild, id, e); err != nil {
			t.Error(err)
		}
		if all := s.Events(); len(all) != 1 || all[0].Name != "Ring" || all[0].Again != nil {
			t.Errorf("there are %+v", all)
		}
		for range 2 { // The second time it is not there.
			if err := s.d.DropEvent(ctx, guild, id); err != nil {
				t.Error(err)
			}
		}
		var b *chat.Bounce
		if err := s.d.EditEvent(ctx, guild, id, e); !errors.As(err, &b) || b.Fate != chat.Later {
			t.Errorf("an event that is not there: %v", err)
		}
	})
}

// What is more than an event can say is odd, and so is what is less.
func TestOddEvents(t *testing.T) {
	noEvents(t, func(s *stage, ctx context.Context, guild string) {
		e := chat.Event{Name: "Circle", Where: "Here", Start: first(chat.Weekly), End: first(chat.Weekly).Add(time.Hour), Again: chat.Weekly}
		id, err := s.d.AddEvent(ctx, guild, e)
		if err != nil {
			t.Fatal(err)
		}
		s.SkipEvent(id)
		if got, _, err := s.d.Events(ctx, guild); err != nil || len(got) != 1 || !got[0].Odd {
			t.Errorf("a date that is skipped: %+v (%v)", got, err)
		}
		for name, body := range map[string]string{
			"another day": `"start":"2000-01-02T20:30:00Z","frequency":2,"interval":1,"by_weekday":[3]`,
			"an end":      `"start":"2000-01-02T20:30:00Z","frequency":2,"interval":1,"by_weekday":[6],"end":"2001-01-02T20:30:00Z"`,
			"a count":     `"start":"2000-01-02T20:30:00Z","frequency":2,"interval":1,"by_weekday":[6],"count":3`,
			"no days":     `"start":"2000-01-02T20:30:00Z","frequency":3,"interval":1,"by_weekday":null`,
			"more days":   `"start":"2000-01-02T20:30:00Z","frequency":1,"interval":1,"by_n_weekday":[{"n":1,"day":6},{"n":2,"day":6}]`,
		} {
			s.Fail(discordtest.Fault{Route: "GET /guilds/{guild_id}/scheduled-events", Status: 200, Body: `[{"id":"1","creator_id":"` + s.BotID() + `","name":"Circle",
				"scheduled_start_time":"2000-01-02T20:30:00+00:00","scheduled_end_time":"2000-01-02T21:30:00+00:00","entity_metadata":{"location":"Here"},
				"recurrence_rule":{` + body + `},"guild_scheduled_event_exceptions":[]}]`})
			if got, _, err := s.d.Events(ctx, guild); err != nil || len(got) != 1 || !got[0].Odd {
				t.Errorf("%s: %+v (%v)", name, got, err)
			}
		}
		s.Fail(discordtest.Fault{Route: "GET /guilds/{guild_id}/scheduled-events", Status: 200, Body: `[{"id":"1","creator_id":"` + s.BotID() + `","name":"Voice",
			"scheduled_start_time":"2000-01-02T20:30:00+00:00","scheduled_end_time":null,"entity_metadata":null,"recurrence_rule":null}]`})
		if got, _, err := s.d.Events(ctx, guild); err != nil || len(got) != 1 || !got[0].Odd {
			t.Errorf("in a voice channel: %+v (%v)", got, err)
		}
	})
}

// What Discord answers is what the mirror is told.
func TestEventsThatFail(t *testing.T) {
	noEvents(t, func(s *stage, ctx context.Context, guild string) {
		e := chat.Event{Name: "Circle", Where: "Here", Start: time.Now().Add(time.Hour), End: time.Now().Add(2 * time.Hour)}
		fate := func(name string, err error, want chat.Fate) *chat.Bounce {
			var b *chat.Bounce
			if !errors.As(err, &b) || b.Fate != want {
				t.Errorf("%s: %v, not %s", name, err, want)
				return &chat.Bounce{}
			}
			return b
		}
		s.Fail(discordtest.Fault{Route: addEvent, Status: 429, Body: "slow", Header: map[string][]string{"Retry-After": {"70"}}})
		_, err := s.d.AddEvent(ctx, guild, e)
		if b := fate("too fast", err, chat.Later); b.After < 70*time.Second {
			t.Errorf("it waits %v", b.After)
		}
		s.Fail(discordtest.Fault{Route: addEvent, Status: 502})
		_, err = s.d.AddEvent(ctx, guild, e)
		fate("a fault", err, chat.Later)
		s.Fail(discordtest.Fault{Route: addEvent, Status: 400, Body: `{"code":30038,"message":"Maximum number"}`})
		_, err = s.d.AddEvent(ctx, guild, e)
		fate("too many", err, chat.Never)
		s.Allow(0)
		_, err = s.d.AddEvent(ctx, guild, e)
		fate("without the right", err, chat.Gone)
		_, _, err = s.d.Events(ctx, "1")
		fate("another guild", err, chat.Gone)
		s.Kick(true)
		_, _, err = s.d.Events(ctx, guild)
		fate("after the bot was removed", err, chat.Gone)
	})
}

// Before anybody has said who the bot is, nothing is asked.
func TestEventsBeforeReady(t *testing.T) {
	s := newStage(t, discordtest.Options{})
	s.Start()
	var b *chat.Bounce
	if _, _, err := s.d.Events(t.Context(), s.GuildID()); !errors.As(err, &b) || b.Fate != chat.Later || s.Counts().Requests > 0 {
		t.Errorf("%v after %d requests", err, s.Counts().Requests)
	}
}
