package ical

import (
	"cmp"

	"peerbot/community/meeting"
)

// Of are meetings as events. With titles they are called what they are called, and say
// where the house is; else they go by their neutral names, and those without one by
// the neutral word. The way in is told by neither.
func Of(all []meeting.Meeting, titles bool, neutral string) []Event {
	out := make([]Event, len(all))
	for i, v := range all {
		out[i] = Event{ID: v.ID, Sequence: v.Sequence, Changed: v.Changed, Rule: v.Rule, Summary: cmp.Or(v.ShortName, neutral)}
		if titles {
			out[i].Summary, out[i].Location = v.Title, v.Place.Address
		}
	}
	return out
}
