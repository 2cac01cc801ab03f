package bot

import (
	"context"
	"errors"
	"strings"

	"peerbot/chat"
	"peerbot/storage"
)

// visit is one call on its way through the Router.
type visit struct {
	*chat.Call
	limits Limits
	roster Roster // roster is nil where the platform knows nobody's rights.
	node   *node  // node is what was asked for; nil when it is nothing in the tree.
	act    step   // act is what is to be done.

	bare   bool       // bare: the command was given, and no option with it.
	open   []chat.Arg // open are options that are still to be asked for.
	card   string     // card is what the pressed ticket stands on, until it is fetched.
	index  int        // index is its place there.
	ticket *ticket    // ticket is what was pressed.

	draft  *draft                   // draft is the form that the person is in here.
	effect bool                     // effect: a changing Update has carried the receipts.
	later  []func(storage.Tx) error // later is what is written with the reply, in one Update.
	own    bool                     // own: every button of the reply is the caller's alone.
	rows   [][]button               // rows are the engine's own buttons, the caller's alone.
	ask    *button                  // ask is the form to be opened.
	posed  bool                     // posed: the command asks, in its own words.
	ended  string                   // ended is how it came out, for the log; "" is a fault.
}

// step is what is done for a call. Its error becomes a reply.
type step func(context.Context, *visit) (chat.Reply, error)

// button is an offer of the engine's own, with what only the engine can say of it.
type button struct {
	chat.Offer
	like ticket
}

// visit begins one. What only the Router may say of a call is wiped out, and its ID
// becomes one that no call of another platform has.
func (r *Router) visit(c *chat.Call) *visit {
	own := *c
	own.Home, own.Member, own.Zone, own.Plain, own.Confirmed, own.Asked = "", "", nil, false, false, chat.Address{}
	own.ID = r.vault.ID("call", c.At.Platform, c.ID)
	return &visit{Call: &own, limits: r.limits[c.At.Platform]}
}

// always reports whether the call is answered with or without store and rights.
func (v *visit) always() bool { return v.node != nil && v.node.Always }

// named reports whether the platform says who calls.
func (v *visit) named() bool { return v.From.ID != "" }

// mine is whose the caller's own buttons are. Of a caller without a name the platform
// tells who they are when they press, so the room has them; what they need is checked
// then.
func (v *visit) mine() byte {
	if v.named() {
		return toPerson
	}
	return toRoom
}

// once names the receipts of what was pressed, if that works a single time. A form
// that it opened carries them on.
func (v *visit) once() []string {
	if v.ticket == nil {
		return nil
	}
	return v.ticket.Once
}

// name is the command for the log.
func (v *visit) name() string {
	if v.node == nil {
		return "-"
	}
	return v.node.key()
}

// sort finds out what was asked for, as far as that needs no store.
func (r *Router) sort(ctx context.Context, v *visit) {
	switch text := strings.TrimSpace(v.Text); {
	case v.Press != "":
		r.sortPress(v)
	case len(v.Path) > 0:
		v.bare = len(v.Args) == 0
		r.goTo(v, r.tree.read("/"+strings.Join(v.Path, " ")))
	case strings.HasPrefix(text, "/"):
		r.sortLine(v, text)
	case r.awaited(ctx, v):
		r.sortAnswer(v)
	case v.At.Direct():
		v.act = r.unread
	}
	if v.always() {
		v.Lang = r.words.Match(v.Lang)
	}
}

// goTo makes the visit one of what a line or a path led to.
func (r *Router) goTo(v *visit, f found) {
	switch {
	case f.node == r.tree.root:
		v.act = r.unknown(f)
	case f.lost != "":
		v.node, v.act = f.node, r.unknown(f)
	case !f.node.leaf():
		v.node, v.act = f.node, r.branch
	default:
		v.node, v.act = f.node, r.run
	}
}

func (r *Router) sortLine(v *visit, text string) {
	f := r.tree.read(text)
	r.goTo(v, f)
	if v.node == nil || !v.node.leaf() {
		return
	}
	v.bare = f.rest == "" && len(v.Args) == 0
	args, err := v.node.readArgs(f.rest)
	if err != nil && !v.node.Always {
		v.act = refuse(err)
	}
	v.Args = append(args, v.Args...)
}

// refuse is a step that ends in the error.
func refuse(err error) step {
	return func(context.Context, *visit) (chat.Reply, error) { return chat.Reply{}, err }
}

func (r *Router) sortPress(v *visit) {
	if n, args, ok := r.tree.readClear(v.Press); ok {
		v.node, v.Args, v.act = n, append(args, v.Args...), r.run
		return
	}
	if id, index, ok := readCard(v.Press); ok {
		v.card, v.index = id, index
		return
	}
	t, err := r.read(v.Press, v.Call)
	r.redeem(v, t, err)
}

// redeem turns the call into what the ticket stands for. Only what the ticket leaves
// open can be filled in.
func (r *Router) redeem(v *visit, t ticket, err error) {
	switch {
	case errors.Is(err, errForeign) && !v.At.Direct():
		v.act = r.foreign
		return
	case err != nil || !v.Time.Before(t.Until):
		v.act = r.old
		return
	}
	r.goTo(v, found{node: r.tree.at(t.Path)})
	v.ticket, v.Confirmed = &t, t.Confirmed
	v.Args, v.open = t.fill(v.Args)
	if v.At.Direct() {
		v.Home, v.Asked = t.Home, t.Asked
	}
}

// awaited reports whether a line that is no command answers a question. When the
// store cannot say, it does not.
func (r *Router) awaited(ctx context.Context, v *visit) bool {
	if !v.limits.Typed {
		return false
	}
	if err := r.recall(ctx, v); err != nil {
		r.report(v, err)
		return false
	}
	return v.draft != nil && (len(v.draft.Open) > 0 || v.draft.Call == v.ID)
}

// sortAnswer makes of a line the answer to the question that stands. A call that
// comes a second time is not an answer to the next question.
func (r *Router) sortAnswer(v *visit) {
	filled := v.Args
	v.Args = nil
	if v.draft.Call != v.ID {
		answer := chat.Arg{Name: v.draft.Open[0].Name, Value: v.Text}
		if len(filled) > 0 {
			answer.File = filled[0].File
		}
		v.Args = []chat.Arg{answer}
	}
	r.redeem(v, v.draft.ticket, nil)
}

// printer prints the reply to the visit.
func (r *Router) printer(v *visit) *printer {
	return &printer{
		Router: r, lang: r.words.Match(v.Lang), zone: v.Zone, now: v.Time, limits: v.limits,
		message: v.ID, always: v.always(),
	}
}
