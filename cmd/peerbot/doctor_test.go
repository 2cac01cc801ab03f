package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"peerbot/chat"
	"peerbot/config"
	"peerbot/outbox"
	"peerbot/schedule"
	"peerbot/storage"
)

// surgery is both platforms with answers of the test's own.
type surgery struct {
	app, servers, me, hook any
	late                   time.Duration // late is how far their clock is behind.
}

func healthy() surgery {
	return surgery{
		app:     map[string]any{"id": "42", "flags": 0},
		servers: []map[string]string{{"name": "Peers", "permissions": "274877959168"}},
		me:      map[string]any{"username": "peer_bot", "can_join_groups": true},
		hook:    map[string]any{"url": ""},
	}
}

func (s surgery) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Date", time.Now().Add(-s.late).UTC().Format(http.TimeFormat))
	of := func(result any) any { return map[string]any{"ok": true, "result": result} }
	var answer any
	switch _, last, _ := strings.Cut(r.URL.Path[1:], "/"); {
	case strings.HasSuffix(last, "applications/@me"):
		answer = s.app
	case strings.HasSuffix(last, "users/@me"):
		answer = map[string]string{"username": "peer"}
	case strings.HasSuffix(last, "gateway/bot"):
		answer = map[string]any{"url": "wss://x", "session_start_limit": map[string]int{"remaining": 3}}
	case strings.HasSuffix(last, "users/@me/guilds"):
		answer = s.servers
	case last == "getMe":
		answer = of(s.me)
	case last == "getWebhookInfo":
		answer = of(s.hook)
	}
	_ = json.NewEncoder(w).Encode(answer)
}

// visited is what the doctor finds with the platforms so.
func visited(t *testing.T, s surgery, change func(*config.Config)) (out string, code int) {
	t.Helper()
	server := httptest.NewServer(s)
	defer server.Close()
	cfg := testConfig(t)
	cfg.Discord = config.Discord{Token: discordSecret, APIURL: server.URL}
	cfg.Telegram = config.Telegram{Token: telegramSecret, APIURL: server.URL}
	if change != nil {
		change(&cfg)
	}
	var b bytes.Buffer
	err := examine(t.Context(), terminal{Out: &b, Err: &b}, cfg, "")
	showsNoSecret(t, b.String())
	if err != nil {
		code = exitCode(err)
	}
	return b.String(), code
}

func TestTheDoctorKnowsEachComplaint(t *testing.T) {
	for _, test := range []struct {
		name   string
		ail    func(*surgery)
		change func(*config.Config)
		says   string
		code   int
	}{
		{"nothing", func(*surgery) {}, nil, "ok    Discord: In Peers the bot has the rights that it needs.\n", 0},
		{"little is left", func(*surgery) {}, nil, "warn  Discord: The bot may connect anew 3 times today.\n", 0},
		{"privileged", func(s *surgery) { s.app = map[string]any{"flags": 1 << 18} }, nil, "warn  Discord: The bot may read more than it needs.\n", 0},
		{"too few rights", func(s *surgery) { s.servers = []map[string]string{{"name": "Peers", "permissions": "3072"}} }, nil,
			"bad   Discord: In Peers the bot lacks: Embed Links, Attach Files, Send Messages in Threads.\n", exitFailed},
		{"all rights", func(s *surgery) { s.servers = []map[string]string{{"name": "Peers", "permissions": "8"}} }, nil,
			"warn  Discord: In Peers the bot is an administrator, which it never needs.\n", 0},
		{"no server", func(s *surgery) { s.servers = []map[string]string{} }, nil, "warn  Discord: The bot is in no server yet.\n      Add it: https://discord.com/oauth2/authorize?client_id=42", 0},
		{"reads all", func(s *surgery) {
			s.me = map[string]any{"username": "p", "can_join_groups": true, "can_read_all_group_messages": true}
		}, nil,
			"warn  Telegram: Privacy mode is off", 0},
		{"no groups", func(s *surgery) { s.me = map[string]any{"username": "p"} }, nil, "bad   Telegram: The bot may not be added to groups.\n", exitFailed},
		{"a webhook of somebody", func(s *surgery) { s.hook = map[string]any{"url": "https://other.example.org/x"} }, nil,
			"warn  Telegram: What people write goes to a webhook at other.example.org, and not to this bot.\n", 0},
		{"our webhook is not set", func(*surgery) {}, ourHook, "warn  Telegram: The webhook is not set yet.\n", 0},
		{"our webhook cannot be reached", func(s *surgery) {
			s.hook = map[string]any{"url": "https://bot.example.org/t", "last_error_message": "Connection refused"}
		}, ourHook, "bad   Telegram: Telegram cannot reach the webhook: Connection refused.\n", exitFailed},
		{"our webhook", func(s *surgery) {
			s.hook = map[string]any{"url": "https://bot.example.org/t", "pending_update_count": 2}
		}, ourHook,
			"ok    Telegram: Nothing else fetches what people write; 2 wait.\n", 0},
		{"a clock that is a little off", func(s *surgery) { s.late = time.Minute }, nil, "warn  clock: It is 1m", 0},
		{"a clock that is off", func(s *surgery) { s.late = -time.Hour }, nil, "bad   clock: It is ", exitFailed},
		{"a copy that is old", func(*surgery) {}, oldCopy(t), "warn  backups: The newest copy is of 2026-01-02.\n", 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := healthy()
			test.ail(&s)
			out, code := visited(t, s, test.change)
			if !strings.Contains(out, test.says) || code != test.code {
				t.Errorf("it ends with %d and says:\n%s", code, out)
			}
		})
	}
}

func ourHook(c *config.Config) {
	c.Telegram.WebhookURL, c.Telegram.WebhookListen, c.Telegram.WebhookSecret = "https://bot.example.org/t", "127.0.0.1:8443", hookSecret
}

// oldCopy makes a copy of the store that was made long ago.
func oldCopy(t *testing.T) func(*config.Config) {
	path := filepath.Join(t.TempDir(), "peerbot-20260102-030700.db")
	made := time.Date(2026, 1, 2, 12, 0, 0, 0, time.Local)
	if err := errors.Join(os.WriteFile(path, nil, 0o600), os.Chtimes(path, made, made)); err != nil {
		t.Fatal(err)
	}
	return func(c *config.Config) { c.Upkeep.BackupFolder = filepath.Dir(path) }
}

// deaf is a platform that takes nothing.
type deaf struct{ *hall }

func (deaf) Send(context.Context, chat.Address, string, chat.Message) (string, error) {
	return "", errBroken
}

// TestTheDoctorCountsWhatIsParked lets an item and two letters fail five times.
func TestTheDoctorCountsWhatIsParked(t *testing.T) {
	cfg := testConfig(t)
	synctest.Test(t, func(t *testing.T) {
		s := performOn(t, inFile, cfg, these(deaf{&hall{name: "east"}}))
		time.Sleep(time.Second)
		update(t, s.p.store, func(tx storage.Tx) error {
			var errs []error
			for _, id := range []string{"1", "2"} {
				errs = append(errs, s.p.outbox.Post(tx, outbox.Letter{ID: id, To: chat.Address{Platform: "east", Space: "hill", Room: id}, Class: outbox.Exact, NotBefore: time.Now()}))
			}
			return errors.Join(append(errs, s.p.agenda.Put(tx, schedule.Item{Kind: "nobody's", ID: "1", At: time.Now()}))...)
		})
		time.Sleep(20 * time.Hour)
		s.stop()
	})
	var out bytes.Buffer
	if err := examine(t.Context(), terminal{Out: &out, Err: &out}, cfg, ""); err != nil {
		t.Error(err)
	}
	for _, line := range []string{
		"warn  agenda: 1 failed five times, and no one tries again.\n      See `peerbot agenda list`",
		"warn  outbox: 2 failed five times, and no one tries again.\n      See `peerbot outbox list`",
		"ok    inbox of Telegram: Nothing failed for good.\n",
	} {
		if !strings.Contains(out.String(), line) {
			t.Errorf("it does not say %q:\n%s", line, &out)
		}
	}
}
