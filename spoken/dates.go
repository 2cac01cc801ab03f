package spoken

import "time"

// The years in which dates are read.
const (
	minYear = 1900
	maxYear = 2199
)

// date takes one date, with its year or without.
func (p *parser) date() (d Date, ok bool) {
	for _, form := range []func(*parser) (Date, bool){(*parser).isoDate, (*parser).numericDate, (*parser).dayMonth, (*parser).monthDayDate} {
		p.try(func(p *parser) bool { d, ok = form(p); return ok })
		if ok || p.err != nil {
			return d, ok
		}
	}
	return d, false
}

// isoDate takes "2026-12-03".
func (p *parser) isoDate() (Date, bool) {
	from := p.at
	year, width, ok := p.number()
	if !ok || width != 4 || !p.glued("-", "/", ".") {
		return Date{}, false
	}
	month, _, ok := p.gluedNumber()
	if !ok || !p.glued("-", "/", ".") {
		return Date{}, false
	}
	day, _, ok := p.gluedNumber()
	if !ok {
		return Date{}, false
	}
	d := p.checked(Date{year, time.Month(month), day}, from)
	p.glued("t")
	return d, true
}

// numericDate takes "3.12.2026", and "03/04/2026", which has two readings.
func (p *parser) numericDate() (Date, bool) {
	from := p.at
	first, _, ok := p.number()
	if !ok || !p.glued(".", "/", "-") {
		return Date{}, false
	}
	sign := p.toks[p.at-1].text
	second, _, ok := p.gluedNumber()
	if !ok || !p.glued(sign) {
		return Date{}, false
	}
	year, width, ok := p.gluedNumber()
	if !ok || width != 2 && width != 4 {
		return Date{}, false
	}
	if width == 2 {
		year += 2000
	}
	dayFirst, monthFirst := Date{year, time.Month(second), first}, Date{year, time.Month(first), second}
	switch {
	case sign == "." || dayFirst == monthFirst || !monthFirst.Valid():
		return p.checked(dayFirst, from), true
	case !dayFirst.Valid():
		return p.checked(monthFirst, from), true
	}
	return Date{}, p.several(SeveralTimes, from, dayFirst.String(), monthFirst.String())
}

// dayMonth takes "3 December 2026", "the 3rd of December", "3 de diciembre de 2026".
func (p *parser) dayMonth() (Date, bool) {
	from := p.at
	day, _, ok := p.number()
	if !ok {
		return Date{}, false
	}
	p.glued(ordinalEnds...)
	p.say("of", "de", "-")
	month, ok := p.month()
	if !ok {
		return Date{}, false
	}
	return p.checked(Date{p.year(), month, day}, from), true
}

// monthDayDate takes "December 3rd, 2026".
func (p *parser) monthDayDate() (Date, bool) {
	from := p.at
	month, ok := p.month()
	if !ok {
		return Date{}, false
	}
	p.say("the")
	day, width, ok := p.number()
	if !ok || width == 0 || width > 2 || p.timeFollows() {
		return Date{}, false
	}
	p.glued(ordinalEnds...)
	return p.checked(Date{p.year(), month, day}, from), true
}

// timeFollows reports whether the number just taken was the hour of a time.
func (p *parser) timeFollows() bool {
	at := p.at
	defer func() { p.at = at }()
	return p.glued(":", "h") || p.meridiem() != anyHalf
}

// dateNext reports whether a date comes next, be it in the calendar or not.
func (p *parser) dateNext() bool {
	at, err := p.at, p.err
	_, ok := p.date()
	ok = ok || p.err != err
	p.at, p.err = at, err
	return ok
}

func (p *parser) month() (time.Month, bool) {
	m, ok := lookup(p, months)
	if ok {
		p.glued(".")
	}
	return m, ok
}

// year takes a year of four digits, where one follows; 0 otherwise.
func (p *parser) year() (year int) {
	p.try(func(p *parser) bool {
		p.say(",", "of", "de", "del", "-")
		n, width, ok := p.number()
		if !ok || width != 4 {
			return false
		}
		year = n
		return true
	})
	return year
}

// checked is the date, if the calendar has it.
func (p *parser) checked(d Date, from int) Date {
	if !d.Valid() || d.Year != 0 && (d.Year < minYear || d.Year > maxYear) {
		p.fail(NoSuchDate, from)
	}
	return d
}

// onDate takes a date: the only one, or the first where words say so.
func (p *parser) onDate() bool {
	from := p.at
	first := p.say("starting on", "starting from", "starting", "starts on", "starts", "beginning on", "beginning", "from",
		"as of", "since", "desde el", "desde", "a partir del", "a partir de", "empezando el", "empieza el", "del")
	if !first {
		p.say("on the", "on", "el dia", "el", "dia")
	}
	p.say("the", "el")
	if !p.dateInto(&p.said.on, from) {
		return false
	}
	p.said.from = first
	return true
}

// untilDate takes the last day of a schedule.
func (p *parser) untilDate() bool {
	from := p.at
	if !p.say("until", "till", "til", "through", "thru", "up to", "ending on", "ending", "ends on", "ends", "to",
		"hasta", "al", "a") {
		return false
	}
	p.say("the", "el")
	return p.dateInto(&p.said.until, from)
}

// dateInto takes a date, with the weekday before it where it can be checked.
func (p *parser) dateInto(d *Date, from int) bool {
	read, ok := p.date()
	weekday, named := time.Weekday(0), false
	if !ok && p.err == nil {
		weekday, named = p.weekday()
		p.say(",")
		read, ok = p.date()
	}
	if !ok || p.err != nil || named && read.Year == 0 {
		return p.err != nil
	}
	if !d.IsZero() || named && read.Weekday() != weekday {
		return p.fail(Contradicts, from)
	}
	*d = read
	return true
}

// counted takes how often a schedule happens: "5 times", "10 sesiones".
func (p *parser) counted() bool {
	from := p.at
	p.say("for", "durante", "only")
	n, _, ok := p.number()
	if !ok || !p.say("times", "time", "sessions", "meetings", "occurrences", "veces", "vez", "sesiones", "reuniones") {
		return false
	}
	if n == 0 || n > maxCount || p.said.count > 0 {
		return p.fail(Contradicts, from)
	}
	p.said.count = n
	return true
}

// maxCount bounds how often a schedule happens: ten years of every day.
const maxCount = 3660

// inYear is the first date on or after from with d's month and day, for a date that
// was said without its year. 29 February comes within eight years.
func (d Date) inYear(from Date) Date {
	next := Date{from.Year, d.Month, d.Day}
	for next.Before(from) || !next.Valid() && next.Year <= from.Year+8 {
		next.Year++
	}
	return next
}
