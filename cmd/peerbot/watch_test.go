package main

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"peerbot/bot"
)

func TestALoopThatStandsStillIsSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		p := &program{log: slog.New(slog.NewTextHandler(&log, nil))}
		began := time.Now()
		time.Sleep(90 * time.Second)
		p.sayStill("agenda", began)
		p.sayStill("outbox", time.Time{})
		if log.Len() > 0 {
			t.Errorf("said too early: %s", &log)
		}
		time.Sleep(time.Minute)
		p.sayStill("agenda", began)
		if !strings.Contains(log.String(), "stands still") {
			t.Error("nothing was said")
		}
	})
}

func TestAHaltIsSaidOnceAnHour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		p := &program{log: slog.New(slog.NewTextHandler(&log, nil))}
		began := time.Now()
		for range 3 * 60 {
			time.Sleep(time.Minute + 7*time.Millisecond)
			p.sayDown("east", bot.Outage{Since: began})
			p.sayDown("west", bot.Outage{Since: began, Say: "Ask for a new token."})
		}
		for part, times := range map[string]int{"platform=east": 0, "platform=west": 3, "Ask for a new token.": 3} {
			if got := strings.Count(log.String(), part); got != times {
				t.Errorf("%q was said %d times, want %d:\n%s", part, got, times, &log)
			}
		}
	})
}
