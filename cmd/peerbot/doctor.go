package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"time"

	"github.com/spf13/cobra"

	"peerbot/config"
)

func doctorCommand(t terminal) *cobra.Command {
	return &cobra.Command{
		Use: "doctor", Short: "Look for what is wrong, and say how to mend it", Args: cobra.NoArgs,
		Long: "Doctor looks at the configuration, the key, the store, the disk, the clock and the\n" +
			"platforms, and says of each whether it is well. It changes nothing. What is bad makes\n" +
			"it end with 1.",
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, err := loadConfig(c, t)
			if err != nil {
				return err
			}
			path, err := c.Flags().GetString("config")
			if err != nil {
				return err
			}
			return examine(c.Context(), t, cfg, path)
		},
	}
}

// grade says how well something is.
type grade string

const (
	well grade = "ok"
	warn grade = "warn"
	bad  grade = "bad"
)

// finding is what the doctor says about one thing.
type finding struct {
	grade      grade
	about, say string
	mend       string // mend says what to do; "" where nothing has to be done.
}

// doctor looks at one thing after the other.
type doctor struct {
	t     terminal
	cfg   config.Config
	file  string // file is that of the configuration; "" is none.
	found []finding
	dates []date
}

// date is what time a platform said it is.
type date struct {
	who      string
	said, at time.Time
}

// examine looks at everything and writes what was found. The error counts what is bad.
func examine(ctx context.Context, t terminal, cfg config.Config, file string) error {
	d := &doctor{t: t, cfg: cfg, file: file}
	d.note(well, "configuration", "It can be read.", "")
	for _, look := range []func(context.Context){d.lookAtFiles, d.lookAtStore, d.lookAtBackups, d.lookAtDisk, d.lookAtDiscord, d.lookAtTelegram, d.lookAtClock, d.lookAtCrisis} {
		look(ctx)
	}
	sick := 0
	for _, f := range d.found {
		fmt.Fprintf(t.Out, "%-5s %s: %s\n", f.grade, f.about, f.say)
		if f.mend != "" {
			fmt.Fprintf(t.Out, "      %s\n", f.mend)
		}
		if f.grade == bad {
			sick++
		}
	}
	switch sick {
	case 0:
		return nil
	case 1:
		return errors.New("one thing has to be mended")
	}
	return fmt.Errorf("%d things have to be mended", sick)
}

func (d *doctor) note(g grade, about, say, mend string) {
	d.found = append(d.found, finding{g, about, say, mend})
}

// lookAtFiles asks whether anybody else may read what holds a secret.
func (d *doctor) lookAtFiles(context.Context) {
	if runtime.GOOS == "windows" { // Its rights are not these.
		return
	}
	c := d.cfg
	for _, f := range []struct{ about, path string }{
		{"configuration", d.file},
		{"key", keyPath(c.Store)},
		{"token of Discord", c.Discord.TokenFile},
		{"token of Telegram", c.Telegram.TokenFile},
		{"secret of the webhook", c.Telegram.WebhookSecretFile},
	} {
		info, err := os.Stat(f.path)
		switch {
		case f.path == "" || errors.Is(err, fs.ErrNotExist):
		case err != nil:
			d.note(bad, f.about, "The file "+f.path+" cannot be looked at.", "Check who owns it and its folder.")
		case info.Mode().Perm()&0o077 != 0:
			d.note(bad, f.about, fmt.Sprintf("Others on this computer may read %s (%o).", f.path, info.Mode().Perm()), "Write: chmod 600 "+f.path)
		default:
			d.note(well, f.about, "Nobody else may read "+f.path+".", "")
		}
	}
}
