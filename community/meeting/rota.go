package meeting

import (
	"fmt"
	"slices"
	"time"

	"peerbot/chat"
	"peerbot/schedule"
	"peerbot/storage"
)

// Part is how somebody helps with a series.
type Part string

// The parts.
const (
	Chair  Part = "chair"  // Takes turns hosting.
	CoHost Part = "cohost" // Is asked when whoever has the turn cannot.
	NoPart Part = "none"
)

// maxRota is how many people can help with one series.
const maxRota = 20

// Rota is who takes turns hosting a series. It is sealed under the community's key and
// holds no names. Who looks at it learns how many there are and what they themselves do.
type Rota struct {
	Series  string   `json:"series"`
	Home    string   `json:"home"`
	Chairs  []string `json:"chairs,omitempty"`  // Chairs are members, the next one first.
	CoHosts []string `json:"cohosts,omitempty"` //
	Sheet   string   `json:"sheet,omitempty"`   // Sheet is what a host reads from: opening words, ground rules, order, host key.
}

// MaxSheet is how long a host sheet can be, in graphemes.
const MaxSheet = 2000

func rotaTable(vault *storage.Vault) storage.Table[Rota] {
	return storage.Table[Rota]{Bucket: "meeting_rotas", Vault: vault, Version: 1,
		Owner: func(r Rota) string { return r.Home },
		Indexes: []storage.Index[Rota]{
			{Name: byMember, Keys: func(r Rota) []string { return slices.Concat(r.Chairs, r.CoHosts) }},
			{Name: "home", Keys: func(r Rota) []string { return []string{r.Home} }},
		}}
}

// PartOf is what the member does.
func (r Rota) PartOf(id string) Part {
	switch {
	case slices.Contains(r.Chairs, id):
		return Chair
	case slices.Contains(r.CoHosts, id):
		return CoHost
	}
	return NoPart
}

// Rota is the rota of a series; one without anybody when there is none.
func (m *Meetings) Rota(r storage.Reader, series string) (Rota, error) {
	row, err := m.rotas.Get(r, series)
	if lost(err) {
		return Rota{Series: series}, nil
	}
	if err != nil {
		return Rota{}, fmt.Errorf("rota of %s: %w", series, err)
	}
	return row.Value, nil
}

// TakePart changes what a member does for a series, from the next gathering on that
// nobody has been asked for yet.
func (m *Meetings) TakePart(tx storage.Tx, g Gathering, id string, part Part, now time.Time) (Rota, error) {
	r, err := m.Rota(tx, g.Series)
	if err != nil || r.PartOf(id) == part {
		return r, err
	}
	r = r.without(id)
	r.Home = g.Home
	switch part {
	case Chair:
		r.Chairs = append(r.Chairs, id)
	case CoHost:
		r.CoHosts = append(r.CoHosts, id)
	}
	if len(r.Chairs)+len(r.CoHosts) > maxRota {
		return r, chat.Refuse(chat.Busy, "meeting.rota_full", chat.Count("most", maxRota))
	}
	return r, m.putRota(tx, r, now)
}

// PutSheet saves what a host of the series reads from.
func (m *Meetings) PutSheet(tx storage.Tx, g Gathering, text string, now time.Time) error {
	r, err := m.Rota(tx, g.Series)
	if err != nil {
		return err
	}
	r.Home, r.Sheet = g.Home, text
	return m.putRota(tx, r, now)
}

func (m *Meetings) putRota(tx storage.Tx, r Rota, now time.Time) error {
	if err := m.rotas.Put(tx, r.Series, r); err != nil {
		return fmt.Errorf("save a rota: %w", err)
	}
	return m.agenda.Put(tx, schedule.Item{Kind: kindTurn, ID: r.Series, At: now})
}

func (r Rota) without(id string) Rota {
	is := func(other string) bool { return other == id }
	r.Chairs = slices.DeleteFunc(slices.Clone(r.Chairs), is)
	r.CoHosts = slices.DeleteFunc(slices.Clone(r.CoHosts), is)
	return r
}

// When a host is asked, and what follows when nobody says yes.
const (
	askFirst   = 24 * time.Hour
	askAgain   = 3 * time.Hour
	askRoom    = time.Hour
	giveUp     = 5 * time.Minute
	thankAfter = 12 * time.Hour
	keepShift  = 30 * 24 * time.Hour
)

// takeTurns begins the shift of each gathering of a series that is less than a day
// away, and looks again a day before the next.
func (m *Meetings) takeTurns(tx storage.Tx, now time.Time, it schedule.Item) error {
	r, err := m.Rota(tx, it.ID)
	if err != nil || len(r.Chairs)+len(r.CoHosts) == 0 {
		return err
	}
	s, err := m.parts(tx, it.ID)
	if err != nil {
		return err
	}
	g, ok := s.next(now)
	for ; ok && !g.Start.Add(-askFirst).After(now); g, ok = s.next(g.Start.Add(time.Nanosecond)) {
		if r, err = m.beginShift(tx, r, g, now); err != nil {
			return err
		}
	}
	if !ok {
		return nil
	}
	it.At = g.Start.Add(-askFirst)
	return m.agenda.Put(tx, it)
}

// beginShift asks whoever has the turn, unless that was done already. When it is time to
// ask the others too, that is done together, and nobody is asked twice at once; in the
// last minutes there is no time to ask anybody.
func (m *Meetings) beginShift(tx storage.Tx, r Rota, g Gathering, now time.Time) (Rota, error) {
	_, begun, err := m.shift(tx, g.Ref())
	if err != nil || begun {
		return r, err
	}
	v := Shift{Series: g.Series, Date: g.Date, Home: g.Home}
	if len(r.Chairs) > 0 {
		v.Host = r.Chairs[0]
		r.Chairs = append(slices.Clone(r.Chairs[1:]), v.Host)
		if err := m.rotas.Put(tx, r.Series, r); err != nil {
			return r, fmt.Errorf("save a rota: %w", err)
		}
	}
	left, first := g.Start.Sub(now), stageHours
	if v.Host != "" && left > askAgain {
		if err := m.askHost(tx, v.Host, g, stageDay, now); err != nil {
			return r, err
		}
	}
	if left <= giveUp {
		first = stageAfter
	}
	if err := m.shifts.Put(tx, g.Ref(), v); err != nil {
		return r, fmt.Errorf("begin a shift: %w", err)
	}
	return r, m.agenda.Put(tx, schedule.Item{Kind: kindShift, ID: g.Ref(), From: first, At: later(now, dueAt(g, first))})
}

// eraseHosting takes a member off every rota and shift, a few at a time, and forgets
// whom they thanked.
func (m *Meetings) eraseHosting(tx storage.Tx, id string) (more bool, err error) {
	rotas, err := firstRows(m.rotas.By(tx, byMember, id, ""), perStep)
	if err != nil {
		return false, fmt.Errorf("rotas of a member: %w", err)
	}
	for _, row := range rotas {
		if err := m.rotas.Put(tx, row.Key, row.Value.without(id)); err != nil {
			return false, err
		}
	}
	shifts, err := firstRows(m.shifts.By(tx, byMember, id, ""), perStep)
	if err != nil {
		return false, fmt.Errorf("shifts of a member: %w", err)
	}
	for _, row := range shifts {
		v := &row.Value
		v.Declined = slices.DeleteFunc(slices.Clone(v.Declined), func(other string) bool { return other == id })
		if v.Host == id {
			err = m.vacate(tx, row)
		} else {
			err = m.shifts.Put(tx, row.Key, *v)
		}
		if err != nil {
			return false, err
		}
	}
	if len(rotas) == perStep || len(shifts) == perStep {
		return true, nil
	}
	return m.thanks.Sweep(tx, byMember, id, perSweep)
}
