package meeting

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"peerbot/chat"
	"peerbot/schedule"
	"peerbot/spoken"
	"peerbot/storage"
)

// Said is what somebody said about a meeting, as they said it. What is empty was not
// said; Away takes away what was there.
type Said struct {
	Title, ShortName, Notes                string
	When                                   string // When is a schedule, or a moment: "Mondays 8pm", "tomorrow 19:00".
	Zone                                   string // Zone is an IANA name.
	Length                                 time.Duration
	Kind                                   Kind
	Link, Number, Passcode, Phone, Address string
	Programme, Language, Audience, Access  string
	Expect, Minors                         string
	Doors                                  Openness
	Beginners                              string        // Beginners is "yes", "no" or nothing.
	Capacity                               int           // Capacity of 0 was not said, and a negative one takes it away.
	Remind                                 string        // Remind are lead times with commas between them.
	Opens                                  time.Duration // Opens is how long before the start the way in is told.
	Room                                   chat.Address
	Voice                                  chat.Address

	room, voice string // room and voice are the places of Room and Voice, once they are settled.
}

// Away, said of a text, takes it away.
const Away = "-"

// unsettled stands for a place that has no id before the meeting is saved.
const unsettled = "unsettled"

// usualLength is how long a meeting lasts of which nobody said.
const usualLength = time.Hour

// Draft is a new meeting with what was taken for granted.
type Draft struct {
	Meeting
	Assumed []chat.Rich
}

// Draft makes a meeting of what was said. home is the community's zone; it counts
// where none was said. The error is a *chat.Refusal with the option that is wrong or
// lacking.
func (s Said) Draft(home string, now time.Time) (d Draft, err error) {
	if s.When == "" {
		return d, about("when", chat.Refuse(chat.Missing, "meeting.ask_when"))
	}
	p, err := s.schedule(home, now)
	if err != nil {
		return d, about("when", err)
	}
	if d.Assumed, err = s.assumed(p, home); err != nil {
		return d, err
	}
	if d.Meeting, err = s.details(Meeting{Details: Details{Kind: Support, Leads: DefaultLeads()}}); err != nil {
		return d, err
	}
	if d.Rule, err = s.rule(p, schedule.Rule{Zone: home, Length: usualLength}, now); err != nil {
		return d, about("when", err)
	}
	return d, d.Check()
}

// assumed says what is taken for granted of a schedule that was said.
func (s Said) assumed(p spoken.Pattern, home string) (out []chat.Rich, err error) {
	if s.Zone == "" && p.Zone.Name == "" {
		if home == "" {
			return nil, about("zone", chat.Refuse(chat.Missing, "meeting.ask_zone"))
		}
		out = append(out, chat.Say("meeting.assumed_zone", chat.With("zone", ZoneWords(home))))
	}
	if s.Length == 0 && p.Length == 0 {
		out = append(out, chat.Say("meeting.assumed_length", chat.Count("minutes", int(usualLength/time.Minute))))
	}
	return out, nil
}

// schedule reads When: a schedule, else a single time. zone is where it is said.
func (s Said) schedule(zone string, now time.Time) (spoken.Pattern, error) {
	p, err := spoken.ReadPattern(s.When)
	if err == nil {
		return p, nil
	}
	single, other := s.single(zone, now)
	if other != nil {
		return p, spoken.Nearer(err, other)
	}
	return single, nil
}

// single reads When as a single time that is still to come. Its zone is what the
// words name, if that is another.
func (s Said) single(zone string, now time.Time) (p spoken.Pattern, err error) {
	loc, err := spoken.LoadZone(cmp.Or(s.Zone, zone))
	if err != nil {
		loc = nil // Then the words have to name one.
	}
	span, err := spoken.ReadSpan(s.When, now, loc)
	if err != nil {
		return p, err
	}
	if !span.At.After(now) {
		return p, chat.Refuse(chat.Invalid, "meeting.past_moment")
	}
	p = spoken.Pattern{Unit: spoken.Once, On: spoken.DateOf(span.At), Start: spoken.ClockOf(span.At), HasStart: true, Length: span.Length}
	if named := span.At.Location(); named != loc && named != time.UTC {
		p.Zone.Name = named.String()
	}
	return p, nil
}

// rule makes a rule of a schedule that was said; what was not is as in base.
func (s Said) rule(p spoken.Pattern, base schedule.Rule, from time.Time) (schedule.Rule, error) {
	switch {
	case s.Zone != "" && p.Zone.Name != "" && s.Zone != p.Zone.Name:
		return base, about("zone", chat.Refuse(chat.Conflict, "meeting.two_zones",
			chat.With("one", ZoneWords(p.Zone.Name)), chat.With("other", ZoneWords(s.Zone))))
	case s.Length > 0 && p.Length > 0 && s.Length != p.Length:
		return base, about("length", chat.Refuse(chat.Conflict, "meeting.two_lengths",
			chat.Count("one", int(p.Length/time.Minute)), chat.With("other", chat.Say("meeting.minutes", chat.Count("minutes", int(s.Length/time.Minute))))))
	}
	p.Zone.Name = cmp.Or(s.Zone, p.Zone.Name, base.Zone)
	p.Length = cmp.Or(s.Length, p.Length, base.Length)
	if !p.HasStart && base.Unit != "" {
		p.Start, p.HasStart = base.At, true
	}
	if p.Unit == "" && base.Unit != "" {
		base.At, base.Zone, base.Length = p.Start, p.Zone.Name, p.Length
		return base, base.Check()
	}
	zone, err := spoken.LoadZone(p.Zone.Name)
	if err != nil {
		return base, err
	}
	if p, err = p.Dated(spoken.DateOf(from.In(zone))); err != nil {
		return base, err
	}
	if p.Unit == spoken.Once && !spoken.Resolve(p.On, p.Start, zone).After(from) {
		return base, chat.Refuse(chat.Invalid, "meeting.past_moment")
	}
	return schedule.New(p, from, p.Zone.Name)
}

// alter is what was said as a change of the gathering, or of more of its series.
func (s Said) alter(g Gathering, w Which, now time.Time) alteration {
	return func(v Meeting) (Meeting, error) {
		v, err := s.details(v)
		if err == nil && s.timed() {
			v.Rule, err = s.newTime(v.Rule, g, w, now)
		}
		if err == nil {
			err = v.Check()
		}
		return v, about("when", err)
	}
}

// timed reports whether anything was said about when.
func (s Said) timed() bool { return s.When != "" || s.Zone != "" || s.Length != 0 }

// newTime is the rule of a meeting that there is already, as it is after what was
// said: for one date a moment, or a time on that date; else a schedule.
func (s Said) newTime(r schedule.Rule, g Gathering, w Which, now time.Time) (schedule.Rule, error) {
	if s.When == "" {
		r.Zone, r.Length = cmp.Or(s.Zone, r.Zone), cmp.Or(s.Length, r.Length)
		return r, nil
	}
	p, err := spoken.ReadPattern(s.When)
	if w == This && (err != nil || p.Unit != "") {
		p, err = s.single(r.Zone, now)
	}
	if err != nil {
		return r, err
	}
	from := now
	if w == FromHere {
		from = later(now, spoken.Resolve(g.Date, 0, g.Zone()))
	}
	return s.rule(p, r, from)
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// details puts what was said about the meeting, apart from when, into it.
func (s Said) details(v Meeting) (Meeting, error) {
	for _, part := range []struct {
		to   *string
		said string
	}{
		{&v.Title, s.Title}, {&v.ShortName, s.ShortName}, {&v.Notes, s.Notes}, {&v.Place.Link, s.Link},
		{&v.Place.Number, s.Number}, {&v.Place.Passcode, s.Passcode}, {&v.Place.Phone, s.Phone}, {&v.Place.Address, s.Address},
		{&v.Facts.Programme, s.Programme}, {&v.Facts.Language, s.Language}, {&v.Facts.Audience, s.Audience},
		{&v.Facts.Access, s.Access}, {&v.Facts.Expect, s.Expect}, {&v.Facts.Minors, s.Minors},
	} {
		if part.said == Away {
			*part.to = ""
		} else if part.said != "" {
			*part.to = part.said
		}
	}
	v.Kind, v.Facts.Doors = cmp.Or(s.Kind, v.Kind), cmp.Or(s.Doors, v.Facts.Doors)
	v.Opens = cmp.Or(s.Opens, v.Opens)
	v.Facts.Capacity = max(0, cmp.Or(s.Capacity, v.Facts.Capacity))
	if s.Beginners != "" {
		v.Facts.Beginners = s.Beginners == "yes"
	}
	if s.Room != (chat.Address{}) {
		v.Room = cmp.Or(s.room, unsettled)
	}
	if s.Voice != (chat.Address{}) {
		v.Place.Voice = cmp.Or(s.voice, unsettled)
	}
	if s.Remind == "" {
		return v, nil
	}
	leads, err := ReadLeads(s.Remind)
	v.Leads = leads
	return v, about("remind", err)
}

// atStart are the words for a reminder as the meeting starts.
var atStart = []string{"0", "start", "at the start", "inicio", "al inicio", "al empezar"}

// never are the words for no reminder at all.
var never = []string{Away, "never", "none", "no", "nunca", "ninguno"}

// ReadLeads reads lead times with commas between them: "1 day, 1 hour, start". Away,
// and words for it, are none. The error is a *chat.Refusal.
func ReadLeads(text string) ([]time.Duration, error) {
	var leads []time.Duration
	if slices.Contains(never, strings.ToLower(strings.TrimSpace(text))) {
		return nil, nil
	}
	for part := range strings.SplitSeq(text, ",") {
		lead, err := ReadLead(part)
		if err != nil {
			return nil, err
		}
		leads = append(leads, lead)
	}
	return order(leads), nil
}

// ReadOwnLeads reads the lead times of a follower: one to MaxOwnLeads. The error is a
// *chat.Refusal.
func ReadOwnLeads(text string) ([]time.Duration, error) {
	leads, err := ReadLeads(text)
	if err == nil {
		err = Follow{Leads: leads}.checkLeads()
	}
	return leads, err
}

// ReadLead reads one lead time: "15 minutes before", "1h", "start". The error is a
// *chat.Refusal.
func ReadLead(text string) (time.Duration, error) {
	text = strings.ToLower(strings.TrimSpace(text))
	for _, ending := range []string{"before", "antes"} {
		text = strings.TrimSpace(strings.TrimSuffix(text, ending))
	}
	if slices.Contains(atStart, text) {
		return 0, nil
	}
	lead, err := spoken.ReadDuration(text)
	if err != nil {
		return 0, chat.Refuse(chat.Invalid, "meeting.bad_lead")
	}
	return lead, nil
}

// settle gives the places that were said their ids.
func (m *Meetings) settle(tx storage.Tx, home string, s *Said) (err error) {
	if s.Room != (chat.Address{}) {
		if s.room, err = m.spaces.Settle(tx, home, s.Room); err != nil {
			return about("room", err)
		}
	}
	if s.Voice != (chat.Address{}) {
		if s.voice, err = m.spaces.Settle(tx, home, s.Voice); err != nil {
			return about("place", err)
		}
	}
	return nil
}
