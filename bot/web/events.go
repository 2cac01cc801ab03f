package web

import (
	"cmp"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// How a stream of events waits.
const (
	heartbeat = 15 * time.Second
	slowTime  = 10 * time.Second // slowTime is how long a page may take to read.
)

// events pushes what is new for the viewer, in every room. There is no queue: a page
// is told what changed after the last change that it saw. One that does not read is
// let go, and comes back by itself.
func (d *desk) events(rw http.ResponseWriter, r *http.Request, v viewer) {
	s := &stream{viewer: v, rw: rw, flush: http.NewResponseController(rw)}
	rw.Header().Set("Content-Type", "text/event-stream")
	after, ok := d.position(cmp.Or(r.Header.Get("Last-Event-ID"), r.URL.Query().Get("after")))
	if !ok {
		after = -1
	}
	if s.write("retry: 1000\n\n") != nil {
		return
	}
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for {
		news, now, more, ok := d.board.since(v.who.id, after)
		if !ok {
			_ = s.write("event: again\ndata:\n\n")
			return
		}
		for _, it := range news {
			if s.push(it) != nil {
				return
			}
		}
		after = now
		select {
		case <-more:
		case <-beat.C:
			if s.write(":\nid: "+v.event(now)+"\n\n") != nil {
				return
			}
		case <-r.Context().Done():
			return
		case <-d.over:
			return
		}
	}
}

// position reads the id of an event. It is false for one of another run of the
// program, which numbered other changes.
func (w *Web) position(id string) (int64, bool) {
	if id == "" {
		return 0, true
	}
	number, ok := strings.CutPrefix(id, w.born+".")
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseInt(number, 10, 64)
	return n, err == nil
}

// stream is one page that is being told.
type stream struct {
	viewer
	rw    http.ResponseWriter
	flush *http.ResponseController
}

func (s *stream) write(text string) error {
	if err := s.flush.SetWriteDeadline(time.Now().Add(slowTime)); err != nil {
		return fmt.Errorf("web: %w", err)
	}
	if _, err := s.rw.Write([]byte(text)); err != nil {
		return fmt.Errorf("web: %w", err)
	}
	return s.flush.Flush()
}

// push tells of one message.
func (s *stream) push(it *item) error {
	data, err := s.viewer.at(it.at).news(it)
	if err != nil {
		s.o.Log.Error("message not shown", slog.Any("error", err))
		return err
	}
	return s.write(fmt.Sprintf("id: %s\nevent: post\ndata: %s\n\n", s.event(it.seen(s.who.id)), data))
}

// news is a message as a page takes it in. Of one in which there is nothing any more
// it has no HTML.
func (v viewer) news(it *item) ([]byte, error) {
	var drawn []byte
	var said string
	if !it.empty(v.who.id) {
		p := v.post(it, v.namesOn(it))
		var err error
		if drawn, err = v.looks.draw(v.lang, "post", p); err != nil {
			return nil, err
		}
		said = p.Said
	}
	return json.Marshal(map[string]string{"room": v.here, "href": v.path(), "id": it.id, "html": string(drawn), "said": said})
}

// namesOn are the names of the buttons on the page of a message that has some.
func (v viewer) namesOn(it *item) map[place]string {
	if len(it.rows) == 0 {
		return nil
	}
	items, _ := v.board.at(it.at, v.who.id)
	return v.names(items[max(0, len(items)-shownAtOnce):])
}
