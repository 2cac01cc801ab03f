package wire

import "time"

// Numbers of a scheduled event, as in
// https://docs.discord.com/developers/resources/guild-scheduled-event.
const (
	MaxEvents = 100 // MaxEvents is how many of a guild may be scheduled or under way.

	MembersOnly = 2 // The one level of privacy.
	Elsewhere   = 3 // An event of the entity type EXTERNAL: in no voice channel.

	Yearly  = 0
	Monthly = 1
	Weekly  = 2
	Daily   = 3
)

// Event is a scheduled event, as it is sent and as it comes back. What comes back alone
// is never sent.
type Event struct {
	Name       string      `json:"name"`
	Start      time.Time   `json:"scheduled_start_time"`
	End        *time.Time  `json:"scheduled_end_time"`
	Privacy    int         `json:"privacy_level"`
	Kind       int         `json:"entity_type"`
	Metadata   *EventPlace `json:"entity_metadata"`
	Recurrence *Recurrence `json:"recurrence_rule"`

	ID         string     `json:"id,omitempty"`
	CreatorID  string     `json:"creator_id,omitempty"`
	Exceptions []struct{} `json:"guild_scheduled_event_exceptions,omitempty"` // Exceptions are dates that somebody skipped or moved.
}

// EventPlace is where an event is.
type EventPlace struct {
	Location string `json:"location"`
}

// Recurrence is how an event comes again. Weekdays count from Monday, which is 0.
type Recurrence struct {
	Start     time.Time    `json:"start"`
	Frequency int          `json:"frequency"`
	Interval  int          `json:"interval"`
	Weekdays  []int        `json:"by_weekday,omitempty"`
	Nth       []NthWeekday `json:"by_n_weekday,omitempty"`
	Months    []int        `json:"by_month,omitempty"`
	MonthDays []int        `json:"by_month_day,omitempty"`

	End   *time.Time `json:"end,omitempty"`   // End and Count cannot be sent.
	Count *int       `json:"count,omitempty"` //
}

// NthWeekday is a weekday of the month.
type NthWeekday struct {
	N   int `json:"n"`
	Day int `json:"day"`
}
