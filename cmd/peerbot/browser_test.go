package main

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestBrowser opens the example community in a real browser. It needs Chromium, and
// some of it axe-core; see the Makefile. The one reminder that is waited for comes
// while the others are at work, of which those begin first that take longest.
func TestBrowser(t *testing.T) {
	b := openBrowser(t)
	arrives := theReminderArrives(t, b)
	t.Run("meanwhile", func(t *testing.T) {
		for _, it := range []struct {
			name string
			play func(*testing.T, surfer)
		}{
			{"cards in English", func(t *testing.T, b surfer) { cardsLookWell(t, b, "en", looks...) }},
			{"cards in Spanish", func(t *testing.T, b surfer) { cardsLookWell(t, b, "es", looks[0], looks[3]) }},
			{"nothing but our words", nothingButOurWords},
			{"a lost connection", aLostConnection},
			{"a newcomer", aNewcomer},
			{"by keyboard", byKeyboard},
			{"without script", withoutScript},
			{"a host adds a meeting", aHostAddsAMeeting},
			{"what is heard", whatIsHeard},
			{"edits in place", editsInPlace},
			{"the palette", thePalette},
			{"its own clock", itsOwnClock},
			{"a place to read", aPlaceToRead},
			{"a half filled form", aHalfFilledForm},
			{"what it could be", whatItCouldBe},
			{"a page that sleeps", aPageThatSleeps},
			{"how light it is", howLightItIs},
			{"markup stays words", markupStaysWords},
			{"two tabs as two people", twoTabsAsTwoPeople},
		} {
			t.Run(it.name, func(t *testing.T) {
				t.Parallel()
				it.play(t, b)
			})
		}
	})
	arrives()
}

// missing skips what needs a tool that is not there. Where everything has to be
// proven it fails.
func missing(t *testing.T, tool string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is not there; .ci/run installs it", tool)
	}
	t.Skipf("%s is not there, so this is not tested; .ci/run installs it", tool)
}

// surfer is a browser that runs.
type surfer struct{ ctx context.Context }

func openBrowser(t *testing.T) surfer {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil && path == "" {
			path = found
		}
	}
	if path == "" {
		missing(t, "Chromium")
	}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("lang", "en-US"), chromedp.WSURLReadTimeout(enough),
	)
	ctx, end := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(end)
	ctx, end = chromedp.NewContext(ctx)
	t.Cleanup(end)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	return surfer{ctx}
}

// frayed is a listener whose connections can be cut, and stay so until they are mended.
type frayed struct {
	net.Listener
	mu    sync.Mutex
	cut   bool
	conns []net.Conn
}

func (f *frayed) Accept() (net.Conn, error) {
	c, err := f.Listener.Accept()
	if err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.conns = append(f.conns, c); f.cut {
		_ = c.Close()
	}
	return c, nil
}

// fray cuts every connection, or lets new ones be made.
func (f *frayed) fray(cut bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.cut = cut
	for _, c := range f.conns {
		_ = c.Close()
	}
	f.conns = nil
}

// scene is the example community as it is served, and who looks at it.
type scene struct {
	t    *testing.T
	wire *frayed
	home string // home is its address, without a path.
	b    surfer
}

// served serves what open makes behind a listener.
func served(t *testing.T, b surfer, open func(net.Listener) (*program, error)) *scene {
	t.Helper()
	l, taken, err := listenHere("127.0.0.1:0")
	if err != nil || taken != nil {
		t.Fatal(taken, err)
	}
	s := &scene{t: t, wire: &frayed{Listener: l}, home: "http://" + l.Addr().String(), b: b}
	p, err := open(s.wire)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(goOn(t, p).stop)
	return s
}

func demonstrated(t *testing.T, b surfer, o demoOptions) *scene {
	t.Helper()
	return served(t, b, func(l net.Listener) (*program, error) {
		g, err := openPage(t.Context(), l, t.Output(), o)
		if err != nil {
			return nil, err
		}
		return g.program, nil
	})
}

// says makes a person write a line in the first room, from elsewhere.
func (s *scene) says(who, text string) {
	s.t.Helper()
	c := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	r, err := c.PostForm(s.home+"/en/"+who+"/general/say", url.Values{"text": {text}})
	if err != nil {
		s.t.Fatal(err)
	}
	_ = r.Body.Close()
	if r.StatusCode != http.StatusOK {
		s.t.Fatalf("to say something answers %s", r.Status)
	}
}
