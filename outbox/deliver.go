package outbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"peerbot/chat"
	"peerbot/storage"
)

const (
	deadline = 30 * time.Second // deadline is how long one Send may take.
	tries    = 5                // tries is after how many failures a letter is parked.
)

// backoff is how long to wait after so many failures: about 5 s, 25 s, 2 min and
// 10 min. jitter, from 0 to 1, keeps apart what failed together.
func backoff(failures int, jitter float64) time.Duration {
	wait := 5 * time.Second
	for range failures - 1 {
		wait *= 5
	}
	return time.Duration((0.75 + jitter/2) * float64(wait))
}

// deliver carries one letter through: claim, send, settle.
func (p *pump) deliver(ctx, flights context.Context, f flight) flight {
	var pc parcel
	err := p.commit(ctx, func(tx storage.Tx, tell Settled) (err error) {
		pc, err = p.claim(tx, tell, f, time.Now())
		return err
	})
	if err != nil {
		f.rest = time.Now().Add(tick)
	}
	if err != nil || len(pc.letters) == 0 {
		return f
	}
	if ctx.Err() != nil {
		_ = p.commit(flights, func(tx storage.Tx, _ Settled) error { return p.release(tx, pc) })
		return f
	}
	res := result{at: time.Now()}
	err = p.send(flights, pc, &res)
	if err != nil && flights.Err() != nil {
		return f // Cut off at the end of Run: in doubt until the next.
	}
	res.judge(err)
	switch {
	case res.fate == chat.Later && res.after > 0:
		f.rest = time.Now().Add(res.after)
	case res.fate == chat.MoveTo:
		p.learn(f.at.room, res.to)
	}
	if pacer, ok := p.to.(Pacer); ok {
		if free := pacer.Free(pc.lead().Letter.To); free.After(time.Now()) && free.After(f.rest) {
			f.rest = free
		}
	}
	_ = p.commit(flights, func(tx storage.Tx, tell Settled) error {
		return p.settle(tx, tell, pc, res, time.Now())
	})
	return f
}

// commit runs fn in a transaction until it succeeds, ctx ends, or the store is closed
// or damaged. A domain that has failed five times is not told any more.
func (p *pump) commit(ctx context.Context, fn func(storage.Tx, Settled) error) error {
	failures := 0
	tell := func(tx storage.Tx, now time.Time, r Receipt) error {
		told := p.settled[r.Class]
		if told == nil || failures >= tries {
			return nil
		}
		err := guard(func() error { return told(tx, now, r) })
		if err != nil {
			failures++
		}
		return err
	}
	for {
		err := p.store.Update(context.WithoutCancel(ctx), func(tx storage.Tx) error { return fn(tx, tell) })
		if err == nil {
			return nil
		}
		p.log.Error("what became of a letter cannot be written down", "err", err)
		if errors.Is(err, storage.ErrClosed) || errors.Is(err, storage.ErrDamaged) || !sleep(ctx, pause) {
			return err
		}
	}
}

// sleep reports whether ctx has not ended by then.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

var errPanic = errors.New("panicked")

// guard turns a panic of fn into an error. What it says may be a person's words, so
// only its type is kept.
func guard(fn func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("%w with %T", errPanic, v)
		}
	}()
	return fn()
}

// result is what came of sending a parcel.
type result struct {
	at    time.Time // at is when it was handed over.
	ref   string
	anew  bool      // anew: a new message was sent, not an old one edited.
	fate  chat.Fate // fate is "" when it was delivered.
	after time.Duration
	to    chat.Address
	why   Why
}

// send edits the message that the parcel replaces, else sends a new one.
func (p *pump) send(ctx context.Context, pc parcel, res *result) error {
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	to, m := pc.lead().Letter.To, pc.message(res.at)
	return guard(func() (err error) {
		if editor, ok := p.to.(Editor); ok && pc.edits != "" {
			err := editor.Edit(ctx, to, pc.edits, m)
			var b *chat.Bounce
			if !errors.As(err, &b) || b.Fate != chat.Gone && b.Fate != chat.Never {
				res.ref = pc.edits
				return err
			}
		}
		res.anew = true
		res.ref, err = p.to.Send(ctx, to, p.idOf(pc), m)
		return err
	})
}

// judge reads what the sender says about a failure.
func (res *result) judge(err error) {
	if err == nil {
		return
	}
	res.fate, res.why = chat.Later, Fault
	var b *chat.Bounce
	switch {
	case errors.As(err, &b) && (b.Fate != chat.MoveTo || b.To.Platform != ""):
		res.fate, res.after, res.to = b.Fate, b.After, b.To
	case errors.Is(err, errPanic):
		res.why = Panic
	}
	if errors.Is(err, context.DeadlineExceeded) {
		res.why = Timeout
	}
}
