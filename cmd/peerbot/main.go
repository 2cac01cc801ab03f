// Command peerbot is the bot: one process that keeps a peer community's meetings,
// reminds its people, and answers them in a terminal, on a page, and on their platforms.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

func main() { os.Exit(run()) }

// run executes the command line of the process; an interrupt or a SIGTERM ends it in order.
func run() int {
	heedLimits()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return execute(ctx, terminal{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Environ: os.Environ(), Self: os.Args[0]}, os.Args[1:])
}

// terminal is what the program sees of the outside, so that a test can be it.
type terminal struct {
	In       io.Reader
	Out, Err io.Writer
	Environ  []string
	Self     string // Self is how the program was called; "peerbot" when empty.
}

// execute runs one command line and returns the exit code.
func execute(ctx context.Context, t terminal, args []string) int {
	t = t.veiled()
	root := rootCommand(t)
	root.SetArgs(args)
	root.SetIn(t.In)
	root.SetOut(t.Out)
	root.SetErr(t.Err)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitOK
	}
	fmt.Fprintln(t.Err, "peerbot: "+inWords(err))
	return exitCode(err)
}

func rootCommand(t terminal) *cobra.Command {
	root := &cobra.Command{
		Use:           "peerbot",
		Short:         "A bot for communities of people who support each other",
		Long:          "peerbot keeps a peer community's meetings and reminds its people.\nTry it with `peerbot demo`; it needs no account and keeps nothing.\n\n" + exitHelp,
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.PersistentFlags().StringP("config", "c", "", "the configuration `file`; without one, defaults and the environment hold")
	root.AddCommand(
		demoCommand(t),
		startCommand(t),
		runCommand(t),
		doctorCommand(t),
		consoleCommand(t),
		configCommand(t),
		outboxCommand(t),
		agendaCommand(t),
		importCommand(t),
		exportCommand(t),
		versionCommand(),
	)
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usage(err) })
	return root
}
