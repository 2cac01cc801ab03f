package web

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"peerbot/chat"
)

// What a request may bring, in bytes. A longer text is read too, up to maxBody, so
// that it can be refused in words.
const (
	maxBody   = 4 << 20
	maxUpload = 8 << 20
)

// blank is a call of the viewer that asks for nothing yet.
func (d *desk) blank(v viewer) *chat.Call {
	from := v.who.chat()
	from.Name = v.say(v.who.name())
	return &chat.Call{
		ID:   d.born + "-" + strconv.FormatInt(d.calls.Add(1), 10),
		From: from, Reachable: true, At: v.address(), Role: v.who.role, Lang: v.lang, Time: time.Now(),
	}
}

// say takes what the viewer writes. A line that is no command is for the room, or for
// the private chat, and is seen there.
func (d *desk) say(rw http.ResponseWriter, r *http.Request, v viewer) {
	if why := d.form(rw, r); why != nil {
		d.refuseForm(rw, r, v, why)
		return
	}
	c := d.blank(v)
	c.Text = strings.TrimSpace(r.PostForm.Get("text"))
	switch {
	case chat.Block(c.Text) == "":
		d.refuse(rw, r, v, http.StatusBadRequest, chat.Say("web.sorry.empty"))
		return
	case units(c.Text) > maxText:
		d.refuseForm(rw, r, v, errLong)
		return
	}
	own := ""
	if !strings.HasPrefix(c.Text, "/") {
		own = d.board.add(ownWords(c))
	}
	id := d.give(r, c, "")
	if id == "" && own == "" {
		id = d.board.add(ownWords(c)) // It was meant for somebody else.
	}
	d.done(rw, r, v, id, own)
}

// ownWords are what a person says themselves, as it is kept.
func ownWords(c *chat.Call) item {
	it := item{at: c.At, by: c.From.ID, body: chat.Words(chat.Block(c.Text)), sent: c.Time}
	if c.At.Direct() {
		it.only = c.From.ID
	}
	return it
}

// press takes a button, or a form that hangs on a message.
func (d *desk) press(rw http.ResponseWriter, r *http.Request, v viewer) {
	why := d.form(rw, r)
	c := d.blank(v)
	if why == nil {
		c.Press = r.PostForm.Get("payload")
		c.Args, why = options(r)
	}
	if why == nil && (c.Press == "" || len(c.Press) > maxPress) {
		why = errForm
	}
	if why != nil {
		d.refuseForm(rw, r, v, why)
		return
	}
	d.done(rw, r, v, d.give(r, c, r.PostForm.Get("post")))
}

// call takes a command with its options.
func (d *desk) call(rw http.ResponseWriter, r *http.Request, v viewer) {
	why := d.form(rw, r)
	c := d.blank(v)
	if why == nil {
		c.Path = strings.Fields(r.PostForm.Get("path"))
		c.Args, why = options(r)
		c.Args = slices.DeleteFunc(c.Args, func(a chat.Arg) bool { return a.File == nil && a.Value == "" })
	}
	if why == nil && len(c.Path) == 0 {
		why = errForm
	}
	if why != nil {
		d.refuseForm(rw, r, v, why)
		return
	}
	d.done(rw, r, v, d.give(r, c, ""))
}

// give hands the call to the bot and puts the answer up. Whoever leaves the page does
// not take it back.
func (d *desk) give(r *http.Request, c *chat.Call, pressed string) (id string) {
	reply := d.bot.Call(context.WithoutCancel(r.Context()), c)
	return d.board.answer(c.From.ID, pressed, c.Press, answer(c, reply), reply.Replace)
}

// done leads back to the page and to what is new there, the first of the ids that is
// not empty. The script is told that way anyhow.
func (d *desk) done(rw http.ResponseWriter, r *http.Request, v viewer, ids ...string) {
	if scripted(r) {
		rw.WriteHeader(http.StatusNoContent)
		return
	}
	to := v.path()
	if i := slices.IndexFunc(ids, func(id string) bool { return id != "" }); i >= 0 {
		to += "#" + ids[i]
	}
	http.Redirect(rw, r, to, http.StatusSeeOther)
}

// What can be wrong with a form.
var (
	errForm = errors.New("the form cannot be read")
	errLong = errors.New("the text is too long")
	errFile = errors.New("the file is too large")
)

// form reads what was sent. All of it stays in memory.
func (d *desk) form(rw http.ResponseWriter, r *http.Request) error {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	atMost, tooMuch, parse := int64(maxBody), errLong, r.ParseForm
	if kind == "multipart/form-data" {
		atMost, tooMuch = maxUpload+maxBody, errFile
		parse = func() error { return r.ParseMultipartForm(atMost) }
	}
	r.Body = http.MaxBytesReader(rw, r.Body, atMost)
	err := parse()
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return tooMuch
	case err != nil:
		return errForm
	}
	return nil
}

// options are the values of a form, by name. What was left empty is there, and blank.
func options(r *http.Request) ([]chat.Arg, error) {
	var args []chat.Arg
	for field, values := range r.PostForm {
		name, is := strings.CutPrefix(field, "o.")
		for _, value := range values {
			switch {
			case !is:
			case units(value) > maxText:
				return nil, errLong
			default:
				if strings.TrimSpace(value) == "" {
					value = ""
				}
				args = append(args, chat.Arg{Name: name, Value: value})
			}
		}
	}
	if r.MultipartForm != nil {
		files, err := attached(r.MultipartForm)
		if err != nil {
			return nil, err
		}
		args = append(args, files...)
	}
	slices.SortStableFunc(args, func(a, b chat.Arg) int { return strings.Compare(a.Name, b.Name) })
	return args, nil
}

// attached are the files that were sent along.
func attached(f *multipart.Form) ([]chat.Arg, error) {
	var args []chat.Arg
	for field, heads := range f.File {
		name, is := strings.CutPrefix(field, "o.")
		for _, h := range heads {
			if !is || h.Filename == "" {
				continue
			}
			file, err := attach(h)
			if err != nil {
				return nil, err
			}
			args = append(args, chat.Arg{Name: name, Value: file.Name, File: file})
		}
	}
	return args, nil
}

func attach(h *multipart.FileHeader) (*chat.File, error) {
	if h.Size > maxUpload {
		return nil, errFile
	}
	from, err := h.Open()
	if err != nil {
		return nil, errForm
	}
	defer func() { _ = from.Close() }()
	content, err := io.ReadAll(from)
	if err != nil {
		return nil, errForm
	}
	return &chat.File{
		Name: path.Base(chat.Line(h.Filename)), Type: h.Header.Get("Content-Type"), Size: int64(len(content)),
		Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil },
	}, nil
}

func (d *desk) refuseForm(rw http.ResponseWriter, r *http.Request, v viewer, why error) {
	switch {
	case errors.Is(why, errLong):
		d.refuse(rw, r, v, http.StatusRequestEntityTooLarge, chat.Say("web.sorry.long"))
	case errors.Is(why, errFile):
		d.refuse(rw, r, v, http.StatusRequestEntityTooLarge, chat.Say("web.sorry.file"))
	default:
		d.refuse(rw, r, v, http.StatusBadRequest, chat.Say("web.sorry.form"))
	}
}
