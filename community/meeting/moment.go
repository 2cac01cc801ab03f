package meeting

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// moment is when a follower is to be reminded of a gathering.
type moment struct {
	at     time.Time
	start  time.Time     // start is that of the gathering.
	lead   time.Duration // lead is what they chose, whatever their quiet hours made of it.
	silent bool
}

// compare orders moments as they come.
func (a moment) compare(b moment) int {
	return cmp.Or(a.at.Compare(b.at), a.start.Compare(b.start), cmp.Compare(b.lead, a.lead))
}

// String is how an item of the agenda names the moment.
func (a moment) String() string {
	return a.start.UTC().Format(time.RFC3339) + "|" + a.lead.String()
}

// readMoment reads what String wrote, or the start alone, as it was before there were
// several lead times; false for an item that is only to look again.
func readMoment(text string, leads []time.Duration) (a moment, ok bool) {
	day, ahead, _ := strings.Cut(text, "|")
	start, err := time.Parse(time.RFC3339, day)
	if err != nil {
		return a, false
	}
	lead, err := time.ParseDuration(ahead)
	if err != nil && len(leads) > 0 {
		lead = leads[0]
	}
	return moment{start: start, lead: lead}, true
}

// moments are the reminders of a gathering that starts then, in order. Of several that
// quiet hours bring to one time, the one closest to the start stays.
func (w wishes) moments(start time.Time) []moment {
	var out []moment
	for _, lead := range order(w.Leads) {
		at, silent, ok := w.due(start, lead)
		if !ok {
			continue
		}
		out = slices.DeleteFunc(out, func(a moment) bool { return !a.at.Before(at) })
		out = append(out, moment{at: at, start: start, lead: lead, silent: silent})
	}
	return out
}

// due is when the follower is reminded with that lead of a gathering that starts then,
// and whether without a sound; false when they are not.
func (w wishes) due(start time.Time, lead time.Duration) (at time.Time, silent, ok bool) {
	at = start.Add(-lead)
	holds, _ := w.quiet.Holds(at, w.zone)
	switch {
	case !holds:
		return at, false, true
	case w.Clash == Skip:
		return at, false, false
	case w.Clash == Before:
		return w.begin(at).Add(-beforeQuiet), false, true
	}
	return at, true, true
}

// firstOrStart is when the follower learns of a gathering: by their first reminder,
// else as it starts.
func (w wishes) firstOrStart(start time.Time) time.Time {
	if all := w.moments(start); len(all) > 0 {
		return all[0].at
	}
	return start
}

// overtaken is when a reminder is: by the follower's next one, or by the gathering.
func (w wishes) overtaken(start, due time.Time) time.Time {
	for _, next := range w.moments(start) {
		if next.at.After(due) {
			return next.at
		}
	}
	return start.Add(Grace)
}

// reach is how long before a gathering its first reminder can come.
func (w wishes) reach() time.Duration {
	longest := slices.Max(append(w.Leads, 0))
	if w.Clash == Before {
		longest += 25 * time.Hour
	}
	return longest
}

// after is the follower's first moment past another one, with its gathering. Without
// one inside the horizon, but with a gathering beyond, it is the zero Gathering and the
// time to look again.
func (w wishes) after(s series, past moment) (g Gathering, next moment, ok bool) {
	end := past.at.Add(horizon)
	coming, ok := s.next(past.at)
	for ; ok && coming.Start.Before(end); coming, ok = s.next(coming.Start.Add(time.Nanosecond)) {
		found := !g.Start.IsZero()
		if found && coming.Start.Add(-w.reach()).After(next.at) {
			break
		}
		for _, a := range w.moments(coming.Start) {
			if a.compare(past) > 0 && (!found || a.compare(next) < 0) {
				g, next = coming, a
				break
			}
		}
	}
	if g.Start.IsZero() {
		next.at = end.Add(-MaxLead - 25*time.Hour)
	}
	return g, next, ok || !g.Start.IsZero()
}
