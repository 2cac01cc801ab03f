package wire

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"net"
	"strconv"
	"sync"
	"time"
)

// Opcodes of the gateway, as in
// https://docs.discord.com/developers/topics/opcodes-and-status-codes#gateway.
const (
	opReconnect    = 7
	opInvalid      = 9
	opHello        = 10
	opHeartbeatAck = 11
)

// maxPatience is how many heartbeats' time may pass without an acknowledgement; the
// library waits for five.
const maxPatience = 1.5

// writeTime is how long a write may take.
const writeTime = 10 * time.Second

// Why a connection ended.
var (
	errReconnect = errors.New("the gateway asked to connect anew")
	errForgotten = errors.New("the session is not known any more")
	errResumable = errors.New("the session cannot go on yet")
	errLeft      = errors.New("the bot has left")
	errSilent    = errors.New("no heartbeat was answered in time")
)

// Closed is a connection that Discord closed.
type Closed struct{ Code int }

func (c *Closed) Error() string {
	return "the gateway closed the connection with code " + strconv.Itoa(c.Code)
}

// tap is a connection to the gateway that listens in on what Discord says of the
// connection itself. The library hears none of that but sees a failed read, after
// which it is in order, wherever it was; and it writes nothing any more, so that the
// 1000 with which it closes does not end the session.
type tap struct {
	net.Conn
	frames frames // frames belongs to the one who reads.

	mu      sync.Mutex
	why     error         // why it ended, nil while it lives.
	every   time.Duration // every is the time between two heartbeats.
	watched bool
}

func newTap(c net.Conn) *tap { return &tap{Conn: c} }

// Read passes on what comes before the word that ends the connection.
func (t *tap) Read(p []byte) (int, error) {
	if err := t.ended(); err != nil {
		return 0, err
	}
	n, err := t.Conn.Read(p)
	used, verdict := t.frames.feed(p[:n], t.hear)
	switch {
	case verdict != nil:
		t.end(verdict)
		n, err = used, nil
	case err != nil:
		var late net.Error
		if errors.As(err, &late) && late.Timeout() {
			err = errSilent
		}
		t.end(err)
	}
	if n > 0 {
		return n, nil
	}
	return 0, errors.Join(err, t.ended())
}

// Write writes nothing after the end, and does not wait long for a dead link, for
// which the library sets no deadline.
func (t *tap) Write(p []byte) (int, error) {
	if err := t.ended(); err != nil {
		return 0, err
	}
	_ = t.SetWriteDeadline(time.Now().Add(writeTime))
	return t.Conn.Write(p)
}

// hear understands a frame; its error ends the connection.
func (t *tap) hear(kind byte, payload []byte) error {
	if kind == frameClose {
		if len(payload) < 2 {
			return &Closed{}
		}
		return &Closed{Code: int(binary.BigEndian.Uint16(payload))}
	}
	var word struct {
		Op   int             `json:"op"`
		Data json.RawMessage `json:"d"`
	}
	if err := json.Unmarshal(payload, &word); err != nil {
		return nil //nolint:nilerr // The library says what it thinks of it.
	}
	switch word.Op {
	case opReconnect:
		return errReconnect
	case opInvalid:
		if string(word.Data) == "true" {
			return errResumable
		}
		return errForgotten
	case opHello:
		t.greeted(word.Data)
	case opHeartbeatAck:
		t.acknowledged()
	}
	return nil
}

func (t *tap) greeted(data []byte) {
	var hello struct {
		Every int `json:"heartbeat_interval"` // in milliseconds
	}
	if json.Unmarshal(data, &hello) != nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.every = time.Duration(hello.Every) * time.Millisecond
}

// watch begins to expect an acknowledgement every now and then. The library sends
// the first heartbeat as soon as it is open.
func (t *tap) watch() {
	t.mu.Lock()
	t.watched = true
	t.mu.Unlock()
	t.acknowledged()
}

func (t *tap) acknowledged() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.watched && t.every > 0 && t.why == nil {
		_ = t.SetReadDeadline(time.Now().Add(time.Duration(maxPatience * float64(t.every))))
	}
}

// end closes the connection for the first reason there is.
func (t *tap) end(why error) {
	t.mu.Lock()
	first := t.why == nil
	if first {
		t.why = why
	}
	t.mu.Unlock()
	if first {
		_ = t.Conn.Close()
	}
}

// Close ends the connection, for the library.
func (t *tap) Close() error {
	t.end(net.ErrClosed)
	return nil
}

// leave closes the connection for good: with code 1000, after which Discord forgets
// the session. The mask of the frame is zero.
func (t *tap) leave() {
	_, _ = t.Write([]byte{0x80 | frameClose, 0x80 | 2, 0, 0, 0, 0, 1000 >> 8, 1000 & 0xff})
	t.end(errLeft)
}

func (t *tap) ended() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.why
}

const (
	frameText  = 1
	frameClose = 8
	// maxWord bounds what Discord says of the connection, in bytes; whatever is longer
	// is an event and none of the tap's business.
	maxWord = 512
)

// frames takes apart what a server sends on a WebSocket, RFC 6455, section 5.2: first
// the answer over HTTP, then frames, which a server does not mask.
type frames struct {
	upgraded bool
	blank    int    // blank counts how much of the empty line after the HTTP head was seen.
	head     []byte // head is the header of the frame, as far as it was seen.
	left     uint64 // left is how much of the payload is still to come.
	payload  []byte
	inside   bool // inside a payload.
}

// feed takes bytes, and calls on for each small frame. It stops at the error of on,
// and used is then where that frame begins.
func (f *frames) feed(b []byte, on func(kind byte, payload []byte) error) (used int, err error) {
	at, begin := 0, 0
	for at < len(b) || f.inside && f.left == 0 {
		switch {
		case !f.upgraded:
			f.skipHTTP(b[at])
			at++
		case !f.inside:
			if len(f.head) == 0 {
				begin = at
			}
			f.header(b[at])
			at++
		default:
			at += f.take(b[at:])
		}
		if f.inside && f.left == 0 {
			if err := f.whole(on); err != nil {
				return begin, err
			}
		}
	}
	return at, nil
}

// skipHTTP looks for the empty line.
func (f *frames) skipHTTP(c byte) {
	if c == "\r\n\r\n"[f.blank] {
		f.blank++
	} else if f.blank = 0; c == '\r' {
		f.blank = 1
	}
	f.upgraded = f.blank == 4
}

// header takes a byte of the header, and begins the payload after the last.
func (f *frames) header(c byte) {
	f.head = append(f.head, c)
	if len(f.head) < 2 {
		return
	}
	size := f.head[1] & 0x7f
	switch need := map[byte]int{126: 4, 127: 10}[size]; {
	case need == 0:
		f.left = uint64(size)
	case len(f.head) < need:
		return
	case need == 4:
		f.left = uint64(binary.BigEndian.Uint16(f.head[2:]))
	default:
		f.left = binary.BigEndian.Uint64(f.head[2:])
	}
	f.inside, f.payload = true, nil
	if f.left <= maxWord {
		f.payload = make([]byte, 0, f.left)
	}
}

// take consumes what belongs to the payload.
func (f *frames) take(b []byte) int {
	n := int(min(f.left, uint64(len(b))))
	if f.payload != nil {
		f.payload = append(f.payload, b[:n]...)
	}
	f.left -= uint64(n)
	return n
}

// whole ends a frame. Only a text in one piece and a close say something.
func (f *frames) whole(on func(byte, []byte) error) error {
	kind, final, payload := f.head[0]&0x0f, f.head[0]&0x80 != 0, f.payload
	f.inside, f.head, f.payload = false, f.head[:0], nil
	if payload == nil || !final || kind != frameText && kind != frameClose {
		return nil
	}
	return on(kind, payload)
}
