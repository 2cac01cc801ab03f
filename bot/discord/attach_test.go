package discord

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"peerbot/bot/bottest"
	"peerbot/bot/discord/discordtest"
	"peerbot/chat"
)

// Attach chooses a file for the option of a command, or in the form that is open.
func (s *stage) Attach(who, room string, path []string, f bottest.File) {
	s.ready()
	s.Upload(discordtest.File{Name: f.Name, Type: "text/csv", Data: []byte(f.Content)})
	if path == nil {
		s.must(s.Submit(who, f.Name))
		return
	}
	s.must(s.Command(who, room, path, map[string]string{"paper": f.Name}))
}

// TestAFileThatDoesNotCome is told in words, and one that is larger than was said is not
// cut without a word.
func TestAFileThatDoesNotCome(t *testing.T) {
	for name, c := range map[string]struct {
		list discordtest.File
		gone bool
		want string
	}{
		"there":     {discordtest.File{Data: []byte("a,b")}, false, "3 bytes"},
		"gone":      {discordtest.File{Data: []byte("a,b")}, true, "refused"},
		"too large": {discordtest.File{Data: make([]byte, maxFile+1)}, false, "broken off"},
	} {
		t.Run(name, func(t *testing.T) {
			var s *stage
			play(t, func(call *chat.Call) chat.Reply {
				if c.gone {
					s.Upload(discordtest.File{Name: "list.csv"})
				}
				return chat.Reply{Body: chat.Words(outcome(call.Args[0].File))}
			}, func(st *stage, _ *desk) {
				s = st
				c.list.Name = "list.csv"
				s.Upload(c.list)
				s.must(s.Command("ana", "hall", []string{"do"}, map[string]string{"paper": "list.csv"}))
				settle()
				s.reads("ana", "hall", c.want)
			})
		})
	}
}

// outcome is what comes of reading a file whole.
func outcome(f *chat.File) string {
	from, err := f.Open()
	var refusal *chat.Refusal
	if errors.As(err, &refusal) {
		return "refused"
	}
	if err != nil {
		return err.Error()
	}
	defer func() { _ = from.Close() }()
	data, err := io.ReadAll(from)
	if err != nil {
		return "broken off"
	}
	return fmt.Sprint(len(data), " bytes")
}
