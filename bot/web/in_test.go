package web

import (
	"bytes"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"peerbot/chat"
)

func TestCalls(t *testing.T) {
	general := chat.Address{Platform: "web", Space: "web", Room: "general"}
	peer := chat.Person{Platform: "web", ID: "peer"}
	for _, test := range []struct {
		name, to string
		form     url.Values
		want     chat.Call
	}{
		{"a line", "/en/peer/general/say", url.Values{"text": {" /meetings "}},
			chat.Call{Text: "/meetings", From: peer, At: general, Role: chat.Member, Lang: "en"}},
		{"talk", "/es/peer/private/say", url.Values{"text": {"hola"}},
			chat.Call{Text: "hola", From: peer, At: peer.Private(), Role: chat.Member, Lang: "es"}},
		{"a button", "/en/peer/general/press", url.Values{"payload": {"abc"}, "post": {"m1"}},
			chat.Call{Press: "abc", From: peer, At: general, Role: chat.Member, Lang: "en"}},
		{"a form", "/en/peer/general/press", url.Values{"payload": {"abc"}, "o.b": {"2"}, "o.a": {"1"}, "o.c": {"  "}, "x": {"y"}},
			chat.Call{Press: "abc", Args: []chat.Arg{{Name: "a", Value: "1"}, {Name: "b", Value: "2"}, {Name: "c"}}, From: peer, At: general, Role: chat.Member, Lang: "en"}},
		{"a command", "/en/moderator/general/call", url.Values{"path": {"meeting add"}, "o.title": {"Tea"}, "o.when": {" "}},
			chat.Call{Path: []string{"meeting", "add"}, Args: []chat.Arg{{Name: "title", Value: "Tea"}}, At: general, Lang: "en",
				From: chat.Person{Platform: "web", ID: "moderator"}, Role: chat.Member | chat.Moderator | chat.Admin}},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := &oracle{}
			inHouse(t, o, func(t *testing.T, h *house) {
				if v := h.post(test.to, test.form); v.StatusCode != http.StatusSeeOther {
					t.Fatal(v.Status)
				}
				test.want.Reachable, test.want.Time = true, time.Now()
				got := o.last()
				if diff := cmp.Diff(&test.want, got, cmpopts.IgnoreFields(chat.Call{}, "ID"), cmpopts.IgnoreFields(chat.Person{}, "Name"), cmpopts.EquateEmpty()); diff != "" {
					t.Error(diff)
				}
				if got.ID == "" || got.From.Name == "" {
					t.Errorf("the call lacks an id or a name: %+v", got)
				}
				h.post(test.to, test.form)
				if o.last().ID == got.ID {
					t.Error("another call has the same id")
				}
			})
		})
	}
}

// Several people talk with each other, and the bot hears them.
func TestTalk(t *testing.T) {
	o := &oracle{}
	inHouse(t, o, func(t *testing.T, h *house) {
		first := h.post("/en/peer/general/say", url.Values{"text": {"good evening"}}).Header.Get("Location")
		h.post("/en/host/general/say", url.Values{"text": {"welcome"}})
		h.post("/en/host/private/say", url.Values{"text": {"to the bot alone"}})
		h.post("/en/host/general/say", url.Values{"text": {"/shrug oh well"}})
		posts := h.posts("/en/peer/general")
		if got := []string{posts[0].text, posts[1].text, posts[2].text}; !cmp.Equal(got, []string{"good evening", "welcome", "/shrug oh well"}) {
			t.Errorf("the room reads %q", got)
		}
		if want := "/en/peer/general#" + posts[0].id; first != want {
			t.Errorf("it leads to %s, want %s", first, want)
		}
		if len(o.calls) != 4 {
			t.Errorf("the bot heard %d lines, want 4", len(o.calls))
		}
		if posts := h.posts("/en/peer/private"); len(posts) > 0 {
			t.Errorf("the peer reads the host's private chat: %v", posts)
		}
	})
}

func TestScriptIsAnsweredByEventsAlone(t *testing.T) {
	o := &oracle{answer: func(*chat.Call) chat.Reply { return chat.Reply{Body: chat.Words("here")} }}
	inHouse(t, o, func(t *testing.T, h *house) {
		l := h.listen("/en/peer/general/events")
		rest()
		v := h.post("/en/peer/general/say", url.Values{"text": {"/x"}}, "Accept", "application/json")
		if v.StatusCode != http.StatusNoContent || v.body != "" {
			t.Errorf("got %s, %q", v.Status, v.body)
		}
		rest()
		if diff := cmp.Diff([]string{"here"}, texts(t, l.take())); diff != "" {
			t.Error(diff)
		}
		v = h.post("/es/peer/general/say", url.Values{"text": {""}}, "Accept", "application/json")
		var answer map[string]string
		if err := json.Unmarshal([]byte(v.body), &answer); err != nil || v.StatusCode != http.StatusBadRequest {
			t.Fatalf("%s: %v", v.Status, err)
		}
		if diff := cmp.Diff(map[string]string{"sorry": said(t, "es", "web.sorry.empty")}, answer); diff != "" {
			t.Error(diff)
		}
	})
}

// A text of a megabyte is refused in words, wherever it is put, and changes nothing.
func TestPaste(t *testing.T) {
	o := &oracle{}
	inHouse(t, o, func(t *testing.T, h *house) {
		for _, size := range []int{maxText + 1, 1 << 20, maxBody + 1} {
			paste := strings.Repeat("x", size)
			for act, form := range map[string]url.Values{
				"say": {"text": {paste}}, "press": {"payload": {"p"}, "o.x": {paste}}, "call": {"path": {"p"}, "o.x": {paste}},
			} {
				v := h.post("/en/peer/general/"+act, form)
				if v.StatusCode != http.StatusRequestEntityTooLarge || !strings.Contains(text(v.body), said(t, "en", "web.sorry.long")) {
					t.Errorf("%s of %d: %s", act, size, v.Status)
				}
			}
		}
		if o.last() != nil || last(h.board) > 0 {
			t.Error("it changed something")
		}
		h.post("/en/peer/general/say", url.Values{"text": {strings.Repeat("ñ", maxText)}})
		if o.last() == nil {
			t.Error("the longest text is refused")
		}
	})
}

// text is all text of a page.
func text(body string) string { return words(must(body)) }

func TestUpload(t *testing.T) {
	o := &oracle{}
	inHouse(t, o, func(t *testing.T, h *house) {
		for _, test := range []struct {
			size   int
			status int
		}{{11, http.StatusSeeOther}, {maxUpload, http.StatusSeeOther}, {maxUpload + 1, http.StatusRequestEntityTooLarge}, {maxUpload + maxBody, http.StatusRequestEntityTooLarge}} {
			var body bytes.Buffer
			form := multipart.NewWriter(&body)
			_ = form.WriteField("path", "import")
			_ = form.WriteField("o.title", "groups")
			part, _ := form.CreateFormFile("o.file", `../../etc/gro"ups.csv`)
			_, _ = part.Write(bytes.Repeat([]byte("a"), test.size))
			_, _ = form.CreateFormFile("o.none", "")
			_ = form.Close()
			v := h.do(h.request("POST", "/en/host/general/call", &body, "Content-Type", form.FormDataContentType()))
			if v.StatusCode != test.status {
				t.Fatalf("%d bytes: %s", test.size, v.Status)
			}
		}
		c := o.last()
		if len(o.calls) != 2 || len(c.Args) != 2 || c.Args[0].Name != "file" || c.Args[0].Value != `gro"ups.csv` {
			t.Fatalf("got %d calls, the last with %+v", len(o.calls), c.Args)
		}
		for range 2 { // It can be read more than once.
			from, err := c.Args[0].File.Open()
			if err != nil {
				t.Fatal(err)
			}
			content, err := io.ReadAll(from)
			if err != nil || int64(len(content)) != c.Args[0].File.Size || len(content) != maxUpload {
				t.Errorf("read %d bytes: %v", len(content), err)
			}
		}
	})
}

// What is pressed on a message that is not there, not one's own, or has no such button
// is for the bot to judge, and the answer takes nothing's place.
func TestForgedPress(t *testing.T) {
	o := &oracle{answer: func(c *chat.Call) chat.Reply {
		return chat.Reply{Body: chat.Words("That button works no longer."), Replace: true}
	}}
	inHouse(t, o, func(t *testing.T, h *house) {
		m := says("pick")
		m.Offers = [][]chat.Offer{{{Label: chat.Words("One"), Payload: "one"}}}
		h.tell(h.general(), "1", m)
		h.tell(people[3].chat().Private(), "2", m)
		h.tell(h.room("late-night"), "3", m)
		for _, forged := range []url.Values{
			{"payload": {"forged"}, "post": {"m1"}}, {"payload": {"one"}, "post": {"m2"}}, {"payload": {"one"}, "post": {"m3"}},
			{"payload": {"one"}, "post": {"m99"}}, {"payload": {"one"}, "post": {"<b>"}}, {"payload": {"one"}},
		} {
			h.post("/en/peer/general/press", forged)
		}
		v := h.post("/en/peer/general/press", url.Values{"payload": {strings.Repeat("x", maxPress+1)}})
		if v.StatusCode != http.StatusBadRequest || len(o.calls) != 6 {
			t.Errorf("a payload that nobody was given: %s, %d calls", v.Status, len(o.calls))
		}
		for _, page := range []string{"/en/peer/general", "/en/host/private", "/en/peer/late-night"} {
			if got := h.posts(page)[0]; got.text != "pick" {
				t.Errorf("%s now reads %q", page, got.text)
			}
		}
		h.post("/en/peer/general/press", url.Values{"payload": {"one"}, "post": {"m1"}})
		if got := h.posts("/en/peer/general")[0]; got.text != "That button works no longer." {
			t.Errorf("a press leaves %q", got.text)
		}
	})
}

// Two tabs are two people, at once.
func TestTwoTabs(t *testing.T) {
	o := &oracle{answer: func(c *chat.Call) chat.Reply { return chat.Reply{Body: chat.Words("for " + c.From.ID), Private: true} }}
	inHouse(t, o, func(t *testing.T, h *house) {
		for range 3 {
			h.post("/en/newcomer/general/say", url.Values{"text": {"/me"}})
			h.post("/es/moderator/general/say", url.Values{"text": {"/me"}})
		}
		for _, tab := range []struct{ page, sees string }{{"/en/newcomer/general", "for newcomer"}, {"/es/moderator/general", "for moderator"}} {
			posts := h.posts(tab.page)
			if len(posts) != 3 {
				t.Errorf("%s shows %d messages", tab.page, len(posts))
			}
			for _, p := range posts {
				if p.text != tab.sees {
					t.Errorf("%s shows %q", tab.page, p.text)
				}
			}
		}
	})
}

func TestComplete(t *testing.T) {
	var asked *chat.Call
	o := &oracle{complete: func(c *chat.Call, option, typed string) []chat.Choice {
		asked = c
		if option != "zone" || typed != "ber" {
			t.Errorf("asked for %q, %q", option, typed)
		}
		many := []chat.Choice{{Value: "Europe/Berlin", Label: chat.Words("Berlin")}, {Value: "odd", Label: chat.Words("Berlin")}}
		for range 40 {
			many = append(many, chat.Choice{Value: "v", Label: chat.Words("<b>l\u202e")})
		}
		return many
	}, answer: func(*chat.Call) chat.Reply {
		return chat.Reply{Ask: &chat.Offer{Path: []string{"settings"}, Payload: "p q", Bound: []chat.Arg{{Name: "a", Value: "1"}},
			Ask: []chat.Question{{Spec: chat.Zone("zone").Spec(), Label: chat.Words("Zone")}}}}
	}}
	inHouse(t, o, func(t *testing.T, h *house) {
		h.post("/en/peer/general/call", url.Values{"path": {"settings"}})
		where := ""
		for _, n := range all(h.page("/en/peer/general"), hasComplete) {
			where = attr(n, "data-complete")
		}
		v := h.get(where + "&typed=ber")
		var got []map[string]string
		if err := json.Unmarshal([]byte(v.body), &got); err != nil || len(got) != 25 {
			t.Fatalf("%s: %v, %q", where, err, v.body)
		}
		want := []map[string]string{{"value": "Berlin", "label": "Berlin"}, {"value": "odd", "label": "Berlin"}, {"value": "v", "label": "<b>l"}}
		if diff := cmp.Diff(want, got[:3]); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]chat.Arg{{Name: "a", Value: "1"}}, asked.Args); diff != "" || asked.Path[0] != "settings" {
			t.Errorf("asked for %q with %s", asked.Path, diff)
		}
		h.get("/en/host/general/complete?path=settings&option=zone&typed=ber&payload=p+q")
		if len(asked.Args) > 0 {
			t.Error("another person completes a form that is not theirs")
		}
	})
}
