package telegram

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"peerbot/bot"
	"peerbot/bot/telegram/wire"
	"peerbot/chat"
	"peerbot/storage"
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
	jobs = s.room(jobs)
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

// carry does one job, whatever happens in it.
func (s *shift) carry(j *job) {
	err := s.guarded(j)
	if final(err) {
		err = nil // nobody is there any more who could be told
	}
	switch {
	case j.loose:
	case s.work.Err() != nil:
		return // It is in the inbox, if it has not had its effect.
	case err == nil:
		err = s.inbox.done(s.work, j)
	default:
		if left := s.inbox.park(s.work, j, time.Now()); left != nil {
			err = left
		}
	}
	if err != nil {
		s.o.Log.Error("telegram: an update could not be carried out", "error", err)
	}
}

// guarded makes an error of a panic, without what anybody wrote.
func (s *shift) guarded(j *job) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic with %T\n%s", p, debug.Stack())
		}
	}()
	if j.left {
		if err := s.inbox.try(s.work, j); err != nil {
			s.o.Log.Error("telegram: an update is tried without being counted", "error", err)
		}
	}
	switch {
	case j.Notice != "":
		return s.tell(j)
	case j.busy:
		return s.turnAway(j)
	}
	return s.ask(j)
}

// ask brings a call to the engine, and what it answers to the people. The job's row
// goes in the transaction of the effect.
func (s *shift) ask(j *job) error {
	ctx, c := s.work, s.call(s.work, j)
	if !j.loose {
		ctx = storage.Also(ctx, func(tx storage.Tx) error { return s.inbox.drop(tx, j) })
	}
	if !j.urgent {
		s.meet(j)
	}
	typed := s.typing(j)
	reply := s.h.Call(ctx, c)
	typed()
	return s.answer(j, c, reply)
}

// meet notes where the bot is met: in a private chat, which is open then, or in a group,
// of which Telegram may not have told. The engine is told of what is new.
func (s *shift) meet(j *job) {
	fresh, err := s.met(j)
	n := chat.Notice{Kind: chat.Joined, At: whole(j.address())}
	if !j.Group {
		n.Kind, n.Who = chat.Opened, j.person()
	}
	if err == nil && fresh {
		err = s.notice(s.work, n)
	}
	if err != nil {
		s.left(j.Chat) // the next call tries again
		s.o.Log.Error("telegram: where the bot is met could not be noted", "error", err)
	}
}

// met reports whether the job's chat was new.
func (s *shift) met(j *job) (fresh bool, err error) {
	if !j.Group {
		return s.doors.note(s.work, j.From)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.groups[j.Chat] {
		return false, nil
	}
	if len(s.groups) >= maxGroups {
		clear(s.groups)
	}
	s.groups[j.Chat] = true
	return true, nil
}

// left forgets a group.
func (s *shift) left(id int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.groups, id)
}

// tell brings what happened to the engine.
func (s *shift) tell(j *job) error {
	n := chat.Notice{Kind: j.Notice, At: whole(j.address())}
	var err error
	switch j.Notice {
	case chat.Moved:
		n.At.Space = n.At.Room
		n.To = moved(n.At, j.To)
	case chat.Opened:
		n.Who = j.person()
		_, err = s.doors.note(s.work, j.From)
	case chat.Blocked:
		n.Who = j.person()
		err = s.doors.shut(s.work, j.From)
	case chat.Removed:
		s.left(j.Chat)
	case chat.Left:
		n.Who = j.person()
		s.roster.forget(n.At.Space)
	}
	if err != nil {
		return err
	}
	return s.insist(n.At, func(chat.Address) error { return s.notice(s.work, n) })
}

// typing shows somebody in private that the bot is at it, if it takes long. What it
// returns ends that.
func (s *shift) typing(j *job) (end func()) {
	if j.Group || j.urgent {
		return func() {}
	}
	ctx, stop := context.WithCancel(s.work)
	var shown sync.WaitGroup
	shown.Go(func() {
		select {
		case <-ctx.Done():
		case <-time.After(slowness):
			_ = s.api.Call(ctx, "sendChatAction", map[string]any{"chat_id": j.Chat, "action": "typing"}, nil) // a courtesy
		}
	})
	return func() { stop(); shown.Wait() }
}
