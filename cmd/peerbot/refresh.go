package main

import (
	"context"
	"time"

	"peerbot/commands"
	"peerbot/interop/fetch"
)

// refreshing is how often it is looked whether a list on the web is due.
const refreshing = 5 * time.Minute

// refresh reads the lists on the web that moderators gave, where somebody turned that
// on, until ctx ends.
func (p *program) refresh(ctx context.Context) error {
	if !p.cfg.Feeds.Refresh {
		return nil
	}
	web := fetch.New(fetch.Public)
	tick := time.NewTicker(refreshing)
	defer tick.Stop()
	for {
		if err := commands.Refresh(ctx, p.deps, web.Read, now); err != nil && ctx.Err() == nil {
			p.log.Error("lists on the web could not be read", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}
