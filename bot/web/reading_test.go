package web

import (
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// read is a message as a browser without script reads it.
type read struct {
	id, text string
	buttons  []pressable
	form     *fillable
}

// pressable is a button on a message.
type pressable struct{ label, name, payload string }

// fillable is a form on a message.
type fillable struct {
	action string
	values url.Values // values are what is sent as it stands.
	fields []blankField
}

// blankField is a control of a form.
type blankField struct {
	name, label string
	choices     []string
}

func (r read) button(label string) *pressable {
	for _, b := range r.buttons {
		if b.label == label {
			return &b
		}
	}
	return nil
}

// readPosts reads the list of messages.
func readPosts(page *html.Node) []read {
	list := first(page, func(n *html.Node) bool { return n.Data == "ol" && attr(n, "id") == "messages" })
	var posts []read
	for _, li := range all(list, func(n *html.Node) bool { return n.Data == "li" && has(n, "data-post") }) {
		posts = append(posts, readPost(li))
	}
	return posts
}

func readPost(li *html.Node) read {
	r := read{id: attr(li, "id")}
	if body := first(li, func(n *html.Node) bool { return has(n, "data-body") }); body != nil {
		r.text = strings.TrimSpace(words(body))
	}
	for _, b := range all(li, func(n *html.Node) bool { return n.Data == "button" && attr(n, "name") == "payload" }) {
		r.buttons = append(r.buttons, pressable{strings.TrimSpace(words(b)), attr(b, "aria-label"), attr(b, "value")})
	}
	if f := first(li, func(n *html.Node) bool { return n.Data == "form" && has(n, "data-form") }); f != nil {
		r.form = readForm(f)
	}
	return r
}

func readForm(form *html.Node) *fillable {
	f := &fillable{action: attr(form, "action"), values: url.Values{}}
	labels := map[string]string{}
	for _, l := range all(form, func(n *html.Node) bool { return n.Data == "label" }) {
		labels[attr(l, "for")] = strings.TrimSpace(words(l))
	}
	for _, c := range all(form, func(n *html.Node) bool { return slices.Contains([]string{"input", "select", "textarea"}, n.Data) }) {
		if attr(c, "type") == "hidden" {
			f.values.Set(attr(c, "name"), attr(c, "value"))
			continue
		}
		field := blankField{name: attr(c, "name"), label: labels[attr(c, "id")]}
		for _, o := range all(c, func(n *html.Node) bool { return n.Data == "option" && attr(n, "value") != "" }) {
			field.choices = append(field.choices, strings.TrimSpace(words(o)))
		}
		f.fields = append(f.fields, field)
	}
	return f
}

// words are the text of an element as it reads: links with where they lead, and
// blocks on lines of their own.
func words(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	var b strings.Builder
	for c := range n.ChildNodes() {
		b.WriteString(words(c))
	}
	switch n.Data {
	case "br":
		return "\n"
	case "p", "li":
		return b.String() + "\n"
	case "a":
		return b.String() + " " + attr(n, "href")
	}
	return b.String()
}

func first(n *html.Node, is func(*html.Node) bool) *html.Node {
	if found := all(n, is); len(found) > 0 {
		return found[0]
	}
	return nil
}

func all(n *html.Node, is func(*html.Node) bool) []*html.Node {
	if n == nil {
		return nil
	}
	var found []*html.Node
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && is(d) {
			found = append(found, d)
		}
	}
	return found
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, key string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == key })
}

func hasComplete(n *html.Node) bool { return has(n, "data-complete") }

func must(body string) *html.Node {
	n, err := html.Parse(strings.NewReader(body))
	if err != nil {
		panic(err) // A reader in memory does not fail.
	}
	return n
}
