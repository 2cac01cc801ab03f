package meeting_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"peerbot/community/meeting"
	"peerbot/storage"
)

// dates are the gatherings of the next four weeks, as "02 15:04 Title".
func (h *hall) dates() (out []string) {
	h.t.Helper()
	h.view(func(r storage.Reader) error {
		all, err := h.List(r, h.home, time.Now(), time.Now().Add(28*24*time.Hour))
		for _, g := range all {
			out = append(out, g.Start.In(g.Zone()).Format("01-02 15:04 ")+g.Title)
		}
		return err
	})
	return out
}

// A series that meets on Mondays at 20:00 is changed on Sunday 2 January 2000.
func TestChangesOfASeries(t *testing.T) {
	before := []string{"01-03 20:00 G", "01-10 20:00 G", "01-17 20:00 G", "01-24 20:00 G"}
	second := func(h *hall) meeting.Gathering { return h.find("G") }
	third := func(h *hall) meeting.Gathering {
		g := h.find("G")
		return h.find(g.Series + "@2000-01-10")
	}
	tests := []struct {
		about string
		do    func(h *hall)
		want  []string
	}{
		{"cancel this", func(h *hall) { h.cancel(third(h), meeting.This) }, []string{"01-03 20:00 G", "01-17 20:00 G", "01-24 20:00 G"}},
		{"cancel from here", func(h *hall) { h.cancel(third(h), meeting.FromHere) }, []string{"01-03 20:00 G"}},
		{"cancel all", func(h *hall) { h.cancel(third(h), meeting.Whole) }, nil},
		{"move this", func(h *hall) { h.edit(third(h), meeting.This, meeting.Said{When: "11 January 2000 18:30"}) },
			[]string{"01-03 20:00 G", "01-11 18:30 G", "01-17 20:00 G", "01-24 20:00 G"}},
		{"another hour on this date", func(h *hall) { h.edit(third(h), meeting.This, meeting.Said{When: "18:30"}) },
			[]string{"01-03 20:00 G", "01-10 18:30 G", "01-17 20:00 G", "01-24 20:00 G"}},
		{"move from here", func(h *hall) { h.edit(third(h), meeting.FromHere, meeting.Said{When: "Tuesdays"}) },
			[]string{"01-03 20:00 G", "01-11 20:00 G", "01-18 20:00 G", "01-25 20:00 G"}},
		{"move all", func(h *hall) { h.edit(third(h), meeting.Whole, meeting.Said{When: "Tuesdays 19:00"}) },
			[]string{"01-04 19:00 G", "01-11 19:00 G", "01-18 19:00 G", "01-25 19:00 G"}},
		{"another hour for all", func(h *hall) { h.edit(second(h), meeting.Whole, meeting.Said{When: "19:00"}) },
			[]string{"01-03 19:00 G", "01-10 19:00 G", "01-17 19:00 G", "01-24 19:00 G"}},
		{"rename this", func(h *hall) { h.edit(third(h), meeting.This, meeting.Said{Title: "Guest"}) },
			[]string{"01-03 20:00 G", "01-10 20:00 Guest", "01-17 20:00 G", "01-24 20:00 G"}},
		{"rename from here", func(h *hall) { h.edit(third(h), meeting.FromHere, meeting.Said{Title: "H"}) },
			[]string{"01-03 20:00 G", "01-10 20:00 H", "01-17 20:00 H", "01-24 20:00 H"}},
		{"rename all", func(h *hall) { h.edit(third(h), meeting.Whole, meeting.Said{Title: "H"}) },
			[]string{"01-03 20:00 H", "01-10 20:00 H", "01-17 20:00 H", "01-24 20:00 H"}},
		{"rename and move this", func(h *hall) {
			h.edit(third(h), meeting.This, meeting.Said{Title: "Guest", When: "11 January 2000 18:30"})
		},
			[]string{"01-03 20:00 G", "01-11 18:30 Guest", "01-17 20:00 G", "01-24 20:00 G"}},
		{"rename this, then all", func(h *hall) {
			h.edit(third(h), meeting.This, meeting.Said{Title: "Guest"})
			h.edit(h.find("G"), meeting.Whole, meeting.Said{Notes: "n"})
		}, []string{"01-03 20:00 G", "01-10 20:00 Guest", "01-17 20:00 G", "01-24 20:00 G"}},
		{"split, then move all", func(h *hall) {
			h.edit(third(h), meeting.FromHere, meeting.Said{Title: "H"})
			h.edit(h.find("G"), meeting.Whole, meeting.Said{When: "Fridays 20:00"})
		}, []string{"01-07 20:00 G", "01-14 20:00 G", "01-21 20:00 G", "01-28 20:00 G"}},
		{"move this twice", func(h *hall) {
			h.edit(third(h), meeting.This, meeting.Said{When: "18:30"})
			h.edit(third(h), meeting.This, meeting.Said{When: "20:00"})
		}, before},
		{"from the first date on is all", func(h *hall) { h.edit(second(h), meeting.FromHere, meeting.Said{Title: "H"}) },
			[]string{"01-03 20:00 H", "01-10 20:00 H", "01-17 20:00 H", "01-24 20:00 H"}},
	}
	for _, tt := range tests {
		t.Run(tt.about, func(t *testing.T) {
			bubbles(t, func(t *testing.T, h *hall) {
				h.until("2000-01-02 12:00")
				h.add(meeting.Said{Title: "G", When: "Mondays 20:00-21:00"})
				tt.do(h)
				if diff := cmp.Diff(tt.want, h.dates()); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
				if h.calls > 2 {
					return // An undo is a change too: what was before can then not be undone.
				}
				h.undo("call2")
				if diff := cmp.Diff(before, h.dates()); diff != "" {
					t.Errorf("after undo (-want +got):\n%s", diff)
				}
			})
		})
	}
}

func TestUndo(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		h.add(meeting.Said{Title: "G", When: "Mondays 20:00-21:00"})
		undo := func(home, call string) error {
			return h.store.Update(t.Context(), func(tx storage.Tx) error {
				_, err := h.Undo(tx, home, call, h.call(), time.Now())
				return err
			})
		}
		first := h.edit(h.find("G"), meeting.Whole, meeting.Said{Title: "H"})
		if got := h.refusal(undo("elsewhere", first)); !strings.Contains(got, "no longer") {
			t.Errorf("from another community: %q", got)
		}
		h.edit(h.find("H"), meeting.Whole, meeting.Said{Notes: "n"})
		if got := h.refusal(undo(h.home, first)); !strings.Contains(got, "changed again") {
			t.Errorf("after another change: %q", got)
		}
		second := h.edit(h.find("H"), meeting.Whole, meeting.Said{Title: "I"})
		h.undo(second)
		if got := h.refusal(undo(h.home, second)); !strings.Contains(got, "no longer") {
			t.Errorf("twice: %q", got)
		}
		third := h.edit(h.find("H"), meeting.Whole, meeting.Said{Title: "J"})
		time.Sleep(meeting.UndoFor + time.Second)
		if got := h.refusal(undo(h.home, third)); !strings.Contains(got, "no longer") {
			t.Errorf("too late: %q", got)
		}
	})
}

// Those who were reminded, and those who would be soon, hear of it at once and
// without a sound; the others are spared.
func TestWhoHearsOfAChange(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		v := h.add(meeting.Said{Title: "G", When: "every day 20:00-21:00", Remind: "1 hour"})
		h.until("2000-01-02 12:00")
		h.follow(v, h.join("ana", nil), 15*time.Minute, meeting.Unasked)
		h.follow(v, h.join("bea", nil), 24*time.Hour, meeting.Unasked)
		h.until("2000-01-03 16:00") // Four hours before: only bea has been reminded of tonight.
		h.sent()
		call := h.cancel(h.find("G"), meeting.This)
		time.Sleep(time.Second)
		want(t, h, "03 21:00 bea (silent): Your note for Monday 3 January 2000, 20:00 (Eastern time) is cancelled.")
		h.undo(call)
		time.Sleep(time.Second)
		want(t, h, "03 21:00 bea (silent): You have a note for Monday 3 January 2000, 20:00 (Eastern time).")
		h.until("2000-01-03 17:30")
		h.edit(h.find("G"), meeting.This, meeting.Said{When: "21:00"})
		time.Sleep(time.Second)
		moved := "Your note for Monday 3 January 2000, 20:00 (Eastern time) is now for Monday 3 January 2000, 21:00 (Eastern time)."
		want(t, h, "03 22:30 ana (silent): "+moved, "03 22:30 bea (changed): "+moved, // Her fourth: the third says it now.
			"03 22:30 lobby (silent): G on Monday 3 January 2000, 20:00 (Eastern time) is now on Monday 3 January 2000, 21:00 (Eastern time).")
		h.until("2000-01-03 23:00") // Bea's note for the next day, then tonight's at its new time.
		want(t, h, "04 01:00 lobby: G starts at 21:00 (Eastern time).",
			"04 01:0x bea: You have a note for Tuesday 4 January 2000, 20:00 (Eastern time)", "04 01:45 ana: You have a note at 21:00")
	})
}

// A change of a series of many parts, with many followers, fits its transactions.
func TestAChangeOfManyFits(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		v := h.add(meeting.Said{Title: "G", When: "every day 20:00-21:00", Remind: "7 days, 1 day, 1 hour, 15 minutes, start"})
		for i := range 23 {
			h.follow(v, h.join(fmt.Sprint("m", i), nil), 24*time.Hour, meeting.Unasked)
		}
		for i := range 11 {
			ref := fmt.Sprintf("%s@2000-01-%02d", v.Series, i+2)
			h.edit(h.find(ref), meeting.This, meeting.Said{Title: fmt.Sprint("Guest ", i)})
		}
		last := h.find(v.Series + "@2000-01-20")
		err := h.store.Update(t.Context(), func(tx storage.Tx) error {
			_, err := h.Edit(tx, last, meeting.This, meeting.Said{Title: "One too many"}, "x", time.Now())
			return err
		})
		if got := h.refusal(err); !strings.Contains(got, "dates of its own") {
			t.Errorf("refused with %q", got)
		}
		h.until("2000-01-01 19:30")
		h.sent()
		h.cancel(h.find(v.Series), meeting.Whole)
		time.Sleep(time.Minute)
		told := map[string]int{}
		for _, line := range h.sent() {
			told[strings.Fields(line)[2]]++
		}
		if len(told) != 24 {
			t.Errorf("%d rooms and people were told of a cancellation, want all 24", len(told))
		}
		for who, n := range told {
			if n > 3 {
				t.Errorf("%s was told %d things", who, n)
			}
		}
		h.view(func(r storage.Reader) error {
			for line, err := range h.agenda.List(r) {
				if err != nil {
					return err
				}
				if line.Parked {
					t.Errorf("parked: %+v", line)
				}
			}
			return nil
		})
		h.until("2000-01-04 12:00")
		want(t, h)
	})
}

func TestEverythingIsForgottenInTheEnd(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		ana := h.join("ana", nil)
		once := h.add(meeting.Said{Title: "Once", When: "5 January 2000 20:00"})
		gone := h.add(meeting.Said{Title: "Gone", When: "Mondays 20:00"})
		kept := h.add(meeting.Said{Title: "Kept", When: "Mondays 20:00"})
		for _, v := range []meeting.Meeting{once, gone, kept} {
			h.follow(v, ana, time.Hour, meeting.Unasked)
		}
		h.cancel(h.find("Gone"), meeting.Whole)
		count := func() (out []string) {
			h.view(func(r storage.Reader) error {
				all, err := h.Followed(r, ana)
				for _, f := range all {
					for _, v := range []meeting.Meeting{once, gone, kept} {
						if v.Series == f.Series {
							out = append(out, v.Title)
						}
					}
				}
				slices.Sort(out)
				return err
			})
			return out
		}
		time.Sleep(29 * 24 * time.Hour)
		if diff := cmp.Diff([]string{"Gone", "Kept", "Once"}, count()); diff != "" {
			t.Error(diff)
		}
		time.Sleep(7 * 24 * time.Hour)
		if diff := cmp.Diff([]string{"Kept"}, count()); diff != "" {
			t.Error(diff)
		}
	})
}

func TestExportAndErase(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		ana, bea := h.join("ana", nil), h.join("bea", nil)
		var all []meeting.Meeting
		for i := range meeting.MaxFollows {
			all = append(all, h.add(meeting.Said{Title: fmt.Sprint("G", i), When: "every day 20:00", Remind: meeting.Away}))
			h.follow(all[i], ana, time.Hour, meeting.Unasked)
		}
		more := h.add(meeting.Said{Title: "One too many", When: "every day 20:00", Remind: meeting.Away})
		err := h.store.Update(t.Context(), func(tx storage.Tx) error {
			_, err := h.Follow(tx, meeting.Follow{Series: more.Series, Home: h.home, Member: ana, Leads: meeting.DefaultLeads()}, time.Now())
			return err
		})
		if got := h.refusal(err); !strings.Contains(got, "30") {
			t.Errorf("one too many: %q", got)
		}
		h.follow(all[0], ana, time.Hour, meeting.Unasked) // To follow again is no more.
		h.follow(all[0], bea, time.Hour, meeting.Unasked)
		h.view(func(r storage.Reader) error {
			facts, err := h.Export(r, ana)
			if len(facts) != meeting.MaxFollows {
				t.Errorf("%d facts, want one for each", len(facts))
			}
			return err
		})
		h.sent() // It is 19:00 in New York.
		h.update(func(tx storage.Tx) error { return h.vault.Erase(tx, ana) })
		steps := 0
		for left := true; left; steps++ {
			h.update(func(tx storage.Tx) (err error) {
				left, err = h.Erase(tx, ana)
				return err
			})
		}
		if steps != 2 {
			t.Errorf("%d steps, want 2", steps)
		}
		h.view(func(r storage.Reader) error {
			facts, err := h.Export(r, ana)
			if n, _ := h.Followers(r, all[0].Series); n != 1 || len(facts) != 0 {
				t.Errorf("%d followers and %d facts are left, want bea alone", n, len(facts))
			}
			return err
		})
		h.until("2000-01-01 21:00")
		want(t, h, "02 00:00 bea: You have a note at 20:00")
	})
}

func TestJoinDoors(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		h.add(meeting.Said{Title: "G", When: "1 January 2000 20:00-21:00"})
		g := h.find("G")
		for text, want := range map[string]meeting.Doors{"19:44": meeting.Early, "19:45": meeting.Open, "20:59": meeting.Open, "21:00": meeting.Over} {
			if got := g.Doors(newYork(t, "2000-01-01 "+text)); got != want {
				t.Errorf("at %s the doors are %v, want %v", text, got, want)
			}
		}
	})
}
