package commands_test

import (
	"testing"

	"peerbot/bot"
	"peerbot/chat"
	"peerbot/commands"
	"peerbot/community/member"
	"peerbot/community/space"
	"peerbot/storage"
)

func directory(d *desk) bot.Directory { return commands.NewDirectory(d.deps) }

func TestKnow(t *testing.T) {
	tests := []struct {
		name   string
		set    func(t *testing.T, d *desk, home string)
		call   chat.Call
		role   chat.Role
		zone   string
		lang   string
		plain  bool
		inHome bool
	}{
		{name: "a stranger in a room", call: chat.Call{At: lobby, Lang: "es-MX"},
			role: chat.Member, zone: "America/New_York", lang: "es", inHome: true},
		{name: "a stranger in private", call: chat.Call{At: private(ana), Lang: "fr"},
			zone: "America/New_York", lang: "en"},
		{name: "what the platform knows stays", call: chat.Call{At: lobby, Role: chat.Admin},
			role: chat.Admin | chat.Member, zone: "America/New_York", lang: "en", inHome: true},
		{name: "someone with settings", call: chat.Call{At: lobby, Lang: "en"}, set: func(t *testing.T, d *desk, home string) {
			put(d, member.Member{Zone: "Europe/Madrid", Lang: "es", Plain: true})
		}, role: chat.Member, zone: "Europe/Madrid", lang: "es", plain: true, inHome: true},
		{name: "a community with settings", call: chat.Call{At: lobby}, set: func(t *testing.T, d *desk, home string) {
			putHome(d, space.Home{ID: home, Zone: "Europe/London", Lang: "es"})
		}, role: chat.Member, zone: "Europe/London", lang: "es", inHome: true},
		{name: "in private with the only community", call: chat.Call{At: private(ana)}, set: func(t *testing.T, d *desk, home string) {
			putHome(d, space.Home{ID: home, Zone: "Europe/London"})
		}, zone: "Europe/London", lang: "en", inHome: true},
		{name: "in private with one's own community", call: chat.Call{At: private(ana)}, set: func(t *testing.T, d *desk, home string) {
			putHome(d, space.Home{ID: home, Zone: "Europe/London"})
			putHome(d, space.Home{ID: "another"})
			put(d, member.Member{Home: home})
			d.give(ana, lobby, chat.Host)
		}, role: chat.Member | chat.Host, zone: "Europe/London", lang: "en", inHome: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			eachStore(t, func(t *testing.T, d *desk) {
				home := homeOf(d, lobby)
				if tt.set != nil {
					tt.set(t, d, home)
				}
				c := tt.call
				c.From, c.Time = ana, noon
				if err := directory(d).Know(t.Context(), &c); err != nil {
					t.Fatal(err)
				}
				if c.Role != tt.role || c.Zone.String() != tt.zone || c.Lang != tt.lang || c.Plain != tt.plain || (c.Home == home) != tt.inHome {
					t.Errorf("got %v, %v, %q, plain %v, home %q", c.Role, c.Zone, c.Lang, c.Plain, c.Home)
				}
			})
		})
	}
}

func homeOf(d *desk, at chat.Address) (home string) {
	d.update(func(tx storage.Tx) (err error) { home, err = d.deps.Spaces.HomeOf(tx, at); return err })
	return home
}

func put(d *desk, v member.Member) {
	v.ID = d.deps.Members.IDOf(ana)
	d.update(func(tx storage.Tx) error { return d.deps.Members.Put(tx, v) })
}

func putHome(d *desk, h space.Home) {
	d.update(func(tx storage.Tx) error { return d.deps.Spaces.Put(tx, h) })
}

// Whose client says no language is answered in the community's.
func TestTheCommunitysLanguage(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		putHome(d, space.Home{ID: homeOf(d, lobby), Lang: "es"})
		for tag, want := range map[string]string{"": "Tus ajustes", "en-GB": "Your settings"} {
			c := chat.Call{ID: "first" + tag, From: ana, At: lobby, Text: "/settings", Lang: tag, Time: noon}
			d.wants(d.router.Call(t.Context(), &c), want)
		}
	})
}
