// Package discordtest is a Discord for tests: a REST API and a gateway that behave
// as https://docs.discord.com/developers says, a guild with rooms and people in it,
// and everything that can go wrong on the way there.
//
//	d := discordtest.New(discordtest.Options{})
//	defer d.Close()
//	d.Command("ana", "hall", []string{"echo"}, map[string]string{"text": "hello"})
//	d.Sees("ben", "hall")
//
// It is reached over TCP (Listen) or through memory (Dial), so that it runs inside a
// testing/synctest bubble; make it there. Time is that of package time.
//
// It refuses what Discord refuses and takes note of what a bot should not have sent:
// a test asks Violations when it ends. Bodies are held against Discord's OpenAPI
// description too where its folder is found beside the checkout. It draws no
// pictures, speaks no voice, keeps nothing, and knows no bot.
package discordtest

import (
	"crypto/rand"
	"fmt"
	"log"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// Options say what a Server is like. What is zero is as published.
type Options struct {
	// Token is the bot's, without "Bot " before it.
	Token string
	// Heartbeat is the interval that HELLO tells; 41.25 s.
	Heartbeat time.Duration
	// Starts is how many sessions may be started in a day; 1,000.
	Starts int
	// NonceWindow is for how long an enforced nonce is remembered; 3 minutes, where
	// Discord says "a few".
	NonceWindow time.Duration
	// Privileged are the privileged intents that are switched on for the bot.
	Privileged int
	// Shift is how far the clock in the Date header is ahead.
	Shift time.Duration
	// Unlimited takes every request, however many they are.
	Unlimited bool
}

// Server is one Discord with one guild and one bot in it. Its methods may be called
// from several goroutines.
type Server struct {
	opt  Options
	pipe *pipe
	web  *http.Server
	up   websocket.Upgrader
	stop chan struct{}
	busy sync.WaitGroup

	mu sync.Mutex
	world
	gateway
	limits
	record
	address string // host and port over TCP
}

// Host is the host under which a Server in memory is reached.
const Host = "discord.test"

// New starts a Server that is reached through Dial. The people ana and ben are in the
// guild already, which has the rooms hall and yard; others join when they are named.
func New(o Options) *Server {
	s := &Server{opt: o.published(), stop: make(chan struct{}), pipe: newPipe(), address: Host}
	s.world = newWorld(s.opt.Token)
	s.gateway = gateway{sessions: map[string]*session{}, conns: map[*conn]bool{}}
	s.limits = limits{buckets: map[string]*bucket{}}
	s.record = record{requests: map[string]int{}, flying: map[string]int{}, peaks: map[string]int{}, unknowns: map[string]bool{}}
	s.web = &http.Server{Handler: s.Handler(), ErrorLog: log.New(silence{}, "", 0)}
	s.busy.Go(func() { _ = s.web.Serve(s.pipe) })
	for _, name := range []string{"ana", "ben"} {
		s.person(name)
	}
	return s
}

func (o Options) published() Options {
	if o.Token == "" {
		o.Token = "MTEwMDAwMDAwMDAwMDAwMDAwMQ.fake." + strings.ToLower(rand.Text())
	}
	if o.Heartbeat == 0 {
		o.Heartbeat = 41250 * time.Millisecond
	}
	if o.Starts == 0 {
		o.Starts = 1000
	}
	if o.NonceWindow == 0 {
		o.NonceWindow = 3 * time.Minute
	}
	return o
}

// Handler is the REST API below /api and the gateway below /gateway and /resume.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/api/", s.api())
	mux.HandleFunc("GET /attachments/{id}/{name}", s.download)
	mux.HandleFunc("/gateway/", s.connect)
	mux.HandleFunc("/resume/", s.connect)
	return mux
}

// URL is where the API is: the scheme and the host, without a path.
func (s *Server) URL() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return "http://" + s.address
}

// Token is the bot's token.
func (s *Server) Token() string { return s.opt.Token }

// Secrets are the tokens that may stand in no log and no error: the bot's, and those of
// the interactions that are still remembered.
func (s *Server) Secrets() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := []string{s.opt.Token}
	for token := range s.interactions {
		all = append(all, token)
	}
	return all
}

// Close ends every connection and every goroutine.
func (s *Server) Close() {
	close(s.stop)
	_ = s.web.Close()
	s.mu.Lock()
	for c := range s.conns {
		c.drop()
	}
	s.mu.Unlock()
	s.busy.Wait()
}

// Record of what happened, for tests to ask about.
type record struct {
	requests   map[string]int // by route
	flying     map[string]int // in flight now
	peaks      map[string]int // most in flight at once
	tooMany    int            // answers 429
	invalid    int            // answers 401, 403 and 429, but those that others caused
	identifies int
	resumes    int
	astray     int // RESUMEs at another address than READY told
	violations []string
	faults     []*Fault
	unknowns   map[string]bool // paths where there is nothing
}

// Counts are what was counted since the start.
type Counts struct {
	TooMany    int // TooMany are answers with status 429.
	Invalid    int // Invalid are answers that count towards a ban of the address.
	Identifies int
	Resumes    int
	Astray     int // Astray are RESUMEs that ignored resume_gateway_url.
	Requests   int // Requests are all of the REST API.
	Buckets    int // Buckets of the rate limits that are kept now.
}

// Counts tells what was counted since the start.
func (s *Server) Counts() Counts {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := Counts{
		TooMany: s.tooMany, Invalid: s.invalid, Identifies: s.identifies,
		Resumes: s.resumes, Astray: s.astray, Buckets: len(s.buckets),
	}
	for _, n := range s.requests {
		c.Requests += n
	}
	return c
}

// Requests counts the requests of a route, which is written as the method and the
// path of the published description: "POST /channels/{channel_id}/messages".
func (s *Server) Requests(route string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests[route]
}

// Answered counts the requests of a route that are no longer in flight.
func (s *Server) Answered(route string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests[route] - s.flying[route]
}

// Peak is the most requests of a route that were in flight at once.
func (s *Server) Peak(route string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.peaks[route]
}

// Violations are what the bot sent against the rules, in words.
func (s *Server) Violations() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.violations...)
}

// blame notes a violation. The lock is held.
func (s *Server) blame(format string, args ...any) {
	s.violations = append(s.violations, fmt.Sprintf(format, args...))
}

// silence swallows what the http.Server says about connections that tests end.
type silence struct{}

func (silence) Write(p []byte) (int, error) { return len(p), nil }
