package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"peerbot/bot"
	"peerbot/bot/telegram"
	"peerbot/bot/telegram/telegramtest"
	"peerbot/chat"
	"peerbot/commands"
)

// gathering is the whole program behind a Telegram of its own.
type gathering struct {
	*stage
	*telegramtest.Server
}

// gather starts the program, with everybody but kim in private chats with it.
func gather(t *testing.T) *gathering {
	t.Helper()
	server := telegramtest.New(telegramtest.Options{})
	plugged := func(p *program) ([]bot.Platform, error) {
		tg, err := telegram.New(telegram.Options{
			Token: telegramtest.Token, API: "http://telegram.test", Dial: server.Dial,
			Words: p.words, Store: p.store, Vault: p.store.vault, Log: p.log,
		})
		return []bot.Platform{tg}, err
	}
	g := &gathering{stage: performOn(t, inMemory, testConfig(t), plugged), Server: server}
	t.Cleanup(func() {
		g.stop()
		server.Close()
		server.Verify(t)
	})
	for _, who := range []string{"ana", "ben", "ada"} {
		server.Start(who, "")
	}
	settle()
	return g
}

// settle lets everything happen that follows from what was done.
func settle() {
	time.Sleep(5 * time.Second)
	synctest.Wait()
}

// what is what people write behind a command, which nobody else may read.
const what = "grouse hello 8155"

// asked are all private commands, in every language, as somebody types them: alone, with
// every option, and as they are meant to be.
func (g *gathering) asked() []string {
	lines := []string{
		`/remind what:"` + what + `" when:"in 2 hours"`, `/settings zone:Chatham quiet:14:07-15:13`, `/privacy show`, `/privacy erase`,
		`/meeting add title:"` + what + `" when:"every day 20:00-21:00"`, `/remind what:"` + what, `/remnid ` + what, `/privacy ` + what, `/meeting ` + what, `/help meetings`,
	}
	var walk func(path []string, tree []chat.Command)
	walk = func(path []string, tree []chat.Command) {
		for _, c := range tree {
			here := append(slices.Clone(path), c.Name)
			if c.Private && !c.Unlisted {
				for _, lang := range g.p.words.Langs() {
					lines = append(lines, g.typed(lang, here, nil), g.typed(lang, here, c.Options))
				}
			}
			walk(here, c.Subs)
		}
	}
	walk(nil, commands.All(g.p.deps))
	return lines
}

// typed is a command as it is written in a language, something personal in every option.
func (g *gathering) typed(lang string, path []string, options []chat.Param) string {
	var words []string
	for i := range path {
		words = append(words, g.p.words.Name(lang, strings.Join(path[:i+1], " ")))
	}
	line := "/" + strings.Join(words, " ")
	for _, o := range options {
		line += fmt.Sprintf(" %s:%q", g.p.words.OptionName(lang, strings.Join(path, " "), o.Spec().Name), what)
	}
	return line
}

// door is where a note in a group leads: to the private chat, with a token or nothing.
var door = regexp.MustCompile(`^https://t\.me/` + telegramtest.Username + `(\?start=[A-Za-z0-9_-]{1,64})?$`)

// TestPrivateCommandsInAGroup: whoever gives any private command in a group, the others
// see the same two notes from the bot and nothing else: no topic, no argument, no name
// and no result.
func TestPrivateCommandsInAGroup(t *testing.T) {
	t.Parallel()
	for _, post := range []telegramtest.Post{
		{Who: "ana", Room: "hall"}, {Who: "kim", Room: "hall"}, {Who: "ana", Room: "club"}, {Who: "ada", Room: "yard", Anonymous: true},
	} {
		t.Run(fmt.Sprintf("%s in %s", post.Who, post.Room), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := gather(t)
				lines := g.asked()
				for _, line := range lines {
					post.Text = line
					if post.Room == "club" { // where another bot spoke last
						word, rest, _ := strings.Cut(line, " ")
						post.Text = strings.TrimSpace(word + "@" + telegramtest.Username + " " + rest)
					}
					g.Write(post)
					settle()
				}
				time.Sleep(3 * time.Hour) // until what was planned comes
				g.othersSee(post.Room, len(lines))
			})
		})
	}
}

// othersSee wants notes in the room, some for so many commands, and nothing else.
func (g *gathering) othersSee(room string, asked int) {
	g.t.Helper()
	words := func(id string) string {
		return chat.Block(g.p.words.Put("en", nil, chat.Say(id)).String())
	}
	notes := []string{words("telegram.note"), words("telegram.note_start")}
	seen := g.SeesOfBot("ben", room)
	if len(seen) < asked/2 {
		g.t.Errorf("%d notes stand in the group after %d commands, so hardly anything was tried", len(seen), asked)
	}
	for _, m := range seen {
		if !slices.Contains(notes, m.Text) || !slices.Equal(m.Labels(), []string{words("telegram.open")}) || m.File != "" || m.Edited {
			g.t.Errorf("ben sees in the group: %+v", m)
			continue
		}
		if to := m.Buttons[0][0].URL; !door.MatchString(to) {
			g.t.Errorf("the note leads to %s", to)
		}
	}
}

// lifeline is a number that somebody can call or write to.
var lifeline = regexp.MustCompile(`(^|[^0-9])[0-9][0-9 ()-]{1,20}[0-9]`)

// TestAHumansNumberIsNear: whatever somebody in need writes, and wherever, a number
// stands in the reply or behind one press.
func TestAHumansNumberIsNear(t *testing.T) {
	t.Parallel()
	bots := "@" + telegramtest.Username
	for _, post := range []telegramtest.Post{
		{Who: "ana", Text: "i cant do this"}, {Who: "ana", Text: "help"}, {Who: "ana", Text: "/help"}, {Who: "ana", Text: "/sos"},
		{Who: "ana", Text: "/crisis" + bots}, {Who: "ana", Text: "/SOS"}, {Who: "ana", Text: "please /sos"}, {Who: "ana", Text: "🌻 /crisis"},
		{Who: "ana", Text: "/start"}, {Who: "kim", Text: "/sos"},
		{Who: "ana", Room: "club", Text: "/crisis" + bots}, {Who: "kim", Room: "club", Text: "/sos" + bots}, {Who: "ana", Room: "club", Text: "help /sos" + bots},
		{Who: "ana", Room: "hall", Text: "/sos"}, {Who: "kim", Room: "hall", Text: "/crisis"}, {Who: "ada", Room: "hall", Text: "/sos", Anonymous: true},
		{Who: "ana", Room: "club", Text: "/help" + bots},
	} {
		t.Run(fmt.Sprintf("%q in %q", post.Text, post.Room), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := gather(t)
				if post.Who == "kim" && post.Room == "" {
					g.Start("kim", "")
					settle()
				}
				group, own := len(g.SeesOfBot(post.Who, post.Room)), len(g.SeesOfBot(post.Who, ""))
				g.Write(post)
				settle()
				news := g.SeesOfBot(post.Who, post.Room)[group:]
				if post.Room != "" {
					news = append(news, g.SeesOfBot(post.Who, "")[own:]...)
				}
				if !g.near(post, news) {
					t.Errorf("no number is near: %+v", news)
				}
			})
		})
	}
}

// near reports whether a number stands in what came, or behind one press of it.
func (g *gathering) near(post telegramtest.Post, news []telegramtest.Seen) bool {
	for _, m := range news {
		if lifeline.MatchString(m.Text) {
			return true
		}
		for _, row := range m.Buttons {
			for _, b := range row {
				if g.behind(post, m, b) {
					return true
				}
			}
		}
	}
	return false
}

func (g *gathering) behind(post telegramtest.Post, m telegramtest.Seen, b telegramtest.Button) bool {
	for _, room := range []string{post.Room, ""} {
		if !slices.ContainsFunc(g.SeesOfBot(post.Who, room), func(s telegramtest.Seen) bool { return s.ID == m.ID && s.Text == m.Text }) || b.Data == "" {
			continue
		}
		if err := g.PressData(post.Who, room, m.ID, b.Data); err != nil {
			g.t.Error(err)
		}
		settle()
		for _, room := range []string{post.Room, ""} {
			for _, s := range g.SeesOfBot(post.Who, room) {
				if lifeline.MatchString(s.Text) {
					return true
				}
			}
		}
	}
	return false
}
