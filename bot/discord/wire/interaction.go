package wire

import "encoding/json"

// Types of interactions, as in
// https://docs.discord.com/developers/interactions/receiving-and-responding.
const (
	CommandCall   = 2
	ComponentCall = 3
	CompleteCall  = 4
	ModalCall     = 5
)

// Types of first answers to interactions.
const (
	AnswerMessage  = 4
	AnswerDeferred = 5
	AnswerSilently = 6 // AnswerSilently defers, and shows nothing of it.
	AnswerUpdate   = 7
	AnswerChoices  = 8
	AnswerModal    = 9
)

// Interaction is something that somebody did with the bot. The library's has no
// labels and nothing that came with a form, and is half filled where a component is
// of a kind that it does not know.
type Interaction struct {
	ID            string          `json:"id"`
	ApplicationID string          `json:"application_id"`
	Type          int             `json:"type"`
	Token         string          `json:"token"`
	GuildID       string          `json:"guild_id"`
	ChannelID     string          `json:"channel_id"`
	Channel       Channel         `json:"channel"`
	Member        *Member         `json:"member"`
	User          *User           `json:"user"`
	Locale        string          `json:"locale"`
	Message       *Sent           `json:"message"`
	Data          InteractionData `json:"data"`
}

// By is who did it; nil where Discord does not say.
func (i *Interaction) By() *User {
	if i.Member != nil && i.Member.User != nil {
		return i.Member.User
	}
	return i.User
}

// InteractionData is what was done.
type InteractionData struct {
	Name       string      `json:"name"`
	Options    []Given     `json:"options"`
	CustomID   string      `json:"custom_id"`
	Values     []string    `json:"values"`
	Components []Component `json:"components"`
	Resolved   struct {
		Attachments map[string]Attachment `json:"attachments"`
		Channels    map[string]Channel    `json:"channels"`
	} `json:"resolved"`
}

// Given is an option that was filled in, or a subcommand with its own.
type Given struct {
	Name    string          `json:"name"`
	Type    int             `json:"type"`
	Value   json.RawMessage `json:"value"`
	Options []Given         `json:"options"`
	Focused bool            `json:"focused"`
}

// Channel is where something happens.
type Channel struct {
	ID       string `json:"id"`
	Type     int    `json:"type"`
	ParentID string `json:"parent_id"`
}

// Types of channels.
const (
	Direct             = 1
	AnnouncementThread = 10
	PublicThread       = 11
	PrivateThread      = 12
)

// Thread reports whether the channel is one.
func (c Channel) Thread() bool { return c.Type >= AnnouncementThread && c.Type <= PrivateThread }

// User is an account.
type User struct {
	ID         string `json:"id"`
	Username   string `json:"username"`
	GlobalName string `json:"global_name"`
	Bot        bool   `json:"bot"`
}

// Member is an account in a guild.
type Member struct {
	User        *User    `json:"user"`
	Nick        string   `json:"nick"`
	Roles       []string `json:"roles"`
	Permissions string   `json:"permissions"`
}

// Guild is what decides what a member may do.
type Guild struct {
	ID      string `json:"id"`
	OwnerID string `json:"owner_id"`
	Roles   []struct {
		ID          string `json:"id"`
		Permissions string `json:"permissions"`
	} `json:"roles"`
}

// Ready is what the gateway tells first.
type Ready struct {
	User        User `json:"user"`
	Application struct {
		ID string `json:"id"`
	} `json:"application"`
}

// Written is a message that somebody wrote.
type Written struct {
	ID          string       `json:"id"`
	ChannelID   string       `json:"channel_id"`
	GuildID     string       `json:"guild_id"`
	Author      User         `json:"author"`
	Content     string       `json:"content"`
	Attachments []Attachment `json:"attachments"`
}

// GuildNews is a guild that the bot is in now, or is not in any more; Unavailable: it
// cannot be seen for now, and that is all.
type GuildNews struct {
	ID          string `json:"id"`
	Unavailable bool   `json:"unavailable"`
}
