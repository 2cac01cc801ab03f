package meeting_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"peerbot/chat"
	"peerbot/community/meeting"
	"peerbot/spoken"
	"peerbot/storage"
)

// pause lets a series rest until the day that the words name.
func (h *hall) pause(g meeting.Gathering, words string) (err error) {
	h.t.Helper()
	until, err := meeting.ReadDay(words, time.Now(), g.Zone())
	if err != nil {
		return err
	}
	return h.store.Update(h.t.Context(), func(tx storage.Tx) error {
		_, err := h.Pause(tx, g, until, h.call(), time.Now())
		return err
	})
}

func (h *hall) restore(words string) (g meeting.Gathering, err error) {
	h.t.Helper()
	err = h.store.View(h.t.Context(), func(r storage.Reader) error {
		g, err = h.FindOut(r, h.home, words, time.Now())
		return err
	})
	if err != nil {
		return g, err
	}
	return g, h.store.Update(h.t.Context(), func(tx storage.Tx) error {
		_, err := h.Restore(tx, g, h.call(), time.Now())
		return err
	})
}

// nextDates are the next n dates of a meeting, as "01-03 20:00".
func (h *hall) nextDates(words string, n int) (out []string) {
	h.t.Helper()
	g := h.find(words)
	for o := range g.Rule.Between(time.Now(), time.Now().AddDate(1, 0, 0)) {
		if out = append(out, o.Start.In(g.Zone()).Format("01-02 15:04")); len(out) == n {
			break
		}
	}
	return out
}

func TestASeriesRestsAndGoesOn(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		v := h.add(meeting.Said{Title: "Candle Group", When: "Mondays 20:00-21:00", Remind: "start"})
		h.follow(v, h.join("ana", nil), 15*time.Minute, meeting.Unasked)
		h.until("2000-01-01 12:00")
		if err := h.pause(h.find("candle"), "24 January"); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(h.nextDates("candle", 2), ", "); got != "01-24 20:00, 01-31 20:00" {
			t.Errorf("it goes on at %s", got)
		}
		h.until("2000-01-24 20:30")
		want(t, h,
			"25 00:45 ana: You have a note at 20:00",
			"25 01:00 lobby: Candle Group starts now.")
	})
}

func TestADayOfAPause(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		h.add(meeting.Said{Title: "Candle Group", When: "Mondays 20:00-21:00"})
		g := h.find("candle")
		for words, want := range map[string]string{
			"nonsense":     "until: I could not find a time in that.",
			"2 January":    "until: No date of this meeting comes before",
			"1 March 2003": "until: A meeting can rest for a year at most.",
		} {
			if got := h.refusal(h.pause(g, words)); !strings.HasPrefix(got, want) {
				t.Errorf("until %s: %s", words, got)
			}
		}
		for words, want := range map[string]string{"in 2 weeks": "2000-01-14", "Monday": "2000-01-03", "7 February": "2000-02-07", "2000-03-01": "2000-03-01"} {
			if got, err := meeting.ReadDay(words, time.Now(), g.Zone()); err != nil || got.String() != want {
				t.Errorf("%s is read as %s, %v", words, got, err)
			}
		}
	})
}

func TestADateComesBack(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		h.add(meeting.Said{Title: "Candle Group", When: "Mondays 20:00-21:00"})
		if _, err := h.restore("candle"); h.refusal(err) == "" {
			t.Error("what was never taken out is put back")
		}
		monday := h.find("candle")
		h.cancel(monday, meeting.This)
		h.cancel(h.find("candle"), meeting.This)
		_, err := h.restore("candle")
		if r := refused(t, err); len(r.Readings) != 2 {
			t.Errorf("two dates could be meant, and %d are offered", len(r.Readings))
		}
		if g, err := h.restore(monday.Ref()); err != nil || !g.Start.Equal(monday.Start) {
			t.Errorf("put back: %v, %v", g.Start, err)
		}
		if got := strings.Join(h.nextDates("candle", 2), ", "); got != "01-03 20:00, 01-17 20:00" {
			t.Errorf("the dates are %s", got)
		}
	})
}

// TestADateComesBackAfterARestart of a community with more meetings than an Update reads.
func TestADateComesBackAfterARestart(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		for i := range 50 {
			h.add(meeting.Said{Title: fmt.Sprint("Candle Group ", i), When: "Mondays 20:00-21:00"})
		}
		h.cancel(h.find("Candle Group 7"), meeting.This)
		var g meeting.Gathering
		h.view(func(r storage.Reader) (err error) {
			g, err = h.FindOut(r, h.home, "candle group 7", time.Now())
			return err
		})
		h.down(time.Minute)
		h.update(func(tx storage.Tx) error {
			_, err := h.Restore(tx, g, h.call(), time.Now())
			return err
		})
		if got := h.nextDates("Candle Group 7", 1)[0]; got != "01-03 20:00" {
			t.Errorf("the next date is %s", got)
		}
		err := h.store.Update(t.Context(), func(tx storage.Tx) error {
			_, err := h.Restore(tx, g, h.call(), time.Now())
			return err
		})
		if h.refusal(err) == "" {
			t.Error("a date that is back is put back again")
		}
	})
}

// TestADateWithFactsOfItsOwnIsNotDoubled: what stands in its place already does not
// come back beside it, even where it was moved away.
func TestADateWithFactsOfItsOwnIsNotDoubled(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		h.add(meeting.Said{Title: "Candle Group", When: "Mondays 20:00-21:00"})
		h.edit(h.find("candle"), meeting.This, meeting.Said{Title: "Candle Guest", When: "2000-01-04 19:00"})
		if _, err := h.restore("candle"); h.refusal(err) == "" {
			t.Error("the date is doubled")
		}
		h.cancel(h.find("Candle Guest"), meeting.This)
		if _, err := h.restore("candle"); err != nil {
			t.Errorf("once its guest is gone the date can come back: %v", err)
		}
	})
}

func TestTheHistoryOfAMeeting(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		v := h.add(meeting.Said{Title: "Candle Group", When: "Mondays 20:00-21:00", Passcode: "canary"})
		step := func(do func()) { time.Sleep(time.Minute); do() }
		step(func() { h.cancel(h.find("candle"), meeting.This) })
		step(func() { _, _ = h.restore("candle") })
		step(func() { h.edit(h.find("candle"), meeting.This, meeting.Said{When: "2000-01-05 19:00"}) })
		step(func() { h.undo(fmt.Sprint("call", h.calls)) })
		step(func() { h.edit(h.find("candle"), meeting.This, meeting.Said{When: "2000-01-04 19:00"}) })
		step(func() { h.edit(h.find("candle"), meeting.Whole, meeting.Said{Passcode: "other canary", Notes: "n"}) })
		step(func() { h.edit(h.find("candle"), meeting.Whole, meeting.Said{When: "Tuesdays 20:00-21:00"}) })
		step(func() { _ = h.pause(h.find("candle"), "15 March") })
		step(func() { h.cancel(h.find("candle"), meeting.Whole) })
		check := func() {
			t.Helper()
			got := h.history(v)
			for _, words := range []string{
				"cancelled: every Tuesday, 20:00–21:00, Eastern time",
				"taken out: 11 dates from Tuesday 4 January 2000 to Tuesday 14 March 2000",
				"was every Monday, 20:00–21:00, Eastern time; is now every Tuesday, 20:00–21:00, Eastern time",
				"changed: Passcode and Notes",
				"Monday 3 January 2000 was moved to Tuesday 4 January 2000, 19:00",
				"back at their usual time: Monday 3 January 2000",
				"Monday 3 January 2000 was moved to Wednesday 5 January 2000, 19:00",
				"put back: Monday 3 January 2000",
				"taken out: Monday 3 January 2000",
				"added, every Monday, 20:00–21:00, Eastern time",
			} {
				_, rest, ok := strings.Cut(got, words)
				if !ok {
					t.Fatalf("%q is missing, or not in its place, in:\n%s", words, h.history(v))
				}
				got = rest
			}
			if strings.Contains(h.history(v), "canary") {
				t.Error("the history repeats a passcode")
			}
		}
		check()
		time.Sleep(20 * 24 * time.Hour)
		check()
		h.down(160 * 24 * time.Hour)
		time.Sleep(10 * 24 * time.Hour)
		if got := h.history(v); got != "" {
			t.Errorf("half a year later it still says %q", got)
		}
	})
}

func (h *hall) history(v meeting.Meeting) string {
	h.t.Helper()
	var out []chat.Rich
	h.view(func(r storage.Reader) error {
		past, err := h.History(r, v.Series, 20)
		for _, p := range past {
			out = append(out, p.Did...)
		}
		return err
	})
	return h.words.Put("en", v.Zone(), chat.Lines(out...)).String()
}

func TestAYearOfAMeeting(t *testing.T) {
	words, err := catalogue()
	if err != nil {
		t.Fatal(err)
	}
	now := newYork(t, "2026-11-22 12:00")
	draft, err := meeting.Said{Title: "G", When: "Sundays 2:30am-3:30am"}.Draft("America/New_York", now)
	if err != nil {
		t.Fatal(err)
	}
	madrid, err := spoken.LoadZone("Europe/Madrid")
	if err != nil {
		t.Fatal(err)
	}
	got := words.Put("en", madrid, draft.Year(now, madrid)).String()
	for _, line := range []string{
		"52 dates in the next twelve months:",
		"- November 2026: 29\n- December 2026: 6, 13, 20, 27\n",
		"On Sunday 14 March 2027 there is no 02:30, because the clocks go forward. The meeting starts at 03:00.",
		"The clocks of Eastern time have changed by Sunday 7 November 2027. The meeting stays at 02:30 there.",
		"On your own clock it starts at 08:30 from Sunday 29 November 2026 on.",
		"On your own clock it starts at 08:00 from Sunday 14 March 2027 on.",
		"On your own clock it starts at 07:30 from Sunday 21 March 2027 on.",
		"On your own clock it starts at 08:30 from Sunday 28 March 2027 on.",
	} {
		if !strings.Contains(got, line) {
			t.Errorf("%q is missing in:\n%s", line, got)
		}
	}
}
