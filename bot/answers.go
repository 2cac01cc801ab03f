package bot

import (
	"context"
	"strings"

	"peerbot/chat"
)

// unknown says that there is no such command, with the nearest ones. In a room,
// where the line may be for somebody else, it says nothing when none is near, and
// nothing aloud where one that is near would answer in private.
func (r *Router) unknown(f found) step {
	return func(_ context.Context, v *visit) (chat.Reply, error) {
		v.ended = "unknown"
		var row []chat.Offer
		private := !v.limits.Aside
		for _, n := range f.node.nearest(f.lost, v.Role) {
			private = private || n.Private
			row = append(row, chat.Offer{Label: chat.Words(r.typed(v, n)), Path: n.path})
		}
		if f.node != r.tree.root {
			reply, err := r.branchOf(v, f.node)
			reply.Body = chat.Paragraphs(chat.Say("engine.unknown.sub", chat.Text("command", r.typed(v, f.node))), reply.Body)
			return reply, err
		}
		if len(row) > 0 {
			return chat.Reply{Body: chat.Say("engine.unknown.near"), Offers: [][]chat.Offer{row}, Private: private}, nil
		}
		if !v.At.Direct() {
			return chat.Reply{}, nil
		}
		return chat.Reply{Body: chat.Say("engine.unknown.command"), Offers: r.help(v)}, nil
	}
}

// branch shows what stands under a bare branch.
func (r *Router) branch(_ context.Context, v *visit) (chat.Reply, error) {
	v.ended = "menu"
	r.uses(v)
	return r.branchOf(v, v.node)
}

func (r *Router) branchOf(v *visit, n *node) (chat.Reply, error) {
	var items []chat.Rich
	var row []chat.Offer
	for _, sub := range n.subs {
		if sub.Unlisted || !sub.allowed(v.Role) {
			continue
		}
		items = append(items, chat.Say("engine.branch.item",
			chat.Text("command", r.typed(v, sub)), chat.Text("about", r.words.About(v.Lang, sub.key()))))
		row = append(row, chat.Offer{Label: chat.Words(r.typed(v, sub)), Path: sub.path})
	}
	if len(row) == 0 {
		return chat.Reply{}, r.denied(v, n)
	}
	body := chat.Paragraphs(chat.Words(r.words.About(v.Lang, n.key())), chat.Rich{chat.List{Items: items}})
	return chat.Reply{Body: body, Offers: [][]chat.Offer{row}}, nil
}

// typed is a command as a person types it, in their language.
func (r *Router) typed(v *visit, n *node) string {
	var names []string
	for ; n.above != nil; n = n.above {
		names = append([]string{r.words.Name(v.Lang, n.key())}, names...)
	}
	return "/" + strings.Join(names, " ")
}

// old says kindly that a button works no longer, whatever the reason.
func (r *Router) old(_ context.Context, v *visit) (chat.Reply, error) {
	v.ended = "old"
	return chat.Reply{Body: chat.Say("engine.old"), Offers: r.help(v), Private: !v.limits.Aside}, nil
}

// foreign shows the general menu to somebody for whom a button was not.
func (r *Router) foreign(ctx context.Context, v *visit) (chat.Reply, error) {
	if r.menu == nil {
		return r.old(ctx, v)
	}
	v.node, v.Args = r.menu, nil
	reply, err := r.run(ctx, v)
	v.ended = "foreign"
	reply.Private, reply.Replace = true, false
	return reply, err
}

// unread answers who just writes to the bot in private. Nothing is kept or scanned.
func (r *Router) unread(_ context.Context, v *visit) (chat.Reply, error) {
	v.ended = "unread"
	return chat.Reply{Body: chat.Say("engine.unread"), Offers: r.help(v)}, nil
}

// help is the way to a person, and the way to the menu.
func (r *Router) help(v *visit) [][]chat.Offer {
	var row []chat.Offer
	if r.crisis != nil {
		row = append(row, chat.Offer{Label: chat.Say("engine.crisis"), Path: r.crisis.path})
	}
	if r.menu != nil && r.menu.allowed(v.Role) {
		row = append(row, chat.Offer{Label: chat.Say("engine.menu"), Path: r.menu.path})
	}
	if row == nil {
		return nil
	}
	return [][]chat.Offer{row}
}

// denied says whose the command is, or the parts of it that are shown.
func (r *Router) denied(v *visit, n *node) *chat.Refusal {
	var needs chat.Role
	for _, sub := range n.subs {
		if !sub.Unlisted {
			needs |= sub.Needs
		}
	}
	for ; n != nil; n = n.above {
		needs |= n.Needs
	}
	var duties []chat.Rich
	for name := range strings.SplitSeq(needs.String(), "+") {
		duties = append(duties, chat.Say("engine.duty."+name))
	}
	refusal := chat.Refuse(chat.Denied, "engine.denied", chat.With("duties", chat.Rich{chat.And{Items: duties}}))
	refusal.Offers = r.help(v)
	return refusal
}
