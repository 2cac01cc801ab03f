package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"runtime/debug"
	"slices"
	"time"

	"peerbot/chat"
	"peerbot/storage"
)

// step is one part of a call's way. Its error becomes a reply further out.
type step func(context.Context, *visit) (chat.Reply, error)

// chain puts the layers round the last step, the first outermost.
func chain(last step, layers ...func(step) step) step {
	for _, layer := range slices.Backward(layers) {
		last = layer(last)
	}
	return last
}

// act is the innermost step.
func act(ctx context.Context, v *visit) (chat.Reply, error) { return v.act(ctx, v) }

// recovered makes an answer with a reference of a panic.
func (r *Router) recovered(next step) step {
	return func(ctx context.Context, v *visit) (reply chat.Reply, err error) {
		defer func() {
			if p := recover(); p != nil {
				reply, err = r.failed(v, panicked(p)), nil
			}
		}()
		return next(ctx, v)
	}
}

// panicked is a panic as an error: where it was, and nothing that a person wrote.
func panicked(p any) error {
	what := fmt.Sprintf("%T", p)
	if e, ok := p.(runtime.Error); ok {
		what = e.Error()
	}
	return fmt.Errorf("panic: %s\n%s", what, debug.Stack())
}

// logged notes what was called and how it came out, and nothing of who or where.
func (r *Router) logged(next step) step {
	return func(ctx context.Context, v *visit) (chat.Reply, error) {
		began := time.Now()
		reply, err := next(ctx, v)
		r.log.Info("call", slog.String("command", v.name()), slog.String("platform", v.At.Platform),
			slog.Duration("took", time.Since(began)), slog.String("outcome", v.ended))
		return reply, err
	}
}

// name is the command for the log.
func (v *visit) name() string {
	if v.node == nil {
		return "-"
	}
	return v.node.key()
}

// answered makes a reply of an error, puts every reply into words and keeps what
// stands behind its buttons.
func (r *Router) answered(next step) step {
	return func(ctx context.Context, v *visit) (chat.Reply, error) {
		reply, err := next(ctx, v)
		if err != nil {
			reply = r.sorry(v, err)
		}
		printed, err := r.print(ctx, v, reply)
		if err != nil {
			return r.failed(v, err), nil
		}
		return printed, nil
	}
}

// timed bounds the work of a command.
func (r *Router) timed(next step) step {
	return func(ctx context.Context, v *visit) (chat.Reply, error) {
		ctx, stop := context.WithTimeout(ctx, r.timeout)
		defer stop()
		return next(ctx, v)
	}
}

// limited lets nobody, and no room, take all the time there is.
func (r *Router) limited(next step) step {
	return func(ctx context.Context, v *visit) (chat.Reply, error) {
		a, p := v.At, v.From
		busy := !r.people.admit([3]string{p.Platform, p.ID}, v.Time)
		if !a.Direct() {
			busy = !r.rooms.admit([3]string{a.Platform, a.Space, a.Room}, v.Time) || busy
		}
		if busy {
			refusal := chat.Refuse(chat.Busy, "engine.busy")
			refusal.Offers = r.help(v)
			return chat.Reply{}, refusal
		}
		return next(ctx, v)
	}
}

// fetched brings what the call stands for from the store: the ticket on its card and
// the form that the person is in.
func (r *Router) fetched(next step) step {
	return func(ctx context.Context, v *visit) (chat.Reply, error) {
		if v.card != "" {
			if err := r.fetchTicket(ctx, v); err != nil {
				return chat.Reply{}, err
			}
		}
		if v.draft == nil && v.inForm() {
			if err := r.recall(ctx, v); err != nil {
				return chat.Reply{}, err
			}
		}
		return next(ctx, v)
	}
}

// knows fills in who the person is here. Whoever asked for nothing in particular is
// answered even when that cannot be found out.
func (r *Router) knows(next step) step {
	return func(ctx context.Context, v *visit) (chat.Reply, error) {
		v.Lang = v.tag
		if err := r.known.Know(ctx, v.Call); err != nil && v.node != nil {
			return chat.Reply{}, fmt.Errorf("know who calls: %w", err)
		}
		v.Lang = r.words.Match(v.Lang)
		return next(ctx, v)
	}
}

// authorized refuses whoever lacks the duty.
func (r *Router) authorized(next step) step {
	return func(ctx context.Context, v *visit) (chat.Reply, error) {
		if v.node != nil && !v.node.allowed(v.Role) {
			return chat.Reply{}, r.denied(v)
		}
		return next(ctx, v)
	}
}

// once lets a call, and a single-use offer, have one effect: its receipts travel in
// the transaction of the effect, and with them the audit record and the end of the
// form.
func (r *Router) once(next step) step {
	return func(ctx context.Context, v *visit) (chat.Reply, error) {
		if v.node == nil {
			return next(ctx, v)
		}
		err := r.store.View(ctx, func(s storage.Reader) error { return r.received(s, v) })
		if err != nil {
			return chat.Reply{}, err
		}
		return next(storage.Also(ctx, func(tx storage.Tx) error { return r.receive(tx, v) }), v)
	}
}

// receipts are the names under which the call's effect is noted.
func (r *Router) receipts(v *visit) []string {
	names := []string{r.callID(v.Call)}
	if v.ticket != nil && v.ticket.Once != "" {
		names = append(names, v.ticket.Once)
	}
	return names
}

// received is storage.ErrDone when the call has had its effect.
func (r *Router) received(s storage.Reader, v *visit) error {
	for _, name := range r.receipts(v) {
		_, err := r.kept.receipts.Get(s, name)
		if err == nil {
			return storage.ErrDone
		}
		if !errors.Is(err, storage.ErrNotFound) {
			return fmt.Errorf("look for a receipt: %w", err)
		}
	}
	return nil
}

func (r *Router) receive(tx storage.Tx, v *visit) error {
	if err := r.received(tx, v); err != nil {
		return err
	}
	for _, name := range r.receipts(v) {
		if err := r.kept.receipts.Put(tx, name, receipt{Until: v.Time.Add(receiptTerm)}); err != nil {
			return fmt.Errorf("write a receipt: %w", err)
		}
	}
	if err := r.record(tx, v); err != nil {
		return err
	}
	v.effect = true
	return r.forget(tx, v)
}

// record writes the audit record of a command that has one.
func (r *Router) record(tx storage.Tx, v *visit) error {
	if !v.node.Audit {
		return nil
	}
	a := audit{Home: v.Home, Actor: r.vault.ID("actor", v.From.Platform, v.From.ID), Action: v.node.key(), At: v.Time}
	if err := r.kept.audits.Put(tx, r.callID(v.Call), a); err != nil {
		return fmt.Errorf("write an audit record: %w", err)
	}
	return nil
}
