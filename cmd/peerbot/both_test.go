package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"peerbot/bot"
	"peerbot/bot/discord"
	"peerbot/bot/discord/discordtest"
	"peerbot/bot/telegram"
	"peerbot/bot/telegram/telegramtest"
	"peerbot/spoken"
)

// both is the program with a Discord and a Telegram around it, in memory.
type both struct {
	*stage
	discord  *discordtest.Server
	telegram *telegramtest.Server
	madrid   *time.Location // madrid is where ben lives.
}

// onBoth starts the program, with ana and ben on both platforms.
func onBoth(t *testing.T) *both {
	t.Helper()
	d, g := discordtest.New(discordtest.Options{}), telegramtest.New(telegramtest.Options{})
	plugged := func(p *program) ([]bot.Platform, error) {
		one, err := discord.New(discord.Options{
			Token: d.Token(), API: d.URL(), Dial: d.Dial, Witness: p.witness,
			Words: p.words, Store: p.store, Vault: p.store.vault, Log: p.log,
		})
		if err != nil {
			return nil, err
		}
		other, err := telegram.New(telegram.Options{
			Token: telegramtest.Token, API: "http://telegram.test", Dial: g.Dial, Witness: p.witness,
			Words: p.words, Store: p.store, Vault: p.store.vault, Log: p.log,
		})
		return []bot.Platform{one, other}, err
	}
	madrid, err := spoken.LoadZone("Europe/Madrid")
	if err != nil {
		t.Fatal(err)
	}
	b := &both{performOn(t, inFile, testConfig(t), plugged), d, g, madrid}
	t.Cleanup(func() {
		b.stop()
		d.Close()
		g.Close()
		g.Verify(t)
		for _, v := range d.Violations() {
			t.Errorf("Discord: %s", v)
		}
	})
	settle()
	return b
}

// button is the newest button of the label that ana sees in the hall of Discord.
func (b *both) button(label string) (message, id string, ok bool) {
	for _, m := range slices.Backward(b.discord.Sees("ana", "hall")) {
		for _, row := range m.Components {
			for _, c := range row.Components {
				if c.Label == label {
					return m.ID, c.CustomID, true
				}
			}
		}
	}
	return "", "", false
}

// taps presses the button with the label.
func (b *both) taps(label string) {
	b.t.Helper()
	message, id, ok := b.button(label)
	if !ok {
		b.t.Fatalf("no button %q among %+v", label, b.discord.Sees("ana", "hall"))
	}
	b.must(b.discord.Press("ana", message, id))
}

// must fails unless it went well, and lets everything happen that follows.
func (b *both) must(_ any, err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
	settle()
}

// addOnDiscord adds a meeting by form, as ana in the hall.
func (b *both) addOnDiscord(answers map[string]string) {
	b.t.Helper()
	b.must(b.discord.Command("ana", "hall", []string{"meeting", "add"}, nil))
	b.taps("Answer questions")
	for range 5 {
		if m := b.discord.Modal("ana", "hall"); m != nil {
			var values []string
			for _, f := range m.Fields() {
				values = append(values, answers[f.CustomID])
			}
			b.must(b.discord.Submit("ana", values...))
		}
		if _, _, ok := b.button("Save"); ok {
			break
		}
		b.taps("Answer the questions")
	}
	b.taps("Save")
}

// addOnTelegram adds a meeting by one question after the other, as ana for the hall.
func (b *both) addOnTelegram(answers ...string) {
	b.t.Helper()
	b.telegram.Say("ana", "hall", "/meeting add")
	settle()
	b.must(nil, b.telegram.Press("ana", "ana", "Answer questions"))
	for _, a := range answers {
		b.telegram.Say("ana", "ana", a)
		settle()
	}
	for b.telegram.Press("ana", "ana", "Save") != nil {
		b.must(nil, b.telegram.Press("ana", "ana", "Skip"))
	}
	settle()
}

// TestBothPlatformsRemind is one program with both platforms: a meeting is added on
// Discord by form and on Telegram by questions, and both reminders come at their
// minute, on the clock of whoever reads them.
func TestBothPlatformsRemind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := onBoth(t)
		b.discord.Grant("ana", b.discord.AddRole("hosts", 1<<5))
		b.telegram.Seat("ana", "hall", "administrator")
		b.telegram.Start("ana", "")
		settle()
		b.addOnDiscord(map[string]string{"title": "Hill circle", "when": "every day 20:00-21:00"})
		b.addOnTelegram("Lake circle", "every day 20:00-21:00")
		due := time.Date(2000, time.January, 1, 0, 45, 0, 0, time.UTC) // A quarter before 20:00 in New York.
		time.Sleep(time.Until(due) - time.Second)
		synctest.Wait()
		before := b.told()
		time.Sleep(30 * time.Second)
		synctest.Wait()
		after := b.told()
		if strings.Contains(before, "starts") {
			t.Errorf("a reminder came too early:\n%s", before)
		}
		for _, part := range []string{"Discord: Hill circle starts at 02:00.", "Telegram: Lake circle starts at 20:00 (Eastern time).", fmt.Sprint(" ", due.Add(15*time.Minute).Unix(), " t}")} {
			if strings.Count(after, part) != 1 {
				t.Errorf("%q is not told once:\n%s", part, after)
			}
		}
	})
}

// told is all that ben reads in both halls. A date_time of Telegram shows on the clock
// of whoever reads it, in place of its text.
func (b *both) told() string {
	var all strings.Builder
	for _, m := range b.discord.Sees("ben", "hall") {
		fmt.Fprintln(&all, "Discord:", b.discord.Read(&m, b.madrid))
	}
	for _, s := range b.telegram.SeesOfBot("ben", "hall") {
		fmt.Fprintln(&all, "Telegram:", s.Text, s.Entities)
	}
	return all.String()
}
