package bot

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Rate is how often something may happen: Burst times at once, and then once in Every.
type Rate struct {
	Every time.Duration
	Burst int
}

// crowdSize is how many people, or rooms, a crowd remembers at least.
const crowdSize = 10_000

// crowd bounds how often each of many may call. It remembers the last ones only: who
// has been forgotten starts anew.
type crowd struct {
	rate Rate

	mu           sync.Mutex
	young, older map[[3]string]*rate.Limiter
}

func newCrowd(r, otherwise Rate) *crowd {
	if r == (Rate{}) {
		r = otherwise
	}
	return &crowd{rate: r, young: map[[3]string]*rate.Limiter{}}
}

// admit reports whether one of the crowd may call now.
func (c *crowd) admit(who [3]string, now time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	l := c.young[who]
	if l == nil {
		if l = c.older[who]; l == nil {
			l = rate.NewLimiter(rate.Every(c.rate.Every), c.rate.Burst)
		}
		if len(c.young) >= crowdSize {
			c.older, c.young = c.young, map[[3]string]*rate.Limiter{}
		}
		c.young[who] = l
	}
	return l.AllowN(now, 1)
}
