package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"peerbot/bot"
	"peerbot/chat"
)

// slow is a bot that takes its time.
func slow(d time.Duration) *oracle {
	return &oracle{answer: func(*chat.Call) chat.Reply {
		time.Sleep(d)
		return chat.Reply{Body: chat.Words("at last")}
	}}
}

// Calls that were handed over are finished when the program stops, those too that take
// longer than a page waits, and their answers are kept.
func TestRunWaitsForCalls(t *testing.T) {
	for _, takes := range []time.Duration{time.Second, 3 * lastTime} {
		synctest.Test(t, func(t *testing.T) {
			o := slow(takes)
			h := build(t, o, "general")
			go func() {
				answer, err := h.client.PostForm("http://localhost/en/peer/general/call", url.Values{"path": {"x"}})
				if err == nil {
					_ = answer.Body.Close()
				}
			}()
			synctest.Wait()
			began := time.Now()
			h.leave()
			<-h.ended
			if took := time.Since(began); took < takes || o.cut() != nil {
				t.Errorf("it ends after %v, and a call takes %v (%v)", took, takes, o.cut())
			}
			if items := h.board.all(); len(items) != 1 {
				t.Errorf("%d answers are kept", len(items))
			}
			if _, err := h.wire.dial(t.Context()); !errors.Is(err, errRefused) {
				t.Errorf("it can still be called: %v", err)
			}
		})
	}
}

// Whoever leaves the page does not take back what they asked for.
func TestLeavingTakesNothingBack(t *testing.T) {
	o := slow(5 * time.Second)
	inHouse(t, o, func(t *testing.T, h *house) {
		ctx, stop := context.WithTimeout(t.Context(), time.Second)
		defer stop()
		r := h.request("POST", "/en/peer/general/call", strings.NewReader("path=x"), formHead...).WithContext(ctx)
		answer, err := h.client.Do(r)
		if err == nil {
			err = answer.Body.Close()
		}
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Second)
		if o.cut() != nil || len(h.posts("/en/peer/general")) != 1 {
			t.Errorf("the call ended: %v", o.cut())
		}
	})
}

// A page that cannot be served is not tried again in vain.
func TestListenerFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := reader(t)
		if err := v.o.Listener.Close(); err != nil {
			t.Fatal(err)
		}
		var halt *bot.Halt
		if err := v.Run(t.Context(), &oracle{}); !errors.As(err, &halt) || halt.Say == "" {
			t.Errorf("got %v", err)
		}
	})
}

func TestSend(t *testing.T) {
	inHouse(t, &oracle{}, func(t *testing.T, h *house) {
		var bounce *chat.Bounce
		for _, to := range []chat.Address{
			{Platform: "web", Space: "web", Room: "nowhere"}, {Platform: "web", Room: "nobody"}, {Platform: "web", Space: "other", Room: "general"},
			{Platform: "web", Space: "web", Room: "general", Thread: "1"}, {Platform: "web", Space: "web", Room: "private"},
		} {
			if _, err := h.Send(t.Context(), to, "x", says("x")); !errors.As(err, &bounce) || bounce.Fate != chat.Gone {
				t.Errorf("%v: %v", to, err)
			}
		}
		ref := h.tell(h.general(), "a", chat.Message{Body: chat.Words("quietly"), Silent: true})
		if again := h.tell(h.general(), "a", says("louder")); again != ref {
			t.Errorf("the same letter is %q and %q", ref, again)
		}
		if err := h.Edit(t.Context(), h.general(), ref, says("changed")); err != nil {
			t.Fatal(err)
		}
		if p := (viewer{h.Web, "en", people[0], "general"}).page().Posts; len(p) != 1 || !p[0].Silent || !p[0].Edited || p[0].Said != "Peerbot: changed" {
			t.Errorf("got %+v", p)
		}
		for _, ref := range []string{"m1", "old.m1", h.born + ".m9", ""} {
			if err := h.Edit(t.Context(), h.general(), ref, says("x")); !errors.As(err, &bounce) || bounce.Fate != chat.Never {
				t.Errorf("edit of %q: %v", ref, err)
			}
		}
	})
}

// What arrives too slowly is not waited for.
func TestSlowRequest(t *testing.T) {
	inHouse(t, &oracle{}, func(t *testing.T, h *house) {
		for _, begun := range []string{"GET /en/peer", "POST /en/peer/general/say HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\ntext="} {
			c, err := h.wire.dial(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if _, err := c.Write([]byte(begun)); err != nil {
				t.Fatal(err)
			}
			go func() { _, _ = c.Read(make([]byte, http.DefaultMaxHeaderBytes)) }()
			time.Sleep(writeTime + readTime)
			if _, err := c.Write([]byte("x")); err == nil {
				t.Errorf("%q is still waited for", begun)
			}
			_ = c.Close()
		}
	})
}
