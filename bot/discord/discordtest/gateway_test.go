package discordtest

import (
	"testing"
	"time"

	"github.com/bwmarrin/discordgo"
)

func TestAnswersThroughTheLibrary(t *testing.T) {
	play(t, Options{}, func(s *stage) {
		s.publish()
		d := s.session()
		d.AddHandler(func(d *discordgo.Session, i *discordgo.InteractionCreate) {
			text := i.ApplicationCommandData().Options[0].StringValue()
			err := d.InteractionRespond(i.Interaction, &discordgo.InteractionResponse{
				Type: discordgo.InteractionResponseChannelMessageWithSource,
				Data: &discordgo.InteractionResponseData{Content: text, Flags: discordgo.MessageFlagsEphemeral},
			})
			if err != nil {
				t.Error(err)
			}
		})
		s.open(d)
		if _, err := s.Command("ana", "hall", []string{"echo"}, map[string]string{"text": "hello"}); err != nil {
			t.Fatal(err)
		}
		settle()
		s.sees("ana", "hall", "hello", true)
		s.sees("ben", "hall", "hello", false)
		d.Close()
		settle()
		s.clean()
	})
}

func TestReadyAndGuild(t *testing.T) {
	play(t, Options{}, func(s *stage) {
		d := s.session()
		var ready *discordgo.Ready
		var guild *discordgo.GuildCreate
		d.AddHandler(func(_ *discordgo.Session, r *discordgo.Ready) { ready = r })
		d.AddHandler(func(_ *discordgo.Session, g *discordgo.GuildCreate) { guild = g })
		s.open(d)
		if ready == nil || len(ready.Guilds) != 1 || !ready.Guilds[0].Unavailable {
			t.Errorf("READY does not tell of one unavailable guild: %+v", ready)
		}
		if guild == nil || len(guild.Channels) != 2 || guild.ID != s.GuildID() {
			t.Errorf("GUILD_CREATE does not tell of two rooms: %+v", guild)
		}
		d.Close()
	})
}

func TestContentNeedsItsIntent(t *testing.T) {
	for _, intents := range []discordgo.Intent{0, discordgo.IntentMessageContent} {
		play(t, Options{Privileged: messageContent}, func(s *stage) {
			d := s.session()
			d.Identify.Intents |= discordgo.IntentsGuildMessages | intents
			var heard []string
			d.AddHandler(func(_ *discordgo.Session, m *discordgo.MessageCreate) { heard = append(heard, m.Content) })
			s.open(d)
			s.Say("ana", "hall", "between us")
			s.Say("ana", "hall", "for <@"+s.BotID()+">")
			s.Say("ana", "", "in private")
			settle()
			want := "between us"
			if intents == 0 {
				want = ""
			}
			if len(heard) != 3 || heard[0] != want || heard[1] == "" || heard[2] != "in private" {
				t.Errorf("with the intents %d the bot hears %q", d.Identify.Intents, heard)
			}
			d.Close()
		})
	}
}

func TestHeartbeatsAreWanted(t *testing.T) {
	play(t, Options{}, func(s *stage) {
		d := s.session()
		s.open(d)
		time.Sleep(10 * time.Minute)
		if !s.Connected() {
			t.Error("a session that sends heartbeats was closed")
		}
		s.Zombie(true)
		time.Sleep(10 * time.Minute)
		if s.Connected() {
			t.Error("a session outlives ten minutes without heartbeats")
		}
	})
}
