package telegram

import (
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf16"

	"github.com/go-telegram/bot/models"
	"github.com/google/go-cmp/cmp"

	"peerbot/chat"
)

var monday = time.Date(2026, 11, 23, 20, 0, 0, 0, time.UTC)

func TestRender(t *testing.T) {
	ana := chat.Person{Platform: Name, ID: "7000000001", Name: "Ana 🌱"}
	for _, c := range []struct {
		name  string
		rich  chat.Rich
		words string
		marks []models.MessageEntity
	}{
		{"markup that somebody typed", chat.Words("*a* <b>b</b> [c](d) `e`"), "*a* <b>b</b> [c](d) `e`", nil},
		{"offsets are UTF-16 units", chat.Rich{chat.Plain("👋🏽 "), chat.Strong("é👩‍👩‍👧"), chat.Plain(" "), chat.Code("123 4567")},
			"👋🏽 é👩‍👩‍👧 123 4567", []models.MessageEntity{{Type: "bold", Offset: 5, Length: 9}, {Type: "code", Offset: 15, Length: 8}}},
		{"a mention that somebody typed", chat.Words("@everyone, mail ana@example.org or ask @ana_b"),
			"@\u2060everyone, mail ana@example.org or ask @\u2060ana_b", nil},
		{"a mention over two spans", chat.Rich{chat.Plain("@"), chat.Strong("ana")}, "@\u2060ana",
			[]models.MessageEntity{{Type: "bold", Offset: 2, Length: 3}}},
		{"a mention of ours", chat.Rich{chat.Plain("Hi "), chat.Mention{Who: ana}}, "Hi Ana 🌱",
			[]models.MessageEntity{{Type: "text_mention", Offset: 3, Length: 6, User: &models.User{ID: 7000000001, FirstName: "Ana 🌱"}}}},
		{"somebody of another platform", chat.Rich{chat.Mention{Who: chat.Person{Platform: "discord", ID: "1", Name: "Ben"}}}, "Ben", nil},
		{"a link", chat.Rich{chat.Link{Label: "the room", URL: "https://example.org/r"}}, "the room",
			[]models.MessageEntity{{Type: "text_link", Length: 8, URL: "https://example.org/r"}}},
		{"what is no link", chat.Rich{chat.Link{Label: "a", URL: "javascript:alert(1)"}}, "a javascript:alert(1)", nil},
		{"a time", chat.Rich{chat.Plain("At "), chat.Time{At: monday, Style: chat.Moment, Text: "Monday 20:00"}}, "At Monday 20:00",
			[]models.MessageEntity{{Type: "date_time", Offset: 3, Length: 12, UnixTime: int(monday.Unix()), DateTimeFormat: "wDt"}}},
		{"a time that Telegram cannot show", chat.Rich{chat.Time{Text: "long ago"}}, "long ago", nil},
		{"a list", chat.Rich{chat.List{Items: []chat.Rich{chat.Words("one"), {chat.Strong("two")}}}}, "• one\n• two",
			[]models.MessageEntity{{Type: "bold", Offset: 8, Length: 3}}},
		{"what nobody sees", chat.Words(" \n\u202eab\u0000c\x1b \n "), "abc", nil},
		{"nothing to mark", chat.Rich{chat.Plain("a"), chat.Strong(" "), chat.Code("\u202e"), chat.Plain("b")}, "a b", nil},
	} {
		got := render(c.rich, maxText)
		if got.words != c.words {
			t.Errorf("%s: got %q, want %q", c.name, got.words, c.words)
		}
		if diff := cmp.Diff(c.marks, got.marks); diff != "" && len(c.marks)+len(got.marks) > 0 {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestRenderCutsBetweenCharacters(t *testing.T) {
	family := "👩‍👩‍👧‍👦"
	got := render(chat.Rich{chat.Plain("ab"), chat.Strong(strings.Repeat(family, 3)), chat.Code("x")}, 2+2*units(family)+3)
	if want := "ab" + family + family + "…"; got.words != want || len(got.marks) != 1 || got.marks[0].Length != 2*units(family)+1 {
		t.Errorf("got %q with %+v", got.words, got.marks)
	}
}

// Whatever is said fits, its entities lie over whole characters inside of it, and
// Telegram finds no mention in it.
func FuzzRender(f *testing.F) {
	f.Add("plain *text*", "strong", "https://example.org", "👩‍👩‍👧", 40)
	f.Add("@everyone", "@ana", "http://x", "\u202e@b", 5)
	f.Add(" \n", "\r\n", "", "e\u0301", 1)
	f.Add("0", "0", "@", "0", 100)
	f.Add("a@", "b", "tg://user?id=1", "\xff\xfe", 100)
	f.Fuzz(func(t *testing.T, plain, strong, link, code string, limit int) {
		limit = max(1, min(limit, maxText))
		r := chat.Rich{
			chat.Plain(plain), chat.Strong(strong), chat.Link{Label: plain, URL: link}, chat.Code(code),
			chat.Mention{Who: chat.Person{Platform: Name, ID: "5", Name: strong}},
			chat.List{Items: []chat.Rich{{chat.Plain(code)}, {chat.Time{At: monday, Text: plain}}}},
		}
		got := render(r, limit)
		wide := utf16.Encode([]rune(got.words))
		if len(wide) > limit || got.words != strings.TrimSpace(got.words) {
			t.Fatalf("%d of %d units: %q", len(wide), limit, got.words)
		}
		covered := make([]bool, len(wide)+1)
		for _, m := range got.marks {
			if m.Offset < 0 || m.Length < 1 || m.Offset+m.Length > len(wide) {
				t.Fatalf("%+v of %d units", m, len(wide))
			}
			if inside := string(utf16.Decode(wide[m.Offset : m.Offset+m.Length])); strings.ContainsRune(inside, unicode.ReplacementChar) &&
				!strings.ContainsRune(got.words, unicode.ReplacementChar) {
				t.Fatalf("%+v cuts a character of %q", m, got.words)
			}
			for i := range m.Length {
				covered[m.Offset+i] = m.Type != "bold" && m.Type != "date_time"
			}
		}
		for _, at := range atName.FindAllStringSubmatchIndex(got.words, -1) {
			if !covered[units(got.words[:at[3]])] {
				t.Fatalf("Telegram finds a mention in %q", got.words)
			}
		}
	})
}
