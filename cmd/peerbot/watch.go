package main

import (
	"context"
	"time"

	"peerbot/bot"
)

// stillness is how long something may stand still before it is said.
const stillness = 2 * time.Minute

// watch says in the log when the agenda or the outbox has stood still, which happens
// only while the disk hangs, and when a platform has come to a halt: then reminders
// wait, and somebody should look.
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
			for name, o := range p.bot.Down() {
				p.sayDown(name, o)
			}
		}
	}
}

func (p *program) sayStill(loop string, alive time.Time) {
	if still := now().Sub(alive); !alive.IsZero() && still > stillness {
		p.log.Error("a loop stands still: please look at the disk", "loop", loop, "for", still.Round(time.Second))
	}
}

// sayDown says once an hour that a platform has come to a halt. One that is tried again
// is told of each time.
func (p *program) sayDown(platform string, o bot.Outage) {
	down := now().Sub(o.Since).Truncate(time.Minute)
	if o.Say != "" && down%time.Hour == stillness {
		p.log.Error("a platform is not connected: what is due there waits", "platform", platform, "for", down, "do", o.Say)
	}
}
