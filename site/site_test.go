package site_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	emersion "github.com/emersion/go-ical"
	"go.uber.org/goleak"
	"golang.org/x/net/html"

	"peerbot/chat"
	"peerbot/community/meeting"
	"peerbot/community/member"
	"peerbot/community/space"
	"peerbot/locales"
	"peerbot/outbox"
	"peerbot/schedule"
	"peerbot/site"
	"peerbot/storage"
	"peerbot/storage/bolt"
	"peerbot/storage/mem"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// noon is when the tests take place: a Saturday.
var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

var lobby = chat.Address{Platform: "test", Space: "home-canary", Room: "lobby"}

// house is a site over a community.
type house struct {
	t        testing.TB
	store    storage.Store
	vault    *storage.Vault
	meetings *meeting.Meetings
	members  *member.Members
	site     http.Handler
	home     string
	now      time.Time
	sick     error
	calls    int
	options  site.Options
}

func eachStore(t *testing.T, test func(t *testing.T, h *house)) {
	t.Run("mem", func(t *testing.T) { test(t, newHouse(t, mem.New())) })
	t.Run("bolt", func(t *testing.T) {
		s, err := bolt.Open(filepath.Join(t.TempDir(), "store", "test.db"), bolt.Options{})
		if err != nil {
			t.Fatal(err)
		}
		test(t, newHouse(t, s))
	})
}

func newHouse(t testing.TB, store storage.Store) *house {
	t.Helper()
	t.Cleanup(func() { _ = store.Close() })
	vault, err := storage.NewVault(bytes.Repeat([]byte{7}, storage.KeySize))
	if err != nil {
		t.Fatal(err)
	}
	words, err := locales.Load()
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	spaces, members := space.New(vault, space.Home{Zone: "America/New_York", Lang: "en"}), member.New(vault)
	h := &house{t: t, store: store, vault: vault, members: members, now: noon}
	h.meetings = meeting.New(vault, schedule.NewAgenda(store, vault, log), outbox.New(store, vault, log), spaces, members)
	h.update(func(tx storage.Tx) (err error) {
		h.home, err = spaces.HomeOf(tx, lobby)
		return err
	})
	h.options = site.Options{Store: store, Meetings: h.meetings, Members: members, Spaces: spaces, Words: words, Pages: true, Version: "test",
		Ready: func() error { return h.sick }, Now: func() time.Time { return h.now }, Log: log}
	s, err := site.New(h.options)
	if err != nil {
		t.Fatal(err)
	}
	h.site = s.Handler()
	return h
}

func (h *house) update(fn func(storage.Tx) error) {
	h.t.Helper()
	if err := h.store.Update(h.t.Context(), fn); err != nil {
		h.t.Fatal(err)
	}
}

// call is the id of the next call.
func (h *house) call() string {
	h.calls++
	return fmt.Sprint("call", h.calls)
}

// add makes a meeting that has a secret in every corner which is not for everyone.
func (h *house) add(said meeting.Said) (v meeting.Meeting) {
	h.t.Helper()
	said.Link, said.Number, said.Passcode, said.Phone = "https://zoom.us/j/canary", "555 666 7777", "canary", "+1 555 666 7777"
	said.Notes, said.Minors = "The canary is canary", "Ask Canary Jones"
	call := h.call()
	h.update(func(tx storage.Tx) (err error) {
		v, err = h.meetings.Add(tx, h.home, "America/New_York", said, call, h.now)
		return err
	})
	return v
}

// open gives an outlet, and returns the secret of its address.
func (h *house) open(kind meeting.OutletKind, owner string, titles bool) (secret string) {
	h.t.Helper()
	call := h.call()
	h.update(func(tx storage.Tx) error {
		o, err := h.meetings.OpenOutlet(tx, kind, owner, call, titles, h.now)
		secret = h.meetings.OutletToken(o)
		return err
	})
	return secret
}

// member is somebody who can be written to.
func (h *house) member(id string, change func(*member.Member)) {
	h.t.Helper()
	m := member.Member{ID: id, Reach: chat.Address{Platform: "test", Room: id}, Home: h.home}
	if change != nil {
		change(&m)
	}
	h.update(func(tx storage.Tx) error { return h.members.Put(tx, m) })
}

// get asks, with pairs of head.
func (h *house) get(path string, head ...string) *http.Response {
	return h.ask(http.MethodGet, path, head...)
}

func (h *house) ask(method, path string, head ...string) *http.Response {
	h.t.Helper()
	r := httptest.NewRequestWithContext(h.t.Context(), method, path, nil)
	for i := 0; i+1 < len(head); i += 2 {
		r.Header.Set(head[i], head[i+1])
	}
	rw := httptest.NewRecorder()
	h.site.ServeHTTP(rw, r)
	return rw.Result()
}

// body is what a good answer holds.
func (h *house) body(r *http.Response) string {
	h.t.Helper()
	text, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != http.StatusOK {
		h.t.Fatalf("status %d, %v: %s", r.StatusCode, err, text)
	}
	return string(text)
}

func (h *house) has(text string, want ...string) {
	h.t.Helper()
	for _, w := range want {
		if !strings.Contains(text, w) {
			h.t.Errorf("%q is missing in:\n%s", w, text)
		}
	}
}

func (h *house) lacks(text string, never ...string) {
	h.t.Helper()
	for _, n := range never {
		if strings.Contains(strings.ToLower(text), strings.ToLower(n)) {
			h.t.Errorf("%q is in:\n%s", n, text)
		}
	}
}

var secrets = []string{"canary", "zoom", "666"}

func weekly(title string) meeting.Said {
	return meeting.Said{Title: title, ShortName: "Evening", When: "Mondays 20:00-21:00", Address: "12 River Street"}
}

// TestAMembersCalendar: what they follow and where they come, named as their lock
// screen may, and nothing of anybody else.
func TestAMembersCalendar(t *testing.T) {
	eachStore(t, func(t *testing.T, h *house) {
		h.member("ana", nil)
		followed, once := h.add(weekly("Recovery Circle")), h.add(weekly("Step Night"))
		h.add(weekly("Not Hers"))
		at := "/calendar/" + h.open(meeting.OwnCalendar, "ana", false) + ".ics"
		h.lacks(h.body(h.get(at)), "BEGIN:VEVENT")
		h.update(func(tx storage.Tx) error {
			_, err := h.meetings.Follow(tx, meeting.Follow{Series: followed.Series, Home: h.home, Member: "ana", Leads: meeting.DefaultLeads()}, h.now)
			return err
		})
		h.update(func(tx storage.Tx) error {
			g, _, err := h.meetings.Coming(tx, once.Series, h.now)
			if err == nil {
				_, err = h.meetings.Come(tx, g, "ana", meeting.Yes, false, h.now)
			}
			return err
		})
		text := h.body(h.get(at))
		h.has(text, "SUMMARY:Evening\r\n", "RRULE:FREQ=WEEKLY", "X-PUBLISHED-TTL:PT1H", "REFRESH-INTERVAL;VALUE=DURATION:PT1H", "SEQUENCE:0")
		h.lacks(text, append(secrets, "Recovery", "Step", "River", "Not Hers")...)
		cal, err := emersion.NewDecoder(strings.NewReader(text)).Decode()
		if err != nil || len(cal.Events()) != 2 || strings.Count(text, "RRULE") != 1 {
			t.Errorf("%d events, %v, in:\n%s", len(cal.Events()), err, text)
		}
		h.member("ana", func(m *member.Member) { m.Open, m.Lang = true, "es" })
		text = h.body(h.get(at))
		h.has(text, "SUMMARY:Recovery Circle\r\n", "SUMMARY:Step Night\r\n", "LOCATION:12 River Street", "NAME:Fechas\r\n")
		h.lacks(text, append(secrets, "Not Hers")...)
	})
}

// TestACommunitysCalendar: all of it, by the names that the moderators chose, with what
// was cancelled and moved.
func TestACommunitysCalendar(t *testing.T) {
	eachStore(t, func(t *testing.T, h *house) {
		v := h.add(weekly("Recovery Circle"))
		neutral := h.open(meeting.HomeCalendar, h.home, false)
		h.lacks(h.body(h.get("/calendar/"+neutral+".ics")), append(secrets, "Recovery", "River")...)
		at := "/calendar/" + h.open(meeting.HomeCalendar, h.home, true) + ".ics"
		if r := h.get("/calendar/" + neutral + ".ics"); r.StatusCode != http.StatusNotFound {
			t.Errorf("the old address answers %d", r.StatusCode)
		}
		call := h.call()
		h.update(func(tx storage.Tx) error {
			g, _, err := h.meetings.Coming(tx, v.Series, h.now)
			if err == nil {
				_, err = h.meetings.Cancel(tx, g, meeting.This, call, h.now)
			}
			return err
		})
		text := h.body(h.get(at))
		h.has(text, "SUMMARY:Recovery Circle\r\n", "EXDATE;TZID=America/New_York:20261123T200000", "SEQUENCE:1\r\n")
		h.lacks(text, secrets...)
	})
}

// TestNothingOfAnotherCommunity is in a calendar or on a page.
func TestNothingOfAnotherCommunity(t *testing.T) {
	eachStore(t, func(t *testing.T, h *house) {
		h.add(weekly("Here"))
		calendar, page := h.open(meeting.HomeCalendar, h.home, true), h.open(meeting.HomePage, h.home, true)
		h.home = "another"
		h.add(weekly("Elsewhere"))
		for _, path := range []string{"/calendar/" + calendar + ".ics", "/page/" + page, "/page/" + page + "/meetings.json"} {
			text := h.body(h.get(path))
			h.has(text, "Here")
			h.lacks(text, "Elsewhere")
		}
		h.has(h.body(h.get("/calendar/"+h.open(meeting.HomeCalendar, "another", true)+".ics")), "Elsewhere")
	})
}

// TestConditions: who has it already gets nothing, and every change is another tag.
func TestConditions(t *testing.T) {
	eachStore(t, func(t *testing.T, h *house) {
		h.add(weekly("Circle"))
		at := "/calendar/" + h.open(meeting.HomeCalendar, h.home, true) + ".ics"
		first := h.get(at)
		tag := first.Header.Get("ETag")
		h.body(first)
		for name, want := range map[string]string{
			"Content-Type": "text/calendar; charset=utf-8", "Cache-Control": "private, no-cache", "X-Content-Type-Options": "nosniff",
			"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex", "Set-Cookie": "",
		} {
			if got := first.Header.Get(name); got != want {
				t.Errorf("%s is %q, not %q", name, got, want)
			}
		}
		for _, has := range []string{tag, "W/" + tag, `"other", ` + tag, "*"} {
			r := h.get(at, "If-None-Match", has)
			if text, _ := io.ReadAll(r.Body); r.StatusCode != http.StatusNotModified || len(text) > 0 || r.Header.Get("ETag") != tag {
				t.Errorf("who has %s gets %d, %d bytes", has, r.StatusCode, len(text))
			}
		}
		head := h.ask(http.MethodHead, at)
		if text, _ := io.ReadAll(head.Body); head.StatusCode != http.StatusOK || len(text) > 0 || head.Header.Get("ETag") != tag || head.Header.Get("Content-Length") == "" {
			t.Errorf("HEAD is %d with %d bytes and %v", head.StatusCode, len(text), head.Header)
		}
		h.add(weekly("Another"))
		if r := h.get(at, "If-None-Match", tag); r.StatusCode != http.StatusOK || r.Header.Get("ETag") == tag {
			t.Errorf("after a change it is %d, %s", r.StatusCode, r.Header.Get("ETag"))
		}
		if r := h.ask(http.MethodPost, at); r.StatusCode != http.StatusMethodNotAllowed {
			t.Errorf("POST is %d", r.StatusCode)
		}
	})
}

// TestAnotherProgramIsAnotherTag: what a program before this one wrote is asked for
// again, though no meeting has changed.
func TestAnotherProgramIsAnotherTag(t *testing.T) {
	h := newHouse(t, mem.New())
	h.add(weekly("Circle"))
	at := "/calendar/" + h.open(meeting.HomeCalendar, h.home, true) + ".ics"
	tag := h.get(at).Header.Get("ETag")
	if r := h.get(at, "If-None-Match", tag); r.StatusCode != http.StatusNotModified {
		t.Errorf("the same program answers %d", r.StatusCode)
	}
	o := h.options
	o.Version = "next"
	s, err := site.New(o)
	if err != nil {
		t.Fatal(err)
	}
	h.site = s.Handler()
	if r := h.get(at, "If-None-Match", tag); r.StatusCode != http.StatusOK || r.Header.Get("ETag") == tag {
		t.Errorf("the next program answers %d", r.StatusCode)
	}
}

// TestNoWayOut: no path leads to anything but what is served, and every answer has the
// headers that keep it safe.
func TestNoWayOut(t *testing.T) {
	h := newHouse(t, mem.New())
	page := h.open(meeting.HomePage, h.home, true)
	for _, path := range []string{
		"/calendar/../../etc/passwd.ics", "/calendar/..%2f..%2fetc%2fpasswd.ics", "/calendar/%00.ics", "/page/%2e%2e/%2e%2e/etc/passwd", "/page/" + page + "/../style.css",
		"/page/" + page + "/page.html", "/page/" + page + "/meetings.json/x", "/assets/page.html", "/assets/", "/page/", "/page/" + strings.ToUpper(page), "/page/" + page + "%20",
		"/robots.txt", "//evil.example/", "/calendar/" + page + ".ics", "/page/" + page + ".ics", "/debug/pprof/", "/?x=" + page,
	} {
		r := h.get(path)
		text, _ := io.ReadAll(r.Body)
		if r.StatusCode != http.StatusNotFound && (r.StatusCode/100 != 3 || !strings.HasPrefix(r.Header.Get("Location"), "/")) {
			t.Errorf("%s is %d: %s", path, r.StatusCode, text)
		}
		for _, name := range []string{"Content-Security-Policy", "Referrer-Policy", "X-Content-Type-Options", "Cache-Control"} {
			if r.Header.Get(name) == "" {
				t.Errorf("%s has no %s", path, name)
			}
		}
	}
}

// TestOneAnswerForWhatIsNot: an address that never was, one that was taken away, one of
// somebody who left and one of another kind are the same.
func TestOneAnswerForWhatIsNot(t *testing.T) {
	eachStore(t, func(t *testing.T, h *house) {
		h.member("ana", nil)
		stopped, erased := h.open(meeting.HomeCalendar, h.home, true), h.open(meeting.OwnCalendar, "ana", false)
		page := h.open(meeting.HomePage, h.home, true)
		h.update(func(tx storage.Tx) error { return h.meetings.CloseOutlet(tx, meeting.HomeCalendar, h.home) })
		h.update(func(tx storage.Tx) error { _, err := h.members.Erase(tx, "ana"); return err })
		answer := func(path string) string {
			r := h.get(path)
			text, _ := io.ReadAll(r.Body)
			return fmt.Sprintln(r.StatusCode, r.Header, string(text))
		}
		want := answer("/calendar/aaaaaaaaaaaaaaaaaaaaaaaaaa.ics")
		h.has(want, "404")
		for _, secret := range []string{stopped, erased, page, "", "a", strings.Repeat("a", 3000)} {
			if got := answer("/calendar/" + secret + ".ics"); got != want {
				t.Errorf("one answer is %s and another %s", got, want)
			}
		}
		for _, path := range []string{"/page/" + stopped, "/page/" + stopped + "/meetings.json", "/calendar/" + page, "/", "/calendar/"} {
			if r := h.get(path); r.StatusCode != http.StatusNotFound {
				t.Errorf("%s is %d", path, r.StatusCode)
			}
		}
		h.update(func(tx storage.Tx) error { _, err := h.meetings.Erase(tx, "ana"); return err })
		if got := answer("/calendar/" + erased + ".ics"); got != want {
			t.Errorf("after it was swept, the answer is %s", got)
		}
	})
}

// TestPace: whose calendar program asks every second is told to wait, others are not,
// and a community's calendar has room for all who subscribed.
func TestPace(t *testing.T) {
	h := newHouse(t, mem.New())
	at, all := "/calendar/"+h.open(meeting.OwnCalendar, "ana", false)+".ics", "/calendar/"+h.open(meeting.HomeCalendar, h.home, true)+".ics"
	last := 0
	for range 40 {
		h.now = h.now.Add(time.Second)
		r := h.get(at)
		if last = r.StatusCode; last != http.StatusOK {
			h.has(r.Header.Get("Retry-After"), "60")
		}
	}
	if last != http.StatusTooManyRequests {
		t.Errorf("the fortieth request in a row is answered %d", last)
	}
	for range 1000 {
		h.now = h.now.Add(time.Second / 20)
		h.body(h.get(all))
	}
	h.now = h.now.Add(time.Minute)
	h.body(h.get(at))
}

// TestThePublicPage: whoever reads it learns when and where, in their language, and no
// secret.
func TestThePublicPage(t *testing.T) {
	eachStore(t, func(t *testing.T, h *house) {
		said := weekly(`<script>alert(1)</script> & "Circle"`)
		said.Link = "https://zoom.us/j/666canary"
		h.add(said)
		at := "/page/" + h.open(meeting.HomePage, h.home, true)
		first := h.get(at)
		text := h.body(first)
		h.has(text, `<html lang="en">`, "every Monday", "20:00", "12 River Street", "Online and in person", "&lt;script&gt;", `<time datetime="2026-11-23T20:00:00-05:00">`, "Support")
		h.lacks(text, append(secrets, "<script", "style=", "<img", "onclick")...)
		h.has(first.Header.Get("Content-Security-Policy"), "default-src 'none'", "frame-ancestors 'none'")
		if r := h.get(at, "If-None-Match", first.Header.Get("ETag")); r.StatusCode != http.StatusNotModified {
			t.Errorf("who has the page gets %d", r.StatusCode)
		}
		h.has(h.body(h.get(at, "Accept-Language", "es-MX,en;q=0.5")), `<html lang="es">`, "Reuniones", "cada lunes")
		h.has(h.body(h.get(at+"?lang=es")), `<html lang="es">`)
		accessible(t, text)
		list := h.get(at + "/meetings.json")
		listed := h.body(list)
		h.has(listed, `"day": 1`, `"time": "20:00"`, `"timezone": "America/New_York"`, "12 River Street")
		h.lacks(listed, secrets...)
		h.has(list.Header.Get("Content-Type"), "application/json")
		h.update(func(tx storage.Tx) error { return h.meetings.CloseOutlet(tx, meeting.HomePage, h.home) })
		for _, path := range []string{at, at + "/meetings.json"} {
			if r := h.get(path, "If-None-Match", first.Header.Get("ETag")); r.StatusCode != http.StatusNotFound {
				t.Errorf("%s is still answered: %d", path, r.StatusCode)
			}
		}
	})
}

// accessible checks what a screen reader needs: a title, one first heading, a name for
// every part, and ids that are there once.
func accessible(t *testing.T, text string) {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	count, ids, labels := map[string]int{}, map[string]bool{}, map[string]bool{}
	for n := range doc.Descendants() {
		count[n.Data]++
		for _, a := range n.Attr {
			if a.Key == "id" && ids[a.Val] {
				t.Errorf("the id %s is there twice", a.Val)
			}
			ids[a.Val] = ids[a.Val] || a.Key == "id"
			labels[a.Val] = labels[a.Val] || a.Key == "aria-labelledby"
		}
		if n.Data == "a" && (n.FirstChild == nil || strings.TrimSpace(n.FirstChild.Data) == "") {
			t.Error("a link has no words")
		}
	}
	for label, is := range labels {
		if is && !ids[label] {
			t.Errorf("nothing has the id %s", label)
		}
	}
	if count["title"] != 1 || count["h1"] != 1 || count["main"] != 1 || count["article"] != count["h2"] {
		t.Errorf("the page is built so: %v", count)
	}
}

func TestHealth(t *testing.T) {
	h := newHouse(t, mem.New())
	h.has(h.body(h.get("/healthz")), "ok")
	h.sick = errors.New("a loop stands still")
	if r := h.get("/healthz"); r.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("a program that is not well answers %d", r.StatusCode)
	}
}

// TestRun serves over TCP, finishes what is under way, and ends.
func TestRun(t *testing.T) {
	h := newHouse(t, mem.New())
	words, err := locales.Load()
	if err != nil {
		t.Fatal(err)
	}
	s, err := site.New(site.Options{Store: h.store, Meetings: h.meetings, Members: h.members, Words: words,
		Ready: func() error { return nil }, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx, l) }()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	for path, want := range map[string]int{"/healthz": 200, "/page/x": 404, "/calendar/x.ics": 404} {
		r, err := client.Get("http://" + l.Addr().String() + path)
		if err != nil {
			t.Fatal(err)
		}
		if _ = r.Body.Close(); r.StatusCode != want {
			t.Errorf("%s is %d, not %d", path, r.StatusCode, want)
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
