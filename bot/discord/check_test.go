package discord_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"peerbot/bot/discord"
	"peerbot/bot/discord/discordtest"
)

func TestCheckTellsWhatATokenOpens(t *testing.T) {
	s := discordtest.New(discordtest.Options{})
	defer s.Close()
	if err := s.Listen(); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	a, err := discord.Check(t.Context(), s.URL(), s.Token())
	if err != nil {
		t.Fatal(err)
	}
	if a.Date.Before(began.Truncate(time.Second)) || a.Date.After(time.Now()) {
		t.Errorf("its clock says %v after %v", a.Date, began)
	}
	if a.ID == "" || a.Name == "" || a.Privileged || a.Starts == 0 || len(a.Servers) != 1 {
		t.Errorf("got %+v", a)
	}
	if _, err := discord.Check(t.Context(), s.URL(), "another"); !errors.Is(err, discord.ErrToken) {
		t.Errorf("another token: %v", err)
	}
}

// TestCheckReadsRights has servers that give the bot too little, enough, and too much.
func TestCheckReadsRights(t *testing.T) {
	answers := map[string]any{
		"/api/v10/users/@me":        map[string]any{"username": "peer"},
		"/api/v10/applications/@me": map[string]any{"id": "42", "flags": 1 << 19},
		"/api/v10/gateway/bot":      map[string]any{"url": "wss://gateway", "session_start_limit": map[string]int{"remaining": 7}},
		"/api/v10/users/@me/guilds": []map[string]string{
			{"name": "few", "permissions": "3072"},
			{"name": "right", "permissions": "274877959168"},
			{"name": "all", "permissions": "8"},
		},
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bot the.to-ken" {
			w.WriteHeader(http.StatusUnauthorized)
		}
		_ = json.NewEncoder(w).Encode(answers[r.URL.Path])
	}))
	defer s.Close()
	got, err := discord.Check(t.Context(), s.URL, "the.to-ken")
	if err != nil {
		t.Fatal(err)
	}
	got.Date = time.Time{}
	want := discord.Account{ID: "42", Name: "peer", Privileged: true, Starts: 7, Servers: []discord.Server{
		{Name: "few", Lacks: []string{"Embed Links", "Attach Files", "Send Messages in Threads"}},
		{Name: "right"},
		{Name: "all", All: true},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	delete(answers, "/api/v10/gateway/bot")
	if got, err := discord.Check(t.Context(), s.URL, "the.to-ken"); err == nil || !strings.Contains(err.Error(), "not as Discord does") {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestTheInvitationAsksForNoMoreThanIsNeeded(t *testing.T) {
	u, err := url.Parse(discord.Account{ID: "42"}.Invite())
	if err != nil {
		t.Fatal(err)
	}
	want := url.Values{"client_id": {"42"}, "scope": {"bot applications.commands"}, "permissions": {"274877959168"}}
	if diff := cmp.Diff(want, u.Query()); diff != "" || u.Host != "discord.com" {
		t.Errorf("%s\n%s", u, diff)
	}
}

func TestCheckSaysWhatWasNotLearnt(t *testing.T) {
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) }))
	defer page.Close()
	gone := httptest.NewServer(http.NotFoundHandler())
	defer gone.Close()
	for address, says := range map[string]string{
		"http://127.0.0.1:9": "refused",
		page.URL:             "no JSON",
		gone.URL:             "HTTP 404",
		"http://\x7f":        "no web address",
	} {
		_, err := discord.Check(t.Context(), address, "to.ken.canary")
		if err == nil || errors.Is(err, discord.ErrToken) || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: got %v", address, err)
		}
	}
}
