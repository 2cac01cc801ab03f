package discordtest

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// request is a request whose body was read.
type request struct {
	*http.Request
	route string
	raw   []byte // the JSON
	tree  any    // the same, decoded
	files []File
}

// into decodes the body. The checks of the description came before, so that what
// does not fit now is the bot's fault too.
func (r *request) into(v any) bool {
	return len(r.raw) == 0 || json.Unmarshal(r.raw, v) == nil
}

// answer is what a request comes back with.
type answer struct {
	status int
	body   any // nil is none
	header http.Header
}

func ok(body any) answer { return answer{status: http.StatusOK, body: body} }

// problem is an error with a code of
// https://docs.discord.com/developers/topics/opcodes-and-status-codes#json.
func problem(status, code int, words string) answer {
	return answer{status: status, body: object{"message": words, "code": code}}
}

func invalidForm(f faults) answer {
	return answer{status: http.StatusBadRequest, body: object{
		"message": "Invalid Form Body", "code": 50035,
		"errors": object{"_errors": []object{{"code": "BASE_TYPE_BAD", "message": strings.Join(f, "; ")}}},
	}}
}

// route is one route of the API.
type route struct {
	pattern string // as in the published description, with the method before
	open    bool   // needs no token of the bot and is outside its global limit
	do      func(*Server, *request) answer
}

var version = regexp.MustCompile(`^/api/v(9|10)/`)

// api serves the REST API in both its versions.
func (s *Server) api() http.Handler {
	mux := http.NewServeMux()
	for _, r := range routes() {
		mux.HandleFunc(r.pattern, func(w http.ResponseWriter, q *http.Request) { s.serve(w, q, r) })
	}
	mux.HandleFunc("/", s.unknown)
	return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		prefix := version.FindString(q.URL.Path)
		if prefix == "" {
			s.unknown(w, q)
			return
		}
		plain := q.Clone(q.Context())
		plain.URL.Path, plain.URL.RawPath = "/"+q.URL.Path[len(prefix):], ""
		mux.ServeHTTP(w, plain)
	})
}

// unknown answers where there is nothing, and notes each such path once.
func (s *Server) unknown(w http.ResponseWriter, q *http.Request) {
	s.mu.Lock()
	if !s.unknowns[q.URL.Path] {
		s.unknowns[q.URL.Path] = true
		s.blame("%s to a route that is not there", q.Method)
	}
	s.mu.Unlock()
	s.reply(w, problem(http.StatusNotFound, 0, "404: Not Found"), nil)
}

func (s *Server) serve(w http.ResponseWriter, q *http.Request, r route) {
	if s.isDown() {
		panic(http.ErrAbortHandler)
	}
	s.busy.Add(1)
	defer s.busy.Done()
	fault := s.begin(r.pattern)
	defer s.end(r.pattern)
	if fault != nil && !s.pause(q, fault) {
		panic(http.ErrAbortHandler)
	}
	var a answer
	if fault == nil || fault.Status == 0 || fault.After {
		a = s.handle(q, r)
	}
	if fault != nil && fault.Status != 0 {
		a = fault.answer()
	}
	s.reply(w, a, fault)
}

// begin counts a request and picks the fault that is meant for it.
func (s *Server) begin(route string) *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests[route]++
	s.flying[route]++
	s.peaks[route] = max(s.peaks[route], s.flying[route])
	return s.pick(route)
}

func (s *Server) end(route string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.flying[route]--
}

// handle reads a request, holds it against the rules and carries it out.
func (s *Server) handle(q *http.Request, r route) answer {
	in := &request{Request: q, route: r.pattern}
	if err := in.read(); err != nil {
		return problem(http.StatusBadRequest, 50109, "The request body contains invalid JSON.")
	}
	wrong := holdAgainst(in)
	s.mu.Lock()
	defer s.mu.Unlock()
	if a, refused := s.admit(in, r); refused {
		return a
	}
	a := answer{status: http.StatusBadRequest}
	if len(wrong) > 0 {
		a = s.refuse(in, wrong)
	} else {
		a = r.do(s, in)
	}
	maps.Copy(headers(&a), s.heading(in, r))
	if a.status == http.StatusUnauthorized || a.status == http.StatusForbidden {
		s.spoil(time.Now())
	}
	return a
}

// refuse is the answer to a body that breaks the rules, which is noted.
func (s *Server) refuse(r *request, f faults) answer {
	s.blame("%s: %s", r.route, strings.Join(f, "; "))
	return invalidForm(f)
}

func headers(a *answer) http.Header {
	if a.header == nil {
		a.header = http.Header{}
	}
	return a.header
}

// read takes the JSON of the body and the files beside it.
func (r *request) read() error {
	kind, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind == "multipart/form-data" {
		return r.readForm(multipart.NewReader(r.Body, params["boundary"]))
	}
	raw, err := io.ReadAll(r.Body)
	if err != nil || len(bytes.TrimSpace(raw)) == 0 {
		return err
	}
	r.raw = raw
	return json.Unmarshal(raw, &r.tree)
}

func (r *request) readForm(form *multipart.Reader) error {
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return err
		}
		if part.FormName() != "payload_json" {
			r.files = append(r.files, File{Name: part.FileName(), Type: part.Header.Get("Content-Type"), Data: data})
			continue
		}
		r.raw = data
		if err := json.Unmarshal(data, &r.tree); err != nil {
			return err
		}
	}
}

// reply writes an answer, cut short where the fault says so.
func (s *Server) reply(w http.ResponseWriter, a answer, f *Fault) {
	h := w.Header()
	maps.Copy(h, a.header)
	h.Set("Date", time.Now().Add(s.opt.Shift).UTC().Format(http.TimeFormat))
	if a.body == nil {
		w.WriteHeader(cmp.Or(a.status, http.StatusNoContent))
		return
	}
	body, isText := a.body.(string)
	if !isText {
		h.Set("Content-Type", "application/json")
		raw, err := json.Marshal(a.body)
		if err != nil {
			panic(err) // a mistake in this package
		}
		body = string(raw)
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(a.status)
	if f != nil && (f.Cut || f.Slow > 0) {
		io.WriteString(w, body[:len(body)/2])
		body = body[len(body)/2:]
		_ = http.NewResponseController(w).Flush()
		s.rest(f.Slow)
		if f.Cut {
			panic(http.ErrAbortHandler)
		}
	}
	io.WriteString(w, body)
}

// rest waits, unless the Server is closed meanwhile.
func (s *Server) rest(d time.Duration) {
	select {
	case <-time.After(d):
	case <-s.stop:
	}
}
