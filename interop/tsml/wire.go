package tsml

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"peerbot/chat"
)

// wire is a row as it is written. What is about persons is not among its fields.
type wire struct {
	Name          text  `json:"name"`
	Slug          text  `json:"slug"`
	Day           texts `json:"day,omitempty"`
	Time          text  `json:"time,omitempty"`
	EndTime       text  `json:"end_time,omitempty"`
	Zone          text  `json:"timezone,omitempty"`
	Types         texts `json:"types,omitempty"`
	Notes         text  `json:"notes,omitempty"`
	Link          text  `json:"conference_url,omitempty"`
	LinkNotes     text  `json:"conference_url_notes,omitempty"`
	Phone         text  `json:"conference_phone,omitempty"`
	PhoneNotes    text  `json:"conference_phone_notes,omitempty"`
	Location      text  `json:"location,omitempty"`
	LocationNotes text  `json:"location_notes,omitempty"`
	Region        text  `json:"region,omitempty"`
	SubRegion     text  `json:"sub_region,omitempty"`
	Regions       texts `json:"regions,omitempty"`
	Formatted     text  `json:"formatted_address,omitempty"`
	Address       text  `json:"address,omitempty"`
	City          text  `json:"city,omitempty"`
	State         text  `json:"state,omitempty"`
	Postal        text  `json:"postal_code,omitempty"`
	Country       text  `json:"country,omitempty"`
	Approximate   text  `json:"approximate,omitempty"`
	Holding       text  `json:"attendance_option,omitempty"`
}

// text is a text, or a number or a truth value where others write one.
type text string

var errNotText = errors.New("not a text")

// UnmarshalJSON reads a scalar; null is nothing.
func (t *text) UnmarshalJSON(b []byte) error {
	switch b = bytes.TrimSpace(b); {
	case len(b) == 0 || string(b) == "null":
		*t = ""
		return nil
	case b[0] == '"':
		var s string
		err := json.Unmarshal(b, &s)
		*t = text(strings.TrimSpace(s))
		return err
	case b[0] == '{' || b[0] == '[':
		return errNotText
	}
	*t = text(b)
	return nil
}

// String is the text as it is.
func (t text) String() string { return string(t) }

// line is the text on one line.
func (t text) line() string { return chat.Line(string(t)) }

// texts are an array of texts, or one alone.
type texts []string

// maxTexts is how many types or regions a row may have: no fellowship has as many.
const maxTexts = 100

var errTooMany = errors.New("too many in one row")

// UnmarshalJSON reads both; what is empty is left out.
func (t *texts) UnmarshalJSON(b []byte) error {
	all := []text{""}
	var err error
	if b = bytes.TrimSpace(b); len(b) > 0 && b[0] == '[' {
		err = json.Unmarshal(b, &all)
	} else {
		err = all[0].UnmarshalJSON(b)
	}
	if *t = nil; len(all) > maxTexts {
		return errTooMany
	}
	for _, one := range all {
		if one != "" {
			*t = append(*t, string(one))
		}
	}
	return err
}

// readDay reads a day of the week: 0 for Sunday to 6, or its name in English or Spanish.
func readDay(said string) (time.Weekday, bool) {
	said = strings.ToLower(strings.TrimSpace(said))
	if len(said) == 1 && said[0] >= '0' && said[0] <= '6' {
		return time.Weekday(said[0] - '0'), true
	}
	if len([]rune(said)) < 3 {
		return 0, false
	}
	for i, names := range dayNames {
		for _, name := range names {
			if said == name || said == name+"s" || len([]rune(said)) == 3 && strings.HasPrefix(name, said) {
				return time.Weekday(i), true
			}
		}
	}
	return 0, false
}

var dayNames = [7][]string{
	{"sunday", "domingo"}, {"monday", "lunes"}, {"tuesday", "martes", "tues"}, {"wednesday", "miércoles", "miercoles"},
	{"thursday", "jueves", "thur", "thurs"}, {"friday", "viernes"}, {"saturday", "sábado", "sabado"},
}
