package discord

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"peerbot/bot/discord/discordtest"
	"peerbot/bot/discord/wire"
	"peerbot/chat"
)

const callback = "POST /interactions/{interaction_id}/{interaction_token}/callback"

// interaction is a command of somebody in the guild 7, in a room.
func interaction(id, room, more string) *wire.Interaction {
	var i wire.Interaction
	text := `{"id":"` + id + `","token":"t","type":2,"guild_id":"7","channel_id":"` + room + `","member":{"user":{"id":"5"},"permissions":"0"},` + more + `}`
	if err := json.Unmarshal([]byte(text), &i); err != nil {
		panic(err)
	}
	return &i
}

// after answers with a reply when some time has passed.
func after(d time.Duration, r chat.Reply) func(*chat.Call) chat.Reply {
	return func(*chat.Call) chat.Reply {
		time.Sleep(d)
		return r
	}
}

// form is a reply that asks.
func form(questions ...chat.Question) chat.Reply {
	return chat.Reply{Ask: &chat.Offer{Path: []string{"do"}, Payload: "form", Ask: questions}}
}

func ask(p chat.Param, value string) chat.Question {
	return chat.Question{Spec: p.Spec(), Label: chat.Words(p.Spec().Name), Help: chat.Words("Help."), Value: value}
}

func TestAnswers(t *testing.T) {
	hello := chat.Reply{Body: chat.Words("hello")}
	quiet := chat.Reply{Body: chat.Words("hush"), Private: true}
	for name, c := range map[string]struct {
		reply    func(*chat.Call) chat.Reply
		room     string
		ana, ben []string // what each sees
	}{
		"at once":                  {after(0, hello), "hall", []string{"hello"}, []string{"hello"}},
		"privately":                {after(0, quiet), "hall", []string{"hush"}, nil},
		"late":                     {after(2*time.Second, hello), "hall", []string{"discord.posted", "hello"}, []string{"hello"}},
		"late and privately":       {after(2*time.Second, quiet), "hall", []string{"hush"}, nil},
		"at three seconds":         {after(3*time.Second, quiet), "hall", []string{"hush"}, nil},
		"very late":                {after(13*time.Minute, quiet), "hall", []string{"hush"}, nil},
		"too late":                 {after(14*time.Minute, quiet), "hall", []string{""}, nil},
		"nothing":                  {after(0, chat.Reply{}), "hall", []string{"discord.done"}, nil},
		"nothing, late":            {after(2*time.Second, chat.Reply{}), "hall", []string{"discord.done"}, nil},
		"in a private chat":        {after(0, quiet), "", []string{"hush"}, nil},
		"in a private chat, late":  {after(2*time.Second, hello), "", []string{"hello"}, nil},
		"a form":                   {after(0, form(ask(what, ""))), "hall", []string{"About do"}, nil},
		"a form, late":             {after(2*time.Second, form(ask(what, ""))), "hall", []string{"discord.more"}, nil},
		"one question with a menu": {after(0, form(ask(shade, ""))), "hall", []string{"shade / Help."}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, c.reply, func(s *stage, _ *desk) {
				s.must(s.Command("ana", c.room, []string{"do"}, nil))
				time.Sleep(15 * time.Minute)
				s.reads("ana", c.room, c.ana...)
				s.reads("ben", c.room, c.ben...)
			})
		})
	}
}

// shows answers a command with buttons, and a press with reply, after a while.
func shows(reply chat.Reply, wait time.Duration) func(*chat.Call) chat.Reply {
	return func(c *chat.Call) chat.Reply {
		if c.Press == "" {
			return chat.Reply{Body: chat.Words("first"), Offers: [][]chat.Offer{{{Label: chat.Words("Go"), Payload: "go"}}}}
		}
		time.Sleep(wait)
		return reply
	}
}

func TestPresses(t *testing.T) {
	hello := chat.Reply{Body: chat.Words("hello")}
	quiet := chat.Reply{Body: chat.Words("hush"), Private: true}
	instead := chat.Reply{Body: chat.Words("second"), Replace: true}
	for name, c := range map[string]struct {
		reply    chat.Reply
		ana, ben []string
	}{
		"a public answer":   {hello, []string{"first", "hello"}, []string{"first", "hello"}},
		"a private answer":  {quiet, []string{"first", "hush"}, []string{"first"}},
		"in its place":      {instead, []string{"second"}, []string{"second"}},
		"nothing":           {chat.Reply{}, []string{"first"}, []string{"first"}},
		"a menu":            {form(ask(shade, "")), []string{"first", "shade / Help."}, []string{"first"}},
		"a menu in a place": {chat.Reply{Ask: form(ask(shade, "")).Ask, Replace: true}, []string{"first", "shade / Help."}, []string{"first"}},
		"private in place":  {chat.Reply{Body: chat.Words("hush"), Private: true, Replace: true}, []string{"first", "hush"}, []string{"first"}},
	} {
		for _, wait := range []time.Duration{0, 2 * time.Second} {
			t.Run(name+" after "+wait.String(), func(t *testing.T) {
				play(t, shows(c.reply, wait), func(s *stage, _ *desk) {
					s.must(s.Command("ben", "hall", []string{"do"}, nil))
					settle()
					s.Press("ana", "hall", "Go")
					time.Sleep(5 * time.Second)
					s.reads("ana", "hall", c.ana...)
					s.reads("ben", "hall", c.ben...)
				})
			})
		}
	}
}

// A form cannot be opened any more once there was a wait, nor after a form: a button
// opens it then.
func TestAFormBehindAButton(t *testing.T) {
	play(t, func(c *chat.Call) chat.Reply {
		if c.Press == "" {
			time.Sleep(2 * time.Second)
		}
		if len(c.Args) > 0 && c.Args[0].Value != "" {
			return chat.Reply{Body: chat.Words(c.Press + " " + c.Args[0].Name + " " + c.Args[0].Value), Replace: true}
		}
		return form(ask(near, "before"))
	}, func(s *stage, h *desk) {
		s.must(s.Command("ana", "hall", []string{"do"}, nil))
		time.Sleep(3 * time.Second)
		s.Press("ana", "hall", "discord.open")
		settle()
		m := s.Modal("ana", "hall")
		if m == nil || len(m.Fields()) != 1 || m.Fields()[0].Value != "before" || m.Title != "About do" {
			t.Fatalf("the form is %+v", m)
		}
		s.must(s.Submit("ana", ""))
		settle()
		s.reads("ana", "hall", "discord.more", "discord.more")
		s.Press("ana", "hall", "discord.open")
		settle()
		s.must(s.Submit("ana", "an answer"))
		settle()
		s.reads("ana", "hall", "discord.more", "form near an answer")
		s.reads("ben", "hall")
	})
}

func TestFields(t *testing.T) {
	play(t, func(c *chat.Call) chat.Reply {
		if c.Press == "" {
			return form(ask(chat.Paragraph("what"), "a\nb"), ask(shade, "g"), ask(friend, "discord:42"), ask(spot, ""), ask(paper, ""))
		}
		return chat.Reply{Body: chat.Words("thank you")}
	}, func(s *stage, h *desk) {
		s.must(s.Command("ana", "hall", []string{"do"}, nil))
		settle()
		var kinds []int
		for _, f := range s.Modal("ana", "hall").Fields() {
			kinds = append(kinds, f.Type)
		}
		if want := []int{wire.TextInput, wire.Menu, wire.UserMenu, wire.ChannelMenu, wire.FileUpload}; !equal(kinds, want) {
			t.Errorf("the fields are of the kinds %v, not %v", kinds, want)
		}
		s.must(s.Submit("ana", "text", "Red", "ben", "yard", ""))
		settle()
		c := h.last(t)
		for name, want := range map[string]string{
			"what": "text", "shade": "r", "friend": s.PersonID("ben"), "spot": s.ChannelID("", "yard"), "paper": "",
		} {
			if a, ok := c.Arg(name); !ok || a.Value != want {
				t.Errorf("%s is %+v, not %q", name, a, want)
			}
		}
	})
}

func equal(a, b []int) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func TestMenu(t *testing.T) {
	offer := chat.Offer{Label: chat.Words("Shade"), Payload: "paint", Ask: []chat.Question{ask(shade, "g")}}
	play(t, func(c *chat.Call) chat.Reply {
		if c.Press == "" {
			return chat.Reply{Body: chat.Words("pick"), Offers: [][]chat.Offer{{offer, {Label: chat.Words("A"), Payload: "same"}, {Label: chat.Words("B"), Payload: "same"}}}}
		}
		return chat.Reply{Body: chat.Words(c.Press)}
	}, func(s *stage, h *desk) {
		s.must(s.Command("ana", "hall", []string{"do"}, nil))
		settle()
		s.Press("ana", "hall", "Red")
		settle()
		if a, _ := h.last(t).Arg("shade"); a.Value != "r" || h.last(t).Press != "paint" {
			t.Errorf("the menu brings %q and %+v", h.last(t).Press, a)
		}
		s.Press("ben", "hall", "B")
		settle()
		s.reads("ben", "hall", "pick", "paint", "same")
	})
}

func TestFiles(t *testing.T) {
	plan := chat.File{
		Name: "plan \"a\".ics", Type: "text/calendar", Alt: "The plan.",
		Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("BEGIN")), nil },
	}
	play(t, after(0, chat.Reply{Body: chat.Words("here"), Files: []chat.File{plan}}), func(s *stage, _ *desk) {
		s.must(s.Command("ana", "hall", []string{"do"}, nil))
		settle()
		if _, err := s.d.Send(s.t.Context(), s.At("", "hall"), "one", chat.Message{Files: []chat.File{plan}}); err != nil {
			t.Error(err)
		}
		for _, m := range s.Server.Sees("ben", "hall") {
			if len(m.Files) != 1 || m.Files[0].Alt != "The plan." || string(m.Files[0].Data) != "BEGIN" {
				t.Errorf("got %+v", m.Files)
			}
		}
	})
}

// What may not have arrived is said again, and stands once.
func TestAnswersThatGetLost(t *testing.T) {
	for name, f := range map[string]discordtest.Fault{
		"before":         {Status: 500},
		"after":          {Status: 502, After: true},
		"half an answer": {Cut: true},
		"too fast":       {Status: 429, Header: http.Header{"Retry-After": {"1"}}, Body: "<html>", Times: 1},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, says("hello"), func(s *stage, _ *desk) {
				f.Route = callback
				s.Fail(f)
				s.must(s.Command("ana", "hall", []string{"do"}, nil))
				time.Sleep(5 * time.Second)
				s.reads("ben", "hall", "hello")
			})
		})
	}
}

// An event that is replayed is answered once.
func TestOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, discordtest.Options{})
		s.Start()
		h := &desk{answer: says("hello")}
		s.d.h = h
		for range 3 {
			s.d.interact(t.Context(), interaction("1", "10", `"data":{"name":"do"}`))
		}
		s.d.queue.wait()
		s.d.client.Close()
		if len(h.calls) != 1 {
			t.Errorf("%d calls", len(h.calls))
		}
	})
}

// What Discord refuses is not met with silence.
func TestAnswersThatAreRefused(t *testing.T) {
	for _, wait := range []time.Duration{0, 2 * time.Second} {
		play(t, after(wait, chat.Reply{Body: chat.Words("hello")}), func(s *stage, _ *desk) {
			route := callback
			if wait > 0 {
				route = "PATCH /webhooks/{webhook_id}/{webhook_token}/messages/@original"
			}
			s.Fail(discordtest.Fault{Route: route, Status: 400, Body: `{"message":"Invalid Form Body","code":50035}`})
			s.must(s.Command("ana", "hall", []string{"do"}, nil))
			time.Sleep(5 * time.Second)
			s.reads("ana", "hall", "discord.failed")
			s.reads("ben", "hall")
		})
	}
}

// Words over a full form stand in a message, with a button that opens it.
func TestWordsOverAFullForm(t *testing.T) {
	five := form(ask(chat.String("a"), ""), ask(chat.String("b"), ""), ask(chat.String("c"), ""), ask(chat.String("d"), ""), ask(chat.String("e"), ""))
	five.Body = chat.Words("Mind this.")
	four := five
	four.Ask = &chat.Offer{Path: []string{"do"}, Payload: "form", Ask: five.Ask.Ask[:4]}
	for n, reply := range map[int]chat.Reply{4: four, 5: five} {
		play(t, after(0, reply), func(s *stage, _ *desk) {
			s.must(s.Command("ana", "hall", []string{"do"}, nil))
			settle()
			m := s.Modal("ana", "hall")
			if open := m != nil && len(m.Components) == 5; open != (n == 4) {
				t.Errorf("with %d fields the form is %+v", n, m)
			}
		})
	}
}

// A command that answers always waits for nothing, not even its caller's own calls.
func TestAlways(t *testing.T) {
	play(t, func(c *chat.Call) chat.Reply {
		if c.Path[0] == "do" {
			time.Sleep(20 * time.Second)
		}
		return chat.Reply{Body: chat.Words(c.Path[0])}
	}, func(s *stage, _ *desk) {
		s.must(s.Command("ana", "hall", []string{"do"}, nil))
		s.must(s.Command("ana", "hall", []string{"help_now"}, nil))
		settle()
		s.reads("ben", "hall", "help_now")
		time.Sleep(20 * time.Second)
	})
}
