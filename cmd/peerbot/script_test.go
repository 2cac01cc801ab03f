package main

import (
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"peerbot/bot/discord/discordtest"
	"peerbot/bot/telegram/telegramtest"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"peerbot": main})
}

// TestScripts starts the program as people do and looks at what it says.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script", RequireExplicitExec: true, RequireUniqueNames: true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"platforms": platforms, "connected": connected},
		Setup: func(e *testscript.Env) error {
			d := discordtest.New(discordtest.Options{})
			e.Defer(d.Close)
			e.Values[atDiscord] = d
			return nil
		},
	})
}

// atDiscord is under what a script finds its Discord.
const atDiscord = "Discord"

// platforms starts a Discord and a Telegram to which the program connects, with the
// tokens $DISCORD_TOKEN and $TELEGRAM_TOKEN.
func platforms(ts *testscript.TestScript, _ bool, _ []string) {
	d, g := ts.Value(atDiscord).(*discordtest.Server), telegramtest.New(telegramtest.Options{})
	ts.Defer(g.Close)
	ts.Check(d.Listen())
	address, err := g.Listen()
	ts.Check(err)
	ts.Setenv("PEERBOT_DISCORD_API_URL", d.URL())
	ts.Setenv("PEERBOT_TELEGRAM_API_URL", address)
	ts.Setenv("DISCORD_TOKEN", d.Token())
	ts.Setenv("TELEGRAM_TOKEN", telegramtest.Token)
}

// connected waits until the program is connected to that Discord, and so runs; with a !
// until it is no longer.
func connected(ts *testscript.TestScript, neg bool, _ []string) {
	d := ts.Value(atDiscord).(*discordtest.Server)
	for end := time.Now().Add(enough); d.Connected() == neg; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			ts.Fatalf("it never came to that")
		}
	}
}
