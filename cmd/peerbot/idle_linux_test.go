package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"peerbot/bot/discord/discordtest"
	"peerbot/bot/telegram/telegramtest"
	"peerbot/config"
)

// BenchmarkIdle is how much memory the real program takes that is connected to both
// platforms and has nothing to do, in a process of its own: its private memory, and
// what is resident with the pages of the program itself, which the system drops when
// it needs them. With PEERBOT_FULL=1 it is looked at once the collector has run by itself.
func BenchmarkIdle(b *testing.B) {
	d, g := discordtest.New(discordtest.Options{}), telegramtest.New(telegramtest.Options{})
	defer d.Close()
	defer g.Close()
	if err := d.Listen(); err != nil {
		b.Fatal(err)
	}
	address, err := g.Listen()
	if err != nil {
		b.Fatal(err)
	}
	rest := 5 * time.Second
	if os.Getenv("PEERBOT_FULL") != "" {
		rest = 150 * time.Second
	}
	for b.Loop() {
		cmd := exec.CommandContext(b.Context(), "peerbot", "run")
		cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, config.Prefix) })
		cmd.Env = append(cmd.Env, "PEERBOT_STORE_PATH="+filepath.Join(b.TempDir(), "home", "peerbot.db"), "PEERBOT_COMMUNITY_ZONE=UTC",
			"PEERBOT_CONSOLE_ENABLED=false", "PEERBOT_TELEGRAM_TOKEN="+telegramtest.Token, "PEERBOT_TELEGRAM_API_URL="+address,
			"PEERBOT_DISCORD_TOKEN="+d.Token(), "PEERBOT_DISCORD_API_URL="+d.URL())
		if err := cmd.Start(); err != nil {
			b.Fatal(err)
		}
		for !d.Connected() || g.Counts().Requests["getUpdates"] == 0 {
			time.Sleep(10 * time.Millisecond)
		}
		time.Sleep(rest)
		b.ReportMetric(resident(b, cmd.Process.Pid, "RssAnon"), "private-MB")
		b.ReportMetric(resident(b, cmd.Process.Pid, "VmRSS"), "resident-MB")
		_ = cmd.Process.Kill() // it ends as it likes
		_ = cmd.Wait()
	}
}

// resident is a line of what the system says about the memory of a process, in MB.
func resident(b *testing.B, pid int, name string) (mb float64) {
	b.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		b.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		var kb float64
		if n, _ := fmt.Sscanf(line, name+": %f kB", &kb); n == 1 {
			return kb / 1024
		}
	}
	b.Fatalf("the system does not tell %s", name)
	return 0
}
