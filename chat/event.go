package chat

import "time"

// Event is an entry in a space's own list of what is on, which some platforms have.
// Everybody in the space can read it.
type Event struct {
	Name, Where string    // Name and Where are one line each, of 1 to MaxEventText UTF-16 units.
	Start, End  time.Time // Start and End are whole seconds; those of the next time where it comes again.
	Again       Again
}

// MaxEventText bounds the lines of an Event, in UTF-16 units.
const MaxEventText = 100

// Again is how an Event comes again, without an end and at the same time of day in UTC,
// whatever clocks do: Start itself says on which day. It is what Discord can say:
// https://docs.discord.com/developers/resources/guild-scheduled-event#guild-scheduled-event-recurrence-rule-object
type Again string

// The ways to come again. Those that name days happen on each of them.
const (
	Once              Again = ""
	Weekly            Again = "weekly"
	EveryOtherWeek    Again = "every other week"
	Monthly           Again = "monthly" // On the same weekday of the month, the first to the fourth.
	Yearly            Again = "yearly"  // On the same date.
	MondayToFriday    Again = "monday to friday"
	TuesdayToSaturday Again = "tuesday to saturday"
	SundayToThursday  Again = "sunday to thursday"
	FridaySaturday    Again = "friday and saturday"
	SaturdaySunday    Again = "saturday and sunday"
	SundayMonday      Again = "sunday and monday"
)

// Repeats lists the ways to come again, Once not among them.
func Repeats() []Again {
	return []Again{
		Weekly, EveryOtherWeek, Monthly, Yearly,
		MondayToFriday, TuesdayToSaturday, SundayToThursday, FridaySaturday, SaturdaySunday, SundayMonday,
	}
}

// Days are the weekdays of a way that names them, the first one first; nil for the others.
func (a Again) Days() []time.Weekday {
	span := map[Again][2]int{
		MondayToFriday: {1, 5}, TuesdayToSaturday: {2, 5}, SundayToThursday: {0, 5},
		FridaySaturday: {5, 2}, SaturdaySunday: {6, 2}, SundayMonday: {0, 2},
	}[a]
	var days []time.Weekday
	for i := range span[1] {
		days = append(days, time.Weekday((span[0]+i)%7))
	}
	return days
}

// Posted is an Event that stands in a space.
type Posted struct {
	ID string
	Event
	Odd bool // Odd: there is more to it than Event can say, such as a date that somebody skipped.
}
