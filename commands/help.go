package commands

import (
	"context"
	"slices"

	"peerbot/chat"
)

// The groups of /help, in their order.
const (
	groupNow      = "help.group_now"
	groupMeetings = "help.group_meetings"
	groupMine     = "help.group_mine"
	groupHost     = "help.group_host"
)

var groups = []string{groupNow, groupMeetings, groupMine, groupHost}

// helpCommand shows the tree, or what one command of it does.
func helpCommand(tree []chat.Command) chat.Command {
	topic := chat.String("topic").OneOf(topics(tree)...)
	return chat.Command{
		Name: "help", Group: groupNow, Private: true,
		Options: []chat.Param{topic},
		Run: func(_ context.Context, c *chat.Call) (chat.Reply, error) {
			for _, cmd := range tree {
				if cmd.Name == topic.In(c) {
					return helpOn(c, cmd), nil
				}
			}
			return helpAll(c, tree), nil
		},
	}
}

// helpAll begins with the crisis line and lists what the caller may use.
func helpAll(c *chat.Call, tree []chat.Command) chat.Reply {
	body := []chat.Rich{chat.Say("help.crisis", chat.With("command", typed("crisis")))}
	var buttons []chat.Offer
	for _, group := range groups {
		var items []chat.Rich
		for _, cmd := range tree {
			if cmd.Group == group && usable(c, cmd) {
				items = append(items, inShort(cmd.Name))
				buttons = append(buttons, chat.Offer{Label: typed(cmd.Name), Path: []string{cmd.Name}})
			}
		}
		if len(items) > 0 {
			body = append(body, chat.Lines(chat.Say(group), chat.Rich{chat.List{Items: items}}))
		}
	}
	body = append(body, chat.Say("help.more", chat.With("command", typed("help"))))
	return chat.Reply{Body: chat.Paragraphs(body...), Offers: rows(buttons, 3)}
}

// helpOn says what one command does, its parts included.
func helpOn(c *chat.Call, cmd chat.Command) chat.Reply {
	body := []chat.Rich{inShort(cmd.Name), chat.Say("help.topic." + cmd.Name)}
	open := []chat.Offer{{Label: typed(cmd.Name), Path: []string{cmd.Name}}}
	if len(cmd.Subs) > 0 {
		items, buttons := helpParts(c, cmd)
		body, open = append(body, items), buttons
	}
	return chat.Reply{Body: chat.Paragraphs(body...), Offers: rows(open, 3)}
}

// helpParts lists the parts of a branch that the caller may use.
func helpParts(c *chat.Call, cmd chat.Command) (list chat.Rich, buttons []chat.Offer) {
	var items []chat.Rich
	for _, sub := range cmd.Subs {
		if usable(c, sub) {
			items = append(items, inShort(cmd.Name, sub.Name))
			buttons = append(buttons, chat.Offer{Label: typed(cmd.Name, sub.Name), Path: []string{cmd.Name, sub.Name}})
		}
	}
	if len(items) > 0 {
		list = chat.Rich{chat.List{Items: items}}
	}
	return list, buttons
}

// usable reports whether the caller can see and use the command, or a part of it.
func usable(c *chat.Call, cmd chat.Command) bool {
	if cmd.Unlisted || !c.Role.Any(cmd.Needs) {
		return false
	}
	return len(cmd.Subs) == 0 || slices.ContainsFunc(cmd.Subs, func(sub chat.Command) bool { return usable(c, sub) })
}

// inShort is a command as one types it, and what it does.
func inShort(path ...string) chat.Rich {
	return chat.Say("help.command", chat.With("command", typed(path...)), chat.With("about", chat.Say(id(path, "about"))))
}

// typed is a command as the reader types it.
func typed(path ...string) chat.Rich {
	out := chat.Words("/")
	for i := range path {
		if i > 0 {
			out = append(out, chat.Plain(" "))
		}
		out = append(out, chat.Say(id(path[:i+1], "name"))...)
	}
	return out
}

// id is the catalogue's id of a command's name or about.
func id(path []string, what string) string {
	id := "cmd"
	for _, name := range path {
		id += "." + name
	}
	return id + "." + what
}

func topics(tree []chat.Command) []chat.Choice {
	var out []chat.Choice
	for _, cmd := range tree {
		if !cmd.Unlisted {
			out = append(out, chat.Choice{Value: cmd.Name, Label: chat.Say(id([]string{cmd.Name}, "name"))})
		}
	}
	return out
}
