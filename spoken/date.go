package spoken

import (
	"fmt"
	"time"
)

// DateOf is the calendar day of t in t's own location.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{Year: y, Month: m, Day: d}
}

// ParseDate reads "2026-12-03", which is what String writes.
func ParseDate(text string) (Date, error) {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return Date{}, &Unclear{Why: NoSuchDate, Part: text}
	}
	return DateOf(t), nil
}

// IsZero reports whether the date was never set.
func (d Date) IsZero() bool { return d == Date{} }

// Valid reports whether the calendar has the day.
func (d Date) Valid() bool { return !d.IsZero() && DateOf(d.midnight()) == d }

// Weekday is the day of the week.
func (d Date) Weekday() time.Weekday { return d.midnight().Weekday() }

// AddDays is the date n days later, or earlier where n is negative.
func (d Date) AddDays(n int) Date { return DateOf(d.midnight().AddDate(0, 0, n)) }

// Sub is the number of days from other to d.
func (d Date) Sub(other Date) int {
	const day = 24 * 60 * 60
	return int((d.midnight().Unix() - other.midnight().Unix()) / day)
}

// Before reports whether d is earlier than other.
func (d Date) Before(other Date) bool { return d.Compare(other) < 0 }

// Compare is negative, zero or positive as d is earlier than, equal to or later than other.
func (d Date) Compare(other Date) int { return d.midnight().Compare(other.midnight()) }

func (d Date) midnight() time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC)
}

// String is the date as "2026-12-03", and "" for the zero date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day)
}

// MarshalText writes String.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText wrote; its error is an *Unclear.
func (d *Date) UnmarshalText(text []byte) (err error) {
	if len(text) == 0 {
		*d = Date{}
		return nil
	}
	*d, err = ParseDate(string(text))
	return err
}

// minutesPerDay bounds a Clock.
const minutesPerDay = 24 * 60

// ClockOf is the time of day of t in t's own location, without its seconds.
func ClockOf(t time.Time) Clock { return Clock(t.Hour()*60 + t.Minute()) }

// ParseClock reads "20:00", which is what String writes.
func ParseClock(text string) (Clock, error) {
	t, err := time.Parse("15:04", text)
	if err != nil || len(text) != len("15:04") {
		return 0, &Unclear{Why: NoSuchTime, Part: text}
	}
	return ClockOf(t), nil
}

// Valid reports whether a day has the time, 00:00 to 23:59.
func (c Clock) Valid() bool { return c >= 0 && c < minutesPerDay }

// Until is how long it is from c to end on the wall. An end that is not after c is
// on the next day, so that 22:00 to 01:00 is three hours.
func (c Clock) Until(end Clock) time.Duration {
	if end <= c {
		end += minutesPerDay
	}
	return time.Duration(end-c) * time.Minute
}

// String is the clock as "20:00".
func (c Clock) String() string { return fmt.Sprintf("%02d:%02d", int(c)/60, int(c)%60) }

// MarshalText writes String.
func (c Clock) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads what MarshalText wrote; its error is an *Unclear.
func (c *Clock) UnmarshalText(text []byte) (err error) {
	*c, err = ParseClock(string(text))
	return err
}
