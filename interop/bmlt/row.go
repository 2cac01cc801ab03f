package bmlt

import (
	"cmp"
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"peerbot/chat"
	"peerbot/community/meeting"
	"peerbot/interop/tsml"
	"peerbot/schedule"
	"peerbot/spoken"
)

// wire is a meeting as a server gives it: every value is a text.
type wire struct {
	ID           string `json:"id_bigint"`
	Name         string `json:"meeting_name"`
	Weekday      string `json:"weekday_tinyint"`
	Start        string `json:"start_time"`
	Duration     string `json:"duration_time"`
	Zone         string `json:"time_zone"`
	Venue        string `json:"venue_type"`
	Formats      string `json:"formats"`
	Published    string `json:"published"`
	Language     string `json:"lang_enum"`
	Text         string `json:"location_text"`
	Info         string `json:"location_info"`
	Street       string `json:"location_street"`
	Neighborhood string `json:"location_neighborhood"`
	City         string `json:"location_municipality"`
	Province     string `json:"location_province"`
	Postal       string `json:"location_postal_code_1"`
	Nation       string `json:"location_nation"`
	Phone        string `json:"phone_meeting_number"`
	Link         string `json:"virtual_meeting_link"`
	LinkInfo     string `json:"virtual_meeting_additional_info"`
	Comments     string `json:"comments"`
}

func (w wire) row(types map[string]string, o tsml.Options) meeting.Row {
	row := meeting.Row{Slug: chat.Line(w.ID), Name: chat.Line(w.Name)}
	err := w.fill(&row, types, o)
	if err == nil {
		err = row.Meeting.Check()
	}
	if err != nil && !errors.As(err, &row.Refused) {
		row.Refused = chat.Refuse(chat.Invalid, "interop.row.unreadable")
	}
	return row
}

func (w wire) fill(row *meeting.Row, types map[string]string, o tsml.Options) (err error) {
	switch {
	case row.Name == "":
		return chat.Refuse(chat.Missing, "interop.row.no_name")
	case row.Slug == "":
		return chat.Refuse(chat.Missing, "interop.row.no_slug")
	case w.Published != "" && w.Published != "1":
		return chat.Refuse(chat.Missing, "interop.row.inactive")
	}
	v := &row.Meeting
	v.Title, v.Kind = row.Name, meeting.Support
	if v.Rule, err = w.rule(o); err != nil {
		return err
	}
	said := w.types(types)
	if v.Place, err = w.place(slices.Contains(said, shut)); err != nil {
		return err
	}
	v.Facts, row.Unknown = tsml.Facts(programme, said)
	if lang := strings.ToLower(strings.TrimSpace(w.Language)); lang != "" && v.Facts.Language == "" {
		v.Facts.Language = lang
	}
	v.Notes = chat.Block(joined("\n", w.Comments, w.Info))
	tsml.Unlink(v)
	return nil
}

// types are the codes of the row's formats.
func (w wire) types(types map[string]string) (out []string) {
	for key := range strings.SplitSeq(w.Formats, ",") {
		if key = strings.TrimSpace(key); key != "" {
			out = append(out, cmp.Or(types[key], key))
		}
	}
	return out
}

// rule is the weekly rule. The first day of the week is Sunday, and is 1.
func (w wire) rule(o tsml.Options) (r schedule.Rule, err error) {
	day, err := strconv.Atoi(strings.TrimSpace(w.Weekday))
	if err != nil || day < 1 || day > 7 {
		return r, chat.Refuse(chat.Invalid, "interop.row.bad_day", chat.Text("day", short(w.Weekday)))
	}
	zone := cmp.Or(chat.Line(w.Zone), o.Zone)
	if zone == "" {
		return r, chat.Refuse(chat.Missing, "interop.row.no_zone")
	}
	loc, err := tsml.LoadZone(zone)
	if err != nil {
		return r, err
	}
	at, ok := clock(w.Start)
	if !ok || at >= 24*time.Hour {
		return r, chat.Refuse(chat.Invalid, "interop.row.bad_time", chat.Text("time", short(w.Start)))
	}
	length, ok := clock(w.Duration)
	if w.Duration == "" || ok && length == 0 {
		length, ok = usual, true
	}
	if !ok || length > schedule.MaxLength {
		return r, chat.Refuse(chat.Invalid, "interop.row.bad_length", chat.Text("length", short(w.Duration)))
	}
	return tsml.Weekly(time.Weekday(day-1), spoken.Clock(at/time.Minute), length, zone, spoken.DateOf(o.Today.In(loc))), nil
}

// usual is how long a meeting lasts that does not say.
const usual = time.Hour

var hours = regexp.MustCompile(`^([0-9]{1,2}):([0-5][0-9])(?::00)?$`)

// clock reads "19:30:00".
func clock(said string) (time.Duration, bool) {
	m := hours.FindStringSubmatch(strings.TrimSpace(said))
	if m == nil {
		return 0, false
	}
	hour, _ := strconv.Atoi(m[1])
	minute, _ := strconv.Atoi(m[2])
	return time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute, hour <= 24
}

// The kinds of venue.
const (
	inPerson = "1"
	virtual  = "2"
	hybrid   = "3"
)

// shut is the type of a building that is closed for now.
const shut = "TC"

// place is where it is: of a virtual meeting there is no address, nor of one whose
// building is shut, and of one in person no link.
func (w wire) place(shut bool) (p meeting.Place, err error) {
	venue := strings.TrimSpace(w.Venue)
	if venue != "" && venue != inPerson && venue != virtual && venue != hybrid {
		return p, chat.Refuse(chat.Invalid, "interop.row.bad_venue", chat.Text("venue", short(venue)))
	}
	if venue != inPerson {
		if p.Link, err = tsml.ReadLink(strings.TrimSpace(w.Link)); err != nil {
			return p, err
		}
		p.Passcode, p.Phone = chat.Line(w.LinkInfo), chat.Line(w.Phone)
	}
	switch nowhere := p == (meeting.Place{}); {
	case nowhere && venue == virtual:
		return p, chat.Refuse(chat.Missing, "interop.row.no_way_in")
	case nowhere && shut:
		return p, chat.Refuse(chat.Missing, "interop.row.inactive")
	case shut || venue == virtual:
		p.Region = joined(" > ", w.Province, w.City)
		return p, nil
	}
	p.Venue = chat.Line(w.Text)
	p.Region = chat.Line(w.Neighborhood)
	p.Address = joined(", ", w.Street, w.City, joined(" ", w.Province, w.Postal), w.Nation)
	return p, nil
}

// joined joins what is not empty.
func joined(sep string, parts ...string) string {
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), sep)
}

// short is as much of what stands in a list as a sentence can hold.
func short(text string) string {
	text, _ = chat.Cut(chat.Line(text), 40)
	return text
}
