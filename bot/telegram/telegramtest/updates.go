package telegramtest

import (
	"context"
	"slices"
	"time"
)

// What https://core.telegram.org/bots/api#getupdates says.
const (
	mostUpdates = 100
	keptFor     = 24 * time.Hour
)

// queue holds the updates that the bot has not confirmed.
type queue struct {
	next     int64
	waiting  []queued
	allowed  []string
	wake     chan struct{} // wake is closed when something happens, and made anew.
	poll     int           // poll numbers the polls: only the newest is answered.
	given    []queued      // given are the last that a poll was answered with.
	again    int           // again is how many of them come once more.
	backward bool
	rival    bool
}

type queued struct {
	*update
	at time.Time
}

func newQueue() queue { return queue{next: 500000001, wake: make(chan struct{})} }

func (q *queue) ring() {
	close(q.wake)
	q.wake = make(chan struct{})
}

// wants reports whether the bot has asked for updates of the kind; chat_member has to
// be asked for by name.
func (q *queue) wants(kind string) bool {
	if len(q.allowed) == 0 {
		return kind != "chat_member"
	}
	return slices.Contains(q.allowed, kind)
}

// post queues an update for the bot.
func (s *Server) post(u *update) {
	q := &s.queue
	if !q.wants(u.kind()) {
		return
	}
	u.ID = q.next
	q.next++
	q.waiting = append(q.waiting, queued{u, time.Now()})
	q.ring()
}

// Repeat makes the next poll bring the last n updates of the one before once more,
// though they were confirmed.
func (s *Server) Repeat(n int) {
	s.set(func() {
		s.queue.again = n
		s.queue.ring()
	})
}

// Backward makes polls bring their updates newest first.
func (s *Server) Backward(on bool) { s.set(func() { s.queue.backward = on }) }

// Rival lets another program poll with the same token: every poll of the bot's is
// ended by it.
func (s *Server) Rival(on bool) {
	s.set(func() {
		s.queue.rival = on
		s.queue.ring()
	})
}

type getUpdates struct {
	Offset  int64     `json:"offset"`
	Limit   int       `json:"limit"`
	Timeout int       `json:"timeout"`
	Allowed *[]string `json:"allowed_updates"`
}

func (s *Server) getUpdates(ctx context.Context, p getUpdates) (any, error) {
	if s.hook.URL != "" {
		return nil, conflict("can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first")
	}
	q := &s.queue
	if p.Allowed != nil {
		q.allowed = *p.Allowed
	}
	q.confirm(p.Offset)
	q.poll++
	q.ring()
	mine := q.poll
	end := time.Now().Add(time.Duration(p.Timeout) * time.Second)
	for {
		if q.rival || mine != q.poll {
			return nil, conflict("terminated by other getUpdates request; make sure that only one bot instance is running")
		}
		batch := q.batch(p.Limit)
		if len(batch) > 0 || !time.Now().Before(end) || !s.await(ctx, q.wake, time.Until(end)) {
			return batch, nil
		}
	}
}

// await lets go of the world until something happens or the time is over. It is false
// when nobody waits any more.
func (s *Server) await(ctx context.Context, wake <-chan struct{}, d time.Duration) bool {
	s.mu.Unlock()
	defer s.mu.Lock()
	pause(ctx, wake, d)
	return ctx.Err() == nil
}

// confirm forgets what lies before the offset; a negative one keeps so many of the
// newest.
func (q *queue) confirm(offset int64) {
	cut := 0
	if offset < 0 {
		cut = max(0, len(q.waiting)+int(offset))
	}
	for cut < len(q.waiting) && (q.waiting[cut].ID < offset || time.Since(q.waiting[cut].at) > keptFor) {
		cut++
	}
	q.waiting = q.waiting[cut:]
}

// batch is what a poll is answered with; nothing of it is confirmed yet.
func (q *queue) batch(limit int) []*update {
	if limit < 1 || limit > mostUpdates {
		limit = mostUpdates
	}
	all := append(slices.Clone(q.given[max(0, len(q.given)-q.again):]), q.waiting...)
	all = all[:min(limit, len(all))]
	q.again = 0
	out := make([]*update, 0, len(all))
	for _, u := range all {
		out = append(out, u.update)
	}
	if len(all) > 0 {
		q.given = all
	}
	if q.backward {
		slices.Reverse(out)
	}
	return out
}
