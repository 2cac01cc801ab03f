package web

import "peerbot/chat"

// person is somebody whom whoever opens the page can be.
type person struct {
	id   string
	role chat.Role
}

// people are everybody there is.
var people = []person{
	{"newcomer", chat.Member},
	{"peer", chat.Member},
	{"mentor", chat.Member | chat.Mentor},
	{"host", chat.Member | chat.Host},
	{"moderator", chat.Member | chat.Moderator | chat.Admin},
}

func personOf(id string) (person, bool) {
	for _, p := range people {
		if p.id == id {
			return p, true
		}
	}
	return person{}, false
}

func (p person) chat() chat.Person { return chat.Person{Platform: platform, ID: p.id} }

// name is what the person is called.
func (p person) name() chat.Rich { return chat.Say("web.person." + p.id) }

// about says what the person may do.
func (p person) about() chat.Rich { return chat.Say("web.person." + p.id + ".about") }
