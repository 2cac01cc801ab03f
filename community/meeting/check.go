package meeting

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"

	"peerbot/chat"
)

// The bounds of what is said about a meeting, in graphemes.
const (
	MaxTitle = 80
	MaxShort = 30
	MaxLine  = 200
	MaxNotes = 1000
)

// Check returns what of the meeting cannot be, as a *chat.Refusal with the option
// that has to be changed; nil is fine. It puts the link into its safe form.
func (v *Meeting) Check() error {
	for _, check := range []func(*Meeting) error{
		(*Meeting).checkTexts, (*Meeting).checkPlace, (*Meeting).checkFacts, (*Meeting).checkLeads, (*Meeting).checkDoors, (*Meeting).checkRule,
	} {
		if err := check(v); err != nil {
			return err
		}
	}
	return nil
}

func (v *Meeting) checkTexts() error {
	if v.Title == "" {
		return about("title", chat.Refuse(chat.Missing, "meeting.no_title"))
	}
	if !slices.Contains(Kinds(), v.Kind) {
		return about("kind", chat.Refuse(chat.Invalid, "meeting.no_kind"))
	}
	for _, text := range []struct {
		option, value string
		most          int
	}{
		{"title", v.Title, MaxTitle},
		{"short_name", v.ShortName, MaxShort},
		{"notes", v.Notes, MaxNotes},
		{"passcode", v.Place.Passcode, MaxLine},
		{"address", v.Place.Address, MaxLine},
		{"address", v.Place.Venue, MaxLine},
		{"address", v.Place.Region, MaxLine},
		{"audience", v.Facts.Audience, MaxLine},
		{"access", v.Facts.Access, MaxLine},
		{"expect", v.Facts.Expect, MaxNotes},
		{"minors", v.Facts.Minors, MaxNotes},
	} {
		if n := chat.Length(text.value); n > text.most {
			return about(text.option, chat.Refuse(chat.Invalid, "meeting.too_long", chat.Count("most", text.most)))
		}
		if everyone.MatchString(text.value) {
			return about(text.option, chat.Refuse(chat.Invalid, "meeting.everyone"))
		}
	}
	return nil
}

// everyone are the words that call a whole room on some platform. They would stay
// words here, but elsewhere they might not.
var everyone = regexp.MustCompile(`(?i)@(everyone|here|channel|all)\b`)

// What is dialled: digits with the signs that people write between them. A phone
// may go on with what is pressed after the call.
var (
	meetingNumber = regexp.MustCompile(`^[0-9][0-9 \-]{3,30}$`)
	phoneNumber   = regexp.MustCompile(`^\+?[0-9(][0-9 ()\-.,*#]{2,40}$`)
)

func (v *Meeting) checkPlace() error {
	if v.Place.Link != "" {
		link, err := chat.ReadLink(v.Place.Link)
		if err != nil {
			return about("link", err)
		}
		v.Place.Link = link.URL
	}
	if v.Place.Number != "" && !meetingNumber.MatchString(v.Place.Number) {
		return about("number", chat.Refuse(chat.Invalid, "meeting.bad_number"))
	}
	if v.Place.Phone != "" && !phoneNumber.MatchString(v.Place.Phone) {
		return about("phone", chat.Refuse(chat.Invalid, "meeting.bad_phone"))
	}
	return nil
}

func (v *Meeting) checkLeads() error {
	v.Leads = order(v.Leads)
	if len(v.Leads) > maxLeads {
		return about("remind", chat.Refuse(chat.Invalid, "meeting.too_many_leads", chat.Count("most", maxLeads)))
	}
	for _, lead := range v.Leads {
		if lead < 0 || lead > MaxLead || lead%time.Minute != 0 {
			return about("remind", chat.Refuse(chat.Invalid, "meeting.lead_bounds", chat.With("most", Lead(MaxLead))))
		}
	}
	return nil
}

// maxExceptions bounds the dates of a rule that differ from it.
const maxExceptions = 400

func (v *Meeting) checkRule() error {
	if len(v.Rule.Excluded)+len(v.Rule.Moved) > maxExceptions {
		return chat.Refuse(chat.Busy, "meeting.too_many_parts")
	}
	return about("when", v.Rule.Check())
}

// about is a refusal of the option with that name.
func about(option string, err error) error {
	err = chat.Misread(err)
	if r := (*chat.Refusal)(nil); errors.As(err, &r) && r.Option == "" {
		named := *r
		named.Option = option
		return &named
	}
	return err
}

// long is how long a meeting lasts without a question.
const long = 2 * time.Hour

// Doubts are what may be a slip in a meeting that can be saved all the same.
func (v Meeting) Doubts() []chat.Rich {
	var out []chat.Rich
	add := func(when bool, say chat.Rich) {
		if when {
			out = append(out, say)
		}
	}
	link := chat.Link{URL: v.Place.Link}
	add(v.Rule.Length > long, chat.Say("meeting.doubt_long", chat.With("long", lasts(v.Rule.Length))))
	add(link.Insecure(), chat.Say("meeting.doubt_http"))
	add(v.Place == Place{}, chat.Say("meeting.doubt_place"))
	add(v.telling(), chat.Say("meeting.doubt_short"))
	return out
}

// telling reports whether the neutral name says what the title says.
func (v Meeting) telling() bool {
	title := strings.Fields(fold(v.Title))
	return slices.ContainsFunc(strings.Fields(fold(v.ShortName)), func(word string) bool {
		return len(word) > 3 && slices.Contains(title, word)
	})
}
