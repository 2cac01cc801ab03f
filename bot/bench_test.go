package bot_test

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"

	"peerbot/bot"
	"peerbot/bot/bottest"
	"peerbot/chat"
	"peerbot/storage"
	"peerbot/storage/bolt"
)

// BenchmarkCall carries out one saving command for each of many people, beside a bare
// handler that makes the same change in the same store.
func BenchmarkCall(b *testing.B) {
	s, err := bolt.Open(filepath.Join(b.TempDir(), "store", "bot.db"), bolt.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	vault, err := storage.NewVault(make([]byte, storage.KeySize))
	if err != nil {
		b.Fatal(err)
	}
	save := func(ctx context.Context, c *chat.Call) (chat.Reply, error) {
		err := s.Update(ctx, func(tx storage.Tx) error { return tx.Put("test.done", []byte(c.ID), []byte(title.In(c))) })
		return chat.Reply{Body: chat.Words("done")}, err
	}
	router, err := bot.NewRouter(bot.RouterConfig{
		Tree: []chat.Command{{Name: "save", Options: []chat.Param{title}, Run: save}}, Store: s, Vault: vault, Words: bottest.Words{},
		Directory: &desk{vault: vault}, Limits: []bot.Limits{typed}, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		b.Fatal(err)
	}
	call := func(n int) *chat.Call {
		who := fmt.Sprint("person", n)
		return &chat.Call{
			ID: fmt.Sprint(n), Text: "/save hello", Time: noon,
			From: chat.Person{Platform: "typed", ID: who}, At: chat.Address{Platform: "typed", Room: who},
		}
	}
	for name, handle := range map[string]func(context.Context, *chat.Call){
		"bare": func(ctx context.Context, c *chat.Call) {
			c.Args = []chat.Arg{{Name: "title", Value: "hello"}}
			save(ctx, c)
		},
		"router": func(ctx context.Context, c *chat.Call) { router.Call(ctx, c) },
	} {
		b.Run(name, func(b *testing.B) {
			b.SetParallelism(32)
			b.ReportAllocs()
			next := make(chan int)
			go func() {
				for n := range b.N {
					next <- n
				}
				close(next)
			}()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if n, ok := <-next; ok {
						handle(b.Context(), call(n))
					}
				}
			})
		})
	}
}
