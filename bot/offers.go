package bot

import (
	"slices"
	"time"

	"peerbot/chat"
)

// ticket is an offer as it travels: behind a button, or on a card.
type ticket struct {
	Path      []string   `json:"path"`
	Bound     []chat.Arg `json:"bound,omitempty"`
	Open      []chat.Arg `json:"open,omitempty"`
	Page      []string   `json:"page,omitempty"`      // Page are the open options that a form asks at once.
	Form      bool       `json:"form,omitempty"`      // Form: it belongs to a form or a preview, and so to a draft.
	Change    bool       `json:"change,omitempty"`    // Change: it asks what to change in what is bound.
	Confirmed bool       `json:"confirmed,omitempty"` // Confirmed: it is the Save under a preview.
	Once      []string   `json:"once,omitempty"`      // Once names the receipts of its single use.
	Until     time.Time  `json:"until"`               // Until is when it stops working, to the second.
	Home      string     `json:"home,omitempty"`      // Home is the community it acts in from a private chat.
	To        binding    `json:"to"`

	Asked chat.Address `json:"asked,omitzero"` // Asked is the room from which it leads to a private chat.
}

// binding says whose a button is: a person's, a room's, where anyone may press, or that
// of whoever has it.
type binding struct {
	Kind byte   `json:"kind"`
	ID   string `json:"id"` // ID is a keyed hash of the person or the room.
}

// The kinds of binding.
const (
	toPerson byte = 1
	toRoom   byte = 2
	toBearer byte = 3 // on cards alone, whose names cannot be guessed
)

func (r *Router) person(p chat.Person) binding {
	return binding{Kind: toPerson, ID: r.vault.ID("offer to person", p.Platform, p.ID)}
}

// room leaves threads aside: a message can be read in its room without them.
func (r *Router) room(a chat.Address) binding {
	return binding{Kind: toRoom, ID: r.vault.ID("offer to room", a.Platform, a.Space, a.Room)}
}

// presser is what a ticket of the kind is bound to if this caller may use it.
func (r *Router) presser(kind byte, c *chat.Call) binding {
	switch kind {
	case toPerson:
		return r.person(c.From)
	case toBearer:
		return binding{Kind: toBearer}
	}
	return r.room(c.At)
}

// fill is what the ticket binds, with what was filled in of what it leaves open, and
// what is open still. A blank that the form asked for has been skipped; where nothing
// comes, not even blanks, the form has yet to be opened.
func (t *ticket) fill(filled []chat.Arg) (args, open []chat.Arg) {
	args = slices.Clone(t.Bound)
	for _, o := range t.Open {
		i := slices.IndexFunc(filled, func(a chat.Arg) bool { return a.Name == o.Name })
		switch {
		case i >= 0 && !blank(filled[i]):
			args = append(args, filled[i])
		case i < 0 && (len(filled) == 0 || !slices.Contains(t.Page, o.Name)):
			open = append(open, o)
		}
	}
	return args, open
}

func blank(a chat.Arg) bool { return a.Value == "" && a.File == nil }

// card holds the offers of one message that do not fit behind a button.
type card struct {
	Owner   string     `json:"-"`
	Args    []chat.Arg `json:"args,omitempty"` // Args are those of all tickets, equal ones once.
	Tickets []shelved  `json:"tickets"`
	Until   time.Time  `json:"until"`
}

// shelved is a ticket on a card, with places in Args instead of its arguments.
type shelved struct {
	ticket
	Bound []int `json:"bound,omitempty"`
	Open  []int `json:"open,omitempty"`
}

func (c *card) shelve(t ticket) (index int) {
	c.Tickets = append(c.Tickets, shelved{ticket: t, Bound: c.places(t.Bound), Open: c.places(t.Open)})
	if c.Until.Before(t.Until) {
		c.Until = t.Until
	}
	return len(c.Tickets) - 1
}

func (c *card) places(args []chat.Arg) []int {
	var places []int
	for _, a := range args {
		a.File = nil // a file is never kept
		i := slices.Index(c.Args, a)
		if i < 0 {
			i = len(c.Args)
			c.Args = append(c.Args, a)
		}
		places = append(places, i)
	}
	return places
}

// at is the ticket with the index, false when there is none.
func (c *card) at(index int) (ticket, bool) {
	if index < 0 || index >= len(c.Tickets) {
		return ticket{}, false
	}
	s := c.Tickets[index]
	t := s.ticket
	t.Bound, t.Open = c.args(s.Bound), c.args(s.Open)
	return t, true
}

func (c *card) args(places []int) []chat.Arg {
	var args []chat.Arg
	for _, i := range places {
		if i >= 0 && i < len(c.Args) {
			args = append(args, c.Args[i])
		}
	}
	return args
}
