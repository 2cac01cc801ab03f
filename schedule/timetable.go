package schedule

import (
	"slices"
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"peerbot/spoken"
)

// Timetable is when a chore of the house is done, as a moderator says it or as the
// configuration has it. It is durable as its text: String, read again, is the same
// Timetable on any day.
type Timetable struct {
	text string
	next func(after time.Time) time.Time
}

// Read reads "Mondays at 9", "last Friday of the month, noon", or what cron reads:
// minute, hour, day, month and weekday, or @hourly, @daily, @weekly, @monthly or
// @yearly. Both are on the wall of the zone, or of the one that the words name, and
// go by the clock changes as a Rule does; so cron's hours that come twice happen once.
// Every second week counts from the first whole one of 1970.
//
// The error is an *spoken.Unclear; one that never happens is NoSuchDate.
func Read(text, zone string) (Timetable, error) {
	if len(text) > spoken.MaxLength {
		return Timetable{}, unclear(spoken.TooLong, "")
	}
	read := readWords
	if looksLikeCron(text) {
		read = readCron
	}
	next, err := read(text, zone)
	if err != nil {
		return Timetable{}, err
	}
	return Timetable{text: text, next: next}, nil
}

// Next is the first time after the given one; zero when there is none. So a
// Timetable is a cron.Schedule.
func (t Timetable) Next(after time.Time) time.Time { return t.next(after) }

// String is the text that was read.
func (t Timetable) String() string { return t.text }

// epoch is the Monday from which a Timetable counts weeks and months.
var epoch = spoken.Date{Year: 1970, Month: time.January, Day: 5}

func readWords(text, zone string) (func(time.Time) time.Time, error) {
	p, err := spoken.ReadPattern(text)
	if err != nil {
		return nil, err
	}
	if p.Length = MinLength; p.On.IsZero() && (len(p.Days) > 0 || p.MonthDay != 0) {
		p.On = epoch
	}
	r, err := New(p, time.Time{}, zone)
	if err != nil {
		return nil, err
	}
	return func(after time.Time) time.Time {
		o, _ := r.Next(after.Add(time.Nanosecond))
		return o.Start
	}, nil
}

// descriptors are those of cron's that are at least an hour apart: its "@every 1ns"
// is a timetable for nothing.
var descriptors = []string{"@hourly", "@daily", "@midnight", "@weekly", "@monthly", "@yearly", "@annually"}

// looksLikeCron tells five fields, the first two of them numbers, from words.
func looksLikeCron(text string) bool {
	fields := strings.Fields(text)
	return strings.HasPrefix(text, "@") ||
		len(fields) == 5 && strings.Trim(fields[0]+fields[1], "0123456789*/,-?") == ""
}

// readCron guards cron's parser: it never sees a zone, at which it panics, nor a list
// with nothing in it, which it takes for a time that never comes.
func readCron(text, zone string) (func(time.Time) time.Time, error) {
	loc, err := spoken.LoadZone(zone)
	if err != nil {
		return nil, err
	}
	hollow := strings.Contains(","+strings.Join(strings.Fields(text), ",")+",", ",,")
	if hollow || text[0] == '@' && !slices.Contains(descriptors, text) {
		return nil, unclear(spoken.NotATime, text)
	}
	times, err := cron.ParseStandard(text)
	if err != nil {
		return nil, unclear(spoken.NotATime, text)
	}
	if times.Next(time.Unix(0, 0).UTC()).IsZero() {
		return nil, unclear(spoken.NoSuchDate, text)
	}
	return onTheWall(times, loc), nil
}

// onTheWall lets cron count on the wall, as if in a zone without clock changes: by
// itself it skips the times in a gap and repeats those that come twice.
func onTheWall(times cron.Schedule, loc *time.Location) func(time.Time) time.Time {
	return func(after time.Time) time.Time {
		local := after.In(loc)
		d := spoken.DateOf(local)
		wall := time.Date(d.Year, d.Month, d.Day, local.Hour(), local.Minute(), 0, 0, time.UTC)
		for {
			if wall = times.Next(wall); wall.IsZero() {
				return time.Time{}
			}
			if t := spoken.Resolve(spoken.DateOf(wall), spoken.ClockOf(wall), loc); t.After(after) {
				return t
			}
		}
	}
}
