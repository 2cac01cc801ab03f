package discord

import (
	"sort"
	"strconv"
	"strings"

	"peerbot/bot/discord/wire"
	"peerbot/chat"
)

// styles are how Discord shows an instant in the reader's own zone:
// https://docs.discord.com/developers/reference#message-formatting-timestamp-styles.
var styles = map[chat.Style]string{
	chat.Moment: "F", chat.Clock: "t", chat.Zoned: "t", chat.Day: "D", chat.Relative: "R",
}

// render makes text with Discord's markup of what is rich, at most limit UTF-16 units
// of it; what is cut off is marked. Only who is named as such may be notified.
func render(r chat.Rich, limit int) (string, wire.Mentions) {
	w := &writer{left: limit - 1, fresh: true, mentions: wire.Mentions{Parse: []string{}}}
	w.rich(r)
	text := w.b.String()
	if strings.TrimSpace(text) == "" {
		text = ""
	}
	return text, w.mentions
}

// writer writes markup. One unit is kept back for the mark of a cut.
type writer struct {
	b        strings.Builder
	left     int  // left is how many units still fit.
	fresh    bool // fresh: nothing but space stands on the line.
	listed   bool // listed: the line is the last of a list.
	coded    bool // coded: a Code stands right before.
	full     bool
	mentions wire.Mentions
}

func (w *writer) rich(r chat.Rich) {
	for _, s := range joined(r) {
		if w.full {
			return
		}
		w.span(s)
	}
}

// joined is what is rich with neighbours of one kind made one and cleaned, so that
// nothing is markup that comes about between the two.
func joined(r chat.Rich) chat.Rich {
	var out chat.Rich
	for _, s := range flat(r) {
		last := len(out) - 1
		switch s := s.(type) {
		case chat.Plain:
			if before, ok := lastOf[chat.Plain](out); ok {
				out[last] = before + s
				continue
			}
		case chat.Strong:
			if before, ok := lastOf[chat.Strong](out); ok {
				out[last] = before + s
				continue
			}
		}
		out = append(out, s)
	}
	for i, s := range out {
		switch s := s.(type) {
		case chat.Plain:
			out[i] = chat.Plain(clean(string(s)))
		case chat.Strong:
			out[i] = chat.Strong(clean(string(s)))
		}
	}
	return out
}

// lastOf is the last span, if it is of the kind.
func lastOf[S chat.Span](r chat.Rich) (S, bool) {
	var none S
	if len(r) == 0 {
		return none, false
	}
	s, ok := r[len(r)-1].(S)
	return s, ok
}

// flat takes apart what the engine has put into words already, and what it has not.
func flat(r chat.Rich) (out chat.Rich) {
	for _, s := range r {
		switch s := s.(type) {
		case chat.And:
			for i, item := range s.Items {
				if i > 0 {
					out = append(out, chat.Plain(", "))
				}
				out = append(out, flat(item)...)
			}
		case chat.Phrase, chat.ZoneName:
			out = append(out, chat.Plain(chat.Rich{s}.String()))
		default:
			out = append(out, s)
		}
	}
	return out
}

func (w *writer) span(s chat.Span) {
	switch s := s.(type) {
	case chat.Plain:
		w.plain(string(s))
	case chat.Strong:
		w.strong(string(s))
	case chat.Code:
		w.code(clean(string(s)))
	case chat.Link:
		w.link(s)
	case chat.Mention:
		w.mention(s.Who)
	case chat.Group:
		w.group(s)
	case chat.Place:
		w.place(s.At)
	case chat.Time:
		w.whole("<t:" + strconv.FormatInt(s.At.Unix(), 10) + ":" + styles[s.Style] + ">")
	case chat.List:
		w.list(s)
	}
}

// whole writes markup that cannot be cut, or else the mark.
func (w *writer) whole(markup string) bool {
	if w.full {
		return false
	}
	if w.listed {
		w.listed = false
		if !strings.HasPrefix(markup, "\n") {
			markup = "\n" + markup
		}
	}
	n := units(markup)
	if n > w.left {
		w.b.WriteString("…")
		w.full = true
		return false
	}
	w.b.WriteString(markup)
	w.left -= n
	w.coded = false
	if markup != "" {
		line := markup[strings.LastIndexByte(markup, '\n')+1:]
		w.fresh = strings.TrimSpace(line) == "" && (w.fresh || line != markup)
	}
	return true
}

// plain writes a person's words, cut between two graphemes where they do not fit.
func (w *writer) plain(text string) {
	if w.listed && !strings.HasPrefix(text, "\n") {
		w.whole("")
	}
	if w.full {
		return
	}
	if markup := escape(text, w.fresh); units(markup) <= w.left {
		w.whole(markup)
		return
	}
	text, _ = chat.Cut(text, w.left+2) // no more can fit
	n := sort.Search(w.left+1, func(n int) bool {
		return units(escape(shortened(text, n+1), w.fresh)) > w.left+1
	})
	w.b.WriteString(escape(shortened(text, n), w.fresh))
	w.full = true
}

// shortened is the first n graphemes of a text and the mark of a cut, for which the
// space behind it makes sure.
func shortened(text string, n int) string {
	short, _ := chat.Cut(text+"  ", n+1)
	return short
}

// strong writes emphasis. Space at its ends stands outside; what does not fit is plain.
func (w *writer) strong(text string) {
	inner := strings.TrimSpace(text)
	if inner == "" {
		w.plain(text)
		return
	}
	before, after, _ := strings.Cut(text, inner)
	markup := "**" + escape(inner, false) + "**"
	if units(before+markup) > w.left {
		w.plain(text)
		return
	}
	w.plain(before)
	w.whole(markup)
	w.plain(after)
}

// code writes what is ready to be copied. Where a backtick stands in it, it is plain.
func (w *writer) code(text string) {
	switch {
	case text == "":
		return
	case strings.Contains(text, "`"):
		w.plain(text)
		return
	case w.coded:
		w.whole(" ")
	}
	w.coded = w.whole("`" + text + "`")
}

// link writes an address without a card below it. The label leads there, unless it
// looks like an address itself: then both are seen.
func (w *writer) link(l chat.Link) {
	url, ok := webAddress(l.URL)
	label := chat.Line(l.Label)
	switch {
	case !ok:
		w.plain(strings.TrimSpace(label + " " + clean(l.URL)))
	case label == "" || label == l.URL:
		w.whole("<" + url + ">")
	case strings.Contains(label, "://") || strings.Contains(label, ".") && !strings.Contains(label, " "):
		w.plain(label + " ")
		w.whole("<" + url + ">")
	default:
		w.whole("[" + escape(label, false) + "](<" + url + ">)")
	}
}

func (w *writer) mention(p chat.Person) {
	if p.Platform != platform || !snowflake(p.ID) {
		w.plain("@" + clean(p.Name))
		return
	}
	if w.whole("<@" + p.ID + ">") {
		w.mentions.Users = append(w.mentions.Users, p.ID)
	}
}

func (w *writer) group(g chat.Group) {
	if g.Platform != platform || !snowflake(g.ID) {
		w.plain("@" + clean(g.ID))
		return
	}
	if w.whole("<@&" + g.ID + ">") {
		w.mentions.Roles = append(w.mentions.Roles, g.ID)
	}
}

func (w *writer) place(a chat.Address) {
	room := channelOf(a)
	if a.Platform != platform || a.Direct() || !snowflake(room) {
		w.plain("#" + clean(a.Room))
		return
	}
	w.whole("<#" + room + ">")
}

func (w *writer) list(l chat.List) {
	for _, item := range l.Items {
		mark := "- "
		if w.listed || !w.fresh {
			mark = "\n- "
		}
		w.listed = false
		if w.full || !w.whole(mark) {
			return
		}
		w.fresh = true // a heading could begin here
		w.rich(item)
		w.listed = true
	}
}
