package wire

import (
	"context"

	"golang.org/x/time/rate"
)

// perSecond is one less than the 50 requests a second that a bot may make:
// https://docs.discord.com/developers/topics/rate-limits#global-rate-limit.
const perSecond = 49

// pacer lets so many requests go a second: in the order in which they came, but those
// that have waited for their room already go first. A room with twenty letters is
// limited to one a second, and must not wait twice for each.
type pacer struct {
	limit *rate.Limiter
	line  chan struct{} // line is held by the first of those that wait their turn,
	door  chan struct{} // door by the one that is next.
}

func newPacer() *pacer {
	return &pacer{rate.NewLimiter(perSecond, 1), make(chan struct{}, 1), make(chan struct{}, 1)}
}

type atOnceKey struct{}

// atOnce has the requests under ctx go first.
func atOnce(ctx context.Context) context.Context { return context.WithValue(ctx, atOnceKey{}, true) }

func (p *pacer) wait(ctx context.Context) error {
	through := []chan struct{}{p.line, p.door}
	if ctx.Value(atOnceKey{}) != nil {
		through = through[1:]
	}
	for _, gate := range through {
		select {
		case gate <- struct{}{}:
			defer func() { <-gate }()
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return p.limit.Wait(ctx)
}
