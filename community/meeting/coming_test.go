package meeting_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"peerbot/community/meeting"
	"peerbot/community/member"
	"peerbot/storage"
)

func (h *hall) come(g meeting.Gathering, id string, a meeting.Answer, first bool) (c meeting.Coming) {
	h.t.Helper()
	h.update(func(tx storage.Tx) (err error) {
		c, err = h.Come(tx, g, id, a, first, time.Now())
		return err
	})
	return c
}

func (h *hall) counts(g meeting.Gathering) (c meeting.Counts) {
	h.t.Helper()
	h.view(func(r storage.Reader) (err error) {
		c, err = h.Counts(r, g)
		return err
	})
	return c
}

func TestWhoComesIsCountedAndReminded(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		h.add(meeting.Said{Title: "Candle Group", When: "Mondays 20:00-21:00", Remind: "start"})
		ana, bea, cleo := h.join("ana", nil), h.join("bea", func(m *member.Member) { m.Open = true }), h.join("cleo", nil)
		g := h.find("candle")
		h.come(g, ana, meeting.Yes, true)
		h.come(g, bea, meeting.Yes, false)
		h.come(g, cleo, meeting.Maybe, false)
		if got := h.counts(g); got != (meeting.Counts{Yes: 2, Maybe: 1, First: 1}) {
			t.Errorf("%+v", got)
		}
		h.come(g, bea, meeting.No, false)
		h.come(g, bea, meeting.Yes, false)
		h.until("2000-01-03 20:30")
		want(t, h,
			"04 00:45 ana: You have a note at 20:00",
			"04 00:45 bea: Candle Group starts at 20:00",
			"04 01:00 lobby: Candle Group starts now.")
		h.until("2000-01-04 22:00")
		if got := h.counts(g); got != (meeting.Counts{}) {
			t.Errorf("a day later it is still kept who came: %+v", got)
		}
		h.until("2000-01-10 20:30")
		want(t, h, "11 01:00 lobby: Candle Group starts now.") // They said they come to one.
	})
}

func TestWhoComesHearsOfAChangeOnce(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		v := h.add(meeting.Said{Title: "Candle Group", When: "Mondays 20:00-21:00", Remind: "start"})
		ana, bea := h.join("ana", nil), h.join("bea", nil)
		h.follow(v, bea, time.Hour, meeting.Unasked)
		h.come(h.find("candle"), ana, meeting.Yes, false)
		h.come(h.find("candle"), bea, meeting.Yes, false)
		h.until("2000-01-03 12:00")
		h.edit(h.find("candle"), meeting.This, meeting.Said{When: "19:00"})
		h.until("2000-01-03 12:30")
		moved := "Your note for Monday 3 January 2000, 20:00 (Eastern time) is now for Monday 3 January 2000, 19:00 (Eastern time)."
		want(t, h, "03 17:00 ana (silent): "+moved, "03 17:00 bea (silent): "+moved)
		h.until("2000-01-03 20:30")
		want(t, h,
			"03 23:00 bea: You have a note at 19:00",
			"03 23:45 ana: You have a note at 19:00",
			"04 00:00 lobby: Candle Group starts now.")
	})
}

func TestAPlaceGoesToWhoWaitedLongest(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		h.add(meeting.Said{Title: "Candle Group", When: "Mondays 20:00-21:00", Capacity: 1, Remind: "start"})
		g := h.find("candle")
		ana, bea, cleo := h.join("ana", nil), h.join("bea", nil), h.join("cleo", nil)
		h.come(g, ana, meeting.Yes, false)
		time.Sleep(time.Minute)
		if c := h.come(g, cleo, meeting.Yes, false); !c.Waiting {
			t.Error("two people have one place")
		}
		time.Sleep(time.Minute)
		h.come(g, bea, meeting.Yes, false)
		h.come(g, cleo, meeting.Yes, true) // Saying it again keeps the turn.
		h.come(g, ana, meeting.No, false)
		if got := h.counts(g); got.Yes != 1 || got.Waiting != 1 {
			t.Errorf("%+v", got)
		}
		time.Sleep(time.Minute)
		want(t, h, "01 00:02 cleo: There is a place for you: Monday 3 January 2000, 20:00 (Eastern time)")
	})
}

// TestPlaces: whatever people say, in any order, no more come than there are places,
// and nobody waits while one is free.
func TestPlaces(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		const places = 3
		h.add(meeting.Said{Title: "Candle Group", When: "Mondays 20:00-21:00", Capacity: places})
		g := h.find("candle")
		dice := rand.New(rand.NewPCG(1, 2))
		answers := []meeting.Answer{meeting.Yes, meeting.Yes, meeting.Maybe, meeting.No}
		for range 300 {
			who, said := fmt.Sprint("p", dice.IntN(8)), answers[dice.IntN(len(answers))]
			h.come(g, who, said, dice.IntN(2) == 0)
			if n := h.counts(g); n.Yes > places || n.Waiting > 0 && n.Yes < places {
				t.Fatalf("after %s said %s there are %d places and %+v", who, said, places, n)
			}
		}
	})
}
