package meeting_test

import (
	"strings"
	"testing"
	"time"

	"peerbot/community/meeting"
	"peerbot/community/member"
	"peerbot/storage"
)

// handout asks for what a workshop has for those who came.
func (h *hall) handout(g meeting.Gathering, id string) (text string, err error) {
	err = h.store.Update(h.t.Context(), func(tx storage.Tx) (err error) {
		text, _, err = h.Handout(tx, g, id, time.Now())
		return err
	})
	return text, err
}

func workshop(h *hall) meeting.Gathering {
	h.add(meeting.Said{Title: "Letters", Kind: meeting.Workshop, When: "Mondays 20:00-21:00, 8 times", Remind: "15 minutes"})
	g := h.find("letters")
	h.update(func(tx storage.Tx) error { return h.PutCourse(tx, g, "Pat", "https://example.org/canary") })
	return g
}

func TestAHandoutGoesToWhoCameAndAsked(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		g := workshop(h)
		ana, bea, cleo := h.join("ana", nil), h.join("bea", func(v *member.Member) { v.Open = true }), h.join("cleo", nil)
		for _, who := range []string{ana, bea, cleo} {
			h.come(g, who, meeting.Yes, false)
		}
		dora := h.join("dora", nil)
		if _, err := h.handout(g, dora); !strings.Contains(h.refusal(err), "for those who come") {
			t.Error("somebody who does not come is promised it")
		}
		for _, who := range []string{ana, bea, cleo} {
			if text, err := h.handout(g, who); err != nil || text != "" {
				t.Errorf("before the session: %q, %v", text, err)
			}
		}
		h.come(g, cleo, meeting.No, false)
		h.until("2000-01-03 20:50")
		h.sent()
		h.down(5 * time.Minute)
		h.until("2000-01-03 21:30")
		want(t, h, "04 02:00 ana: There is something to read for you.", "04 02:00 bea: The handout of Letters is here.")
		if text, err := h.handout(g, ana); err != nil || !strings.Contains(text, "canary") {
			t.Errorf("after the session: %q, %v", text, err)
		}
		h.until("2000-01-06 12:00") // It is forgotten by then who came, and not who was sent it.
		if text, err := h.handout(g, bea); err != nil || text == "" {
			t.Errorf("three days after: %q, %v", text, err)
		}
		h.until("2000-01-12 12:00")
		if _, err := h.handout(g, ana); err == nil {
			t.Error("a week after it is still given")
		}
		h.view(func(r storage.Reader) error {
			facts, err := h.Export(r, ana)
			if len(facts) > 0 {
				t.Errorf("still kept: %v", facts)
			}
			return err
		})
	})
}

func TestAnErasedMemberAskedForNothing(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		g, ana := workshop(h), h.join("ana", nil)
		h.come(g, ana, meeting.Yes, false)
		if _, err := h.handout(g, ana); err != nil {
			t.Fatal(err)
		}
		h.view(func(r storage.Reader) error {
			facts, err := h.Export(r, ana)
			if len(facts) != 2 {
				t.Errorf("%d facts, want the answer and the handout: %v", len(facts), facts)
			}
			return err
		})
		h.eraseWhole(ana)
		h.until("2000-01-04 12:00")
		want(t, h, "04 00:45 lobby: Letters starts at 20:00 (Eastern time). / Session 1 of 8")
	})
}

func TestSessionsAreNumbered(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		workshop(h)
		v := h.add(meeting.Said{Title: "Clay", Kind: meeting.Workshop, When: "Tuesdays 20:00-21:00", Remind: meeting.Away})
		h.follow(v, h.join("ana", func(v *member.Member) { v.Open = true }), 15*time.Minute, meeting.Unasked)
		h.follow(v, h.join("bea", nil), 15*time.Minute, meeting.Unasked)
		h.update(func(tx storage.Tx) error { return h.Stand(tx, h.home, board, time.Now()) })
		time.Sleep(time.Hour)
		want(t, h, "01 00:00 board (silent): Meetings of the next seven days: / - Monday 3 January 2000, 20:00 (Eastern time): Letters, Session 1 of 8 / - Tuesday 4 January 2000, 20:00 (Eastern time): Clay, Session 1")
		h.cancel(h.find("letters"), meeting.This)
		h.until("2000-01-11 19:50")
		lines := h.sent()
		for _, line := range []string{
			"11 00:45 lobby: Letters starts at 20:00 (Eastern time). / Session 1 of 7",
			"12 00:45 ana: Clay starts at 20:00 / Session 2", "12 00:45 bea: You have a note at 20:00",
		} {
			if !strings.Contains(strings.Join(lines, "\n")+"\n", line+"\n") {
				t.Errorf("%q is missing in %q", line, lines)
			}
		}
	})
}
