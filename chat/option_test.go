package chat_test

import (
	"context"
	"errors"
	"io"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"peerbot/chat"
	"peerbot/spoken"
)

// call is made by ana in a hall of the console, on a Monday at noon in Madrid.
func call(tb testing.TB) *chat.Call {
	tb.Helper()
	madrid, err := spoken.LoadZone("Europe/Madrid")
	if err != nil {
		tb.Fatal(err)
	}
	return &chat.Call{
		From: chat.Person{Platform: "console", ID: "ana"},
		At:   chat.Address{Platform: "console", Space: "hall", Room: "lobby"},
		Zone: madrid,
		Time: time.Date(2026, time.November, 23, 12, 0, 0, 0, madrid),
	}
}

var kinds = []chat.Choice{
	{Value: "support", Label: chat.Words("Support group")},
	{Value: "workshop", Label: chat.Words("Workshop")},
	{Value: "social", Label: chat.Words("Get-together")},
	{Value: "service", Label: chat.Words("Service")},
}

func TestParse(t *testing.T) {
	file := &chat.File{Name: "a.png"}
	for _, c := range []struct {
		option chat.Param
		typed  string
		want   string // The canonical text, or "!" and the refusal.
	}{
		{chat.String("o"), "  Virtual Peer Support ", "Virtual Peer Support"},
		{chat.String("o"), "two\nlines", "two lines"},
		{chat.String("o"), "@everyone <b>hi</b>", "@everyone <b>hi</b>"},
		{chat.String("o"), "a\u202eb\u0000c\u200bd", "abcd"},
		{chat.String("o"), "e\u0301", "é"},
		{chat.String("o"), "👩‍👩‍👧‍👦", "👩‍👩‍👧‍👦"},
		{chat.String("o"), " \u2066\u2069 ", "!missing: option.empty"},
		{chat.String("o"), strings.Repeat("é", 200), strings.Repeat("é", 200)},
		{chat.String("o"), strings.Repeat("👩‍👩‍👧‍👦", 200), strings.Repeat("👩‍👩‍👧‍👦", 200)},
		{chat.String("o"), strings.Repeat("x", 201), "!invalid: option.too_long"},
		{chat.String("o"), strings.Repeat("x", 10_000), "!invalid: option.too_long"},
		{chat.String("o"), "x" + strings.Repeat("\u0327", 10_000), "!invalid: option.too_long"},
		{chat.String("o").Between(3, 5), "ab", "!invalid: option.too_short"},
		{chat.Paragraph("o"), " one\r\n\r\ntwo ", "one\n\ntwo"},
		{chat.Integer("o"), " 15 ", "15"},
		{chat.Integer("o"), "-1", "!invalid: option.out_of_range"},
		{chat.Integer("o").Between(-5, 5), "-1", "-1"},
		{chat.Integer("o"), "99999999999999999999", "!invalid: option.out_of_range"},
		{chat.Integer("o"), "1.5", "!invalid: option.not_a_number"},
		{chat.Integer("o"), "ten", "!invalid: option.not_a_number"},
		{chat.Boolean("o"), "Yes", "yes"},
		{chat.Boolean("o"), "SÍ", "yes"},
		{chat.Boolean("o"), "off", "no"},
		{chat.Boolean("o"), "maybe", "!invalid: option.not_a_choice yes|no"},
		{chat.When("o"), "tomorrow 19:00", "2026-11-24T18:00:00Z"},
		{chat.When("o"), "tomorrow at 8", "!invalid: option.time.several_times tomorrow at 08:00|tomorrow at 20:00"},
		{chat.When("o"), "13:75", "!invalid: option.time.no_such_time"},
		{chat.When("o"), "30 February 19:00", "!invalid: option.time.no_such_date"},
		{chat.When("o"), "to\u202emorrow 19:00", "2026-11-24T18:00:00Z"},
		{chat.Duration("o"), "90 minutes", "1h30m0s"},
		{chat.Duration("o"), "a while", "!invalid: option.time.not_a_time"},
		{chat.Zone("o"), "eastern time", "America/New_York"},
		{chat.Zone("o"), "CST", "!invalid: option.time.several_zones Chicago|Mexico City|Shanghai|Havana"},
		{chat.Zone("o"), "Atlantis", "!invalid: option.time.no_such_zone"},
		{chat.Who("o"), "console:ben", "console:ben"},
		{chat.Who("o"), "@ben", "console:ben"},
		{chat.Who("o"), "discord:1", "!invalid: option.no_such_person"},
		{chat.Who("o"), "ben and ana", "!invalid: option.no_such_person"},
		{chat.Room("o"), "here", "console/hall/lobby/"},
		{chat.Room("o"), "Aquí", "console/hall/lobby/"},
		{chat.Room("o"), "#garden", "console/hall/garden/"},
		{chat.Room("o"), "garden/7", "console/hall/garden/7"},
		{chat.Room("o"), "console/hall/a%2Fb/", "console/hall/a%2Fb/"},
		{chat.Room("o"), "console/elsewhere/x/", "!invalid: option.no_such_room"},
		{chat.Room("o"), "discord/hall/x/", "!invalid: option.no_such_room"},
		{chat.Room("o"), "console/hall/%zz/", "!invalid: option.no_such_room"},
		{chat.Attachment("o"), "a.png", "!missing: option.no_file"},
		{chat.String("o").OneOf(kinds...), "WORKSHOP", "workshop"},
		{chat.String("o").OneOf(kinds...), "support group", "support"},
		{chat.String("o").OneOf(kinds...), "wrokshop", "!invalid: option.not_a_choice workshop|social|support|service"},
		{chat.Integer("o").OneOf(chat.Choice{Value: "5"}, chat.Choice{Value: "10"}), "+5", "5"},
		{chat.Integer("o").OneOf(chat.Choice{Value: "5"}, chat.Choice{Value: "10"}), "7", "!invalid: option.not_a_choice 5|10"},
	} {
		arg, err := c.option.Parse(call(t), chat.Arg{Name: "o", Value: c.typed})
		if got := outcome(arg, err); got != c.want {
			t.Errorf("%s %.40q: got %s, want %s", c.option.Spec().Kind, c.typed, got, c.want)
		}
	}
	arg, err := chat.Attachment("o").Parse(call(t), chat.Arg{File: file})
	if err != nil || arg.File != file || arg.Name != "o" {
		t.Errorf("attachment: %v, %v", arg, err)
	}
}

func outcome(arg chat.Arg, err error) string {
	if err == nil {
		return arg.Value
	}
	var r *chat.Refusal
	if !errors.As(err, &r) || r.Option != "o" {
		return "not a refusal of the option: " + err.Error()
	}
	var values []string
	for _, c := range r.Readings {
		values = append(values, c.Value)
	}
	return strings.TrimSpace("!" + r.Error() + " " + strings.Join(values, "|"))
}

func TestRoomInPrivate(t *testing.T) {
	c := call(t)
	c.At = chat.Address{Platform: "console", Room: "ana"}
	for typed, want := range map[string]string{
		"console/hall/lobby/": "console/hall/lobby/",
		"lobby":               "!invalid: option.no_such_room",
		"discord/hall/lobby/": "!invalid: option.no_such_room",
	} {
		if got := outcome(chat.Room("o").Parse(c, chat.Arg{Value: typed})); got != want {
			t.Errorf("%s: got %s, want %s", typed, got, want)
		}
	}
}

func TestWhenWithoutZone(t *testing.T) {
	c := call(t)
	c.Zone = nil
	for typed, want := range map[string]string{
		"in 2h":                   "2026-11-23T13:00:00Z",
		"tomorrow 19:00 New York": "2026-11-25T00:00:00Z",
		"tomorrow 19:00":          "!invalid: option.time.missing",
	} {
		if got := outcome(chat.When("o").Parse(c, chat.Arg{Value: typed})); got != want {
			t.Errorf("%s: got %s, want %s", typed, got, want)
		}
	}
}

// roundTrip checks that a value bound into an offer parses to itself and is read
// back, whatever the kind.
func roundTrip[T any](t *rapid.T, c *chat.Call, o *chat.Option[T], value T) {
	bound := o.Is(value)
	parsed, err := o.Parse(c, bound)
	if err != nil {
		t.Fatalf("%s: %q is refused: %v", o.Spec().Kind, bound.Value, err)
	}
	if diff := cmp.Diff(bound, parsed, cmp.Comparer(func(a, b *chat.File) bool { return a == b })); diff != "" {
		t.Fatalf("%s: %s", o.Spec().Kind, diff)
	}
	called := &chat.Call{Args: []chat.Arg{parsed}}
	if !o.Given(called) {
		t.Fatalf("%s is not given", o.Spec().Kind)
	}
	if diff := cmp.Diff(value, o.In(called), cmp.Comparer(func(a, b *chat.File) bool { return a == b })); diff != "" {
		t.Fatalf("%s: %s", o.Spec().Kind, diff)
	}
}

func TestCanonicalRoundTrip(t *testing.T) {
	c := call(t)
	id := rapid.StringMatching(`[a-zA-Z0-9_%#+-]{1,30}`)
	rapid.Check(t, func(t *rapid.T) {
		line := rapid.StringN(1, 100, 400).Filter(func(s string) bool { return chat.Line(s) == s && s != "" }).Draw(t, "line")
		block := rapid.StringN(1, 100, 400).Filter(func(s string) bool { return chat.Block(s) == s && s != "" }).Draw(t, "block")
		roundTrip(t, c, chat.String("o"), line)
		roundTrip(t, c, chat.Paragraph("o"), block)
		roundTrip(t, c, chat.Integer("o").Between(-1000, 1000), rapid.IntRange(-1000, 1000).Draw(t, "integer"))
		roundTrip(t, c, chat.Boolean("o"), rapid.Bool().Draw(t, "boolean"))
		seconds := rapid.Int64Range(-2_208_988_800, 7_258_118_399) // 1900 to 2199
		roundTrip(t, c, chat.When("o"), time.Unix(seconds.Draw(t, "moment"), 0).UTC())
		length := rapid.Int64Range(0, int64(36525*24*time.Hour/time.Second)).Draw(t, "length")
		roundTrip(t, c, chat.Duration("o"), time.Duration(length)*time.Second)
		zone := rapid.SampledFrom(spoken.Zones("", 200)).Draw(t, "zone")
		roundTrip(t, c, chat.Zone("o"), zone)
		roundTrip(t, c, chat.Who("o"), chat.Person{Platform: "console", ID: id.Draw(t, "person")})
		roundTrip(t, c, chat.Room("o"), chat.Address{
			Platform: "console", Space: "hall", Room: id.Draw(t, "room") + "/", Thread: rapid.SampledFrom([]string{"", "1", "a/b"}).Draw(t, "thread"),
		})
		roundTrip(t, c, chat.Attachment("o"), &chat.File{Name: "a.png", Open: func() (io.ReadCloser, error) { return nil, io.EOF }})
	})
}

func TestIn(t *testing.T) {
	o := chat.Integer("n").Or(7)
	for typed, want := range map[string]int{"12": 12, "": 7, "x": 7} {
		if got := o.In(&chat.Call{Args: []chat.Arg{{Name: "n", Value: typed}}}); got != want {
			t.Errorf("%q is read as %d", typed, got)
		}
	}
	if got := o.In(&chat.Call{}); got != 7 || o.Given(&chat.Call{}) {
		t.Errorf("an option that was not given is %d", got)
	}
	if f := chat.Attachment("f").In(&chat.Call{Args: []chat.Arg{{Name: "f", Value: "a.png"}}}); f != nil {
		t.Errorf("a file that did not come is %v", f)
	}
}

func TestSpec(t *testing.T) {
	got := chat.String("kind").Require().OneOf(kinds...).Between(1, 20).Spec()
	want := chat.Spec{Name: "kind", Kind: chat.KindText, Required: true, Choices: kinds, Min: 1, Max: 20}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if !chat.Zone("zone").Spec().Completes {
		t.Error("a zone completes")
	}
}

func TestSuggest(t *testing.T) {
	ctx, c := context.Background(), call(t)
	many := chat.String("o").CompletedBy(func(_ context.Context, _ *chat.Call, typed string) ([]chat.Choice, error) {
		var out []chat.Choice
		for i := range 30 {
			out = append(out, chat.Choice{Value: typed + strconv.Itoa(i)})
		}
		return out, nil
	})
	for _, s := range []struct {
		option chat.Param
		typed  string
		first  string
		count  int
	}{
		{chat.String("o").OneOf(kinds...), "s", "support", 4},
		{chat.String("o").OneOf(kinds...), "GET", "social", 1},
		{chat.String("o").OneOf(kinds...), "", "support", 4},
		{chat.String("o").OneOf(kinds...), "xyz", "", 0},
		{chat.Zone("o"), "bogo", "America/Bogota", 1},
		{chat.Zone("o"), "", "America/New_York", 25},
		{chat.String("o"), "x", "", 0},
		{many, " a\u202e", "a0", 25},
	} {
		got, err := s.option.Suggest(ctx, c, s.typed)
		if err != nil || len(got) != s.count || s.count > 0 && got[0].Value != s.first {
			t.Errorf("%q: %v, %v", s.typed, got, err)
		}
	}
}

func TestMisreadLeavesOtherErrors(t *testing.T) {
	if err := chat.Misread(io.EOF); !errors.Is(err, io.EOF) {
		t.Error(err)
	}
	if err := chat.Misread(nil); err != nil {
		t.Error(err)
	}
	if err := chat.Misread(&spoken.Unclear{Why: spoken.NoSuchDate}); err.Error() != "invalid: option.time.contradicts" {
		t.Errorf("a day without a name: %v", err)
	}
}
