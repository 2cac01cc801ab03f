package telegramtest

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// Fault is something that goes wrong on the way.
type Fault struct {
	Method string        // Method that it happens to; "" is any but getUpdates.
	Times  int           // Times that it happens; 0 is once, -1 for ever.
	Status int           // Status to answer with: of the Bot API for 4xx, a page of a proxy's for 5xx.
	Text   string        // Text is the description, where Status is 4xx.
	Retry  int           // Retry is retry_after in seconds.
	After  bool          // After: the method has done its work before anything goes wrong.
	Drop   bool          // Drop closes the connection instead of an answer.
	Cut    bool          // Cut closes the connection in the middle of the answer.
	Slow   time.Duration // Slow is how long the answer takes to come, byte by byte.
	Wait   time.Duration // Wait passes before the method is run.
}

// Fail makes things go wrong; faults of one method happen one after the other.
func (s *Server) Fail(f Fault) {
	if f.Times == 0 {
		f.Times = 1
	}
	s.set(func() { s.faults = append(s.faults, &f) })
}

// Heal ends every fault.
func (s *Server) Heal() { s.set(func() { s.faults = nil }) }

func (s *Server) fault(name string) *Fault {
	for _, f := range s.faults {
		if f.Times == 0 || f.Method != name && (f.Method != "" || name == "getUpdates") {
			continue
		}
		if f.Times > 0 {
			f.Times--
		}
		return f
	}
	return nil
}

// pass lets the time pass that the fault takes first.
func (f *Fault) pass(ctx context.Context) {
	if f != nil && f.Wait > 0 {
		pause(ctx, nil, f.Wait)
	}
}

// answers reports whether the fault takes the place of the answer.
func (f *Fault) answers() bool { return f != nil && (f.Drop || f.Status != 0) }

// fail answers as the fault says.
func (s *Server) fail(ctx context.Context, w http.ResponseWriter, f *Fault) {
	if f.Drop {
		panic(http.ErrAbortHandler)
	}
	s.refused(f.Status)
	text := fmt.Sprintf("<html><head><title>%d</title></head></html>", f.Status)
	if f.Status < http.StatusInternalServerError {
		text = fmt.Sprintf(`{"ok":false,"error_code":%d,"description":%q}`, f.Status, f.Text)
	}
	if f.Retry > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(f.Retry))
		text = fmt.Sprintf(`{"ok":false,"error_code":%d,"description":%q,"parameters":{"retry_after":%d}}`, f.Status, f.Text, f.Retry)
	}
	s.write(ctx, w, nil, f.Status, []byte(text))
}

// write sends the answer, slowly or only its first half where the fault says so.
func (s *Server) write(ctx context.Context, w http.ResponseWriter, f *Fault, status int, text []byte) {
	w.Header().Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(status)
	switch {
	case f != nil && f.Cut:
		_, _ = w.Write(text[:len(text)/2])
		flush(w)
		panic(http.ErrAbortHandler)
	case f != nil && f.Slow > 0:
		trickle(ctx, w, f.Slow, text)
	default:
		_, _ = w.Write(text) // a client that has gone does not matter
	}
}

// trickle writes a text in pieces over the time d.
func trickle(ctx context.Context, w http.ResponseWriter, d time.Duration, text []byte) {
	const pieces = 10
	for i := range pieces {
		select {
		case <-ctx.Done():
			return
		case <-time.After(d / pieces):
		}
		if _, err := w.Write(text[i*len(text)/pieces : (i+1)*len(text)/pieces]); err != nil {
			return
		}
		flush(w)
	}
}

func flush(w http.ResponseWriter) {
	if f, ok := w.(http.Flusher); ok {
		f.Flush()
	}
}
