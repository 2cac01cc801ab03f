package commands_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"peerbot/chat"
	"peerbot/community/meeting"
	"peerbot/community/member"
	"peerbot/storage"
)

const flyer = "/meeting add\nVirtual Peer Support\nMondays and Wednesdays\n8PM until 9PM EST\n" +
	"Zoom Room      Meeting ID: 123 4567 8901\nPasscode:  Recovery\nMinor Consent Forms"

// host gives bea the duty of a host in the lobby.
func (d *desk) host() chat.Person {
	d.t.Helper()
	d.give(bea, lobby, chat.Host)
	return bea
}

// opens makes the person one whom the bot can write to, as change says.
func (d *desk) opens(who chat.Person, change func(*member.Member)) {
	d.t.Helper()
	d.update(func(tx storage.Tx) error {
		home, err := d.deps.Spaces.HomeOf(tx, lobby)
		if err != nil {
			return err
		}
		v := member.Member{ID: d.deps.Members.IDOf(who), Reach: private(who), Home: home}
		if change != nil {
			change(&v)
		}
		return d.deps.Members.Put(tx, v)
	})
}

// TestDoubtsAndBadTimes: what may be a slip is said, and what cannot be is refused in words
// that help with just that.
func TestDoubtsAndBadTimes(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		d.host()
		d.saves(`/meeting add title:Walk when:"Sundays 10:00-11:00"`)
		d.wants(d.says(bea, lobby, `/meeting add title:walk when:"Sundays 10:00-12:00"`), "A meeting with this name is here already, at this time.")
		d.lacks(d.says(bea, lobby, `/meeting add title:walk when:"Sundays 12:00-13:00"`), "here already")
		d.wants(d.says(bea, lobby, `/meeting add title:Night when:"Fridays 20:00-19:00"`), "It lasts 23 hours. Is that right?")
		d.wants(d.says(bea, lobby, `/meeting add title:Night when:"Fridays 20:00" link:https://evilzoom.us/j/1`), "Please check it letter by letter.")
		d.lacks(d.says(bea, lobby, `/meeting add title:Night when:"Fridays 20:00" link:https://us02web.zoom.us/j/1`), "letter by letter")
		d.wants(d.says(bea, lobby, `/meeting add title:Night when:"3 January 2020 19:00"`), "That time is over already.")
		d.wants(d.says(bea, lobby, `/meeting add title:Night when:"Fridays 20:00" remind:soonish`), "Please say how long before the start")
		d.wants(d.says(bea, lobby, `/meeting add title:Night when:"Fridays 20:00" remind:never`), "Reminders in a room: none.")
	})
}

// saves plays a command of the host and presses Save under its preview.
func (d *desk) saves(text string) chat.Reply {
	d.t.Helper()
	return d.presses(bea, lobby, d.says(bea, lobby, text), "Save")
}

// listed are the meetings that /meetings shows to ana.
func (d *desk) listed(when string) (out []string) {
	d.t.Helper()
	for line := range strings.Lines(d.says(ana, lobby, "/meetings "+when).Body.String()) {
		if item, ok := strings.CutPrefix(line, "- "); ok {
			out = append(out, strings.TrimSpace(item))
		}
	}
	return out
}

// meetings are those of the lobby's community.
func (d *desk) meetings() (out []meeting.Meeting) {
	d.t.Helper()
	d.update(func(tx storage.Tx) error {
		home, err := d.deps.Spaces.HomeOf(tx, lobby)
		if err != nil {
			return err
		}
		out, err = d.deps.Meetings.Of(tx, home)
		return err
	})
	return out
}

func TestAFlyerBecomesAMeeting(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		d.host()
		preview := d.says(bea, lobby, flyer)
		d.wants(preview, "Please check", "Virtual Peer Support", "every Monday and Wednesday, 20:00–21:00, Eastern time",
			"Meeting number: 123 4567 8901", "Passcode: Recovery", "Reminders in #lobby: 15 minutes before",
			"Zoom Room", "Minor Consent Forms", "The next 3 dates:", "Monday 23 November 2026, 20:00 (Eastern time)",
			"Wednesday 25 November 2026, 20:00", "Monday 30 November 2026, 20:00")
		if got := d.listed(""); got != nil {
			t.Errorf("the preview has saved %v", got)
		}
		saved := d.presses(bea, lobby, preview, "Save")
		d.wants(saved, "Virtual Peer Support is saved", "Monday 23 November 2026, 20:00")
		want := []string{"Virtual Peer Support: Monday 23 November 2026, 20:00 (Eastern time)"}
		if diff := cmp.Diff(want, d.listed("")); diff != "" {
			t.Error(diff)
		}
		d.presses(bea, lobby, saved, "Undo")
		if got := d.listed(""); got != nil {
			t.Errorf("after undo: %v", got)
		}
	})
}

// Save may be pressed elsewhere; the room that is reminded is where the host began.
func TestSavePressedInPrivateKeepsTheRoom(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		d.host()
		d.opens(bea, nil)
		preview := d.says(bea, lobby, `/meeting add title:G when:"Mondays 20:00-21:00"`)
		reply := d.presses(bea, private(bea), preview, "Save")
		d.wants(reply, "G is saved")
		if all := d.meetings(); len(all) != 1 || all[0].Room == "" {
			t.Errorf("saved: %+v", all)
		}
	})
}

func TestAMeetingIsAskedForWhatItLacks(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		d.host()
		bare := d.says(bea, lobby, "/meeting add")
		if diff := cmp.Diff([]string{"Paste an announcement", "Answer questions"}, labels(bare)); diff != "" {
			t.Error(diff)
		}
		d.presses(bea, lobby, bare, "Paste an announcement")
		asked := d.says(bea, lobby, "Candle Group\nFridays")
		d.wants(asked, "Something is missing")
		d.wants(d.says(bea, lobby, "Fridays 19:00-20:00"), "Please check", "Candle Group", "every Friday, 19:00–20:00, Eastern time")

		both := d.call(chat.Call{From: bea, At: lobby, Path: []string{"meeting", "add"}, Args: []chat.Arg{
			{Name: "number", Value: "999 888 7777"}, {Name: "paste", Value: "X\nFridays 19:00\nMeeting ID: 111 222 3333"}}})
		d.wants(both, "999 888 7777", "111 222 3333", "Which one is right?")
		d.wants(d.presses(bea, lobby, both, "111 222 3333"), "Meeting number: 111 222 3333")
	})
}

func TestChangesSayForWhichDates(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		d.host()
		d.saves(`/meeting add title:"Candle Group" when:"Mondays 20:00-21:00"`)

		asked := d.says(bea, lobby, "/meeting cancel candle")
		d.wants(asked, "How much of Candle Group", "Monday 23 November")
		preview := d.presses(bea, lobby, asked, "Only this date")
		d.wants(preview, "Cancel Candle Group?", "Only this date: Monday 23 November 2026, 20:00", "Nobody asked")
		done := d.presses(bea, lobby, preview, "Yes, cancel it")
		d.wants(done, "Candle Group is cancelled", "Only this date: Monday 23 November")
		d.presses(bea, lobby, done, "Undo")

		moved := d.saves(`/meeting move meeting:candle when:"Tuesday 19:00" which:this`)
		d.wants(moved, "Candle Group is changed", "Only this date",
			"from Monday 23 November 2026, 20:00 (Eastern time) to Tuesday 24 November 2026, 19:00 (Eastern time)")
		if diff := cmp.Diff([]string{"Candle Group: Tuesday 24 November 2026, 19:00 (Eastern time)"}, d.listed("week")); diff != "" {
			t.Error(diff)
		}
		edited := d.saves(`/meeting edit meeting:candle which:series title:"Lamp Group"`)
		d.wants(edited, "Candle Group is changed", "The whole series")
		if diff := cmp.Diff([]string{"Lamp Group: Tuesday 24 November 2026, 19:00 (Eastern time)"}, d.listed("week")); diff != "" {
			t.Error(diff)
		}
		what := d.says(bea, lobby, "/meeting edit lamp")
		d.wants(what, "What would you like to change about Lamp Group?")
		d.wants(d.says(bea, lobby, "/meeting edit meeting:lamp which:series title:\"Lamp Group\""), "Nothing would be different")
		d.wants(d.says(bea, lobby, "/meeting cancel choir"), "no meeting of that name")
	})
}

func TestTheWayInOpensInTime(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		d.host()
		d.saves(`/meeting add title:G when:"tomorrow 20:00-21:00" link:"https://example.org/canary" passcode:canary`)
		list := d.says(ana, lobby, "/meetings")
		d.lacks(list, "canary")
		if diff := cmp.Diff("Remind me: G", labels(list)[0]); diff != "" {
			t.Error(diff)
		}
		d.now = time.Date(2026, 11, 23, 0, 46, 0, 0, time.UTC) // 19:46 in New York.
		list = d.says(ana, lobby, "/meetings now")
		d.lacks(list, "G:") // It counts as on now ten minutes before.
		list = d.says(ana, lobby, "/meetings")
		d.lacks(list, "canary")
		d.wants(d.presses(ana, lobby, list, "Join: G"), "Link: https://example.org/canary", "Passcode: canary")
		d.now = time.Date(2026, 11, 23, 0, 51, 0, 0, time.UTC)
		d.wants(d.says(ana, lobby, "/meetings now"), "On now", "G:")
		d.now = time.Date(2026, 11, 23, 2, 1, 0, 0, time.UTC)
		over := d.presses(ana, lobby, list, "Join: G")
		d.lacks(over, "canary")
	})
}

func TestBeforeTheDoorsOpenItAnswersWhen(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		d.host()
		d.saves(`/meeting add title:G when:"tomorrow 20:00-21:00" link:"https://example.org/canary"`)
		d.opens(ana, nil)
		followed := d.presses(ana, private(ana), d.says(ana, private(ana), "/meetings"), "Remind me: G")
		d.wants(followed, "I will remind you of G, 15 minutes before", "Sunday 22 November 2026, 20:00", "Lock screen: neutral")
		early := d.says(ana, private(ana), "/meeting join G")
		d.lacks(early, "canary")
	})
}

// Who cannot be written to is told what to do, and the same button does it there.
func TestRemindMeFromARoom(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		d.host()
		d.saves(`/meeting add title:G when:"Mondays 20:00-21:00"`)
		refused := d.presses(ana, lobby, d.says(ana, lobby, "/meetings"), "Remind me: G")
		d.wants(refused, "open a private chat")
		d.opens(ana, nil)
		d.wants(d.presses(ana, lobby, d.says(ana, lobby, "/meetings"), "Remind me: G"), "I will remind you of G")
		d.wants(d.says(ana, private(ana), "/privacy"), "A reminder of G, 15 minutes before")
		d.wants(d.says(bea, lobby, "/meeting cancel meeting:G which:series"), "1 person")
		d.lacks(d.says(bea, lobby, "/meeting cancel meeting:G which:series"), "Ana", "ana")
	})
}

func TestQuietHoursAreAskedAbout(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		d.host()
		d.saves(`/meeting add title:G when:"every day 07:30-08:00"`)
		d.opens(ana, func(v *member.Member) { v.Quiet = member.Quiet{From: 22 * 60, To: 8 * 60} })
		asked := d.presses(ana, private(ana), d.says(ana, private(ana), "/meetings"), "Remind me: G")
		if diff := cmp.Diff([]string{"Send it without a sound", "Send it before quiet hours", "Do not send it then"}, labels(asked)); diff != "" {
			t.Error(diff)
		}
		d.wants(d.says(ana, private(ana), "/remind"), "You have no reminders")
		skipped := d.presses(ana, private(ana), asked, "Do not send it then")
		d.wants(skipped, "is always in your quiet hours, so none will come")
		d.wants(d.presses(ana, private(ana), skipped, "Also 1 day before"), "is always in your quiet hours")
		d.presses(ana, private(ana), skipped, "Stop reminding me")
		d.wants(d.presses(ana, private(ana), asked, "Send it before quiet hours"), "I will remind you of G", "it comes just before them", "first reminder")
		again := d.presses(ana, private(ana), d.says(ana, private(ana), "/meetings"), "Remind me: G")
		d.wants(again, "I will remind you of G")
	})
}

// Who has chosen no language is written to in that of their app.
func TestNotesSpeakTheLanguageOfTheApp(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		d.host()
		d.saves(`/meeting add title:G when:"Mondays 20:00-21:00"`)
		d.call(chat.Call{From: ana, At: private(ana), Text: "/avisos G", Lang: "es"})
		speaks := func() (lang string) {
			d.update(func(tx storage.Tx) error {
				v, err := d.deps.Members.Get(tx, d.deps.Members.IDOf(ana))
				lang = v.Speaks()
				return err
			})
			return lang
		}
		if got := speaks(); got != "es" {
			t.Errorf("writes in %q", got)
		}
		d.wants(d.says(ana, private(ana), "/privacy"), "The language of your app: español")
		d.says(ana, private(ana), "/settings language:en")
		if got := speaks(); got != "en" {
			t.Errorf("writes in %q to who chose English", got)
		}
	})
}

// However often a meeting is listed, one button is enough to be reminded of it.
func TestRemindMeIsOfferedOncePerSeries(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		d.host()
		d.saves(`/meeting add title:G when:"every day 20:00-21:00"`)
		if got := len(d.listed("week")); got != 7 {
			t.Errorf("lists %d dates of a week", got)
		}
		want := []string{"Remind me: G", "Now", "Today", "Tomorrow", "Look for", "Help now"}
		if diff := cmp.Diff(want, labels(d.says(ana, lobby, "/meetings week"))); diff != "" {
			t.Error(diff)
		}
	})
}

// No reminder is promised that is due already.
func TestNothingIsPromisedTooLate(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		d.host()
		d.saves(`/meeting add title:Once when:"today 07:05-08:00"`)
		d.saves(`/meeting add title:Daily when:"every day 07:05-08:00"`)
		d.opens(ana, nil)
		list := d.says(ana, private(ana), "/meetings")
		once := d.presses(ana, private(ana), list, "Remind me: Once")
		d.wants(once, "I will remind you of Once, as it starts", "for Saturday 21 November 2026, 07:05")
		if diff := cmp.Diff([]string{"Join: Once", "I'll come", "Maybe", "Can't", "Add to calendar", "Stop reminding me", "Let notes say what they are about"}, labels(once)); diff != "" {
			t.Error(diff)
		}
		d.wants(d.says(ana, private(ana), `/remind what:Once when:"1 hour"`), "too late to remind you of Once 1 hour before")
		daily := d.presses(ana, private(ana), list, "Remind me: Daily")
		d.wants(daily, "15 minutes before", "first reminder is for Sunday 22 November", "Saturday 21 November 2026, 07:05 (Eastern time) is too near")
		d.now = d.now.Add(6 * time.Minute)
		over := d.presses(ana, private(ana), list, "Remind me: Once")
		d.wants(over, "too late to remind you of Once as it starts", "It began on")
		d.wants(d.says(ana, private(ana), "/remind"), "Once, as it starts")
	})
}

// A form that began in a room and is answered in private keeps the room.
func TestAddingInPrivateKeepsTheRoom(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		d.host()
		d.opens(bea, nil)
		d.presses(bea, private(bea), d.says(bea, lobby, "/meeting add"), "Paste an announcement")
		preview := d.says(bea, private(bea), "G\nMondays 20:00-21:00")
		d.wants(preview, "Please check", "Reminders in #lobby: 15 minutes before")
	})
}

func TestMeetingsOfATime(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		d.host()
		for _, when := range []string{"today 20:00-21:00", "tomorrow 08:00-09:00", "Friday 10:00", "28 November 23:00", "1 December 10:00"} {
			d.saves(`/meeting add title:"` + when + `" when:"` + when + `" length:1h`)
		}
		for when, want := range map[string]int{"now": 0, "today": 1, "tomorrow": 1, "week": 3, "": 5} {
			if got := d.listed(when); len(got) != want {
				t.Errorf("%q lists %v, want %d", when, got, want)
			}
		}
		d.wants(d.says(ana, lobby, "/today"), "The next meetings")
		d.wants(d.says(ana, cafe, "/meetings"), "No meetings are planned yet") // Another community.
	})
}

// A reminder can come up to two times, by buttons or in words.
func TestSeveralLeadTimes(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		d.host()
		d.saves(`/meeting add title:G when:"Mondays 20:00-21:00"`)
		d.opens(ana, nil)
		card := d.says(ana, private(ana), `/remind what:G when:"1 day"`)
		d.wants(card, "I will remind you of G, 1 day before")
		card = d.presses(ana, private(ana), card, "Also 15 minutes before")
		d.wants(card, "1 day before and 15 minutes before")
		for _, label := range labels(card) {
			if strings.HasPrefix(label, "Also") {
				t.Errorf("a third is offered: %q", label)
			}
		}
		card = d.presses(ana, private(ana), card, "Not 1 day before")
		d.wants(card, "15 minutes before")
		card = d.presses(ana, private(ana), card, "Also as it starts")
		d.wants(card, "15 minutes before and as it starts")
		d.wants(d.says(ana, private(ana), "/remind"), "G, 15 minutes before and as it starts")
		card = d.presses(ana, private(ana), card, "Not as it starts")
		d.wants(card, "I will remind you of G, 15 minutes before.")
		d.wants(d.says(ana, private(ana), "/privacy"), "A reminder of G, 15 minutes before")
	})
}
