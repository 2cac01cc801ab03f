package meeting

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"peerbot/chat"
	"peerbot/spoken"
)

// ReadFlyer finds in a pasted announcement what is needed for a meeting. It guesses
// nothing: what it does not know for sure becomes the notes, so that every word of
// the flyer is somewhere. It never fails; what is wrong with a time is found when the
// meeting is made of it.
func ReadFlyer(text string) Said {
	f := flyer{}
	for line := range strings.Lines(chat.Block(text)) {
		f.line(line)
	}
	f.findTime()
	f.findTitle()
	f.said.Notes = strings.Join(f.rest(), "\n")
	return f.said
}

// flyer is an announcement that is being read.
type flyer struct {
	said   Said
	pieces []piece
}

// piece is a part of a line that has not been understood yet.
type piece struct {
	text string
	time bool // time: a label says that it is one.
}

// column stands for what was taken out of a line, between the parts beside it.
const column = "  "

// gaps stand between the columns of a line.
var gaps = regexp.MustCompile(`\s{2,}|\s*[|•]\s*`)

// bullets stand at the beginning of a line.
const bullets = "-*–—·• "

func (f *flyer) line(line string) {
	line = f.takeMarked(strings.TrimLeft(strings.TrimSpace(line), bullets))
	for _, text := range gaps.Split(line, -1) {
		if text = strings.Trim(text, " ,;:"); strings.ContainsFunc(text, saysMore) && !f.takeLabelled(text) {
			f.pieces = append(f.pieces, piece{text: text})
		}
	}
}

// saysMore reports a character that is more than a sign between others.
func saysMore(r rune) bool { return !unicode.IsPunct(r) && !unicode.IsSpace(r) }

// mark is something that is recognised wherever it stands in a line; its first group
// is the value.
type mark struct {
	pattern *regexp.Regexp
	field   func(*Said) *string
}

// apart and end stand before and after a mark: it is no part of a word.
const (
	apart = `(?i)(?:^|[^\p{L}\p{N}])`
	end   = `(?:$|[^\p{L}\p{N}])`
)

var marks = []mark{
	{regexp.MustCompile(apart + `((?:https?://|(?:[a-z0-9-]+\.)+[a-z]{2,}/)\S*[^\s.,;:!?)\]])`),
		func(s *Said) *string { return &s.Link }},
	{regexp.MustCompile(apart + `(?:(?:(?:meeting|zoom|room|webinar|conference)\s+)?(?:id|number|no\.?|n[uú]mero|n[º°])(?: de (?:la )?reuni[oó]n)?[\s:#]+|#\s?)([0-9][0-9 -]{6,}[0-9])` + end),
		func(s *Said) *string { return &s.Number }},
	{regexp.MustCompile(apart + `(?:passcode|password|pass code|pwd|passwort|contraseña|clave|c[oó]digo(?: de acceso)?)(?:\s*[:=]\s*|\s+(?:is|es)\s+)(\S+)`),
		func(s *Said) *string { return &s.Passcode }},
	{regexp.MustCompile(apart + `(?:phone|call[- ]?in|dial[- ]?in|dial|call|tel[eé]fono|tel\.?|llame al|llama al)[\s:]+(\+?[0-9(][0-9 ()\-.,*#]{5,}[0-9#])` + end),
		func(s *Said) *string { return &s.Phone }},
}

// takeMarked takes what is marked out of the text, each kind once in a flyer, and
// returns what is left.
func (f *flyer) takeMarked(text string) string {
	for _, m := range marks {
		field := m.field(&f.said)
		at := m.pattern.FindStringSubmatchIndex(text)
		if *field != "" || at == nil {
			continue
		}
		*field = text[at[2]:at[3]]
		text = strings.TrimSpace(text[:at[0]] + column + text[at[1]:])
	}
	return text
}

var label = regexp.MustCompile(`^([\p{L} ]{2,20}):\s*(\S.*)$`)

// labels are the words before a colon that say what follows.
var labels = map[string]func(*Said) *string{
	"title": title, "name": title, "what": title, "título": title, "nombre": title, "qué": title,
	"where": address, "address": address, "location": address, "dirección": address, "lugar": address, "dónde": address,
	"link": link, "enlace": link, "web": link,
}

func title(s *Said) *string   { return &s.Title }
func address(s *Said) *string { return &s.Address }
func link(s *Said) *string    { return &s.Link }

var timeLabels = []string{"when", "time", "date", "day", "days", "cuándo", "hora", "horario", "fecha", "día", "días"}

// takeLabelled takes a piece that says itself what it is.
func (f *flyer) takeLabelled(text string) bool {
	found := label.FindStringSubmatch(text)
	if found == nil {
		return false
	}
	name := strings.ToLower(strings.TrimSpace(found[1]))
	if slices.Contains(timeLabels, name) {
		f.pieces = append(f.pieces, piece{text: found[2], time: true})
		return true
	}
	field, ok := labels[name]
	if !ok || *field(&f.said) != "" {
		return false
	}
	*field(&f.said) = found[2]
	return true
}

// findTime joins the pieces that are times by themselves, wherever they stand, and
// those behind them that make a time together with them, such as a zone.
func (f *flyer) findTime() {
	for i, p := range f.pieces {
		joined := join(f.said.When, p.text)
		switch {
		case p.time, timely(p.text):
		case f.said.When != "" && reads(joined):
		default:
			continue
		}
		f.said.When = joined
		f.pieces[i].text = ""
	}
}

func join(when, more string) string {
	if when == "" {
		return more
	}
	return when + ", " + more
}

func reads(text string) bool {
	_, err := spoken.ReadPattern(text)
	return err == nil
}

// timely reports whether a piece is a time, or would be one if there were such a time.
func timely(text string) bool {
	_, err := spoken.ReadPattern(text)
	var u *spoken.Unclear
	return err == nil || errors.As(err, &u) && slices.Contains([]spoken.Why{spoken.NoSuchDate, spoken.NoSuchTime, spoken.SeveralTimes, spoken.SeveralZones}, u.Why)
}

// findTitle takes the first piece that is left as the title, where no label said one.
func (f *flyer) findTitle() {
	for i, p := range f.pieces {
		if f.said.Title == "" && p.text != "" && chat.Length(p.text) <= MaxTitle {
			f.said.Title, f.pieces[i].text = p.text, ""
		}
	}
}

// rest are the pieces that nobody understood.
func (f *flyer) rest() []string {
	var out []string
	for _, p := range f.pieces {
		if p.text != "" {
			out = append(out, p.text)
		}
	}
	return out
}
