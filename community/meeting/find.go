package meeting

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"peerbot/chat"
	"peerbot/spoken"
	"peerbot/storage"
)

// List are the gatherings of a community that start in [from, to), in order, and
// those that are still on at from.
func (m *Meetings) List(r storage.Reader, home string, from, to time.Time) ([]Gathering, error) {
	found, _, err := m.Look(r, home, Look{From: from, To: to})
	return found, err
}

// Next are the next gatherings of a community, one for each series, at most n.
func (m *Meetings) Next(r storage.Reader, home string, now time.Time, n int) ([]Gathering, error) {
	found, _, err := m.Look(r, home, Look{From: now, Most: n})
	return found, err
}

// nextOfEach is the first gathering of each series that is not over at now, in order.
func nextOfEach(all series, now time.Time) []Gathering {
	of := map[string]series{}
	for _, p := range all {
		of[p.Series] = append(of[p.Series], p)
	}
	var out []Gathering
	for _, s := range of {
		if g, ok := s.current(now); ok {
			out = append(out, g)
		}
	}
	slices.SortFunc(out, inTime)
	return out
}

// current is the gathering that is on at now, else the next one.
func (s series) current(now time.Time) (Gathering, bool) {
	for _, g := range s.between(now.Add(-24*time.Hour), now) {
		if g.End.After(now) {
			return g, true
		}
	}
	return s.next(now)
}

// Coming is the gathering of a series that is on at now, else the next; false when it
// is over.
func (m *Meetings) Coming(r storage.Reader, id string, now time.Time) (Gathering, bool, error) {
	s, err := m.parts(r, id)
	if err != nil {
		return Gathering{}, false, err
	}
	g, ok := s.current(now)
	return g, ok, nil
}

// Dates are the meetings of a series that are not cancelled: together, all its dates.
func (m *Meetings) Dates(r storage.Reader, id string) ([]Meeting, error) {
	s, err := m.parts(r, id)
	return slices.DeleteFunc(s, func(p Meeting) bool { return p.Cancelled }), err
}

// Named reports whether the words are the whole name of the gathering, or its Ref.
func (g Gathering) Named(words string) bool {
	typed := fold(words)
	return words == g.Ref() || words == g.Series || typed == fold(g.Title) || typed == fold(g.ShortName)
}

// Find is the gathering that somebody means in a community: by its Ref or its series,
// which is the current date, or by words of its title. The error is a *chat.Refusal
// that offers the meetings it could be.
func (m *Meetings) Find(r storage.Reader, home, words string, now time.Time) (Gathering, error) {
	var g Gathering
	var found []Gathering
	var ok bool
	total := 0
	err := m.onRoll(r, home, func(l *roll) error {
		if g, ok = l.byRef(words, now); !ok {
			found, total = l.named(words, now, maxChoices)
		}
		return nil
	})
	if err != nil || ok {
		return g, err
	}
	if len(found) == 1 {
		return found[0], nil
	}
	refusal := chat.Refuse(chat.Missing, "meeting.none_such")
	if len(found) > 1 {
		refusal = chat.Refuse(chat.Invalid, "meeting.several_such", chat.Count("meetings", total))
	}
	refusal.Option, refusal.Readings = OptionMeeting, Choices(found)
	return Gathering{}, refusal
}

// Twin reports whether the community has a meeting of that name already whose next date
// is at the same time.
func (m *Meetings) Twin(r storage.Reader, home string, v Meeting, now time.Time) (twin bool, err error) {
	next, ok := v.Rule.Next(now)
	err = m.onRoll(r, home, func(l *roll) error {
		found, _ := l.named(v.Title, now, maxChoices)
		twin = ok && slices.ContainsFunc(found, func(g Gathering) bool { return g.Named(v.Title) && g.Start.Equal(next.Start) })
		return nil
	})
	return twin, err
}

// byRef finds what Ref, or a series' ID, names.
func (l *roll) byRef(ref string, now time.Time) (Gathering, bool) {
	id, day, dated := strings.Cut(ref, "@")
	e := l.series[id]
	if e == nil {
		return Gathering{}, false
	}
	if !dated {
		return e.parts.current(now)
	}
	d, err := spoken.ParseDate(day)
	if err != nil {
		return Gathering{}, false
	}
	return e.parts.on(d)
}

// Named keeps the gatherings that the words could mean.
func Named(all []Gathering, typed string) []Gathering { return byWords(all, typed) }

// byWords keeps the gatherings whose title, or neutral name, is what was typed; else
// those with every word of it, begun or whole.
func byWords(all []Gathering, typed string) []Gathering {
	typed = fold(typed)
	words := strings.Fields(typed)
	var exact, some []Gathering
	for _, g := range all {
		title := fold(g.Title)
		if title == typed || fold(g.ShortName) == typed {
			exact = append(exact, g)
		}
		if containsAll(strings.Fields(title+" "+fold(g.ShortName)), words) {
			some = append(some, g)
		}
	}
	if len(exact) > 0 && typed != "" {
		return exact
	}
	return some
}

// containsAll reports whether each word begins one of the others.
func containsAll(in, words []string) bool {
	for _, w := range words {
		if !slices.ContainsFunc(in, func(have string) bool { return strings.HasPrefix(have, w) }) {
			return false
		}
	}
	return true
}

// fold is text for comparing: lower case, without accents and signs.
func fold(text string) string {
	if !strings.ContainsFunc(text, func(r rune) bool { return r >= utf8.RuneSelf }) {
		return strings.Map(foldASCII, text)
	}
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Mn, r):
			return -1
		case unicode.IsLetter(r), unicode.IsDigit(r):
			return unicode.ToLower(r)
		}
		return ' '
	}, norm.NFD.String(text))
}

func foldASCII(r rune) rune {
	switch {
	case 'a' <= r && r <= 'z', '0' <= r && r <= '9':
		return r
	case 'A' <= r && r <= 'Z':
		return r - 'A' + 'a'
	}
	return ' '
}

// perMeeting is how many dates are offered of the only meeting that was found.
const perMeeting = 10

// Suggest completes what was typed of a meeting: the next date of each that it could
// be, or the next dates of the only one.
func (m *Meetings) Suggest(r storage.Reader, home, typed string, now time.Time) ([]chat.Choice, error) {
	var found []Gathering
	err := m.onRoll(r, home, func(l *roll) error {
		if found, _ = l.named(typed, now, maxChoices); len(found) != 1 {
			return nil
		}
		only := l.series[found[0].Series].parts
		for g, ok := only.next(found[0].Start.Add(time.Second)); ok && len(found) < perMeeting; g, ok = only.next(g.Start.Add(time.Second)) {
			found = append(found, g)
		}
		return nil
	})
	return Choices(found), err
}

// maxChoices is how many are offered at once.
const maxChoices = 25

// Choices offer gatherings by title and time, at most 25.
func Choices(found []Gathering) []chat.Choice {
	var out []chat.Choice
	for _, g := range found[:min(len(found), maxChoices)] {
		label := chat.Say("meeting.choice", chat.Text("title", g.Title), chat.At("time", g.Start, chat.Moment))
		out = append(out, chat.Choice{Value: g.Ref(), Label: label})
	}
	return out
}

// Now reports whether the gathering is on at t, or begins within Grace.
func (g Gathering) Now(t time.Time) bool { return g.Start.Sub(t) <= Grace && t.Before(g.End) }
