package locales

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// catalogue reads files named AREA.LANG.yaml, given as name, text, name, text.
func catalogue(t *testing.T, nameAndText ...string) *Catalogue {
	t.Helper()
	c, err := load(folder(nameAndText...))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func folder(nameAndText ...string) fstest.MapFS {
	files := fstest.MapFS{}
	for i := 0; i < len(nameAndText); i += 2 {
		files[nameAndText[i]] = &fstest.MapFile{Data: []byte(nameAndText[i+1])}
	}
	return files
}

func loaded(t *testing.T) *Catalogue {
	t.Helper()
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestLoadRefuses(t *testing.T) {
	tests := []struct{ about, name, text, want string }{
		{"not YAML", "a.en.yaml", "a: [", "a.en.yaml"},
		{"a list", "a.en.yaml", "a.b: [1, 2]", "a.en.yaml"},
		{"a number", "a.en.yaml", "a.b: 12", "a.en.yaml"},
		{"twice in a file", "a.en.yaml", "a.b: x\na.b: y", "a.en.yaml"},
		{"twice in two files", "b.en.yaml", "first.id: again", "b.en.yaml: first.id: the id stands twice"},
		{"no words", "a.en.yaml", `a.b: " "`, "a.b: there are no words"},
		{"no form other", "a.en.yaml", "a.b: {one: x}", "a.b: there are no words"},
		{"a template", "a.en.yaml", `a.b: "{{if .x}}y{{end}}"`, "a.b: a gap is written"},
		{"a call", "a.en.yaml", `a.b: "{{.x.Y}}"`, "a.b: a gap is written"},
		{"an open gap", "a.en.yaml", `a.b: "{{.x"`, "a.b: a gap is written"},
		{"a gap without a name", "a.en.yaml", `a.b: "{{.}}"`, "a.b: a gap is written"},
		{"a stray end", "a.en.yaml", `a.b: "x}} y"`, "a.b: }} without a gap"},
		{"a control character", "a.en.yaml", `a.b: "x\ay"`, "a.b: there is a character that nobody sees: U+0007"},
		{"a bidi character", "a.en.yaml", `a.b: "x\u202Ey"`, "a.b: there is a character that nobody sees: U+202E"},
		{"no language", "a.yaml", "a.b: x", "the name has no language"},
	}
	for _, tt := range tests {
		t.Run(tt.about, func(t *testing.T) {
			_, err := load(folder("0.en.yaml", "first.id: x", tt.name, tt.text))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want an error with %q", err, tt.want)
			}
		})
	}
	if _, err := load(folder("a.es.yaml", "a.b: x")); err == nil {
		t.Error("a catalogue without the fallback loaded")
	}
}

func TestLangs(t *testing.T) {
	c := catalogue(t, "a.es.yaml", "a.b: x", "a.en.yaml", "a.b: x", "a.de.yaml", "a.b: x")
	if diff := cmp.Diff([]string{"en", "de", "es"}, c.Langs()); diff != "" {
		t.Error(diff)
	}
	match := map[string]string{
		"": "en", "en-GB": "en", "es-419": "es", "es-MX": "es", "de-AT": "de", "ja": "en", "not a tag": "en", "es_ES": "es",
	}
	for tag, want := range match {
		if got := c.Match(tag); got != want {
			t.Errorf("Match(%q) = %q, want %q", tag, got, want)
		}
	}
}

func TestNames(t *testing.T) {
	c := catalogue(t, "a.en.yaml", `
cmd.meeting.add.name: add
cmd.meeting.add.about: Add a meeting.
cmd.meeting.add.alias: new
opt.when.name: when
opt.when.label: When
opt.when.help: A day and an hour.
opt.meeting.add.when.help: When it meets.
`, "a.es.yaml", `
cmd.meeting.add.name: crear
opt.when.name: cuando
`)
	tests := []struct{ got, want string }{
		{c.Name("es", "meeting add"), "crear"},
		{c.Name("en", "meeting add"), "add"},
		{c.Name("fr", "meeting add"), "add"},
		{c.Name("en", "meeting"), "meeting"},
		{c.Name("en", "meeting move"), "move"},
		{c.About("es", "meeting add"), "Add a meeting."},
		{c.About("en", "meeting move"), ""},
		{c.Alias("en", "meeting add"), "new"},
		{c.Alias("en", "meeting"), ""},
		{c.OptionName("es", "meeting add", "when"), "cuando"},
		{c.OptionName("en", "meeting add", "zone"), "zone"},
		{c.OptionLabel("en", "meeting add", "when"), "When"},
		{c.OptionLabel("es", "meeting add", "when"), "When"},
		{c.OptionLabel("en", "meeting add", "zone"), "zone"},
		{c.OptionHelp("en", "meeting add", "when"), "When it meets."},
		{c.OptionHelp("en", "remind", "when"), "A day and an hour."},
		{c.OptionHelp("en", "remind", "zone"), ""},
	}
	for _, tt := range tests {
		if tt.got != tt.want {
			t.Errorf("got %q, want %q", tt.got, tt.want)
		}
	}
}
