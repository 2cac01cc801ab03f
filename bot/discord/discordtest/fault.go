package discordtest

import (
	"net/http"
	"time"
)

// Fault is something that goes wrong with requests.
type Fault struct {
	// Route is the method and the path as the published description writes it,
	// "POST /channels/{channel_id}/messages"; "" is every route.
	Route string
	// Times is with how many requests; 0 is one, less than 0 is all until Mend.
	Times int
	// Delay passes before anything else happens.
	Delay time.Duration
	// Status is answered in place of the true answer; 0 is the true one.
	Status int
	// Body and Header go with Status. The body is JSON with a message if it is "".
	Body   string
	Header http.Header
	// After: what was asked for is done first, and then the answer is wrong.
	After bool
	// Slow passes in the middle of the answer's body.
	Slow time.Duration
	// Cut ends the connection there.
	Cut bool
	// Hang never answers.
	Hang bool
}

// Fail makes requests go wrong from now on. Faults come in their order.
func (s *Server) Fail(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f.Times == 0 {
		f.Times = 1
	}
	s.faults = append(s.faults, &f)
}

// Mend ends every Fault.
func (s *Server) Mend() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.record.faults = nil
}

// pick finds the fault for a request and uses it up.
func (s *Server) pick(route string) *Fault {
	f := find(s.faults, func(f *Fault) bool { return f.Times != 0 && (f.Route == "" || f.Route == route) })
	if f != nil && f.Times > 0 {
		f.Times--
	}
	return f
}

// pause waits as the fault says; false when there is no one left to answer.
func (s *Server) pause(q *http.Request, f *Fault) bool {
	var over <-chan time.Time
	if !f.Hang {
		over = time.After(f.Delay)
	}
	select {
	case <-over:
		return true
	case <-q.Context().Done():
	case <-s.stop:
	}
	return false
}

func (f *Fault) answer() answer {
	a := answer{status: f.Status, header: f.Header.Clone(), body: f.Body}
	if f.Body == "" {
		a.body = object{"message": http.StatusText(f.Status), "code": 0}
	}
	return a
}
