package meeting

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// entry is one series.
type entry struct {
	slot    int32
	parts   series // parts that are not cancelled.
	written bool   // written: the indexes have it.
}

// sitting is one date of one part of a series.
type sitting struct {
	start, end int64 // In Unix seconds.
	slot, part int32
}

// terms are what the parts say of themselves: the words of all of it, with the language
// and the programme; the words of the titles and neutral names; and those names whole.
func (e *entry) terms() (out [3][]string) {
	for _, p := range e.parts {
		title, short := begun(p.Title), begun(p.ShortName)
		out[0] = append(out[0], strings.Fields(fold((Gathering{Meeting: p}).text()))...)
		out[0] = append(out[0], spokenIn(p.Facts.Language), ofProgramme(p.Facts.Programme))
		for _, way := range []Held{Online, InPerson} {
			if p.Place.Held().Is(way) {
				out[0] = append(out[0], heldThere(way))
			}
		}
		out[1] = append(append(out[1], strings.Fields(title)...), strings.Fields(short)...)
		out[2] = append(out[2], title, short)
	}
	for i := range out {
		slices.Sort(out[i])
		out[i] = slices.Compact(out[i])
	}
	return out
}

// write notes what the parts say of themselves.
func (l *roll) write(e *entry) {
	if e.written {
		return
	}
	delete(l.several, e.slot)
	if len(e.parts) > 1 {
		l.several[e.slot] = true
	}
	terms := e.terms()
	for i, ix := range l.indexes() {
		ix.add(e.slot, terms[i])
	}
	e.written = true
}

// unwrite takes back what write has noted, before the parts change.
func (l *roll) unwrite(e *entry) {
	if !e.written {
		return
	}
	terms := e.terms()
	for i, ix := range l.indexes() {
		ix.remove(e.slot, terms[i])
	}
	e.written = false
}

func (l *roll) indexes() [3]*index { return [3]*index{&l.text, &l.names, &l.titles} }

// What stands among the words for a language, a programme and a way to come: no word
// begins so.
func spokenIn(tag string) string   { return "\x00l" + tag }
func ofProgramme(id string) string { return "\x00p" + id }
func heldThere(way Held) string    { return "\x00h" + string(way) }

// begun is the folded text with a space before each word and after the last.
func begun(text string) string { return " " + strings.Join(strings.Fields(fold(text)), " ") + " " }

// seek is the date that is on at now, else the next one.
func (e *entry) seek(now time.Time) (sitting, bool) {
	g, ok := e.parts.current(now)
	part := slices.IndexFunc(e.parts, func(p Meeting) bool { return p.ID == g.ID })
	return sitting{g.Start.Unix(), g.End.Unix(), e.slot, int32(part)}, ok
}

// inTime orders as inTime does.
func (l *roll) inTime(a, b sitting) int {
	if c := cmp.Compare(a.start, b.start); c != 0 {
		return c
	}
	p, q := &l.slots[a.slot].parts[a.part], &l.slots[b.slot].parts[b.part]
	return cmp.Or(cmp.Compare(p.Title, q.Title), cmp.Compare(p.ID, q.ID))
}

// day is how long a day of the roll is.
const day = 24 * time.Hour

// sittings are the dates that begin on the days of UTC in [from, to).
func sittings(all []*entry, from, to int64) (out []sitting) {
	start, end := time.Unix(from*int64(day/time.Second), 0), time.Unix(to*int64(day/time.Second), 0)
	for _, e := range all {
		for i, p := range e.parts {
			for o := range p.Rule.Between(start, end) {
				out = append(out, sitting{o.Start.Unix(), o.End.Unix(), e.slot, int32(i)})
			}
		}
	}
	return out
}
