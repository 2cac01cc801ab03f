package main

import (
	"time"

	"peerbot/bot"
	"peerbot/bot/console"
	"peerbot/bot/discord"
	"peerbot/bot/telegram"
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
			{p.cfg.Discord.Token != "", p.discord},
			{p.cfg.Telegram.Token != "", p.telegram},
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
			return nil, &config.Problem{Key: "console.enabled", Say: "no platform is turned on, so nobody could reach the bot; `peerbot start` connects one"}
		}
		return platforms, nil
	}
}

func (p *program) discord() (bot.Platform, error) {
	d, err := discord.New(discord.Options{
		Token: string(p.cfg.Discord.Token), API: p.cfg.Discord.APIURL, Words: p.words,
		Store: p.store, Vault: p.store.vault, Log: p.log, Witness: p.witness,
	})
	if err != nil {
		return nil, &config.Problem{Key: "discord", Say: err.Error()}
	}
	return d, nil
}

func (p *program) telegram() (bot.Platform, error) {
	c := p.cfg.Telegram
	hook := telegram.Webhook{Listen: c.WebhookListen, URL: c.WebhookURL, Secret: string(c.WebhookSecret)}
	t, err := telegram.New(telegram.Options{
		Token: string(c.Token), API: c.APIURL, Webhook: hook, Words: p.words,
		Store: p.store, Vault: p.store.vault, Log: p.log, Witness: p.witness,
	})
	if err != nil {
		return nil, &config.Problem{Key: "telegram", Say: err.Error()}
	}
	return t, nil
}

// witness tells the clock what time a platform says it is.
func (p *program) witness(said time.Time) { p.clock.Witness(now(), said) }

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
