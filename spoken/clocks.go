package spoken

import "slices"

// half is the half of the day to which an hour from 1 to 12 belongs.
type half int

const (
	anyHalf half = iota
	am
	pm
	morning // morning is am, but that 12 in the morning is midnight to some and noon to others.
	night   // night is the end of one day and the beginning of the next: 12 and 2 are after midnight, 9 is before.
)

// smallHours are over at five in the morning.
const smallHours Clock = 5 * 60

// has reports whether a part of the day, said apart from the time, has the time.
func (h half) has(c Clock) bool {
	switch h {
	case am:
		return c < 12*60
	case morning:
		return c <= 12*60
	case pm:
		return c >= 12*60
	case night:
		return c < smallHours || c >= 17*60
	default:
		return true
	}
}

// hour is a time of day as it was said.
type hour struct {
	said  bool
	h, m  int
	half  half
	exact bool // exact: there is one such time a day, whatever the half.
	bare  bool // bare: a number alone, which is a time only if words around it say so.
}

var meridiems = map[half][]string{
	am:      {"am", "a . m .", "a . m", "a m", "de la madrugada"},
	pm:      {"pm", "p . m .", "p . m", "p m", "in the afternoon", "in the evening", "de la tarde", "por la tarde", "del mediodia"},
	morning: {"in the morning", "de la manana", "por la manana"},
	night:   {"at night", "de la noche", "por la noche"},
}

// meridiem takes "am", "in the evening", "de la tarde" and the like.
func (p *parser) meridiem() half {
	for _, h := range []half{am, pm, morning, night} {
		if p.say(meridiems[h]...) {
			return h
		}
	}
	return anyHalf
}

// hour takes one time of day; led says that words before it announce a time.
func (p *parser) hour(led bool) (t hour, ok bool) {
	from := p.at
	switch {
	case p.say("noon", "midday", "mediodia", "el mediodia", "al mediodia", "a mediodia"):
		return hour{said: true, h: 12, exact: true}, true
	case p.say("midnight", "medianoche", "la medianoche", "a medianoche", "a la medianoche"):
		return hour{said: true, exact: true}, true
	}
	n, digits, ok := p.number()
	if !ok || digits > 2 {
		return t, false
	}
	t = hour{said: true, h: n}
	if !p.minutes(&t, digits, led) {
		return t, false
	}
	t.half = p.meridiem()
	if !t.possible() {
		p.fail(NoSuchTime, from)
	}
	t.bare = t.bare && t.half == anyHalf
	t.exact = t.exact || t.half != anyHalf || t.h == 0 || t.h > 12
	return t, true
}

// minutes takes what follows the number of an hour.
func (p *parser) minutes(t *hour, digits int, led bool) bool {
	from := p.at - 1
	if p.glued(":", ".") {
		m, width, ok := p.gluedNumber()
		if !ok {
			return false
		}
		t.m, t.exact = m, digits == 2
		if width != 2 {
			p.fail(NoSuchTime, from)
		}
		if p.glued(":") && !p.glued("00") {
			return false
		}
		return true
	}
	if p.glued("h") || led && p.say("h", "hs", "hrs", "horas") {
		if m, width, ok := p.gluedNumber(); ok && width == 2 {
			t.m = m
		}
		t.exact = true
		return true
	}
	t.bare = !p.say("o ' clock", "en punto")
	switch {
	case p.say("y media"):
		t.m = 30
	case p.say("y cuarto"):
		t.m = 15
	}
	return true
}

// possible reports whether a day has the time; 24:00 is the end of one.
func (t hour) possible() bool {
	if t.half != anyHalf {
		return t.h >= 1 && t.h <= 12 && t.m < 60
	}
	return t.h < 24 && t.m < 60 || t.h == 24 && t.m == 0
}

// clocks are the times that t can be when the part of the day is known or not.
func (t hour) clocks(part half) []Clock {
	if t.half != anyHalf {
		part = t.half
	} else if t.exact {
		return []Clock{Clock(t.h%24*60 + t.m)}
	}
	early := Clock(t.h%12*60 + t.m)
	late := early + 12*60
	switch {
	case part == anyHalf, part == morning && t.h == 12:
		return []Clock{early, late}
	case part == am, part == morning, part == night && early < smallHours:
		return []Clock{early}
	default:
		return []Clock{late}
	}
}

var (
	timeLeads = []string{"at", "from", "starts at", "starting at", "@", "a las", "a la", "de las", "de la",
		"desde las", "desde la", "de"}
	timeLinks = []string{"-", "to", "until", "till", "til", "through", "a las", "a la", "a", "al",
		"hasta las", "hasta la", "hasta"}
	betweenLinks = []string{"and", "y las", "y la", "y"}
)

// times takes a time, or a time range.
func (p *parser) times() bool {
	links := timeLinks
	led := p.say(timeLeads...)
	if !led && p.say("between", "entre las", "entre la", "entre") {
		led, links = true, betweenLinks
	}
	from := p.at
	start, ok := p.hour(led)
	if !ok || p.err != nil {
		return p.err != nil
	}
	var end hour
	p.try(func(p *parser) bool {
		if !p.say(links...) || p.dateNext() {
			return false
		}
		end, ok = p.hour(true)
		return ok
	})
	if start.bare && !led && !end.said {
		return false
	}
	if start.h == 24 {
		return p.fail(NoSuchTime, from)
	}
	if p.said.start.said {
		return p.fail(Contradicts, from)
	}
	p.said.start, p.said.end, p.said.timeFrom, p.said.timeTo = start, end, from, p.at
	return true
}

// partOfDay takes "in the evening" apart from a time.
func (p *parser) partOfDay() bool {
	from := p.at
	part := p.meridiem()
	switch {
	case part != anyHalf:
	case p.say("morning", "mornings", "mananas"):
		part = morning
	case p.say("afternoon", "afternoons", "evening", "evenings", "tardes"):
		part = pm
	case p.say("night", "nights", "noches"):
		part = night
	default:
		return false
	}
	if p.said.part != anyHalf {
		return p.fail(Contradicts, from)
	}
	p.said.part = part
	return true
}

// span is a time range with its meaning settled; length is 0 without an end.
type span struct {
	start, end Clock
	ranged     bool
}

func (s span) String() string {
	if !s.ranged {
		return s.start.String()
	}
	return s.start.String() + "-" + s.end.String()
}

// settleTime chooses between morning and evening where the words allow it: by the
// part of the day, and in a range by the nearer of two.
func (p *parser) settleTime() (span, bool) {
	s := p.said
	starts := s.start.clocks(s.part)
	spans := make([]span, 0, len(starts))
	for _, start := range starts {
		spans = append(spans, s.spanFrom(start))
	}
	if s.end.half != anyHalf {
		spans = []span{slices.MinFunc(spans, byLength)}
	}
	if len(spans) > 1 {
		p.at = s.timeTo
		p.several(SeveralTimes, s.timeFrom, spans[0].String(), spans[1].String())
		return span{}, false
	}
	if !s.part.has(spans[0].start) {
		p.at = s.timeTo
		p.fail(Contradicts, s.timeFrom)
		return span{}, false
	}
	return spans[0], true
}

func byLength(a, b span) int { return int(a.start.Until(a.end) - b.start.Until(b.end)) }

// spanFrom ends the range at the nearest time that the words allow.
func (s said) spanFrom(start Clock) span {
	if !s.end.said {
		return span{start: start}
	}
	ends := s.end.clocks(anyHalf)
	end := slices.MinFunc(ends, func(a, b Clock) int { return int(start.Until(a) - start.Until(b)) })
	return span{start: start, end: end, ranged: true}
}
