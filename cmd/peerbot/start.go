package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"peerbot"
	"peerbot/config"
	"peerbot/spoken"
	"peerbot/storage"
)

// startFile is the configuration that `peerbot start` writes where none is named.
const startFile = "peerbot.yaml"

func startCommand(t terminal) *cobra.Command {
	return &cobra.Command{
		Use: "start", Short: "Set the bot up: answer a few questions", Args: cobra.NoArgs,
		Long: "Start asks what the bot needs to know, tries out each answer at once, writes the\n" +
			"configuration and the key of the store, for you alone, and says how to invite the\n" +
			"bot. Run it again at any time: what is set stays, unless you say otherwise.",
		RunE: func(c *cobra.Command, _ []string) error {
			path, err := c.Flags().GetString("config")
			if err != nil {
				return err
			}
			return start(c.Context(), t, cmp.Or(path, startFile))
		},
	}
}

// setup is a configuration on its way from the answers into its file.
type setup struct {
	*dialog
	path string
	text []byte // text is what the file will hold.
	cfg  config.Config
	next []string // next are what is left to do, in order.
	runs bool     // runs: a bot runs on the store.
}

func start(ctx context.Context, t terminal, path string) error {
	s := &setup{dialog: newDialog(t), path: path}
	if err := s.load(); err != nil {
		return err
	}
	s.say("Let us set the bot up. Press Enter to leave what stands in [brackets]; Ctrl+C stops, and nothing is written.\n")
	for _, step := range []func(context.Context) error{s.askZone, s.askLanguage, s.askCountry, s.askDiscord, s.askTelegram, s.settle, s.write, s.makeKey} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	s.farewell()
	return nil
}

// load begins with the file that is there, else with the example, which explains
// every setting.
func (s *setup) load() error {
	text, err := os.ReadFile(s.path)
	if errors.Is(err, os.ErrNotExist) {
		text, err = peerbot.ExampleConfig, nil
	}
	if err != nil {
		return fmt.Errorf("read the configuration: %w", err)
	}
	s.text = text
	if s.cfg, err = config.Parse(text, s.t.Environ); err != nil {
		return err
	}
	s.t.hide(s.cfg.Secrets()...)
	return nil
}

// set gives a setting a value, in the file and at once. What the environment says
// still wins over it.
func (s *setup) set(key, value string) (err error) {
	text, err := config.Set(s.text, key, value)
	if err != nil {
		return fmt.Errorf("%s: %s cannot be set: %w", s.path, key, err)
	}
	cfg, err := config.Parse(text, s.t.Environ)
	if err == nil {
		s.text, s.cfg = text, cfg
	}
	return err
}

// askFor asks until the answer means something that the setting may be.
func (s *setup) askFor(ctx context.Context, key, question, kept string, means func(string) (string, error)) error {
	for {
		answer, err := s.ask(ctx, question, kept)
		if err != nil || answer == kept {
			return err
		}
		value, err := means(answer)
		if err == nil {
			err = s.set(key, value)
		}
		var wrong *config.Problem
		if !errors.As(err, &wrong) {
			return err
		}
		s.say("  %s.", strings.ToUpper(wrong.Say[:1])+wrong.Say[1:])
	}
}

func (s *setup) askZone(ctx context.Context) error {
	return s.askFor(ctx, "community.zone", "In which time zone does your community meet? A large city will do", s.cfg.Community.Zone, zoneNamed)
}

// zoneNamed is the zone that people call so.
func zoneNamed(answer string) (string, error) {
	zone, err := spoken.ReadZone(answer)
	var unclear *spoken.Unclear
	if !errors.As(err, &unclear) {
		return zone.Name, err
	}
	if len(unclear.Readings) == 0 {
		return answer, nil // What is wrong with it the configuration says.
	}
	var names []string
	for _, r := range unclear.Readings {
		names = append(names, r.Value)
	}
	return "", &config.Problem{Say: "that can be more than one; name one of these: " + strings.Join(names, ", ")}
}

// plainly is an answer that means what it says.
func plainly(change func(string) string) func(string) (string, error) {
	return func(answer string) (string, error) { return change(answer), nil }
}

func (s *setup) askLanguage(ctx context.Context) error {
	return s.askFor(ctx, "community.language", "Its language: en (English) or es (Spanish)", s.cfg.Community.Language, plainly(strings.ToLower))
}

func (s *setup) askCountry(ctx context.Context) error {
	return s.askFor(ctx, "community.country", "Its country, for the numbers of /crisis: two letters such as US, or nothing for every country", s.cfg.Community.Country, plainly(strings.ToUpper))
}

// settle decides what nobody has to be asked: where a platform is connected nobody
// looks at the terminal, and a copy is made every night.
func (s *setup) settle(context.Context) error {
	if s.cfg.Discord.Token == "" && s.cfg.Telegram.Token == "" {
		s.say("Neither Discord nor Telegram is connected, so the bot answers in this terminal alone.\n")
		return s.set("console.enabled", "true")
	}
	if err := s.set("console.enabled", "false"); err != nil {
		return err
	}
	if s.cfg.Upkeep.BackupFolder != "" || s.cfg.Upkeep.Backup == "" {
		return nil
	}
	return s.set("upkeep.backup_folder", filepath.ToSlash(filepath.Join(filepath.Dir(s.cfg.Store.Path), "backups")))
}

// write puts the file in its place, whole or not at all, for its owner alone.
func (s *setup) write(context.Context) error {
	fresh, err := os.CreateTemp(filepath.Dir(s.path), ".peerbot-*") // Of 0600.
	if err != nil {
		return fmt.Errorf("write the configuration: %w", err)
	}
	defer func() { _ = os.Remove(fresh.Name()) }() // It is there only where this failed.
	_, err = fresh.Write(s.text)
	if err = errors.Join(err, fresh.Sync(), fresh.Close()); err == nil {
		err = os.Rename(fresh.Name(), s.path)
	}
	if err != nil {
		return fmt.Errorf("write the configuration: %w", err)
	}
	s.say("Written: %s, for you alone.", s.path)
	return nil
}

// makeKey makes the store and its key, where they are not there yet.
func (s *setup) makeKey(ctx context.Context) error {
	store, err := openFile(ctx, s.cfg.Store, newLog(s.t.Err, s.cfg))
	if s.runs = errors.Is(err, storage.ErrInUse); s.runs {
		return nil
	}
	if err != nil {
		return err
	}
	if s.cfg.Store.Key == "" {
		s.say("The key of the store: %s. Keep a copy of it in another place: without it nobody can read the store.\n", keyPath(s.cfg.Store))
	}
	return store.Close()
}

// farewell says what is left to do.
func (s *setup) farewell() {
	self := cmp.Or(s.t.Self, "peerbot")
	begin := "Start the bot: "
	if s.runs {
		begin = "The bot runs, and has not read what is new. Stop it, and start it again: "
	}
	s.next = slices.Insert(s.next, 0, begin+fmt.Sprintf("%s run --config %s", self, s.path))
	s.next = append(s.next, fmt.Sprintf("When something seems wrong: %s doctor --config %s", self, s.path))
	s.say("What is left to do:")
	for i, step := range s.next {
		s.say("  %d. %s", i+1, step)
	}
}

// answerTime is how long a platform may take to answer.
const answerTime = 15 * time.Second
