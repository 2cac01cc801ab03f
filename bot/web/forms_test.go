package web

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"peerbot/chat"
)

// tree is a small tree with an option of every kind.
func tree() []chat.Command {
	option := chat.String("what").Require().Between(2, 80)
	return []chat.Command{
		{Name: "crisis", Group: "help.group_now", Always: true},
		{Name: "meetings", Group: "help.group_meetings", Options: []chat.Param{chat.Zone("zone")}},
		{Name: "meeting", Group: "help.group_host", Needs: chat.Host | chat.Moderator, Subs: []chat.Command{
			{Name: "add", Options: []chat.Param{
				option, chat.Paragraph("note"), chat.Integer("size").Between(1, 9), chat.Boolean("open"), chat.When("when"), chat.Duration("length"),
				chat.Zone("zone"), chat.Who("who"), chat.Room("place"), chat.Attachment("file"),
			}},
			{Name: "erase", Needs: chat.Moderator, Options: []chat.Param{option}},
		}},
		{Name: "hidden", Unlisted: true},
		{Name: "help", Group: "help.group_now"},
		{Name: "odd"},
	}
}

func seenBy(who int, room string, v viewer) viewer {
	v.who, v.here = people[who], room
	return v
}

// The palette shows what a person may use, under the headings of /help, in the
// language of the page.
func TestMenu(t *testing.T) {
	v := reader(t)
	v.Publish(tree())
	shown := func(who int) (lines []string) {
		for _, g := range seenBy(who, "general", v).menu() {
			for _, e := range g.Commands {
				lines = append(lines, fmt.Sprint(g.Name, " ", e.Typed, " ", e.Bare))
			}
		}
		return lines
	}
	everyone := []string{"Help now /crisis true", "Help now /help true", "Meetings /meetings true"}
	for who, want := range map[int][]string{
		1: {"More /odd true"}, 3: {"For hosts /meeting add false", "More /odd true"},
		4: {"For hosts /meeting add false", "For hosts /meeting erase false", "More /odd true"},
	} {
		if diff := cmp.Diff(append(everyone[:3:3], want...), shown(who)); diff != "" {
			t.Errorf("%s: %s", people[who].id, diff)
		}
	}
	v.lang = "es"
	help := v.menu()[0].Commands[1]
	if help.Typed != "/ayuda" || help.Path != "help" || help.Href != "/es/peer/general/do/help" || help.About == "" {
		t.Errorf("in Spanish it is %+v", help)
	}
	if now := v.now(); now == nil || now.Typed != "/crisis" || now.Path != "crisis" || !now.Bare {
		t.Errorf("the command for now is %+v", now)
	}
}

func TestCommandForm(t *testing.T) {
	v := seenBy(3, "general", reader(t))
	v.Publish(tree())
	l, ok := v.leaf("meeting add")
	if !ok {
		t.Fatal("the host may not add a meeting")
	}
	f := v.opened(l)
	want := []field{
		{ID: "do-what", Name: "o.what", Kind: "text", Required: true, Min: 2, Max: 80},
		{ID: "do-note", Name: "o.note", Kind: "paragraph", Min: 1, Max: 1000},
		{ID: "do-size", Name: "o.size", Kind: "number", Min: 1, Max: 9},
		{ID: "do-open", Name: "o.open", Kind: "choice", Choices: []choice{{Value: "yes", Label: "Yes"}, {Value: "no", Label: "No"}}},
		{ID: "do-when", Name: "o.when", Kind: "text"},
		{ID: "do-length", Name: "o.length", Kind: "text"},
		{ID: "do-zone", Name: "o.zone", Kind: "text", Complete: "/en/host/general/complete?option=zone&path=meeting+add"},
		{ID: "do-who", Name: "o.who", Kind: "choice", Choices: []choice{
			{Value: "web:newcomer", Label: "Noa"}, {Value: "web:peer", Label: "Pia"}, {Value: "web:mentor", Label: "Milo"}, {Value: "web:host", Label: "Hana"}, {Value: "web:moderator", Label: "Rosa"}}},
		{ID: "do-place", Name: "o.place", Kind: "choice", Choices: []choice{{Value: "web/web/general/", Label: "#general"}, {Value: "web/web/late-night/", Label: "#late-night"}}},
		{ID: "do-file", Name: "o.file", Kind: "file"},
	}
	if diff := cmp.Diff(want, f.Fields, cmpopts.IgnoreFields(field{}, "Label", "Help")); diff != "" {
		t.Error(diff)
	}
	if f.Title != "/meeting add" || f.Action != "/en/host/general/call" || f.Path != "meeting add" || !f.Files || f.Submit == "" {
		t.Errorf("the form is %+v", f)
	}
	for _, key := range []string{"meeting erase", "meeting", "hidden", "", "nothing"} {
		if _, ok := v.leaf(key); ok {
			t.Errorf("the host is shown the form of %q", key)
		}
	}
}

// A form that shows what was filled in before shows it as a person would type it.
func TestEasyValues(t *testing.T) {
	for _, test := range []struct {
		kind        chat.Kind
		value, want string
	}{
		{chat.KindZone, "America/New_York", "New York"}, {chat.KindZone, "Pacific/Easter", "Pacific/Easter"}, {chat.KindZone, "", ""},
		{chat.KindDuration, "1h30m0s", "1h30m"}, {chat.KindDuration, "2h0m0s", "2h"}, {chat.KindDuration, "10m0s", "10m"}, {chat.KindDuration, "1m5s", "1m5s"},
		{chat.KindText, "1h0m0s", "1h0m0s"},
	} {
		if got := easy(test.kind, test.value); got != test.want {
			t.Errorf("%s %q is shown as %q, want %q", test.kind, test.value, got, test.want)
		}
	}
}
