package telegramtest_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tg "github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"peerbot/bot/telegram/telegramtest"
)

// play runs f in a bubble with a server and the library's client.
func play(t *testing.T, o telegramtest.Options, f func(t *testing.T, s *telegramtest.Server, b *tg.Bot)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := telegramtest.New(o)
		b := client(t, s)
		f(t, s, b)
		s.Close()
		s.Verify(t)
	})
}

func client(t *testing.T, s *telegramtest.Server, more ...tg.Option) *tg.Bot {
	t.Helper()
	more = append(more, tg.WithServerURL("http://memory"), tg.WithHTTPClient(time.Minute, s.Client()), tg.WithNotAsyncHandlers())
	b, err := tg.New(telegramtest.Token, more...)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func send(t *testing.T, s *telegramtest.Server, b *tg.Bot, room, text string) (*models.Message, error) {
	t.Helper()
	chat, thread := s.Room(room)
	return b.SendMessage(t.Context(), &tg.SendMessageParams{ChatID: chat, MessageThreadID: thread, Text: text})
}

func TestTheLibraryPollsAndAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := telegramtest.New(telegramtest.Options{})
		b := client(t, s, tg.WithDefaultHandler(func(ctx context.Context, b *tg.Bot, u *models.Update) {
			if u.Message != nil {
				_, err := b.SendMessage(ctx, &tg.SendMessageParams{
					ChatID: u.Message.Chat.ID, MessageThreadID: u.Message.MessageThreadID, Text: "heard: " + u.Message.Text,
					ReplyMarkup: &models.InlineKeyboardMarkup{InlineKeyboard: [][]models.InlineKeyboardButton{{{Text: "More", CallbackData: "more"}}}},
				})
				if err != nil {
					t.Error(err)
				}
				return
			}
			if _, err := b.AnswerCallbackQuery(ctx, &tg.AnswerCallbackQueryParams{CallbackQueryID: u.CallbackQuery.ID, Text: "here is more"}); err != nil {
				t.Error(err)
			}
		}))
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { b.Start(ctx); close(done) }()
		s.Say("ana", "", "hello")
		s.Say("ana", "hall", "/echo tea")
		s.Say("ana", "hall", "and some talk")
		synctest.Wait()
		if got := s.Sees("ana", ""); len(got) != 2 || got[1].Text != "heard: hello" || got[1].Labels()[0] != "More" {
			t.Errorf("ana sees %+v", got)
		}
		if got := s.SeesOfBot("ben", "hall"); len(got) != 1 || got[0].Text != "heard: /echo tea" {
			t.Errorf("ben sees %+v in the hall", got)
		}
		if err := s.Press("ben", "hall", "More"); err != nil {
			t.Error(err)
		}
		synctest.Wait()
		if got := s.Alerts("ben"); len(got) != 1 {
			t.Errorf("ben is told %q", got)
		}
		stop()
		<-done
		if c := s.Counts(); c.Unanswered != 0 || c.Sent[s.Person("ana")] != 1 {
			t.Errorf("counted %+v", c)
		}
		s.Close()
		s.Verify(t)
	})
}

func TestErrorsReadAsPublished(t *testing.T) {
	play(t, telegramtest.Options{}, func(t *testing.T, s *telegramtest.Server, b *tg.Bot) {
		_, err := send(t, s, b, "kim", "hello")
		wantError(t, err, tg.ErrorForbidden, "bot can't initiate conversation with a user")
		s.Block("ana")
		_, err = send(t, s, b, "ana", "hello")
		wantError(t, err, tg.ErrorForbidden, "bot was blocked by the user")
		s.Remove("club")
		_, err = send(t, s, b, "club", "hello")
		wantError(t, err, tg.ErrorForbidden, "bot was kicked from the group chat")
		chat, thread := s.Room("hall")
		s.DeleteTopic("hall")
		_, err = b.SendMessage(t.Context(), &tg.SendMessageParams{ChatID: chat, MessageThreadID: thread, Text: "hello"})
		wantError(t, err, tg.ErrorBadRequest, "message thread not found")
		_, err = b.EditMessageText(t.Context(), &tg.EditMessageTextParams{ChatID: chat, MessageID: 9999, Text: "hello"})
		wantError(t, err, tg.ErrorBadRequest, "message to edit not found")
		s.Revoke()
		_, err = send(t, s, b, "ben", "hello")
		wantError(t, err, tg.ErrorUnauthorized, "Unauthorized")
	})
}

func wantError(t *testing.T, err, kind error, text string) {
	t.Helper()
	if !errors.Is(err, kind) || !strings.Contains(err.Error(), text) {
		t.Errorf("the error is %v, and should be %q", err, text)
	}
}

func TestMigration(t *testing.T) {
	play(t, telegramtest.Options{}, func(t *testing.T, s *telegramtest.Server, b *tg.Bot) {
		old, _ := s.Room("club")
		s.Migrate("club", false)
		now, _ := s.Room("club")
		_, err := b.SendMessage(t.Context(), &tg.SendMessageParams{ChatID: old, Text: "hello"})
		var moved *tg.MigrateError
		if !errors.As(err, &moved) || int64(moved.MigrateToChatID) != now {
			t.Fatalf("the error is %v, and should lead to %d", err, now)
		}
		if _, err := send(t, s, b, "club", "hello"); err != nil {
			t.Error(err)
		}
	})
}

func TestLimitsAreEnforced(t *testing.T) {
	play(t, telegramtest.Options{Limits: true}, func(t *testing.T, s *telegramtest.Server, b *tg.Bot) {
		if _, err := send(t, s, b, "ana", "one"); err != nil {
			t.Fatal(err)
		}
		_, err := send(t, s, b, "ana", "two")
		var many *tg.TooManyRequestsError
		if !errors.As(err, &many) || many.RetryAfter != 1 {
			t.Fatalf("a second message at once: %v", err)
		}
		time.Sleep(time.Second)
		for i := range 20 {
			if _, err := send(t, s, b, "hall", "more"); err != nil {
				t.Fatalf("message %d: %v", i, err)
			}
			time.Sleep(time.Second)
		}
		if _, err = send(t, s, b, "hall", "one too many"); !errors.As(err, &many) || many.RetryAfter != 40 {
			t.Errorf("the 21st message in 20 s: %v", err)
		}
	})
}

func TestTokensThatAreNone(t *testing.T) {
	s := telegramtest.New(telegramtest.Options{})
	base, err := s.Listen()
	if err != nil {
		t.Fatal(err)
	}
	for token, want := range map[string]int{
		telegramtest.Token: 200, "8000000001:BBF-a-token_that-is_nobodys-at-all0": 401, "nonsense": 404, "": 404,
	} {
		resp, err := http.Get(base + "/bot" + token + "/getMe")
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("token %q: status %d, not %d", token, resp.StatusCode, want)
		}
	}
	s.Close()
	s.Verify(t)
}

func TestFilesGoBothWays(t *testing.T) {
	play(t, telegramtest.Options{}, func(t *testing.T, s *telegramtest.Server, b *tg.Bot) {
		_, err := b.SendDocument(t.Context(), &tg.SendDocumentParams{
			ChatID: s.Person("ana"), Caption: "the dates", Document: &models.InputFileUpload{Filename: "dates.ics", Data: strings.NewReader("BEGIN")},
		})
		if err != nil {
			t.Fatal(err)
		}
		_, err = b.SendPhoto(t.Context(), &tg.SendPhotoParams{
			ChatID: s.Person("ana"), Photo: &models.InputFileUpload{Filename: "code.png", Data: strings.NewReader("PNG")},
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Sees("ana", ""); len(got) != 2 || got[0].File != "dates.ics" || got[0].Text != "the dates" || got[1].File != "code.png" {
			t.Errorf("ana sees %+v", got)
		}
		f, err := b.GetFile(t.Context(), &tg.GetFileParams{FileID: "nothing"})
		if err == nil {
			t.Errorf("a file that is not there: %+v", f)
		}
	})
}
