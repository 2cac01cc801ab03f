package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
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
	message string // message is the id of the card, if there has to be one.
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
	me := r.person(v.From)
	reply.Private = reply.Private || v.node != nil && v.node.Private
	reply.Replace = !v.Plain && (reply.Replace || v.Press != "" && v.ticket != nil && v.ticket.Form)
	if v.Plain {
		p.limits.Columns = 1
	}
	to := me
	if !reply.Private && !v.own {
		to = r.room(v.At)
	}
	reply.Body = p.words(reply.Body)
	rows, err := p.rows(reply.Offers, to)
	if err != nil {
		return reply, err
	}
	for _, row := range v.rows {
		var printed []chat.Offer
		for _, b := range row {
			b.like.To = me
			o, err := p.offer(b.Offer, b.like)
			if err != nil {
				return reply, err
			}
			printed = append(printed, o)
		}
		rows = append(rows, printed)
	}
	reply.Offers = p.fit(rows)
	if reply.Ask, err = p.form(v.ask, me); err != nil {
		return reply, err
	}
	return reply, r.keep(ctx, v, p)
}

// form prints the form that is to be opened. On a Typed platform it has no payload:
// the next line is the answer.
func (p *printer) form(b *button, to binding) (*chat.Offer, error) {
	if b == nil {
		return nil, nil
	}
	b.like.To = to
	if p.limits.Typed {
		n := p.tree.at(b.Path)
		return &chat.Offer{Path: b.Path, Ask: p.questions(n, b.Open, b.like.Page)}, nil
	}
	o, err := p.offer(b.Offer, b.like)
	return &o, err
}

// rows prints rows of offers that are bound alike.
func (p *printer) rows(rows [][]chat.Offer, to binding) ([][]chat.Offer, error) {
	printed := make([][]chat.Offer, 0, len(rows))
	for _, row := range rows {
		var out []chat.Offer
		for _, o := range row {
			o, err := p.offer(o, ticket{To: to})
			if errors.Is(err, errNoCard) {
				continue
			}
			if err != nil {
				return nil, err
			}
			out = append(out, o)
		}
		printed = append(printed, out)
	}
	return printed, nil
}

// errNoCard is for an offer that would need a card where there can be none.
var errNoCard = errors.New("no card for an offer")

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
	if t.Once == "" { // else it shares its use with another and stands on the card
		if o.Once {
			t.Once = p.vault.ID("once", p.message, fmt.Sprint(len(p.card.Tickets)))
		}
		if payload, err := p.write(t); !errors.Is(err, errTooLong) {
			return payload, err
		}
	}
	if p.always {
		return "", errNoCard
	}
	return writeCard(p.message, p.card.shelve(t))
}

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
			Label: chat.Words(p.Router.words.OptionName(p.lang, n.key(), a.Name)),
			Help:  chat.Words(p.Router.words.OptionHelp(p.lang, n.key(), a.Name)),
		})
	}
	return asked
}

// save keeps the card, if there is one, under owner's key. A message printed again
// gets the same card again.
func (p *printer) save(tx storage.Tx, owner string) error {
	if len(p.card.Tickets) == 0 {
		return nil
	}
	p.card.Owner = owner
	if err := p.kept.cards.Put(tx, p.message, p.card); err != nil {
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
