package commands

import (
	"context"
	"slices"
	"strings"
	"time"

	"peerbot/chat"
	"peerbot/community/crisis"
)

// world is the choice of the card that is right everywhere.
const world = "world"

var crisisCountry = anything{chat.String("country").OneOf(countryChoices()...)}

// crisisCommand answers from what is compiled in, whatever else stands still.
func crisisCommand(d Deps) chat.Command {
	return chat.Command{
		Name: "crisis", Group: groupNow, Always: true,
		Options: []chat.Param{crisisCountry},
		Run: func(_ context.Context, c *chat.Call) (chat.Reply, error) {
			country := first(crisisCountry.In(c), d.Countries.At(c.At))
			if card, ok := crisis.For(country); ok {
				return helpNow(card), nil
			}
			return helpAnywhere(), nil
		},
	}
}

// crisisMoreCommand is behind the button [More places].
func crisisMoreCommand() chat.Command {
	return chat.Command{
		Name: "crisis_more", Group: groupNow, Always: true, Unlisted: true,
		Options: []chat.Param{crisisCountry},
		Run: func(_ context.Context, c *chat.Call) (chat.Reply, error) {
			if card, ok := crisis.For(crisisCountry.In(c)); ok {
				return morePlaces(card), nil
			}
			return helpAnywhere(), nil
		},
	}
}

// helpNow is the card of a country: the emergency number, one line to call, one to
// write to. It fits one screen of a phone.
func helpNow(card crisis.Card) chat.Reply {
	body := chat.Lines(
		emergency(card),
		line(card.Call), line(card.Write),
		chat.Say("crisis.directory", chat.With("link", chat.Rich{chat.Link{URL: crisis.Directory}})),
		automatic(card.Read()),
	)
	var row []chat.Offer
	if len(card.More) > 0 {
		row = append(row, chat.Offer{Label: chat.Say("crisis.more"),
			Path: []string{"crisis_more"}, Bound: []chat.Arg{crisisCountry.Is(strings.ToLower(card.Country))}})
	}
	row = append(row, crisisOffer(world, chat.Say("crisis.elsewhere")))
	return chat.Reply{Body: body, Offers: [][]chat.Offer{row}}
}

func morePlaces(card crisis.Card) chat.Reply {
	parts := []chat.Rich{emergency(card)}
	for _, l := range card.More {
		parts = append(parts, line(l))
	}
	back := crisisOffer(card.Country, chat.Say("crisis.back", chat.With("country", countryName(card.Country))))
	return chat.Reply{Body: chat.Lines(append(parts, automatic(card.Read()))...), Offers: [][]chat.Offer{{back}}}
}

// helpAnywhere is the card without a country, with a button for each.
func helpAnywhere() chat.Reply {
	body := chat.Lines(
		chat.Say("crisis.title_world"), chat.Say("crisis.first"), chat.Say("crisis.local_number"),
		chat.Say("crisis.directory", chat.With("link", chat.Rich{chat.Link{URL: crisis.Directory}})),
		automatic(crisis.Oldest()),
		chat.Say("crisis.choose"),
	)
	var offers []chat.Offer
	for _, country := range crisis.Countries() {
		offers = append(offers, crisisOffer(country, countryName(country)))
	}
	return chat.Reply{Body: body, Offers: rows(offers, 3)}
}

func emergency(card crisis.Card) chat.Rich {
	return chat.Lines(
		chat.Say("crisis.title", chat.With("country", countryName(card.Country))),
		chat.Say("crisis.first"),
		number(card.Emergency),
	)
}

// line is a service in two lines, the second being the number alone; nothing where
// no number is confirmed.
func line(l crisis.Line) chat.Rich {
	dial := number(l.Call)
	if to := number(l.Text); len(to) > 0 && len(dial) == 0 {
		dial = writeTo(l, to)
	}
	if len(dial) == 0 {
		return nil
	}
	fills := []chat.Fill{chat.Text("name", l.Name), chat.With("when", nil), chat.With("langs", nil), chat.Text("key", l.Press)}
	if hours := l.Hours.Shown(); hours != "" {
		fills[1].Value = chat.Say("crisis.hours." + hours)
	}
	if l.Langs != "" {
		fills[2].Value = chat.Say("crisis.langs." + l.Langs)
	}
	return chat.Lines(chat.Say("crisis.line."+l.ID, fills...), dial)
}

func writeTo(l crisis.Line, to chat.Rich) chat.Rich {
	if l.Keyword == "" {
		return chat.Say("crisis.text", chat.With("number", to))
	}
	return chat.Say("crisis.text_keyword", chat.With("keyword", chat.Rich{chat.Code(l.Keyword)}), chat.With("number", to))
}

// number is a confirmed number, ready to be copied.
func number(f crisis.Fact) chat.Rich {
	if f.Shown() == "" {
		return nil
	}
	return chat.Rich{chat.Code(f.Shown())}
}

func automatic(read time.Time) chat.Rich {
	return chat.Say("crisis.automatic", chat.Text("date", read.Format(time.DateOnly)))
}

// crisisOffer needs no store and never ends.
func crisisOffer(country string, label chat.Rich) chat.Offer {
	return chat.Offer{Label: label, Path: []string{"crisis"}, Bound: []chat.Arg{crisisCountry.Is(strings.ToLower(country))}}
}

func countryName(code string) chat.Rich { return chat.Say("crisis.country." + strings.ToLower(code)) }

func countryChoices() []chat.Choice {
	var choices []chat.Choice
	for _, code := range crisis.Countries() {
		choices = append(choices, chat.Choice{Value: strings.ToLower(code), Label: countryName(code)})
	}
	return append(choices, chat.Choice{Value: world, Label: chat.Say("crisis.country.world")})
}

// anything is an option that never refuses: what it cannot read counts as not said.
// Nobody who asks for help is told that they asked in the wrong way.
type anything struct{ *chat.Option[string] }

// Parse returns the country that was meant, or nothing.
func (o anything) Parse(c *chat.Call, typed chat.Arg) (chat.Arg, error) {
	if card, ok := crisis.For(chat.Line(typed.Value)); ok {
		return o.Is(strings.ToLower(card.Country)), nil
	}
	if arg, err := o.Option.Parse(c, typed); err == nil {
		return arg, nil
	}
	return chat.Arg{Name: o.Name}, nil
}

// rows puts the buttons into rows of at most n.
func rows(offers []chat.Offer, n int) [][]chat.Offer { return slices.Collect(slices.Chunk(offers, n)) }
