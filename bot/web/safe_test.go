package web

import (
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"peerbot/chat"
)

// asks are a request of every kind.
var asks = []struct {
	method, path, form string
	status             int
}{
	{"GET", "/", "", http.StatusSeeOther},
	{"GET", "/en/peer/general", "", http.StatusOK},
	{"HEAD", "/en/peer/general", "", http.StatusOK},
	{"GET", "/en/peer/private", "", http.StatusOK},
	{"GET", "/en/peer/general/do/plan", "", http.StatusOK},
	{"GET", "/en/peer/general/do/nothing", "", http.StatusNotFound},
	{"GET", "/en/peer/general/complete?path=plan&option=what&typed=x", "", http.StatusOK},
	{"GET", "/en/peer/nowhere", "", http.StatusNotFound},
	{"GET", "/en/nobody/general", "", http.StatusNotFound},
	{"GET", "/xx/peer/general", "", http.StatusNotFound},
	{"GET", "/assets/old/app.js", "", http.StatusNotFound},
	{"GET", "/files/x/y", "", http.StatusNotFound},
	{"GET", "/favicon.ico", "", http.StatusNotFound},
	{"GET", "/en/peer/general/say", "", http.StatusNotFound},
	{"POST", "/en/peer/general", "", http.StatusNotFound},
	{"POST", "/", "", http.StatusNotFound},
	{"PUT", "/en/peer/general/say", "text=x", http.StatusNotFound},
	{"OPTIONS", "/en/peer/general/say", "", http.StatusNotFound},
	{"POST", "/en/peer/general/say", "text=hello", http.StatusSeeOther},
	{"POST", "/en/peer/general/say", "text=+", http.StatusBadRequest},
	{"POST", "/en/peer/general/say", "text=%zz", http.StatusBadRequest},
	{"POST", "/en/peer/general/press", "payload=x", http.StatusSeeOther},
	{"POST", "/en/peer/general/press", "", http.StatusBadRequest},
	{"POST", "/en/peer/general/call", "path=plan", http.StatusSeeOther},
	{"POST", "/en/peer/general/call", "path=+", http.StatusBadRequest},
	{"GET", "/en/peer/../host/general", "", http.StatusTemporaryRedirect},
}

var formHead = []string{"Content-Type", "application/x-www-form-urlencoded"}

func planner() *oracle {
	return &oracle{complete: func(*chat.Call, string, string) []chat.Choice { return nil }}
}

func planTree() []chat.Command { return []chat.Command{{Name: "plan"}} }

func TestEveryAnswerIsSafe(t *testing.T) {
	inHouse(t, planner(), func(t *testing.T, h *house) {
		h.Publish(planTree())
		for _, ask := range asks {
			for _, head := range [][]string{formHead, append(formHead, "Accept", "application/json"), append(formHead, "Origin", "http://evil.example")} {
				v := h.do(h.request(ask.method, ask.path, strings.NewReader(ask.form), head...))
				if head[len(head)-2] == "Content-Type" && v.StatusCode != ask.status {
					t.Errorf("%s %s: %s, want %d", ask.method, ask.path, v.Status, ask.status)
				}
				for name, value := range safety {
					if got := v.Header.Get(name); got != value {
						t.Errorf("%s %s: %s is %q", ask.method, ask.path, name, got)
					}
				}
				if c := v.Header.Values("Set-Cookie"); c != nil {
					t.Errorf("%s %s sets the cookies %q", ask.method, ask.path, c)
				}
				if v.Header.Get("Access-Control-Allow-Origin") != "" {
					t.Errorf("%s %s lets other origins read", ask.method, ask.path)
				}
			}
		}
	})
}

func TestAssetsNeverChange(t *testing.T) {
	inHouse(t, planner(), func(t *testing.T, h *house) {
		for name, kind := range map[string]string{"app.css": "text/css", "app.js": "text/javascript"} {
			v := h.get(h.looks.asset(name))
			if v.StatusCode != http.StatusOK || !strings.HasPrefix(v.Header.Get("Content-Type"), kind) || !strings.Contains(v.Header.Get("Cache-Control"), "immutable") {
				t.Errorf("%s: %s, %v", name, v.Status, v.Header)
			}
			if !strings.Contains(h.get("/en/peer/general").body, h.looks.asset(name)) {
				t.Errorf("the page does not use %s", name)
			}
		}
		for _, path := range []string{h.looks.asset("page.html"), h.looks.asset("..%2fweb.go"), h.looks.asset(""), h.looks.asset("nothing")} {
			if v := h.get(path); v.StatusCode != http.StatusNotFound {
				t.Errorf("%s: %s", path, v.Status)
			}
		}
	})
}

func TestForeignHost(t *testing.T) {
	inHouse(t, planner(), func(t *testing.T, h *house) {
		h.tell(h.general(), "1", says("between us"))
		for _, host := range []string{"evil.example", "localhost.evil.example", "127.0.0.1.nip.io", "localhost:80", "127.0.0.2", "[::]", "0.0.0.0"} {
			r := h.request("GET", "/es/peer/general", nil)
			r.Host = host
			v := h.do(r)
			if v.StatusCode != http.StatusMisdirectedRequest || v.body != said(t, "es", "web.sorry.host")+"\n" {
				t.Errorf("%s: %s, %q", host, v.Status, v.body)
			}
		}
		for _, host := range []string{"localhost", "127.0.0.1", "[::1]", "LOCALHOST"} {
			r := h.request("GET", "/es/peer/general", nil)
			r.Host = host
			if v := h.do(r); v.StatusCode != http.StatusOK {
				t.Errorf("%s: %s", host, v.Status)
			}
		}
	})
}

func TestForeignOrigin(t *testing.T) {
	o := planner()
	inHouse(t, o, func(t *testing.T, h *house) {
		for _, head := range [][]string{
			{"Origin", "http://evil.example"}, {"Origin", "null"}, {"Origin", "https://localhost:444"}, {"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"},
		} {
			for _, act := range []string{"say", "press", "call"} {
				v := h.post("/en/peer/general/"+act, url.Values{"text": {"x"}, "payload": {"x"}, "path": {"plan"}}, head...)
				if v.StatusCode != http.StatusForbidden || v.body != said(t, "en", "web.sorry.origin")+"\n" {
					t.Errorf("%s with %q: %s, %q", act, head, v.Status, v.body)
				}
			}
		}
		if c := o.last(); c != nil {
			t.Errorf("it was called: %+v", c)
		}
		if posts := h.posts("/en/peer/general"); len(posts) > 0 {
			t.Errorf("it changed the page: %+v", posts)
		}
		v := h.post("/en/peer/general/say", url.Values{"text": {"mine"}}, "Origin", "http://localhost", "Sec-Fetch-Site", "same-origin")
		if v.StatusCode != http.StatusSeeOther {
			t.Errorf("our own origin: %s", v.Status)
		}
	})
}

// said is a sentence of the catalogue.
func said(t *testing.T, lang, id string) string {
	t.Helper()
	words, err := catalogue()
	if err != nil {
		t.Fatal(err)
	}
	text := words.Put(lang, nil, chat.Rich{chat.Phrase{ID: id}}).String()
	if strings.HasPrefix(text, "<") {
		t.Fatalf("the catalogue has no %s", text)
	}
	return text
}

func TestLoopbackAlone(t *testing.T) {
	for address, want := range map[net.Addr]string{
		&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8420}: "localhost:8420",
		&net.TCPAddr{IP: net.IPv6loopback, Port: 80}:         "localhost",
		pipeAddr{}:                                          "localhost",
		&net.TCPAddr{IP: net.IPv4zero, Port: 80}:            "",
		&net.TCPAddr{IP: net.IPv6zero, Port: 80}:            "",
		&net.TCPAddr{Port: 80}:                              "",
		&net.TCPAddr{IP: net.IPv4(192, 168, 0, 1), Port: 1}: "",
		&net.UnixAddr{Name: "/tmp/x", Net: "unix"}:          "",
	} {
		hosts, err := loopback(address)
		if (err == nil) != (want != "") || !hosts[want] && want != "" {
			t.Errorf("%v: %v, %v", address, hosts, err)
		}
	}
}

func TestOptions(t *testing.T) {
	words, err := catalogue()
	if err != nil {
		t.Fatal(err)
	}
	for _, rooms := range [][]string{nil, {"private"}, {"a/b"}, {"<b>"}, {""}, {"general", "with space"}} {
		if _, err := New(Options{Listener: newWire(), Words: words, Rooms: rooms}); err == nil {
			t.Errorf("the rooms %q are taken", rooms)
		}
	}
}

func TestLanguage(t *testing.T) {
	inHouse(t, planner(), func(t *testing.T, h *house) {
		for accept, want := range map[string]string{
			"": "en", "es": "es", "es-MX,es;q=0.9,en;q=0.8": "es", "fr,es;q=0.5": "es", "fr": "en", "en-GB,es;q=0.9": "en", "*": "en", "q=;;,": "en",
		} {
			v := h.get("/", "Accept-Language", accept)
			if diff := cmp.Diff("/"+want+"/newcomer/general", v.Header.Get("Location")); diff != "" {
				t.Errorf("%q: %s", accept, diff)
			}
		}
	})
}
