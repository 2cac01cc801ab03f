package meeting_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"peerbot/community/meeting"
	"peerbot/community/member"
	"peerbot/storage"
)

// erase removes everything of somebody, their key first, as leaving does.
func (h *hall) erase(id string) {
	h.t.Helper()
	h.update(func(tx storage.Tx) error {
		_, err := h.members.Erase(tx, id)
		return err
	})
	for more := true; more; {
		h.update(func(tx storage.Tx) (err error) {
			more, err = h.Erase(tx, id)
			return err
		})
	}
}

// TestAPlaceOfWhoIsErasedIsTaken: their key is gone, and still whoever waited longest
// has the place and hears of it, without a sound in their quiet hours.
func TestAPlaceOfWhoIsErasedIsTaken(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		h.add(meeting.Said{Title: "Candle Group", When: "Mondays 20:00-21:00", Capacity: 1, Remind: meeting.Away})
		g := h.find("candle")
		ana, bea, cleo := h.join("ana", nil), h.join("bea", quiet(18, 8)), h.join("cleo", nil)
		h.come(g, ana, meeting.Yes, false)
		time.Sleep(time.Minute)
		h.come(g, bea, meeting.Yes, false)
		time.Sleep(time.Minute)
		h.come(g, cleo, meeting.Yes, false)
		h.erase(ana)
		h.down(time.Second)
		time.Sleep(time.Minute)
		if got := h.counts(g); got.Yes != 1 || got.Waiting != 1 {
			t.Errorf("%+v", got)
		}
		want(t, h, "01 00:02 bea (silent): There is a place for you: Monday 3 January 2000, 20:00 (Eastern time)")
		h.erase(cleo) // Who only waits leaves no place.
		time.Sleep(time.Minute)
		want(t, h)
	})
}

// TestAPlaceOfWhoLeft: whoever is no longer in the community has no place and no turn
// there, and keeps those elsewhere.
func TestAPlaceOfWhoLeft(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		h.add(meeting.Said{Title: "Candle Group", When: "Mondays 20:00-21:00", Capacity: 1, Remind: meeting.Away})
		g := h.find("candle")
		ana, bea := h.join("ana", nil), h.join("bea", nil)
		h.come(g, ana, meeting.Yes, false)
		h.come(g, bea, meeting.Yes, false)
		h.take(g, ana, meeting.Chair)
		h.until("2000-01-02 20:30")
		if err := h.hosts(g, ana, true); err != nil {
			t.Fatal(err)
		}
		h.sent()
		left := func(home string) {
			h.update(func(tx storage.Tx) error { return h.Left(tx, home, ana, time.Now()) })
			h.down(time.Second)
			time.Sleep(time.Second)
		}
		left("elsewhere")
		if n := h.counts(g); n.Yes != 1 || n.Waiting != 1 || !h.hosted(g) {
			t.Errorf("who left another community gave up %+v", n)
		}
		left(h.home)
		if n := h.counts(g); n.Yes != 1 || n.Waiting != 0 || h.hosted(g) {
			t.Errorf("who left keeps %+v", n)
		}
		want(t, h, "03 01:30 bea: There is a place for you: Monday 3 January 2000, 20:00 (Eastern time)")
	})
}

// hosted reports whether somebody has said that they host.
func (h *hall) hosted(g meeting.Gathering) bool {
	var s meeting.Shift
	h.view(func(r storage.Reader) (err error) {
		s, err = h.Shift(r, g)
		return err
	})
	return s.Sure
}

// TestPlacesThatBecomeMoreOrFewer: more places are given on at once, in turn; with fewer
// nobody is sent away, and a place that becomes free is given on only below the new
// number.
func TestPlacesThatBecomeMoreOrFewer(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		h.add(meeting.Said{Title: "Candle Group", When: "Mondays 20:00-21:00", Capacity: 1, Remind: meeting.Away})
		g := h.find("candle")
		var all []string
		for i := range 8 {
			all = append(all, h.join(fmt.Sprint("p", i), nil))
			h.come(g, all[i], meeting.Yes, false)
			time.Sleep(time.Minute)
		}
		h.edit(g, meeting.Whole, meeting.Said{Capacity: 7})
		h.down(time.Second)
		time.Sleep(time.Minute)
		if got := h.counts(g); got.Yes != 7 || got.Waiting != 1 {
			t.Errorf("with seven places: %+v", got)
		}
		if got := h.sent(); len(got) != 6 {
			t.Errorf("who has a place now hears %q", got)
		}
		g = h.find("candle")
		h.edit(g, meeting.Whole, meeting.Said{Capacity: 2})
		time.Sleep(time.Minute)
		for _, id := range all[:5] {
			h.come(h.find("candle"), id, meeting.No, false)
		}
		if got := h.counts(g); got.Yes != 2 || got.Waiting != 1 {
			t.Errorf("with two places: %+v", got)
		}
		h.come(h.find("candle"), all[5], meeting.No, false)
		if got := h.counts(g); got.Yes != 2 || got.Waiting != 0 {
			t.Errorf("when one is free: %+v", got)
		}
		if c := h.come(h.find("candle"), all[0], meeting.Yes, false); !c.Waiting {
			t.Error("there is a third place")
		}
		time.Sleep(time.Second)
		h.sent()
		h.edit(h.find("candle"), meeting.Whole, meeting.Said{Capacity: -1}) // As many as like.
		time.Sleep(time.Minute)
		want(t, h, "01 00:10 p0: There is a place for you: Monday 3 January 2000, 20:00 (Eastern time)")
	})
}

// TestAPlaceIsFreeAfterTheStart: whoever cannot come after all says so even then.
func TestAPlaceIsFreeAfterTheStart(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		h.add(meeting.Said{Title: "Candle Group", When: "Mondays 20:00-21:00", Capacity: 1, Remind: meeting.Away})
		g, ana, bea := h.find("candle"), h.join("ana", nil), h.join("bea", nil)
		h.come(g, ana, meeting.Yes, false)
		h.come(g, bea, meeting.Yes, false)
		h.until("2000-01-03 20:30")
		h.sent()
		h.come(g, ana, meeting.No, false)
		time.Sleep(time.Minute)
		want(t, h, "04 01:30 bea: There is a place for you: Monday 3 January 2000, 20:00 (Eastern time)")
	})
}

// TestAHostWhoIsErased: others are asked at once, and in the last hour the room.
func TestAHostWhoIsErased(t *testing.T) {
	for at, asked := range map[string]string{
		"2000-01-03 18:00": "03 23:00 cleo: Is it your turn? Monday 3 January 2000, 20:00 (Eastern time)",
		"2000-01-03 19:30": "04 00:30 lobby: Candle Group needs a host tonight, 20:00 (Eastern time). Can you take it?",
		"2000-01-03 19:57": "04 00:57 lobby (silent): Candle Group has no host tonight. The room is open all the same from 20:00.",
	} {
		t.Run(at, func(t *testing.T) {
			bubbles(t, func(t *testing.T, h *hall) {
				g, ana, _, _ := night(h)
				h.until("2000-01-02 20:30")
				if err := h.hosts(g, ana, true); err != nil {
					t.Fatal(err)
				}
				h.until(at)
				h.sent()
				h.erase(ana)
				h.down(time.Second)
				time.Sleep(time.Second)
				if got := strings.Join(h.sent(), "\n"); !strings.Contains(got, asked) {
					t.Errorf("nobody else is asked: %q", got)
				}
			})
		})
	}
}

// TestAHostWhoCannotAfterAll: in the last hour the room is asked again, however often
// somebody hands it back, and in the last minutes everybody learns what becomes of it.
func TestAHostWhoCannotAfterAll(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		g, _, _, _ := night(h)
		eva := h.join("eva", nil)
		h.until("2000-01-03 19:10")
		for _, at := range []string{"2000-01-03 19:20", "2000-01-03 19:30"} {
			if err := h.hosts(g, eva, true); err != nil {
				t.Fatal(err)
			}
			h.until(at)
			h.sent()
			if err := errors.Join(h.hosts(g, eva, false), h.hosts(g, eva, false)); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
			if got := h.sent(); len(got) != 1 || !strings.Contains(got[0], "needs a host tonight") {
				t.Errorf("at %s the room is told %q", at, got)
			}
		}
		if err := h.hosts(g, eva, true); err != nil {
			t.Fatal(err)
		}
		h.until("2000-01-03 19:57")
		h.sent()
		if err := h.hosts(g, eva, false); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		want(t, h,
			"04 00:57 dora (silent): Your note for 20:00: nobody leads tonight. The door is open all the same.",
			"04 00:57 lobby (silent): Candle Group has no host tonight. The room is open all the same from 20:00.")
	})
}

// TestTwoPressAtOnce: one hosts, and the other is thanked.
func TestTwoPressAtOnce(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		g, _, bea, cleo := night(h)
		h.until("2000-01-03 17:30")
		answers := make(chan error)
		for _, id := range []string{bea, cleo} {
			go func() { answers <- h.hosts(g, id, true) }()
		}
		one, other := <-answers, <-answers
		if one != nil {
			one, other = other, one
		}
		if one != nil || h.refusal(other) != ": Thank you. Somebody else hosts this one already." {
			t.Errorf("%v, %v", one, other)
		}
	})
}

// TestAMeetingThatIsSoon: whoever has the turn is asked once, and not in the last minutes.
func TestAMeetingThatIsSoon(t *testing.T) {
	for when, asked := range map[string]int{"20:00-21:00": 2, "19:56-21:00": 0} {
		t.Run(when, func(t *testing.T) {
			bubbles(t, func(t *testing.T, h *hall) {
				h.nobody("off")
				h.until("2000-01-03 19:53")
				if asked > 0 {
					h.down(time.Minute)
				}
				h.add(meeting.Said{Title: "Candle Group", When: "2000-01-03 " + when, Remind: meeting.Away})
				g := h.find("candle")
				h.take(g, h.join("ana", nil), meeting.Chair)
				h.take(g, h.join("cleo", nil), meeting.CoHost)
				time.Sleep(30 * time.Second)
				got := h.sent()
				n := 0
				for _, line := range got {
					if strings.Contains(line, "Is it your turn?") {
						n++
					}
					if strings.Contains(line, "cancelled") {
						t.Errorf("it is cancelled before anybody could answer: %q", line)
					}
				}
				if n != asked {
					t.Errorf("asked %d times, want %d: %q", n, asked, got)
				}
			})
		})
	}
}

// TestAMeetingThatIsMovedOnTheNight: who hosts is looked for by its new time, also when
// that is sooner.
func TestAMeetingThatIsMovedOnTheNight(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		g, _, _, _ := night(h)
		h.until("2000-01-03 16:10")
		h.sent()
		h.edit(g, meeting.This, meeting.Said{When: "18:00"})
		h.until("2000-01-03 17:05")
		got := strings.Join(h.sent(), "\n")
		for _, line := range []string{
			"03 21:10 ana: Is it your turn? Monday 3 January 2000, 18:00 (Eastern time)",
			"03 21:10 cleo: Is it your turn? Monday 3 January 2000, 18:00 (Eastern time)",
			"03 22:00 lobby: Candle Group needs a host tonight, 18:00 (Eastern time)",
		} {
			if !strings.Contains(got, line) {
				t.Errorf("%q is not sent: %s", line, got)
			}
		}
	})
}

// TestOnAgain: who was told that it is cancelled hears that it is on again: who follows,
// who comes, and who hosts it, who hosts it still.
func TestOnAgain(t *testing.T) {
	for name, minutes := range map[string]time.Duration{"undone": 5 * time.Minute, "restored after its reminders were due": 100 * time.Minute} {
		t.Run(name, func(t *testing.T) {
			bubbles(t, func(t *testing.T, h *hall) {
				g, ana, _, _ := night(h)
				h.come(g, h.join("eva", nil), meeting.Yes, false)
				h.until("2000-01-03 10:00")
				if err := h.hosts(g, ana, true); err != nil {
					t.Fatal(err)
				}
				h.until("2000-01-03 18:10")
				h.sent()
				h.cancel(g, meeting.This)
				h.down(minutes)
				h.sent()
				h.update(func(tx storage.Tx) error {
					_, err := h.Restore(tx, g, h.call(), time.Now())
					return err
				})
				time.Sleep(time.Second)
				again := strings.Join(h.sent(), "\n")
				for _, who := range []string{"ana", "dora", "eva"} {
					if !strings.Contains(again, who+" (silent): You have a note for Monday 3 January 2000, 20:00 (Eastern time).") {
						t.Errorf("%s does not hear that it is on again: %s", who, again)
					}
				}
				h.view(func(r storage.Reader) error {
					v, err := h.Shift(r, g)
					if v.Host != ana || !v.Sure {
						t.Error("nobody hosts it any more")
					}
					return err
				})
				if n := h.counts(g).Yes; n != 1 {
					t.Errorf("%d come", n)
				}
			})
		})
	}
}

// TestWhatIsNotSoAnyMoreIsNotTold: a change that is taken back while it still spreads is
// told to nobody else.
func TestWhatIsNotSoAnyMoreIsNotTold(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		g, _, _, _ := night(h)
		h.until("2000-01-03 19:10")
		h.sent()
		h.stop() // Nothing is spread.
		h.undo(h.cancel(g, meeting.This))
		h.start()
		time.Sleep(time.Minute)
		for _, line := range h.sent() {
			if strings.Contains(line, "dora") && strings.Contains(line, "cancelled") {
				t.Errorf("it is told: %q", line)
			}
		}
	})
}

// TestAWaitingReminderOfWhatIsCancelledStaysAway: a reminder with slack is taken back.
func TestAWaitingReminderOfWhatIsCancelledStaysAway(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		v := h.add(meeting.Said{Title: "G", When: "Mondays 20:00-21:00", Remind: meeting.Away})
		var names []string
		for i := range 20 {
			names = append(names, fmt.Sprint("p", i))
			h.follow(v, h.join(names[i], nil), 5*time.Hour, meeting.Unasked)
		}
		h.until("2000-01-03 15:04")
		reminded := map[string]bool{}
		for _, d := range h.got {
			reminded[d.Room] = true
		}
		if len(reminded) == 0 || len(reminded) == len(names) {
			t.Fatalf("%d of %d are reminded by now; the test wants some", len(reminded), len(names))
		}
		h.sent()
		h.cancel(h.find("G"), meeting.This)
		h.until("2000-01-03 15:30")
		for _, line := range h.sent() {
			if !strings.Contains(line, "is cancelled") {
				t.Errorf("after it was cancelled: %q", line)
			}
		}
	})
}

// TestACancellationOfWhatWasMovedToAnotherDay: who said they come to it hears of it.
func TestACancellationOfWhatWasMovedToAnotherDay(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		h.add(meeting.Said{Title: "G", When: "Mondays 20:00-21:00", Remind: meeting.Away})
		g := h.find("G")
		h.come(g, h.join("ana", nil), meeting.Yes, false)
		h.edit(g, meeting.This, meeting.Said{When: "2000-01-04 20:00"})
		time.Sleep(time.Minute)
		h.sent()
		h.cancel(h.find(g.Ref()), meeting.This)
		time.Sleep(time.Minute)
		want(t, h, "01 00:01 ana (silent): Your note for Tuesday 4 January 2000, 20:00 (Eastern time) is cancelled.")
	})
}

// TestWhoSaidTheyComeHearsOfEveryCancellation: a follower too whose reminder is hours
// away; and a follower who cannot come is not reminded.
func TestWhoSaidTheyComeHearsOfEveryCancellation(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		v := h.add(meeting.Said{Title: "G", When: "Mondays 20:00-21:00", Remind: meeting.Away})
		g, ana, bea, cleo := h.find("G"), h.join("ana", nil), h.join("bea", nil), h.join("cleo", nil)
		for id, said := range map[string]meeting.Answer{ana: meeting.Yes, bea: meeting.Maybe, cleo: meeting.No} {
			h.follow(v, id, 15*time.Minute, meeting.Unasked)
			h.come(g, id, said, false)
		}
		h.until("2000-01-03 09:00")
		h.cancel(g, meeting.This)
		time.Sleep(time.Minute)
		cancelled := "Your note for Monday 3 January 2000, 20:00 (Eastern time) is cancelled."
		want(t, h, "03 14:00 ana (silent): "+cancelled, "03 14:00 bea (silent): "+cancelled)
		next := h.find("G")
		h.come(next, cleo, meeting.No, false)
		h.until("2000-01-10 20:30")
		want(t, h, "11 00:45 ana: You have a note at 20:00", "11 00:45 bea: You have a note at 20:00")
	})
}

// TestOthersAreNamedAsEachWishes: on a lock screen that may say it, by their titles.
func TestOthersAreNamedAsEachWishes(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		v := h.add(meeting.Said{Title: "Candle Group", When: "Mondays 20:00-21:00", Remind: meeting.Away})
		h.add(meeting.Said{Title: "Walk", When: "Mondays 20:00-21:00", Remind: meeting.Away})
		h.follow(v, h.join("ana", func(m *member.Member) { m.Open = true }), time.Hour, meeting.Unasked)
		h.follow(v, h.join("bea", nil), time.Hour, meeting.Unasked)
		h.until("2000-01-03 19:50")
		h.sent()
		h.cancel(h.find("candle"), meeting.This)
		time.Sleep(time.Second)
		want(t, h,
			"04 00:50 ana (silent): Candle Group on Monday 3 January 2000, 20:00 (Eastern time) is cancelled. / Others to go to now: / - Walk, 20:00",
			"04 00:50 bea (silent): Your note for Monday 3 January 2000, 20:00 (Eastern time) is cancelled. / Others to go to now: / - Number 1, 20:00")
	})
}

// TestOthersAreNotWaitedFor: where a large community is not in memory it is told at once
// that a meeting is cancelled, without what else is on.
func TestOthersAreNotWaitedFor(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		v := h.add(meeting.Said{Title: "Candle Group", When: "Mondays 20:00-21:00", Remind: meeting.Away})
		for i := range 50 {
			h.add(meeting.Said{Title: fmt.Sprint("G", i), When: "Mondays 20:00-21:00", Remind: meeting.Away})
		}
		h.follow(v, h.join("ana", nil), time.Hour, meeting.Unasked)
		g := h.find(v.Series)
		h.until("2000-01-03 19:50")
		h.sent()
		h.down(time.Second)
		h.cancel(g, meeting.This)
		time.Sleep(time.Second)
		want(t, h, "04 00:50 ana (silent): Your note for Monday 3 January 2000, 20:00 (Eastern time) is cancelled.")
	})
}

// TestWhatWasWrittenIsForgotten: a day after the meeting nothing is kept of what was
// written to anybody about it, and nothing of who is erased before.
func TestWhatWasWrittenIsForgotten(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		g, ana, _, _ := night(h)
		facts := func() (n int) {
			h.view(func(r storage.Reader) error {
				all, err := h.Export(r, ana)
				for _, f := range all {
					if f.Name == "meeting_told" {
						n++
					}
				}
				return err
			})
			return n
		}
		h.until("2000-01-02 20:30")
		if err := h.hosts(g, ana, true); err != nil {
			t.Fatal(err)
		}
		if facts() != 1 {
			t.Errorf("%d facts tell what was written, want 1", facts())
		}
		h.until("2000-01-04 20:30")
		if facts() != 1 {
			t.Error("it is forgotten before a day has passed")
		}
		h.until("2000-01-04 21:30")
		if facts() != 0 {
			t.Error("it is not forgotten")
		}
	})
}

// TestAcrossTheChangeOfClocks: a host is asked a day and three hours before, by time that
// passes, also across the night on which the clocks change.
func TestAcrossTheChangeOfClocks(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		h.add(meeting.Said{Title: "Candle Group", When: "Sundays 03:30-04:30", Remind: "15 minutes"})
		h.take(h.find("candle"), h.join("ana", nil), meeting.Chair)
		h.until("2000-04-01 00:10") // On 2 April 2:00 becomes 3:00.
		h.sent()
		h.until("2000-04-02 03:20")
		want(t, h,
			"01 07:30 ana: Is it your turn? Sunday 2 April 2000, 03:30 (Eastern time)",
			"02 04:30 ana: Is it your turn? Sunday 2 April 2000, 03:30 (Eastern time)",
			"02 06:30 lobby: Candle Group needs a host tonight, 03:30 (Eastern time). Can you take it?",
			"02 07:15 lobby: Candle Group starts at 03:30 (Eastern time).")
	})
}
