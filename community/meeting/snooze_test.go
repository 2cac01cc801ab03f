package meeting_test

import (
	"strings"
	"testing"
	"time"

	"peerbot/community/meeting"
	"peerbot/storage"
)

func (h *hall) snooze(g meeting.Gathering, id string) error {
	return h.store.Update(h.t.Context(), func(tx storage.Tx) error {
		_, err := h.Snooze(tx, g, id, time.Now())
		return err
	})
}

func TestAReminderComesAgain(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		v := h.add(meeting.Said{Title: "Candle Group", When: "Mondays 20:00-21:00", Remind: meeting.Away})
		ana := h.join("ana", quiet(20, 8))
		h.follow(v, ana, 15*time.Minute, meeting.Unasked)
		h.until("2000-01-03 19:46")
		if row := h.got[0].Message.Offers[0]; len(row) != 2 || row[1].Path[1] != "again" {
			t.Errorf("the reminder cannot be put off: %v", row)
		}
		h.sent()
		g := h.find("candle")
		for range 2 { // Pressed twice, it comes once.
			if err := h.snooze(g, ana); err != nil {
				t.Fatal(err)
			}
		}
		h.down(5 * time.Minute)
		h.until("2000-01-03 19:57")
		if row := h.got[0].Message.Offers[0]; len(row) != 1 {
			t.Errorf("a reminder can be put off that cannot come again: %v", row)
		}
		want(t, h, "04 00:56 ana: You have a note at 20:00")
		if got := h.refusal(h.snooze(g, ana)); !strings.Contains(got, "in case something changes") {
			t.Error(got)
		}
		h.until("2000-01-03 20:01") // Nothing can change any more by then.
		if err := h.snooze(g, ana); err != nil {
			t.Fatal(err)
		}
		h.until("2000-01-03 20:12")
		want(t, h, "04 01:11 ana (silent): You have a note at 20:00")
		h.until("2000-01-03 20:52")
		if got := h.refusal(h.snooze(g, ana)); !strings.Contains(got, "over by then") {
			t.Error(got)
		}
	})
}

func TestWhatIsCancelledDoesNotComeAgain(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		h.add(meeting.Said{Title: "Candle Group", When: "Mondays 20:00-21:00", Remind: meeting.Away})
		ana := h.join("ana", nil)
		h.until("2000-01-03 19:46")
		g := h.find("candle")
		if err := h.snooze(g, ana); err != nil {
			t.Fatal(err)
		}
		h.cancel(g, meeting.This)
		h.until("2000-01-03 20:30")
		want(t, h)
	})
}
