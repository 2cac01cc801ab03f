package wire

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	telegram "github.com/go-telegram/bot"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const secret = "8000000001:AAF-a-token_that-is_nobodys-at-all0"

// server answers every request in the same way.
func server(t testing.TB, answer http.HandlerFunc) *httptest.Server {
	s := httptest.NewServer(answer)
	t.Cleanup(s.Close)
	return s
}

func client(t testing.TB, api string) *Client {
	t.Helper()
	c, err := New(Options{Token: secret, API: api})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// The library sends multipart/form-data; without this package a request is that.
func TestRequestsArePlainJSON(t *testing.T) {
	var kind, body, path string
	s := server(t, func(w http.ResponseWriter, r *http.Request) {
		all, _ := io.ReadAll(r.Body)
		kind, body, path = r.Header.Get("Content-Type"), string(all), r.URL.Path
		_, _ = io.WriteString(w, `{"ok":true,"result":{"message_id":7}}`)
	})
	var sent struct {
		ID int `json:"message_id"`
	}
	params := telegram.SendMessageParams{ChatID: int64(5), Text: "hello"}
	if err := client(t, s.URL+"/").Call(t.Context(), "sendMessage", params, &sent); err != nil {
		t.Fatal(err)
	}
	if kind != "application/json" || body != `{"chat_id":5,"text":"hello"}` || path != "/bot"+secret+"/sendMessage" || sent.ID != 7 {
		t.Errorf("%s %s to %s brings %d", kind, body, path, sent.ID)
	}
}

// The library's errors quote the address of a request that could not be made, and the
// body of an answer that cannot be read. Ours hold neither, whatever goes wrong.
func TestErrorsHoldNoSecret(t *testing.T) {
	echo := func(status int, text string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			w.WriteHeader(status)
			_, _ = io.WriteString(w, text+r.URL.Path)
		}
	}
	for name, answer := range map[string]http.HandlerFunc{
		"a proxy's page":    echo(http.StatusBadGateway, "<html>"),
		"no JSON":           echo(http.StatusOK, "private words"),
		"a refusal with it": echo(http.StatusBadRequest, `{"ok":false,"error_code":400,"description":"Bad Request: `),
		"a dropped request": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"a redirect to it": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "gopher://x"+r.URL.Path, http.StatusFound)
		},
		"half of an answer": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "900")
			_, _ = io.WriteString(w, `{"ok`)
		},
		"another thing": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"ok":true,"result":"private words"}`)
		},
		"a refusal that says": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"ok":false,"error_code":400,"description":"no `+secret+`"}`)
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := client(t, server(t, answer).URL)
			var n int
			wantSecret(t, c.Call(t.Context(), "getMe", struct{}{}, &n))
			wantSecret(t, c.Send(t.Context(), Upload{Chat: 5, Name: "a.txt", Data: strings.NewReader("x")}))
			_, err := c.Fetch(t.Context(), "file")
			wantSecret(t, err)
		})
	}
	gone := server(t, echo(200, ""))
	gone.Close()
	wantSecret(t, client(t, gone.URL).Call(t.Context(), "getMe", struct{}{}, nil))
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	wantSecret(t, client(t, gone.URL).Call(ended, "getMe", struct{}{}, nil))
}

func wantSecret(t *testing.T, err error) {
	t.Helper()
	if err == nil {
		t.Error("it is no error")
		return
	}
	for e := err; e != nil; e = errors.Unwrap(e) {
		if text := e.Error(); strings.Contains(text, "AAF-") || strings.Contains(text, "private words") {
			t.Errorf("it says %q", text)
		}
	}
}

func TestWhatIsNoTokenAndNoAddress(t *testing.T) {
	for _, token := range []string{"", "token", "123:short", secret + "/", " " + secret, secret + "\n", "1:" + strings.Repeat("é", 30)} {
		if _, err := New(Options{Token: token}); !errors.Is(err, ErrToken) {
			t.Errorf("%q: %v", token, err)
		}
	}
	for _, api := range []string{"api.telegram.org", "ftp://x", "https://", "http://[::1", "http://a b"} {
		if _, err := New(Options{Token: secret, API: api}); !errors.Is(err, ErrAPI) {
			t.Errorf("%q: %v", api, err)
		}
	}
}

// The library's IsTooManyRequestsError and IsMigrateError see no wrapped error; ours are
// found however they come.
func TestRefusals(t *testing.T) {
	for text, want := range map[string]Error{
		`{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 7","parameters":{"retry_after":7}}`: refusal(429, 7, 0),
		`{"ok":false,"error_code":400,"description":"Bad Request: group chat was upgraded to a supergroup chat",
			"parameters":{"migrate_to_chat_id":-1002000000001}}`: refusal(400, 0, -1002000000001),
		`{"ok":false,"error_code":403,"description":"Forbidden: bot was blocked by the user"}`:           refusal(403, 0, 0),
		`{"ok":false,"error_code":401,"description":"Unauthorized"}`:                                     refusal(401, 0, 0),
		`{"ok":false,"error_code":404,"description":"Not Found"}`:                                        refusal(404, 0, 0),
		`{"ok":false,"error_code":409,"description":"Conflict: terminated by other getUpdates request"}`: refusal(409, 0, 0),
	} {
		c := client(t, server(t, func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			_, _ = io.WriteString(w, text)
		}).URL)
		for how, err := range map[string]error{
			"JSON": c.Call(t.Context(), "sendMessage", struct{}{}, nil),
			"file": c.Send(t.Context(), Upload{Chat: 5, Name: "a", Data: strings.NewReader("x")}),
		} {
			var e *Error
			if !errors.As(err, &e) || e.Code != want.Code || e.Parameters != want.Parameters {
				t.Errorf("%s, %s: %v", how, text, err)
			}
		}
	}
}

func refusal(code, after int, to int64) (e Error) {
	e.Code, e.Parameters.RetryAfter, e.Parameters.MigrateTo = code, after, to
	return e
}

func TestWitnessIsToldTheServersTime(t *testing.T) {
	said := time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)
	s := server(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Date", said.Format(http.TimeFormat))
		_, _ = io.WriteString(w, `{"ok":true,"result":true}`)
	})
	var heard time.Time
	c, err := New(Options{Token: secret, API: s.URL, Witness: func(at time.Time) { heard = at }, Dial: (&net.Dialer{}).DialContext})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Call(t.Context(), "getMe", struct{}{}, nil); err != nil || !heard.Equal(said) {
		t.Errorf("heard %v, %v", heard, err)
	}
}

// BenchmarkRequest compares a plain request with the library's.
func BenchmarkRequest(b *testing.B) {
	s := server(b, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		_, _ = io.WriteString(w, `{"ok":true,"result":{"message_id":7}}`)
	})
	c := client(b, s.URL)
	params := &telegram.SendMessageParams{ChatID: int64(5), Text: strings.Repeat("hello ", 20)}
	b.Run("ours", func(b *testing.B) {
		for b.Loop() {
			if err := c.Call(b.Context(), "sendMessage", params, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("library", func(b *testing.B) {
		for b.Loop() {
			if _, err := c.lib.SendMessage(b.Context(), params); err != nil {
				b.Fatal(err)
			}
		}
	})
}
