package discordtest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Intents; see https://docs.discord.com/developers/events/gateway#gateway-intents.
const (
	guilds         = 1 << 0
	guildMembers   = 1 << 1
	guildPresences = 1 << 8
	guildMessages  = 1 << 9
	directMessages = 1 << 12
	messageContent = 1 << 15
	privileged     = guildMembers | guildPresences | messageContent
	allIntents     = 1<<26 - 1
)

// Operations.
const (
	opDispatch  = 0
	opHeartbeat = 1
	opIdentify  = 2
	opPresence  = 3
	opVoice     = 4
	opResume    = 6
	opReconnect = 7
	opMembers   = 8
	opInvalid   = 9
	opHello     = 10
	opAck       = 11
)

// Times that Discord keeps or publishes.
const (
	resumable     = 5 * time.Minute // a session waits that long for its RESUME
	identifyEvery = 5 * time.Second // one IDENTIFY in that time
	day           = 24 * time.Hour
	payloads      = 120 // in a minute
)

// gateway is what every connection shares.
type gateway struct {
	down     bool
	zombie   bool
	sessions map[string]*session
	conns    map[*conn]bool
	starts   []time.Time // IDENTIFYs of the last day
	greet    []greeting  // what happens to the next connections
}

// greeting is what a connection gets in place of READY or RESUMED.
type greeting struct {
	code      int // it is closed with
	op        int
	resumable bool
	silent    bool // nothing comes, not even HELLO
}

// session outlives its connections.
type session struct {
	id      string
	intents int
	seq     int64
	sent    []event // that were not acknowledged by a heartbeat
	conn    *conn   // nil while nobody is there
	left    time.Time
}

// event is one dispatch.
type event struct {
	seq  int64
	text []byte
}

// dispatch sends an event to every session that asked for it; intent 0 is for all.
// tell is called with the intents of each.
func (s *Server) dispatch(name string, intent int, tell func(intents int) object) {
	for _, ses := range s.sessions {
		if intent == 0 || ses.intents&intent != 0 {
			s.send(ses, name, tell(ses.intents))
		}
	}
}

func always(o object) func(int) object { return func(int) object { return o } }

func (s *Server) send(ses *session, name string, o object) {
	if ses.conn == nil && time.Since(ses.left) > resumable {
		delete(s.sessions, ses.id)
		return
	}
	ses.seq++
	e := event{ses.seq, encode(object{"op": opDispatch, "s": ses.seq, "t": name, "d": o})}
	ses.sent = append(ses.sent, e)
	if ses.conn != nil {
		ses.conn.write(e.text)
	}
}

func encode(o object) []byte {
	text, err := json.Marshal(o)
	if err != nil {
		panic(err) // a mistake in this package
	}
	return text
}

// connect takes a connection in.
func (s *Server) connect(w http.ResponseWriter, q *http.Request) {
	if s.isDown() {
		panic(http.ErrAbortHandler)
	}
	ws, err := s.up.Upgrade(w, q, nil)
	if err != nil {
		return
	}
	// The answer to a close frame waits: see conn.read.
	ws.SetCloseHandler(func(int, string) error { return nil })
	c := newConn(s, ws, strings.HasPrefix(q.URL.Path, "/resume"))
	s.mu.Lock()
	if s.down {
		s.mu.Unlock()
		_ = ws.Close()
		return
	}
	s.conns[c] = true
	if len(s.greet) > 0 {
		c.greeting, s.greet = &s.greet[0], s.greet[1:]
	}
	s.busy.Add(2)
	s.mu.Unlock()
	if v := q.URL.Query().Get("v"); v != "9" && v != "10" {
		c.close(4012, "Invalid API version.")
	} else if c.greeting == nil || !c.greeting.silent {
		c.write(encode(object{"op": opHello, "d": object{"heartbeat_interval": s.opt.Heartbeat.Milliseconds()}}))
	}
	go c.writeAll()
	c.readAll()
}

// started counts the sessions of the last day and tells when the oldest no longer counts.
func (s *Server) started(now time.Time) (int, time.Duration) {
	s.starts = slices.DeleteFunc(s.starts, func(t time.Time) bool { return now.Sub(t) > day })
	if len(s.starts) == 0 {
		return 0, 0
	}
	return len(s.starts), s.starts[0].Add(day).Sub(now)
}

// Zombie makes the gateway take everything and say nothing, or talk again.
func (s *Server) Zombie(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.zombie = on
}

// Reconnect sends op 7 to every connection; they may resume.
func (s *Server) Reconnect() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		c.write(encode(object{"op": opReconnect, "d": nil}))
	}
}

// Invalidate sends op 9 to every connection.
func (s *Server) Invalidate(mayResume bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		s.invalidate(c, mayResume)
	}
}

func (s *Server) invalidate(c *conn, mayResume bool) {
	if c.session != nil && !mayResume {
		delete(s.sessions, c.session.id)
	}
	c.leave(time.Now())
	c.write(encode(object{"op": opInvalid, "d": mayResume}))
}

// CloseGateway closes every connection with a code.
func (s *Server) CloseGateway(code int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closeAll(code, "")
}

func (s *Server) closeAll(code int, reason string) {
	for c := range s.conns {
		c.close(code, reason)
	}
}

// Snap ends every connection without a word, as a broken line does.
func (s *Server) Snap() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		c.drop()
	}
}

// Babble sends a text that is no payload to every connection.
func (s *Server) Babble(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		c.write([]byte(text))
	}
}

// Lose forgets every session, so that a RESUME is answered with op 9.
func (s *Server) Lose() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.sessions)
}

// GreetWithReconnect answers the next n IDENTIFYs or RESUMEs with op 7.
func (s *Server) GreetWithReconnect(n int) { s.greetWith(n, greeting{op: opReconnect}) }

// GreetWithInvalid answers the next n IDENTIFYs or RESUMEs with op 9.
func (s *Server) GreetWithInvalid(n int, mayResume bool) {
	s.greetWith(n, greeting{op: opInvalid, resumable: mayResume})
}

// GreetWithClose answers the next n IDENTIFYs or RESUMEs by closing with a code.
func (s *Server) GreetWithClose(n, code int) { s.greetWith(n, greeting{code: code}) }

// GreetWithSilence says nothing at all on the next n connections.
func (s *Server) GreetWithSilence(n int) { s.greetWith(n, greeting{silent: true}) }

func (s *Server) greetWith(n int, g greeting) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for range n {
		s.greet = append(s.greet, g)
	}
}

// Connected tells whether a bot is there: it has a session and a connection.
func (s *Server) Connected() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, ses := range s.sessions {
		if ses.conn != nil {
			return true
		}
	}
	return false
}
