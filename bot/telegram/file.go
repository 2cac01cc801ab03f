package telegram

import (
	"context"
	"errors"
	"io"
	"net/http"
	"path"

	"github.com/go-telegram/bot/models"

	"peerbot/bot/telegram/wire"
	"peerbot/chat"
)

// document is what somebody sent along. One without an ID is there, but is no file: a
// picture or a voice, which Telegram changes on the way.
type document struct {
	ID   string `json:"id,omitempty"`
	Name string `json:"name,omitempty"`
	Type string `json:"type,omitempty"`
	Size int64  `json:"size,omitempty"` // Size is 0 where Telegram does not say.
}

// attached is what came with a message, or nil.
func attached(m *models.Message) *document {
	switch d := m.Document; {
	case d != nil:
		return &document{ID: d.FileID, Name: called(d.FileName), Type: d.MimeType, Size: d.FileSize}
	case len(m.Photo) > 0:
		return &document{Name: "photo"}
	case m.Video != nil, m.VideoNote != nil:
		return &document{Name: "video"}
	case m.Audio != nil, m.Voice != nil:
		return &document{Name: "sound"}
	}
	return nil
}

// called is the name of a file, without folders.
func called(name string) string {
	if name = chat.Line(name); name == "" {
		return "file"
	}
	return path.Base(name)
}

// hand gives a command the file that it takes: the one that was sent with it, or the one
// of the message that it answers. Of any other file nothing is kept.
func (t *Telegram) hand(j *job, answered *models.Message) {
	switch {
	case !t.menu.takesFile(j.Text):
		j.File = nil
	case j.File == nil && answered != nil:
		j.File = attached(answered)
	}
}

// asksFile reports whether the reply's question is answered with a file.
func asksFile(r chat.Reply) bool {
	return r.Ask != nil && len(r.Ask.Ask) > 0 && r.Ask.Ask[0].Spec.Kind == chat.KindAttachment
}

// file is a document as a command takes it. It is fetched when it is opened.
func (t *Telegram) file(ctx context.Context, d *document) *chat.File {
	return &chat.File{
		Name: d.Name, Type: d.Type, Size: d.Size,
		Open: func() (io.ReadCloser, error) { return t.open(ctx, d) },
	}
}

func (t *Telegram) open(ctx context.Context, d *document) (io.ReadCloser, error) {
	if d.ID == "" {
		return nil, chat.Refuse(chat.Invalid, "telegram.file.as_file")
	}
	if d.Size > wire.MaxFile {
		return nil, tooLarge()
	}
	from, err := t.api.Fetch(ctx, d.ID)
	if err != nil {
		return nil, t.unfetched(ctx, err)
	}
	return from, nil
}

func tooLarge() *chat.Refusal {
	return chat.Refuse(chat.Invalid, "telegram.file.too_large", chat.Count("most", wire.MaxFile>>20))
}

// tooBig are Telegram's own words for a file that a bot cannot fetch.
var tooBig = []string{"file is too big"}

// unfetched is what a person can do about a file that does not come.
func (t *Telegram) unfetched(ctx context.Context, err error) error {
	switch {
	case ctx.Err() != nil:
		return ctx.Err() // the program stops, and takes it up again
	case errors.Is(err, wire.ErrTooLarge), says(err, tooBig):
		return tooLarge()
	case errors.Is(err, wire.ErrTooMany):
		return chat.Refuse(chat.Busy, "telegram.file.busy")
	case errors.Is(err, wire.ErrElsewhere):
		t.o.Log.Error("telegram: files that people send cannot be read, because the Bot API server runs with --local; start it without", "error", err)
		return chat.Refuse(chat.Invalid, "telegram.file.elsewhere")
	case coded(err, http.StatusBadRequest), coded(err, http.StatusNotFound):
		return chat.Refuse(chat.Missing, "telegram.file.gone")
	}
	t.o.Log.Warn("telegram: a file could not be fetched", "error", err)
	return chat.Refuse(chat.Busy, "telegram.file.unreached")
}
