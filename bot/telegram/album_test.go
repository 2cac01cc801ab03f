package telegram

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"peerbot/bot/telegram/telegramtest"
	"peerbot/chat"
)

// Of files that are sent as one the first is taken, or the one with the command, and for
// the others there is one sentence.
func TestAlbums(t *testing.T) {
	one := func(content, text string) telegramtest.Post {
		return telegramtest.Post{Who: "ana", File: content, Content: []byte(content), Text: text}
	}
	for name, c := range map[string]struct {
		posts []telegramtest.Post
		want  []string
	}{
		"a command with the first": {[]telegramtest.Post{one("a", "/list send"), one("b", ""), one("c", "")}, []string{"You said: /list send with a (, 1): a.", "telegram.file.one"}},
		"a command with the last":  {[]telegramtest.Post{one("a", ""), one("b", ""), one("c", "/list send")}, []string{"telegram.file.one", "You said: /list send with c (, 1): c."}},
		"answers":                  {[]telegramtest.Post{one("a", ""), one("b", ""), one("c", "")}, []string{"You said: with a (, 1): a.", "telegram.file.one"}},
		"one alone":                {[]telegramtest.Post{one("a", "")}, []string{"You said: with a (, 1): a."}},
	} {
		t.Run(name, func(t *testing.T) {
			played(t, telegramtest.Options{}, func(t *testing.T, d *desk) {
				d.reply = reads
				d.Album(c.posts...)
				d.settle()
				d.Repeat(len(c.posts))
				d.settle()
				var got []string
				for _, m := range d.SeesOfBot("ana", "") {
					got = append(got, m.Text)
				}
				if diff := cmp.Diff(c.want, got); diff != "" {
					t.Errorf("-want +got:\n%s", diff)
				}
			})
		})
	}
}

// In a group the sentence about the others goes where the answer goes.
func TestAnAlbumInAGroup(t *testing.T) {
	played(t, telegramtest.Options{}, func(t *testing.T, d *desk) {
		d.reply = func(ctx context.Context, c *chat.Call) chat.Reply {
			r := reads(ctx, c)
			r.Private = true
			return r
		}
		if _, err := d.Send(t.Context(), d.At("", "hall"), "id", chat.Message{Body: chat.Words("Which file?")}); err != nil {
			t.Fatal(err)
		}
		post := telegramtest.Post{Who: "ana", Room: "hall", File: "a", Content: []byte("a"), ReplyTo: d.SeesOfBot("ana", "hall")[0].ID}
		d.Album(post, post, post)
		time.Sleep(time.Minute)
		d.settle()
		d.wants("ana", "", "with a (, 1): a", "telegram.file.one")
		if got := d.transcript("ben", "hall"); strings.Contains(got, "with a") || strings.Contains(got, "file.one") {
			t.Errorf("ben sees %s", got)
		}
	})
}

// A webhook brings the files one by one, in any order and some of them twice. What was
// judged once is judged the same again, and a command counts wherever it comes.
func TestAlbumsOneByOne(t *testing.T) {
	a := albums{seen: map[albumKey]*album{}}
	var got []string
	for _, id := range []int64{2, 1, 3, 4, 2, 1, 3} {
		j := &job{Update: id, Chat: 7, album: "g", File: &document{ID: "f"}}
		if id == 4 {
			j.Text = "/list send"
		}
		switch left := a.sift([]*job{j}); {
		case len(left) == 0:
			got = append(got, "dropped")
		case j.More:
			got = append(got, "more")
		default:
			got = append(got, "taken"+j.Text)
		}
	}
	if diff := cmp.Diff([]string{"taken", "more", "dropped", "taken/list send", "dropped", "more", "dropped"}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if other := (&job{Update: 9, Chat: 8, album: "g"}); len(a.sift([]*job{other})) != 1 || other.More {
		t.Error("an album of another chat is taken for this one")
	}
}

// Many albums are not remembered for ever.
func TestAlbumsAreForgotten(t *testing.T) {
	a := albums{seen: map[albumKey]*album{}}
	for i := range int64(3 * maxAlbums) {
		j := &job{Update: i + 1, Chat: i, album: "g", File: &document{ID: "f"}}
		if left := a.sift([]*job{j}); len(left) != 1 || j.More || len(a.seen) > maxAlbums {
			t.Fatalf("album %d: %d are left, and %d known", i, len(left), len(a.seen))
		}
	}
}
