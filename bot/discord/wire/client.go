package wire

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/textproto"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/bwmarrin/discordgo"
)

// DefaultAPI is where Discord is.
const DefaultAPI = "https://discord.com"

// apiVersion is the version of the API that is spoken.
const apiVersion = "/api/v10"

// rotation is how long buckets are kept. The library keeps each, some 450 bytes, for
// ever.
const rotation = time.Hour

// Client asks the REST API.
type Client struct {
	base  string
	token string
	plain *http.Client       // plain knows no token.
	rest  *discordgo.Session // rest carries the requests.

	mu      sync.Mutex
	buckets map[string]*Bucket
	born    time.Time // born is when the first of the buckets was.
}

// ClientOptions say whom a Client asks.
type ClientOptions struct {
	API     string // API is the address of Discord or of a proxy, with or without /api and a version; DefaultAPI when empty.
	Token   string // Token is without "Bot ".
	Dial    func(ctx context.Context, network, addr string) (net.Conn, error)
	Witness func(said time.Time) // Witness is told the time of each answer; it may be nil.
}

var apiPath = regexp.MustCompile(`(/api)?(/v[0-9]+)?/*$`)

// NewClient makes a Client. Its error is about the API's address.
func NewClient(o ClientOptions) (*Client, error) {
	if o.API == "" {
		o.API = DefaultAPI
	}
	u, err := url.Parse(o.API)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, errors.New("discord.api_url is no web address such as " + DefaultAPI)
	}
	u.Path = apiPath.ReplaceAllString(u.Path, "")
	t := newTransport(o.Dial, o.Token, o.Witness)
	c := &Client{
		base: strings.TrimSuffix(u.String(), "/") + apiVersion, token: o.Token,
		plain: &http.Client{Transport: t.next, Timeout: answerTime}, buckets: map[string]*Bucket{},
	}
	c.rest = c.session(&http.Client{Transport: t, Timeout: answerTime})
	return c, nil
}

// session is a Session of the library with everything of its own accord turned off.
func (c *Client) session(h *http.Client) *discordgo.Session {
	s, err := discordgo.New("Bot " + c.token)
	if err != nil {
		panic(err) // it has none to give
	}
	s.Client, s.StateEnabled = h, false
	s.LogLevel = -1 // it would print to the standard log
	s.ShouldRetryOnRateLimit, s.MaxRestRetries = false, 0
	s.UserAgent = "DiscordBot (https://github.com/bwmarrin/discordgo, " + discordgo.VERSION + ") peerbot"
	return s
}

// Bucket is a limit of Discord's, with one request in flight. The library waits for
// its turn whatever becomes of the context, and has one bucket for the answers to all
// interactions, so that 100 edits of 50 ms take five seconds; each has its own here,
// which is kept by nobody but its owner.
type Bucket struct {
	of    *discordgo.Bucket
	turn  chan struct{}
	spent bool // spent: the last request took what the limit left, so that the next has waited.
}

// NewBucket makes a Bucket.
func NewBucket() *Bucket {
	return &Bucket{of: discordgo.NewRatelimiter().GetBucket(""), turn: make(chan struct{}, 1)}
}

// lock waits for the turn, and for the limit to be open. The turn is given back by
// receiving from b.turn.
func (c *Client) lock(ctx context.Context, b *Bucket) error {
	select {
	case b.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	if wait := c.wait(b); wait > 0 && !sleep(ctx, wait) {
		<-b.turn
		return ctx.Err()
	}
	return nil
}

// wait is how long the limit stays closed.
func (c *Client) wait(b *Bucket) time.Duration {
	b.of.Lock()
	defer b.of.Unlock()
	return c.rest.Ratelimiter.GetWaitTime(b.of, 1)
}

// bucket is the one that a request counts towards.
func (c *Client) bucket(r Request) *Bucket {
	if r.Own != nil {
		return r.Own
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := time.Now(); now.Sub(c.born) > rotation {
		c.buckets, c.born = map[string]*Bucket{}, now
	}
	b := c.buckets[r.Bucket]
	if b == nil {
		b = NewBucket()
		c.buckets[r.Bucket] = b
	}
	return b
}

// Close ends the connections that nobody uses.
func (c *Client) Close() { c.plain.CloseIdleConnections() }

// Request is one request to the API.
type Request struct {
	Method, Path string
	Bucket       string  // Bucket names the limit that the request counts towards: route and room.
	Own          *Bucket // Own is that limit where it is not shared.
	Body         any     // Body is sent as JSON; nil is none.
	Files        []File
}

// File goes along with a request.
type File struct {
	Name, Type string
	Open       func() (io.ReadCloser, error)
}

// Error is an answer other than success.
type Error struct {
	Status  int           // Status is 0 where nothing was asked.
	Code    int           // Code is one of https://docs.discord.com/developers/topics/opcodes-and-status-codes#json.
	Message string        // Message is Discord's own, and says nothing of what was sent.
	After   time.Duration // After is how long to wait, where Discord says so.
}

func (e *Error) Error() string { return fmt.Sprintf("HTTP %d (%d: %s)", e.Status, e.Code, e.Message) }

// Do asks, and reads the answer into out unless that is nil. The error is an *Error
// when Discord answered; no address and no token stands in it.
func (c *Client) Do(ctx context.Context, r Request, out any) error {
	body, kind, err := r.encode()
	if err != nil {
		return err
	}
	b := c.bucket(r)
	if err := c.lock(ctx, b); err != nil {
		return err
	}
	defer func() { <-b.turn }()
	if b.spent {
		ctx = atOnce(ctx)
	}
	locked := c.rest.Ratelimiter.LockBucketObject(b.of)
	raw, err := c.rest.RequestWithLockedBucket(r.Method, c.base+r.Path, kind, body, locked, 0, discordgo.WithContext(ctx))
	b.spent = c.wait(b) > 0
	if err != nil {
		return c.understand(err)
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(raw, out); err != nil {
		return errors.New("an answer that is no JSON of this kind")
	}
	return nil
}

func (r Request) encode() (body []byte, kind string, err error) {
	kind = "application/json"
	if r.Body != nil {
		if body, err = json.Marshal(r.Body); err != nil {
			return nil, "", fmt.Errorf("encode a request: %w", err)
		}
	}
	if len(r.Files) == 0 {
		return body, kind, nil
	}
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	if err := part(form, `form-data; name="payload_json"`, kind, bytes.NewReader(body)); err != nil {
		return nil, "", err
	}
	for i, f := range r.Files {
		if err := f.part(form, i); err != nil {
			return nil, "", fmt.Errorf("read a file to send: %w", err)
		}
	}
	err = form.Close()
	return b.Bytes(), form.FormDataContentType(), err
}

func (f File) part(form *multipart.Writer, i int) error {
	from, err := f.Open()
	if err != nil {
		return err
	}
	defer func() { _ = from.Close() }()
	name := strings.NewReplacer(`"`, "", `\`, "", "\r", "", "\n", "").Replace(f.Name)
	return part(form, `form-data; name="files[`+strconv.Itoa(i)+`]"; filename="`+name+`"`, f.Type, from)
}

func part(form *multipart.Writer, disposition, kind string, from io.Reader) error {
	w, err := form.CreatePart(textproto.MIMEHeader{"Content-Disposition": {disposition}, "Content-Type": {kind}})
	if err != nil {
		return err
	}
	_, err = io.Copy(w, from)
	return err
}

// understand makes an *Error of what the library says, where Discord answered.
func (c *Client) understand(err error) error {
	var limited *discordgo.RateLimitError
	if errors.As(err, &limited) {
		return &Error{Status: http.StatusTooManyRequests, Message: "too fast", After: limited.RetryAfter + cutOff}
	}
	var answer *discordgo.RESTError
	if !errors.As(err, &answer) {
		return hide(err, c.token)
	}
	e := &Error{Status: answer.Response.StatusCode, After: after(answer.Response.Header)}
	if answer.Message != nil {
		e.Code, e.Message = answer.Message.Code, answer.Message.Message
	}
	return e
}

func after(h http.Header) time.Duration {
	if h.Get("Retry-After") == "" {
		return 0
	}
	return retryAfter(h)
}

// Fetch opens what stands at an address that Discord told, such as an attachment,
// at most limit bytes of it. The token does not go along.
func (c *Client) Fetch(ctx context.Context, address string, limit int64) (io.ReadCloser, error) {
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, errors.New("an address that cannot be read")
	}
	resp, err := c.plain.Do(q)
	if err != nil {
		return nil, hide(err, c.token)
	}
	if resp.StatusCode != http.StatusOK {
		_ = resp.Body.Close()
		return nil, &Error{Status: resp.StatusCode, Message: "fetch a file"}
	}
	return http.MaxBytesReader(nil, resp.Body, limit), nil
}

// GatewayBot is where the gateway is, and how many sessions may still be started.
type GatewayBot struct {
	URL   string `json:"url"`
	Limit struct {
		Total     int   `json:"total"`
		Remaining int   `json:"remaining"`
		After     int64 `json:"reset_after"` // in milliseconds
	} `json:"session_start_limit"`
}

// GatewayBot asks for it.
func (c *Client) GatewayBot(ctx context.Context) (GatewayBot, error) {
	var bot GatewayBot
	err := c.Do(ctx, Request{Method: http.MethodGet, Path: "/gateway/bot", Bucket: "gateway"}, &bot)
	if err == nil && bot.URL == "" {
		err = errors.New("the address in discord.api_url answers, but not as Discord does")
	}
	return bot, err
}
