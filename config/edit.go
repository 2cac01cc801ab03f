package config

import (
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
)

// ErrEdit is the error of Set where the text is written in a way that Set does not know.
var ErrEdit = errors.New("config: this file has to be edited by hand")

// Set gives the setting a value in the text of a file, and leaves everything else as
// it is, comments too. The key is one of Keys.
func Set(text []byte, key, value string) ([]byte, error) {
	section, name, _ := strings.Cut(key, ".")
	lines := strings.Split(strings.TrimRight(string(text), "\n"), "\n")
	if at := slices.IndexFunc(lines, begins(section)); at < 0 {
		lines = append(lines, "", section+":", "  "+name+": "+written(value))
	} else {
		lines = setBelow(lines, at+1, name, value)
	}
	out := []byte(strings.TrimLeft(strings.Join(lines, "\n")+"\n", "\n"))
	var said map[string]map[string]any
	if err := yaml.Unmarshal(out, &said); err != nil || said[section][name] != read(value) {
		return nil, ErrEdit
	}
	return out, nil
}

// setBelow replaces the line of the setting in the section that begins at the line, or
// adds one.
func setBelow(lines []string, at int, name, value string) []string {
	indent := "  "
	is := regexp.MustCompile(`^([ \t]+)` + name + `:`)
	for i := at; i < len(lines) && !top.MatchString(lines[i]); i++ {
		if m := is.FindStringSubmatch(lines[i]); m != nil {
			lines[i] = m[1] + name + ": " + written(value)
			return lines
		}
		if m := below.FindStringSubmatch(lines[i]); m != nil {
			indent = m[1]
		}
	}
	return slices.Insert(lines, at, indent+name+": "+written(value))
}

var (
	top   = regexp.MustCompile(`^[^ \t#]`)          // top is a line that ends a section.
	below = regexp.MustCompile(`^([ \t]+)[a-z_]+:`) // below is a line of a setting.
)

func begins(section string) func(string) bool {
	is := regexp.MustCompile(`^` + section + `:\s*(#.*)?$`)
	return is.MatchString
}

// written is the value as YAML has it. What Go quotes without \x YAML reads alike, and
// no value holds a control character.
func written(value string) string {
	if value == "true" || value == "false" {
		return value
	}
	return strconv.Quote(value)
}

// read is what YAML makes of a written value.
func read(value string) any {
	if b, err := strconv.ParseBool(value); err == nil && written(value) == value {
		return b
	}
	return value
}
