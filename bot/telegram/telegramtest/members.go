package telegramtest

import "context"

type chatParams struct {
	Chat chatID `json:"chat_id"`
	User int64  `json:"user_id"`
}

func (s *Server) getChat(_ context.Context, p chatParams) (any, error) {
	c, err := s.reach(p.Chat)
	if err != nil {
		return nil, err
	}
	return struct {
		Chat
		Accent    int `json:"accent_color_id"`
		Reactions int `json:"max_reaction_count"`
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
	yes, no, never := true, false, int64(0)
	switch m.Status {
	case "creator":
		out.Anonymous = &no
	case "administrator":
		out.Anonymous, out.Edit = &no, &no
		out.Manage, out.Restrict, out.Info, out.Pin = &yes, &yes, &yes, &yes
	case "kicked":
		out.Until = &never
	}
	return &out
}
