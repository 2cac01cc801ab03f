package telegram

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	api "github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"peerbot/bot/telegram/wire"
	"peerbot/chat"
)

// post is a message on its way out.
type post struct {
	body   chat.Rich
	keys   [][]models.InlineKeyboardButton
	files  []chat.File
	silent bool
	hurry  wire.Hurry
	lang   string
}

// Send delivers a message and returns its number in the chat. Telegram recognises no id,
// so the same message twice is two.
func (t *Telegram) Send(ctx context.Context, to chat.Address, _ string, m chat.Message) (ref string, err error) {
	if t.broken != nil {
		return "", bounced(t.broken, to)
	}
	p := post{body: m.Body, keys: keyboard(m.Offers), files: m.Files, silent: m.Silent, lang: m.Lang}
	number, err := t.say(ctx, to, p)
	if err != nil {
		t.follow(ctx, err, to)
		return "", bounced(err, to)
	}
	return strconv.Itoa(number), nil
}

// Edit changes a message that was sent.
func (t *Telegram) Edit(ctx context.Context, to chat.Address, ref string, m chat.Message) error {
	if t.broken != nil {
		return bounced(t.broken, to)
	}
	number, err := strconv.Atoi(ref)
	if err != nil {
		return &chat.Bounce{Fate: chat.Never, Err: fmt.Errorf("telegram: a reference of %d bytes is no message", len(ref))}
	}
	err = t.change(ctx, to, number, post{body: m.Body, keys: keyboard(m.Offers), lang: m.Lang})
	if err != nil {
		t.follow(ctx, err, to)
	}
	return bounced(err, to)
}

// Free is when the chat takes the next message.
func (t *Telegram) Free(to chat.Address) time.Time {
	id, _, err := chatOf(to)
	if err != nil || t.broken != nil {
		return time.Time{}
	}
	return t.api.Free(id)
}

// errNowhere is the error of an address that is none of Telegram's.
var errNowhere = &wire.Error{Code: 403, Description: "nobody can be written to there"}

// chatOf is the number of the chat and of the topic.
func chatOf(a chat.Address) (id int64, thread int, err error) {
	id, err = strconv.ParseInt(a.Room, 10, 64)
	if err == nil && a.Thread != "" {
		thread, err = strconv.Atoi(a.Thread)
	}
	if err != nil || a.Direct() && id < 0 { // what is for one person never goes to a group
		return 0, 0, errNowhere
	}
	return id, thread, nil
}

// say sends a message, and then its files. In a topic that is gone it is said in the
// group itself, with a note.
func (t *Telegram) say(ctx context.Context, to chat.Address, p post) (number int, err error) {
	id, thread, err := chatOf(to)
	if err != nil {
		return 0, err
	}
	ctx = wire.In(ctx, wire.Lane{Chat: id, Hurry: p.hurry})
	number, err = t.write(ctx, id, thread, p)
	if thread != 0 && says(err, noTopic) {
		thread = 0
		p.body = chat.Paragraphs(t.words(p.lang, chat.Say("telegram.topic_gone")), p.body)
		number, err = t.write(ctx, id, thread, p)
	}
	if err != nil {
		return 0, err
	}
	for _, f := range p.files {
		if err := t.carryFile(ctx, id, thread, f, p.silent); err != nil {
			return 0, err
		}
	}
	return number, nil
}

// noPreview keeps Telegram from fetching what links lead to and showing it.
func noPreview() *models.LinkPreviewOptions {
	return &models.LinkPreviewOptions{IsDisabled: api.True()}
}

func (t *Telegram) write(ctx context.Context, id int64, thread int, p post) (int, error) {
	said := t.rendered(ctx, p)
	m := api.SendMessageParams{
		ChatID: id, MessageThreadID: thread, Text: said.words, Entities: said.marks,
		LinkPreviewOptions: noPreview(), DisableNotification: p.silent,
	}
	if len(p.keys) > 0 {
		m.ReplyMarkup = models.InlineKeyboardMarkup{InlineKeyboard: p.keys}
	}
	var sent struct {
		ID int `json:"message_id"`
	}
	err := t.api.Call(ctx, "sendMessage", m, &sent)
	return sent.ID, err
}

// change edits a message. One that reads so already is as it should be.
func (t *Telegram) change(ctx context.Context, at chat.Address, number int, p post) error {
	id, _, err := chatOf(at)
	if err != nil {
		return err
	}
	said := t.rendered(ctx, p)
	m := api.EditMessageTextParams{
		ChatID: id, MessageID: number, Text: said.words, Entities: said.marks, LinkPreviewOptions: noPreview(),
		ReplyMarkup: models.InlineKeyboardMarkup{InlineKeyboard: append([][]models.InlineKeyboardButton{}, p.keys...)},
	}
	err = t.api.Call(wire.In(ctx, wire.Lane{Chat: id, Hurry: p.hurry}), "editMessageText", m, nil)
	if says(err, sameText) {
		return nil
	}
	return err
}

// rendered is the body as Telegram takes it. A message always says something.
func (t *Telegram) rendered(ctx context.Context, p post) text {
	say := func(r chat.Rich) chat.Rich { return t.words(p.lang, r) }
	said := render(t.names.called(ctx, p.body, say), maxText)
	if said.words == "" {
		said = render(say(chat.Say("telegram.choose")), maxText)
	}
	return said
}

// keyboard is rows of buttons. One without words is left out.
func keyboard(offers [][]chat.Offer) [][]models.InlineKeyboardButton {
	var keys [][]models.InlineKeyboardButton
	for _, row := range offers {
		var line []models.InlineKeyboardButton
		for _, o := range row {
			if label := chat.Line(o.Label.String()); label != "" {
				line = append(line, models.InlineKeyboardButton{Text: label, CallbackData: o.Payload})
			}
		}
		if len(line) > 0 {
			keys = append(keys, line)
		}
	}
	return keys
}

// maxPhoto is the largest picture that is shown as one, in bytes:
// https://core.telegram.org/bots/api#sendphoto
const maxPhoto = 10 << 20

func (t *Telegram) carryFile(ctx context.Context, id int64, thread int, f chat.File, silent bool) error {
	data, err := f.Open()
	if err != nil {
		return fmt.Errorf("telegram: open a file: %w", err)
	}
	caption, _ := chat.Cut(tidy(f.Alt), maxCaption/2)
	return errors.Join(t.api.Send(ctx, wire.Upload{
		Chat: id, Thread: thread, Name: chat.Line(f.Name), Caption: caption, Silent: silent, Data: data,
		Photo: (f.Type == "image/png" || f.Type == "image/jpeg") && f.Size <= maxPhoto,
	}), data.Close())
}

// link leads to the bot's private chat, and through it with a payload.
func (t *Telegram) link(payload string) string {
	link := "https://t.me/" + t.me.Load().Username
	if payload != "" {
		link += "?start=" + payload
	}
	return link
}

// question is what a form asks, below what the reply says.
func question(r chat.Reply) chat.Rich {
	if r.Ask == nil || len(r.Ask.Ask) == 0 || len(r.Ask.Ask[0].Label) == 0 {
		return r.Body
	}
	q := r.Ask.Ask[0]
	label := chat.Rich{chat.Strong(q.Label.String())}
	if q.Value != "" {
		label = append(label, chat.Plain(": "+chat.Line(q.Value)))
	}
	return chat.Paragraphs(r.Body, chat.Lines(label, q.Help))
}

// isEmpty reports whether a reply says nothing.
func isEmpty(r chat.Reply) bool {
	return len(r.Body)+len(r.Offers)+len(r.Files) == 0 && r.Ask == nil
}
