package outbox_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"peerbot/chat"
	"peerbot/outbox"
	"peerbot/storage"
)

func TestSlotKeepsTheNewestOfTwoThatWait(t *testing.T) {
	bubble(t, func(t *testing.T) {
		h, p := newHouse(t), newPlatform(t)
		h.post(note("1", "room", slot("s")), note("2", "room", slot("s")), note("3", "room", slot("s")))
		stop := h.run(p)
		pass(time.Second)
		stop()
		equal(t, "delivered", p.ids(), []string{"3"})
		if one, two := h.receipt("1"), h.receipt("2"); one.Outcome != outbox.Dropped || two.Outcome != outbox.Dropped {
			t.Errorf("receipts %+v, %+v", one, two)
		}
		equal(t, "told", outcomes(h.told), []outbox.Outcome{outbox.Sent})
	})
}

func TestSlotEditsWhatItDelivered(t *testing.T) {
	bounce := func(fate chat.Fate) error { return &chat.Bounce{Fate: fate, Err: errors.New("no")} }
	other := func(l *outbox.Letter) { l.To.Room = "other" }
	tests := []struct {
		name   string
		sender func(*platform) outbox.Sender
		edit   error
		second func(*outbox.Letter)
		want   []string // What arrived: its id, and what it edits.
	}{
		{"edited", canEdit, nil, nil, []string{"1", "edit 1 of ref of 1", "edit 2 of ref of 1"}},
		{"cannot edit", cannotEdit, nil, nil, []string{"1", "2", "3"}},
		{"gone meanwhile", canEdit, bounce(chat.Gone), nil, []string{"1", "2", "3"}},
		{"never editable", canEdit, bounce(chat.Never), nil, []string{"1", "2", "3"}},
		{"elsewhere now", canEdit, nil, other, []string{"1", "2", "3"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				h, p := newHouse(t), newPlatform(t)
				p.answer = func(_ context.Context, _ chat.Address, id string) error {
					if len(id) > 4 {
						return tt.edit
					}
					return nil
				}
				if tt.second == nil {
					tt.second = func(*outbox.Letter) {}
				}
				stop := h.run(tt.sender(p))
				h.post(note("1", "room", slot("s")))
				pass(time.Second)
				h.post(note("2", "room", slot("s"), tt.second))
				pass(time.Second)
				h.post(note("3", "room", slot("s")))
				pass(time.Second)
				stop()
				var got []string
				for _, d := range p.all() {
					if d.Edits != "" {
						d.ID += " of " + d.Edits
					}
					got = append(got, d.ID)
				}
				equal(t, "arrived", got, tt.want)
			})
		})
	}
}

func canEdit(p *platform) outbox.Sender    { return editing{p} }
func cannotEdit(p *platform) outbox.Sender { return p }

func TestAnEditThatFailsIsTriedAgain(t *testing.T) {
	bubble(t, func(t *testing.T) {
		h, p := newHouse(t), newPlatform(t)
		p.on(later(1, "edit of ref of 1"))
		stop := h.run(editing{p})
		h.post(note("1", "room", slot("s")))
		pass(time.Second)
		h.post(note("2", "room", slot("s")))
		pass(time.Minute)
		stop()
		equal(t, "arrived", p.ids(), []string{"1", "edit 1"})
		if got := h.receipt("2"); got.Outcome != outbox.Sent || got.Ref != "ref of 1" || got.Tries != 1 {
			t.Errorf("receipt %+v", got)
		}
	})
}

// TestAnEditInDoubtIsRepeated: to edit twice does no harm, whatever the class.
func TestAnEditInDoubtIsRepeated(t *testing.T) {
	bubble(t, func(t *testing.T) {
		h, p := newHouse(t), newPlatform(t)
		stop := h.run(editing{p})
		h.post(note("1", "room", slot("s")))
		pass(time.Second)
		p.on(func(ctx context.Context, _ chat.Address, _ string) error { <-ctx.Done(); return ctx.Err() })
		h.post(note("2", "room", slot("s"), class(outbox.Digest)))
		pass(time.Second)
		stop()
		p.on(nil)
		stop = h.run(editing{p})
		pass(time.Second)
		stop()
		if got := h.receipt("2"); got.Outcome != outbox.Sent || got.Repeated {
			t.Errorf("receipt %+v", got)
		}
	})
}

func TestDrop(t *testing.T) {
	bubble(t, func(t *testing.T) {
		h, p := newHouse(t), newPlatform(t)
		p.answer = func(context.Context, chat.Address, string) error {
			time.Sleep(2 * time.Second)
			return &chat.Bounce{Fate: chat.Later, Err: errors.New("busy")}
		}
		drop := func(id string) {
			h.update(func(tx storage.Tx) error { return h.Drop(tx, id) })
		}
		h.post(note("waits", "a"), note("flies", "b"), note("failed", "c"), note("next", "b", slot("s")))
		drop("waits")
		drop("waits")
		drop("never posted")
		stop := h.run(p)
		pass(time.Second)
		drop("flies")
		pass(2 * time.Second)
		drop("failed")
		p.on(nil)
		pass(time.Hour)
		stop()
		for _, id := range []string{"waits", "flies", "failed"} {
			if got := h.receipt(id); got.Outcome != outbox.Dropped {
				t.Errorf("receipt of %s: %+v", id, got)
			}
		}
		equal(t, "delivered", p.ids(), []string{"next"})
		h.post(note("waits", "a"))
		if got := h.receipt("waits"); got.Outcome != outbox.Dropped {
			t.Errorf("posted again: %+v", got)
		}
	})
}
