package meeting

import (
	"cmp"
	"time"

	"peerbot/chat"
)

// MaxOpens bounds how long before a meeting its doors open.
const MaxOpens = 24 * time.Hour

// Doors says whether one can go in.
type Doors int

// The states of the doors of a gathering.
const (
	Early Doors = iota // Early: before they open.
	Open
	Over
)

// OpenBefore is how long before the start the way in is told: DoorsOpen where nobody
// chose.
func (d Details) OpenBefore() time.Duration { return cmp.Or(d.Opens, DoorsOpen) }

// Doors are open from OpenBefore the start until the end.
func (g Gathering) Doors(t time.Time) Doors {
	switch {
	case !t.Before(g.End):
		return Over
	case t.Before(g.Start.Add(-g.OpenBefore())):
		return Early
	}
	return Open
}

func (v *Meeting) checkDoors() error {
	if v.Opens < 0 || v.Opens > MaxOpens || v.Opens%time.Minute != 0 {
		return about("before", chat.Refuse(chat.Invalid, "meeting.doors_bounds", chat.With("most", Lead(MaxOpens))))
	}
	return nil
}

// doorsLine is when the doors open, where somebody chose.
func (v Meeting) doorsLine() chat.Rich {
	if v.Opens == 0 {
		return nil
	}
	return chat.Say("meeting.doors_line", chat.With("lead", Lead(v.Opens)))
}
