package telegramtest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// hook is the webhook, where one is set.
type hook struct {
	URL      string
	secret   string
	running  bool
	failedAt time.Time
	failure  string
}

// longestRetry bounds the wait between two deliveries of one update.
const longestRetry = time.Minute

type hookParams struct {
	URL     string    `json:"url"`
	Secret  string    `json:"secret_token"`
	Allowed *[]string `json:"allowed_updates"`
	Drop    bool      `json:"drop_pending_updates"`
}

func (s *Server) setWebhook(ctx context.Context, p hookParams) (any, error) {
	switch {
	case p.URL == "":
		return s.deleteWebhook(ctx, p)
	case !strings.HasPrefix(p.URL, "https://"):
		return nil, bad("bad webhook: An HTTPS URL must be provided for webhook")
	case len(p.Secret) > 256 || strings.IndexFunc(p.Secret, func(r rune) bool { return r != '-' && notName(r) || r == '@' }) >= 0:
		return nil, bad("secret token contains unallowed characters")
	}
	if p.Allowed != nil {
		s.queue.allowed = *p.Allowed
	}
	s.drop(p.Drop)
	s.hook.URL, s.hook.secret = p.URL, p.Secret
	s.queue.ring()
	if !s.hook.running {
		s.hook.running = true
		s.served.Go(s.deliver)
	}
	return true, nil
}

func (s *Server) deleteWebhook(_ context.Context, p hookParams) (any, error) {
	s.drop(p.Drop)
	s.hook.URL, s.hook.secret = "", ""
	s.queue.ring()
	return true, nil
}

func (s *Server) drop(pending bool) {
	if pending {
		s.queue.waiting = nil
	}
}

func (s *Server) getWebhookInfo(context.Context, none) (any, error) {
	info := map[string]any{
		"url": s.hook.URL, "has_custom_certificate": false, "pending_update_count": len(s.queue.waiting),
	}
	if s.hook.failure != "" {
		info["last_error_date"], info["last_error_message"] = s.hook.failedAt.Unix(), s.hook.failure
	}
	return info, nil
}

// deliver sends updates to the webhook, one after the other, and each until it is
// taken.
func (s *Server) deliver() {
	wait := time.Duration(0)
	for s.ctx.Err() == nil {
		s.mu.Lock()
		u, to, wake := s.due()
		s.mu.Unlock()
		if u == nil {
			pause(s.ctx, wake, time.Hour)
			continue
		}
		if err := s.knock(u, to); err != nil {
			wait = min(max(2*wait, time.Second), longestRetry)
			s.set(func() { s.hook.failure, s.hook.failedAt = err.Error(), time.Now() })
			pause(s.ctx, nil, wait)
			continue
		}
		wait = 0
		s.set(func() { s.queue.confirm(u.ID + 1) })
	}
}

// due is the update to deliver next, or nil.
func (s *Server) due() (*update, hook, <-chan struct{}) {
	if s.hook.URL == "" || len(s.queue.waiting) == 0 {
		return nil, hook{}, s.queue.wake
	}
	return s.queue.waiting[0].update, s.hook, s.queue.wake
}

// knock delivers one update. Anything but 2xx is a failure.
func (s *Server) knock(u *update, to hook) error {
	text, err := json.Marshal(u)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(s.ctx, http.MethodPost, to.URL, bytes.NewReader(text))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	if to.secret != "" {
		req.Header.Set("X-Telegram-Bot-Api-Secret-Token", to.secret)
	}
	resp, err := s.opts.Hook.RoundTrip(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	_, _ = io.Copy(io.Discard, resp.Body) // so that the connection can be used again
	if resp.StatusCode/100 != 2 {
		return fmt.Errorf("wrong response from the webhook: %s", resp.Status)
	}
	return nil
}

func pause(ctx context.Context, wake <-chan struct{}, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-wake:
	case <-timer.C:
	case <-ctx.Done():
	}
}
