package commands_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"peerbot/chat"
	"peerbot/commands"
	"peerbot/community/member"
	"peerbot/storage"
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
