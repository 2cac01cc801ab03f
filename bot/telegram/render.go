package telegram

import (
	"math"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/go-telegram/bot/models"
	"github.com/rivo/uniseg"

	"peerbot/chat"
)

// text is what a message says, as Telegram takes it: words, and entities that lie over
// them at offsets in UTF-16 units.
type text struct {
	words string
	marks []models.MessageEntity
}

// render writes rich text for Telegram, at most limit UTF-16 units of it; what is cut
// off is marked with "…". Nothing in it is parsed by Telegram as a mention of somebody.
func render(r chat.Rich, limit int) text {
	var w writer
	w.rich(r)
	return w.finished(limit)
}

// writer is a text that is being written.
type writer struct {
	b     strings.Builder
	units int
	marks []models.MessageEntity
}

func (w *writer) rich(r chat.Rich) {
	for _, s := range r {
		w.span(s)
	}
}

func (w *writer) span(s chat.Span) {
	switch s := s.(type) {
	case chat.Plain:
		w.plain(string(s))
	case chat.Strong:
		w.mark(models.MessageEntity{Type: models.MessageEntityTypeBold}, func() { w.plain(string(s)) })
	case chat.Code:
		w.mark(models.MessageEntity{Type: models.MessageEntityTypeCode}, func() { w.put(tidy(string(s))) })
	case chat.Link:
		w.link(s)
	case chat.Mention:
		w.mention(s)
	case chat.Time:
		w.time(s)
	case chat.List:
		for i, item := range s.Items {
			w.between(i, "\n")
			w.put("• ")
			w.rich(item)
		}
	case chat.And:
		for i, item := range s.Items {
			w.between(i, ", ")
			w.rich(item)
		}
	default:
		w.plain(chat.Rich{s}.String())
	}
}

func (w *writer) between(i int, mark string) {
	if i > 0 {
		w.put(mark)
	}
}

// link shows the label, and leads to the address. What is no web address is shown whole.
func (w *writer) link(l chat.Link) {
	if !strings.HasPrefix(l.URL, "https://") && !strings.HasPrefix(l.URL, "http://") {
		w.plain(chat.Rich{l}.String())
		return
	}
	label := l.Label
	if strings.TrimSpace(tidy(label)) == "" {
		label = l.URL
	}
	w.mark(models.MessageEntity{Type: models.MessageEntityTypeTextLink, URL: l.URL}, func() { w.put(tidy(label)) })
}

// mention names a person so that they are told. The name has been fetched.
func (w *writer) mention(m chat.Mention) {
	id, ok := personID(m.Who)
	if !ok {
		w.plain(m.Who.Name)
		return
	}
	user := &models.User{ID: id, FirstName: m.Who.Name}
	w.mark(models.MessageEntity{Type: models.MessageEntityTypeTextMention, User: user}, func() { w.put(tidy(m.Who.Name)) })
}

// formats of times: https://core.telegram.org/bots/api#date-time-entity-formatting
var formats = map[chat.Style]string{
	chat.Moment: "wDt", chat.Clock: "t", chat.Zoned: "t", chat.Day: "wD", chat.Relative: "r",
}

// time is an instant that the client shows in its own zone; older ones show the words.
func (w *writer) time(t chat.Time) {
	words := func() { w.plain(chat.Rich{t}.String()) }
	unix := t.At.Unix()
	if unix <= 0 || unix > math.MaxInt32 {
		words()
		return
	}
	w.mark(models.MessageEntity{Type: models.MessageEntityTypeDateTime, UnixTime: int(unix), DateTimeFormat: formats[t.Style]}, words)
}

// mark lays an entity over what write writes, if that is anything.
func (w *writer) mark(e models.MessageEntity, write func()) {
	begin, before := w.units, w.b.Len()
	write()
	e.Offset, e.Length = begin, w.units-begin
	if strings.TrimSpace(w.b.String()[before:]) != "" {
		w.marks = append(w.marks, e)
	}
}

// atName is what Telegram would take for a mention.
var atName = regexp.MustCompile(`(^|[^\pL\pN_])@([A-Za-z0-9_])`)

// joiner is invisible, and ends what Telegram would take for a mention.
const joiner = "\u2060"

// plain writes what somebody may have typed.
func (w *writer) plain(s string) {
	s = atName.ReplaceAllString(tidy(s), "$1@"+joiner+"$2")
	if strings.HasSuffix(s, "@") {
		s += joiner
	}
	w.put(s)
}

// put writes text that is fit to be seen. A message does not begin with white space:
// Telegram would cut it off, and the offsets would be wrong.
func (w *writer) put(s string) {
	if w.b.Len() == 0 {
		s = strings.TrimLeftFunc(s, unicode.IsSpace)
	}
	if s == "" {
		return
	}
	w.b.WriteString(s)
	w.units += units(s)
}

// finished cuts the text to the limit and takes white space off its end.
func (w *writer) finished(limit int) text {
	t := text{words: w.b.String(), marks: w.marks}
	if w.units > limit {
		t.words = cut(t.words, limit-1) + "…"
	}
	t.words = strings.TrimRightFunc(t.words, unicode.IsSpace)
	end := units(t.words)
	for i, m := range t.marks {
		t.marks[i].Length = min(m.Length, end-m.Offset)
	}
	t.marks = slices.DeleteFunc(t.marks, func(m models.MessageEntity) bool { return m.Length <= 0 })
	t.marks = t.marks[:min(len(t.marks), maxMarks)]
	return t
}

// cut is as many whole graphemes as fit into the units.
func cut(s string, most int) string {
	end, rest, state := 0, s, -1
	for rest != "" {
		var cluster string
		cluster, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
		if most -= units(cluster); most < 0 {
			break
		}
		end += len(cluster)
	}
	return s[:end]
}

// units counts UTF-16 units, which is how Telegram measures text.
func units(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r > 0xffff {
			n++
		}
	}
	return n
}

// tidy is text without control, bidi and other characters that nobody sees, with the
// white space around it.
func tidy(s string) string {
	core := chat.Block(s)
	if core == "" {
		return blank(s)
	}
	lead := len(s) - len(strings.TrimLeftFunc(s, unicode.IsSpace))
	trail := len(strings.TrimRightFunc(s, unicode.IsSpace))
	return blank(s[:lead]) + core + blank(s[trail:])
}

// blank keeps the spaces and line breaks of a text.
func blank(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\u2028', r == '\u2029':
			return '\n'
		case r != '\r' && unicode.IsSpace(r):
			return ' '
		}
		return -1
	}, s)
}
