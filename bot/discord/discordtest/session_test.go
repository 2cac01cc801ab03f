package discordtest

import (
	"encoding/json"
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// line is a connection to the gateway with nothing between.
type line struct {
	*stage
	ws *websocket.Conn
}

// word is a payload.
type word struct {
	Op   int    `json:"op"`
	Seq  int    `json:"s"`
	Name string `json:"t"`
	Data object `json:"d"`
	May  bool   `json:"-"` // the data of op 9
}

func (s *stage) dial(path string) *line {
	s.t.Helper()
	d := websocket.Dialer{NetDialContext: s.Dial}
	ws, res, err := d.Dial("ws://"+Host+path+"/?v=10&encoding=json", nil)
	if err != nil {
		s.t.Fatal(err)
	}
	res.Body.Close()
	s.t.Cleanup(func() { ws.Close() })
	return &line{s, ws}
}

// hear reads one payload, or the code with which the connection ends.
func (l *line) hear() (w word, code int) {
	l.t.Helper()
	l.ws.SetReadDeadline(time.Now().Add(5 * time.Minute))
	_, text, err := l.ws.ReadMessage()
	if e, closed := err.(*websocket.CloseError); closed {
		return w, e.Code
	}
	if err != nil {
		l.t.Fatal(err)
	}
	json.Unmarshal(text, &w)
	w.May = w.Op == opInvalid && string(text[len(text)-14:]) == `"d":true,"op":9}`[2:]
	return w, 0
}

// wants reads one payload of an operation.
func (l *line) wants(op int, name string) word {
	l.t.Helper()
	w, code := l.hear()
	if w.Op != op || w.Name != name || code != 0 {
		l.t.Fatalf("op %d %q (closed with %d) came, not op %d %q", w.Op, w.Name, code, op, name)
	}
	return w
}

func (l *line) say(format string, args ...any) {
	l.t.Helper()
	if err := l.ws.WriteMessage(websocket.TextMessage, fmt.Appendf(nil, format, args...)); err != nil {
		l.t.Fatal(err)
	}
}

func (l *line) identify(token string, intents int) {
	l.say(`{"op":2,"d":{"token":"Bot %s","intents":%d,"properties":{}}}`, token, intents)
}

// enter opens a line and identifies; it returns the session and its last event.
func (s *stage) enter() (l *line, id string, seq int) {
	s.t.Helper()
	l = s.dial("/gateway")
	l.wants(opHello, "")
	l.identify(s.Token(), guilds|directMessages)
	id = l.wants(opDispatch, "READY").Data["session_id"].(string)
	return l, id, l.wants(opDispatch, "GUILD_CREATE").Seq
}

func (s *stage) back(path, id string, seq int) *line {
	s.t.Helper()
	l := s.dial(path)
	l.wants(opHello, "")
	l.say(`{"op":6,"d":{"token":%q,"session_id":%q,"seq":%d}}`, s.Token(), id, seq)
	return l
}

func TestResumeReplaysWhatWasMissed(t *testing.T) {
	play(t, Options{}, func(s *stage) {
		l, id, seq := s.enter()
		s.Say("ana", "", "heard")
		l.wants(opDispatch, "MESSAGE_CREATE")
		l.ws.Close()
		settle()
		s.Say("ana", "", "missed")
		l = s.back("/resume", id, seq+1)
		if w := l.wants(opDispatch, "MESSAGE_CREATE"); w.Data["content"] != "missed" || w.Seq != seq+2 {
			t.Errorf("what was missed comes as %v", w)
		}
		l.wants(opDispatch, "RESUMED")
		s.Say("ana", "", "heard again")
		l.wants(opDispatch, "MESSAGE_CREATE")
		if c := s.Counts(); c.Resumes != 1 || c.Astray != 0 || c.Identifies != 1 {
			t.Errorf("the counts are %+v", c)
		}
	})
}

func TestSessionsThatCannotBeResumed(t *testing.T) {
	tests := map[string]func(s *stage, l *line){
		"closed with 1000": func(s *stage, l *line) {
			l.ws.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(1000, ""))
		},
		"away too long": func(s *stage, l *line) {
			l.ws.Close()
			time.Sleep(resumable + time.Minute)
		},
		"lost by Discord": func(s *stage, l *line) {
			l.ws.Close()
			s.Lose()
		},
	}
	for name, end := range tests {
		t.Run(name, func(t *testing.T) {
			play(t, Options{}, func(s *stage) {
				l, id, seq := s.enter()
				end(s, l)
				settle()
				if w := s.back("/gateway", id, seq).wants(opInvalid, ""); w.May {
					t.Error("the session may be resumed")
				}
				if s.Counts().Astray != 1 {
					t.Error("a RESUME at the wrong address was not counted")
				}
			})
		})
	}
}

func TestCloseCodes(t *testing.T) {
	tests := []struct {
		code int
		say  func(s *stage, l *line)
	}{
		{4001, func(s *stage, l *line) { l.say(`{"op":99}`) }},
		{4002, func(s *stage, l *line) { l.say(`hello`) }},
		{4003, func(s *stage, l *line) { l.say(`{"op":3,"d":{}}`) }},
		{4004, func(s *stage, l *line) { l.identify("wrong", guilds) }},
		{4007, func(s *stage, l *line) {
			other, id, seq := s.enter()
			other.ws.Close()
			settle()
			l.say(`{"op":6,"d":{"token":%q,"session_id":%q,"seq":%d}}`, s.Token(), id, seq+9)
		}},
		{4008, func(s *stage, l *line) {
			for range payloads + 1 {
				l.say(`{"op":1,"d":null}`)
			}
		}},
		{4009, func(s *stage, l *line) {}},
		{4010, func(s *stage, l *line) {
			l.say(`{"op":2,"d":{"token":%q,"intents":1,"properties":{},"shard":[2,1]}}`, s.Token())
		}},
		{4013, func(s *stage, l *line) { l.identify(s.Token(), 1<<40) }},
		{4014, func(s *stage, l *line) { l.identify(s.Token(), messageContent) }},
	}
	for _, test := range tests {
		t.Run(strconv.Itoa(test.code), func(t *testing.T) {
			play(t, Options{}, func(s *stage) {
				l := s.dial("/gateway")
				l.wants(opHello, "")
				go test.say(s, l)
				for {
					w, code := l.hear()
					if code == test.code {
						return
					}
					if code != 0 || w.Op != opAck {
						t.Fatalf("op %d, or the code %d, not %d", w.Op, code, test.code)
					}
				}
			})
		})
	}
}

func TestIdentifyIsLimited(t *testing.T) {
	play(t, Options{Starts: 3, Unlimited: true}, func(s *stage) {
		l, _, _ := s.enter()
		l.ws.Close()
		soon := s.dial("/gateway")
		soon.wants(opHello, "")
		soon.identify(s.Token(), guilds)
		soon.wants(opInvalid, "")
		limit := s.do(200, "GET", "/gateway/bot", "")["session_start_limit"].(object)
		if limit["remaining"] != 1.0 {
			t.Errorf("after two of three IDENTIFYs the limit is %v", limit)
		}
		time.Sleep(identifyEvery)
		s.enter()
		time.Sleep(identifyEvery)
		last := s.dial("/gateway")
		last.wants(opHello, "")
		last.identify(s.Token(), guilds)
		if _, code := last.hear(); code != 4004 {
			t.Errorf("the fourth IDENTIFY of three ends with %d", code)
		}
		s.do(401, "GET", "/users/@me", "")
	})
}

func TestGreetings(t *testing.T) {
	play(t, Options{}, func(s *stage) {
		greeted := func() *line {
			time.Sleep(identifyEvery)
			l := s.dial("/gateway")
			l.wants(opHello, "")
			l.identify(s.Token(), guilds)
			return l
		}
		s.GreetWithReconnect(1)
		s.GreetWithInvalid(1, true)
		s.GreetWithClose(1, 4000)
		s.GreetWithSilence(1)
		greeted().wants(opReconnect, "")
		if w := greeted().wants(opInvalid, ""); !w.May {
			t.Error("op 9 says that the session is lost")
		}
		if _, code := greeted().hear(); code != 4000 {
			t.Errorf("the connection ends with %d", code)
		}
		if _, code := s.dial("/gateway").hear(); code != 4009 {
			t.Errorf("a silent connection ends with %d", code)
		}
		greeted().wants(opDispatch, "READY")
	})
}

func TestDownAndUp(t *testing.T) {
	play(t, Options{}, func(s *stage) {
		s.enter()
		s.Down()
		settle()
		if s.Connected() {
			t.Error("the bot is connected while the network is down")
		}
		if answer, err := s.client.Get(s.URL() + "/api/v10/gateway"); err == nil {
			_ = answer.Body.Close()
			t.Error("the API answers while the network is down")
		}
		s.Up()
		time.Sleep(identifyEvery)
		s.enter()
	})
}
