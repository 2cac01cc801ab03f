// Package meeting is what a community holds together: support groups, workshops,
// social evenings and services, when and where they are, who wants to be reminded,
// and what is said in time before them.
//
// It writes letters and never sends them, knows no platform and no language, tells
// a host how many people follow a meeting and never who, and puts no link and no
// passcode into anything that a room can read.
package meeting

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"peerbot/chat"
	"peerbot/community/member"
	"peerbot/community/space"
	"peerbot/outbox"
	"peerbot/schedule"
	"peerbot/spoken"
	"peerbot/storage"
)

// Kind is what sort of meeting it is.
type Kind string

// The kinds of meeting.
const (
	Support  Kind = "support" // A support group.
	Workshop Kind = "workshop"
	Social   Kind = "social"
	Service  Kind = "service" // A business or service meeting.
)

// Kinds lists the kinds in the order in which they are offered.
func Kinds() []Kind { return []Kind{Support, Workshop, Social, Service} }

// Place is where a meeting is. Any part may be empty: a meeting number is enough
// without a link, and a meeting in a house has neither.
type Place struct {
	Link     string `json:"link,omitempty"`     // Link opens the meeting: https, or http with a warning.
	Number   string `json:"number,omitempty"`   // Number is what is typed into the meeting program.
	Passcode string `json:"passcode,omitempty"` //
	Phone    string `json:"phone,omitempty"`    //
	Address  string `json:"address,omitempty"`  // Address is a street address or how to find the door.
	Voice    string `json:"voice,omitempty"`    // Voice is the id of a space.Place: a voice room of the community.
	Venue    string `json:"venue,omitempty"`    // Venue is the name of the building.
	Region   string `json:"region,omitempty"`   // Region is where that is, roughly.
	Remote   bool   `json:"-"`                  // Remote: there is a way in from afar, which is not told here.
}

// Details are what a meeting is, apart from when.
type Details struct {
	Title     string          `json:"title"`
	ShortName string          `json:"short_name,omitempty"` // ShortName is neutral: it may stand on a lock screen.
	Kind      Kind            `json:"kind"`
	Place     Place           `json:"place,omitzero"`
	Room      string          `json:"room,omitempty"`  // Room is the id of the space.Place that is reminded; "" for none.
	Leads     []time.Duration `json:"leads,omitempty"` // Leads are how long before the start the room is reminded; longest first.
	Opens     time.Duration   `json:"opens,omitempty"` // Opens is how long before the start the way in is told; 0 is DoorsOpen.
	Notes     string          `json:"notes,omitempty"`
	Facts     Facts           `json:"facts,omitzero"`
}

// Meeting is one meeting of a community with its rule. A single date that differs
// from the others, and what comes after a change "from here on", is a Meeting of its
// own in the same Series; people follow a series.
type Meeting struct {
	ID     string        `json:"id"`
	Series string        `json:"series"` // Series is the ID of the meeting that it all began with.
	Home   string        `json:"home"`
	Rule   schedule.Rule `json:"rule"`
	Details
	Instead   spoken.Date `json:"instead,omitzero"`    // Instead is the date of its series for which it stands, where it is a single one.
	Cancelled bool        `json:"cancelled,omitempty"` // Cancelled: all of it. A single date is excluded from the Rule.
	Feed      Feed        `json:"feed,omitzero"`       // Feed is where it was read from; zero for what a person said.
	Sequence  int         `json:"sequence"`            // Sequence grows with each change.
	Changed   time.Time   `json:"changed"`             // Changed is when that was last.
}

// Gathering is one time that a meeting takes place.
type Gathering struct {
	Meeting
	schedule.Occurrence
}

// Meetings keeps the meetings of all communities, each sealed under its own, and
// who follows them, sealed under each follower.
type Meetings struct {
	vault    *storage.Vault
	agenda   *schedule.Agenda
	outbox   *outbox.Outbox
	spaces   *space.Spaces
	members  *member.Members
	meetings storage.Table[Meeting]
	editions storage.Table[edition]
	steps    storage.Table[step]
	rolls    *rolls
	jobs     storage.Table[job]
	staged   storage.Table[part]
	changes  storage.Table[Change]
	follows  storage.Table[Follow]
	standing storage.Table[standing]
	digests  storage.Table[Digest]
	mentions storage.Table[Mention]
	courses  storage.Table[Course]
	handouts storage.Table[handout]
	coming   storage.Table[Coming]
	rotas    storage.Table[Rota]
	shifts   storage.Table[Shift]
	thanks   storage.Table[thanks]
	told     storage.Table[told]
	outlets  storage.Table[Outlet]
	sources  storage.Table[Source]
	mirrors  storage.Table[Mirror]
}

// New puts what is due on the agenda and what is to be said into the outbox.
func New(vault *storage.Vault, agenda *schedule.Agenda, out *outbox.Outbox, spaces *space.Spaces, members *member.Members) *Meetings {
	return &Meetings{
		vault: vault, agenda: agenda, outbox: out, spaces: spaces, members: members,
		meetings: storage.Table[Meeting]{Bucket: "meetings", Vault: vault, Version: 1,
			Owner: func(m Meeting) string { return m.Home },
			Indexes: []storage.Index[Meeting]{
				{Name: "home", Keys: func(m Meeting) []string { return []string{m.Home} }},
				{Name: "series", Keys: func(m Meeting) []string { return []string{m.Series} }},
			}},
		editions: editionsTable(vault), steps: stepsTable(vault), rolls: newRolls(),
		jobs: jobsTable(vault), staged: partsTable(vault),
		changes: storage.Table[Change]{Bucket: "meeting_changes", Vault: vault, Version: 1,
			Owner: func(c Change) string { return c.Home },
			Indexes: []storage.Index[Change]{
				{Name: "home", Keys: func(c Change) []string { return []string{c.Home} }},
				{Name: "series", Keys: func(c Change) []string { return []string{c.Series} }},
			}},
		follows:  followsTable(vault),
		standing: standingTable(vault),
		digests:  digestsTable(vault),
		mentions: mentionsTable(vault),
		courses:  coursesTable(vault),
		handouts: handoutsTable(vault),
		coming:   comingTable(vault),
		rotas:    rotaTable(vault),
		shifts:   shiftTable(vault),
		thanks:   thanksTable(vault),
		told:     toldTable(vault),
		outlets:  outletsTable(vault),
		sources:  sourcesTable(vault),
		mirrors:  mirrorsTable(vault),
	}
}

// MaxMeetings is how many meetings a community may have: more than the largest lists of
// the field hold.
const MaxMeetings = 100_000

// RoomForMore returns a *chat.Refusal when the community can have no more meetings.
func (m *Meetings) RoomForMore(r storage.Reader, home string) error {
	return m.onRoll(r, home, func(l *roll) error {
		if len(l.series) >= MaxMeetings {
			return chat.Refuse(chat.Busy, "meeting.too_many", chat.Count("most", MaxMeetings))
		}
		return nil
	})
}

// Of are the meetings of the community that are not cancelled, in no order that
// means anything.
func (m *Meetings) Of(r storage.Reader, home string) (out []Meeting, err error) {
	err = m.onRoll(r, home, func(l *roll) error {
		for _, e := range l.series {
			out = append(out, e.parts...)
		}
		return nil
	})
	return out, err
}

// parts are the meetings of one series, the cancelled ones too. There are at most
// maxParts.
func (m *Meetings) parts(r storage.Reader, id string) (series, error) {
	var out series
	for row, err := range m.meetings.By(r, "series", id, "") {
		if err != nil {
			return nil, fmt.Errorf("series %s: %w", id, err)
		}
		out = append(out, row.Value)
	}
	return out, nil
}

// Get is the meeting with the id in the community; a *chat.Refusal when it has none.
func (m *Meetings) Get(r storage.Reader, home, id string) (Meeting, error) {
	row, err := m.meetings.Get(r, id)
	if errors.Is(err, storage.ErrNotFound) || errors.Is(err, storage.ErrErased) ||
		err == nil && (row.Value.Home != home || row.Value.Cancelled) {
		return Meeting{}, chat.Refuse(chat.Missing, "meeting.gone")
	}
	if err != nil {
		return Meeting{}, fmt.Errorf("meeting %s: %w", id, err)
	}
	return row.Value, nil
}

// Rooms are where a meeting has to do with the community's own rooms; zero where it
// has not.
type Rooms struct {
	Voice chat.Address // Voice is where it takes place.
	Room  chat.Address // Room is reminded.
}

// Rooms are the addresses of the meeting's rooms.
func (m *Meetings) Rooms(r storage.Reader, v Meeting) (Rooms, error) {
	var out Rooms
	for id, at := range map[string]*chat.Address{v.Place.Voice: &out.Voice, v.Room: &out.Room} {
		if id == "" {
			continue
		}
		place, err := m.spaces.Place(r, id)
		if err != nil {
			return Rooms{}, fmt.Errorf("room of meeting %s: %w", v.ID, err)
		}
		*at = place.Address
	}
	return out, nil
}

// Or are the rooms of o with those of r in the place of what is zero.
func (o Rooms) Or(r Rooms) Rooms {
	if o.Voice == (chat.Address{}) {
		o.Voice = r.Voice
	}
	if o.Room == (chat.Address{}) {
		o.Room = r.Room
	}
	return o
}

// reminds reports whether the meeting's room is reminded with that lead.
func (v Meeting) reminds(lead time.Duration) bool {
	return !v.Cancelled && v.Room != "" && slices.Contains(v.Leads, lead)
}

// Zone is where the wall clocks of the meeting hang.
func (v Meeting) Zone() *time.Location {
	zone, err := spoken.LoadZone(v.Rule.Zone)
	if err != nil {
		return time.UTC // Check has refused such a rule before it was saved.
	}
	return zone
}

// Grace is how long after its start a meeting may still be joined by who was told
// late, and how long before it counts as on now.
const Grace = 10 * time.Minute

// DoorsOpen is how long before the start the way in is told.
const DoorsOpen = 15 * time.Minute

// DefaultLeads are when a room is reminded where nobody chose.
func DefaultLeads() []time.Duration { return []time.Duration{DoorsOpen} }

// order puts lead times longest first, each once.
func order(leads []time.Duration) []time.Duration {
	leads = slices.Clone(leads)
	slices.Sort(leads)
	leads = slices.Compact(leads)
	slices.Reverse(leads)
	return leads
}
