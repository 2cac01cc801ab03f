package telegram

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"peerbot/bot/telegram/wire"
	"peerbot/chat"
)

// Telegram's own words for what cannot be told by the code:
// https://github.com/tdlib/telegram-bot-api/blob/master/telegram-bot-api/Client.cpp
var (
	nobodyThere = []string{"chat not found", "user not found", "peer_id_invalid", "group chat was deactivated", "chat_write_forbidden",
		"have no rights", "not enough rights", "need administrator rights", "user is deactivated", "bot is not a member"}
	sameText = []string{"message is not modified"}
	noTopic  = []string{"message thread not found", "topic_deleted", "topic_closed", "topic_id_invalid"}
	tooOld   = []string{"query is too old"}
)

// bounced is an error as the pump understands it. to is where the message was to go.
func bounced(err error, to chat.Address) error {
	if err == nil {
		return nil
	}
	b := &chat.Bounce{Fate: chat.Later, Err: err}
	var full *wire.Full
	var e *wire.Error
	switch {
	case errors.As(err, &full):
		b.After = full.After
	case !errors.As(err, &e):
	case e.Parameters.MigrateTo != 0:
		b.Fate, b.To = chat.MoveTo, moved(to, e.Parameters.MigrateTo)
	case e.Code == http.StatusTooManyRequests:
		b.After = e.After()
	case e.Code == http.StatusForbidden, e.Says(nobodyThere...):
		b.Fate = chat.Gone
	case e.Code == http.StatusBadRequest:
		b.Fate = chat.Never
	}
	return b
}

// moved is the address after a group has become a supergroup. Only plain groups become
// one, and they have no topics.
func moved(a chat.Address, to int64) chat.Address {
	a.Room = strconv.FormatInt(to, 10)
	a.Space = a.Room
	return a
}

// says reports whether the server refused with any of the words.
func says(err error, words []string) bool {
	var e *wire.Error
	return errors.As(err, &e) && e.Says(words...)
}

// coded reports whether the server refused with the code.
func coded(err error, code int) bool {
	var e *wire.Error
	return errors.As(err, &e) && e.Code == code
}

// final reports whether the server refused for good.
func final(err error) bool {
	var b *chat.Bounce
	return err != nil && errors.As(bounced(err, chat.Address{}), &b) && (b.Fate == chat.Gone || b.Fate == chat.Never)
}

// follow tells the engine that a group has moved, where the error says so, and returns
// where it is now.
func (t *Telegram) follow(ctx context.Context, err error, at chat.Address) (chat.Address, bool) {
	var e *wire.Error
	if !errors.As(err, &e) || e.Parameters.MigrateTo == 0 {
		return at, false
	}
	to := moved(at, e.Parameters.MigrateTo)
	if err := t.notice(ctx, chat.Notice{Kind: chat.Moved, At: whole(at), To: whole(to)}); err != nil {
		t.o.Log.Error("telegram: a group has moved and nobody was told", "error", err)
	}
	return to, true
}

// whole is the group of an address, without a topic.
func whole(a chat.Address) chat.Address {
	a.Thread = ""
	return a
}
