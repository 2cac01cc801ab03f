package console

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.uber.org/goleak"

	"peerbot/bot"
	"peerbot/chat"
	"peerbot/locales"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var _ bot.Editor = (*Console)(nil)

// desk answers calls with what the test wants and remembers them.
type desk struct {
	answer func(*chat.Call) chat.Reply
	calls  []*chat.Call
}

func (d *desk) Call(_ context.Context, c *chat.Call) chat.Reply {
	d.calls = append(d.calls, c)
	if d.answer == nil {
		return chat.Reply{}
	}
	return d.answer(c)
}

func (d *desk) Complete(context.Context, *chat.Call, string, string) []chat.Choice { return nil }

func (d *desk) Notice(context.Context, chat.Notice) error { return nil }

// catalogue is loaded once, since fuzzing opens many Consoles.
var catalogue = sync.OnceValues(locales.Load)

func open(t testing.TB, o Options) *Console {
	t.Helper()
	var err error
	if o.Words, err = catalogue(); err != nil {
		t.Fatal(err)
	}
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// play runs a script to its end and returns what was written.
func play(t testing.TB, d *desk, o Options, script string) string {
	t.Helper()
	var out strings.Builder
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	o.In, o.Out, o.Ended = strings.NewReader(script), &out, cancel
	if err := open(t, o).Run(ctx, d); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func private(name string) chat.Address { return chat.Address{Platform: "console", Room: name} }

func general() chat.Address {
	return chat.Address{Platform: "console", Space: "console", Room: "general"}
}

func TestCalls(t *testing.T) {
	ana := chat.Person{Platform: "console", ID: "ana", Name: "ana"}
	tests := []struct {
		script string
		want   chat.Call
	}{
		{"ana: /meetings", chat.Call{Text: "/meetings", From: ana, At: private("ana")}},
		{"  ana :  hello: you  ", chat.Call{Text: "hello: you", From: ana, At: private("ana")}},
		{"ana #general: hi", chat.Call{Text: "hi", From: ana, At: general(), Role: chat.Member}},
		{"ana@es-MX+host+moderator #general !42: hi",
			chat.Call{ID: "42", Text: "hi", From: ana, At: general(), Lang: "es-MX", Role: chat.Member | chat.Host | chat.Moderator}},
		{"# a comment\n\nana: /add <<\nGroup\n\n  at 8:00\r\n.\n", chat.Call{Text: "/add\nGroup\n\n  at 8:00", From: ana, At: private("ana")}},
		{"ana: <<\n# no comment\n", chat.Call{Text: "# no comment", From: ana, At: private("ana")}},
		{"ana: i <3 this", chat.Call{Text: "i <3 this", From: ana, At: private("ana")}},
	}
	for _, tt := range tests {
		t.Run(tt.script, func(t *testing.T) {
			var d desk
			if out := play(t, &d, Options{}, tt.script); out != "" || len(d.calls) != 1 {
				t.Fatalf("got %d calls and the words %q", len(d.calls), out)
			}
			got := d.calls[0]
			if got.Time.IsZero() || got.ID == "" {
				t.Error("the call has no time or no id")
			}
			tt.want.Reachable = true // A console can always write to whoever speaks.
			ignore := cmpopts.IgnoreFields(chat.Call{}, "Time")
			if tt.want.ID == "" {
				ignore = cmpopts.IgnoreFields(chat.Call{}, "Time", "ID")
			}
			if diff := cmp.Diff(&tt.want, got, ignore); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWrongLines(t *testing.T) {
	long := strings.Repeat("x", maxLine)
	tests := []struct{ script, want string }{
		{"hello", "Line 1: Who says this?"},
		{"\n\nana hello: x", "Line 3: Who says this?"},
		{": x", "Line 1: Who says this?"},
		{"ana #general #other: x", "Line 1: Who says this?"},
		{"ana+boss: x", "Line 1: There is no duty called boss."},
		{"ana+: x", "Line 1: Who says this?"},
		{"ana:", "Line 1: Nothing was said."},
		{"ana: [Save]", "Line 1: There is no button called Save here."},
		{"ana: /import < no.such.file", "Line 1: There is no file called no.such.file."},
		{"ana: " + long, "Line 1: That is too long."},
		{"ana: <<\n" + long + "\n.\n", "Line 1: That is too long."},
		{"ana \x1b[2J: x", "Line 1: Who says this?"},
	}
	for _, tt := range tests {
		var d desk
		out := play(t, &d, Options{}, tt.script+"\nana: next\n")
		if !strings.HasPrefix(out, "console\n  "+tt.want) {
			t.Errorf("%.40q: got %q, want %q", tt.script, out, tt.want)
		}
		if len(d.calls) != 1 || d.calls[0].Text != "next" {
			t.Errorf("%.40q: the line after it was not read", tt.script)
		}
	}
}

func TestIDsDiffer(t *testing.T) {
	var d desk
	play(t, &d, Options{}, "ana: a\nana: a\n")
	play(t, &d, Options{}, "ana: a\n")
	if a, b, c := d.calls[0].ID, d.calls[1].ID, d.calls[2].ID; a == b || b == c || a == c {
		t.Errorf("got the ids %q %q %q", a, b, c)
	}
}

func say(text string) chat.Rich { return chat.Words(text) }

func TestTranscript(t *testing.T) {
	offer := func(label, payload string) chat.Offer { return chat.Offer{Label: say(label), Payload: payload} }
	d := &desk{answer: func(c *chat.Call) chat.Reply {
		switch c.Text + c.Press {
		case "/list":
			return chat.Reply{Body: chat.Rich{chat.Strong("Today"), chat.List{Items: []chat.Rich{say("Monday"), say("Tuesday")}}},
				Offers: [][]chat.Offer{{offer("Join", "1"), offer("Join", "2")}, {offer("More", "3")}}}
		case "/mine":
			return chat.Reply{Body: say("Only you."), Private: true, Offers: [][]chat.Offer{{offer("Stop", "4")}}}
		case "4":
			return chat.Reply{Body: say("Stopped."), Replace: true}
		case "/ask":
			return chat.Reply{Body: say("One thing."), Ask: &chat.Offer{Ask: []chat.Question{{
				Label: say("Sure"), Help: say("Yes or no."), Value: "no",
			}}}, Offers: [][]chat.Offer{{offer("Yes, please", "5")}, {offer("Back", "6")}}}
		case "":
			return chat.Reply{}
		}
		return chat.Reply{Body: say("Heard " + c.Text + c.Press + ".")}
	}}
	got := play(t, d, Options{}, `
ana #general: /list
ben #general: [Join] 2
ben: [More]
ana #general: /mine
ben #general: [Stop]
ana #general: [Stop]
ana: [Stop]
ana: /ask
ana: [Yes, please]
`)
	want := `#general
  Today- Monday
  - Tuesday
  [Join] [Join]
  [More]

#general
  Heard 2.

console
  Line 4: There is no button called More here.

private ana
  Only you.
  [Stop]

console
  Line 6: There is no button called Stop here.

private ana (edited)
  Stopped.

console
  Line 8: There is no button called Stop here.

private ana
  One thing.
  Sure: no
  Yes or no.
  [Yes, please]
  [Back]

private ana
  Heard 5.

`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if at := d.calls[2].At; at != general() {
		t.Errorf("/mine came from %v", at)
	}
}

func TestSend(t *testing.T) {
	var out strings.Builder
	c := open(t, Options{In: strings.NewReader(""), Out: &out})
	send := func(to chat.Address, id, text string) string {
		ref, err := c.Send(t.Context(), to, id, chat.Message{Body: say(text), Silent: id == "quiet", Offers: [][]chat.Offer{{{Label: say("Join"), Payload: text}}}})
		if err != nil {
			t.Fatal(err)
		}
		return ref
	}
	first := send(general(), "1", "Soon.")
	if again := send(general(), "1", "Soon."); again != first {
		t.Errorf("the same id again: got %q, want %q", again, first)
	}
	send(private("ana"), "quiet", "\x1b[31mred\x07 \u202etxt")
	topic := general()
	topic.Thread = "night"
	send(topic, "", "Here.")
	send(topic, "", "Here.")
	if err := c.Edit(t.Context(), general(), first, chat.Message{Body: say("Now.")}); err != nil {
		t.Fatal(err)
	}
	if again := send(general(), "1", "Soon."); again != first {
		t.Errorf("the same id after an edit: got %q, want %q", again, first)
	}
	want := `#general
  Soon.
  [Join]

private ana (silent)
  [31mred txt
  [Join]

#general/night
  Here.
  [Join]

#general/night
  Here.
  [Join]

#general (edited)
  Now.

`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
	if _, _, ok := c.board.button(where(general()), "Join", 1); ok {
		t.Error("the button of the edited message still works")
	}
}

func TestBoardForgets(t *testing.T) {
	c := open(t, Options{In: strings.NewReader(""), Out: io.Discard})
	for i := range remembered + 10 {
		if _, err := c.Send(t.Context(), general(), fmt.Sprint(i), chat.Message{Body: say("x")}); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(c.board.posts); n != remembered {
		t.Errorf("remembers %d messages, want %d", n, remembered)
	}
}

func TestInteractive(t *testing.T) {
	d := &desk{answer: func(c *chat.Call) chat.Reply {
		return chat.Reply{Body: say(fmt.Sprintf("%s/%s: %s", c.At.Room, c.Role&(chat.Host|chat.Admin), c.Text))}
	}}
	got := play(t, d, Options{Interactive: true, You: "zoe in #general"}, "Passcode: x\nas ana+host\n\nas I said\nas ben in #general\nhi\nas x+boss\n[No]\n")
	_, got, _ = strings.Cut(got, "\n\n")
	want := `zoe #general> #general
  general/: Passcode: x

zoe #general> ana> ana> private ana
  ana/host: as I said

ana> ben #general> #general
  general/: hi

ben #general> #general
  general/: as x+boss

ben #general> console
  There is no button called No here.

ben #general> `
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	d.answer = func(c *chat.Call) chat.Reply {
		return chat.Reply{Ask: &chat.Offer{Ask: []chat.Question{{Label: say("When")}}}, Private: true}
	}
	got = play(t, d, Options{Interactive: true, You: "zoe in #general"}, "/remind\n")
	if want := "zoe #general> private zoe\n  When:\n\nzoe> "; !strings.HasSuffix(got, want) {
		t.Errorf("after a question in private: got %q", got)
	}
	if _, err := New(Options{You: "zoe+boss"}); err == nil {
		t.Error("a first speaker with an unknown duty was taken")
	}
}

func TestPushBelowAPrompt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in, _ := io.Pipe()
		var out strings.Builder
		c := open(t, Options{In: in, Out: &out, Interactive: true})
		ctx, cancel := context.WithCancel(t.Context())
		var run sync.WaitGroup
		run.Go(func() {
			if err := c.Run(ctx, &desk{}); err != nil {
				t.Error(err)
			}
		})
		synctest.Wait()
		if _, err := c.Send(ctx, private("you"), "1", chat.Message{Body: say("Soon.")}); err != nil {
			t.Error(err)
		}
		cancel()
		run.Wait()
		if want := "you> \nprivate you\n  Soon.\n\nyou> "; !strings.HasSuffix(out.String(), want) {
			t.Errorf("got %q", out.String())
		}
	})
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no room") }

func TestNothingCanBeWritten(t *testing.T) {
	c := open(t, Options{In: strings.NewReader("ana: hi\n"), Out: full{}})
	d := &desk{answer: func(*chat.Call) chat.Reply { return chat.Reply{Body: say("x")} }}
	if err := c.Run(t.Context(), d); err == nil {
		t.Error("Run went on")
	}
	_, err := c.Send(t.Context(), general(), "1", chat.Message{Body: say("x")})
	if bounce := new(chat.Bounce); !errors.As(err, &bounce) || bounce.Fate != chat.Later {
		t.Errorf("got %v, want a Bounce for later", err)
	}
}

func TestFiles(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "in.txt")
	if err := os.WriteFile(path, []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	d := &desk{answer: func(c *chat.Call) chat.Reply {
		f := *c.Args[0].File
		f.Name, f.Type, f.Alt = "../../out.txt", "text/plain", "A greeting"
		return chat.Reply{Files: []chat.File{f}}
	}}
	script := "ana: /import < " + path + "\n"
	kept := filepath.Join(folder, "out.txt")
	for _, want := range []string{kept, filepath.Join(folder, "2-out.txt")} {
		if got := play(t, d, Options{Files: folder}, script); got != "private ana\n  "+want+" (text/plain, 5 bytes): A greeting\n\n" {
			t.Errorf("got %q", got)
		}
	}
	if text, err := os.ReadFile(kept); err != nil || string(text) != "hello" {
		t.Errorf("got %q, %v", text, err)
	}
	if got := play(t, d, Options{}, script); got != "private ana\n  ../../out.txt (text/plain, 5 bytes): A greeting\n\n" {
		t.Errorf("without a folder: got %q", got)
	}
	if got := play(t, d, Options{Files: folder + "/none"}, script); !strings.Contains(got, "could not be put into the folder") {
		t.Errorf("without the folder on disk: got %q", got)
	}
	if d.calls[0].Text != "/import" {
		t.Errorf("got the text %q", d.calls[0].Text)
	}
}

// Whatever is typed, the program neither stops nor lets a control character through,
// and every call says something.
func FuzzLines(f *testing.F) {
	for _, script := range []string{
		"ana: /meetings\n", "ana@es+host #general !1: hi", "ana: <<\nx\n.\n", "ana: [Save] 2", "\x1b]0;x\x07: y", "as ana in #general",
		"ana: x < /dev/zero", "a: \xff\xfe", "ana #\u202egeneral: x",
	} {
		f.Add(script, true)
		f.Add(script, false)
	}
	f.Fuzz(func(t *testing.T, script string, interactive bool) {
		d := &desk{answer: func(c *chat.Call) chat.Reply {
			if c.Text == "" && c.Press == "" && c.Args == nil || c.ID == "" || c.From.ID == "" || c.At.Room == "" {
				t.Errorf("a call lacks something: %+v", c)
			}
			return chat.Reply{Body: say(c.Text), Offers: [][]chat.Offer{{{Label: say(c.Text), Payload: "p"}}}}
		}}
		out := play(t, d, Options{Interactive: interactive}, script)
		for _, line := range strings.Split(out, "\n") {
			if strings.TrimRight(line, " ") != "" && chat.Line(line) != strings.TrimSpace(line) {
				t.Errorf("written as it came: %q", line)
			}
		}
	})
}
