package telegramtest

import (
	"context"
	"fmt"
	"net/http"
	"strings"
)

// What https://core.telegram.org/bots/api#getfile says, and where a server with --local
// keeps what it has fetched: https://github.com/tdlib/telegram-bot-api
const (
	mostFile  = 20 << 20
	localPath = "/var/lib/telegram-bot-api/"
)

// Album makes somebody send several files as one, each of which is a message of its own,
// and returns their numbers. Nothing comes between them.
func (s *Server) Album(posts ...Post) (numbers []int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.world.made++
	album := fmt.Sprintf("album-%d", s.world.made)
	for _, p := range posts {
		p.album = album
		numbers = append(numbers, s.say(p))
	}
	return numbers
}

// Expire makes every file_id that was given unknown.
func (s *Server) Expire() { s.set(func() { clear(s.world.files) }) }

// Local keeps files as a server with --local does: it gives paths of its own machine, and
// has no address to fetch them at.
func (s *Server) Local() { s.set(func() { s.local = true }) }

// attach makes the content of a post a part of the message.
func (w *world) attach(m *Message, p Post) {
	d := w.keep(p.File, p.Type, p.Content)
	if p.Size != 0 {
		d.Size = max(p.Size, 0)
	}
	switch p.As {
	case "":
		m.Document = d
	case "photo":
		m.Photo = []photo{{ID: d.ID, Unique: d.Unique, Width: 320, Height: 320, Size: d.Size, name: d.Name}}
	case "voice":
		m.Voice = &voice{ID: d.ID, Unique: d.Unique, Seconds: 3}
	default:
		panic("telegramtest: nothing is sent as " + p.As)
	}
	m.Album = p.album
	m.Caption, m.CaptionEnt, m.Text, m.Entities = m.Text, m.Entities, "", nil
}

// keep stores a file and describes it.
func (w *world) keep(name, kind string, content []byte) *Document {
	w.made++
	d := &Document{ID: fmt.Sprintf("file-%d", w.made), Unique: fmt.Sprintf("unique-%d", w.made), Name: name, Type: kind, Size: int64(len(content))}
	w.files[d.ID] = content
	return d
}

type fileParams struct {
	ID string `json:"file_id"`
}

func (s *Server) getFile(_ context.Context, p fileParams) (any, error) {
	content, ok := s.world.files[p.ID]
	switch {
	case !ok:
		return nil, bad("wrong file_id or the file is temporarily unavailable")
	case len(content) > mostFile && !s.local:
		return nil, bad("file is too big")
	}
	path := "documents/" + p.ID
	if s.local {
		path = localPath + path
	}
	return map[string]any{"file_id": p.ID, "file_unique_id": p.ID, "file_size": len(content), "file_path": path}, nil
}

// download serves /file/bot<token>/<file_path>. Faults of "download" befall it.
func (s *Server) download(ctx context.Context, w http.ResponseWriter, rest string) {
	token, path, _ := strings.Cut(rest, "/")
	s.mu.Lock()
	content, ok := s.world.files[strings.TrimPrefix(path, "documents/")]
	allowed := token == s.opts.Token && !s.revoked && !s.local
	s.counts.Requests["download"]++
	fault := s.fault("download")
	s.mu.Unlock()
	fault.pass(ctx)
	switch {
	case fault.answers():
		s.fail(ctx, w, fault)
	case !ok || !allowed:
		w.WriteHeader(http.StatusNotFound)
	default:
		s.write(ctx, w, fault, http.StatusOK, content)
	}
}
