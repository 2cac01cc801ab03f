package main

import (
	"context"
	"errors"

	"peerbot/bot/discord"
	"peerbot/bot/telegram"
	"peerbot/config"
)

// outside is a platform that a token connects, as the questions of `peerbot start`
// need it.
type outside struct {
	name, key string
	how       string // how says where the token comes from.
	token     func(config.Config) config.Secret
	// try asks the platform what a token opens. Its say is told whoever sets the bot up,
	// and next is what they do later.
	try     func(ctx context.Context, c config.Config, token string) (say, next []string, err error)
	refused error // refused is try's error where the platform does not take the token.
}

func (s *setup) askDiscord(ctx context.Context) error {
	return s.connect(ctx, outside{
		name: "Discord", key: "discord.token", refused: discord.ErrToken,
		how: "  1. Open https://discord.com/developers/applications and press New Application.\n" +
			"     Choose a neutral name: it stands on people's lock screens.\n" +
			"  2. Open the page Bot, press Reset Token, and copy the token.",
		token: func(c config.Config) config.Secret { return c.Discord.Token },
		try: func(ctx context.Context, c config.Config, token string) (say, next []string, err error) {
			a, err := discord.Check(ctx, c.Discord.APIURL, token)
			if a.Privileged {
				say = append(say, "On the page Bot, please turn off all of Privileged Gateway Intents: the bot needs none.")
			}
			return append([]string{"The bot is called " + a.Name + "."}, say...), []string{"Add it to your Discord server: " + a.Invite()}, err
		},
	})
}

func (s *setup) askTelegram(ctx context.Context) error {
	return s.connect(ctx, outside{
		name: "Telegram", key: "telegram.token", refused: telegram.ErrToken,
		how: "  1. In Telegram, write /newbot to @BotFather and answer its questions.\n" +
			"     Choose a neutral name: it stands on people's lock screens.\n" +
			"  2. Copy the token from its last message.",
		token: func(c config.Config) config.Secret { return c.Telegram.Token },
		try: func(ctx context.Context, c config.Config, token string) (say, next []string, err error) {
			a, err := telegram.Check(ctx, c.Telegram.APIURL, token)
			if a.ReadsAll {
				say = append(say, "Please write /setprivacy to @BotFather and choose Enable: the bot needs no more than what is meant for it.")
			}
			if !a.Groups {
				say = append(say, "Please write /setjoingroups to @BotFather and choose Enable, so that it can be added to your group.")
			}
			return append([]string{"The bot is called @" + a.Name + "."}, say...), []string{"Add it to your Telegram group: " + a.Invite()}, err
		},
	})
}

// connect asks for a token until the platform takes it, or nobody wants to connect it.
func (s *setup) connect(ctx context.Context, o outside) error {
	token := string(o.token(s.cfg))
	question := o.name + ": paste the token, or press Enter to go on without " + o.name
	if token != "" {
		question = o.name + ": press Enter to keep its token, paste another, or write none to disconnect it"
	} else {
		s.say("\n%s. To connect it:\n%s", o.name, o.how)
	}
	for {
		answer, err := s.askSecret(ctx, question)
		if err != nil {
			return err
		}
		switch {
		case answer == "" && token == "":
			return nil
		case answer == "none":
			return s.keepToken(o, "")
		case answer == "":
			answer = token
		}
		if s.take(ctx, o, answer) {
			return s.keepToken(o, answer)
		}
	}
}

// take tries a token out and says what came of it.
func (s *setup) take(ctx context.Context, o outside, token string) bool {
	ctx, stop := context.WithTimeout(ctx, answerTime)
	defer stop()
	say, next, err := o.try(ctx, s.cfg, token)
	switch {
	case errors.Is(err, o.refused):
		s.say("  %s does not take this token. Please copy it again, whole.", o.name)
	case err != nil:
		s.say("  %s cannot be asked: %v.\n  Please look at the network, and try again.", o.name, err)
	default:
		for _, line := range say {
			s.say("  %s", line)
		}
		s.next = append(s.next, next...)
	}
	return err == nil
}

// keepToken writes the token into the file, unless it stands there or elsewhere.
func (s *setup) keepToken(o outside, token string) error {
	if token == string(o.token(s.cfg)) {
		return nil
	}
	if o.token(s.cfg) != "" {
		if err := s.set(o.key+"_file", ""); err != nil {
			return err
		}
	}
	return s.set(o.key, token)
}
