package spoken

import "time"

// said is what the clauses have understood so far.
type said struct {
	zone     Zone
	days     []Day
	every    int  // every N units, 0 when nothing was said.
	unit     Unit // unit is Weekly or Monthly when it was said, "" otherwise.
	monthDay int
	once     bool

	on    Date
	from  bool // from: on is a first date, not the only one.
	until Date
	count int

	start, end hour
	timeFrom   int // timeFrom and timeTo are the tokens of the time.
	timeTo     int
	part       half // part is the part of the day, said apart from the time.
	length     time.Duration

	shift   *shift // shift is a distance from now.
	away    *int   // away is a number of days from today.
	coming  bool   // coming: "next Friday", in the tokens dayFrom to dayTo.
	dayFrom int
	dayTo   int
}

// nothing reports whether no clause has been understood.
func (s said) nothing() bool {
	return s.zone == (Zone{}) && len(s.days) == 0 && s.every == 0 && s.unit == "" && s.monthDay == 0 && !s.once &&
		s.on.IsZero() && s.until.IsZero() && s.count == 0 && !s.start.said && s.part == anyHalf && s.length == 0 &&
		s.shift == nil && s.away == nil
}
