package telegram

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"peerbot/bot/telegram/telegramtest"
	"peerbot/chat"
)

// reads answers with what came along, and how reading it went.
func reads(_ context.Context, c *chat.Call) chat.Reply {
	said := strings.TrimSpace("You said: " + c.Text)
	for _, a := range c.Args {
		said += fmt.Sprintf(" with %s (%s, %d): %s", a.Value, a.File.Type, a.File.Size, content(a.File))
	}
	return chat.Reply{Body: chat.Words(said + ".")}
}

func content(f *chat.File) string {
	from, err := f.Open()
	if err == nil {
		var text []byte
		text, err = io.ReadAll(from)
		if err = errors.Join(err, from.Close()); err == nil {
			return string(text)
		}
	}
	return "none: " + err.Error()
}

// A file comes with a command, as an answer, or in the message that a command answers.
func TestFilesComeIn(t *testing.T) {
	sheet := telegramtest.Post{Who: "ana", File: "groups.csv", Type: "text/csv", Content: []byte("a,b")}
	with := func(change func(*telegramtest.Post)) telegramtest.Post { p := sheet; change(&p); return p }
	played(t, telegramtest.Options{}, func(t *testing.T, d *desk) {
		d.reply = reads
		got := " with groups.csv (text/csv, 3): a,b."
		_, err := d.Send(t.Context(), d.At("", "hall"), "id", chat.Message{Body: chat.Words("Which file?")})
		if err != nil {
			t.Fatal(err)
		}
		in := func(room string) telegramtest.Post { return with(func(p *telegramtest.Post) { p.Room = room }) }
		for _, step := range []struct {
			name, room string
			post       func() telegramtest.Post
			want       string
		}{
			{"with a command", "", func() telegramtest.Post { return with(func(p *telegramtest.Post) { p.Text = "/list send" }) }, "You said: /list send" + got},
			{"as an answer", "", func() telegramtest.Post { return sheet }, "You said:" + got},
			{"with a command in a group", "hall", func() telegramtest.Post {
				return with(func(p *telegramtest.Post) { p.Room, p.Text = "hall", "/list send" })
			}, "You said: /list send" + got},
			{"as an answer in a group", "hall", func() telegramtest.Post {
				return with(func(p *telegramtest.Post) { p.Room, p.ReplyTo = "hall", d.SeesOfBot("ana", "hall")[0].ID })
			}, "You said:" + got},
			{"in a message that a command answers", "yard", func() telegramtest.Post {
				return telegramtest.Post{Who: "ben", Room: "yard", Text: "/list send", ReplyTo: d.Write(in("yard"))}
			}, "You said: /list send" + got},
			{"beside a command that takes none", "yard", func() telegramtest.Post {
				return telegramtest.Post{Who: "ben", Room: "yard", Text: "/echo", ReplyTo: d.Write(in("yard"))}
			}, "You said: /echo."},
		} {
			before := len(d.asked())
			d.Write(step.post())
			d.settle()
			if n := len(d.asked()) - before; n != 1 {
				t.Errorf("%s: %d calls", step.name, n)
			}
			seen := d.SeesOfBot("ana", step.room)
			if last := seen[len(seen)-1].Text; last != step.want {
				t.Errorf("%s: %q", step.name, last)
			}
		}
	})
}

// What comes in can go out again.
func TestFilesGoOut(t *testing.T) {
	played(t, telegramtest.Options{}, func(t *testing.T, d *desk) {
		d.reply = func(_ context.Context, c *chat.Call) chat.Reply {
			return chat.Reply{Body: chat.Words("Here."), Files: []chat.File{*c.Args[0].File}}
		}
		d.Write(telegramtest.Post{Who: "ana", Text: "/list send", File: "groups.csv", Content: []byte("a,b")})
		d.settle()
		if seen := d.SeesOfBot("ana", ""); len(seen) != 2 || seen[1].File != "groups.csv" {
			t.Errorf("%+v", seen)
		}
	})
}

// A file that is not for the bot is not taken in, though an admin hears of it.
func TestFilesOfOthers(t *testing.T) {
	played(t, telegramtest.Options{}, func(t *testing.T, d *desk) {
		d.Promote("house")
		d.settle()
		d.calls = nil
		post := telegramtest.Post{Who: "ana", Room: "hall", File: "secret words.csv", Content: []byte("secret words"), Text: "for ben"}
		d.Write(post)
		post.ReplyTo = d.Write(telegramtest.Post{Who: "ben", Room: "hall", Text: "which list"})
		d.Write(post)
		d.Album(post, post)
		d.settle()
		if asked, n := d.asked(), d.Counts().Requests["getFile"]; len(asked) > 0 || n > 0 || d.kept("telegram.had") > 0 || d.kept("telegram.inbox") > 0 {
			t.Errorf("asked %q, fetched %d", asked, n)
		}
	})
}

// What Telegram changes on its way is no file, and how to send one is said.
func TestPicturesAreNoFiles(t *testing.T) {
	played(t, telegramtest.Options{}, func(t *testing.T, d *desk) {
		d.reply = reads
		for _, as := range []string{"photo", "voice"} {
			d.Write(telegramtest.Post{Who: "ana", Text: "/list send", As: as, Content: []byte("x")})
			d.settle()
		}
		d.wants("ana", "", "photo (, 0): none: invalid: telegram.file.as_file", "sound (, 0): none: invalid: telegram.file.as_file")
		if n := d.Counts().Requests["getFile"]; n > 0 {
			t.Errorf("%d were fetched", n)
		}
	})
}

// sends makes who send a file with a command.
func (d *desk) sends(who string, size int64, content string) {
	d.Write(telegramtest.Post{Who: who, Text: "/list send", File: "secret words.csv", Content: []byte(content), Size: size})
}

// What keeps a file from coming is told in words, and neither the token nor the file's
// name is in any of them.
func TestFilesThatDoNotCome(t *testing.T) {
	huge := strings.Repeat("x", 20<<20+1)
	for name, c := range map[string]struct {
		fault   telegramtest.Fault
		size    int64
		content string
		before  func(*desk) // before it is fetched.
		want    string
		logged  bool
		asked   int // asked is how often the server is.
	}{
		"too large":              {size: 20<<20 + 1, content: "x", want: "invalid: telegram.file.too_large", asked: 0},
		"too large, and unsaid":  {size: -1, content: huge, want: "invalid: telegram.file.too_large", asked: 1},
		"expired":                {content: "x", before: (*desk).expire, want: "missing: telegram.file.gone", asked: 1},
		"gone on the way":        {content: "x", fault: telegramtest.Fault{Method: "download", Status: http.StatusNotFound}, want: "missing: telegram.file.gone", asked: 1},
		"a server of one's own":  {content: "x", before: (*desk).local, want: "invalid: telegram.file.elsewhere", logged: true, asked: 1},
		"it stalls":              {content: "x", fault: telegramtest.Fault{Method: "download", Wait: time.Hour}, want: "busy: telegram.file.unreached", logged: true, asked: 1},
		"it cannot be asked for": {content: "x", fault: telegramtest.Fault{Method: "getFile", Status: http.StatusBadGateway}, want: "busy: telegram.file.unreached", logged: true, asked: 1},
		"it trickles":            {content: "some words", fault: telegramtest.Fault{Method: "download", Slow: 100 * time.Second}, want: "deadline exceeded", asked: 1},
		"it is cut off":          {content: "some words", fault: telegramtest.Fault{Method: "download", Cut: true}, want: "unexpected EOF", asked: 1},
	} {
		t.Run(name, func(t *testing.T) {
			played(t, telegramtest.Options{}, func(t *testing.T, d *desk) {
				d.reply = func(ctx context.Context, call *chat.Call) chat.Reply {
					if c.before != nil {
						c.before(d)
					}
					return reads(ctx, call)
				}
				if c.fault.Method != "" {
					d.Fail(c.fault)
				}
				d.sends("ana", c.size, c.content)
				time.Sleep(time.Minute)
				d.settle()
				d.wants("ana", "", "none: ", c.want)
				if got := d.log.Len() > 0; got != c.logged {
					t.Errorf("the log says %q", d.log)
				}
				if n := d.Counts().Requests["getFile"]; n != c.asked {
					t.Errorf("asked %d times", n)
				}
			})
		})
	}
}

func (d *desk) expire() { d.Expire() }
func (d *desk) local()  { d.Local() }

// Where a file lies is asked each time: an address holds for an hour, and the id for longer.
func TestAFileCanBeOpenedAgain(t *testing.T) {
	played(t, telegramtest.Options{}, func(t *testing.T, d *desk) {
		d.reply = func(_ context.Context, c *chat.Call) chat.Reply {
			first := content(c.Args[0].File)
			time.Sleep(2 * time.Hour)
			return chat.Reply{Body: chat.Words(first + content(c.Args[0].File))}
		}
		d.sends("ana", 0, "a,b ")
		time.Sleep(3 * time.Hour)
		d.settle()
		d.wants("ana", "", "a,b a,b ")
		if n := d.Counts().Requests["getFile"]; n != 2 {
			t.Errorf("asked %d times", n)
		}
	})
}

// Files that do not come keep neither other people waiting, nor for long whoever sent
// them. Those beyond eight at a time are not even begun.
func TestFilesThatStallKeepNobody(t *testing.T) {
	played(t, telegramtest.Options{}, func(t *testing.T, d *desk) {
		d.reply = reads
		d.Fail(telegramtest.Fault{Method: "download", Wait: time.Hour, Times: -1})
		for i := range hands {
			who := fmt.Sprint("person", i)
			d.Meet(who, true)
			d.sends(who, 0, "a,b")
		}
		d.Say("ana", "", "/echo me")
		d.settle()
		d.wants("ana", "", "You said: /echo me")
		time.Sleep(20 * time.Second)
		d.settle()
		words := map[string]int{}
		for i := range hands {
			for _, m := range d.SeesOfBot(fmt.Sprint("person", i), "") {
				words[m.Text[strings.LastIndex(m.Text, " ")+1:]]++
			}
		}
		if words["telegram.file.unreached."] != 8 || words["telegram.file.busy."] != hands-8 {
			t.Errorf("they are told %v", words)
		}
	})
}

// A file that was taken when the program died is fetched by the next one, and its call
// has its effect once.
func TestAFileOutlivesTheProgram(t *testing.T) {
	played(t, telegramtest.Options{}, func(t *testing.T, d *desk) {
		d.reply = reads
		d.Fail(telegramtest.Fault{Method: "download", Wait: time.Hour})
		d.sends("ana", 0, "a,b")
		time.Sleep(3 * time.Second) // in the midst of it
		if n := d.kept("telegram.inbox"); n != 1 {
			t.Fatalf("%d updates are kept", n)
		}
		if err := d.stop(); err != nil {
			t.Fatal(err)
		}
		d.Repeat(1)
		d.start()
		seen := d.SeesOfBot("ana", "")
		if len(seen) != 1 || !strings.Contains(seen[0].Text, "a,b") {
			t.Errorf("ana sees %+v", seen)
		}
		if n := d.kept("telegram.inbox"); n != 0 {
			t.Errorf("%d updates stay", n)
		}
	})
}

// A question for a file says how one is sent.
func TestAskingForAFile(t *testing.T) {
	played(t, telegramtest.Options{}, func(t *testing.T, d *desk) {
		d.reply = func(context.Context, *chat.Call) chat.Reply {
			q := chat.Question{Spec: chat.Attachment("file").Spec(), Label: chat.Words("File")}
			return chat.Reply{Ask: &chat.Offer{Payload: "p", Ask: []chat.Question{q}}}
		}
		d.Say("ana", "", "/list send")
		d.settle()
		d.wants("ana", "", "File\n\ntelegram.file.how")
	})
}
