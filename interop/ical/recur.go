package ical

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"peerbot/schedule"
	"peerbot/spoken"
)

// recur is an RRULE that is being read: what has not been understood yet, by name.
type recur struct {
	parts map[string]string
	start stamp
	rule  schedule.Rule
}

// readRule puts the recurrence into the rule, which has its start already. What the
// rule cannot say is a *chat.Refusal that names it.
func readRule(value string, start stamp, rule schedule.Rule, c clocks) (schedule.Rule, error) {
	r := &recur{parts: map[string]string{}, start: start, rule: rule}
	for part := range strings.SplitSeq(strings.ToUpper(value), ";") {
		name, v, ok := strings.Cut(strings.TrimSpace(part), "=")
		if _, twice := r.parts[name]; part != "" && (!ok || twice) {
			return rule, notSayable(part)
		}
		r.parts[name] = v
	}
	delete(r.parts, "")
	for _, step := range []func() error{r.every, r.days, r.order, r.sameClock, func() error { return r.end(c) }} {
		if err := step(); err != nil {
			return rule, err
		}
	}
	for name, v := range r.parts {
		return rule, notSayable(name + "=" + v)
	}
	return r.rule, nil
}

func notSayable(part string) error { return refuse("interop.row.repeats", "part", part) }

// take is a part that is understood now.
func (r *recur) take(name string) string {
	v := r.parts[name]
	delete(r.parts, name)
	return v
}

// every reads how often: days are weeks of seven days, and years are twelve months.
func (r *recur) every() error {
	freq, said := r.take("FREQ"), r.take("INTERVAL")
	n, err := strconv.Atoi(cmp.Or(said, "1"))
	if err != nil || n < 1 || n > 1000 {
		return notSayable("INTERVAL=" + said)
	}
	r.rule.Unit, r.rule.Every = spoken.Weekly, n
	switch freq {
	case "WEEKLY":
		return nil
	case "DAILY":
		return r.daily(n)
	case "MONTHLY":
		r.rule.Unit = spoken.Monthly
		return nil
	case "YEARLY":
		r.rule.Unit, r.rule.Every = spoken.Monthly, 12*n
		return r.yearly()
	}
	return notSayable("FREQ=" + freq)
}

// daily is each day, or one weekday every so many weeks.
func (r *recur) daily(n int) error {
	switch {
	case n == 1 && r.parts["BYDAY"] == "":
		r.parts["BYDAY"] = strings.Join(weekdays[:], ",")
	case n == 1:
	case n%7 == 0 && r.parts["BYDAY"] == "":
		r.rule.Every = n / 7
	default:
		return notSayable("FREQ=DAILY")
	}
	return nil
}

// yearly is in the month of its first date. A weekday without a month would be one of
// the year.
func (r *recur) yearly() error {
	month, given := r.parts["BYMONTH"]
	switch {
	case given && month != strconv.Itoa(int(r.start.date.Month)):
		return notSayable("BYMONTH=" + month)
	case !given && (r.parts["BYDAY"] != "" || r.parts["BYMONTHDAY"] != ""):
		return notSayable("FREQ=YEARLY")
	}
	r.take("BYMONTH")
	return nil
}

var weekday = regexp.MustCompile(`^([+-]?[0-9]{1,2})?(SU|MO|TU|WE|TH|FR|SA)$`)

// days reads on which days; where none are named it is that of the first date.
func (r *recur) days() error {
	byDay, byDate := r.take("BYDAY"), r.take("BYMONTHDAY")
	switch {
	case byDay != "" && byDate != "":
		return notSayable("BYMONTHDAY=" + byDate)
	case byDate != "" || byDay == "" && r.rule.Unit == spoken.Monthly:
		return r.monthDay(cmp.Or(byDate, strconv.Itoa(r.start.date.Day)))
	case byDay == "":
		r.rule.Days = []spoken.Day{{Weekday: r.start.date.Weekday()}}
		return nil
	}
	for said := range strings.SplitSeq(byDay, ",") {
		m := weekday.FindStringSubmatch(strings.TrimSpace(said))
		if m == nil {
			return notSayable("BYDAY=" + byDay)
		}
		nth, _ := strconv.Atoi(m[1]) // "" is each.
		if nth < -1 || nth > 5 || nth != 0 && r.rule.Unit == spoken.Weekly || nth == 0 && m[1] != "" {
			return notSayable("BYDAY=" + byDay)
		}
		r.rule.Days = append(r.rule.Days, spoken.Day{Weekday: time.Weekday(slices.Index(weekdays[:], m[2])), Nth: nth})
	}
	return nil
}

// monthDay reads the one day of the month.
func (r *recur) monthDay(said string) error {
	n, err := strconv.Atoi(said)
	if err != nil || n == 0 || n < -1 || n > 31 || r.rule.Unit != spoken.Monthly {
		return notSayable("BYMONTHDAY=" + said)
	}
	r.rule.MonthDay = n
	return nil
}

// order reads which of the days of a month, and where weeks begin: that matters only
// for several days in every other week.
func (r *recur) order() error {
	if nth := r.take("BYSETPOS"); nth != "" {
		n, err := strconv.Atoi(nth)
		if err != nil || n == 0 || n < -1 || n > 5 || r.rule.Unit != spoken.Monthly || len(r.rule.Days) != 1 || r.rule.Days[0].Nth != 0 {
			return notSayable("BYSETPOS=" + nth)
		}
		r.rule.Days[0].Nth = n
	}
	begin := r.take("WKST")
	if begin != "" && begin != "MO" && r.rule.Unit == spoken.Weekly && r.rule.Every > 1 && len(r.rule.Days) > 1 {
		return notSayable("WKST=" + begin)
	}
	return nil
}

// sameClock takes a time of day that is the one of the start.
func (r *recur) sameClock() error {
	for name, want := range map[string]int{"BYHOUR": int(r.start.clock) / 60, "BYMINUTE": int(r.start.clock) % 60, "BYSECOND": 0} {
		if said, given := r.parts[name]; given && said == strconv.Itoa(want) {
			r.take(name)
		}
	}
	return nil
}

// end reads the last date, or how many there are.
func (r *recur) end(c clocks) error {
	until, count := r.take("UNTIL"), r.take("COUNT")
	switch {
	case until != "" && count != "":
		return notSayable("COUNT=" + count)
	case count != "":
		return r.times(count)
	case until != "":
		return r.until(until, c)
	}
	return nil
}

// maxTimes is how many dates of a rule are counted.
const maxTimes = 1000

// times puts the last of so many dates into the rule: it is found once, and not each
// time that somebody asks when the meeting is.
func (r *recur) times(said string) error {
	n, err := strconv.Atoi(said)
	if err != nil || n < 1 || n > maxTimes {
		return notSayable("COUNT=" + said)
	}
	for o := range r.rule.Between(time.Time{}, r.start.at().AddDate(ahead*5, 0, 0)) {
		if n--; n == 0 {
			r.rule.Until = o.Date
			return nil
		}
	}
	return notSayable("COUNT=" + said)
}

// seconds are those of a time that bounds others, which are on the minute.
var seconds = regexp.MustCompile(`[0-5][0-9](Z?)$`)

// until is the last date whose time is not after what was written.
func (r *recur) until(said string, c clocks) error {
	if strings.Contains(said, "T") {
		said = seconds.ReplaceAllString(said, "00$1")
	}
	s, err := c.stamp(said, r.rule.Zone)
	if err != nil {
		return err
	}
	r.rule.Until = s.date
	if s.allDay {
		return nil
	}
	zone, err := spoken.LoadZone(r.rule.Zone)
	if err != nil {
		return err
	}
	r.rule.Until = spoken.DateOf(s.at().In(zone))
	if spoken.Resolve(r.rule.Until, r.rule.At, zone).After(s.at()) {
		r.rule.Until = r.rule.Until.AddDays(-1)
	}
	return nil
}
