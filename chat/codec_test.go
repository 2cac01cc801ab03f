package chat_test

import (
	"encoding/json"
	"flag"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"peerbot/chat"
	"peerbot/spoken"
)

var update = flag.Bool("update", false, "write the golden file anew; it may only grow")

// everySpan has each kind of span, and each kind of span inside another.
func everySpan() chat.Rich {
	at := time.Date(2026, time.November, 23, 20, 0, 0, 0, time.UTC)
	return chat.Rich{
		chat.Plain("Hello @everyone <b>\n"), chat.Strong("now"), chat.Code("123 4567 8901"),
		chat.Link{Label: "Join", URL: "https://example.org/room"}, chat.Link{URL: "https://example.org"},
		chat.Mention{Who: chat.Person{Platform: "console", ID: "ana"}}, chat.Group{Platform: "discord", ID: "42"},
		chat.Time{At: at, Style: chat.Moment, Text: "tonight"},
		chat.List{Items: []chat.Rich{chat.Words("one"), chat.Say("meeting.two")}},
		chat.And{Items: []chat.Rich{chat.Words("Monday"), chat.Words("Wednesday")}},
		chat.Phrase{ID: "meeting.reminder", Fills: []chat.Fill{
			chat.Text("title", "Evening group"), chat.At("time", at, chat.Clock), chat.Count("people", 3),
		}},
	}
}

func goldenMessage(tb testing.TB) chat.Message {
	tb.Helper()
	zone, err := spoken.LoadZone("America/New_York")
	if err != nil {
		tb.Fatal(err)
	}
	return chat.Message{
		Body: everySpan(),
		Offers: [][]chat.Offer{{
			{Label: chat.Say("meeting.join"), Path: []string{"meeting", "join"}, Bound: []chat.Arg{{Name: "meeting", Value: "m1"}}},
			{Label: chat.Words("x"), Path: []string{"crisis"}, Open: []chat.Arg{{Name: "country"}}, Once: true,
				Until: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC), Confirmed: true},
		}},
		Silent: true, Lang: "es", Zone: zone,
	}
}

// TestMessageGolden reads what every version so far has written.
func TestMessageGolden(t *testing.T) {
	const file = "testdata/message.golden.json"
	want := goldenMessage(t)
	written, err := json.MarshalIndent(want, "", "\t")
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(file, append(written, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	golden, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(golden), string(written)+"\n"); diff != "" {
		t.Error(diff)
	}
	var got chat.Message
	if err := json.Unmarshal(golden, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmpZones); diff != "" {
		t.Error(diff)
	}
}

var cmpZones = cmp.Comparer(func(a, b *time.Location) bool { return a == b })

func TestRichRefusesWhatItDoesNotKnow(t *testing.T) {
	for _, text := range []string{
		`[{"video":"x"}]`, `[{}]`, `[null]`, `[{"plain":"a","code":"b"}]`, `["plain"]`, `{"plain":"a"}`, `[{"plain":1}]`,
		`[{"link":{"url":"https://example.org","onclick":"x"}}]`, `[{"list":{"items":[[{"video":"x"}]]}}]`,
	} {
		var r chat.Rich
		if err := json.Unmarshal([]byte(text), &r); err == nil {
			t.Errorf("%s is read as %v", text, r)
		}
	}
}

func TestMessageRefusesUnknownZones(t *testing.T) {
	var m chat.Message
	if err := json.Unmarshal([]byte(`{"zone":"Mars/Olympus"}`), &m); err == nil {
		t.Error("a zone that does not exist is read")
	}
	if _, err := json.Marshal(chat.Message{Zone: time.FixedZone("Mars/Olympus", 60)}); err == nil {
		t.Error("a zone that does not exist is written")
	}
}

func TestNamesAreNotKept(t *testing.T) {
	kept, err := json.Marshal(chat.Rich{chat.Mention{Who: chat.Person{Platform: "console", ID: "1", Name: "Ana"}}})
	if err != nil || string(kept) != `[{"mention":{"who":{"platform":"console","id":"1"}}}]` {
		t.Errorf("%s, %v", kept, err)
	}
}

// richGen draws rich text whose lists are at most depth deep.
func richGen(depth int) *rapid.Generator[chat.Rich] {
	return rapid.Custom(func(t *rapid.T) chat.Rich { return rapid.SliceOfN(spanGen(depth), 1, 4).Draw(t, "spans") })
}

func spanGen(depth int) *rapid.Generator[chat.Span] {
	return rapid.Custom(func(t *rapid.T) chat.Span {
		text, word := rapid.String().Draw(t, "text"), rapid.StringMatching(`[a-z.]{1,8}`).Draw(t, "word")
		at := time.Unix(rapid.Int64Range(0, 7_000_000_000).Draw(t, "at"), 0).UTC()
		switch rapid.IntRange(0, 6+3*min(depth, 1)).Draw(t, "kind") {
		case 0:
			return chat.Plain(text)
		case 1:
			return chat.Strong(text)
		case 2:
			return chat.Code(text)
		case 3:
			return chat.Link{Label: text, URL: "https://example.org/" + word}
		case 4:
			return chat.Mention{Who: chat.Person{Platform: word, ID: text}}
		case 5:
			return chat.Group{Platform: word, ID: text}
		case 6:
			return chat.Time{At: at, Style: chat.Day, Text: text}
		case 7:
			return chat.List{Items: rapid.SliceOfN(richGen(depth-1), 1, 3).Draw(t, "items")}
		case 8:
			return chat.And{Items: rapid.SliceOfN(richGen(depth-1), 1, 3).Draw(t, "items")}
		}
		return chat.Phrase{ID: word, Fills: []chat.Fill{chat.With(word, richGen(depth-1).Draw(t, "fill")), chat.Count("n", len(text))}}
	})
}

func TestMessageRoundTrip(t *testing.T) {
	zones := spoken.Zones("", 100)
	rapid.Check(t, func(t *rapid.T) {
		zone, err := spoken.LoadZone(rapid.SampledFrom(zones).Draw(t, "zone").Name)
		if err != nil {
			t.Fatal(err)
		}
		in := chat.Message{
			Body: richGen(2).Draw(t, "body"), Silent: rapid.Bool().Draw(t, "silent"), Lang: "en", Zone: zone,
			Offers: [][]chat.Offer{{{Label: richGen(1).Draw(t, "label"), Path: []string{"a", "b"}, Once: true}}},
		}
		kept, err := json.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		var out chat.Message
		if err := json.Unmarshal(kept, &out); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(in, out, cmpZones); diff != "" {
			t.Fatalf("%s: %s", kept, diff)
		}
	})
}

func FuzzMessage(f *testing.F) {
	golden, err := os.ReadFile("testdata/message.golden.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(golden)
	f.Add([]byte(`{"body":[{"list":{"items":[null,[]]}}],"zone":"UTC"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var m chat.Message
		if json.Unmarshal(data, &m) != nil {
			return
		}
		_ = m.Body.String()
		kept, err := json.Marshal(m)
		if err != nil {
			t.Fatalf("%q is read and cannot be written: %v", data, err)
		}
		var again chat.Message
		if err := json.Unmarshal(kept, &again); err != nil {
			t.Fatalf("%q: %v", kept, err)
		}
		if diff := cmp.Diff(m, again, cmpZones, cmp.Transformer("text", func(m chat.Message) string { b, _ := json.Marshal(m); return string(b) })); diff != "" {
			t.Errorf("%q: %s", data, diff)
		}
	})
}
