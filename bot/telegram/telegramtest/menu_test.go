package telegramtest_test

import (
	"strings"
	"testing"

	tg "github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"peerbot/bot/telegram/telegramtest"
)

func TestMenusByScopeAndLanguage(t *testing.T) {
	play(t, telegramtest.Options{}, func(t *testing.T, s *telegramtest.Server, b *tg.Bot) {
		set := func(name, lang string, scope models.BotCommandScope) {
			t.Helper()
			_, err := b.SetMyCommands(t.Context(), &tg.SetMyCommandsParams{
				Commands: []models.BotCommand{{Command: name, Description: "what it does"}}, Scope: scope, LanguageCode: lang,
			})
			if err != nil {
				t.Error(err)
			}
		}
		set("all", "", nil)
		set("todos", "es", nil)
		set("private", "", &models.BotCommandScopeAllPrivateChats{})
		set("admins", "", &models.BotCommandScopeAllChatAdministrators{})
		for _, c := range []struct{ who, room, lang, want string }{
			{"ana", "", "en", "private"},
			{"ana", "", "es", "private"}, // the narrower scope comes before the language
			{"ana", "hall", "es", "todos"},
			{"ana", "hall", "de", "all"},
			{"ada", "hall", "de", "admins"},
		} {
			if got := s.Menu(c.who, c.room, c.lang); len(got) != 1 || got[0].Name != c.want {
				t.Errorf("%s sees %v in %q, not %q", c.who, got, c.room, c.want)
			}
		}
	})
}

func TestMenuLimits(t *testing.T) {
	for name, commands := range map[string][]models.BotCommand{
		"COMMANDS_TOO_MUCH":   make([]models.BotCommand, 101),
		"COMMAND_INVALID":     {{Command: "Help", Description: "what it does"}},
		"DESCRIPTION_INVALID": {{Command: "help", Description: strings.Repeat("a", 257)}},
	} {
		s := telegramtest.New(telegramtest.Options{})
		_, err := client(t, s).SetMyCommands(t.Context(), &tg.SetMyCommandsParams{Commands: commands})
		if err == nil || !strings.Contains(err.Error(), name) || len(s.Violations()) == 0 {
			t.Errorf("%s: %v, %q", name, err, s.Violations())
		}
		s.Close()
	}
}

func TestWhatNoClientMaySend(t *testing.T) {
	for _, c := range []struct {
		text  string
		marks []models.MessageEntity
		data  string
		err   string
	}{
		{text: " \n", err: "message text is empty"},
		{text: strings.Repeat("🌻", 2049), err: "message is too long"},
		{text: strings.Repeat("🌻", 2048)},
		{text: "🌻 tea", marks: []models.MessageEntity{{Type: "bold", Offset: 3, Length: 3}}},
		{text: "🌻 tea", marks: []models.MessageEntity{{Type: "bold", Offset: 1, Length: 3}}, err: "not in the text"},
		{text: "tea", marks: []models.MessageEntity{{Type: "bold", Offset: 1, Length: 3}}, err: "not in the text"},
		{text: "tea", data: strings.Repeat("x", 64)},
		{text: "tea", data: strings.Repeat("x", 65), err: "BUTTON_DATA_INVALID"},
	} {
		s := telegramtest.New(telegramtest.Options{})
		p := &tg.SendMessageParams{ChatID: s.Person("ana"), Text: c.text, Entities: c.marks}
		if c.data != "" {
			p.ReplyMarkup = &models.InlineKeyboardMarkup{InlineKeyboard: [][]models.InlineKeyboardButton{{{Text: "b", CallbackData: c.data}}}}
		}
		_, err := client(t, s).SendMessage(t.Context(), p)
		if (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) || len(s.Violations()) > 0 != (err != nil) {
			t.Errorf("%.20q: %v, and should be %q; %q", c.text, err, c.err, s.Violations())
		}
		s.Close()
	}
}
