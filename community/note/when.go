package note

import (
	"errors"
	"slices"
	"time"

	"peerbot/chat"
	"peerbot/schedule"
	"peerbot/spoken"
)

// Repeat is how a note comes again, said beside a single time.
type Repeat string

// The ways in which a note comes again.
const (
	Never   Repeat = ""
	Daily   Repeat = "daily"
	Weekly  Repeat = "weekly"
	Monthly Repeat = "monthly"
)

// Repeats lists the ways in which a note can come again.
func Repeats() []Repeat { return []Repeat{Daily, Weekly, Monthly} }

// ReadRule reads when a note comes: a moment, with how it repeats, or a schedule
// that says it itself. zone is the member's; nil when nobody has said. The error is a
// *chat.Refusal.
func ReadRule(when string, repeat Repeat, now time.Time, zone *time.Location) (schedule.Rule, error) {
	at, err := spoken.ReadMoment(when, now, zone)
	if err == nil {
		return moment(at, repeat, now, zone)
	}
	p, other := spoken.ReadPattern(when)
	var u *spoken.Unclear
	switch {
	case zone == nil && errors.As(err, &u) && u.Why == spoken.Missing && other != nil:
		return schedule.Rule{}, chat.Refuse(chat.Missing, "note.ask_zone")
	case other != nil:
		return schedule.Rule{}, chat.Misread(spoken.Nearer(err, other))
	case zone == nil && p.Zone.Name == "":
		return schedule.Rule{}, chat.Refuse(chat.Missing, "note.ask_zone")
	case repeat != Never:
		return schedule.Rule{}, chat.Refuse(chat.Conflict, "note.two_repeats")
	}
	return ofPattern(p, now, zone)
}

// momentLength is the length of what has none: a rule needs one.
const momentLength = time.Minute

// moment is a rule that begins at a moment, on the full minute.
func moment(at time.Time, repeat Repeat, now time.Time, zone *time.Location) (schedule.Rule, error) {
	if zone == nil {
		zone = time.UTC
	}
	at = at.In(zone)
	if part := at.Truncate(time.Minute); part.Before(at) {
		at = part.Add(time.Minute)
	}
	if !at.After(now) {
		return schedule.Rule{}, past()
	}
	r := schedule.Rule{Unit: spoken.Once, First: spoken.DateOf(at), At: spoken.ClockOf(at),
		Zone: zone.String(), Length: momentLength}
	switch repeat {
	case Daily:
		r.Unit, r.Days = spoken.Weekly, everyDay()
	case Weekly:
		r.Unit, r.Days = spoken.Weekly, []spoken.Day{{Weekday: at.Weekday()}}
	case Monthly:
		r.Unit, r.MonthDay = spoken.Monthly, at.Day()
	}
	return r, nil
}

func everyDay() []spoken.Day {
	var days []spoken.Day
	for d := time.Sunday; d <= time.Saturday; d++ {
		days = append(days, spoken.Day{Weekday: d})
	}
	return slices.Clip(days)
}

// ofPattern is a rule of a schedule; its length counts for nothing.
func ofPattern(p spoken.Pattern, now time.Time, zone *time.Location) (schedule.Rule, error) {
	name := p.Zone.Name
	if name == "" {
		name = zone.String()
	}
	loc, err := spoken.LoadZone(name)
	if err != nil {
		return schedule.Rule{}, chat.Misread(err)
	}
	p.Length = momentLength
	if p, err = p.Dated(spoken.DateOf(now.In(loc))); err != nil {
		return schedule.Rule{}, chat.Misread(err)
	}
	r, err := schedule.New(p, now, name)
	return r, chat.Misread(err)
}
