package telegramtest

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"
)

// Options are what a Server is made with; the zero value will do.
type Options struct {
	Token    string // Token is the bot's; it begins with the bot's id.
	Username string // Username is the bot's, without @.
	// Limits enforces the published limits on sending. Without it nothing is ever too
	// much, but what would have been is counted.
	Limits bool
	// Hook carries what is delivered to the webhook; nil is http.DefaultTransport.
	Hook http.RoundTripper
	// Forget drops what people saw as soon as it was sent, for tests that send a lot.
	Forget bool
}

// The bot's token and name where Options say nothing else.
const (
	Token    = "8000000001:AAF-a-token_that-is_nobodys-at-all0"
	Username = "peer_test_bot"
)

// Server is the Bot API and the world behind it. It is an http.Handler for
// /bot<token>/<method> and /file/bot<token>/<path>. Close it at the end.
type Server struct {
	opts    Options
	spec    *spec
	methods map[string]method
	pipe    *pipe

	ctx    context.Context // ctx ends at Close.
	cancel context.CancelFunc
	served sync.WaitGroup // served are the loops of the listeners and the webhook.
	busy   sync.WaitGroup // busy are the requests; added to under mu while it is open.
	web    *http.Server

	mu         sync.Mutex
	closed     bool
	revoked    bool
	local      bool
	skew       time.Duration
	world      *world
	queue      queue
	hook       hook
	menus      map[string][]Command
	pace       pace
	faults     []*Fault
	counts     Counts
	violations []string
}

// New makes a Server whose world is the one that World describes.
func New(o Options) *Server {
	o.Token, o.Username = cmp.Or(o.Token, Token), cmp.Or(o.Username, Username)
	if o.Hook == nil {
		o.Hook = http.DefaultTransport
	}
	s := &Server{opts: o, spec: described(), pipe: newPipe(), menus: map[string][]Command{}}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.world = newWorld(o)
	s.queue = newQueue()
	s.pace = newPace()
	s.counts = newCounts()
	s.methods = s.table()
	s.web = &http.Server{Handler: s}
	s.serve(s.pipe)
	return s
}

func (s *Server) serve(l net.Listener) {
	s.served.Go(func() {
		_ = s.web.Serve(l) // it ends with ErrServerClosed, at Close
	})
}

// Dial connects through memory, whatever the address; it is a DialContext of an
// http.Transport.
func (s *Server) Dial(ctx context.Context, _, _ string) (net.Conn, error) { return s.pipe.dial(ctx) }

// Client talks to the server through memory, at http://anything. Its connections end
// at Close.
func (s *Server) Client() *http.Client {
	return &http.Client{Transport: &http.Transport{DialContext: s.Dial, MaxIdleConnsPerHost: 64}}
}

// Listen opens a TCP port of this machine and returns the server's address, without
// a slash at the end.
func (s *Server) Listen() (string, error) {
	l, err := (&net.ListenConfig{}).Listen(s.ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("telegramtest: listen: %w", err)
	}
	s.serve(l)
	return "http://" + l.Addr().String(), nil
}

// Close ends every request and every goroutine of the server.
func (s *Server) Close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.cancel()
	_ = s.web.Close()
	_ = s.pipe.Close() // it never fails
	s.served.Wait()
	s.busy.Wait()
}

// Verify fails the test for everything that a real server would have refused or that
// the description of the Bot API does not allow. It says so where there is no
// description to hold the requests against.
func (s *Server) Verify(t testing.TB) {
	t.Helper()
	if s.spec == nil {
		t.Log("no description of the Bot API beside the checkout: requests were held against the length limits alone")
	}
	for _, v := range s.Violations() {
		t.Error("telegram: " + v)
	}
}

// Violations are what Verify fails for, each once, in words without content.
func (s *Server) Violations() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.violations...)
}

// Described reports whether requests are held against a description of the Bot API.
func (s *Server) Described() bool { return s.spec != nil }

// Revoke makes the token as good as a wrong one.
func (s *Server) Revoke() { s.set(func() { s.revoked = true }) }

// Skew shifts the clock that the Date headers show.
func (s *Server) Skew(d time.Duration) { s.set(func() { s.skew = d }) }

func (s *Server) set(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
}
