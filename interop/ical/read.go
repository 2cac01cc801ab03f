package ical

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"time"

	"peerbot/chat"
	"peerbot/community/meeting"
	"peerbot/interop/tsml"
	"peerbot/schedule"
	"peerbot/spoken"
)

// Read reads the events of a calendar as meetings, each exactly or refused with a
// reason. zone is an IANA name for times without one; "" refuses those. Organizers and
// guests are never read; what we have no place for is left out. The error is a
// *chat.Refusal of the whole text.
func Read(data []byte, zone string, now time.Time) ([]meeting.Row, error) {
	text, err := tsml.Text(unfolded(data))
	if err != nil {
		return nil, err
	}
	cals, err := blocksOf(string(text))
	if err != nil {
		return nil, err
	}
	var rows []meeting.Row
	n := 0
	for _, cal := range cals {
		r := reader{clocks: clocksOf(cal, zone), now: now, cancels: strings.EqualFold(cal.value("METHOD"), "CANCEL")}
		for _, g := range groups(cal, &n) {
			rows = append(rows, r.rows(g)...)
		}
	}
	if n > tsml.MaxRows {
		return nil, chat.Refuse(chat.Invalid, "interop.too_many", chat.Count("most", tsml.MaxRows))
	}
	return tsml.Apart(rows), nil
}

type reader struct {
	clocks
	now     time.Time
	cancels bool // cancels: all of the calendar is what does not take place any more.
}

// group is an event with what is different about single dates of it.
type group struct {
	number int
	uid    string
	mains  []*block
	others []*block
}

// groups are the events of a calendar by their UID, in order. n counts events.
func groups(cal *block, n *int) (out []*group) {
	by := map[string]*group{}
	for _, b := range cal.blocks {
		if b.name != "VEVENT" {
			continue
		}
		*n++
		uid := strings.TrimSuffix(chat.Line(b.value("UID")), ours)
		g := by[uid]
		if g == nil || uid == "" {
			g = &group{number: *n, uid: uid}
			by[uid], out = g, append(out, g)
		}
		if _, single := b.one("RECURRENCE-ID"); single {
			g.others = append(g.others, b)
		} else {
			g.mains = append(g.mains, b)
		}
	}
	return out
}

// ours ends the UID of an event that we have written ourselves.
const ours = "@peerbot"

// rows are the meetings of a group. One refusal refuses all of it: half of a series
// would not be what was written.
func (r reader) rows(g *group) []meeting.Row {
	first := append(slices.Clone(g.mains), g.others...)[0]
	row := meeting.Row{Number: g.number, Dated: true, Slug: g.uid, Name: chat.Line(first.text("SUMMARY"))}
	rows, err := r.read(g, row)
	if err == nil {
		for i := range rows {
			if err = rows[i].Meeting.Check(); err != nil {
				break
			}
		}
	}
	if err == nil && len(rows) == 0 {
		err = chat.Refuse(chat.Missing, "interop.row.over")
	}
	if err == nil {
		return rows
	}
	if err = chat.Misread(err); !errors.As(err, &row.Refused) {
		row.Refused = chat.Refuse(chat.Invalid, "interop.row.unreadable")
	}
	return []meeting.Row{row}
}

func (r reader) read(g *group, row meeting.Row) ([]meeting.Row, error) {
	switch {
	case row.Slug == "" || len(row.Slug) > 200:
		return nil, chat.Refuse(chat.Missing, "interop.row.no_slug")
	case r.cancels:
		return nil, chat.Refuse(chat.Missing, "interop.row.inactive")
	case len(g.mains) > 1:
		return nil, refuse("interop.same_slug", "slug", row.Slug)
	case len(g.others) > maxSingles:
		return nil, notSayable("RECURRENCE-ID")
	case len(g.mains) == 0:
		return r.loose(g, row)
	}
	main, err := r.event(g.mains[0])
	if err != nil {
		return nil, err
	}
	if err := r.takeOut(g.mains[0], &main.Rule); err != nil {
		return nil, err
	}
	extra, err := r.added(g.mains[0], main)
	if err != nil {
		return nil, err
	}
	for _, b := range g.others {
		single, err := r.override(b, &main)
		if err != nil {
			return nil, err
		}
		extra = append(extra, single...)
	}
	return r.coming(row, main, extra), nil
}

// loose are single dates of an event that is not in the calendar itself.
func (r reader) loose(g *group, row meeting.Row) ([]meeting.Row, error) {
	var all []meeting.Meeting
	for _, b := range g.others {
		v, err := r.event(b)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return r.coming(row, meeting.Meeting{}, all), nil
}

// coming are the rows of what is still to come: the main event, and single dates that
// are named by their day.
func (r reader) coming(row meeting.Row, main meeting.Meeting, singles []meeting.Meeting) (out []meeting.Row) {
	if _, ok := main.Rule.Next(r.now); ok {
		row.Meeting = main
		out = append(out, row)
	}
	for _, v := range singles {
		if _, ok := v.Rule.Next(r.now); ok {
			single := row
			single.Name, single.Meeting = v.Title, v
			single.Slug += "@" + v.Rule.First.String() + "T" + v.Rule.At.String()
			out = append(out, single)
		}
	}
	return out
}

// event is a meeting of what an event says, without its exceptions.
func (r reader) event(b *block) (v meeting.Meeting, err error) {
	if err := sound(b); err != nil {
		return v, err
	}
	v.Title, v.Kind = chat.Line(b.text("SUMMARY")), meeting.Support
	v.Notes = chat.Block(b.text("DESCRIPTION"))
	if v.Title == "" {
		return v, chat.Refuse(chat.Missing, "interop.row.no_name")
	}
	said := chat.Line(b.text("LOCATION"))
	link := firstLink(said)
	if v.Place.Link, err = linkOf(b, link); err != nil {
		return v, err
	}
	if said != link {
		v.Place.Address = said
		tsml.Unlink(&v)
	}
	v.Rule, err = r.rule(b)
	return v, err
}

// sound refuses what is not a meeting for others to come to.
func sound(b *block) error {
	class := strings.ToUpper(b.value("CLASS"))
	switch {
	case b.broken:
		return chat.Refuse(chat.Invalid, "interop.row.unreadable")
	case class == "PRIVATE" || class == "CONFIDENTIAL":
		return chat.Refuse(chat.Denied, "interop.row.private")
	case cancelled(b):
		return chat.Refuse(chat.Missing, "interop.row.inactive")
	case len(b.all("RRULE")) > 1 || len(b.all("EXRULE")) > 0:
		return notSayable("EXRULE")
	}
	return nil
}

func cancelled(b *block) bool { return strings.EqualFold(b.value("STATUS"), "CANCELLED") }

// firstLink is the first web address of a text; "" for none.
func firstLink(said string) string {
	for part := range strings.FieldsFuncSeq(said, func(c rune) bool { return strings.ContainsRune(" ;<>", c) }) {
		if lower := strings.ToLower(part); strings.HasPrefix(lower, "https://") || strings.HasPrefix(lower, "http://") {
			return part
		}
	}
	return ""
}

// linkOf is the way in. It has to lead to a meeting program; the address of an event's
// own page, of which there may be one too, is left out.
func linkOf(b *block, located string) (string, error) {
	said := cmp.Or(b.value("CONFERENCE"), b.value("X-GOOGLE-CONFERENCE"), b.value("X-MICROSOFT-SKYPETEAMSMEETINGURL"), located)
	link, err := tsml.ReadLink(said)
	if err == nil && link == "" {
		link, _ = tsml.ReadLink(b.value("URL"))
	}
	return link, err
}

// rule is when the event is.
func (r reader) rule(b *block) (rule schedule.Rule, err error) {
	begin, ok := b.one("DTSTART")
	if !ok {
		return rule, chat.Refuse(chat.Missing, "interop.row.no_time")
	}
	start, err := r.stamp(begin.value, begin.params["TZID"])
	if err != nil {
		return rule, err
	}
	if start.allDay {
		return rule, chat.Refuse(chat.Missing, "interop.row.all_day")
	}
	again, repeats := b.one("RRULE")
	if start.zone == "UTC" && !repeats {
		start = r.at(start.at(), cmp.Or(r.usual, "UTC"))
	}
	rule = schedule.Rule{Unit: spoken.Once, First: start.date, At: start.clock, Zone: start.zone}
	if rule.Length, err = r.length(b, start); err == nil {
		err = rule.Check()
	}
	if err != nil || !repeats {
		return rule, err
	}
	if rule, err = readRule(again.value, start, rule, r.clocks); err != nil {
		return rule, err
	}
	if _, ok := rule.On(rule.First); !ok {
		return rule, chat.Refuse(chat.Invalid, "interop.row.first_date")
	}
	return rule, nil
}

// at is an instant on the clocks of a zone.
func (r reader) at(t time.Time, zone string) stamp {
	loc, err := spoken.LoadZone(zone)
	if err != nil {
		loc, zone = time.UTC, "UTC"
	}
	return stamp{date: spoken.DateOf(t.In(loc)), clock: spoken.ClockOf(t.In(loc)), zone: zone}
}

// usual is how long an event lasts that does not say.
const usual = time.Hour

// length is how long the event lasts.
func (r reader) length(b *block, start stamp) (time.Duration, error) {
	if said, ok := b.one("DURATION"); ok {
		d, fine := length(said.value)
		if !fine || d%time.Minute != 0 || d > schedule.MaxLength {
			return 0, refuse("interop.row.bad_length", "length", said.value)
		}
		return d, nil
	}
	said, ok := b.one("DTEND")
	if !ok {
		return usual, nil
	}
	end, err := r.stamp(said.value, said.params["TZID"])
	if err != nil {
		return 0, err
	}
	d := end.at().Sub(start.at())
	if end.allDay || d < schedule.MinLength || d > schedule.MaxLength {
		return 0, refuse("interop.row.bad_length", "length", said.value)
	}
	return d, nil
}
