package discord

import (
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"peerbot/bot/discord/wire"
	"peerbot/chat"
)

var evening = time.Date(2026, 11, 23, 20, 0, 0, 0, time.UTC)

func TestRender(t *testing.T) {
	ana := chat.Person{Platform: "discord", ID: "42", Name: "ana"}
	hall := chat.Address{Platform: "discord", Space: "7", Room: "8"}
	aside := hall
	aside.Thread = "9"
	for name, c := range map[string]struct {
		rich chat.Rich
		want string
	}{
		"plain":                  {chat.Words("hello, world! 20:00 (ok)"), "hello, world! 20:00 (ok)"},
		"markup":                 {chat.Words("*a* _b_ ~~c~~ ||d|| `e` [f](g)"), `\*a\* \_b\_ \~\~c\~\~ \|\|d\|\| ` + "\\`e\\`" + ` \[f\](g)`},
		"line starts":            {chat.Words("# a\n- b\n-# c\n> d\n + e\n1. f\n2) g"), "\\# a\n\\- b\n\\-# c\n\\> d\n \\+ e\n1\\. f\n2\\) g"},
		"within a line":          {chat.Words("a # b - c > d + e 1. f"), "a # b - c > d + e 1. f"},
		"mentions":               {chat.Words("@everyone <@42> <#8> <:x:1>"), `\@everyone \<\@42> \<#8> \<\:x:1>`},
		"shortcode":              {chat.Words("a :smile: 12:30 x:y"), `a \:smile: 12:30 x:y`},
		"address":                {chat.Words("see https://example.org/a_b*c, ok"), "see <https://example.org/a_b%2Ac>, ok"},
		"other scheme":           {chat.Words("steam://run discord://x"), `steam:\//run discord:\//x`},
		"no address":             {chat.Words("https:// http://"), `https:\// http:\//`},
		"strong":                 {chat.Rich{chat.Strong(" a*b "), chat.Plain("c")}, ` **a\*b** c`},
		"strong of nothing":      {chat.Rich{chat.Strong("  ")}, ""},
		"neighbours":             {chat.Rich{chat.Strong("a"), chat.Strong("b"), chat.Plain("1"), chat.Plain(". c")}, "**ab**1. c"},
		"neighbours, line start": {chat.Rich{chat.Plain("1"), chat.Plain(". c")}, `1\. c`},
		"code":                   {chat.Rich{chat.Code("123*"), chat.Code("x")}, "`123*` `x`"},
		"code with backtick":     {chat.Rich{chat.Code("a`b")}, "a\\`b"},
		"link":                   {chat.Rich{chat.Link{Label: "the [room]", URL: "https://example.org/(x)"}}, `[the \[room\]](<https://example.org/%28x%29>)`},
		"link without label":     {chat.Rich{chat.Link{URL: "https://example.org"}}, "<https://example.org>"},
		"link with a false face": {chat.Rich{chat.Link{Label: "bank.example", URL: "https://evil.example"}}, "bank.example <https://evil.example>"},
		"link elsewhere":         {chat.Rich{chat.Link{Label: "call", URL: "tel:123"}}, "call tel:123"},
		"times": {chat.Rich{
			chat.Time{At: evening, Style: chat.Moment}, chat.Time{At: evening, Style: chat.Clock}, chat.Time{At: evening, Style: chat.Zoned},
			chat.Time{At: evening, Style: chat.Day}, chat.Time{At: evening, Style: chat.Relative},
		}, "<t:1795464000:F><t:1795464000:t><t:1795464000:t><t:1795464000:D><t:1795464000:R>"},
		"mention":             {chat.Rich{chat.Mention{Who: ana}}, "<@42>"},
		"mention elsewhere":   {chat.Rich{chat.Mention{Who: chat.Person{Platform: "telegram", ID: "42", Name: "*ana"}}}, `\@\*ana`},
		"group":               {chat.Rich{chat.Group{Platform: "discord", ID: "77"}}, "<@&77>"},
		"group of no one":     {chat.Rich{chat.Group{Platform: "discord", ID: "everyone"}}, `\@everyone`},
		"place":               {chat.Rich{chat.Place{At: hall}, chat.Plain(" "), chat.Place{At: aside}}, "<#8> <#9>"},
		"list":                {chat.Rich{chat.Plain("a"), chat.List{Items: []chat.Rich{chat.Words("# b"), chat.Words("c")}}, chat.Plain("d")}, "a\n- \\# b\n- c\nd"},
		"list between breaks": {chat.Rich{chat.Plain("a\n\n"), chat.List{Items: []chat.Rich{chat.Words("b")}}, chat.Plain("\n\nc")}, "a\n\n- b\n\nc"},
		"and":                 {chat.Rich{chat.And{Items: []chat.Rich{chat.Words("a"), chat.Words("b")}}}, "a, b"},
		"what hides":          {chat.Words("a\u202eb\x00c\u200bd"), "abcd"},
		"what joins":          {chat.Rich{chat.Plain("htt\u200b"), chat.Plain("ps://x.example/_y_")}, "<https://x.example/_y_>"},
	} {
		if got, _ := render(c.rich, maxText); got != c.want {
			t.Errorf("%s: %s", name, cmp.Diff(c.want, got))
		}
	}
}

func TestOnlyWhoIsNamedIsNotified(t *testing.T) {
	_, got := render(chat.Rich{
		chat.Plain("<@1> <@&2> @everyone "), chat.Mention{Who: chat.Person{Platform: "discord", ID: "42"}},
		chat.Group{Platform: "discord", ID: "77"}, chat.Mention{Who: chat.Person{Platform: "discord", ID: "1>, <@2"}},
	}, maxText)
	want := wire.Mentions{Parse: []string{}, Users: []string{"42"}, Roles: []string{"77"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestCut(t *testing.T) {
	family := "👩‍👩‍👧‍👦"
	for name, c := range map[string]struct {
		rich  chat.Rich
		limit int
		want  string
	}{
		"fits":             {chat.Words("12345"), 6, "12345"},
		"cut":              {chat.Words("123456789"), 6, "12345…"},
		"between signs":    {chat.Words("1234*6789"), 6, "1234…"},
		"between families": {chat.Words(family + family), 15, family + "…"},
		"nothing fits":     {chat.Words(family), 6, "…"},
		"strong":           {chat.Rich{chat.Plain("1"), chat.Strong("234567")}, 6, "12345…"},
		"markup":           {chat.Rich{chat.Plain("1"), chat.Time{At: evening, Style: chat.Clock}, chat.Plain("2")}, 6, "1…"},
		"list":             {chat.Rich{chat.List{Items: []chat.Rich{chat.Words("12"), chat.Words("34"), chat.Words("56")}}}, 10, "- 12\n- 34…"},
	} {
		if got, _ := render(c.rich, c.limit); got != c.want || units(got) > c.limit {
			t.Errorf("%s: got %q, not %q", name, got, c.want)
		}
	}
}

// rules are what Discord's client looks for at each place, in its order, as far as
// anybody can tell from outside:
// https://docs.discord.com/developers/reference#message-formatting and
// https://support.discord.com/hc/articles/210298617.
var rules = []struct {
	what string
	re   *regexp.Regexp
}{
	{"heading", regexp.MustCompile(`^(?:#{1,3}|-#) +\S`)},
	{"list", regexp.MustCompile(`^(?:[*+-]|\d+[.)]) +\S`)},
	{"quotation", regexp.MustCompile(`^(?:>>>|>) `)},
	{"", regexp.MustCompile(`^\\[^0-9A-Za-z\s]`)},
	{"", regexp.MustCompile(`^<(https?:/[^ >]+)>`)},
	{"time", regexp.MustCompile(`^<t:-?\d+(?::[tTdDfFR])?>`)},
	{"mention", regexp.MustCompile(`^<(?:@[!&]?|#)\d+>|^@everyone|^@here|^</[^>]+:\d+>`)},
	{"emoji", regexp.MustCompile(`^<a?:\w+:\d+>|^:[\w+~-]+:`)},
	{"link", regexp.MustCompile(`^\[(?:\\.|[^\]\\])*\]\([^)]*\)`)},
	{"address", regexp.MustCompile(`^(?:https?|steam|discord):/{1,2}[^\s<]`)},
	{"emphasis", regexp.MustCompile(`(?s)^(?:\*\*.+?\*\*|__.+?__|\*\S.*?\*|_.+?_|~~.+?~~|\|\|.+?\|\|)`)},
	{"code", regexp.MustCompile("(?s)^`+.+?`+")},
}

// shown is what a client shows, and what it made something else of.
func shown(markup string) (text string, found []string) {
	var b strings.Builder
	begins := true
	for markup != "" {
		n := 1
		for n < len(markup) && markup[n]&0xC0 == 0x80 {
			n++
		}
		piece, what := markup[:n], ""
		for i, r := range rules {
			at := r.re.FindStringSubmatchIndex(markup)
			if at == nil || i < 3 && !begins {
				continue
			}
			what, piece, n = r.what, markup[:at[1]], at[1]
			switch i {
			case 3:
				piece = piece[1:]
			case 4:
				piece = piece[1 : len(piece)-1]
			}
			break
		}
		if what != "" {
			found = append(found, what)
		}
		b.WriteString(piece)
		begins = strings.HasSuffix(piece, "\n") || begins && strings.TrimSpace(piece) == ""
		markup = markup[n:]
	}
	return b.String(), found
}

// Whatever a person typed, it is shown as they typed it, cleaned, and never more.
func FuzzPlainStaysPlain(f *testing.F) {
	for _, seed := range []string{
		"*a* **b** _c_ __d__ ~~e~~ ||f|| `g` ```h``` [i](https://j) <k>", "# a\n## b\n-# c\n- d\n* e\n1. f\n> g\n>>> h",
		"@everyone @here <@1> <@&2> <#3> <:a:4> <t:5:R> </x:6> :smile:", "https://a.example/_b_*c* http:// https://x<y", "\\*a\\* \\\\", "a\u202e*\x00b*",
		"https://a.example/)**b** 1\u200b. c", "steam://x discord:/y", "👩‍👩‍👧‍👦*_", "   - a\n\t# b", "**https://a.example/**b",
	} {
		f.Add(seed, seed)
	}
	f.Fuzz(func(t *testing.T, first, second string) {
		if len(first)+len(second) > 300 {
			t.Skip("so that nothing is cut")
		}
		markup, mentions := render(chat.Rich{chat.Plain(first), chat.Plain(second)}, maxText)
		text, found := shown(markup)
		if len(found) > 0 || len(mentions.Users)+len(mentions.Roles) > 0 {
			t.Errorf("%q becomes %q, in which there is %q", first+second, markup, found)
		}
		want := clean(first + second)
		if strings.TrimSpace(want) == "" {
			want = ""
		}
		if inAddress.Replace(text) != inAddress.Replace(want) {
			t.Errorf("%q becomes %q, which reads %q", want, markup, text)
		}
	})
}

// What is rich stays within its bounds, whole or marked as cut, and holds nothing
// that nobody sees.
func FuzzRender(f *testing.F) {
	f.Add("a *b*", "c", "https://example.org", 20)
	f.Add("👩‍👩‍👧‍👦", "`", "tel:1", 3)
	f.Fuzz(func(t *testing.T, a, b, c string, limit int) {
		limit = 1 + max(limit, -limit, 0)%maxText
		got, _ := render(chat.Rich{
			chat.Plain(a), chat.Strong(b), chat.Code(c), chat.Link{Label: a, URL: c},
			chat.List{Items: []chat.Rich{chat.Words(b), {chat.Strong(a), chat.Code(b)}}}, chat.Plain(c),
		}, limit)
		if units(got) > limit {
			t.Errorf("%d units, not %d: %q", units(got), limit, got)
		}
		if strings.ContainsFunc(got, func(r rune) bool { return r != '\n' && unicode.In(r, unicode.Cc, unicode.Bidi_Control) }) {
			t.Errorf("something that nobody sees: %q", got)
		}
	})
}
