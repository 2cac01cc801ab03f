package web

import (
	"cmp"
	"fmt"
	"mime"
	"slices"
	"strconv"
	"strings"
	"time"

	"peerbot/chat"
)

// shownAtOnce is how many messages a page shows, the newest.
const shownAtOnce = 100

// page is what the viewer sees.
func (v viewer) page() page {
	items, now := v.board.at(v.address(), v.who.id)
	items = items[max(0, len(items)-shownAtOnce):]
	p := page{
		Lang: v.lang, Langs: v.langs(), People: v.people(), Rooms: v.rooms(),
		You: v.say(v.who.name()), Room: v.roomName(v.here), Alone: v.here == private,
		At: v.path(), After: v.event(now), Menu: v.menu(), Now: v.now(),
	}
	names := v.names(items)
	for _, it := range items {
		p.Posts = append(p.Posts, v.post(it, names))
	}
	return p
}

// event is the id of an event.
func (v viewer) event(n int64) string { return v.born + "." + strconv.FormatInt(n, 10) }

func (v viewer) langs() []link {
	var links []link
	for _, lang := range v.o.Words.Langs() {
		other := v
		other.lang = lang
		links = append(links, link{Name: other.say(chat.Say("web.language")), Href: other.path(), Lang: lang, Here: lang == v.lang})
	}
	return links
}

func (v viewer) people() []link {
	var links []link
	for _, p := range people {
		other := v
		other.who = p
		links = append(links, link{Name: v.say(p.name()), About: v.say(p.about()), Href: other.path(), Here: p == v.who})
	}
	return links
}

func (v viewer) rooms() []link {
	var links []link
	for _, room := range append(slices.Clone(v.o.Rooms), private) {
		links = append(links, link{Name: v.roomName(room), Href: v.in(room), Here: room == v.here})
	}
	return links
}

// post is a message as the viewer sees it. names are those of the buttons on the page.
func (v viewer) post(it *item, names map[place]string) post {
	p := post{
		ID: it.id, From: v.from(it), Bot: it.by == "", Private: it.only != "" && !it.at.Direct(),
		Edited: it.edited, Silent: it.silent, Sent: v.stamp(it.sent), Body: v.html(it.body),
		Action: v.path() + "/press", Said: v.said(it),
	}
	for i, f := range it.files {
		p.Files = append(p.Files, v.file(it, i, f))
	}
	for i, row := range it.rows {
		var buttons []button
		for j, k := range row {
			buttons = append(buttons, button{Label: k.label, Payload: k.payload, Name: names[place{it.id, i, j}], Post: it.id})
		}
		p.Rows = append(p.Rows, buttons)
	}
	if a, ok := it.ask(v.who.id); ok && a.offer != nil {
		p.Form = v.offered(it, a)
	}
	if it.letter && it.at.Direct() {
		p.Lock = v.opening(it)
	}
	return p
}

func (v viewer) from(it *item) string {
	if p, ok := personOf(it.by); ok {
		return v.say(p.name())
	}
	return v.say(chat.Say("web.name"))
}

func (v viewer) stamp(at time.Time) stamp {
	return stamp{ISO: at.UTC().Format(time.RFC3339), Text: v.say(chat.Rich{chat.Time{At: at, Style: chat.Clock}})}
}

// opening is how a message begins: what a locked phone shows of it.
func (v viewer) opening(it *item) string {
	const graphemes = 40
	short, _ := chat.Cut(chat.Line(v.plain(it.body)), graphemes)
	return short
}

// subject is what a message is about, for the names of its buttons: its first words.
func (v viewer) subject(it *item) string {
	const graphemes = 30
	line, _, _ := strings.Cut(v.plain(it.body), "\n")
	short, _ := chat.Cut(line, graphemes)
	return short
}

// said is the whole message in plain words, in reading order.
func (v viewer) said(it *item) string {
	parts := []chat.Rich{chat.Say("web.said.from", chat.Text("name", v.from(it)), chat.Text("text", v.plain(it.body)))}
	if it.only != "" && !it.at.Direct() {
		parts = append(parts, chat.Say("web.only_you"))
	}
	for _, f := range it.files {
		parts = append(parts, chat.Say("web.said.file", chat.Text("name", f.Name), chat.Text("about", cmp.Or(chat.Line(f.Alt), size(f.Size)))))
	}
	var labels []chat.Rich
	for _, row := range it.rows {
		for _, k := range row {
			labels = append(labels, chat.Words(k.label))
		}
	}
	if len(labels) > 0 {
		parts = append(parts, chat.Say("web.said.buttons", chat.With("labels", chat.Rich{chat.And{Items: labels}})))
	}
	if a, ok := it.ask(v.who.id); ok && a.offer != nil {
		parts = append(parts, chat.Say("web.said.form", chat.Text("title", v.title(a.offer.Path))))
	}
	return chat.Block(v.say(chat.Lines(parts...)))
}

// pictures are the types that a browser shows and never runs.
var pictures = []string{"image/png", "image/jpeg", "image/gif", "image/webp"}

func (v viewer) file(it *item, i int, f chat.File) file {
	kind, _, _ := mime.ParseMediaType(f.Type)
	name := chat.Line(f.Name)
	return file{
		Name: name, Alt: chat.Line(f.Alt), Picture: slices.Contains(pictures, kind),
		About: size(f.Size),
		Href:  v.fileHref(it, i, name),
	}
}

// size is a number of bytes as people read it.
func size(n int64) string {
	units := []string{"B", "kB", "MB"}
	of := float64(n)
	for of >= 1000 && len(units) > 1 {
		of, units = of/1000, units[1:]
	}
	return fmt.Sprintf("%.3g %s", of, units[0])
}

// place is a button's: its message, row and column.
type place struct {
	id       string
	row, col int
}

// names are what the buttons on a page are called, by people who do not see where they
// stand: each begins with its label and says which message it is on, and no two are
// alike.
func (v viewer) names(items []*item) map[place]string {
	names, common := map[place]string{}, map[string]int{}
	var order []place
	for _, it := range items {
		subject := v.subject(it)
		for i, row := range it.rows {
			for j, k := range row {
				at := place{it.id, i, j}
				names[at] = k.label
				if subject != "" {
					names[at] += ": " + subject
				}
				common[names[at]]++
				order = append(order, at)
			}
		}
	}
	taken := map[string]bool{}
	for _, at := range order {
		if common[names[at]] > 1 {
			names[at] += ", " + v.say(chat.Say("web.button.numbered", chat.Text("number", at.id[1:])))
		}
		names[at] = free(names[at], taken)
		taken[names[at]] = true
	}
	return names
}

// free is a name that is not taken yet.
func free(name string, taken map[string]bool) string {
	next := name
	for n := 2; taken[next]; n++ {
		next = name + " " + strconv.Itoa(n)
	}
	return next
}
