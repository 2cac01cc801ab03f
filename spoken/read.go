package spoken

import "time"

// ReadMoment reads an instant such as "tomorrow 19:00", "in 2h" or "3 December 2026 at 7pm".
// now is the present and zone the speaker's own; nil when it is not known.
func ReadMoment(text string, now time.Time, zone *time.Location) (time.Time, error) {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, &Unclear{Why: NotATime, Part: text}
	}
	return t, nil
}

// ReadDuration reads a length of time such as "90 minutes" or "1h30".
func ReadDuration(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if err != nil {
		return 0, &Unclear{Why: NotATime, Part: text}
	}
	return d, nil
}

// ReadZone reads a time zone.
func ReadZone(text string) (Zone, error) {
	_, err := LoadZone(text)
	return Zone{Name: text}, err
}

// Zones completes what was typed of a city or a zone, best first, at most limit.
func Zones(typed string, limit int) []Zone { return nil }

// City is the name of the zone for people: its city.
func (z Zone) City() string { return z.Name }
