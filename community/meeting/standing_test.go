package meeting_test

import (
	"strconv"
	"testing"
	"time"

	"peerbot/chat"
	"peerbot/community/meeting"
	"peerbot/storage"
)

func (h *hall) stand(at chat.Address) error {
	return h.store.Update(h.t.Context(), func(tx storage.Tx) error { return h.Stand(tx, h.home, at, time.Now()) })
}

func TestAListStandsInARoomAndStaysCurrent(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		const title, candle, walk = "Meetings of the next seven days:",
			" / - Monday 3 January 2000, 20:00 (Eastern time): Candle Group",
			" / - Sunday 2 January 2000, 10:00 (Eastern time): Walk"
		h.add(meeting.Said{Title: "Candle Group", When: "Mondays 20:00-21:00", Remind: "start"})
		h.until("2000-01-01 12:00")
		if err := h.stand(lobby); err != nil {
			t.Fatal(err)
		}
		h.until("2000-01-01 12:01")
		want(t, h, "01 17:00 lobby (silent): "+title+candle)
		h.add(meeting.Said{Title: "Walk", When: "2000-01-02 10:00-11:00", Remind: "start"})
		h.until("2000-01-01 12:02")
		want(t, h, "01 17:01 lobby (changed): "+title+walk+candle)
		h.until("2000-01-02 09:00")
		want(t, h, "02 05:00 lobby (changed): "+title+walk+candle) // At midnight.
		h.until("2000-01-02 11:30")
		want(t, h,
			"02 15:00 lobby: Walk starts now.",
			"02 16:00 lobby (changed): "+title+candle) // When it was over.
		h.update(func(tx storage.Tx) error { return h.Unstand(tx, h.home, lobby) })
		h.until("2000-01-03 13:00")
		want(t, h)
		if err := h.stand(lobby); err != nil {
			t.Fatal(err)
		}
		h.until("2000-01-03 13:01")
		want(t, h, "03 18:00 lobby (silent): "+title+candle)
	})
}

func TestAListStandsInTenRoomsAtMost(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		room := func(n int) chat.Address { return chat.Address{Platform: "test", Space: "s", Room: strconv.Itoa(n)} }
		for n := range 10 {
			if err := h.stand(room(n)); err != nil {
				t.Fatal(err)
			}
		}
		if got := h.refusal(h.stand(lobby)); got != ": I can keep the list in 10 rooms at most. Please stop it in another room first." {
			t.Error(got)
		}
		if err := h.stand(room(3)); err != nil {
			t.Errorf("a list that stands already: %v", err)
		}
		if got := h.refusal(h.stand(private("ana"))); got == "" {
			t.Error("a list stands in a private chat")
		}
	})
}
