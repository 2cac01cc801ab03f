package discord

import (
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"peerbot/bot"
	"peerbot/bot/bottest"
	"peerbot/bot/discord/discordtest"
	"peerbot/chat"
	"peerbot/storage"
	"peerbot/storage/mem"
)

// What the engine asks a platform for besides.
var _ interface {
	bot.Platform
	bot.Editor
	bot.Publisher
	bot.Deduper
	bot.Roster
} = (*Discord)(nil)

func TestConform(t *testing.T) {
	bottest.Conform(t, func(t *testing.T) bottest.Stage { return newStage(t, discordtest.Options{}) })
}

// stage is a fake Discord with people in it, and the adapter.
type stage struct {
	t *testing.T
	*discordtest.Server
	d     *Discord
	store storage.Store
	log   strings.Builder
}

func newStage(t *testing.T, o discordtest.Options) *stage {
	s := &stage{t: t, Server: discordtest.New(o), store: mem.New()}
	t.Cleanup(s.end)
	return s
}

// end wants nothing to have gone against Discord's rules, and no secret told.
func (s *stage) end() {
	s.Server.Close()
	if v := s.Violations(); len(v) > 0 {
		s.t.Errorf("against the rules: %q", v)
	}
	if strings.Contains(s.log.String(), s.Token()) {
		s.t.Error("the token stands in the log")
	}
}

func (s *stage) Start() bot.Platform {
	vault, err := storage.NewVault(make([]byte, storage.KeySize))
	if err != nil {
		s.t.Fatal(err)
	}
	s.d, err = New(Options{
		Token: s.Token(), API: s.URL(), Words: bottest.Words{}, Store: s.store, Vault: vault,
		Log: slog.New(slog.NewTextHandler(&s.log, nil)), Dial: s.Dial,
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return s.d
}

func (s *stage) Dedups() {}

func (s *stage) At(who, room string) chat.Address {
	if room == "" {
		return chat.Address{Platform: platform, Room: s.PersonID(who)}
	}
	return chat.Address{Platform: platform, Space: s.GuildID(), Room: s.ChannelID("", room)}
}

// ready waits for the commands to be published.
func (s *stage) ready() {
	for range 100 {
		if s.Connected() && s.Requests("GET /applications/{application_id}/commands") > 0 {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	synctest.Wait()
}

func (s *stage) must(_ *discordtest.Interaction, err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *stage) Call(who, room string, path []string, args ...chat.Arg) {
	s.ready()
	options := map[string]string{}
	for _, a := range args {
		options[a.Name] = a.Value
	}
	s.must(s.Command(who, room, path, options))
}

func (s *stage) Say(who, room, text string) { _ = s.Server.Say(who, room, text) }

// Press finds the button, or the line of a menu, in the newest message.
func (s *stage) Press(who, room, label string) {
	s.t.Helper()
	s.ready()
	seen := s.Server.Sees(who, room)
	for k := len(seen) - 1; k >= 0; k-- {
		for _, row := range seen[k].Components {
			for _, c := range row.Components {
				if c.Label == label {
					s.must(s.Server.Press(who, seen[k].ID, c.CustomID))
					return
				}
				for _, o := range c.Options {
					if o.Label == label {
						s.must(s.Select(who, seen[k].ID, c.CustomID, o.Value))
						return
					}
				}
			}
		}
	}
	s.t.Fatalf("%s sees no button %q in %q", who, label, room)
}

func (s *stage) Fill(who, room string, values ...string) {
	s.t.Helper()
	s.ready()
	fields := s.Modal(who, room).Fields()
	for len(values) < len(fields) {
		values = append(values, "")
	}
	s.must(s.Submit(who, values...))
}

func (s *stage) Sees(who, room string) []bottest.Seen {
	var all []bottest.Seen
	for _, m := range s.Server.Sees(who, room) {
		one := bottest.Seen{Text: s.Read(&m, time.UTC)}
		for _, row := range m.Components {
			for _, c := range row.Components {
				if c.Label != "" {
					one.Buttons = append(one.Buttons, c.Label)
				}
				for _, o := range c.Options {
					one.Buttons = append(one.Buttons, o.Label)
				}
			}
		}
		all = append(all, one)
	}
	if m := s.Modal(who, room); m != nil {
		one := bottest.Seen{Text: m.Title}
		for _, f := range m.Fields() {
			one.Fields = append(one.Fields, f.Label)
		}
		all = append(all, one)
	}
	return all
}
