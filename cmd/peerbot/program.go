package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"time"

	"golang.org/x/sync/errgroup"

	"peerbot/bot"
	"peerbot/commands"
	"peerbot/community/meeting"
	"peerbot/community/member"
	"peerbot/community/note"
	"peerbot/community/space"
	"peerbot/config"
	"peerbot/internal/clock"
	"peerbot/locales"
	"peerbot/outbox"
	"peerbot/schedule"
	"peerbot/storage"
)

// program is the whole bot, wired in one direction: the store at the bottom, the
// domain on it, the commands on the domain, the engine around the commands, and the
// platforms outside.
type program struct {
	cfg   config.Config
	log   *slog.Logger
	words *locales.Catalogue

	store  *kept
	clock  *clock.Guard
	agenda *schedule.Agenda
	outbox *outbox.Outbox

	spaces    *space.Spaces
	members   *member.Members
	meetings  *meeting.Meetings
	notes     *note.Notes
	countries *space.Countries

	deps   commands.Deps
	router *bot.Router
	bot    *bot.Bot
}

// assemble wires the program over an open store, which it closes when it fails.
func assemble(ctx context.Context, cfg config.Config, store *kept, plug plug, words *locales.Catalogue, log *slog.Logger) (*program, error) {
	p := &program{cfg: cfg, log: log, words: words, store: store}
	addBot := func(context.Context) error { return p.addBot(plug) }
	for _, step := range []func(context.Context) error{p.addEngine, p.addDomain, addBot, p.eraseAgain} {
		if err := step(ctx); err != nil {
			return nil, errors.Join(err, store.Close())
		}
	}
	return p, nil
}

func (p *program) addEngine(ctx context.Context) (err error) {
	if p.clock, err = clock.Open(ctx, p.store, p.log); err != nil {
		return err
	}
	p.agenda = schedule.NewAgenda(p.store, p.store.vault, p.log, schedule.Guarded(p.clock.Steady))
	p.outbox = outbox.New(p.store, p.store.vault, p.log, outbox.Guarded(p.clock.Steady))
	return nil
}

func (p *program) addDomain(ctx context.Context) (err error) {
	vault, c := p.store.vault, p.cfg.Community
	defaults := space.Home{Zone: c.Zone, Lang: p.words.Match(c.Language), Country: c.Country}
	p.spaces = space.New(vault, defaults)
	p.members = member.New(vault)
	p.meetings = meeting.New(vault, p.agenda, p.outbox, p.spaces, p.members)
	p.notes = note.New(vault, p.agenda, p.outbox, p.spaces, p.members)
	p.countries, err = space.LoadCountries(ctx, p.store, p.spaces)
	return err
}

func (p *program) addBot(plug plug) error {
	platforms, err := plug(p)
	if err != nil {
		return err
	}
	p.deps = commands.Deps{
		Store: p.store, Log: p.log,
		Agenda: p.agenda, Outbox: p.outbox,
		Spaces: p.spaces, Members: p.members, Meetings: p.meetings, Notes: p.notes,
		Outside: p.outside(), Langs: p.words.Langs(), Match: p.words.Match, Put: p.words.Put, Countries: p.countries,
		Events:  eventsOf(platforms),
		Compact: p.store.Compact, Erased: p.store.noteErased, Remains: bot.NewRemains(p.store.vault),
	}
	var limits []bot.Limits
	for _, platform := range platforms {
		limits = append(limits, platform.Limits())
	}
	p.router, err = bot.NewRouter(bot.RouterConfig{
		Tree: commands.All(p.deps), Menu: []string{"help"},
		Store: p.store, Vault: p.store.vault, Words: p.words,
		Directory: commands.NewDirectory(p.deps),
		Notice:    commands.NewNotices(p.deps).Notice,
		Limits:    limits, Log: p.log, Rand: rand.Reader,
		PerPerson: pace(platforms), PerRoom: pace(platforms),
	})
	if err != nil {
		return err
	}
	p.bot = bot.New(p.router, platforms, p.log)
	return nil
}

// pace bounds how many calls are taken; zero is the engine's own. Where only this
// terminal can speak a script may be as quick as it likes.
func pace(platforms []bot.Platform) (r bot.Rate) {
	if len(platforms) == 1 && platforms[0].Limits().Platform == "console" {
		r = bot.Rate{Every: time.Millisecond, Burst: 10_000}
	}
	return r
}

// plans are what is due, by kind of agenda item.
func (p *program) plans() map[string]schedule.Plan {
	plans := map[string]schedule.Plan{}
	for _, part := range []map[string]schedule.Plan{p.meetings.Plans(), p.notes.Plans(), commands.Plans(p.deps)} {
		maps.Copy(plans, part)
	}
	return plans
}

// settled are who is told when a letter settles, by class.
func (p *program) settled() map[outbox.Class]outbox.Settled {
	told := func(tx storage.Tx, now time.Time, r outbox.Receipt) error {
		return errors.Join(p.meetings.Settled(tx, now, r), p.notes.Settled(tx, now, r))
	}
	return map[outbox.Class]outbox.Settled{outbox.Exact: told, outbox.Early: told, outbox.Safety: told}
}

// Run serves until ctx ends, then stops in order: the platforms take nothing more and
// the calls at work finish, the agenda and the outbox come to rest, the store closes.
func (p *program) Run(ctx context.Context) error {
	inner, rest := context.WithCancel(context.WithoutCancel(ctx))
	defer rest()
	loops, inner := errgroup.WithContext(inner)
	loops.Go(func() error { return p.clock.Run(inner) })
	loops.Go(func() error { return p.agenda.Run(inner, p.plans()) })
	loops.Go(func() error { return p.outbox.Run(inner, p.bot, p.settled()) })
	loops.Go(func() error { return p.upkeep(inner) })
	loops.Go(func() error { return p.watch(inner) })
	loops.Go(func() error { return p.meetings.Warm(inner, p.store, now) })
	loops.Go(func() error { return p.serveSite(inner) })
	loops.Go(func() error { return p.refresh(inner) })
	loops.Go(func() error { return p.mirror(inner) })
	loops.Go(func() error {
		defer rest()
		outer, stop := context.WithCancel(ctx)
		defer stop()
		defer context.AfterFunc(inner, stop)()
		return p.bot.Run(outer)
	})
	err := quiet(loops.Wait())
	p.log.Info("stopped")
	return err
}

// Close closes the store. It comes after Run.
func (p *program) Close() error { return p.store.Close() }

// quiet drops the errors of a loop that was asked to end.
func quiet(err error) error {
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// now is the wall clock, which everything below cmd is told.
func now() time.Time { return time.Now() }

// open reads configuration and catalogue and opens the store, for the subcommands
// that work on it.
func open(ctx context.Context, cfg config.Config, log *slog.Logger) (*kept, *locales.Catalogue, error) {
	words, err := locales.Load()
	if err != nil {
		return nil, nil, fmt.Errorf("read the catalogues: %w", err)
	}
	store, err := openFile(ctx, cfg.Store, log)
	return store, words, err
}
