package telegram

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"time"

	"peerbot/bot/telegram/wire"
	"peerbot/chat"
)

// fresh is for how long the admins of a group are believed to be what they were.
const fresh = 45 * time.Second

// maxGroups bounds the groups whose admins are remembered.
const maxGroups = 1000

// roster knows who runs which group.
type roster struct {
	api *wire.Client

	mu     sync.Mutex
	groups map[string]admins
}

// admins are those who run a group, by the id of their account.
type admins struct {
	until time.Time
	roles map[string]chat.Role
}

func newRoster(api *wire.Client) *roster { return &roster{api: api, groups: map[string]admins{}} }

// seat is a member as Telegram tells of one.
type seat struct {
	Status string `json:"status"`
	Member bool   `json:"is_member"` // Member: somebody who is restricted is there still.
	User   struct {
		ID int64 `json:"id"`
	} `json:"user"`
}

func (s seat) role() chat.Role {
	switch s.Status {
	case "creator":
		return chat.Member | chat.Moderator | chat.Admin
	case "administrator":
		return chat.Member | chat.Moderator
	case "member":
		return chat.Member
	case "restricted":
		if s.Member {
			return chat.Member
		}
	}
	return 0
}

// Role is what somebody may do in a group by Telegram's own account, at most a minute
// old: the owner is an admin and a moderator, an admin is a moderator. It is 0 for who
// is not there.
func (t *Telegram) Role(ctx context.Context, space string, who chat.Person) (chat.Role, error) {
	if t.broken != nil {
		return 0, t.broken
	}
	role, err := t.roster.duty(ctx, space, who.ID)
	if id, ok := personID(who); ok && role == 0 && err == nil {
		role, err = t.roster.member(ctx, space, id)
	}
	if final(err) {
		return 0, nil // The bot is not there any more, so nothing follows from being there.
	}
	return role, err
}

// duty is the role of an admin, 0 for anybody else.
func (r *roster) duty(ctx context.Context, space, id string) (chat.Role, error) {
	if g, ok := r.known(space, time.Now()); ok {
		return g.roles[id], nil
	}
	var seats []seat
	if err := r.api.Call(ctx, "getChatAdministrators", map[string]string{"chat_id": space}, &seats); err != nil {
		return 0, fmt.Errorf("telegram: who runs a group: %w", err)
	}
	g := admins{until: time.Now().Add(fresh), roles: map[string]chat.Role{}}
	for _, s := range seats {
		g.roles[strconv.FormatInt(s.User.ID, 10)] = s.role()
	}
	r.remember(space, g)
	return g.roles[id], nil
}

func (r *roster) known(space string, now time.Time) (admins, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	g, ok := r.groups[space]
	return g, ok && now.Before(g.until)
}

func (r *roster) remember(space string, g admins) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.groups) >= maxGroups {
		clear(r.groups)
	}
	r.groups[space] = g
}

// forget makes the next question about the group a new one.
func (r *roster) forget(space string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.groups, space)
}

// What Telegram says of somebody it does not find in a group, and of a group that shows
// its members to admins only.
var (
	notThere = []string{"user not found", "participant_id_invalid", "member not found"}
	hidden   = []string{"chat_admin_required", "member list is inaccessible"}
)

// member is whether somebody is in a group. Where the bot is no admin Telegram may not
// tell; then whoever was there is taken to be there still, until Telegram says that they
// have left: https://core.telegram.org/bots/api#getchatmember
func (r *roster) member(ctx context.Context, space string, id int64) (chat.Role, error) {
	var s seat
	err := r.api.Call(ctx, "getChatMember", map[string]any{"chat_id": space, "user_id": id}, &s)
	switch {
	case err == nil:
		return s.role(), nil
	case says(err, notThere):
		return 0, nil
	case says(err, hidden):
		return chat.Member, nil
	}
	return 0, fmt.Errorf("telegram: who is in a group: %w", err)
}
