package telegram

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"peerbot/chat"
	"peerbot/storage"
)

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
	case j.More:
		return s.oneOnly(j)
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
