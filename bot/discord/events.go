package discord

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"peerbot/bot/discord/wire"
	"peerbot/chat"
)

// unknownEvent is the code for an event that is not there.
const unknownEvent = 10070

// Events are the events of a guild that the bot made and that are not over, and how many
// more the guild takes, whoever makes them.
func (d *Discord) Events(ctx context.Context, space string) (own []chat.Posted, room int, err error) {
	self := d.self.Load()
	if self == nil {
		return nil, 0, &chat.Bounce{Fate: chat.Later, Err: errors.New("discord: not connected yet")}
	}
	var all []wire.Event
	if err := d.event(ctx, "list", http.MethodGet, eventsOf(space), space, nil, &all); err != nil {
		return nil, 0, bounce(err)
	}
	for _, e := range all {
		if e.CreatorID == *self {
			own = append(own, posted(e))
		}
	}
	return own, max(0, wire.MaxEvents-len(all)), nil
}

// AddEvent puts an event up in a guild.
func (d *Discord) AddEvent(ctx context.Context, space string, e chat.Event) (id string, err error) {
	var made wire.Event
	err = d.event(ctx, "add", http.MethodPost, eventsOf(space), space, scheduled(e), &made)
	return made.ID, bounce(err)
}

// EditEvent puts something else in the place of an event that has not begun.
func (d *Discord) EditEvent(ctx context.Context, space, id string, e chat.Event) error {
	err := d.event(ctx, "edit", http.MethodPatch, eventsOf(space)+"/"+id, space, scheduled(e), nil)
	if isUnknown(err) {
		return &chat.Bounce{Fate: chat.Later, Err: err}
	}
	return bounce(err)
}

// DropEvent takes an event away; one that is not there is no error.
func (d *Discord) DropEvent(ctx context.Context, space, id string) error {
	err := d.event(ctx, "drop", http.MethodDelete, eventsOf(space)+"/"+id, space, nil, nil)
	if isUnknown(err) {
		return nil
	}
	return bounce(err)
}

// event asks for something about the events of a guild.
func (d *Discord) event(ctx context.Context, what, method, path, space string, body, out any) error {
	return d.client.Do(ctx, wire.Request{Method: method, Path: path, Bucket: what + " events " + space, Body: body}, out)
}

func eventsOf(space string) string { return "/guilds/" + space + "/scheduled-events" }

func isUnknown(err error) bool {
	var e *wire.Error
	return errors.As(err, &e) && e.Code == unknownEvent
}

// scheduled is the event as Discord takes it.
func scheduled(e chat.Event) wire.Event {
	start, end := e.Start.UTC(), e.End.UTC()
	return wire.Event{
		Name: e.Name, Start: start, End: &end, Privacy: wire.MembersOnly, Kind: wire.Elsewhere,
		Metadata: &wire.EventPlace{Location: e.Where}, Recurrence: recurrence(e.Again, start),
	}
}

// posted is what stands in a guild.
func posted(e wire.Event) chat.Posted {
	p := chat.Posted{ID: e.ID, Event: chat.Event{Name: e.Name, Start: e.Start.Truncate(time.Second)}}
	if e.End == nil || e.Metadata == nil || len(e.Exceptions) > 0 {
		p.Odd = true
		return p
	}
	p.Where, p.End = e.Metadata.Location, e.End.Truncate(time.Second)
	for _, a := range append(chat.Repeats(), chat.Once) {
		if sameRecurrence(recurrence(a, e.Start.UTC()), e.Recurrence) {
			p.Again = a
			return p
		}
	}
	p.Odd = true
	return p
}

// recurrence is how Discord says it of an event that starts then; nil is once.
func recurrence(a chat.Again, start time.Time) *wire.Recurrence {
	r := &wire.Recurrence{Start: start, Interval: 1}
	today := weekday(start.Weekday())
	switch a {
	case chat.Once:
		return nil
	case chat.Weekly, chat.EveryOtherWeek:
		r.Frequency, r.Weekdays = wire.Weekly, []int{today}
		if a == chat.EveryOtherWeek {
			r.Interval = 2
		}
	case chat.Monthly:
		r.Frequency, r.Nth = wire.Monthly, []wire.NthWeekday{{N: (start.Day()-1)/7 + 1, Day: today}}
	case chat.Yearly:
		r.Frequency, r.Months, r.MonthDays = wire.Yearly, []int{int(start.Month())}, []int{start.Day()}
	default:
		r.Frequency = wire.Daily
		for _, day := range a.Days() {
			r.Weekdays = append(r.Weekdays, weekday(day))
		}
	}
	return r
}

// weekday is the number that Discord has for it.
func weekday(d time.Weekday) int { return (int(d) + 6) % 7 }

// sameRecurrence reports whether what stands in a guild is what was sent. When it once
// began says nothing: Discord moves the event's own start on.
func sameRecurrence(sent, stands *wire.Recurrence) bool {
	if sent == nil || stands == nil {
		return sent == stands
	}
	return sent.Frequency == stands.Frequency && sent.Interval == stands.Interval &&
		stands.End == nil && stands.Count == nil &&
		sameDays(sent.Weekdays, stands.Weekdays) && slices.Equal(sent.Nth, stands.Nth) &&
		slices.Equal(sent.Months, stands.Months) && slices.Equal(sent.MonthDays, stands.MonthDays)
}

// sameDays compares lists of days in whatever order.
func sameDays(a, b []int) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}
