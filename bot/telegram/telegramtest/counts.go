package telegramtest

import (
	"maps"
	"time"
)

// Counts are what the server counted since it was made.
type Counts struct {
	Requests   map[string]int          // Requests by method, refused ones too.
	Sent       map[int64]int           // Sent messages by chat.
	Gap        map[int64]time.Duration // Gap is the shortest time between two messages to one chat.
	Last       time.Time               // Last is when the last message was sent.
	Refused    map[int]int             // Refused by status: 400, 401, 403, 404, 409, 429, 5xx.
	TooMuch    int                     // TooMuch is how many sends went over a published limit, refused or not.
	Pending    int                     // Pending updates, which the bot has not confirmed.
	Unanswered int                     // Unanswered presses of buttons.
}

func newCounts() Counts {
	return Counts{
		Requests: map[string]int{}, Sent: map[int64]int{}, Gap: map[int64]time.Duration{}, Refused: map[int]int{},
	}
}

// Counts returns what was counted until now.
func (s *Server) Counts() Counts {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.counts
	c.Requests, c.Sent = maps.Clone(c.Requests), maps.Clone(c.Sent)
	c.Gap, c.Refused = maps.Clone(c.Gap), maps.Clone(c.Refused)
	c.Pending = len(s.queue.waiting)
	for _, q := range s.world.queries {
		if !q.answered {
			c.Unanswered++
		}
	}
	return c
}
