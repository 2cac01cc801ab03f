package ical

import (
	"bytes"
	"strings"

	"peerbot/chat"
)

// block is a component of a calendar as it is written, with what stands inside.
type block struct {
	name   string
	props  []line
	blocks []*block
	broken bool // broken: a line of it cannot be read.
}

// line is a property as it is written.
type line struct {
	name, value string
	params      map[string]string
}

// maxDepth is how deep components may stand inside each other.
const maxDepth = 6

// Is reports whether the text is a calendar.
func Is(text []byte) bool {
	const begin = "BEGIN:VCALENDAR"
	start := strings.TrimLeft(string(text[:min(len(text), 200)]), "\ufeff \t\r\n")
	return len(start) >= len(begin) && strings.EqualFold(start[:len(begin)], begin)
}

// blocksOf reads the calendars of an unfolded text. The error is a *chat.Refusal for one that
// does not end.
func blocksOf(text string) ([]*block, error) {
	top := &block{}
	open := []*block{top}
	for raw := range strings.FieldsFuncSeq(text, func(c rune) bool { return c == '\n' }) {
		in := open[len(open)-1]
		l, ok := readLine(raw)
		switch {
		case !ok:
			in.broken = true
		case l.name == "BEGIN":
			b := &block{name: strings.ToUpper(l.value)}
			in.blocks = append(in.blocks, b)
			if open = append(open, b); len(open) > maxDepth {
				return nil, cutOff()
			}
		case l.name == "END":
			if len(open) == 1 || !strings.EqualFold(in.name, l.value) {
				return nil, cutOff()
			}
			open = open[:len(open)-1]
		default:
			in.props = append(in.props, l)
		}
	}
	if len(open) > 1 || len(top.blocks) == 0 {
		return nil, cutOff()
	}
	return top.blocks, nil
}

func cutOff() error { return chat.Refuse(chat.Invalid, "interop.calendar_cut_off") }

// unfolded is the text with its lines as they were before they were folded: some
// programs fold in the middle of a letter.
func unfolded(data []byte) []byte {
	data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	data = bytes.ReplaceAll(data, []byte("\r"), []byte("\n"))
	data = bytes.ReplaceAll(data, []byte("\n "), nil)
	return bytes.ReplaceAll(data, []byte("\n\t"), nil)
}

// readLine reads NAME;PARAM=VALUE:value. What stands in quotes is not cut.
func readLine(raw string) (line, bool) {
	var parts []string
	quoted, from := false, 0
	for i, c := range raw {
		switch {
		case c == '"':
			quoted = !quoted
		case c == ';' && !quoted:
			parts, from = append(parts, raw[from:i]), i+1
		case c == ':' && !quoted:
			return lineOf(append(parts, raw[from:i]), raw[i+1:])
		}
	}
	return line{}, false
}

func lineOf(parts []string, value string) (line, bool) {
	l := line{name: strings.ToUpper(parts[0]), value: strings.TrimSpace(value), params: map[string]string{}}
	for _, p := range parts[1:] {
		name, v, ok := strings.Cut(p, "=")
		if !ok {
			return line{}, false
		}
		l.params[strings.ToUpper(name)] = strings.Trim(v, `"`)
	}
	return l, l.name != ""
}

// all are the properties with the name.
func (b *block) all(name string) (out []line) {
	for _, l := range b.props {
		if l.name == name {
			out = append(out, l)
		}
	}
	return out
}

// one is the first property with the name.
func (b *block) one(name string) (line, bool) {
	for _, l := range b.props {
		if l.name == name {
			return l, true
		}
	}
	return line{}, false
}

// value is the value of the first property with the name; "" when there is none.
func (b *block) value(name string) string {
	l, _ := b.one(name)
	return l.value
}

var unescape = strings.NewReplacer(`\\`, `\`, `\;`, `;`, `\,`, `,`, `\n`, "\n", `\N`, "\n")

// text is the value of a property that is a text.
func (b *block) text(name string) string { return unescape.Replace(b.value(name)) }
