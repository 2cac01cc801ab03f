package web

import (
	"slices"
	"strings"

	"peerbot/chat"
)

// leaf is a command that can be given.
type leaf struct {
	chat.Command
	path  []string
	needs []chat.Role // needs are those of the branches above it, and its own.
}

func (l leaf) key() string { return strings.Join(l.path, " ") }

// bare reports whether the command works without options.
func (l leaf) bare() bool {
	return !slices.ContainsFunc(l.Options, func(p chat.Param) bool { return p.Spec().Required })
}

// leaves appends the listed commands under a branch. They stand under its heading.
func leaves(all []leaf, above leaf, tree []chat.Command) []leaf {
	for _, c := range tree {
		if c.Unlisted {
			continue
		}
		if c.Group == "" {
			c.Group = above.Group
		}
		l := leaf{Command: c, path: append(slices.Clone(above.path), c.Name), needs: append(slices.Clone(above.needs), c.Needs)}
		if len(c.Subs) == 0 {
			all = append(all, l)
			continue
		}
		all = leaves(all, l, c.Subs)
	}
	return all
}

// leaf is the command with the path, if the viewer may give it.
func (v viewer) leaf(key string) (leaf, bool) {
	for _, l := range v.leaves {
		if l.key() == key {
			return l, v.may(l)
		}
	}
	return leaf{}, false
}

func (v viewer) may(l leaf) bool {
	return !slices.ContainsFunc(l.needs, func(needs chat.Role) bool { return !v.who.role.Any(needs) })
}

// menu is the palette of commands, under their headings.
func (v viewer) menu() []group {
	var groups []group
	for _, l := range v.leaves {
		if !v.may(l) {
			continue
		}
		name := v.heading(l)
		i := slices.IndexFunc(groups, func(g group) bool { return g.Name == name })
		if i < 0 {
			i, groups = len(groups), append(groups, group{Name: name})
		}
		groups[i].Commands = append(groups[i].Commands, v.entry(l))
	}
	return groups
}

func (v viewer) heading(l leaf) string {
	if l.Group == "" {
		return v.say(chat.Say("web.group.other"))
	}
	return v.say(chat.Rich{chat.Phrase{ID: l.Group}})
}

// now is the command that works at any time.
func (v viewer) now() *entry {
	for _, l := range v.leaves {
		if l.Always {
			e := v.entry(l)
			return &e
		}
	}
	return nil
}

func (v viewer) entry(l leaf) entry {
	return entry{
		Typed: v.typed(l.path), About: v.o.Words.About(v.lang, l.key()), Path: l.key(),
		Href: v.path() + "/do/" + strings.Join(l.path, "/"), Bare: l.bare(), Asks: len(l.Options) > 0,
	}
}

// typed is a command as one types it.
func (v viewer) typed(path []string) string {
	var names []string
	for i := range path {
		names = append(names, v.o.Words.Name(v.lang, strings.Join(path[:i+1], " ")))
	}
	return "/" + strings.Join(names, " ")
}

// title is what a form is called: the command as one types it, where one can.
func (v viewer) title(path []string) string {
	listed := slices.ContainsFunc(v.leaves, func(l leaf) bool { return slices.Equal(l.path, path) })
	if !listed {
		return v.say(chat.Say("web.form.title"))
	}
	return v.typed(path)
}
