package telegram_test

import (
	"context"
	"errors"
	"net"
	"sync"
	"sync/atomic"

	"peerbot/storage"
)

// errKilled is what everything answers after a kill.
var errKilled = errors.New("killed")

// mortal is a store and a network that are gone after so many writes, as they are for
// a program that is killed. The last write is on the disk or it is not; nobody is told.
type mortal struct {
	storage.Store
	dial func(context.Context, string, string) (net.Conn, error)
	left atomic.Int64
	torn bool          // torn: the last write is on the disk.
	dead chan struct{} // dead is closed by the kill.

	mu    sync.Mutex
	conns []net.Conn
}

func (m *mortal) Update(ctx context.Context, fn func(storage.Tx) error) error {
	left := m.left.Add(-1)
	if left < 0 {
		<-m.dead // The kill comes with the last write, and nobody hears of anything before.
		return errKilled
	}
	if left > 0 || m.torn {
		if err := m.Store.Update(ctx, fn); err != nil || left > 0 {
			return err
		}
	}
	m.kill()
	return errKilled
}

func (m *mortal) View(ctx context.Context, fn func(storage.Reader) error) error {
	if m.left.Load() <= 0 {
		<-m.dead
		return errKilled
	}
	return m.Store.View(ctx, fn)
}

func (m *mortal) kill() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, c := range m.conns {
		_ = c.Close()
	}
	close(m.dead)
}

func (m *mortal) Dial(ctx context.Context, network, addr string) (net.Conn, error) {
	c, err := m.dial(ctx, network, addr)
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.left.Load() <= 0 {
		return nil, errKilled
	}
	if err == nil {
		m.conns = append(m.conns, c)
	}
	return c, err
}
