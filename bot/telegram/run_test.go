package telegram

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"peerbot/bot"
	"peerbot/bot/telegram/telegramtest"
	"peerbot/chat"
)

// wantFate fails unless the error is a bounce of that fate.
func wantFate(t *testing.T, err error, fate chat.Fate, after time.Duration) *chat.Bounce {
	t.Helper()
	var b *chat.Bounce
	if !errors.As(err, &b) || b.Fate != fate || b.After != after {
		t.Errorf("got %v, want %s after %v", err, fate, after)
		return nil
	}
	return b
}

// What whoever runs the bot has to mend ends the platform in words, and nothing else.
func TestHalts(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Options, *telegramtest.Server)
		say    string
	}{
		"a malformed token": {func(o *Options, _ *telegramtest.Server) { o.Token = "AAF-" }, "@BotFather"},
		"a wrong token":     {func(o *Options, _ *telegramtest.Server) { o.Token = "1:" + strings.Repeat("AAF-", 9) }, "does not know this token"},
		"a revoked token":   {func(_ *Options, s *telegramtest.Server) { s.Revoke() }, "does not know this token"},
		"no address":        {func(o *Options, _ *telegramtest.Server) { o.API = "telegram" }, "https://api.telegram.org"},
		"a rival":           {func(_ *Options, s *telegramtest.Server) { s.Rival(true) }, "Another program"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStage(t)
				o := s.options()
				c.change(&o, s.Server)
				tg, err := New(o)
				if err != nil {
					t.Fatal(err)
				}
				var halt *bot.Halt
				err = tg.Run(t.Context(), nil)
				if !errors.As(err, &halt) || !strings.Contains(halt.Say, c.say) || strings.Contains(halt.Say+err.Error(), "AAF-") {
					t.Errorf("got %v", err)
				}
				_, err = tg.Send(t.Context(), s.At("ana", ""), "id", message0("x", "y"))
				if name != "a rival" {
					wantFate(t, err, chat.Later, 0)
				}
			})
		})
	}
}

// A rival that ends soon, as the program does that this one replaces, is waited for; so
// is a network that is away.
func TestPollingGoesOn(t *testing.T) {
	played(t, telegramtest.Options{}, func(t *testing.T, d *desk) {
		d.Rival(true)
		d.settle()
		d.Say("ana", "", "/echo one")
		d.Rival(false)
		time.Sleep(time.Minute)
		d.wants("ana", "", "/echo one")
		for _, f := range []telegramtest.Fault{
			{Status: 502}, {Status: 429, Retry: 3, Text: "Too Many Requests: retry after 3"}, {Drop: true}, {Cut: true}, {Status: 500, Times: 20},
		} {
			f.Method = "getUpdates"
			d.Fail(f)
		}
		d.Say("ana", "", "/echo two")
		time.Sleep(20 * time.Minute)
		d.wants("ana", "", "/echo two")
		if got := d.asked(); !slices.Equal(got, []string{"/echo one", "/echo two"}) {
			t.Errorf("asked %q", got)
		}
		if n := strings.Count(d.log.String(), "cannot be reached"); n > 2 {
			t.Errorf("the log says %d times that Telegram cannot be reached", n)
		}
	})
}

// Calls that were begun are finished and answered when the platform stops.
func TestStopping(t *testing.T) {
	played(t, telegramtest.Options{}, func(t *testing.T, d *desk) {
		d.reply = func(ctx context.Context, _ *chat.Call) chat.Reply {
			time.Sleep(6 * time.Second)
			if ctx.Err() != nil {
				t.Error("the call is cut off")
			}
			return chat.Reply{Body: chat.Words("Done.")}
		}
		d.Say("ana", "", "/echo")
		time.Sleep(2 * time.Second)
		began := time.Now()
		if err := d.stop(); err != nil || time.Since(began) > 6*time.Second {
			t.Errorf("it stops after %v, %v", time.Since(began), err)
		}
		d.wants("ana", "", "Done.")
		if n := d.Counts().Requests["sendChatAction"]; n != 1 {
			t.Errorf("it showed %d times that it was at it", n)
		}
	})
}

func TestStoppingIsNotHeldUp(t *testing.T) {
	played(t, telegramtest.Options{}, func(t *testing.T, d *desk) {
		d.reply = func(ctx context.Context, _ *chat.Call) chat.Reply { <-ctx.Done(); return chat.Reply{} }
		d.Say("ana", "", "/echo")
		d.settle()
		began := time.Now()
		if err := d.stop(); err != nil || time.Since(began) > grace+time.Second {
			t.Errorf("it stops after %v, %v", time.Since(began), err)
		}
		if n := d.kept("telegram.inbox"); n != 1 {
			t.Errorf("%d updates are left to the next program", n)
		}
	})
}

// A panic ends one call and says nothing of what was written.
func TestAPanic(t *testing.T) {
	played(t, telegramtest.Options{}, func(t *testing.T, d *desk) {
		d.reply = func(_ context.Context, c *chat.Call) chat.Reply {
			if c.Text != "/echo on" {
				panic("secret words")
			}
			return chat.Reply{Body: chat.Words("On.")}
		}
		d.Say("ana", "", "/echo")
		d.Say("ana", "", "/echo on")
		d.settle()
		d.wants("ana", "", "On.")
	})
}

// The limits as published are kept, whatever is asked for.
func TestNoLimitIsEverPassed(t *testing.T) {
	played(t, telegramtest.Options{Limits: true}, func(t *testing.T, d *desk) {
		for range 3 {
			for _, who := range []string{"ana", "ben", "bea"} {
				for _, room := range []string{"", "hall", "yard"} {
					d.Say(who, room, "/echo")
				}
			}
		}
		d.Say("ana", "hall", "/crisis")
		began := time.Now()
		for !strings.Contains(d.transcript("ben", "hall"), "/crisis") && time.Since(began) < time.Minute {
			time.Sleep(10 * time.Millisecond)
		}
		if took := time.Since(began); took > time.Second {
			t.Errorf("crisis took %v", took)
		}
		time.Sleep(10 * time.Minute)
		if n := d.Counts().Refused[429]; n > 1 { // by crisis, which waits for nothing
			t.Errorf("%d messages were refused", n)
		}
		if got := len(d.asked()); got != 28 {
			t.Errorf("%d calls of 28", got)
		}
	})
}

// hooked is a transport that carries the webhook's requests to the platform.
type hooked struct{ to func() http.Handler }

func (h hooked) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	h.to().ServeHTTP(w, r)
	return w.Result(), nil
}

func TestWebhook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &desk{log: &bytes.Buffer{}}
		var s *shift
		d.stage = newStageOf(t, telegramtest.Options{Hook: hooked{func() http.Handler { return s }}})
		d.Telegram = d.make()
		d.o.Webhook = Webhook{URL: "https://bot.example.org/telegram", Secret: "sesame", Listen: "127.0.0.1:0"}
		if err := d.introduce(t.Context()); err != nil {
			t.Fatal(err)
		}
		s = newShift(t.Context(), d.Telegram, d)
		defer d.api.Close()
		defer s.end()
		if err := d.hook(t.Context()); err != nil {
			t.Fatal(err)
		}
		d.Say("ana", "", "/echo one")
		d.Say("ana", "", "/echo two")
		d.settle()
		d.wants("ana", "", "/echo one", "/echo two")
		for _, c := range []struct {
			method, secret, body string
			want                 int
		}{
			{http.MethodPost, "", `{"update_id":1}`, 401},
			{http.MethodPost, "Sesame", `{"update_id":1}`, 401},
			{http.MethodGet, "sesame", ``, 405},
			{http.MethodPost, "sesame", `not JSON`, 400},
			{http.MethodPost, "sesame", `{"update_id":1,"x":"` + strings.Repeat("x", maxUpdate) + `"}`, 400},
			{http.MethodPost, "sesame", `{"update_id":1}`, 200},
		} {
			w, r := httptest.NewRecorder(), httptest.NewRequest(c.method, "/telegram", strings.NewReader(c.body))
			r.Header.Set(secretHeader, c.secret)
			if s.ServeHTTP(w, r); w.Code != c.want {
				t.Errorf("%s %q %.20q: got %d, want %d", c.method, c.secret, c.body, w.Code, c.want)
			}
		}
		if got := d.asked(); len(got) != 2 {
			t.Errorf("asked %q", got)
		}
	})
}

// overTCP carries the webhook's requests to the address the platform listens on, as a
// proxy does.
type overTCP struct{ address string }

func (o overTCP) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.URL.Scheme, r.URL.Host = "http", o.address
	return http.DefaultTransport.RoundTrip(r)
}

func TestWebhookOverTCP(t *testing.T) {
	defer http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	_ = l.Close()
	d := &desk{log: &bytes.Buffer{}, stage: newStageOf(t, telegramtest.Options{Hook: overTCP{address}})}
	d.Telegram = d.make()
	d.o.Webhook = Webhook{URL: "https://bot.example.org/telegram", Secret: "sesame", Listen: address}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- d.Run(ctx, d) }()
	d.Say("ana", "", "/echo one")
	for range 1000 {
		if strings.Contains(d.transcript("ana", ""), "You said: /echo one") {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	d.wants("ana", "", "You said: /echo one")
	var halt *bot.Halt
	if err := d.make().listenTwice(t, address); !errors.As(err, &halt) || !strings.Contains(halt.Say, address) {
		t.Errorf("a second one that listens there gets %v", err)
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// listenTwice is a Run that finds its address taken.
func (t *Telegram) listenTwice(tt *testing.T, address string) error {
	t.o.Webhook = Webhook{URL: "https://x", Secret: "a", Listen: address}
	return t.listen(tt.Context(), nil)
}

func TestWebhooksThatAreNone(t *testing.T) {
	for _, w := range []Webhook{
		{URL: "https://x", Listen: ":1"}, {URL: "https://x", Listen: ":1", Secret: "a b"}, {URL: "x", Listen: ":1", Secret: "a"}, {URL: "https://x", Secret: "a"},
	} {
		if _, err := New(Options{Webhook: w}); err == nil {
			t.Errorf("%+v is taken", w)
		}
	}
}
