package schedule

import (
	"cmp"
	"slices"
	"time"

	"peerbot/spoken"
)

// The parts that an *spoken.Unclear of this package names in Part when its Why is
// Missing or Contradicts.
const (
	PartDays   = "days"
	PartDate   = "date"
	PartTime   = "time"
	PartLength = "length"
	PartZone   = "zone"
)

// The bounds of a Rule.
const (
	MinLength = time.Minute
	MaxLength = 24 * time.Hour
	minYear   = 1970 // Zone data before it is a guess.
	maxYear   = 9900
)

// New makes a Rule of what was said; now and the zone supply what was not. First
// becomes the first date on which the rule happens, and that, where no date was
// said, is still to come. The error is an *spoken.Unclear that says what is missing
// or impossible; a rule of which nothing is still to come Contradicts its date.
func New(p spoken.Pattern, now time.Time, zone string) (Rule, error) {
	if loc, err := spoken.LoadZone(cmp.Or(p.Zone.Name, zone)); err == nil {
		if p, err = p.Dated(spoken.DateOf(now.In(loc))); err != nil {
			return Rule{}, err
		}
	}
	r := Rule{
		Unit: p.Unit, Every: p.Every, Days: slices.Clone(p.Days), MonthDay: p.MonthDay,
		First: p.On, At: p.Start, Zone: cmp.Or(p.Zone.Name, zone),
		Length: p.Length, Until: p.Until, Count: p.Count,
	}
	if !p.HasStart {
		return Rule{}, unclear(spoken.Missing, PartTime)
	}
	if r.First.IsZero() {
		r = r.startingAfter(now)
	} else {
		r = r.onItsDay().startingOn(r.First)
	}
	if err := r.Check(); err != nil {
		return Rule{}, err
	}
	if _, ok := r.Next(now); !ok {
		return Rule{}, unclear(spoken.Contradicts, PartDate)
	}
	return r, nil
}

// onItsDay takes the day from First where none was said.
func (r Rule) onItsDay() Rule {
	if len(r.Days) > 0 || r.MonthDay != 0 {
		return r
	}
	switch r.Unit {
	case spoken.Weekly:
		r.Days = []spoken.Day{{Weekday: r.First.Weekday()}}
	case spoken.Monthly:
		r.MonthDay = r.First.Day
	}
	return r
}

// startingAfter lets a rule begin with its first occurrence at or after now.
func (r Rule) startingAfter(now time.Time) Rule {
	loc, err := spoken.LoadZone(r.Zone)
	if err != nil || r.Unit == spoken.Once {
		return r
	}
	today := spoken.DateOf(now.In(loc))
	if spoken.Resolve(today, r.At, loc).Before(now) {
		today = today.AddDays(1)
	}
	return r.startingOn(today)
}

// startingOn lets a rule begin with its first date on or after d.
func (r Rule) startingOn(d spoken.Date) Rule {
	every := r
	every.First, every.Every, every.Until, every.Count = d, 1, spoken.Date{}, 0
	r.First = d
	for first := range every.dates(d) {
		r.First = first
		break
	}
	return r
}

// Check returns why the rule can never be used: an unknown zone, no day, no
// occurrence at all in the next 50 years. The error is an *spoken.Unclear.
func (r Rule) Check() error {
	for _, check := range []func(Rule) error{
		Rule.checkZone, Rule.checkDays, Rule.checkDates, Rule.checkTimes, Rule.checkHappens,
	} {
		if err := check(r); err != nil {
			return err
		}
	}
	return nil
}

func (r Rule) checkZone() error {
	if r.Zone == "" {
		return unclear(spoken.Missing, PartZone)
	}
	_, err := spoken.LoadZone(r.Zone)
	return err
}

func (r Rule) checkDays() error {
	switch {
	case r.Unit == spoken.Once:
		return nil
	case r.Unit != spoken.Weekly && r.Unit != spoken.Monthly,
		len(r.Days) == 0 && (r.MonthDay == 0 || r.Unit == spoken.Weekly):
		return unclear(spoken.Missing, PartDays)
	case len(r.Days) > 0 && r.MonthDay != 0, r.Every < 0, r.Count < 0:
		return unclear(spoken.Contradicts, PartDays)
	case r.MonthDay < -1, r.MonthDay > 31, slices.ContainsFunc(r.Days, r.impossible):
		return unclear(spoken.NoSuchDate, "")
	}
	return nil
}

// impossible reports a weekday that no week of the rule's unit has.
func (r Rule) impossible(on spoken.Day) bool {
	return on.Weekday < time.Sunday || on.Weekday > time.Saturday ||
		on.Nth < -1 || on.Nth > 5 || r.Unit == spoken.Weekly && on.Nth != 0
}

func (r Rule) checkDates() error {
	if r.First.IsZero() {
		return unclear(spoken.Missing, PartDate)
	}
	dates := []spoken.Date{r.First}
	if !r.Until.IsZero() {
		dates = append(dates, r.Until)
	}
	for _, m := range r.Moved {
		dates = append(dates, m.To)
	}
	for _, d := range dates {
		if !d.Valid() || d.Year < minYear || d.Year > maxYear {
			return unclear(spoken.NoSuchDate, d.String())
		}
	}
	return nil
}

func (r Rule) checkTimes() error {
	if r.Length == 0 {
		return unclear(spoken.Missing, PartLength)
	}
	for _, m := range append([]Override{{At: r.At, Length: r.Length}}, r.Moved...) {
		if !m.At.Valid() {
			return unclear(spoken.NoSuchTime, "")
		}
		if m.Length < MinLength || m.Length > MaxLength {
			return unclear(spoken.Contradicts, PartLength)
		}
	}
	return nil
}

// checkHappens tells a day that no calendar has from one that Until, Count and
// Excluded leave out.
func (r Rule) checkHappens() error {
	if _, ok := r.Next(time.Time{}); ok {
		return nil
	}
	endless := r
	endless.Until, endless.Count, endless.Excluded = spoken.Date{}, 0, nil
	if _, ok := endless.Next(time.Time{}); ok {
		return unclear(spoken.Contradicts, PartDate)
	}
	return unclear(spoken.NoSuchDate, "")
}

func unclear(why spoken.Why, part string) error { return &spoken.Unclear{Why: why, Part: part} }
