// Package wire carries requests to the Bot API and works round what the library
// github.com/go-telegram/bot v1.23.0 does not do or does otherwise than we need:
//
//   - it sends every request as multipart/form-data, by a goroutine and a pipe of its
//     own; ours are plain JSON, and only files go through the library
//     (https://github.com/go-telegram/bot/blob/v1.23.0/raw_request.go)
//   - it paces nothing; ours wait for Telegram's published limits, replies first
//   - its errors quote the address, and with it the token, and the body of an answer
//     that it cannot read; ours quote neither
//   - IsTooManyRequestsError and IsMigrateError do not see through wrapping; ours is one
//     type, found by errors.As
//   - its default handlers print whole updates and its poller moves on before an update
//     was handled: neither is ever started
//
// It knows methods by name only, keeps nothing and retries nothing: who asks decides.
package wire

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	telegram "github.com/go-telegram/bot"
)

// Cloud is the address of Telegram's own Bot API server.
const Cloud = "https://api.telegram.org"

// Options are what a Client is made with.
type Options struct {
	Token string
	API   string // API is the server's address; "" is Cloud.
	// Dial opens connections; nil is the network's.
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
	// Witness is told the time of every answer by the server's own clock; it may be nil.
	Witness func(said time.Time)
}

// Client sends requests to one server for one bot. It is safe for many goroutines.
type Client struct {
	base    string // base ends without a slash, and without the token.
	token   string
	http    *http.Client
	pace    *pacer
	lib     *telegram.Bot // lib sends files.
	fetches chan struct{} // fetches has one in it for each file that is on its way here.
	closes  func()
}

// Errors of New. Neither quotes what was given.
var (
	ErrToken = errors.New("this is not a token: it reads 123456789:AbC…, as @BotFather gave it")
	ErrAPI   = errors.New("this is not the address of a server: it reads https://api.telegram.org")
)

// token as @BotFather gives them; nothing in it has to be escaped in an address.
var token = regexp.MustCompile(`^[0-9]{1,20}:[A-Za-z0-9_-]{20,100}$`)

// New makes a Client, and asks the server nothing.
func New(o Options) (*Client, error) {
	if !token.MatchString(o.Token) {
		return nil, ErrToken
	}
	if o.API == "" {
		o.API = Cloud
	}
	base, err := url.Parse(o.API)
	if err != nil || base.Host == "" || base.Scheme != "https" && base.Scheme != "http" {
		return nil, ErrAPI
	}
	through := http.DefaultTransport.(*http.Transport).Clone()
	through.MaxIdleConnsPerHost = 64
	// A line that has died without a word is noticed, and not used again and again.
	through.HTTP2 = &http.HTTP2Config{SendPingTimeout: 15 * time.Second, PingTimeout: 15 * time.Second}
	if o.Dial != nil {
		through.DialContext, through.Proxy = o.Dial, nil
	}
	c := &Client{
		base: strings.TrimRight(o.API, "/"), token: o.Token,
		fetches: make(chan struct{}, fetches), closes: through.CloseIdleConnections,
	}
	c.pace = newPacer(&witnessed{through, o.Witness})
	c.http = &http.Client{Transport: c.pace, CheckRedirect: stay}
	if c.lib, err = c.library(); err != nil {
		return nil, c.redacted("start", err)
	}
	return c, nil
}

// stay follows no redirect: where it leads would be told the token, as the address that
// one comes from.
func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// library is the library's client, mute: it never polls, so it never calls a handler.
func (c *Client) library() (*telegram.Bot, error) {
	return telegram.New(c.token,
		telegram.WithSkipGetMe(), telegram.WithServerURL(c.base), telegram.WithHTTPClient(time.Minute, c.http),
		telegram.WithDefaultHandler(func(context.Context, *telegram.Bot, *Update) {}),
		telegram.WithErrorsHandler(func(error) {}), telegram.WithDebugHandler(func(string, ...any) {}))
}

// Free is when a chat takes its next Letter; what has passed is now.
func (c *Client) Free(chat int64) time.Time { return c.pace.free(chat) }

// Close frees the connections that wait for a next request.
func (c *Client) Close() { c.closes() }

const (
	patience = 30 * time.Second // patience is how long an answer may take.
	maxBody  = 32 << 20         // maxBody bounds an answer, in bytes.
)

// Call asks the server for a method and reads what it answers into result, which may
// be nil. The error is an *Error where the server refused, a *Full where the request
// would have to wait too long, and quotes nothing that was sent.
func (c *Client) Call(ctx context.Context, method string, params, result any) error {
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	return c.call(ctx, method, params, result)
}

func (c *Client) call(ctx context.Context, method string, params, result any) error {
	body, err := json.Marshal(params)
	if err != nil {
		return fmt.Errorf("%s: write the request: %w", method, err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+"/bot"+c.token+"/"+method, bytes.NewReader(body))
	if err != nil {
		return c.redacted(method, err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := c.http.Do(req)
	if err != nil {
		return c.redacted(method, err)
	}
	defer func() { _ = resp.Body.Close() }()
	err = answer(resp, result)
	c.pace.heed(ctx, err)
	return c.redacted(method, err)
}

// answer reads the server's answer.
func answer(resp *http.Response, result any) error {
	var a struct {
		Result json.RawMessage `json:"result"`
		OK     bool            `json:"ok"`
		Error
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody))
	if err == nil {
		err = json.Unmarshal(body, &a)
	}
	switch {
	case err != nil && resp.StatusCode >= http.StatusBadRequest:
		return &Error{Code: resp.StatusCode, Description: http.StatusText(resp.StatusCode)}
	case err != nil:
		return errors.New("the answer cannot be read")
	case !a.OK:
		return &a.Error
	case result == nil:
		return nil
	}
	if json.Unmarshal(a.Result, result) != nil {
		return errors.New("the answer is not what the method gives")
	}
	return nil
}

// witnessed tells the server's time of every answer.
type witnessed struct {
	next    http.RoundTripper
	witness func(time.Time)
}

func (w *witnessed) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := w.next.RoundTrip(req)
	if err == nil && w.witness != nil {
		if said, err := http.ParseTime(resp.Header.Get("Date")); err == nil {
			w.witness(said)
		}
	}
	return resp, err
}
