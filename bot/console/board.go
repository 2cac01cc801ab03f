package console

import (
	"strings"

	"peerbot/chat"
)

// remembered is how many messages keep their buttons and their ids.
const remembered = 1000

// place is where a message stands and who sees it.
type place struct {
	room   string // room is the name of the room, with its thread, or of the person.
	direct bool   // direct: it is a private chat.
	only   string // only is the one person in the room who sees it; "" is everyone.
}

func where(a chat.Address) place {
	room := a.Room
	if a.Thread != "" {
		room += "/" + a.Thread
	}
	return place{room: room, direct: a.Direct()}
}

// seen reports whether someone who looks at a place sees what stands here. What is
// for one person is seen in that person's private chat too.
func (p place) seen(who string, from place) bool {
	if p.only != "" {
		return p.only == who && (from.direct || from.room == p.room)
	}
	return p.direct == from.direct && p.room == from.room
}

// post is one message on the board.
type post struct {
	id, ref        string
	at             place
	body           chat.Rich
	rows           [][]key
	files          []chat.File
	edited, silent bool
}

// key is a button: an offer's has a payload, and that of a choice types its value.
type key struct{ label, payload, text string }

func (p *post) empty() bool { return len(p.body)+len(p.rows)+len(p.files) == 0 }

func buttons(offers [][]chat.Offer) [][]key {
	var rows [][]key
	for _, offers := range offers {
		var row []key
		for _, o := range offers {
			row = append(row, key{label: label(o.Label), payload: o.Payload})
		}
		rows = append(rows, row)
	}
	return rows
}

// ask puts the questions of a form under the body, and their choices before the
// other buttons.
func (p *post) ask(form *chat.Offer) {
	if form == nil {
		return
	}
	var rows [][]key
	for _, q := range form.Ask {
		title := append(append(chat.Rich{}, q.Label...), chat.Plain(strings.TrimRight(": "+q.Value, " ")))
		p.body = chat.Lines(p.body, title, q.Help)
		for _, choice := range q.Spec.Choices {
			rows = append(rows, []key{{label: label(choice.Label), text: choice.Value}})
		}
	}
	p.rows = append(rows, p.rows...)
}

// label is a button's words on one line.
func label(r chat.Rich) string { return chat.Line(plain(r)) }

// board is what can be seen, the oldest first.
type board struct{ posts []*post }

// add puts a message up; the one that it is an edit of comes down.
func (b *board) add(p *post) {
	for i, old := range b.posts {
		if old.ref == p.ref {
			p.id = old.id
			b.posts = append(b.posts[:i], b.posts[i+1:]...)
			break
		}
	}
	if b.posts = append(b.posts, p); len(b.posts) > remembered {
		b.posts = b.posts[1:]
	}
}

// sent is the message that was sent with the id.
func (b *board) sent(id string) *post {
	for _, p := range b.posts {
		if p.id == id && id != "" {
			return p
		}
	}
	return nil
}

// button finds the nth button with the label that a person sees, in the newest
// message first.
func (b *board) button(who string, from place, label string, nth int) (*post, key, bool) {
	for i := len(b.posts) - 1; i >= 0; i-- {
		p := b.posts[i]
		if !p.at.seen(who, from) {
			continue
		}
		for _, row := range p.rows {
			for _, k := range row {
				if k.label != label {
					continue
				}
				if nth--; nth == 0 {
					return p, k, true
				}
			}
		}
	}
	return nil, key{}, false
}
