package console

import "peerbot/chat"

// remembered is how many messages keep their buttons and their ids.
const remembered = 1000

// place is where a message stands: the name of a room, with its thread, or that of
// the person whose private chat it is.
type place struct {
	name   string
	direct bool
}

func where(a chat.Address) place {
	name := a.Room
	if a.Thread != "" {
		name += "/" + a.Thread
	}
	return place{name, a.Direct()}
}

// post is one message on the board.
type post struct {
	id, ref        string
	at             place
	body           chat.Rich
	ask            []chat.Question // ask holds the question that is open, if any.
	rows           [][]key
	files          []chat.File
	edited, silent bool
}

// key is a button.
type key struct{ label, payload string }

func (p *post) empty() bool { return len(p.body)+len(p.ask)+len(p.rows)+len(p.files) == 0 }

func buttons(offers [][]chat.Offer) [][]key {
	var rows [][]key
	for _, offers := range offers {
		var row []key
		for _, o := range offers {
			row = append(row, key{label: chat.Line(plain(o.Label)), payload: o.Payload})
		}
		rows = append(rows, row)
	}
	return rows
}

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

// button finds the nth button with the label at a place, in the newest message
// first.
func (b *board) button(at place, label string, nth int) (*post, key, bool) {
	for i := len(b.posts) - 1; i >= 0; i-- {
		p := b.posts[i]
		if p.at != at {
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
