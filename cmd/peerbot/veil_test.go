package main

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"peerbot/config"
)

// Secrets as the platforms give them, each with a part that nothing else holds.
const (
	discordSecret  = "MTEwMDAwMDAwMDAwMDAwMDAwMQ.Gcanary.discord-canary_0123456789"
	telegramSecret = "8000000001:AAtelegram-canary_0123456789"
	hookSecret     = "webhook-canary-0123456789"
	storeSecret    = "ca0a12000000000000000000000000000000000000000000000000000000ca0a"
)

// canariesOfSecrets are in no output, whatever happens.
var canariesOfSecrets = []string{"canary", "ca0a12"}

func secretConfig() config.Config {
	cfg := config.Default()
	cfg.Store.Key, cfg.Discord.Token = storeSecret, discordSecret
	cfg.Telegram.Token, cfg.Telegram.WebhookSecret = telegramSecret, hookSecret
	return cfg
}

func showsNoSecret(t *testing.T, out string) {
	t.Helper()
	for _, c := range canariesOfSecrets {
		if strings.Contains(out, c) {
			t.Errorf("a secret is shown:\n%s", out)
		}
	}
}

// TestNoSecretIsLogged says every secret in every way that one could get into a line.
func TestNoSecretIsLogged(t *testing.T) {
	for _, format := range []string{"text", "json"} {
		var out, errs bytes.Buffer
		term := terminal{Out: &out, Err: &errs}.veiled()
		cfg := secretConfig()
		cfg.Log.Format = format
		term.hide(cfg.Secrets()...)
		log := newLog(term.Err, cfg).With("of", telegramSecret).WithGroup("g")
		for _, s := range cfg.Secrets() {
			refused := &url.Error{Op: "Get", URL: "https://api.telegram.org/bot" + s + "/getMe", Err: errors.New("refused")}
			log.Error("cannot connect with "+s, "err", refused, slog.Group("inner", s, []string{s}), "cfg", map[string]string{"token": s})
			log.Info("asked for", "url", "https://x/?t="+url.QueryEscape(s)+"&u="+url.PathEscape(s), "auth", headerWith(s))
			fmt.Fprintln(term.Out, "the token is", s)
		}
		_, err := url.Parse(cfg.Secrets()[2] + ":%zz")
		log.Error("cannot be read", "err", err)
		all := out.String() + errs.String()
		showsNoSecret(t, all)
		if strings.Count(all, "***") < 8*len(cfg.Secrets()) || !strings.Contains(all, "https://api.telegram.org/bot***/getMe") {
			t.Errorf("more than the secrets is cut:\n%s", all)
		}
	}
}

// headerWith is a header as some library may print it.
func headerWith(s string) any { return struct{ Authorization []string }{[]string{"Bot " + s}} }

func TestTheVeilChangesNothingElse(t *testing.T) {
	var out bytes.Buffer
	term := terminal{Out: &out, Err: &out}.veiled()
	text := "a line\n\x1b[31mand another\x1b[0m: 12:30, ***\n"
	for range 2 {
		if n, err := fmt.Fprint(term.Out, text); n != len(text) || err != nil {
			t.Errorf("%d of %d, %v", n, len(text), err)
		}
		term.hide("", "s3cret:half", "s3cret:half")
	}
	if diff := cmp.Diff(text+text, out.String()); diff != "" {
		t.Error(diff)
	}
}

// TestNoSecretIsPrinted runs commands that fail in all kinds of ways.
func TestNoSecretIsPrinted(t *testing.T) {
	for _, args := range []string{"config check", "config example", "outbox list", "agenda list", "outbox retry x", "console --memory", "run --loud", "run"} {
		var out bytes.Buffer
		environ := []string{
			"PEERBOT_STORE_PATH=" + t.TempDir() + "/a/peerbot.db", "PEERBOT_STORE_KEY=" + storeSecret, "PEERBOT_CONSOLE_YOU=" + discordSecret,
			"PEERBOT_DISCORD_API_URL=http://127.0.0.1:9", "PEERBOT_TELEGRAM_API_URL=http://127.0.0.1:9",
			"PEERBOT_DISCORD_TOKEN=" + discordSecret, "PEERBOT_TELEGRAM_TOKEN=" + telegramSecret, "PEERBOT_LOG_LEVEL=debug",
		}
		execute(t.Context(), terminal{In: strings.NewReader(""), Out: &out, Err: &out, Environ: environ}, strings.Fields(args))
		showsNoSecret(t, out.String())
	}
}
