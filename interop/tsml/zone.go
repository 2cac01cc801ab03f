package tsml

import (
	"time"

	"peerbot/chat"
	"peerbot/spoken"
)

// LoadZone is the zone that a list names. EST and MST are names of zones that never
// change their clocks, far from most of the meetings whose lists say so: they are
// refused. The error is a *chat.Refusal.
func LoadZone(name string) (*time.Location, error) {
	zone, err := spoken.LoadZone(name)
	if err != nil || name == "EST" || name == "MST" {
		return nil, chat.Refuse(chat.Invalid, "interop.row.bad_zone", chat.Text("zone", short(name)))
	}
	return zone, nil
}
