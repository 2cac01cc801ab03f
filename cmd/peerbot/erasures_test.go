package main

import (
	"os"
	"testing"
	"testing/synctest"
	"time"
)

// TestAnOlderCopyErasesAgain: who erased themselves stays erased when a copy from
// before comes back, and who came back since keeps what they have across a new start.
func TestAnOlderCopyErasesAgain(t *testing.T) {
	t.Parallel()
	cfg := testConfig(t)
	synctest.Test(t, func(t *testing.T) {
		s := perform(t, inFile, cfg)
		s.say("ana: /settings zone:Madrid")
		s.say("ben: /settings zone:Lisbon")
		s.stop()
		older, err := os.ReadFile(cfg.Store.Path)
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second) // A start at another time, so that its calls are others.
		s = perform(t, inFile, cfg)
		for _, who := range []string{"ana", "ben"} {
			s.say(who + ": /privacy erase")
			s.say(who + ": [Erase everything]")
		}
		time.Sleep(time.Minute)
		s.say("ben: /settings zone:Lisbon")
		s.stop()

		time.Sleep(time.Second)
		s = perform(t, inFile, cfg)
		s.say("ben: /privacy show")
		s.sees("Nothing is kept about you.", 0)
		s.stop()

		if err := os.WriteFile(cfg.Store.Path, older, 0o600); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			time.Sleep(time.Second)
			s = perform(t, inFile, cfg)
			s.say("ana: /privacy show")
			s.say("ben: /privacy show")
			s.sees("Nothing is kept about you.", 2)
			s.stop()
		}
	})
}
