package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"peerbot/commands"
	"peerbot/config"
	"peerbot/site"
)

// outside is what the commands offer of what is outside the chat.
func (p *program) outside() commands.Outside {
	return commands.Outside{URL: p.cfg.Site.URL, Pages: p.cfg.Site.Public, Feeds: p.cfg.Feeds.Refresh}
}

// serveSite serves calendars and public pages until ctx ends, where somebody turned
// that on.
func (p *program) serveSite(ctx context.Context) error {
	if p.cfg.Site.Listen == "" {
		return nil
	}
	s, err := site.New(site.Options{
		Store: p.store, Meetings: p.meetings, Members: p.members, Spaces: p.spaces,
		Words: p.words, Pages: p.cfg.Site.Public, Version: version + revision(), Ready: p.ready, Now: now, Log: p.log,
	})
	if err != nil {
		return err
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", p.cfg.Site.Listen)
	if err != nil {
		return &config.Problem{Key: "site.listen", Say: fmt.Sprintf("the bot cannot listen at %s: %v", p.cfg.Site.Listen, errors.Unwrap(err))}
	}
	return s.Run(ctx, l)
}

// ready is what stands still; nil while everything turns. It names no platform: anyone
// can ask.
func (p *program) ready() error {
	for _, alive := range []time.Time{p.agenda.Alive(), p.outbox.Alive()} {
		if now().Sub(alive) > stillness {
			return errors.New("a loop stands still")
		}
	}
	if len(p.bot.Down()) > 0 {
		return errors.New("a platform is not connected")
	}
	return nil
}
