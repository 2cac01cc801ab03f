package web

import (
	"net/url"
	"strings"

	"peerbot/chat"
	"peerbot/spoken"
)

// offered is the form that hangs on a message.
func (v viewer) offered(it *item, a ask) *form {
	f := form{
		ID: it.id + "-form", Title: v.title(a.offer.Path), About: v.plain(a.about),
		Action: v.path() + "/press", Payload: a.offer.Payload, Post: it.id, Submit: v.say(chat.Say("web.form.send")),
	}
	if len(it.body)+len(a.about) == 0 {
		f.About = v.o.Words.About(v.lang, strings.Join(a.offer.Path, " "))
	}
	query := url.Values{"path": {strings.Join(a.offer.Path, " ")}, "payload": {a.offer.Payload}}
	for _, q := range a.offer.Ask {
		f.add(v.field(f.ID, q, query))
	}
	return &f
}

// opened is the form of a command, with all its options.
func (v viewer) opened(l leaf) *form {
	f := form{
		ID: "do", Title: v.typed(l.path), About: v.o.Words.About(v.lang, l.key()),
		Action: v.path() + "/call", Path: l.key(), Submit: v.say(chat.Say("web.form.give")),
	}
	for _, p := range l.Options {
		spec := p.Spec()
		for i, c := range spec.Choices {
			spec.Choices[i].Label = chat.Words(v.say(c.Label))
		}
		f.add(v.field(f.ID, chat.Question{
			Spec:  spec,
			Label: chat.Words(v.o.Words.OptionLabel(v.lang, l.key(), spec.Name)),
			Help:  chat.Words(v.o.Words.OptionHelp(v.lang, l.key(), spec.Name)),
		}, url.Values{"path": {l.key()}}))
	}
	return &f
}

func (f *form) add(one field) {
	f.Fields = append(f.Fields, one)
	f.Files = f.Files || one.Kind == "file"
}

// controls are what each kind of option is filled in with.
var controls = map[chat.Kind]string{
	chat.KindParagraph: "paragraph", chat.KindInteger: "number", chat.KindAttachment: "file",
	chat.KindBoolean: "choice", chat.KindPerson: "choice", chat.KindRoom: "choice",
}

// field is one question; query is what its completion has to know.
func (v viewer) field(form string, q chat.Question, query url.Values) field {
	s := q.Spec
	f := field{
		ID: form + "-" + s.Name, Name: "o." + s.Name, Label: v.plain(q.Label), Help: v.plain(q.Help),
		Value: easy(s.Kind, q.Value), Kind: controls[s.Kind], Required: s.Required, Min: s.Min, Max: s.Max,
	}
	for _, c := range v.choices(s) {
		f.Choices = append(f.Choices, choice{Value: c.Value, Label: v.plain(c.Label), Chosen: c.Value == q.Value})
	}
	switch {
	case len(f.Choices) > 0:
		f.Kind = "choice"
	case f.Kind == "":
		f.Kind = "text"
	}
	if f.Kind == "text" && s.Completes {
		query.Set("option", s.Name)
		f.Complete = v.path() + "/complete?" + query.Encode()
	}
	return f
}

// easy is a canonical value as a person would type it, where that reads the same.
func easy(kind chat.Kind, value string) string {
	switch kind {
	case chat.KindZone:
		return easyZone(value, spoken.Zone{Name: value}.City())
	case chat.KindDuration:
		return strings.NewReplacer("h0m0s", "h", "m0s", "m").Replace(value)
	}
	return value
}

// easyZone is the name of a zone, where it names no other.
func easyZone(value, name string) string {
	if z, err := spoken.ReadZone(name); err == nil && z.Name == value {
		return name
	}
	return value
}

// choices are the values that an option may take, where the page knows them all.
func (v viewer) choices(s chat.Spec) (choices []chat.Choice) {
	switch {
	case len(s.Choices) > 0:
		return s.Choices
	case s.Kind == chat.KindPerson:
		for _, p := range people {
			choices = append(choices, chat.Choice{Value: chat.Who(s.Name).Is(p.chat()).Value, Label: chat.Words(v.say(p.name()))})
		}
	case s.Kind == chat.KindRoom:
		for _, room := range v.o.Rooms {
			choices = append(choices, chat.Choice{Value: chat.Room(s.Name).Is(v.room(room)).Value, Label: chat.Words(v.roomName(room))})
		}
	}
	return choices
}
