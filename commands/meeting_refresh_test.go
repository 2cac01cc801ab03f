package commands_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"peerbot/chat"
	"peerbot/commands"
)

// web is what stands at addresses: a list, or a reason.
type web map[string]any

func (w web) read(_ context.Context, address string) ([]byte, error) {
	switch found := w[address].(type) {
	case string:
		return []byte(found), nil
	case error:
		return nil, found
	}
	return nil, chat.Refuse(chat.Missing, "feed.unreachable")
}

// refreshes reads what is due.
func (d *desk) refreshes(w web) {
	d.t.Helper()
	if err := commands.Refresh(d.t.Context(), d.deps, w.read, func() time.Time { return d.now }); err != nil {
		d.t.Fatal(err)
	}
}

func TestRefreshIsOffAtFirst(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		d.give(bea, lobby, chat.Moderator)
		d.wants(d.says(bea, lobby, "/meeting refresh address:https://example.org/list"), "reads no lists from the web")
	})
}

// TestRefresh: a list is read once a day; one that cannot be read changes nothing, and
// its moderators see why.
func TestRefresh(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		d.deps.Outside = commands.Outside{Feeds: true}
		d.reopen()
		d.give(bea, lobby, chat.Moderator)
		d.wants(d.says(ana, lobby, "/meeting refresh"), "for")
		for _, bad := range []string{"http://example.org", "file:///etc/passwd", "https://me:secret@example.org/"} {
			d.wants(d.says(bea, lobby, "/meeting refresh address:"+bad), "begins with https://")
		}
		d.wants(d.says(bea, lobby, "/meeting refresh"), "No list is read")
		d.wants(d.says(bea, lobby, "/meeting refresh address:https://example.org/list"), "within a few minutes")
		d.wants(d.says(bea, lobby, "/meeting refresh"), "https://example.org/list", "within a few minutes")
		w := web{"https://example.org/list": "[" + evening + `,{"name":"Late","slug":"l","day":8,"time":"20:00"}]`}
		d.refreshes(w)
		d.wants(d.says(ana, lobby, "/meetings"), "Evening")
		d.wants(d.says(bea, lobby, "/meeting refresh"), "New: 1", "Not taken: 1")

		d.now = d.now.Add(25 * time.Hour)
		d.refreshes(w)
		d.wants(d.says(bea, lobby, "/meeting refresh"), "New: 0. Changed: 0. Gone from it: 0.")
		if n := strings.Count(d.says(ana, lobby, "/meetings").Body.String(), "Evening"); n != 1 {
			t.Errorf("read again, Evening is there %d times", n)
		}

		w["https://example.org/list"] = "[" + strings.Replace(evening, "20:00", "21:00", 1) + "]"
		d.refreshes(w)
		d.lacks(d.says(ana, lobby, "/meetings"), "21:00")
		for want, bad := range map[string]any{
			"half a minute":      chat.Refuse(chat.Missing, "feed.too_slow"),
			"not on the public":  chat.Refuse(chat.Denied, "feed.not_public"),
			"not a list":         "<html>",
			"letters of this":    "\xff\xfe",
			"no meeting in this": "[]",
			"fetched whole":      errors.New("a canary of the machine"),
		} {
			d.now = d.now.Add(25 * time.Hour)
			d.refreshes(web{"https://example.org/list": bad})
			d.wants(d.says(bea, lobby, "/meeting refresh"), "could not be read", want, "again")
			d.lacks(d.says(bea, lobby, "/meeting refresh"), "canary")
			d.wants(d.says(ana, lobby, "/meetings"), "Evening", "20:00")
		}
		d.now = d.now.Add(25 * time.Hour)
		d.refreshes(w)
		d.wants(d.says(ana, lobby, "/meetings"), "Evening", "21:00")

		card := d.says(bea, lobby, "/meeting refresh")
		d.wants(d.presses(bea, lobby, card, "Stop https://example.org/list"), "Its meetings stay")
		d.now = d.now.Add(25 * time.Hour)
		d.refreshes(web{})
		d.wants(d.says(bea, lobby, "/meeting refresh"), "No list is read")
		d.wants(d.says(ana, lobby, "/meetings"), "Evening")
	})
}

// TestRefreshOfAFellowship: types are codes of a fellowship, which the list does not name.
func TestRefreshOfAFellowship(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		d.deps.Outside = commands.Outside{Feeds: true}
		d.reopen()
		d.give(bea, lobby, chat.Moderator)
		d.wants(d.says(bea, lobby, "/meeting refresh https://example.org/list programme:nobody"), "I do not know this programme")
		d.says(bea, lobby, "/meeting refresh https://example.org/list programme:AA")
		d.refreshes(web{"https://example.org/list": "[" + strings.Replace(evening, "ZZ", "BE", 1) + "]"})
		d.wants(d.says(ana, lobby, "/meetings programme:AA search:newcomer"), "Evening")
	})
}

// TestRefreshOfWhatIsGone: a meeting that is gone three times in a row is cancelled, and is
// back when it is in the list again. Where too many are gone at once they stay.
func TestRefreshOfWhatIsGone(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		d.deps.Outside = commands.Outside{Feeds: true}
		d.reopen()
		d.give(bea, lobby, chat.Moderator)
		d.says(bea, lobby, "/meeting refresh address:https://example.org/list")
		reads := func(names ...string) {
			t.Helper()
			var rows []string
			for _, name := range names {
				rows = append(rows, strings.NewReplacer("Evening", name, `"e"`, `"`+name+`"`).Replace(evening))
			}
			d.now = d.now.Add(25 * time.Hour)
			d.refreshes(web{"https://example.org/list": "[" + strings.Join(rows, ",") + "]"})
		}
		lists := func(want ...string) {
			t.Helper()
			d.wants(d.says(ana, lobby, "/meetings"), want...)
		}
		all := []string{"Ash", "Birch", "Cedar", "Elm", "Fir"}
		reads(all...)
		reads(all[1:]...)
		reads(all[1:]...)
		reads(all...) // It was not gone for long enough, and counts anew.
		reads(all[1:]...)
		d.now = d.now.Add(25 * time.Hour)
		d.refreshes(web{"https://example.org/list": errors.New("away")})
		reads(all[1:]...)
		lists(all...)
		d.wants(d.says(bea, lobby, "/meeting refresh"), "Gone from it: 1")
		reads(all[1:]...)
		lists(all[1:]...)
		d.lacks(d.says(ana, lobby, "/meetings"), "Ash")
		reads(all...)
		lists(all...)
		for range 5 {
			reads("Fir")
		}
		lists(all...)
		d.wants(d.says(bea, lobby, "/meeting refresh"), "Gone from it: 4", "may be wrong")
	})
}

// TestRefreshBrokenOff: a reading that ends in the middle counts for nothing and is done
// again.
func TestRefreshBrokenOff(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		d.deps.Outside = commands.Outside{Feeds: true}
		d.reopen()
		d.give(bea, lobby, chat.Moderator)
		d.says(bea, lobby, "/meeting refresh address:https://example.org/list")
		list := web{"https://example.org/list": "[" + evening + "]"}
		for range 4 {
			ctx, cancel := context.WithCancel(t.Context())
			err := commands.Refresh(ctx, d.deps, func(ctx context.Context, address string) ([]byte, error) {
				defer cancel()
				return list.read(ctx, address)
			}, func() time.Time { return d.now })
			if !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
		}
		d.wants(d.says(bea, lobby, "/meeting refresh"), "within a few minutes")
		d.refreshes(list)
		d.wants(d.says(bea, lobby, "/meeting refresh"), "New: 1")
		d.wants(d.says(ana, lobby, "/meetings"), "Evening")
	})
}

// TestRefreshOfTooManyLists is bounded.
func TestRefreshOfTooManyLists(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		d.deps.Outside = commands.Outside{Feeds: true}
		d.reopen()
		d.give(bea, lobby, chat.Moderator)
		for _, part := range strings.Fields("a b c d e e") {
			d.wants(d.says(bea, lobby, "/meeting refresh address:https://example.org/"+part), "within a few minutes")
		}
		d.wants(d.says(bea, lobby, "/meeting refresh address:https://example.org/f"), "At most 5 lists")
	})
}
