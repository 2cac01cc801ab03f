package wire

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/bwmarrin/discordgo"
	"github.com/gorilla/websocket"
	"golang.org/x/time/rate"
)

// How the supervisor waits.
const (
	openTime     = 30 * time.Second // openTime is how long a connection may take until READY or RESUMED.
	firstBackOff = time.Second
	lastBackOff  = 300 * time.Second
	stable       = time.Minute // stable: a connection that stood so long begins the back-off anew.
	// Discord takes 1,000 IDENTIFYs a day and then resets the token:
	// https://docs.discord.com/developers/topics/gateway#session-start-limit-object.
	identifyBurst = 20
	identifyEvery = 2 * time.Minute
	identifyGap   = 5100 * time.Millisecond // Discord takes one IDENTIFY in five seconds.
)

// Gateway is the supervisor of the connection over which Discord tells what happens.
type Gateway struct {
	Client  *Client
	Intents int
	Dial    func(ctx context.Context, network, addr string) (net.Conn, error)
	Log     *slog.Logger
	Jitter  func() float64 // Jitter is a number from 0 to 1, without 1.

	session *discordgo.Session // session is nil when the next one has to be a new one.
	begun   time.Time          // begun is when the last new one was.
	down    chan struct{}
	on      func(event string, data json.RawMessage)

	mu      sync.Mutex
	opening context.Context // opening bounds the Open that is under way.
	target  string          // target is where the next connection goes.
	asked   string          // asked is where the library believes that it goes.
	tap     *tap
}

// Fatal is why Discord will not have this bot until somebody does something: a close
// code of the gateway, or 401.
type Fatal struct {
	Code int
	Err  error
}

func (f *Fatal) Error() string { return f.Err.Error() }

func (f *Fatal) Unwrap() error { return f.Err }

// Run keeps a connection until ctx ends, and calls on for every event, one after the
// other; on may not block. Its error is a *Fatal.
func (g *Gateway) Run(ctx context.Context, on func(event string, data json.RawMessage)) error {
	g.on = on
	budget := rate.NewLimiter(rate.Every(identifyEvery), identifyBurst)
	wait := firstBackOff
	for {
		began := time.Now()
		err := g.once(ctx, budget)
		if ctx.Err() != nil {
			return nil //nolint:nilerr // It was asked to end.
		}
		var fatal *Fatal
		if errors.As(err, &fatal) {
			return fatal
		}
		if time.Since(began) > stable {
			wait = firstBackOff
		}
		pause := g.between(wait/2, wait)
		if errors.Is(err, errForgotten) || errors.Is(err, errResumable) {
			pause = g.between(time.Second, 5*time.Second) // as Discord asks for, and the library does not
		} else {
			wait = min(2*wait, lastBackOff)
		}
		g.Log.Warn("gateway lost", slog.Any("error", err), slog.Duration("again_in", pause))
		if !sleep(ctx, pause) {
			return nil
		}
	}
}

// between is somewhere between the two.
func (g *Gateway) between(least, most time.Duration) time.Duration {
	return least + time.Duration(g.Jitter()*float64(most-least))
}

// sleep waits, and reports whether ctx lasted.
func sleep(ctx context.Context, d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-ctx.Done():
		return false
	}
}

// once connects and stays until the connection ends.
func (g *Gateway) once(ctx context.Context, budget *rate.Limiter) error {
	if g.session == nil {
		if err := g.begin(ctx, budget); err != nil {
			return err
		}
	}
	if err := g.open(ctx); err != nil {
		return g.parted(err)
	}
	g.Log.Info("gateway connected")
	for {
		select {
		case <-g.down:
			if g.tapped().ended() != nil { // else the library speaks of the connection before
				return g.parted(io.EOF)
			}
		case <-ctx.Done():
			g.tapped().leave()
			<-g.down
			return nil
		}
	}
}

// begin makes a new Session, when Discord and our own budget have an IDENTIFY left.
func (g *Gateway) begin(ctx context.Context, budget *rate.Limiter) error {
	bot, err := g.Client.GatewayBot(ctx)
	var refused *Error
	if errors.As(err, &refused) && refused.Status == http.StatusUnauthorized {
		return &Fatal{Code: refused.Status, Err: err}
	}
	if err != nil {
		return fmt.Errorf("ask for the gateway's address: %w", err)
	}
	if bot.Limit.Total > 0 && bot.Limit.Remaining <= 0 {
		again := time.Duration(bot.Limit.After)*time.Millisecond + time.Second
		g.Log.Error("Discord takes no more sessions today", slog.Duration("again_in", again))
		if !sleep(ctx, again) {
			return ctx.Err()
		}
		return g.begin(ctx, budget)
	}
	if err := budget.Wait(ctx); err != nil {
		return err
	}
	if !sleep(ctx, time.Until(g.begun.Add(identifyGap))) {
		return ctx.Err()
	}
	g.begun = time.Now()
	g.fresh()
	g.aim(bot.URL)
	return nil
}

// fresh makes a new Session, which does nothing of its own accord.
func (g *Gateway) fresh() {
	s := g.Client.session(&http.Client{Transport: address{g}})
	s.ShouldReconnectOnError = false
	s.SyncEvents = true
	s.Compress = false
	s.Identify.Intents = discordgo.Intent(g.Intents)
	s.Dialer = &websocket.Dialer{NetDialContext: g.dial}
	down := make(chan struct{}, 1)
	s.AddHandler(func(*discordgo.Session, *discordgo.Disconnect) {
		select {
		case down <- struct{}{}:
		default:
		}
	})
	s.AddHandler(func(_ *discordgo.Session, e *discordgo.Event) { g.event(e) })
	g.session, g.down = s, down
}

// event passes an event on, and remembers where a session that was lost is resumed.
func (g *Gateway) event(e *discordgo.Event) {
	if e.Type == "READY" {
		var ready struct {
			URL string `json:"resume_gateway_url"`
		}
		if json.Unmarshal(e.RawData, &ready) == nil && ready.URL != "" {
			g.aim(ready.URL)
		}
	}
	g.on(e.Type, e.RawData)
}

func (g *Gateway) aim(target string) {
	if !strings.HasSuffix(target, "/") {
		target += "/" // as the library does
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.target = target
}

// open opens the Session, in its time. It always comes back: the end of the
// connection under it frees it wherever it is.
func (g *Gateway) open(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, openTime, errors.New("the gateway did not greet in time"))
	defer cancel()
	g.mu.Lock()
	g.opening, g.tap = ctx, nil
	g.mu.Unlock()
	free := context.AfterFunc(ctx, g.cut)
	defer free()
	select {
	case <-g.down: // of the connection before
	default:
	}
	err := g.session.Open()
	if errors.Is(err, errElsewhere) {
		err = g.session.Open()
	}
	if err != nil {
		return errors.Join(context.Cause(ctx), err)
	}
	g.tapped().watch()
	return nil
}

func (g *Gateway) tapped() *tap {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.tap
}

// cut ends the connection of an Open whose time is over.
func (g *Gateway) cut() {
	g.mu.Lock()
	ctx, t := g.opening, g.tap
	g.mu.Unlock()
	if t != nil {
		t.end(context.Cause(ctx))
	}
}

// parted decides, by why the connection ended, whether the next one resumes the
// session or begins a new one.
func (g *Gateway) parted(err error) error {
	if t := g.tapped(); t != nil && t.ended() != nil {
		err = t.ended()
	}
	var closed *Closed
	switch {
	case errors.As(err, &closed) && fatalCode(closed.Code):
		return &Fatal{Code: closed.Code, Err: err}
	case errors.As(err, &closed) && !resumable(closed.Code), errors.Is(err, errForgotten):
		g.session = nil
	}
	return err
}

// fatalCode: connecting again would end the same way. See
// https://docs.discord.com/developers/topics/opcodes-and-status-codes#gateway-close-event-codes.
func fatalCode(code int) bool { return code == 4004 || code >= 4010 && code <= 4014 }

// resumable: the session outlives a connection that ended with the code.
func resumable(code int) bool {
	switch code {
	case 1000, 1001, 4003, 4007, 4009:
		return false
	}
	return true
}
