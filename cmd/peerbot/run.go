package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"peerbot/config"
	"peerbot/locales"
)

func runCommand(t terminal) *cobra.Command {
	return &cobra.Command{
		Use: "run", Short: "Run the bot until it is told to stop", Args: cobra.NoArgs,
		Long: "Run connects every platform that is configured and serves until it gets an interrupt\n" +
			"or a SIGTERM. It goes on when its input ends.",
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, err := loadConfig(c, t)
			if err != nil {
				return err
			}
			return serve(c.Context(), t, cfg, nil)
		},
	}
}

func consoleCommand(t terminal) *cobra.Command {
	var memory bool
	c := &cobra.Command{
		Use: "console", Short: "Speak with the bot in the terminal, or play a script", Args: cobra.NoArgs,
		Long: "Console reads lines such as `ana #general: /meetings` and writes what each person\n" +
			"sees. It ends with its input. At a terminal, `as ana+host in #general` changes who\n" +
			"speaks, and a bare line is what they say.",
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, err := loadConfig(c, t)
			if err != nil {
				return err
			}
			cfg.Console.Enabled = true
			if memory { // Nobody out there may meet a bot that forgets everything.
				cfg.Discord.Token, cfg.Telegram.Token = "", ""
			}
			ctx, end := context.WithCancel(c.Context())
			defer end()
			return talk(ctx, t, cfg, memory, end)
		},
	}
	c.Flags().BoolVar(&memory, "memory", false, "keep nothing, and connect nothing else: the store ends with the program")
	return c
}

// talk plays the console over a store, in memory where it is asked to.
func talk(ctx context.Context, t terminal, cfg config.Config, memory bool, ended func()) error {
	if !memory {
		return serve(ctx, t, cfg, ended)
	}
	words, err := locales.Load()
	if err != nil {
		return err
	}
	store, err := openMemory(ctx)
	if err != nil {
		return err
	}
	return serveOver(ctx, t, cfg, store, words, ended)
}

// serve opens the store that the configuration names and runs the program over it.
func serve(ctx context.Context, t terminal, cfg config.Config, ended func()) error {
	store, words, err := open(ctx, cfg, newLog(t.Err, cfg))
	if err != nil {
		return err
	}
	return serveOver(ctx, t, cfg, store, words, ended)
}

func serveOver(ctx context.Context, t terminal, cfg config.Config, store *kept, words *locales.Catalogue, ended func()) error {
	p, err := assemble(ctx, cfg, store, fromConfig(t, ended), words, newLog(t.Err, cfg))
	if err != nil {
		return err
	}
	return errors.Join(p.Run(ctx), p.Close())
}
