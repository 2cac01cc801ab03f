package spoken

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// parser reads a text clause by clause: days, a date, a time, a zone, each at most
// once and in any order. A clause is a method that takes its tokens and reports
// true, or takes nothing and reports false.
type parser struct {
	text []rune
	toks []token
	at   int
	err  *Unclear // err ends the reading.

	said said
}

// clause is one rule of the grammar.
type clause func(*parser) bool

// parse reads the text whole with these clauses.
func parse(text string, clauses ...clause) (*parser, error) {
	if len(text) > MaxLength {
		return nil, &Unclear{Why: TooLong}
	}
	runes := []rune(norm.NFC.String(text))
	p := &parser{text: runes, toks: tokenize(runes)}
	for p.at < len(p.toks) {
		if p.pause() {
			continue
		}
		from := p.at
		if !slices.ContainsFunc(clauses, func(c clause) bool { return p.try(c) }) {
			p.leftOver(from)
		}
		if p.err != nil {
			return nil, p.err
		}
	}
	return p, nil
}

// pause takes a sign that only separates: "Mondays: 8pm", "Mondays - 8pm".
func (p *parser) pause() bool {
	return p.say(",", ".") || p.at+1 < len(p.toks) && !p.toks[p.at+1].glued && p.say("-", ":")
}

// try applies the clause and takes nothing when it reports false.
func (p *parser) try(c clause) bool {
	at, before := p.at, p.said
	if c(p) {
		return true
	}
	p.at, p.said = at, before
	return p.err != nil
}

// fail ends the reading: the tokens since from are at fault. It reports true, so
// that a clause can return it.
func (p *parser) fail(why Why, from int) bool {
	if p.err == nil {
		p.err = &Unclear{Why: why, Part: p.words(from, p.at)}
	}
	return true
}

// several ends the reading: the tokens since from mean any of these.
func (p *parser) several(why Why, from int, meanings ...string) bool {
	p.fail(why, from)
	before, after := string(p.text[:p.toks[from].from]), string(p.text[p.toks[p.at-1].to:])
	for i, m := range meanings {
		meanings[i] = before + m + after
	}
	p.err.Readings = readings(meanings)
	return true
}

func readings(values []string) []Reading {
	out := make([]Reading, len(values))
	for i, value := range values {
		out[i] = Reading{Value: value}
	}
	return out
}

func (p *parser) leftOver(from int) {
	p.at = from + 1
	for p.at < len(p.toks) && p.toks[p.at].glued {
		p.at++
	}
	why := LeftOver
	if p.said.nothing() {
		why = NotATime
	}
	p.fail(why, from)
}

// words are the tokens from..to as they were typed.
func (p *parser) words(from, to int) string {
	if from >= to {
		return ""
	}
	return string(p.text[p.toks[from].from:p.toks[to-1].to])
}

// say takes the first of the phrases that comes next, and reports whether one did.
// A phrase is tokens with spaces between them.
func (p *parser) say(phrases ...string) bool {
	for _, phrase := range phrases {
		if n := p.matches(phrase); n > 0 {
			p.at += n
			return true
		}
	}
	return false
}

// matches is the number of tokens of the phrase, when it comes next.
func (p *parser) matches(phrase string) (n int) {
	for word := range strings.FieldsSeq(phrase) {
		if p.at+n >= len(p.toks) || p.toks[p.at+n].text != word {
			return 0
		}
		n++
	}
	return n
}

// glued takes the sign or word when nothing stands before it.
func (p *parser) glued(texts ...string) bool {
	return p.at < len(p.toks) && p.toks[p.at].glued && p.say(texts...)
}

// lookup takes the next word if the table has it.
func lookup[T any](p *parser, table map[string]T) (value T, ok bool) {
	if p.at < len(p.toks) {
		if value, ok = table[p.toks[p.at].text]; ok {
			p.at++
		}
	}
	return value, ok
}

// number takes digits, at most nine, or a number word. digits is how many there
// were, 0 for a word.
func (p *parser) number() (n, digits int, ok bool) {
	if n, ok = lookup(p, numbers); ok {
		return n, 0, true
	}
	if p.at == len(p.toks) || !p.toks[p.at].digits || len(p.toks[p.at].text) > 9 {
		return 0, 0, false
	}
	text := p.toks[p.at].text
	n, err := strconv.Atoi(text)
	p.at++
	return n, len(text), err == nil
}

// gluedNumber is number, when nothing stands before it.
func (p *parser) gluedNumber() (n, digits int, ok bool) {
	if p.at == len(p.toks) || !p.toks[p.at].glued || !p.toks[p.at].digits {
		return 0, 0, false
	}
	return p.number()
}

// maxReadings is how many readings an Unclear names at most.
const maxReadings = 16

// maxUnclear is how many parts of one text can be unclear: days, date, time, zone.
const maxUnclear = 4

// settle reads the text, and where it is unclear each of its readings, until every
// reading that is left has one meaning. A single one is the answer.
func settle[T any](text string, read func(string) (T, error)) (T, error) {
	return settleParts(text, maxUnclear, read)
}

func settleParts[T any](text string, parts int, read func(string) (T, error)) (value T, err error) {
	value, err = read(text)
	var u *Unclear
	if !errors.As(err, &u) || len(u.Readings) == 0 || parts == 0 {
		return value, err
	}
	var meant []Reading
	for _, reading := range u.Readings {
		v, deeper := settleParts(reading.Value, parts-1, read)
		var also *Unclear
		if deeper == nil {
			value, meant = v, append(meant, reading)
		} else if errors.As(deeper, &also) && len(also.Readings) > 0 {
			meant = append(meant, also.Readings...)
		}
		err = deeper
	}
	switch len(meant) {
	case 0:
		return value, err
	case 1:
		return value, nil
	}
	var none T
	return none, &Unclear{Why: u.Why, Part: u.Part, Readings: meant[:min(len(meant), maxReadings)]}
}
