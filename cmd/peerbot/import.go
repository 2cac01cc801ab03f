package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"peerbot/chat"
	"peerbot/community/meeting"
	"peerbot/community/member"
	"peerbot/community/space"
	"peerbot/config"
	"peerbot/interop"
	"peerbot/interop/tsml"
	"peerbot/locales"
	"peerbot/outbox"
	"peerbot/schedule"
	"peerbot/spoken"
	"peerbot/storage"
)

// importOptions are the flags of `peerbot import`.
type importOptions struct {
	home, list, zone, programme string
	yes, gone, undo             bool
}

func importCommand(t terminal) *cobra.Command {
	var o importOptions
	file := func(c *cobra.Command, args []string) error {
		if o.undo {
			return cobra.NoArgs(c, args)
		}
		return cobra.ExactArgs(1)(c, args)
	}
	c := onStore(t, "import FILE", "Take in meetings from a Meeting Guide or BMLT list", file,
		func(ctx context.Context, w io.Writer, s *kept, cfg config.Config, args []string) error {
			if o.undo {
				return undoImport(ctx, w, t, s, cfg, o)
			}
			return importList(ctx, w, t, s, cfg, o, args[0])
		})
	c.Long = "Import reads a list of meetings and says what it would do. With --yes it does it.\n" +
		"The same list can come again: what is there already is left as it is, and what was\n" +
		"broken off is done by importing again. The bot may not run meanwhile. For ten minutes\n" +
		"--undo takes the last list back; what somebody has changed since stays as it is."
	homeFlag(c, &o.home)
	c.Flags().StringVar(&o.list, "list", "", "what you call this `list`, if you import several; the format's name when empty")
	c.Flags().StringVar(&o.zone, "zone", "", "the time `zone` where the list does not say it; the community's when empty")
	c.Flags().StringVar(&o.programme, "programme", "", "the `fellowship` whose types are in the list")
	c.Flags().BoolVar(&o.yes, "yes", false, "take the list in")
	c.Flags().BoolVar(&o.gone, "cancel-gone", false, "also cancel the meetings of an earlier list that are not in it any more")
	c.Flags().BoolVar(&o.undo, "undo", false, "take back, without a FILE, what was last taken in")
	return c
}

func homeFlag(c *cobra.Command, home *string) {
	c.Flags().StringVar(home, "home", "", "whose meetings: `PLATFORM:ID` of the server or group, such as discord:1234")
	_ = c.MarkFlagRequired("home")
}

// ledger is a store's meetings, for the command line.
type ledger struct {
	store    *kept
	spaces   *space.Spaces
	meetings *meeting.Meetings
	home     space.Home
}

// openLedger finds the community that somebody named.
func openLedger(ctx context.Context, t terminal, s *kept, cfg config.Config, named string) (ledger, error) {
	platform, id, ok := strings.Cut(named, ":")
	if !ok || platform == "" || id == "" {
		return ledger{}, usage(errors.New("--home is PLATFORM:ID, such as discord:1234"))
	}
	log := newLog(t.Err, cfg)
	l := ledger{store: s, spaces: space.New(s.vault, space.Home{Zone: cfg.Community.Zone, Lang: cfg.Community.Language})}
	l.meetings = meeting.New(s.vault, schedule.NewAgenda(s, s.vault, log), outbox.New(s, s.vault, log), l.spaces, member.New(s.vault))
	known := platform == "console" // where the bot is in no server and no group
	err := s.View(ctx, func(r storage.Reader) error {
		at := chat.Address{Platform: platform, Space: id}
		home, err := l.spaces.HomeOf(r, at)
		if err == nil && !known {
			known, err = l.spaces.Joined(r, at)
		}
		if err == nil {
			l.home, err = l.spaces.Get(r, home)
			l.home.ID = home
		}
		return err
	})
	if err == nil && !known {
		fmt.Fprintf(t.Err, "This store does not know that the bot is in %s. Is that the right ID?\n", named)
	}
	return l, err
}

func importList(ctx context.Context, w io.Writer, t terminal, s *kept, cfg config.Config, o importOptions, name string) error {
	words, err := locales.Load()
	if err != nil {
		return err
	}
	if o.zone, err = readZone(o.zone); err != nil {
		return err
	}
	l, err := openLedger(ctx, t, s, cfg, o.home)
	if err != nil {
		return err
	}
	p, err := l.preview(ctx, o, name)
	if r := (*chat.Refusal)(nil); errors.As(err, &r) {
		return errors.New(words.Put("en", nil, r.Say).String())
	}
	if err != nil {
		return err
	}
	printPreview(w, words, p)
	if !o.yes {
		fmt.Fprintln(w, "Nothing was changed. Say --yes to take it in.")
		return nil
	}
	total := len(p.New) + len(p.Changed)
	if o.gone {
		total += len(p.Gone)
	}
	if total == 0 {
		fmt.Fprintln(w, "There is nothing to take in. Nothing was changed.")
		return nil
	}
	line := newBar(t.Err, total)
	if err := l.meetings.Import(ctx, s, p, o.gone, now(), line.at); err != nil {
		line.end()
		return brokenOff(err)
	}
	line.end()
	fmt.Fprintln(w, "All of it is taken in.")
	return nil
}

// brokenOff says that a list is taken in by halves. That somebody stopped it is no success.
func brokenOff(err error) error {
	const say = "it is taken in up to here; import it again for the rest"
	if errors.Is(err, context.Canceled) {
		return errors.New(say)
	}
	return fmt.Errorf("%s: %w", say, err)
}

// readZone is the name of a zone that somebody typed, as in chat; "" is none.
func readZone(typed string) (string, error) {
	if typed == "" {
		return "", nil
	}
	zone, err := spoken.ReadZone(typed)
	if err != nil {
		return "", usage(fmt.Errorf("--zone %q is not one time zone; write one such as America/New_York, or a large city in it", typed))
	}
	return zone.Name, nil
}

// preview reads the list and compares it with what is there.
func (l ledger) preview(ctx context.Context, o importOptions, name string) (p meeting.Preview, err error) {
	data, err := readList(name)
	if err != nil {
		return p, err
	}
	read := tsml.Options{Zone: o.zone, Today: now()}
	if read.Zone == "" {
		read.Zone = l.home.Zone
	}
	if o.programme != "" {
		known, ok := meeting.FindProgramme(o.programme)
		if !ok {
			return p, chat.Refuse(chat.Invalid, "meeting.no_such_programme")
		}
		read.Programme = known.ID
	}
	rows, list, err := interop.Read(data, read)
	if err != nil {
		return p, err
	}
	if o.list != "" {
		list = o.list
	}
	err = l.store.View(ctx, func(r storage.Reader) error {
		p, err = l.meetings.Compare(r, l.home.ID, list, rows)
		return err
	})
	return p, err
}

// readList reads a file of at most tsml.MaxBytes.
func readList(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read the list: %w", err)
	}
	defer func() { _ = f.Close() }()
	if info, err := f.Stat(); err == nil && info.Size() > tsml.MaxBytes {
		return nil, tsml.TooLarge()
	}
	data, err := io.ReadAll(io.LimitReader(f, tsml.MaxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read the list: %w", err)
	}
	return data, nil
}

// printPreview says what a list would do, and each row that is refused.
func printPreview(w io.Writer, words *locales.Catalogue, p meeting.Preview) {
	for _, row := range p.Refused {
		fmt.Fprintf(w, "row %d, %s: %s\n", row.Number, cmp.Or(row.Name, "without a name"), words.Put("en", nil, row.Refused.Say).String())
	}
	if len(p.Unknown) > 0 {
		fmt.Fprintln(w, "types that nobody knows are left out:", strings.Join(p.Unknown, ", "))
	}
	if long := interop.Long(p); len(long) > 0 {
		fmt.Fprintln(w, "longer than two hours, which may be a slip:", strings.Join(long, ", "))
	}
	fmt.Fprintf(w, "%d new, %d changed, %d gone, %d the same, %d refused\n", len(p.New), len(p.Changed), len(p.Gone), p.Same, len(p.Refused))
}
