package telegram

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"peerbot/bot"
	"peerbot/bot/telegram/wire"
)

const (
	hands       = 64              // hands are the chats that are worked for at a time.
	urgentHands = 32              // urgentHands are kept for what is answered always.
	grace       = 8 * time.Second // grace is how long jobs may still take when the platform stops.
	slowness    = 1500 * time.Millisecond
)

// shift is one Run: it takes updates and works them off.
type shift struct {
	*Telegram
	h      bot.Handler
	work   context.Context // work outlives Run's context, until the jobs that were begun are done.
	stop   context.CancelFunc
	crew   *crew
	urgent *crew
	aside  sync.WaitGroup // aside are what else runs while Run runs.

	mu     sync.Mutex
	had    had            // had are the urgent updates that were answered.
	groups map[int64]bool // groups are those that the engine knows the bot is in.
}

func newShift(ctx context.Context, t *Telegram, h bot.Handler) *shift {
	s := &shift{Telegram: t, h: h, groups: map[int64]bool{}}
	s.work, s.stop = context.WithCancel(context.WithoutCancel(ctx))
	s.crew = newCrew(hands, false, s.carry)
	s.urgent = newCrew(urgentHands, true, s.carry)
	return s
}

// end waits for the jobs that were begun, and no longer than the grace.
func (s *shift) end() {
	late := time.AfterFunc(grace, s.stop)
	defer late.Stop()
	s.crew.close()
	s.urgent.close()
	s.stop()
	s.aside.Wait()
}

// resume takes up what an earlier run has left.
func (s *shift) resume(ctx context.Context) error {
	jobs, late, err := s.inbox.waiting(ctx, time.Now())
	if late > 0 {
		s.o.Log.Error("telegram: updates were parked or too old", slog.Int("updates", late))
	}
	for _, j := range jobs {
		s.crew.add(j)
	}
	return err
}

// take puts updates into the inbox and has them worked off. When it returns nil every
// one of them is safe: kept, answered, or none of the bot's business.
func (s *shift) take(ctx context.Context, updates []*wire.Update) error {
	now := time.Now()
	ids := make([]int64, len(updates))
	var jobs []*job
	for i, u := range updates {
		ids[i] = u.ID
		if j := s.read(u, now); j != nil && !s.atOnce(j) {
			jobs = append(jobs, j)
		}
	}
	jobs = s.room(s.albums.sift(jobs))
	if len(jobs) == 0 {
		return nil
	}
	fresh, err := s.inbox.take(ctx, ids, jobs)
	for _, j := range fresh {
		s.crew.add(j)
	}
	return s.unkept(ctx, jobs, err)
}

// unkept works off what the store does not take, which the engine tells the people
// about. When the platform is stopping they stay with Telegram.
func (s *shift) unkept(ctx context.Context, jobs []*job, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return err
	}
	s.o.Log.Error("telegram: updates are worked off without being kept first", "error", err)
	for _, j := range jobs {
		j.loose = true
		s.crew.add(j)
	}
	return nil
}

// atOnce has an urgent job done past the inbox and everybody who waits.
func (s *shift) atOnce(j *job) bool {
	if !j.urgent {
		return false
	}
	j.loose = true
	s.mu.Lock()
	fresh := s.had.add(j.Update)
	s.mu.Unlock()
	if fresh {
		s.urgent.add(j)
	}
	return true
}

// room are the jobs for which there is room; the others are told that there is none, and
// when even those are many they are dropped.
func (s *shift) room(jobs []*job) []*job {
	free := maxWaits - s.crew.waiting()
	if len(jobs) <= free {
		return jobs
	}
	free = max(free, 0)
	for i, j := range jobs[free:] {
		if j.loose, j.busy = true, true; i < maxTurned-max(0, s.crew.waiting()-maxWaits) {
			s.crew.add(j)
		}
	}
	s.o.Log.Warn("telegram: the inbox is full", slog.Int("turned_away", len(jobs)-free))
	return jobs[:free]
}
