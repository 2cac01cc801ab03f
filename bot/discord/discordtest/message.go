package discordtest

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Flags of messages, as in
// https://docs.discord.com/developers/resources/message#message-object-message-flags.
const (
	Ephemeral = 1 << 6
	Loading   = 1 << 7
	Silent    = 1 << 12
)

// Message is a message as it stands now.
type Message struct {
	ID, Channel string
	Author      string // Author is the id of who wrote it.
	Content     string
	Embeds      []Embed
	Components  []Component
	Files       []File
	Flags       int
	For         string   // For is the id of the only person who sees it; "" is everybody.
	Pings       []string // Pings are the ids of the people and roles that are notified.
	Everyone    bool     // Everyone is notified.
	ReplyTo     string
	Nonce       string
	Sent        time.Time
	Edited      time.Time

	webhook bool
}

// File is what hangs on a message, or on an option of a command.
type File struct {
	ID, Name, Type, Alt, URL string
	Data                     []byte
}

// Embed is a card below a message.
type Embed struct {
	Title       string `json:"title,omitempty"`
	Description string `json:"description,omitempty"`
	URL         string `json:"url,omitempty"`
	Color       int    `json:"color,omitempty"`
	Author      *struct {
		Name string `json:"name"`
	} `json:"author,omitempty"`
	Footer *struct {
		Text string `json:"text"`
	} `json:"footer,omitempty"`
	Fields []struct {
		Name   string `json:"name"`
		Value  string `json:"value"`
		Inline bool   `json:"inline,omitempty"`
	} `json:"fields,omitempty"`
}

// Component is a row, a button, a menu, a label or a field of a form; see
// https://docs.discord.com/developers/components/reference.
type Component struct {
	Type        int         `json:"type"`
	ID          int         `json:"id,omitempty"`
	CustomID    string      `json:"custom_id,omitempty"`
	Style       int         `json:"style,omitempty"`
	Label       string      `json:"label,omitempty"`
	Description string      `json:"description,omitempty"`
	Placeholder string      `json:"placeholder,omitempty"`
	Value       string      `json:"value,omitempty"`
	Content     string      `json:"content,omitempty"`
	URL         string      `json:"url,omitempty"`
	Disabled    bool        `json:"disabled,omitempty"`
	Required    *bool       `json:"required,omitempty"`
	MinLength   *int        `json:"min_length,omitempty"`
	MaxLength   *int        `json:"max_length,omitempty"`
	MinValues   *int        `json:"min_values,omitempty"`
	MaxValues   *int        `json:"max_values,omitempty"`
	Options     []Choice    `json:"options,omitempty"`
	Components  []Component `json:"components,omitempty"`
	Component   *Component  `json:"component,omitempty"`
}

// Types of components.
const (
	Row           = 1
	Button        = 2
	Menu          = 3
	TextInput     = 4
	UserMenu      = 5
	RoleMenu      = 6
	ChannelMenu   = 8
	Label         = 18
	textDisplay   = 10
	fileUpload    = 19
	linkStyle     = 5
	suppressEmbed = 1 << 2
)

// Choice is one line of a menu.
type Choice struct {
	Label       string `json:"label"`
	Value       string `json:"value"`
	Description string `json:"description,omitempty"`
	Default     bool   `json:"default,omitempty"`
}

// draft is the body of a request that makes or edits a message. What is nil was not
// said and stays as it is.
type draft struct {
	Content     *string      `json:"content"`
	Embeds      *[]Embed     `json:"embeds"`
	Components  *[]Component `json:"components"`
	Flags       *int         `json:"flags"`
	Nonce       any          `json:"nonce"`
	Enforce     bool         `json:"enforce_nonce"`
	Mentions    *allowed     `json:"allowed_mentions"`
	Reference   *reference   `json:"message_reference"`
	Attachments *[]struct {
		ID          any    `json:"id"`
		Filename    string `json:"filename"`
		Description string `json:"description"`
	} `json:"attachments"`
	CustomID string          `json:"custom_id"` // of a form
	Title    string          `json:"title"`
	Choices  json.RawMessage `json:"choices"` // of a completion
}

type allowed struct {
	Parse []string `json:"parse"`
	Users []string `json:"users"`
	Roles []string `json:"roles"`
}

type reference struct {
	MessageID string `json:"message_id"`
}

// nonce is a message that may not be made again for a while.
type nonce struct {
	message *Message
	until   time.Time
}

func (d *draft) nonce() string {
	switch n := d.Nonce.(type) {
	case string:
		return n
	case float64:
		return strconv.FormatInt(int64(n), 10)
	}
	return ""
}

// write puts what the draft says into a message.
func (s *Server) write(m *Message, d *draft, files []File) {
	if d.Content != nil {
		m.Content = strings.TrimSpace(*d.Content)
	}
	if d.Embeds != nil {
		m.Embeds = *d.Embeds
	}
	if d.Components != nil {
		m.Components = *d.Components
	}
	if d.Flags != nil {
		m.Flags = m.Flags&^(Silent|suppressEmbed) | *d.Flags&(Silent|suppressEmbed)
	}
	if d.Attachments != nil {
		m.Files = d.kept(m.Files)
		for i, a := range *d.Attachments {
			if i < len(files) {
				files[i].Alt = a.Description
			}
		}
	}
	for _, f := range files {
		f.ID = s.snowflake()
		m.Files = append(m.Files, f)
	}
	m.Everyone, m.Pings = pings(m.Content, d.Mentions)
}

// kept are the files that an edit leaves: those whose id it names.
func (d *draft) kept(files []File) []File {
	var all []File
	for _, f := range files {
		for _, a := range *d.Attachments {
			if a.ID == f.ID {
				all = append(all, f)
			}
		}
	}
	return all
}

// pings is who is notified: without allowed_mentions everything that the text names.
// See https://docs.discord.com/developers/resources/message#allowed-mentions-object.
func pings(text string, a *allowed) (everyone bool, ids []string) {
	if a == nil {
		a = &allowed{Parse: []string{"users", "roles", "everyone"}}
	}
	for _, id := range between(text, "<@", ">") {
		role, isRole := strings.CutPrefix(id, "&")
		id = strings.TrimPrefix(role, "!")
		kind, named := "users", a.Users
		if isRole {
			kind, named = "roles", a.Roles
		}
		if slices.Contains(a.Parse, kind) || slices.Contains(named, id) {
			ids = append(ids, id)
		}
	}
	named := strings.Contains(text, "@everyone") || strings.Contains(text, "@here")
	return named && slices.Contains(a.Parse, "everyone"), ids
}

// between lists what stands between the two marks.
func between(text, open, end string) []string {
	var all []string
	for {
		_, rest, ok := strings.Cut(text, open)
		if !ok {
			return all
		}
		inner, after, ok := strings.Cut(rest, end)
		if !ok {
			return all
		}
		all, text = append(all, inner), after
	}
}

// post adds a message to a channel and tells the bot where it may know of it.
func (s *Server) post(c *channel, m *Message) {
	m.ID, m.Channel, m.Sent = s.snowflake(), c.id, time.Now()
	c.messages = append(c.messages, m)
	if m.For == "" && m.Flags&Loading == 0 {
		s.tellMessage("MESSAGE_CREATE", c, m)
	}
}

func (s *Server) edit(c *channel, m *Message) {
	m.Edited, m.Flags = time.Now(), m.Flags&^Loading
	if m.For == "" {
		s.tellMessage("MESSAGE_UPDATE", c, m)
	}
}

// tellMessage dispatches a message: its content only where the bot may read it.
func (s *Server) tellMessage(event string, c *channel, m *Message) {
	intent := guildMessages
	if c.kind == directChannel {
		intent = directMessages
	}
	if s.may(c)&ViewChannel == 0 {
		return
	}
	o := s.messageObject(m)
	if c.kind != directChannel {
		o["guild_id"] = s.guild
	}
	own := m.Author == s.bot.id || c.kind == directChannel || slices.Contains(m.Pings, s.bot.id)
	s.dispatch(event, intent, func(intents int) object {
		if own || intents&messageContent != 0 {
			return o
		}
		bare := object{}
		for k, v := range o {
			bare[k] = v
		}
		bare["content"], bare["embeds"], bare["components"], bare["attachments"] = "", []int{}, []int{}, []int{}
		return bare
	})
}

// message finds a message by id. The newest are asked for most.
func (c *channel) message(id string) *Message {
	for _, m := range slices.Backward(c.messages) {
		if m.ID == id {
			return m
		}
	}
	return nil
}
