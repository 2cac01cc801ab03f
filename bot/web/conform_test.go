package web

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"mime/multipart"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/html"

	"peerbot/bot"
	"peerbot/bot/bottest"
	"peerbot/chat"
)

func TestConform(t *testing.T) {
	bottest.Conform(t, func(t *testing.T) bottest.Stage { return newStage(t) })
}

// stage plays in a browser without script: it reads pages, presses buttons and fills
// forms in, over connections in memory.
type stage struct {
	t      *testing.T
	web    *Web
	wire   *wire
	client *http.Client
	busy   sync.WaitGroup
}

func newStage(t *testing.T) *stage {
	s := &stage{t: t}
	s.client = &http.Client{
		Transport:     &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return s.wire.dial(ctx) }},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	t.Cleanup(func() {
		s.busy.Wait()
		s.client.CloseIdleConnections()
	})
	return s
}

// Start makes a new Web. It is told what stood on the page before, which a new start
// of the program is not: the buttons that the suite presses are those.
func (s *stage) Start() bot.Platform {
	s.client.CloseIdleConnections()
	s.wire = newWire()
	w, err := New(Options{Listener: s.wire, Words: bottest.Words{}, Rooms: []string{"hall", "yard"}, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		s.t.Fatal(err)
	}
	if s.web != nil {
		w.board = s.web.board
	}
	s.web = w
	return w
}

func (s *stage) Dedups() {}

// as is who on the page plays a person of the suite.
func as(who string) string {
	return map[string]string{"ana": "peer", "ben": "mentor", "bea": "host"}[who]
}

func (s *stage) At(who, room string) chat.Address {
	if room == "" {
		return chat.Address{Platform: "web", Room: as(who)}
	}
	return chat.Address{Platform: "web", Space: "web", Room: room}
}

func (s *stage) Call(who, room string, path []string, args ...chat.Arg) {
	form := url.Values{"path": {strings.Join(path, " ")}}
	for _, a := range args {
		form.Set("o."+a.Name, a.Value)
	}
	s.post(address(who, room)+"/call", form)
}

func (s *stage) Say(who, room, text string) {
	s.post(address(who, room)+"/say", url.Values{"text": {text}})
}

// Press presses the newest such button that anybody sees in the room: a page can send
// what stands on another one.
func (s *stage) Press(who, room, label string) {
	for _, of := range []string{who, "ana", "ben"} {
		posts := s.posts(of, room)
		for i := len(posts) - 1; i >= 0; i-- {
			if b := posts[i].button(label); b != nil {
				s.post(address(who, room)+"/press", url.Values{"payload": {b.payload}, "post": {posts[i].id}})
				return
			}
		}
	}
}

func (s *stage) Fill(who, room string, values ...string) {
	posts := s.posts(who, room)
	for i := len(posts) - 1; i >= 0; i-- {
		f := posts[i].form
		if f == nil {
			continue
		}
		for j, value := range values {
			f.values.Set(f.fields[j].name, value)
		}
		s.post(f.action, f.values)
		return
	}
}

// Attach chooses a file in the form of the command, or in the one that is open.
func (s *stage) Attach(who, room string, path []string, f bottest.File) {
	if path != nil {
		s.upload(address(who, room)+"/call", url.Values{"path": {strings.Join(path, " ")}}, "o.paper", f)
		return
	}
	posts := s.posts(who, room)
	for i := len(posts) - 1; i >= 0; i-- {
		if form := posts[i].form; form != nil {
			s.upload(form.action, form.values, form.fields[0].name, f)
			return
		}
	}
}

// upload sends a form with a file, as browsers do.
func (s *stage) upload(to string, form url.Values, field string, f bottest.File) {
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, values := range form {
		if err := w.WriteField(name, values[0]); err != nil {
			s.t.Fatal(err)
		}
	}
	part, err := w.CreateFormFile(field, f.Name)
	if err == nil {
		_, err = io.WriteString(part, f.Content)
	}
	if err = errors.Join(err, w.Close()); err != nil {
		s.t.Fatal(err)
	}
	s.send(to, w.FormDataContentType(), &body)
}

func (s *stage) Sees(who, room string) []bottest.Seen {
	var seen []bottest.Seen
	for _, p := range s.posts(who, room) {
		one := bottest.Seen{Text: p.text}
		for _, b := range p.buttons {
			one.Buttons = append(one.Buttons, b.label)
		}
		if p.form != nil {
			for _, f := range p.form.fields {
				one.Fields = append(one.Fields, f.label)
				one.Buttons = append(one.Buttons, f.choices...)
			}
		}
		seen = append(seen, one)
	}
	return seen
}

func address(who, room string) string {
	if room == "" {
		room = private
	}
	return "/en/" + as(who) + "/" + room
}

// post sends a form and does not wait for what comes of it.
func (s *stage) post(to string, form url.Values) {
	s.send(to, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
}

func (s *stage) send(to, kind string, body io.Reader) {
	s.busy.Go(func() {
		answer, err := s.client.Post("http://localhost"+to, kind, body)
		if err != nil {
			s.t.Errorf("post to %s: %v", to, err)
			return
		}
		_ = answer.Body.Close()
		if answer.StatusCode != http.StatusSeeOther {
			s.t.Errorf("post to %s: %s", to, answer.Status)
		}
	})
}

// posts are the messages on a page.
func (s *stage) posts(who, room string) []read {
	answer, err := s.client.Get("http://localhost" + address(who, room))
	if err != nil {
		s.t.Errorf("get: %v", err)
		return nil
	}
	defer func() { _ = answer.Body.Close() }()
	page, err := html.Parse(answer.Body)
	if err != nil {
		s.t.Errorf("parse the page: %v", err)
		return nil
	}
	return readPosts(page)
}

// wire is a listener in memory.
type wire struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func newWire() *wire { return &wire{conns: make(chan net.Conn), closed: make(chan struct{})} }

func (w *wire) Accept() (net.Conn, error) {
	select {
	case c := <-w.conns:
		return c, nil
	case <-w.closed:
		return nil, net.ErrClosed
	}
}

func (w *wire) Close() error {
	w.once.Do(func() { close(w.closed) })
	return nil
}

func (w *wire) Addr() net.Addr { return pipeAddr{} }

type pipeAddr struct{}

func (pipeAddr) Network() string { return "pipe" }

func (pipeAddr) String() string { return "pipe" }

var errRefused = errors.New("connection refused")

func (w *wire) dial(ctx context.Context) (net.Conn, error) {
	here, there := net.Pipe()
	select {
	case w.conns <- there:
		return here, nil
	case <-w.closed:
		return nil, errRefused
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

var _ io.Closer = (*wire)(nil)
