package meeting_test

import (
	"slices"
	"testing"
	"time"

	"peerbot/community/meeting"
	"peerbot/schedule"
	"peerbot/storage"
)

func TestSeveralRemindersOfOneMeeting(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		v := h.add(meeting.Said{Title: "G", When: "every day 20:00-21:00", Remind: meeting.Away})
		h.followAt(v, h.join("ana", nil), meeting.Unasked, 24*time.Hour, 15*time.Minute)
		h.followAt(v, h.join("bea", quiet(18, 22)), meeting.Before, 15*time.Minute, time.Hour)
		h.until("2000-01-01 12:00")
		h.sent()
		h.until("2000-01-02 12:00")
		want(t, h,
			"01 22:5x bea: You have a note at 20:00",
			"02 00:45 ana: You have a note at 20:00",
			"02 01:0x ana: You have a note for Sunday 2 January 2000, 20:00 (Eastern time)")
	})
}

// What comes too late is left out where the next reminder says the same.
func TestAReminderGivesWayToTheNext(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		v := h.add(meeting.Said{Title: "G", When: "every day 20:00-21:00", Remind: meeting.Away})
		h.followAt(v, h.join("ana", nil), meeting.Unasked, time.Hour, 15*time.Minute)
		h.until("2000-01-01 18:50")
		h.sent()
		h.down(58 * time.Minute)
		h.until("2000-01-01 21:00")
		want(t, h, "02 00:48 ana: This note is late. /  / You have a note at 20:00")
	})
}

// Who followed when there was one lead time is reminded as before.
func TestAFollowWithOneLead(t *testing.T) {
	type old struct {
		Series string        `json:"series"`
		Home   string        `json:"home"`
		Member string        `json:"member"`
		Lead   time.Duration `json:"lead"`
	}
	bubbles(t, func(t *testing.T, h *hall) {
		v := h.add(meeting.Said{Title: "G", When: "every day 20:00-21:00", Remind: meeting.Away})
		time.Sleep(time.Minute) // The meeting is spread.
		ana := h.join("ana", nil)
		table := storage.Table[old]{Bucket: "meeting_follows", Vault: h.vault, Version: 1,
			Owner: func(f old) string { return f.Member },
			Indexes: []storage.Index[old]{
				{Name: "series", Keys: func(f old) []string { return []string{f.Series} }},
				{Name: "member", Keys: func(f old) []string { return []string{f.Member} }},
			}}
		key := h.vault.ID("follow", v.Series, ana)
		h.update(func(tx storage.Tx) error {
			if err := table.Put(tx, key, old{v.Series, h.home, ana, time.Hour}); err != nil {
				return err
			}
			start := newYork(t, "2000-01-01 20:00")
			return h.agenda.Put(tx, schedule.Item{Kind: "meeting.follow", ID: key, From: start.UTC().Format(time.RFC3339), At: start.Add(-time.Hour)})
		})
		h.view(func(r storage.Reader) error {
			f, _, err := h.Following(r, v.Series, ana)
			if !slices.Equal(f.Leads, []time.Duration{time.Hour}) {
				t.Errorf("leads are %v", f.Leads)
			}
			return err
		})
		h.until("2000-01-02 19:30")
		want(t, h, "02 00:00 ana: You have a note at 20:00", "03 00:00 ana: You have a note at 20:00")
	})
}

// Who followed when there could be three lead times keeps the first and the last.
func TestAFollowWithThreeLeads(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		v := h.add(meeting.Said{Title: "G", When: "every day 20:00-21:00", Remind: meeting.Away})
		ana := h.join("ana", nil)
		table := storage.Table[meeting.Follow]{Bucket: "meeting_follows", Vault: h.vault, Version: 2,
			Owner: func(f meeting.Follow) string { return f.Member }}
		h.update(func(tx storage.Tx) error {
			return table.Put(tx, h.vault.ID("follow", v.Series, ana), meeting.Follow{Series: v.Series, Home: h.home, Member: ana,
				Leads: []time.Duration{24 * time.Hour, time.Hour, 0}})
		})
		h.view(func(r storage.Reader) error {
			f, _, err := h.Following(r, v.Series, ana)
			if !slices.Equal(f.Leads, []time.Duration{24 * time.Hour, 0}) {
				t.Errorf("leads are %v", f.Leads)
			}
			return err
		})
	})
}

func TestOwnLeadsAreBounded(t *testing.T) {
	for _, text := range []string{"", meeting.Away, "1h, 2h, 3h", "8 days", "soon"} {
		if leads, err := meeting.ReadOwnLeads(text); err == nil {
			t.Errorf("%q is read as %v", text, leads)
		}
	}
	if leads, err := meeting.ReadOwnLeads("15 minutes, 1 day, 1 day"); err != nil || !slices.Equal(leads, []time.Duration{24 * time.Hour, 15 * time.Minute}) {
		t.Errorf("%v, %v", leads, err)
	}
}
