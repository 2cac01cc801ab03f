package commands_test

import (
	"context"
	"flag"
	"fmt"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"peerbot/bot"
	"peerbot/chat"
	"peerbot/commands"
	"peerbot/storage/mem"
)

var update = flag.Bool("update", false, "write the golden files anew; then read what changed")

func tree(d *desk) []chat.Command { return commands.All(d.deps) }

// golden compares with what testdata says, or writes it anew.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s says otherwise; -update writes it anew (-want +got):\n%s", path, diff)
	}
}

// The tree stands in a file, so that nobody changes a name, an option or a duty
// without seeing it.
func TestTree(t *testing.T) {
	d := newDesk(t, mem.New(), nil)
	var b strings.Builder
	for _, cmd := range tree(d) {
		describe(&b, d.words, nil, cmd)
	}
	golden(t, "tree.golden", b.String())
}

func describe(b *strings.Builder, words bot.Words, above []string, cmd chat.Command) {
	path := append(slices.Clone(above), cmd.Name)
	key := strings.Join(path, " ")
	fmt.Fprintf(b, "/%s", key)
	for _, lang := range words.Langs() {
		fmt.Fprintf(b, "  %s:%s", lang, words.Name(lang, key))
		if alias := words.Alias(lang, key); alias != "" {
			fmt.Fprintf(b, "|%s", alias)
		}
	}
	for _, mark := range marks(cmd) {
		fmt.Fprintf(b, "  %s", mark)
	}
	b.WriteString("\n")
	for _, p := range cmd.Options {
		fmt.Fprintf(b, "    %s\n", option(p.Spec()))
	}
	for _, sub := range cmd.Subs {
		describe(b, words, path, sub)
	}
}

func marks(cmd chat.Command) (all []string) {
	add := func(on bool, mark string) {
		if on {
			all = append(all, mark)
		}
	}
	add(cmd.Needs != 0, "needs "+cmd.Needs.String())
	add(cmd.Always, "always")
	add(cmd.Private, "private")
	add(cmd.Unlisted, "unlisted")
	add(cmd.Confirm != nil, "confirm")
	add(len(cmd.Undo) > 0, "undo "+strings.Join(cmd.Undo, " "))
	add(cmd.Audit, "audit")
	return all
}

func option(s chat.Spec) string {
	text := fmt.Sprintf("%s: %s", s.Name, s.Kind)
	if s.Required {
		text += ", required"
	}
	if s.Min != 0 || s.Max != 0 {
		text += fmt.Sprintf(", %d to %d", s.Min, s.Max)
	}
	var values []string
	for _, c := range s.Choices {
		values = append(values, c.Value)
	}
	if len(values) > 0 {
		text += ", one of " + strings.Join(values, " ")
	}
	if s.Completes {
		text += ", completes"
	}
	return text
}

// Every leaf has a stated verdict for every duty, in a room and in private. A new
// command has no row, and fails until somebody has said what should happen.
func TestVerdicts(t *testing.T) {
	d := newDesk(t, mem.New(), nil)
	d.words = doorsWords{d.words}
	d.reopen(door(tree(d)))
	var b strings.Builder
	for path, cmd := range leaves(nil, tree(d)) {
		for _, at := range []chat.Address{lobby, private(ana)} {
			verdicts(&b, d, path, cmd.Unlisted, at)
		}
	}
	golden(t, "verdicts.golden", b.String())
}

// verdicts writes what becomes of one command in one place, by duty.
func verdicts(b *strings.Builder, d *desk, path string, unlisted bool, at chat.Address) {
	fmt.Fprintf(b, "/%s", path)
	if at.Direct() {
		b.WriteString(" in private")
	} else {
		b.WriteString(" in a room")
	}
	by := map[string][]string{}
	for _, name := range append([]string{"nobody"}, chat.RoleNames()...) {
		v := verdict(d, "/"+path, at, name)
		if unlisted {
			v += "; its button " + verdict(d, path, at, name)
		}
		by[v] = append(by[v], name)
	}
	b.WriteString("\n")
	for _, v := range slices.Sorted(maps.Keys(by)) {
		fmt.Fprintf(b, "    %s: %s\n", v, strings.Join(by[v], " "))
	}
}

// verdict is what becomes of the bare command, typed or by its button, when somebody
// with the duty asks for it.
func verdict(d *desk, line string, at chat.Address, duty string) string {
	role, _ := chat.ParseRole(duty)
	someone := chat.Person{Platform: "test", ID: duty}
	if at.Direct() {
		at = private(someone)
	}
	call := chat.Call{From: someone, At: at, Role: role, Text: line}
	if !strings.HasPrefix(line, "/") {
		doors := d.call(chat.Call{From: someone, At: at, Text: "/door"})
		call.Text, call.Press = "", payload(doors, line)
	}
	reply := d.call(call)
	does := "answers"
	switch {
	case reply.Ask != nil:
		does = "asks"
	case says(d, reply, "engine.denied"):
		does = "refuses"
	case says(d, reply, "engine.unknown.command"), says(d, reply, "engine.unknown.near"), says(d, reply, "engine.unknown.sub"),
		len(reply.Body) == 0:
		return "knows no such command"
	}
	if reply.Private {
		return does + " privately"
	}
	return does
}

// door is a command with a button for every unlisted leaf, which nobody can type.
func door(tree []chat.Command) chat.Command {
	var offers []chat.Offer
	for path, cmd := range leaves(nil, tree) {
		if cmd.Unlisted {
			offers = append(offers, chat.Offer{Label: chat.Words(path), Path: strings.Fields(path)})
		}
	}
	return chat.Command{Name: "door", Run: func(context.Context, *chat.Call) (chat.Reply, error) {
		return chat.Reply{Body: chat.Words("doors"), Offers: [][]chat.Offer{offers}}, nil
	}}
}

// doorsWords know what the door is about.
type doorsWords struct{ bot.Words }

func (w doorsWords) About(lang, path string) string {
	if about := w.Words.About(lang, path); about != "" {
		return about
	}
	return "a door"
}

func payload(r chat.Reply, label string) string {
	for _, row := range r.Offers {
		for _, o := range row {
			if o.Label.String() == label {
				return o.Payload
			}
		}
	}
	return ""
}

// says reports whether the reply holds the longest piece of the catalogue's sentence
// that has no gap.
func says(d *desk, reply chat.Reply, id string) bool {
	longest := ""
	for piece := range strings.SplitSeq(d.words.Put("en", nil, chat.Say(id)).String(), "<") {
		if _, after, gap := strings.Cut(piece, ">"); gap {
			piece = after
		}
		if len(piece) > len(longest) {
			longest = piece
		}
	}
	return strings.Contains(reply.Body.String(), longest)
}

// leaves are the leaves under the commands, by path.
func leaves(above []string, cmds []chat.Command) iter.Seq2[string, chat.Command] {
	return func(yield func(string, chat.Command) bool) {
		for _, cmd := range cmds {
			path := append(slices.Clone(above), cmd.Name)
			if len(cmd.Subs) == 0 && !yield(strings.Join(path, " "), cmd) {
				return
			}
			for path, sub := range leaves(path, cmd.Subs) {
				if !yield(path, sub) {
					return
				}
			}
		}
	}
}
