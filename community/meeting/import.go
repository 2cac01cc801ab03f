package meeting

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	"peerbot/chat"
	"peerbot/storage"
)

// Row is one meeting of a list from elsewhere, or why it cannot be one.
type Row struct {
	Number  int           // Number counts the rows from 1, without a sheet's heading.
	Slug    string        // Slug is the meeting's name in its list, for good.
	Name    string        // Name is what it is called there, for telling what was refused.
	Meeting Meeting       // Meeting has no ID and no Home yet.
	Dated   bool          // Dated: the list says of each single date what is different, and has no facts, as a calendar.
	Unknown []string      // Unknown are codes that the programme's list does not have. They are left out.
	Refused *chat.Refusal // Refused is why it is not taken; nil when it is.
}

// Feed names a meeting in a list that it was read from.
type Feed struct {
	Source string `json:"source,omitempty"` // Source is the list.
	Slug   string `json:"slug,omitempty"`   // Slug is the meeting's name there, for good.
	Dated  bool   `json:"dated,omitempty"`  // Dated: the list says of each single date what is different, and has no facts.
}

// Preview is what a list would do to a community's meetings.
type Preview struct {
	Home, Source string
	New          []Meeting // New are those that the community does not have.
	Changed      []Meeting // Changed are as they will be.
	Gone         []Meeting // Gone came from this list once and are not in it any more.
	Same         int
	Refused      []Row
	Unknown      []string // Unknown are codes that nobody knows, each once and sorted.
}

// Compare works out what a list would do, and changes nothing. A meeting is the same
// one by its list and its name there, so that a list can come again; what people here
// have said about it beyond the list stays. The error is a *chat.Refusal for a list
// without a meeting, and for more meetings than a community can have.
func (m *Meetings) Compare(r storage.Reader, home, source string, rows []Row) (Preview, error) {
	p := Preview{Home: home, Source: source}
	if len(rows) == 0 {
		return p, chat.Refuse(chat.Missing, "meeting.import.empty")
	}
	all, err := m.Of(r, home)
	if err != nil {
		return p, err
	}
	have := fromFeed(all, source)
	own := map[string]Meeting{}
	for _, v := range all {
		own[v.ID] = v
	}
	unknown, unread := map[string]bool{}, map[string]bool{}
	for _, row := range rows {
		for _, code := range row.Unknown {
			unknown[code] = true
		}
		unread[row.Slug] = row.Refused != nil
		v, native := ours(own, row.Slug)
		p.take(row, m.fed(home, source, row), have[row.Slug], native)
		if delete(have, row.Slug); native && v.Feed.Source == source {
			delete(have, v.Feed.Slug)
		}
	}
	for _, slug := range slices.Sorted(maps.Keys(have)) {
		if !unread[rowOf(slug)] {
			p.Gone = append(p.Gone, have[slug][0])
		}
	}
	p.Unknown = slices.Sorted(maps.Keys(unknown))
	if len(all)+len(p.New) > MaxMeetings {
		return p, chat.Refuse(chat.Busy, "meeting.too_many", chat.Count("most", MaxMeetings))
	}
	return p, nil
}

// fromFeed are the meetings of a list by their names there: of each the whole series,
// its first part first.
func fromFeed(all []Meeting, source string) map[string]series {
	out := map[string]series{}
	for _, v := range all {
		if v.Feed.Source != source || !v.Instead.IsZero() {
			continue
		}
		s := append(out[v.Feed.Slug], v)
		if v.ID == v.Series {
			s[0], s[len(s)-1] = v, s[0]
		}
		out[v.Feed.Slug] = s
	}
	return out
}

// ours is the meeting of a row that we have written ourselves: under its ID, and for one
// of several days with the day.
func ours(own map[string]Meeting, slug string) (Meeting, bool) {
	v, ok := own[slug]
	if !ok && len(slug) > 2 {
		v, ok = own[slug[:len(slug)-2]]
	}
	return v, ok
}

// rowOf is the name of the row from which a meeting came that is one of several: of its
// days, or of its single dates.
func rowOf(slug string) string {
	if at := strings.LastIndexByte(slug, '@'); at > 0 {
		return slug[:at]
	}
	if n := len(slug) - 2; n > 0 && slug[n] == '-' {
		return slug[:n]
	}
	return slug
}

// take sorts one row in. A row that we have written ourselves is ours already.
func (p *Preview) take(row Row, v Meeting, have series, native bool) {
	switch {
	case row.Refused != nil:
		p.Refused = append(p.Refused, row)
	case native:
		p.Same++
	case len(have) == 0:
		p.New = append(p.New, v)
	case len(have) == 1 && have[0].ID == v.ID && reflect.DeepEqual(have[0], merged(have[0], v)):
		p.Same++
	default:
		p.Changed = append(p.Changed, v)
	}
}

// fed is the row's meeting with its ids.
func (m *Meetings) fed(home, source string, row Row) Meeting {
	v := row.Meeting
	v.ID = m.vault.ID("feed", home, source, row.Slug)
	v.Series, v.Home, v.Feed = v.ID, home, Feed{Source: source, Slug: row.Slug, Dated: row.Dated}
	return v
}

// merged is a meeting as a list has it now, with what only people here have said.
func merged(was, is Meeting) Meeting {
	is.ID, is.Series, is.Sequence, is.Changed = was.ID, was.Series, was.Sequence, was.Changed
	is.ShortName, is.Room, is.Leads, is.Kind = was.ShortName, was.Room, was.Leads, was.Kind
	is.Opens = was.Opens
	is.Place.Voice, is.Place.Number = was.Place.Voice, was.Place.Number
	if is.Feed.Dated {
		is.Facts = was.Facts
		return is
	}
	f := &is.Facts
	f.Audience, f.Access, f.Expect, f.Minors, f.Capacity = was.Facts.Audience, was.Facts.Access, was.Facts.Expect, was.Facts.Minors, was.Facts.Capacity
	if o, n := was.Rule, &is.Rule; o.Unit == n.Unit && o.Every == n.Every && slices.Equal(o.Days, n.Days) {
		n.First, n.Excluded, n.Moved = o.First, o.Excluded, o.Moved // With what was said of single dates.
	}
	return is
}
