package main

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"
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
