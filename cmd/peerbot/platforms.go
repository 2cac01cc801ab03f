package main

import (
	"peerbot/bot"
	"peerbot/bot/console"
	"peerbot/config"
)

// platformsOf lists what is plugged in. ended is called when the console's input has
// ended and is answered; it may be nil.
func platformsOf(cfg config.Config, t terminal, words bot.Words, ended func()) ([]bot.Platform, error) {
	var platforms []bot.Platform
	if cfg.Console.Enabled {
		c, err := console.New(console.Options{
			In: t.In, Out: t.Out, Words: words,
			Interactive: isTerminal(t.In) && isTerminal(t.Out),
			You:         cfg.Console.You,
			Files:       cfg.Console.Files,
			Ended:       ended,
		})
		if err != nil {
			return nil, &config.Problem{Key: "console.you", Say: "write who speaks as in \"ana+host in #general\""}
		}
		platforms = append(platforms, c)
	}
	if len(platforms) == 0 {
		return nil, &config.Problem{Key: "console.enabled", Say: "no platform is turned on, so nobody could reach the bot; turn on at least one"}
	}
	return platforms, nil
}
