package discord

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"peerbot/bot"
	"peerbot/bot/discord/discordtest"
	"peerbot/chat"
)

// desk answers calls as a test says.
type desk struct {
	answer   func(*chat.Call) chat.Reply
	complete func(c *chat.Call, option, typed string) []chat.Choice

	mu      sync.Mutex
	calls   []*chat.Call
	notices []chat.Notice
}

func (d *desk) Call(_ context.Context, c *chat.Call) chat.Reply {
	d.mu.Lock()
	d.calls = append(d.calls, c)
	d.mu.Unlock()
	return d.answer(c)
}

func (d *desk) Complete(_ context.Context, c *chat.Call, option, typed string) []chat.Choice {
	return d.complete(c, option, typed)
}

func (d *desk) Notice(_ context.Context, n chat.Notice) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.notices = append(d.notices, n)
	return errors.New("nobody wants to know")
}

func (d *desk) last(t *testing.T) *chat.Call {
	t.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.calls) == 0 {
		t.Fatal("nobody was called")
	}
	return d.calls[len(d.calls)-1]
}

// The commands of these tests.
var (
	what   = chat.String("what").Require()
	amount = chat.Integer("amount").Between(1, 9)
	flag   = chat.Boolean("flag")
	friend = chat.Who("friend")
	spot   = chat.Room("spot")
	paper  = chat.Attachment("paper")
	near   = chat.String("near").CompletedBy(func(context.Context, *chat.Call, string) ([]chat.Choice, error) { return nil, nil })
	shade  = chat.String("shade").OneOf(chat.Choice{Value: "r", Label: chat.Words("Red")}, chat.Choice{Value: "g", Label: chat.Words("Green")})
)

func tree() []chat.Command {
	return []chat.Command{
		{Name: "do", Options: []chat.Param{what, amount, flag, friend, spot, paper, near, shade}},
		{Name: "group", Subs: []chat.Command{
			{Name: "do", Options: []chat.Param{what}},
			{Name: "deep", Subs: []chat.Command{{Name: "do", Options: []chat.Param{what}}}},
			{Name: "hidden", Unlisted: true},
		}},
		{Name: "help_now", Always: true},
		{Name: "secret", Unlisted: true},
		{Name: "setup", Needs: chat.Moderator | chat.Admin},
	}
}

// play runs a test in a bubble, with the adapter connected and its commands published.
func play(t *testing.T, answer func(*chat.Call) chat.Reply, test func(*stage, *desk)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s, h := newStage(t, discordtest.Options{}), &desk{answer: answer}
		s.Start()
		stop := s.run(h)
		defer func() {
			settle()
			if err := stop(); err != nil {
				t.Errorf("Run: %v", err)
			}
		}()
		s.ready()
		test(s, h)
	})
}

func (s *stage) run(h bot.Handler) (stop func() error) {
	s.d.Publish(tree())
	ctx, cancel := context.WithCancel(s.t.Context())
	done := make(chan error, 1)
	go func() { done <- s.d.Run(ctx, h) }()
	return func() error {
		cancel()
		return <-done
	}
}

func settle() {
	time.Sleep(100 * time.Millisecond)
	synctest.Wait()
}

func says(words string) func(*chat.Call) chat.Reply {
	return func(*chat.Call) chat.Reply { return chat.Reply{Body: chat.Words(words)} }
}

// reads wants exactly these texts among what who sees in the room.
func (s *stage) reads(who, room string, want ...string) {
	s.t.Helper()
	var got []string
	for _, seen := range s.Sees(who, room) {
		got = append(got, strings.ReplaceAll(seen.Text, "\n", " / "))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		s.t.Errorf("%s in %q: %s", who, room, diff)
	}
}

func TestACommandInAGuild(t *testing.T) {
	play(t, says("hello"), func(s *stage, h *desk) {
		s.Speak("ana", "es-ES")
		s.Upload(discordtest.File{Name: "plan.ics", Type: "text/calendar", Data: []byte("BEGIN")})
		s.must(s.Command("ana", "hall", []string{"do"}, map[string]string{
			"what": "it", "amount": "3", "flag": "true", "friend": "ben", "spot": "yard", "paper": "plan.ics", "near": "x", "shade": "Red",
		}))
		settle()
		c := h.last(t)
		ana := chat.Person{Platform: "discord", ID: s.PersonID("ana"), Name: "ana"}
		want := &chat.Call{
			ID: c.ID, Path: []string{"do"}, From: ana, At: s.At("ana", "hall"), Reachable: true, Role: chat.Member, Lang: "es-ES", Time: c.Time,
			Args: []chat.Arg{
				{Name: "what", Value: "it"}, {Name: "amount", Value: "3"}, {Name: "flag", Value: "true"},
				{Name: "friend", Value: s.PersonID("ben")}, {Name: "spot", Value: s.ChannelID("", "yard")},
				{Name: "paper", Value: "plan.ics", File: c.Args[5].File}, {Name: "near", Value: "x"}, {Name: "shade", Value: "r"},
			},
		}
		if diff := cmp.Diff(want, c, cmp.Comparer(func(a, b *chat.File) bool { return a == b })); diff != "" {
			t.Error(diff)
		}
		if f := c.Args[5].File; f == nil || f.Type != "text/calendar" || f.Size != 5 || !sameBytes(f, "BEGIN") {
			t.Errorf("the file is %+v", f)
		}
		s.reads("ben", "hall", "hello")
	})
}

func sameBytes(f *chat.File, want string) bool {
	r, err := f.Open()
	if err != nil {
		return false
	}
	defer func() { _ = r.Close() }()
	b := make([]byte, len(want)+1)
	n, _ := r.Read(b)
	return string(b[:n]) == want
}

func TestPaths(t *testing.T) {
	play(t, says("hello"), func(s *stage, h *desk) {
		for _, path := range []string{"group do", "group deep do"} {
			s.must(s.Command("ana", "hall", strings.Fields(path), map[string]string{"what": "it"}))
			settle()
			if got := strings.Join(h.last(t).Path, " "); got != path || len(h.last(t).Args) != 1 {
				t.Errorf("/%s comes as %q with %v", path, got, h.last(t).Args)
			}
		}
		for _, path := range []string{"secret", "group hidden", "setup"} {
			if _, err := s.Command("ana", "hall", strings.Fields(path), nil); err == nil {
				t.Errorf("/%s is shown", path)
			}
		}
		s.Grant("ana", s.AddRole("keepers", discordtest.ManageGuild))
		s.must(s.Command("ana", "hall", []string{"setup"}, nil))
	})
}

func TestRights(t *testing.T) {
	play(t, says("hello"), func(s *stage, h *desk) {
		s.Grant("mia", s.AddRole("keepers", discordtest.ManageGuild))
		s.Grant("adi", s.AddRole("admins", discordtest.Administrator))
		for _, c := range []struct {
			who  string
			role chat.Role
		}{
			{"ana", chat.Member}, {"mia", chat.Member | chat.Moderator}, {"adi", chat.Member | chat.Moderator | chat.Admin},
			{"owner", chat.Member | chat.Moderator | chat.Admin},
		} {
			s.must(s.Command(c.who, "hall", []string{"do"}, nil))
			settle()
			if got := h.last(t).Role; got != c.role {
				t.Errorf("%s has %v, not %v", c.who, got, c.role)
			}
			known, err := s.d.Role(s.t.Context(), s.GuildID(), chat.Person{Platform: "discord", ID: s.PersonID(c.who)})
			if err != nil || known != c.role {
				t.Errorf("the roster has %v for %s, not %v (%v)", known, c.who, c.role, err)
			}
			s.must(s.Command(c.who, "", []string{"do"}, nil))
			settle()
			if got := h.last(t); got.Role != 0 || got.At != s.At(c.who, "") {
				t.Errorf("in private %s has %v at %v", c.who, got.Role, got.At)
			}
		}
	})
}

// Rights that were taken away are noticed within a minute, with few requests.
func TestRosterForgets(t *testing.T) {
	play(t, says("hello"), func(s *stage, _ *desk) {
		mia := chat.Person{Platform: "discord", ID: s.PersonID("mia")}
		role := s.AddRole("keepers", discordtest.ManageGuild)
		s.Grant("mia", role)
		known := func() chat.Role {
			r, err := s.d.Role(s.t.Context(), s.GuildID(), mia)
			if err != nil {
				t.Error(err)
			}
			return r
		}
		for range 100 {
			known()
		}
		if n := s.Requests("GET /guilds/{guild_id}/members/{user_id}"); n != 1 {
			t.Errorf("%d requests for 100 questions", n)
		}
		s.Grant("mia")
		time.Sleep(time.Minute)
		if r := known(); r != chat.Member {
			t.Errorf("a minute later it is still %v", r)
		}
		s.Leave("mia")
		time.Sleep(time.Minute)
		if r := known(); r != 0 {
			t.Errorf("who left has %v", r)
		}
	})
}

func TestThread(t *testing.T) {
	i := interaction("1", "10", `"channel":{"id":"11","type":11,"parent_id":"10"},"channel_id":"11"`)
	want := chat.Address{Platform: "discord", Space: "7", Room: "10", Thread: "11"}
	if got := at(i); got != want {
		t.Errorf("a thread is %v", got)
	}
}

func TestSuggestions(t *testing.T) {
	play(t, says("hello"), func(s *stage, h *desk) {
		h.complete = func(c *chat.Call, option, typed string) []chat.Choice {
			if other, _ := c.Arg("what"); option != "near" || typed != "lo" || other.Value != "it" || c.Path[0] != "do" || len(c.Args) != 1 {
				t.Errorf("asked for %q of %v %v with %q typed", option, c.Path, c.Args, typed)
			}
			return []chat.Choice{
				{Value: "london", Label: chat.Words("London")}, {Value: strings.Repeat("x", 101), Label: chat.Words("too long")},
				{Value: "long", Label: chat.Words(strings.Repeat("y", 120))},
			}
		}
		i, err := s.Complete("ana", "hall", []string{"do"}, map[string]string{"what": "it", "near": "lo"}, "near")
		if err != nil {
			t.Fatal(err)
		}
		settle()
		if diff := cmp.Diff([]string{"London", strings.Repeat("y", 99) + "…"}, i.Choices()); diff != "" {
			t.Error(diff)
		}
	})
}

func TestSomeoneWhoJustWrites(t *testing.T) {
	play(t, says("Nobody reads this."), func(s *stage, h *desk) {
		_ = s.Server.Say("ana", "hall", "hello everybody")
		_ = s.Server.Say("ana", "", "i cant do this")
		settle()
		s.reads("ana", "", "i cant do this", "Nobody reads this.")
		if c := h.last(t); len(h.calls) != 1 || c.Text != "i cant do this" || c.At != s.At("ana", "") || c.Path != nil {
			t.Errorf("got %d calls, the last is %+v", len(h.calls), c)
		}
	})
}

// That the bot is in a guild is told at every connection, and an outage is no removal.
func TestJoinedAndRemoved(t *testing.T) {
	play(t, says(""), func(s *stage, h *desk) {
		s.Outage(true)
		settle()
		s.Outage(false)
		settle()
		s.Kick(true)
		settle()
		s.Kick(false)
		settle()
		var got []chat.NoticeKind
		for _, n := range h.notices {
			got = append(got, n.Kind)
			if n.At != (chat.Address{Platform: "discord", Space: s.GuildID()}) || time.Since(n.Time) > time.Second {
				t.Errorf("%s is told of %v at %v", n.Kind, n.At, n.Time)
			}
		}
		if diff := cmp.Diff([]chat.NoticeKind{chat.Joined, chat.Joined, chat.Removed, chat.Joined}, got); diff != "" {
			t.Error(diff)
		}
	})
}

// One person's calls come in their order, and one that hangs holds nobody else up.
func TestOrder(t *testing.T) {
	play(t, func(c *chat.Call) chat.Reply {
		if a, _ := c.Arg("what"); a.Value == "slow" {
			time.Sleep(time.Second)
		}
		return chat.Reply{Body: chat.Words(c.Args[0].Value)}
	}, func(s *stage, h *desk) {
		for _, say := range []string{"slow", "next"} {
			s.must(s.Command("ana", "hall", []string{"do"}, map[string]string{"what": say}))
		}
		s.must(s.Command("ben", "hall", []string{"do"}, map[string]string{"what": "quick"}))
		settle()
		s.reads("mia", "hall", "quick")
		time.Sleep(time.Second)
		s.reads("mia", "hall", "quick", "slow", "next")
	})
}

func TestAPanicStaysInItsCall(t *testing.T) {
	play(t, func(c *chat.Call) chat.Reply {
		if a, _ := c.Arg("what"); a.Value == "boom" {
			panic("a secret")
		}
		return chat.Reply{Body: chat.Words("fine")}
	}, func(s *stage, h *desk) {
		s.must(s.Command("ana", "hall", []string{"do"}, map[string]string{"what": "boom"}))
		s.must(s.Command("ana", "hall", []string{"do"}, map[string]string{"what": "ok"}))
		settle()
		s.reads("ben", "hall", "fine")
		if log := s.log.String(); !strings.Contains(log, "panic") || strings.Contains(log, "a secret") {
			t.Errorf("the log says %q", log)
		}
	})
}
