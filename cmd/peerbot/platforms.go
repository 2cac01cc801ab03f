package main

import (
	"peerbot/bot"
	"peerbot/bot/console"
	"peerbot/config"
)

// plug makes the platforms of a program whose store is open and whose clock runs.
type plug func(p *program) ([]bot.Platform, error)

// fromConfig lists what can be turned on. ended is called when the console's input has
// ended and is answered; it may be nil.
func fromConfig(t terminal, ended func()) plug {
	return func(p *program) ([]bot.Platform, error) {
		var platforms []bot.Platform
		for _, one := range []struct {
			on   bool
			open func() (bot.Platform, error)
		}{
			{p.cfg.Console.Enabled, func() (bot.Platform, error) { return p.console(t, ended) }},
		} {
			if !one.on {
				continue
			}
			platform, err := one.open()
			if err != nil {
				return nil, err
			}
			platforms = append(platforms, platform)
		}
		if len(platforms) == 0 {
			return nil, &config.Problem{Key: "console.enabled", Say: "no platform is turned on, so nobody could reach the bot; turn on at least one"}
		}
		return platforms, nil
	}
}

func (p *program) console(t terminal, ended func()) (bot.Platform, error) {
	c, err := console.New(console.Options{
		In: t.In, Out: t.Out, Words: p.words,
		Interactive: isTerminal(t.In) && isTerminal(t.Out),
		You:         p.cfg.Console.You,
		Files:       p.cfg.Console.Files,
		Ended:       ended,
	})
	if err != nil {
		return nil, &config.Problem{Key: "console.you", Say: "write who speaks as in \"ana+host in #general\""}
	}
	return c, nil
}
