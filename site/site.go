// Package site is what can be read of the meetings from outside the chat, by HTTP:
// calendars at secret addresses, a public page for a community whose moderators turn
// it on, and whether the program is well.
//
//	GET /calendar/{secret}.ics        a member's calendar, or a community's
//	GET /page/{secret}                the public page of a community
//	GET /page/{secret}/meetings.json  the same for meeting apps
//	GET /healthz                      whether the program is well
//
// It only reads. It tells no way in, no passcode and nobody's name, has no script, sets
// no cookie and logs no address. An address that never was and one that was taken away
// are the same to it.
package site

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"golang.org/x/net/netutil"
	"golang.org/x/sync/semaphore"

	"peerbot/chat"
	"peerbot/community/meeting"
	"peerbot/community/member"
	"peerbot/community/space"
	"peerbot/storage"
)

// Words put phrases into a language.
type Words interface {
	Put(lang string, zone *time.Location, r chat.Rich) chat.Rich
	Match(tag string) string
	Langs() []string
}

// Options are what a Site reads. All of it is needed.
type Options struct {
	Store    storage.Store
	Meetings *meeting.Meetings
	Members  *member.Members
	Spaces   *space.Spaces
	Words    Words
	Pages    bool             // Pages: communities may have a public page.
	Version  string           // Version is the program's: another one may write the same calendar differently.
	Ready    func() error     // Ready says what stands still; nil is nothing.
	Now      func() time.Time // Now is the wall clock.
	Log      *slog.Logger
}

// Site serves. Its addresses begin at the root.
type Site struct {
	o     Options
	pages map[string]*look
	seats chan struct{}
	under *semaphore.Weighted // under is what is under way to readers, in bytes.
	paces paces
}

const (
	seats   = 4        // seats is for how many requests at once something is worked out.
	inReach = 64 << 20 // inReach is how many bytes may wait for slow readers.
)

// New makes a Site.
func New(o Options) (*Site, error) {
	pages, err := looks(o.Words)
	if err != nil {
		return nil, fmt.Errorf("site: %w", err)
	}
	return &Site{o: o, pages: pages, seats: make(chan struct{}, seats), under: semaphore.NewWeighted(inReach), paces: newPaces()}, nil
}

// Handler answers requests.
func (s *Site) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /calendar/{file}", s.seated(s.calendar))
	if s.o.Pages {
		mux.HandleFunc("GET /page/{secret}", s.seated(s.page))
		mux.HandleFunc("GET /page/{secret}/meetings.json", s.seated(s.list))
		mux.HandleFunc("GET /style.css", style)
	}
	mux.HandleFunc("GET /healthz", s.health)
	return safely(mux)
}

// How long the server waits, and for how many at once.
const (
	headTime  = 5 * time.Second  // headTime is for the head of a request,
	writeTime = 30 * time.Second // writeTime for the answer,
	idleTime  = time.Minute      // idleTime between two requests,
	lastTime  = 5 * time.Second  // lastTime for what is under way when the program stops.
	maxConns  = 256
)

// Run serves behind the listener, which it closes, until the context ends; then what
// is under way is finished.
func (s *Site) Run(ctx context.Context, l net.Listener) error {
	server := &http.Server{
		Handler: s.Handler(), ErrorLog: slog.NewLogLogger(s.o.Log.Handler(), slog.LevelDebug),
		ReadHeaderTimeout: headTime, ReadTimeout: headTime, WriteTimeout: writeTime, IdleTimeout: idleTime, MaxHeaderBytes: 1 << 14,
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(netutil.LimitListener(l, maxConns)) }()
	select {
	case err := <-failed:
		return fmt.Errorf("site: serve: %w", err)
	case <-ctx.Done():
	}
	late, done := context.WithTimeout(context.WithoutCancel(ctx), lastTime)
	defer done()
	if server.Shutdown(late) != nil {
		_ = server.Close() // Whoever does not read cannot hold up the end.
	}
	if err := <-failed; !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("site: serve: %w", err)
	}
	return nil
}

// health says whether the program is well, and what is not.
func (s *Site) health(rw http.ResponseWriter, _ *http.Request) {
	rw.Header().Set("Content-Type", "text/plain; charset=utf-8")
	rw.Header().Set("Cache-Control", "no-store")
	if err := s.o.Ready(); err != nil {
		rw.WriteHeader(http.StatusServiceUnavailable)
		fmt.Fprintln(rw, err)
		return
	}
	fmt.Fprintln(rw, "ok")
}
