package bottest

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode"
	"unicode/utf16"

	"peerbot/bot"
	"peerbot/chat"
	"peerbot/storage"
	"peerbot/storage/mem"
)

// Conform plays every case on a fresh stage.
func Conform(t *testing.T, open func(t *testing.T) Stage) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := raise(t, open(t))
				defer func() { p.stop() }()
				c.play(p)
			})
		})
	}
}

var cases = []struct {
	name string
	play func(*play)
}{
	{"a public answer is seen by all", publicAnswer},
	{"a private answer is seen by the caller alone", privateAnswer},
	{"a private answer waits behind a door", door},
	{"anyone may press a public button", publicButton},
	{"a public button may have a private answer, which never takes its place", publicButtonAside},
	{"choices are shown and can be pressed", choices},
	{"a form asks, refuses and takes the correction", formCorrected},
	{"a file comes with a command or as an answer", handed},
	{"a preview is its caller's, and is saved once and undone once", previewed},
	{"who just writes is told that no one reads it", unread},
	{"a letter reaches a room or a person, with its buttons", letters},
	{"the same letter again is the same message", letterAgain},
	{"what was sent can be edited", edited},
	{"every kind of span can be read", spans},
	{"a long text arrives, in pieces or cut and marked", longText},
	{"no control or bidi character arrives", oddText},
	{"a form and its buttons outlive a new start", restarted},
}

// play is one case being played.
type play struct {
	t     *testing.T
	stage Stage
	store storage.Store
	vault *storage.Vault
	plans plans
	limit bot.Limits
	bot   *bot.Bot
	stop  func()

	platform bot.Platform
}

func raise(t *testing.T, s Stage) *play {
	vault, err := storage.NewVault(make([]byte, storage.KeySize))
	if err != nil {
		t.Fatal(err)
	}
	store := mem.New()
	p := &play{t: t, stage: s, store: store, vault: vault, plans: plans{store}}
	p.start()
	return p
}

// Know makes everybody a member of the space they are in.
func (p *play) Know(_ context.Context, c *chat.Call) error {
	c.Member = p.vault.ID("member", c.From.Platform, c.From.ID)
	if !c.At.Direct() {
		c.Home = p.vault.ID("home", c.At.Platform, c.At.Space)
	}
	c.Role |= chat.Member
	return nil
}

// start starts the program: platform, Router and Bot, over the store that is there.
func (p *play) start() {
	p.platform = p.stage.Start()
	p.limit = p.platform.Limits()
	log := slog.New(slog.NewTextHandler(p.t.Output(), nil))
	router, err := bot.NewRouter(bot.RouterConfig{
		Tree: tree(p.store), Store: p.store, Vault: p.vault, Words: Words{}, Directory: p, Menu: []string{"menu"},
		Limits: []bot.Limits{p.limit}, Log: log, Rand: rand.NewChaCha8([32]byte{}),
	})
	if err != nil {
		p.t.Fatal(err)
	}
	p.bot = bot.New(router, []bot.Platform{p.platform}, log)
	ctx, cancel := context.WithCancel(p.t.Context())
	done := make(chan error, 1)
	go func() { done <- p.bot.Run(ctx) }()
	p.stop = func() {
		cancel()
		if err := <-done; err != nil {
			p.t.Error(err)
		}
		p.stop = func() {}
	}
	p.settle()
}

// settle lets everything happen that follows from what was done, timers of a few
// seconds too.
func (p *play) settle() {
	time.Sleep(5 * time.Second)
	synctest.Wait()
}

func (p *play) call(who, room string, path string, args ...chat.Arg) {
	p.stage.Call(who, room, strings.Fields(path), args...)
	p.settle()
}

func (p *play) press(who, room, label string) {
	p.stage.Press(who, room, label)
	p.settle()
}

// fill answers the form that is open until nothing more is asked: each field by its
// label.
func (p *play) fill(who, room string, values map[string]string) {
	p.t.Helper()
	for range values {
		fields := p.last(who, room).Fields
		if len(fields) == 0 {
			return
		}
		var answers []string
		for _, f := range fields {
			value, ok := values[f]
			if !ok {
				p.t.Fatalf("the form asks for %q, which it should not", f)
			}
			answers = append(answers, value)
		}
		p.stage.Fill(who, room, answers...)
		p.settle()
	}
}

func (p *play) last(who, room string) Seen {
	p.t.Helper()
	seen := p.stage.Sees(who, room)
	if len(seen) == 0 {
		p.t.Fatalf("%s sees nothing in %q", who, room)
	}
	return seen[len(seen)-1]
}

// aside is where a private answer to something said in the room is seen.
func (p *play) aside(room string) string {
	if p.limit.Aside {
		return ""
	}
	return room
}

// sees wants a message with the words among what who sees.
func (p *play) sees(who, room, words string) {
	p.t.Helper()
	if !p.finds(who, room, words) {
		p.t.Errorf("%s does not see %q in %q, but %q", who, words, room, p.stage.Sees(who, room))
	}
}

func (p *play) seesNot(who, room, words string) {
	p.t.Helper()
	if p.finds(who, room, words) {
		p.t.Errorf("%s sees %q in %q", who, words, room)
	}
}

func (p *play) finds(who, room, words string) bool {
	return slices.ContainsFunc(p.stage.Sees(who, room), func(s Seen) bool { return strings.Contains(s.Text, words) })
}

func (p *play) counts(want int) {
	p.t.Helper()
	if n, err := p.plans.count(p.t.Context()); err != nil || n != want {
		p.t.Errorf("%d plans are saved, not %d (%v)", n, want, err)
	}
}

// send sends a message and returns its reference.
func (p *play) send(who, room, id string, m chat.Message) string {
	p.t.Helper()
	ref, err := p.bot.Send(p.t.Context(), p.stage.At(who, room), id, m)
	if err != nil {
		p.t.Fatalf("send: %v", err)
	}
	p.settle()
	return ref
}

// pieces are what who sees after the first n messages.
func (p *play) pieces(who, room string, n int) []Seen {
	p.t.Helper()
	seen := p.stage.Sees(who, room)
	if len(seen) <= n {
		p.t.Fatalf("%s sees nothing new in %q", who, room)
	}
	return seen[n:]
}

func units(text string) int { return len(utf16.Encode([]rune(text))) }

func odd(c rune) bool {
	return c != '\n' && unicode.In(c, unicode.Cc, unicode.Bidi_Control)
}

func words(format string, args ...any) chat.Rich { return chat.Words(fmt.Sprintf(format, args...)) }
