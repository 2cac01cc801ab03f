package spoken

import (
	"slices"
	"strconv"
	"time"
)

// dayLeads come before weekdays.
var dayLeads = []string{"on the", "on", "from", "each", "every", "los", "el", "cada", "todos los", "the", "de"}

// weekly takes "Mondays and Wednesdays", "every other Friday", "weekdays", "every day".
func (p *parser) weekly() bool {
	from := p.at
	var days []time.Weekday
	every := 0
	switch {
	case p.say("every day", "each day", "daily", "todos los dias", "cada dia", "diario", "diariamente", "a diario"):
		days = workdays[:]
	case p.try(func(p *parser) bool { return p.say("every", "each", "todas las") && p.partOfDay() }):
		days = workdays[:]
	case p.everyOther(&every):
		days = p.weekdayList()
	default:
		p.say(dayLeads...)
		days = p.weekdayList()
	}
	if len(days) == 0 || p.err != nil {
		return p.err != nil
	}
	if len(p.said.days) > 0 || every > 0 && p.said.every > 0 {
		return p.fail(Contradicts, from)
	}
	if every > 0 {
		p.said.every, p.said.unit = every, Weekly
	}
	for _, d := range days {
		p.said.days = append(p.said.days, Day{Weekday: d})
	}
	return true
}

// everyOther takes "every other", "every 3", "cada dos" before a weekday.
func (p *parser) everyOther(every *int) bool {
	return p.try(func(p *parser) bool {
		if !p.say("every", "each", "cada") {
			return false
		}
		if p.say("other") {
			*every = 2
			return p.weekdayNext()
		}
		n, _, ok := p.number()
		*every = n
		return ok && n > 1 && p.weekdayNext()
	})
}

func (p *parser) weekdayNext() bool {
	at := p.at
	_, ok := lookup(p, weekdays)
	p.at = at
	return ok
}

// workdays are the week from Monday; the first five are days of work.
var workdays = [...]time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday}

// weekdayList takes weekdays and ranges of them, in any order, with or without
// commas; it returns them from Monday, each once, and none when none comes next.
func (p *parser) weekdayList() []time.Weekday {
	var days []time.Weekday
	for more := p.weekdayItem(&days); more; more = p.try(func(p *parser) bool {
		p.listLink()
		return p.weekdayItem(&days)
	}) {
	}
	slices.SortFunc(days, func(a, b time.Weekday) int { return fromMonday(a) - fromMonday(b) })
	return slices.Compact(days)
}

func fromMonday(d time.Weekday) int { return (int(d) + 6) % 7 }

// listLink takes what stands between two items of a list.
func (p *parser) listLink() bool {
	if !p.say(", and", ", y", ", &", ",", "and", "&", "y", "e", "/", "+") {
		return false
	}
	p.say("on", "el", "los")
	return true
}

func (p *parser) weekdayItem(days *[]time.Weekday) bool {
	switch {
	case p.say("weekdays", "weekday", "workdays", "dias laborables", "entre semana"):
		*days = append(*days, workdays[:5]...)
		return true
	case p.say("weekends", "weekend", "fines de semana", "fin de semana"):
		*days = append(*days, workdays[5:]...)
		return true
	}
	first, ok := p.weekday()
	if !ok {
		return false
	}
	last := first
	p.try(func(p *parser) bool {
		if !p.say("-", "to", "through", "thru", "a", "al", "hasta") {
			return false
		}
		d, ok := p.weekday()
		if ok {
			last = d
		}
		return ok
	})
	for d := first; ; d = (d + 1) % 7 {
		*days = append(*days, d)
		if d == last {
			return true
		}
	}
}

// weekday takes one weekday, and the full stop of its abbreviation.
func (p *parser) weekday() (time.Weekday, bool) {
	d, ok := lookup(p, weekdays)
	if ok {
		p.glued(".")
	}
	return d, ok
}

// ordinal takes "2nd", "second", "último": 1 to 5, or -1.
func (p *parser) ordinal() (int, bool) {
	if n, ok := lookup(p, ordinals); ok {
		return n, true
	}
	at := p.at
	n, digits, ok := p.number()
	if ok && digits > 0 && n >= 1 && n <= 5 && p.glued(ordinalEnds...) {
		return n, true
	}
	p.at = at
	return 0, false
}

// ofMonth takes the words that make an ordinal one of the month.
func (p *parser) ofMonth() bool {
	return p.say("of the month", "of each month", "of every month", "in the month", "each month", "every month",
		"monthly", "del mes", "de cada mes", "cada mes", "de mes")
}

// nthWeekdays takes "1st Tuesday", "2nd and 4th Thursday", "last Friday of the month".
// "Every second Friday" is either every other Friday or the second of each month.
func (p *parser) nthWeekdays() bool {
	from := p.at
	every := p.say("every", "each", "cada")
	if !every {
		p.say(dayLeads...)
	}
	var days []Day
	for more := p.nthGroup(&days); more; more = p.try(func(p *parser) bool { return p.listLink() && p.nthGroup(&days) }) {
	}
	if len(days) == 0 {
		return false
	}
	if !p.ofMonth() && every && len(days) == 1 && days[0].Nth > 1 {
		n, weekday := strconv.Itoa(days[0].Nth), days[0].Weekday.String()
		return p.several(SeveralTimes, from, "every "+n+" weeks on "+weekday, ordinalWords[days[0].Nth]+" "+weekday+" of the month")
	}
	if len(p.said.days) > 0 || p.said.unit == Weekly {
		return p.fail(Contradicts, from)
	}
	p.said.days, p.said.unit = days, Monthly
	return true
}

// nthGroup takes one or several ordinals and the weekdays they count.
func (p *parser) nthGroup(days *[]Day) bool {
	nths := p.ordinalList()
	p.say("-")
	if len(nths) == 0 || !p.weekdayNext() {
		return false
	}
	weekday, _ := p.weekday()
	for _, nth := range nths {
		*days = append(*days, Day{Weekday: weekday, Nth: nth})
	}
	return true
}

func (p *parser) ordinalList() (nths []int) {
	one := func(p *parser) bool {
		p.say("the", "el")
		nth, ok := p.ordinal()
		if ok {
			nths = append(nths, nth)
		}
		return ok
	}
	for more := p.try(one); more; more = p.try(func(p *parser) bool { return p.listLink() && one(p) }) {
	}
	return nths
}

// monthDay takes "monthly on the 15th", "el 15 de cada mes", "last day of the month".
func (p *parser) monthDay() bool {
	from := p.at
	led := p.say("on the", "on", "el dia", "el", "dia", "the")
	day, ok := p.dayOfMonth(&led)
	if !ok || !p.ofMonth() && (!led || p.said.unit != Monthly) {
		return false
	}
	if day == 0 || day > 31 {
		return p.fail(NoSuchDate, from)
	}
	if p.said.monthDay != 0 || p.said.unit == Weekly {
		return p.fail(Contradicts, from)
	}
	p.said.monthDay, p.said.unit = day, Monthly
	return true
}

// dayOfMonth takes "15th", "15", or "last day"; an ordinal leads itself.
func (p *parser) dayOfMonth(led *bool) (day int, ok bool) {
	if p.say("last day", "ultimo dia") {
		*led = true
		return -1, true
	}
	n, _, ok := p.number()
	if ok && p.glued(ordinalEnds...) {
		*led = true
	}
	return n, ok && !p.timeFollows()
}

// interval takes "every 2 weeks", "monthly", "cada mes".
func (p *parser) interval() bool {
	from := p.at
	every, unit := 1, Weekly
	switch {
	case p.say("weekly", "once a week", "semanal", "semanalmente"):
	case p.say("fortnightly", "every fortnight"):
		every = 2
	case p.say("monthly", "once a month", "mensual", "mensualmente"):
		unit = Monthly
	case p.say("every", "each", "cada", "todas las", "todos los"):
		every = p.howMany()
		switch {
		case p.say("week", "weeks", "semana", "semanas"):
		case p.say("month", "months", "mes", "meses"):
			unit = Monthly
		default:
			return false
		}
	default:
		return false
	}
	if every < 1 || every > maxEvery || p.said.every > 0 || p.said.unit != "" && p.said.unit != unit {
		return p.fail(Contradicts, from)
	}
	p.said.every, p.said.unit = every, unit
	return true
}

// howMany takes how many units lie between two times: "other", "2nd", "three"; 1 when
// nothing is said.
func (p *parser) howMany() int {
	if p.say("other") {
		return 2
	}
	if n, ok := p.ordinal(); ok && n > 1 {
		return n
	}
	if n, _, ok := p.number(); ok {
		return n
	}
	return 1
}

// maxEvery bounds "every N weeks": two years.
const maxEvery = 104
