package telegramtest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// method answers one method of the Bot API. It runs under mu.
type method func(ctx context.Context, p params) (any, error)

// as reads the parameters into T for f.
func as[T any](f func(context.Context, T) (any, error)) method {
	return func(ctx context.Context, p params) (any, error) {
		var to T
		if err := p.into(&to); err != nil {
			return nil, bad("can't parse the parameters: %v", err)
		}
		return f(ctx, to)
	}
}

func (s *Server) table() map[string]method {
	return map[string]method{
		"getMe":                  as(s.getMe),
		"getUpdates":             as(s.getUpdates),
		"setWebhook":             as(s.setWebhook),
		"deleteWebhook":          as(s.deleteWebhook),
		"getWebhookInfo":         as(s.getWebhookInfo),
		"sendMessage":            as(s.sendMessage),
		"sendDocument":           s.sendDocument,
		"sendPhoto":              s.sendPhoto,
		"sendChatAction":         as(s.sendChatAction),
		"editMessageText":        as(s.editMessageText),
		"editMessageReplyMarkup": as(s.editMessageReplyMarkup),
		"deleteMessage":          as(s.deleteMessage),
		"pinChatMessage":         as(s.pinChatMessage),
		"answerCallbackQuery":    as(s.answerCallbackQuery),
		"getChat":                as(s.getChat),
		"getChatAdministrators":  as(s.getChatAdministrators),
		"getChatMember":          as(s.getChatMember),
		"leaveChat":              as(s.leaveChat),
		"getFile":                as(s.getFile),
		"setMyCommands":          as(s.setMyCommands),
		"getMyCommands":          as(s.getMyCommands),
		"deleteMyCommands":       as(s.deleteMyCommands),
	}
}

// wellFormed is the shape of a token; whatever else stands in the path is not found.
var wellFormed = regexp.MustCompile(`^[0-9]+:[A-Za-z0-9_-]{30,}$`)

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return
	}
	s.busy.Add(1)
	w.Header().Set("Date", time.Now().Add(s.skew).UTC().Format(http.TimeFormat))
	s.mu.Unlock()
	defer s.busy.Done()
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	defer context.AfterFunc(s.ctx, cancel)()
	path := r.URL.Path
	if rest, ok := strings.CutPrefix(path, "/file/bot"); ok {
		s.download(ctx, w, rest)
		return
	}
	token, name, _ := strings.Cut(strings.TrimPrefix(path, "/bot"), "/")
	s.answer(ctx, w, r, token, name)
}

func (s *Server) answer(ctx context.Context, w http.ResponseWriter, r *http.Request, token, name string) {
	p, err := read(r)
	s.mu.Lock()
	s.counts.Requests[name]++
	fault := s.fault(name)
	s.mu.Unlock()
	fault.pass(ctx)
	if fault.answers() && !fault.After {
		s.fail(ctx, w, fault)
		return
	}
	var result any
	if err == nil {
		result, err = s.call(ctx, token, name, p)
	}
	if fault.answers() {
		s.fail(ctx, w, fault)
		return
	}
	s.reply(ctx, w, fault, result, err)
}

// call checks the request and runs the method.
func (s *Server) call(ctx context.Context, token, name string, p params) (any, error) {
	run, known := s.methods[name]
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case !wellFormed.MatchString(token):
		return nil, notFound()
	case token != s.opts.Token || s.revoked:
		return nil, unauthorized()
	case !known:
		s.violate("%q is no method, or none that is played here", name)
		return nil, notFound()
	}
	for _, v := range s.spec.check(name, p) {
		s.violate("%s: %s", name, v)
	}
	return run(ctx, p)
}

// reply writes the envelope: {"ok":true,"result":…} or the error.
func (s *Server) reply(ctx context.Context, w http.ResponseWriter, f *Fault, result any, err error) {
	status, body := http.StatusOK, any(struct {
		OK     bool `json:"ok"`
		Result any  `json:"result"`
	}{true, result})
	if err != nil {
		var api *apiError
		if !errors.As(err, &api) {
			api = bad("%v", err)
		}
		status, body = api.Code, api
		if api.Parameters != nil && api.Parameters.RetryAfter > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(api.Parameters.RetryAfter))
		}
		s.refused(status)
	}
	text, err := json.Marshal(body)
	if err != nil {
		panic(err)
	}
	w.Header().Set("Content-Type", "application/json")
	s.write(ctx, w, f, status, text)
}

func (s *Server) refused(status int) {
	s.set(func() { s.counts.Refused[status]++ })
}

// violate notes what a bot may not do, once. It holds no content.
func (s *Server) violate(format string, args ...any) {
	v := fmt.Sprintf(format, args...)
	for _, known := range s.violations {
		if known == v {
			return
		}
	}
	s.violations = append(s.violations, v)
}
