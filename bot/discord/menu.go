package discord

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/bwmarrin/discordgo"

	"peerbot/bot"
	"peerbot/bot/discord/wire"
	"peerbot/chat"
)

// menu are the commands as Discord shows them. It stands when Run begins.
type menu struct {
	commands []wire.Command
	leaves   map[string]leaf // leaves by their path as Discord says it.
	telling  sync.Mutex      // telling is held by who tells Discord.
	told     bool            // told: Discord has these.
}

// leaf is a command by its ids.
type leaf struct {
	path    []string
	options map[string]string // options are ids by their name on Discord.
	always  bool              // always: it skips every queue.
}

// option is the id of an option. One that nobody knows keeps its name: the Router
// says so.
func (l leaf) option(name string) string {
	if id, ok := l.options[name]; ok {
		return id
	}
	return name
}

// leaf finds a command by its path on Discord. One that nobody knows keeps it.
func (m *menu) leaf(path []string) leaf {
	if l, ok := m.leaves[strings.Join(path, " ")]; ok {
		return l
	}
	return leaf{path: path}
}

// take makes the menu of a tree.
func (m *menu) take(tree []chat.Command, words bot.Words) {
	d := &drawer{words: words, lang: words.Langs()[0], leaves: map[string]leaf{}}
	var commands []wire.Command
	for _, c := range tree {
		if !c.Unlisted {
			commands = append(commands, d.command(c))
		}
	}
	m.commands, m.leaves = commands, d.leaves
}

// publish tells Discord which commands there are, if it believes otherwise. It tries
// until it can, or until ctx ends.
func (d *Discord) publish(ctx context.Context) {
	m := &d.menu
	if !m.telling.TryLock() {
		return // somebody is at it
	}
	defer m.telling.Unlock()
	for wait := time.Second; !m.told && m.commands != nil; wait = min(2*wait, patience) {
		err := d.client.Publish(ctx, *d.app.Load(), m.commands)
		if m.told = err == nil; m.told || ctx.Err() != nil {
			return
		}
		d.o.Log.Error("commands were not published", slog.Any("error", err))
		var b *chat.Bounce
		if errors.As(bounce(err), &b) && b.Fate != chat.Later {
			return
		}
		select {
		case <-time.After(max(wait, b.After)):
		case <-ctx.Done():
		}
	}
}

// drawer draws commands.
type drawer struct {
	words  bot.Words
	lang   string // lang is the language for everybody whose own there is none.
	leaves map[string]leaf
}

// The commands are for guilds and for the private chat with the bot, where the bot was
// added to a guild: https://docs.discord.com/developers/resources/application#installation-context.
const (
	guildInstall = 0
	inGuild      = 0
	inDirect     = 1
)

func (d *drawer) command(c chat.Command) wire.Command {
	o := d.node([]string{c.Name}, nil, c, 0)
	w := wire.Command{
		Name: o.Name, NameIn: o.NameIn, Description: o.Description, DescriptionIn: o.DescriptionIn, Options: o.Options,
		IntegrationTypes: []int{guildInstall}, Contexts: []int{inGuild, inDirect},
	}
	if c.Needs != 0 && c.Needs&^(chat.Moderator|chat.Admin) == 0 {
		// Only those see it who run the guild, as long as its admins say nothing else.
		// Whatever other duties there are Discord does not know of.
		rights := strconv.Itoa(manageGuild)
		w.Permissions = &rights
	}
	return w
}

// node draws a command below above, and files it if it is a leaf.
func (d *drawer) node(path, above []string, c chat.Command, depth int) wire.Option {
	key := strings.Join(path, " ")
	o := wire.Option{Type: wire.SubCommand, Name: d.words.Name(d.lang, key)}
	o.NameIn = d.others(o.Name, func(lang string) string { return d.words.Name(lang, key) })
	o.Description = orDots(d.words.About(d.lang, key))
	o.DescriptionIn = d.others(o.Description, func(lang string) string { return d.words.About(lang, key) })
	names := append(slices.Clone(above), o.Name)
	if len(c.Subs) == 0 {
		o.Options = d.options(path, names, c)
		return o
	}
	if depth > 0 {
		o.Type = wire.SubCommandGroup
	}
	for _, sub := range c.Subs {
		if !sub.Unlisted {
			o.Options = append(o.Options, d.node(append(slices.Clone(path), sub.Name), names, sub, depth+1))
		}
	}
	return o
}

// others are the words of the other languages, by Discord's names of them, where they
// differ.
func (d *drawer) others(word string, in func(lang string) string) map[string]string {
	all := map[string]string{}
	for _, lang := range d.words.Langs() {
		other := in(lang)
		if lang == d.lang || other == "" || other == word {
			continue
		}
		for locale := range discordgo.Locales {
			if base, _, _ := strings.Cut(string(locale), "-"); base == lang && locale != discordgo.Unknown {
				all[string(locale)] = other
			}
		}
	}
	if len(all) == 0 {
		return nil
	}
	return all
}

func (d *drawer) options(path, names []string, c chat.Command) []wire.Option {
	l := leaf{path: path, options: map[string]string{}, always: c.Always}
	var all []wire.Option
	for _, p := range c.Options {
		o := d.option(strings.Join(path, " "), p.Spec())
		l.options[o.Name] = p.Spec().Name
		all = append(all, o)
	}
	d.leaves[strings.Join(names, " ")] = l
	slices.SortStableFunc(all, func(a, b wire.Option) int { // Discord wants what is required first
		switch {
		case a.Required == b.Required:
			return 0
		case a.Required:
			return -1
		}
		return 1
	})
	return all
}

// kinds are the native types. What is none of them is typed.
var kinds = map[chat.Kind]int{
	chat.KindInteger: wire.IntegerOption, chat.KindBoolean: wire.BooleanOption, chat.KindPerson: wire.UserOption,
	chat.KindRoom: wire.ChannelOption, chat.KindAttachment: wire.AttachmentOption,
}

func (d *drawer) option(key string, s chat.Spec) wire.Option {
	o := wire.Option{Type: wire.StringOption, Name: d.words.OptionName(d.lang, key, s.Name)}
	if kind, ok := kinds[s.Kind]; ok && (len(s.Choices) == 0 || s.Kind == chat.KindBoolean) {
		o.Type = kind
	}
	o.NameIn = d.others(o.Name, func(lang string) string { return d.words.OptionName(lang, key, s.Name) })
	o.Description = orDots(d.words.OptionHelp(d.lang, key, s.Name))
	o.DescriptionIn = d.others(o.Description, func(lang string) string { return d.words.OptionHelp(lang, key, s.Name) })
	if o.Type == wire.StringOption {
		o.Choices = d.choices(s.Choices)
		o.Autocomplete = s.Completes && o.Choices == nil
	}
	if o.Type == wire.IntegerOption {
		o.MinValue, o.MaxValue = &s.Min, &s.Max
	}
	// What a form can ask for is asked there, with all its words. A client insists only
	// on what is better said here: a file, and what completes while it is typed.
	o.Required = s.Required && (o.Autocomplete || s.Kind == chat.KindAttachment)
	return o
}

func (d *drawer) choices(choices []chat.Choice) (all []wire.OptionChoice) {
	for _, c := range choices {
		label := func(lang string) string { return fit(d.words.Put(lang, nil, c.Label).String(), maxHelp) }
		name := orDots(label(d.lang))
		all = append(all, wire.OptionChoice{Name: name, NameIn: d.others(name, label), Value: c.Value})
	}
	return all
}
