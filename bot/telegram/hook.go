package telegram

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"time"

	"peerbot/bot"
	"peerbot/bot/telegram/wire"
)

// maxUpdate bounds one update, in bytes; the longest are a few kilobytes.
const maxUpdate = 1 << 20

// secretHeader carries the webhook's secret: https://core.telegram.org/bots/api#setwebhook
const secretHeader = "X-Telegram-Bot-Api-Secret-Token"

var secret = regexp.MustCompile(`^[A-Za-z0-9_-]{1,256}$`)

func (w Webhook) check() error {
	if w.URL == "" {
		return nil
	}
	if !secret.MatchString(w.Secret) {
		return errors.New("the webhook's secret is 1 to 256 of A-Z a-z 0-9 _ and -")
	}
	if u, err := url.Parse(w.URL); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return errors.New("the webhook's url is not a web address")
	}
	if w.Listen == "" {
		return errors.New("the webhook has no address to listen on")
	}
	return nil
}

// hookInfo is what Telegram knows of the webhook.
type hookInfo struct {
	URL     string   `json:"url"`
	Allowed []string `json:"allowed_updates"`
}

func (t *Telegram) hooked(ctx context.Context) (info hookInfo, err error) {
	err = t.api.Call(ctx, "getWebhookInfo", struct{}{}, &info)
	return info, err
}

// listen takes updates from the webhook until ctx ends.
func (t *Telegram) listen(ctx context.Context, s *shift) error {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", t.o.Webhook.Listen)
	if err != nil {
		return &bot.Halt{Err: err, Say: "Telegram's webhook cannot listen on " + t.o.Webhook.Listen +
			". Choose a free address for telegram.webhook and start the bot again."}
	}
	server := &http.Server{
		Handler: s, ReadTimeout: 10 * time.Second, WriteTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute,
		ErrorLog: slog.NewLogLogger(t.o.Log.Handler(), slog.LevelWarn),
	}
	failed := make(chan error, 1)
	s.aside.Go(func() { failed <- server.Serve(l) })
	if err := t.hook(ctx); err != nil {
		return errors.Join(t.halted(err), server.Close())
	}
	select {
	case err := <-failed:
		return fmt.Errorf("telegram: webhook: %w", err)
	case <-ctx.Done():
	}
	closing, stop := context.WithTimeout(s.work, grace)
	defer stop()
	if server.Shutdown(closing) != nil {
		return server.Close()
	}
	return nil
}

// hook tells Telegram where to bring updates. What it knows of the secret it does not
// say, so it is told at every start.
func (t *Telegram) hook(ctx context.Context) error {
	return t.api.Call(ctx, "setWebhook", map[string]any{
		"url": t.o.Webhook.URL, "secret_token": t.o.Webhook.Secret, "allowed_updates": slices.Clone(kinds),
	}, nil)
}

// ServeHTTP takes one update. It answers when the update is kept: any other answer than
// 200 makes Telegram bring it again.
func (s *shift) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	given := r.Header.Get(secretHeader)
	if subtle.ConstantTimeCompare([]byte(given), []byte(s.o.Webhook.Secret)) != 1 {
		http.Error(w, "not authorized", http.StatusUnauthorized)
		return
	}
	if r.Method != http.MethodPost {
		http.Error(w, "updates are posted", http.StatusMethodNotAllowed)
		return
	}
	var u wire.Update
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxUpdate)).Decode(&u); err != nil {
		http.Error(w, "not an update", http.StatusBadRequest)
		return
	}
	if s.take(r.Context(), []*wire.Update{&u}) != nil {
		http.Error(w, "not now", http.StatusServiceUnavailable)
	}
}
