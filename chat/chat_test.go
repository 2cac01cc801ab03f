package chat_test

import (
	"testing"

	"peerbot/chat"
)

func TestRoles(t *testing.T) {
	var all chat.Role
	for _, name := range chat.RoleNames() {
		r, ok := chat.ParseRole(name)
		if !ok || r.String() != name || all&r != 0 {
			t.Errorf("%s is read as %v", name, r)
		}
		all |= r
	}
	if _, ok := chat.ParseRole("owner"); ok {
		t.Error("there is no duty called owner")
	}
	if got := (chat.Member | chat.Host).String(); got != "member+host" {
		t.Error(got)
	}
	if !chat.Role(0).Any(0) || chat.Member.Any(chat.Host|chat.Moderator) || !(chat.Host | chat.Member).Any(chat.Host|chat.Moderator) {
		t.Error("a common duty suffices, and none is needed where none is asked")
	}
}

func TestRichString(t *testing.T) {
	got := everySpan().String()
	want := "Hello @everyone <b>\nnow123 4567 8901Join https://example.org/roomhttps://example.org@@42tonight" +
		"- one\n- <meeting.two>Monday, Wednesday<meeting.reminder>"
	if got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if got := chat.Paragraphs(chat.Words("a"), nil, chat.Lines(chat.Words("b"), chat.Words("c"))).String(); got != "a\n\nb\nc" {
		t.Errorf("%q", got)
	}
}
