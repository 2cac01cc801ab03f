package meeting

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"peerbot/storage"
)

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
	edition edition // edition is the one that it is of.
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
	if l.series == nil || l.edition != e {
		if err := m.refresh(r, l, e, home); err != nil {
			if !errors.Is(err, errCold) {
				l.series = nil
			}
			return err
		}
		l.edition = e
	}
	return do(l)
}

// forget lets everything go.
func (l *roll) forget() {
	l.edition, l.at = edition{}, time.Time{}
	l.series, l.home, l.days = map[string]*entry{}, map[string]string{}, map[int64][]sitting{}
	l.slots, l.order, l.several = nil, nil, map[int32]bool{}
	l.text, l.names, l.titles = newIndex(), newIndex(), newIndex()
}

// refresh reads what changed since the roll was of today, or everything.
func (m *Meetings) refresh(r storage.Reader, l *roll, e edition, home string) error {
	if l.series == nil {
		return m.fill(r, l, home)
	}
	if l.brief && e.Steps-l.edition.Steps > coldest {
		return m.cold(home)
	}
	ids, known, err := m.since(r, l.edition, e)
	switch {
	case err != nil:
		return err
	case !known || l.held(ids) > slowest:
		return m.fill(r, l, home)
	case l.brief && len(ids) > coldest:
		return m.cold(home)
	}
	return m.reread(r, l, slices.Sorted(maps.Keys(ids)))
}

// slowest is how many meetings the roll takes out one by one: with more it is quicker to
// read everything.
const slowest = 500

// held is how many of the meetings the roll has.
func (l *roll) held(ids map[string]bool) (n int) {
	for id := range ids {
		if _, ok := l.home[id]; ok {
			n++
		}
	}
	return n
}

// cold asks Warm for a community that an Update cannot read.
func (m *Meetings) cold(home string) error {
	m.rolls.want(home)
	return errCold
}

// reread reads some meetings of the roll anew.
func (m *Meetings) reread(r storage.Reader, l *roll, ids []string) error {
	if len(ids) > slowest {
		for _, ix := range l.indexes() {
			ix.ready = false
			defer ix.sort()
		}
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
				return m.cold(home)
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
