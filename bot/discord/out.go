package discord

import (
	"cmp"
	"context"
	"net/http"

	"peerbot/bot/discord/wire"
	"peerbot/chat"
)

// Send delivers a message. The same id is sent once within the Window.
func (d *Discord) Send(ctx context.Context, to chat.Address, id string, m chat.Message) (ref string, err error) {
	channel, err := d.channel(ctx, to)
	if err != nil {
		return "", bounce(err)
	}
	ref, err = d.post(ctx, channel, id, d.letter(m))
	if err != nil && d.directs.doubt(ctx, to, err) {
		return "", &chat.Bounce{Fate: chat.Later, Err: err}
	}
	return ref, bounce(err)
}

// Edit puts something else in the place of a message that was sent.
func (d *Discord) Edit(ctx context.Context, to chat.Address, ref string, m chat.Message) error {
	channel, err := d.channel(ctx, to)
	if err != nil {
		return bounce(err)
	}
	o := d.letter(m).instead()
	r := wire.Request{
		Method: http.MethodPatch, Path: "/channels/" + channel + "/messages/" + ref, Bucket: "edit " + channel,
		Body: o.message, Files: o.files,
	}
	return bounce(d.client.Do(ctx, r, nil))
}

// post sends a message to a channel, once for the id.
func (d *Discord) post(ctx context.Context, channel, id string, o outgoing) (ref string, err error) {
	o.message.Nonce, o.message.Enforce = d.o.Vault.ID("discord nonce", id)[:maxNonce], true
	var sent wire.Sent
	r := wire.Request{
		Method: http.MethodPost, Path: "/channels/" + channel + "/messages", Bucket: "send " + channel,
		Body: o.message, Files: o.files,
	}
	err = d.client.Do(ctx, r, &sent)
	return sent.ID, err
}

// channel is Discord's own id of where a message goes.
func (d *Discord) channel(ctx context.Context, to chat.Address) (string, error) {
	if to.Direct() {
		return d.directs.channel(ctx, d.client, to.Room)
	}
	return channelOf(to), nil
}

// channelOf is the channel of an address that is no private chat.
func channelOf(a chat.Address) string {
	if a.Thread != "" {
		return a.Thread
	}
	return a.Room
}

// outgoing is a message with its files, as it goes out.
type outgoing struct {
	message wire.Message
	files   []wire.File
}

func (d *Discord) letter(m chat.Message) outgoing {
	o := compose(m.Body, m.Offers, m.Files)
	if m.Silent {
		o.message.Flags = wire.Silent
	}
	return o
}

func compose(body chat.Rich, offers [][]chat.Offer, files []chat.File) outgoing {
	var o outgoing
	o.message.Content, o.message.Mentions = render(body, maxText)
	o.message.Components = rows(offers)
	var hung []wire.Attachment
	for i, f := range files[:min(len(files), maxFiles)] {
		name := fit(f.Name, maxHelp)
		alt := fit(f.Alt, maxAlternative)
		hung = append(hung, wire.Attachment{ID: number(i), Filename: name, Description: alt})
		o.files = append(o.files, wire.File{Name: name, Type: cmp.Or(f.Type, "application/octet-stream"), Open: f.Open})
	}
	if hung != nil {
		o.message.Attachments = &hung
	}
	return o
}

// instead makes it take the place of a message whole: its files go, and what it is
// not now it was not before.
func (o outgoing) instead() outgoing {
	if o.message.Attachments == nil {
		o.message.Attachments = &[]wire.Attachment{}
	}
	o.message.Flags = 0
	return o
}
