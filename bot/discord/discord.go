// Package discord is the adapter over Discord: slash commands, buttons, menus and
// forms in, answers and letters out.
//
// It knows no command by name and keeps no word that a person wrote. It reads no
// message in a guild, asks for no privileged intent, and lets no text notify anybody.
// What works round the library stands in its folder wire.
package discord

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"peerbot/bot"
	"peerbot/bot/discord/wire"
	"peerbot/chat"
	"peerbot/storage"
)

// platform is the name in addresses.
const platform = "discord"

// Limits of Discord, as in https://docs.discord.com/developers/resources/message and
// https://docs.discord.com/developers/components/reference.
const (
	maxText        = 2000 // UTF-16 units in a message
	maxCustomID    = 100
	maxButton      = 80 // on a button
	maxRows        = 5
	maxColumns     = 5
	maxChoices     = 25
	maxFields      = 5    // in a form
	maxTitle       = 45   // of a form, and of a field
	maxHelp        = 100  // under a field, and in a menu
	maxInput       = 4000 // in a field
	maxFiles       = 10
	maxFile        = 10 << 20 // bytes in a file that somebody hangs on a command
	maxNonce       = 25
	maxAlternative = 1024 // describing a picture
)

// Intents: guilds, to learn of a removal, and direct messages. Neither is privileged.
const intents = 1<<0 | 1<<12

// nonceWindow is for how long Discord remembers a nonce: "a few minutes".
const nonceWindow = 2 * time.Minute

// Options are what a Discord works with. All fields but those that say so are needed.
type Options struct {
	Token string // Token is the bot's, with or without "Bot " before it.
	API   string // API is Discord's address or a proxy's; wire.DefaultAPI when empty.
	Words bot.Words
	Store storage.Store
	Vault *storage.Vault
	Log   *slog.Logger
	// Witness is told the time that Discord says it is. Optional.
	Witness func(said time.Time)
	// Dial makes the connections. Optional: net.Dialer.
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
}

// Discord is the platform.
type Discord struct {
	o       Options
	client  *wire.Client
	gateway *wire.Gateway
	queue   *queue
	seen    seen
	menu    menu
	directs *directs
	roster  roster
	app     atomic.Pointer[string] // app is the application's id, nil before READY.
	self    atomic.Pointer[string] // self is the bot's own id as a person, nil before READY.

	h       bot.Handler
	errands sync.WaitGroup // errands are what Run does beside calls.
}

// New makes a Discord. Its error is about Options.API.
func New(o Options) (*Discord, error) {
	o.Token = strings.TrimPrefix(strings.TrimSpace(o.Token), "Bot ")
	if o.Dial == nil {
		o.Dial = (&net.Dialer{Timeout: 10 * time.Second}).DialContext
	}
	client, err := wire.NewClient(wire.ClientOptions{API: o.API, Token: o.Token, Dial: o.Dial, Witness: o.Witness})
	if err != nil {
		return nil, fmt.Errorf("discord: %w", err)
	}
	d := &Discord{o: o, client: client, queue: newQueue(o.Log)}
	d.gateway = &wire.Gateway{Client: client, Intents: intents, Dial: o.Dial, Log: o.Log, Jitter: rand.Float64}
	d.directs = newDirects(o)
	return d, nil
}

// Limits are what Discord carries. Of the 100 characters behind a button some are
// kept for the option that a menu fills in.
func (d *Discord) Limits() bot.Limits {
	return bot.Limits{
		Platform: platform, Payload: maxCustomID - optionRoom, Label: maxButton, Text: maxText,
		Rows: maxRows, Columns: maxColumns, Choices: maxChoices, Asks: maxFields,
	}
}

// Publish takes the tree that Run will show people.
func (d *Discord) Publish(tree []chat.Command) { d.menu.take(tree, d.o.Words) }

// Window is for how long the same letter is sent once.
func (d *Discord) Window() time.Duration { return nonceWindow }

// Run serves h until ctx ends. A *bot.Halt says that Discord will not have the bot
// until somebody does something.
func (d *Discord) Run(ctx context.Context, h bot.Handler) error {
	if strings.ContainsFunc(d.o.Token, notInToken) || d.o.Token == "" {
		return &bot.Halt{Say: haltToken}
	}
	d.h = h
	err := d.gateway.Run(ctx, func(event string, data json.RawMessage) { d.hear(ctx, event, data) })
	d.queue.wait()
	d.errands.Wait()
	d.client.Close()
	var fatal *wire.Fatal
	if errors.As(err, &fatal) {
		return halt(fatal)
	}
	return err
}

// notInToken are characters with which no request could be made.
func notInToken(r rune) bool { return r <= ' ' || r > '~' }

// hear sorts what the gateway tells. It never blocks.
func (d *Discord) hear(ctx context.Context, event string, data json.RawMessage) {
	switch event {
	case "READY":
		var ready wire.Ready
		if d.decode(event, data, &ready) {
			d.app.Store(&ready.Application.ID)
			d.self.Store(&ready.User.ID)
			d.errands.Go(func() { d.publish(ctx) })
		}
	case "INTERACTION_CREATE":
		i := &wire.Interaction{}
		if d.decode(event, data, i) {
			d.interact(ctx, i)
		}
	case "MESSAGE_CREATE":
		m := &wire.Written{}
		if d.decode(event, data, m) && m.GuildID == "" && !m.Author.Bot {
			d.queue.push(m.Author.ID, func() { d.written(ctx, m, time.Now()) })
		}
	case "GUILD_CREATE", "GUILD_DELETE":
		var g wire.GuildNews
		if d.decode(event, data, &g) && !g.Unavailable {
			d.queue.push(g.ID, func() { d.notice(ctx, guildNews[event], g.ID) })
		}
	}
}

// guildNews are what the events say. That the bot is in a guild Discord tells whenever
// it connects, too.
var guildNews = map[string]chat.NoticeKind{"GUILD_CREATE": chat.Joined, "GUILD_DELETE": chat.Removed}

// decode reads an event; what cannot be read is told without what stands in it.
func (d *Discord) decode(event string, data json.RawMessage, v any) bool {
	err := json.Unmarshal(data, v)
	if err != nil {
		d.o.Log.Error("event cannot be read", slog.String("event", event))
	}
	return err == nil
}

// notice tells what became of the bot in a guild.
func (d *Discord) notice(ctx context.Context, kind chat.NoticeKind, guild string) {
	n := chat.Notice{Kind: kind, At: chat.Address{Platform: platform, Space: guild}, Time: time.Now()}
	if err := d.h.Notice(ctx, n); err != nil {
		d.o.Log.Error("notice failed", slog.String("kind", string(n.Kind)), slog.Any("error", err))
	}
}
