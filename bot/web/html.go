package web

import (
	"html"
	"html/template"
	"net/url"
	"strings"
	"time"

	"peerbot/chat"
)

// pen writes rich text as HTML. It makes paragraphs of what empty lines divide, and
// every element itself: nothing in a text is read as markup.
type pen struct {
	viewer
	b      strings.Builder
	item   bool // item: it writes an item of a list, which has no paragraphs.
	begun  bool // begun: the block has words.
	breaks int  // breaks are the line breaks that stand between them and the next ones.
}

// html is rich text as HTML.
func (v viewer) html(r chat.Rich) template.HTML {
	p := &pen{viewer: v}
	p.rich(r)
	p.end()
	return template.HTML(p.b.String()) // Every word of it went through escaped.
}

// escaped is text as it may stand in HTML, without control and bidi characters.
func escaped(text string) string { return html.EscapeString(clean(text)) }

// clean is a part of a text as chat.Block makes a whole one: the spaces around it
// stay. The dots keep them, and join with nothing that may follow.
func clean(text string) string {
	text = chat.Block("." + text + ".")
	return text[1 : len(text)-1]
}

func (p *pen) rich(r chat.Rich) {
	for _, s := range r {
		p.span(s)
	}
}

func (p *pen) span(s chat.Span) {
	switch s := s.(type) {
	case chat.Plain:
		p.lines("", string(s), "")
	case chat.Strong:
		p.lines("<strong>", string(s), "</strong>")
	case chat.Code:
		p.lines("<code>", string(s), "</code>")
	case chat.Link:
		p.link(s)
	case chat.Mention:
		p.lines("<span data-mention><bdi>", "@"+p.called(s.Who), "</bdi></span>")
	case chat.Place:
		p.place(s.At)
	case chat.Time:
		p.time(s)
	case chat.List:
		p.list(s.Items)
	case chat.And:
		p.and(s.Items)
	default:
		p.lines("<bdi>", chat.Rich{s}.String(), "</bdi>")
	}
}

// lines writes each line of a text between two tags.
func (p *pen) lines(open, text, shut string) {
	for i, line := range strings.Split(clean(text), "\n") {
		if i > 0 {
			p.breaks++
		}
		if line != "" {
			p.write(open + html.EscapeString(line) + shut)
		}
	}
}

// write writes what stands in a line.
func (p *pen) write(inline string) {
	switch {
	case p.begun && p.breaks > 1 && !p.item:
		p.end()
	case p.begun && p.breaks > 0:
		p.b.WriteString("<br>")
	}
	if !p.begun && !p.item {
		p.b.WriteString(`<p dir="auto">`)
	}
	p.begun, p.breaks = true, 0
	p.b.WriteString(inline)
}

// end ends a paragraph.
func (p *pen) end() {
	if p.begun && !p.item {
		p.b.WriteString("</p>")
	}
	p.begun, p.breaks = false, 0
}

// link leads to the web and nowhere else; any other address is only shown.
func (p *pen) link(l chat.Link) {
	u, err := url.Parse(l.URL)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		p.lines("<bdi>", chat.Rich{l}.String(), "</bdi>")
		return
	}
	label := l.Label
	if chat.Line(label) == "" {
		label = l.URL
	}
	p.lines(`<a href="`+html.EscapeString(u.String())+`" rel="noreferrer noopener" target="_blank"><bdi>`, chat.Line(label), "</bdi></a>")
}

func (p *pen) place(a chat.Address) {
	switch {
	case a.Direct() && a.Room == p.who.id:
		p.lines(`<a href="`+html.EscapeString(p.in(private))+`">`, p.say(chat.Say("web.private")), "</a>")
	case a == p.room(a.Room) && p.named(a.Room):
		p.lines(`<a href="`+html.EscapeString(p.in(a.Room))+`">`, "#"+a.Room, "</a>")
	default:
		p.lines("<bdi>", "#"+a.Room, "</bdi>")
	}
}

func (p *pen) time(t chat.Time) {
	open := `<time datetime="` + t.At.UTC().Format(time.RFC3339) + `" data-style="` + escaped(string(t.Style)) + `">`
	p.lines(open, chat.Rich{t}.String(), "</time>")
}

func (p *pen) list(items []chat.Rich) {
	p.end()
	p.begun = false
	p.b.WriteString("<ul>")
	for _, it := range items {
		inner := &pen{viewer: p.viewer, item: true}
		inner.rich(it)
		p.b.WriteString(`<li dir="auto">` + inner.b.String() + "</li>")
	}
	p.b.WriteString("</ul>")
}

func (p *pen) and(items []chat.Rich) {
	for i, it := range items {
		if i > 0 {
			p.lines("", ", ", "")
		}
		p.rich(it)
	}
}
