// Package locales is the catalogue: every sentence that a person reads, in every
// language the bot speaks, and the names of commands and options.
//
// The sentences stand in AREA.LANG.yaml, in go-i18n's format: an id is followed by
// a sentence, or by its plural forms. A gap is written {{.name}} and is filled by
// the chat.Fill of that name; a counted fill chooses the plural form. The names of
// commands and options are the ids cmd.PATH.name, .about and .alias, and
// opt.PATH.OPTION.name and .help with opt.OPTION.name and .help for options that
// several commands share; a PATH has dots where a person types spaces.
//
// It refuses to know what is being said or why. A gap is a hole and nothing more:
// there are no conditions, functions or markup in a sentence, and what a person
// typed is never read as one.
package locales

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

//go:embed *.yaml
var files embed.FS

// fallback is the language of whoever speaks none that the catalogue has.
var fallback = language.English

// Catalogue speaks every language that it has files for. It is read-only and safe
// for many goroutines.
type Catalogue struct {
	tongues map[string]*tongue // tongues by language tag
	langs   []string           // langs, the fallback first
	matcher language.Matcher
	dress   func(string) string // dress is put on every sentence; only Pseudo has one.
}

// tongue is one language.
type tongue struct {
	tag     language.Tag
	phrases map[string]phrase
}

// phrase is one sentence in its plural forms; a form it lacks is empty.
type phrase [plural.Many + 1][]piece

// Load reads the catalogue that is built into the program. Its error names the
// file and the id: a file that is not YAML, an id that stands twice, a sentence
// with anything but plain gaps in it, or one without words.
func Load() (*Catalogue, error) { return load(files) }

func load(from fs.FS) (*Catalogue, error) {
	names, err := fs.Glob(from, "*.yaml")
	if err != nil {
		return nil, fmt.Errorf("locales: %w", err)
	}
	c := &Catalogue{tongues: map[string]*tongue{}}
	for _, name := range names {
		if err := c.read(from, name); err != nil {
			return nil, fmt.Errorf("locales: %s: %w", name, err)
		}
	}
	if c.tongues[fallback.String()] == nil {
		return nil, fmt.Errorf("locales: no file has the language %s", fallback)
	}
	c.order()
	return c, nil
}

// read adds the sentences of one file.
func (c *Catalogue) read(from fs.FS, name string) error {
	text, err := fs.ReadFile(from, name)
	if err != nil {
		return err
	}
	file, err := i18n.ParseMessageFileBytes(text, name, map[string]i18n.UnmarshalFunc{"yaml": yaml.Unmarshal})
	if err != nil {
		return err
	}
	if file.Tag == language.Und {
		return errors.New("the name has no language that we know: it is AREA.LANG.yaml")
	}
	t := c.tongue(file.Tag)
	for _, m := range file.Messages {
		if err := t.add(m); err != nil {
			return fmt.Errorf("%s: %w", m.ID, err)
		}
	}
	return nil
}

func (c *Catalogue) tongue(tag language.Tag) *tongue {
	t := c.tongues[tag.String()]
	if t == nil {
		t = &tongue{tag: tag, phrases: map[string]phrase{}}
		c.tongues[tag.String()] = t
	}
	return t
}

func (t *tongue) add(m *i18n.Message) error {
	if _, twice := t.phrases[m.ID]; twice {
		return errors.New("the id stands twice")
	}
	if strings.TrimSpace(m.Other) == "" {
		return errors.New("there are no words; a plural needs the form other")
	}
	var p phrase
	for form, text := range forms(m) {
		pieces, err := cut(text)
		if err != nil {
			return err
		}
		p[form] = pieces
	}
	t.phrases[m.ID] = p
	return nil
}

func forms(m *i18n.Message) map[plural.Form]string {
	return map[plural.Form]string{
		plural.Other: m.Other, plural.Zero: m.Zero, plural.One: m.One,
		plural.Two: m.Two, plural.Few: m.Few, plural.Many: m.Many,
	}
}

// order puts the fallback first and the other languages after it by name.
func (c *Catalogue) order() {
	c.langs = slices.SortedFunc(maps.Keys(c.tongues), func(a, b string) int {
		if first := fallback.String(); a == first || b == first {
			return map[bool]int{true: -1, false: 1}[a == first]
		}
		return strings.Compare(a, b)
	})
	tags := make([]language.Tag, len(c.langs))
	for i, lang := range c.langs {
		tags[i] = c.tongues[lang].tag
	}
	c.matcher = language.NewMatcher(tags)
}

// Langs lists the languages as BCP 47 tags; the first is the fallback.
func (c *Catalogue) Langs() []string { return slices.Clone(c.langs) }

// Match is the best language for a client's tag; the fallback for one that is
// empty, unknown or unreadable.
func (c *Catalogue) Match(tag string) string {
	if slices.Contains(c.langs, tag) {
		return tag
	}
	_, best := language.MatchStrings(c.matcher, tag)
	return c.langs[best]
}

// phrase finds a sentence, in the fallback where the language lacks it.
func (c *Catalogue) phrase(lang, id string) (phrase, *tongue, bool) {
	for _, lang := range []string{lang, c.langs[0]} {
		if t := c.tongues[lang]; t != nil {
			if p, ok := t.phrases[id]; ok {
				return p, t, true
			}
		}
	}
	return phrase{}, nil, false
}
