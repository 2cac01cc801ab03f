package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"peerbot/chat"
	"peerbot/config"
	"peerbot/locales"
)

// demoOptions are the flags of `peerbot demo`.
type demoOptions struct {
	startsIn, remindIn, lasts time.Duration
	lang                      string
}

func demoCommand(t terminal) *cobra.Command {
	var o demoOptions
	c := &cobra.Command{
		Use: "demo", Short: "Try the whole bot with an example community", Args: cobra.NoArgs,
		Long: "Demo makes an example community in memory and lets you speak with the bot. One of its\n" +
			"meetings starts in three minutes; its reminder arrives by itself.",
		RunE: func(c *cobra.Command, _ []string) error { return demo(c.Context(), t, o) },
	}
	c.Flags().DurationVar(&o.startsIn, "starts-in", 3*time.Minute, "when the meeting that you can watch starts, at the earliest; meetings start on the whole minute")
	c.Flags().DurationVar(&o.remindIn, "remind-in", time.Minute, "when its first reminder arrives, at the earliest; reminders come on the whole minute")
	c.Flags().DurationVar(&o.lasts, "for", 0, "end by itself after this `time`; 0 goes on until Ctrl+C")
	c.Flags().StringVar(&o.lang, "lang", "en", "the language of the example community: en or es")
	return c
}

func demo(ctx context.Context, t terminal, o demoOptions) error {
	if o.remindIn < 0 || o.startsIn < o.remindIn {
		return usage(errors.New("the reminder has to come before the meeting: --remind-in may not be more than --starts-in"))
	}
	if o.lasts > 0 {
		var end context.CancelFunc
		ctx, end = context.WithTimeout(ctx, o.lasts)
		defer end()
	}
	p, err := assembleDemo(ctx, t, o)
	if err != nil {
		return err
	}
	at := now()
	s := seed{room: room("general"), words: p.words, lang: p.words.Match(o.lang), startsIn: o.startsIn, remindIn: o.remindIn}
	if err := s.plant(ctx, p, at); err != nil {
		return errors.Join(err, p.Close())
	}
	s.welcome(t.Out, at)
	return errors.Join(p.Run(ctx), p.Close())
}

func assembleDemo(ctx context.Context, t terminal, o demoOptions) (*program, error) {
	words, err := locales.Load()
	if err != nil {
		return nil, err
	}
	cfg := config.Default()
	cfg.Community.Language, cfg.Log.Level = words.Match(o.lang), "warn"
	platforms, err := platformsOf(cfg, t, words, nil)
	if err != nil {
		return nil, err
	}
	store, err := openMemory(ctx)
	if err != nil {
		return nil, err
	}
	return assemble(ctx, cfg, store, platforms, words, newLog(t.Err, cfg))
}

// room is a room of the console's one space.
func room(name string) chat.Address {
	return chat.Address{Platform: "console", Space: "console", Room: name}
}

// welcome says what a newcomer can do first.
func (s seed) welcome(out io.Writer, at time.Time) {
	soon, title := s.soonStart(at), chat.With("title", chat.Say("demo.now.title"))
	body := chat.Paragraphs(
		chat.Say("demo.welcome"),
		chat.Say("demo.soon", title, chat.At("when", soon, chat.Zoned)),
		chat.Lines(chat.Say("demo.try"), s.typed("help"), s.typed("meetings"), s.typed("meeting", "add"), s.typed("crisis")),
		chat.Say("demo.buttons", chat.With("button", chat.Say("meetings.remind_me", title))),
	)
	fmt.Fprintln(out, s.words.Put(s.lang, s.zone(), body).String()+"\n")
}

// typed is a command as one types it in the language of the community.
func (s seed) typed(path ...string) chat.Rich {
	line := "  /"
	for i, name := range path {
		if i > 0 {
			line += " "
		}
		line += s.words.Name(s.lang, strings.Join(append(slices.Clone(path[:i]), name), " "))
	}
	return chat.Words(line)
}
