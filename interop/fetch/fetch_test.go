package fetch

import (
	"compress/gzip"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"peerbot/chat"
)

func TestPublic(t *testing.T) {
	for address, want := range map[string]bool{
		"93.184.215.14": true, "2606:2800:21f:cb07:6820:80da:af6b:8b2c": true, "::ffff:93.184.215.14": true,
		"127.0.0.1": false, "127.9.9.9": false, "::1": false, "::ffff:127.0.0.1": false, "0.0.0.0": false, "0.1.2.3": false, "::": false,
		"10.0.0.1": false, "172.16.0.1": false, "192.168.1.1": false, "100.64.0.1": false, "fd00::1": false, "fec0::1": false,
		"169.254.169.254": false, "fe80::1": false, "fe80::1%eth0": false, "::ffff:169.254.169.254": false, "fd00:ec2::254": false,
		"224.0.0.1": false, "ff02::1": false, "255.255.255.255": false, "192.0.2.1": false, "198.18.0.1": false, "2001:db8::1": false,
		"64:ff9b::7f00:1": false, "64:ff9b:1::1": false, "::7f00:1": false, "::ffff:0:7f00:1": false, "100::1": false, "4000::1": false, "5f00::1": false, "2002:7f00:1::": false, "2001::1": false,
	} {
		if got := Public(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s: %v", address, got)
		}
	}
}

// server is a place on the web, and a Fetcher that may go where allow says.
func server(t *testing.T, allow func(netip.Addr) bool, h http.HandlerFunc) (*Fetcher, string) {
	t.Helper()
	s := httptest.NewTLSServer(h)
	t.Cleanup(s.Close)
	f := New(allow)
	trust, ok := s.Client().Transport.(*http.Transport)
	mine, fine := f.client.Transport.(*http.Transport)
	if !ok || !fine {
		t.Fatal("there is another transport")
	}
	mine.TLSClientConfig = trust.TLSClientConfig
	return f, s.URL
}

func anywhere(netip.Addr) bool { return true }

func refused(t *testing.T, err error, want string) {
	t.Helper()
	var r *chat.Refusal
	if !errors.As(err, &r) || r.Say[0].(chat.Phrase).ID != want {
		t.Errorf("it was answered %v, not %s", err, want)
	}
}

func TestRead(t *testing.T) {
	f, address := server(t, anywhere, func(rw http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/list":
			_, _ = rw.Write([]byte("[]"))
		case "/hop":
			http.Redirect(rw, r, "/list", http.StatusFound)
		case "/round":
			http.Redirect(rw, r, "/round", http.StatusFound)
		case "/plain":
			http.Redirect(rw, r, "http://example.org/", http.StatusFound)
		case "/huge":
			_, _ = rw.Write([]byte(strings.Repeat("x", 1<<16)))
		case "/cut":
			rw.Header().Set("Content-Length", "100")
			_, _ = rw.Write([]byte("[]"))
		case "/head":
			rw.Header().Set("X-Much", strings.Repeat("x", 1<<17))
		case "/bomb":
			rw.Header().Set("Content-Encoding", "gzip")
			zip := gzip.NewWriter(rw)
			_, _ = zip.Write(make([]byte, 8<<20))
			_ = zip.Close()
		case "/zipped":
			rw.Header().Set("Content-Encoding", "gzip")
			zip := gzip.NewWriter(rw)
			_, _ = zip.Write([]byte("[]"))
			_ = zip.Close()
		case "/half":
			rw.Header().Set("Content-Encoding", "gzip")
			_, _ = rw.Write([]byte{0x1f, 0x8b, 8})
		case "/nothing":
			rw.WriteHeader(http.StatusNotModified)
		case "/stall":
			_, _ = rw.Write([]byte("["))
			_ = http.NewResponseController(rw).Flush()
			<-r.Context().Done()
			panic(http.ErrAbortHandler)
		case "/told":
			_, _ = fmt.Fprint(rw, len(r.Header["Cookie"]), len(r.Header["Referer"]), r.Header.Get("User-Agent"))
		case "/hop/told":
			http.SetCookie(rw, &http.Cookie{Name: "who", Value: "you"})
			http.Redirect(rw, r, "/told", http.StatusFound)
		case "/slow":
			<-r.Context().Done()
			panic(http.ErrAbortHandler) // for an answer that races the end of the time would be taken
		default:
			http.NotFound(rw, r)
		}
	})
	f.most = 1 << 10
	for path, want := range map[string]string{"/list": "[]", "/hop": "[]", "/zipped": "[]", "/hop/told": "0 0peerbot"} {
		if data, err := f.Read(t.Context(), address+path); err != nil || !strings.HasPrefix(string(data), want) {
			t.Errorf("%s is %q, %v", path, data, err)
		}
	}
	for path, want := range map[string]string{
		"/none": "feed.status", "/round": "feed.unreachable", "/plain": "feed.no_https",
		"/huge": "interop.too_large", "/cut": "feed.unreachable",
		"/head": "feed.unreachable", "/bomb": "interop.too_large", "/half": "feed.unreachable", "/nothing": "feed.status",
	} {
		_, err := f.Read(t.Context(), address+path)
		refused(t, err, want)
	}
	f.client.Timeout = 200 * time.Millisecond // for what never comes, however long it is waited for
	for _, path := range []string{"/slow", "/stall"} {
		_, err := f.Read(t.Context(), address+path)
		refused(t, err, "feed.too_slow")
	}
}

// TestNowhereElse: not to this computer by number, by name or by a redirect.
func TestNowhereElse(t *testing.T) {
	asked := false
	f, address := server(t, Public, func(http.ResponseWriter, *http.Request) { asked = true })
	for _, at := range []string{address, strings.Replace(address, "127.0.0.1", "localhost", 1), strings.Replace(address, "127.0.0.1", "[::ffff:127.0.0.1]", 1)} {
		_, err := f.Read(t.Context(), at)
		refused(t, err, "feed.not_public")
	}
	for _, at := range []string{"http://example.org/", "file:///etc/passwd", "https://a:b@example.org/", "https:///list", "ftp://example.org", ":"} {
		_, err := f.Read(t.Context(), at)
		refused(t, err, "feed.no_https")
	}
	f, address = server(t, func(at netip.Addr) bool { return at == netip.MustParseAddr("127.0.0.1") }, func(rw http.ResponseWriter, r *http.Request) {
		if r.Host != "" && strings.HasPrefix(r.Host, "127.0.0.1") {
			http.Redirect(rw, r, "https://127.0.0.2"+r.Host[len("127.0.0.1"):]+"/", http.StatusFound)
			return
		}
		asked = true
	})
	_, err := f.Read(t.Context(), address)
	refused(t, err, "feed.not_public")
	if asked {
		t.Error("somebody was asked who must not be")
	}
}
