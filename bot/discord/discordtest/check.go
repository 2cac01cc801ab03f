package discordtest

import (
	"fmt"
	"unicode/utf16"
)

// Limits that the OpenAPI description leaves out; see
// https://docs.discord.com/developers/resources/message and .../components/reference.
const (
	maxContent  = 2000
	maxEmbeds   = 10
	maxEmbedSum = 6000
	maxRows     = 5
	maxButtons  = 5
	maxLabel    = 80
	maxCustomID = 100
	maxOptions  = 25
	maxFields   = 5
	maxTitle    = 45
	maxInput    = 4000
	maxNonce    = 25
	maxFiles    = 10
)

// units counts as JavaScript does, which is the strictest reading of "characters".
func units(text string) int { return len(utf16.Encode([]rune(text))) }

// faults gathers what is wrong with a body.
type faults []string

func (f *faults) add(format string, args ...any) { *f = append(*f, fmt.Sprintf(format, args...)) }

// length wants a text of between least and most units.
func (f *faults) length(what, text string, least, most int) {
	if n := units(text); n < least || n > most {
		f.add("%s has %d characters, not %d to %d", what, n, least, most)
	}
}

// checkMessage says what is wrong with a message as it would stand.
func checkMessage(m *Message) faults {
	var f faults
	f.length("content", m.Content, 0, maxContent)
	f.length("nonce", m.Nonce, 0, maxNonce)
	if len(m.Files) > maxFiles {
		f.add("%d files", len(m.Files))
	}
	checkEmbeds(&f, m.Embeds)
	if len(m.Components) > maxRows {
		f.add("%d rows of components", len(m.Components))
	}
	seen := map[string]bool{}
	for _, row := range m.Components {
		checkRow(&f, row, seen)
	}
	return f
}

func checkEmbeds(f *faults, embeds []Embed) {
	if len(embeds) > maxEmbeds {
		f.add("%d embeds", len(embeds))
	}
	sum := 0
	for _, e := range embeds {
		sum += units(e.Title) + units(e.Description)
		f.length("title of an embed", e.Title, 0, 256)
		f.length("description of an embed", e.Description, 0, 4096)
		if len(e.Fields) > 25 {
			f.add("%d fields in an embed", len(e.Fields))
		}
		for _, field := range e.Fields {
			sum += units(field.Name) + units(field.Value)
			f.length("name of an embed's field", field.Name, 1, 256)
			f.length("value of an embed's field", field.Value, 1, 1024)
		}
		if e.Footer != nil {
			sum += units(e.Footer.Text)
			f.length("footer of an embed", e.Footer.Text, 0, 2048)
		}
		if e.Author != nil {
			sum += units(e.Author.Name)
			f.length("author of an embed", e.Author.Name, 0, 256)
		}
	}
	if sum > maxEmbedSum {
		f.add("%d characters in embeds", sum)
	}
}

func checkRow(f *faults, row Component, seen map[string]bool) {
	if row.Type != Row {
		f.add("a component of type %d stands outside a row", row.Type)
		return
	}
	if n := len(row.Components); n == 0 || n > maxButtons {
		f.add("%d components in a row", n)
	}
	for _, c := range row.Components {
		switch {
		case c.Type == Button:
			checkButton(f, c, seen)
		case c.Type >= Menu && c.Type <= ChannelMenu && c.Type != TextInput:
			if len(row.Components) > 1 {
				f.add("a menu shares its row")
			}
			checkMenu(f, c, seen)
		default:
			f.add("a component of type %d stands in a message's row", c.Type)
		}
	}
}

func checkButton(f *faults, c Component, seen map[string]bool) {
	f.length("label of a button", c.Label, 1, maxLabel)
	if c.Style < 1 || c.Style > linkStyle {
		f.add("a button has style %d", c.Style)
	}
	if c.Style != linkStyle {
		checkCustomID(f, c.CustomID, seen)
	} else if c.URL == "" || c.CustomID != "" {
		f.add("a link button has no url, or a custom_id")
	}
}

func checkCustomID(f *faults, id string, seen map[string]bool) {
	f.length("custom_id", id, 1, maxCustomID)
	if seen[id] {
		f.add("a custom_id stands twice")
	}
	seen[id] = true
}

func checkMenu(f *faults, c Component, seen map[string]bool) {
	checkCustomID(f, c.CustomID, seen)
	f.length("placeholder of a menu", c.Placeholder, 0, 150)
	if c.Type != Menu {
		return
	}
	if n := len(c.Options); n == 0 || n > maxOptions {
		f.add("%d options in a menu", n)
	}
	values := map[string]bool{}
	for _, o := range c.Options {
		f.length("label of an option", o.Label, 1, 100)
		f.length("value of an option", o.Value, 1, 100)
		f.length("description of an option", o.Description, 0, 100)
		if values[o.Value] {
			f.add("two options of a menu have the same value")
		}
		values[o.Value] = true
	}
}

// checkModal says what is wrong with a form.
func checkModal(d *draft) faults {
	var f faults
	f.length("custom_id of a form", d.CustomID, 1, maxCustomID)
	f.length("title of a form", d.Title, 1, maxTitle)
	if d.Components == nil || len(*d.Components) == 0 || len(*d.Components) > maxFields {
		f.add("a form has none or too many components")
		return f
	}
	seen := map[string]bool{}
	for _, c := range *d.Components {
		checkField(&f, c, seen)
	}
	return f
}

func checkField(f *faults, c Component, seen map[string]bool) {
	switch {
	case c.Type == textDisplay:
		return
	case c.Type == Row && len(c.Components) == 1 && c.Components[0].Type == TextInput:
		f.length("label of a field", c.Components[0].Label, 1, maxTitle)
		checkInput(f, c.Components[0], seen)
	case c.Type != Label || c.Component == nil:
		f.add("a component of type %d stands in a form", c.Type)
	default:
		f.length("label of a field", c.Label, 1, maxTitle)
		f.length("description of a field", c.Description, 0, 100)
		checkLabelled(f, *c.Component, seen)
	}
}

func checkLabelled(f *faults, c Component, seen map[string]bool) {
	switch c.Type {
	case TextInput:
		if c.Label != "" {
			f.add("a field has a label of its own within a label")
		}
		checkInput(f, c, seen)
	case Menu, UserMenu, RoleMenu, ChannelMenu:
		checkMenu(f, c, seen)
		if c.Disabled {
			f.add("a menu in a form is disabled")
		}
	case fileUpload, 21, 22, 23: // and groups of choices
		checkCustomID(f, c.CustomID, seen)
	default:
		f.add("a component of type %d stands in a label", c.Type)
	}
}

func checkInput(f *faults, c Component, seen map[string]bool) {
	checkCustomID(f, c.CustomID, seen)
	if c.Style != 1 && c.Style != 2 {
		f.add("a field has style %d", c.Style)
	}
	f.length("value of a field", c.Value, 0, maxInput)
	f.length("placeholder of a field", c.Placeholder, 0, 100)
	if c.MaxLength != nil && (*c.MaxLength < 1 || *c.MaxLength > maxInput || units(c.Value) > *c.MaxLength) {
		f.add("max_length of a field is %d", *c.MaxLength)
	}
	if c.MinLength != nil && (*c.MinLength < 0 || *c.MinLength > maxInput) {
		f.add("min_length of a field is %d", *c.MinLength)
	}
}
