package discordtest

import (
	"net/http"
	"slices"
	"time"

	"github.com/teambition/rrule-go"
)

// Limits of scheduled events, as in
// https://docs.discord.com/developers/resources/guild-scheduled-event.
const (
	maxEvents      = 100
	maxEventText   = 100
	maxDescription = 1000
	farthestEvent  = 5 * 366 * 24 * time.Hour // Seen, not published.
)

// Event is a scheduled event of the guild.
type Event struct {
	ID          string      `json:"-"`
	Creator     string      `json:"-"`
	Name        string      `json:"name"`
	Description string      `json:"description"`
	Start       time.Time   `json:"scheduled_start_time"`
	End         time.Time   `json:"scheduled_end_time"`
	Channel     *string     `json:"channel_id"`
	Privacy     int         `json:"privacy_level"`
	Kind        int         `json:"entity_type"`
	Place       EventPlace  `json:"entity_metadata"`
	Again       *Recurrence `json:"recurrence_rule"`

	skipped []time.Time
}

// EventPlace is where an event is.
type EventPlace struct {
	Location string `json:"location"`
}

// Recurrence is how an event comes again.
type Recurrence struct {
	Start     time.Time    `json:"start"`
	End       *time.Time   `json:"end"`
	Frequency int          `json:"frequency"`
	Interval  int          `json:"interval"`
	Weekdays  []int        `json:"by_weekday"`
	Nth       []NthWeekday `json:"by_n_weekday"`
	Months    []int        `json:"by_month"`
	MonthDays []int        `json:"by_month_day"`
	YearDays  []int        `json:"by_year_day"`
	Count     *int         `json:"count"`
}

// NthWeekday is a weekday of the month.
type NthWeekday struct {
	N   int `json:"n"`
	Day int `json:"day"`
}

// Events are the events that people see now, the oldest first.
func (s *Server) Events() []Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.passEvents(time.Now())
	var all []Event
	for _, e := range s.events {
		all = append(all, *e)
	}
	return all
}

// AddEvent makes who schedule an event of an hour, and returns its id.
func (s *Server) AddEvent(who, name string, start time.Time) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := &Event{ID: s.snowflake(), Creator: s.person(who).id, Name: name, Start: start, End: start.Add(time.Hour),
		Privacy: 2, Kind: 3, Place: EventPlace{"here"}}
	s.events = append(s.events, e)
	return e.ID
}

// DropEvent makes somebody who may do that delete an event.
func (s *Server) DropEvent(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.events = slices.DeleteFunc(s.events, func(e *Event) bool { return e.ID == id })
}

// SkipEvent makes somebody who may do that skip the next time of an event.
func (s *Server) SkipEvent(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e := find(s.events, func(e *Event) bool { return e.ID == id }); e != nil {
		e.skipped = append(e.skipped, e.Start)
	}
}

// Occurrences are the times from now until then at which people see the event, worked
// out by the recurrence of python's dateutil, as Discord has it.
func (e Event) Occurrences(until time.Time) []time.Time {
	if e.Again == nil {
		return []time.Time{e.Start}
	}
	all := e.Again.rule(e.Start).Between(e.Start, until, true)
	return slices.DeleteFunc(all, func(t time.Time) bool { return slices.ContainsFunc(e.skipped, t.Equal) })
}

// rule is the recurrence from a start on.
func (r *Recurrence) rule(start time.Time) *rrule.RRule {
	o := rrule.ROption{
		Freq: rrule.Frequency(r.Frequency), Interval: r.Interval, Dtstart: start.UTC(),
		Bymonth: r.Months, Bymonthday: r.MonthDays,
	}
	days := []rrule.Weekday{rrule.MO, rrule.TU, rrule.WE, rrule.TH, rrule.FR, rrule.SA, rrule.SU}
	for _, d := range r.Weekdays {
		o.Byweekday = append(o.Byweekday, days[d])
	}
	for _, n := range r.Nth {
		o.Byweekday = append(o.Byweekday, days[n.Day].Nth(n.N))
	}
	rule, err := rrule.NewRRule(o)
	if err != nil {
		panic(err) // checkEvent lets nothing else pass
	}
	return rule
}

// passEvents lets time pass: an event of no channel ends by itself, and one that comes
// again has its next start then.
func (s *Server) passEvents(now time.Time) {
	s.events = slices.DeleteFunc(s.events, func(e *Event) bool { return !e.pass(now) })
}

// pass brings an event to now; false when it is over.
func (e *Event) pass(now time.Time) bool {
	for length := e.End.Sub(e.Start); !e.End.After(now); {
		if e.Again == nil {
			return false
		}
		e.Start = e.Again.rule(e.Start).After(e.Start, false)
		e.End = e.Start.Add(length)
	}
	return true
}

func (s *Server) eventObject(e *Event) object {
	status, skipped := 1, []object{}
	if !e.Start.After(time.Now()) {
		status = 2
	}
	for _, t := range e.skipped {
		skipped = append(skipped, object{"event_id": e.ID, "event_exception_id": s.snowflake(), "is_canceled": true,
			"scheduled_start_time": nil, "scheduled_end_time": nil, "original": stamp(t)})
	}
	return object{
		"id": e.ID, "guild_id": s.guild, "channel_id": nil, "creator_id": e.Creator, "creator": s.personByID(e.Creator).object(),
		"name": e.Name, "description": e.Description, "image": nil, "scheduled_start_time": stamp(e.Start), "scheduled_end_time": stamp(e.End),
		"privacy_level": e.Privacy, "status": status, "entity_type": e.Kind, "entity_id": nil, "entity_metadata": e.Place,
		"recurrence_rule": e.Again, "guild_scheduled_event_exceptions": skipped,
	}
}

func (s *Server) getEvents(r *request) answer {
	return s.inGuild(r, func() answer {
		s.passEvents(time.Now())
		all := []object{}
		for _, e := range s.events {
			all = append(all, s.eventObject(e))
		}
		return ok(all)
	})
}

// mayEvents refuses where the bot has not the right to schedule.
func (s *Server) mayEvents(r *request, do func() answer) answer {
	return s.inGuild(r, func() answer {
		s.passEvents(time.Now())
		if s.world.rights&(CreateEvents|Administrator) == 0 {
			return problem(http.StatusForbidden, 50013, "Missing Permissions")
		}
		return do()
	})
}

func (s *Server) postEvent(r *request) answer {
	return s.mayEvents(r, func() answer {
		e := &Event{}
		if !r.into(e) {
			return s.refuse(r, faults{"the event cannot be read"})
		}
		if f := checkEvent(e, time.Now()); len(f) > 0 {
			return s.refuse(r, f)
		}
		if len(s.events) >= maxEvents {
			s.blame("%s: there are %d events already", r.route, maxEvents)
			return problem(http.StatusBadRequest, 30038, "Maximum number of uncompleted guild scheduled events reached (100)")
		}
		e.ID, e.Creator = s.snowflake(), s.bot.id
		s.events = append(s.events, e)
		return ok(s.eventObject(e))
	})
}

// inEvent refuses what the bot may not do with an event.
func (s *Server) inEvent(r *request, do func(*Event) answer) answer {
	return s.mayEvents(r, func() answer {
		e := find(s.events, func(e *Event) bool { return e.ID == r.PathValue("guild_scheduled_event_id") })
		switch {
		case e == nil:
			return problem(http.StatusNotFound, 10070, "Unknown Guild Scheduled Event")
		case e.Creator != s.bot.id:
			s.blame("%s: the event is somebody else's", r.route)
			return problem(http.StatusForbidden, 50013, "Missing Permissions")
		}
		return do(e)
	})
}

func (s *Server) patchEvent(r *request) answer {
	return s.inEvent(r, func(e *Event) answer {
		next := *e
		if o, _ := r.tree.(object); o["recurrence_rule"] != nil {
			next.Again = nil // Another one takes its place whole.
		}
		if !r.into(&next) {
			return s.refuse(r, faults{"the event cannot be read"})
		}
		if f := checkEvent(&next, time.Now()); len(f) > 0 {
			return s.refuse(r, f)
		}
		next.skipped = nil
		*e = next
		return ok(s.eventObject(e))
	})
}

func (s *Server) deleteEvent(r *request) answer {
	return s.inEvent(r, func(e *Event) answer {
		s.events = slices.DeleteFunc(s.events, func(o *Event) bool { return o == e })
		return answer{}
	})
}
