package main

import (
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"peerbot/bot/telegram/telegramtest"
	"peerbot/chat"
	"peerbot/community/member"
	"peerbot/config"
	"peerbot/storage"
)

// TestKilledWithUpdatesPending runs the real program on Telegram while many people wait
// for it, and kills it again and again. What each of them asked for is there in the end.
// With PEERBOT_FULL=1 there are 5,000, which takes as long as their answers do.
func TestKilledWithUpdatesPending(t *testing.T) {
	t.Parallel()
	people, kills := 200, 5
	if os.Getenv("PEERBOT_FULL") != "" {
		people, kills = 5000, 40
	}
	server := telegramtest.New(telegramtest.Options{})
	defer server.Close()
	address, err := server.Listen()
	if err != nil {
		t.Fatal(err)
	}
	for i := range people {
		who := fmt.Sprint("person", i)
		server.Meet(who, true)
		server.Say(who, "", "/settings zone:Chatham")
	}
	path := filepath.Join(t.TempDir(), "home", "peerbot.db")
	for range kills {
		p := onTelegram(t, path, address)
		p.polls(server)
		time.Sleep(time.Duration(rand.IntN(200)) * time.Millisecond)
		p.end(os.Kill)
	}
	// Whether all is done cannot be seen from outside, so it goes on for as long as it does more.
	for lost, before := people, people+1; lost > 0; before = lost {
		p := onTelegram(t, path, address)
		p.polls(server)
		p.answers(server)
		if p.end(syscall.SIGTERM); strings.Contains(p.log.String(), telegramtest.Token[11:]) {
			t.Fatal("the token is in the log")
		}
		if lost = withoutZone(t, path, server, people); lost >= before || server.Counts().Pending > 0 {
			t.Fatalf("of %d people %d lost what they asked for; %d updates are pending\n%s", people, lost, server.Counts().Pending, p.log)
		}
	}
	server.Verify(t)
}

// mayfly is the real program on Telegram, for a short life.
type mayfly struct {
	t   *testing.T
	cmd *exec.Cmd
	log *screen
}

// onTelegram runs the program over the store at the path, with the server at the address.
func onTelegram(t *testing.T, path, address string) *mayfly {
	t.Helper()
	p := &mayfly{t: t, cmd: exec.CommandContext(t.Context(), "peerbot", "run"), log: &screen{}}
	p.cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, config.Prefix) })
	p.cmd.Env = append(p.cmd.Env, "PEERBOT_STORE_PATH="+path, "PEERBOT_COMMUNITY_ZONE=UTC", "PEERBOT_CONSOLE_ENABLED=false",
		"PEERBOT_TELEGRAM_TOKEN="+telegramtest.Token, "PEERBOT_TELEGRAM_API_URL="+address)
	p.cmd.Stderr = p.log
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.cmd.Process.Kill() })
	return p
}

// end waits for the process to end at the signal.
func (p *mayfly) end(s os.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.t.Error(err)
	}
	_ = p.cmd.Wait() // how it ended does not matter
}

// polls waits until the program asks for updates.
func (p *mayfly) polls(server *telegramtest.Server) {
	p.t.Helper()
	before := server.Counts().Requests["getUpdates"]
	p.until(func() bool { return server.Counts().Requests["getUpdates"] > before })
}

// answers waits until everything is confirmed and nothing has been sent for a while.
func (p *mayfly) answers(server *telegramtest.Server) {
	p.t.Helper()
	began := time.Now()
	p.until(func() bool {
		c := server.Counts()
		return c.Pending == 0 && min(time.Since(began), time.Since(c.Last)) > 3*time.Second
	})
}

// until waits for something that takes far less than ten minutes.
func (p *mayfly) until(done func() bool) {
	p.t.Helper()
	for end := time.Now().Add(10 * time.Minute); !done(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			p.t.Fatalf("it never came to that:\n%s", p.log)
		}
	}
}

// withoutZone counts the people whose zone is not the one they asked for.
func withoutZone(t *testing.T, path string, server *telegramtest.Server, people int) (lost int) {
	t.Helper()
	store, err := openFile(t.Context(), config.Store{Path: path}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	members := member.New(store.vault)
	err = store.View(t.Context(), func(r storage.Reader) error {
		lost = 0
		for i := range people {
			who := chat.Person{Platform: "telegram", ID: fmt.Sprint(server.Person(fmt.Sprint("person", i)))}
			m, err := members.Get(r, members.IDOf(who))
			if err != nil {
				return err
			}
			if m.Zone != "Pacific/Chatham" {
				lost++
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return lost
}
