package meeting_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"peerbot/community/meeting"
	"peerbot/community/member"
	"peerbot/storage"
)

// want fails unless exactly this was sent since it last looked. A minute that ends in
// x is any of ten: reminders a day ahead are spread.
func want(t *testing.T, h *hall, lines ...string) {
	t.Helper()
	got := h.sent()
	for i, line := range got {
		if spread := line[:7] + "x" + line[8:]; slices.Contains(lines, spread) {
			got[i] = spread
		}
	}
	slices.Sort(got)
	if len(got) == 0 && len(lines) == 0 {
		return
	}
	if diff := cmp.Diff(lines, got); diff != "" {
		t.Errorf("what was sent (-want +got):\n%s", diff)
	}
}

func quiet(from, to int) func(*member.Member) {
	return func(v *member.Member) { v.Quiet = member.Quiet{From: clock(from), To: clock(to)} }
}

func TestRemindersComeAtTheirMinute(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		v := h.add(meeting.Said{Title: "Candle Group", ShortName: "Blue cup", When: "Mondays 20:00-21:00", Remind: "1 day, 1 hour, 15 minutes, start"})
		h.follow(v, h.join("ana", nil), time.Hour, meeting.Unasked)
		h.follow(v, h.join("bea", func(m *member.Member) { m.Open, m.Lang = true, "es" }), 24*time.Hour, meeting.Unasked)
		h.until("2000-01-03 21:30")
		want(t, h,
			"03 01:0x bea: Candle Group empieza el lunes 3 de enero de 2000, 20:00 (hora del Este)",
			"03 01:0x lobby: Candle Group is on Monday 3 January 2000, 20:00 (Eastern time).",
			"04 00:00 ana: You have a note at 20:00: Blue cup",
			"04 00:00 lobby: Candle Group starts at 20:00 (Eastern time).",
			"04 00:45 lobby: Candle Group starts at 20:00 (Eastern time).",
			"04 01:00 lobby: Candle Group starts now.",
		)
		h.until("2000-01-10 19:30")
		want(t, h,
			"10 01:0x bea: Candle Group empieza el lunes 10 de enero de 2000, 20:00 (hora del Este)",
			"10 01:0x lobby: Candle Group is on Monday 10 January 2000, 20:00 (Eastern time).",
			"11 00:00 ana: You have a note at 20:00: Blue cup",
			"11 00:00 lobby: Candle Group starts at 20:00 (Eastern time).",
		)
	})
}

func TestAReminderThatIsLateSaysSoAndAStaleOneStaysAway(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		v := h.add(meeting.Said{Title: "G", When: "every day 20:00-21:00", Remind: "15 minutes"})
		h.follow(v, h.join("ana", nil), 30*time.Minute, meeting.Unasked)
		h.until("2000-01-01 19:20")
		h.sent()
		h.down(40 * time.Minute) // Until 20:00: both are late, and inside their time.
		h.until("2000-01-01 20:30")
		want(t, h,
			"02 01:00 ana: This note is late. /  / You have a note at 20:00",
			"02 01:00 lobby: This note is late. /  / G starts at 20:00 (Eastern time).",
		)
		h.until("2000-01-02 19:20")
		h.down(51 * time.Minute) // Until 20:11: eleven minutes after the start.
		h.until("2000-01-03 10:00")
		want(t, h)
	})
}

func TestQuietHours(t *testing.T) {
	for _, tt := range []struct {
		clash meeting.Clash
		want  string
	}{
		{meeting.Unasked, "02 12:15 ana (silent): You have a note at 07:30"},
		{meeting.Silently, "02 12:15 ana (silent): You have a note at 07:30"},
		{meeting.Before, "02 02:50 ana: You have a note at 07:30"},
		{meeting.Skip, ""},
	} {
		t.Run(string(tt.clash), func(t *testing.T) {
			bubbles(t, func(t *testing.T, h *hall) {
				v := h.add(meeting.Said{Title: "G", When: "every day 07:30-08:00", Remind: meeting.Away})
				h.until("2000-01-01 12:00")
				h.follow(v, h.join("ana", quiet(22, 8)), 15*time.Minute, tt.clash)
				h.until("2000-01-02 12:00")
				if tt.want == "" {
					want(t, h)
				} else {
					want(t, h, tt.want)
				}
			})
		})
	}
}

// Who sets quiet hours later, when the reminder has its time already, hears no sound.
func TestQuietHoursThatComeLater(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		v := h.add(meeting.Said{Title: "G", When: "every day 07:30-08:00", Remind: meeting.Away})
		h.until("2000-01-01 23:00")
		h.follow(v, h.join("ana", nil), 15*time.Minute, meeting.Before)
		h.join("ana", quiet(22, 8))
		h.until("2000-01-03 12:00")
		want(t, h, "02 12:15 ana (silent): You have a note at 07:30", "03 02:5x ana: You have a note at 07:30")
	})
}

func TestAClashIsNoticed(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		early, late := h.add(meeting.Said{Title: "E", When: "Mondays 07:30-08:00"}), h.add(meeting.Said{Title: "L", When: "Mondays 20:00-21:00"})
		ana := h.join("ana", quiet(22, 8))
		for v, want := range map[string]bool{early.Series: true, late.Series: false} {
			f := meeting.Follow{Series: v, Home: h.home, Member: ana, Leads: []time.Duration{15 * time.Minute}}
			h.view(func(r storage.Reader) error {
				got, err := h.Clashes(r, &f, time.Now())
				if got != want {
					t.Errorf("clashes: %v, want %v", got, want)
				}
				return err
			})
		}
	})
}

func TestNothingIsSentPastTheNextQuietHour(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		v := h.add(meeting.Said{Title: "G", When: "every day 22:15-23:00", Remind: meeting.Away})
		h.follow(v, h.join("ana", quiet(22, 8)), 30*time.Minute, meeting.Unasked)
		h.until("2000-01-01 21:40")
		h.sent()
		h.down(25 * time.Minute) // Until 22:05, when the reminder of 21:45 would make a sound.
		h.until("2000-01-02 12:00")
		want(t, h)
	})
}

// A neutral note gives nothing away, whatever the meeting is called.
func TestALockScreenSaysNothing(t *testing.T) {
	telling := []string{"recover", "sober", "group", "grupo", "support", "apoyo", "mental", "meeting", "reunión", "anonymous", "peer"}
	bubbles(t, func(t *testing.T, h *hall) {
		v := h.add(meeting.Said{Title: "Sober Recovery Peer Support Group", When: "every day 20:00-21:00", Link: "https://example.org/recovery", Passcode: "Recovery", Notes: "mental health"})
		h.follow(v, h.join("ana", nil), 15*time.Minute, meeting.Unasked)
		h.follow(v, h.join("eva", func(m *member.Member) { m.Lang = "es" }), 24*time.Hour, meeting.Unasked)
		h.until("2000-01-02 19:50")
		g := h.find("sober")
		h.edit(g, meeting.This, meeting.Said{When: "22:00"})
		h.cancel(h.find("sober"), meeting.This)
		time.Sleep(time.Minute)
		h.mu.Lock()
		defer h.mu.Unlock()
		n := 0
		for _, d := range h.got {
			if d.Room == "lobby" {
				continue
			}
			n++
			text := strings.ToLower(d.Body)
			for _, row := range d.Message.Offers {
				for _, o := range row {
					text += " " + strings.ToLower(h.words.Put(d.Message.Lang, nil, o.Label).String())
				}
			}
			for _, word := range telling {
				if strings.Contains(text, word) {
					t.Errorf("%q says %q", text, word)
				}
			}
		}
		if n < 6 {
			t.Errorf("%d private notes; the test wants to see reminders, a move and a cancellation for two", n)
		}
	})
}

// What a room can read has no way in, and always a way to help.
func TestARoomReadsNoLink(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		h.add(meeting.Said{Title: "G", When: "every day 20:00-21:00", Link: "https://example.org/canary", Number: "123 4567 8901",
			Passcode: "canary", Phone: "+1 555 0100", Address: "canary street", Notes: "canary", Remind: "15 minutes, start"})
		h.until("2000-01-01 19:00")
		h.sent()
		h.until("2000-01-01 19:50")
		h.edit(h.find("G"), meeting.This, meeting.Said{When: "22:00"})
		h.until("2000-01-01 22:10")
		h.mu.Lock()
		defer h.mu.Unlock()
		if len(h.got) != 4 {
			t.Errorf("%d posts, want two reminders for each of 20:00 and 22:00, less the start of 20:00, and the move", len(h.got))
		}
		for _, d := range h.got {
			if strings.Contains(d.Body, "canary") || strings.Contains(d.Body, "8901") || strings.Contains(d.Body, "0100") {
				t.Errorf("the room reads %q", d.Body)
			}
			if last := d.Message.Offers[len(d.Message.Offers)-1]; last[len(last)-1].Path[0] != "crisis" {
				t.Errorf("a post of the room has no way to help: %q", d.Body)
			}
		}
	})
}

func TestWhoCannotBeReachedIsPausedAndComesBack(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		v := h.add(meeting.Said{Title: "G", When: "every day 20:00-21:00", Remind: meeting.Away})
		ana := h.join("ana", nil)
		h.follow(v, ana, 15*time.Minute, meeting.Unasked)
		h.close("ana", true)
		h.until("2000-01-01 20:30")
		h.view(func(r storage.Reader) error {
			f, ok, err := h.Following(r, v.Series, ana)
			if !ok || !f.Paused {
				t.Errorf("following %v, paused %v; want both", ok, f.Paused)
			}
			return err
		})
		h.close("ana", false)
		h.until("2000-01-02 20:30")
		want(t, h)
		h.update(func(tx storage.Tx) error { return h.Back(tx, ana, time.Now()) })
		h.until("2000-01-03 20:30")
		want(t, h, "04 00:45 ana: You have a note at 20:00")
	})
}

func TestFollowNeedsAPrivateChat(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		v := h.add(meeting.Said{Title: "G", When: "every day 20:00-21:00"})
		err := h.store.Update(t.Context(), func(tx storage.Tx) error {
			_, err := h.Follow(tx, meeting.Follow{Series: v.Series, Home: h.home, Member: h.members.IDOf(person("zoe")), Leads: meeting.DefaultLeads()}, time.Now())
			return err
		})
		if got := h.refusal(err); !strings.Contains(got, "private chat") {
			t.Errorf("refused with %q", got)
		}
	})
}

// A community sees nothing of another.
func TestAnotherCommunitySeesNothing(t *testing.T) {
	bubbles(t, func(t *testing.T, h *hall) {
		v := h.add(meeting.Said{Title: "Canary", When: "every day 20:00-21:00"})
		ana := h.join("ana", nil)
		h.view(func(r storage.Reader) error {
			other, err := h.spaces.HomeOf(r, hangar)
			if err != nil {
				return err
			}
			if _, err := h.Find(r, other, "canary", time.Now()); err == nil {
				t.Error("found by its title")
			}
			if _, err := h.Find(r, other, h.ref(v), time.Now()); err == nil {
				t.Error("found by its reference")
			}
			choices, err := h.Suggest(r, other, "", time.Now())
			if len(choices) > 0 {
				t.Errorf("suggests %v", choices)
			}
			return err
		})
		err := h.store.Update(t.Context(), func(tx storage.Tx) error {
			other, err := h.spaces.HomeOf(tx, hangar)
			if err != nil {
				return err
			}
			_, err = h.Follow(tx, meeting.Follow{Series: v.Series, Home: other, Member: ana, Leads: []time.Duration{time.Hour}}, time.Now())
			return err
		})
		if got := h.refusal(err); !strings.Contains(got, "not on any more") {
			t.Errorf("refused with %q", got)
		}
	})
}

func (h *hall) ref(v meeting.Meeting) string {
	o, _ := v.Rule.Next(time.Now())
	return meeting.Gathering{Meeting: v, Occurrence: o}.Ref()
}
