package bot

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"runtime/debug"
	"time"

	"peerbot/chat"
	"peerbot/storage"
)

// Call answers one call. Every call goes the same way: Recover, Log, Timeout, Limit,
// Know, Authorize, Once; one of a command that answers always is only recovered and
// timed. Talk that is none of the bot's business goes no way at all.
func (r *Router) Call(ctx context.Context, c *chat.Call) chat.Reply { return r.call(ctx, c, nil) }

// call answers one call from the platform, which is asked for rights if it knows them.
func (r *Router) call(ctx context.Context, c *chat.Call, from Platform) (reply chat.Reply) {
	v := r.visit(c)
	v.roster, _ = from.(Roster)
	defer func() {
		if p := recover(); p != nil {
			reply = r.failed(v, panicked(p))
		}
	}()
	if r.sort(ctx, v); v.act == nil && v.card == "" {
		return chat.Reply{}
	}
	if !v.always() {
		defer r.logged(v, time.Now())
	}
	reply, err := r.timed(ctx, v)
	return r.answered(ctx, v, reply, err)
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
func (r *Router) logged(v *visit, began time.Time) {
	r.log.Info("call", slog.String("command", v.name()), slog.String("platform", v.At.Platform),
		slog.Duration("took", time.Since(began)), slog.String("outcome", cmp.Or(v.ended, "failed")))
}

// timed does what was asked for, in its time and behind every check.
func (r *Router) timed(ctx context.Context, v *visit) (chat.Reply, error) {
	ctx, stop := context.WithTimeout(ctx, r.timeout)
	defer stop()
	if !v.always() {
		for _, check := range []func(context.Context, *visit) error{r.limit, r.fetch, r.know, r.authorize, r.unseen} {
			if err := check(ctx, v); err != nil {
				return chat.Reply{}, err
			}
		}
		if v.knocks() {
			v.act = r.knock
		}
		ctx = storage.Also(ctx, func(tx storage.Tx) error { return r.receive(tx, v) })
	}
	reply, err := v.act(ctx, v)
	if v.ended == "" && err == nil {
		v.ended = "done"
	}
	return reply, err
}

// answered makes a reply of an error, puts every reply into words and keeps what
// stands behind its buttons.
func (r *Router) answered(ctx context.Context, v *visit, reply chat.Reply, err error) chat.Reply {
	if err != nil {
		reply = r.sorry(v, err)
	}
	printed, err := r.print(ctx, v, reply)
	if err != nil {
		return r.failed(v, err)
	}
	return printed
}

// limit lets nobody, and no room, take all the time there is.
func (r *Router) limit(_ context.Context, v *visit) error {
	who := [3]string{v.From.Platform, v.From.ID}
	if !v.named() {
		who[2] = v.At.Space
	}
	ok := r.people.admit(who, v.Time)
	if !v.At.Direct() {
		ok = r.rooms.admit([3]string{v.At.Platform, v.At.Space, v.At.Room}, v.Time) && ok
	}
	if ok {
		return nil
	}
	refusal := chat.Refuse(chat.Busy, "engine.busy")
	refusal.Offers = r.help(v)
	return refusal
}

// fetch brings what the call stands for from the store: the ticket on its card, and
// the form that the person is in.
func (r *Router) fetch(ctx context.Context, v *visit) error {
	if v.card != "" {
		if err := r.fetchTicket(ctx, v); err != nil {
			return err
		}
	}
	if v.draft != nil || !v.inForm() {
		return nil
	}
	return r.recall(ctx, v)
}

// know fills in who the person is here. Whoever asked for no command is answered
// even when that cannot be found out.
func (r *Router) know(ctx context.Context, v *visit) error {
	if err := r.known.Know(ctx, v.Call); err != nil && v.node != nil {
		return fmt.Errorf("know who calls: %w", err)
	}
	if v.Lang = r.words.Match(v.Lang); !v.named() {
		v.Member = ""
	}
	return nil
}

// authorize refuses whoever lacks the duty.
func (r *Router) authorize(ctx context.Context, v *visit) error {
	if v.node == nil {
		return nil
	}
	if err := r.recheck(ctx, v); err != nil {
		return fmt.Errorf("ask for somebody's rights: %w", err)
	}
	if !v.node.allowed(v.Role) {
		return r.denied(v, v.node)
	}
	return nil
}

// recheck asks the platform what the caller may do in the community for which they act
// in private, where that matters: for what needs a duty, and for what shows who may what.
// Who does not belong there any more may do nothing. On a platform on which the community
// has no space nobody belongs to it, whatever they chose.
func (r *Router) recheck(ctx context.Context, v *visit) error {
	atlas, ok := r.known.(Atlas)
	matters := !v.node.allowed(0) || !v.node.leaf() || v.node == r.menu
	if !ok || v.roster == nil || !v.At.Direct() || v.Home == "" || !matters {
		return nil
	}
	spaces, err := atlas.Spaces(ctx, v.Home, v.At.Platform)
	if err != nil {
		return err
	}
	if len(spaces) == 0 {
		v.Role &^= chat.Member
		return nil
	}
	var role chat.Role
	for _, space := range spaces {
		here, err := v.roster.Role(ctx, space, v.From)
		if err != nil {
			return err
		}
		role |= here
	}
	if role != 0 {
		role |= v.Role
	}
	v.Role = role
	return nil
}

// unseen ends a press of a single-use offer that has had its effect, whatever the
// command would say now. For any other call its own Update finds out.
func (r *Router) unseen(ctx context.Context, v *visit) error {
	if v.once() == nil {
		return nil
	}
	return r.store.View(ctx, func(s storage.Reader) error { return received(s, v) })
}

// receive travels in the transaction of the call's effect. It makes that the only
// one, by receipts, and brings the audit record and the end of the form.
func (r *Router) receive(tx storage.Tx, v *visit) error {
	if err := received(tx, v); err != nil {
		return err
	}
	if err := sign(tx, v, v.ID); err != nil {
		return err
	}
	if v.node.Audit {
		a := audit{Home: v.Home, Actor: r.vault.ID("actor", v.From.Platform, v.From.ID), Action: v.node.key(), At: v.Time}
		if err := r.kept.audits.Put(tx, v.ID, a); err != nil {
			return fmt.Errorf("write an audit record: %w", err)
		}
	}
	v.effect = true
	return r.spend(tx, v)
}

// uses sees to it that what was answered is used up, where no effect carries that.
func (r *Router) uses(v *visit) {
	if (v.draft != nil || v.once() != nil) && !v.effect {
		v.later = append(v.later, func(tx storage.Tx) error { return r.spend(tx, v) })
	}
}

// spend makes what was pressed work no second time, and ends the form.
func (r *Router) spend(tx storage.Tx, v *visit) error {
	if err := sign(tx, v, v.once()...); err != nil {
		return err
	}
	return r.forget(tx, v)
}
