package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"peerbot/bot/discord"
	"peerbot/bot/telegram"
	"peerbot/community/crisis"
	"peerbot/internal/clock"
	"peerbot/outbox"
	"peerbot/schedule"
	"peerbot/storage"
)

// lookAtStore opens the store, if there is one and no bot runs on it.
func (d *doctor) lookAtStore(ctx context.Context) {
	path := d.cfg.Store.Path
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		d.note(warn, "store", "There is none at "+path+" yet.", "The first start of the bot makes it. If there was one, give its place with store.path.")
		return
	}
	s, err := openFile(ctx, d.cfg.Store, newLog(d.t.Err, d.cfg))
	if errors.Is(err, storage.ErrInUse) {
		d.note(well, "store", "A bot runs on it, so it was not opened. Stop the bot first to have it looked into.", "")
		return
	}
	if err != nil {
		say, mend, _ := strings.Cut(inWords(err), "\n")
		d.note(bad, "store", say+".", mend)
		return
	}
	defer func() { _ = s.Close() }() // Nothing was changed.
	d.note(well, "store", "It opens with its key, and its version is the one that this program writes.", "")
	d.lookAtParked(ctx, s)
}

// lookAtParked counts what failed five times and waits for a person.
func (d *doctor) lookAtParked(ctx context.Context, s *kept) {
	log := newLog(d.t.Err, d.cfg)
	items, letters := 0, 0
	err := s.View(ctx, func(r storage.Reader) error {
		for _, err := range schedule.NewAgenda(s, s.vault, log).Parked(r) {
			if err != nil {
				return err
			}
			items++
		}
		for l, err := range outbox.New(s, s.vault, log).List(r, "") {
			if err != nil {
				return err
			}
			if l.State == outbox.OnHold {
				letters++
			}
		}
		return nil
	})
	updates, more := telegram.Parked(ctx, s, s.vault)
	if err := errors.Join(err, more); err != nil {
		d.note(bad, "store", "What waits in it cannot be read: "+err.Error()+".", "Keep the file, put the newest copy in its place, and start again.")
		return
	}
	d.noteParked("agenda", items, "See `peerbot agenda list`, and write `peerbot agenda retry KEY` or `drop KEY`.")
	d.noteParked("outbox", letters, "See `peerbot outbox list`, and write `peerbot outbox retry KEY` or `drop KEY`.")
	d.noteParked("inbox of Telegram", updates, "Look for errors in the log. Whoever wrote has been told; nothing else has to be done.")
}

func (d *doctor) noteParked(about string, n int, mend string) {
	if n == 0 {
		d.note(well, about, "Nothing failed for good.", "")
		return
	}
	d.note(warn, about, fmt.Sprintf("%d failed five times, and no one tries again.", n), mend)
}

// staleCopy is how old the newest copy of the store may be.
const staleCopy = 48 * time.Hour

func (d *doctor) lookAtBackups(context.Context) {
	folder := d.cfg.Upkeep.BackupFolder
	if folder == "" {
		d.note(warn, "backups", "No copies of the store are made.", "Name a folder with upkeep.backup_folder, best on another disk.")
		return
	}
	newest := time.Time{}
	copies, _ := filepath.Glob(filepath.Join(folder, "peerbot-*.db")) // The pattern is right.
	for _, c := range copies {
		if info, err := os.Stat(c); err == nil && info.ModTime().After(newest) {
			newest = info.ModTime()
		}
	}
	switch {
	case newest.IsZero():
		d.note(well, "backups", "The first copy is made when the bot has run for a night.", "")
	case now().Sub(newest) > staleCopy:
		d.note(warn, "backups", "The newest copy is of "+newest.Format(time.DateOnly)+".", "Is the bot running at night? Its log says what went wrong.")
	default:
		d.note(well, "backups", "The newest copy is of "+newest.Format(time.DateOnly)+".", "")
	}
}

// How much room the disk of the store should have, in bytes.
const (
	littleRoom = 500 << 20
	noRoom     = 50 << 20
)

func (d *doctor) lookAtDisk(context.Context) {
	folder := filepath.Dir(d.cfg.Store.Path)
	free, known := freeSpace(folder)
	if !known {
		return
	}
	g, mend := well, ""
	switch {
	case free < noRoom:
		g, mend = bad, "Make room: without it nothing can be saved."
	case free < littleRoom:
		g, mend = warn, "Make room soon."
	}
	d.note(g, "disk", fmt.Sprintf("%d MB are free.", free>>20), mend)
}

func (d *doctor) lookAtDiscord(ctx context.Context) {
	c := d.cfg.Discord
	if c.Token == "" {
		d.note(well, "Discord", "It is not connected.", "")
		return
	}
	ctx, stop := context.WithTimeout(ctx, answerTime)
	defer stop()
	a, err := discord.Check(ctx, c.APIURL, string(c.Token))
	if err != nil {
		d.noteUnreached("Discord", err, discord.ErrToken)
		return
	}
	d.dates = append(d.dates, date{"Discord", a.Date, now()})
	d.note(well, "Discord", "The token is that of "+a.Name+".", "")
	if a.Privileged {
		d.note(warn, "Discord", "The bot may read more than it needs.", "At https://discord.com/developers/applications, on the page Bot, turn off all of Privileged Gateway Intents.")
	}
	if a.Starts < 10 {
		d.note(warn, "Discord", fmt.Sprintf("The bot may connect anew %d times today.", a.Starts), "Look in the log for why it connects so often, and start it no more than needed.")
	}
	if len(a.Servers) == 0 {
		d.note(warn, "Discord", "The bot is in no server yet.", "Add it: "+a.Invite())
	}
	for _, s := range a.Servers {
		d.noteRights(s, a.Invite())
	}
}

func (d *doctor) noteRights(s discord.Server, invite string) {
	switch {
	case s.All:
		d.note(warn, "Discord", "In "+s.Name+" the bot is an administrator, which it never needs.", "In the server's settings, take Administrator from the bot's role.")
	case len(s.Lacks) > 0:
		d.note(bad, "Discord", "In "+s.Name+" the bot lacks: "+strings.Join(s.Lacks, ", ")+".", "Give its role these in the server's settings, or invite it once more: "+invite)
	default:
		d.note(well, "Discord", "In "+s.Name+" the bot has the rights that it needs.", "")
	}
}

func (d *doctor) lookAtTelegram(ctx context.Context) {
	c := d.cfg.Telegram
	if c.Token == "" {
		d.note(well, "Telegram", "It is not connected.", "")
		return
	}
	ctx, stop := context.WithTimeout(ctx, answerTime)
	defer stop()
	a, err := telegram.Check(ctx, c.APIURL, string(c.Token))
	if err != nil {
		d.noteUnreached("Telegram", err, telegram.ErrToken)
		return
	}
	d.dates = append(d.dates, date{"Telegram", a.Date, now()})
	d.note(well, "Telegram", "The token is that of @"+a.Name+".", "")
	if a.ReadsAll {
		d.note(warn, "Telegram", "Privacy mode is off, so groups show the bot all that is said.", "Write /setprivacy to @BotFather and choose Enable; then remove the bot from each group and add it again.")
	}
	if !a.Groups {
		d.note(bad, "Telegram", "The bot may not be added to groups.", "Write /setjoingroups to @BotFather and choose Enable.")
	}
	d.noteHook(a)
}

// noteHook compares the webhook that is set with the one that should be.
func (d *doctor) noteHook(a telegram.Account) {
	own, _ := url.Parse(d.cfg.Telegram.WebhookURL) // The configuration was checked.
	switch {
	case own.Host == "" && a.Hook != "":
		d.note(warn, "Telegram", "What people write goes to a webhook at "+a.Hook+", and not to this bot.", "Is another program using this token? Stop it. The next start of this bot removes the webhook.")
	case own.Host != a.Hook:
		d.note(warn, "Telegram", "The webhook is not set yet.", "The next start of the bot sets it.")
	case own.Host != "" && a.Trouble != "":
		d.note(bad, "Telegram", "Telegram cannot reach the webhook: "+a.Trouble+".", "Check that telegram.webhook_url leads to telegram.webhook_listen.")
	default:
		d.note(well, "Telegram", fmt.Sprintf("Nothing else fetches what people write; %d wait.", a.Waiting), "")
	}
}

func (d *doctor) noteUnreached(name string, err, refused error) {
	if errors.Is(err, refused) {
		d.note(bad, name, "It does not take the token.", "Run `peerbot start` and paste the token again, whole, or a new one.")
		return
	}
	d.note(bad, name, "It cannot be asked: "+err.Error()+".", "Look at the network of this computer, and at "+strings.ToLower(name)+".api_url.")
}

// lookAtClock compares the clock with those of the platforms. Their dates are in whole
// seconds.
func (d *doctor) lookAtClock(context.Context) {
	heard := slices.DeleteFunc(d.dates, func(t date) bool { return t.said.IsZero() })
	for _, t := range heard {
		off := t.at.Sub(t.said).Abs().Round(time.Second)
		switch {
		case off >= clock.Near:
			d.note(bad, "clock", fmt.Sprintf("It is %s off, says %s.", off, t.who), "Set this computer's date and time, or let it do so by itself (NTP); until then nothing is sent.")
		case off > 10*time.Second:
			d.note(warn, "clock", fmt.Sprintf("It is %s off, says %s.", off, t.who), "Let this computer set its clock by itself (NTP).")
		default:
			d.note(well, "clock", "It agrees with "+t.who+"'s.", "")
		}
	}
}

func (d *doctor) lookAtCrisis(context.Context) {
	read := crisis.Oldest().Format(time.DateOnly)
	if crisis.Stale(now()) {
		d.note(warn, "crisis numbers", "They were last read at their sources on "+read+".", "Install a newer version of peerbot.")
		return
	}
	d.note(well, "crisis numbers", "They were read at their sources on "+read+".", "")
}
