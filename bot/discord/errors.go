package discord

import (
	"errors"
	"net/http"
	"slices"
	"time"

	"peerbot/bot"
	"peerbot/bot/discord/wire"
	"peerbot/chat"
)

// Codes of https://docs.discord.com/developers/topics/opcodes-and-status-codes#json.
const (
	unknownMessage  = 10008
	alreadyAnswered = 40060
)

// unreachable are the codes after which a recipient is given up: the room, the guild
// or the person is not there, or will not have the bot.
var unreachable = []int{
	10003, // unknown channel
	10004, // unknown guild
	10013, // unknown user
	50001, // missing access
	50007, // cannot send messages to this user
	50013, // missing permissions
	50033, // invalid recipient
	50278, // no guild in common
}

// badlyMade reports whether Discord refuses what was sent for what it is.
func badlyMade(err error) bool {
	var e *wire.Error
	return errors.As(err, &e) && (e.Status == http.StatusBadRequest || e.Status == http.StatusRequestEntityTooLarge)
}

// patience is how long a token that is not taken is left alone.
const patience = 5 * time.Minute

// bounce tells the pump what an error means for a letter; nil stays nil.
func bounce(err error) error {
	if err == nil {
		return nil
	}
	var e *wire.Error
	if !errors.As(err, &e) {
		return &chat.Bounce{Fate: chat.Later, Err: err}
	}
	b := &chat.Bounce{Fate: chat.Never, After: e.After, Err: e}
	switch {
	case slices.Contains(unreachable, e.Code):
		b.Fate = chat.Gone
	case e.Code == unknownMessage:
		b.Fate = chat.Never
	case e.Status == http.StatusUnauthorized:
		b.Fate, b.After = chat.Later, patience
	case e.Status == 0 || e.Status == http.StatusTooManyRequests || e.Status >= http.StatusInternalServerError:
		b.Fate = chat.Later
	case e.Status == http.StatusForbidden:
		b.Fate = chat.Gone
	}
	return b
}

// What whoever runs the bot is told when Discord will not have it.
const (
	haltToken = "Discord does not take the token. Open https://discord.com/developers/applications, choose your bot, " +
		"press Reset Token on the page Bot, and put the new token into discord.token. Then start again."
	haltIntents = "Discord does not let the bot hear what it asks to hear. Open https://discord.com/developers/applications, " +
		"choose your bot, and check on the page Bot that it is not restricted. Then start again."
	haltShard = "The bot is in more servers than one connection can carry. Remove it from some of them."
	haltOld   = "Discord no longer speaks the version that this program speaks. Install a newer version of peerbot."
)

// halt is a *bot.Halt with what to do.
func halt(f *wire.Fatal) *bot.Halt {
	say := haltToken
	switch f.Code {
	case 4010, 4011:
		say = haltShard
	case 4012:
		say = haltOld
	case 4013, 4014:
		say = haltIntents
	}
	return &bot.Halt{Say: say, Err: f}
}
