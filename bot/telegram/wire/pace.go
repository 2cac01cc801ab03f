package wire

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"
)

// Telegram's limits on what a bot sends, as published, each with a little to spare:
// https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
const (
	inAll       = 29                      // inAll is how many messages go in a window; 30 a second are allowed.
	window      = 1004 * time.Millisecond // window is how long a message counts.
	inChat      = 1020 * time.Millisecond // inChat is between two in one chat.
	inGroup     = 20                      // inGroup is how many go to a group in its window.
	groupWindow = 60200 * time.Millisecond
	spared      = 1 // spared of those in a group, letters leave to replies.

	// longest is how long a letter waits here; beyond it the outbox keeps it.
	longest = 20 * time.Second
	// step is between two letters, and for how long one lets others pass. Were they to
	// go all at the beginning of a window, a chat that is ready later would lose it.
	step = window / inAll
	// lately is for how long a chat that took a message counts as hot.
	lately = 5 * time.Second
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

	mu    sync.Mutex
	sent  []time.Time      // sent are when the last messages went.
	chats map[int64]*pulse // chats where something was sent lately.
	line  []*waiter        // line are those that wait for nothing but their turn, as they came.
}

// rank orders those in line: the highest goes first. A letter that has waited for its
// chat already does not wait behind those that have not.
type rank int

const (
	cold rank = iota // cold is a letter to a chat that has rested.
	hot
	reply
)

// waiter is a message that waits.
type waiter struct {
	Lane
	rank rank
}

// pulse is what was sent to a chat lately.
type pulse struct {
	slot time.Time   // slot is when the next one may go.
	sent []time.Time // sent are when the last messages went to a group.
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
	w := &waiter{Lane: l}
	defer p.leave(w)
	for {
		d := p.turn(w, time.Now())
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

// leave takes the waiter out of the line.
func (p *pacer) leave(w *waiter) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stand(w, false)
}

// stand puts the waiter into the line, if it is not there, or takes it out.
func (p *pacer) stand(w *waiter, in bool) {
	switch at := slices.Index(p.line, w); {
	case in && at < 0:
		p.line = append(p.line, w)
	case !in && at >= 0:
		p.line = slices.Delete(p.line, at, at+1)
	}
}

// turn takes the waiter's turn, or says how long to wait before asking again.
func (p *pacer) turn(w *waiter, now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	chat := p.chat(w.Chat, now)
	closed := chat.wait(w.Lane, now)
	w.rank = max(w.rank, chat.rank(w.Hurry, now))
	p.stand(w, closed <= 0 && w.Hurry != Now)
	d := max(closed, full(p.sent, inAll, window, now))
	if w.Hurry == Letter {
		d = max(d, full(p.sent, 1, step, now))
	}
	if d <= 0 && p.givesWay(w) {
		d = step
	}
	if w.Hurry != Now && d > 0 {
		return d
	}
	p.stand(w, false)
	p.sent = latest(append(p.sent, now), inAll)
	chat.slot = now.Add(inChat)
	if w.Chat < 0 {
		chat.sent = latest(append(chat.sent, now), inGroup)
	}
	return 0
}

// givesWay reports whether another one in line goes first.
func (p *pacer) givesWay(w *waiter) bool {
	for i, o := range p.line {
		if o.rank > w.rank || o.rank == w.rank && i < slices.Index(p.line, w) {
			return true
		}
	}
	return false
}

// rank is that of a message to the chat.
func (c *pulse) rank(h Hurry, now time.Time) rank {
	switch {
	case h == Reply:
		return reply
	case now.Sub(c.slot) < lately:
		return hot
	}
	return cold
}

// full is how long it takes until fewer than most of what was sent count.
func full(sent []time.Time, most int, window time.Duration, now time.Time) time.Duration {
	if len(sent) < most {
		return 0
	}
	return sent[len(sent)-most].Add(window).Sub(now)
}

func latest(sent []time.Time, n int) []time.Time { return sent[max(0, len(sent)-n):] }

// free is when the chat takes the next letter; what has passed is now.
func (p *pacer) free(chat int64) time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	c := p.chats[chat]
	if c == nil {
		return time.Time{}
	}
	now := time.Now()
	return now.Add(c.wait(Lane{Chat: chat}, now))
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

// wait is how long the chat wants to be left alone.
func (c *pulse) wait(l Lane, now time.Time) time.Duration {
	most := inGroup
	if l.Hurry == Letter {
		most -= spared
	}
	return max(c.slot.Sub(now), full(c.sent, most, groupWindow, now))
}

// chat is the pulse of a chat. Those that have rested are forgotten when many are known.
func (p *pacer) chat(id int64, now time.Time) *pulse {
	if c := p.chats[id]; c != nil {
		return c
	}
	if len(p.chats) >= remembered {
		for id, c := range p.chats {
			if now.Sub(c.slot) > groupWindow {
				delete(p.chats, id)
			}
		}
	}
	c := &pulse{}
	p.chats[id] = c
	return c
}
