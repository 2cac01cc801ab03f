package telegram

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/go-telegram/bot/models"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"peerbot/bot/bottest"
	"peerbot/bot/telegram/telegramtest"
	"peerbot/bot/telegram/wire"
	"peerbot/chat"
)

// marked marks the commands in a text the way Telegram does.
func marked(text string) (marks []models.MessageEntity) {
	for i, r := range text {
		if r != '/' || i > 0 && !strings.ContainsAny(text[i-1:i], " \n") {
			continue
		}
		end := i + 1
		for end < len(text) && !strings.ContainsAny(text[end:end+1], " \n:\"") && text[end] < utf8.RuneSelf {
			end++
		}
		marks = append(marks, models.MessageEntity{Type: "bot_command", Offset: units(text[:i]), Length: units(text[i:end])})
	}
	return marks
}

func TestCommand(t *testing.T) {
	knows := func(word string) bool { return strings.EqualFold(word, "help") }
	for _, c := range []struct{ said, want string }{
		{"/help", "/help"},
		{"/help me now", "/help me now"},
		{"/HELP@Peer_Test_Bot me", "/HELP me"},
		{"/help@other_bot", ""},
		{"/help@other_bot /help@peer_test_bot x", "/help x"},
		{"👋🏽 /help", "/help"},
		{"…!? /anything at all", "/anything at all"},
		{"привет /help мне", "/help мне"},
		{"please /help", "/help"},
		{"it lies in /etc you know", ""},
		{"it lies in /etc@peer_test_bot you know", "/etc you know"},
		{"/meeting add\nMondays\n8PM", "/meeting add\nMondays\n8PM"},
		{"a/help", ""},
		{"", ""},
	} {
		got, found := command(c.said, marked(c.said), telegramtest.Username, knows)
		if got != c.want || found != (c.want != "") {
			t.Errorf("%q: got %q, %v; want %q", c.said, got, found, c.want)
		}
	}
}

// Whatever Telegram says of a text, what is found is a command out of it.
func FuzzCommand(f *testing.F) {
	f.Add("👋🏽 /help@peer_test_bot x", 5, 19)
	f.Add("/help", 0, 5)
	f.Add("/", 0, 1)
	f.Add("a\xff/b", 1, 9)
	f.Add("x", -1, 1<<62)
	f.Fuzz(func(t *testing.T, said string, offset, length int) {
		said = strings.ToValidUTF8(said, "") // as JSON is
		for _, knows := range []bool{false, true} {
			marks := append([]models.MessageEntity{{Type: "bot_command", Offset: offset, Length: length}}, marked(said)...)
			line, found := command(said, marks, "peer_test_bot", func(string) bool { return knows })
			if found != (line != "") || len(line) > len(said)+len("\uFFFD")*2 {
				t.Errorf("%q: %q, %v", said, line, found)
			}
		}
	})
}

var (
	private = models.Chat{ID: 7, Type: "private"}
	group   = models.Chat{ID: -100, Type: "supergroup"}
	ana     = models.User{ID: 7, FirstName: "Ana", LanguageCode: "es"}
	itself  = models.User{ID: 80, IsBot: true}
	nobody  = models.User{ID: anonymousBot, IsBot: true}
)

func message(m models.Message) *wire.Update {
	if m.From == nil {
		m.From = &ana
	}
	m.Entities = marked(m.Text)
	return &wire.Update{ID: 1, Message: &m}
}

func TestRead(t *testing.T) {
	seatOf := func(kind models.ChatMemberType) models.ChatMember {
		return models.ChatMember{Type: kind, Left: &models.ChatMemberLeft{User: &ana}, Banned: &models.ChatMemberBanned{User: &ana}}
	}
	own := func(c models.Chat, was, is models.ChatMemberType) *wire.Update {
		return &wire.Update{ID: 1, MyChatMember: &models.ChatMemberUpdated{Chat: c, From: ana, OldChatMember: seatOf(was), NewChatMember: seatOf(is)}}
	}
	other := func(is models.ChatMemberType) *wire.Update {
		m := models.ChatMember{Type: is}
		switch is {
		case "left":
			m.Left = &models.ChatMemberLeft{User: &ana}
		case "kicked":
			m.Banned = &models.ChatMemberBanned{User: &ana}
		}
		return &wire.Update{ID: 1, ChatMember: &models.ChatMemberUpdated{Chat: group, From: ana, NewChatMember: m}}
	}
	press := func(m models.MaybeInaccessibleMessage) *wire.Update {
		return &wire.Update{ID: 1, CallbackQuery: &models.CallbackQuery{ID: "q", From: ana, Message: m, Data: "data"}}
	}
	from := job{Update: 1, Chat: -100, Group: true, From: 7, Lang: "es", name: "Ana"}
	alone := job{Update: 1, Chat: 7, From: 7, Lang: "es", name: "Ana"}
	doc := &models.Document{FileID: "f", FileName: "a.csv", FileSize: 3}
	with := func(j job, change func(*job)) *job { change(&j); return &j }
	for name, c := range map[string]struct {
		update *wire.Update
		want   *job
	}{
		"talk in a group":            {message(models.Message{Chat: group, Text: "how is everybody"}), nil},
		"a command in a group":       {message(models.Message{Chat: group, Text: "/echo@PEER_test_bot x"}), with(from, func(j *job) { j.Text = "/echo x" })},
		"another bot's":              {message(models.Message{Chat: group, Text: "/echo@other x"}), nil},
		"an answer to the bot":       {message(models.Message{Chat: group, Text: "12", ReplyToMessage: &models.Message{From: &itself}}), with(from, func(j *job) { j.Text = "12" })},
		"an answer to somebody else": {message(models.Message{Chat: group, Text: "12", ReplyToMessage: &models.Message{From: &ana}}), nil},
		"in a topic": {message(models.Message{Chat: group, Text: "/echo", MessageThreadID: 3, IsTopicMessage: true}),
			with(from, func(j *job) { j.Text, j.Thread = "/echo", 3 })},
		"a thread that is no topic": {message(models.Message{Chat: group, Text: "/echo", MessageThreadID: 3}), with(from, func(j *job) { j.Text = "/echo" })},
		"an anonymous admin": {message(models.Message{Chat: group, Text: "/echo", From: &nobody, SenderChat: &group}),
			&job{Update: 1, Chat: -100, Group: true, Nameless: true, Text: "/echo"}},
		"a channel in a group":        {message(models.Message{Chat: group, Text: "/echo", From: &nobody, SenderChat: &models.Chat{ID: -200}}), nil},
		"another bot":                 {message(models.Message{Chat: group, Text: "/echo", From: &models.User{ID: 9, IsBot: true}}), nil},
		"a channel":                   {message(models.Message{Chat: models.Chat{ID: -3, Type: "channel"}, Text: "/echo"}), nil},
		"anything in private":         {message(models.Message{Chat: private, Text: "i cant do this"}), with(alone, func(j *job) { j.Text = "i cant do this" })},
		"nothing in private":          {message(models.Message{Chat: private}), nil},
		"a start":                     {message(models.Message{Chat: private, Text: "/start"}), with(alone, func(j *job) { j.Text = "/start" })},
		"a start with what it is for": {message(models.Message{Chat: private, Text: "/start AbC_-9"}), with(alone, func(j *job) { j.Press, j.Start = "AbC_-9", true })},
		"a document": {message(models.Message{Chat: private, Document: &models.Document{FileID: "f", FileName: "a.csv", FileSize: 3}}),
			with(alone, func(j *job) { j.File = &document{ID: "f", Name: "a.csv", Size: 3} })},
		"a picture": {message(models.Message{Chat: private, Photo: []models.PhotoSize{{FileID: "small"}, {FileID: "large", FileSize: 9}}}),
			with(alone, func(j *job) { j.File = &document{Name: "photo"} })},
		"a film":  {message(models.Message{Chat: private, Video: &models.Video{FileID: "f"}}), with(alone, func(j *job) { j.File = &document{Name: "video"} })},
		"a voice": {message(models.Message{Chat: private, Voice: &models.Voice{FileID: "f"}}), with(alone, func(j *job) { j.File = &document{Name: "sound"} })},
		"a film without sound, which is a document too": {message(models.Message{Chat: private, Animation: &models.Animation{FileID: "f"}, Document: &models.Document{FileID: "f"}}),
			with(alone, func(j *job) { j.File = &document{ID: "f", Name: "file"} })},
		"a name with folders": {message(models.Message{Chat: private, Document: &models.Document{FileID: "f", FileName: "../../a\u202e.csv"}}),
			with(alone, func(j *job) { j.File = &document{ID: "f", Name: "a.csv"} })},
		"a document in a group": {message(models.Message{Chat: group, Document: doc}), nil},
		"a document that answers the bot": {message(models.Message{Chat: group, Document: doc, ReplyToMessage: &models.Message{From: &itself}}),
			with(from, func(j *job) { j.File = &document{ID: "f", Name: "a.csv", Size: 3} })},
		"a document that answers somebody else": {message(models.Message{Chat: group, Document: doc, ReplyToMessage: &models.Message{From: &ana}}), nil},
		"a document with a command": {message(models.Message{Chat: group, Document: doc, Caption: "/list send", CaptionEntities: marked("/list")}),
			with(from, func(j *job) { j.Text, j.File = "/list send", &document{ID: "f", Name: "a.csv", Size: 3} })},
		"a document with a command that takes none": {message(models.Message{Chat: group, Document: doc, Caption: "/echo", CaptionEntities: marked("/echo")}),
			with(from, func(j *job) { j.Text = "/echo" })},
		"a command that answers a document": {message(models.Message{Chat: group, Text: "/list send", ReplyToMessage: &models.Message{From: &ana, Document: doc}}),
			with(from, func(j *job) { j.Text, j.File = "/list send", &document{ID: "f", Name: "a.csv", Size: 3} })},
		"a command that takes none and answers one": {message(models.Message{Chat: group, Text: "/echo", ReplyToMessage: &models.Message{From: &ana, Document: doc}}),
			with(from, func(j *job) { j.Text = "/echo" })},
		"one of several": {message(models.Message{Chat: private, Document: doc, MediaGroupID: "g"}),
			with(alone, func(j *job) { j.File, j.album = &document{ID: "f", Name: "a.csv", Size: 3}, "g" })},
		"a command that is known in a sentence": {message(models.Message{Chat: private, Text: "please /ECHO x"}), with(alone, func(j *job) { j.Text = "/ECHO x" })},
		"one that is not":                       {message(models.Message{Chat: private, Text: "it is in /etc"}), with(alone, func(j *job) { j.Text = "it is in /etc" })},
		"crisis":                                {message(models.Message{Chat: group, Text: "🆘 /Crisis@peer_test_bot"}), with(from, func(j *job) { j.Text, j.urgent = "/Crisis", true })},
		"a press": {press(models.MaybeInaccessibleMessage{Message: &models.Message{ID: 5, Chat: group}}),
			with(from, func(j *job) { j.Press, j.Query, j.Message = "data", "q", 5 })},
		"a press on a message that is gone": {press(models.MaybeInaccessibleMessage{InaccessibleMessage: &models.InaccessibleMessage{Chat: group, MessageID: 5}}),
			with(from, func(j *job) { j.Press, j.Query = "data", "q" })},
		"a press elsewhere":               {press(models.MaybeInaccessibleMessage{}), with(alone, func(j *job) { j.Press, j.Query = "data", "q" })},
		"a group that moves":              {message(models.Message{Chat: models.Chat{ID: -5, Type: "group"}, MigrateToChatID: -100}), &job{Update: 1, Chat: -5, Group: true, Notice: chat.Moved, To: -100}},
		"a group that has come":           {message(models.Message{Chat: group, MigrateFromChatID: -5}), &job{Update: 1, Chat: -5, Group: true, Notice: chat.Moved, To: -100}},
		"somebody has left":               {message(models.Message{Chat: group, LeftChatMember: &ana}), &job{Update: 1, Chat: -100, Group: true, Notice: chat.Left, From: 7}},
		"the bot has left":                {message(models.Message{Chat: group, LeftChatMember: &itself}), nil},
		"blocked":                         {own(private, "member", "kicked"), &job{Update: 1, Chat: 7, Notice: chat.Blocked, From: 7}},
		"let in again":                    {own(private, "kicked", "member"), &job{Update: 1, Chat: 7, Notice: chat.Opened, From: 7}},
		"added":                           {own(group, "left", "member"), &job{Update: 1, Chat: -100, Group: true, Notice: chat.Joined}},
		"made an admin":                   {own(group, "member", "administrator"), nil},
		"added to a channel":              {own(models.Chat{ID: -3, Type: "channel"}, "left", "administrator"), nil},
		"thrown out":                      {own(group, "administrator", "kicked"), &job{Update: 1, Chat: -100, Group: true, Notice: chat.Removed}},
		"an admin bot sees somebody go":   {other("left"), &job{Update: 1, Chat: -100, Group: true, Notice: chat.Left, From: 7}},
		"an admin bot sees a ban":         {other("kicked"), &job{Update: 1, Chat: -100, Group: true, Notice: chat.Left, From: 7}},
		"an admin bot sees somebody come": {other("member"), nil},
		"nothing":                         {&wire.Update{ID: 1}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			tg := &Telegram{menu: &menu{words: bottest.Words{}}}
			tg.menu.plant([]chat.Command{{Name: "echo"}, {Name: "crisis", Always: true},
				{Name: "list", Subs: []chat.Command{{Name: "send", Options: []chat.Param{chat.Attachment("file")}}}}})
			tg.me.Store(&self{ID: itself.ID, Username: telegramtest.Username})
			got := tg.read(c.update, monday)
			if c.want != nil {
				c.want.At = monday
			}
			if diff := cmp.Diff(c.want, got, cmp.AllowUnexported(job{}), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// What is read never depends on a number that only Telegram gives.
func TestHad(t *testing.T) {
	var h had
	ids := []int64{5, 6, 7, 7, 5, 9, 8, 8, 6, 100, 3, 4, 4, 100}
	var fresh []int64
	for _, id := range ids {
		if h.add(id) {
			fresh = append(fresh, id)
		}
	}
	if want := []int64{5, 6, 7, 9, 8, 100, 3, 4}; !slices.Equal(fresh, want) {
		t.Errorf("got %v, want %v", fresh, want)
	}
	for id := int64(1000); id < 9000; id += 2 {
		h.add(id)
	}
	if len(h.Ranges) > maxRanges || h.add(8998) || !h.add(1) {
		t.Errorf("%d ranges; the newest and a new one are mistaken", len(h.Ranges))
	}
}

func TestAddressesOfAJob(t *testing.T) {
	at := func(j job) string { return j.address().String() }
	if got := at(job{Chat: 7}); got != "telegram//7/" {
		t.Error(got)
	}
	if got := at(job{Chat: -100, Group: true, Thread: 3}); got != "telegram/-100/-100/3" {
		t.Error(got)
	}
	if p := (&job{Nameless: true, Chat: -100}).person(); p.ID != "" {
		t.Errorf("an anonymous admin is %q", p.ID)
	}
}

// written is a line that somebody writes in private.
func written(id, from int64, text string) *wire.Update {
	u := message(models.Message{Chat: models.Chat{ID: from, Type: "private"}, From: &models.User{ID: from}, Text: text})
	u.ID = id
	return u
}
