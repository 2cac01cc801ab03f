package commands_test

import (
	"io"
	"strings"
	"testing"

	"peerbot/chat"
	"peerbot/community/member"
)

func fileOf(t *testing.T, r chat.Reply) string {
	t.Helper()
	if len(r.Files) != 1 {
		t.Fatalf("%d files", len(r.Files))
	}
	f, err := r.Files[0].Open()
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(f)
	if err != nil || int64(len(text)) != r.Files[0].Size {
		t.Errorf("%d bytes of %d, %v", len(text), r.Files[0].Size, err)
	}
	return string(text)
}

// TestACalendarNamesNothing: not the title, not the way in, unless the person lets the
// title be seen.
func TestACalendarNamesNothing(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		d.host()
		d.saves(`/meeting add title:"Recovery Circle" when:"Mondays 20:00-21:00" link:https://meet.example.org/canary passcode:canary address:"12 River Street"`)
		d.opens(ana, nil)
		card := d.presses(ana, private(ana), d.says(ana, private(ana), "/meetings"), "Remind me: Recovery Circle")
		text := fileOf(t, d.presses(ana, private(ana), card, "Add to calendar"))
		for _, never := range []string{"Recovery", "canary", "River"} {
			if strings.Contains(text, never) {
				t.Errorf("the calendar says %s:\n%s", never, text)
			}
		}
		if !strings.Contains(text, "SUMMARY:A date of mine\r\n") || !strings.Contains(text, "RRULE:FREQ=WEEKLY;BYDAY=MO;WKST=MO\r\n") {
			t.Error(text)
		}
		d.opens(ana, func(m *member.Member) { m.Open, m.Lang = true, "es" })
		text = fileOf(t, d.presses(ana, private(ana), card, "Add to calendar"))
		for _, want := range []string{"SUMMARY:Recovery Circle\r\n", "LOCATION:12 River Street\r\n", "X-WR-CALNAME:Fechas\r\n"} {
			if !strings.Contains(text, want) {
				t.Errorf("%q is missing in:\n%s", want, text)
			}
		}
		if strings.Contains(text, "canary") {
			t.Error("the calendar tells the way in")
		}
	})
}
