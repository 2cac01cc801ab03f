package discordtest

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// Permissions, as in https://docs.discord.com/developers/topics/permissions.
const (
	Administrator  int64 = 1 << 3
	ManageGuild    int64 = 1 << 5
	ViewChannel    int64 = 1 << 10
	SendMessages   int64 = 1 << 11
	EmbedLinks     int64 = 1 << 14
	AttachFiles    int64 = 1 << 15
	SendInThreads  int64 = 1 << 38
	PrivateThreads int64 = 1 << 36
	CreateEvents   int64 = 1 << 44
	UseCommands    int64 = 1 << 31

	allPermissions int64 = 1<<53 - 1
)

// Kinds of channels.
const (
	textChannel   = 0
	directChannel = 1
	publicThread  = 11
	privateThread = 12
)

// world is what there is: one guild, its rooms, its people and one bot.
type world struct {
	token    string // as it is valid now; "" when it was reset
	guild    string // id, and the id of the role @everyone
	bot      *person
	owner    *person
	away     bool // the bot is not in the guild
	rights   int64
	locale   string
	last     uint64 // the newest snowflake
	people   []*person
	channels []*channel
	roles    []*role
	events   []*Event
	menu     []*command
	versions uint64

	uploads      map[string]File // by name
	nonces       map[string]nonce
	interactions map[string]*Interaction // by token
	recent       []*Interaction          // oldest first, for forgetting
	screens      map[string]*Modal       // the form that each person has open, by id
}

type person struct {
	id, name, locale string
	roles            []string
	closed           bool // takes no direct messages from the bot
	gone             bool // left the guild
	bot              bool
}

type channel struct {
	id, name string
	kind     int
	parent   string
	with     *person // of a direct channel
	denied   int64   // what the bot may not do here
	messages []*Message
}

type role struct {
	id, name string
	rights   int64
}

func newWorld(token string) world {
	w := world{
		token: token, last: 1_100_000_000_000_000_000, locale: "en-US",
		uploads: map[string]File{}, nonces: map[string]nonce{}, interactions: map[string]*Interaction{}, screens: map[string]*Modal{},
	}
	w.guild = w.snowflake()
	w.bot = &person{id: w.snowflake(), name: "Peerbot", bot: true}
	w.owner = &person{id: w.snowflake(), name: "owner", locale: w.locale}
	w.people = []*person{w.owner}
	w.rights = ViewChannel | SendMessages | SendInThreads | EmbedLinks | AttachFiles
	w.roles = []*role{{id: w.guild, name: "@everyone", rights: ViewChannel | SendMessages | SendInThreads | UseCommands}}
	for _, name := range []string{"hall", "yard"} {
		w.channels = append(w.channels, &channel{id: w.snowflake(), name: name})
	}
	return w
}

// snowflake makes an id: the time since 2015 in ms, 22 bits to the left, and always
// one more than the last. A bubble's clock begins before that.
func (w *world) snowflake() string {
	epoch := time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC)
	w.last = max(w.last+1, uint64(max(0, time.Since(epoch).Milliseconds()))<<22)
	return strconv.FormatUint(w.last, 10)
}

// person finds somebody by name; who is named for the first time joins the guild.
func (w *world) person(name string) *person {
	if p := find(w.people, func(p *person) bool { return p.name == name }); p != nil {
		return p
	}
	p := &person{id: w.snowflake(), name: name, locale: w.locale}
	w.people = append(w.people, p)
	return p
}

func (w *world) personByID(id string) *person {
	if id == "@me" || id == w.bot.id {
		return w.bot
	}
	return find(w.people, func(p *person) bool { return p.id == id })
}

// room finds a channel by name; "" is the private one between who and the bot.
func (w *world) room(who *person, name string) (*channel, error) {
	if name == "" {
		return w.direct(who), nil
	}
	c := find(w.channels, func(c *channel) bool { return c.name == name && c.kind != directChannel })
	if c == nil {
		return nil, fmt.Errorf("discordtest: there is no room %q", name)
	}
	return c, nil
}

func (w *world) direct(who *person) *channel {
	if c := find(w.channels, func(c *channel) bool { return c.with == who }); c != nil {
		return c
	}
	c := &channel{id: w.snowflake(), kind: directChannel, with: who}
	w.channels = append(w.channels, c)
	return c
}

func (w *world) channel(id string) *channel {
	return find(w.channels, func(c *channel) bool { return c.id == id })
}

// may tells what the bot may do in a channel.
func (w *world) may(c *channel) int64 {
	switch {
	case c.kind == directChannel:
		return ViewChannel | SendMessages | EmbedLinks | AttachFiles
	case w.away:
		return 0
	}
	return w.rights &^ c.denied
}

// rightsOf is what a person may do in the guild.
func (w *world) rightsOf(p *person) int64 {
	if p == w.owner {
		return allPermissions
	}
	var all int64
	for _, r := range w.roles {
		if r.id == w.guild || slices.Contains(p.roles, r.id) {
			all |= r.rights
		}
	}
	if all&Administrator != 0 {
		return allPermissions
	}
	return all
}

// find is the first that fits, or the zero value.
func find[T any](all []T, fits func(T) bool) T {
	var none T
	if i := slices.IndexFunc(all, fits); i >= 0 {
		return all[i]
	}
	return none
}

func (p *person) lang() string { return cmp.Or(p.locale, "en-US") }
