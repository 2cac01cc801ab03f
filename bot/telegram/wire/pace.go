package wire

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// Telegram's limits on what a bot sends, as published, each with a little to spare:
// https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
const (
	between     = time.Second / 29        // between any two messages; 30 a second are allowed.
	inChat      = 1020 * time.Millisecond // inChat is between two in one chat.
	groupWindow = time.Minute             // groupWindow is how long a message in a group counts.
	inGroup     = 20                      // inGroup is how many may count at once.
	spared      = 1                       // spared of those, letters leave to replies.
	slack       = 200 * time.Millisecond

	// longest is how long a letter waits here; beyond it the outbox keeps it.
	longest = 20 * time.Second
	// remembered is how many chats are kept in mind before those that rest are dropped.
	remembered = 4096
)

// Hurry says what goes first.
type Hurry int

// The kinds of Hurry.
const (
	Letter Hurry = iota // Letter waits for replies.
	Reply               // Reply is an answer to a person.
	Now                 // Now waits for nothing; it is counted all the same.
)

// Lane says where a request puts a message. A request without a lane is not paced.
type Lane struct {
	Chat  int64 // Chat is below zero for a group.
	Hurry Hurry
}

type laneKey struct{}

// In puts the requests under ctx into a lane.
func In(ctx context.Context, l Lane) context.Context { return context.WithValue(ctx, laneKey{}, l) }

// Full is the error of a letter that would have to wait too long; nothing was sent.
type Full struct{ After time.Duration }

func (f *Full) Error() string { return fmt.Sprintf("the limits leave no room for %v", f.After) }

// pacer lets requests through no faster than the limits allow.
type pacer struct {
	next http.RoundTripper

	mu      sync.Mutex
	slot    time.Time        // slot is when the next message of all may go.
	chats   map[int64]*pulse // chats where something was sent lately.
	replies int              // replies that wait, before which no letter goes.
}

// pulse is what was sent to a chat lately.
type pulse struct {
	slot time.Time   // slot is when the next one may go.
	sent []time.Time // sent in the last minute, in a group.
}

func newPacer(next http.RoundTripper) *pacer { return &pacer{next: next, chats: map[int64]*pulse{}} }

// RoundTrip sends the request when its turn has come.
func (p *pacer) RoundTrip(req *http.Request) (*http.Response, error) {
	if lane, ok := req.Context().Value(laneKey{}).(Lane); ok {
		if err := p.wait(req.Context(), lane); err != nil {
			if req.Body != nil {
				_ = req.Body.Close()
			}
			return nil, err
		}
	}
	return p.next.RoundTrip(req)
}

// wait returns when the lane's turn has come.
func (p *pacer) wait(ctx context.Context, l Lane) error {
	p.queue(l, 1)
	defer p.queue(l, -1)
	for {
		d := p.turn(l, time.Now())
		if d <= 0 {
			return nil
		}
		if l.Hurry == Letter && d > longest {
			return &Full{After: d}
		}
		timer := time.NewTimer(d)
		select {
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case <-timer.C:
		}
	}
}

func (p *pacer) queue(l Lane, by int) {
	if l.Hurry == Reply {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.replies += by
	}
}

// turn takes the lane's turn, or says how long to wait before asking again.
func (p *pacer) turn(l Lane, now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	chat := p.chat(l.Chat, now)
	d := max(chat.wait(l, now), p.slot.Sub(now))
	if l.Hurry == Letter && p.replies > 0 && d <= 0 {
		d = between
	}
	if l.Hurry != Now && d > 0 {
		return d
	}
	p.slot = step(p.slot, now)
	chat.slot = now.Add(inChat)
	if l.Chat < 0 {
		chat.sent = append(chat.sent, now)
	}
	return 0
}

// heed leaves a chat alone for as long as the server asks for it. Only what waits for
// nothing is sent there until then.
func (p *pacer) heed(ctx context.Context, err error) {
	lane, ok := ctx.Value(laneKey{}).(Lane)
	var e *Error
	if !ok || !errors.As(err, &e) || e.After() == 0 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	chat := p.chat(lane.Chat, time.Now())
	if until := time.Now().Add(e.After()); until.After(chat.slot) {
		chat.slot = until
	}
}

// step is the slot after this one. Whoever wakes a little late makes nobody late who
// comes after: the slots keep their measure as long as none is left out.
func step(slot, now time.Time) time.Time {
	if now.Sub(slot) > between/2 {
		slot = now
	}
	return slot.Add(between)
}

// wait is how long the chat wants to be left alone.
func (c *pulse) wait(l Lane, now time.Time) time.Duration {
	d := c.slot.Sub(now)
	for len(c.sent) > 0 && now.Sub(c.sent[0]) >= groupWindow+slack {
		c.sent = c.sent[1:]
	}
	most := inGroup
	if l.Hurry == Letter {
		most -= spared
	}
	if over := len(c.sent) - most; over >= 0 {
		d = max(d, c.sent[over].Add(groupWindow+slack).Sub(now))
	}
	return d
}

// chat is the pulse of a chat. Those that have rested are forgotten when many are known.
func (p *pacer) chat(id int64, now time.Time) *pulse {
	if c := p.chats[id]; c != nil {
		return c
	}
	if len(p.chats) >= remembered {
		for id, c := range p.chats {
			if now.Sub(c.slot) > groupWindow+slack {
				delete(p.chats, id)
			}
		}
	}
	c := &pulse{}
	p.chats[id] = c
	return c
}
