package telegramtest

import (
	"encoding/json"
	"fmt"
	"strconv"
	"unicode/utf16"
)

// The types of https://core.telegram.org/bots/api#available-types, as far as they are
// played here.

// User is a person or a bot.
type User struct {
	ID       int64  `json:"id"`
	Bot      bool   `json:"is_bot"`
	First    string `json:"first_name"`
	Username string `json:"username,omitempty"`
	Lang     string `json:"language_code,omitempty"`
}

// Chat is a private chat, a group or a supergroup.
type Chat struct {
	ID    int64  `json:"id"`
	Type  string `json:"type"`
	Title string `json:"title,omitempty"`
	First string `json:"first_name,omitempty"`
	Forum bool   `json:"is_forum,omitempty"`
}

// Entity is a marked part of a text; Offset and Length are in UTF-16 units.
type Entity struct {
	Type   string `json:"type"`
	Offset int    `json:"offset"`
	Length int    `json:"length"`
	URL    string `json:"url,omitempty"`
	User   *User  `json:"user,omitempty"`
	Lang   string `json:"language,omitempty"`
	Unix   int64  `json:"unix_time,omitempty"`
	Format string `json:"date_time_format,omitempty"`
}

// Button is one of an inline keyboard.
type Button struct {
	Text string `json:"text"`
	Data string `json:"callback_data,omitempty"`
	URL  string `json:"url,omitempty"`
	Copy *struct {
		Text string `json:"text"`
	} `json:"copy_text,omitempty"`
}

// Keyboard is an inline keyboard.
type Keyboard struct {
	Rows [][]Button `json:"inline_keyboard"`
}

// Document is a file that was sent.
type Document struct {
	ID     string `json:"file_id"`
	Unique string `json:"file_unique_id"`
	Name   string `json:"file_name,omitempty"`
	Type   string `json:"mime_type,omitempty"`
	Size   int64  `json:"file_size,omitempty"`
}

// photo is one size of a picture.
type photo struct {
	ID     string `json:"file_id"`
	Unique string `json:"file_unique_id"`
	Width  int    `json:"width"`
	Height int    `json:"height"`
	Size   int64  `json:"file_size,omitempty"`
	name   string
}

// voice is a spoken message.
type voice struct {
	ID      string `json:"file_id"`
	Unique  string `json:"file_unique_id"`
	Seconds int    `json:"duration"`
}

// Message is a message, or a service message about what happened in a chat.
type Message struct {
	ID         int       `json:"message_id"`
	Thread     int       `json:"message_thread_id,omitempty"`
	From       *User     `json:"from,omitempty"`
	SenderChat *Chat     `json:"sender_chat,omitempty"`
	Date       int64     `json:"date"`
	Edited     int64     `json:"edit_date,omitempty"`
	Chat       Chat      `json:"chat"`
	Topic      bool      `json:"is_topic_message,omitempty"`
	ReplyTo    *Message  `json:"reply_to_message,omitempty"`
	Text       string    `json:"text,omitempty"`
	Entities   []Entity  `json:"entities,omitempty"`
	Document   *Document `json:"document,omitempty"`
	Photo      []photo   `json:"photo,omitempty"`
	Voice      *voice    `json:"voice,omitempty"`
	Album      string    `json:"media_group_id,omitempty"`
	Caption    string    `json:"caption,omitempty"`
	CaptionEnt []Entity  `json:"caption_entities,omitempty"`
	Markup     *Keyboard `json:"reply_markup,omitempty"`

	Joined       []User       `json:"new_chat_members,omitempty"`
	Left         *User        `json:"left_chat_member,omitempty"`
	MigrateTo    int64        `json:"migrate_to_chat_id,omitempty"`
	MigrateFrom  int64        `json:"migrate_from_chat_id,omitempty"`
	Shared       *usersShared `json:"users_shared,omitempty"`
	TopicCreated *topicName   `json:"forum_topic_created,omitempty"`
	TopicClosed  *struct{}    `json:"forum_topic_closed,omitempty"`
	Pinned       *Message     `json:"pinned_message,omitempty"`

	ask *ask // ask is the reply keyboard or the forced reply that stands under it.
}

type topicName struct {
	Name  string `json:"name"`
	Color int    `json:"icon_color"`
}

type usersShared struct {
	Request int          `json:"request_id"`
	Users   []sharedUser `json:"users"`
}

type sharedUser struct {
	ID    int64  `json:"user_id"`
	First string `json:"first_name,omitempty"`
}

// ask is a ForceReply or a ReplyKeyboardMarkup.
type ask struct {
	Force     bool    `json:"force_reply"`
	Selective bool    `json:"selective"`
	Keys      [][]key `json:"keyboard"`
}

type key struct {
	Text  string `json:"text"`
	Users *struct {
		Request int  `json:"request_id"`
		Name    bool `json:"request_name"`
	} `json:"request_users"`
}

// query is a callback query.
type query struct {
	ID       string   `json:"id"`
	From     User     `json:"from"`
	Message  *Message `json:"message,omitempty"`
	Instance string   `json:"chat_instance"`
	Data     string   `json:"data"`
}

// seat is a ChatMember of any kind.
type seat struct {
	Status    string `json:"status"`
	User      User   `json:"user"`
	Anonymous *bool  `json:"is_anonymous,omitempty"`
	Until     *int64 `json:"until_date,omitempty"`
	*rights
}

// rights are what an administrator may do.
type rights struct {
	Edit          bool `json:"can_be_edited"`
	Manage        bool `json:"can_manage_chat"`
	Delete        bool `json:"can_delete_messages"`
	Video         bool `json:"can_manage_video_chats"`
	Restrict      bool `json:"can_restrict_members"`
	Promote       bool `json:"can_promote_members"`
	Info          bool `json:"can_change_info"`
	Invite        bool `json:"can_invite_users"`
	Pin           bool `json:"can_pin_messages"`
	Topics        bool `json:"can_manage_topics"`
	PostStories   bool `json:"can_post_stories"`
	EditStories   bool `json:"can_edit_stories"`
	DeleteStories bool `json:"can_delete_stories"`
}

// memberChange is a ChatMemberUpdated.
type memberChange struct {
	Chat Chat  `json:"chat"`
	From User  `json:"from"`
	Date int64 `json:"date"`
	Old  seat  `json:"old_chat_member"`
	New  seat  `json:"new_chat_member"`
}

// update is an Update; exactly one of its parts is there.
type update struct {
	ID           int64         `json:"update_id"`
	Message      *Message      `json:"message,omitempty"`
	Edited       *Message      `json:"edited_message,omitempty"`
	Query        *query        `json:"callback_query,omitempty"`
	MyChatMember *memberChange `json:"my_chat_member,omitempty"`
	ChatMember   *memberChange `json:"chat_member,omitempty"`
}

func (u *update) kind() string {
	switch {
	case u.Message != nil:
		return "message"
	case u.Edited != nil:
		return "edited_message"
	case u.Query != nil:
		return "callback_query"
	case u.MyChatMember != nil:
		return "my_chat_member"
	}
	return "chat_member"
}

// Command is one line of the bot's menu.
type Command struct {
	Name  string `json:"command"`
	About string `json:"description"`
}

// chatID is a number, or a number in a string as forms have it.
type chatID int64

func (c *chatID) UnmarshalJSON(b []byte) error {
	var text string
	if json.Unmarshal(b, &text) != nil {
		text = string(b)
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return fmt.Errorf("a chat is named by its number here: %w", err)
	}
	*c = chatID(n)
	return nil
}

// units counts UTF-16 units, which is how Telegram measures text.
func units(text string) int { return len(utf16.Encode([]rune(text))) }
