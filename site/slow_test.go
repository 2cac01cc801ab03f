package site

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
)

// pipe is an answer that nobody reads until it is opened.
type pipe struct {
	http.ResponseWriter
	begun, opened chan struct{}
}

func newPipe() *pipe {
	return &pipe{httptest.NewRecorder(), make(chan struct{}, 1), make(chan struct{})}
}

func (p *pipe) Write(b []byte) (int, error) {
	select {
	case p.begun <- struct{}{}:
	default:
	}
	<-p.opened
	return p.ResponseWriter.Write(b)
}

// TestSlowReaders take nobody's seat, until too much is under way to them.
func TestSlowReaders(t *testing.T) {
	for _, test := range []struct {
		name                 string
		size, readers, begin int
	}{
		{"many small ones", 1 << 10, 3 * seats, 3 * seats},
		{"large ones", inReach / 2, 3, 2},
		{"larger than all", inReach + 1, 2, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, err := New(Options{Words: noWords{}, Log: slog.New(slog.DiscardHandler)})
				if err != nil {
					t.Fatal(err)
				}
				content := make([]byte, test.size)
				h := s.seated(func(http.ResponseWriter, *http.Request) []byte { return content })
				var all []*pipe
				for range test.readers {
					p := newPipe()
					all = append(all, p)
					go h(p, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil))
				}
				synctest.Wait()
				begun := 0
				for _, p := range all {
					begun += len(p.begun)
				}
				if begun != test.begin || len(s.seats) > seats {
					t.Errorf("%d of %d are being answered, not %d; %d seats are taken", begun, test.readers, test.begin, len(s.seats))
				}
				for _, p := range all {
					close(p.opened)
				}
				synctest.Wait()
				if len(s.seats) != 0 || !s.under.TryAcquire(inReach) {
					t.Error("a seat is still taken, or something still under way")
				}
			})
		})
	}
}

// TestWhoLeaves before a seat is free takes none.
func TestWhoLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := New(Options{Words: noWords{}, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		h := s.seated(func(http.ResponseWriter, *http.Request) []byte { return make([]byte, inReach) })
		first, second := newPipe(), httptest.NewRecorder()
		go h(first, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil))
		synctest.Wait()
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		gone, leave := context.WithCancel(r.Context())
		go h(second, r.WithContext(gone))
		synctest.Wait()
		leave()
		synctest.Wait()
		if len(s.seats) != 0 || second.Body.Len() > 0 {
			t.Errorf("%d seats are taken, and %d bytes were written", len(s.seats), second.Body.Len())
		}
		close(first.opened)
		synctest.Wait()
		if !s.under.TryAcquire(inReach) {
			t.Error("something is under way to nobody")
		}
	})
}

// noWords speak no language.
type noWords struct{ Words }

func (noWords) Langs() []string { return nil }
