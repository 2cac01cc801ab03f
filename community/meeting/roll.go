package meeting

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"peerbot/storage"
)

// edition says which state of a community's meetings is the present one. It is written
// with every change of them, so what is held in memory is known to be of today.
type edition struct {
	Home   string `json:"home"`
	Mark   string `json:"mark"`   // Mark is a hash of every change there was, one upon the other.
	Recent []step `json:"recent"` // Recent are the last changes, the oldest first.
}

// step is one change: the mark that it led to, and the meetings it was about.
type step struct {
	Mark string   `json:"mark"`
	IDs  []string `json:"ids"`
}

// maxSteps is how many changes are remembered: who is further behind reads it all again.
const maxSteps = 16

func editionsTable(vault *storage.Vault) storage.Table[edition] {
	return storage.Table[edition]{Bucket: "meeting_editions", Vault: vault, Version: 1, Owner: func(e edition) string { return e.Home }}
}

// save writes meetings of one community.
func (m *Meetings) save(tx storage.Tx, all ...Meeting) error {
	for _, v := range all {
		if err := m.meetings.Put(tx, v.ID, v); err != nil {
			return fmt.Errorf("save meeting %s: %w", v.ID, err)
		}
	}
	return m.mark(tx, all...)
}

// drop removes a meeting.
func (m *Meetings) drop(tx storage.Tx, v Meeting) error {
	if err := m.meetings.Delete(tx, v.ID); err != nil {
		return fmt.Errorf("remove meeting %s: %w", v.ID, err)
	}
	return m.mark(tx, v)
}

// mark notes that the meetings of one community are not what they were.
func (m *Meetings) mark(tx storage.Tx, all ...Meeting) error {
	if len(all) == 0 {
		return nil
	}
	home := all[0].Home
	e, err := m.edition(tx, home)
	if err != nil {
		return err
	}
	parts, next := []string{"edition", e.Mark}, step{}
	for _, v := range all {
		parts = append(parts, v.ID, strconv.Itoa(v.Sequence), strconv.FormatInt(v.Changed.UnixNano(), 36), strconv.FormatBool(v.Cancelled))
		next.IDs = append(next.IDs, v.ID)
	}
	next.Mark = m.vault.ID(parts...)
	e.Home, e.Mark = home, next.Mark
	e.Recent = append(e.Recent, next)
	e.Recent = e.Recent[max(0, len(e.Recent)-maxSteps):]
	if err := m.editions.Put(tx, home, e); err != nil {
		return fmt.Errorf("edition of %s: %w", home, err)
	}
	return nil
}

func (m *Meetings) edition(r storage.Reader, home string) (edition, error) {
	row, err := m.editions.Get(r, home)
	if err != nil && !lost(err) {
		return edition{}, fmt.Errorf("edition of %s: %w", home, err)
	}
	return row.Value, nil
}

// since are the meetings that changed after the mark; false when that is too long ago.
func (e edition) since(mark string) (ids []string, known bool) {
	i := slices.IndexFunc(e.Recent, func(s step) bool { return s.Mark == mark })
	if i < 0 {
		return nil, false
	}
	for _, s := range e.Recent[i+1:] {
		ids = append(ids, s.IDs...)
	}
	slices.Sort(ids)
	return slices.Compact(ids), true
}

// rolls are what is held in memory of the communities' meetings. What is there is always
// checked against the edition in the transaction that asks.
type rolls struct {
	mu     sync.Mutex
	by     map[string]*roll
	wanted chan string // wanted are the communities that Warm is to read.
}

func newRolls() *rolls {
	return &rolls{by: map[string]*roll{}, wanted: make(chan string, maxRolls)}
}

// maxRolls bounds how many communities are held.
const maxRolls = 64

// of is the roll of a community, an empty one at first. Beyond maxRolls another one is
// let go.
func (l *rolls) of(home string) *roll {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.by[home] == nil {
		for other := range l.by {
			if len(l.by) < maxRolls {
				break
			}
			delete(l.by, other)
		}
		l.by[home] = &roll{}
	}
	return l.by[home]
}

// roll is what is held of one community: each series with when it is next, in order,
// the days that somebody has looked at, and the words that people look for. Lists of
// dates are small and stand together, so that a look at a hundred thousand is quick.
type roll struct {
	mu      sync.Mutex
	mark    string
	series  map[string]*entry
	home    map[string]string // home is the series of each meeting, by its ID.
	slots   []*entry          // slots are the series by their numbers; nil where one was.
	several map[int32]bool    // several are the numbers of series of more than one part.
	order   []sitting         // order is all that has a date to come, as of at.
	at      time.Time
	days    map[int64][]sitting // days are the gatherings of whole days in UTC, by the day's number, in order.
	text    index               // text is what the series say of themselves.
	names   index               // names are the words of their titles and neutral names.
	titles  index               // titles are those names whole.
	brief   bool                // brief: an Update asks, which has no time to work out much.
}

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

// gathering is the date with its meeting.
func (l *roll) gathering(s sitting) Gathering {
	v := l.slots[s.slot].parts[s.part]
	o, _ := v.Rule.Next(time.Unix(s.start, 0))
	return Gathering{v, o}
}

// errCold says that an Update would have to read or to work out more than it may. What
// it needs is then put into memory by Warm, and the plan comes again.
var errCold = errors.New("the meetings are not in memory")

const (
	coldest  = 40              // coldest is how many meetings an Update reads by itself.
	briefest = 1000            // briefest is of how many series an Update works out a day.
	coldWait = 5 * time.Second // coldWait is how long a plan waits for Warm.
)

// onRoll gives do the roll of the community as it is in the transaction. In an Update a
// large community that is not in memory is errCold.
//
// The roll may be brought up to date within an Update that is undone: a mark is a hash of
// what was changed, so the same mark is never another state.
func (m *Meetings) onRoll(r storage.Reader, home string, do func(*roll) error) error {
	e, err := m.edition(r, home)
	if err != nil {
		return err
	}
	l := m.rolls.of(home)
	if _, writes := r.(storage.Tx); !writes {
		l.mu.Lock()
	} else if !l.mu.TryLock() {
		l = &roll{} // An Update waits for nobody.
		l.mu.Lock()
	}
	defer l.mu.Unlock()
	_, l.brief = r.(storage.Tx)
	if l.series == nil || l.mark != e.Mark {
		if err := m.refresh(r, l, e, home); err != nil {
			l.series = nil
			return err
		}
		l.mark = e.Mark
	}
	return do(l)
}

// forget lets everything go.
func (l *roll) forget() {
	l.mark, l.at = "", time.Time{}
	l.series, l.home, l.days = map[string]*entry{}, map[string]string{}, map[int64][]sitting{}
	l.slots, l.order, l.several = nil, nil, map[int32]bool{}
	l.text, l.names, l.titles = newIndex(), newIndex(), newIndex()
}

// refresh reads what changed since the roll was of today, or everything.
func (m *Meetings) refresh(r storage.Reader, l *roll, e edition, home string) error {
	ids, known := e.since(l.mark)
	if l.series == nil || !known {
		return m.fill(r, l, home)
	}
	touched := map[string]bool{}
	for _, id := range ids {
		row, err := m.meetings.Get(r, id)
		if err != nil && !lost(err) {
			return fmt.Errorf("meeting %s: %w", id, err)
		}
		if was, ok := l.home[id]; ok {
			touched[was] = true
		}
		if err == nil {
			touched[row.Value.Series] = true
			l.home[id] = row.Value.Series
		}
		l.replace(id, row.Value, err == nil)
	}
	l.again(slices.Collect(maps.Keys(touched)))
	return nil
}

// replace puts a meeting in the place of the one with its id, or takes that out.
func (l *roll) replace(id string, v Meeting, there bool) {
	if e := l.series[l.home[id]]; e != nil && slices.ContainsFunc(e.parts, func(p Meeting) bool { return p.ID == id }) {
		l.unwrite(e)
		e.parts = slices.DeleteFunc(slices.Clone(e.parts), func(p Meeting) bool { return p.ID == id })
	}
	if !there || v.Cancelled {
		return
	}
	if l.series[v.Series] == nil {
		l.series[v.Series] = &entry{slot: int32(len(l.slots))}
		l.slots = append(l.slots, l.series[v.Series])
	}
	e := l.series[v.Series]
	l.unwrite(e)
	e.parts = append(e.parts, v)
}

// again works out the series anew, in their order and on the days that are known.
func (l *roll) again(ids []string) {
	touched := map[int32]bool{}
	var fresh []*entry
	for _, id := range ids {
		e := l.series[id]
		if e == nil {
			continue
		}
		if touched[e.slot] = true; len(e.parts) == 0 {
			l.slots[e.slot] = nil
			delete(l.series, id)
			continue
		}
		l.write(e)
		fresh = append(fresh, e)
	}
	l.order = slices.DeleteFunc(l.order, func(s sitting) bool { return touched[s.slot] })
	var coming []sitting
	for _, e := range fresh {
		if s, ok := e.seek(l.at); ok {
			coming = append(coming, s)
		}
	}
	l.order = ordered(l.order, coming, l.inTime)
	for n, all := range l.days {
		all = slices.DeleteFunc(all, func(s sitting) bool { return touched[s.slot] })
		l.days[n] = ordered(all, sittings(fresh, n, n+1), l.inTime)
	}
}

// ordered is the ordered run a with what is in b.
func ordered[T any](a, b []T, compare func(a, b T) int) []T {
	if len(b) == 0 {
		return a
	}
	slices.SortFunc(b, compare)
	out := make([]T, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		if compare(a[0], b[0]) <= 0 {
			out, a = append(out, a[0]), a[1:]
		} else {
			out, b = append(out, b[0]), b[1:]
		}
	}
	return append(append(out, a...), b...)
}

// fill reads all meetings of the community.
func (m *Meetings) fill(r storage.Reader, l *roll, home string) error {
	if _, writes := r.(storage.Tx); writes {
		n := 0
		for _, err := range m.meetings.Keys(r, "home", home, "") {
			if err != nil {
				return fmt.Errorf("meetings of %s: %w", home, err)
			}
			if n++; n > coldest {
				m.rolls.want(home)
				return errCold
			}
		}
	}
	l.forget()
	for row, err := range m.meetings.By(r, "home", home, "") {
		if err != nil {
			return fmt.Errorf("meetings of %s: %w", home, err)
		}
		l.home[row.Key] = row.Value.Series
		l.replace(row.Key, row.Value, true)
	}
	for _, e := range l.series {
		l.write(e)
	}
	for _, ix := range l.indexes() {
		ix.sort()
	}
	return nil
}

// terms are what the parts say of themselves: the words of all of it, with the language
// and the programme; the words of the titles and neutral names; and those names whole.
func (e *entry) terms() (out [3][]string) {
	for _, p := range e.parts {
		title, short := begun(p.Title), begun(p.ShortName)
		out[0] = append(out[0], strings.Fields(fold((Gathering{Meeting: p}).text()))...)
		out[0] = append(out[0], spokenIn(p.Facts.Language), ofProgramme(p.Facts.Programme))
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

// What stands among the words for a language and a programme: no word begins so.
func spokenIn(tag string) string   { return "\x00l" + tag }
func ofProgramme(id string) string { return "\x00p" + id }

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
