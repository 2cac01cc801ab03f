package discordtest

import (
	"bytes"
	"compress/zlib"
	"encoding/json"
	"errors"
	"io"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// lastWords is for how long a closed connection waits for the other side to end it. A
// client may hold its locks until then, as discordgo does for a second, and inside a
// bubble time stands still while another goroutine waits for them: so a close frame
// is not answered at once.
const lastWords = 2 * time.Second

// conn is one connection to the gateway. Two goroutines own it: one reads, one writes
// what the others queue.
type conn struct {
	s        *Server
	ws       *websocket.Conn
	resumeAt bool      // it came to resume_gateway_url
	greeting *greeting // what it gets in place of READY
	session  *session
	compress bool
	beat     *time.Timer
	minute   time.Time
	received int // payloads since minute

	mu    sync.Mutex
	queue []frame
	wake  chan struct{}
	done  chan struct{}
	once  sync.Once
}

// frame is a payload, or the end with a code.
type frame struct {
	text   []byte
	code   int
	reason string
}

func newConn(s *Server, ws *websocket.Conn, resume bool) *conn {
	c := &conn{s: s, ws: ws, resumeAt: resume, wake: make(chan struct{}, 1), done: make(chan struct{})}
	c.beat = time.AfterFunc(c.patience(), func() { c.close(4009, "Session timed out.") })
	return c
}

// patience is for how long nothing may be heard of the other side.
func (c *conn) patience() time.Duration { return c.s.opt.Heartbeat * 3 / 2 }

func (c *conn) write(text []byte) { c.push(frame{text: text}) }

func (c *conn) close(code int, reason string) { c.push(frame{code: code, reason: reason}) }

func (c *conn) push(f frame) {
	c.mu.Lock()
	c.queue = append(c.queue, f)
	c.mu.Unlock()
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

func (c *conn) take() []frame {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := c.queue
	c.queue = nil
	return all
}

// drop ends the connection without a word.
func (c *conn) drop() {
	c.once.Do(func() {
		close(c.done)
		_ = c.ws.UnderlyingConn().Close()
	})
}

func (c *conn) writeAll() {
	defer c.s.busy.Done()
	for {
		select {
		case <-c.wake:
		case <-c.done:
			return
		}
		for _, f := range c.take() {
			if !c.put(f) {
				return
			}
		}
	}
}

// put writes a frame and tells whether more may follow.
func (c *conn) put(f frame) bool {
	if f.code != 0 {
		last := websocket.FormatCloseMessage(f.code, f.reason)
		_ = c.ws.WriteControl(websocket.CloseMessage, last, time.Now().Add(lastWords))
		_ = c.ws.UnderlyingConn().SetReadDeadline(time.Now().Add(lastWords))
		return false
	}
	if c.silent() {
		return true
	}
	kind, text := websocket.TextMessage, f.text
	if c.compressed(len(text)) {
		kind, text = websocket.BinaryMessage, deflate(text)
	}
	return c.ws.WriteMessage(kind, text) == nil
}

func (c *conn) silent() bool {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	return c.s.zombie
}

// compressed: who asked for it gets what is long compressed.
func (c *conn) compressed(n int) bool {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	return c.compress && n > 1024
}

func deflate(text []byte) []byte {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	_, _ = w.Write(text) // into memory
	_ = w.Close()
	return b.Bytes()
}

// packet is a payload from the other side.
type packet struct {
	Op   *int            `json:"op"`
	Data json.RawMessage `json:"d"`
}

func (c *conn) readAll() {
	defer c.s.busy.Done()
	code := c.read()
	c.beat.Stop()
	c.s.mu.Lock()
	if c.session != nil && (code == websocket.CloseNormalClosure || code == websocket.CloseGoingAway) {
		delete(c.s.sessions, c.session.id)
	}
	c.leave(time.Now())
	c.s.mu.Unlock()
	if code != 0 {
		_ = c.ws.UnderlyingConn().SetReadDeadline(time.Now().Add(lastWords))
		_, _ = io.Copy(io.Discard, c.ws.UnderlyingConn())
	}
	c.drop()
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	delete(c.s.conns, c)
}

// leave parts the connection from its session, which waits for a RESUME.
func (c *conn) leave(now time.Time) {
	if c.session != nil && c.session.conn == c {
		c.session.conn, c.session.left = nil, now
	}
	c.session = nil
}

// read takes payloads until the connection ends, and tells the code it was closed
// with by the other side.
func (c *conn) read() (code int) {
	for {
		_, text, err := c.ws.ReadMessage()
		var end *websocket.CloseError
		if errors.As(err, &end) {
			return end.Code
		}
		if err != nil {
			return 0
		}
		var p packet
		if len(text) > 4096 || json.Unmarshal(text, &p) != nil || p.Op == nil {
			c.close(4002, "Error while decoding payload.")
			continue
		}
		c.s.mu.Lock()
		c.s.hear(c, *p.Op, p.Data)
		c.s.mu.Unlock()
	}
}
