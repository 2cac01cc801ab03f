package site

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"peerbot/community/meeting"
)

// safety are the headers of every answer: a page shows what is its own alone, runs
// nothing, and nobody can frame it or learn where a reader came from. What has an
// address is asked for again each time, so that taking it away takes it away at once.
var safety = map[string]string{
	"Content-Security-Policy":      "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
	"X-Content-Type-Options":       "nosniff",
	"Referrer-Policy":              "no-referrer",
	"Cross-Origin-Opener-Policy":   "same-origin",
	"Cross-Origin-Resource-Policy": "same-origin",
	"Permissions-Policy":           "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
	"Cache-Control":                "private, no-cache",
}

func safely(h http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		for name, value := range safety {
			rw.Header().Set(name, value)
		}
		h.ServeHTTP(rw, r)
	})
}

// worker works an answer out and writes its head. Without content it has answered.
type worker func(rw http.ResponseWriter, r *http.Request) []byte

// seated lets a few requests at a time be worked on; the others wait. Who reads slowly
// takes nobody's seat, as long as not too much is under way.
func (s *Site) seated(work worker) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		content, size := s.work(work, rw, r)
		defer s.under.Release(size)
		if content != nil {
			http.ServeContent(rw, r, "", time.Time{}, bytes.NewReader(content))
		}
	}
}

// work works an answer out. As much as its size has to be released when it was sent.
func (s *Site) work(work worker, rw http.ResponseWriter, r *http.Request) (content []byte, size int64) {
	select {
	case s.seats <- struct{}{}:
	case <-r.Context().Done():
		return nil, 0
	}
	defer func() { <-s.seats }()
	content = work(rw, r)
	size = min(int64(len(content)), inReach)
	if s.under.Acquire(r.Context(), size) != nil {
		return nil, 0
	}
	return content, size
}

// fail answers what went wrong with us, which is logged without the address.
func (s *Site) fail(rw http.ResponseWriter, r *http.Request, err error) []byte {
	if r.Context().Err() == nil {
		s.o.Log.Error("a request to the site failed", "err", err)
	}
	http.Error(rw, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
	return nil
}

// paces are how often each outlet is read. An address that nobody has costs one look
// into an index and has none.
type paces struct {
	mu    sync.Mutex
	known map[string]*rate.Limiter
}

// maxPaces bounds the memory for paces. What is forgotten may be read a little more.
const maxPaces = 10_000

func newPaces() paces { return paces{known: map[string]*rate.Limiter{}} }

// paceOf is how often an outlet may be read: calendar programs ask every few minutes,
// and what is a community's has many readers.
func paceOf(kind meeting.OutletKind) *rate.Limiter {
	if kind == meeting.OwnCalendar {
		return rate.NewLimiter(rate.Every(5*time.Second), 30)
	}
	return rate.NewLimiter(20, 200)
}

// allow reports whether the outlet may be read once more at now.
func (p *paces) allow(o meeting.Outlet, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	key := string(o.Kind) + o.Made
	if p.known[key] == nil {
		if len(p.known) >= maxPaces {
			clear(p.known)
		}
		p.known[key] = paceOf(o.Kind)
	}
	return p.known[key].AllowN(now, 1)
}

// slowDown answers who asks too often.
func slowDown(rw http.ResponseWriter) {
	rw.Header().Set("Retry-After", "60")
	http.Error(rw, http.StatusText(http.StatusTooManyRequests), http.StatusTooManyRequests)
}

// tag names a content for good.
func tag(content []byte) string {
	sum := sha256.Sum256(content)
	return `"` + base64.RawURLEncoding.EncodeToString(sum[:18]) + `"`
}

// unchanged answers who has the content with that tag already, and reports it.
func unchanged(rw http.ResponseWriter, r *http.Request, tag string) bool {
	rw.Header().Set("ETag", tag)
	has := strings.Split(r.Header.Get("If-None-Match"), ",")
	if !slices.ContainsFunc(has, func(one string) bool {
		one = strings.TrimSpace(one)
		return one == "*" || strings.TrimPrefix(one, "W/") == tag
	}) {
		return false
	}
	rw.WriteHeader(http.StatusNotModified)
	return true
}
