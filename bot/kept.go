package bot

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"peerbot/chat"
	"peerbot/storage"
)

// How long the engine's own records are kept.
const (
	offerTerm = 30 * 24 * time.Hour
	draftTerm = 24 * time.Hour
	auditTerm = 90 * 24 * time.Hour
	undoTerm  = 10 * time.Minute
)

// kept are the engine's own records. Each passes away at its Until.
type kept struct {
	cards  storage.Table[card]
	drafts storage.Table[draft]
	audits storage.Table[audit]
}

// draft is a form that somebody has begun.
type draft struct {
	ticket        // Its first open option is the question that stands; there is none when it waits for Save.
	Owner  string `json:"-"`
	Call   string `json:"call"` // Call is the call that brought it so far.
}

// audit says who did what and when, for 90 days: the actor is a keyed hash, and
// nothing of what was said is in it.
type audit struct {
	Home   string    `json:"home,omitempty"`
	Actor  string    `json:"actor"`
	Action string    `json:"action"`
	At     time.Time `json:"at"`
}

func newKept(vault *storage.Vault) *kept {
	return &kept{
		cards: storage.Table[card]{Bucket: "bot.cards", Vault: vault, Version: 1,
			Owner: cardOwner, Indexes: append(until(func(c card) time.Time { return c.Until }), owned(cardOwner))},
		drafts: storage.Table[draft]{Bucket: "bot.drafts", Vault: vault, Version: 1,
			Owner: draftOwner, Indexes: append(until(func(d draft) time.Time { return d.Until }), owned(draftOwner))},
		audits: storage.Table[audit]{Bucket: "bot.audits", Vault: vault, Version: 1,
			Indexes: until(func(a audit) time.Time { return a.At.Add(auditTerm) })},
	}
}

func cardOwner(c card) string   { return c.Owner }
func draftOwner(d draft) string { return d.Owner }

// owned files records by whose they are.
func owned[T any](owner func(T) string) storage.Index[T] {
	return storage.Index[T]{Name: "owner", Keys: func(v T) []string { return []string{owner(v)} }}
}

// until files records by when they pass away.
func until[T any](when func(T) time.Time) []storage.Index[T] {
	return []storage.Index[T]{{Name: "until", Keys: func(v T) []string { return []string{instant(when(v))} }}}
}

// instant is a time as bytes that sort.
func instant(t time.Time) string {
	return string(binary.BigEndian.AppendUint64(nil, uint64(max(t.Unix(), 0))))
}

// Purge deletes cards, drafts, receipts and audit records whose time has passed,
// erased ones too, a few in each transaction.
func (r *Router) Purge(ctx context.Context, now time.Time) error {
	return errors.Join(
		purge(ctx, r.store, &r.kept.cards, now), purge(ctx, r.store, &r.kept.drafts, now),
		purgeReceipts(ctx, r.store, now), purge(ctx, r.store, &r.kept.audits, now))
}

func purge[T any](ctx context.Context, store storage.Store, t *storage.Table[T], now time.Time) error {
	const few = 25 // of at most 100 reads and writes
	for more := true; more; {
		err := store.Update(ctx, func(tx storage.Tx) error {
			var over []string
			for filed, err := range t.Range(tx, "until", "", instant(now)) {
				if err != nil {
					return err
				}
				if over = append(over, filed.Key); len(over) == few {
					break
				}
			}
			more = len(over) == few
			for _, key := range over {
				if err := t.Delete(tx, key); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("purge %s: %w", t.Bucket, err)
		}
	}
	return nil
}

// missing reports whether a record is not there, or can be read no more.
func missing(err error) bool {
	return errors.Is(err, storage.ErrNotFound) || errors.Is(err, storage.ErrErased)
}

// fetchTicket finds the ticket that was pressed on its card, and redeems it.
func (r *Router) fetchTicket(ctx context.Context, v *visit) error {
	var t ticket
	err := r.store.View(ctx, func(s storage.Reader) error {
		row, err := r.kept.cards.Get(s, v.card)
		if missing(err) {
			return nil
		}
		t, _ = row.Value.at(v.index)
		return err
	})
	if err != nil {
		return fmt.Errorf("fetch a card: %w", err)
	}
	switch {
	case t.Path == nil || r.tree.at(t.Path) == nil:
		err = errPayload
	case t.To != r.presser(t.To.Kind, v.Call):
		err = errForeign
	}
	r.redeem(v, t, err)
	return nil
}

// inForm reports whether the call may go on with a form, or end one.
func (v *visit) inForm() bool {
	if v.node == nil || !v.node.leaf() {
		return false
	}
	return v.ticket != nil && v.ticket.Form || v.bare && len(v.node.Options) > 0 || v.node.own != nil
}

// draftKey names the form that the person is in, here: one in every room, and one
// in private.
func (r *Router) draftKey(v *visit) string {
	place := ""
	if !v.At.Direct() && !(v.limits.Aside && v.node != nil && v.node.Private) {
		place = v.At.String()
	}
	return r.vault.ID("draft", v.From.Platform, v.From.ID, place)
}

// recall fetches the form that the person is in, if the call can be about it.
func (r *Router) recall(ctx context.Context, v *visit) error {
	err := r.store.View(ctx, func(s storage.Reader) error {
		row, err := r.kept.drafts.Get(s, r.draftKey(v))
		if err != nil {
			return err
		}
		d := row.Value
		n := r.tree.at(d.Path)
		about := v.node == nil || v.node.own != nil || v.node == n
		if n != nil && about && v.Time.Before(d.Until) {
			v.draft = &d
		}
		return nil
	})
	if err != nil && !missing(err) {
		return fmt.Errorf("recall a form: %w", err)
	}
	return nil
}

// forget ends the form that the call has gone on with.
func (r *Router) forget(tx storage.Tx, v *visit) error {
	if v.draft == nil {
		return nil
	}
	if err := r.kept.drafts.Delete(tx, r.draftKey(v)); err != nil {
		return fmt.Errorf("end a form: %w", err)
	}
	return nil
}

// keepDraft keeps the form as the offer has it, for a day.
func (r *Router) keepDraft(v *visit, o chat.Offer) {
	d := draft{
		ticket: ticket{
			Path: o.Path, Bound: o.Bound, Open: o.Open, Form: true, Once: v.once(), Home: v.Home, Until: v.Time.Add(draftTerm),
		},
		Owner: v.Member, Call: v.ID,
	}
	v.later = append(v.later, func(tx storage.Tx) error {
		if err := r.kept.drafts.Put(tx, r.draftKey(v), d); err != nil {
			return fmt.Errorf("keep a form: %w", err)
		}
		return nil
	})
}
