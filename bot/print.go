package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"time"

	"peerbot/chat"
	"peerbot/storage"
)

// printer turns what is to be shown into words, and its offers into payloads. What
// does not fit a payload comes to stand on the card of the message.
type printer struct {
	*Router
	lang    string
	zone    *time.Location
	now     time.Time
	limits  Limits
	message string // message names the message, for good.
	home    string // home travels with the offers.
	always  bool   // always: the store is out of reach, and so is a card.
	card    card
}

func (p *printer) words(r chat.Rich) chat.Rich { return p.Router.words.Put(p.lang, p.zone, r) }

// label is words on a button, cut where they do not fit.
func (p *printer) label(r chat.Rich) chat.Rich {
	r = p.words(r)
	if short, cut := chat.Cut(chat.Line(r.String()), p.limits.Label); cut {
		return chat.Words(short)
	}
	return r
}

// print puts the reply into words, its buttons into payloads, and keeps what stands
// behind them.
func (r *Router) print(ctx context.Context, v *visit, reply chat.Reply) (chat.Reply, error) {
	p := r.printer(v)
	reply.Private = reply.Private || v.hidden()
	reply.Replace = v.replaces(reply)
	if v.Plain {
		p.limits.Columns = 1
	}
	if v.At.Direct() || v.limits.Aside && reply.Private {
		p.home = v.Home
	}
	to := v.mine()
	if !reply.Private && !v.own {
		to = toRoom
	}
	reply.Body = p.words(reply.Body)
	rows, err := p.rows(asButtons(reply.Offers), to, v.Call)
	if err != nil {
		return reply, err
	}
	own, err := p.rows(v.rows, v.mine(), v.Call)
	if err != nil {
		return reply, err
	}
	reply.Offers = p.fit(append(rows, own...))
	if reply.Ask, err = p.form(v); err == nil && reply.Private && v.shut() {
		reply.Door, err = p.door(v)
	}
	if err != nil {
		return reply, err
	}
	if len(v.later) > 0 || len(p.card.Tickets) > 0 {
		err = r.store.Update(ctx, func(tx storage.Tx) error { return p.save(tx, v.Member, v.later...) })
	}
	if left := cardless(reply.Offers); err != nil && (v.effect || len(left) > 0 && len(v.later)+len(v.rows) == 0) {
		r.report(v, err)
		reply.Offers, reply.Door, err = left, nil, nil
	}
	return reply, err
}

// cardless are the buttons that work without what could not be kept. An answer to what
// has had its effect stands with them alone, and so does one that has some; a preview
// without its Save would be none.
func cardless(rows [][]chat.Offer) [][]chat.Offer {
	var left [][]chat.Offer
	for _, row := range rows {
		row = slices.DeleteFunc(slices.Clone(row), func(o chat.Offer) bool { _, _, card := readCard(o.Payload); return card })
		if len(row) > 0 {
			left = append(left, row)
		}
	}
	return left
}

// hidden reports whether the answer is for the caller alone whatever it says. What
// answers always is, wherever that costs no time: a room does not see who needs help.
func (v *visit) hidden() bool {
	return v.node != nil && (v.node.Private || v.node.Always && !v.limits.Aside)
}

// replaces reports whether the reply takes the place of the message whose button was
// pressed. A private answer never takes the place of what a room reads.
func (v *visit) replaces(reply chat.Reply) bool {
	asked := reply.Replace || v.Press != "" && v.ticket != nil && v.ticket.Form
	hidden := v.At.Direct() || v.ticket != nil && v.ticket.To.Kind == toPerson
	return asked && !v.Plain && (hidden || !reply.Private)
}

// form prints the form that is to be opened. On a Typed platform it has no payload:
// the next line is the answer.
func (p *printer) form(v *visit) (*chat.Offer, error) {
	b := v.ask
	if b == nil {
		return nil, nil
	}
	b.like.To = p.presser(v.mine(), v.Call)
	if p.limits.Typed {
		asked := p.questions(p.tree.at(b.Path), b.Open, b.like.Page)
		if v.posed {
			asked[0].Label, asked[0].Help = nil, nil
		}
		return &chat.Offer{Path: b.Path, Ask: asked}, nil
	}
	o, err := p.offer(b.Offer, b.like)
	return &o, err
}

func asButtons(rows [][]chat.Offer) [][]button {
	buttons := make([][]button, len(rows))
	for i, row := range rows {
		for _, o := range row {
			buttons[i] = append(buttons[i], button{Offer: o})
		}
	}
	return buttons
}

// rows prints buttons that are bound to the caller, or to the room. Of a command that
// answers always it leaves out what cannot be printed: the rest has to be seen.
func (p *printer) rows(rows [][]button, kind byte, c *chat.Call) ([][]chat.Offer, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	to := p.presser(kind, c)
	printed := make([][]chat.Offer, len(rows))
	for i, row := range rows {
		for _, b := range row {
			b.like.To = to
			o, err := p.offer(b.Offer, b.like)
			if err != nil && p.always {
				p.log.Error("button left out", slog.Any("error", err))
				continue
			}
			if err != nil {
				return nil, err
			}
			printed[i] = append(printed[i], o)
		}
	}
	return printed, nil
}

// offer prints one offer; like holds what the offer itself does not say.
func (p *printer) offer(o chat.Offer, like ticket) (chat.Offer, error) {
	n := p.tree.at(o.Path)
	if n == nil {
		return o, fmt.Errorf("an offer leads to %q, which is no command", o.Path)
	}
	o.Label = p.label(o.Label)
	o.Confirmed = like.Confirmed
	o.Ask = p.questions(n, o.Open, like.Page)
	var err error
	o.Payload, err = p.payload(n, o, like)
	return o, err
}

func (p *printer) payload(n *node, o chat.Offer, t ticket) (string, error) {
	if n.Always && len(o.Open) == 0 {
		return writeClear(n, o.Bound)
	}
	t.Path, t.Bound, t.Open, t.Home = o.Path, o.Bound, o.Open, p.home
	t.Until = p.until(o.Until)
	if t.Once == nil { // else it shares its use with others and stands on the card
		if o.Once {
			t.Once = []string{p.vault.ID("once", p.message, strconv.Itoa(len(p.card.Tickets)))}
		}
		if payload, err := p.write(t, p.limits.Payload); !errors.Is(err, errTooLong) {
			return payload, err
		}
	}
	if p.always {
		return "", fmt.Errorf("an offer of %v has to stand on a card: %w", n, errTooLong)
	}
	return writeCard(p.cardID(), p.card.shelve(t))
}

func (p *printer) cardID() string { return p.vault.ID("card", p.message) }

func (p *printer) until(until time.Time) time.Time {
	latest := p.now.Add(offerTerm)
	if until.IsZero() || until.After(latest) {
		until = latest
	}
	return until.Truncate(time.Second)
}

// questions puts what a form asks into words: the options of the page, or all.
func (p *printer) questions(n *node, open []chat.Arg, page []string) []chat.Question {
	var asked []chat.Question
	for i, a := range open {
		param, ok := n.param(a.Name)
		if !ok || page != nil && i >= len(page) {
			continue
		}
		spec := param.Spec()
		for i, c := range spec.Choices {
			spec.Choices[i].Label = p.label(c.Label)
		}
		if p.limits.Typed {
			spec.Choices = nil // they are buttons
		}
		asked = append(asked, chat.Question{
			Spec: spec, Value: a.Value,
			Label: chat.Words(p.Router.words.OptionLabel(p.lang, n.key(), a.Name)),
			Help:  chat.Words(p.Router.words.OptionHelp(p.lang, n.key(), a.Name)),
		})
	}
	return asked
}

// save does the writes, and keeps the card under owner's key if there is one. A
// message printed again gets the same card again.
func (p *printer) save(tx storage.Tx, owner string, writes ...func(storage.Tx) error) error {
	for _, write := range writes {
		if err := write(tx); err != nil {
			return err
		}
	}
	if len(p.card.Tickets) == 0 {
		return nil
	}
	p.card.Owner = owner
	if err := p.kept.cards.Put(tx, p.cardID(), p.card); err != nil {
		return fmt.Errorf("keep a card: %w", err)
	}
	return nil
}

// fit lays rows of buttons out as the platform can show them, and leaves out what
// it cannot show at all.
func (p *printer) fit(rows [][]chat.Offer) [][]chat.Offer {
	if p.limits.Columns == 0 {
		return rows
	}
	var fitting [][]chat.Offer
	var all []chat.Offer
	for _, row := range rows {
		all = append(all, row...)
		fitting = append(fitting, split(row, p.limits.Columns)...)
	}
	if len(fitting) > p.limits.Rows {
		fitting = split(all, p.limits.Columns)
	}
	if left := len(fitting) - p.limits.Rows; left > 0 {
		p.log.Warn("buttons left out", slog.String("platform", p.limits.Platform), slog.Int("rows", left))
		fitting = fitting[:p.limits.Rows]
	}
	return fitting
}

func split(row []chat.Offer, columns int) (rows [][]chat.Offer) {
	for len(row) > columns {
		rows, row = append(rows, row[:columns]), row[columns:]
	}
	if len(row) > 0 {
		rows = append(rows, row)
	}
	return rows
}
