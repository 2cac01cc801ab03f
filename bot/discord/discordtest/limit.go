package discordtest

import (
	"cmp"
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"maps"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Limits of https://docs.discord.com/developers/topics/rate-limits.
const (
	globalLimit  = 50 // requests in a second
	invalidLimit = 10_000
	invalidSpan  = 10 * time.Minute
)

// limits are the rate limits and what is used up of them.
type limits struct {
	buckets map[string]*bucket
	many    int         // buckets, before they are tidied up
	passed  []time.Time // the requests of the last second that count globally
	since   time.Time   // when the count of invalid requests began
	bad     int
	banned  time.Time // until when the address is banned
}

type bucket struct {
	limit, used int
	until       time.Time
}

// allowance is how many requests a route takes in a span. Discord publishes none and
// says that a bot reads them from the headers; these have been seen.
func allowance(route string) (n int, span time.Duration) {
	switch {
	case strings.HasPrefix(route, "POST /channels/{channel_id}/messages"), strings.HasPrefix(route, "PATCH /channels/"):
		return 5, 5 * time.Second
	case strings.HasPrefix(route, "DELETE /channels/"):
		return 5, time.Second
	case strings.Contains(route, "/webhooks/"):
		return 5, 2 * time.Second
	case strings.HasPrefix(route, "PUT /applications/"):
		return 2, 10 * time.Second
	}
	return 0, 0
}

// key is the bucket of a request: its route and its major parameters.
func (r *request) key() string {
	major := cmp.Or(r.PathValue("channel_id"), r.PathValue("guild_id"), r.PathValue("webhook_token"))
	return r.route + " " + major
}

// admit turns away who is banned, unknown or too fast.
func (s *Server) admit(r *request, to route) (answer, bool) {
	now := time.Now()
	switch {
	case now.Before(s.banned):
		return s.tooFast(answer{body: "<html>You are being rate limited.</html>"}, s.banned.Sub(now), ""), true
	case !to.open && (s.token == "" || r.Header.Get("Authorization") != "Bot "+s.token):
		s.spoil(now)
		return problem(http.StatusUnauthorized, 0, "401: Unauthorized"), true
	case s.opt.Unlimited:
		return answer{}, false
	}
	if wait := s.globally(now, to); wait > 0 {
		return s.tooFast(answer{header: http.Header{"X-Ratelimit-Global": {"true"}}}, wait, "global"), true
	}
	if b := s.bucket(r, now); b != nil {
		if b.used >= b.limit {
			a := s.tooFast(answer{header: s.heading(r, to)}, b.until.Sub(now), "user")
			return a, true
		}
		b.used++
	}
	return answer{}, false
}

// globally takes one of the bot's requests in this second, or says how long to wait.
func (s *Server) globally(now time.Time, to route) time.Duration {
	if to.open {
		return 0
	}
	for len(s.passed) > 0 && now.Sub(s.passed[0]) >= time.Second {
		s.passed = s.passed[1:]
	}
	if len(s.passed) >= globalLimit {
		return s.passed[0].Add(time.Second).Sub(now)
	}
	s.passed = append(s.passed, now)
	return 0
}

func (s *Server) bucket(r *request, now time.Time) *bucket {
	n, span := allowance(r.route)
	if n == 0 || strings.HasSuffix(r.route, "/callback") {
		return nil
	}
	b := s.buckets[r.key()]
	if b == nil || !now.Before(b.until) {
		s.tidy(now)
		b = &bucket{limit: n, until: now.Add(span)}
		s.buckets[r.key()] = b
	}
	return b
}

// tidy forgets the buckets that are over, when there are twice as many as the last
// time.
func (s *Server) tidy(now time.Time) {
	if len(s.buckets) < s.many {
		return
	}
	maps.DeleteFunc(s.buckets, func(_ string, b *bucket) bool { return !now.Before(b.until) })
	s.many = max(1000, 2*len(s.buckets))
}

// tooFast is an answer 429.
func (s *Server) tooFast(a answer, wait time.Duration, scope string) answer {
	s.tooMany++
	s.spoil(time.Now())
	seconds := math.Ceil(wait.Seconds()*1000) / 1000
	headers(&a).Set("Retry-After", strconv.Itoa(int(math.Ceil(seconds))))
	a.status = http.StatusTooManyRequests
	if a.body != nil {
		return a // not from the API, but from what stands before it
	}
	a.header.Set("X-RateLimit-Scope", scope)
	a.body = object{"message": "You are being rate limited.", "retry_after": seconds, "global": scope == "global"}
	return a
}

// spoil counts an invalid request; 10,000 in ten minutes ban the address.
func (s *Server) spoil(now time.Time) {
	s.invalid++
	if now.Sub(s.since) > invalidSpan {
		s.since, s.bad = now, 0
	}
	if s.bad++; s.bad >= invalidLimit {
		s.banned = s.since.Add(invalidSpan)
	}
}

// heading is what the headers tell about the bucket of a request.
func (s *Server) heading(r *request, to route) http.Header {
	b := s.buckets[r.key()]
	if b == nil || s.opt.Unlimited {
		return nil
	}
	after := max(0, time.Until(b.until).Seconds())
	h := http.Header{}
	h.Set("X-RateLimit-Limit", strconv.Itoa(b.limit))
	h.Set("X-RateLimit-Remaining", strconv.Itoa(b.limit-b.used))
	h.Set("X-RateLimit-Reset", fmt.Sprintf("%.3f", float64(b.until.Add(s.opt.Shift).UnixMilli())/1000))
	h.Set("X-RateLimit-Reset-After", fmt.Sprintf("%.3f", math.Ceil(after*1000)/1000))
	name := md5.Sum([]byte(to.pattern))
	h.Set("X-RateLimit-Bucket", hex.EncodeToString(name[:]))
	return h
}
