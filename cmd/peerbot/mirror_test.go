package main

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"peerbot/bot/discord/discordtest"
)

const listEvents, addEvent = "GET /guilds/{guild_id}/scheduled-events", "POST /guilds/{guild_id}/scheduled-events"

// events are what people see in the list of events of Discord.
func (b *both) events() (all []string) {
	synctest.Wait()
	for _, e := range b.discord.Events() {
		all = append(all, e.Start.Format("02 15:04 ")+e.Name+", "+e.Place.Location)
	}
	return all
}

// wantsEvents lets a minute pass and wants just these events.
func (b *both) wantsEvents(want ...string) {
	b.t.Helper()
	time.Sleep(time.Minute)
	if diff := cmp.Diff(want, b.events()); diff != "" {
		b.t.Errorf("in the list of events: %s", diff)
	}
}

// TestMirrorOnBothPlatforms: on Discord the meetings stand in the list of events, once the
// bot may list them; on Telegram there is none.
func TestMirrorOnBothPlatforms(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := onBoth(t)
		b.discord.Grant("ana", b.discord.AddRole("hosts", discordtest.ManageGuild))
		b.telegram.Seat("ana", "hall", "administrator")
		b.telegram.Start("ana", "")
		settle()
		b.addOnDiscord(map[string]string{"title": "Hill circle", "when": "every day 20:00-21:00"})
		mirror := func(do string) {
			t.Helper()
			b.must(b.discord.Command("ana", "hall", []string{"meeting", "mirror"}, map[string]string{"do": do}))
		}
		mirror("Show with titles")
		time.Sleep(21 * time.Hour)
		if n := b.discord.Requests(addEvent); n != 1 || b.discord.Requests(listEvents) != 1 {
			t.Errorf("without the right %d events are asked for", n)
		}
		if told := strings.Count(b.told(), "I am not allowed to keep them"); told != 1 {
			t.Errorf("the room is told %d times", told)
		}
		b.discord.Allow(discordtest.ViewChannel | discordtest.SendMessages | discordtest.CreateEvents)
		b.taps("Show the events again")
		where := "Hill circle, In this server: /meetings, then Join"
		b.wantsEvents("02 01:00 "+where, "03 01:00 "+where, "04 01:00 "+where)
		asked := b.discord.Requests(listEvents)
		time.Sleep(2 * time.Hour)
		b.wantsEvents("02 01:00 "+where, "03 01:00 "+where, "04 01:00 "+where)
		if n := b.discord.Requests(listEvents); n != asked {
			t.Errorf("%d requests while nothing changes", n-asked)
		}
		b.must(b.discord.Command("ana", "hall", []string{"meeting", "cancel"}, map[string]string{"meeting": "Hill circle", "which": "Only this date"}))
		b.taps("Yes, cancel it")
		b.wantsEvents("03 01:00 "+where, "04 01:00 "+where, "05 01:00 "+where)

		mirror("Take the events away")
		b.wantsEvents()
		if n := b.telegramSays("/meeting mirror"); n != 1 {
			t.Errorf("on Telegram it is told %d times whose thing this is", n)
		}
	})
}

// telegramSays has ana write in the hall and counts how often she hears of Discord.
func (b *both) telegramSays(text string) (n int) {
	b.telegram.Say("ana", "hall", text)
	settle()
	for _, s := range b.telegram.SeesOfBot("ana", "ana") {
		n += strings.Count(s.Text, "a thing of Discord servers")
	}
	return n
}
