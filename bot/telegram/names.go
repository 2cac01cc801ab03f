package telegram

import (
	"cmp"
	"context"
	"strconv"
	"strings"

	"peerbot/bot/telegram/wire"
	"peerbot/chat"
)

// names finds out what people and groups are called, at the moment when it is said: no
// name is kept.
type names struct{ api *wire.Client }

func newNames(api *wire.Client) *names { return &names{api} }

// called puts the names of people and rooms into a text. say puts sentences of ours
// into words.
func (n *names) called(ctx context.Context, r chat.Rich, say func(chat.Rich) chat.Rich) chat.Rich {
	out := make(chat.Rich, 0, len(r))
	for _, s := range r {
		switch s := s.(type) {
		case chat.Mention:
			if s.Who.Name == "" {
				s.Who.Name = n.person(ctx, s.Who, say)
			}
			out = append(out, s)
		case chat.Group:
			out = append(out, say(chat.Say("telegram.everyone"))...)
		case chat.Place:
			out = append(out, n.place(ctx, s.At, say))
		case chat.List:
			out = append(out, chat.List{Items: n.items(ctx, s.Items, say)})
		case chat.And:
			out = append(out, chat.And{Items: n.items(ctx, s.Items, say)})
		default:
			out = append(out, s)
		}
	}
	return out
}

func (n *names) items(ctx context.Context, items []chat.Rich, say func(chat.Rich) chat.Rich) []chat.Rich {
	out := make([]chat.Rich, len(items))
	for i, item := range items {
		out[i] = n.called(ctx, item, say)
	}
	return out
}

// about is a chat as getChat tells of it.
type about struct {
	Title     string `json:"title"`
	FirstName string `json:"first_name"`
	Username  string `json:"username"`
}

func (n *names) about(ctx context.Context, id int64) about {
	var a about
	if n.api.Call(ctx, "getChat", map[string]int64{"chat_id": id}, &a) != nil {
		return about{} // Who cannot be found has no name; the message is worth more than the name.
	}
	return a
}

func (n *names) person(ctx context.Context, who chat.Person, say func(chat.Rich) chat.Rich) string {
	name := ""
	if id, ok := personID(who); ok {
		name = n.about(ctx, id).FirstName
	}
	return cmp.Or(name, say(chat.Say("telegram.someone")).String())
}

// place is the title of a group, leading there where its members can follow.
func (n *names) place(ctx context.Context, at chat.Address, say func(chat.Rich) chat.Rich) chat.Span {
	id, err := strconv.ParseInt(at.Room, 10, 64)
	if err != nil || at.Platform != Name {
		return chat.Plain(say(chat.Say("telegram.another_group")).String())
	}
	a := n.about(ctx, id)
	title := cmp.Or(a.Title, say(chat.Say("telegram.another_group")).String())
	switch inside, super := strings.CutPrefix(at.Room, "-100"); {
	case a.Username != "":
		return chat.Link{Label: title, URL: "https://t.me/" + a.Username}
	case super:
		return chat.Link{Label: title, URL: "https://t.me/c/" + inside + "/" + cmp.Or(at.Thread, "1")}
	}
	return chat.Plain(title)
}

// personID is the number of an account, false for somebody of whom there is none.
func personID(p chat.Person) (int64, bool) {
	id, err := strconv.ParseInt(p.ID, 10, 64)
	return id, err == nil && id > 0 && p.Platform == Name
}
