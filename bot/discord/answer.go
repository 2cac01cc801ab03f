package discord

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"peerbot/bot/discord/wire"
	"peerbot/chat"
)

// How long an interaction may take: Discord wants to hear something within three
// seconds, and takes nothing more after fifteen minutes. See
// https://docs.discord.com/developers/interactions/receiving-and-responding.
const (
	deferAfter = 1500 * time.Millisecond
	giveUp     = 14 * time.Minute
)

// answer is the way back for one interaction: at once, or after having asked for more
// time. Who holds turn may use it.
type answer struct {
	d        *Discord
	i        *wire.Interaction
	lang     string
	bucket   *wire.Bucket
	until    time.Time
	timer    *time.Timer
	turn     chan struct{}
	deferred bool
}

// await begins to wait for what is said to an interaction. After 1.5 s Discord is
// asked for more time: in a guild for the caller's eyes only, since nothing that turns
// out to be private could be hidden again.
func (d *Discord) await(ctx context.Context, i *wire.Interaction, now time.Time) *answer {
	a := &answer{
		d: d, i: i, lang: d.o.Words.Match(i.Locale), bucket: wire.NewBucket(),
		until: now.Add(giveUp), turn: make(chan struct{}, 1),
	}
	ctx = context.WithoutCancel(ctx)
	a.turn <- struct{}{}
	a.timer = time.AfterFunc(deferAfter, func() { a.delay(ctx) })
	return a
}

func (a *answer) delay(ctx context.Context) {
	select {
	case <-a.turn:
	default:
		return // it is being answered
	}
	defer func() { a.turn <- struct{}{} }()
	kind, data := wire.AnswerDeferred, map[string]any{"flags": a.hidden()}
	if a.i.Message != nil {
		kind, data = wire.AnswerSilently, nil
	}
	err := a.try(ctx, func(ctx context.Context) error { return a.d.respond(ctx, a.i, kind, data, nil) })
	if a.deferred = err == nil; !a.deferred {
		a.d.o.Log.Warn("more time was not granted", slog.Any("error", err))
	}
}

// hidden are the flags of a message for the caller alone. In a private chat there is
// nobody to hide it from, and it stays.
func (a *answer) hidden() int {
	if a.i.GuildID == "" {
		return 0
	}
	return wire.Ephemeral
}

// instead reports whether the answer takes the place of the message that was pressed. What
// is for the caller alone never takes the place of what a room reads.
func (a *answer) instead(r chat.Reply) bool {
	if !r.Replace || a.i.Message == nil {
		return false
	}
	shared := a.i.GuildID != "" && a.i.Message.Flags&wire.Ephemeral == 0
	return !shared || !r.Private && r.Ask == nil
}

// give says it. What Discord finds badly made is a fault of ours, and the person sees
// at least that there was one.
func (a *answer) give(ctx context.Context, r chat.Reply) {
	a.timer.Stop()
	<-a.turn
	ctx, stop := context.WithDeadline(context.WithoutCancel(ctx), a.until)
	defer stop()
	say := a.now
	if a.deferred {
		say = a.later
	}
	err := say(ctx, r)
	if err == nil {
		return
	}
	a.d.o.Log.Warn("answer was not taken", slog.Any("error", err))
	if badlyMade(err) {
		_ = say(ctx, chat.Reply{Body: a.phrase("discord.failed"), Private: true})
	}
}

// now is the first answer to the interaction.
func (a *answer) now(ctx context.Context, r chat.Reply) error {
	pressed := a.i.Message != nil
	switch {
	case r.Ask != nil && opens(r.Ask) && a.i.Type != wire.ModalCall && (len(r.Body) == 0 || len(r.Ask.Ask) < maxFields):
		form := modal(*r.Ask, a.title(r.Ask.Path), r.Body)
		return a.first(ctx, wire.AnswerModal, form, nil)
	case empty(r) && pressed:
		return a.first(ctx, wire.AnswerSilently, nil, nil)
	case empty(r):
		r.Body, r.Private = a.phrase("discord.done"), true
	}
	o := a.d.reply(r, a.lang)
	if a.instead(r) {
		o = o.instead()
		return a.first(ctx, wire.AnswerUpdate, o.message, o.files)
	}
	if r.Private || r.Ask != nil {
		o.message.Flags |= a.hidden()
	}
	return a.first(ctx, wire.AnswerMessage, o.message, o.files)
}

// first tries a first answer again where it may not have arrived. That it has been
// given already is good news then.
func (a *answer) first(ctx context.Context, kind int, data any, files []wire.File) error {
	tries := 0
	return a.try(ctx, func(ctx context.Context) error {
		err := a.d.respond(ctx, a.i, kind, data, files)
		var refused *wire.Error
		if tries++; tries > 1 && errors.As(err, &refused) && refused.Code == alreadyAnswered {
			return nil
		}
		return err
	})
}

// later answers what was deferred. A public answer to a command cannot take the place
// of what only the caller sees: it follows as a message of its own.
func (a *answer) later(ctx context.Context, r chat.Reply) error {
	o := a.d.reply(r, a.lang)
	private := r.Private || r.Ask != nil
	switch {
	case a.instead(r):
		return a.original(ctx, o.instead())
	case a.i.Message != nil && empty(r):
		return nil
	case a.i.Message != nil:
		if private {
			o.message.Flags |= a.hidden()
		}
		return a.follow(ctx, o)
	case empty(r):
		return a.original(ctx, compose(a.phrase("discord.done"), nil, nil))
	case private || a.i.GuildID == "":
		return a.original(ctx, o)
	}
	if err := a.original(ctx, compose(a.phrase("discord.posted"), nil, nil)); err != nil {
		return err
	}
	return a.follow(ctx, o)
}

// original edits what the interaction was first answered with.
func (a *answer) original(ctx context.Context, o outgoing) error {
	return a.webhook(ctx, http.MethodPatch, "/messages/@original", o)
}

// follow adds a message.
func (a *answer) follow(ctx context.Context, o outgoing) error {
	return a.webhook(ctx, http.MethodPost, "", o)
}

func (a *answer) webhook(ctx context.Context, method, path string, o outgoing) error {
	r := wire.Request{
		Method: method, Path: "/webhooks/" + a.i.ApplicationID + "/" + a.i.Token + path,
		Own: a.bucket, Body: o.message, Files: o.files,
	}
	return a.try(ctx, func(ctx context.Context) error { return a.d.client.Do(ctx, r, nil) })
}

// respond gives the first answer to an interaction.
func (d *Discord) respond(ctx context.Context, i *wire.Interaction, kind int, data any, files []wire.File) error {
	body := map[string]any{"type": kind}
	if data != nil {
		body["data"] = data
	}
	return d.client.Do(ctx, wire.Request{
		Method: http.MethodPost, Path: "/interactions/" + i.ID + "/" + i.Token + "/callback",
		Own: wire.NewBucket(), Body: body, Files: files,
	}, nil)
}

// try does it up to three times, as long as it may still come to something.
func (a *answer) try(ctx context.Context, do func(context.Context) error) error {
	const tries, pause = 3, 250 * time.Millisecond
	for n := 1; ; n++ {
		err := do(ctx)
		var b *chat.Bounce
		if err == nil || n == tries || !errors.As(bounce(err), &b) || b.Fate != chat.Later {
			return err
		}
		select {
		case <-time.After(max(b.After, time.Duration(n)*pause)):
		case <-ctx.Done():
			return err
		}
	}
}

func empty(r chat.Reply) bool {
	return len(r.Body) == 0 && len(r.Offers) == 0 && len(r.Files) == 0 && r.Ask == nil
}

// reply composes an answer that is a message. What it asks for stands in it as a menu,
// or as a button that opens the form.
func (d *Discord) reply(r chat.Reply, lang string) outgoing {
	body, offers := r.Body, r.Offers
	if r.Ask != nil {
		ask := *r.Ask
		if len(body) == 0 {
			body = d.asking(ask, lang)
		}
		if opens(&ask) {
			ask.Ask = nil // a button
			if ask.Label == nil {
				ask.Label = d.words(lang, "discord.open")
			}
		}
		offers = append([][]chat.Offer{{ask}}, offers...)
	}
	return compose(body, offers, r.Files)
}

// asking are the words over a menu, or over the button that opens a form.
func (d *Discord) asking(ask chat.Offer, lang string) chat.Rich {
	if opens(&ask) || len(ask.Ask) == 0 {
		return d.words(lang, "discord.more")
	}
	return chat.Lines(chat.Rich{chat.Strong(ask.Ask[0].Label.String())}, ask.Ask[0].Help)
}

// title is over a form: what the command does, or its name.
func (a *answer) title(path []string) string {
	key := strings.Join(path, " ")
	for _, text := range []string{a.d.o.Words.About(a.lang, key), a.d.o.Words.Name(a.lang, key)} {
		if text != "" {
			return text
		}
	}
	return a.phrase("discord.title").String()
}

func (a *answer) phrase(id string) chat.Rich { return a.d.words(a.lang, id) }

// words are a sentence of the adapter's own.
func (d *Discord) words(lang, id string) chat.Rich { return d.o.Words.Put(lang, nil, chat.Say(id)) }
