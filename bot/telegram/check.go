package telegram

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"peerbot/bot/telegram/wire"
)

// ErrToken is the error of Check where Telegram does not take the token.
var ErrToken = errors.New("telegram: the token is not taken")

// Account is what a token opens.
type Account struct {
	Name     string // Name is the bot's username, without @.
	Groups   bool   // Groups: it may be added to groups.
	ReadsAll bool   // ReadsAll: privacy mode is off, so groups show it more than it needs.
	Hook     string // Hook is the host of the webhook that is set; "" is none.
	Waiting  int    // Waiting is how many updates wait to be fetched.
	// Trouble is what went wrong when the webhook was last called, in Telegram's words;
	// "" is nothing.
	Trouble string
	Date    time.Time // Date is what time Telegram says it is; zero where it says none.
}

// Invite is the address that adds the bot to a group. It asks for no admin's right.
func (a Account) Invite() string { return a.Chat() + "?startgroup" }

// Chat is the address that opens a private chat with the bot.
func (a Account) Chat() string { return "https://t.me/" + a.Name }

// Check asks the Bot API at the address what the token opens. It changes nothing and
// fetches no update. The error is ErrToken, or says why nothing was learnt; the token
// stands in none.
func Check(ctx context.Context, api, token string) (a Account, err error) {
	client, err := wire.New(wire.Options{Token: token, API: api, Witness: func(said time.Time) { a.Date = said }})
	if errors.Is(err, wire.ErrToken) {
		return Account{}, ErrToken
	}
	if err != nil {
		return Account{}, err
	}
	defer client.Close()
	var me struct {
		Username string `json:"username"`
		Groups   bool   `json:"can_join_groups"`
		ReadsAll bool   `json:"can_read_all_group_messages"`
	}
	if err := client.Call(ctx, "getMe", struct{}{}, &me); err != nil {
		return Account{}, unknown(err)
	}
	var hook struct {
		URL     string `json:"url"`
		Waiting int    `json:"pending_update_count"`
		Trouble string `json:"last_error_message"`
	}
	if err := client.Call(ctx, "getWebhookInfo", struct{}{}, &hook); err != nil {
		return Account{}, unknown(err)
	}
	a.Name, a.Groups, a.ReadsAll, a.Waiting, a.Trouble = me.Username, me.Groups, me.ReadsAll, hook.Waiting, hook.Trouble
	if u, err := url.Parse(hook.URL); err == nil {
		a.Hook = u.Host
	}
	return a, nil
}

// unknown is ErrToken where the server does not know the token, else the error.
func unknown(err error) error {
	if coded(err, http.StatusUnauthorized) || coded(err, http.StatusNotFound) {
		return ErrToken
	}
	return fmt.Errorf("telegram: check the token: %w", err)
}
