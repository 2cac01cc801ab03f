package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"peerbot/config"
	"peerbot/outbox"
	"peerbot/storage"
)

func outboxCommand(t terminal) *cobra.Command {
	c := &cobra.Command{Use: "outbox", Short: "Show what was sent, what waits, and why something was late"}
	c.AddCommand(
		onOutbox(t, "list", "List the letters that wait and what became of the others", cobra.NoArgs,
			func(ctx context.Context, w io.Writer, s *kept, o *outbox.Outbox, _ []string) error {
				return listLetters(ctx, w, s, o)
			}),
		onOutbox(t, "retry KEY", "Send a letter that waits or is parked now", cobra.ExactArgs(1),
			func(ctx context.Context, w io.Writer, s *kept, o *outbox.Outbox, args []string) error {
				return change(ctx, w, s, "It will be sent when the bot runs.", func(tx storage.Tx) (bool, error) {
					return o.Retry(tx, args[0], now())
				})
			}),
		onOutbox(t, "drop KEY", "Withdraw a letter that waits or is parked", cobra.ExactArgs(1),
			func(ctx context.Context, w io.Writer, s *kept, o *outbox.Outbox, args []string) error {
				return change(ctx, w, s, "It was withdrawn.", func(tx storage.Tx) (bool, error) {
					return o.Withdraw(tx, args[0], now())
				})
			}),
	)
	return c
}

type outboxWork func(ctx context.Context, w io.Writer, s *kept, o *outbox.Outbox, args []string) error

// onOutbox is a subcommand that works on the outbox of a store that no bot runs on.
func onOutbox(t terminal, use, short string, args cobra.PositionalArgs, work outboxWork) *cobra.Command {
	return onStore(t, use, short, args, func(ctx context.Context, w io.Writer, s *kept, cfg config.Config, args []string) error {
		return work(ctx, w, s, outbox.New(s, s.vault, newLog(t.Err, cfg)), args)
	})
}

// onStore is a subcommand that works on the store, and closes it.
func onStore(t terminal, use, short string, args cobra.PositionalArgs, work func(context.Context, io.Writer, *kept, config.Config, []string) error) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short, Args: args,
		RunE: func(c *cobra.Command, args []string) error {
			cfg, err := loadConfig(c, t)
			if err != nil {
				return err
			}
			s, err := openFile(c.Context(), cfg.Store, newLog(t.Err, cfg))
			if err != nil {
				return err
			}
			return errors.Join(work(c.Context(), c.OutOrStdout(), s, cfg, args), s.Close())
		},
	}
}

// change makes one change of a record and says what came of it.
func change(ctx context.Context, w io.Writer, s storage.Store, done string, do func(storage.Tx) (bool, error)) error {
	var found bool
	err := s.Update(ctx, func(tx storage.Tx) (err error) {
		found, err = do(tx)
		return err
	})
	if err != nil {
		return err
	}
	if !found {
		return errors.New("nothing with this key waits or is parked; `list` shows the keys")
	}
	fmt.Fprintln(w, done)
	return nil
}

func listLetters(ctx context.Context, w io.Writer, s *kept, o *outbox.Outbox) error {
	return s.View(ctx, func(r storage.Reader) error {
		t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
		fmt.Fprintln(t, "KEY\tCLASS\tSTATE\tDUE\tAT\tTRIES\tNOTE")
		for l, err := range o.List(r, "") {
			if err != nil {
				return err
			}
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%d\t%s\n", l.Key, l.Receipt.Class, state(l), stamp(l.Receipt.Due), stamp(l.At), l.Receipt.Tries, remark(l.Receipt))
		}
		return t.Flush()
	})
}

// state is the outcome of a letter that has one, else what it waits for.
func state(l outbox.Line) string {
	if l.Receipt.Outcome != "" {
		return string(l.Receipt.Outcome)
	}
	return string(l.State)
}

// remark says what was out of the ordinary.
func remark(r outbox.Receipt) string {
	text := string(r.Why)
	if r.Late {
		text = "late: " + text
	}
	if r.Repeated {
		text += " (sent again after a crash)"
	}
	return text
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format("2006-01-02 15:04:05Z")
}
