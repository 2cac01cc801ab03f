package chat_test

import (
	"os"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"

	"peerbot/chat"
	"peerbot/spoken"
)

func TestCut(t *testing.T) {
	for _, c := range []struct {
		text string
		max  int
		want string
		cut  bool
	}{
		{"hello", 5, "hello", false},
		{"hello", 4, "hel…", true},
		{"👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦", 3, "👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦", false},
		{"👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦", 2, "👩‍👩‍👧‍👦…", true},
		{"e\u0301e\u0301", 1, "…", true},
		{"", 0, "", false},
		{"hello", 0, "", true},
	} {
		if got, cut := chat.Cut(c.text, c.max); got != c.want || cut != c.cut {
			t.Errorf("Cut(%q, %d) is %q, %v", c.text, c.max, got, cut)
		}
	}
}

func TestCutFits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text, limit := rapid.String().Draw(t, "text"), rapid.IntRange(0, 20).Draw(t, "max")
		short, cut := chat.Cut(text, limit)
		if n := chat.Length(short); n > limit || cut != (short != text) || cut != (chat.Length(text) > limit) {
			t.Fatalf("%q is %d long, %v", short, n, cut)
		}
	})
}

func FuzzBlock(f *testing.F) {
	f.Add(" a\r\nb\u2028c\u202e\x00 ")
	f.Add("e\u200b\u0301 \xff")
	f.Fuzz(func(t *testing.T, text string) {
		block, line := chat.Block(text), chat.Line(text)
		if chat.Block(block) != block || chat.Line(line) != line {
			t.Errorf("%q is cleaned to %q and %q, and then further", text, block, line)
		}
		if strings.ContainsFunc(line, unicode.IsControl) || strings.ContainsAny(block, "\r\u202e\u2066") || !utf8.ValidString(block) {
			t.Errorf("%q keeps what is not text: %q", text, block)
		}
	})
}

// TestOptionPhrases checks that there is a sentence for every reason to refuse a time.
func TestOptionPhrases(t *testing.T) {
	whys := []spoken.Why{spoken.NotATime, spoken.LeftOver, spoken.NoSuchDate, spoken.NoSuchTime, spoken.SeveralZones,
		spoken.SeveralTimes, spoken.NoSuchZone, spoken.TooLong, spoken.Contradicts, spoken.Missing}
	for _, file := range []string{"../locales/option.en.yaml", "../locales/option.es.yaml"} {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, why := range whys {
			if !strings.Contains(string(data), "\noption.time."+string(why)+":") {
				t.Errorf("%s has no sentence for %s", file, why)
			}
		}
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"meeting", "meeting", 0}, {"Meeting", "mEETING", 0}, {"meting", "meeting", 1}, {"metting", "meeting", 1},
		{"meetign", "meeting", 1}, {"", "abc", 3}, {"días", "dias", 1}, {"kitten", "sitting", 3},
	} {
		if got := chat.Distance(c.a, c.b); got != c.want {
			t.Errorf("%q to %q is %d, want %d", c.a, c.b, got, c.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[a-d]{0,6}`)
		a, b := word.Draw(t, "a"), word.Draw(t, "b")
		if d := chat.Distance(a, b); d != chat.Distance(b, a) || (d == 0) != (a == b) || d > max(len(a), len(b)) {
			t.Fatalf("%q to %q is %d", a, b, d)
		}
	})
}
