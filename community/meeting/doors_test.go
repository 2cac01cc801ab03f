package meeting_test

import (
	"strings"
	"testing"
	"time"

	"peerbot/community/meeting"
	"peerbot/storage"
)

func TestDoorsOpenWhenTheHostSays(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		h.add(meeting.Said{Title: "G", When: "every day 20:00-21:00"})
		call := h.edit(h.find("G"), meeting.Whole, meeting.Said{Opens: time.Hour})
		g := h.find("G")
		for before, want := range map[time.Duration]meeting.Doors{
			61 * time.Minute: meeting.Early, time.Hour: meeting.Open, time.Minute: meeting.Open,
			-59 * time.Minute: meeting.Open, -time.Hour: meeting.Over,
		} {
			if got := g.Doors(g.Start.Add(-before)); got != want {
				t.Errorf("%s before the start: %v, want %v", before, got, want)
			}
		}
		h.view(func(r storage.Reader) error {
			past, err := h.History(r, g.Series, 1)
			if got := h.words.Put("en", nil, past[0].Did[0]).String(); !strings.Contains(got, "When the way in opens") {
				t.Errorf("the history says %q", got)
			}
			return err
		})
		h.undo(call)
		if got := h.find("G").OpenBefore(); got != meeting.DoorsOpen {
			t.Errorf("it opens %s before", got)
		}
		err := h.store.Update(t.Context(), func(tx storage.Tx) error {
			_, err := h.Edit(tx, h.find("G"), meeting.Whole, meeting.Said{Opens: 25 * time.Hour}, h.call(), time.Now())
			return err
		})
		if got := h.refusal(err); !strings.Contains(got, "at most 1 day before") {
			t.Error(got)
		}
	})
}
