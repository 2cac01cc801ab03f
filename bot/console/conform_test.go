package console

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"peerbot/bot"
	"peerbot/bot/bottest"
	"peerbot/chat"
)

func TestConform(t *testing.T) {
	bottest.Conform(t, func(t *testing.T) bottest.Stage { return &stage{t: t} })
}

// stage types the lines of a script.
type stage struct {
	t  *testing.T
	in *feed
	*Console
}

// Start makes a new Console. It is told what stood on the terminal before, which a
// new start of the program is not: the buttons that the suite presses are those.
func (s *stage) Start() bot.Platform {
	s.in = &feed{lines: make(chan string, 100), closed: make(chan struct{})}
	c, err := New(Options{In: s.in, Out: io.Discard, Words: bottest.Words{}})
	if err != nil {
		s.t.Fatal(err)
	}
	if s.Console != nil {
		c.board = s.Console.board
	}
	s.Console = c
	return c
}

func (s *stage) Dedups() {}

func (s *stage) At(who, room string) chat.Address {
	if room == "" {
		return chat.Address{Platform: "console", Room: who}
	}
	return chat.Address{Platform: "console", Space: "console", Room: room}
}

func (s *stage) Say(who, room, text string) {
	if room != "" {
		who += " #" + room
	}
	s.in.lines <- who + ": " + text + "\n"
}

func (s *stage) Call(who, room string, path []string, args ...chat.Arg) {
	line := "/" + strings.Join(path, " ")
	for _, a := range args {
		line += fmt.Sprintf(` %s:"%s"`, a.Name, a.Value)
	}
	s.Say(who, room, line)
}

// Attach names a file of this machine at the end of the line.
func (s *stage) Attach(who, room string, path []string, f bottest.File) {
	at := filepath.Join(s.t.TempDir(), f.Name)
	if err := os.WriteFile(at, []byte(f.Content), 0o600); err != nil {
		s.t.Fatal(err)
	}
	line := "< " + at
	if path != nil {
		line = "/" + strings.Join(path, " ") + " " + line
	}
	s.Say(who, room, line)
}

func (s *stage) Press(who, room, label string) { s.Say(who, room, "["+label+"]") }

func (s *stage) Fill(who, room string, values ...string) {
	for _, value := range values {
		s.Say(who, room, value)
	}
}

func (s *stage) Sees(who, room string) []bottest.Seen {
	s.mu.Lock()
	defer s.mu.Unlock()
	var seen []bottest.Seen
	for _, p := range s.board.posts {
		if p.at != where(s.At(who, room)) {
			continue
		}
		one := bottest.Seen{Text: strings.Join(p.lines(nil), "\n")}
		one.Text = strings.TrimPrefix(strings.ReplaceAll(one.Text, "\n  ", "\n"), "  ")
		for _, row := range p.rows {
			for _, k := range row {
				one.Buttons = append(one.Buttons, k.label)
			}
		}
		for _, q := range p.ask {
			one.Fields = append(one.Fields, q.Label.String())
		}
		seen = append(seen, one)
	}
	return seen
}

// feed is an input that is typed bit by bit.
type feed struct {
	lines  chan string
	rest   string
	closed chan struct{}
}

func (f *feed) Read(p []byte) (int, error) {
	if f.rest == "" {
		select {
		case f.rest = <-f.lines:
		case <-f.closed:
			return 0, io.EOF
		}
	}
	n := copy(p, f.rest)
	f.rest = f.rest[n:]
	return n, nil
}

func (f *feed) Close() error {
	close(f.closed)
	return nil
}
