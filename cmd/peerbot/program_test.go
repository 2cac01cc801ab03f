package main

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"peerbot/bot"
	"peerbot/config"
	"peerbot/locales"
)

// stage is a program in a bubble, with a script's lines going in, and what it writes
// and logs coming out.
type stage struct {
	t        *testing.T
	p        *program
	lines    *io.PipeWriter
	out, log *screen
	stop     func()
}

// screen is what the program has written; it may be read while it writes.
type screen struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// opener opens a store.
type opener func(context.Context, config.Config, *slog.Logger) (*kept, error)

// perform starts the program over the store in a bubble that is already there.
func perform(t *testing.T, store opener, cfg config.Config) *stage {
	t.Helper()
	in, lines := io.Pipe()
	out := &screen{}
	s := performOn(t, store, cfg, fromConfig(terminal{In: in, Out: out}, nil))
	s.lines, s.out = lines, out
	stop := s.stop
	s.stop = func() {
		stop()
		_ = in.Close()
		synctest.Wait()
	}
	return s
}

// performOn starts the program with what is plugged in.
func performOn(t *testing.T, store opener, cfg config.Config, plug plug) *stage {
	t.Helper()
	seen := &screen{}
	log := newLog(io.MultiWriter(t.Output(), seen), cfg)
	words, err := locales.Load()
	if err != nil {
		t.Fatal(err)
	}
	kept, err := store(t.Context(), cfg, log)
	if err != nil {
		t.Fatal(err)
	}
	p, err := assemble(t.Context(), cfg, kept, plug, words, log)
	if err != nil {
		t.Fatal(err)
	}
	s := goOn(t, p)
	s.log = seen
	return s
}

// goOn runs a program that is assembled, until its stop is called.
func goOn(t *testing.T, p *program) *stage {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- p.Run(ctx) }()
	return &stage{t: t, p: p, stop: sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the program ended with %v", err)
		}
		if err := p.Close(); err != nil {
			t.Errorf("the store did not close: %v", err)
		}
	})}
}

// these plugs in platforms that are there already.
func these(platforms ...bot.Platform) plug {
	return func(*program) ([]bot.Platform, error) { return platforms, nil }
}

// say writes a line and waits until everything that follows from it has happened.
func (s *stage) say(line string) {
	s.t.Helper()
	if _, err := io.WriteString(s.lines, line+"\n"); err != nil {
		s.t.Fatal(err)
	}
	synctest.Wait()
}

// sees waits and fails unless the text has been written just as often.
func (s *stage) sees(text string, times int) {
	s.t.Helper()
	synctest.Wait()
	if got := strings.Count(s.out.String(), text); got != times {
		s.t.Errorf("%q was written %d times, want %d:\n%s", text, got, times, s.out)
	}
}

func inMemory(ctx context.Context, _ config.Config, _ *slog.Logger) (*kept, error) {
	return openMemory(ctx)
}

func inFile(ctx context.Context, cfg config.Config, log *slog.Logger) (*kept, error) {
	return openFile(ctx, cfg.Store, log)
}

var stores = map[string]opener{"memory": inMemory, "file": inFile}

func testConfig(t *testing.T) config.Config {
	cfg := config.Default()
	cfg.Store.Path = filepath.Join(t.TempDir(), "home", "peerbot.db")
	cfg.Community.Zone = "America/New_York"
	cfg.Console.Files = t.TempDir()
	cfg.Log.Level = "debug"
	return cfg
}

const (
	addLine  = `ana+host #general: /meeting add title:"Open circle" short_name:"Evening call" when:"every day 20:00-21:00" remind:"1 hour, 0 minutes"`
	reminder = "  Open circle starts"
)

// TestAMeetingRemindsByItself is the main job: add, save, wait; over both stores, for
// three evenings with nobody touching anything.
func TestAMeetingRemindsByItself(t *testing.T) {
	for name, store := range stores {
		t.Run(name, func(t *testing.T) {
			cfg := testConfig(t)
			synctest.Test(t, func(t *testing.T) {
				s := perform(t, store, cfg) // The bubble begins at midnight UTC, 19:00 in New York.
				defer s.stop()
				time.Sleep(time.Second)
				s.say(addLine)
				s.say("ana+host #general: [Save]")
				s.sees(reminder, 0)
				time.Sleep(59*time.Minute + 58*time.Second)
				s.sees(reminder, 0)
				time.Sleep(2 * time.Second)
				s.sees(reminder, 1) // At 20:00.
				time.Sleep(48 * time.Hour)
				s.sees(reminder, 5) // At 19:00 and 20:00 on two more evenings.
			})
		})
	}
}

// TestDownAcrossAReminder: one that is due while the bot is down comes once, and says
// that it is late; one whose time is over is dropped and recorded.
func TestDownAcrossAReminder(t *testing.T) {
	for _, test := range []struct {
		name string
		down time.Duration
		sees int
		late int
	}{
		{"not at all", 0, 1, 0},
		{"inside its window", 65 * time.Minute, 1, 1},
		{"outside its window", 3 * time.Hour, 0, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			cfg := testConfig(t)
			synctest.Test(t, func(t *testing.T) {
				s := perform(t, inFile, cfg)
				time.Sleep(time.Second)
				s.say(addLine)
				s.say("ana+host #general: [Save]")
				s.stop()
				time.Sleep(test.down)
				s = perform(t, inFile, cfg)
				time.Sleep(70*time.Minute - test.down%(70*time.Minute))
				s.sees(reminder, test.sees)
				s.sees("This note is late.", test.late)
				s.stop()
			})
		})
	}
}

// TestTheDemoRemindsByItself: the meeting that starts in three minutes is announced
// in the room, while the newcomer types nothing.
func TestTheDemoRemindsByItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in, lines := io.Pipe()
		out := &screen{}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() {
			ended <- demo(ctx, terminal{In: in, Out: out, Err: t.Output()}, demoOptions{startsIn: 3 * time.Minute, remindIn: time.Minute, lang: "en", terminal: true})
		}()
		time.Sleep(3*time.Minute + 30*time.Second)
		synctest.Wait()
		if n := strings.Count(out.String(), "\n#general\n  Open circle "); n != 2 {
			t.Errorf("%d reminders arrived, want one before the start and one at it:\n%s", n, out)
		}
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		_, _ = lines.Close(), in.Close()
	})
}

// TestTheOrderOfStopping: platforms first, then the loops, then the store.
func TestTheOrderOfStopping(t *testing.T) {
	cfg := testConfig(t)
	synctest.Test(t, func(t *testing.T) {
		s := perform(t, inFile, cfg)
		s.say("ana #general: /meetings")
		s.stop()
		s.stop() // Once is enough.
		if strings.Contains(s.out.String(), "reference") {
			t.Errorf("something failed while stopping:\n%s", s.out)
		}
	})
	files, err := filepath.Glob(filepath.Join(filepath.Dir(cfg.Store.Path), "*"))
	if err != nil || !slices.Contains(files, cfg.Store.Path) {
		t.Errorf("the store is gone: %v, %v", files, err)
	}
}
