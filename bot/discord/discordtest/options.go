package discordtest

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
)

var errSub = errors.New("discordtest: a command with subcommands cannot be given itself")

// options are the values that were typed, for the options that a command has.
func (a *asking) options(of option) ([]object, error) {
	var all []object
	for _, o := range of.Options {
		if o.Type <= subcommandGroup {
			return nil, errSub
		}
		text, given := a.value(o)
		switch {
		case !given && o.Required && !a.complete:
			return nil, fmt.Errorf("discordtest: the option %s is required", o.Name)
		case !given && !a.hasFocus(o):
			continue
		}
		value, err := a.typed(o, text)
		if err != nil {
			return nil, err
		}
		one := object{"name": o.Name, "type": o.Type, "value": value}
		if a.hasFocus(o) {
			one["focused"] = true
		}
		all = append(all, one)
	}
	if a.used < len(a.values) {
		return nil, errors.New("discordtest: an option was typed that the command does not have")
	}
	return all, nil
}

func (a *asking) value(o option) (string, bool) {
	for _, name := range []string{o.Name, o.Names[a.p.lang()]} {
		if text, given := a.values[name]; given && name != "" {
			a.used++
			return text, true
		}
	}
	return "", false
}

func (a *asking) hasFocus(o option) bool {
	return a.complete && o.named(a.focused, a.p.lang())
}

// typed turns a text into a value of the option's type, as a client does.
func (a *asking) typed(o option, text string) (any, error) {
	if a.complete {
		return text, nil // a client sends what stands there
	}
	if len(o.Choices) > 0 {
		i := slices.IndexFunc(o.Choices, func(c pick) bool {
			return fmt.Sprint(c.Value) == text || c.Name == text || c.Names[a.p.lang()] == text
		})
		if i < 0 {
			return nil, fmt.Errorf("discordtest: the option %s has no such choice", o.Name)
		}
		return o.Choices[i].Value, nil
	}
	switch o.Type {
	case integerOption, numberOption:
		return o.number(text)
	case booleanOption:
		return strconv.ParseBool(text)
	case userOption:
		return a.found.user(text), nil
	case channelOption:
		return a.found.channel(text), nil
	case fileOption:
		return a.found.file(text), nil
	}
	if n := units(text); n > 6000 || o.MaxLength != nil && n > *o.MaxLength || o.MinLength != nil && n < *o.MinLength {
		return nil, fmt.Errorf("discordtest: the option %s takes no text of %d characters", o.Name, n)
	}
	return text, nil
}

func (o option) number(text string) (any, error) {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || o.Type == integerOption && n != math.Trunc(n) {
		return nil, fmt.Errorf("discordtest: the option %s takes a number", o.Name)
	}
	if o.Min != nil && n < *o.Min || o.Max != nil && n > *o.Max {
		return nil, fmt.Errorf("discordtest: the option %s takes no %v", o.Name, n)
	}
	return n, nil
}

// resolved are the people, rooms and files that an interaction names.
type resolved struct {
	s                               *Server
	users, members, channels, files object
}

func put(o *object, id string, value any) string {
	if *o == nil {
		*o = object{}
	}
	(*o)[id] = value
	return id
}

// user finds a person by id or name.
func (r *resolved) user(name string) string {
	if name == "" {
		return ""
	}
	p := r.s.personByID(name)
	if p == nil {
		p = r.s.person(name)
	}
	if !p.gone {
		m := r.s.member(p)
		delete(m, "user")
		put(&r.members, p.id, m)
	}
	return put(&r.users, p.id, p.object())
}

func (r *resolved) channel(name string) string {
	c := r.s.world.channel(name)
	if c == nil {
		c = find(r.s.channels, func(c *channel) bool { return c.name == name && c.kind != directChannel })
	}
	if c == nil {
		return name
	}
	o := object{"id": c.id, "name": c.name, "type": c.kind, "permissions": "0"}
	if c.parent != "" {
		o["parent_id"] = c.parent
	}
	return put(&r.channels, c.id, o)
}

// file finds what was uploaded under a name; see Server.Upload.
func (r *resolved) file(name string) string {
	f, known := r.s.uploads[name]
	if !known {
		return name
	}
	return put(&r.files, f.ID, object{
		"id": f.ID, "filename": f.Name, "size": len(f.Data), "content_type": f.Type, "url": f.URL,
		"proxy_url": f.URL, "ephemeral": true,
	})
}

func (r *resolved) into(data object) {
	all := object{}
	for name, o := range map[string]object{"users": r.users, "members": r.members, "channels": r.channels, "attachments": r.files} {
		if o != nil {
			all[name] = o
		}
	}
	if len(all) > 0 {
		data["resolved"] = all
	}
}
