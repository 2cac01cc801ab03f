package telegram

import (
	"cmp"

	"github.com/go-telegram/bot/models"

	"peerbot/chat"
)

// pressed reads the press of a button. One of a message that nobody can see any more is
// answered, and brings nothing else.
func pressed(q *models.CallbackQuery) *job {
	var j *job
	switch {
	case q.Message.Message != nil:
		m := q.Message.Message
		j = placed(m.Chat)
		if j.Message = m.ID; m.IsTopicMessage {
			j.Thread = m.MessageThreadID
		}
	case q.Message.InaccessibleMessage != nil:
		j = placed(q.Message.InaccessibleMessage.Chat)
	default:
		j = &job{Chat: q.From.ID}
	}
	j.From, j.Lang, j.name = q.From.ID, q.From.LanguageCode, q.From.FirstName
	j.Query, j.Press = q.ID, cmp.Or(q.Data, "-")
	return j
}

// ownSeat reads what became of the bot itself: it was let into a chat or put out of it.
func ownSeat(u *models.ChatMemberUpdated) *job {
	if u.Chat.Type == models.ChatTypeChannel {
		return nil
	}
	j := placed(u.Chat)
	was, out := gone(u.OldChatMember), gone(u.NewChatMember)
	switch {
	case was == out:
		return nil // its rights changed
	case j.Group && out:
		j.Notice = chat.Removed
	case j.Group:
		j.Notice = chat.Joined
	case out:
		j.Notice, j.From = chat.Blocked, u.Chat.ID
	default:
		j.Notice, j.From = chat.Opened, u.Chat.ID
	}
	return j
}

// otherSeat reads that somebody has left; Telegram tells it to bots that are admins.
func otherSeat(u *models.ChatMemberUpdated) *job {
	switch j := placed(u.Chat); {
	case u.NewChatMember.Left != nil && u.NewChatMember.Left.User != nil:
		return left(j, u.NewChatMember.Left.User)
	case u.NewChatMember.Banned != nil && u.NewChatMember.Banned.User != nil:
		return left(j, u.NewChatMember.Banned.User)
	}
	return nil
}

func left(j *job, who *models.User) *job {
	if who.IsBot {
		return nil
	}
	j.Notice, j.From = chat.Left, who.ID
	return j
}

func gone(m models.ChatMember) bool {
	return m.Type == models.ChatMemberTypeLeft || m.Type == models.ChatMemberTypeBanned
}
