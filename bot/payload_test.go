package bot_test

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"peerbot/bot"
	"peerbot/chat"
	"peerbot/storage/mem"
)

var ana = &chat.Call{From: chat.Person{Platform: "typed", ID: "ana"}, At: chat.Address{Platform: "typed", Room: "ana"}}

func TestPayloadsKeepTheirShape(t *testing.T) {
	d := newDesk(t, mem.New(), bot.RouterConfig{})
	until := noon.Add(time.Hour).Local()
	id := d.vault.ID("meeting", "1")
	for _, c := range []struct {
		payload string
		ticket  bot.Ticket
	}{
		{"ATwB66FrBDjQnkw7WFuAOmM", bot.Ticket{Path: []string{"look"}}},
		{"AYEfKhRrBDjQqvADYWJjCyQAuET5uqrzEj4", bot.Ticket{Path: []string{"survey"}, Bound: []chat.Arg{arg("title", "abc")}, Open: []chat.Arg{arg("kind", "")}}},
		{"CYEfKhRrBDjQqvKJ5Szlzfv9g_rNr9I8jJ2W5eSHSxGbGdY", bot.Ticket{Path: []string{"survey"}, Bound: []chat.Arg{arg("title", id)}, Form: true}},
		{"AYEfKhRrBDjQqvH___________8BfH1gONCjarA", bot.Ticket{Path: []string{"survey"}, Bound: []chat.Arg{arg("title", "18446744073709551615")}}},
		{"ETwB66FrBDjQieUs5c37_YP6za_SPIydlgF8BraS015O", bot.Ticket{Path: []string{"look"}, Home: id}},
	} {
		c.ticket.Until = until
		payload, ok := d.router.WritePayload(c.ticket, ana)
		if !ok || len(payload) > 48 {
			t.Errorf("%v does not fit", c.ticket)
		}
		if payload != c.payload {
			t.Errorf("%v is now written %q, and was %q: offers that are out there would fail", c.ticket, payload, c.payload)
		}
		got, err := d.router.ReadPayload(c.payload, ana)
		if diff := cmp.Diff(c.ticket, got); err != nil || diff != "" {
			t.Errorf("%q (%v, -want +got):\n%s", c.payload, err, diff)
		}
	}
}

// Whatever fits comes back as it was, and to nobody else.
func TestPayloadsComeBack(t *testing.T) {
	d := newDesk(t, mem.New(), bot.RouterConfig{})
	value := rapid.OneOf(rapid.StringN(0, 12, 12), rapid.Just(d.vault.ID("a", "b")), rapid.Map(rapid.Uint64(), func(n uint64) string { return fmt.Sprint(n) }))
	ben := &chat.Call{From: chat.Person{Platform: "typed", ID: "ben"}}
	rapid.Check(t, func(t *rapid.T) {
		want := bot.Ticket{Path: []string{"survey"}, Until: time.Unix(rapid.Int64Range(0, 1<<32-1).Draw(t, "until"), 0)}
		for _, name := range []string{"title", "size", "kind"} {
			switch a := arg(name, value.Draw(t, "value")); rapid.IntRange(0, 3).Draw(t, "use") {
			case 1:
				want.Bound = append(want.Bound, a)
			case 2:
				want.Open = append(want.Open, a)
			}
		}
		want.Form = rapid.Bool().Draw(t, "form")
		if rapid.Bool().Draw(t, "home") {
			want.Home = d.vault.ID("home", "1")
		}
		payload, ok := d.router.WritePayload(want, ana)
		if !ok {
			return
		}
		if len(payload) > 48 {
			t.Fatalf("the payload has %d bytes", len(payload))
		}
		got, err := d.router.ReadPayload(payload, ana)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Fatalf("%v (-want +got):\n%s", err, diff)
		}
		if _, err := d.router.ReadPayload(payload, ben); err == nil {
			t.Fatal("Ben can read it")
		}
	})
}

// TestProofForgedPayloads forges 10,000 payloads, and a million for the long proof:
// bits and bytes of good ones, and noise. None ever acts.
func TestProofForgedPayloads(t *testing.T) {
	d := newDesk(t, mem.New(), bot.RouterConfig{PerPerson: bot.Rate{Every: time.Nanosecond, Burst: 1 << 30}})
	d.says("ana", "/look")
	d.says("ana", "/meeting add title:x")
	var good [][]byte
	for _, r := range d.shown {
		for _, o := range r.Offers[0] {
			raw, err := base64.RawURLEncoding.DecodeString(o.Payload)
			if err != nil {
				t.Fatal(err)
			}
			good = append(good, raw)
		}
	}
	times := 10_000
	if os.Getenv("PEERBOT_PROOF") != "" {
		times = 1_000_000
	}
	dice := rand.New(rand.NewPCG(1, 2))
	for range times {
		raw := append([]byte(nil), good[dice.IntN(len(good))]...)
		at := dice.IntN(len(raw))
		last := len(raw) == 18 && at == 17 // the place on a card is not secret: whoever has the card may press all of it
		switch dice.IntN(3) {
		case 0:
			raw[at] ^= 1 << dice.IntN(8)
		case 1:
			raw = append(raw[:at], raw[at+1:]...)
			last = false
		case 2:
			for i := range raw {
				raw[i] = byte(dice.Uint32())
			}
			last = false
		}
		if last {
			continue
		}
		d.shown = nil
		reply := d.call("ana", chat.Call{Press: base64.RawURLEncoding.EncodeToString(raw)})
		if got := reply.Body.String(); got != "engine.old" {
			t.Fatalf("a forged payload is answered with %q", got)
		}
	}
	d.wantsSaved()
}

func FuzzPayload(f *testing.F) {
	for _, p := range []string{"", "crisis:", "crisis:gb:x", "look:", "!", "IAAAAAAAAAAAAAAAAAAAAAAA", "ATwB66FrBDjQnkw7WFuAOmM"} {
		f.Add(p)
	}
	d := newDesk(&testing.T{}, mem.New(), bot.RouterConfig{})
	f.Fuzz(func(t *testing.T, payload string) {
		d.t, d.shown = t, nil
		d.call("ana", chat.Call{Press: payload})
		d.wantsSaved()
	})
}
