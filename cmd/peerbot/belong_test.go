package main

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestTheWayInIsForThoseWhoBelong: in private the platform is asked who belongs. Whoever
// does hears the way in there, also after the bot was away from the server for a while; a
// stranger on the other platform does not.
func TestTheWayInIsForThoseWhoBelong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := onBoth(t)
		b.discord.Grant("ana", b.discord.AddRole("hosts", 1<<5))
		b.must(b.discord.Command("ana", "hall", []string{"meeting", "add"}, map[string]string{
			"title": "Candles", "when": time.Now().Add(36*time.Hour + 10*time.Minute).UTC().Format("2006-01-02 15:04"), "zone": "UTC",
			"link": "https://zoom.us/j/1", "passcode": "hush",
		}))
		b.taps("Save")
		b.discord.Kick(true)
		settle()
		b.discord.Kick(false)
		time.Sleep(36 * time.Hour)

		b.must(b.discord.Command("ben", "", []string{"meetings"}, nil))
		for _, m := range b.discord.Sees("ben", "") {
			if len(m.Components) > 0 {
				b.must(b.discord.Press("ben", m.ID, m.Components[0].Components[0].CustomID))
			}
		}
		said := b.discord.Sees("ben", "")
		if len(said) != 2 || !strings.Contains(said[1].Content, "hush") {
			t.Errorf("a member is told %+v", said)
		}

		b.telegram.Meet("eve", true)
		b.telegram.Say("eve", "", "/meetings")
		settle()
		b.must(nil, b.telegram.Press("eve", "eve", "Join: Candles"))
		last := b.telegram.SeesOfBot("eve", "eve")
		if text := last[len(last)-1].Text; strings.Contains(text, "hush") || !strings.Contains(text, "This is for members") {
			t.Errorf("a stranger is told %q", text)
		}
	})
}
