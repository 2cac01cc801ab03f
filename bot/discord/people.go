package discord

import (
	"context"
	"errors"
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
// Opening one costs a request.
type directs struct {
	mu   sync.Mutex
	open map[string]string
}

func newDirects(storage.Store, *storage.Vault) directs { return directs{open: map[string]string{}} }

// learn remembers a chat.
func (c *directs) learn(person, channel string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.open) >= maxKnown {
		clear(c.open)
	}
	c.open[person] = channel
}

// channel is the chat with a person, which is opened if it is not yet known.
func (c *directs) channel(ctx context.Context, client *wire.Client, person string) (string, error) {
	c.mu.Lock()
	channel, known := c.open[person]
	c.mu.Unlock()
	if known {
		return channel, nil
	}
	// With one limit for all, the library would have one request in flight.
	var opened wire.Channel
	err := client.Do(ctx, wire.Request{
		Method: http.MethodPost, Path: "/users/@me/channels", Own: wire.NewBucket(),
		Body: map[string]string{"recipient_id": person},
	}, &opened)
	if err != nil {
		return "", err
	}
	c.learn(person, opened.ID)
	return opened.ID, nil
}

// doubt forgets a chat that is not there.
func (c *directs) doubt(to chat.Address, err error) {
	var e *wire.Error
	if !to.Direct() || !errors.As(err, &e) || e.Status != http.StatusNotFound {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.open, to.Room)
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
