package wire

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	// Discord bans an address for 10,000 invalid requests in ten minutes:
	// https://docs.discord.com/developers/topics/rate-limits#invalid-request-limit-aka-cloudflare-bans.
	maxInvalid  = 100
	invalidSpan = 10 * time.Minute
	// cutOff makes up for the fraction of a millisecond that the library cuts off.
	cutOff = 5 * time.Millisecond
	// answerTime bounds a request with its answer.
	answerTime = 20 * time.Second
)

// transport carries every request of the adapter. It paces them, stops when Discord
// turns too many away, and mends what the library does not understand.
type transport struct {
	next    http.RoundTripper
	pacer   *pacer
	breaker breaker
	witness func(said time.Time)
	token   string

	mu   sync.Mutex
	hold time.Time // hold: nothing that is paced goes out before.
}

func newTransport(dial func(ctx context.Context, network, addr string) (net.Conn, error), token string, witness func(time.Time)) *transport {
	next := &http.Transport{
		Proxy: http.ProxyFromEnvironment, DialContext: dial, ForceAttemptHTTP2: true,
		MaxIdleConnsPerHost: 256, IdleConnTimeout: 90 * time.Second, TLSHandshakeTimeout: 10 * time.Second,
	}
	return &transport{next: next, pacer: newPacer(), witness: witness, token: token}
}

// RoundTrip sends a request when its turn has come. Answers to interactions are
// outside the global limit and wait for nothing.
func (t *transport) RoundTrip(q *http.Request) (*http.Response, error) {
	if !answersPerson(q.URL.Path) {
		if err := t.turn(q.Context()); err != nil {
			return nil, err
		}
	}
	resp, err := t.next.RoundTrip(q)
	if err != nil {
		return nil, hide(err, t.token)
	}
	t.note(resp)
	mend(resp)
	return resp, nil
}

// answersPerson reports whether a request is an answer to an interaction. See
// https://docs.discord.com/developers/interactions/receiving-and-responding#endpoints.
func answersPerson(path string) bool {
	return strings.Contains(path, "/interactions/") || strings.Contains(path, "/webhooks/")
}

func (t *transport) turn(ctx context.Context) error {
	if wait := t.breaker.wait(time.Now()); wait > 0 {
		return &Error{Message: "too many requests were turned away; waiting", After: wait}
	}
	t.mu.Lock()
	hold := time.Until(t.hold)
	t.mu.Unlock()
	if hold > 0 && !sleep(ctx, hold) {
		return ctx.Err()
	}
	return t.pacer.wait(ctx)
}

// note takes from an answer what the library does not: the time, the 429 that is
// about everything, and that a request was turned away.
func (t *transport) note(resp *http.Response) {
	if said, err := http.ParseTime(resp.Header.Get("Date")); err == nil && t.witness != nil {
		t.witness(said)
	}
	scope := resp.Header.Get("X-RateLimit-Scope")
	switch resp.StatusCode {
	case http.StatusUnauthorized, http.StatusForbidden:
		t.breaker.count(time.Now())
	case http.StatusTooManyRequests:
		if scope != "shared" { // others caused that one
			t.breaker.count(time.Now())
		}
		if scope == "global" || resp.Header.Get("X-RateLimit-Global") != "" {
			t.mu.Lock()
			t.hold = time.Now().Add(retryAfter(resp.Header))
			t.mu.Unlock()
		}
	}
}

// retryAfter is how long an answer asks to wait: a second where it cannot be read, and
// no longer than an hour, after which asking does no harm.
func retryAfter(h http.Header) time.Duration {
	seconds, err := strconv.ParseFloat(h.Get("Retry-After"), 64)
	if err != nil || !(seconds >= 0) {
		return time.Second
	}
	return time.Duration(min(seconds, time.Hour.Seconds()) * float64(time.Second))
}

// mend makes of an answer one that the library understands.
func mend(resp *http.Response) {
	if after, err := strconv.ParseFloat(resp.Header.Get("X-RateLimit-Reset-After"), 64); err == nil {
		resp.Header.Set("X-RateLimit-Reset-After", fmt.Sprintf("%.3f", after+cutOff.Seconds()))
	}
	switch {
	case resp.StatusCode == http.StatusBadGateway: // it makes a text of it, and 503 an error
		resp.StatusCode, resp.Status = http.StatusServiceUnavailable, "503 Service Unavailable"
	case resp.StatusCode == http.StatusTooManyRequests && !strings.Contains(resp.Header.Get("Content-Type"), "json"):
		_ = resp.Body.Close()
		body := fmt.Sprintf(`{"retry_after": %.3f}`, retryAfter(resp.Header).Seconds())
		resp.Body = io.NopCloser(bytes.NewReader([]byte(body)))
	}
}

// breaker counts the requests that Discord turned away.
type breaker struct {
	mu   sync.Mutex
	at   [maxInvalid]time.Time // at are the last ones, as a ring.
	next int                   // next is the oldest.
}

func (b *breaker) count(now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.at[b.next] = now
	b.next = (b.next + 1) % maxInvalid
}

// wait is how long nothing may be asked: until the oldest of too many is long ago.
func (b *breaker) wait(now time.Time) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.at[b.next].IsZero() {
		return 0
	}
	return max(0, b.at[b.next].Add(invalidSpan).Sub(now))
}

// hide takes the address, which holds ids and the keys to answers, and the token out
// of an error.
func hide(err error, token string) error {
	var u *url.Error
	for errors.As(err, &u) {
		err = u.Err
	}
	if token == "" || err == nil || !strings.Contains(err.Error(), token) {
		return err
	}
	return errors.New(strings.ReplaceAll(err.Error(), token, "…"))
}
