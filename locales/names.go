package locales

import (
	"strings"

	"golang.org/x/text/feature/plural"
)

// Name is what a person types for the last word of the path, whose ids are joined
// by spaces. A command that the catalogue does not know has its id for a name.
func (c *Catalogue) Name(lang, path string) string {
	return c.first(lang, path[strings.LastIndex(path, " ")+1:], "cmd."+dotted(path)+".name")
}

// About says in a line what a command does; "" for one the catalogue does not know.
func (c *Catalogue) About(lang, path string) string {
	return c.dressed(c.first(lang, "", "cmd."+dotted(path)+".about"))
}

// Alias is a second name of a command, or "".
func (c *Catalogue) Alias(lang, path string) string {
	return c.first(lang, "", "cmd."+dotted(path)+".alias")
}

// OptionName is what a person types for an option of a command: the command's own
// word, else the one that all commands share, else the option's id.
func (c *Catalogue) OptionName(lang, path, option string) string {
	return c.first(lang, option, "opt."+dotted(path)+"."+option+".name", "opt."+option+".name")
}

// OptionLabel is what stands over an option in a form; its name where the catalogue
// has none.
func (c *Catalogue) OptionLabel(lang, path, option string) string {
	name := c.OptionName(lang, path, option)
	return c.dressed(c.first(lang, name, "opt."+dotted(path)+"."+option+".label", "opt."+option+".label"))
}

// OptionHelp says what to type for an option; "" for one the catalogue does not know.
func (c *Catalogue) OptionHelp(lang, path, option string) string {
	return c.dressed(c.first(lang, "", "opt."+dotted(path)+"."+option+".help", "opt."+option+".help"))
}

func dotted(path string) string { return strings.ReplaceAll(path, " ", ".") }

// first is the first of the ids that the catalogue has, as it stands.
func (c *Catalogue) first(lang, otherwise string, ids ...string) string {
	for _, id := range ids {
		if p, _, ok := c.phrase(lang, id); ok {
			return text(p[plural.Other])
		}
	}
	return otherwise
}

// text is a sentence with its gaps as they are written.
func text(pieces []piece) string {
	var b strings.Builder
	for _, p := range pieces {
		b.WriteString(p.words)
		if p.gap != "" {
			b.WriteString("{{." + p.gap + "}}")
		}
	}
	return b.String()
}
