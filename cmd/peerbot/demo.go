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
	listen                    string
	open, terminal            bool
}

func demoCommand(t terminal) *cobra.Command {
	var o demoOptions
	c := &cobra.Command{
		Use: "demo", Short: "Try the whole bot with an example community", Args: cobra.NoArgs,
		Long: "Demo makes an example community in memory and opens it as a page in your browser, for\n" +
			"this computer alone. One of its meetings starts in three minutes; its reminder\n" +
			"arrives by itself.",
		RunE: func(c *cobra.Command, _ []string) error { return demo(c.Context(), t, o) },
	}
	c.Flags().DurationVar(&o.startsIn, "starts-in", 3*time.Minute, "when the meeting that you can watch starts, at the earliest; meetings start on the whole minute")
	c.Flags().DurationVar(&o.remindIn, "remind-in", time.Minute, "when its first reminder arrives, at the earliest; reminders come on the whole minute")
	c.Flags().DurationVar(&o.lasts, "for", 0, "end by itself after this `time`; 0 goes on until Ctrl+C")
	c.Flags().StringVar(&o.lang, "lang", "en", "the language of the example community: en or es")
	c.Flags().StringVar(&o.listen, "listen", "127.0.0.1:8420", "the `address` of the page, on this computer")
	c.Flags().BoolVar(&o.open, "open", true, "open the page in the browser, where there is a desktop")
	c.Flags().BoolVar(&o.terminal, "terminal", false, "speak with the bot in the terminal, and open no page")
	return c
}

func demo(ctx context.Context, t terminal, o demoOptions) error {
	if o.remindIn < 0 || o.startsIn < o.remindIn {
		return usage(errors.New("the reminder has to come before the meeting: --remind-in may not be more than --starts-in"))
	}
	if o.terminal {
		return demoInTerminal(ctx, t, o)
	}
	return demoOnPage(ctx, t, o)
}

// demoInTerminal plays the example community on standard input and output.
func demoInTerminal(ctx context.Context, t terminal, o demoOptions) error {
	g, err := playOn(ctx, "console", fromConfig(t, nil), t.Err, o)
	if err != nil {
		return err
	}
	g.introduce(t.Out)
	return g.play(ctx, o.lasts)
}

// playground is the example community, and the program that serves it.
type playground struct {
	*program
	seed seed
}

// playOn makes the example community in memory, on the one platform that is plugged
// in. What goes wrong there is logged to w.
func playOn(ctx context.Context, platform string, plug plug, w io.Writer, o demoOptions) (*playground, error) {
	words, err := locales.Load()
	if err != nil {
		return nil, err
	}
	if !slices.Contains(words.Langs(), o.lang) {
		return nil, usage(fmt.Errorf("--lang takes %s, and not %q", strings.Join(words.Langs(), " or "), o.lang))
	}
	store, err := openMemory(ctx)
	if err != nil {
		return nil, err
	}
	cfg := config.Default()
	cfg.Community.Language, cfg.Log.Level = o.lang, "warn"
	p, err := assemble(ctx, cfg, store, plug, words, newLog(w, cfg))
	if err != nil {
		return nil, err
	}
	s := seed{platform: platform, words: words, lang: cfg.Community.Language, sown: now(), startsIn: o.startsIn, remindIn: o.remindIn}
	if err := s.plant(ctx, p); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return &playground{p, s}, nil
}

// play runs it for that long, or where that is 0 until ctx ends.
func (g *playground) play(ctx context.Context, lasts time.Duration) error {
	if lasts > 0 {
		var end context.CancelFunc
		ctx, end = context.WithTimeout(ctx, lasts)
		defer end()
	}
	return errors.Join(g.Run(ctx), g.Close())
}

// introduce says what a newcomer can do first in the terminal.
func (g *playground) introduce(out io.Writer) {
	s, title := g.seed, chat.With("title", chat.Say("demo.now.title"))
	body := chat.Paragraphs(
		chat.Say("demo.welcome"),
		chat.Say("demo.soon", title, chat.At("when", s.soon(), chat.Zoned)),
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
