package wire_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"peerbot/bot/discord/discordtest"
	"peerbot/bot/discord/wire"
)

// stage is a fake Discord and a Gateway that is connected to it.
type stage struct {
	*discordtest.Server
	t    *testing.T
	log  journal
	stop func() error

	mu     sync.Mutex
	events []string
}

// journal is a log that may be read while it is written.
type journal struct {
	mu   sync.Mutex
	text strings.Builder
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

// play runs a test in a bubble, with a Gateway that runs. When it ends the Gateway
// has to stop, and the fake to have nothing against it.
func play(t *testing.T, o discordtest.Options, test func(*stage)) {
	playAfter(t, o, func(*discordtest.Server) {}, test)
}

// playAfter is play where something is wrong with Discord before the Gateway runs.
func playAfter(t *testing.T, o discordtest.Options, fault func(*discordtest.Server), test func(*stage)) {
	synctest.Test(t, func(t *testing.T) {
		s := &stage{Server: discordtest.New(o), t: t}
		defer s.Close()
		fault(s.Server)
		s.run(s.Token())
		defer func() {
			_ = s.stop()
			if t.Failed() {
				t.Log(s.log.String())
			}
			if strings.Contains(s.log.String(), s.Token()) {
				t.Error("the token stands in the log")
			}
		}()
		test(s)
	})
}

func (s *stage) client(token string) *wire.Client {
	c, err := wire.NewClient(wire.ClientOptions{API: s.URL(), Token: token, Dial: s.Dial})
	if err != nil {
		s.t.Fatal(err)
	}
	return c
}

func (s *stage) run(token string) {
	c := s.client(token)
	g := &wire.Gateway{
		Client: c, Intents: 1<<0 | 1<<12, Dial: s.Dial, Log: slog.New(slog.NewTextHandler(&s.log, nil)),
		Jitter: func() float64 { return 0.99 },
	}
	ctx, cancel := context.WithCancel(s.t.Context())
	done := make(chan error, 1)
	go func() { done <- g.Run(ctx, s.hear) }()
	s.stop = sync.OnceValue(func() error {
		cancel()
		err := <-done
		c.Close()
		return err
	})
}

func (s *stage) hear(event string, _ json.RawMessage) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.events = append(s.events, event)
}

// heard counts an event.
func (s *stage) heard(event string) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range s.events {
		if e == event {
			n++
		}
	}
	return n
}

func settle(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// back wants the Gateway to be connected within a time.
func (s *stage) back(within time.Duration) {
	s.t.Helper()
	for began := time.Now(); time.Since(began) <= within; {
		settle(100 * time.Millisecond)
		if s.Connected() {
			return
		}
	}
	s.t.Errorf("not connected after %v", within)
}

func (s *stage) counts(identifies, resumes int) {
	s.t.Helper()
	c := s.Counts()
	if c.Identifies != identifies || c.Resumes != resumes || c.Astray != 0 {
		s.t.Errorf("%d IDENTIFYs and %d RESUMEs (%d astray), not %d and %d", c.Identifies, c.Resumes, c.Astray, identifies, resumes)
	}
}

func TestConnects(t *testing.T) {
	play(t, discordtest.Options{}, func(s *stage) {
		settle(time.Second)
		if s.heard("READY") != 1 || s.heard("GUILD_CREATE") != 1 {
			t.Errorf("heard %q", s.events)
		}
		settle(time.Hour)
		if err := s.stop(); err != nil {
			t.Error(err)
		}
		s.counts(1, 0)
	})
}

// The library waits for ever: CloseWithCode takes the lock that Open holds.
func TestReconnectWhileOpening(t *testing.T) {
	for n := 1; n <= 3; n++ {
		playAfter(t, discordtest.Options{}, func(s *discordtest.Server) { s.GreetWithReconnect(n) }, func(s *stage) {
			s.back(35 * time.Second)
		})
	}
}

func TestReconnectResumes(t *testing.T) {
	play(t, discordtest.Options{}, func(s *stage) {
		settle(time.Minute)
		s.Reconnect()
		settle(500 * time.Millisecond)
		s.Say("ana", "", "while nobody listens")
		s.back(10 * time.Second)
		settle(time.Second)
		s.counts(1, 1)
		if s.heard("MESSAGE_CREATE") != 1 || s.heard("RESUMED") != 1 {
			t.Errorf("what happened in between is not replayed: %q", s.events)
		}
	})
}

func TestReconnectWhileResuming(t *testing.T) {
	play(t, discordtest.Options{}, func(s *stage) {
		settle(time.Minute)
		s.GreetWithReconnect(2)
		s.Reconnect()
		settle(time.Second)
		s.back(35 * time.Second)
		s.counts(1, 3)
	})
}

// The library answers at once, which Discord calls too fast, and keeps its session.
func TestInvalidSession(t *testing.T) {
	for name, spoil := range map[string]func(*stage){
		"while connected": func(s *stage) { s.Invalidate(false) },
		"after a RESUME":  func(s *stage) { s.Lose(); s.Reconnect() },
	} {
		t.Run(name, func(t *testing.T) {
			play(t, discordtest.Options{}, func(s *stage) {
				settle(time.Minute)
				spoil(s)
				settle(time.Second)
				s.back(12 * time.Second)
				if c := s.Counts(); c.Identifies != 2 {
					t.Errorf("%d IDENTIFYs, not 2", c.Identifies)
				}
			})
		})
	}
}

func TestInvalidAndResumable(t *testing.T) {
	play(t, discordtest.Options{}, func(s *stage) {
		settle(time.Minute)
		s.Invalidate(true)
		settle(time.Second)
		s.back(12 * time.Second)
		s.counts(1, 1)
	})
}

// The library notices after five intervals, and then hangs on the dead link.
func TestMissedHeartbeat(t *testing.T) {
	play(t, discordtest.Options{}, func(s *stage) {
		settle(time.Minute)
		s.Zombie(true)
		settle(70 * time.Second)
		if !strings.Contains(s.log.String(), "heartbeat") {
			t.Error("a dead link is not noticed within 1.5 heartbeats and the time until the next")
		}
		s.Zombie(false)
		s.back(35 * time.Second)
		if c := s.Counts(); c.Resumes == 0 || c.Astray > 0 {
			t.Errorf("a dead link is not resumed: %+v", c)
		}
	})
}

func TestSilentGreeting(t *testing.T) {
	playAfter(t, discordtest.Options{}, func(s *discordtest.Server) { s.GreetWithSilence(1) }, func(s *stage) {
		settle(time.Second)
		s.back(35 * time.Second)
	})
}

func TestSnappedLine(t *testing.T) {
	play(t, discordtest.Options{}, func(s *stage) {
		settle(time.Minute)
		s.Snap()
		settle(100 * time.Millisecond)
		s.back(5 * time.Second)
		s.counts(1, 1)
	})
}

func TestCloseCodes(t *testing.T) {
	for code, want := range map[int]struct{ identifies, resumes int }{
		4000: {1, 1}, 4008: {1, 1}, 1012: {1, 1}, 4007: {2, 0}, 4009: {2, 0}, 1000: {2, 0},
	} {
		play(t, discordtest.Options{}, func(s *stage) {
			settle(time.Minute)
			s.CloseGateway(code)
			settle(3 * time.Second)
			s.back(10 * time.Second)
			if c := s.Counts(); c.Identifies != want.identifies || c.Resumes != want.resumes {
				t.Errorf("after %d: %d IDENTIFYs and %d RESUMEs, not %v", code, c.Identifies, c.Resumes, want)
			}
		})
	}
}

// The library tries again for ever.
func TestFatalCodes(t *testing.T) {
	for _, code := range []int{4004, 4010, 4011, 4012, 4013, 4014} {
		playAfter(t, discordtest.Options{}, func(s *discordtest.Server) { s.GreetWithClose(1, code) }, func(s *stage) {
			settle(10 * time.Minute)
			var fatal *wire.Fatal
			if err := s.stop(); !errors.As(err, &fatal) || fatal.Code != code {
				t.Errorf("after %d Run returns %v", code, err)
			}
			s.counts(1, 0)
		})
	}
}

func TestWrongToken(t *testing.T) {
	play(t, discordtest.Options{}, func(s *stage) {
		settle(time.Second)
		_ = s.stop()
		for _, token := range []string{"wrong", "", "with\nbreak", "ünicode"} {
			s.run(token)
			settle(10 * time.Minute)
			err := s.stop()
			var fatal *wire.Fatal
			if token != "with\nbreak" && (!errors.As(err, &fatal) || fatal.Code != 401) {
				t.Errorf("the token %q gives %v", token, err)
			}
			if err != nil && token != "" && strings.Contains(err.Error(), token) {
				t.Errorf("the token stands in the error: %v", err)
			}
		}
	})
}

func TestAnHourWithoutNetwork(t *testing.T) {
	play(t, discordtest.Options{}, func(s *stage) {
		settle(time.Minute)
		s.Down()
		settle(time.Hour)
		s.Up()
		s.back(5*time.Minute + 20*time.Second)
		if c := s.Counts(); c.Identifies > 20 {
			t.Errorf("%d IDENTIFYs", c.Identifies)
		}
	})
}

// Discord takes no session for a day: it is asked once, and waited for.
func TestNoSessionsLeft(t *testing.T) {
	play(t, discordtest.Options{Starts: 1}, func(s *stage) {
		settle(time.Minute)
		s.Invalidate(false)
		settle(23 * time.Hour)
		if s.Connected() {
			t.Error("connected beyond what Discord allows")
		}
		s.counts(1, 0)
		settle(2 * time.Hour)
		s.back(time.Minute)
	})
}

// However often Discord throws it out, a bot stays within 1,000 IDENTIFYs a day.
func TestBudget(t *testing.T) {
	playAfter(t, discordtest.Options{Starts: 100_000}, func(s *discordtest.Server) { s.GreetWithClose(100_000, 4009) }, func(s *stage) {
		settle(24 * time.Hour)
		if c := s.Counts(); c.Identifies < 100 || c.Identifies > 1000 {
			t.Errorf("%d IDENTIFYs in a day", c.Identifies)
		}
	})
}
