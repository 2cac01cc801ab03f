package wire_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"peerbot/bot/discord/discordtest"
	"peerbot/bot/discord/wire"
)

const post = "POST /channels/{channel_id}/messages"

// ask is a stage without a gateway: its Client makes requests.
func ask(t *testing.T, o discordtest.Options, test func(*stage, *wire.Client)) {
	synctest.Test(t, func(t *testing.T) {
		s := &stage{Server: discordtest.New(o), t: t}
		defer s.Close()
		c := s.client(s.Token())
		defer c.Close()
		test(s, c)
	})
}

func say(room, words string) wire.Request {
	return wire.Request{
		Method: http.MethodPost, Path: "/channels/" + room + "/messages", Bucket: room,
		Body: wire.Message{Content: words, Components: []wire.Component{}, Mentions: wire.Mentions{Parse: []string{}}},
	}
}

// Discord turns away whoever asks more than 50 times in a second; the library asks on.
func TestPace(t *testing.T) {
	ask(t, discordtest.Options{}, func(s *stage, c *wire.Client) {
		began := time.Now()
		var all sync.WaitGroup
		for n := range 500 {
			all.Go(func() {
				r := wire.Request{Method: http.MethodGet, Path: "/users/@me", Bucket: strconv.Itoa(n)}
				if err := c.Do(s.t.Context(), r, nil); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if took := time.Since(began); took > 10500*time.Millisecond || s.Counts().TooMany > 0 {
			t.Errorf("500 requests took %v, %d of them too fast", took, s.Counts().TooMany)
		}
	})
}

// Answers to people do not wait behind that.
func TestAnswersAreNotPaced(t *testing.T) {
	ask(t, discordtest.Options{Unlimited: true}, func(s *stage, c *wire.Client) {
		began := time.Now()
		for range 500 {
			r := wire.Request{Method: http.MethodPost, Path: "/interactions/1/token/callback", Own: wire.NewBucket(), Body: 1}
			_ = c.Do(s.t.Context(), r, nil)
		}
		if took := time.Since(began); took > 0 {
			t.Errorf("500 answers took %v", took)
		}
	})
}

// The limits of a room are kept without being told so by a 429; the library comes a
// fraction of a millisecond too early.
func TestRoomLimit(t *testing.T) {
	ask(t, discordtest.Options{}, func(s *stage, c *wire.Client) {
		began := time.Now()
		for range 21 {
			if err := c.Do(s.t.Context(), say(s.ChannelID("", "hall"), "hello"), nil); err != nil {
				t.Fatal(err)
			}
			time.Sleep(333 * time.Microsecond)
		}
		if took := time.Since(began); took > 21*time.Second || s.Counts().TooMany > 0 {
			t.Errorf("21 messages took %v, %d of them too fast", took, s.Counts().TooMany)
		}
	})
}

// The library waits for its turn whatever becomes of the context.
func TestWaitingEndsWithItsContext(t *testing.T) {
	ask(t, discordtest.Options{}, func(s *stage, c *wire.Client) {
		s.Fail(discordtest.Fault{Route: post, Hang: true})
		room := s.ChannelID("", "hall")
		var all sync.WaitGroup
		all.Go(func() { _ = c.Do(s.t.Context(), say(room, "hangs"), nil) })
		synctest.Wait()
		ctx, stop := context.WithTimeout(s.t.Context(), time.Second)
		defer stop()
		began := time.Now()
		err := c.Do(ctx, say(room, "waits"), nil)
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(began) > time.Second {
			t.Errorf("after %v: %v", time.Since(began), err)
		}
		all.Wait()
	})
}

// A 429 that is about everything holds everything; the library asks on.
func TestGlobalLimit(t *testing.T) {
	ask(t, discordtest.Options{}, func(s *stage, c *wire.Client) {
		s.Fail(discordtest.Fault{
			Status: 429, Header: http.Header{"Retry-After": {"7"}, "X-Ratelimit-Scope": {"global"}},
			Body: `{"message":"slow","retry_after":7,"global":true}`,
		})
		var refused *wire.Error
		err := c.Do(s.t.Context(), say(s.ChannelID("", "hall"), "a"), nil)
		if !errors.As(err, &refused) || refused.Status != 429 || refused.After < 7*time.Second || refused.After > 8*time.Second {
			t.Errorf("got %v", err)
		}
		began := time.Now()
		if err := c.Do(s.t.Context(), say(s.ChannelID("", "yard"), "b"), nil); err != nil {
			t.Error(err)
		}
		if took := time.Since(began); took < 7*time.Second || took > 8*time.Second {
			t.Errorf("the next one went out after %v", took)
		}
	})
}

// Discord bans who is turned away too often; long before, nothing is asked any more.
func TestBreaker(t *testing.T) {
	ask(t, discordtest.Options{}, func(s *stage, c *wire.Client) {
		s.Fail(discordtest.Fault{Status: 403, Body: `{"message":"Missing Access","code":50001}`, Times: -1})
		var refused *wire.Error
		for range 300 {
			_ = c.Do(s.t.Context(), wire.Request{Method: http.MethodGet, Path: "/users/@me"}, nil)
		}
		if n := s.Requests("GET /users/@me"); n != 100 {
			t.Errorf("%d requests went out", n)
		}
		err := c.Do(s.t.Context(), wire.Request{Method: http.MethodGet, Path: "/users/@me"}, nil)
		if !errors.As(err, &refused) || refused.Status != 0 || refused.After < 9*time.Minute {
			t.Errorf("got %v", err)
		}
		s.Mend()
		if err := c.Do(s.t.Context(), wire.Request{Method: http.MethodPost, Path: "/webhooks/1/t", Own: wire.NewBucket(), Body: 1}, nil); !errors.As(err, &refused) || refused.Status == 0 {
			t.Errorf("an answer to a person is held back: %v", err)
		}
		time.Sleep(10 * time.Minute)
		if err := c.Do(s.t.Context(), wire.Request{Method: http.MethodGet, Path: "/users/@me"}, nil); err != nil {
			t.Error(err)
		}
	})
}

// What the library makes a text of, or cannot read, is an Error with what Discord said.
func TestErrors(t *testing.T) {
	for name, c := range map[string]struct {
		fault discordtest.Fault
		want  wire.Error
	}{
		"502":            {discordtest.Fault{Status: 502, Body: "<html>"}, wire.Error{Status: 503}},
		"500":            {discordtest.Fault{Status: 500, Body: "<html>"}, wire.Error{Status: 500}},
		"403":            {discordtest.Fault{Status: 403, Body: `{"message":"Missing Access","code":50001}`}, wire.Error{Status: 403, Code: 50001, Message: "Missing Access"}},
		"429 of a proxy": {discordtest.Fault{Status: 429, Body: "<html>", Header: http.Header{"Retry-After": {"3"}}}, wire.Error{Status: 429, Message: "too fast", After: 3005 * time.Millisecond}},
	} {
		ask(t, discordtest.Options{}, func(s *stage, cl *wire.Client) {
			s.Fail(c.fault)
			var got *wire.Error
			if err := cl.Do(s.t.Context(), wire.Request{Method: http.MethodGet, Path: "/users/@me"}, nil); !errors.As(err, &got) || *got != c.want {
				t.Errorf("%s: got %v, not %v", name, err, &c.want)
			}
		})
	}
}

func TestAddress(t *testing.T) {
	for api, fine := range map[string]bool{
		"": true, "https://discord.com": true, "http://localhost:8080/": true, "https://x.example/api/v9/": true, "https://x.example/proxy/api": true,
		"discord.com": false, "ftp://x.example": false, "https://": false, "http://[::1": false, "x": false,
	} {
		if _, err := wire.NewClient(wire.ClientOptions{API: api}); (err == nil) != fine {
			t.Errorf("%q gives %v", api, err)
		}
	}
}

func TestWitness(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := discordtest.New(discordtest.Options{Shift: time.Hour})
		defer s.Close()
		var said time.Time
		c, err := wire.NewClient(wire.ClientOptions{
			API: s.URL() + "/api/v8", Token: s.Token(), Dial: s.Dial, Witness: func(t time.Time) { said = t },
		})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if _, err := c.GatewayBot(t.Context()); err != nil || time.Until(said) != time.Hour {
			t.Errorf("Discord says it is %v (%v)", said, err)
		}
	})
}

// 100 edits of answers that take 50 ms each: the library makes them one after the other.
func TestEditsAtOnce(t *testing.T) {
	ask(t, discordtest.Options{Unlimited: true}, func(s *stage, c *wire.Client) {
		s.Fail(discordtest.Fault{Route: "PATCH /webhooks/{webhook_id}/{webhook_token}/messages/@original", Delay: 50 * time.Millisecond, Times: -1})
		began := time.Now()
		var all sync.WaitGroup
		for n := range 100 {
			all.Go(func() {
				path := "/webhooks/1/token" + strconv.Itoa(n) + "/messages/@original"
				_ = c.Do(s.t.Context(), wire.Request{Method: http.MethodPatch, Path: path, Own: wire.NewBucket(), Body: 1}, nil)
			})
		}
		all.Wait()
		if took := time.Since(began); took > 100*time.Millisecond {
			t.Errorf("100 edits took %v", took)
		}
	})
}

// The library keeps 450 bytes of every interaction. Each is waited for, for what
// runs beside a request is kept by Go until it has ended, and some of it thereafter.
func TestNothingIsKeptOfAnInteraction(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, err := wire.NewClient(wire.ClientOptions{API: "http://127.0.0.1:1", Token: "t", Dial: refuse})
		if err != nil {
			t.Fatal(err)
		}
		answer := func(n int) {
			for range n {
				_ = c.Do(t.Context(), wire.Request{Method: http.MethodPost, Path: "/interactions/1/t/callback", Own: wire.NewBucket()}, nil)
				synctest.Wait()
			}
		}
		answer(100)
		before := heap()
		answer(2000)
		if grown := heap() - before; grown > 2000*100 {
			t.Errorf("2,000 interactions leave %d bytes", grown)
		}
	})
}

func heap() int {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}

// No error holds the token, nor the address, in which an interaction's stands.
func TestErrorsTellNoSecret(t *testing.T) {
	for _, token := range []string{"secret", "sec\nret", "sécret\x00"} {
		c, err := wire.NewClient(wire.ClientOptions{API: "http://127.0.0.1:1", Token: token, Dial: func(context.Context, string, string) (net.Conn, error) {
			return nil, errors.New("no way for " + token)
		}})
		if err != nil {
			t.Fatal(err)
		}
		err = c.Do(t.Context(), wire.Request{Method: http.MethodPost, Path: "/interactions/1/key/callback"}, nil)
		if err == nil || strings.Contains(err.Error(), token) || strings.Contains(err.Error(), "key") {
			t.Errorf("the error is %v", err)
		}
	}
}

func refuse(context.Context, string, string) (net.Conn, error) {
	return nil, errors.New("nobody is there")
}
