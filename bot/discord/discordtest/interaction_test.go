package discordtest

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// typedEcho gives the command echo and returns the path of its callback and that of
// what follows.
func (s *stage) typedEcho(who, room string) (callback, hook string) {
	s.t.Helper()
	i, err := s.Command(who, room, []string{"echo"}, map[string]string{"text": "hello"})
	if err != nil {
		s.t.Fatal(err)
	}
	return s.paths(i)
}

func (s *stage) paths(i *Interaction) (callback, hook string) {
	return "/interactions/" + i.ID + "/" + i.token + "/callback", "/webhooks/" + s.BotID() + "/" + i.token
}

func TestLifeOfAnInteraction(t *testing.T) {
	play(t, Options{}, func(s *stage) {
		s.publish()
		callback, hook := s.typedEcho("ana", "hall")
		s.do(404, "PATCH", hook+"/messages/@original", `{"content":"too early"}`)
		s.do(204, "POST", callback, `{"type":5,"data":{"flags":64}}`)
		if got := s.do(400, "POST", callback, `{"type":4,"data":{"content":"again"}}`); got["code"] != 40060.0 {
			t.Errorf("a second answer gives %v", got)
		}
		s.do(200, "PATCH", hook+"/messages/@original", `{"content":"done"}`)
		s.sees("ana", "hall", "done", true)
		s.sees("ben", "hall", "done", false)
		s.do(200, "POST", hook, `{"content":"and this for all"}`)
		s.sees("ben", "hall", "for all", true)
		time.Sleep(15*time.Minute + time.Second)
		s.do(401, "POST", hook, `{"content":"too late"}`)
		s.clean()
	})
}

func TestNoAnswerInThreeSeconds(t *testing.T) {
	play(t, Options{}, func(s *stage) {
		s.publish()
		callback, _ := s.typedEcho("ana", "hall")
		time.Sleep(3*time.Second + time.Millisecond)
		if got := s.do(404, "POST", callback, `{"type":4,"data":{"content":"late"}}`); got["code"] != 10062.0 {
			t.Errorf("a late answer gives %v", got)
		}
		s.sees("ana", "hall", DidNotRespond, true)
		s.sees("ben", "hall", DidNotRespond, false)
	})
}

// The first message after a deferred answer takes its place, and whom that is for was
// decided when it was deferred.
func TestFirstFollowUpFillsTheDeferredAnswer(t *testing.T) {
	play(t, Options{}, func(s *stage) {
		s.publish()
		callback, hook := s.typedEcho("ana", "hall")
		s.do(204, "POST", callback, `{"type":5}`)
		s.do(200, "POST", hook, `{"content":"not so private","flags":64}`)
		s.sees("ben", "hall", "not so private", true)
		if n := len(s.Sees("ben", "hall")); n != 1 {
			t.Errorf("%d messages are seen, not one", n)
		}
	})
}

func TestWhichAnswersFit(t *testing.T) {
	button := `{"type":4,"data":{"content":"x","components":[{"type":1,"components":[{"type":2,"style":1,"label":"Go","custom_id":"go"}]}]}}`
	form := `{"type":9,"data":{"custom_id":"f","title":"T","components":[{"type":18,"label":"Name","component":{"type":4,"custom_id":"n","style":1}}]}}`
	const yes, no = 204, 400
	tests := []struct {
		body                                      string
		command, completion, press, form, formOfP int
	}{
		{`{"type":1}`, no, no, no, no, no},
		{button, yes, no, yes, yes, yes},
		{`{"type":5}`, yes, no, yes, yes, yes},
		{`{"type":6}`, no, no, yes, no, yes},
		{`{"type":7,"data":{"content":"y"}}`, no, no, yes, no, yes},
		{`{"type":8,"data":{"choices":[{"name":"a","value":"b"}]}}`, no, yes, no, no, no},
		{form, yes, no, yes, no, no},
	}
	play(t, Options{Unlimited: true}, func(s *stage) {
		s.publish()
		press := func() *Interaction {
			all := s.Sees("ana", "hall")
			i, err := s.Press("ana", all[len(all)-1].ID, "go")
			if err != nil {
				t.Fatal(err)
			}
			return i
		}
		submit := func() *Interaction {
			i, err := s.Submit("ana", "Ana")
			if err != nil {
				t.Fatal(err)
			}
			return i
		}
		answer := func(what string, i *Interaction, body string, status int) {
			t.Helper()
			callback, _ := s.paths(i)
			s.do(status, "POST", callback, body)
			if t.Failed() {
				t.Fatalf("so it went with a %s and %s", what, body)
			}
		}
		command := func() *Interaction {
			i, _ := s.Command("ana", "hall", []string{"echo"}, map[string]string{"text": "x"})
			return i
		}
		for _, test := range tests {
			answer("command", command(), test.body, test.command)
			completion, _ := s.Complete("ana", "hall", []string{"echo"}, map[string]string{"text": "h"}, "text")
			answer("completion", completion, test.body, test.completion)
			answer("command", command(), form, yes)
			answer("form", submit(), test.body, test.form)
			answer("command", command(), button, yes)
			answer("press", press(), test.body, test.press)
			answer("command", command(), button, yes)
			answer("press", press(), form, yes)
			answer("form of a press", submit(), test.body, test.formOfP)
		}
	})
}

func TestFormsAreFilledInAsAClientDoes(t *testing.T) {
	play(t, Options{}, func(s *stage) {
		s.publish()
		callback, _ := s.typedEcho("ana", "hall")
		s.do(204, "POST", callback, `{"type":9,"data":{"custom_id":"f","title":"Tell us","components":[
			{"type":18,"label":"Name","component":{"type":4,"custom_id":"n","style":1,"max_length":5}},
			{"type":18,"label":"Day","component":{"type":3,"custom_id":"d","options":[{"label":"Monday","value":"mo"}]}},
			{"type":18,"label":"Host","component":{"type":5,"custom_id":"h","required":false}}]}}`)
		m := s.Modal("ana", "hall")
		if m == nil || s.Modal("ben", "hall") != nil || s.Modal("ana", "yard") != nil {
			t.Fatal("the form does not stand on ana's screen in the hall alone")
		}
		if f := m.Fields(); len(f) != 3 || f[0].Label != "Name" || f[2].Type != UserMenu {
			t.Errorf("the fields are %+v", f)
		}
		for _, values := range [][]string{{"", "mo", ""}, {"too long", "mo", ""}, {"Ana", "Friday", ""}, {"Ana", "mo"}} {
			if _, err := s.Submit("ana", values...); err == nil {
				t.Errorf("a client lets %q pass", values)
			}
		}
		if _, err := s.Submit("ana", "Ana", "Monday", "ben"); err != nil {
			t.Error(err)
		}
		if s.Modal("ana", "hall") != nil {
			t.Error("the form is still open")
		}
		s.clean()
	})
}

func TestCommandsAreTypedAsAClientDoes(t *testing.T) {
	tests := []struct {
		who, room, path string
		options         map[string]string
		fits            bool
	}{
		{"ana", "hall", "echo", map[string]string{"text": "hi", "times": "2"}, true},
		{"ana", "", "echo", map[string]string{"text": "hi"}, true},
		{"eva", "hall", "eco", map[string]string{"text": "hi"}, true},
		{"ana", "hall", "eco", map[string]string{"text": "hi"}, false},
		{"ana", "hall", "echo", nil, false},
		{"ana", "hall", "echo", map[string]string{"text": "hi", "times": "9"}, false},
		{"ana", "hall", "echo", map[string]string{"text": "hi", "times": "2.5"}, false},
		{"ana", "hall", "echo", map[string]string{"text": "hi", "what": "9"}, false},
		{"ana", "hall", "meeting add", map[string]string{"host": "ben"}, true},
		{"ana", "hall", "meeting", nil, false},
		{"ana", "hall", "meeting drop", nil, false},
		{"ana", "hall", "setup", nil, false},
		{"owner", "hall", "setup", nil, true},
		{"ana", "cellar", "echo", map[string]string{"text": "hi"}, false},
	}
	play(t, Options{}, func(s *stage) {
		s.publish()
		s.Speak("eva", "es-ES")
		for _, test := range tests {
			_, err := s.Command(test.who, test.room, strings.Fields(test.path), test.options)
			if (err == nil) != test.fits {
				t.Errorf("/%s %v by %s in %q: %v", test.path, test.options, test.who, test.room, err)
			}
		}
	})
}

func TestInteractionsAreForgotten(t *testing.T) {
	play(t, Options{}, func(s *stage) {
		s.publish()
		for range 100 {
			s.typedEcho("ana", "hall")
		}
		time.Sleep(16 * time.Minute)
		s.typedEcho("ana", "hall")
		if n := len(s.interactions); n != 1 {
			t.Errorf("%d interactions are kept, not one", n)
		}
	})
}

func TestCompletionIsForItsPerson(t *testing.T) {
	play(t, Options{}, func(s *stage) {
		s.publish()
		i, err := s.Complete("ana", "hall", []string{"echo"}, map[string]string{"text": "he"}, "text")
		if err != nil {
			t.Fatal(err)
		}
		callback, _ := s.paths(i)
		s.do(204, "POST", callback, `{"type":8,"data":{"choices":[{"name":"hello","value":"hello"}]}}`)
		synctest.Wait()
		select {
		case <-i.Done():
		default:
			t.Error("an answered interaction is not done")
		}
		if got := fmt.Sprint(i.Choices()); got != "[hello]" {
			t.Errorf("the choices are %s", got)
		}
	})
}
