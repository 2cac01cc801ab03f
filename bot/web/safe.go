package web

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"golang.org/x/text/language"

	"peerbot/chat"
)

// safety are the headers of every answer: the page runs and shows what is its own
// alone, and nobody else can read it, frame it or learn of it.
var safety = map[string]string{
	"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
		"form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
	"X-Content-Type-Options":       "nosniff",
	"Referrer-Policy":              "no-referrer",
	"Cross-Origin-Opener-Policy":   "same-origin",
	"Cross-Origin-Resource-Policy": "same-origin",
	"Permissions-Policy":           "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
	"Cache-Control":                "no-store",
}

// safely lets in whoever calls the page by its own name, from its own origin.
func (d *desk) safely(h http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		for name, value := range safety {
			rw.Header().Set(name, value)
		}
		switch {
		case !d.hosts[strings.ToLower(r.Host)]:
			d.tell(rw, r, http.StatusMisdirectedRequest, chat.Say("web.sorry.host"))
		case d.cross.Check(r) != nil:
			d.tell(rw, r, http.StatusForbidden, chat.Say("web.sorry.origin"))
		case !d.enter():
			d.tell(rw, r, http.StatusServiceUnavailable, chat.Say("web.sorry.closing"))
		default:
			defer d.busy.Done()
			h.ServeHTTP(rw, r)
		}
	})
}

// lang is the language for whoever asks: that of the page, else their browser's.
func (w *Web) lang(r *http.Request) string {
	langs := w.o.Words.Langs()
	first, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if slices.Contains(langs, first) {
		return first
	}
	tags, _, _ := language.ParseAcceptLanguage(r.Header.Get("Accept-Language"))
	for _, tag := range tags {
		wanted, _ := tag.Base()
		lang := w.o.Words.Match(tag.String())
		if lang == wanted.String() {
			return lang
		}
	}
	return langs[0]
}

// scripted reports whether the page's script asks, and not a person's browser.
func scripted(r *http.Request) bool {
	return strings.Contains(r.Header.Get("Accept"), "application/json")
}

// tell refuses in words and shows nothing else.
func (w *Web) tell(rw http.ResponseWriter, r *http.Request, status int, why chat.Rich) {
	lang := w.lang(r)
	words := clean(w.o.Words.Put(lang, nil, why).String())
	if scripted(r) {
		w.tellScript(rw, status, words)
		return
	}
	rw.Header().Set("Content-Type", "text/plain; charset=utf-8")
	rw.Header().Set("Content-Language", lang)
	rw.WriteHeader(status)
	_, _ = rw.Write([]byte(words + "\n"))
}

func (w *Web) tellScript(rw http.ResponseWriter, status int, words string) {
	w.json(rw, status, map[string]string{"sorry": words})
}

func (w *Web) json(rw http.ResponseWriter, status int, data any) {
	rw.Header().Set("Content-Type", "application/json")
	rw.WriteHeader(status)
	_ = json.NewEncoder(rw).Encode(data) // Whoever has gone is told nothing.
}

// refuse tells the viewer on their page.
func (d *desk) refuse(rw http.ResponseWriter, r *http.Request, v viewer, status int, why chat.Rich) {
	if scripted(r) {
		d.tellScript(rw, status, v.say(why))
		return
	}
	p := v.page()
	p.Sorry = v.say(why)
	d.show(rw, v, status, p)
}
