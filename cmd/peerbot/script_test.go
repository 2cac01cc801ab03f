package main

import (
	"testing"

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
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"platforms": platforms},
	})
}

// platforms starts a Discord and a Telegram to which the program connects, with the
// tokens $DISCORD_TOKEN and $TELEGRAM_TOKEN.
func platforms(ts *testscript.TestScript, _ bool, _ []string) {
	d, g := discordtest.New(discordtest.Options{}), telegramtest.New(telegramtest.Options{})
	ts.Defer(d.Close)
	ts.Defer(g.Close)
	ts.Check(d.Listen())
	address, err := g.Listen()
	ts.Check(err)
	ts.Setenv("PEERBOT_DISCORD_API_URL", d.URL())
	ts.Setenv("PEERBOT_TELEGRAM_API_URL", address)
	ts.Setenv("DISCORD_TOKEN", d.Token())
	ts.Setenv("TELEGRAM_TOKEN", telegramtest.Token)
}
