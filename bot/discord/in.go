package discord

import (
	"cmp"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"peerbot/bot/discord/wire"
	"peerbot/chat"
)

// interact takes an interaction in. The time it has begins now, wherever it waits.
func (d *Discord) interact(ctx context.Context, i *wire.Interaction) {
	now := time.Now()
	who := i.By()
	if who == nil || !d.seen.first(i.ID) {
		return
	}
	if i.Type == wire.CompleteCall {
		d.queue.push(who.ID+" types", func() { d.complete(ctx, i, now) })
		return
	}
	if i.Channel.Type == wire.Direct {
		d.directs.learn(who.ID, i.ChannelID)
	}
	a := d.await(ctx, i, now)
	job := func() { a.give(ctx, d.h.Call(ctx, d.call(ctx, i, now))) }
	if d.always(i) {
		d.queue.rush(job)
	} else if !d.queue.push(who.ID, job) {
		a.timer.Stop()
	}
}

// always reports whether the command waits for nothing, not even for its caller's
// other calls.
func (d *Discord) always(i *wire.Interaction) bool {
	if i.Type != wire.CommandCall {
		return false
	}
	path, _ := walk(i)
	return d.menu.leaf(path).always
}

// call is what an interaction asks for.
func (d *Discord) call(ctx context.Context, i *wire.Interaction, now time.Time) *chat.Call {
	c := &chat.Call{
		ID: i.ID, From: person(i.By(), i.Member), At: at(i), Reachable: true,
		Role: rights(i), Lang: i.Locale, Time: now,
	}
	switch i.Type {
	case wire.CommandCall, wire.CompleteCall:
		c.Path, c.Args = d.given(ctx, i)
	case wire.ComponentCall:
		c.Press, c.Args = picked(i)
	case wire.ModalCall:
		c.Press, _ = readCustomID(i.Data.CustomID)
		c.Args = d.filled(ctx, i)
	}
	return c
}

func person(u *wire.User, m *wire.Member) chat.Person {
	name := cmp.Or(u.GlobalName, u.Username)
	if m != nil {
		name = cmp.Or(m.Nick, name)
	}
	return chat.Person{Platform: platform, ID: u.ID, Name: name}
}

// at is where the interaction came from. A private chat goes by the person's id.
func at(i *wire.Interaction) chat.Address {
	a := chat.Address{Platform: platform, Space: i.GuildID, Room: cmp.Or(i.ChannelID, i.Channel.ID)}
	switch {
	case i.GuildID == "":
		a.Room = i.By().ID
	case i.Channel.Thread() && i.Channel.ParentID != "":
		a.Thread, a.Room = a.Room, i.Channel.ParentID
	}
	return a
}

// Permissions, as in https://docs.discord.com/developers/topics/permissions.
const (
	administrator = 1 << 3
	manageGuild   = 1 << 5
)

// rights are the duties that follow from what Discord lets somebody do in a guild;
// none in a private chat.
func rights(i *wire.Interaction) chat.Role {
	if i.Member == nil || i.GuildID == "" {
		return 0
	}
	p, err := strconv.ParseUint(i.Member.Permissions, 10, 64)
	if err != nil {
		return chat.Member
	}
	return duties(p)
}

func duties(permissions uint64) chat.Role {
	role := chat.Member
	if permissions&administrator != 0 {
		role |= chat.Admin | chat.Moderator
	}
	if permissions&manageGuild != 0 {
		role |= chat.Moderator
	}
	return role
}

// given is the path of a command and its options, by their ids.
func (d *Discord) given(ctx context.Context, i *wire.Interaction) (path []string, args []chat.Arg) {
	path, options := walk(i)
	leaf := d.menu.leaf(path)
	for _, o := range options {
		args = append(args, d.arg(ctx, i, leaf.option(o.Name), value(o.Value)))
	}
	return leaf.path, args
}

// walk follows the subcommands of an interaction to the options.
func walk(i *wire.Interaction) (path []string, options []wire.Given) {
	path, options = []string{i.Data.Name}, i.Data.Options
	for len(options) == 1 && (options[0].Type == wire.SubCommand || options[0].Type == wire.SubCommandGroup) {
		path, options = append(path, options[0].Name), options[0].Options
	}
	return path, options
}

// value is what was typed as text, whatever its type.
func value(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	return string(raw)
}

// arg is an option with its value, or the file or room that the value names.
func (d *Discord) arg(ctx context.Context, i *wire.Interaction, option, value string) chat.Arg {
	if f, ok := i.Data.Resolved.Attachments[value]; ok {
		file := d.attachment(ctx, f)
		return chat.Arg{Name: option, Value: file.Name, File: &file}
	}
	if c, ok := i.Data.Resolved.Channels[value]; ok && c.Thread() && c.ParentID != "" {
		value = c.ParentID + "/" + value
	}
	return chat.Arg{Name: option, Value: value}
}

// attachment is a file that Discord keeps for as long as the call takes.
func (d *Discord) attachment(ctx context.Context, f wire.Attachment) chat.File {
	ctx = context.WithoutCancel(ctx)
	return chat.File{
		Name: f.Filename, Type: f.ContentType, Alt: f.Description, Size: f.Size,
		Open: func() (io.ReadCloser, error) { return d.open(ctx, f) },
	}
}

func (d *Discord) open(ctx context.Context, f wire.Attachment) (io.ReadCloser, error) {
	from, err := d.client.Fetch(ctx, f.URL, maxFile)
	if err != nil {
		return nil, &chat.Refusal{Why: chat.Busy, Say: chat.Say("discord.file"), Err: err}
	}
	return from, nil
}

// picked is what a button or a menu stands for, and what was picked.
func picked(i *wire.Interaction) (payload string, args []chat.Arg) {
	payload, option := readCustomID(i.Data.CustomID)
	if option != "" && len(i.Data.Values) > 0 {
		args = []chat.Arg{{Name: option, Value: i.Data.Values[0]}}
	}
	return payload, args
}

// filled are the fields of a form. What was left empty is there too, and blank.
func (d *Discord) filled(ctx context.Context, i *wire.Interaction) (args []chat.Arg) {
	for _, c := range i.Data.Components {
		field := c.Component
		if field == nil {
			continue // words between the fields
		}
		value := field.Value
		if len(field.Values) > 0 {
			value = field.Values[0]
		}
		args = append(args, d.arg(ctx, i, field.CustomID, value))
	}
	return args
}

// complete suggests values for the option that is being typed. Discord waits three
// seconds for them.
func (d *Discord) complete(ctx context.Context, i *wire.Interaction, now time.Time) {
	if time.Since(now) > 2*deferAfter {
		return
	}
	c := d.call(ctx, i, now)
	path, options := walk(i)
	leaf := d.menu.leaf(path)
	var choices []wire.OptionChoice
	for _, o := range options {
		if !o.Focused {
			continue
		}
		option := leaf.option(o.Name)
		c.Args = without(c.Args, option)
		choices = suggestions(d.h.Complete(ctx, c, option, value(o.Value)))
	}
	err := d.respond(ctx, i, wire.AnswerChoices, map[string]any{"choices": choices}, nil)
	if err != nil {
		d.o.Log.Warn("suggestions were not taken", slog.Any("error", err))
	}
}

func without(args []chat.Arg, name string) (rest []chat.Arg) {
	for _, a := range args {
		if a.Name != name {
			rest = append(rest, a)
		}
	}
	return rest
}

// suggestions are choices as Discord shows them; a value that is too long could not
// come back.
func suggestions(choices []chat.Choice) []wire.OptionChoice {
	shown := []wire.OptionChoice{}
	for _, c := range choices {
		if name := fit(c.Label.String(), maxHelp); name != "" && units(c.Value) <= maxHelp && len(shown) < maxChoices {
			shown = append(shown, wire.OptionChoice{Name: name, Value: c.Value})
		}
	}
	return shown
}

// written answers what somebody writes in their private chat.
func (d *Discord) written(ctx context.Context, m *wire.Written, now time.Time) {
	c := &chat.Call{
		ID: m.ID, Text: m.Content, From: person(&m.Author, nil), Reachable: true, Time: now,
		At: chat.Address{Platform: platform, Room: m.Author.ID},
	}
	d.directs.learn(m.Author.ID, m.ChannelID)
	for _, f := range m.Attachments {
		file := d.attachment(ctx, f)
		c.Args = append(c.Args, chat.Arg{Value: file.Name, File: &file})
	}
	if strings.TrimSpace(m.Content) == "" && len(c.Args) == 0 || !d.seen.first(m.ID) {
		return
	}
	reply := d.h.Call(ctx, c)
	if empty(reply) {
		return
	}
	ctx = context.WithoutCancel(ctx)
	if _, err := d.post(ctx, m.ChannelID, "reply "+m.ID, d.reply(reply, d.o.Words.Match(""))); err != nil {
		d.o.Log.Warn("answer was not taken", slog.Any("error", err))
	}
}
