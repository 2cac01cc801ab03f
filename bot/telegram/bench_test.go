package telegram

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/go-telegram/bot/models"

	"peerbot/bot/bottest"
	"peerbot/bot/telegram/telegramtest"
	"peerbot/bot/telegram/wire"
	"peerbot/chat"
	"peerbot/storage"
	"peerbot/storage/bolt"
)

// effect is a handler whose every call changes something and says nothing.
type effect struct{ store storage.Store }

func (e effect) Call(ctx context.Context, c *chat.Call) chat.Reply {
	err := e.store.Update(ctx, func(tx storage.Tx) error { return tx.Put("effects", []byte(c.ID), []byte(c.Text)) })
	if err != nil {
		panic(err)
	}
	return chat.Reply{}
}

func (effect) Complete(context.Context, *chat.Call, string, string) []chat.Choice { return nil }

func (effect) Notice(context.Context, chat.Notice) error { return nil }

// BenchmarkInbox is what the inbox costs: 10,000 commands of 500 people, from the update
// to the effect, beside the effects alone.
func BenchmarkInbox(b *testing.B) {
	const people, each = 500, 20
	store := func(b *testing.B) storage.Store {
		s, err := bolt.Open(filepath.Join(b.TempDir(), "x.db"), bolt.Options{})
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { _ = s.Close() })
		return s
	}
	b.Run("bare", func(b *testing.B) {
		h := effect{store(b)}
		for b.Loop() {
			c := newCrew(hands, true, func(j *job) { h.Call(b.Context(), &chat.Call{ID: j.key(), Text: j.Text}) })
			for i := range int64(people * each) {
				c.add(&job{Update: i, Chat: i % people, Text: "/echo"})
			}
			c.close()
		}
		b.ReportMetric(float64(b.N*people*each)/b.Elapsed().Seconds(), "commands/s")
	})
	b.Run("telegram", func(b *testing.B) {
		h := effect{store(b)}
		t, err := New(Options{Token: telegramtest.Token, Words: bottest.Words{}, Store: h.store, Vault: newVault(b)})
		if err != nil {
			b.Fatal(err)
		}
		t.me.Store(&self{Username: telegramtest.Username})
		t.Publish([]chat.Command{{Name: "echo"}})
		first := int64(1)
		for b.Loop() {
			s := newShift(b.Context(), t, h)
			for range people * each / batch {
				var updates []*wire.Update
				for range batch {
					from := models.User{ID: first%people + 1}
					u := message(models.Message{Chat: models.Chat{ID: from.ID, Type: "private"}, From: &from, Text: fmt.Sprint("/echo ", first)})
					u.ID, first = first, first+1
					updates = append(updates, u)
				}
				if err := s.take(b.Context(), updates); err != nil {
					b.Fatal(err)
				}
			}
			for s.crew.waiting() > 0 {
				time.Sleep(time.Millisecond)
			}
			s.end()
		}
		b.ReportMetric(float64(b.N*(people*each/batch*batch))/b.Elapsed().Seconds(), "commands/s")
	})
}
