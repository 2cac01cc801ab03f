package discord

import (
	"slices"
	"strconv"
	"strings"

	"peerbot/bot/discord/wire"
	"peerbot/chat"
)

// A custom_id is the payload of an offer; behind a menu the option that it fills in
// follows, and a number where two would be alike: payload|option|2.
const (
	idMark     = "|"
	optionRoom = 1 + 32 + 2
)

func customID(payload, option string, nth int) string {
	id := payload
	if option != "" || nth > 0 {
		id += idMark + option
	}
	if nth > 0 {
		id += idMark + number(nth)
	}
	return id
}

func readCustomID(id string) (payload, option string) {
	payload, option, _ = strings.Cut(id, idMark)
	option, _, _ = strings.Cut(option, idMark)
	return payload, option
}

func number(n int) string { return strconv.Itoa(n) }

// rows lays offers out as rows of buttons, and a menu on a row of its own for an
// offer of which one option with choices is open.
func rows(offers [][]chat.Offer) []wire.Component {
	all := []wire.Component{}
	used := map[string]int{}
	var buttons []wire.Component
	flush := func() {
		for part := range slices.Chunk(buttons, maxColumns) {
			all = append(all, wire.Component{Type: wire.Row, Components: part})
		}
		buttons = nil
	}
	for _, row := range offers {
		for _, o := range row {
			if menu, ok := menuOf(o, used); ok {
				flush()
				all = append(all, wire.Component{Type: wire.Row, Components: []wire.Component{menu}})
				continue
			}
			buttons = append(buttons, button(o, used))
		}
		flush()
	}
	return all[:min(len(all), maxRows)]
}

func button(o chat.Offer, used map[string]int) wire.Component {
	style := wire.Secondary
	if o.Confirmed {
		style = wire.Primary
	}
	id := customID(o.Payload, "", used[o.Payload])
	used[o.Payload]++
	return wire.Component{Type: wire.Button, Style: style, CustomID: id, Label: orDots(fit(o.Label.String(), maxButton))}
}

// orDots is a label that is not empty, which Discord does not take.
func orDots(label string) string {
	if label == "" {
		return "…"
	}
	return label
}

// menuOf is the menu for an offer of which one option with choices is open.
func menuOf(o chat.Offer, used map[string]int) (wire.Component, bool) {
	if len(o.Ask) != 1 || len(o.Ask[0].Spec.Choices) == 0 {
		return wire.Component{}, false
	}
	q := o.Ask[0]
	c := choicesOf(q)
	c.CustomID = customID(o.Payload, q.Spec.Name, used[o.Payload])
	c.Placeholder = fit(labelOf(o.Label, q), maxHelp)
	used[o.Payload]++
	return c, true
}

// labelOf names what is asked.
func labelOf(label chat.Rich, q chat.Question) string {
	for _, r := range []chat.Rich{label, q.Label, q.Help} {
		if text := chat.Line(r.String()); text != "" {
			return text
		}
	}
	return q.Spec.Name
}

// choicesOf is a menu of the choices of a question.
func choicesOf(q chat.Question) wire.Component {
	c := wire.Component{Type: wire.Menu}
	for _, choice := range q.Spec.Choices {
		if units(choice.Value) > maxHelp || len(c.Options) == maxChoices {
			continue // it could not come back
		}
		label := orDots(fit(choice.Label.String(), maxHelp))
		c.Options = append(c.Options, wire.Choice{Label: label, Value: choice.Value, Default: choice.Value == q.Value})
	}
	return c
}

// modal is the form for what an offer asks, under a title. Words of the command's own
// stand above the fields.
func modal(ask chat.Offer, title string, body chat.Rich) wire.Modal {
	m := wire.Modal{CustomID: ask.Payload, Title: orDots(fit(title, maxTitle))}
	if content, _ := render(body, maxInput); content != "" {
		m.Components = append(m.Components, wire.Component{Type: wire.TextDisplay, Content: content})
	}
	for _, q := range ask.Ask {
		input := field(q)
		m.Components = append(m.Components, wire.Component{
			Type: wire.Label, Label: fit(labelOf(nil, q), maxTitle), Description: fit(q.Help.String(), maxHelp), Component: &input,
		})
	}
	return m
}

// field is how a question is answered: by picking where there is something to pick.
func field(q chat.Question) wire.Component {
	required := q.Spec.Required
	c := wire.Component{Type: wire.TextInput, Style: wire.OneLine}
	switch {
	case len(q.Spec.Choices) > 0:
		c = choicesOf(q)
	case q.Spec.Kind == chat.KindPerson:
		c = pick(wire.UserMenu, "user", idOf(q.Value))
	case q.Spec.Kind == chat.KindRoom:
		c = pick(wire.ChannelMenu, "channel", idOf(q.Value))
	case q.Spec.Kind == chat.KindAttachment:
		c = wire.Component{Type: wire.FileUpload}
	default:
		c.Value = within(q.Value, maxInput)
		c.MaxLength = maxInput
		if q.Spec.Kind == chat.KindParagraph {
			c.Style = wire.Lines
		}
	}
	c.CustomID, c.Required = q.Spec.Name, &required
	return c
}

func pick(kind int, of, chosen string) wire.Component {
	c := wire.Component{Type: kind}
	if snowflake(chosen) {
		c.Defaults = []wire.Default{{ID: chosen, Type: of}}
	}
	return c
}

// idOf is Discord's id in the canonical text of a person or a room.
func idOf(value string) string {
	value = strings.TrimRight(value, "/")
	return value[strings.LastIndexAny(value, ":/")+1:]
}

// opens reports whether a form can be opened for what is asked, rather than a menu
// shown: more than one question, or one without choices.
func opens(ask *chat.Offer) bool {
	n := len(ask.Ask)
	return n > 1 && n <= maxFields || n == 1 && len(ask.Ask[0].Spec.Choices) == 0
}
