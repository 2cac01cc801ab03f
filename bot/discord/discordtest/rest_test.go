package discordtest

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

const post = "POST /channels/{channel_id}/messages"

func TestMessagesAreSentEditedAndDeleted(t *testing.T) {
	play(t, Options{}, func(s *stage) {
		path := "/channels/" + s.ChannelID("", "hall") + "/messages"
		id := s.do(200, "POST", path, `{"content":"at eight"}`)["id"].(string)
		s.do(200, "PATCH", path+"/"+id, `{"content":"at nine"}`)
		s.sees("ana", "hall", "at nine", true)
		s.sees("ana", "hall", "at eight", false)
		s.do(204, "DELETE", path+"/"+id, "")
		s.do(404, "GET", path+"/"+id, "")
		if n := len(s.Sees("ana", "hall")); n != 0 {
			t.Errorf("%d messages are left", n)
		}
		s.clean()
	})
}

func TestNonceMakesOneMessage(t *testing.T) {
	play(t, Options{}, func(s *stage) {
		path := "/channels/" + s.ChannelID("ana", "") + "/messages"
		body := `{"content":"once","nonce":"letter","enforce_nonce":true}`
		first, again := s.do(200, "POST", path, body), s.do(200, "POST", path, body)
		if first["id"] != again["id"] {
			t.Error("the same nonce makes two messages")
		}
		s.do(200, "POST", path, `{"content":"other","nonce":"letter"}`)
		time.Sleep(4 * time.Minute)
		s.do(200, "POST", path, body)
		if n := len(s.Sees("ana", "")); n != 3 {
			t.Errorf("%d messages are seen, not 3: one, one without enforcing, one after the window", n)
		}
	})
}

func TestRefusals(t *testing.T) {
	play(t, Options{Unlimited: true}, func(s *stage) {
		hall, yard := s.ChannelID("", "hall"), s.ChannelID("", "yard")
		s.Deny("hall", SendMessages)
		s.Deny("yard", ViewChannel)
		s.Block("ben", true)
		s.AddRoom("cellar")
		gone := s.ChannelID("", "cellar")
		s.DropRoom("cellar")
		s.Leave("ben")
		tests := []struct {
			method, path, body string
			status             int
			code               float64
		}{
			{"POST", "/channels/" + hall + "/messages", `{"content":"x"}`, 403, 50013},
			{"POST", "/channels/" + yard + "/messages", `{"content":"x"}`, 403, 50001},
			{"POST", "/channels/" + gone + "/messages", `{"content":"x"}`, 404, 10003},
			{"POST", "/channels/" + s.ChannelID("ben", "") + "/messages", `{"content":"x"}`, 403, 50007},
			{"PATCH", "/channels/" + hall + "/messages/1", `{"content":"x"}`, 404, 10008},
			{"POST", "/interactions/1/x/callback", `{"type":5}`, 404, 10062},
			{"POST", "/webhooks/" + s.BotID() + "/x", `{"content":"x"}`, 404, 10015},
			{"GET", "/guilds/" + s.GuildID() + "/members/" + s.PersonID("ben"), "", 404, 10007},
			{"GET", "/guilds/1", "", 404, 10004},
			{"POST", "/channels/" + s.ChannelID("ana", "") + "/messages", `{"content":""}`, 400, 50006},
		}
		for _, test := range tests {
			if got := s.do(test.status, test.method, test.path, test.body); got["code"] != test.code {
				t.Errorf("%s %s gives %v, not %v", test.method, test.path, got, test.code)
			}
		}
	})
}

func TestLimits(t *testing.T) {
	play(t, Options{}, func(s *stage) {
		path := "/channels/" + s.ChannelID("", "hall") + "/messages"
		for range 5 {
			s.do(200, "POST", path, `{"content":"x"}`)
		}
		if got := s.do(429, "POST", path, `{"content":"x"}`); got["global"] != false || got["retry_after"].(float64) > 5 {
			t.Errorf("the sixth in five seconds gives %v", got)
		}
		s.do(200, "POST", "/channels/"+s.ChannelID("", "yard")+"/messages", `{"content":"x"}`)
		time.Sleep(5 * time.Second)
		s.do(200, "POST", path, `{"content":"x"}`)

		time.Sleep(2 * time.Second)
		for range 50 {
			s.do(200, "GET", "/users/@me", "")
		}
		if got := s.do(429, "GET", "/users/@me", ""); got["global"] != true {
			t.Errorf("the 51st in a second gives %v", got)
		}
		s.do(404, "POST", "/interactions/1/x/callback", `{"type":5}`)
		if c := s.Counts(); c.TooMany != 2 || c.Invalid != 2 {
			t.Errorf("the counts are %+v", c)
		}
	})
}

func TestTooManyInvalidRequestsBanTheAddress(t *testing.T) {
	play(t, Options{Unlimited: true}, func(s *stage) {
		s.Revoke()
		for range invalidLimit {
			s.do(401, "GET", "/users/@me", "")
		}
		s.do(429, "GET", "/gateway", "")
		time.Sleep(10 * time.Minute)
		s.do(200, "GET", "/gateway", "")
	})
}

func TestFaults(t *testing.T) {
	play(t, Options{Shift: time.Hour}, func(s *stage) {
		path := "/channels/" + s.ChannelID("", "hall") + "/messages"
		s.Fail(Fault{Route: post, Status: 502})
		s.Fail(Fault{Route: post, Status: 503, After: true})
		s.Fail(Fault{Route: post, Cut: true})
		s.Fail(Fault{Route: post, Delay: time.Minute})
		s.do(502, "POST", path, `{"content":"lost"}`)
		s.sees("ana", "hall", "lost", false)
		s.do(503, "POST", path, `{"content":"sent after all"}`)
		s.sees("ana", "hall", "sent after all", true)

		req, _ := http.NewRequest(http.MethodPost, s.URL()+"/api/v9"+path, strings.NewReader(`{"content":"cut"}`))
		req.Header.Set("Authorization", "Bot "+s.Token())
		res, err := s.client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadAll(res.Body); err == nil {
			t.Error("a cut answer can be read to its end")
		}
		res.Body.Close()
		if at, _ := http.ParseTime(res.Header.Get("Date")); time.Until(at).Round(time.Minute) != time.Hour {
			t.Errorf("the Date header says %v", at)
		}
		before := time.Now()
		s.do(200, "POST", path, `{"content":"slow"}`)
		if d := time.Since(before); d != time.Minute {
			t.Errorf("a slow answer takes %v", d)
		}
		s.Fail(Fault{Route: post, Slow: time.Minute})
		before = time.Now()
		if got := s.do(200, "POST", path, `{"content":"slower"}`); got["content"] != "slower" || time.Since(before) != time.Minute {
			t.Errorf("an answer that stops in the middle takes %v and says %v", time.Since(before), got)
		}
		if n := s.Requests(post); n != 5 || s.Answered(post) != 5 {
			t.Errorf("%d requests were counted, not 5", n)
		}
	})
}

// Bodies that a bot should not send are refused, and noted.
func TestViolations(t *testing.T) {
	long := strings.Repeat("x", 2001)
	row := func(inner string) string { return `{"components":[{"type":1,"components":[` + inner + `]}]}` }
	tests := map[string]string{
		"a long text":       `{"content":"` + long + `"}`,
		"a long nonce":      `{"content":"x","nonce":"12345678901234567890123456"}`,
		"six buttons":       row(strings.TrimSuffix(strings.Repeat(`{"type":2,"style":5,"label":"a","url":"https://x.org"},`, 6), ",")),
		"a long custom_id":  row(`{"type":2,"style":1,"label":"a","custom_id":"` + long[:101] + `"}`),
		"a long label":      row(`{"type":2,"style":1,"label":"` + long[:81] + `","custom_id":"a"}`),
		"a custom_id twice": row(`{"type":2,"style":1,"label":"a","custom_id":"a"},{"type":2,"style":1,"label":"b","custom_id":"a"}`),
		"an empty menu":     row(`{"type":3,"custom_id":"a","options":[]}`),
		"two menus in one":  row(`{"type":6,"custom_id":"a"},{"type":6,"custom_id":"b"}`),
		"a long embed":      `{"embeds":[{"description":"` + strings.Repeat("x", 4000) + `"},{"description":"` + strings.Repeat("x", 2001) + `"}]}`,
	}
	if Described() {
		tests["a number for a text"] = `{"content":5}`
		tests["a button without a style"] = row(`{"type":2,"label":"a","custom_id":"a"}`)
	} else {
		t.Log("the folder shared/specs is not beside the checkout: nothing is held against Discord's description")
	}
	for name, body := range tests {
		t.Run(name, func(t *testing.T) {
			play(t, Options{}, func(s *stage) {
				s.do(400, "POST", "/channels/"+s.ChannelID("", "hall")+"/messages", body)
				if n := len(s.Violations()); n != 1 {
					t.Errorf("%d violations are noted: %q", n, s.Violations())
				}
			})
		})
	}
}

func TestMentionsAreCounted(t *testing.T) {
	text := "<@1> <@!2> <@&3> @everyone"
	tests := []struct {
		a        *allowed
		everyone bool
		ids      string
	}{
		{nil, true, "1 2 3"},
		{&allowed{}, false, ""},
		{&allowed{Users: []string{"2"}}, false, "2"},
		{&allowed{Parse: []string{"roles"}}, false, "3"},
	}
	for _, test := range tests {
		everyone, ids := pings(text, test.a)
		if got := strings.Join(ids, " "); got != test.ids || everyone != test.everyone {
			t.Errorf("with %+v, %q and %v are notified", test.a, got, everyone)
		}
	}
}

func TestReadAsAPersonDoes(t *testing.T) {
	s := New(Options{})
	defer s.Close()
	ana := s.PersonID("ana")
	tests := map[string]string{
		`plain \*not bold\* **strong** _thin_`:        "plain *not bold* strong thin",
		"`code *as is*`":                              "code *as is*",
		"<t:0:F>":                                     "Thursday, 1 January 1970 00:00",
		"[the \\[room\\]](https://example.org/a)":     "the [room] (https://example.org/a)",
		"<https://example.org>":                       "https://example.org",
		"- one\n- two":                                "• one\n• two",
		"hello <@" + ana + ">":                        "hello @ana",
		"see <#" + s.ChannelID("", "hall") + ">":      "see #hall",
		"### Head\nbelow":                             "Head\nbelow",
		`1\. not a list, \<@` + ana + `\> no mention`: "1. not a list, <@" + ana + "> no mention",
	}
	for text, want := range tests {
		if got := s.Read(&Message{Content: text}, time.UTC); got != want {
			t.Errorf("%q reads %q, not %q", text, got, want)
		}
	}
}

func TestOverTCP(t *testing.T) {
	s := New(Options{})
	defer s.Close()
	if err := s.Listen(); err != nil {
		t.Fatal(err)
	}
	res, err := http.Get(s.URL() + "/api/v10/gateway")
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(res.Body)
	res.Body.Close()
	if want := strings.TrimPrefix(s.URL(), "http://"); !strings.Contains(string(body), "ws://"+want) {
		t.Errorf("the gateway is at %s", body)
	}
	s.Down()
	if res, err := http.Get(s.URL() + "/api/v10/gateway"); err == nil {
		res.Body.Close()
		t.Error("a server that is down answers")
	}
	http.DefaultClient.CloseIdleConnections()
}
