package discord

import (
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
)

const (
	maxWorkers = 128
	maxWaiting = 5000
	maxSeen    = 4096
)

// queue works off what people do: each person's in order, many people's at once.
type queue struct {
	log   *slog.Logger
	slots chan struct{}
	busy  sync.WaitGroup

	mu     sync.Mutex
	waits  int
	people map[string][]func() // people are those who are being served, with what is next.
}

func newQueue(log *slog.Logger) *queue {
	return &queue{log: log, slots: make(chan struct{}, maxWorkers), people: map[string][]func(){}}
}

// push puts a job behind the others of who. False: too many wait already, and the job
// will not be done; the person sees that the bot did not answer.
func (q *queue) push(who string, job func()) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.waits >= maxWaiting {
		q.log.Warn("too many calls wait; one is dropped")
		return false
	}
	q.waits++
	_, served := q.people[who]
	q.people[who] = append(q.people[who], job)
	if !served {
		q.busy.Go(func() { q.serve(who) })
	}
	return true
}

// rush does a job at once, however many others wait.
func (q *queue) rush(job func()) { q.busy.Go(func() { q.do(job) }) }

// serve does the jobs of one person, until there are none.
func (q *queue) serve(who string) {
	for {
		q.slots <- struct{}{}
		job, ok := q.next(who)
		if ok {
			q.do(job)
		}
		<-q.slots
		if !ok {
			return
		}
	}
}

func (q *queue) next(who string) (func(), bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	jobs := q.people[who]
	if len(jobs) == 0 {
		delete(q.people, who)
		return nil, false
	}
	q.waits--
	q.people[who] = jobs[1:]
	return jobs[0], true
}

// do lets no panic of one job reach another.
func (q *queue) do(job func()) {
	defer func() {
		if p := recover(); p != nil {
			q.log.Error("panic", slog.String("kind", fmt.Sprintf("%T", p)), slog.String("stack", string(debug.Stack())))
		}
	}()
	job()
}

// wait returns when all is done.
func (q *queue) wait() { q.busy.Wait() }

// seen remembers the newest ids: after a RESUME an event may come a second time.
type seen struct {
	mu   sync.Mutex
	ids  map[string]bool
	ring [maxSeen]string
	next int
}

// first reports whether the id is new.
func (s *seen) first(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ids[id] {
		return false
	}
	if s.ids == nil {
		s.ids = make(map[string]bool, maxSeen)
	}
	delete(s.ids, s.ring[s.next])
	s.ids[id], s.ring[s.next] = true, id
	s.next = (s.next + 1) % maxSeen
	return true
}
