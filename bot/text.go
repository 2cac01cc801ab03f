package bot

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"peerbot/chat"
)

// found is the node that a typed line leads to.
type found struct {
	node *node
	rest string // rest is what stands behind the path.
	lost string // lost is the word that names no sub of node.
}

// read follows a line that begins with a slash: "/cmd sub rest", "/cmd@bot", names
// in any language and in any case.
func (t *tree) read(line string) found {
	f := found{node: t.root, rest: strings.TrimPrefix(line, "/")}
	for !f.node.leaf() || f.node == t.root {
		word, rest := cutWord(f.rest)
		if word == "" && f.node != t.root {
			break
		}
		if f.node == t.root {
			word, _, _ = strings.Cut(word, "@")
		}
		sub := f.node.words[fold(word)]
		if sub == nil {
			f.lost = word
			break
		}
		f.node, f.rest = sub, rest
	}
	f.rest = strings.TrimSpace(f.rest)
	return f
}

// cutWord cuts the first word off, up to white space.
func cutWord(text string) (word, rest string) {
	text = strings.TrimLeftFunc(text, unicode.IsSpace)
	i := strings.IndexFunc(text, unicode.IsSpace)
	if i < 0 {
		return text, ""
	}
	return text[:i], text[i:]
}

// argReader reads what stands behind the path: values in the order of the options,
// then name:value, where the value goes on up to the next name. Among the first a
// value is a word, or what stands in quotes. It goes on where nothing else can begin:
// before a name of the next option, or a word that is none of its choices. A
// paragraph takes all the rest.
type argReader struct {
	node  *node
	rest  string
	order []chat.Spec // order are the options that a value without a name can be for.
	args  []chat.Arg
}

// readArgs reads the options of a leaf, as typed. Its error is a *chat.Refusal.
func (n *node) readArgs(rest string) ([]chat.Arg, error) {
	r := &argReader{node: n, rest: rest}
	for _, p := range n.Options {
		if s := p.Spec(); s.Kind != chat.KindAttachment {
			r.order = append(r.order, s)
		}
	}
	for r.skip(); r.rest != ""; r.skip() {
		if err := r.next(); err != nil {
			return nil, err
		}
	}
	return r.args, nil
}

func (r *argReader) skip() { r.rest = strings.TrimLeftFunc(r.rest, unicode.IsSpace) }

func (r *argReader) next() error {
	if len(r.order) > 0 && r.order[0].Kind == chat.KindParagraph && !r.named() {
		return r.paragraph(r.order[0])
	}
	key, value, isKey := cutKey(r.rest)
	if isKey {
		p, known := r.node.options[fold(key)]
		if !known {
			return chat.Refuse(chat.Invalid, "engine.read.unknown_option", chat.Text("option", key))
		}
		r.rest, r.order = value, nil
		return r.value(p.Spec())
	}
	if len(r.order) == 0 {
		word, _ := cutWord(r.rest)
		return chat.Refuse(chat.Invalid, "engine.read.left_over", chat.Text("word", word))
	}
	spec := r.order[0]
	r.order = r.order[1:]
	if len(r.order) == 0 || len(r.order[0].Choices) > 0 || r.namedLater(r.order[0].Name) {
		return r.value(spec)
	}
	return r.word(spec)
}

// namedLater reports whether the rest gives the option by name.
func (r *argReader) namedLater(option string) bool {
	for rest := strings.TrimSpace(r.rest); rest != ""; rest = strings.TrimSpace(rest) {
		if mark, ok := closing(rest); ok {
			if _, after, closed := cutQuoted(rest, mark); closed {
				rest = after
				continue
			}
		}
		key, _, _ := cutKey(rest)
		if p, known := r.node.options[fold(key)]; known && p.Spec().Name == option {
			return true
		}
		_, rest = cutWord(rest)
	}
	return false
}

// named reports whether the rest gives options by name: its first word does, and so
// does the first word of every other line.
func (r *argReader) named() bool {
	for line := range strings.Lines(r.rest) {
		if strings.TrimSpace(line) == "" {
			continue
		}
		key, _, ok := cutKey(strings.TrimSpace(line))
		if _, known := r.node.options[fold(key)]; !ok || !known {
			return false
		}
	}
	return true
}

// value reads what belongs to an option up to the next name, to a choice of the
// option whose turn is next, or to the end.
func (r *argReader) value(spec chat.Spec) error {
	attached := r.rest == strings.TrimLeftFunc(r.rest, unicode.IsSpace) // What stands right behind a name is no name.
	if r.skip(); spec.Kind == chat.KindParagraph {
		return r.paragraph(spec)
	}
	if _, quoted := closing(r.rest); quoted {
		return r.word(spec)
	}
	end := 0
	for end < len(r.rest) {
		word, after := cutWord(r.rest[end:])
		_, _, isKey := cutKey(word)
		if word == "" || isKey && (end > 0 || !attached) || end > 0 && r.chooses(word) {
			break
		}
		end = len(r.rest) - len(after)
	}
	value := r.rest[:end]
	r.rest = r.rest[end:]
	return r.give(spec, value)
}

// chooses reports whether the word is a choice of the option whose turn is next.
func (r *argReader) chooses(word string) bool {
	if len(r.order) == 0 {
		return false
	}
	_, ok := chat.Pick(r.order[0].Choices, word)
	return ok
}

// word reads one word, or what stands in quotes.
func (r *argReader) word(spec chat.Spec) error {
	if mark, ok := closing(r.rest); ok {
		text, rest, closed := cutQuoted(r.rest, mark)
		if !closed {
			return chat.Refuse(chat.Invalid, "engine.read.open_quote")
		}
		r.rest = rest
		return r.give(spec, text)
	}
	var word string
	word, r.rest = cutWord(r.rest)
	return r.give(spec, word)
}

// paragraph takes all the rest, without the quotes around the whole of it.
func (r *argReader) paragraph(spec chat.Spec) error {
	text := strings.TrimSpace(r.rest)
	if mark, ok := closing(text); ok {
		if inside, rest, closed := cutQuoted(text, mark); closed && rest == "" {
			text = inside
		}
	}
	r.rest = ""
	return r.give(spec, text)
}

func (r *argReader) give(spec chat.Spec, value string) error {
	for _, a := range r.args {
		if a.Name == spec.Name {
			return chat.Refuse(chat.Invalid, "engine.read.twice", chat.Text("option", spec.Name))
		}
	}
	r.args = append(r.args, chat.Arg{Name: spec.Name, Value: value})
	return nil
}

// cutKey reads "name:value". A web address is none, nor is "8:30".
func cutKey(text string) (key, value string, ok bool) {
	i := strings.IndexByte(text, ':')
	if i < 1 || i > 64 || strings.HasPrefix(text[i+1:], "//") {
		return "", "", false
	}
	for j, c := range text[:i] {
		if !unicode.IsLetter(c) && !unicode.Is(unicode.Mn, c) && (j == 0 || c != '_' && !unicode.IsDigit(c)) {
			return "", "", false
		}
	}
	return text[:i], text[i+1:], true
}

// closing is the mark that closes the quotation with which the text begins.
func closing(text string) (mark rune, ok bool) {
	opening, _ := utf8.DecodeRuneInString(text)
	mark, ok = map[rune]rune{'"': '"', '“': '”', '„': '“', '«': '»'}[opening]
	return mark, ok
}

// cutQuoted cuts what stands in quotes off. A backslash keeps the mark behind it,
// and itself.
func cutQuoted(text string, mark rune) (inside, rest string, closed bool) {
	var b strings.Builder
	escaped := false
	_, opening := utf8.DecodeRuneInString(text)
	for i, c := range text[opening:] {
		switch {
		case escaped:
			if c != mark && c != '\\' {
				b.WriteByte('\\')
			}
			b.WriteRune(c)
			escaped = false
		case c == '\\':
			escaped = true
		case c == mark:
			return b.String(), text[opening+i+utf8.RuneLen(c):], true
		default:
			b.WriteRune(c)
		}
	}
	return "", text, false
}
