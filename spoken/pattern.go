package spoken

import "slices"

// ReadPattern reads a schedule: "Mondays and Wednesdays 8PM until 9PM EST", "every 2
// weeks on Tuesday at 19:00", "last Friday of the month, noon", "once on 3 December
// 2026 at 19:00 for 90 minutes", "lunes y miércoles de 20:00 a 21:00". Days, dates,
// time and zone come in any order, each at most once. A date without its year has
// Year 0; Dated fills it. An end that is not after the start is on the next day.
// The error is an *Unclear.
func ReadPattern(text string) (Pattern, error) { return settle(text, readPattern) }

func readPattern(text string) (Pattern, error) {
	p, err := parse(text, (*parser).onDate, (*parser).untilDate, (*parser).interval, (*parser).onceOnly,
		(*parser).counted, (*parser).nthWeekdays, (*parser).monthDay, (*parser).weekly, (*parser).times,
		(*parser).lasting, (*parser).partOfDay, (*parser).inZone)
	if err != nil {
		return Pattern{}, err
	}
	pattern, ok := p.pattern()
	if !ok {
		return Pattern{}, p.err
	}
	return pattern, nil
}

func (p *parser) onceOnly() bool {
	p.said.once = p.say("once", "one time only", "una vez", "una sola vez")
	return p.said.once
}

// pattern puts together what was said, and fails where it does not fit together.
func (p *parser) pattern() (Pattern, bool) {
	s := p.said
	out := Pattern{
		Unit: s.repeats(), Every: max(s.every, 1), Days: s.days, MonthDay: s.monthDay,
		On: s.on, Until: s.until, Count: s.count, Length: s.length, Zone: s.zone,
	}
	if out.Unit == "" && !s.start.said {
		p.err = &Unclear{Why: NotATime}
		return out, false
	}
	if p.contradicts(out) {
		p.err = &Unclear{Why: Contradicts, Part: p.words(0, len(p.toks))}
		return out, false
	}
	if out.Unit == Once && out.On.Year != 0 {
		out.Days = nil
	}
	return out, !s.start.said || p.setTime(&out)
}

func (p *parser) setTime(out *Pattern) bool {
	span, ok := p.settleTime()
	if !ok {
		return false
	}
	out.Start, out.HasStart = span.start, true
	if span.ranged {
		out.Length = span.start.Until(span.end)
	}
	if out.Length == day {
		p.at = p.said.timeTo
		return !p.fail(Contradicts, p.said.timeFrom)
	}
	return true
}

// repeats is the unit that follows from what was said.
func (s said) repeats() Unit {
	switch {
	case s.unit != "":
		return s.unit
	case s.once || !s.on.IsZero() && !s.from:
		return Once
	case len(s.days) > 0:
		return Weekly
	}
	return ""
}

// contradicts reports whether clauses that are fine alone do not go together.
func (p *parser) contradicts(out Pattern) bool {
	s := p.said
	nth := func(d Day) bool { return d.Nth != 0 }
	counted := slices.ContainsFunc(out.Days, nth)
	return s.once && out.Unit != Once ||
		s.end.said && s.length > 0 ||
		out.Unit == Weekly && counted ||
		out.Unit == Monthly && (len(out.Days) > 0 && !counted || len(out.Days) > 0 && s.monthDay != 0) ||
		out.Unit == Once && (s.count > 1 || !s.until.IsZero() || len(out.Days) > 1 || len(out.Days) > 0 && out.On.IsZero() || !onDay(out.On, out.Days)) ||
		out.On.Year != 0 && out.Until.Year != 0 && out.Until.Before(out.On)
}

// onDay reports whether the date is on the weekday that was said with it; without a
// year nobody knows yet.
func onDay(d Date, days []Day) bool {
	return d.Year == 0 || len(days) == 0 || d.Weekday() == days[0].Weekday
}

// Dated fills the years that were not said: each date is the first that is on or
// after today, and the last day on or after the first. A weekday said with a single
// date has to be right in that year; else the error is an *Unclear.
func (p Pattern) Dated(today Date) (Pattern, error) {
	if !p.On.IsZero() && p.On.Year == 0 {
		p.On = p.On.inYear(today)
	}
	if !p.Until.IsZero() && p.Until.Year == 0 {
		p.Until = p.Until.inYear(latest(today, p.On))
	}
	if !p.Until.IsZero() && p.Until.Before(p.On) {
		return p, &Unclear{Why: Contradicts, Part: p.Until.String()}
	}
	if p.Unit != Once {
		return p, nil
	}
	if !onDay(p.On, p.Days) {
		return p, &Unclear{Why: Contradicts, Part: p.On.String()}
	}
	p.Days = nil
	return p, nil
}

func latest(a, b Date) Date {
	if a.Before(b) {
		return b
	}
	return a
}
