package bot

import (
	"context"
	"errors"
	"slices"

	"peerbot/chat"
)

// run carries out a leaf. It reads the options, asks for those that are missing,
// shows the preview and then lets the command do its work.
func (r *Router) run(ctx context.Context, v *visit) (chat.Reply, error) {
	if v.node.own != nil {
		return v.node.own(ctx, v)
	}
	if v.bare && v.draft != nil && len(v.draft.Bound) > 0 {
		return r.halfway(v), nil
	}
	v.nameFile()
	args, wrong, err := r.parsed(v)
	v.Args = args
	if err != nil && !v.node.Always { // which answers, whatever else was typed
		return r.mended(ctx, v, err, wrong...)
	}
	if v.open = append(v.open, v.lacking()...); len(v.open) > 0 {
		return r.opened(ctx, v, chat.Offer{Path: v.node.path, Bound: v.Args, Open: v.open}, nil)
	}
	if v.ticket != nil && v.ticket.Change {
		return r.changing(ctx, v)
	}
	if v.node.Confirm != nil && !v.Confirmed {
		return r.preview(ctx, v)
	}
	reply, err := v.node.Run(ctx, v.Call)
	if err != nil {
		return r.mended(ctx, v, err)
	}
	return r.after(ctx, v, reply)
}

// after sees to what the command's own reply asks for.
func (r *Router) after(ctx context.Context, v *visit, reply chat.Reply) (chat.Reply, error) {
	if reply.Ask != nil {
		return r.posed(ctx, v, reply)
	}
	r.uses(v)
	if v.node.Undo != nil && v.effect {
		v.rows = append(v.rows, []button{{Offer: chat.Offer{
			Label: chat.Say("engine.undo"), Path: v.node.Undo, Once: true, Until: v.Time.Add(undoTerm),
			Bound: []chat.Arg{{Name: undoOption, Value: v.ID}},
		}}})
	}
	return reply, nil
}

// undoOption is the option of an undoing leaf that takes the id of the call to be
// taken back.
const undoOption = "change"

// nameFile gives a file that came without a name to the first option for one. Where
// there is none it is left out: what it came with is what was meant.
func (v *visit) nameFile() {
	first := slices.IndexFunc(v.node.Options, func(p chat.Param) bool { return p.Spec().Kind == chat.KindAttachment })
	nameless := func(a chat.Arg) bool { return a.Name == "" && a.File != nil }
	if first < 0 {
		v.Args = slices.DeleteFunc(slices.Clone(v.Args), nameless)
		return
	}
	for i, a := range v.Args {
		if nameless(a) {
			v.Args[i].Name = v.node.Options[first].Spec().Name
		}
	}
}

// parsed reads the options of the call. Those that cannot be read are wrong, and err
// is about the first of them, or about what is no option or was given twice.
func (r *Router) parsed(v *visit) (args, wrong []chat.Arg, err error) {
	for i, typed := range v.Args {
		p, ok := v.node.param(typed.Name)
		if !ok {
			return nil, nil, chat.Refuse(chat.Invalid, "engine.read.unknown_option", chat.Text("option", typed.Name))
		}
		if named(v.Args[:i], typed.Name) {
			return nil, nil, chat.Refuse(chat.Conflict, "engine.read.twice", chat.Text("option", typed.Name))
		}
		arg, fault := p.Parse(v.Call, r.chosen(v, p, typed))
		if fault == nil {
			args = append(args, arg)
			continue
		}
		if wrong = append(wrong, typed); err == nil {
			err = fault
		}
	}
	return args, wrong, err
}

// chosen is what was typed, or the value of the choice whose label in the caller's
// language it is.
func (r *Router) chosen(v *visit, p chat.Param, typed chat.Arg) chat.Arg {
	for _, c := range p.Spec().Choices {
		if label := r.words.Put(v.Lang, v.Zone, c.Label).String(); fold(label) == fold(chat.Line(typed.Value)) {
			typed.Value = c.Value
			break
		}
	}
	return typed
}

// lacking are the required options that nobody has given or is about to be asked for.
func (v *visit) lacking() (open []chat.Arg) {
	for _, p := range v.node.Options {
		s := p.Spec()
		if s.Required && !named(v.Args, s.Name) && !named(v.open, s.Name) {
			open = append(open, chat.Arg{Name: s.Name})
		}
	}
	return open
}

func named(args []chat.Arg, name string) bool {
	return slices.ContainsFunc(args, func(a chat.Arg) bool { return a.Name == name })
}

func without(args []chat.Arg, gone []chat.Arg) []chat.Arg {
	return slices.DeleteFunc(slices.Clone(args), func(a chat.Arg) bool { return named(gone, a.Name) })
}

// mended asks once more for the option that a refusal is about, with the readings to
// choose from, and passes any other error on.
func (r *Router) mended(ctx context.Context, v *visit, err error, wrong ...chat.Arg) (chat.Reply, error) {
	var refusal *chat.Refusal
	if !errors.As(err, &refusal) || refusal.Option == "" {
		return chat.Reply{}, err
	}
	if _, ok := v.node.param(refusal.Option); !ok {
		return chat.Reply{}, err
	}
	if !named(wrong, refusal.Option) {
		given, _ := v.Arg(refusal.Option)
		wrong = append([]chat.Arg{{Name: refusal.Option, Value: given.Value}}, wrong...)
	}
	again := chat.Offer{Path: v.node.path, Bound: without(v.Args, wrong), Open: append(wrong, without(v.open, wrong)...)}
	for _, reading := range refusal.Readings {
		v.rows = append(v.rows, []button{v.formButton(reading.Label, answer(again, reading.Value))})
	}
	reply, err := r.again(ctx, v, again, refusal)
	reply.Offers = refusal.Offers
	v.ended = "refused " + string(refusal.Why)
	return reply, err
}

// again shows the question once more on a Typed platform, and elsewhere a button
// that reopens the form with what was typed.
func (r *Router) again(ctx context.Context, v *visit, o chat.Offer, refusal *chat.Refusal) (chat.Reply, error) {
	if v.limits.Typed {
		o.Open[0].Value = ""
		return r.opened(ctx, v, o, refusal.Say)
	}
	r.keepDraft(v, o)
	o.Label = chat.Say("engine.form.again")
	v.rows = append(v.rows, []button{v.formButton(o.Label, o)})
	option := r.words.OptionLabel(v.Lang, v.node.key(), o.Open[0].Name)
	return chat.Reply{Private: !v.limits.Aside,
		Body: chat.Say("engine.form.about_option", chat.Text("option", option), chat.With("refusal", refusal.Say))}, nil
}

// answer is the offer with its first open option answered.
func answer(o chat.Offer, value string) chat.Offer {
	a := chat.Arg{Name: o.Open[0].Name, Value: value}
	o.Bound = append(slices.Clone(o.Bound), a)
	o.Open = o.Open[1:]
	return o
}

// formButton is a button of a form or a preview: it works for a day, as they do.
func (v *visit) formButton(label chat.Rich, o chat.Offer) button {
	o.Label, o.Until = label, v.Time.Add(draftTerm)
	return button{Offer: o, like: ticket{Form: true, Once: v.once()}}
}
