package discord_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/bwmarrin/discordgo"

	"peerbot/bot/bottest"
	"peerbot/bot/discord"
	"peerbot/bot/discord/discordtest"
	"peerbot/chat"
	"peerbot/storage"
	"peerbot/storage/mem"
)

// BenchmarkDeferredEdits edits a hundred deferred answers over TCP, where each edit
// takes 50 ms, and then the same with the library's own function.
func BenchmarkDeferredEdits(b *testing.B) {
	const n, slow = 100, 50 * time.Millisecond
	for b.Loop() {
		d := overTCP(b, discordtest.Fault{Route: editRoute, Times: -1, Delay: slow})
		ours, library := d.ours(n), d.library(n)
		d.Close()
		b.ReportMetric(float64(ours.Milliseconds()), "ours-ms")
		b.ReportMetric(float64(library.Milliseconds()), "library-ms")
		b.ReportMetric(library.Seconds()/ours.Seconds(), "×")
	}
}

// wired is a fake Discord over TCP with the adapter at it.
type wired struct {
	*discordtest.Server
	b       *testing.B
	release chan struct{}
	leave   func() // leave ends the adapter.
}

func overTCP(b *testing.B, fault discordtest.Fault) *wired {
	w := &wired{Server: discordtest.New(discordtest.Options{Unlimited: true}), b: b, release: make(chan struct{})}
	if err := w.Listen(); err != nil {
		b.Fatal(err)
	}
	vault, err := storage.NewVault(make([]byte, storage.KeySize))
	if err != nil {
		b.Fatal(err)
	}
	d, err := discord.New(discord.Options{
		Token: w.Token(), API: w.URL(), Words: bottest.Words{}, Store: mem.New(), Vault: vault, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		b.Fatal(err)
	}
	d.Publish(fireTree())
	ctx, cancel := context.WithCancel(b.Context())
	done := make(chan error, 1)
	go func() { done <- d.Run(ctx, w) }()
	w.leave = sync.OnceFunc(func() {
		cancel()
		<-done
	})
	w.until(func() bool { return w.Connected() && w.Requests("PUT /applications/{application_id}/commands") > 0 })
	time.Sleep(100 * time.Millisecond)
	w.Fail(fault)
	return w
}

// until waits for something to be so.
func (w *wired) until(so func() bool) {
	w.b.Helper()
	for began := time.Now(); !so(); time.Sleep(time.Millisecond) {
		if time.Since(began) > time.Minute {
			w.b.Fatal("it does not happen")
		}
	}
}

// Call is part of bot.Handler: it takes its time.
func (w *wired) Call(context.Context, *chat.Call) chat.Reply {
	<-w.release
	return chat.Reply{Body: chat.Words("Here you are."), Private: true}
}

// Complete is part of bot.Handler.
func (w *wired) Complete(context.Context, *chat.Call, string, string) []chat.Choice { return nil }

// Notice is part of bot.Handler.
func (w *wired) Notice(context.Context, chat.Notice) error { return nil }

func (w *wired) echo(i int) *discordtest.Interaction {
	in, err := w.Command(fmt.Sprint("person ", i), "hall", []string{"echo"}, map[string]string{"text": "hello"})
	if err != nil {
		w.b.Fatal(err)
	}
	return in
}

// ours is how long the adapter takes for n edits.
func (w *wired) ours(n int) time.Duration {
	var all []*discordtest.Interaction
	for i := range n {
		all = append(all, w.echo(i))
	}
	for _, i := range all {
		<-i.Done()
	}
	began := time.Now()
	close(w.release)
	w.until(func() bool { return w.Answered(editRoute) >= n })
	return time.Since(began)
}

// library is how long the library's own function takes, side by side as it lets them.
func (w *wired) library(n int) time.Duration {
	s, err := discordgo.New("Bot " + w.Token())
	if err != nil {
		w.b.Fatal(err)
	}
	s.Client = &http.Client{Transport: toFake{&http.Transport{DialContext: w.Dial, MaxIdleConnsPerHost: 256}}}
	defer s.Client.CloseIdleConnections()
	w.leave()
	content := "Here you are."
	var edits sync.WaitGroup
	gate := make(chan struct{})
	for i := range n {
		in := w.echo(i)
		one := &discordgo.Interaction{ID: in.ID, AppID: w.BotID(), Token: in.Token()}
		if err := s.InteractionRespond(one, &discordgo.InteractionResponse{Type: discordgo.InteractionResponseDeferredChannelMessageWithSource}); err != nil {
			w.b.Fatal(err)
		}
		edits.Go(func() {
			<-gate
			if _, err := s.InteractionResponseEdit(one, &discordgo.WebhookEdit{Content: &content}); err != nil {
				w.b.Error(err)
			}
		})
	}
	began := time.Now()
	close(gate)
	edits.Wait()
	return time.Since(began)
}
