package main

import (
	"context"
	"fmt"
	"io"
	"iter"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"peerbot/config"
	"peerbot/schedule"
	"peerbot/storage"
)

func agendaCommand(t terminal) *cobra.Command {
	c := &cobra.Command{Use: "agenda", Short: "Show what is due when, and what failed"}
	c.AddCommand(
		onAgenda(t, "list", "List what is due, and what is parked after five failures", cobra.NoArgs,
			func(ctx context.Context, w io.Writer, s *kept, a *schedule.Agenda, _ []string) error {
				return listAgenda(ctx, w, s, a)
			}),
		onAgenda(t, "retry KEY", "Make an item that failed due again", cobra.ExactArgs(1),
			func(ctx context.Context, w io.Writer, s *kept, a *schedule.Agenda, args []string) error {
				return change(ctx, w, s, "It is due when the bot runs.", func(tx storage.Tx) (bool, error) {
					return a.Retry(tx, args[0])
				})
			}),
		onAgenda(t, "drop KEY", "Remove an item that is not to happen", cobra.ExactArgs(1),
			func(ctx context.Context, w io.Writer, s *kept, a *schedule.Agenda, args []string) error {
				return change(ctx, w, s, "It was removed.", func(tx storage.Tx) (bool, error) {
					return a.Discard(tx, args[0])
				})
			}),
	)
	return c
}

type agendaWork func(ctx context.Context, w io.Writer, s *kept, a *schedule.Agenda, args []string) error

// onAgenda is a subcommand that works on the agenda of a store that no bot runs on.
func onAgenda(t terminal, use, short string, args cobra.PositionalArgs, work agendaWork) *cobra.Command {
	return onStore(t, use, short, args, func(ctx context.Context, w io.Writer, s *kept, cfg config.Config, args []string) error {
		return work(ctx, w, s, schedule.NewAgenda(s, s.vault, newLog(t.Err, cfg)), args)
	})
}

func listAgenda(ctx context.Context, w io.Writer, s *kept, a *schedule.Agenda) error {
	return s.View(ctx, func(r storage.Reader) error {
		t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
		fmt.Fprintln(t, "KEY\tKIND\tAT\tNEXT TRY\tTRIES\tNOTE")
		for _, lines := range []iter.Seq2[schedule.Line, error]{a.Parked(r), a.List(r)} {
			for l, err := range lines {
				if err != nil {
					return err
				}
				fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%d\t%s\n", l.Key, l.Kind, stamp(l.At), nextTry(l), l.Tries, l.Why)
			}
		}
		return t.Flush()
	})
}

func nextTry(l schedule.Line) string {
	if l.Parked {
		return "parked"
	}
	return stamp(l.Next)
}
