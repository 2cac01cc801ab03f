package telegramtest

import (
	"math"
	"time"
)

// The limits of https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this.
const (
	perSecond = 30
	perMinute = 20 // in a group
	spacing   = time.Second
)

// pace knows when messages were sent.
type pace struct {
	all  []time.Time
	chat map[int64][]time.Time
	shut map[int64]time.Time // shut chats refuse everything until then; 0 is all of them.
}

func newPace() pace { return pace{chat: map[int64][]time.Time{}, shut: map[int64]time.Time{}} }

// paced counts a message to the chat, and refuses it where the limits are enforced and
// it is one too many.
func (s *Server) paced(c *talk) error {
	now := time.Now()
	wait := s.pace.wait(c, now)
	if wait > 0 {
		s.counts.TooMuch++
	}
	if wait > 0 && s.opts.Limits {
		return tooMany(int(math.Ceil(wait.Seconds())))
	}
	s.count(c, now)
	s.pace.all = append(recent(s.pace.all, now, time.Second), now)
	s.pace.chat[c.ID] = append(recent(s.pace.chat[c.ID], now, time.Minute), now)
	return nil
}

func (s *Server) count(c *talk, now time.Time) {
	s.counts.Sent[c.ID]++
	s.counts.Last = now
	said := s.pace.chat[c.ID]
	if len(said) == 0 {
		return
	}
	gap := now.Sub(said[len(said)-1])
	if least, ok := s.counts.Gap[c.ID]; !ok || gap < least {
		s.counts.Gap[c.ID] = gap
	}
}

// wait is how long the chat has to wait for its next message. Whoever comes too early
// finds the door shut until then, for other messages too.
func (p *pace) wait(c *talk, now time.Time) time.Duration {
	said := recent(p.chat[c.ID], now, time.Minute)
	all := recent(p.all, now, time.Second)
	one, every := p.shut[c.ID].Sub(now), p.shut[0].Sub(now)
	if n := len(said); n > 0 {
		one = max(one, spacing-now.Sub(said[n-1]))
		if !c.private() && n >= perMinute {
			one = max(one, time.Minute-now.Sub(said[n-perMinute]))
		}
	}
	if n := len(all); n >= perSecond {
		every = max(every, time.Second-now.Sub(all[n-perSecond]))
	}
	p.close(c.ID, one, now)
	p.close(0, every, now)
	return max(one, every, 0)
}

func (p *pace) close(id int64, d time.Duration, now time.Time) {
	if d > 0 {
		p.shut[id] = now.Add(time.Duration(math.Ceil(d.Seconds())) * time.Second)
	}
}

// recent drops what is as old as d or older.
func recent(all []time.Time, now time.Time, d time.Duration) []time.Time {
	i := 0
	for i < len(all) && now.Sub(all[i]) >= d {
		i++
	}
	return all[i:]
}
