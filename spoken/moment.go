package spoken

import (
	"strings"
	"time"
)

// ReadMoment reads an instant: "in 2h", "tomorrow 19:00", "tonight 8pm", "Friday at
// noon", "3 December at 7pm", "2026-12-03 19:00 Madrid", "hace 30 minutos". A time
// without a day is the next such time; a weekday is the next one on which the time
// has not passed; a date without a year is the next. zone is the speaker's own, and
// nil when it is not known: then the text has to name one, unless it counts from
// now. The error is an *Unclear.
func ReadMoment(text string, now time.Time, zone *time.Location) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, strings.ToUpper(text)); err == nil && len(text) <= MaxLength {
		return t, inReach(t, text)
	}
	return settle(text, func(text string) (time.Time, error) {
		p, err := parse(text, (*parser).present, (*parser).shifted, (*parser).dayAway, (*parser).onDate,
			(*parser).comingDay, (*parser).partOfDay, (*parser).times, (*parser).inZone)
		if err != nil {
			return time.Time{}, err
		}
		return p.moment(now, zone)
	})
}

// Span is an instant and how long something lasts from then on; a Length of 0 was not
// said.
type Span struct {
	At     time.Time
	Length time.Duration
}

// ReadSpan reads an instant as ReadMoment does, and where it is said how long from
// then on: "tomorrow 20:00-21:00", "Friday at noon for 90 minutes". The error is an
// *Unclear.
func ReadSpan(text string, now time.Time, zone *time.Location) (Span, error) {
	return settle(text, func(text string) (Span, error) {
		p, err := parse(text, (*parser).present, (*parser).shifted, (*parser).dayAway, (*parser).onDate,
			(*parser).comingDay, (*parser).partOfDay, (*parser).times, (*parser).lasting, (*parser).inZone)
		if err != nil {
			return Span{}, err
		}
		return p.momentSpan(now, zone)
	})
}

// inReach refuses an instant outside the years in which dates are read.
func inReach(t time.Time, text string) error {
	if t.Year() < minYear || t.Year() > maxYear {
		return &Unclear{Why: NoSuchDate, Part: text}
	}
	return nil
}

func (p *parser) present() bool {
	return p.say("right now", "now", "ahora mismo", "ahora") && p.setShift(shift{})
}

// shifted takes "in 2h", "dentro de una hora", "30 minutes ago", "hace 2 días".
func (p *parser) shifted() bool {
	past := p.say("hace")
	led := past || p.say("in", "en", "dentro de")
	by, ok := p.length()
	if !ok {
		return false
	}
	if p.say("ago", "atras") {
		past, led = true, !led
	} else if !led {
		p.say("from now")
		led = p.toks[p.at-1].text == "now"
	}
	if past {
		by = shift{-by.days, -by.rest}
	}
	return led && p.setShift(by)
}

func (p *parser) setShift(by shift) bool {
	if p.said.shift != nil {
		return false
	}
	p.said.shift = &by
	return true
}

// dayAway takes "today", "tomorrow", "yesterday" and "tonight".
func (p *parser) dayAway() bool {
	from, away := p.at, 0
	switch {
	case p.say("the day after tomorrow", "day after tomorrow", "pasado manana"):
		away = 2
	case p.say("today", "hoy"):
	case p.say("tonight", "esta noche"):
		p.said.part = night
	case p.say("this evening", "this afternoon", "esta tarde"):
		p.said.part = pm
	case p.say("this morning", "esta manana"):
		p.said.part = am
	case p.say("tomorrow", "manana"):
		away = 1
	case p.say("yesterday", "ayer"):
		away = -1
	default:
		return false
	}
	if p.said.away != nil {
		return p.fail(Contradicts, from)
	}
	p.said.away = &away
	return true
}

// comingDay takes a weekday. "Next Friday" is this week's to some and next week's to
// others.
func (p *parser) comingDay() bool {
	from := p.at
	p.say("on", "el", "this", "este", "the")
	next := p.say("next", "proximo")
	d, ok := p.weekday()
	if !ok || plural(p.toks[p.at-1].text) {
		return false
	}
	if p.say("que viene") {
		next = true
	}
	if len(p.said.days) > 0 {
		return p.fail(Contradicts, from)
	}
	p.said.days, p.said.coming, p.said.dayFrom, p.said.dayTo = []Day{{Weekday: d}}, next, from, p.at
	return true
}

// plural reports whether a weekday is every one of its kind: a schedule, no moment.
func plural(weekday string) bool {
	return strings.HasSuffix(weekday, "days") || strings.HasSuffix(weekday, "os")
}

// moment puts together what was said of an instant without a length.
func (p *parser) moment(now time.Time, zone *time.Location) (time.Time, error) {
	span, err := p.momentSpan(now, zone)
	if err == nil && p.said.end.said {
		err = &Unclear{Why: Contradicts, Part: p.words(0, len(p.toks))}
	}
	return span.At, err
}

// momentSpan puts together what was said.
func (p *parser) momentSpan(now time.Time, zone *time.Location) (Span, error) {
	s := p.said
	if s.zone != (Zone{}) {
		loc, err := LoadZone(s.zone.Name)
		if err != nil {
			return Span{}, err
		}
		zone = loc
	}
	if s.shift != nil {
		at, err := p.fromNow(now, zone)
		return Span{At: at, Length: s.length}, err
	}
	switch {
	case s.nothing():
		return Span{}, &Unclear{Why: NotATime}
	case !s.start.said || zone == nil:
		return Span{}, &Unclear{Why: Missing}
	case s.end.said && s.length > 0, s.from, s.away != nil && (len(s.days) > 0 || !s.on.IsZero()):
		return Span{}, &Unclear{Why: Contradicts, Part: p.words(0, len(p.toks))}
	}
	span, ok := p.settleTime()
	if !ok {
		return Span{}, p.err
	}
	date, ok := p.dayOf(span.start, now.In(zone))
	if !ok {
		return Span{}, p.err
	}
	length := s.length
	if span.ranged {
		length = span.start.Until(span.end)
	}
	return Span{At: Resolve(date, span.start, zone), Length: length}, nil
}

// fromNow moves by days on the calendar and then by hours on the clock.
func (p *parser) fromNow(now time.Time, zone *time.Location) (time.Time, error) {
	s := p.said
	if s.start.said || s.away != nil || len(s.days) > 0 || !s.on.IsZero() || s.part != anyHalf || s.shift.duration().Abs() > maxLength {
		return time.Time{}, &Unclear{Why: Contradicts, Part: p.words(0, len(p.toks))}
	}
	if zone == nil {
		zone = time.UTC
	}
	t := now.In(zone)
	if s.shift.days != 0 {
		t = Resolve(DateOf(t).AddDays(s.shift.days), ClockOf(t), zone)
	}
	return t.Add(s.shift.rest), nil
}

// dayOf is the day that was said, as seen on now's date.
func (p *parser) dayOf(at Clock, now time.Time) (Date, bool) {
	s, today := p.said, DateOf(now)
	switch {
	case s.away != nil && s.part == night && at < smallHours:
		return today.AddDays(*s.away + 1), true
	case s.away != nil:
		return today.AddDays(*s.away), true
	case !s.on.IsZero():
		return p.dayOfDate(today)
	case s.coming:
		date := today.AddDays(1 + daysUntil(today.AddDays(1), s.days[0].Weekday))
		p.at = s.dayTo
		p.several(SeveralTimes, s.dayFrom, date.String(), date.AddDays(7).String())
		return Date{}, false
	}
	date, step := today, 1
	if len(s.days) > 0 {
		date, step = today.AddDays(daysUntil(today, s.days[0].Weekday)), 7
	}
	if !Resolve(date, at, now.Location()).After(now) {
		date = date.AddDays(step)
	}
	return date, true
}

func (p *parser) dayOfDate(today Date) (Date, bool) {
	date := p.said.on
	if date.Year == 0 {
		date = date.inYear(today)
	}
	if !onDay(date, p.said.days) {
		p.err = &Unclear{Why: Contradicts, Part: date.String()}
		return date, false
	}
	return date, true
}

// daysUntil is how many days it is from d to the weekday, 0 to 6.
func daysUntil(d Date, w time.Weekday) int { return (int(w) - int(d.Weekday()) + 7) % 7 }
