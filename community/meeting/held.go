package meeting

import "peerbot/chat"

// Held is how people come together.
type Held string

// The ways to come together.
const (
	Online   Held = "online"    // By a link, a number, a telephone or a voice room.
	InPerson Held = "in_person" // In a building.
	Hybrid   Held = "hybrid"    // Either way.
)

// Held is how people come together there; "" where nobody said.
func (p Place) Held() Held {
	far := p.Link != "" || p.Number != "" || p.Phone != "" || p.Voice != "" || p.Remote
	near := p.Address != "" || p.Venue != ""
	switch {
	case far && near:
		return Hybrid
	case far:
		return Online
	case near:
		return InPerson
	}
	return ""
}

// Is reports whether somebody who wants to come that way can.
func (h Held) Is(way Held) bool { return h == way || h == Hybrid }

// Words are what a reader is told of it.
func (h Held) Words() chat.Rich {
	if h == "" {
		return nil
	}
	return chat.Say("meeting.held." + string(h))
}

// searched are the words by which it is looked for.
var searched = map[Held]string{
	Online: "online virtual en linea", InPerson: "in person presencial", Hybrid: "hybrid hibrida online virtual en linea in person presencial",
}
