package discordtest

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"syscall"
)

// Listen lets the Server be reached over TCP too, at a free port of the loopback
// address, and from then on URL and the gateway's address name it.
func (s *Server) Listen() error {
	l, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return err
	}
	s.mu.Lock()
	s.address = l.Addr().String()
	s.mu.Unlock()
	s.busy.Go(func() { _ = s.web.Serve(gate{l, s}) })
	return nil
}

// Dial connects through memory, whatever the address. It is made for the fields
// DialContext of a http.Transport and NetDialContext of a websocket.Dialer.
func (s *Server) Dial(ctx context.Context, _, _ string) (net.Conn, error) {
	if s.isDown() {
		return nil, &net.OpError{Op: "dial", Net: "pipe", Err: syscall.ECONNREFUSED}
	}
	return s.pipe.dial(ctx)
}

// Client is an http.Client that reaches the Server through memory. Its idle
// connections end with the Server.
func (s *Server) Client() *http.Client {
	return &http.Client{Transport: &http.Transport{DialContext: s.Dial, MaxIdleConnsPerHost: 256}}
}

// Down takes the network away: connections end and new ones are refused, until Up.
func (s *Server) Down() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.down = true
	for c := range s.conns {
		c.drop()
	}
}

// Up gives the network back.
func (s *Server) Up() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.down = false
}

func (s *Server) isDown() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.down
}

// gate closes connections while the network is down.
type gate struct {
	net.Listener
	s *Server
}

func (g gate) Accept() (net.Conn, error) {
	for {
		c, err := g.Listener.Accept()
		if err != nil || !g.s.isDown() {
			return c, err
		}
		_ = c.Close()
	}
}

// pipe is a net.Listener in memory.
type pipe struct {
	calls chan net.Conn
	once  sync.Once
	done  chan struct{}
}

func newPipe() *pipe {
	return &pipe{calls: make(chan net.Conn), done: make(chan struct{})}
}

var errClosed = errors.New("discordtest: the server is closed")

func (p *pipe) dial(ctx context.Context) (net.Conn, error) {
	near, far := net.Pipe()
	select {
	case p.calls <- far:
		return near, nil
	case <-p.done:
		return nil, errClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (p *pipe) Accept() (net.Conn, error) {
	select {
	case c := <-p.calls:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *pipe) Close() error {
	p.once.Do(func() { close(p.done) })
	return nil
}

// Addr names the pipe.
func (p *pipe) Addr() net.Addr { return p }

// Network is part of net.Addr.
func (p *pipe) Network() string { return "pipe" }

func (p *pipe) String() string { return Host }
