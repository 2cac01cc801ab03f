package schedule

import (
	"iter"
	"slices"
	"time"

	"peerbot/spoken"
)

// Rule is a recurrence in the sense of RFC 5545, said on wall time in an IANA zone.
// A meeting at 20:00 stays at 20:00 when the clocks change; a time that a day does
// not have moves to the first instant after the gap; a time that it has twice is
// the first. The zero Rule is invalid; Check says why.
//
// The methods that change a Rule return another one and leave theirs alone.
type Rule struct {
	Unit     spoken.Unit   `json:"unit"`
	Every    int           `json:"every,omitempty"` // Every N weeks, which begin on Monday, or months; 0 is 1.
	Days     []spoken.Day  `json:"days,omitempty"`
	MonthDay int           `json:"month_day,omitempty"` // 1 to 31, -1 the last day; a month without it is skipped.
	First    spoken.Date   `json:"first"`               // No occurrence is before First; it anchors Every.
	At       spoken.Clock  `json:"at"`
	Zone     string        `json:"zone"`
	Length   time.Duration `json:"length"`             // Of one occurrence, 1 minute to 24 hours.
	Until    spoken.Date   `json:"until,omitzero"`     // Inclusive; zero is no end.
	Count    int           `json:"count,omitempty"`    // Of the rule's own dates, excluded ones too; 0 is no end.
	Excluded []spoken.Date `json:"excluded,omitempty"` // Sorted. An excluded date is silent even if it is moved.
	Moved    []Override    `json:"moved,omitempty"`    // Sorted by Date, one for a date.
}

// Override moves the occurrence that would be on Date.
type Override struct {
	Date   spoken.Date   `json:"date"`
	To     spoken.Date   `json:"to"`
	At     spoken.Clock  `json:"at"`
	Length time.Duration `json:"length"`
}

// Occurrence is one time that a Rule happens. Date names it for good, whatever
// moves: it is the day on which the rule itself puts it.
type Occurrence struct {
	Date       spoken.Date
	Start, End time.Time
	Moved      bool
}

// horizon is how many days without a date end a rule. Fifty years are longer than
// any that does happen can be silent: a fifth Monday of February skips 40 of them
// across the year 2100.
const horizon = 50 * 366

// forever is later than any occurrence.
var forever = time.Date(10000, time.January, 1, 0, 0, 0, 0, time.UTC)

// Between yields the occurrences that start in [from, to), in order of Start. A rule
// in an unknown zone has none.
func (r Rule) Between(from, to time.Time) iter.Seq[Occurrence] {
	return func(yield func(Occurrence) bool) {
		loc, err := spoken.LoadZone(r.Zone)
		if err != nil {
			return
		}
		for o := range merge(r.regular(from, loc), r.moved(loc)) {
			if o.Start.Before(from) {
				continue
			}
			if !o.Start.Before(to) || !yield(o) {
				return
			}
		}
	}
}

// Next is the first occurrence that starts at or after from; false when none is left.
func (r Rule) Next(from time.Time) (Occurrence, bool) {
	for o := range r.Between(from, forever) {
		return o, true
	}
	return Occurrence{}, false
}

// On is the occurrence that Date names, if the rule has it and it is not excluded.
func (r Rule) On(d spoken.Date) (Occurrence, bool) {
	loc, err := spoken.LoadZone(r.Zone)
	if err != nil || !r.has(d) || r.excludes(d) {
		return Occurrence{}, false
	}
	return r.occurrence(d, loc), true
}

// merge yields two ordered runs of occurrences as one.
func merge(regular iter.Seq[Occurrence], moved []Occurrence) iter.Seq[Occurrence] {
	return func(yield func(Occurrence) bool) {
		rest := moved
		for o := range regular {
			for ; len(rest) > 0 && rest[0].Start.Before(o.Start); rest = rest[1:] {
				if !yield(rest[0]) {
					return
				}
			}
			if !yield(o) {
				return
			}
		}
		for _, o := range rest {
			if !yield(o) {
				return
			}
		}
	}
}

// regular yields the occurrences that stand where the rule puts them, in order, from
// the day before from on: where a zone skips a whole day, the meeting of that day is
// on the next.
func (r Rule) regular(from time.Time, loc *time.Location) iter.Seq[Occurrence] {
	return func(yield func(Occurrence) bool) {
		for d := range r.dates(spoken.DateOf(from.In(loc)).AddDays(-1)) {
			if _, moved := r.override(d); moved || r.excludes(d) {
				continue
			}
			if !yield(r.occurrence(d, loc)) {
				return
			}
		}
	}
}

// moved are the occurrences that an Override puts elsewhere, in order of Start.
func (r Rule) moved(loc *time.Location) []Occurrence {
	var out []Occurrence
	for _, m := range r.Moved {
		if r.has(m.Date) && !r.excludes(m.Date) {
			out = append(out, r.occurrence(m.Date, loc))
		}
	}
	slices.SortStableFunc(out, func(a, b Occurrence) int { return a.Start.Compare(b.Start) })
	return out
}

// occurrence is the one that d names, wherever it is.
func (r Rule) occurrence(d spoken.Date, loc *time.Location) Occurrence {
	m, moved := r.override(d)
	if !moved {
		m = Override{To: d, At: r.At, Length: r.Length}
	}
	start := spoken.Resolve(m.To, m.At, loc)
	return Occurrence{Date: d, Start: start, End: start.Add(m.Length), Moved: moved}
}

func (r Rule) override(d spoken.Date) (Override, bool) {
	i := slices.IndexFunc(r.Moved, func(m Override) bool { return m.Date == d })
	if i < 0 {
		return Override{}, false
	}
	return r.Moved[i], true
}

func (r Rule) excludes(d spoken.Date) bool { return slices.Contains(r.Excluded, d) }
