package web

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/net/html"

	"peerbot/bot"
	"peerbot/chat"
	"peerbot/locales"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	_ bot.Platform  = (*Web)(nil)
	_ bot.Editor    = (*Web)(nil)
	_ bot.Publisher = (*Web)(nil)
	_ bot.Deduper   = (*Web)(nil)
)

var catalogue = sync.OnceValues(locales.Load)

// oracle is a bot that answers as the test says, and remembers what it was asked.
type oracle struct {
	answer   func(*chat.Call) chat.Reply
	complete func(*chat.Call, string, string) []chat.Choice

	mu    sync.Mutex
	calls []*chat.Call
	ended error
}

func (o *oracle) Call(ctx context.Context, c *chat.Call) chat.Reply {
	defer func() {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.ended = ctx.Err()
	}()
	o.mu.Lock()
	o.calls = append(o.calls, c)
	o.mu.Unlock()
	if o.answer == nil {
		return chat.Reply{}
	}
	return o.answer(c)
}

func (o *oracle) Complete(_ context.Context, c *chat.Call, option, typed string) []chat.Choice {
	return o.complete(c, option, typed)
}

func (o *oracle) Notice(context.Context, chat.Notice) error { return nil }

// cut is why the last call had no more time; nil when it had.
func (o *oracle) cut() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.ended
}

// last is what was asked last.
func (o *oracle) last() *chat.Call {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.calls) == 0 {
		return nil
	}
	return o.calls[len(o.calls)-1]
}

// house is a Web that runs over connections in memory, in a bubble.
type house struct {
	*Web
	t      *testing.T
	wire   *wire
	client *http.Client
	leave  context.CancelFunc
	ended  chan struct{} // ended is closed when Run has returned.
}

// inHouse runs a test in a bubble, with a Web that an oracle answers for.
func inHouse(t *testing.T, o *oracle, test func(t *testing.T, h *house)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { test(t, build(t, o, "general", "late-night")) })
}

func build(t *testing.T, o *oracle, rooms ...string) *house {
	words, err := catalogue()
	if err != nil {
		t.Fatal(err)
	}
	h := &house{t: t, wire: newWire(), ended: make(chan struct{})}
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	if h.Web, err = New(Options{Listener: h.wire, Words: words, Rooms: rooms, Log: log}); err != nil {
		t.Fatal(err)
	}
	h.client = &http.Client{
		Transport:     &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return h.wire.dial(ctx) }},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	ctx, leave := context.WithCancel(t.Context())
	h.leave = leave
	go func() {
		defer close(h.ended)
		if err := h.Run(ctx, o); err != nil {
			t.Errorf("run: %v", err)
		}
	}()
	t.Cleanup(func() {
		leave()
		<-h.ended
		h.client.CloseIdleConnections()
	})
	return h
}

// visit is one request and what came of it.
type visit struct {
	*http.Response
	body string
}

func (h *house) do(r *http.Request) visit {
	h.t.Helper()
	answer, err := h.client.Do(r)
	if err != nil {
		h.t.Fatalf("%s %s: %v", r.Method, r.URL.Path, err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	return visit{answer, string(body)}
}

func (h *house) request(method, path string, body io.Reader, head ...string) *http.Request {
	h.t.Helper()
	r, err := http.NewRequestWithContext(h.t.Context(), method, "http://localhost"+path, body)
	if err != nil {
		h.t.Fatal(err)
	}
	for ; len(head) > 1; head = head[2:] {
		r.Header.Set(head[0], head[1])
	}
	return r
}

func (h *house) get(path string, head ...string) visit {
	h.t.Helper()
	return h.do(h.request("GET", path, nil, head...))
}

func (h *house) post(path string, form url.Values, head ...string) visit {
	h.t.Helper()
	head = append([]string{"Content-Type", "application/x-www-form-urlencoded"}, head...)
	return h.do(h.request("POST", path, strings.NewReader(form.Encode()), head...))
}

// page is a page as a browser reads it.
func (h *house) page(path string) *html.Node {
	h.t.Helper()
	v := h.get(path)
	if v.StatusCode != http.StatusOK {
		h.t.Fatalf("%s: %s", path, v.Status)
	}
	return parsed(h.t, v.body)
}

func parsed(t testing.TB, text string) *html.Node {
	t.Helper()
	n, err := html.Parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func (h *house) posts(path string) []read {
	h.t.Helper()
	return readPosts(h.page(path))
}

// tell sends a message and returns its reference.
func (h *house) tell(to chat.Address, id string, m chat.Message) string {
	h.t.Helper()
	ref, err := h.Send(h.t.Context(), to, id, m)
	if err != nil {
		h.t.Fatalf("send: %v", err)
	}
	return ref
}

func (h *house) general() chat.Address { return h.room("general") }

func says(text string) chat.Message { return chat.Message{Body: chat.Words(text)} }

// rest lets everything happen that follows from what was done.
func rest() {
	time.Sleep(time.Second)
	synctest.Wait()
}
