package meeting

import (
	"strconv"
	"strings"
	"time"

	"peerbot/chat"
	"peerbot/schedule"
	"peerbot/spoken"
)

// RuleWords say a rule as people do: "every Monday and Wednesday, 20:00–21:00,
// Eastern time". Its times are those of the wall clocks in its zone.
func RuleWords(r schedule.Rule) chat.Rich {
	out := chat.Say("meeting.rule", chat.With("days", DaysWords(r)),
		chat.Text("from", r.At.String()), chat.Text("to", endClock(r).String()), chat.With("zone", ZoneWords(r.Zone)))
	switch {
	case r.Count > 0:
		out = append(out, chat.Say("meeting.rule_times", chat.Count("times", r.Count))...)
	case !r.Until.IsZero() && r.Unit != spoken.Once:
		out = append(out, chat.Say("meeting.rule_until", chat.With("date", dateWords(r.Until)))...)
	}
	return out
}

func endClock(r schedule.Rule) spoken.Clock {
	return (r.At + spoken.Clock(r.Length/time.Minute)) % (24 * 60)
}

// DaysWords are the days of a rule: "every Monday and Wednesday", "the first Sunday of
// the month".
func DaysWords(r schedule.Rule) chat.Rich {
	days := chat.Rich{chat.And{Items: dayItems(r)}}
	switch {
	case r.Unit == spoken.Once:
		return chat.Say("meeting.once", chat.With("date", dateWords(r.First)))
	case r.Unit == spoken.Weekly && r.Every > 1:
		return chat.Say("meeting.every_weeks", chat.Count("weeks", r.Every), chat.With("days", days))
	case r.Unit == spoken.Weekly && len(r.Days) == 7:
		return chat.Say("meeting.every_day")
	case r.Unit == spoken.Weekly:
		return chat.Say("meeting.every_week", chat.With("days", days))
	case r.Every > 1:
		return chat.Say("meeting.every_months", chat.Count("months", r.Every), chat.With("days", days))
	}
	return chat.Say("meeting.every_month", chat.With("days", days))
}

// dayItems are the days of a rule one by one: "Monday", "the first Tuesday", "day 15".
func dayItems(r schedule.Rule) []chat.Rich {
	if r.MonthDay == -1 {
		return []chat.Rich{chat.Say("meeting.last_day")}
	}
	if r.MonthDay > 0 {
		return []chat.Rich{chat.Say("meeting.month_day", chat.Text("day", strconv.Itoa(r.MonthDay)))}
	}
	var items []chat.Rich
	for _, d := range r.Days {
		name := weekdayWords(d.Weekday)
		if r.Unit == spoken.Monthly {
			name = chat.Say("meeting.nth."+nth(d.Nth), chat.With("day", name))
		}
		items = append(items, name)
	}
	return items
}

func nth(n int) string {
	switch n {
	case -1:
		return "last"
	case 0:
		return "each"
	}
	return []string{"first", "second", "third", "fourth", "fifth"}[n-1]
}

func weekdayWords(d time.Weekday) chat.Rich {
	return chat.Say("day." + strings.ToLower(d.String()))
}

// dateWords are a day of the calendar, whatever zone the reader is in.
func dateWords(d spoken.Date) chat.Rich {
	return chat.Say("meeting.date", chat.With("weekday", weekdayWords(d.Weekday())), chat.Text("day", strconv.Itoa(d.Day)),
		chat.With("month", chat.Say("month."+strings.ToLower(d.Month.String()))), chat.Text("year", strconv.Itoa(d.Year)))
}

// ZoneWords are the name of a time zone for people.
func ZoneWords(name string) chat.Rich { return chat.Rich{chat.ZoneName(name)} }

// Lead says how long before the start: "15 minutes before", "as it starts".
func Lead(d time.Duration) chat.Rich {
	switch {
	case d == 0:
		return chat.Say("meeting.lead_start")
	case d%(24*time.Hour) == 0:
		return chat.Say("meeting.lead_days", chat.Count("days", int(d/(24*time.Hour))))
	case d%time.Hour == 0:
		return chat.Say("meeting.lead_hours", chat.Count("hours", int(d/time.Hour)))
	}
	return chat.Say("meeting.lead_minutes", chat.Count("minutes", int(d/time.Minute)))
}

// lasts says how long something takes: "150 minutes", "23 hours".
func lasts(d time.Duration) chat.Rich {
	if d%time.Hour == 0 {
		return chat.Say("meeting.hours", chat.Count("hours", int(d/time.Hour)))
	}
	return chat.Say("meeting.minutes", chat.Count("minutes", int(d/time.Minute)))
}

// Leads joins several lead times.
func Leads(leads []time.Duration) chat.Rich {
	var items []chat.Rich
	for _, d := range leads {
		items = append(items, Lead(d))
	}
	return chat.Rich{chat.And{Items: items}}
}

// WayIn is where the meeting is, a line for each part: for the eyes of one person.
// voice is the address of Voice, if there is one.
func (p Place) WayIn(voice chat.Address) chat.Rich {
	lines := []chat.Rich{
		line("meeting.place.link", p.Link, chat.Link{URL: p.Link}),
		line("meeting.place.number", p.Number, chat.Code(p.Number)),
		line("meeting.place.passcode", p.Passcode, chat.Code(p.Passcode)),
		line("meeting.place.phone", p.Phone, chat.Code(p.Phone)),
		line("meeting.place.venue", p.Venue, chat.Plain(p.Venue)),
		line("meeting.place.address", p.Address, chat.Plain(p.Address)),
		line("meeting.place.region", p.Region, chat.Plain(p.Region)),
		line("meeting.place.voice", p.Voice, chat.Place{At: voice}),
	}
	return chat.Lines(lines...)
}

// line is a part of the way in, if there is one.
func line(id, text string, show chat.Span) chat.Rich {
	if text == "" {
		return nil
	}
	return chat.Say(id, chat.With("text", chat.Rich{show}))
}

// Card is the meeting as its host sees it before it is saved: all that is kept.
func (v Meeting) Card(rooms Rooms, now time.Time) chat.Rich {
	return chat.Paragraphs(
		chat.Rich{chat.Strong(v.Title)},
		chat.Lines(
			RuleWords(v.Rule),
			chat.Say("meeting.kind."+string(v.Kind)),
			v.Place.Held().Words(),
			v.Facts.Words(),
			v.Place.WayIn(rooms.Voice),
			v.neutralLine(),
			v.leadsLine(rooms.Room),
			v.doorsLine(),
		),
		v.NotesWords(),
		v.NextWords(now, 3),
	)
}

func (v Meeting) neutralLine() chat.Rich {
	if v.ShortName == "" {
		return nil
	}
	return chat.Say("meeting.short_line", chat.Text("name", v.ShortName))
}

func (v Meeting) leadsLine(room chat.Address) chat.Rich {
	if room == (chat.Address{}) || len(v.Leads) == 0 {
		return chat.Say("meeting.no_room")
	}
	return chat.Say("meeting.leads_line", chat.With("room", chat.Rich{chat.Place{At: room}}), chat.With("leads", Leads(v.Leads)))
}

// NotesWords are the notes under their heading, if there are any.
func (v Meeting) NotesWords() chat.Rich {
	if v.Notes == "" {
		return nil
	}
	return chat.Say("meeting.notes", chat.Text("notes", v.Notes))
}

// NextWords list the next n dates, in the reader's zone.
func (v Meeting) NextWords(now time.Time, n int) chat.Rich {
	var items []chat.Rich
	for o := range v.Rule.Between(now, now.AddDate(50, 0, 0)) {
		if items = append(items, chat.Rich{chat.Time{At: o.Start, Style: chat.Moment}}); len(items) == n {
			break
		}
	}
	if len(items) == 0 {
		return nil
	}
	return chat.Lines(chat.Say("meeting.next_dates", chat.Count("dates", len(items))), chat.Rich{chat.List{Items: items}})
}
