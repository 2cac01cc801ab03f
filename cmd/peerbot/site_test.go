package main

import (
	"errors"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"peerbot/config"
	"peerbot/locales"
)

// freePort is an address of this computer where nobody listens.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// TestTheSiteIsServed: by the program that was set up so, for as long as it runs.
func TestTheSiteIsServed(t *testing.T) {
	t.Parallel()
	cfg := testConfig(t)
	cfg.Site = config.Site{Listen: freePort(t), URL: "http://localhost", Public: true}
	in, lines := io.Pipe()
	defer lines.Close()
	s := performOn(t, inMemory, cfg, fromConfig(terminal{In: in, Out: io.Discard}, nil))
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	becomes := func(path string, want int) {
		t.Helper()
		last := "nobody listens"
		for end := time.Now().Add(enough); time.Now().Before(end); time.Sleep(10 * time.Millisecond) { // It takes a moment until everything turns.
			r, err := client.Get("http://" + cfg.Site.Listen + path)
			if err == nil {
				_ = r.Body.Close()
				if last = r.Status; r.StatusCode == want {
					return
				}
			}
		}
		t.Errorf("%s: %s", path, last)
	}
	becomes("/calendar/none.ics", http.StatusNotFound)
	becomes("/page/none", http.StatusNotFound)
	becomes("/healthz", http.StatusOK)
	s.stop()
	_ = in.Close()
	if answer, err := client.Get("http://" + cfg.Site.Listen + "/healthz"); err == nil {
		_ = answer.Body.Close()
		t.Error("it is served still")
	}
}

// TestATakenAddressIsSaid before anything is promised.
func TestATakenAddressIsSaid(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	words, err := locales.Load()
	if err != nil {
		t.Fatal(err)
	}
	p := &program{cfg: config.Config{Site: config.Site{Listen: l.Addr().String()}}, words: words}
	var problem *config.Problem
	if err := p.serveSite(t.Context()); !errors.As(err, &problem) || problem.Key != "site.listen" {
		t.Errorf("got %v", err)
	}
}
