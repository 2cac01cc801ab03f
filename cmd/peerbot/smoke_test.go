package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"peerbot/bot"
	"peerbot/bot/discord/discordtest"
	"peerbot/bot/telegram/telegramtest"
	"peerbot/chat"
	"peerbot/config"
	"peerbot/locales"
)

// TestSmoke does one round on the real platforms, with a maintainer's own tokens and
// rooms: see CONTRIBUTING.md. It never runs by itself.
func TestSmoke(t *testing.T) {
	var rooms []chat.Address
	if at, ok := os.LookupEnv("SMOKE_DISCORD"); ok {
		guild, channel, _ := strings.Cut(at, "/")
		rooms = append(rooms, chat.Address{Platform: "discord", Space: guild, Room: channel})
	}
	if at, ok := os.LookupEnv("SMOKE_TELEGRAM"); ok {
		rooms = append(rooms, chat.Address{Platform: "telegram", Space: at, Room: at})
	}
	if len(rooms) == 0 {
		t.Skip("neither SMOKE_DISCORD nor SMOKE_TELEGRAM names a room; `make smoke` says how")
	}
	cfg, err := config.Load("", os.Environ())
	if err != nil {
		t.Fatal(err)
	}
	cfg.Console.Enabled = false
	smoke(t, cfg, rooms, 2*time.Minute)
}

// TestTheSmokeItself plays the same round on the platforms of the tests.
func TestTheSmokeItself(t *testing.T) {
	d, g := discordtest.New(discordtest.Options{}), telegramtest.New(telegramtest.Options{})
	t.Cleanup(d.Close)
	t.Cleanup(g.Close)
	if err := d.Listen(); err != nil {
		t.Fatal(err)
	}
	address, err := g.Listen()
	if err != nil {
		t.Fatal(err)
	}
	cfg := config.Default()
	cfg.Console.Enabled = false
	cfg.Discord.Token, cfg.Discord.APIURL = config.Secret(d.Token()), d.URL()
	cfg.Telegram.Token, cfg.Telegram.APIURL = telegramtest.Token, address
	hall, _ := g.Room("hall")
	house := strconv.FormatInt(hall, 10)
	smoke(t, cfg, []chat.Address{
		{Platform: "discord", Space: d.GuildID(), Room: d.ChannelID("ana", "hall")},
		{Platform: "telegram", Space: house, Room: house},
	}, 0)
}

// smoke connects, publishes the commands, writes one message into each room, sends it
// again and edits it, and stays for a while, so that somebody can press and write.
func smoke(t *testing.T, cfg config.Config, rooms []chat.Address, stay time.Duration) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	words, err := locales.Load()
	if err != nil {
		t.Fatal(err)
	}
	store, err := openMemory(ctx)
	if err != nil {
		t.Fatal(err)
	}
	p, err := assemble(ctx, cfg, store, fromConfig(terminal{}, nil), words, newLog(t.Output(), cfg))
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- p.Run(ctx) }()
	for _, room := range rooms {
		if err := round(ctx, p, room); err != nil {
			t.Errorf("%s: %v", room.Platform, err)
		}
	}
	time.Sleep(stay)
	stop()
	if err := errors.Join(<-ended, p.Close()); err != nil {
		t.Error(err)
	}
}

func round(ctx context.Context, p *program, room chat.Address) error {
	id := fmt.Sprint("smoke ", time.Now().UnixNano())
	m := chat.Message{Body: chat.Rich{
		chat.Plain("One round of peerbot's own: "), chat.Strong("bold"), chat.Plain(", "), chat.Code("123 4567"), chat.Plain(", "),
		chat.Time{At: time.Now().Add(time.Hour), Style: chat.Moment},
	}, Offers: [][]chat.Offer{{{Label: chat.Words("Help now"), Path: []string{"crisis"}}}}, Silent: true}
	ref, err := send(ctx, p.bot, room, id, m)
	if err != nil {
		return fmt.Errorf("send: %w", err)
	}
	if p.bot.Window(room.Platform) > 0 {
		again, err := send(ctx, p.bot, room, id, m)
		if err != nil || again != ref {
			return fmt.Errorf("the same message again is another one: %w", err)
		}
	}
	m.Body = append(m.Body, chat.Plain(", edited. Press the button, and write /meetings."))
	if err := p.bot.Edit(ctx, room, ref, m); err != nil {
		return fmt.Errorf("edit: %w", err)
	}
	return nil
}

// send tries until the platform is connected.
func send(ctx context.Context, to *bot.Bot, room chat.Address, id string, m chat.Message) (string, error) {
	ctx, stop := context.WithTimeout(ctx, enough)
	defer stop()
	for {
		ref, err := to.Send(ctx, room, id, m)
		var bounce *chat.Bounce
		if err == nil || !errors.As(err, &bounce) || bounce.Fate != chat.Later {
			return ref, err
		}
		select {
		case <-ctx.Done():
			return "", err
		case <-time.After(time.Second):
		}
	}
}
