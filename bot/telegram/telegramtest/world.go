package telegramtest

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Anonymous is the id of GroupAnonymousBot, in whose name anonymous admins write.
const Anonymous int64 = 1087968824

// world is who lives there and what was said. It begins with the people ana, ben, bea
// and ada, who have opened their private chats, and kim, who has not; with the
// supergroup "house", its topics "hall" and "yard", and the plain group "club", in
// which a second bot lives that has spoken last. All are in both groups, and ada
// runs them.
type world struct {
	bot, other User
	people     map[string]*person
	rooms      map[string]room
	chats      map[int64]*talk
	shared     int // shared numbers the messages of private chats and plain groups.
	made       int // made numbers people, groups and files.
	queries    map[string]*pressed
	files      map[string][]byte
	forget     bool
}

// person is someone with an account.
type person struct {
	User
	alerts []string // alerts are what callback queries were answered with.
}

// room is what a test names: a chat, or a topic of it.
type room struct {
	chat   int64
	thread int
}

// talk is a chat with what was said in it.
type talk struct {
	Chat
	opened  bool // opened: the person has pressed Start; for private chats.
	blocked bool
	seats   map[int64]*seat
	topics  map[int]*topic
	movedTo int64
	lastBot int64 // lastBot is the bot that posted last.
	next    int
	said    []*Message
	pinned  *Message
}

type topic struct {
	name    string
	closed  bool
	created *Message
}

// pressed is a callback query that waits for its answer.
type pressed struct {
	by       *person
	at       time.Time
	answered bool
}

func newWorld(o Options) *world {
	w := &world{
		bot:    User{ID: botID(o.Token), Bot: true, First: "Peer", Username: o.Username},
		other:  User{ID: 8000000002, Bot: true, First: "Other", Username: "other_test_bot"},
		people: map[string]*person{}, rooms: map[string]room{}, chats: map[int64]*talk{},
		queries: map[string]*pressed{}, files: map[string][]byte{}, forget: o.Forget,
	}
	for _, name := range []string{"ana", "ben", "bea", "ada", "kim"} {
		w.meet(name, name != "kim")
	}
	w.found("house", "supergroup")
	w.topic("house", "hall")
	w.topic("house", "yard")
	club := w.found("club", "group")
	club.seats[w.other.ID] = &seat{Status: "member", User: w.other}
	club.lastBot = w.other.ID
	return w
}

// botID is what a token begins with.
func botID(token string) int64 {
	var id int64
	_, _ = fmt.Sscanf(token, "%d:", &id) // 0 is as good as any for a token that is none
	return id
}

// meet makes a person and their private chat. Ids do not fit into 32 bits.
func (w *world) meet(name string, opened bool) {
	w.made++
	p := &person{User: User{ID: 7000000000 + int64(w.made), First: name, Lang: "en"}}
	w.people[name] = p
	w.chats[p.ID] = &talk{Chat: Chat{ID: p.ID, Type: "private", First: name}, opened: opened}
	w.rooms[name] = room{chat: p.ID}
}

// found makes a group that everybody is in, the bot too. Its owner is ada.
func (w *world) found(name, kind string) *talk {
	w.made++
	c := &talk{Chat: Chat{Type: kind, Title: name}, seats: map[int64]*seat{}, topics: map[int]*topic{}, lastBot: w.bot.ID}
	c.ID = -4000000000 - int64(w.made)
	if kind == "supergroup" {
		c.ID = -1002000000000 - int64(w.made)
	}
	for _, p := range w.people {
		c.seats[p.ID] = &seat{Status: "member", User: p.User}
	}
	c.seats[w.people["ada"].ID].Status = "creator"
	c.seats[w.bot.ID] = &seat{Status: "member", User: w.bot}
	w.chats[c.ID], w.rooms[name] = c, room{chat: c.ID}
	return c
}

// topic opens a topic in a supergroup. Its number is that of its first message.
func (w *world) topic(group, name string) {
	c := w.chats[w.rooms[group].chat]
	c.Forum = true
	first := &Message{
		ID: w.number(c), From: &w.people["ada"].User, Date: time.Now().Unix(), Chat: c.Chat, Topic: true,
		TopicCreated: &topicName{Name: name, Color: 7322096},
	}
	first.Thread = first.ID
	c.topics[first.ID] = &topic{name: name, created: first}
	w.rooms[name] = room{chat: c.ID, thread: first.ID}
}

// number is the next message's. Supergroups count for themselves; the rest share one
// count, so the same number stands in many chats.
func (w *world) number(c *talk) int {
	if c.Type != "supergroup" {
		w.shared++
		return w.shared
	}
	c.next++
	return c.next
}

// add says a message in the chat.
func (w *world) add(c *talk, m *Message) *Message {
	m.ID, m.Chat, m.Date = w.number(c), c.Chat, time.Now().Unix()
	if m.From != nil && m.From.Bot && m.SenderChat == nil {
		c.lastBot = m.From.ID
	}
	if t := c.topics[m.Thread]; t != nil {
		m.Topic = true
		if m.ReplyTo == nil {
			m.ReplyTo = t.created // as published: the first message of a topic is replied to by all others
		}
	}
	if !w.forget {
		c.said = append(c.said, m)
	}
	return m
}

func (w *world) message(c *talk, id int) *Message {
	for _, m := range slices.Backward(c.said) {
		if m.ID == id {
			return m
		}
	}
	return nil
}

// at finds the room of a name; "" is who's private chat.
func (w *world) at(who, name string) (*talk, int) {
	r, ok := w.rooms[cmp.Or(name, who)]
	if !ok {
		panic("telegramtest: nobody and nothing is called " + cmp.Or(name, who))
	}
	return w.chats[r.chat], r.thread
}

func (w *world) person(name string) *person {
	p, ok := w.people[name]
	if !ok {
		panic("telegramtest: nobody is called " + name)
	}
	return p
}

// admin reports whether the member runs the group.
func (c *talk) admin(id int64) bool {
	s := c.seats[id]
	return s != nil && (s.Status == "creator" || s.Status == "administrator")
}

func (c *talk) member(id int64) bool {
	s := c.seats[id]
	return s != nil && s.Status != "left" && s.Status != "kicked"
}

func (c *talk) private() bool { return c.Type == "private" }
