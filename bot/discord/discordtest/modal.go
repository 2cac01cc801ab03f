package discordtest

import (
	"errors"
	"fmt"
)

// Modal is a form on a person's screen.
type Modal struct {
	Title, CustomID string
	Components      []Component

	at     *channel
	source *Message
}

// Fields are what is asked, in order. The label of each is that of what holds it.
func (m *Modal) Fields() []Component {
	var all []Component
	for _, c := range m.Components {
		switch {
		case c.Type == Row && len(c.Components) == 1:
			all = append(all, c.Components[0])
		case c.Component != nil:
			field := *c.Component
			field.Label, field.Description = c.Label, c.Description
			all = append(all, field)
		}
	}
	return all
}

// Modal is the form that who has open in a room, or nil.
func (s *Server) Modal(who, room string) *Modal {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.person(who)
	at, err := s.room(p, room)
	if m := s.screens[p.id]; err == nil && m != nil && m.at == at {
		return m
	}
	return nil
}

// Submit makes who send off the form that is open, with one value for each field, in
// order. Of a menu it is the value or the label of one of its lines, of a menu of
// people a name; "" is nothing picked.
func (s *Server) Submit(who string, values ...string) (*Interaction, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.person(who)
	m := s.screens[p.id]
	if m == nil {
		return nil, errors.New("discordtest: " + who + " has no form open")
	}
	fields := m.Fields()
	if len(fields) != len(values) {
		return nil, fmt.Errorf("discordtest: the form has %d fields, not %d", len(fields), len(values))
	}
	var filled []object
	found := &resolved{s: s}
	for _, c := range m.Components {
		o := object{"type": c.Type, "id": 2*len(filled) + 1}
		if c.Type != textDisplay {
			field, err := s.answerTo(fields[0], values[0], found)
			if err != nil {
				return nil, err
			}
			field["id"] = 2*len(filled) + 2
			o["component"], fields, values = field, fields[1:], values[1:]
		}
		if c.Type == Row {
			o["components"] = []any{o["component"]}
			delete(o, "component")
		}
		filled = append(filled, o)
	}
	delete(s.screens, p.id)
	data := object{"custom_id": m.CustomID, "components": filled}
	found.into(data)
	return s.interact(submitted, p, m.at, m.source, data), nil
}

// answerTo is a field as it is sent back, if a client lets the value pass.
func (s *Server) answerTo(f Component, value string, found *resolved) (object, error) {
	o := object{"type": f.Type, "custom_id": f.CustomID}
	required := f.Required == nil || *f.Required
	if value == "" && required {
		return nil, fmt.Errorf("discordtest: the field %q is required", f.Label)
	}
	switch f.Type {
	case TextInput:
		if n := units(value); f.MaxLength != nil && n > *f.MaxLength || n > 0 && f.MinLength != nil && n < *f.MinLength {
			return nil, fmt.Errorf("discordtest: the field %q takes no text of %d characters", f.Label, n)
		}
		o["value"] = value
		return o, nil
	case Menu:
		c := find(f.Options, func(c Choice) bool { return c.Value == value || c.Label == value })
		if c.Value == "" && value != "" {
			return nil, fmt.Errorf("discordtest: the menu %q has no line %q", f.Label, value)
		}
		value = c.Value
	case UserMenu:
		value = found.user(value)
	case ChannelMenu:
		value = found.channel(value)
	case fileUpload:
		value = found.file(value)
	}
	o["values"] = slicesNonEmpty([]string{value})
	return o, nil
}
