package discordtest

import (
	"encoding/json"
	"math/bits"
	"slices"
	"strconv"
	"strings"
	"time"
)

// hear acts on a payload. The lock is held.
func (s *Server) hear(c *conn, op int, data json.RawMessage) {
	now := time.Now()
	if now.Sub(c.minute) > time.Minute {
		c.minute, c.received = now, 0
	}
	if c.received++; c.received > payloads {
		c.close(4008, "Rate limited.")
		return
	}
	switch op {
	case opHeartbeat:
		s.heartbeat(c, data)
	case opIdentify:
		s.identify(c, data, now)
	case opResume:
		s.resume(c, data)
	case opPresence, opVoice, opMembers:
		if c.session == nil {
			c.close(4003, "Not authenticated.")
		}
	default:
		c.close(4001, "Unknown opcode.")
	}
}

// heartbeat acknowledges, and forgets the events up to the one that was named.
func (s *Server) heartbeat(c *conn, data json.RawMessage) {
	c.beat.Reset(c.patience())
	if c.greeting != nil && c.greeting.silent {
		return
	}
	seq, _ := strconv.ParseInt(string(data), 10, 64)
	if ses := c.session; ses != nil {
		ses.sent = slices.DeleteFunc(ses.sent, func(e event) bool { return e.seq <= seq })
	}
	c.write(encode(object{"op": opAck, "d": nil}))
}

type identity struct {
	Token      string            `json:"token"`
	Properties map[string]string `json:"properties"`
	Compress   bool              `json:"compress"`
	Intents    *int              `json:"intents"`
	Shard      *[2]int           `json:"shard"`
}

func (s *Server) identify(c *conn, data json.RawMessage, now time.Time) {
	s.identifies++
	var id identity
	if json.Unmarshal(data, &id) != nil || id.Intents == nil || id.Properties == nil {
		c.close(4002, "Error while decoding payload.")
		return
	}
	if code, reason := s.refuses(c, &id); code != 0 {
		c.close(code, reason)
		return
	}
	last := len(s.starts) - 1
	s.starts = append(s.starts, now)
	if n, _ := s.started(now); n > s.opt.Starts {
		s.token = "" // and its owner gets a letter
		s.closeAll(4004, "Authentication failed.")
		return
	}
	if s.greeted(c) {
		return
	}
	if last >= 0 && now.Sub(s.starts[last]) < identifyEvery {
		s.invalidate(c, false)
		return
	}
	c.compress = id.Compress
	ses := &session{id: strings.Repeat("f", 12) + s.snowflake(), intents: *id.Intents, conn: c}
	c.session, s.sessions[ses.id] = ses, ses
	s.ready(ses)
}

// refuses tells why an identity will never do; see
// https://docs.discord.com/developers/topics/opcodes-and-status-codes#gateway.
func (s *Server) refuses(c *conn, id *identity) (code int, reason string) {
	switch {
	case c.session != nil:
		return 4005, "Already authenticated."
	case s.token == "" || strings.TrimPrefix(id.Token, "Bot ") != s.token:
		return 4004, "Authentication failed."
	case id.Shard != nil && (id.Shard[1] < 1 || id.Shard[0] >= id.Shard[1]):
		return 4010, "Invalid shard."
	case *id.Intents < 0 || bits.Len(uint(*id.Intents)) > bits.Len(uint(allIntents)):
		return 4013, "Invalid intent(s)."
	case *id.Intents&privileged&^s.opt.Privileged != 0:
		return 4014, "Disallowed intent(s)."
	}
	return 0, ""
}

// greeted gives a connection what was prepared for it in place of READY or RESUMED.
func (s *Server) greeted(c *conn) bool {
	g := c.greeting
	if g == nil {
		return false
	}
	c.greeting = nil
	switch {
	case g.code != 0:
		c.close(g.code, "")
	case g.op == opReconnect:
		c.write(encode(object{"op": opReconnect, "d": nil}))
	case g.op == opInvalid:
		s.invalidate(c, g.resumable)
	}
	return true
}

func (s *Server) ready(ses *session) {
	there := []object{}
	if !s.away {
		there = append(there, object{"id": s.guild, "unavailable": true})
	}
	s.send(ses, "READY", object{
		"v": 9, "user": s.bot.object(), "session_id": ses.id, "session_type": "normal",
		"resume_gateway_url": "ws://" + s.address + "/resume", "shard": [2]int{0, 1}, "guilds": there,
		"private_channels": []object{}, "relationships": []object{}, "geo_ordered_rtc_regions": []string{},
		"application": object{"id": s.bot.id, "flags": 0}, "_trace": []string{"discordtest"},
	})
	if !s.away && ses.intents&guilds != 0 {
		s.send(ses, "GUILD_CREATE", s.guildObject())
	}
}

// resume gives a session its new connection and what it has missed.
func (s *Server) resume(c *conn, data json.RawMessage) {
	s.resumes++
	var r struct {
		Token   string `json:"token"`
		Session string `json:"session_id"`
		Seq     int64  `json:"seq"`
	}
	if json.Unmarshal(data, &r) != nil {
		c.close(4002, "Error while decoding payload.")
		return
	}
	if !c.resumeAt {
		s.astray++
	}
	ses := s.sessions[r.Session]
	switch {
	case s.token == "" || strings.TrimPrefix(r.Token, "Bot ") != s.token:
		c.close(4004, "Authentication failed.")
	case c.session != nil:
		c.close(4005, "Already authenticated.")
	case s.greeted(c):
	case ses == nil || ses.conn == nil && time.Since(ses.left) > resumable:
		s.invalidate(c, false)
	case r.Seq > ses.seq || r.Seq < ses.seq-int64(len(ses.sent)):
		c.close(4007, "Invalid seq.")
	default:
		s.replay(c, ses, r.Seq)
	}
}

func (s *Server) replay(c *conn, ses *session, seq int64) {
	if ses.conn != nil {
		ses.conn.drop()
	}
	c.session, ses.conn = ses, c
	for _, e := range ses.sent {
		if e.seq > seq {
			c.write(e.text)
		}
	}
	s.send(ses, "RESUMED", object{"_trace": []string{"discordtest"}})
}
