// Package telegram is the platform Telegram: an adapter between the Bot API and the
// engine.
//
// What somebody asks for is put into a durable inbox before Telegram is told that it
// was taken, and leaves it in the transaction of its effect: a crash loses no command
// and repeats none. Of a group nothing is taken in but commands for the bot, answers to
// what it said, and what happens to the group itself; other talk is dropped unread.
// An answer that is for one person goes to their private chat, and the group sees a
// note that repeats nothing.
//
// It knows no command by name and keeps no name of anybody. Text is sent with entities
// and is never parsed: what a person typed is neither markup nor a mention.
package telegram

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"peerbot/bot"
	"peerbot/bot/telegram/wire"
	"peerbot/chat"
	"peerbot/storage"
)

// Name is the platform's name in addresses.
const Name = "telegram"

// What Telegram carries: https://core.telegram.org/bots/api#sendmessage,
// https://core.telegram.org/bots/api#inlinekeyboardbutton. It takes 100 buttons; these
// are what a phone shows well.
const (
	maxText    = 4096 // in UTF-16 units
	maxPayload = 64   // in bytes
	maxCaption = 1024
	maxMarks   = 100 // entities in a message
	maxLabel   = 60
	rows       = 12
	columns    = 3
	choices    = 25
)

// Options are what a Telegram is made with.
type Options struct {
	Token string
	API   string // API is the address of the Bot API server; "" is Telegram's own.
	// Webhook, when its URL is set, takes updates in place of polling for them.
	Webhook Webhook
	Words   bot.Words
	Store   storage.Store
	Vault   *storage.Vault
	Log     *slog.Logger
	// Witness is told what time the server says it is, with every answer. Optional.
	Witness func(said time.Time)
	// Dial opens connections to the server. Optional.
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
}

// Webhook is where Telegram delivers updates. Telegram wants https: a proxy in front of
// Listen ends that.
type Webhook struct {
	Listen string // Listen is the address of this machine, such as "127.0.0.1:8443".
	URL    string // URL is what Telegram calls, and what the proxy hands on to Listen.
	Secret string // Secret comes with every update: 1 to 256 of A-Z a-z 0-9 _ and -.
}

// Telegram is the platform. All its methods are safe for concurrent use.
type Telegram struct {
	o       Options
	api     *wire.Client
	broken  error // broken is why there is no api.
	inbox   *inbox
	doors   *doors
	roster  *roster
	names   *names
	menu    *menu
	albums  *albums
	me      atomic.Pointer[self]
	mu      sync.Mutex
	handler bot.Handler // handler is there while Run runs.
}

// self is who the bot is on Telegram.
type self struct {
	ID       int64  `json:"id"`
	Username string `json:"username"`
}

// New makes a Telegram; nothing is asked of the network yet. What is wrong with the
// token or an address is told by Run, so that other platforms go on. The error is about
// the webhook's secret.
func New(o Options) (*Telegram, error) {
	if err := o.Webhook.check(); err != nil {
		return nil, fmt.Errorf("telegram: %w", err)
	}
	t := &Telegram{
		o: o, inbox: newInbox(o.Store, o.Vault), doors: newDoors(o.Store, o.Vault),
		menu: &menu{words: o.Words}, albums: &albums{seen: map[albumKey]*album{}},
	}
	t.api, t.broken = wire.New(wire.Options{Token: o.Token, API: o.API, Dial: o.Dial, Witness: o.Witness})
	t.roster, t.names = newRoster(t.api), newNames(t.api)
	return t, nil
}

// Limits are Telegram's.
func (t *Telegram) Limits() bot.Limits {
	return bot.Limits{
		Platform: Name, Payload: maxPayload, Label: maxLabel, Text: maxText,
		Rows: rows, Columns: columns, Choices: choices, Asks: 1, Typed: true, Aside: true,
	}
}

// Publish hands over the tree, of which the menus are made.
func (t *Telegram) Publish(tree []chat.Command) { t.menu.plant(tree) }

// Run takes updates and answers them until ctx ends. Its error is a *bot.Halt where the
// token or the configuration has to be changed first.
func (t *Telegram) Run(ctx context.Context, h bot.Handler) error {
	if t.broken != nil {
		return &bot.Halt{Say: "Telegram: " + t.broken.Error(), Err: t.broken}
	}
	defer t.api.Close()
	if err := t.introduce(ctx); err != nil {
		return err
	}
	t.serves(h)
	defer t.serves(nil)
	s := newShift(ctx, t, h)
	defer s.end()
	if err := s.resume(ctx); err != nil {
		return fmt.Errorf("telegram: read the inbox: %w", err)
	}
	s.aside.Go(func() { t.menu.publish(s.work, t.api, t.o.Log) })
	if t.o.Webhook.URL != "" {
		return t.listen(ctx, s)
	}
	return t.poll(ctx, s)
}

// introduce learns who the bot is.
func (t *Telegram) introduce(ctx context.Context) error {
	var me self
	if err := t.api.Call(ctx, "getMe", struct{}{}, &me); err != nil {
		return t.halted(err)
	}
	t.me.Store(&me)
	return nil
}

// halted is a *bot.Halt where the server does not know the token, else the error.
func (t *Telegram) halted(err error) error {
	var e *wire.Error
	if !errors.As(err, &e) || e.Code != 401 && e.Code != 404 {
		return fmt.Errorf("telegram cannot be reached; look at telegram.api_url and the network: %w", err)
	}
	return &bot.Halt{Err: err, Say: "Telegram does not know this token. It may be mistyped, or it was taken back. " +
		"Ask @BotFather for the token, put it into telegram.token, and start the bot again. " +
		"If the token is right, look at telegram.api_url: it has to lead to a Bot API server."}
}

func (t *Telegram) serves(h bot.Handler) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.handler = h
}

// notice tells the engine what happened, if Run runs.
func (t *Telegram) notice(ctx context.Context, n chat.Notice) error {
	t.mu.Lock()
	h := t.handler
	t.mu.Unlock()
	if h == nil {
		return nil
	}
	n.Time = time.Now()
	return h.Notice(ctx, n)
}

// words puts a sentence of ours into the language.
func (t *Telegram) words(lang string, r chat.Rich) chat.Rich {
	return t.o.Words.Put(t.o.Words.Match(lang), nil, r)
}

// Every ability that the engine looks for.
var (
	_ bot.Platform  = (*Telegram)(nil)
	_ bot.Editor    = (*Telegram)(nil)
	_ bot.Pacer     = (*Telegram)(nil)
	_ bot.Publisher = (*Telegram)(nil)
)
