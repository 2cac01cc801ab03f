package bot

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"peerbot/chat"
	"peerbot/storage"
)

// opened opens a form for what the offer leaves open: as many options as the
// platform asks at once, or one question on a Typed one. What has been answered so
// far is kept for a day.
func (r *Router) opened(ctx context.Context, v *visit, o chat.Offer, body chat.Rich) (chat.Reply, error) {
	n := r.tree.at(o.Path)
	if n == nil || len(o.Open) == 0 {
		return chat.Reply{}, fmt.Errorf("%v asks for nothing that can be answered: %q", v.node, o.Path)
	}
	v.ended = "asked"
	size := v.limits.Asks
	if v.limits.Typed {
		size = 1
		r.question(ctx, v, n, o)
	}
	if size == 0 || size > len(o.Open) {
		size = len(o.Open)
	}
	form := v.formButton(nil, o)
	v.ask = &form
	for _, a := range o.Open[:size] {
		if _, ok := n.param(a.Name); !ok {
			return chat.Reply{}, fmt.Errorf("%v asks for %q, which %v does not have", v.node, a.Name, n)
		}
		v.ask.like.Page = append(v.ask.like.Page, a.Name)
	}
	if v.limits.Typed || len(o.Bound) > 0 {
		r.keepDraft(v, o)
	}
	return chat.Reply{Body: body}, nil
}

// posed opens the form that a command's own reply asks for. Where it asks in its own
// words it cannot do without the answer.
func (r *Router) posed(ctx context.Context, v *visit, reply chat.Reply) (chat.Reply, error) {
	v.posed = len(reply.Body) > 0
	return r.opened(ctx, v, *reply.Ask, reply.Body)
}

// spareButtons are those that stand under a question beside its choices.
const spareButtons = 2

// question puts the buttons under the one question of a Typed platform: its choices,
// unless readings of what was said stand there, what leaves it as it is, and Stop.
func (r *Router) question(ctx context.Context, v *visit, n *node, o chat.Offer) {
	p, ok := n.param(o.Open[0].Name)
	if !ok {
		return
	}
	if len(v.rows) == 0 {
		for _, c := range r.choices(ctx, v, p) {
			v.rows = append(v.rows, []button{v.formButton(c.Label, answer(o, c.Value))})
		}
	}
	var last []button
	if value := o.Open[0].Value; value != "" {
		label := chat.Say("engine.form.keep", chat.With("value", shown(v, p, value)))
		last = append(last, v.formButton(label, answer(o, value)))
	}
	if !p.Spec().Required && !v.posed {
		skip := o
		skip.Open = o.Open[1:]
		last = append(last, v.formButton(chat.Say("engine.form.skip"), skip))
	}
	v.rows = append(v.rows, append(last, v.stopButton()))
}

func (v *visit) stopButton() button {
	stop := v.formButton(chat.Say("engine.form.stop"), chat.Offer{Path: cancelPath})
	stop.like.Once = nil
	return stop
}

// choices are what a question offers: the option's own, or its best completions.
func (r *Router) choices(ctx context.Context, v *visit, p chat.Param) []chat.Choice {
	const few = 10
	s := p.Spec()
	if len(s.Choices) > 0 || !s.Completes {
		return s.Choices
	}
	best, err := p.Suggest(ctx, v.Call, "")
	if err != nil {
		r.report(v, err)
	}
	return best[:min(len(best), few)]
}

// shown is a canonical value as a person reads it.
func shown(v *visit, p chat.Param, value string) chat.Rich {
	s := p.Spec()
	for _, c := range s.Choices {
		if c.Value == value {
			return c.Label
		}
	}
	switch s.Kind {
	case chat.KindMoment:
		if at, err := time.Parse(time.RFC3339, value); err == nil {
			return chat.Rich{chat.Time{At: at, Style: chat.Moment}}
		}
	case chat.KindRoom:
		if value == chat.Room(s.Name).Is(v.At).Value {
			return chat.Say("engine.form.this_room")
		}
		return chat.Say("engine.form.another_room")
	}
	return chat.Words(value)
}

// halfway asks whether to go on with the form that was begun.
func (r *Router) halfway(v *visit) chat.Reply {
	d := v.draft
	v.ended = "asked"
	v.rows = [][]button{{
		v.formButton(chat.Say("engine.form.go_on"), chat.Offer{Path: d.Path, Bound: d.Bound, Open: d.Open}),
		v.formButton(chat.Say("engine.form.anew"), chat.Offer{Path: d.Path}),
	}}
	return chat.Reply{Body: chat.Say("engine.form.halfway")}
}

// preview shows what Save would do, under the caller's own buttons.
func (r *Router) preview(ctx context.Context, v *visit) (chat.Reply, error) {
	reply, err := v.node.Confirm(ctx, v.Call)
	if err != nil {
		return r.mended(ctx, v, err)
	}
	if reply.Ask != nil {
		return r.posed(ctx, v, reply)
	}
	o := chat.Offer{Path: v.node.path, Bound: v.Args}
	yes := v.node.Save
	if yes == nil {
		yes = chat.Say("engine.form.save")
	}
	save, change, stop := v.formButton(yes, o), v.formButton(chat.Say("engine.form.change"), o), v.stopButton()
	only := r.vault.ID("once", "preview", v.ID) // Save and Stop share one use
	save.like.Confirmed, save.like.Once = true, append([]string{only}, v.once()...)
	change.like.Change = true
	stop.like.Once = []string{only}
	row := []button{save, change, stop}
	if len(v.node.Options) == 0 {
		row = []button{save, stop} // There is nothing to change.
	}
	v.rows = append(v.rows, row)
	v.own, v.ended = true, "preview"
	if v.draft != nil {
		r.keepDraft(v, o)
	}
	return reply, nil
}

// changing reopens what a preview showed: as a form with every value in it where that
// is one page, and else as a choice of what to say again.
func (r *Router) changing(ctx context.Context, v *visit) (chat.Reply, error) {
	var open []chat.Arg
	for _, p := range v.node.Options {
		if s := p.Spec(); s.Kind != chat.KindAttachment {
			given, _ := v.Arg(s.Name)
			open = append(open, chat.Arg{Name: s.Name, Value: given.Value})
		}
	}
	if !v.limits.Typed && (v.limits.Asks == 0 || len(open) <= v.limits.Asks) {
		return r.opened(ctx, v, chat.Offer{Path: v.node.path, Open: open}, nil)
	}
	if most := v.limits.Rows*v.limits.Columns - 1; most > 0 && len(open) > most { // What was said comes before what was not.
		slices.SortStableFunc(open, func(a, b chat.Arg) int { return cmp.Compare(b.Value, "") - cmp.Compare(a.Value, "") })
		open = open[:most]
	}
	for _, a := range open {
		label := chat.Words(r.words.OptionLabel(v.Lang, v.node.key(), a.Name))
		if p, _ := v.node.param(a.Name); a.Value != "" {
			label = chat.Say("engine.form.value", chat.With("option", label), chat.With("value", shown(v, p, a.Value)))
		}
		one := []chat.Arg{a}
		v.rows = append(v.rows, []button{v.formButton(label, chat.Offer{Path: v.node.path, Bound: without(v.Args, one), Open: one})})
	}
	v.rows = append(v.rows, []button{v.formButton(chat.Say("engine.form.back"), chat.Offer{Path: v.node.path, Bound: v.Args})})
	v.ended = "asked"
	return chat.Reply{Body: chat.Say("engine.form.which")}, nil
}

// cancel stops the form that the person is in, or takes the preview back.
func (r *Router) cancel(_ context.Context, v *visit) (chat.Reply, error) {
	if v.draft == nil && v.ticket == nil {
		return chat.Reply{Body: chat.Say("engine.form.nothing_to_stop"), Private: !v.limits.Aside}, nil
	}
	v.later = append(v.later, func(tx storage.Tx) error { return r.spend(tx, v) })
	return chat.Reply{Body: chat.Say("engine.form.stopped"), Private: !v.limits.Aside}, nil
}
