package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"peerbot/chat"
	"peerbot/storage"
)

// Bot runs platforms side by side, and sends letters through them. One that dies is
// run again and never takes another down.
type Bot struct {
	router    *Router
	platforms map[string]Platform
	log       *slog.Logger

	mu   sync.Mutex
	down map[string]Outage
}

// Outage is a platform that is not being run.
type Outage struct {
	Since time.Time
	Say   string // Say is what a Halt said; "" when the platform will be run again.
}

// How a Bot waits.
const (
	firstBackOff = time.Second
	lastBackOff  = 5 * time.Minute
	grace        = 10 * time.Second // grace is how long calls may still take when the Bot stops.
	settle       = time.Second      // settle is how long a platform may take beyond that.
)

// New makes a Bot of the platforms, whose Limits the Router has been told.
func New(router *Router, platforms []Platform, log *slog.Logger) *Bot {
	b := &Bot{router: router, platforms: map[string]Platform{}, log: log, down: map[string]Outage{}}
	for _, p := range platforms {
		b.platforms[p.Limits().Platform] = p
	}
	return b
}

// Run publishes the tree and runs every platform until ctx ends, also when all of them
// have come to a Halt. Then nothing more is taken in, calls that were taken finish
// within ten seconds, and Run returns nil; the error names the platforms that have not
// stopped by then.
func (b *Bot) Run(ctx context.Context) error {
	calls, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	stopped := make(chan string, len(b.platforms))
	left := map[string]bool{}
	for name, p := range b.platforms {
		left[name] = true
		go func() {
			b.keep(ctx, name, p, &gate{router: b.router, platform: p, until: calls})
			stopped <- name
		}()
	}
	<-ctx.Done()
	if await(stopped, left, grace) {
		return nil
	}
	stop()
	if await(stopped, left, settle) {
		return nil
	}
	return fmt.Errorf("these platforms did not stop in time: %q", slices.Sorted(maps.Keys(left)))
}

// await waits until all have stopped, and reports whether they did in time.
func await(stopped <-chan string, left map[string]bool, atMost time.Duration) bool {
	late := time.After(atMost)
	for len(left) > 0 {
		select {
		case name := <-stopped:
			delete(left, name)
		case <-late:
			return false
		}
	}
	return true
}

// keep runs one platform again and again, and waits longer after each failure that
// follows soon upon the last one. A Halt ends it.
func (b *Bot) keep(ctx context.Context, name string, p Platform, h Handler) {
	b.publish(name, p)
	wait := firstBackOff
	for ctx.Err() == nil {
		b.note(name, nil)
		began := time.Now()
		err := guarded(func() error { return p.Run(ctx, h) })
		if ctx.Err() != nil {
			return
		}
		out := Outage{Since: time.Now()}
		var halt *Halt
		if errors.As(err, &halt) {
			out.Say = halt.Say
		}
		if b.note(name, &out); halt != nil {
			b.log.Error("platform has come to a halt; the others go on", slog.String("platform", name), slog.String("do", halt.Say))
			return
		}
		if time.Since(began) > lastBackOff {
			wait = firstBackOff
		}
		pause := wait/2 + time.Duration(b.router.rand.fraction()*float64(wait/2))
		b.log.Error("platform stopped", slog.String("platform", name), slog.Any("error", err), slog.Duration("again_in", pause))
		wait = min(2*wait, lastBackOff)
		select {
		case <-time.After(pause):
		case <-ctx.Done():
		}
	}
}

// publish hands the tree to a platform that shows it; one that cannot take it serves
// without.
func (b *Bot) publish(name string, p Platform) {
	shows, ok := p.(Publisher)
	if !ok {
		return
	}
	err := guarded(func() error { shows.Publish(b.router.tree.shown(p.Limits())); return nil })
	if err != nil {
		b.log.Error("platform does not show the commands", slog.String("platform", name), slog.Any("error", err))
	}
}

// note remembers that the platform is down, or with nil that it is being run.
func (b *Bot) note(name string, o *Outage) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if delete(b.down, name); o != nil {
		b.down[name] = *o
	}
}

// Down are the platforms that are not being run now, by name: those that have come to a
// Halt, and those that wait to be run again. A platform that is being run may be
// connecting still.
func (b *Bot) Down() map[string]Outage {
	b.mu.Lock()
	defer b.mu.Unlock()
	return maps.Clone(b.down)
}

// Window is for how long at least the platform recognises an id that it was sent; 0 is
// not at all.
func (b *Bot) Window(platform string) time.Duration {
	if d, ok := b.platforms[platform].(Deduper); ok {
		return d.Window()
	}
	return 0
}

// Free is when the room takes the next message; what has passed is now.
func (b *Bot) Free(to chat.Address) time.Time {
	if p, ok := b.platforms[to.Platform].(Pacer); ok {
		return p.Free(to)
	}
	return time.Time{}
}

// guarded makes an error of a panic.
func guarded(do func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = panicked(p)
		}
	}()
	return do()
}

// gate hands calls to the Router under a context that outlives the platform's own:
// a call that has begun is finished when the Bot stops.
type gate struct {
	router   *Router
	platform Platform
	until    context.Context
}

func (g *gate) outliving(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	unhook := context.AfterFunc(g.until, stop)
	return ctx, func() { unhook(); stop() }
}

func (g *gate) Call(ctx context.Context, c *chat.Call) chat.Reply {
	ctx, stop := g.outliving(ctx)
	defer stop()
	return g.router.call(ctx, c, g.platform)
}

func (g *gate) Complete(ctx context.Context, c *chat.Call, option, typed string) []chat.Choice {
	ctx, stop := g.outliving(ctx)
	defer stop()
	return g.router.Complete(ctx, c, option, typed)
}

func (g *gate) Notice(ctx context.Context, n chat.Notice) error {
	ctx, stop := g.outliving(ctx)
	defer stop()
	return g.router.Notice(ctx, n)
}

// Send puts the message into words and payloads, and sends it through the address's
// platform. The same id makes the same buttons. Its error is a *chat.Bounce, or
// means chat.Later.
func (b *Bot) Send(ctx context.Context, to chat.Address, id string, m chat.Message) (ref string, err error) {
	p, ok := b.platforms[to.Platform]
	if !ok {
		return "", unknownPlatform(to)
	}
	if m, err = b.router.letter(ctx, to, b.router.vault.ID("letter", id), m); err != nil {
		return "", err
	}
	err = guarded(func() error { ref, err = p.Send(ctx, to, id, m); return err })
	return ref, err
}

// Edit changes a message that was sent. Where the platform cannot, it bounces for
// good: what was sent stays.
func (b *Bot) Edit(ctx context.Context, to chat.Address, ref string, m chat.Message) error {
	p, ok := b.platforms[to.Platform]
	if !ok {
		return unknownPlatform(to)
	}
	editor, ok := p.(Editor)
	if !ok {
		return &chat.Bounce{Fate: chat.Never, Err: fmt.Errorf("%s cannot edit", to.Platform)}
	}
	m, err := b.router.letter(ctx, to, b.router.vault.ID("edit", to.String(), ref), m)
	if err != nil {
		return err
	}
	return guarded(func() error { return editor.Edit(ctx, to, ref, m) })
}

func unknownPlatform(to chat.Address) error {
	return &chat.Bounce{Fate: chat.Never, Err: fmt.Errorf("no platform %q is plugged in", to.Platform)}
}

// letter puts a message into words of its reader's language and zone, and its offers
// into payloads that anyone at the address may press.
func (r *Router) letter(ctx context.Context, to chat.Address, id string, m chat.Message) (chat.Message, error) {
	p := &printer{
		Router: r, lang: r.words.Match(m.Lang), zone: m.Zone, now: time.Now(),
		limits: r.limits[to.Platform], message: id,
	}
	if to.Direct() {
		p.home = m.Home
	}
	m.Body = p.words(m.Body)
	rows, err := p.rows(asButtons(m.Offers), toRoom, &chat.Call{At: to})
	if err != nil {
		return m, err
	}
	m.Offers = p.fit(rows)
	if len(p.card.Tickets) == 0 {
		return m, nil
	}
	owner := m.For
	if owner == "" {
		owner = m.Home
	}
	return m, r.store.Update(ctx, func(tx storage.Tx) error { return p.save(tx, owner) })
}
