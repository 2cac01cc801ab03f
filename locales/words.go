package locales

import (
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/feature/plural"

	"peerbot/chat"
)

// Put turns phrases, times and lists joined by "and" into words of the language,
// with times in the zone; a nil zone is UTC, and the words say so. What fills a gap
// keeps its spans: a mention stays a mention. A phrase or a gap that nobody wrote
// shows as its id in angle brackets.
func (c *Catalogue) Put(lang string, zone *time.Location, r chat.Rich) chat.Rich {
	v := voice{c: c, lang: lang, zone: zone}
	return v.rich(r)
}

// voice is the catalogue in one language and zone.
type voice struct {
	c    *Catalogue
	lang string
	zone *time.Location
}

func (v voice) rich(r chat.Rich) chat.Rich {
	var out chat.Rich
	for _, s := range r {
		out = glue(out, v.span(s)...)
	}
	return out
}

func (v voice) span(s chat.Span) chat.Rich {
	switch s := s.(type) {
	case chat.Phrase:
		return v.phrase(s)
	case chat.And:
		return v.and(s.Items)
	case chat.List:
		return chat.Rich{chat.List{Items: v.each(s.Items)}}
	case chat.ZoneName:
		return chat.Words(v.named(string(s)))
	case chat.Time:
		s.Text = v.time(s)
		return chat.Rich{s}
	}
	return chat.Rich{s}
}

func (v voice) each(items []chat.Rich) []chat.Rich {
	out := make([]chat.Rich, len(items))
	for i, item := range items {
		out[i] = v.rich(item)
	}
	return out
}

func (v voice) phrase(p chat.Phrase) chat.Rich {
	found, t, ok := v.c.phrase(v.lang, p.ID)
	if !ok {
		return chat.Words("<" + p.ID + ">")
	}
	var out chat.Rich
	for _, piece := range t.form(found, p.Fills) {
		if piece.gap == "" {
			out = glue(out, chat.Plain(v.c.dressed(piece.words)))
			continue
		}
		out = glue(out, v.fill(p, piece.gap)...)
	}
	return out
}

func (c *Catalogue) dressed(words string) string {
	if c.dress == nil {
		return words
	}
	return c.dress(words)
}

// form is the plural form for the first counted fill.
func (t *tongue) form(p phrase, fills []chat.Fill) []piece {
	for _, f := range fills {
		if !f.Counted {
			continue
		}
		form := plural.Cardinal.MatchPlural(t.tag, max(f.Count, -f.Count), 0, 0, 0, 0)
		if p[form] != nil {
			return p[form]
		}
		break
	}
	return p[plural.Other]
}

func (v voice) fill(p chat.Phrase, gap string) chat.Rich {
	for _, f := range p.Fills {
		switch {
		case f.Name != gap:
		case f.Counted:
			return chat.Words(strconv.Itoa(f.Count))
		default:
			return v.rich(f.Value)
		}
	}
	return chat.Words("<" + p.ID + "." + gap + ">")
}

// say is a sentence of the catalogue as plain text.
func (v voice) say(id string, fills ...chat.Fill) string {
	return v.phrase(chat.Phrase{ID: id, Fills: fills}).String()
}

// and joins items the way the language does. Spanish says "e" before the sound i,
// so each language has words for that case too.
func (v voice) and(items []chat.Rich) chat.Rich {
	var out chat.Rich
	for i, item := range v.each(items) {
		switch {
		case i == 0:
			out = item
		case i < len(items)-1:
			out = v.pair("join.comma", out, item)
		case soundsLikeI(item.String()):
			out = v.pair("join.last_i", out, item)
		default:
			out = v.pair("join.last", out, item)
		}
	}
	return out
}

func (v voice) pair(id string, first, last chat.Rich) chat.Rich {
	return v.phrase(chat.Phrase{ID: id, Fills: []chat.Fill{chat.With("first", first), chat.With("last", last)}})
}

// soundsLikeI reports whether a Spanish word begins with the vowel i, which the i of
// "hielo" and "ion" is not.
func soundsLikeI(word string) bool {
	letters := []rune(strings.TrimPrefix(strings.ToLower(word), "h"))
	if len(letters) == 0 || letters[0] != 'i' && letters[0] != 'í' {
		return false
	}
	return letters[0] == 'í' || len(letters) == 1 || !strings.ContainsRune("aeouáéóú", letters[1])
}

// glue appends spans and makes one of neighbours that are both plain.
func glue(out chat.Rich, spans ...chat.Span) chat.Rich {
	for _, s := range spans {
		text, plain := s.(chat.Plain)
		if plain && len(out) > 0 {
			if before, ok := out[len(out)-1].(chat.Plain); ok {
				out[len(out)-1] = before + text
				continue
			}
		}
		out = append(out, s)
	}
	return out
}
