package site

import (
	"bytes"
	_ "embed"
	"errors"
	"html/template"
	"net/http"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/language"

	"peerbot/chat"
	"peerbot/community/meeting"
	"peerbot/interop/tsml"
	"peerbot/storage"
)

var (
	//go:embed assets/page.html
	pageHTML string
	//go:embed assets/style.css
	styleCSS []byte
)

// look is the page in one language.
type look struct {
	lang  string
	words Words
	page  *template.Template
}

func looks(w Words) (map[string]*look, error) {
	all := map[string]*look{}
	for _, lang := range w.Langs() {
		l := &look{lang: lang, words: w}
		say := func(id string) string { return l.put(nil, chat.Say(id)) }
		page, err := template.New("page").Funcs(template.FuncMap{"say": say}).Parse(pageHTML)
		if err != nil {
			return nil, err
		}
		l.page, all[lang] = page, l
	}
	return all, nil
}

func (l *look) put(zone *time.Location, r chat.Rich) string {
	return l.words.Put(l.lang, zone, r).String()
}

// public is what the page shows.
type public struct {
	Lang     string
	Meetings []shown
	List     string // List is the address of the same for apps.
	Others   []tongue
}

type tongue struct{ Tag, Name string }

// shown is one meeting on the page.
type shown struct {
	ID, Title, Days, Next, Starts string
	Lines                         []string
}

// errNoPage is that nobody has the address.
var errNoPage = errors.New("no such page")

// page serves the public page of a community.
func (s *Site) page(rw http.ResponseWriter, r *http.Request) []byte {
	home, all, err := s.readPage(r)
	if err != nil {
		return s.refuse(rw, r, err)
	}
	l := s.lookFor(r, home)
	var b bytes.Buffer
	if err := l.page.Execute(&b, s.public(l, r.PathValue("secret"), all)); err != nil {
		return s.fail(rw, r, err)
	}
	rw.Header().Set("Content-Language", l.lang)
	rw.Header().Set("Vary", "Accept-Language")
	return answer(rw, r, "text/html; charset=utf-8", b.Bytes())
}

// list serves the same meetings for apps, in the format of the Meeting Guide.
func (s *Site) list(rw http.ResponseWriter, r *http.Request) []byte {
	_, all, err := s.readPage(r)
	if err != nil {
		return s.refuse(rw, r, err)
	}
	var b bytes.Buffer
	if _, err := tsml.Write(&b, all); err != nil {
		return s.fail(rw, r, err)
	}
	rw.Header().Set("Access-Control-Allow-Origin", "*")
	rw.Header().Set("Cross-Origin-Resource-Policy", "cross-origin")
	return answer(rw, r, "application/json", b.Bytes())
}

// answer is the content, with its head; nothing for who has it.
func answer(rw http.ResponseWriter, r *http.Request, kind string, content []byte) []byte {
	if unchanged(rw, r, tag(content)) {
		return nil
	}
	rw.Header().Set("Content-Type", kind)
	return content
}

// refuse answers what readPage could not do.
func (s *Site) refuse(rw http.ResponseWriter, r *http.Request, err error) []byte {
	switch {
	case errors.Is(err, errNoPage):
		http.NotFound(rw, r)
	case errors.Is(err, errTooOften):
		slowDown(rw)
	default:
		return s.fail(rw, r, err)
	}
	return nil
}

var errTooOften = errors.New("too many requests")

// readPage is what the public page of a community holds, and its language.
func (s *Site) readPage(r *http.Request) (lang string, all []meeting.Meeting, err error) {
	err = s.o.Store.View(r.Context(), func(tx storage.Reader) error {
		o, found, err := s.o.Meetings.OutletAt(tx, r.PathValue("secret"))
		if err == nil && (!found || o.Kind != meeting.HomePage) {
			err = errNoPage
		}
		if err == nil && !s.paces.allow(o, s.o.Now()) {
			err = errTooOften
		}
		if err != nil {
			return err
		}
		home, err := s.o.Spaces.Get(tx, o.Owner)
		if err != nil {
			return err
		}
		lang = home.Lang
		all, err = s.o.Meetings.Shown(tx, o)
		for i, v := range all {
			all[i] = v.Public()
		}
		return err
	})
	return lang, all, err
}

// lookFor is the language that the reader asks for, else their browser's, else the
// community's.
func (s *Site) lookFor(r *http.Request, home string) *look {
	if l := s.pages[r.URL.Query().Get("lang")]; l != nil {
		return l
	}
	tags, _, _ := language.ParseAcceptLanguage(r.Header.Get("Accept-Language"))
	for _, t := range tags {
		base, _ := t.Base()
		if l := s.pages[base.String()]; l != nil {
			return l
		}
	}
	return s.pages[s.o.Words.Match(home)]
}

func (s *Site) public(l *look, secret string, all []meeting.Meeting) public {
	p := public{Lang: l.lang, List: "/page/" + secret + "/meetings.json"}
	for _, g := range meeting.Upcoming(all, s.o.Now()) {
		p.Meetings = append(p.Meetings, l.shown(g))
	}
	for _, lang := range s.o.Words.Langs() {
		if lang != l.lang {
			p.Others = append(p.Others, tongue{lang, meeting.LanguageName(lang)})
		}
	}
	return p
}

// shown is a gathering in words, on the clock of its own zone.
func (l *look) shown(g meeting.Gathering) shown {
	zone := g.Zone()
	facts := chat.Lines(chat.Say("meeting.kind."+string(g.Kind)), g.Place.Held().Words(), g.Facts.Words(), g.Place.WayIn(chat.Address{}))
	lines := strings.Split(l.put(zone, facts), "\n")
	return shown{
		ID: "m-" + g.ID, Title: g.Title, Days: l.put(zone, meeting.RuleWords(g.Rule)),
		Next: l.put(zone, chat.Rich{chat.Time{At: g.Start, Style: chat.Moment}}), Starts: g.Start.In(zone).Format(time.RFC3339),
		Lines: slices.DeleteFunc(lines, func(line string) bool { return line == "" }),
	}
}

func style(rw http.ResponseWriter, r *http.Request) {
	rw.Header().Set("Cache-Control", "public, max-age=3600")
	if content := answer(rw, r, "text/css; charset=utf-8", styleCSS); content != nil {
		http.ServeContent(rw, r, "", time.Time{}, bytes.NewReader(content))
	}
}
