package locales

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"peerbot/chat"
)

const sample = `
saved: "Saved: {{.title}}."
twice: "{{.title}} and {{.title}}"
people: {one: "One person comes to {{.title}}.", other: "{{.people}} people come to {{.title}}."}
`

func TestPutKeepsSpans(t *testing.T) {
	c := catalogue(t, "a.en.yaml", sample)
	who := chat.Mention{Who: chat.Person{ID: "7"}}
	tests := []struct {
		about    string
		in, want chat.Rich
	}{
		{"nothing", nil, nil},
		{"plain", chat.Words("x"), chat.Words("x")},
		{"a mention", chat.Say("saved", chat.With("title", chat.Rich{who})), chat.Rich{chat.Plain("Saved: "), who, chat.Plain(".")}},
		{"typed text joins in", chat.Say("saved", chat.Text("title", "{{.x}}")), chat.Words("Saved: {{.x}}.")},
		{"a gap twice", chat.Say("twice", chat.With("title", chat.Rich{chat.Strong("A")})),
			chat.Rich{chat.Strong("A"), chat.Plain(" and "), chat.Strong("A")}},
		{"a phrase in a phrase", chat.Say("saved", chat.With("title", chat.Say("twice", chat.Text("title", "B")))),
			chat.Words("Saved: B and B.")},
		{"one", chat.Say("people", chat.Count("people", 1), chat.Text("title", "C")), chat.Words("One person comes to C.")},
		{"none", chat.Say("people", chat.Count("people", 0), chat.Text("title", "C")), chat.Words("0 people come to C.")},
		{"less than none", chat.Say("people", chat.Count("people", -1), chat.Text("title", "C")), chat.Words("One person comes to C.")},
		{"a list", chat.Rich{chat.List{Items: []chat.Rich{chat.Say("saved", chat.Text("title", "D"))}}},
			chat.Rich{chat.List{Items: []chat.Rich{chat.Words("Saved: D.")}}}},
		{"no such phrase", chat.Say("lost"), chat.Words("<lost>")},
		{"nothing for the gap", chat.Say("saved"), chat.Words("Saved: <saved.title>.")},
		{"sentences in a row", chat.Lines(chat.Say("saved", chat.Text("title", "E")), chat.Words("x")), chat.Words("Saved: E.\nx")},
	}
	for _, tt := range tests {
		t.Run(tt.about, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, c.Put("en", nil, tt.in)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// What a person typed comes out as it went in, whatever it looks like.
func TestPutReadsNothingIntoTypedText(t *testing.T) {
	c := catalogue(t, "a.en.yaml", sample)
	rapid.Check(t, func(t *rapid.T) {
		typed := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"{{.title}}", "{{", "}}", "<saved>", "⟦x"})).Draw(t, "typed")
		got := c.Put("en", nil, chat.Say("saved", chat.Text("title", typed)))
		if diff := cmp.Diff(chat.Words("Saved: "+typed+"."), got); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestPlurals(t *testing.T) {
	c := catalogue(t, "a.en.yaml", "n: {one: one, other: other}", "a.es.yaml", "n: {one: uno, other: otros}",
		"a.pl.yaml", "n: {one: jeden, few: kilka, many: wiele, other: ułamek}")
	tests := []struct {
		lang string
		n    int
		want string
	}{
		{"en", 0, "other"}, {"en", 1, "one"}, {"en", 2, "other"},
		{"es", 0, "otros"}, {"es", 1, "uno"}, {"es", 1_000_000, "otros"},
		{"pl", 1, "jeden"}, {"pl", 3, "kilka"}, {"pl", 5, "wiele"}, {"pl", 22, "kilka"},
	}
	for _, tt := range tests {
		if got := c.Put(tt.lang, nil, chat.Say("n", chat.Count("n", tt.n))).String(); got != tt.want {
			t.Errorf("%d in %s: got %q, want %q", tt.n, tt.lang, got, tt.want)
		}
	}
}

func TestAnd(t *testing.T) {
	c := loaded(t)
	tests := []struct {
		lang  string
		items []string
		want  string
	}{
		{"en", nil, ""},
		{"en", []string{"a"}, "a"},
		{"en", []string{"a", "b"}, "a and b"},
		{"en", []string{"a", "b", "c"}, "a, b and c"},
		{"en", []string{"a", "b", "c", "d"}, "a, b, c and d"},
		{"en", []string{"a", "ice"}, "a and ice"},
		{"es", []string{"a", "b", "c"}, "a, b y c"},
		{"es", []string{"Ana", "Inés"}, "Ana e Inés"},
		{"es", []string{"padres", "hijos"}, "padres e hijos"},
		{"es", []string{"agua", "hielo"}, "agua y hielo"},
		{"es", []string{"Ana", "Íñigo"}, "Ana e Íñigo"},
		{"es", []string{"Ana", "Yolanda"}, "Ana y Yolanda"},
		{"es", []string{"a", "i"}, "a e i"},
		{"es", []string{"a", ""}, "a y "},
	}
	for _, tt := range tests {
		var and chat.And
		for _, item := range tt.items {
			and.Items = append(and.Items, chat.Words(item))
		}
		if got := c.Put(tt.lang, nil, chat.Rich{and}).String(); got != tt.want {
			t.Errorf("%s %q: got %q, want %q", tt.lang, tt.items, got, tt.want)
		}
	}
}

func TestAndKeepsSpans(t *testing.T) {
	who := chat.Mention{Who: chat.Person{ID: "7"}}
	got := loaded(t).Put("en", nil, chat.Rich{chat.And{Items: []chat.Rich{{who}, chat.Say("day.monday")}}})
	want := chat.Rich{who, chat.Plain(" and Monday")}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func BenchmarkPut(b *testing.B) {
	c, err := Load()
	if err != nil {
		b.Fatal(err)
	}
	zone, _ := time.LoadLocation("America/New_York")
	at := chat.Rich{chat.Time{At: time.Unix(1_800_000_000, 0), Style: chat.Moment}}
	for b.Loop() {
		c.Put("en", zone, at)
	}
}
