package wire_test

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"peerbot/bot/discord/discordtest"
	"peerbot/bot/discord/wire"
)

// trusted: a process can be told but once whom to trust.
var trusted sync.Once

// Over the network and through TLS, as in life; and nothing is left running.
func TestSecurely(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	fake := discordtest.New(discordtest.Options{})
	defer fake.Close()
	var web *httptest.Server
	web = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if strings.HasSuffix(q.URL.Path, "/gateway/bot") {
			_ = json.NewEncoder(w).Encode(map[string]string{"url": strings.Replace(web.URL, "https", "wss", 1) + "/gateway"})
			return
		}
		fake.Handler().ServeHTTP(w, q)
	}))
	defer web.Close()
	t.Setenv("GODEBUG", "x509usefallbackroots=1")
	trusted.Do(func() {
		known := x509.NewCertPool()
		known.AddCert(web.Certificate())
		x509.SetFallbackRoots(known)
	})

	c, err := wire.NewClient(wire.ClientOptions{API: web.URL, Token: fake.Token(), Dial: (&net.Dialer{}).DialContext})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	g := &wire.Gateway{
		Client: c, Intents: 1, Dial: (&net.Dialer{}).DialContext, Log: slog.New(slog.DiscardHandler),
		Jitter: func() float64 { return 0 },
	}
	ctx, stop := context.WithTimeout(t.Context(), 5*time.Minute)
	defer stop()
	heard := false
	err = g.Run(ctx, func(event string, _ json.RawMessage) {
		if event == "GUILD_CREATE" {
			heard = true
			stop()
		}
	})
	if err != nil || !heard {
		t.Errorf("connected: %v, with the error %v", heard, err)
	}
}
