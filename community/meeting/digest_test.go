package meeting_test

import (
	"strings"
	"testing"
	"time"

	"peerbot/community/meeting"
	"peerbot/storage"
)

func (h *hall) digest(when string) error {
	return h.store.Update(h.t.Context(), func(tx storage.Tx) error {
		_, err := h.StartDigest(tx, h.home, lobby, when, time.Now())
		return err
	})
}

func TestADigestComesAsItWasSaid(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		h.add(meeting.Said{Title: "Candle Group", When: "Tuesdays 20:00-21:00", Link: "https://example.org/canary", Passcode: "canary", Remind: meeting.Away})
		if err := h.digest("Mondays at 9am"); err != nil {
			t.Fatal(err)
		}
		h.until("2000-01-03 08:30")
		h.sent()
		h.down(15 * time.Minute)
		h.until("2000-01-03 09:30")
		want(t, h, "03 14:00 lobby: Meetings until Monday 10 January 2000, 09:00 (Eastern time): / - Tuesday 4 January 2000, 20:00 (Eastern time): Candle Group")
		h.cancel(h.find("candle"), meeting.Whole)
		h.until("2000-01-09 12:00")
		h.sent()
		h.until("2000-01-10 09:30")
		want(t, h, "10 14:00 lobby: No meetings until Monday 17 January 2000, 09:00 (Eastern time).")
		h.update(func(tx storage.Tx) error { return h.StopDigest(tx, h.home, lobby) })
		h.until("2000-01-20 09:30")
		want(t, h)
	})
}

func TestADigestThatCannotBe(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		for when, says := range map[string]string{"whenever": "when:", "0 * * * *": "Choose fewer times", "": "when:"} {
			if got := h.refusal(h.digest(when)); !strings.Contains(got, says) {
				t.Errorf("%q: refused with %q", when, got)
			}
		}
	})
}
