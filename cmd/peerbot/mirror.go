package main

import (
	"context"
	"time"

	"peerbot/bot"
	"peerbot/commands"
	"peerbot/community/meeting"
)

// mirroring is how often it is looked whether a list of events is out of date.
const mirroring = 20 * time.Second

// eventsOf are the platforms whose spaces have lists of events, by their names.
func eventsOf(platforms []bot.Platform) map[string]meeting.Events {
	events := map[string]meeting.Events{}
	for _, p := range platforms {
		if e, ok := p.(meeting.Events); ok {
			events[p.Limits().Platform] = e
		}
	}
	return events
}

// mirror keeps the lists of events as the meetings are, where moderators turned that on,
// until ctx ends.
func (p *program) mirror(ctx context.Context) error {
	if len(p.deps.Events) == 0 {
		return nil
	}
	tick := time.NewTicker(mirroring)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if err := commands.Mirror(ctx, p.deps, now); err != nil && ctx.Err() == nil {
			p.log.Error("lists of events could not be read", "err", err)
		}
	}
}
