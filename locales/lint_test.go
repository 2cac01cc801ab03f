package locales

import (
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/nicksnyder/go-i18n/v2/i18n"
)

// entry is one sentence of one file, in all its forms.
type entry struct {
	file, area, lang, id string
	forms                []string
	plural               bool
}

func (e entry) String() string { return e.file + ": " + e.id }

// gaps are the names of all gaps, in any form.
func (e entry) gaps() []string {
	names := map[string]bool{}
	for _, form := range e.forms {
		for _, g := range gap.FindAllStringSubmatch(form, -1) {
			names[g[1]] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

var gap = regexp.MustCompile(`\{\{\.(\w+)\}\}`)

func entries(t *testing.T) []entry {
	t.Helper()
	names, err := fs.Glob(files, "*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var all []entry
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			t.Fatal(err)
		}
		file, err := i18n.ParseMessageFileBytes(text, name, map[string]i18n.UnmarshalFunc{"yaml": yaml.Unmarshal})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, m := range file.Messages {
			all = append(all, newEntry(name, file.Tag.String(), m))
		}
	}
	return all
}

func newEntry(file, lang string, m *i18n.Message) entry {
	area, _, _ := strings.Cut(file, ".")
	e := entry{file: file, area: area, lang: lang, id: m.ID, plural: m.One != ""}
	for _, form := range []string{m.Zero, m.One, m.Two, m.Few, m.Many, m.Other} {
		if form != "" {
			e.forms = append(e.forms, form)
		}
	}
	return e
}

// lint runs a check over every form of every sentence of the embedded files.
func lint(t *testing.T, check func(e entry, text string) error) {
	t.Helper()
	for _, e := range entries(t) {
		for _, form := range e.forms {
			if err := check(e, form); err != nil {
				t.Errorf("%v: %v", e, err)
			}
		}
	}
}

// Every sentence is there in every language, with the same gaps and with a plural
// where the others have one.
func TestLanguagesAgree(t *testing.T) {
	byLang := map[string]map[string]entry{}
	for _, e := range entries(t) {
		if byLang[e.lang] == nil {
			byLang[e.lang] = map[string]entry{}
		}
		byLang[e.lang][e.id] = e
	}
	for lang, here := range byLang {
		for other, there := range byLang {
			if lang != other {
				compare(t, other, here, there)
			}
		}
	}
}

func compare(t *testing.T, other string, here, there map[string]entry) {
	t.Helper()
	for id, e := range here {
		o, ok := there[id]
		switch {
		case !ok:
			t.Errorf("%v: is not there in %s", e, other)
		case e.area != o.area:
			t.Errorf("%v: stands in %s in %s", e, o.file, other)
		case !slices.Equal(e.gaps(), o.gaps()):
			t.Errorf("%v: has the gaps %q, and %q in %s", e, e.gaps(), o.gaps(), other)
		case e.plural && !o.plural:
			t.Errorf("%v: has a form one, and none in %s", e, other)
		}
	}
}

var id = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$`)

func TestIDs(t *testing.T) {
	lint(t, func(e entry, _ string) error {
		if !id.MatchString(e.id) {
			return fmt.Errorf("an id is area.thing, of a-z, 0-9 and _")
		}
		return nil
	})
}

var typed = regexp.MustCompile(`^[a-z][a-z0-9_]{0,31}$`)

// What a person types is short and plain on every platform, and what a platform
// shows beside it fits: 100 runes, of which the brackets of Pseudo need two.
func TestNamesFit(t *testing.T) {
	const about = 98
	lint(t, func(e entry, text string) error {
		if !strings.HasPrefix(e.id, "cmd.") && !strings.HasPrefix(e.id, "opt.") {
			return nil
		}
		switch e.id[strings.LastIndex(e.id, ".")+1:] {
		case "name", "alias":
			if !typed.MatchString(text) {
				return fmt.Errorf("%q cannot be typed everywhere: a-z, 0-9 and _, at most 32", text)
			}
		case "label":
			const most = 43 // a field of a form has 45
			if n := utf8.RuneCountInString(text); n > most || len(e.gaps()) > 0 || e.plural {
				return fmt.Errorf("has %d runes; at most %d, without gaps and plurals", n, most)
			}
		case "about", "help":
			if n := utf8.RuneCountInString(text); n > about || len(e.gaps()) > 0 || e.plural {
				return fmt.Errorf("has %d runes; at most %d, without gaps and plurals", n, about)
			}
		default:
			return fmt.Errorf("ends in none of name, alias, label, about, help")
		}
		return nil
	})
}

// A sentence does not shout, and no picture in it stands for a word.
func TestTone(t *testing.T) {
	marks := map[string]int{}
	lint(t, func(e entry, text string) error {
		marks[e.file] += strings.Count(text, "!")
		if strings.Count(text, "!") > 1 {
			return fmt.Errorf("has several exclamation marks")
		}
		for _, r := range text {
			if unicode.Is(unicode.So, r) {
				return fmt.Errorf("has the picture %c, which a screen reader spells out", r)
			}
		}
		return nil
	})
	const calm = 2
	for file, n := range marks {
		if n > calm {
			t.Errorf("%s: has %d exclamation marks; %d are plenty", file, n, calm)
		}
	}
}
