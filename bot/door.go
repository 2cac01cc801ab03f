package bot

import (
	"context"
	"slices"
	"time"

	"peerbot/chat"
)

// doorTerm is how long a door can be gone through.
const doorTerm = time.Hour

// shut reports whether a private answer goes to a chat that the platform cannot open.
func (v *visit) shut() bool {
	return v.limits.Aside && !v.At.Direct() && !v.Reachable && v.node != nil && !v.always()
}

// knocks reports whether the call has to wait until the caller has come into the private
// chat: there they can have the answer, and there whoever has no name here has one.
func (v *visit) knocks() bool {
	return v.shut() && (v.node.Private || v.node.Audit && !v.named())
}

// knock does nothing yet; printing the reply makes the door. A file stays outside, and
// is asked for inside.
func (r *Router) knock(_ context.Context, v *visit) (chat.Reply, error) {
	v.ended = "door"
	v.nameFile()
	var bound []chat.Arg
	for _, a := range v.Args {
		if a.File == nil {
			bound = append(bound, a)
		} else {
			v.open = append(v.open, chat.Arg{Name: a.Name})
		}
	}
	v.Args = bound
	return chat.Reply{Private: true}, nil
}

// door brings about in the private chat what was called here, unless it has had its
// effect: the call's own receipt is the door's.
func (p *printer) door(v *visit) (*chat.Offer, error) {
	var like ticket
	if v.ticket != nil {
		like = *v.ticket
	}
	like.Page, like.Asked, like.Once = nil, v.At, append([]string{v.ID}, v.once()...)
	if like.To = p.person(v.From); !v.named() {
		like.To = binding{Kind: toBearer}
	}
	o, err := p.offer(chat.Offer{
		Label: chat.Say("engine.door"), Path: v.node.path, Bound: slices.Clone(v.Args), Open: v.open, Until: v.Time.Add(doorTerm),
	}, like)
	o.Ask = nil
	return &o, err
}
