package meeting

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"peerbot/schedule"
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

// roll is what is held of one community: each series with when it is next, in order, and
// the days that somebody has looked at.
type roll struct {
	mu     sync.Mutex
	mark   string
	series map[string]*entry
	home   map[string]string // home is the series of each meeting, by its ID.
	order  []*entry          // order is all that has a date to come, as of at.
	at     time.Time
	days   map[int64][]sitting // days are the gatherings of whole days in UTC, by the day's number, in order.
	brief  bool                // brief: an Update asks, which has no time to work out much.
}

// entry is one series.
type entry struct {
	parts  series   // parts that are not cancelled.
	texts  []string // texts are what each part says of itself, folded, with a space before each word.
	names  []string // names are their titles and neutral names, likewise.
	part   int      // part is the one of the next date.
	next   schedule.Occurrence
	coming bool // coming: there is a next date.
}

// sitting is one date of one part.
type sitting struct {
	entry *entry
	part  int
	schedule.Occurrence
}

func (s sitting) gathering() Gathering { return Gathering{s.entry.parts[s.part], s.Occurrence} }

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
	if l.mark != e.Mark || l.series == nil {
		if err := m.refresh(r, l, e, home); err != nil {
			l.forget()
			return err
		}
		l.mark = e.Mark
	}
	return do(l)
}

func (l *roll) forget() { l.mark, l.series, l.home, l.order, l.days = "", nil, nil, nil, nil }

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
		if err = l.replace(id, row.Value, err == nil); err != nil {
			return err
		}
	}
	l.again(slices.Collect(maps.Keys(touched)))
	return nil
}

// replace puts a meeting in the place of the one with its id, or takes that out.
func (l *roll) replace(id string, v Meeting, there bool) error {
	if e := l.series[l.home[id]]; e != nil {
		e.parts = slices.DeleteFunc(slices.Clone(e.parts), func(p Meeting) bool { return p.ID == id })
	}
	if !there || v.Cancelled {
		return nil
	}
	if l.series[v.Series] == nil {
		l.series[v.Series] = &entry{}
	}
	l.series[v.Series].parts = append(l.series[v.Series].parts, v)
	return nil
}

// again works out the series anew, in their order and on the days that are known.
func (l *roll) again(ids []string) {
	touched := map[*entry]bool{}
	var fresh []*entry
	for _, id := range ids {
		e := l.series[id]
		if e == nil {
			continue
		}
		if touched[e] = true; len(e.parts) == 0 {
			delete(l.series, id)
			continue
		}
		e.write()
		fresh = append(fresh, e)
	}
	l.order = slices.DeleteFunc(l.order, func(e *entry) bool { return touched[e] })
	for n, all := range l.days {
		l.days[n] = ordered(slices.DeleteFunc(all, func(s sitting) bool { return touched[s.entry] }), sittings(fresh, n), bySitting)
	}
	var coming []*entry
	for _, e := range fresh {
		if e.seek(l.at); e.coming {
			coming = append(coming, e)
		}
	}
	l.order = ordered(l.order, coming, byNext)
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
	l.series, l.home, l.days, l.at = map[string]*entry{}, map[string]string{}, map[int64][]sitting{}, time.Time{}
	for row, err := range m.meetings.By(r, "home", home, "") {
		if err != nil {
			return fmt.Errorf("meetings of %s: %w", home, err)
		}
		l.home[row.Key] = row.Value.Series
		_ = l.replace(row.Key, row.Value, true)
	}
	for _, e := range l.series {
		e.write()
	}
	return nil
}

// write notes what the parts say of themselves.
func (e *entry) write() {
	e.texts, e.names = nil, nil
	for _, p := range e.parts {
		e.texts = append(e.texts, begun((Gathering{Meeting: p}).text()))
		e.names = append(e.names, begun(p.Title+" "+p.ShortName))
	}
}

// begun is the folded text with a space before each word and after the last.
func begun(text string) string { return " " + strings.Join(strings.Fields(fold(text)), " ") + " " }

// seek finds the date that is on at now, else the next one.
func (e *entry) seek(now time.Time) {
	var g Gathering
	if g, e.coming = e.parts.current(now); e.coming {
		e.next = g.Occurrence
		e.part = slices.IndexFunc(e.parts, func(p Meeting) bool { return p.ID == g.ID })
	}
}

// sitting is the next date.
func (e *entry) sitting() sitting { return sitting{e, e.part, e.next} }

func byNext(a, b *entry) int { return bySitting(a.sitting(), b.sitting()) }

// bySitting orders as inTime does.
func bySitting(a, b sitting) int {
	if c := a.Start.Compare(b.Start); c != 0 {
		return c
	}
	p, q := &a.entry.parts[a.part], &b.entry.parts[b.part]
	if c := strings.Compare(p.Title, q.Title); c != 0 {
		return c
	}
	return strings.Compare(p.ID, q.ID)
}

// day is how long a day of the roll is.
const day = 24 * time.Hour

// sittings are the dates that begin on a day of UTC.
func sittings(all []*entry, n int64) (out []sitting) {
	from := time.Unix(n*int64(day/time.Second), 0)
	for _, e := range all {
		for i, p := range e.parts {
			for o := range p.Rule.Between(from, from.Add(day)) {
				out = append(out, sitting{e, i, o})
			}
		}
	}
	return out
}
