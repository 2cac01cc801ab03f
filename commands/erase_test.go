package commands_test

import (
	"fmt"
	"testing"
	"time"

	"peerbot/chat"
	"peerbot/community/meeting"
	"peerbot/outbox"
	"peerbot/storage"
)

// fill gives Ana as much of everything as she can have.
func fill(d *desk) (id string) {
	d.t.Helper()
	const much = meeting.MaxFollows
	id = d.deps.Members.IDOf(ana)
	home := homeOf(d, lobby)
	d.give(ana, lobby, chat.Host)
	d.says(ana, private(ana), "/settings zone:Berlin quiet:22-7 lockscreen:open")
	for i := range much {
		d.notes(ana, fmt.Sprint("note-canary ", i))
		d.update(func(tx storage.Tx) error {
			said := meeting.Said{Title: fmt.Sprint("Group ", i), When: "Mondays 20:00", Zone: "Europe/Berlin"}
			v, err := d.deps.Meetings.Add(tx, home, "Europe/Berlin", said, fmt.Sprint("add", i), d.now)
			if err != nil {
				return err
			}
			_, err = d.deps.Meetings.Follow(tx, meeting.Follow{Series: v.Series, Home: home, Member: id, Leads: []time.Duration{time.Hour}}, d.now)
			return err
		})
		d.update(func(tx storage.Tx) error {
			return d.deps.Outbox.Post(tx, outbox.Letter{
				ID: fmt.Sprint("letter", i), Slot: fmt.Sprint("slot", i), To: private(ana), For: id, Home: home, Class: outbox.Exact,
				Message: chat.Message{Body: chat.Words("letter-canary")}, NotBefore: d.now, NotAfter: d.now.Add(time.Hour),
			})
		})
	}
	return id
}

// Whatever the parts of the domain keep about Ana is told to her before, and gone
// after, however much it is; what is Bea's stays.
func TestErasingReachesEveryPart(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		fill(d)
		d.says(bea, private(bea), "/settings zone:Madrid")
		d.notes(bea, "of Bea")

		show := d.says(ana, private(ana), "/privacy")
		d.wants(show, "Berlin time", "30 notes", "note-canary 7")
		d.wants(show, "Group 7")
		d.wants(show, "host")

		ask := d.says(ana, private(ana), "/privacy erase")
		d.wants(d.presses(ana, private(ana), ask, "Erase everything"), "is erased")
		d.wants(d.says(ana, private(ana), "/privacy"), "Nothing is kept about you")
		for b, want := range map[storage.Bucket]int{
			"members": 1, "notes": 1, "meeting_follows": 0, "duties": 0, "letters": 0, "letter_slots": 0, "bot.drafts": 0, "bot.cards": 1,
		} {
			if n := left(d, b); n != want {
				t.Errorf("%s has %d records, want %d", b, n, want)
			}
		}
		d.wants(d.says(bea, private(bea), "/privacy"), "Madrid time", "of Bea")
	})
}

// notes lets the person ask for a reminder of their own.
func (d *desk) notes(who chat.Person, what string) {
	d.t.Helper()
	preview := d.says(who, private(who), fmt.Sprintf(`/remind what:"%s" when:"tomorrow 19:00"`, what))
	d.wants(preview, what)
	d.wants(d.presses(who, private(who), preview, "Save"), "Saved")
}
