package meeting

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"peerbot/chat"
	"peerbot/community/member"
	"peerbot/schedule"
	"peerbot/storage"
)

// Clash is what a follower wants of a reminder that falls into their quiet hours.
type Clash string

// What may become of a reminder in quiet hours.
const (
	Unasked  Clash = ""         // Nobody asked yet: as Silently.
	Silently Clash = "silently" // It comes at its minute, without a sound.
	Before   Clash = "before"   // It comes just before the quiet hours begin.
	Skip     Clash = "skip"     // It does not come.
)

// Follow says that a member wants to be reminded of a series. It is sealed under
// the member's own key.
type Follow struct {
	Series string          `json:"series"`
	Home   string          `json:"home"`
	Member string          `json:"member"`
	Leads  []time.Duration `json:"leads"`            // Leads are how long before the start; longest first, at most MaxOwnLeads.
	Clash  Clash           `json:"clash,omitempty"`  //
	Paused bool            `json:"paused,omitempty"` // Paused: the member could not be reached. Following again goes on.
	Since  time.Time       `json:"since"`
}

// The bounds of a lead time, for rooms and for followers.
const (
	MaxLead     = 7 * 24 * time.Hour
	MaxOwnLeads = 2 // MaxOwnLeads is how often a follower is reminded of one gathering: one of MaxTold messages is kept.
	maxLeads    = 5
)

// DefaultLead is when a follower is reminded who did not choose.
const DefaultLead = DoorsOpen

func followsTable(vault *storage.Vault) storage.Table[Follow] {
	return storage.Table[Follow]{Bucket: "meeting_follows", Vault: vault, Version: 3,
		Upgrade: map[int]func([]byte) ([]byte, error){1: severalLeads, 2: twoLeads},
		Owner:   func(f Follow) string { return f.Member },
		Indexes: []storage.Index[Follow]{
			{Name: "series", Keys: func(f Follow) []string { return []string{f.Series} }},
			{Name: "member", Keys: func(f Follow) []string { return []string{f.Member} }},
		}}
}

// severalLeads reads a follow of the time when there was one lead.
func severalLeads(old []byte) ([]byte, error) {
	var v struct {
		Follow
		Lead time.Duration `json:"lead"`
	}
	if err := json.Unmarshal(old, &v); err != nil {
		return nil, fmt.Errorf("follow with one lead: %w", err)
	}
	v.Leads = []time.Duration{v.Lead}
	return json.Marshal(v.Follow)
}

// twoLeads reads a follow of the time when there could be three: the first and the last
// stay.
func twoLeads(old []byte) ([]byte, error) {
	var v Follow
	if err := json.Unmarshal(old, &v); err != nil {
		return nil, fmt.Errorf("follow with several leads: %w", err)
	}
	if last := len(v.Leads) - 1; last >= MaxOwnLeads {
		v.Leads = []time.Duration{v.Leads[0], v.Leads[last]}
	}
	return json.Marshal(v)
}

// Follow begins to remind a member, or changes how. It returns the first gathering
// that they will be reminded of, or of none when it was the last. The error is a
// *chat.Refusal for a member whom the bot cannot write to privately.
func (m *Meetings) Follow(tx storage.Tx, f Follow, now time.Time) (Gathering, error) {
	if err := f.checkLeads(); err != nil {
		return Gathering{}, err
	}
	who, err := m.members.Get(tx, f.Member)
	if err != nil {
		return Gathering{}, err
	}
	if who.Reach == (chat.Address{}) {
		return Gathering{}, chat.Refuse(chat.Missing, "meeting.no_private_chat")
	}
	s, err := m.parts(tx, f.Series)
	if err != nil {
		return Gathering{}, err
	}
	if g, ok := s.next(now); !ok || g.Home != f.Home {
		return Gathering{}, chat.Refuse(chat.Missing, "meeting.gone")
	}
	if err := m.roomToFollow(tx, f); err != nil {
		return Gathering{}, err
	}
	f.Leads, f.Paused, f.Since = order(f.Leads), false, now
	was, _, err := m.Following(tx, f.Series, f.Member)
	if err == nil && !slices.Equal(was.Leads, f.Leads) {
		err = m.keepReminded(tx, was, now)
	}
	if err != nil {
		return Gathering{}, err
	}
	key := m.followKey(f.Series, f.Member)
	if err := m.follows.Put(tx, key, f); err != nil {
		return Gathering{}, fmt.Errorf("follow %s: %w", f.Series, err)
	}
	return m.await(tx, f, now)
}

func (f Follow) checkLeads() error {
	if len(f.Leads) == 0 || len(f.Leads) > MaxOwnLeads {
		return chat.Refuse(chat.Invalid, "meeting.own_leads", chat.Count("most", MaxOwnLeads))
	}
	if slices.Min(f.Leads) < 0 || slices.Max(f.Leads) > MaxLead {
		return chat.Refuse(chat.Invalid, "meeting.lead_bounds", chat.With("most", Lead(MaxLead)))
	}
	return nil
}

// MaxFollows is how many series a member may follow.
const MaxFollows = 30

// roomToFollow refuses one series too many.
func (m *Meetings) roomToFollow(r storage.Reader, f Follow) error {
	own, n := m.followKey(f.Series, f.Member), 0
	for key, err := range m.follows.Keys(r, "member", f.Member, "") {
		if err != nil {
			return fmt.Errorf("follows of a member: %w", err)
		}
		if key != own {
			n++
		}
	}
	if n >= MaxFollows {
		return chat.Refuse(chat.Busy, "meeting.too_many_follows", chat.Count("most", MaxFollows))
	}
	return nil
}

// Unfollow ends the reminders of a member; who does not follow is no error.
func (m *Meetings) Unfollow(tx storage.Tx, series, id string, now time.Time) error {
	was, follows, err := m.Following(tx, series, id)
	if err != nil || !follows {
		return err
	}
	if err := m.keepReminded(tx, was, now); err != nil {
		return err
	}
	key := m.followKey(series, id)
	if err := m.agenda.Drop(tx, kindFollow, key); err != nil {
		return err
	}
	return m.follows.Delete(tx, key)
}

// Following is how a member follows a series; false when they do not.
func (m *Meetings) Following(r storage.Reader, series, id string) (Follow, bool, error) {
	row, err := m.follows.Get(r, m.followKey(series, id))
	switch {
	case err == nil:
		return row.Value, true, nil
	case errors.Is(err, storage.ErrNotFound), errors.Is(err, storage.ErrErased):
		return Follow{}, false, nil
	}
	return Follow{}, false, fmt.Errorf("follow of %s: %w", series, err)
}

// Followed is everything that a member follows.
func (m *Meetings) Followed(r storage.Reader, id string) ([]Follow, error) {
	var out []Follow
	for row, err := range m.follows.By(r, "member", id, "") {
		if err != nil {
			return nil, fmt.Errorf("follows of a member: %w", err)
		}
		out = append(out, row.Value)
	}
	return out, nil
}

// Promised reports whether a member was promised that they will be written to: as one
// who follows, comes, or helps as a host.
func (m *Meetings) Promised(r storage.Reader, id string) (bool, error) {
	for _, err := range m.follows.Keys(r, "member", id, "") {
		return true, err
	}
	for row, err := range m.coming.By(r, byMember, id, "") {
		if err != nil || row.Value.Answer != No {
			return true, err
		}
	}
	for _, err := range m.rotas.Keys(r, byMember, id, "") {
		return true, err
	}
	for _, err := range m.shifts.Keys(r, byMember, id, "") {
		return true, err
	}
	return false, nil
}

// Followers is how many members follow the series. Who they are is not to be had.
func (m *Meetings) Followers(r storage.Reader, series string) (int, error) {
	n := 0
	for _, err := range m.follows.Keys(r, "series", series, "") {
		if err != nil {
			return 0, fmt.Errorf("followers of %s: %w", series, err)
		}
		n++
	}
	return n, nil
}

func (m *Meetings) followKey(series, id string) string { return m.vault.ID("follow", series, id) }

// Clashes reports whether one of the next reminders of a follower would fall into
// their quiet hours, so that they have to be asked. What they said before about this
// series counts, and is put into f.
func (m *Meetings) Clashes(r storage.Reader, f *Follow, now time.Time) (bool, error) {
	if f.Clash == Unasked {
		was, _, err := m.Following(r, f.Series, f.Member)
		if err != nil {
			return false, err
		}
		f.Clash = was.Clash
	}
	if f.Clash != Unasked {
		return false, nil
	}
	s, err := m.parts(r, f.Series)
	if err != nil {
		return false, err
	}
	w, err := m.wishes(r, *f, s)
	if err != nil || w.quiet.None() {
		return false, err
	}
	for _, g := range s.between(now, now.Add(clashHorizon)) {
		for _, lead := range f.Leads {
			if holds, _ := w.quiet.Holds(g.Start.Add(-lead), w.zone); holds {
				return true, nil
			}
		}
	}
	return false, nil
}

// clashHorizon is how far ahead Clashes looks: a month, and the change of clocks in it.
const clashHorizon = 31 * 24 * time.Hour

// wishes are what decides when a follower is reminded.
type wishes struct {
	Follow
	who   member.Member
	quiet member.Quiet
	zone  *time.Location
	lang  string
}

// wishes reads the member and, for what they did not say, their community, and for
// the zone at last the meeting.
func (m *Meetings) wishes(r storage.Reader, f Follow, s series) (wishes, error) {
	who, err := m.members.Get(r, f.Member)
	if err != nil {
		return wishes{}, err
	}
	home, err := m.spaces.Get(r, f.Home)
	if err != nil {
		return wishes{}, err
	}
	return wishes{Follow: f, who: who, quiet: who.Quiet,
		zone: zoneOf(who.Zone, home.Zone, s.zone()), lang: cmp.Or(who.Speaks(), home.Lang)}, nil
}

// wishesFor are the series of a follow and what the member wants of it.
func (m *Meetings) wishesFor(r storage.Reader, f Follow) (series, wishes, error) {
	s, err := m.parts(r, f.Series)
	if err != nil {
		return nil, wishes{}, err
	}
	w, err := m.wishes(r, f, s)
	return s, w, err
}

// beforeQuiet is how long before the quiet hours a reminder comes that may not fall
// into them: enough for it to go out.
const beforeQuiet = 10 * time.Minute

// begin is when the quiet hours began that hold at t.
func (w wishes) begin(t time.Time) time.Time {
	begin := t
	for from := t.Add(-25 * time.Hour); ; {
		next, ok := w.quiet.Next(from, w.zone)
		if !ok || next.After(t) {
			return begin
		}
		begin, from = next, next.Add(time.Second)
	}
}

// horizon is how far ahead await looks for a gathering with a reminder. Beyond it an
// item without a gathering looks again.
const horizon = 100 * 24 * time.Hour

// await puts the follower's first reminder that is due at or after since on the agenda.
// It takes the item off when there is none.
func (m *Meetings) await(tx storage.Tx, f Follow, since time.Time) (Gathering, error) {
	s, w, err := m.wishesFor(tx, f)
	if err != nil {
		return Gathering{}, err
	}
	return m.awaitAfter(tx, w, s, moment{at: since})
}

// awaitAfter puts the follower's first reminder past that moment on the agenda.
func (m *Meetings) awaitAfter(tx storage.Tx, w wishes, s series, past moment) (Gathering, error) {
	g, next, ok := w.after(s, past)
	item := schedule.Item{Kind: kindFollow, ID: m.followKey(w.Series, w.Member), At: next.at}
	switch {
	case !ok:
		return Gathering{}, m.agenda.Drop(tx, kindFollow, item.ID)
	case !g.Start.IsZero():
		item.From = next.String()
	}
	return g, m.agenda.Put(tx, item)
}
