package web

import (
	"cmp"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"

	"peerbot/bot"
	"peerbot/chat"
)

// desk answers requests while the platform runs.
type desk struct {
	*Web
	bot   bot.Handler
	over  <-chan struct{} // over is closed when the platform stops.
	cross *http.CrossOriginProtection

	mu     sync.Mutex
	closed bool
	busy   sync.WaitGroup
}

// enter reports whether a request is taken in; it is busy then, until it is done.
func (d *desk) enter() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.closed {
		d.busy.Add(1)
	}
	return !d.closed
}

// close takes nothing more in, and waits for what is under way.
func (d *desk) close() {
	d.mu.Lock()
	d.closed = true
	d.mu.Unlock()
	d.busy.Wait()
}

func (d *desk) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", d.root)
	mux.HandleFunc("GET /assets/{version}/{name}", d.asset)
	mux.HandleFunc("GET /files/{key}/{name}", d.sendFile)
	for pattern, act := range map[string]func(http.ResponseWriter, *http.Request, viewer){
		"GET /{lang}/{who}/{room}":              d.read,
		"GET /{lang}/{who}/{room}/do/{path...}": d.open,
		"GET /{lang}/{who}/{room}/events":       d.events,
		"GET /{lang}/{who}/{room}/complete":     d.complete,
		"POST /{lang}/{who}/{room}/say":         d.say,
		"POST /{lang}/{who}/{room}/press":       d.press,
		"POST /{lang}/{who}/{room}/call":        d.call,
	} {
		mux.HandleFunc(pattern, d.asViewer(act))
	}
	mux.HandleFunc("/", d.missing)
	return d.safely(mux)
}

func (d *desk) asViewer(act func(http.ResponseWriter, *http.Request, viewer)) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		v, ok := d.viewerOf(r.URL.Path)
		if !ok {
			d.missing(rw, r)
			return
		}
		act(rw, r, v)
	}
}

func (d *desk) missing(rw http.ResponseWriter, r *http.Request) {
	d.tell(rw, r, http.StatusNotFound, chat.Say("web.sorry.page"))
}

// root leads to the first room, as the newcomer.
func (d *desk) root(rw http.ResponseWriter, r *http.Request) {
	v := viewer{d.Web, d.lang(r), people[0], d.o.Rooms[0]}
	rw.Header().Set("Vary", "Accept-Language")
	http.Redirect(rw, r, v.path(), http.StatusSeeOther)
}

func (d *desk) read(rw http.ResponseWriter, _ *http.Request, v viewer) {
	d.show(rw, v, http.StatusOK, v.page())
}

// open shows the page with the form of a command.
func (d *desk) open(rw http.ResponseWriter, r *http.Request, v viewer) {
	l, ok := v.leaf(strings.ReplaceAll(r.PathValue("path"), "/", " "))
	if !ok {
		d.refuse(rw, r, v, http.StatusNotFound, chat.Say("web.sorry.command"))
		return
	}
	p := v.page()
	p.Form = v.opened(l)
	d.show(rw, v, http.StatusOK, p)
}

func (d *desk) show(rw http.ResponseWriter, v viewer, status int, p page) {
	body, err := d.looks.draw(v.lang, "page", p)
	if err != nil {
		d.o.Log.Error("page not drawn", slog.Any("error", err))
		rw.WriteHeader(http.StatusInternalServerError)
		return
	}
	rw.Header().Set("Content-Type", "text/html; charset=utf-8")
	rw.Header().Set("Content-Length", strconv.Itoa(len(body)))
	rw.WriteHeader(status)
	_, _ = rw.Write(body) // Whoever has gone sees nothing.
}

// complete suggests values for an option of a command, or of a form on a message.
func (d *desk) complete(rw http.ResponseWriter, r *http.Request, v viewer) {
	q := r.URL.Query()
	c := d.blank(v)
	c.Path = strings.Fields(q.Get("path"))
	if o := d.board.asked(v.who.id, q.Get("payload")); o != nil {
		c.Path, c.Args = o.Path, o.Bound
	}
	suggested := []suggestion{}
	for _, c := range d.bot.Complete(context.WithoutCancel(r.Context()), c, q.Get("option"), q.Get("typed")) {
		label := chat.Line(v.plain(c.Label))
		suggested = append(suggested, suggestion{Value: easyZone(c.Value, label), Label: label})
	}
	d.json(rw, http.StatusOK, suggested[:min(len(suggested), d.Limits().Choices)])
}

type suggestion struct {
	Value string `json:"value"`
	Label string `json:"label"`
}

// asset sends a file of the page. At an address with this version it never changes.
func (d *desk) asset(rw http.ResponseWriter, r *http.Request) {
	name := "assets/" + r.PathValue("name")
	if r.PathValue("version") != d.looks.version || strings.HasSuffix(name, ".html") {
		d.missing(rw, r)
		return
	}
	if _, err := assets.ReadFile(name); err != nil {
		d.missing(rw, r)
		return
	}
	rw.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	http.ServeFileFS(rw, r, assets, name)
}

// fileHref is the address of a file that came with a message.
func (w *Web) fileHref(it *item, i int, name string) string {
	return "/files/" + w.born + "." + it.id + "." + strconv.Itoa(i) + "/" + url.PathEscape(cmp.Or(name, "file"))
}

// sendFile sends a file that came with a message: pictures to be shown, anything else
// to be kept.
func (d *desk) sendFile(rw http.ResponseWriter, r *http.Request) {
	key, ok := strings.CutPrefix(r.PathValue("key"), d.born+".")
	f, found := d.board.file(key)
	if !ok || !found {
		d.missing(rw, r)
		return
	}
	from, err := f.Open()
	if err != nil {
		d.o.Log.Error("file not opened", slog.Any("error", err))
		d.missing(rw, r)
		return
	}
	defer func() { _ = from.Close() }()
	kind := "application/octet-stream"
	rw.Header().Set("Content-Disposition", "attachment")
	if slices.Contains(pictures, f.Type) {
		kind = f.Type
		rw.Header().Del("Content-Disposition")
	}
	rw.Header().Set("Content-Type", kind)
	_, _ = io.Copy(rw, from)
}
