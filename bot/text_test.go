package bot_test

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"peerbot/bot"
	"peerbot/chat"
	"peerbot/storage/mem"
)

func TestReadArgs(t *testing.T) {
	d := newDesk(t, mem.New(), bot.RouterConfig{})
	for _, c := range []struct{ path, rest, want string }{
		{"survey", "", ""},
		{"survey", "a", "title=a"},
		{"survey", "  a \n 3\tgroup ", "title=a|size=3|kind=group"},
		{"survey", "a 3 group of friends", "title=a|size=3|kind=group of friends"},
		{"survey", "a b c size:3", "title=a b c|size=3"},
		{"survey", "a 3 4 talk", "title=a|size=3 4|kind=talk"},
		{"survey", "a talk", "title=a|size=talk"},
		{"survey", `"a size:b" 3`, "title=a size:b|size=3"},
		{"survey", `"a b" 3`, "title=a b|size=3"},
		{"survey", `“a b” 3`, "title=a b|size=3"},
		{"survey", `«a b» 3`, "title=a b|size=3"},
		{"survey", `"a \"b\" \\ \c" 3`, `title=a "b" \ \c|size=3`},
		{"survey", `"a:b" 3`, "title=a:b|size=3"},
		{"survey", "a kind:group", "title=a|kind=group"},
		{"survey", "KIND:group Title:a b c size:3", "kind=group|title=a b c|size=3"},
		{"survey", "kind: group title:\"a b\"", "kind=group|title=a b"},
		{"survey", "kind:", "kind="},
		{"survey", "title:javascript:x kind:b", "title=javascript:x|kind=b"},
		{"survey", "https://example.org/x", "title=https://example.org/x"},
		{"survey", "title:https://example.org/x 8:30", "title=https://example.org/x 8:30"},
		{"survey", "title:a size:3 left over", "title=a|size=3 left over"},
		{"survey", `title:"a" left`, "refused engine.read.left_over"},
		{"survey", "a b:c", "refused engine.read.unknown_option"},
		{"survey", "title:a b:c", "refused engine.read.unknown_option"},
		{"survey", "a title:b", "refused engine.read.twice"},
		{"survey", `a "b`, "refused engine.read.open_quote"},
		{"meeting add", "a b: c\nd", "paste=a b: c\nd"},
		{"meeting add", "title: a", "title=a"},
		{"meeting add", "title: a\nsize:3\n\nkind:talk", "title=a|size=3|kind=talk"},
		{"meeting add", "Title: a\nMondays at 8", "paste=Title: a\nMondays at 8"},
		{"meeting add", `"a b"`, "paste=a b"},
		{"meeting add", `"a" and "b"`, `paste="a" and "b"`},
		{"meeting add", "title:x paste:a b size:3", "title=x|paste=a b size:3"},
		{"send", "a.csv", "refused engine.read.left_over"},
	} {
		args, err := d.router.ReadArgs(strings.Fields(c.path), c.rest)
		var words []string
		for _, a := range args {
			words = append(words, a.Name+"="+a.Value)
		}
		got := strings.Join(words, "|")
		var r *chat.Refusal
		if errors.As(err, &r) {
			got = "refused " + r.Say[0].(chat.Phrase).ID
		}
		if got != c.want {
			t.Errorf("/%s %s: %q, not %q", c.path, c.rest, got, c.want)
		}
	}
}

// What is quoted comes back, whatever it is.
func TestQuotedArgsComeBack(t *testing.T) {
	d := newDesk(t, mem.New(), bot.RouterConfig{})
	rapid.Check(t, func(t *rapid.T) {
		var want []chat.Arg
		line := ""
		for _, name := range rapid.Permutation([]string{"title", "size", "kind"}).Draw(t, "order") {
			value := rapid.String().Filter(utf8.ValidString).Draw(t, "value")
			want = append(want, arg(name, value))
			line += ` ` + name + `:"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(value) + `"`
		}
		got, err := d.router.ReadArgs([]string{"survey"}, line)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Fatalf("%q: %v (-want +got):\n%s", line, err, diff)
		}
	})
}

func FuzzLine(f *testing.F) {
	for _, line := range []string{"/survey a 3", `/survey "a`, "/meeting add a\nb", "/meeting add title:a", "/crisis@bot x", "/ ", "//", "talk", "/\u202esurvey «", "/survey title:\xff"} {
		f.Add(line)
	}
	d := newDesk(&testing.T{}, mem.New(), bot.RouterConfig{PerPerson: bot.Rate{Every: 1, Burst: 1 << 30}})
	f.Fuzz(func(t *testing.T, line string) {
		d.t, d.shown = t, nil
		reply := d.says("ana", line)
		if text := reply.Body.String(); strings.Contains(text, "engine.fault") {
			t.Errorf("%q: %s", line, text)
		}
		d.says("ana", "/cancel")
	})
}
