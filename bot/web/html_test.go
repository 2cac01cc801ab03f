package web

import (
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"pgregory.net/rapid"

	"peerbot/chat"
)

// reader is the peer in the room general, in English.
func reader(t testing.TB) viewer {
	t.Helper()
	words, err := catalogue()
	if err != nil {
		t.Fatal(err)
	}
	w, err := New(Options{Listener: newWire(), Words: words, Rooms: []string{"general", "late-night"}, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	return viewer{w, "en", people[1], "general"}
}

func TestHTML(t *testing.T) {
	at := time.Date(2026, 11, 23, 20, 0, 0, 0, time.FixedZone("", 3600))
	tests := []struct {
		name string
		rich chat.Rich
		want string
	}{
		{"nothing", nil, ""},
		{"a line", chat.Words("a < b & \"c\""), `<p dir="auto">a &lt; b &amp; &#34;c&#34;</p>`},
		{"lines", chat.Words("a\nb"), `<p dir="auto">a<br>b</p>`},
		{"paragraphs", chat.Words("a\n\nb\r\n\r\n\r\nc"), `<p dir="auto">a</p><p dir="auto">b</p><p dir="auto">c</p>`},
		{"breaks around", chat.Words("\n\na\n\n"), `<p dir="auto">a</p>`},
		{"breaks between spans", chat.Rich{chat.Plain("a\n"), chat.Plain("\n"), chat.Strong("b")}, `<p dir="auto">a</p><p dir="auto"><strong>b</strong></p>`},
		{"spaces between spans", chat.Rich{chat.Plain("a "), chat.Strong("b"), chat.Plain(" c")}, `<p dir="auto">a <strong>b</strong> c</p>`},
		{"several lines in a span", chat.Rich{chat.Code("1\n2")}, `<p dir="auto"><code>1</code><br><code>2</code></p>`},
		{"controls and bidi", chat.Words("a\x1b\x00\u202eb\u2066c"), `<p dir="auto">abc</p>`},
		{"a link", chat.Rich{chat.Link{Label: "here", URL: "https://example.org/?a=1&b=%22"}},
			`<p dir="auto"><a href="https://example.org/?a=1&amp;b=%22" rel="noreferrer noopener" target="_blank"><bdi>here</bdi></a></p>`},
		{"a bare link", chat.Rich{chat.Link{URL: "http://example.org"}},
			`<p dir="auto"><a href="http://example.org" rel="noreferrer noopener" target="_blank"><bdi>http://example.org</bdi></a></p>`},
		{"a link that is none", chat.Rich{chat.Link{Label: "here", URL: "javascript:alert(1)"}}, `<p dir="auto"><bdi>here javascript:alert(1)</bdi></p>`},
		{"a link to no host", chat.Rich{chat.Link{URL: "https:///x"}}, `<p dir="auto"><bdi>https:///x</bdi></p>`},
		{"people", chat.Rich{chat.Mention{Who: people[3].chat()}, chat.Plain(" "), chat.Mention{Who: chat.Person{Platform: "x", ID: "1"}}, chat.Plain(" "), chat.Mention{Who: chat.Person{Platform: "x", Name: "<b>Bo"}}},
			`<p dir="auto"><span data-mention><bdi>@Hana</bdi></span> <span data-mention><bdi>@somebody</bdi></span> <span data-mention><bdi>@&lt;b&gt;Bo</bdi></span></p>`},
		{"a group", chat.Rich{chat.Group{ID: "every\u202eone"}}, `<p dir="auto"><bdi>@everyone</bdi></p>`},
		{"places", chat.Rich{chat.Place{At: chat.Address{Platform: "web", Space: "web", Room: "late-night"}}, chat.Place{At: people[1].chat().Private()}, chat.Place{At: people[2].chat().Private()}},
			`<p dir="auto"><a href="/en/peer/late-night">#late-night</a><a href="/en/peer/private">Private chat</a><bdi>#mentor</bdi></p>`},
		{"a time", chat.Rich{chat.Time{At: at, Style: chat.Moment, Text: "Monday"}}, `<p dir="auto"><time datetime="2026-11-23T19:00:00Z" data-style="moment">Monday</time></p>`},
		{"a list", chat.Rich{chat.Plain("of:\n"), chat.List{Items: []chat.Rich{chat.Words("a\nb"), {chat.Strong("c"), chat.List{Items: []chat.Rich{chat.Words("d")}}}}}, chat.Plain("\nafter")},
			`<p dir="auto">of:</p><ul><li dir="auto">a<br>b</li><li dir="auto"><strong>c</strong><ul><li dir="auto">d</li></ul></li></ul><p dir="auto">after</p>`},
		{"and", chat.Rich{chat.And{Items: []chat.Rich{chat.Words("a"), chat.Words("b")}}}, `<p dir="auto">a, b</p>`},
	}
	v := reader(t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, string(v.html(test.rich))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// ours are the elements that a pen makes, with their attributes.
var ours = map[string][]string{
	"p": {"dir"}, "br": nil, "strong": nil, "code": nil, "a": {"href", "rel", "target"}, "bdi": nil, "span": {"data-mention"},
	"time": {"datetime", "data-style"}, "ul": nil, "li": {"dir"},
}

// checkHTML parses what was written, and wants nothing in it but what a pen makes.
func checkHTML(t interface{ Errorf(string, ...any) }, text string) (words string) {
	nodes, err := html.ParseFragment(strings.NewReader(text), &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div})
	if err != nil {
		t.Errorf("%q: %v", text, err)
	}
	var again, plain strings.Builder
	for _, n := range nodes {
		for d := range n.Descendants() {
			checkNode(t, d, &plain)
		}
		checkNode(t, n, &plain)
		if err := html.Render(&again, n); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
	if got := strings.ReplaceAll(again.String(), "<br/>", "<br>"); strings.ReplaceAll(got, `data-mention=""`, "data-mention") != text {
		t.Errorf("%q is read as %q", text, got)
	}
	return plain.String()
}

func checkNode(t interface{ Errorf(string, ...any) }, n *html.Node, plain *strings.Builder) {
	if n.Type == html.TextNode {
		plain.WriteString(n.Data)
		if strings.ContainsFunc(n.Data, func(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Bidi_Control) }) {
			t.Errorf("a control or bidi character stands in %q", n.Data)
		}
		return
	}
	allowed, ok := ours[n.Data]
	if !ok || n.Type != html.ElementNode {
		t.Errorf("there is %v in it", n)
	}
	for _, a := range n.Attr {
		if !slices.Contains(allowed, a.Key) || a.Key == "href" && !strings.HasPrefix(a.Val, "http") && !strings.HasPrefix(a.Val, "/en/peer/") {
			t.Errorf("<%s> has %s=%q", n.Data, a.Key, a.Val)
		}
	}
}

// texty draws what people could type, markup most of all.
var texty = rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{
	"<script>alert(1)</script>", `"><img src=x onerror=alert(1)>`, "</p></li></ol>", "<!--", "]]>", "&lt;b&gt;", "&#60;", "{{.}}", "javascript:alert(1)",
	"\u202egnp.exe", "a\nb\n\nc", "@everyone", "\x00\x1b[31m", "<a href='//evil'>", "مرحبا", "👩‍👩‍👧", "e\u0301",
}))

// richly draws rich text of every span.
func richly(depth int) *rapid.Generator[chat.Rich] {
	span := rapid.Custom(func(t *rapid.T) chat.Span {
		text := texty.Draw(t, "text")
		switch rapid.IntRange(0, 9+2*min(depth, 1)).Draw(t, "kind") {
		case 0, 1:
			return chat.Plain(text)
		case 2:
			return chat.Strong(text)
		case 3:
			return chat.Code(text)
		case 4:
			return chat.Link{Label: text, URL: rapid.OneOf(texty, rapid.SampledFrom([]string{"https://example.org/" + text, "HTTP://x/\"'><"})).Draw(t, "url")}
		case 5:
			return chat.Mention{Who: chat.Person{Platform: "web", ID: text, Name: text}}
		case 6:
			return chat.Group{ID: text}
		case 7:
			return chat.Place{At: chat.Address{Platform: "web", Space: "web", Room: text}}
		case 8:
			return chat.Time{Style: chat.Style(text), Text: text}
		case 9:
			return chat.ZoneName(text)
		case 10:
			return chat.List{Items: rapid.SliceOfN(richly(depth-1), 0, 3).Draw(t, "items")}
		}
		return chat.And{Items: rapid.SliceOfN(richly(depth-1), 0, 3).Draw(t, "items")}
	})
	return rapid.Custom(func(t *rapid.T) chat.Rich { return rapid.SliceOfN(span, 0, 6).Draw(t, "spans") })
}

func TestNoTextIsMarkup(t *testing.T) {
	v := reader(t)
	rapid.Check(t, func(t *rapid.T) { checkHTML(t, string(v.html(richly(2).Draw(t, "rich")))) })
}

// unspaced leaves out what a page may show as one space or as none.
func unspaced(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, text)
}

func FuzzHTML(f *testing.F) {
	v := reader(f)
	for _, text := range []string{"a", "<b>", "a\n\nb", "&amp;", "\u202e", "\xff", " . ", "https://example.org", ".\u0301", "\r\r"} {
		f.Add(text, "https://example.org/"+text)
	}
	f.Fuzz(func(t *testing.T, text, url string) {
		words := checkHTML(t, string(v.html(chat.Words(text))))
		if got, want := unspaced(words), unspaced(chat.Block(text)); got != want {
			t.Errorf("%q reads as %q, want %q", text, got, want)
		}
		checkHTML(t, string(v.html(chat.Rich{chat.Link{Label: text, URL: url}, chat.Code(text), chat.Time{Text: text}})))
	})
}
