package telegram

import (
	"context"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf16"

	"github.com/go-telegram/bot/models"

	"peerbot/bot/telegram/wire"
	"peerbot/chat"
)

// kinds are the updates that are asked for.
var kinds = []string{
	models.AllowedUpdateMessage, models.AllowedUpdateCallbackQuery,
	models.AllowedUpdateMyChatMember, models.AllowedUpdateChatMember,
}

// anonymousBot is in whose name the admins of a group write anonymously:
// https://core.telegram.org/bots/api#message
const anonymousBot = 1087968824

// job is what one update asks for, as it waits in the inbox: who, where and what was
// said to the bot, and no name.
type job struct {
	Update int64     `json:"update"`
	At     time.Time `json:"at"` // At is when the update was taken.
	Chat   int64     `json:"chat"`
	Group  bool      `json:"group,omitempty"`
	Thread int       `json:"thread,omitempty"`
	From   int64     `json:"from,omitempty"`
	// Nameless: an admin writes in the group's name. From is 0, and stays so: a press
	// shows who it was, and the two are never put together.
	Nameless bool   `json:"nameless,omitempty"`
	Lang     string `json:"lang,omitempty"`

	Text    string    `json:"text,omitempty"`
	Press   string    `json:"press,omitempty"`
	Query   string    `json:"query,omitempty"`   // Query is the press that waits to be answered.
	Message int       `json:"message,omitempty"` // Message is the one whose button was pressed.
	Start   bool      `json:"start,omitempty"`   // Start: the person came by a link.
	File    *document `json:"file,omitempty"`
	More    bool      `json:"more,omitempty"` // More: it is another file of an album, and only one is taken.

	Notice chat.NoticeKind `json:"notice,omitempty"`
	To     int64           `json:"to,omitempty"` // To is where a group has moved.

	Tries int `json:"tries,omitempty"` // Tries are how often it was begun by a program that had not taken it.

	name   string // name is for display at once.
	album  string // album is what the message was sent in one with.
	urgent bool   // urgent: it is answered always, and skips the inbox.
	left   bool   // left: an earlier run took it, and has not done it.
	loose  bool   // loose: it has no row in the inbox.
	busy   bool   // busy: there is no room for it, which the person is told.
}

// address is where the job comes from.
func (j *job) address() chat.Address {
	a := chat.Address{Platform: Name, Room: strconv.FormatInt(j.Chat, 10)}
	if j.Group {
		a.Space = a.Room
	}
	if j.Thread != 0 {
		a.Thread = strconv.Itoa(j.Thread)
	}
	return a
}

// person is who the job comes from. An anonymous admin is nobody.
func (j *job) person() chat.Person {
	if j.Nameless {
		return chat.Person{Platform: Name}
	}
	return chat.Person{Platform: Name, ID: strconv.FormatInt(j.From, 10), Name: j.name}
}

// read makes a job of an update, or nil of what is none of the bot's business.
func (t *Telegram) read(u *wire.Update, now time.Time) *job {
	var j *job
	switch {
	case u.Message != nil:
		j = t.message(u.Message)
	case u.CallbackQuery != nil:
		j = pressed(u.CallbackQuery)
	case u.MyChatMember != nil:
		j = ownSeat(u.MyChatMember)
	case u.ChatMember != nil:
		j = otherSeat(u.ChatMember)
	}
	if j == nil || j.Chat == 0 {
		return nil
	}
	j.Update, j.At = u.ID, now
	j.urgent = j.Notice == "" && t.menu.urgent(j.Text, j.Press)
	return j
}

// placed is a job of a chat.
func placed(c models.Chat) *job {
	return &job{Chat: c.ID, Group: c.Type != models.ChatTypePrivate}
}

// message reads what was written, and what a group tells of itself.
func (t *Telegram) message(m *models.Message) *job {
	j := placed(m.Chat)
	if m.IsTopicMessage {
		j.Thread = m.MessageThreadID
	}
	switch {
	case m.MigrateToChatID != 0:
		j.Notice, j.To = chat.Moved, m.MigrateToChatID
		return j
	case m.MigrateFromChatID != 0:
		j.Notice, j.Chat, j.To = chat.Moved, m.MigrateFromChatID, m.Chat.ID
		return j
	case m.LeftChatMember != nil:
		return left(j, m.LeftChatMember)
	case !j.signed(m):
		return nil
	}
	j.File, j.album = attached(m), m.MediaGroupID
	if !t.heard(j, m) {
		return nil
	}
	j.begin()
	return j
}

// signed notes who has written. A channel that speaks in a group is nobody.
func (j *job) signed(m *models.Message) bool {
	if m.From == nil || m.Chat.Type == models.ChatTypeChannel {
		return false
	}
	if m.SenderChat != nil {
		j.Nameless = m.From.ID == anonymousBot && m.SenderChat.ID == m.Chat.ID
		return j.Nameless
	}
	j.From, j.Lang, j.name = m.From.ID, m.From.LanguageCode, m.From.FirstName
	return !m.From.IsBot
}

// heard finds what the message says to the bot. In a private chat that is everything;
// in a group a command, and an answer to what the bot said.
func (t *Telegram) heard(j *job, m *models.Message) bool {
	me := t.me.Load()
	said, marks := m.Text, m.Entities
	if said == "" {
		said, marks = m.Caption, m.CaptionEntities
	}
	line, found := command(said, marks, me.Username, t.menu.knows)
	switch {
	case found:
		j.Text = line
		t.hand(j, m.ReplyToMessage)
	case !j.Group, m.ReplyToMessage != nil && m.ReplyToMessage.From != nil && m.ReplyToMessage.From.ID == me.ID:
		j.Text = said
		return said != "" || j.File != nil
	}
	return found
}

// begin reads /start, which Telegram itself sends: behind it stands what a link brings.
func (j *job) begin() {
	word, payload, _ := strings.Cut(j.Text, " ")
	if j.Group || !strings.EqualFold(word, "/start") {
		return
	}
	if j.Press = strings.TrimSpace(payload); j.Press != "" {
		j.Text, j.Start = "", true
	}
}

// command finds the first command that is for the bot, and returns it with what stands
// behind it. One that names another bot is for that; one behind other words has to be
// known, so that a path in a sentence is none. Case does not matter.
func command(said string, marks []models.MessageEntity, me string, knows func(string) bool) (line string, found bool) {
	wide := utf16.Encode([]rune(said))
	for _, e := range marks {
		end := e.Offset + e.Length
		if e.Type != models.MessageEntityTypeBotCommand || e.Offset < 0 || e.Length < 2 || end > len(wide) {
			continue
		}
		word := string(utf16.Decode(wide[e.Offset:end]))
		name, to, named := strings.Cut(word, "@")
		before := string(utf16.Decode(wide[:e.Offset]))
		if named && !strings.EqualFold(to, me) || !named && spoken(before) && !knows(name[1:]) {
			continue
		}
		return name + string(utf16.Decode(wide[end:])), true
	}
	return "", false
}

// spoken reports whether a text says something in letters or digits.
func spoken(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
}

// call makes a Call of a job. Only one that is not urgent is looked into further: what
// the caller may do, and whether they can be written to.
func (t *Telegram) call(ctx context.Context, j *job) *chat.Call {
	c := &chat.Call{
		ID: strconv.FormatInt(j.Update, 10), Text: j.Text, Press: j.Press,
		From: j.person(), At: j.address(), Lang: j.Lang, Time: j.At, Reachable: !j.Group,
	}
	if j.File != nil {
		c.Args = []chat.Arg{{Value: j.File.Name, File: t.file(ctx, j.File)}}
	}
	if !j.Group {
		return c
	}
	c.Role = chat.Member
	if j.Nameless {
		c.Role |= chat.Moderator
		return c
	}
	if !j.urgent {
		c.Reachable = t.doors.isOpen(ctx, j.From)
		c.Role |= t.duty(ctx, c)
	}
	return c
}

// duty is what the caller's place in the group gives them; nothing, where Telegram does
// not say.
func (t *Telegram) duty(ctx context.Context, c *chat.Call) chat.Role {
	role, err := t.roster.duty(ctx, c.At.Space, c.From.ID)
	if err != nil {
		t.o.Log.Warn("telegram: the admins of a group are not known now", "error", err)
	}
	return role
}
