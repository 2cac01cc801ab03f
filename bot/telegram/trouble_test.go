package telegram_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"peerbot/bot/telegram/telegramtest"
	"peerbot/chat"
	"peerbot/outbox"
)

// TestWhatWouldOnlyFailAgain: the platform comes to a halt with a sentence that says what
// to do, and the program goes on.
func TestWhatWouldOnlyFailAgain(t *testing.T) {
	mistyped := strings.Replace(telegramtest.Token, "AAF", "ABF", 1)
	tests := map[string]struct {
		begin func(h *house)
		later func(h *house) // later happens while the bot serves.
		says  string
	}{
		"a token that is mistyped": {begin: func(h *house) { h.token = mistyped }, says: "@BotFather"},
		"a token that is none":     {begin: func(h *house) { h.token = "nonsense" }, says: "@BotFather"},
		"a token that is empty":    {begin: func(h *house) { h.token = "" }, says: "@BotFather"},
		"a token that was revoked": {later: func(h *house) { h.Revoke() }, says: "it was taken back"},
		"an address that is none":  {begin: func(h *house) { h.api = "telegram.org" }, says: "https://api.telegram.org"},
		"another program polls":    {later: func(h *house) { h.Rival(true) }, says: "Stop the other one"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			inBubble(t, telegramtest.Options{}, func(h *house) {
				if tt.begin != nil {
					tt.begin(h)
				}
				b, stop := h.run()
				settle(time.Second)
				if tt.later != nil {
					tt.later(h)
				}
				settle(10 * time.Minute)
				h.says("platform has come to a halt")
				h.says(tt.says)
				if strings.Contains(h.log.String(), mistyped) {
					t.Error("the mistyped token is in the log")
				}
				before := h.Counts().Requests
				settle(24 * time.Hour)
				if after := h.Counts().Requests; after["getUpdates"] > before["getUpdates"] || after["getMe"] > before["getMe"] {
					t.Error("a platform that has come to a halt goes on asking")
				}
				if down := b.Down(); down["telegram"].Say == "" {
					t.Errorf("the outage reads %+v", down)
				}
				stop()
			})
		})
	}
}

// TestWhatPassesByItself: the bot asks again, calmly, says so once, and nothing is lost.
func TestWhatPassesByItself(t *testing.T) {
	const outage = 10 * time.Minute
	always := -1
	tests := map[string]telegramtest.Fault{
		"the server is down":     {Method: "getUpdates", Times: always, Status: http.StatusBadGateway},
		"no connection holds":    {Method: "getUpdates", Times: always, Drop: true},
		"answers are cut":        {Method: "getUpdates", Times: always, Cut: true},
		"too many requests":      {Method: "getUpdates", Times: always, Status: http.StatusTooManyRequests, Retry: 5},
		"another one for a time": {Method: "getUpdates", Times: 2, Status: http.StatusConflict, Text: "Conflict: terminated by other getUpdates request"},
		"nothing can be sent":    {Method: "sendMessage", Times: 3, Status: http.StatusInternalServerError},
		"sent, and nobody says":  {Method: "sendMessage", Times: 3, Status: http.StatusBadGateway, After: true},
		"sending is too much":    {Method: "sendMessage", Times: 3, Status: http.StatusTooManyRequests, Retry: 7},
		"it is slow":             {Times: always, Slow: 5 * time.Second},
	}
	for name, fault := range tests {
		t.Run(name, func(t *testing.T) {
			inBubble(t, telegramtest.Options{}, func(h *house) {
				_, stop := h.run()
				settle(time.Second)
				h.Fail(fault)
				h.Say("ana", "", "/mark 0")
				h.post(h.letter("a letter", "ben", outbox.Exact))
				settle(outage)
				asked := h.Counts().Requests["getUpdates"]
				h.Heal()
				settle(5 * time.Minute)
				stop()
				h.sees("ana", "", "Marked 0.")
				h.sees("ben", "", "a letter.")
				if n := h.made(1)[0]; n != 1 {
					t.Errorf("the mark was made %d times", n)
				}
				if asked > 150 {
					t.Errorf("%d polls in %v", asked, outage)
				}
				if n := strings.Count(h.log.String(), "is asked again"); n > 2 {
					t.Errorf("one outage is told %d times", n)
				}
			})
		})
	}
}

// TestNobodyIsThere: nothing answers at the address, the process stays up, and when
// somebody does, it serves.
func TestNobodyIsThere(t *testing.T) {
	inBubble(t, telegramtest.Options{}, func(h *house) {
		var there atomic.Bool
		_, stop := h.live(h.store, func(ctx context.Context, network, addr string) (net.Conn, error) {
			if !there.Load() {
				return nil, &net.OpError{Op: "dial", Err: net.UnknownNetworkError(network)}
			}
			return h.Dial(ctx, network, addr)
		})
		settle(time.Hour)
		h.says("telegram.api_url")
		there.Store(true)
		h.Say("ana", "", "/mark 0")
		settle(10 * time.Minute)
		stop()
		h.sees("ana", "", "Marked 0.")
	})
}

// TestUpdatesComeTwiceAndBackward: each command has its effect once.
func TestUpdatesComeTwiceAndBackward(t *testing.T) {
	inBubble(t, telegramtest.Options{}, func(h *house) {
		h.Backward(true)
		_, stop := h.run()
		for range 20 {
			for n := range 5 {
				h.Say("ana", "", fmt.Sprint("/mark ", n))
			}
			settle(time.Second)
			h.Repeat(100)
			settle(time.Minute)
		}
		stop()
		for n, times := range h.made(5) {
			if times != 20 {
				t.Errorf("mark %d was asked for 20 times and made %d times", n, times)
			}
		}
	})
}

// TestEveryFaultKeepsTheSecret: whatever goes wrong with whatever method, neither a log
// nor an error nor a panic holds the token.
func TestEveryFaultKeepsTheSecret(t *testing.T) {
	methods := []string{
		"getMe", "getWebhookInfo", "getUpdates", "sendMessage", "sendDocument", "answerCallbackQuery", "getChatMember", "getChatAdministrators", "setMyCommands", "getMyCommands",
	}
	for _, fault := range []telegramtest.Fault{
		{Status: 400, Text: "Bad Request: something"}, {Status: 401, Text: "Unauthorized"}, {Status: 403, Text: "Forbidden: bot was blocked by the user"},
		{Status: 404, Text: "Not Found"}, {Status: 409, Text: "Conflict"}, {Status: 413}, {Status: 429, Retry: 3}, {Status: 500}, {Status: 502, After: true},
		{Drop: true}, {Drop: true, After: true}, {Cut: true}, {Slow: time.Minute}, {Wait: time.Hour},
	} {
		for _, method := range methods {
			fault.Method, fault.Times = method, 20
			inBubble(t, telegramtest.Options{}, func(h *house) {
				h.Fail(fault)
				b, stop := h.run()
				settle(time.Second)
				h.Say("ana", "hall", "/whisper 1")
				h.Say("ana", "", "/mark 1")
				settle(time.Minute)
				m := h.letter("a letter", "ana", "").Message
				m.Files = []chat.File{{Name: "dates.ics", Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("BEGIN")), nil }}}
				if _, err := b.Send(h.Context(), h.at("ana"), "id", m); err != nil {
					fmt.Fprintln(h.log, err)
				}
				settle(time.Minute)
				stop()
			})
		}
	}
}
