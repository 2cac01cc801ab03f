package discordtest

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// command is an application command as it is registered; see
// https://docs.discord.com/developers/interactions/application-commands.
type command struct {
	ID      string `json:"id,omitempty"`
	App     string `json:"application_id,omitempty"`
	Version string `json:"version,omitempty"`
	option
	Permissions  *string `json:"default_member_permissions"`
	DirectToo    *bool   `json:"dm_permission,omitempty"`
	Contexts     []int   `json:"contexts"`
	Integrations []int   `json:"integration_types"`
	NSFW         bool    `json:"nsfw"`
}

// option is one option of a command, or the part that a command shares with them.
type option struct {
	Type         int               `json:"type"`
	Name         string            `json:"name"`
	Names        map[string]string `json:"name_localizations"`
	About        string            `json:"description"`
	Abouts       map[string]string `json:"description_localizations"`
	Required     bool              `json:"required,omitempty"`
	Complete     bool              `json:"autocomplete,omitempty"`
	Options      []option          `json:"options,omitempty"`
	Choices      []pick            `json:"choices,omitempty"`
	Min          *float64          `json:"min_value,omitempty"`
	Max          *float64          `json:"max_value,omitempty"`
	MinLength    *int              `json:"min_length,omitempty"`
	MaxLength    *int              `json:"max_length,omitempty"`
	ChannelTypes []int             `json:"channel_types,omitempty"`
}

// pick is one choice of an option.
type pick struct {
	Name  string            `json:"name"`
	Names map[string]string `json:"name_localizations,omitempty"`
	Value any               `json:"value"`
}

// Types of options.
const (
	subcommand      = 1
	subcommandGroup = 2
	stringOption    = 3
	integerOption   = 4
	booleanOption   = 5
	userOption      = 6
	channelOption   = 7
	roleOption      = 8
	numberOption    = 10
	fileOption      = 11
)

const (
	maxCommands    = 100
	maxCommandSize = 8000
)

func (s *Server) getCommands(r *request) answer {
	if r.PathValue("application_id") != s.bot.id {
		return problem(http.StatusNotFound, 10002, "Unknown Application")
	}
	return ok(s.listed(r.URL.Query().Get("with_localizations") == "true"))
}

// listed is the menu as GET tells it: without the localisations unless asked for.
func (s *Server) listed(localised bool) []command {
	all := []command{}
	for _, c := range s.menu {
		one := *c
		if !localised {
			one.option = bare(one.option)
		}
		all = append(all, one)
	}
	return all
}

func bare(o option) option {
	o.Names, o.Abouts = nil, nil
	o.Options, o.Choices = slices.Clone(o.Options), slices.Clone(o.Choices)
	for i := range o.Options {
		o.Options[i] = bare(o.Options[i])
	}
	for i := range o.Choices {
		o.Choices[i].Names = nil
	}
	return o
}

// putCommands replaces the whole menu. What has kept its name keeps its id.
func (s *Server) putCommands(r *request) answer {
	var menu []*command
	if r.PathValue("application_id") != s.bot.id {
		return problem(http.StatusForbidden, 20012, "You are not authorized to perform this action on this application")
	}
	if !r.into(&menu) {
		return s.refuse(r, faults{"the commands cannot be read"})
	}
	if f := checkMenuBar(menu); len(f) > 0 {
		return s.refuse(r, f)
	}
	s.versions++
	for _, c := range menu {
		old := find(s.menu, func(o *command) bool { return o.Name == c.Name && o.Type == max(c.Type, 1) })
		c.Type, c.App, c.Version = max(c.Type, 1), s.bot.id, strconv.FormatUint(s.last+s.versions, 10)
		if c.ID = s.snowflake(); old != nil {
			c.ID = old.ID
		}
		if c.Integrations == nil {
			c.Integrations = []int{0}
		}
	}
	s.menu = menu
	return ok(s.listed(true))
}

// checkMenuBar says what is wrong with all commands together.
func checkMenuBar(menu []*command) faults {
	var f faults
	if len(menu) > maxCommands {
		f.add("%d commands", len(menu))
	}
	var all []option
	for _, c := range menu {
		if c.Type > 1 {
			continue
		}
		all = append(all, c.option)
		checkOption(&f, c.Name, c.option, 0)
		if n := size(c.option); n > maxCommandSize {
			f.add("/%s has %d characters in all", c.Name, n)
		}
		if c.Permissions != nil {
			if _, err := strconv.ParseInt(*c.Permissions, 10, 64); err != nil {
				f.add("/%s has odd permissions", c.Name)
			}
		}
	}
	checkNames(&f, "the menu", all)
	return f
}

var optionName = regexp.MustCompile(`^[-_'\p{L}\p{N}\p{Devanagari}\p{Thai}]{1,32}$`)

// checkOption says what is wrong with an option and those below it; depth 0 is the
// command itself.
func checkOption(f *faults, at string, o option, depth int) {
	f.length("description of "+at, o.About, 1, 100)
	checkLocales(f, at, o.Names)
	checkLocales(f, at, o.Abouts)
	for _, about := range o.Abouts {
		f.length("description of "+at, about, 1, 100)
	}
	for _, name := range append(values(o.Names), o.Name) {
		if !optionName.MatchString(name) || name != strings.ToLower(name) {
			f.add("%s is a name that commands cannot have", name)
		}
	}
	if len(o.Options) > 25 || len(o.Choices) > 25 {
		f.add("%s has %d options and %d choices", at, len(o.Options), len(o.Choices))
	}
	if o.Complete && len(o.Choices) > 0 {
		f.add("%s has choices and completes", at)
	}
	checkChoices(f, at, o)
	checkBelow(f, at, o, depth)
	checkNames(f, at, o.Options)
}

func checkChoices(f *faults, at string, o option) {
	if len(o.Choices) > 0 && o.Type != stringOption && o.Type != integerOption && o.Type != numberOption {
		f.add("%s has choices", at)
	}
	for _, c := range o.Choices {
		f.length("name of a choice of "+at, c.Name, 1, 100)
		for _, name := range c.Names {
			f.length("name of a choice of "+at, name, 1, 100)
		}
		if text, isText := c.Value.(string); isText != (o.Type == stringOption) || len(text) > 100 {
			f.add("%s has a choice with an odd value", at)
		}
	}
}

// checkBelow wants subcommands in commands and groups only, and what is required first.
func checkBelow(f *faults, at string, o option, depth int) {
	optional, plain, subs := false, false, false
	for _, below := range o.Options {
		name := at + " " + below.Name
		switch below.Type {
		case subcommandGroup:
			subs = true
			if depth > 0 {
				f.add("%s is a group in a group", name)
			}
		case subcommand:
			subs = true
			if depth > 0 && o.Type != subcommandGroup {
				f.add("%s is a subcommand of a subcommand", name)
			}
		default:
			plain = true
			if below.Required && optional {
				f.add("%s is required and stands behind one that is not", name)
			}
			optional = optional || !below.Required
		}
		checkOption(f, name, below, depth+1)
	}
	if subs && plain {
		f.add("%s mixes subcommands and options", at)
	}
}

// checkNames wants names to be there once, in every language.
func checkNames(f *faults, at string, all []option) {
	seen := map[string]bool{}
	for _, o := range all {
		for locale, name := range o.Names {
			key := locale + " " + name
			if seen[key] {
				f.add("%s has the name %s twice", at, key)
			}
			seen[key] = true
		}
		if seen[o.Name] {
			f.add("%s has the name %s twice", at, o.Name)
		}
		seen[o.Name] = true
	}
}

// locales are those of https://docs.discord.com/developers/reference#locales.
const locales = " id da de en-GB en-US es-ES es-419 fr hr it lt hu nl no pl pt-BR ro fi sv-SE vi tr cs el bg ru uk hi th zh-CN ja zh-TW ko "

func checkLocales(f *faults, at string, all map[string]string) {
	for locale := range all {
		if !strings.Contains(locales, " "+locale+" ") {
			f.add("%s is told in %q, which is no language of Discord", at, locale)
		}
	}
}

// size counts names, descriptions and values; of the languages the longest counts.
func size(o option) int {
	n := longest(o.Name, o.Names) + longest(o.About, o.Abouts)
	for _, below := range o.Options {
		n += size(below)
	}
	for _, c := range o.Choices {
		n += longest(c.Name, c.Names) + units(fmt.Sprint(c.Value))
	}
	return n
}

func longest(text string, others map[string]string) int {
	n := units(text)
	for _, other := range others {
		n = max(n, units(other))
	}
	return n
}

func values(m map[string]string) []string {
	var all []string
	for _, v := range m {
		all = append(all, v)
	}
	return all
}
