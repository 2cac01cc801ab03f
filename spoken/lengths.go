package spoken

import "time"

// shift is a distance in time: days of the calendar, and hours on the clock.
type shift struct {
	days int
	rest time.Duration
}

func (s shift) duration() time.Duration { return time.Duration(s.days)*day + s.rest }

// maxLength bounds what is read as a length of time: a hundred years.
const maxLength = 36525 * day

// ReadDuration reads a length of time: "90 minutes", "1h30", "2 hours", "an hour and a
// half", "hora y media", "1.5 h", "2 weeks". A day is 24 hours. What Duration.String
// writes is read too. The error is an *Unclear.
func ReadDuration(text string) (time.Duration, error) {
	p, err := parse(text, func(p *parser) bool {
		length, ok := p.length()
		return ok && p.setShift(length)
	})
	switch {
	case err != nil:
		return 0, err
	case p.said.nothing():
		return 0, &Unclear{Why: NotATime}
	}
	return p.said.shift.duration(), nil
}

// length takes a length of time.
func (p *parser) length() (total shift, ok bool) {
	switch {
	case p.say("half an hour", "media hora"):
		return shift{rest: 30 * time.Minute}, true
	case p.say("hora y media"):
		return shift{rest: 90 * time.Minute}, true
	case p.say("three quarters of an hour", "tres cuartos de hora"):
		return shift{rest: 45 * time.Minute}, true
	}
	from, smallest := p.at, 2*week
	for p.try(func(p *parser) bool {
		if ok {
			p.say(", and", ",", "and", "y")
		}
		part, unit, found := p.lengthPart(smallest)
		if !found || unit >= smallest {
			return false
		}
		total.days += part.days
		total.rest += part.rest
		if p.say("and a half", "y media", "y medio") {
			total.rest += unit / 2
		}
		smallest, ok = unit, true
		return total.duration() <= maxLength || p.fail(NoSuchTime, from)
	}) && p.err == nil {
	}
	return total, ok
}

// lengthPart takes a number with its unit; after hours the unit of minutes may be
// left out, as in "1h30".
func (p *parser) lengthPart(last time.Duration) (part shift, unit time.Duration, ok bool) {
	n, tenths, ok := p.amount()
	if !ok {
		return part, 0, false
	}
	unit, ok = lookup(p, units)
	if ok {
		p.glued(".")
	} else if last == time.Hour && tenths == 0 && n < 60 && p.toks[p.at-1].glued {
		unit, ok = time.Minute, true
	}
	if !ok || time.Duration(n) > maxLength/unit || unit == time.Second && tenths > 0 {
		return part, 0, false
	}
	if unit >= day && tenths == 0 {
		return shift{days: n * int(unit/day)}, unit, true
	}
	return shift{rest: time.Duration(n)*unit + time.Duration(tenths)*unit/10}, unit, true
}

// amount takes a number, with a decimal place where one is said.
func (p *parser) amount() (n, tenths int, ok bool) {
	if p.say("an", "a") {
		return 1, 0, true
	}
	n, _, ok = p.number()
	p.try(func(p *parser) bool {
		if !ok || !p.glued(".", ",") {
			return false
		}
		digits, width, found := p.gluedNumber()
		if !found || width != 1 {
			return false
		}
		tenths = digits
		return true
	})
	return n, tenths, ok
}

// lasting takes how long a meeting is: "for 90 minutes", "(1 hour)".
func (p *parser) lasting() bool {
	from := p.at
	p.say("for", "lasting", "lasts", "durante", "por", "duration", "duracion")
	p.say(":")
	length, ok := p.length()
	if !ok {
		return false
	}
	d := length.duration()
	if d <= 0 || d > day {
		return false
	}
	if p.said.length > 0 {
		return p.fail(Contradicts, from)
	}
	p.said.length = d
	return true
}
