package main

import (
	"context"
	"time"
)

// stillness is how long a loop may stand still before it is said.
const stillness = 2 * time.Minute

// watch says in the log when the agenda or the outbox has stood still, which happens
// only while the disk hangs: then reminders wait, and somebody should look.
func (p *program) watch(ctx context.Context) error {
	tick := time.NewTicker(time.Minute)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			p.sayStill("agenda", p.agenda.Alive())
			p.sayStill("outbox", p.outbox.Alive())
		}
	}
}

func (p *program) sayStill(loop string, alive time.Time) {
	if still := now().Sub(alive); !alive.IsZero() && still > stillness {
		p.log.Error("a loop stands still: please look at the disk", "loop", loop, "for", still.Round(time.Second))
	}
}
