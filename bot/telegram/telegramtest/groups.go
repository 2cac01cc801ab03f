package telegramtest

import "time"

// Meet makes somebody new; opened says whether they have pressed Start.
func (s *Server) Meet(name string, opened bool) {
	s.set(func() { s.world.meet(name, opened) })
}

// Group founds a plain group that everybody is in; the bot is told.
func (s *Server) Group(name string) { s.join(name, "group") }

// Supergroup founds a supergroup that everybody is in; the bot is told.
func (s *Server) Supergroup(name string) { s.join(name, "supergroup") }

func (s *Server) join(name, kind string) {
	s.set(func() {
		c := s.world.found(name, kind)
		c.seats[s.world.bot.ID].Status = "left"
		s.reseat(c, s.world.bot, s.world.people["ada"].User, "member")
	})
}

// Topic opens a topic in a supergroup.
func (s *Server) Topic(group, name string) { s.set(func() { s.world.topic(group, name) }) }

// DeleteTopic deletes a topic and what was said in it. Nobody is told.
func (s *Server) DeleteTopic(name string) {
	s.set(func() {
		c, thread := s.world.at("", name)
		delete(c.topics, thread)
		c.said = without(c.said, thread)
	})
}

func without(said []*Message, thread int) []*Message {
	var out []*Message
	for _, m := range said {
		if m.Thread != thread {
			out = append(out, m)
		}
	}
	return out
}

// CloseTopic closes a topic.
func (s *Server) CloseTopic(name string) {
	s.set(func() {
		c, thread := s.world.at("", name)
		c.topics[thread].closed = true
		m := &Message{From: &s.world.people["ada"].User, Thread: thread, TopicClosed: &struct{}{}}
		s.hear(c, s.world.add(c, m))
	})
}

// Block makes who block the bot.
func (s *Server) Block(who string) { s.set(func() { s.block(who, true) }) }

// Unblock makes who take it back.
func (s *Server) Unblock(who string) { s.set(func() { s.block(who, false) }) }

func (s *Server) block(who string, on bool) {
	c, _ := s.world.at(who, "")
	if c.blocked == on {
		return
	}
	c.blocked = on
	was, is := "member", "kicked"
	if !on {
		was, is = is, was
	}
	s.post(&update{MyChatMember: s.change(c, s.world.bot, s.world.person(who).User, was, is)})
}

// Add makes ada take the bot into a group again.
func (s *Server) Add(group string) { s.seatBot(group, "member") }

// Remove makes ada throw the bot out.
func (s *Server) Remove(group string) { s.seatBot(group, "kicked") }

// Promote makes the bot an admin of the group, after which it hears everything.
func (s *Server) Promote(group string) { s.seatBot(group, "administrator") }

func (s *Server) seatBot(group, status string) {
	s.set(func() {
		c, _ := s.world.at("", group)
		s.reseat(c, s.world.bot, s.world.people["ada"].User, status)
	})
}

// Seat gives who a place in the group: "administrator", "member", "left" or "kicked".
func (s *Server) Seat(who, group, status string) {
	s.set(func() {
		c, _ := s.world.at(who, group)
		u := s.world.person(who).User
		was := c.member(u.ID)
		s.reseat(c, u, u, status)
		switch is := c.member(u.ID); {
		case was && !is:
			s.hear(c, s.world.add(c, &Message{From: &u, Left: &u}))
		case is && !was:
			s.hear(c, s.world.add(c, &Message{From: &u, Joined: []User{u}}))
		}
	})
}

// reseat changes somebody's place and tells the bot: of its own always, of others'
// when it is an admin and has asked for it.
func (s *Server) reseat(c *talk, who, by User, status string) {
	was := "left"
	if m := c.seats[who.ID]; m != nil {
		was = m.Status
	}
	change := s.change(c, who, by, was, status)
	c.seats[who.ID] = &seat{Status: status, User: who}
	switch {
	case who.ID == s.world.bot.ID:
		s.post(&update{MyChatMember: change})
	case c.admin(s.world.bot.ID):
		s.post(&update{ChatMember: change})
	}
}

func (s *Server) change(c *talk, who, by User, was, is string) *memberChange {
	old, now := seat{Status: was, User: who}, seat{Status: is, User: who}
	return &memberChange{Chat: c.Chat, From: by, Date: time.Now().Unix(), Old: *old.told(), New: *now.told()}
}

// Migrate turns a group into a supergroup: it has a new number, which its name stands
// for from now on. With tell the bot hears of it; without, it learns it from the error
// when it sends to the old one.
func (s *Server) Migrate(group string, tell bool) {
	s.set(func() {
		old, _ := s.world.at("", group)
		c := s.world.found(group, "supergroup")
		c.seats, c.lastBot, old.movedTo = old.seats, old.lastBot, c.ID
		from := &User{ID: Anonymous, Bot: true, First: "Group", Username: "GroupAnonymousBot"}
		out := s.world.add(old, &Message{From: from, SenderChat: &old.Chat, MigrateTo: c.ID})
		in := s.world.add(c, &Message{From: from, SenderChat: &c.Chat, MigrateFrom: old.ID})
		if tell {
			s.hear(old, out)
			s.hear(c, in)
		}
	})
}

// OtherBot makes the second bot say something in a group, after which a bare command
// is not for ours.
func (s *Server) OtherBot(group, text string) {
	s.set(func() {
		c, _ := s.world.at("", group)
		s.world.add(c, &Message{From: &s.world.other, Text: text})
	})
}
