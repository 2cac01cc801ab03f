package tsml

import (
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"peerbot/community/meeting"
	"peerbot/spoken"
)

// Left is why a meeting is not in a list.
type Left int

// Why meetings are left out.
const (
	Unlike Left = iota + 1 // Unlike: it is not every week for good, which is all that the format can say.
	Hidden                 // Hidden: everything about its place is for members alone, or apps cannot open it.
)

// out is a row as it is written.
type out struct {
	Name        string   `json:"name"`
	Slug        string   `json:"slug"`
	Day         int      `json:"day"`
	Time        string   `json:"time"`
	EndTime     string   `json:"end_time"`
	Zone        string   `json:"timezone"`
	Types       []string `json:"types,omitempty"`
	Notes       string   `json:"notes,omitempty"`
	Link        string   `json:"conference_url,omitempty"`
	Phone       string   `json:"conference_phone,omitempty"`
	Location    string   `json:"location,omitempty"`
	Formatted   string   `json:"formatted_address,omitempty"`
	Approximate string   `json:"approximate,omitempty"`
	Regions     []string `json:"regions,omitempty"`
	Holding     string   `json:"attendance_option"`
	Updated     string   `json:"updated,omitempty"`
}

// Write writes the meetings that such a list can hold and counts those that are left
// out. Whatever is in a list can be read by everyone: so the way in and the notes of a
// meeting are in it only where the meeting says that it is open to anyone, and a
// passcode never. A closed meeting is there with its address, or not at all.
func Write(w io.Writer, all []meeting.Meeting) (left map[Left]int, err error) {
	left = map[Left]int{}
	rows, slugs := []out{}, map[string]bool{}
	for _, v := range all {
		shown, why := listed(v)
		if why != 0 {
			left[why]++
			continue
		}
		for _, d := range v.Rule.Days {
			row := rowOf(v, d.Weekday, shown)
			if slugs[row.Slug] {
				row.Slug = v.ID + "-" + strconv.Itoa(row.Day)
			}
			slugs[row.Slug] = true
			rows = append(rows, row)
		}
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(rows); err != nil {
		return nil, fmt.Errorf("write a list of meetings: %w", err)
	}
	return left, nil
}

// place is what everyone may know of where a meeting is.
type place struct{ link, phone, venue, address string }

func (p place) online() bool { return p.link != "" || p.phone != "" }

// house reports whether there is a house to go to.
func (p place) house() bool { return p.venue != "" || p.address != "" }

// listed is what is shown of a meeting, or why it is left out.
func listed(v meeting.Meeting) (shown place, why Left) {
	r := v.Rule
	crosses := int(r.At)+int(r.Length/time.Minute) >= 24*60
	if v.Cancelled || r.Unit != spoken.Weekly || r.Every > 1 || r.Count > 0 || !r.Until.IsZero() ||
		crosses && r.Length > overnight || len(r.Days) == 0 {
		return shown, Unlike
	}
	shown.venue, shown.address = v.Place.Venue, v.Place.Address
	if v.Facts.Doors == meeting.OpenToAll {
		if link, err := ReadLink(v.Place.Link); err == nil {
			shown.link = link
		}
		shown.phone = dialled(v.Place.Phone)
	}
	if !shown.online() && shown.address == "" {
		return shown, Hidden
	}
	return shown, 0
}

func rowOf(v meeting.Meeting, day time.Weekday, shown place) out {
	end := (v.Rule.At + spoken.Clock(v.Rule.Length/time.Minute)) % (24 * 60)
	row := out{
		Name: v.Title, Slug: slugOf(v, day), Day: int(day), Time: v.Rule.At.String(), EndTime: end.String(), Zone: v.Rule.Zone,
		Types: codes(v, shown), Link: shown.link, Phone: shown.phone, Formatted: shown.address,
		Location: shown.venue, Holding: shown.holding(), Updated: v.Changed.UTC().Format(time.DateTime),
	}
	if v.Place.Region != "" {
		row.Regions = strings.Split(v.Place.Region, " > ")
		row.near()
	}
	if v.Facts.Doors == meeting.OpenToAll {
		row.Notes = v.Notes
	}
	return row
}

// near says roughly where an online meeting is at home: apps pass over a meeting that
// is nowhere.
func (o *out) near() {
	if o.Formatted == "" {
		parts := slices.Clone(o.Regions)
		slices.Reverse(parts)
		o.Formatted, o.Approximate = strings.Join(parts, ", "), "yes"
	}
}

// plain is a slug that can be part of a web address, as the apps want it.
var plain = regexp.MustCompile(`^[A-Za-z0-9._~-]{1,62}$`)

// slugOf is the meeting's name for good: the one by which apps know it already, where it
// came from such a list.
func slugOf(v meeting.Meeting, day time.Weekday) string {
	slug := v.ID
	if v.Feed.Source == Source && plain.MatchString(v.Feed.Slug) {
		slug = v.Feed.Slug
	}
	if len(v.Rule.Days) > 1 {
		slug += "-" + strconv.Itoa(int(day))
	}
	return slug
}

func (p place) holding() string {
	switch {
	case !p.online():
		return "in_person"
	case !p.house():
		return "online"
	}
	return "hybrid"
}

// dialled is a phone number with what the format allows: digits, + , * and #.
func dialled(number string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("0123456789+,*#", r) {
			return r
		}
		return -1
	}, number)
}
