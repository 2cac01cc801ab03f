package bot

import (
	"context"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"io"
	"log/slog"
	"strings"
	"sync"

	"peerbot/chat"
	"peerbot/storage"
)

// sorry makes a reply of an error. A Refusal is for the person; of anything else they
// see what it means for them and the reference under which it was logged.
func (r *Router) sorry(v *visit, err error) chat.Reply {
	quiet := !v.limits.Aside
	var refusal *chat.Refusal
	if errors.As(err, &refusal) {
		v.ended = "refused " + string(refusal.Why)
		return chat.Reply{Body: refusal.Say, Offers: refusal.Offers, Private: quiet}
	}
	if errors.Is(err, storage.ErrDone) {
		v.ended = "already"
		return chat.Reply{Body: chat.Say("engine.already"), Private: quiet}
	}
	return chat.Reply{Body: fault(err, r.report(v, err)), Private: quiet}
}

// fault says what a fault of ours means for the person.
func fault(err error, reference string) chat.Rich {
	ref := chat.Text("reference", reference)
	switch {
	case errors.Is(err, storage.ErrFull):
		return chat.Say("engine.fault.full", ref)
	case errors.Is(err, storage.ErrReadOnly):
		return chat.Say("engine.fault.read_only", ref)
	case errors.Is(err, storage.ErrConflict):
		return chat.Say("engine.fault.conflict", ref)
	case errors.Is(err, storage.ErrClosed) || errors.Is(err, context.Canceled):
		return chat.Say("engine.fault.closing", ref)
	case errors.Is(err, context.DeadlineExceeded):
		return chat.Say("engine.fault.slow", ref)
	}
	return chat.Say("engine.fault.other", ref)
}

// failed is the last resort: words alone, which need no store.
func (r *Router) failed(v *visit, err error) chat.Reply {
	return chat.Reply{Body: r.words.Put(r.words.Match(v.Lang), v.Zone, fault(err, r.report(v, err))), Private: !v.limits.Aside}
}

// report logs an error under a fresh reference.
func (r *Router) report(v *visit, err error) (reference string) {
	v.ended = "failed"
	reference = r.rand.reference()
	r.log.Error("call failed", slog.String("reference", reference), slog.String("command", v.name()),
		slog.String("platform", v.At.Platform), slog.Any("error", err))
	return reference
}

// dice are the randomness of an engine, shared by its goroutines.
type dice struct {
	mu   sync.Mutex
	from io.Reader
}

// roll returns eight random bytes, or zeros where there is no randomness to be had:
// nothing that is made of them has to be a secret.
func (d *dice) roll() (b [8]byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, err := io.ReadFull(d.from, b[:]); err != nil {
		return [8]byte{}
	}
	return b
}

// reference is short enough to be read out.
func (d *dice) reference() string {
	b := d.roll()
	return strings.ToLower(base32.StdEncoding.EncodeToString(b[:5]))
}

// fraction is a number from 0 to 1, without 1.
func (d *dice) fraction() float64 {
	b := d.roll()
	return float64(binary.BigEndian.Uint64(b[:])>>11) / (1 << 53)
}
