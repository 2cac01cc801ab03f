package discord

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"sync"
	"time"

	"peerbot/bot/discord/wire"
	"peerbot/chat"
	"peerbot/storage"
)

// maxKnown bounds what is remembered of people in memory.
const maxKnown = 20_000

// directs are the private chats that are open: Discord's id of each, by the person's.
// Opening one costs a request, so they are kept, sealed under the person's own key.
type directs struct {
	store storage.Store
	vault *storage.Vault
	kept  storage.Table[direct]
	log   *slog.Logger

	mu   sync.Mutex
	open map[string]string
}

// direct is a chat as it is kept.
type direct struct {
	Channel string `json:"channel"`
	Owner   string `json:"-"`
}

func newDirects(o Options) *directs {
	return &directs{store: o.Store, vault: o.Vault, log: o.Log, open: map[string]string{}, kept: storage.Table[direct]{
		Bucket: "discord.directs", Vault: o.Vault, Version: 1, Owner: func(d direct) string { return d.Owner },
	}}
}

// learn remembers a chat.
func (c *directs) learn(person, channel string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.open) >= maxKnown {
		clear(c.open)
	}
	c.open[person] = channel
}

// known is the chat with a person, where it was learnt in this life.
func (c *directs) known(person string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.open[person]
}

// channel is the chat with a person, which is opened if it is not yet known: up to ten
// at once, by the last digit. That it could not be kept only costs a request the next
// time.
func (c *directs) channel(ctx context.Context, client *wire.Client, person string) (string, error) {
	if channel := c.known(person); channel != "" {
		return channel, nil
	}
	key := c.vault.ID("discord direct", person)
	if channel, known := c.recall(ctx, key); known {
		c.learn(person, channel)
		return channel, nil
	}
	var opened wire.Channel
	err := client.Do(ctx, wire.Request{
		Method: http.MethodPost, Path: "/users/@me/channels", Bucket: "open " + person[max(0, len(person)-1):],
		Body: map[string]string{"recipient_id": person},
	}, &opened)
	if err != nil {
		return "", err
	}
	d := direct{Channel: opened.ID, Owner: c.vault.ID("member", platform, person)}
	if err := c.store.Update(ctx, func(tx storage.Tx) error { return c.kept.Put(tx, key, d) }); err != nil {
		c.log.Warn("a private chat is not kept", slog.Any("error", err))
	}
	c.learn(person, opened.ID)
	return opened.ID, nil
}

// recall looks for a chat in the store.
func (c *directs) recall(ctx context.Context, key string) (channel string, known bool) {
	err := c.store.View(ctx, func(r storage.Reader) error {
		row, err := c.kept.Get(r, key)
		channel = row.Value.Channel
		return err
	})
	return channel, err == nil && channel != ""
}

// doubt forgets a chat that is not there, and reports whether it did: the next one is
// opened anew.
func (c *directs) doubt(ctx context.Context, to chat.Address, err error) bool {
	var e *wire.Error
	if !to.Direct() || !errors.As(err, &e) || e.Status != http.StatusNotFound {
		return false
	}
	c.mu.Lock()
	delete(c.open, to.Room)
	c.mu.Unlock()
	key := c.vault.ID("discord direct", to.Room)
	if err := c.store.Update(ctx, func(tx storage.Tx) error { return c.kept.Delete(tx, key) }); err != nil {
		c.log.Warn("a private chat is not forgotten", slog.Any("error", err))
	}
	return true
}

// rosterTerm is how old what is known of a member, or of a guild, may be: the two
// together are at most a minute old.
const rosterTerm = time.Minute / 2

// roster remembers what people may do in guilds.
type roster struct {
	mu     sync.Mutex
	people map[[2]string]standing // people by guild and id.
	guilds map[string]guildRights
}

type standing struct {
	role  chat.Role
	until time.Time
}

type guildRights struct {
	wire.Guild
	until time.Time
}

// unknownMember is the code for somebody who is not in the guild.
var unknownMember = map[int]bool{10007: true, 10013: true}

// Role is what Discord knows of who's rights in the guild, at most a minute old; 0 for
// whoever does not belong.
func (d *Discord) Role(ctx context.Context, space string, who chat.Person) (chat.Role, error) {
	now := time.Now()
	r := &d.roster
	key := [2]string{space, who.ID}
	r.mu.Lock()
	known, ok := r.people[key]
	r.mu.Unlock()
	if ok && now.Before(known.until) {
		return known.role, nil
	}
	role, err := d.role(ctx, space, who.ID)
	if err != nil {
		return 0, bounce(err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.people == nil || len(r.people) >= maxKnown {
		r.people = map[[2]string]standing{}
	}
	r.people[key] = standing{role, now.Add(rosterTerm)}
	return role, nil
}

func (d *Discord) role(ctx context.Context, space, who string) (chat.Role, error) {
	var m wire.Member
	err := d.client.Do(ctx, wire.Request{
		Method: http.MethodGet, Path: "/guilds/" + space + "/members/" + who, Bucket: "member " + space,
	}, &m)
	var e *wire.Error
	if errors.As(err, &e) && unknownMember[e.Code] {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	g, err := d.guild(ctx, space)
	if err != nil {
		return 0, err
	}
	if g.OwnerID == who {
		return duties(administrator), nil
	}
	return duties(permissions(g, m.Roles)), nil
}

// permissions are those of @everyone, whose id is the guild's, and of the roles.
func permissions(g wire.Guild, roles []string) (all uint64) {
	held := map[string]bool{g.ID: true}
	for _, id := range roles {
		held[id] = true
	}
	for _, r := range g.Roles {
		if p, err := strconv.ParseUint(r.Permissions, 10, 64); err == nil && held[r.ID] {
			all |= p
		}
	}
	return all
}

func (d *Discord) guild(ctx context.Context, space string) (wire.Guild, error) {
	now := time.Now()
	r := &d.roster
	r.mu.Lock()
	known, ok := r.guilds[space]
	r.mu.Unlock()
	if ok && now.Before(known.until) {
		return known.Guild, nil
	}
	var g wire.Guild
	err := d.client.Do(ctx, wire.Request{Method: http.MethodGet, Path: "/guilds/" + space, Bucket: "guild " + space}, &g)
	if err != nil {
		return g, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.guilds == nil || len(r.guilds) >= maxKnown {
		r.guilds = map[string]guildRights{}
	}
	r.guilds[space] = guildRights{g, now.Add(rosterTerm)}
	return g, nil
}
