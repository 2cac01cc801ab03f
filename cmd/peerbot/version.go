package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"

	"peerbot/community/crisis"
	"peerbot/spoken"
)

// version is the release; a build from a checkout adds its revision.
const version = "0.1.0"

func versionCommand() *cobra.Command {
	var release bool
	cmd := &cobra.Command{
		Use: "version", Short: "Print the version", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			read := crisis.Oldest().Format(time.DateOnly)
			if release && crisis.Stale(now()) {
				return fmt.Errorf("the crisis numbers were read on %s: read each at its source again before a release", read)
			}
			_, err := fmt.Fprintf(c.OutOrStdout(), "peerbot %s%s (%s, %s/%s)\ncrisis numbers read on %s\ntime zones of %s\n",
				version, revision(), runtime.Version(), runtime.GOOS, runtime.GOARCH, read, spoken.ZoneData)
			return err
		},
	}
	cmd.Flags().BoolVar(&release, "release", false, "fail if this must not be released: the crisis numbers are too old")
	return cmd
}

func revision() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return "+" + s.Value[:12]
		}
	}
	return ""
}
