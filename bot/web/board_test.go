package web

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"peerbot/chat"
)

// A reply that takes the place of a message never shows to all what is one person's,
// and one that becomes public comes last for those who had not seen it.
func TestAnswers(t *testing.T) {
	at := chat.Address{Platform: "web", Space: "web", Room: "general"}
	offer := &chat.Offer{Payload: "form"}
	public := item{at: at, body: chat.Words("public"), rows: [][]key{{{"Go", "go"}}}}
	secret := item{at: at, only: "peer", body: chat.Words("secret"), rows: [][]key{{{"Go", "go"}}}}
	form := item{at: at, only: "peer", asks: []ask{{who: "peer", offer: offer}}}
	told := item{at: at, body: chat.Words("told")}
	whispered := item{at: at, only: "peer", body: chat.Words("whispered")}
	asked := item{at: at, only: "peer", body: chat.Words("which?"), asks: []ask{{who: "peer", offer: &chat.Offer{Payload: "next"}}}}
	for _, test := range []struct {
		name       string
		on, answer item
		replace    bool
		peer, host []string
	}{
		{"public in place of public", public, told, true, []string{"told", "later"}, []string{"told", "later"}},
		{"public after public", public, told, false, []string{"public", "later", "told"}, []string{"public", "later", "told"}},
		{"private never in place of public", public, whispered, true, []string{"public", "later", "whispered"}, []string{"public", "later"}},
		{"private in place of private", secret, whispered, true, []string{"whispered", "later"}, []string{"later"}},
		{"public in place of private", secret, told, true, []string{"later", "told"}, []string{"later", "told"}},
		{"a question on public", public, asked, true, []string{"public + which?", "later"}, []string{"public", "later"}},
		{"a question of its own", public, asked, false, []string{"public", "later", "which? + "}, []string{"public", "later"}},
		{"a question on private", secret, asked, true, []string{"secret + which?", "later"}, []string{"later"}},
		{"public in place of a form", form, told, true, []string{"later", "told"}, []string{"later", "told"}},
		{"beside a form, which goes", form, whispered, false, []string{"later", "whispered"}, []string{"later"}},
		{"nothing", public, item{at: at}, true, []string{"public", "later"}, []string{"public", "later"}},
		{"nothing on a form, which goes", form, item{at: at}, true, []string{"later"}, []string{"later"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := newBoard()
			id := b.add(test.on)
			b.add(item{at: at, body: chat.Words("later")})
			payload := "go"
			if test.on.asks != nil {
				payload = "form"
			}
			b.answer("peer", id, payload, test.answer, test.replace)
			for who, want := range map[string][]string{"peer": test.peer, "host": test.host} {
				if diff := cmp.Diff(want, shown(b, at, who)); diff != "" {
					t.Errorf("%s: %s", who, diff)
				}
			}
		})
	}
}

func TestEditedIsForOthers(t *testing.T) {
	for only, want := range map[string]bool{"": true, "peer": false} {
		b := newBoard()
		id := b.add(item{only: only, body: chat.Words("x"), rows: [][]key{{{"Go", "go"}}}})
		b.answer("peer", id, "go", item{only: only, body: chat.Words("y")}, true)
		if it := b.find(id); it.edited != want || it.body.String() != "y" {
			t.Errorf("what %q sees is %+v", only, it)
		}
	}
}

// What stands on a message that one person alone sees is nobody else's to change.
func TestForeignAnswer(t *testing.T) {
	at := chat.Address{Platform: "web", Space: "web", Room: "general"}
	b := newBoard()
	id := b.add(item{at: at, only: "peer", body: chat.Words("secret"), rows: [][]key{{{"Go", "go"}}}})
	b.answer("host", id, "go", item{at: at, only: "host", body: chat.Words("not yours")}, true)
	if got := shown(b, at, "peer"); !slices.Equal(got, []string{"secret"}) {
		t.Errorf("the peer sees %q", got)
	}
	if got := shown(b, at, "host"); !slices.Equal(got, []string{"not yours"}) {
		t.Errorf("the host sees %q", got)
	}
}

// shown is what the person sees, with the form on it.
func shown(b *board, at chat.Address, who string) []string {
	out := []string{}
	items, _ := b.at(at, who)
	for _, it := range items {
		text := it.body.String()
		if a, ok := it.ask(who); ok && a.offer != nil {
			text += " + " + a.about.String()
		}
		out = append(out, text)
	}
	return out
}

// Whoever reads on from any position ends up with what the board shows, whatever was
// answered in between, and learns of nothing twice.
func TestSince(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := newBoard()
		at := chat.Address{Platform: "web", Space: "web", Room: "general"}
		whos := rapid.SampledFrom([]string{"peer", "host"})
		position, seen := map[string]int64{}, map[string]map[string]*item{"peer": {}, "host": {}}
		read := func(who string) {
			news, now, _, ok := b.since(who, position[who])
			if !ok {
				t.Fatal("a position that is kept cannot be resumed")
			}
			for _, it := range news {
				if it.seen(who) <= position[who] || !it.visible(who) {
					t.Fatalf("%s learns of %s again, or should not", who, it.id)
				}
				position[who], seen[who][it.id] = it.seen(who), it
			}
			position[who] = now
		}
		draw := func(who string) item {
			it := item{at: at, body: chat.Words(fmt.Sprint(b.last)), rows: [][]key{{{"Go", "go"}}}, only: rapid.SampledFrom([]string{"", who}).Draw(t, "only")}
			if rapid.Bool().Draw(t, "asks") {
				it.only, it.asks = who, []ask{{who: who, offer: &chat.Offer{Payload: "form"}}}
			}
			return it
		}
		t.Repeat(map[string]func(*rapid.T){
			"add": func(t *rapid.T) { b.add(draw(whos.Draw(t, "who"))) },
			"answer": func(t *rapid.T) {
				who, n := whos.Draw(t, "who"), rapid.Int64Range(1, b.last+1).Draw(t, "on")
				b.answer(who, fmt.Sprint("m", n), rapid.SampledFrom([]string{"go", "form"}).Draw(t, "payload"), draw(who), rapid.Bool().Draw(t, "replace"))
			},
			"edit": func(t *rapid.T) {
				b.edit(fmt.Sprint("m", rapid.Int64Range(1, b.last+1).Draw(t, "n")), item{body: chat.Words("edited")})
			},
			"read": func(t *rapid.T) { read(whos.Draw(t, "who")) },
			"": func(t *rapid.T) {
				if !slices.IsSortedFunc(b.items, func(x, y *item) int { return int(x.last() - y.last()) }) {
					t.Fatal("the messages are not kept by their last change")
				}
			},
		})
		for who := range seen {
			read(who)
			items, _ := b.at(at, who)
			for _, it := range items {
				a, _ := it.ask(who)
				knows := seen[who][it.id]
				if knows == nil {
					t.Fatalf("%s has not learnt of %s", who, it.id)
				}
				if known, _ := knows.ask(who); knows.body.String() != it.body.String() || known.offer != a.offer {
					t.Fatalf("%s has not learnt of the last change of %s", who, it.id)
				}
			}
		}
	})
}

func TestLettersAreSentOnce(t *testing.T) {
	b, now := newBoard(), time.Now()
	first := b.letter("a", item{}, now)
	if again := b.letter("a", item{}, now.Add(remembered)); again != first {
		t.Errorf("the same letter is %s and %s", first, again)
	}
	if other := b.letter("b", item{}, now.Add(remembered)); other == first {
		t.Error("two letters are one")
	}
	if late := b.letter("a", item{}, now.Add(remembered+1)); late == first || len(b.letters) != 2 {
		t.Errorf("after its time it is %s, and %d are remembered", late, len(b.letters))
	}
}

func TestBoardIsBounded(t *testing.T) {
	b := newBoard()
	first := b.add(item{body: chat.Words("first")})
	for range most {
		b.add(item{body: chat.Words("x")})
	}
	b.edit(first, item{body: chat.Words("gone")})
	if len(b.items) != most || b.gone != 1 || b.find(first) != nil {
		t.Errorf("%d are kept, and all to %d have gone", len(b.items), b.gone)
	}
}

func TestFit(t *testing.T) {
	for name, text := range map[string]string{
		"short": "short", "just": string(make([]byte, maxText)), "long": string(make([]byte, maxText+1)), "wide": fmt.Sprintf("%0*d🦊", maxText-1, 0),
	} {
		fits := fit(chat.Words(text)).String()
		cut := name == "long" || name == "wide"
		if units(fits) > maxText || (fits == text) == cut || cut && !slices.Contains([]rune(fits), '…') {
			t.Errorf("%s: %d units are left", name, units(fits))
		}
	}
}
