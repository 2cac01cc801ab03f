package outbox

import (
	"context"
	"errors"
	"sync"
	"time"

	"peerbot/chat"
)

const (
	tick   = time.Minute      // tick is the longest Run goes without looking: it notices a clock put right within it.
	glance = time.Millisecond // glance is the first wait after news; each next one is twice as long, up to tick.
	pause  = time.Second      // pause is the wait after a failure of its own, and while the clock cannot be trusted.
	grace  = 10 * time.Second // grace is how long what is in flight may take once Run is to end.
	aloft  = 16               // aloft is how many messages of a platform are in flight,
	spare  = 2                // of which so many places are kept for Safety.
)

// pump is one Run.
type pump struct {
	*Outbox
	to      Sender
	settled map[Class]Settled
	born    time.Time
	landed  chan flight

	mu    sync.Mutex
	moved map[string]chat.Address // moved is where a room has gone, by its hash.

	// What follows belongs to the loop alone.
	flying  map[string]int       // flying is how many messages are in flight, by platform.
	rooms   map[string]time.Time // rooms take nothing now: one is in flight there when zero, else they rest until then.
	held    time.Time            // held is when the clock could last not be trusted.
	counted time.Time            // counted is when the letters were last counted.
	hot     map[string][]string  // hot are the rooms for which several wait, by their line in the queue.
	surveys time.Time            // surveys is when the hot rooms may be looked for again.
}

// flight is one letter on its way, with those joined to it.
type flight struct {
	key  string
	at   place
	held time.Time
	rest time.Time // rest is how long its room is to be left alone afterwards.
}

// Run delivers until ctx ends: classes in order, earliest deadline first, to the minute,
// and in a minute the rooms for which most waits; one letter in flight a room, 16 a
// platform, of which two are kept for Safety. A letter that failed is overtaken by
// others of its room. What was in flight when an earlier Run was killed
// is in doubt; see Deduper, Safety and Exact.
//
// When ctx ends, what is in flight has ten seconds, and the rest stays as it is.
//
// Post wakes Run before its transaction is committed, so after news Run looks at once,
// a millisecond later, two later, and so on: whatever the commit takes, a letter is
// found after at most twice that, and one that another process wrote within a minute.
func (o *Outbox) Run(ctx context.Context, to Sender, settled map[Class]Settled) error {
	p := &pump{Outbox: o, to: to, settled: settled, born: time.Now(), landed: make(chan flight),
		moved: map[string]chat.Address{}, flying: map[string]int{}, rooms: map[string]time.Time{}}
	flights, cut := context.WithCancel(context.WithoutCancel(ctx))
	defer cut()
	if err := p.doubt(ctx); err != nil && ctx.Err() == nil {
		return err
	}
	for again := glance; ctx.Err() == nil; again = min(2*again, tick) {
		rest, err := p.round(ctx, flights, time.Now())
		if err != nil && ctx.Err() == nil {
			o.log.Error("the outbox cannot be worked off", "err", err)
			rest, again = pause, pause
		}
		if p.await(ctx, min(rest, again)) {
			again = glance / 2
		}
	}
	p.land(cut)
	return nil
}

// Alive is when Run last looked at what waits; it lags more than a minute or two only
// when the store hangs. It is zero before Run.
func (o *Outbox) Alive() time.Time {
	if ms := o.alive.Load(); ms != 0 {
		return time.UnixMilli(ms)
	}
	return time.Time{}
}

// round starts what can go at now, and returns how long there will be nothing to do.
func (p *pump) round(ctx, flights context.Context, now time.Time) (time.Duration, error) {
	p.alive.Store(now.UnixMilli())
	if !p.steady(now) {
		p.held = now
		return pause, nil
	}
	if now.Sub(p.counted) >= tick {
		if err := p.count(ctx, now); err != nil {
			return 0, err
		}
	}
	next, err := p.ready(ctx, now)
	s, err2 := p.look(ctx, now)
	for _, f := range s.flights {
		go func() { p.landed <- p.deliver(ctx, flights, f) }()
	}
	if len(s.early) > 0 {
		next = now
	}
	if s.next.Before(next) {
		next = s.next
	}
	return next.Sub(now), errors.Join(err, err2, p.refile(ctx, s.early, now))
}

// await returns when there may be something to do, after rest at the latest; it
// reports news.
func (p *pump) await(ctx context.Context, rest time.Duration) (news bool) {
	timer := time.NewTimer(rest)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	case f := <-p.landed:
		p.free(f)
	case <-p.news:
		return true
	}
	return false
}

// free makes room for the next.
func (p *pump) free(f flight) {
	p.flying[f.at.platform]--
	if f.rest.IsZero() {
		delete(p.rooms, f.at.room)
	} else {
		p.rooms[f.at.room] = f.rest
	}
}

// land waits for what is in flight, and cuts it off when the grace is over.
func (p *pump) land(cut func()) {
	over := time.AfterFunc(grace, cut)
	defer over.Stop()
	for _, n := range p.flying {
		for range n {
			<-p.landed
		}
	}
}
