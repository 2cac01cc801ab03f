package web

import (
	"net/url"
	"slices"
	"strings"

	"peerbot/chat"
)

// viewer is who looks at a page: in a language, as a person, in a room.
type viewer struct {
	*Web
	lang string
	who  person
	here string // here is the name of the room, or private.
}

// viewerOf reads the beginning of a path: /{lang}/{who}/{room}.
func (w *Web) viewerOf(path string) (viewer, bool) {
	parts := strings.SplitN(strings.TrimPrefix(path, "/"), "/", 4)
	if len(parts) < 3 || !slices.Contains(w.o.Words.Langs(), parts[0]) {
		return viewer{}, false
	}
	who, ok := personOf(parts[1])
	return viewer{w, parts[0], who, parts[2]}, ok && (parts[2] == private || w.named(parts[2]))
}

// path is the address of a page.
func (v viewer) path() string { return "/" + v.lang + "/" + v.who.id + "/" + url.PathEscape(v.here) }

// in is the address of the page of another room.
func (v viewer) in(room string) string {
	v.here = room
	return v.path()
}

// address is where the viewer is, as the bot knows it.
func (v viewer) address() chat.Address {
	if v.here == private {
		return v.who.chat().Private()
	}
	return v.room(v.here)
}

// at is the viewer in the room of a message.
func (v viewer) at(a chat.Address) viewer {
	v.here = a.Room
	if a.Direct() {
		v.here = private
	}
	return v
}

// say puts words into the language of the page.
func (v viewer) say(r chat.Rich) string { return clean(v.o.Words.Put(v.lang, nil, r).String()) }

// roomName is what the room is called.
func (v viewer) roomName(room string) string {
	if room == private {
		return v.say(chat.Say("web.private"))
	}
	return "#" + room
}

// called is the name of a person, or what the platform knows of it.
func (v viewer) called(who chat.Person) string {
	if p, ok := personOf(who.ID); ok && who.Platform == platform {
		return v.say(p.name())
	}
	if who.Name == "" {
		return v.say(chat.Say("web.someone"))
	}
	return who.Name
}

// plain is rich text as plain words.
func (v viewer) plain(r chat.Rich) string { return chat.Block(v.shown(r).String()) }

// shown is rich text with people by the names that the page shows.
func (v viewer) shown(r chat.Rich) chat.Rich {
	out := make(chat.Rich, len(r))
	for i, s := range r {
		switch s := s.(type) {
		case chat.Mention:
			out[i] = chat.Plain("@" + v.called(s.Who))
		case chat.List:
			out[i] = chat.List{Items: v.each(s.Items)}
		case chat.And:
			out[i] = chat.And{Items: v.each(s.Items)}
		default:
			out[i] = s
		}
	}
	return out
}

func (v viewer) each(items []chat.Rich) []chat.Rich {
	out := make([]chat.Rich, len(items))
	for i, item := range items {
		out[i] = v.shown(item)
	}
	return out
}
