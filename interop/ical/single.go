package ical

import (
	"peerbot/chat"
	"peerbot/community/meeting"
	"peerbot/schedule"
	"peerbot/spoken"
)

// dateOf is the date of the rule that a time names: the day itself, or the day of the
// gathering that begins then.
func dateOf(rule schedule.Rule, s stamp) (d spoken.Date, ok bool) {
	if s.allDay {
		_, ok = rule.On(s.date)
		return s.date, ok
	}
	zone, err := spoken.LoadZone(rule.Zone)
	if err != nil {
		return d, false
	}
	local := s.at().In(zone)
	for _, d := range []spoken.Date{spoken.DateOf(local), spoken.DateOf(local).AddDays(-1)} { // A skipped day is told on the next.
		if o, has := rule.On(d); has && !o.Moved && o.Start.Equal(s.at()) {
			return d, true
		}
	}
	return d, false
}

// maxSingles is how many single dates of an event are read; a meeting can have no more.
const maxSingles = 400

// takeOut excludes the dates that the event names so. What names none of its dates
// takes nothing out.
func (r reader) takeOut(b *block, rule *schedule.Rule) error {
	bare := *rule
	for _, l := range b.all("EXDATE") {
		stamps, err := r.stamps(l)
		if err != nil {
			return err
		}
		for _, s := range stamps {
			if d, ok := dateOf(bare, s); ok {
				*rule = rule.Exclude(d)
			}
			if len(rule.Excluded) > maxSingles {
				return notSayable(l.name)
			}
		}
	}
	return nil
}

// added are the dates beside the rule, each a meeting of its own.
func (r reader) added(b *block, main meeting.Meeting) (out []meeting.Meeting, err error) {
	for _, l := range b.all("RDATE") {
		stamps, err := r.stamps(l)
		if err != nil {
			return nil, err
		}
		for _, s := range stamps {
			if s.allDay {
				return nil, chat.Refuse(chat.Missing, "interop.row.all_day")
			}
			if _, has := dateOf(main.Rule, s); has {
				continue
			}
			v := main
			v.Rule = once(r.at(s.at(), main.Rule.Zone), main.Rule)
			if out = append(out, v); len(out) > maxSingles {
				return nil, notSayable(l.name)
			}
		}
	}
	return out, nil
}

func once(s stamp, like schedule.Rule) schedule.Rule {
	return schedule.Rule{Unit: spoken.Once, First: s.date, At: s.clock, Zone: s.zone, Length: like.Length}
}

// override takes in what is different about one date: it is cancelled, it is moved, or
// it is a meeting of its own, which is returned.
func (r reader) override(b *block, main *meeting.Meeting) ([]meeting.Meeting, error) {
	id, _ := b.one("RECURRENCE-ID")
	s, err := r.stamp(id.value, id.params["TZID"])
	if err != nil {
		return nil, err
	}
	d, ok := dateOf(main.Rule, s)
	switch {
	case id.params["RANGE"] != "":
		return nil, notSayable("RANGE=" + id.params["RANGE"])
	case !ok:
		return nil, refuse("interop.row.no_such_date", "date", id.value)
	case cancelled(b):
		main.Rule = main.Rule.Exclude(d)
		return nil, nil
	}
	v, err := r.event(b)
	if err != nil {
		return nil, err
	}
	if v.Title != main.Title || v.Notes != main.Notes || v.Place != main.Place {
		main.Rule = main.Rule.Exclude(d)
		return []meeting.Meeting{v}, nil
	}
	o, _ := v.Rule.On(v.Rule.First)
	to := r.at(o.Start, main.Rule.Zone)
	main.Rule = main.Rule.MoveOne(d, to.date, to.clock, v.Rule.Length)
	if !to.at().Equal(o.Start) { // It is at the second of two equal times of one night.
		return nil, refuse("interop.row.bad_time", "time", id.value)
	}
	return nil, nil
}
