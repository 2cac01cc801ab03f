package outbox

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"peerbot/chat"
	"peerbot/storage"
)

var update = flag.Bool("update", false, "write the golden files anew")

func home(t testing.TB) *Outbox {
	vault, err := storage.NewVault(make([]byte, storage.KeySize))
	if err != nil {
		t.Fatal(err)
	}
	return New(nil, vault, nil)
}

// sameZone compares locations by name.
var sameZone = cmp.Comparer(func(a, b *time.Location) bool {
	return (a == nil) == (b == nil) && (a == nil || a.String() == b.String())
})

func full() Letter {
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		panic(err)
	}
	at := time.Date(2026, 11, 23, 20, 0, 0, 0, time.UTC)
	return Letter{
		ID: "meeting/x/2026-11-23/15m", Slot: "slot", For: "member", Home: "home", Class: Exact,
		To: chat.Address{Platform: "there", Space: "s", Room: "r", Thread: "t"},
		Message: chat.Message{Lang: "es", Zone: zone, Silent: true,
			Body:   chat.Lines(chat.Words("text"), chat.Say("area.thing", chat.Count("n", 2), chat.At("at", at, chat.Clock))),
			Offers: [][]chat.Offer{{{Label: chat.Say("offer"), Path: []string{"a", "b"}, Bound: []chat.Arg{{Name: "n", Value: "v"}}, Once: true}}}},
		Late:      chat.Say("late"),
		NotBefore: at, LateAfter: at.Add(time.Minute), NotAfter: at.Add(time.Hour),
	}
}

// TestGolden: what a release has written can be read, and reads as it was.
func TestGolden(t *testing.T) {
	rec, err := home(t).newRecord(full())
	if err != nil {
		t.Fatal(err)
	}
	rec.With, rec.Doubt, rec.Unasked = []string{"another"}, rec.At, true
	rec.Receipt.Why, rec.Receipt.Tries = Crash, 2
	const file = "testdata/letter.v1.json"
	got, err := json.MarshalIndent(rec, "", "\t")
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(file, append(got, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(bytes.TrimSpace(text)), string(got)); diff != "" {
		t.Errorf("written differently (-golden +now):\n%s", diff)
	}
	var read record
	if err := json.Unmarshal(text, &read); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(rec, read, sameZone); diff != "" {
		t.Errorf("read differently (-written +read):\n%s", diff)
	}
}

func someLetter(t *rapid.T) Letter {
	text := rapid.String()
	at := time.UnixMilli(rapid.Int64Range(1e3, 4e12).Draw(t, "due"))
	after := rapid.Map(rapid.IntRange(0, 100_000), func(s int) time.Duration { return time.Duration(s) * time.Second })
	l := Letter{
		ID: "id" + text.Draw(t, "id"), Slot: text.Draw(t, "slot"), For: text.Draw(t, "for"), Home: text.Draw(t, "home"),
		To:      chat.Address{Platform: "p" + rapid.StringMatching("[a-z]*").Draw(t, "platform"), Space: text.Draw(t, "space"), Room: text.Draw(t, "room")},
		Class:   rapid.SampledFrom([]Class{Safety, Exact, Early, Digest}).Draw(t, "class"),
		Message: chat.Message{Body: chat.Words(text.Draw(t, "body")), Silent: rapid.Bool().Draw(t, "silent")},
		Late:    chat.Words(text.Draw(t, "late")), NotBefore: at,
	}
	if rapid.Bool().Draw(t, "zoned") {
		l.Message.Zone = time.UTC
	}
	if rapid.Bool().Draw(t, "ends") {
		l.NotAfter = at.Add(after.Draw(t, "stale"))
	}
	if rapid.Bool().Draw(t, "can be late") {
		l.LateAfter = at.Add(after.Draw(t, "late after"))
	}
	return l
}

func TestRecordsSurviveTheirCodec(t *testing.T) {
	o := home(t)
	rapid.Check(t, func(t *rapid.T) {
		rec, err := o.newRecord(someLetter(t))
		if err != nil {
			t.Fatal(err)
		}
		kept, err := json.Marshal(rec)
		if err != nil {
			t.Fatal(err)
		}
		var got record
		if err := json.Unmarshal(kept, &got); err != nil {
			t.Fatal(err)
		}
		again, err := json.Marshal(got)
		if err != nil || !bytes.Equal(kept, again) || got.place() != rec.place() {
			t.Errorf("written %s, then %s (%v)", kept, again, err)
		}
	})
}

func TestALetterIsKeptForADayAtMost(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l, err := someLetter(t).normal()
		if err != nil {
			t.Fatal(err)
		}
		from := l.from(rapid.Float64Range(0, 1).Draw(t, "share"))
		if l.NotAfter.Sub(l.NotBefore) > longest || l.NotAfter.Before(l.NotBefore) || from.Before(l.NotBefore) || from.After(l.NotAfter) {
			t.Errorf("due %v, out at %v, stale %v", l.NotBefore, from, l.NotAfter)
		}
		if l.Class != Early && !from.Equal(l.NotBefore) {
			t.Errorf("%s is spread", l.Class)
		}
	})
}

// TestPlaces: the order of the keys is the order of delivery, and leaps miss nothing.
func TestPlaces(t *testing.T) {
	o := home(t)
	of := func(t *rapid.T, label string) place {
		at := time.Unix(rapid.Int64Range(60, 600).Draw(t, label+" due"), 0).UTC()
		return place{
			platform: rapid.SampledFrom([]string{"a", "ab", "b"}).Draw(t, label+" platform"),
			class:    rapid.IntRange(0, 3).Draw(t, label+" class"),
			room:     o.vault.ID(rapid.SampledFrom([]string{"x", "y"}).Draw(t, label+" room")),
			due:      at, notAfter: at.Add(time.Duration(rapid.IntRange(0, 300).Draw(t, label+" stale")) * time.Second),
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		p, q := of(t, "p"), of(t, "q")
		if back, err := readPlace(p.String()); err != nil || back != p {
			t.Fatalf("%v reads back as %v (%v)", p, back, err)
		}
		if p.platform != q.platform {
			if inside := q.String() < p.pastPlatform() && q.String() > p.platform+"/"; inside {
				t.Errorf("%v among the letters of %s", q, p.platform)
			}
			return
		}
		want := slices.Compare([]int64{int64(p.class), p.notAfter.Unix() / 60}, []int64{int64(q.class), q.notAfter.Unix() / 60})
		if want == 0 && p.room == q.room {
			want = slices.Compare([]int64{p.notAfter.Unix(), p.due.Unix()}, []int64{q.notAfter.Unix(), q.due.Unix()})
			if q.String() >= p.pastRoom() {
				t.Errorf("%v is not a neighbour of %v", q, p)
			}
		}
		if got := compare(p.String(), q.String()); want != 0 && got != want {
			t.Errorf("%v and %v: %d, want %d", p, q, got, want)
		}
	})
}

func compare(a, b string) int { return bytes.Compare([]byte(a), []byte(b)) }

func TestBackoff(t *testing.T) {
	for failures, want := range map[int]time.Duration{1: 5 * time.Second, 2: 25 * time.Second, 3: 125 * time.Second, 4: 625 * time.Second} {
		if low, high := backoff(failures, 0), backoff(failures, 1); low != want*3/4 || high != want*5/4 {
			t.Errorf("after %d: %v to %v, want about %v", failures, low, high, want)
		}
	}
}

func FuzzReadPlace(f *testing.F) {
	f.Add(place{"there", 1, home(f).vault.ID("x"), time.Unix(90, 0), time.Unix(60, 0)}.String())
	f.Add("there/")
	f.Fuzz(func(t *testing.T, key string) {
		p, err := readPlace(key)
		if err != nil {
			return
		}
		if again, err := readPlace(p.String()); err == nil && again != p {
			t.Errorf("%q reads as %v, then as %v", key, p, again)
		}
	})
}

func FuzzRecord(f *testing.F) {
	o := home(f)
	rec, err := o.newRecord(full())
	if err != nil {
		f.Fatal(err)
	}
	kept, err := json.Marshal(rec)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(kept)
	f.Add([]byte(`{"state":"settled","receipt":{}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var rec record
		if json.Unmarshal(data, &rec) != nil || rec.Letter == nil {
			return
		}
		again, err := o.newRecord(*rec.Letter)
		if err != nil {
			return
		}
		kept, err := json.Marshal(again)
		if err != nil {
			t.Fatalf("accepted what cannot be kept: %v", err)
		}
		var back record
		if err := json.Unmarshal(kept, &back); err != nil {
			t.Fatalf("cannot read what was kept: %v", err)
		}
		if diff := cmp.Diff(again, back, sameZone); diff != "" {
			t.Errorf("(-kept +read):\n%s", diff)
		}
	})
}
