package web

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"strings"
	"sync"
	"testing"
)

// event is one event as a page takes it in.
type event struct{ id, kind, data string }

// brings is the message that the event brings, as it is sent.
func (e event) brings(t testing.TB) (id, html string) {
	t.Helper()
	var data struct{ ID, HTML string }
	if err := json.Unmarshal([]byte(e.data), &data); err != nil {
		t.Fatalf("%q: %v", e.data, err)
	}
	return data.ID, `<ol id="messages">` + data.HTML + "</ol>"
}

// post is the message that the event brings.
func (e event) post(t testing.TB) read {
	t.Helper()
	id, html := e.brings(t)
	posts := readPosts(parsed(t, html))
	if len(posts) == 0 {
		return read{id: id}
	}
	return posts[0]
}

// listener is a page that is open.
type listener struct {
	hang   context.CancelFunc
	ended  chan struct{}
	mu     sync.Mutex
	events []event
	last   string // last is the id that a browser would send.
}

// listen opens a page's stream of events.
func (h *house) listen(page string, head ...string) *listener {
	h.t.Helper()
	ctx, hang := context.WithCancel(h.t.Context())
	l := &listener{hang: hang, ended: make(chan struct{})}
	r := h.request("GET", page, nil, head...).WithContext(ctx)
	go func() {
		defer close(l.ended)
		answer, err := h.client.Do(r)
		if err != nil {
			return
		}
		defer func() { _ = answer.Body.Close() }()
		l.read(answer.Body)
	}()
	h.t.Cleanup(l.close)
	return l
}

// close closes the page.
func (l *listener) close() {
	l.hang()
	<-l.ended
}

// read takes events in as the standard says.
func (l *listener) read(from io.Reader) {
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, 1<<20)
	var e event
	for lines.Scan() {
		field, value, _ := strings.Cut(lines.Text(), ": ")
		switch field {
		case "id":
			e.id = value
		case "event":
			e.kind = value
		case "data":
			e.data = value
		case "":
			l.dispatch(e)
			e = event{}
		}
	}
}

func (l *listener) dispatch(e event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e.id != "" {
		l.last = e.id
	}
	if e.kind != "" {
		l.events = append(l.events, e)
	}
}

// take is what has come, which is taken away.
func (l *listener) take() []event {
	l.mu.Lock()
	defer l.mu.Unlock()
	taken := l.events
	l.events = nil
	return taken
}

func (l *listener) position() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.last
}
