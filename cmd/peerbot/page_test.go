package main

import (
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"peerbot/chat"
)

// TestANewcomerIsRemindedAfterOnePress: the post that greets says when the next meeting
// is, and its first button is all that it takes to be reminded.
func TestANewcomerIsRemindedAfterOnePress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &hall{name: "web", reaches: true}
		g, err := playOn(t.Context(), "web", these(h), t.Output(), demoOptions{startsIn: 3 * time.Minute, remindIn: time.Minute, lang: "en"})
		if err != nil {
			t.Fatal(err)
		}
		if err := g.seed.greet(t.Context(), g.program); err != nil {
			t.Fatal(err)
		}
		s := goOn(t, g.program)
		defer s.stop()
		h.s = s
		time.Sleep(time.Second)
		hello := h.had(g.seed.room(general))
		if len(hello) != 1 || !strings.Contains(hello[0].Body.String(), "Open circle starts at") {
			t.Fatalf("the greeting is %v", hello)
		}
		newcomer := guest{h, "web", "newcomer", chat.Member}
		r := newcomer.press(chat.Reply{Body: hello[0].Body, Offers: hello[0].Offers}, "Remind me: Open circle")
		if !r.Private || !strings.Contains(r.Body.String(), "The first reminder is for ") {
			t.Errorf("the answer to the press is %s", wordsOf(r))
		}
		for _, label := range []string{"Meetings", "What I can do here", "Help now"} {
			if r := newcomer.press(chat.Reply{Offers: hello[0].Offers}, label); len(r.Body) == 0 {
				t.Errorf("[%s] answers nothing", label)
			}
		}
		time.Sleep(3*time.Minute + 30*time.Second)
		if got := len(h.had(guest{h, "", "newcomer", 0}.at())); got != 1 {
			t.Errorf("the newcomer was reminded %d times", got)
		}
	})
}

// TestThePageIsThere opens the example community and looks at it as a browser does.
func TestThePageIsThere(t *testing.T) {
	t.Parallel()
	l, taken, err := listenHere("127.0.0.1:0")
	if err != nil || taken != nil {
		t.Fatal(taken, err)
	}
	g, err := openPage(t.Context(), l, t.Output(), demoOptions{startsIn: time.Hour, lang: "en"})
	if err != nil {
		t.Fatal(err)
	}
	defer goOn(t, g.program).stop()
	r, err := http.Get("http://" + l.Addr().String() + "/")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if r.StatusCode != http.StatusOK {
		t.Errorf("the page answers %s", r.Status)
	}
}

func TestThePageListensHere(t *testing.T) {
	first, taken, err := listenHere("localhost:0")
	if err != nil || taken != nil {
		t.Fatal(taken, err)
	}
	defer first.Close()
	second, taken, err := listenHere(first.Addr().String())
	if err != nil || taken == nil || second.Addr().String() == first.Addr().String() {
		t.Fatalf("%v and %v, %v, %v", first.Addr(), second, taken, err)
	}
	defer second.Close()
	for _, l := range []net.Listener{first, second} {
		if !l.Addr().(*net.TCPAddr).IP.IsLoopback() {
			t.Errorf("it listens at %s", l.Addr())
		}
	}
	for _, address := range []string{"", ":8420", "0.0.0.0:8420", "[::]:8420", "192.0.2.1:80", "127.0.0.1", "127.0.0.1:http:", "[::1"} {
		if l, _, err := listenHere(address); exitCode(err) != exitUsage {
			t.Errorf("%q: %v, %v", address, l, err)
		}
	}
}

func TestTheBrowserOfEachDesktop(t *testing.T) {
	for _, test := range []struct {
		system  string
		environ []string
		want    string
	}{
		{"linux", nil, ""},
		{"linux", []string{"DISPLAY="}, ""},
		{"linux", []string{"TERM=xterm", "DISPLAY=:0"}, "xdg-open http://x/"},
		{"freebsd", []string{"WAYLAND_DISPLAY=wayland-0"}, "xdg-open http://x/"},
		{"darwin", nil, "open http://x/"},
		{"windows", nil, "rundll32 url.dll,FileProtocolHandler http://x/"},
	} {
		var got []string
		if c := browser(t.Context(), test.system, test.environ, "http://x/"); c != nil {
			got = c.Args
		}
		if !slices.Equal(got, strings.Fields(test.want)) {
			t.Errorf("%s %q: %q, want %q", test.system, test.environ, got, test.want)
		}
	}
}
