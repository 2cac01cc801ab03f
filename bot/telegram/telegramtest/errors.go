package telegramtest

import (
	"fmt"
	"net/http"
)

// apiError is an error as the Bot API tells it.
type apiError struct {
	OK          bool        `json:"ok"`
	Code        int         `json:"error_code"`
	Description string      `json:"description"`
	Parameters  *parameters `json:"parameters,omitempty"`
}

type parameters struct {
	RetryAfter int   `json:"retry_after,omitempty"`
	MigrateTo  int64 `json:"migrate_to_chat_id,omitempty"`
}

func (e *apiError) Error() string { return e.Description }

func bad(format string, args ...any) *apiError {
	return &apiError{Code: http.StatusBadRequest, Description: "Bad Request: " + fmt.Sprintf(format, args...)}
}

func forbidden(text string) *apiError {
	return &apiError{Code: http.StatusForbidden, Description: "Forbidden: " + text}
}

func conflict(text string) *apiError {
	return &apiError{Code: http.StatusConflict, Description: "Conflict: " + text}
}

func unauthorized() *apiError {
	return &apiError{Code: http.StatusUnauthorized, Description: "Unauthorized"}
}

func notFound() *apiError {
	return &apiError{Code: http.StatusNotFound, Description: "Not Found"}
}

func tooMany(seconds int) *apiError {
	return &apiError{
		Code: http.StatusTooManyRequests, Description: fmt.Sprintf("Too Many Requests: retry after %d", seconds),
		Parameters: &parameters{RetryAfter: seconds},
	}
}

func moved(to int64) *apiError {
	e := bad("group chat was upgraded to a supergroup chat")
	e.Parameters = &parameters{MigrateTo: to}
	return e
}
