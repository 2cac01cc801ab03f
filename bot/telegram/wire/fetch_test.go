package wire

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"peerbot/bot/telegram/telegramtest"
)

// filed is a server with one file, which lies at the path.
func filed(t *testing.T, path string, size int64, send http.HandlerFunc) *Client {
	t.Helper()
	return client(t, server(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/bot" + secret + "/getFile":
			_, _ = fmt.Fprintf(w, `{"ok":true,"result":{"file_id":"f","file_unique_id":"u","file_size":%d,"file_path":%q}}`, size, path)
		case "/file/bot" + secret + "/" + path:
			send(w, r)
		default:
			t.Errorf("nobody should ask for %s", r.URL.Path)
		}
	}).URL)
}

func words(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, text) }
}

// fetched reads a file to its end.
func fetched(ctx context.Context, c *Client) (string, error) {
	from, err := c.Fetch(ctx, "f")
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(from)
	return string(text), errors.Join(err, from.Close())
}

func TestFetch(t *testing.T) {
	for _, path := range []string{"documents/file_7.csv", "documents/a b#c?d%2f é.csv"} {
		if text, err := fetched(t.Context(), filed(t, path, 3, words("a,b"))); text != "a,b" || err != nil {
			t.Errorf("%s: %q, %v", path, text, err)
		}
	}
}

// A server with --local says where on its own machine a file lies. Nothing is read there.
func TestFetchGoesNowhereElse(t *testing.T) {
	for _, path := range []string{"/var/lib/telegram-bot-api/f.csv", "../f.csv", "documents/../../x", `C:\files\f.csv`, "https://example.org/f"} {
		if _, err := fetched(t.Context(), filed(t, path, 3, words("a,b"))); !errors.Is(err, ErrElsewhere) {
			t.Errorf("%s: %v", path, err)
		}
	}
	_, err := fetched(t.Context(), filed(t, "", 3, words("a,b")))
	if wantSecret(t, err); errors.Is(err, ErrElsewhere) {
		t.Error(err)
	}
}

func TestFetchOfWhatIsTooLarge(t *testing.T) {
	endless := func(w http.ResponseWriter, _ *http.Request) {
		for part := strings.Repeat("x", 1<<20); ; {
			if _, err := io.WriteString(w, part); err != nil {
				return
			}
		}
	}
	if _, err := filed(t, "f", MaxFile+1, words("small")).Fetch(t.Context(), "f"); !errors.Is(err, ErrTooLarge) {
		t.Error(err)
	}
	if text, err := fetched(t.Context(), filed(t, "f", 0, endless)); !errors.Is(err, ErrTooLarge) || len(text) > MaxFile {
		t.Errorf("%d bytes, %v", len(text), err)
	}
	whole := strings.Repeat("x", MaxFile)
	if text, err := fetched(t.Context(), filed(t, "f", MaxFile, words(whole))); text != whole || err != nil {
		t.Errorf("%d bytes, %v", len(text), err)
	}
}

// Whoever a redirect leads to would see the token in the address that it came from.
func TestRedirectsAreNotFollowed(t *testing.T) {
	other := server(t, func(_ http.ResponseWriter, r *http.Request) { t.Errorf("it is told %q", r.Header) })
	away := func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, other.URL, http.StatusFound) }
	_, err := fetched(t.Context(), filed(t, "f", 3, away))
	wantSecret(t, err)
	wantSecret(t, client(t, server(t, away).URL).Call(t.Context(), "getMe", struct{}{}, nil))
}

// hung plays with a Client in a bubble.
func hung(t *testing.T, play func(t *testing.T, s *telegramtest.Server, c *Client)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := telegramtest.New(telegramtest.Options{})
		defer s.Close()
		c, err := New(Options{Token: telegramtest.Token, API: "http://telegram.test", Dial: s.Dial})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		play(t, s, c)
	})
}

// sent is the id of a file that somebody has sent.
func sent(t *testing.T, s *telegramtest.Server, c *Client) string {
	t.Helper()
	s.Write(telegramtest.Post{Who: "ana", File: "a.csv", Content: []byte(strings.Repeat("a,b\n", 1000))})
	got, err := c.Poll(t.Context(), 0, 1, []string{"message"})
	if err != nil || len(got) != 1 {
		t.Fatalf("%d updates, %v", len(got), err)
	}
	return got[0].Message.Document.FileID
}

func TestFetchEndsInTime(t *testing.T) {
	for name, fault := range map[string]telegramtest.Fault{
		"it stalls":               {Method: "download", Wait: time.Hour},
		"it is asked for in vain": {Method: "getFile", Wait: time.Hour},
		"it trickles":             {Method: "download", Slow: time.Hour},
		"it is cut off":           {Method: "download", Cut: true},
		"the line drops":          {Method: "download", Drop: true, Times: -1},
		"a proxy answers":         {Method: "download", Status: http.StatusBadGateway},
	} {
		t.Run(name, func(t *testing.T) {
			hung(t, func(t *testing.T, s *telegramtest.Server, c *Client) {
				id := sent(t, s, c)
				s.Fail(fault)
				began := time.Now()
				from, err := c.Fetch(t.Context(), id)
				if err == nil {
					_, err = io.Copy(io.Discard, from)
					err = errors.Join(err, from.Close())
				}
				wantSecret(t, err)
				if took := time.Since(began); took > fetching {
					t.Errorf("it took %v", took)
				}
			})
		})
	}
}

// What is not closed yet keeps others from coming, and they are told at once.
func TestFetchesAtATime(t *testing.T) {
	hung(t, func(t *testing.T, s *telegramtest.Server, c *Client) {
		id := sent(t, s, c)
		var open []io.Closer
		for range fetches {
			from, err := c.Fetch(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			open = append(open, from)
		}
		began := time.Now()
		if _, err := c.Fetch(t.Context(), id); !errors.Is(err, ErrTooMany) || time.Since(began) > 0 {
			t.Errorf("%v after %v", err, time.Since(began))
		}
		for _, from := range open {
			for range 2 {
				_ = from.Close()
			}
		}
		for range 2 * fetches {
			s.Fail(telegramtest.Fault{Method: "download", Status: http.StatusBadGateway})
			if _, err := c.Fetch(t.Context(), id); err == nil || errors.Is(err, ErrTooMany) {
				t.Errorf("got %v", err)
			}
		}
		if from, err := c.Fetch(t.Context(), id); err != nil {
			t.Error(err)
		} else {
			_ = from.Close()
		}
	})
}
