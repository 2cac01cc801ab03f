package discord

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"peerbot/bot/discord/wire"
)

// Rights are the permissions that the bot asks for when it is invited, as bits:
// https://docs.discord.com/developers/topics/permissions
const Rights = 1<<10 | // view channels
	1<<11 | // send messages
	1<<14 | // embed links
	1<<15 | // attach files
	1<<38 // send messages in threads

// rightNames are the Rights in the words of Discord's own settings.
var rightNames = []struct {
	bit  uint64
	name string
}{
	{1 << 10, "View Channels"},
	{1 << 11, "Send Messages"},
	{1 << 14, "Embed Links"},
	{1 << 15, "Attach Files"},
	{1 << 38, "Send Messages in Threads"},
}

// privileged are the flags of an application that may read what the bot never asks
// for: presences, members and all messages.
// https://docs.discord.com/developers/resources/application#application-object-application-flags
const privileged = 1<<12 | 1<<13 | 1<<14 | 1<<15 | 1<<18 | 1<<19

// ErrToken is the error of Check where Discord does not take the token.
var ErrToken = errors.New("discord: the token is not taken")

// Account is what a token opens.
type Account struct {
	ID         string // ID is the application's.
	Name       string // Name is the bot's.
	Privileged bool   // Privileged: it may read more than it needs.
	Starts     int    // Starts is how often it may still connect anew today.
	Servers    []Server
	Date       time.Time // Date is what time Discord says it is; zero where it says none.
}

// Server is one that the bot was added to.
type Server struct {
	Name  string
	Lacks []string // Lacks are the rights that the bot lacks there, in Discord's words.
	All   bool     // All: it may do everything there, which it never needs.
}

// Invite is the address that adds the bot to a server, with the rights that it needs
// and no other.
func (a Account) Invite() string {
	return "https://discord.com/oauth2/authorize?" + url.Values{
		"client_id": {a.ID}, "scope": {"bot applications.commands"}, "permissions": {strconv.Itoa(Rights)},
	}.Encode()
}

// Check asks Discord's API at the address what the token opens. It changes nothing and
// starts no session. The error is ErrToken, or says why nothing was learnt; the token
// stands in none.
func Check(ctx context.Context, api, token string) (a Account, err error) {
	client, err := wire.NewClient(wire.ClientOptions{
		API: api, Token: token, Dial: (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
		Witness: func(said time.Time) { a.Date = said },
	})
	if err != nil {
		return Account{}, err
	}
	defer client.Close()
	var bot struct {
		Username string `json:"username"`
	}
	var app struct {
		ID    string `json:"id"`
		Flags uint64 `json:"flags"`
	}
	var guilds []guild
	for _, ask := range []struct {
		path string
		into any
	}{
		{"/users/@me", &bot},
		{"/applications/@me", &app},
		{"/users/@me/guilds", &guilds},
	} {
		if err := client.Do(ctx, wire.Request{Method: http.MethodGet, Path: ask.path, Bucket: ask.path}, ask.into); err != nil {
			return Account{}, unlearnt(ask.path, err)
		}
	}
	door, err := client.GatewayBot(ctx)
	if err != nil {
		return Account{}, unlearnt("for the gateway", err)
	}
	a.ID, a.Name, a.Privileged, a.Starts = app.ID, bot.Username, app.Flags&privileged != 0, door.Limit.Remaining
	for _, g := range guilds {
		a.Servers = append(a.Servers, g.server())
	}
	return a, nil
}

// unlearnt is ErrToken where Discord does not know the token, else the error.
func unlearnt(path string, err error) error {
	if e := (*wire.Error)(nil); errors.As(err, &e) && e.Status == http.StatusUnauthorized {
		return ErrToken
	}
	return fmt.Errorf("discord: ask %s: %w", path, err)
}

type guild struct {
	Name        string `json:"name"`
	Permissions uint64 `json:"permissions,string"`
}

func (g guild) server() Server {
	s := Server{Name: g.Name, All: g.Permissions&administrator != 0}
	for _, r := range rightNames {
		if !s.All && g.Permissions&r.bit == 0 {
			s.Lacks = append(s.Lacks, r.name)
		}
	}
	return s
}
