package bottest_test

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"peerbot/bot"
	"peerbot/bot/bottest"
	"peerbot/chat"
)

func TestConform(t *testing.T) {
	wide := bot.Limits{Platform: "paper", Payload: 48, Label: 40, Text: 4000, Rows: 10, Columns: 3, Choices: 25}
	forms, pages, typed, aside := wide, wide, wide, wide
	pages.Asks, typed.Typed = 1, true
	aside.Typed, aside.Aside = true, true
	for name, limits := range map[string]bot.Limits{"forms": forms, "pages of one": pages, "typed": typed, "typed, aside": aside} {
		t.Run(name, func(t *testing.T) {
			bottest.Conform(t, func(t *testing.T) bottest.Stage { return newPaper(limits) })
		})
	}
}

// paper is a platform and its stage in one: a board in memory.
type paper struct {
	limits bot.Limits
	todo   chan *chat.Call
	calls  int
	board  []*sheet
	known  bool // known: kim has opened the private chat.
}

// sheet is one message on the board.
type sheet struct {
	room, only string // only is the one person who sees it.
	id         string
	body       string
	offers     [][]chat.Offer
	ask        *chat.Offer
	door       *chat.Offer
}

func newPaper(l bot.Limits) *paper { return &paper{limits: l, todo: make(chan *chat.Call, 100)} }

func (p *paper) Dedups() {}

func (p *paper) Limits() bot.Limits { return p.limits }

func (p *paper) Start() bot.Platform { return p }

func (p *paper) Run(ctx context.Context, h bot.Handler) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case c := <-p.todo:
			p.answer(c, h.Call(ctx, c))
		}
	}
}

func (p *paper) answer(c *chat.Call, r chat.Reply) {
	if r.Door != nil {
		p.board = append(p.board, &sheet{room: place(c.At), body: r.Door.Label.String(), door: r.Door})
	}
	if len(r.Body)+len(r.Offers) == 0 && r.Ask == nil {
		return
	}
	s := &sheet{room: place(c.At), body: plain(r.Body), offers: r.Offers, ask: r.Ask}
	if r.Private {
		s.only = c.From.ID
		if p.limits.Aside {
			s.room = "private " + c.From.ID
		}
	}
	if s.ask != nil && p.limits.Typed {
		s.body += "\n" + s.ask.Ask[0].Label.String()
	}
	p.board = append(p.board, s)
}

func (p *paper) Send(_ context.Context, to chat.Address, id string, m chat.Message) (string, error) {
	for _, s := range p.board {
		if s.id == id {
			return s.id, nil
		}
	}
	body := plain(m.Body)
	if short, cut := chat.Cut(body, p.limits.Text); cut {
		body = short
	}
	p.board = append(p.board, &sheet{room: place(to), id: id, body: body, offers: m.Offers})
	return id, nil
}

func (p *paper) Edit(_ context.Context, _ chat.Address, ref string, m chat.Message) error {
	for _, s := range p.board {
		if s.id == ref {
			s.body, s.offers = plain(m.Body), m.Offers
		}
	}
	return nil
}

func plain(r chat.Rich) string { return chat.Block(r.String()) }

func place(a chat.Address) string {
	if a.Direct() {
		return "private " + a.Room
	}
	return a.Room
}

func (p *paper) At(who, room string) chat.Address {
	if room == "" {
		return chat.Address{Platform: "paper", Room: who}
	}
	return chat.Address{Platform: "paper", Space: "house", Room: room}
}

func (p *paper) do(who, room string, c chat.Call) {
	p.calls++
	c.ID, c.Time = fmt.Sprint(p.calls), time.Now()
	c.From, c.At = chat.Person{Platform: "paper", ID: who, Name: who}, p.At(who, room)
	c.Reachable = who != "kim" || p.known
	p.todo <- &c
}

func (p *paper) Call(who, room string, path []string, args ...chat.Arg) {
	if !p.limits.Typed {
		p.do(who, room, chat.Call{Path: path, Args: args})
		return
	}
	line := "/" + strings.Join(path, " ")
	for _, a := range args {
		line += fmt.Sprintf(` %s:"%s"`, a.Name, a.Value)
	}
	p.do(who, room, chat.Call{Text: line})
}

func (p *paper) Attach(who, room string, path []string, f bottest.File) {
	file := &chat.File{Name: f.Name, Size: int64(len(f.Content)),
		Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(f.Content)), nil }}
	c := chat.Call{Args: []chat.Arg{{Value: f.Name, File: file}}}
	switch {
	case p.limits.Typed && path != nil:
		c.Text = "/" + strings.Join(path, " ")
	case p.limits.Typed:
	case path != nil:
		c.Path = path
	default:
		c.Press, c.Args[0].Name = p.form(who, room).Payload, p.form(who, room).Ask[0].Spec.Name
	}
	p.do(who, room, c)
}

// form is the one that is open.
func (p *paper) form(who, room string) (open *chat.Offer) {
	for _, s := range p.board {
		if s.room == place(p.At(who, room)) && s.ask != nil {
			open = s.ask
		}
	}
	return open
}

func (p *paper) Say(who, room, text string) { p.do(who, room, chat.Call{Text: text}) }

func (p *paper) Press(who, room, label string) {
	for _, s := range slices.Backward(p.board) {
		if s.room != place(p.At(who, room)) {
			continue
		}
		for _, row := range s.offers {
			for _, o := range row {
				if o.Label.String() == label {
					p.do(who, room, chat.Call{Press: o.Payload})
					return
				}
			}
		}
		if s.ask != nil {
			for _, c := range s.ask.Ask[0].Spec.Choices {
				if c.Label.String() == label {
					p.do(who, room, chat.Call{Press: s.ask.Payload, Args: []chat.Arg{{Name: s.ask.Ask[0].Spec.Name, Value: c.Value}}})
					return
				}
			}
		}
	}
}

func (p *paper) Enter(who, room string) {
	for _, s := range slices.Backward(p.board) {
		if s.door != nil && s.room == place(p.At(who, room)) {
			p.known = p.known || who == "kim"
			p.do(who, "", chat.Call{Press: s.door.Payload})
			return
		}
	}
}

func (p *paper) Fill(who, room string, values ...string) {
	if p.limits.Typed {
		for _, v := range values {
			p.Say(who, room, v)
		}
		return
	}
	open := p.form(who, room)
	c := chat.Call{Press: open.Payload}
	for i, v := range values {
		c.Args = append(c.Args, chat.Arg{Name: open.Ask[i].Spec.Name, Value: v})
	}
	p.do(who, room, c)
}

func (p *paper) Sees(who, room string) []bottest.Seen {
	var seen []bottest.Seen
	for _, s := range p.board {
		if s.room != place(p.At(who, room)) || s.only != "" && s.only != who {
			continue
		}
		seen = append(seen, s.seen())
	}
	return seen
}

func (s *sheet) seen() bottest.Seen {
	out := bottest.Seen{Text: s.body}
	for _, row := range s.offers {
		for _, o := range row {
			out.Buttons = append(out.Buttons, o.Label.String())
		}
	}
	if s.ask != nil {
		for _, q := range s.ask.Ask {
			out.Fields = append(out.Fields, q.Label.String())
			for _, c := range q.Spec.Choices {
				out.Buttons = append(out.Buttons, c.Label.String())
			}
		}
	}
	return out
}
