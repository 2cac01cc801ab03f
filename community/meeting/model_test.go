package meeting_test

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"peerbot/community/meeting"
	"peerbot/community/member"
	"peerbot/spoken"
	"peerbot/storage"
	"peerbot/storage/mem"
)

// act is one thing that happens in a story.
type act struct {
	Do    string
	Who   int             // Who of the followers.
	Leads []time.Duration // Leads are one to three.
	Date  int             // Date counts from the next one.
	Hour  int
	Sleep time.Duration
}

// story is a series that meets every day, and what people do with it.
type story struct {
	Hour  int
	Leads []time.Duration
	Acts  []act
}

var someLeads = []time.Duration{0, 15 * time.Minute, time.Hour, 5 * time.Hour}

// heard is a message that somebody should get, or got, between two times; they differ
// where the outbox may spread it.
type heard struct {
	From, To time.Time
	What     string
}

// missing are those of want that got does not hold, each of got being used once, and
// what is left of got.
func missing(want, got []heard) (lacking, rest []heard) {
	slices.SortFunc(want, func(a, b heard) int { return a.To.Compare(b.To) })
	for _, w := range want {
		i := slices.IndexFunc(got, func(g heard) bool {
			return g.What == w.What && !g.From.Before(w.From) && !g.From.After(w.To.Add(time.Second))
		})
		if i < 0 {
			lacking = append(lacking, w)
			continue
		}
		got = slices.Delete(got, i, i+1)
	}
	return lacking, got
}

func stories() *rapid.Generator[story] {
	acts := rapid.Custom(func(t *rapid.T) act {
		minutes := rapid.OneOf(rapid.IntRange(1, 20), rapid.IntRange(20, 700)).Draw(t, "minutes")
		return act{
			Do:    rapid.SampledFrom([]string{"follow", "follow", "unfollow", "cancel", "cancel_rest", "move", "move_all", "undo", "undo", "down", "close", "open", "wait", "wait", "wait"}).Draw(t, "do"),
			Who:   rapid.IntRange(0, len(crowd)-1).Draw(t, "who"),
			Leads: rapid.SliceOfNDistinct(rapid.SampledFrom(someLeads), 1, meeting.MaxOwnLeads, rapid.ID[time.Duration]).Draw(t, "own leads"),
			Date:  rapid.IntRange(0, 2).Draw(t, "date"),
			Hour:  rapid.IntRange(0, 23).Draw(t, "hour"),
			Sleep: time.Duration(minutes) * time.Minute,
		}
	})
	return rapid.Custom(func(t *rapid.T) story {
		return story{
			Hour:  rapid.IntRange(0, 23).Draw(t, "hour"),
			Leads: rapid.SliceOfNDistinct(rapid.SampledFrom(someLeads), 0, 3, rapid.ID[time.Duration]).Draw(t, "leads"),
			Acts:  rapid.SliceOfN(acts, 3, 25).Draw(t, "acts"),
		}
	})
}

// TestModel plays random stories and checks, against a model that walks through them
// minute by minute, that everybody is told exactly what they should be.
func TestModel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := stories().Draw(rt, "story")
		var lacking, wrong []heard
		synctest.Test(t, func(t *testing.T) {
			lacking, wrong = play(newHall(t, func() storage.Store { return mem.New() }), s)
		})
		if len(lacking)+len(wrong) > 0 {
			rt.Fatalf("missing: %v\nnot wanted: %v", lacking, wrong)
		}
	})
}

// TestModelOnDisk is the same over bolt, whose file is closed and opened when the bot
// is down.
func TestModelOnDisk(t *testing.T) {
	for i := range 20 {
		s := stories().Example(i)
		path := filepath.Join(t.TempDir(), "store", "test.db")
		synctest.Test(t, func(t *testing.T) {
			lacking, wrong := play(newHall(t, func() storage.Store { return onDisk(t, path) }), s)
			if len(lacking)+len(wrong) > 0 {
				t.Errorf("%+v\nmissing: %v\nnot wanted: %v", s, lacking, wrong)
			}
		})
	}
}

// crowd are the followers, each with another wish for their quiet hours, 22:00 to
// 08:00.
var crowd = []struct {
	name  string
	quiet bool
	clash meeting.Clash
}{
	{"ana", false, meeting.Unasked}, {"bea", true, meeting.Silently}, {"cai", true, meeting.Before}, {"dov", true, meeting.Skip},
}

// model is what the story should come to: a series as a plain map of dates, and
// followers as plain leads.
type model struct {
	h      *hall
	v      meeting.Meeting
	leads  []time.Duration
	dates  map[spoken.Date]time.Time
	undo   func() // undo takes back the last change.
	call   string
	until  time.Time // until is when it can no longer be undone.
	leadOf map[string][]time.Duration
	paused map[string]bool
	want   []heard
	told   map[string]bool
	nights map[string]*messages
}

// messages is what somebody got about one date.
type messages struct {
	n    int
	news bool // news: one of them said what is different.
	kept bool // kept: that is written down.
}

// of is the night of a follower.
func (m *model) of(name string, d spoken.Date) *messages {
	key := fmt.Sprint(name, d)
	if m.nights[key] == nil {
		m.nights[key] = &messages{}
	}
	return m.nights[key]
}

// fits reports whether a reminder fits, with others still to come: one of three messages
// is kept for what may be different.
func (n *messages) fits(others int) bool {
	bound := meeting.MaxTold - 1
	if n.news {
		bound = meeting.MaxTold
	}
	return !n.kept || n.n+others < bound
}

func play(h *hall, s story) (lacking, wrong []heard) {
	time.Sleep(30 * time.Second) // People act between the minutes at which things are due.
	remind := []string{meeting.Away}
	for i, lead := range s.Leads {
		remind = append(remind[:i], lead.String())
	}
	v := h.add(meeting.Said{Title: "G", When: fmt.Sprintf("every day %02d:00-%02d:30", s.Hour, s.Hour), Remind: strings.Join(remind, ",")})
	m := &model{h: h, v: v, leads: s.Leads, dates: map[spoken.Date]time.Time{}, leadOf: map[string][]time.Duration{},
		paused: map[string]bool{}, told: map[string]bool{}, nights: map[string]*messages{}, undo: func() {}}
	first, _ := v.Rule.Next(time.Now())
	for i := range 45 {
		d := first.Date.AddDays(i)
		m.dates[d] = spoken.Resolve(d, clock(s.Hour), v.Zone())
	}
	for _, c := range crowd {
		h.join(c.name, func(v *member.Member) {
			if c.quiet {
				v.Quiet = member.Quiet{From: clock(22), To: clock(8)}
			}
		})
	}
	for _, a := range s.Acts {
		m.do(a)
	}
	end := time.Now()
	h.stop()
	var got []heard
	for _, d := range h.got {
		got = append(got, heard{From: d.At, To: d.At, What: describe(d)})
	}
	lacking, wrong = missing(m.want, got)
	onItsWay := func(w heard) bool { return w.To.After(end) }
	return slices.DeleteFunc(lacking, onItsWay), wrong
}

// describe is for whom a delivery is, how it comes, and what it is about.
func describe(d delivery) string {
	kind := "reminder"
	switch {
	case strings.Contains(d.Body, " is now "):
		kind = "moved"
	case strings.Contains(d.Body, "ancelled"):
		kind = "cancelled"
	case d.Silent && strings.HasSuffix(d.Body, ")."), strings.Contains(d.Body, "takes place on"):
		kind = "added"
	}
	if strings.Contains(d.Body, "late") {
		kind = "late " + kind
	}
	if d.Edited {
		kind += " in place"
	}
	return fmt.Sprintf("%s silent=%v %s", d.Room, d.Silent, kind)
}

// do carries out an act, in the hall and in the model, and lets time pass.
func (m *model) do(a act) {
	for slices.Contains([]string{"down", "close", "follow", "unfollow", "cancel", "cancel_rest", "move", "undo"}, a.Do) && slices.ContainsFunc(m.want, func(w heard) bool { return w.To.After(time.Now()) }) {
		m.pass(meeting.Grace, false) // Whether it had come already would be a matter of luck.
	}
	name, now := crowd[a.Who].name, time.Now()
	id := m.h.members.IDOf(person(name))
	switch a.Do {
	case "follow":
		if _, ok := m.next(0); ok {
			m.h.followAt(m.v, id, crowd[a.Who].clash, a.Leads...)
			m.keep(name)
			m.leadOf[name], m.paused[name] = a.Leads, false
		}
	case "unfollow":
		m.h.update(func(tx storage.Tx) error { return m.h.Unfollow(tx, m.v.Series, id, now) })
		m.keep(name)
		delete(m.leadOf, name)
	case "cancel":
		if d, ok := m.next(a.Date); ok {
			m.change(func(g meeting.Gathering) string { return m.h.cancel(g, meeting.This) }, d, func() { delete(m.dates, d) })
		}
	case "cancel_rest":
		if d, ok := m.next(a.Date); ok {
			m.change(func(g meeting.Gathering) string { return m.h.cancel(g, meeting.FromHere) }, d, func() {
				maps.DeleteFunc(m.dates, func(o spoken.Date, _ time.Time) bool { return !o.Before(d) })
			})
		}
	case "move":
		if d, ok := m.next(a.Date); ok {
			to := spoken.Resolve(d, clock(a.Hour), m.v.Zone())
			if !to.After(now) || to.Equal(m.dates[d]) {
				break
			}
			said := meeting.Said{When: fmt.Sprintf("%s %02d:00", d, a.Hour)}
			m.change(func(g meeting.Gathering) string { return m.h.edit(g, meeting.This, said) }, d, func() { m.dates[d] = to })
		}
	case "undo":
		if m.call != "" && now.Before(m.until) {
			before := maps.Clone(m.dates)
			m.h.undo(m.call)
			m.undo()
			m.call = ""
			m.news(before)
		}
	case "wait":
		m.pass(2*a.Sleep, false)
		return
	case "down":
		m.pass((a.Sleep/4).Truncate(time.Minute)+time.Minute, true)
		return
	case "close":
		m.h.close(name, true)
	case "open":
		m.h.close(name, false)
		m.h.update(func(tx storage.Tx) error { return m.h.Back(tx, id, now) })
		m.paused[name] = false
	}
	m.pass(a.Sleep, false)
}

// next is the nth date that is still to come.
func (m *model) next(n int) (spoken.Date, bool) {
	var coming []spoken.Date
	for d, start := range m.dates {
		if start.After(time.Now()) {
			coming = append(coming, d)
		}
	}
	slices.SortFunc(coming, spoken.Date.Compare)
	if n >= len(coming) {
		return spoken.Date{}, false
	}
	return coming[n], true
}

// change carries out a change of the gathering of a date.
func (m *model) change(hall func(meeting.Gathering) string, d spoken.Date, model func()) {
	before := maps.Clone(m.dates)
	m.call, m.until = hall(m.h.find(m.v.Series+"@"+d.String())), time.Now().Add(meeting.UndoFor)
	model()
	m.undo = func() { m.dates = before }
	m.news(before)
}

// news is what the change from before to now makes people hear at once.
func (m *model) news(before map[spoken.Date]time.Time) {
	type item struct {
		kind  string
		date  spoken.Date
		times []time.Time
	}
	var changed, added []item
	inside := func(t time.Time) bool {
		return !t.Before(time.Now().Add(-meeting.Grace)) && t.Before(time.Now().Add(meeting.MaxLead))
	}
	for _, d := range slices.SortedFunc(maps.Keys(before), func(a, b spoken.Date) int { return before[a].Compare(before[b]) }) {
		was, is := before[d], m.dates[d]
		switch {
		case was.Equal(is) || !inside(was):
		case is.IsZero():
			changed = append(changed, item{"cancelled", d, []time.Time{was}})
		default:
			changed = append(changed, item{"moved", d, []time.Time{was, is}})
		}
	}
	for _, d := range slices.SortedFunc(maps.Keys(m.dates), func(a, b spoken.Date) int { return m.dates[a].Compare(m.dates[b]) }) {
		if before[d].IsZero() && inside(m.dates[d]) {
			added = append(added, item{"added", d, []time.Time{m.dates[d]}})
		}
	}
	all := append(changed, added...)
	for _, it := range all[:min(len(all), 3)] {
		m.hear(it.kind, it.date, it.times)
	}
}

// hear adds what a change makes the room and the followers hear.
func (m *model) hear(kind string, d spoken.Date, times []time.Time) {
	concerns := func(due func(time.Time) time.Time) bool {
		return slices.ContainsFunc(times, func(t time.Time) bool {
			return !due(t).After(time.Now()) || time.Until(t) <= 3*time.Hour
		})
	}
	now := time.Now().UTC()
	say := func(room string) {
		m.want = append(m.want, heard{From: now, To: now, What: fmt.Sprintf("%s silent=true %s", room, kind)})
	}
	if len(m.leads) > 0 && concerns(func(t time.Time) time.Time { return t.Add(-slices.Max(m.leads)) }) {
		say("lobby")
	}
	for i, c := range crowd {
		leads, follows := m.leadOf[c.name]
		if !follows || m.paused[c.name] || !concerns(func(t time.Time) time.Time {
			first := t
			for _, due := range m.dues(i, leads, t) {
				if due.at.Before(first) {
					first = due.at
				}
			}
			return first
		}) {
			continue
		}
		if m.h.closed[c.name] {
			m.paused[c.name] = true
			m.keep(c.name)
			continue
		}
		night := m.of(c.name, d)
		if night.n >= meeting.MaxTold {
			m.want = append(m.want, heard{From: now, To: now, What: fmt.Sprintf("%s silent=true %s in place", c.name, kind)})
			continue
		}
		night.n, night.news, night.kept = night.n+1, true, true
		say(c.name)
	}
}

// keep writes down what a follower got, when they are to be reminded otherwise.
func (m *model) keep(name string) {
	for d := range m.dates {
		if night := m.of(name, d); night.n > 0 {
			night.kept = true
		}
	}
}

// due is a reminder of a gathering.
type due struct {
	at     time.Time
	silent bool
}

// dues are when a follower is reminded of a gathering, by their leads. One that comes
// no sooner than one of a shorter lead is left out.
func (m *model) dues(i int, leads []time.Duration, start time.Time) map[time.Duration]due {
	out := map[time.Duration]due{}
	for _, lead := range leads {
		if at, silent, ok := m.due(i, lead, start); ok {
			out[lead] = due{at, silent}
		}
	}
	all := maps.Clone(out)
	maps.DeleteFunc(out, func(lead time.Duration, is due) bool {
		for other, o := range all {
			if other < lead && !is.at.Before(o.at) {
				return true
			}
		}
		return false
	})
	return out
}

// due is when a follower is reminded of a gathering, found by walking back.
func (m *model) due(i int, lead time.Duration, start time.Time) (at time.Time, silent, ok bool) {
	quiet := func(t time.Time) bool {
		hour := t.In(m.v.Zone()).Hour()
		return crowd[i].quiet && (hour >= 22 || hour < 8)
	}
	at = start.Add(-lead)
	switch {
	case !quiet(at):
		return at, false, true
	case crowd[i].clash == meeting.Skip:
		return at, false, false
	case crowd[i].clash == meeting.Silently:
		return at, true, true
	}
	for quiet(at.Add(-time.Minute)) {
		at = at.Add(-time.Minute)
	}
	return at.Add(-10 * time.Minute), false, true
}

// pass lets time pass, minute by minute in the model; down says that nothing runs.
func (m *model) pass(d time.Duration, down bool) {
	from := time.Now()
	if down {
		m.h.down(d)
	} else {
		time.Sleep(d)
	}
	end := time.Now()
	time.Sleep(100 * time.Millisecond) // What waited goes out.
	for at := from.Truncate(time.Minute).Add(time.Minute); !at.After(end); at = at.Add(time.Minute) {
		m.minute(at, end, down)
	}
}

// minute adds what is due at that minute. Where nothing ran it comes at the end, late
// or not at all.
func (m *model) minute(at, end time.Time, down bool) {
	for date, start := range m.dates {
		if ahead := start.Sub(at); ahead < 0 || ahead > 16*time.Hour {
			continue // The longest lead, and the night before it.
		}
		for _, lead := range m.leads {
			if start.Add(-lead).Equal(at) {
				next := start.Add(meeting.Grace)
				for _, l := range m.leads {
					if l < lead && start.Add(-l).Before(next) {
						next = start.Add(-l)
					}
				}
				m.expect("lobby", fmt.Sprint("lobby", start, lead), start, at, end, next, down, false, &messages{}, 0)
			}
		}
		for i, c := range crowd {
			leads, follows := m.leadOf[c.name]
			if !follows {
				continue
			}
			dues := m.dues(i, leads, start)
			for lead, due := range dues {
				if !due.at.Equal(at) || m.paused[c.name] {
					continue
				}
				stale := start.Add(meeting.Grace)
				for _, next := range dues {
					if next.at.After(at) && next.at.Before(stale) {
						stale = next.at
					}
				}
				for t := at; !due.silent && t.Before(stale); t = t.Add(time.Minute) {
					if hour := t.In(m.v.Zone()).Hour(); c.quiet && hour == 22 {
						stale = t
					}
				}
				later := 0
				for _, next := range dues {
					if next.at.After(at) {
						later++
					}
				}
				m.expect(c.name, fmt.Sprint(c.name, start, lead), start, at, end, stale, down, due.silent, m.of(c.name, date), later)
			}
		}
	}
}

// expect adds a reminder, unless it was given before or cannot be.
func (m *model) expect(room, id string, start, due, end, stale time.Time, down, silent bool, night *messages, later int) {
	if m.told[id] || !night.fits(later) {
		return
	}
	m.told[id] = true
	slack := time.Minute
	if start.Sub(due) > time.Hour {
		slack = meeting.Grace
	}
	h := heard{From: due, To: due, What: "reminder"}
	if start.Sub(due) > time.Hour {
		h.To = due.Add(slack)
	}
	if down {
		h.From = end
		if h.To.Before(end) {
			h.To = end
		}
		if end.After(stale) {
			return
		}
		if end.After(due.Add(slack)) {
			h.What = "late reminder"
		}
	}
	if m.h.closed[room] {
		m.paused[room] = true
		m.keep(room)
		return
	}
	night.n++
	h.What = fmt.Sprintf("%s silent=%v %s", room, silent, h.What)
	m.want = append(m.want, h)
}
