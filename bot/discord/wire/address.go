package wire

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
)

// errElsewhere refuses a connection to where the library no longer should go; it
// then asks for the address anew, which it does on no other occasion.
var errElsewhere = errors.New("the session is resumed at another address")

// dial connects to the gateway and taps the connection. The library is told an
// address without TLS, so that the tap sits where it can read.
func (g *Gateway) dial(_ context.Context, network, addr string) (net.Conn, error) {
	g.mu.Lock()
	ctx, target, asked := g.opening, g.target, g.asked
	g.mu.Unlock()
	if target != asked {
		return nil, errElsewhere
	}
	u, err := url.Parse(target)
	if err != nil {
		return nil, fmt.Errorf("the gateway's address: %w", err)
	}
	secure := u.Scheme == "wss"
	if secure && u.Port() == "" {
		addr = net.JoinHostPort(u.Hostname(), "443")
	}
	c, err := g.Dial(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	if secure {
		t := tls.Client(c, &tls.Config{ServerName: u.Hostname(), NextProtos: []string{"http/1.1"}})
		if err := t.HandshakeContext(ctx); err != nil {
			_ = c.Close()
			return nil, err
		}
		c = t
	}
	t := newTap(c)
	g.mu.Lock()
	g.tap = t
	g.mu.Unlock()
	if ctx.Err() != nil {
		g.cut()
	}
	return t, nil
}

// address answers the one request that the library makes by itself: where the
// gateway is.
type address struct{ *Gateway }

func (a address) RoundTrip(q *http.Request) (*http.Response, error) {
	a.mu.Lock()
	target := a.target
	a.asked = target
	a.mu.Unlock()
	body, err := json.Marshal(map[string]string{"url": strings.Replace(target, "wss://", "ws://", 1)})
	if err != nil {
		return nil, err
	}
	return &http.Response{
		StatusCode: http.StatusOK, Status: "200 OK", Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{}, Body: io.NopCloser(strings.NewReader(string(body))), Request: q,
	}, nil
}
