package meeting

import (
	"strconv"
	"strings"
	"time"

	"peerbot/chat"
	"peerbot/schedule"
	"peerbot/spoken"
)

// Year is a rehearsal: the dates of the next twelve months, month by month, with what
// happens when the clocks change, where the meeting is and where the reader is.
func (v Meeting) Year(now time.Time, reader *time.Location) chat.Rich {
	var dates []schedule.Occurrence
	for o := range v.Rule.Between(now, now.AddDate(1, 0, 0)) {
		dates = append(dates, o)
	}
	if len(dates) == 0 {
		return chat.Say("meeting.year.none")
	}
	return chat.Paragraphs(
		chat.Lines(chat.Say("meeting.year.dates", chat.Count("dates", len(dates))), chat.Rich{chat.List{Items: v.months(dates)}}),
		chat.Lines(v.turns(dates)...),
		chat.Lines(v.onReaders(dates, reader)...),
	)
}

// months are the days of the dates on the meeting's own calendar, an item a month.
func (v Meeting) months(dates []schedule.Occurrence) (items []chat.Rich) {
	var days []string
	for i, o := range dates {
		d := spoken.DateOf(o.Start.In(v.Zone()))
		days = append(days, strconv.Itoa(d.Day))
		if i+1 < len(dates) {
			if next := spoken.DateOf(dates[i+1].Start.In(v.Zone())); next.Month == d.Month && next.Year == d.Year {
				continue
			}
		}
		items = append(items, chat.Say("meeting.year.month", chat.With("month", chat.Say("month."+strings.ToLower(d.Month.String()))),
			chat.Text("year", strconv.Itoa(d.Year)), chat.Text("days", strings.Join(days, ", "))))
		days = nil
	}
	return items
}

// turns say when the clocks of the meeting change between two dates, and on which
// date the time is one that the day does not have.
func (v Meeting) turns(dates []schedule.Occurrence) (lines []chat.Rich) {
	for i, o := range dates {
		local := o.Start.In(v.Zone())
		if at := spoken.ClockOf(local); !o.Moved && at != v.Rule.At {
			lines = append(lines, chat.Say("meeting.year.gap", chat.With("date", dateWords(o.Date)),
				chat.Text("time", v.Rule.At.String()), chat.Text("starts", at.String())))
		}
		if i > 0 && offset(dates[i-1].Start, v.Zone()) != offset(o.Start, v.Zone()) {
			lines = append(lines, chat.Say("meeting.year.turn", chat.With("zone", ZoneWords(v.Rule.Zone)),
				chat.With("date", dateWords(spoken.DateOf(local))), chat.Text("time", v.Rule.At.String())))
		}
	}
	return lines
}

// onReaders say at what time the meeting starts for a reader whose clocks differ, and
// from which date on at another.
func (v Meeting) onReaders(dates []schedule.Occurrence, reader *time.Location) (lines []chat.Rich) {
	if reader == nil || reader.String() == v.Rule.Zone {
		return nil
	}
	shown := spoken.Clock(-1)
	for _, o := range dates {
		local := o.Start.In(reader)
		if at := spoken.ClockOf(local); at != shown && !o.Moved {
			shown = at
			lines = append(lines, chat.Say("meeting.year.yours", chat.Text("time", at.String()), chat.With("date", dateWords(spoken.DateOf(local)))))
		}
	}
	return lines
}

func offset(t time.Time, zone *time.Location) int {
	_, seconds := t.In(zone).Zone()
	return seconds
}
