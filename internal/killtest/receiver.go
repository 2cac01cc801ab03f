package killtest

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"sync"
	"testing"
	"time"
)

// Receiver is where letters arrive. It outlives the program that sends them.
type Receiver struct {
	dedups bool
	delay  func() time.Duration

	mu         sync.Mutex
	messages   map[string]int // How often each message arrived, by its id.
	letters    map[string]int // How often each letter arrived, alone or among others.
	recognised int
}

// NewReceiver is a Receiver that recognises a message that it has had by its id, or
// does not. delay is how long it takes before and after a message has arrived.
func NewReceiver(dedups bool, delay func() time.Duration) *Receiver {
	return &Receiver{dedups: dedups, delay: delay, messages: map[string]int{}, letters: map[string]int{}}
}

// Take receives a message with the letters that it is made of.
func (r *Receiver) Take(id string, letters ...string) (ref string) {
	time.Sleep(r.delay())
	defer time.Sleep(r.delay())
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.dedups && r.messages[id] > 0 {
		r.recognised++
		return "ref of " + id
	}
	r.messages[id]++
	for _, letter := range letters {
		r.letters[letter]++
	}
	return "ref of " + id
}

// Letters is how often each letter arrived.
func (r *Receiver) Letters() map[string]int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return maps.Clone(r.letters)
}

// Repeated is how many messages arrived more than once, and Recognised how many were
// sent more than once and known.
func (r *Receiver) Repeated() (n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, times := range r.messages {
		n += times - 1
	}
	return n
}

// Recognised is how many messages were known when they came again.
func (r *Receiver) Recognised() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.recognised
}

// parcel is a message on a Line.
type parcel struct {
	ID      string   `json:"id"`
	Letters []string `json:"letters"`
}

// Listen takes messages from Lines on a port of the loopback until the test ends, and
// returns its address.
func (r *Receiver) Listen(t testing.TB) (address string) {
	t.Helper()
	var config net.ListenConfig
	l, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var open sync.WaitGroup
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
		open.Wait()
	})
	open.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			open.Go(func() { r.serve(conn) })
		}
	})
	return l.Addr().String()
}

// serve takes one message. A program that is killed leaves half of one, or does not
// wait for the answer.
func (r *Receiver) serve(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	var p parcel
	if json.NewDecoder(conn).Decode(&p) == nil {
		_ = json.NewEncoder(conn).Encode(r.Take(p.ID, p.Letters...))
	}
}

// Line is a way to a Receiver in another process.
type Line struct{ Address string }

// Send delivers a message with the letters that it is made of.
func (l Line) Send(ctx context.Context, id string, letters ...string) (ref string, err error) {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", l.Address)
	if err != nil {
		return "", fmt.Errorf("killtest: %w", err)
	}
	defer func() { _ = conn.Close() }()
	if err = json.NewEncoder(conn).Encode(parcel{id, letters}); err == nil {
		err = json.NewDecoder(conn).Decode(&ref)
	}
	if err != nil {
		return "", fmt.Errorf("killtest: send: %w", err)
	}
	return ref, nil
}
