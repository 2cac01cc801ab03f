package meeting_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"peerbot/community/meeting"
	"peerbot/storage"
)

func TestFind(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		h.until("2000-01-02 12:00")
		h.add(meeting.Said{Title: "Virtual Peer Support", ShortName: "Blue cup", When: "Mondays 20:00-21:00"})
		h.add(meeting.Said{Title: "Peer Walk", When: "Saturdays 10:00-11:00"})
		h.add(meeting.Said{Title: "Grupo Mañana", When: "every day 08:00-09:00"})
		tests := []struct{ typed, want string }{
			{"virtual", "Virtual Peer Support"},
			{"VIRTUAL sup", "Virtual Peer Support"},
			{"blue cup", "Virtual Peer Support"},
			{"manana", "Grupo Mañana"},
			{"walk", "Peer Walk"},
			{"peer", "2 meetings: Virtual Peer Support, Monday 3 January 2000, 20:00 | Peer Walk, Saturday 8 January 2000, 10:00"},
			{"choir", "none: "},
			{"virtual choir", "none: "},
		}
		for _, tt := range tests {
			h.view(func(r storage.Reader) error {
				g, err := h.Find(r, h.home, tt.typed, time.Now())
				got := g.Title
				if err != nil {
					got = h.readings(err)
				}
				if got != tt.want {
					t.Errorf("%q is %q, want %q", tt.typed, got, tt.want)
				}
				return nil
			})
		}
	})
}

// readings is a refusal with what it offers.
func (h *hall) readings(err error) string {
	h.t.Helper()
	say := h.refusal(err)
	kind := "none: "
	if strings.Contains(say, "2 meetings") {
		kind = "2 meetings: "
	}
	var labels []string
	for _, c := range refused(h.t, err).Readings {
		label, _, _ := strings.Cut(h.words.Put("en", newYork(h.t, "2000-01-01 00:00").Location(), c.Label).String(), " (")
		labels = append(labels, label)
	}
	return kind + strings.Join(labels, " | ")
}

// What was typed is completed by the next date of each meeting, or the dates of one.
func TestSuggest(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		h.until("2000-01-02 12:00")
		v := h.add(meeting.Said{Title: "Candle Group", When: "Mondays 20:00-21:00"})
		w := h.add(meeting.Said{Title: "Walk", When: "Saturdays 10:00-11:00"})
		suggest := func(typed string) (out []string) {
			h.view(func(r storage.Reader) error {
				choices, err := h.Suggest(r, h.home, typed, time.Now())
				for _, c := range choices {
					out = append(out, c.Value)
				}
				return err
			})
			return out
		}
		if diff := cmp.Diff([]string{v.Series + "@2000-01-03", w.Series + "@2000-01-08"}, suggest("")); diff != "" {
			t.Error(diff)
		}
		if got := suggest("cand"); len(got) != 10 || got[9] != v.Series+"@2000-03-06" {
			t.Errorf("suggests %v", got)
		}
		if got := suggest("choir"); got != nil {
			t.Errorf("suggests %v", got)
		}
	})
}

func TestList(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		h.until("2000-01-02 12:00")
		h.add(meeting.Said{Title: "G", When: "Mondays 20:00-21:00"})
		h.add(meeting.Said{Title: "Late", When: "Mondays 23:00", Length: 2 * time.Hour})
		tests := []struct {
			from, to string
			want     []string
		}{
			{"2000-01-03 20:30", "2000-01-03 20:40", []string{"G"}}, // It is still on.
			{"2000-01-03 21:00", "2000-01-03 22:00", nil},
			{"2000-01-03 00:00", "2000-01-04 00:00", []string{"G", "Late"}},
			{"2000-01-04 00:30", "2000-01-05 00:00", []string{"Late"}}, // Over midnight.
		}
		for _, tt := range tests {
			var got []string
			h.view(func(r storage.Reader) error {
				all, err := h.List(r, h.home, newYork(t, tt.from), newYork(t, tt.to))
				for _, g := range all {
					got = append(got, g.Title)
				}
				return err
			})
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("from %s: %s", tt.from, diff)
			}
		}
	})
}
