package telegram

import (
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"testing"

	"peerbot/bot"
	"peerbot/bot/bottest"
	"peerbot/bot/telegram/telegramtest"
	"peerbot/chat"
	"peerbot/storage"
	"peerbot/storage/mem"
)

func TestConform(t *testing.T) {
	bottest.Conform(t, func(t *testing.T) bottest.Stage { return newStage(t) })
}

// stage is a world of people in front of the adapter.
type stage struct {
	t *testing.T
	*telegramtest.Server
	store storage.Store
	vault *storage.Vault
	*Telegram
}

func newStage(t *testing.T) *stage { return newStageOf(t, telegramtest.Options{}) }

func newStageOf(t *testing.T, o telegramtest.Options) *stage {
	s := &stage{t: t, Server: telegramtest.New(o), store: mem.New(), vault: newVault(t)}
	t.Cleanup(func() {
		s.Server.Close()
		s.Verify(t)
	})
	return s
}

func newVault(t testing.TB) *storage.Vault {
	vault, err := storage.NewVault(make([]byte, storage.KeySize))
	if err != nil {
		t.Fatal(err)
	}
	return vault
}

func (s *stage) options() Options {
	return Options{
		Token: telegramtest.Token, API: "http://telegram.test", Dial: s.Dial, Words: bottest.Words{},
		Store: s.store, Vault: s.vault, Log: slog.New(slog.NewTextHandler(s.t.Output(), nil)),
	}
}

func (s *stage) make() *Telegram {
	tg, err := New(s.options())
	if err != nil {
		s.t.Fatal(err)
	}
	for _, who := range []string{"ana", "ben", "bea"} { // have opened their chats
		if _, err := tg.doors.note(s.t.Context(), s.Person(who)); err != nil {
			s.t.Fatal(err)
		}
	}
	return tg
}

func (s *stage) Start() bot.Platform {
	s.Telegram = s.make()
	return s.Telegram
}

func (s *stage) At(who, room string) chat.Address {
	if room == "" {
		return chat.Address{Platform: Name, Room: strconv.FormatInt(s.Person(who), 10)}
	}
	id, thread := s.Room(room)
	a := chat.Address{Platform: Name, Space: strconv.FormatInt(id, 10), Room: strconv.FormatInt(id, 10)}
	if thread != 0 {
		a.Thread = strconv.Itoa(thread)
	}
	return a
}

func (s *stage) Say(who, room, text string) { s.Server.Say(who, room, text) }

func (s *stage) Call(who, room string, path []string, args ...chat.Arg) {
	line := "/" + strings.Join(path, " ")
	for _, a := range args {
		line += fmt.Sprintf(` %s:"%s"`, a.Name, a.Value)
	}
	s.Say(who, room, line)
}

// Attach sends a file with the command as its caption.
func (s *stage) Attach(who, room string, path []string, f bottest.File) {
	post := telegramtest.Post{Who: who, Room: room, File: f.Name, Content: []byte(f.Content)}
	if path != nil {
		post.Text = "/" + strings.Join(path, " ")
	}
	s.Write(post)
}

func (s *stage) Press(who, room, label string) {
	if err := s.Server.Press(who, room, label); err != nil {
		s.t.Error(err)
	}
}

func (s *stage) Fill(who, room string, values ...string) {
	for _, v := range values {
		s.Say(who, room, v)
	}
}

func (s *stage) Sees(who, room string) []bottest.Seen {
	var seen []bottest.Seen
	for _, m := range s.SeesOfBot(who, room) {
		one := bottest.Seen{Text: m.Text, Buttons: m.Labels()}
		for _, e := range slices.Backward(m.Entities) {
			from, to := at(m.Text, e.Offset), at(m.Text, e.Offset+e.Length)
			switch e.Type {
			case "bold":
				one.Fields = append(one.Fields, m.Text[from:to])
			case "text_link":
				one.Text = one.Text[:to] + " " + e.URL + one.Text[to:]
			}
		}
		seen = append(seen, one)
	}
	return seen
}

// Enter presses the button under the note.
func (s *stage) Enter(who, room string) { s.Press(who, room, "telegram.open") }

// at is the byte at which so many UTF-16 units have passed.
func at(text string, units16 int) int {
	for i, r := range text {
		if units16 <= 0 {
			return i
		}
		units16 -= units(string(r))
	}
	return len(text)
}
