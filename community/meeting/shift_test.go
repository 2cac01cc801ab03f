package meeting_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"peerbot/community/meeting"
	"peerbot/storage"
)

func (h *hall) take(g meeting.Gathering, id string, p meeting.Part) {
	h.t.Helper()
	h.update(func(tx storage.Tx) error {
		_, err := h.TakePart(tx, g, id, p, time.Now())
		return err
	})
}

// hosts says that a member hosts, or cannot.
func (h *hall) hosts(g meeting.Gathering, id string, yes bool) error {
	return h.store.Update(h.t.Context(), func(tx storage.Tx) error {
		if !yes {
			return h.HandBack(tx, g, id, time.Now())
		}
		return h.Host(tx, g, id, time.Now())
	})
}

func (h *hall) nobody(choice string) {
	h.update(func(tx storage.Tx) error {
		home, err := h.spaces.Get(tx, h.home)
		home.NoHost = choice
		return errors.Join(err, h.spaces.Put(tx, home))
	})
}

// a night with two chairs, a co-host, and a follower.
func night(h *hall) (g meeting.Gathering, ana, bea, cleo string) {
	v := h.add(meeting.Said{Title: "Candle Group", When: "Mondays 20:00-21:00", Remind: "15 minutes"})
	ana, bea, cleo = h.join("ana", nil), h.join("bea", nil), h.join("cleo", nil)
	h.follow(v, h.join("dora", nil), 15*time.Minute, meeting.Unasked)
	g = h.find("candle")
	h.take(g, ana, meeting.Chair)
	h.take(g, bea, meeting.Chair)
	h.take(g, cleo, meeting.CoHost)
	return g, ana, bea, cleo
}

func TestWhoHasTheTurnIsAsked(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		g, ana, _, _ := night(h)
		h.until("2000-01-02 20:30")
		want(t, h, "03 01:00 ana: Is it your turn? Monday 3 January 2000, 20:00 (Eastern time)")
		if err := h.hosts(g, ana, true); err != nil {
			t.Fatal(err)
		}
		h.come(g, h.join("eva", nil), meeting.Yes, true)
		h.until("2000-01-03 21:30")
		want(t, h,
			"04 00:00 ana: It is your turn soon: Monday 3 January 2000, 20:00 (Eastern time) / 1 newcomer tonight.",
			"04 00:45 dora: You have a note at 20:00",
			"04 00:45 eva: You have a note at 20:00",
			"04 00:45 lobby: Candle Group starts at 20:00 (Eastern time).")
		h.until("2000-01-09 20:30") // The next turn is somebody else's.
		got := h.sent()
		if last := got[len(got)-1]; !strings.HasPrefix(last, "10 01:00 bea: Is it your turn?") {
			t.Errorf("the next to be asked: %q", got)
		}
	})
}

func TestWithoutAnAnswerOthersAreAskedAndTheRoomIsOpen(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		night(h)
		h.until("2000-01-02 20:30")
		h.sent()
		h.down(20 * time.Hour)
		h.until("2000-01-03 19:10")
		want(t, h,
			"03 22:00 ana: Is it your turn? Monday 3 January 2000, 20:00 (Eastern time)",
			"03 22:00 cleo: Is it your turn? Monday 3 January 2000, 20:00 (Eastern time)",
			"04 00:00 lobby: Candle Group needs a host tonight, 20:00 (Eastern time). Can you take it?")
		h.until("2000-01-03 20:10")
		want(t, h,
			"04 00:45 dora: You have a note at 20:00",
			"04 00:45 lobby: Candle Group starts at 20:00 (Eastern time).",
			"04 00:55 dora (silent): Your note for 20:00: nobody leads tonight. The door is open all the same.",
			"04 00:55 lobby (silent): Candle Group has no host tonight. The room is open all the same from 20:00.")
	})
}

func TestWithoutAHostTheDateIsCancelled(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		h.nobody("off")
		g, ana, bea, cleo := night(h)
		h.until("2000-01-03 10:00")
		for _, who := range []string{ana, bea, cleo} {
			if err := h.hosts(g, who, false); err != nil {
				t.Fatal(err)
			}
		}
		h.until("2000-01-03 19:50")
		h.sent()
		h.until("2000-01-03 20:10")
		got := strings.Join(h.sent(), "\n")
		for _, words := range []string{"dora (silent): Your note for Monday 3 January 2000, 20:00", "lobby (silent): Candle Group"} {
			if !strings.Contains(got, words) {
				t.Errorf("%q is not told: %s", words, got)
			}
		}
		if next := h.nextDates("candle", 1); next[0] != "01-10 20:00" {
			t.Errorf("the next date is %s", next)
		}
	})
}

func TestAVolunteerFromTheRoom(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		g, ana, _, cleo := night(h)
		h.until("2000-01-03 10:00")
		if err := h.hosts(g, ana, false); err != nil {
			t.Fatal(err)
		}
		h.until("2000-01-03 19:10")
		h.sent()
		eva := h.join("eva", nil)
		if err := h.hosts(g, eva, true); err != nil {
			t.Fatal(err)
		}
		if got := h.refusal(h.hosts(g, cleo, true)); got != ": Thank you. Somebody else hosts this one already." {
			t.Error(got)
		}
		h.until("2000-01-03 20:10")
		want(t, h,
			"04 00:10 eva: It is your turn soon: Monday 3 January 2000, 20:00 (Eastern time)",
			"04 00:45 dora: You have a note at 20:00",
			"04 00:45 lobby: Candle Group starts at 20:00 (Eastern time).")
	})
}

func TestTheSheetIsTheHostsAlone(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		g, ana, bea, _ := night(h)
		h.update(func(tx storage.Tx) error { return h.PutSheet(tx, g, "Host key 4711", time.Now()) })
		h.until("2000-01-03 10:00")
		if err := h.hosts(g, ana, true); err != nil {
			t.Fatal(err)
		}
		read := func(id string) (text string, err error) {
			err = h.store.View(t.Context(), func(r storage.Reader) error {
				text, err = h.Sheet(r, g, id, time.Now())
				return err
			})
			return text, err
		}
		for at, opens := range map[string]bool{"2000-01-03 18:59": false} {
			h.until(at)
			if _, err := read(ana); (err == nil) != opens {
				t.Errorf("at %s the sheet is open: %v", at, err == nil)
			}
		}
		h.until("2000-01-03 19:00")
		if text, err := read(ana); err != nil || text != "Host key 4711" {
			t.Errorf("%q, %v", text, err)
		}
		if _, err := read(bea); h.refusal(err) == "" {
			t.Error("somebody else reads the sheet")
		}
		h.until("2000-01-03 21:00")
		if _, err := read(ana); h.refusal(err) == "" {
			t.Error("the sheet is open after the end")
		}
	})
}

func TestThanksAreCountedAndNeverNamed(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		g, ana, bea, cleo := night(h)
		h.until("2000-01-03 10:00")
		if err := h.hosts(g, ana, true); err != nil {
			t.Fatal(err)
		}
		thank := func(id string) error {
			return h.store.Update(t.Context(), func(tx storage.Tx) error { return h.Thank(tx, g, id, time.Now()) })
		}
		if h.refusal(thank(bea)) == "" {
			t.Error("thanks before it began")
		}
		h.until("2000-01-03 20:30")
		for _, who := range []string{bea, cleo, bea} {
			if err := thank(who); err != nil {
				t.Fatal(err)
			}
		}
		if h.refusal(thank(ana)) == "" {
			t.Error("the host thanks themselves")
		}
		h.sent()
		h.until("2000-01-04 09:30")
		want(t, h, "04 14:00 ana (silent): 2 people said thank you. / Your turn is over. How many were there?")
	})
}

// TestWhoIsErasedHostsNothing: no rota and no shift holds their id any more.
func TestWhoIsErasedHostsNothing(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		g, ana, _, _ := night(h)
		h.until("2000-01-03 10:00")
		if err := h.hosts(g, ana, true); err != nil {
			t.Fatal(err)
		}
		for more := true; more; {
			h.update(func(tx storage.Tx) (err error) {
				more, err = h.Erase(tx, ana)
				return err
			})
		}
		h.view(func(r storage.Reader) error {
			facts, err := h.Export(r, ana)
			if len(facts) > 0 {
				t.Errorf("still kept: %v", facts)
			}
			rota, err2 := h.Rota(r, g.Series)
			if rota.PartOf(ana) != meeting.NoPart {
				t.Error("they still take turns")
			}
			return errors.Join(err, err2)
		})
	})
}
