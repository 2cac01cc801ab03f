package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"peerbot/chat"
)

// texts are what the events bring, in their order.
func texts(t testing.TB, events []event) []string {
	t.Helper()
	out := []string{}
	for _, e := range events {
		if e.kind != "post" {
			t.Fatalf("got the event %q", e.kind)
		}
		out = append(out, e.post(t).text)
	}
	return out
}

func TestEveryOpenPageGetsEachMessageOnce(t *testing.T) {
	inHouse(t, &oracle{}, func(t *testing.T, h *house) {
		const pages = 200
		var open []*listener
		for i := range pages {
			open = append(open, h.listen(fmt.Sprintf("/en/%s/general/events?after=%s", people[i%len(people)].id, h.born+".0")))
		}
		rest()
		var want []string
		for i := range 20 {
			h.tell(h.general(), fmt.Sprint(i), says(fmt.Sprint("number ", i)))
			want = append(want, fmt.Sprint("number ", i))
		}
		rest()
		for i, l := range open {
			if diff := cmp.Diff(want, texts(t, l.take())); diff != "" {
				t.Fatalf("page %d: %s", i, diff)
			}
		}
	})
}

func TestSleepingPageCatchesUp(t *testing.T) {
	inHouse(t, &oracle{}, func(t *testing.T, h *house) {
		open := h.listen("/en/peer/general/events?after=" + h.born + ".0")
		rest()
		open.close() // The computer sleeps, and so does its connection.
		var want []string
		for i := range 60 {
			time.Sleep(time.Minute)
			h.tell(h.general(), fmt.Sprint(i), says(fmt.Sprint("minute ", i)))
			want = append(want, fmt.Sprint("minute ", i))
		}
		awake := h.listen("/en/peer/general/events?after=" + h.born + ".0")
		rest()
		if diff := cmp.Diff(want, texts(t, awake.take())); diff != "" {
			t.Error(diff)
		}
	})
}

// A connection on which nothing happens stays, and knows by its heartbeats how far it
// has seen, though nothing was for it.
func TestQuietPageStaysConnected(t *testing.T) {
	inHouse(t, &oracle{}, func(t *testing.T, h *house) {
		l := h.listen("/en/peer/general/events")
		rest()
		h.tell(people[2].chat().Private(), "secret", says("for the mentor"))
		time.Sleep(time.Hour)
		h.tell(h.general(), "late", says("still here"))
		synctest.Wait()
		if diff := cmp.Diff([]string{"still here"}, texts(t, l.take())); diff != "" {
			t.Error(diff)
		}
		h.tell(people[2].chat().Private(), "secret 2", says("for the mentor"))
		time.Sleep(heartbeat)
		synctest.Wait()
		if want := h.born + ".3"; l.position() != want {
			t.Errorf("the page knows of %q, want %q", l.position(), want)
		}
	})
}

// A page that takes nothing in holds up neither the bot nor anybody else, and is let go.
func TestPageThatNeverReads(t *testing.T) {
	inHouse(t, &oracle{}, func(t *testing.T, h *house) {
		deaf, err := h.wire.dial(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = deaf.Close() }()
		if _, err := fmt.Fprintf(deaf, "GET /en/host/general/events HTTP/1.1\r\nHost: localhost\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		l := h.listen("/en/peer/general/events")
		rest()
		began := time.Now()
		for i := range 100 {
			h.tell(h.general(), fmt.Sprint(i), says(strings.Repeat("long ", 1000)))
		}
		synctest.Wait()
		if took := time.Since(began); took > 0 {
			t.Errorf("sending waits for %v", took)
		}
		if n := len(l.take()); n != 100 {
			t.Errorf("another page gets %d of 100 messages", n)
		}
		time.Sleep(slowTime + time.Second)
		synctest.Wait()
		if _, err := deaf.Write([]byte("x")); err == nil {
			t.Error("the page that does not read is still connected")
		}
	})
}

func TestAgain(t *testing.T) {
	inHouse(t, &oracle{}, func(t *testing.T, h *house) {
		for i := range most + 10 {
			h.tell(h.general(), fmt.Sprint(i), says("x"))
		}
		for _, after := range []string{"other.5", h.born + ".9", h.born + ".99999", h.born + ".x", h.born + ".-1", "x", h.born} {
			l := h.listen("/en/peer/general/events?after=" + url.QueryEscape(after))
			rest()
			events := l.take()
			if len(events) != 1 || events[0].kind != "again" {
				t.Errorf("after %q comes %d events, the first is %v", after, len(events), events)
			}
		}
		l := h.listen("/en/peer/general/events", "Last-Event-ID", h.born+".10")
		rest()
		if n := len(l.take()); n != most {
			t.Errorf("the oldest position that can be resumed brings %d messages, want %d", n, most)
		}
	})
}

func TestStreamsEndAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := build(t, &oracle{}, "general")
		l := h.listen("/en/peer/general/events")
		rest()
		began := time.Now()
		h.leave()
		<-l.ended
		if took := time.Since(began); took > time.Second {
			t.Errorf("the stream ends after %v", took)
		}
	})
}

func last(b *board) int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.last
}

// What one person alone sees makes no noise on another page: neither private answers
// nor the form that they opened.
func TestOnlyWhoMaySees(t *testing.T) {
	o := &oracle{answer: func(c *chat.Call) chat.Reply {
		switch c.Press {
		case "":
			return chat.Reply{Body: chat.Words("shall I?"), Offers: [][]chat.Offer{{{Label: chat.Words("Change"), Payload: "change"}}}}
		case "change":
			return chat.Reply{Replace: true, Ask: &chat.Offer{Path: []string{"plan"}, Payload: "filled"}}
		}
		return chat.Reply{Body: chat.Words("wrong"), Private: true, Replace: true}
	}}
	inHouse(t, o, func(t *testing.T, h *house) {
		peer, host := h.listen("/en/peer/general/events"), h.listen("/en/host/general/events")
		h.post("/en/peer/general/call", url.Values{"path": {"plan"}})
		rest()
		id := peer.take()[0].post(t).id
		host.take()
		for _, step := range []struct {
			press       string
			forms, text string
		}{{"change", "a form", "shall I?"}, {"filled", "none", "wrong"}} {
			h.post("/en/peer/general/press", url.Values{"payload": {step.press}, "post": {id}})
			rest()
			if events := host.take(); len(events) > 0 {
				t.Errorf("%s: the host hears of %v", step.press, texts(t, events))
			}
			events := peer.take()
			if first := events[0].post(t); first.id != id || (first.form != nil) != (step.forms == "a form") || first.text != "shall I?" {
				t.Errorf("%s: the message is now %+v", step.press, first)
			}
			if text := events[len(events)-1].post(t).text; text != step.text {
				t.Errorf("%s: got %q, want %q", step.press, text, step.text)
			}
		}
		if posts := h.posts("/en/host/general"); len(posts) != 1 || posts[0].form != nil || posts[0].text != "shall I?" {
			t.Errorf("the host sees %+v", posts)
		}
	})
}

func TestEventsAreUncached(t *testing.T) {
	inHouse(t, &oracle{}, func(t *testing.T, h *house) {
		r := h.request("GET", "/en/peer/general/events", nil)
		answer, err := h.client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = answer.Body.Close() }()
		if got := answer.Header.Get("Content-Type"); got != "text/event-stream" || answer.StatusCode != http.StatusOK {
			t.Errorf("got %s, %s", answer.Status, got)
		}
	})
}
