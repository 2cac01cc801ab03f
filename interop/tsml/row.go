package tsml

import (
	"cmp"
	"errors"
	"regexp"
	"strconv"
	"strings"
	"time"

	"peerbot/chat"
	"peerbot/community/meeting"
	"peerbot/schedule"
	"peerbot/spoken"
)

// overnight is how long a meeting that ends on the next day may last: what is longer is
// more likely to be a slip.
const overnight = 6 * time.Hour

// usual is how long a meeting lasts that does not say.
const usual = time.Hour

// slug is the row's name for good. A sheet may have none: then it is what the row is
// about.
func (r raw) slug() string {
	if r.Slug != "" {
		return r.Slug.line()
	}
	words := strings.FieldsFunc(strings.ToLower(r.Name.String()+" "+strings.Join(r.Day, " ")+" "+r.Time.String()), func(c rune) bool {
		return !('a' <= c && c <= 'z' || '0' <= c && c <= '9' || c > 127)
	})
	return strings.Join(words, "-")
}

// on is the meeting on one day of the week.
func (r raw) on(day time.Weekday, slug string, o Options) meeting.Row {
	row := meeting.Row{Slug: slug, Name: r.Name.line()}
	err := r.fill(&row, day, o)
	if err == nil {
		err = row.Meeting.Check()
	}
	if err != nil && !errors.As(err, &row.Refused) {
		row.Refused = chat.Refuse(chat.Invalid, "interop.row.unreadable")
	}
	return row
}

// fill makes the row's meeting.
func (r raw) fill(row *meeting.Row, day time.Weekday, o Options) (err error) {
	if row.Name == "" {
		return chat.Refuse(chat.Missing, "interop.row.no_name")
	}
	if row.Slug == "" || len(row.Slug) > 300 {
		return chat.Refuse(chat.Missing, "interop.row.no_slug")
	}
	if r.Holding == "inactive" {
		return chat.Refuse(chat.Missing, "interop.row.inactive")
	}
	v := &row.Meeting
	v.Title, v.Kind = row.Name, meeting.Support
	if v.Rule, err = r.rule(day, o); err != nil {
		return err
	}
	if v.Place, err = r.place(); err != nil {
		return err
	}
	v.Facts, row.Unknown = Facts(o.Programme, r.Types)
	v.Notes = chat.Block(joined("\n", r.Notes.String(), r.LocationNotes.String()))
	Unlink(v)
	return nil
}

// rule is the weekly rule of one day.
func (r raw) rule(day time.Weekday, o Options) (rule schedule.Rule, err error) {
	zone := cmp.Or(r.Zone.line(), o.Zone)
	if zone == "" {
		return rule, chat.Refuse(chat.Missing, "interop.row.no_zone")
	}
	loc, err := LoadZone(zone)
	if err != nil {
		return rule, err
	}
	at, length, err := r.hours()
	if err != nil {
		return rule, err
	}
	return Weekly(day, at, length, zone, spoken.DateOf(o.Today.In(loc))), nil
}

// Weekly is the rule of a meeting each week on that day, from the first one that is on
// or after the date.
func Weekly(day time.Weekday, at spoken.Clock, length time.Duration, zone string, from spoken.Date) schedule.Rule {
	return schedule.Rule{
		Unit: spoken.Weekly, Every: 1, Days: []spoken.Day{{Weekday: day}}, At: at, Zone: zone, Length: length,
		First: from.AddDays((int(day) - int(from.Weekday()) + 7) % 7),
	}
}

// hours are when it begins and how long it lasts. An end before the start is on the
// next day.
func (r raw) hours() (at spoken.Clock, length time.Duration, err error) {
	if r.Time == "" {
		return 0, 0, chat.Refuse(chat.Missing, "interop.row.no_time")
	}
	at, ok := readClock(r.Time.String())
	if !ok {
		return 0, 0, chat.Refuse(chat.Invalid, "interop.row.bad_time", chat.Text("time", short(r.Time.String())))
	}
	if r.EndTime == "" {
		return at, usual, nil
	}
	end, ok := readClock(r.EndTime.String())
	if !ok {
		return 0, 0, chat.Refuse(chat.Invalid, "interop.row.bad_time", chat.Text("time", short(r.EndTime.String())))
	}
	length = at.Until(end)
	if end <= at && length > overnight {
		return 0, 0, chat.Refuse(chat.Invalid, "interop.row.end_first", chat.Text("from", at.String()), chat.Text("to", end.String()))
	}
	return at, length, nil
}

var clock = regexp.MustCompile(`^([0-9]{1,2}):([0-9]{2})(?::00)?\s*([aApP])?\.?(?:[mM]\.?)?$`)

// readClock reads "20:00", "8:00", "20:00:00" and "8:00 PM".
func readClock(said string) (spoken.Clock, bool) {
	m := clock.FindStringSubmatch(strings.TrimSpace(said))
	if m == nil || m[3] == "" && strings.ContainsAny(said, "mM") || m[3] != "" && !strings.ContainsAny(said, "mM") {
		return 0, false
	}
	hour, _ := strconv.Atoi(m[1])
	minute, _ := strconv.Atoi(m[2])
	if m[3] != "" {
		if hour < 1 || hour > 12 {
			return 0, false
		}
		hour %= 12
		if strings.EqualFold(m[3], "p") {
			hour += 12
		}
	}
	if hour > 23 || minute > 59 {
		return 0, false
	}
	return spoken.Clock(hour*60 + minute), true
}
