package commands_test

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"peerbot/chat"
	"peerbot/commands"
	"peerbot/community/member"
	"peerbot/storage"
	"peerbot/storage/mem"
)

func (d *desk) notices(n chat.Notice) {
	d.t.Helper()
	n.Time = d.now
	if err := commands.NewNotices(d.deps).Notice(d.t.Context(), n); err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) member(who chat.Person) (v member.Member) {
	d.update(func(tx storage.Tx) (err error) {
		v, err = d.deps.Members.Get(tx, d.deps.Members.IDOf(who))
		return err
	})
	return v
}

func TestARoomThatMovedIsTheSameCommunity(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		d.give(ana, lobby, chat.Host)
		moved := chat.Address{Platform: "test", Space: "new", Room: "new"}
		home := homeOf(d, lobby)
		d.notices(chat.Notice{Kind: chat.Moved, At: lobby, To: moved})
		if got := homeOf(d, moved); got != home {
			t.Errorf("the room moved to the community %q, from %q", got, home)
		}
	})
}

func TestWhoLeftHasNoDuties(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		d.give(ana, lobby, chat.Host)
		d.give(ana, cafe, chat.Host)
		d.notices(chat.Notice{Kind: chat.Left, At: lobby, Who: ana})
		for at, want := range map[chat.Address]chat.Role{lobby: chat.Member, cafe: chat.Member | chat.Host} {
			c := chat.Call{From: ana, At: at}
			if err := directory(d).Know(t.Context(), &c); err != nil || c.Role != want {
				t.Errorf("at %v Ana is %v (%v), want %v", at, c.Role, err, want)
			}
		}
	})
}

// Who opens a private chat is kept only if they have a record already.
func TestWhoOpensAPrivateChat(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		d.notices(chat.Notice{Kind: chat.Opened, At: private(ana), Who: ana})
		if diff := cmp.Diff(member.Member{ID: d.deps.Members.IDOf(ana)}, d.member(ana)); diff != "" {
			t.Errorf("a stranger was kept (-want +got):\n%s", diff)
		}
		d.says(ana, lobby, "/settings zone:Berlin")
		d.notices(chat.Notice{Kind: chat.Opened, At: private(ana), Who: ana})
		if got := d.member(ana).Reach; got != private(ana) {
			t.Errorf("Ana is reached at %v", got)
		}
		d.notices(chat.Notice{Kind: chat.Blocked, At: private(ana), Who: ana})
	})
}

// A community is erased a day after the bot was removed from its last space, with all
// that is in it, unless the bot has come back.
func TestACommunityThatRemovedTheBot(t *testing.T) {
	for name, c := range map[string]struct {
		back bool
		left int
	}{"for good": {}, "by a slip": {back: true, left: 1}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDesk(t, mem.New(), nil)
				d.now = time.Now()
				d.notices(chat.Notice{Kind: chat.Joined, At: lobby})
				d.notices(chat.Notice{Kind: chat.Joined, At: cafe})
				for _, at := range []chat.Address{lobby, cafe} {
					d.give(bea, at, chat.Host)
					d.presses(bea, at, d.says(bea, at, `/meeting add title:Candles when:"Mondays 20:00-21:00"`), "Save")
				}
				d.now = time.Now()
				d.notices(chat.Notice{Kind: chat.Removed, At: lobby})
				ctx, stop := context.WithCancel(t.Context())
				ended := make(chan error, 1)
				go func() { ended <- d.deps.Agenda.Run(ctx, commands.Plans(d.deps)) }()
				time.Sleep(23 * time.Hour)
				if n := left(d, "meetings"); n != 2 {
					t.Errorf("after 23 hours %d meetings are kept", n)
				}
				if c.back {
					d.notices(chat.Notice{Kind: chat.Joined, At: lobby})
				}
				time.Sleep(2 * time.Hour)
				stop()
				<-ended
				for bucket, each := range map[storage.Bucket]int{"meetings": 1, "duties": 1, "places": 1, "links": 1, "homes": 1, "meeting_changes": 1} {
					if n := left(d, bucket); n != each*(1+c.left) {
						t.Errorf("%d records are left in %s", n, bucket)
					}
				}
			})
		})
	}
}

// Who closes their private chat gets no more reminders until they open it again.
func TestWhoClosedTheirPrivateChat(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		d.notices(chat.Notice{Kind: chat.Blocked, At: private(ana), Who: ana})
		if n := left(d, "agenda"); n != 0 {
			t.Errorf("of a stranger %d things are on the agenda", n)
		}
		d.says(ana, lobby, "/settings zone:Berlin")
		d.notices(chat.Notice{Kind: chat.Blocked, At: private(ana), Who: ana})
		if n := left(d, "agenda"); n != 2 {
			t.Errorf("%d things are on the agenda, not the pauses of notes and of meetings", n)
		}
	})
}

func TestWhereACommunityLives(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		moved := chat.Address{Platform: "test", Space: "new", Room: "new"}
		wants := func(want ...string) {
			t.Helper()
			got, err := commands.NewDirectory(d.deps).Spaces(t.Context(), homeOf(d, lobby), "test")
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("it lives in %q (%v), not %q", got, err, want)
			}
		}
		wants()
		for range 2 {
			d.notices(chat.Notice{Kind: chat.Joined, At: lobby})
			wants(lobby.Space)
		}
		d.notices(chat.Notice{Kind: chat.Moved, At: lobby, To: moved})
		wants("new")
		d.notices(chat.Notice{Kind: chat.Moved, At: moved, To: lobby})
		wants(lobby.Space)
		d.notices(chat.Notice{Kind: chat.Removed, At: lobby})
		wants()
	})
}
