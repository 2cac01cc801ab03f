package commands_test

import (
	"regexp"
	"strings"
	"testing"

	"peerbot/chat"
	"peerbot/commands"
	"peerbot/community/meeting"
	"peerbot/storage"
)

var calendarAddress = regexp.MustCompile(`https://m\.example\.org/(calendar|page)/([a-z2-7]{26})`)

// outside lets meetings be read from outside the chat.
func (d *desk) outside(pages bool) {
	d.t.Helper()
	d.deps.Outside = commands.Outside{URL: "https://m.example.org/", Pages: pages}
	d.reopen()
}

// secret is the address in the reply.
func secret(t *testing.T, r chat.Reply) string {
	t.Helper()
	m := calendarAddress.FindStringSubmatch(r.Body.String())
	if m == nil {
		t.Fatalf("there is no address in:\n%s", r.Body.String())
	}
	return m[2]
}

// at is what stands at an address.
func (d *desk) at(secret string) (o meeting.Outlet, found bool) {
	d.t.Helper()
	if err := d.store.View(d.t.Context(), func(r storage.Reader) (err error) {
		o, found, err = d.deps.Meetings.OutletAt(r, secret)
		return err
	}); err != nil {
		d.t.Fatal(err)
	}
	return o, found
}

func TestWithoutASiteNothingIsOffered(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		d.host()
		d.saves(`/meeting add title:Circle when:"Mondays 20:00-21:00"`)
		for _, r := range []chat.Reply{d.says(ana, private(ana), "/remind"), d.says(bea, lobby, "/meetings")} {
			for _, label := range labels(r) {
				if label == "Subscribe in my calendar" || label == "Calendar and page for everyone" {
					t.Errorf("there is a button %q", label)
				}
			}
		}
	})
}

// TestSomebodysOwnCalendar: the address stays until another is asked for, is shown to
// nobody else, and goes with the person.
func TestSomebodysOwnCalendar(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		d.outside(false)
		card := d.presses(ana, private(ana), d.says(ana, private(ana), "/remind"), "Subscribe in my calendar")
		first := secret(t, card)
		d.wants(card, "keeps up with changes", "webcal", "no way in")
		if again := secret(t, d.presses(ana, private(ana), d.says(ana, private(ana), "/remind"), "Subscribe in my calendar")); again != first {
			t.Error("the address is another one the second time")
		}
		if o, found := d.at(first); !found || o.Kind != meeting.OwnCalendar || o.Owner != d.deps.Members.IDOf(ana) {
			t.Errorf("at the address is %+v, %v", o, found)
		}
		second := secret(t, d.presses(ana, private(ana), card, "New address"))
		if _, found := d.at(first); found || second == first {
			t.Error("the old address still works")
		}
		d.wants(d.says(ana, private(ana), "/privacy"), "calendar can be read from outside")
		if strings.Contains(d.says(ana, private(ana), "/privacy").Body.String(), second) {
			t.Error("the list of what is kept tells the address")
		}
		d.presses(ana, private(ana), card, "Stop this calendar")
		if _, found := d.at(second); found {
			t.Error("the calendar has not stopped")
		}
		third := secret(t, d.presses(ana, private(ana), card, "New address"))
		d.presses(ana, private(ana), d.says(ana, private(ana), "/privacy erase"), "Erase everything")
		if _, found := d.at(third); found {
			t.Error("the calendar outlives the person")
		}
		if fourth := secret(t, d.presses(ana, private(ana), card, "New address")); fourth == third || fourth == first {
			t.Error("an address comes back")
		}
	})
}

// TestACommunitysCalendarAndPage: moderators alone turn them on, and choose the names.
func TestACommunitysCalendarAndPage(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		d.outside(true)
		d.host()
		d.give(bea, lobby, chat.Host|chat.Moderator)
		d.saves(`/meeting add title:Circle when:"Mondays 20:00-21:00"`)
		card := d.presses(bea, lobby, d.says(bea, lobby, "/meetings"), "Calendar and page for everyone")
		d.wants(card, "not in a calendar yet")
		card = d.presses(bea, lobby, card, "Calendar with neutral names")
		first := secret(t, card)
		d.wants(card, "neutral names")
		card = d.presses(bea, lobby, card, "Calendar with titles")
		if o, found := d.at(first); !found || !o.Titles || secret(t, card) != first {
			t.Errorf("with titles there is %+v, %v", o, found)
		}
		card = d.presses(bea, lobby, card, "New address")
		if o, found := d.at(secret(t, card)); !found || !o.Titles {
			t.Errorf("at the new address is %+v, %v", o, found)
		}
		ask := d.presses(bea, lobby, card, "Put up a public page")
		d.wants(ask, "no link, number, passcode or notes")
		page := d.presses(bea, lobby, ask, "Put up a public page")
		if o, found := d.at(secret(t, page)); !found || o.Kind != meeting.HomePage {
			t.Errorf("at the page's address is %+v, %v", o, found)
		}
		denied := d.presses(ana, lobby, card, "Stop this calendar")
		if strings.Contains(denied.Body.String(), "m.example.org") {
			t.Errorf("anybody can: %s", denied.Body.String())
		}
		d.presses(bea, lobby, page, "Take the page down")
		if _, found := d.at(secret(t, page)); found {
			t.Error("the page is still up")
		}
	})
}
