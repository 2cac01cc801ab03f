package web

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"golang.org/x/net/html"
	"pgregory.net/rapid"

	"peerbot/chat"
)

// Markup in whatever a person can write is never more than text, on any page.
func TestMarkupInEveryField(t *testing.T) {
	evil := `"'><script>alert(1)</script><img src=x onerror=alert(1)>{{.}}</li></ol><!--`
	o := &oracle{answer: func(c *chat.Call) chat.Reply {
		said := chat.Words(c.Text + evil)
		return chat.Reply{
			Body:   append(said, chat.Link{Label: evil, URL: "https://x.example/" + evil}, chat.List{Items: []chat.Rich{said}}, chat.Code(evil), chat.Time{Text: evil, Style: chat.Style(evil)}),
			Offers: [][]chat.Offer{{{Label: said, Payload: evil}}},
			Files:  []chat.File{{Name: evil, Alt: evil, Type: "image/png"}, {Name: evil, Type: evil}},
			Ask: &chat.Offer{Path: []string{evil}, Payload: evil, Ask: []chat.Question{
				{Spec: chat.String(evil).OneOf(chat.Choice{Value: evil, Label: said}).Spec(), Label: said, Help: said, Value: evil},
				{Spec: chat.Zone(evil).Spec(), Label: said, Help: said, Value: evil},
				{Spec: chat.Paragraph(evil).Spec(), Label: said, Help: said, Value: evil + "</textarea><script>"},
			}},
		}
	}}
	inHouse(t, o, func(t *testing.T, h *house) {
		plain := h.page("/en/peer/general")
		l := h.listen("/en/peer/general/events")
		h.post("/en/peer/general/say", url.Values{"text": {evil}})
		m := says(evil)
		h.tell(people[1].chat().Private(), "1", m)
		rest()
		_, pushed := l.take()[1].brings(t)
		for _, page := range []*html.Node{h.page("/en/peer/general"), h.page("/es/peer/private"), must(pushed)} {
			for _, tag := range []string{"script", "img"} {
				if is, were := count(page, tag), count(plain, tag); is > were+map[string]int{"img": 1}[tag] {
					t.Errorf("there are %d <%s>, %d before", is, tag, were)
				}
			}
			for _, n := range all(page, func(*html.Node) bool { return true }) {
				if i := slices.IndexFunc(n.Attr, func(a html.Attribute) bool {
					return strings.HasPrefix(a.Key, "on") || strings.ContainsAny(a.Key, `"'<>{`)
				}); i >= 0 {
					t.Errorf("<%s> has %q", n.Data, n.Attr[i].Key)
				}
			}
		}
		posts := h.posts("/en/peer/general")
		if len(posts) != 2 || posts[0].text != evil || posts[1].buttons[0].payload != evil || posts[1].form.fields[0].choices[0] != evil+evil {
			t.Errorf("what was written does not arrive as it was: %+v", posts)
		}
	})
}

func count(n *html.Node, tag string) int {
	return len(all(n, func(n *html.Node) bool { return n.Data == tag }))
}

func TestLockScreen(t *testing.T) {
	o := &oracle{answer: func(*chat.Call) chat.Reply { return chat.Reply{Body: chat.Words("an answer")} }}
	inHouse(t, o, func(t *testing.T, h *house) {
		me := people[1].chat().Private()
		long := "One two three\nfour five six seven eight nine ten eleven"
		h.tell(me, "1", says("Short.\nTwo lines."))
		h.tell(me, "2", says(long))
		h.tell(h.general(), "3", says("to the room"))
		h.post("/en/peer/private/call", url.Values{"path": {"x"}})
		var locks []string
		for _, room := range []string{private, "general"} {
			for _, p := range seenBy(1, room, viewer{h.Web, "en", people[1], ""}).page().Posts {
				locks = append(locks, p.Lock)
			}
		}
		if diff := cmp.Diff([]string{"Short. Two lines.", "One two three four five six seven eight…", "", ""}, locks); diff != "" {
			t.Error(diff)
		}
	})
}

func TestSaid(t *testing.T) {
	v := reader(t)
	it := &item{
		id: "m1", at: v.address(), only: "peer",
		body:  chat.Rich{chat.Plain("It meets "), chat.Strong("soon"), chat.Plain(", "), chat.Mention{Who: people[3].chat()}},
		rows:  [][]key{{{label: "Join"}, {label: "Remind me"}}, {{label: "Stop"}}},
		files: []chat.File{{Name: "plan.ics", Size: 312}},
		asks:  []ask{{who: "peer", offer: &chat.Offer{Path: []string{"x"}}}},
	}
	want := "Peerbot: It meets soon, @Hana\nOnly you can see this\nFile: plan.ics. 312 B\nButtons: Join, Remind me and Stop.\nA form: Your answer."
	if diff := cmp.Diff(want, v.said(it)); diff != "" {
		t.Error(diff)
	}
}

// Every button on a page has a name of its own, which begins with what stands on it.
func TestNamesAreUnique(t *testing.T) {
	v := reader(t)
	word := rapid.SampledFrom([]string{"Save", "Join", "Join: one", "Join, number 2", "one", "one, number 1", "Save 2", "", "2"})
	rapid.Check(t, func(t *rapid.T) {
		var items []*item
		for i := range rapid.IntRange(0, 6).Draw(t, "messages") {
			it := &item{id: fmt.Sprint("m", i+1), body: chat.Words(word.Draw(t, "body"))}
			for range rapid.IntRange(0, 3).Draw(t, "rows") {
				var row []key
				for range rapid.IntRange(1, 3).Draw(t, "columns") {
					row = append(row, key{label: word.Draw(t, "label")})
				}
				it.rows = append(it.rows, row)
			}
			items = append(items, it)
		}
		names, taken := v.names(items), map[string]bool{}
		for _, it := range items {
			for i, row := range it.rows {
				for j, k := range row {
					name := names[place{it.id, i, j}]
					if !strings.HasPrefix(name, k.label) || taken[name] {
						t.Fatalf("%q is the name of a button %q, or of two", name, k.label)
					}
					taken[name] = true
				}
			}
		}
	})
}

// A message that is pushed has the names that a page that is opened then shows.
func TestPushedNames(t *testing.T) {
	inHouse(t, &oracle{}, func(t *testing.T, h *house) {
		l := h.listen("/en/peer/general/events")
		m := says("It begins soon.")
		m.Offers = [][]chat.Offer{{{Label: chat.Words("Join"), Payload: "p"}}}
		var names []string
		for i := range 3 {
			h.tell(h.general(), fmt.Sprint(i), m)
			rest()
			names = append(names, l.take()[0].post(t).buttons[0].name)
		}
		if diff := cmp.Diff([]string{"Join: It begins soon.", "Join: It begins soon., number 2", "Join: It begins soon., number 3"}, names); diff != "" {
			t.Error(diff)
		}
	})
}

func TestFiles(t *testing.T) {
	content := func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("<svg onload=alert(1)>")), nil }
	o := &oracle{answer: func(*chat.Call) chat.Reply {
		return chat.Reply{Body: chat.Words("files"), Files: []chat.File{
			{Name: "a.png", Type: "image/png", Alt: "A tree.", Size: 1234, Open: content},
			{Name: "b.svg", Type: "image/svg+xml", Size: 12, Open: content},
			{Name: "../c.html", Type: "text/html", Size: 2_500_000, Open: content},
		}}
	}}
	inHouse(t, o, func(t *testing.T, h *house) {
		h.post("/en/peer/general/call", url.Values{"path": {"x"}})
		files := viewer{h.Web, "en", people[1], "general"}.page().Posts[0].Files
		want := []file{{Name: "a.png", About: "1.23 kB", Alt: "A tree.", Picture: true}, {Name: "b.svg", About: "12 B"}, {Name: "../c.html", About: "2.5 MB"}}
		if diff := cmp.Diff(want, files, cmpopts.IgnoreFields(file{}, "Href")); diff != "" {
			t.Error(diff)
		}
		for i, kind := range []string{"image/png", "application/octet-stream", "application/octet-stream"} {
			v := h.get(files[i].Href)
			if v.StatusCode != http.StatusOK || v.Header.Get("Content-Type") != kind || (v.Header.Get("Content-Disposition") == "") != files[i].Picture {
				t.Errorf("%s: %s, %v", files[i].Href, v.Status, v.Header)
			}
		}
		for _, href := range []string{strings.Replace(files[0].Href, h.born, "x", 1), "/files/" + h.born + ".m1.7/a", "/files/" + h.born + ".m1.-1/a", "/files/" + h.born + ".m9.0/a"} {
			if v := h.get(href); v.StatusCode != http.StatusNotFound {
				t.Errorf("%s: %s", href, v.Status)
			}
		}
	})
}

// A page with its script, its style and a hundred messages is small.
func TestPageIsSmall(t *testing.T) {
	inHouse(t, &oracle{}, func(t *testing.T, h *house) {
		h.Publish(tree())
		size := len(h.get("/en/moderator/general").body) + len(h.get(h.looks.asset("app.css")).body) + len(h.get(h.looks.asset("app.js")).body)
		if size > 100_000 {
			t.Errorf("an empty page has %d bytes in all", size)
		}
	})
}

func TestLinksOfThePage(t *testing.T) {
	v := reader(t)
	p := v.page()
	hrefs := func(links []link) (out []string) {
		for _, l := range links {
			here := ""
			if l.Here {
				here = " here"
			}
			out = append(out, l.Name+" "+l.Href+here)
		}
		return out
	}
	got := slices.Concat(hrefs(p.Langs), hrefs(p.Rooms), hrefs(p.People)[:2])
	want := []string{
		"English /en/peer/general here", "Español /es/peer/general",
		"#general /en/peer/general here", "#late-night /en/peer/late-night", "Private chat /en/peer/private",
		"Noa /en/newcomer/general", "Pia /en/peer/general here",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if p.At != "/en/peer/general" || p.After != v.born+".0" || p.Alone {
		t.Errorf("the page is %+v", p)
	}
}

func TestStamp(t *testing.T) {
	s := reader(t).stamp(time.Date(2026, 11, 23, 20, 0, 0, 0, time.UTC))
	if s.ISO != "2026-11-23T20:00:00Z" || !strings.Contains(s.Text, "UTC") {
		t.Errorf("got %+v", s)
	}
}
