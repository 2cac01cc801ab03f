package telegramtest

import "context"

type chatParams struct {
	Chat chatID `json:"chat_id"`
	User int64  `json:"user_id"`
}

// gifts are what a chat takes; here that is none.
type gifts struct {
	Unlimited bool `json:"unlimited_gifts"`
	Limited   bool `json:"limited_gifts"`
	Unique    bool `json:"unique_gifts"`
	Premium   bool `json:"premium_subscription"`
	Channels  bool `json:"gifts_from_channels"`
}

func (s *Server) getChat(_ context.Context, p chatParams) (any, error) {
	c, err := s.reach(p.Chat)
	if err != nil {
		return nil, err
	}
	return struct {
		Chat
		Accent    int   `json:"accent_color_id"`
		Reactions int   `json:"max_reaction_count"`
		Gifts     gifts `json:"accepted_gift_types"`
	}{Chat: c.Chat, Reactions: 11}, nil
}

// getChatAdministrators lists the admins that are people.
func (s *Server) getChatAdministrators(_ context.Context, p chatParams) (any, error) {
	c, err := s.reach(p.Chat)
	if err != nil {
		return nil, err
	}
	if c.private() {
		return nil, bad("there are no administrators in the private chat")
	}
	out := []*seat{}
	for id, m := range c.seats {
		if c.admin(id) && (!m.User.Bot || id == s.world.bot.ID) {
			out = append(out, m.told())
		}
	}
	return out, nil
}

func (s *Server) getChatMember(_ context.Context, p chatParams) (any, error) {
	c, err := s.reach(p.Chat)
	if err != nil {
		return nil, err
	}
	m := c.seats[p.User]
	if m == nil {
		return nil, bad("member not found")
	}
	return m.told(), nil
}

func (s *Server) leaveChat(_ context.Context, p chatParams) (any, error) {
	c, err := s.reach(p.Chat)
	if err != nil {
		return nil, err
	}
	if c.private() {
		return nil, bad("chat member status can't be changed in private chats")
	}
	s.reseat(c, s.world.bot, s.world.bot, "left")
	return true, nil
}

// told is the seat with what every kind of ChatMember has to have.
func (m *seat) told() *seat {
	out := *m
	no, never := false, int64(0)
	switch m.Status {
	case "creator":
		out.Anonymous = &no
	case "administrator":
		out.Anonymous = &no
		out.rights = &rights{Manage: true, Delete: true, Restrict: true, Info: true, Invite: true, Pin: true}
	case "kicked":
		out.Until = &never
	}
	return &out
}
