package wire

// Flags of a message, as in
// https://docs.discord.com/developers/resources/message#message-object-message-flags.
const (
	Ephemeral = 1 << 6
	Silent    = 1 << 12
)

// Message is what is sent and what an edit puts in its place. It has what the
// library's has not: a nonce, with which the same message is made once.
type Message struct {
	Content     string        `json:"content"`
	Components  []Component   `json:"components"`
	Mentions    Mentions      `json:"allowed_mentions"`
	Flags       int           `json:"flags,omitempty"`
	Attachments *[]Attachment `json:"attachments,omitempty"` // Attachments are those that the message then has; nil leaves them.
	Nonce       string        `json:"nonce,omitempty"`       // Nonce has at most 25 characters.
	Enforce     bool          `json:"enforce_nonce,omitempty"`
}

// Mentions are who may be notified, whatever the text says: those who are listed.
type Mentions struct {
	Parse []string `json:"parse"` // Parse is always empty, and never nil.
	Users []string `json:"users,omitempty"`
	Roles []string `json:"roles,omitempty"`
}

// Attachment describes the file with the number ID.
type Attachment struct {
	ID          string `json:"id"`
	Filename    string `json:"filename,omitempty"`
	Description string `json:"description,omitempty"`
	URL         string `json:"url,omitempty"`
	ContentType string `json:"content_type,omitempty"`
	Size        int64  `json:"size,omitempty"`
}

// Sent is what is known of a message that was sent.
type Sent struct {
	ID    string `json:"id"`
	Flags int    `json:"flags"`
}

// Types of components, as in https://docs.discord.com/developers/components/reference.
const (
	Row         = 1
	Button      = 2
	Menu        = 3
	TextInput   = 4
	UserMenu    = 5
	ChannelMenu = 8
	TextDisplay = 10
	Label       = 18
	FileUpload  = 19
)

// Styles of buttons and of fields.
const (
	Primary   = 1
	Secondary = 2
	OneLine   = 1
	Lines     = 2
)

// Component is a row, a button, a menu, a label or a field of a form.
type Component struct {
	Type         int         `json:"type"`
	CustomID     string      `json:"custom_id,omitempty"`
	Style        int         `json:"style,omitempty"`
	Label        string      `json:"label,omitempty"`
	Description  string      `json:"description,omitempty"`
	Content      string      `json:"content,omitempty"`
	Placeholder  string      `json:"placeholder,omitempty"`
	Value        string      `json:"value,omitempty"`
	Required     *bool       `json:"required,omitempty"` // Required is true where it is nil.
	MaxLength    int         `json:"max_length,omitempty"`
	Options      []Choice    `json:"options,omitempty"`
	Defaults     []Default   `json:"default_values,omitempty"`
	ChannelTypes []int       `json:"channel_types,omitempty"`
	Components   []Component `json:"components,omitempty"`
	Component    *Component  `json:"component,omitempty"`

	Values []string `json:"values,omitempty"` // Values are what was chosen; never sent.
}

// Choice is one line of a menu.
type Choice struct {
	Label   string `json:"label"`
	Value   string `json:"value"`
	Default bool   `json:"default,omitempty"`
}

// Default is a person or a channel that a menu shows as chosen.
type Default struct {
	ID   string `json:"id"`
	Type string `json:"type"` // Type is user or channel.
}

// Modal is a form that is opened over what somebody sees.
type Modal struct {
	CustomID   string      `json:"custom_id"`
	Title      string      `json:"title"`
	Components []Component `json:"components"`
}
