package commands_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"peerbot/community/member"
	"peerbot/schedule"
	"peerbot/storage"
)

func TestANoteIsShownBeforeItIsSaved(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		d.opens(ana, func(v *member.Member) { v.Quiet = member.Quiet{From: 22 * 60, To: 8 * 60} })
		preview := d.says(ana, private(ana), `/remind what:"call the clinic" when:"tomorrow 09:00" repeat:weekly`)
		d.wants(preview, "call the clinic", "The next 3 dates:", "Sunday 22 November 2026, 09:00 (Eastern time)", "Sunday 29 November 2026", "Sunday 6 December 2026")
		d.wants(d.says(ana, private(ana), "/remind"), "You have no reminders")
		saved := d.presses(ana, private(ana), preview, "Save")
		d.wants(saved, "I will write to you", "Sunday 22 November 2026, 09:00", "Lock screen: neutral")
		d.lacks(saved, "quiet hours, so")
		d.wants(d.presses(ana, private(ana), preview, "Save"), "") // A second press is no second note.
		list := d.says(ana, private(ana), "/remind")
		d.wants(list, "Your reminders:", "call the clinic, every Sunday: Sunday 22 November 2026, 09:00")
		if diff := cmp.Diff([]string{"Stop: call the clinic", "New reminder"}, labels(list)); diff != "" {
			t.Error(diff)
		}
		d.wants(d.presses(ana, private(ana), list, "Stop: call the clinic"), "forgotten")
		d.wants(d.says(ana, private(ana), "/remind"), "You have no reminders")
		quiet := d.says(ana, private(ana), `/remind what:x when:"tomorrow 07:00"`)
		d.wants(d.presses(ana, private(ana), quiet, "Save"), "in your quiet hours, so it makes no sound")
	})
}

func TestRemindAsksWhen(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		d.opens(ana, nil)
		d.wants(d.says(ana, private(ana), `/remind "call mum"`), "When shall I remind you?")
		d.wants(d.says(ana, private(ana), "at 9"), "can mean more than one time")
		d.wants(d.says(ana, private(ana), "tomorrow 09:00"), "call mum", "Sunday 22 November 2026, 09:00")
	})
}

// What is a meeting's whole name is that meeting, unless the time says otherwise.
func TestRemindOfAMeeting(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		d.host()
		d.saves(`/meeting add title:"Candle Group" when:"Mondays 20:00-21:00"`)
		d.opens(ana, nil)
		d.wants(d.says(ana, private(ana), `/remind "candle group"`), "I will remind you of Candle Group, 15 minutes before")
		d.wants(d.says(ana, private(ana), `/remind what:"Candle Group" when:"1 hour before"`), "1 hour before", "Monday 23 November")
		d.wants(d.says(ana, private(ana), `/remind what:"Candle Group" when:"tomorrow 09:00"`), "Shall I remind you of this?", "Sunday 22 November")
		d.wants(d.says(ana, private(ana), `/remind what:"bring a candle" when:"tomorrow 09:00"`), "Shall I remind you of this?")
		list := d.says(ana, private(ana), "/remind")
		d.wants(list, "Candle Group, 1 hour before: Monday 23 November 2026, 20:00")
		d.wants(d.presses(ana, private(ana), list, "Stop: Candle Group"), "not remind you")
		d.wants(d.says(ana, private(ana), "/remind"), "You have no reminders")
	})
}

// Whoever has no reminder chooses one of the next meetings: the list that stands in a room
// leads here.
func TestRemindOffersTheNextMeetings(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		d.host()
		d.wants(d.says(ana, lobby, "/remind"), "You have no reminders")
		d.saves(`/meeting add title:"Candle Group" when:"Mondays 20:00-21:00"`)
		d.opens(ana, nil)
		none := d.says(ana, lobby, "/remind")
		d.wants(none, "You have no reminders", "Choose a meeting")
		d.wants(d.presses(ana, lobby, none, "All meetings"), "Candle Group: Monday")
		d.wants(d.presses(ana, lobby, none, "Remind me: Candle Group"), "I will remind you of Candle Group")
		d.wants(d.says(ana, lobby, "/remind"), "Your reminders:", "Candle Group")
	})
}

// People write a line without quotes: the time is what looks like one at its end.
func TestRemindReadsALine(t *testing.T) {
	tests := []struct{ line, want, next string }{
		{"/remind call Sam tomorrow 23:00", "call Sam", "Sunday 22 November 2026, 23:00"},
		{"/remind call Sam when:tomorrow 23:00", "call Sam", "Sunday 22 November 2026, 23:00"},
		{"/remind water the plants every day 8am", "water the plants", "Sunday 22 November 2026, 08:00"},
		{"/remind Candle Group 1 hour before", "remind you of Candle Group, 1 hour before", "Monday 23 November"},
		{"/remind Candle Group", "remind you of Candle Group, 15 minutes before", "Monday 23 November"},
		{"/remind buy milk and bread", "When shall I remind you?", ""},
		{"/remind take a walk at 9", `"9" can mean more than one time`, ""},
		{"/remind take a walk 13:75", `no such time as "13:75"`, ""},
	}
	eachStore(t, func(t *testing.T, d *desk) {
		d.host()
		d.saves(`/meeting add title:"Candle Group" when:"Mondays 20:00-21:00"`)
		d.opens(ana, nil)
		for _, tt := range tests {
			d.wants(d.says(ana, private(ana), tt.line), tt.want, tt.next)
		}
	})
}

// What comes first stands first.
func TestRemindersAreInOrder(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		d.opens(ana, nil)
		for _, line := range []string{"/remind second tomorrow 10:30", "/remind third tomorrow 23:00", "/remind first today 23:00"} {
			d.presses(ana, private(ana), d.says(ana, private(ana), line), "Save")
		}
		d.wants(d.says(ana, private(ana), "/remind"), "first:", "second:", "third:")
	})
}

// What was paused goes on once the person shows up again.
func TestRemindersGoOnWhenSomebodyIsBack(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		d.opens(ana, nil)
		d.presses(ana, private(ana), d.says(ana, private(ana), `/remind what:x when:"tomorrow 09:00"`), "Save")
		id := d.deps.Members.IDOf(ana)
		plan := func(kind string) {
			d.update(func(tx storage.Tx) error {
				return d.deps.Notes.Plans()[kind](tx, d.now, schedule.Item{Kind: kind, ID: id, At: d.now})
			})
		}
		plan("note.gone")
		d.wants(d.says(ana, private(ana), "/remind"), "I could not reach you for a while", "x:")
		back := false
		d.update(func(tx storage.Tx) error {
			for line, err := range d.deps.Agenda.List(tx) {
				if err != nil {
					return err
				}
				back = back || line.Kind == "note.back"
			}
			return nil
		})
		if !back {
			t.Error("nothing lets the note go on")
		}
		plan("note.back")
		d.lacks(d.says(ana, private(ana), "/remind"), "could not reach")
	})
}
