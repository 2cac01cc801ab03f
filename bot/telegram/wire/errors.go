package wire

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	telegram "github.com/go-telegram/bot"
)

// Error is the server's refusal:
// https://core.telegram.org/bots/api#making-requests
type Error struct {
	Code        int    `json:"error_code"`
	Description string `json:"description"` // Description is Telegram's own sentence; nothing of what was sent stands in it.
	Parameters  struct {
		MigrateTo  int64 `json:"migrate_to_chat_id"`
		RetryAfter int   `json:"retry_after"`
	} `json:"parameters"`
}

func (e *Error) Error() string { return fmt.Sprintf("%d %s", e.Code, e.Description) }

// After is how long the server wants to be left alone.
func (e *Error) After() time.Duration { return time.Duration(e.Parameters.RetryAfter) * time.Second }

// Says reports whether the server's sentence holds any of the phrases, whatever the case.
func (e *Error) Says(phrases ...string) bool {
	text := strings.ToLower(e.Description)
	for _, words := range phrases {
		if strings.Contains(text, words) {
			return true
		}
	}
	return false
}

// redacted is the error of a method without the address, which holds the token. Where
// the token stands in it all the same, only the words remain.
func (c *Client) redacted(method string, err error) error {
	if err == nil {
		return nil
	}
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	if err = fmt.Errorf("%s: %w", method, err); strings.Contains(err.Error(), c.token) {
		err = errors.New(strings.ReplaceAll(err.Error(), c.token, "***"))
	}
	return err
}

// refused makes an Error of what the library returns, which shows an answer that it
// cannot read whole.
func refused(err error) error {
	var many *telegram.TooManyRequestsError
	var moved *telegram.MigrateError
	e := &Error{}
	switch {
	case err == nil:
		return nil
	case errors.As(err, &many):
		e.Code, e.Description = http.StatusTooManyRequests, many.Message
		e.Parameters.RetryAfter = many.RetryAfter
	case errors.As(err, &moved):
		e.Code, e.Description = http.StatusBadRequest, moved.Message
		e.Parameters.MigrateTo = int64(moved.MigrateToChatID)
	default:
		if e.Code = codeOf(err); e.Code == 0 {
			return opaque(err)
		}
		e.Description = err.Error()
	}
	return e
}

func codeOf(err error) int {
	for code, known := range map[int]error{
		http.StatusForbidden: telegram.ErrorForbidden, http.StatusBadRequest: telegram.ErrorBadRequest,
		http.StatusUnauthorized: telegram.ErrorUnauthorized, http.StatusNotFound: telegram.ErrorNotFound,
		http.StatusConflict: telegram.ErrorConflict,
	} {
		if errors.Is(err, known) {
			return code
		}
	}
	return 0
}

// opaque keeps what a caller decides by, and no words of the library's.
func opaque(err error) error {
	var full *Full
	var u *url.Error
	switch {
	case errors.As(err, &full):
		return full
	case errors.As(err, &u):
		return u.Err
	}
	return errors.New("the file could not be sent")
}
