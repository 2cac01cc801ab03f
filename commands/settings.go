package commands

import (
	"context"

	"peerbot/chat"
	"peerbot/community/member"
	"peerbot/storage"
)

// What /settings can change. Each is also a button of its card.
var (
	settingsZone  = chat.Zone("zone")
	settingsQuiet = quietOption{chat.String("quiet").Between(1, 40)}
	settingsLock  = chat.String("lockscreen").OneOf(
		chat.Choice{Value: "neutral", Label: chat.Say("settings.lock_neutral")},
		chat.Choice{Value: "open", Label: chat.Say("settings.lock_open")})
	settingsPlain = chat.Boolean("plain")
)

// clientLang is the choice that leaves the language to the person's own app.
const clientLang = "auto"

func settingsLang(langs []string) *chat.Option[string] {
	choices := []chat.Choice{{Value: clientLang, Label: chat.Say("settings.lang_auto")}}
	for _, tag := range langs {
		choices = append(choices, chat.Choice{Value: tag, Label: chat.Words(member.LangName(tag))})
	}
	return chat.String("language").OneOf(choices...)
}

// settingsCommand shows how the bot treats the caller, and changes it.
func settingsCommand(d Deps) chat.Command {
	lang := settingsLang(d.Langs)
	return chat.Command{
		Name: "settings", Group: groupMine, Private: true,
		Options: []chat.Param{settingsZone, lang, settingsQuiet, settingsLock, settingsPlain},
		Run: func(ctx context.Context, c *chat.Call) (chat.Reply, error) {
			v, err := d.settle(ctx, c, func(v *member.Member) { choose(c, lang, v) })
			if err != nil {
				return chat.Reply{}, err
			}
			d.heed(c, v)
			return settingsCard(c, v, lang), nil
		},
	}
}

// settle reads the caller's record and, where the call has options, changes it.
func (d Deps) settle(ctx context.Context, c *chat.Call, change func(*member.Member)) (v member.Member, err error) {
	if len(c.Args) == 0 {
		err = d.Store.View(ctx, func(r storage.Reader) error {
			v, err = d.Members.Get(r, c.Member)
			return err
		})
		return v, err
	}
	err = d.Store.Update(ctx, func(tx storage.Tx) error {
		if v, err = d.Members.Get(tx, c.Member); err != nil {
			return err
		}
		change(&v)
		return d.Members.Put(tx, v)
	})
	return v, err
}

// choose puts what was said into the record, and leaves the rest.
func choose(c *chat.Call, lang *chat.Option[string], v *member.Member) {
	if settingsZone.Given(c) {
		v.Zone = settingsZone.In(c).Name
	}
	if lang.Given(c) {
		if v.Lang = lang.In(c); v.Lang == clientLang {
			v.Lang = ""
		}
	}
	if settingsQuiet.Given(c) {
		v.Quiet = settingsQuiet.In(c)
	}
	if settingsLock.Given(c) {
		v.Open = settingsLock.In(c) == "open"
	}
	if settingsPlain.Given(c) {
		v.Plain = settingsPlain.In(c)
	}
}

// heed lets the very answer follow what was just chosen.
func (d Deps) heed(c *chat.Call, v member.Member) {
	if v.Zone != "" {
		c.Zone = zone(v.Zone)
	}
	if v.Lang != "" {
		c.Lang = d.Match(v.Lang)
	}
	c.Plain = v.Plain
}

func settingsCard(c *chat.Call, v member.Member, lang *chat.Option[string]) chat.Reply {
	lines := []chat.Rich{
		settingsTime(c, v),
		chat.Say("settings.lang_is", chat.Text("lang", member.LangName(c.Lang))),
		settingsQuietLine(v.Quiet),
		chat.Say("settings.plain." + onOff(v.Plain)),
	}
	body := chat.Paragraphs(chat.Say("settings.title"), chat.Lines(lines...), lockScreen(v))
	return chat.Reply{Body: body, Offers: settingsOffers(v, lang), Replace: true}
}

func settingsTime(c *chat.Call, v member.Member) chat.Rich {
	now := chat.At("now", c.Time, chat.Moment)
	switch {
	case v.Zone != "":
		return chat.Say("settings.zone_is", now)
	case c.Zone != nil:
		return chat.Say("settings.zone_home", now)
	}
	return chat.Say("settings.zone_none")
}

func settingsQuietLine(q member.Quiet) chat.Rich {
	if q.None() {
		return chat.Say("settings.quiet_none")
	}
	return chat.Say("settings.quiet_is", chat.Text("from", q.From.String()), chat.Text("to", q.To.String()))
}

// lockScreen shows both ways in which a note can stand on a locked phone, and which
// one holds. It also stands before a person's first private note.
func lockScreen(v member.Member) chat.Rich {
	return chat.Lines(
		chat.Say("settings.lock_is."+lockName(v.Open)),
		chat.Say("settings.preview_neutral"),
		chat.Say("settings.preview_open"),
	)
}

// lockOffer is the button that changes to the other way.
func lockOffer(v member.Member) chat.Offer {
	other := lockName(!v.Open)
	return settingsOffer(chat.Say("settings.choose."+other), settingsLock.Is(other))
}

func settingsOffers(v member.Member, lang *chat.Option[string]) [][]chat.Offer {
	ask := func(label string, open chat.Arg) chat.Offer {
		return chat.Offer{Label: chat.Say(label), Path: []string{"settings"}, Open: []chat.Arg{open}}
	}
	quiet := chat.Arg{Name: settingsQuiet.Name}
	if !v.Quiet.None() {
		quiet.Value = v.Quiet.String()
	}
	return [][]chat.Offer{
		{ask("settings.change_zone", chat.Arg{Name: "zone"}), ask("settings.change_lang", chat.Arg{Name: lang.Name})},
		{ask("settings.change_quiet", quiet)},
		{lockOffer(v), settingsOffer(chat.Say("settings.turn_plain."+onOff(!v.Plain)), settingsPlain.Is(!v.Plain))},
	}
}

func settingsOffer(label chat.Rich, bound chat.Arg) chat.Offer {
	return chat.Offer{Label: label, Path: []string{"settings"}, Bound: []chat.Arg{bound}}
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

func lockName(open bool) string {
	if open {
		return "open"
	}
	return "neutral"
}

// quietOption is a line of text that says hours, such as "22:00-07:00", or "off".
type quietOption struct{ *chat.Option[string] }

// Parse returns the hours as member.Quiet writes them.
func (o quietOption) Parse(c *chat.Call, typed chat.Arg) (chat.Arg, error) {
	arg, err := o.Option.Parse(c, typed)
	if err != nil {
		return chat.Arg{}, err
	}
	q, err := member.ReadQuiet(arg.Value)
	if err != nil {
		return chat.Arg{}, &chat.Refusal{Why: chat.Invalid, Say: chat.Say("settings.quiet_unclear"), Option: o.Name, Err: err}
	}
	return o.Is(q.String()), nil
}

// In reads the hours from a call that the Router has parsed.
func (o quietOption) In(c *chat.Call) member.Quiet {
	q, err := member.ReadQuiet(o.Option.In(c))
	if err != nil {
		return member.Quiet{}
	}
	return q
}
