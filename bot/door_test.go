package bot_test

import (
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"peerbot/bot"
	"peerbot/chat"
	"peerbot/storage/mem"
)

// closed is a desk on a platform that answers aside and cannot open a private chat.
func closed(d *desk) { d.on, d.closed = "aside", true }

// comes goes through the door of the last reply.
func (d *desk) comes(who string) chat.Reply {
	d.t.Helper()
	door := d.shown[len(d.shown)-1].Door
	if door == nil {
		d.t.Fatal("there is no door")
	}
	return d.call(who, chat.Call{Press: door.Payload})
}

var opaque = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// What is private waits until its caller has come in, is done there once, and for the
// room's community.
func TestDoor(t *testing.T) {
	everywhere(t, func(d *desk) {
		closed(d)
		r := d.says("ana hall", "/secret ben")
		d.wantsSaved()
		if d.wants(""); !r.Private || r.Door == nil || r.Ask != nil {
			t.Fatalf("the room gets %+v", r)
		}
		if !opaque.MatchString(r.Door.Payload) || r.Door.Label.String() != "engine.door" || r.Door.Ask != nil {
			t.Errorf("the door is %+v", r.Door)
		}
		door := chat.Call{Press: r.Door.Payload}
		d.call("ben", door)
		d.wants("engine.old", "engine.crisis", "engine.menu")
		d.call("ana", door)
		d.wants("Done: kept quiet who=ben")
		d.call("ana", door)
		d.wants("engine.already")
		d.wantsSaved("kept quiet who=ben")

		d.says("ana hall", "/mine") // which changes nothing
		door.Press = d.shown[len(d.shown)-1].Door.Payload
		d.call("ana", door)
		d.wants("Look, "+d.vault.ID("home", "aside", "house"), "Again", "Short", "Long", "Once", "Open", "Soon over", "Rule")
		d.call("ana", door)
		d.wants("engine.already")
	})
}

// The same call again has the same door.
func TestDoorOfACallThatComesAgain(t *testing.T) {
	d := newDesk(t, mem.New(), bot.RouterConfig{})
	closed(d)
	one := d.call("ana hall", chat.Call{ID: "one", Text: "/secret ben"})
	if again := d.call("ana hall", chat.Call{ID: "one", Text: "/secret ben"}); again.Door.Payload != one.Door.Payload {
		t.Error("it has another door")
	}
}

func TestDoorShuts(t *testing.T) {
	d := newDesk(t, mem.New(), bot.RouterConfig{})
	closed(d)
	d.says("ana hall", "/secret ben")
	d.now = d.now.Add(time.Hour)
	d.comes("ana")
	d.wants("engine.old", "engine.crisis", "engine.menu")
}

// A form goes on behind the door, also one that a button in the room begins.
func TestDoorToAForm(t *testing.T) {
	everywhere(t, func(d *desk) {
		closed(d)
		d.says("ana hall", "/secret")
		d.comes("ana")
		d.asks("who=")
		d.says("ana", "ben")
		d.wants("Done: kept quiet who=ben")
	})
}

// A button of somebody else shows the menu in private, so that it needs a door too; what
// was refused as well, and what is public or can be answered needs none.
func TestWhoNeedsADoor(t *testing.T) {
	d := newDesk(t, mem.New(), bot.RouterConfig{})
	closed(d)
	for text, want := range map[string]bool{
		"/mine": true, "/secret": true, "/look": false, "/survey x": false, "/crisis": false, "/meeting rule": false, "/lok": false,
	} {
		if r := d.says("ana hall", text); (r.Door != nil) != want {
			t.Errorf("%s: the door is %v", text, r.Door)
		}
	}
	d.says("ana hall", "/meeting add title:x")
	d.presses("ben hall", "engine.form.save")
	d.comes("ben")
	d.wants("The menu.")
	if r := d.says("ana", "/mine"); r.Door != nil {
		t.Error("the private chat has a door")
	}
	d.closed = false
	if r := d.says("ana hall", "/mine"); r.Door != nil || len(r.Body) == 0 {
		t.Error("who can be reached gets a door")
	}
	d.on, d.closed = "typed", true
	if r := d.says("ana hall", "/mine"); r.Door != nil || len(r.Body) == 0 {
		t.Error("a platform that answers privately in a room gets a door")
	}
}

// What somebody without a name does and has on record is done in private by whoever has
// the rights; what is theirs alone elsewhere, the room has.
func TestNobodyInParticular(t *testing.T) {
	var called []chat.Call
	note := func(c chat.Call) { called = append(called, c) }
	d := newDesk(t, mem.New(), bot.RouterConfig{Tree: staffTree(note)})
	closed(d)
	d.call("nobody hall", chat.Call{Text: "/rule", Role: chat.Moderator})
	if d.wants(""); len(called) > 0 {
		t.Fatal("it is done without a name")
	}
	door := d.shown[len(d.shown)-1].Door.Payload
	d.call("ana", chat.Call{Press: door})
	d.wants("engine.denied", "engine.crisis", "engine.menu")
	d.call("mod", chat.Call{Press: door})
	if d.wants("Ruled."); len(called) != 1 || called[0].Room() != d.at("", "hall") || called[0].Home != d.vault.ID("home", "aside", "house") {
		t.Errorf("it is called with %+v", called)
	}
	d.call("mod", chat.Call{Press: door})
	d.wants("engine.already")

	d.call("nobody hall", chat.Call{Text: "/plan", Role: chat.Moderator})
	d.wants("Planning.", "engine.form.save", "engine.form.stop")
	d.presses("ana hall", "engine.form.save")
	d.wants("engine.denied", "engine.crisis", "engine.menu")
	d.presses("mod hall", "engine.form.save")
	d.wants("Ruled.")
	if last := called[len(called)-1]; last.Member == "" || slices.ContainsFunc(called, func(c chat.Call) bool { return c.From.ID == "" }) {
		t.Errorf("it is called with %+v", called)
	}
}

func staffTree(note func(chat.Call)) []chat.Command {
	run := func(_ context.Context, c *chat.Call) (chat.Reply, error) {
		note(*c)
		return chat.Reply{Body: chat.Words("Ruled.")}, nil
	}
	return []chat.Command{
		{Name: "menu", Run: run}, {Name: "crisis", Always: true, Run: run},
		{Name: "rule", Needs: chat.Moderator, Audit: true, Run: run},
		{Name: "plan", Needs: chat.Moderator, Run: run, Confirm: func(context.Context, *chat.Call) (chat.Reply, error) {
			return chat.Reply{Body: chat.Words("Planning.")}, nil
		}},
	}
}

// When the card of a door cannot be kept, words say so in its place.
func TestDoorWithoutAStore(t *testing.T) {
	d := newDesk(t, mem.New(), bot.RouterConfig{})
	closed(d)
	d.store.Close()
	if r := d.says("ana hall", "/secret ben"); r.Door != nil || !strings.Contains(r.Body.String(), "engine.fault") {
		t.Errorf("it says %q behind %v", r.Body, r.Door)
	}
}

// club is a platform that knows who may do what in its spaces.
type club struct {
	stand
	roles map[string]chat.Role // roles by space and person.
	fails error
	asked []string
}

func (c *club) Role(_ context.Context, space string, who chat.Person) (chat.Role, error) {
	c.asked = append(c.asked, space+" "+who.ID)
	return c.roles[space+" "+who.ID], c.fails
}

// atlas is a Directory of communities that live in two spaces each.
type atlas struct{ *desk }

func (atlas) Spaces(_ context.Context, home, platform string) ([]string, error) {
	if home == "nowhere" {
		return nil, nil
	}
	return []string{"house", "garden"}, nil
}

// Know lets everybody be at home.
func (a atlas) Know(ctx context.Context, c *chat.Call) error {
	if err := a.desk.Know(ctx, c); c.At.Direct() {
		c.Home = "home"
		if c.From.ID == "lost" {
			c.Home = "nowhere"
		}
		return err
	}
	return nil
}

// In a private chat the platform is asked what somebody may do, where that matters.
func TestRosterIsAskedInPrivate(t *testing.T) {
	for _, tt := range []struct {
		from, text string
		roles      map[string]chat.Role
		fails      error
		asked      int
		says       string
	}{
		{from: "ana", text: "/meeting rule", asked: 2, says: "engine.denied", roles: map[string]chat.Role{"house ana": chat.Member}},
		{from: "ana", text: "/meeting rule", asked: 2, says: "Done: ruled", roles: map[string]chat.Role{"garden ana": chat.Moderator}},
		{from: "mod", text: "/meeting rule", asked: 2, says: "engine.denied"}, // who does not belong there any more
		{from: "mod", text: "/meeting rule", asked: 2, says: "Done: ruled", roles: map[string]chat.Role{"house mod": chat.Member}},
		{from: "mod", text: "/meeting rule", asked: 1, says: "engine.fault", fails: errPlain},
		{from: "mod hall", text: "/meeting rule", asked: 0, says: "Done: ruled"},
		{from: "lost", text: "/meeting rule", asked: 0, says: "engine.denied"},
		{from: "lost", text: "/meeting add", asked: 0, says: "engine.denied"}, // who belongs to what is not on this platform
		{from: "ana", text: "/meeting add", asked: 2, says: "engine.denied"},
		{from: "ana", text: "/survey x", asked: 0, says: "Done: surveyed"},
		{from: "ana", text: "/meeting", asked: 2, says: "/meeting rule", roles: map[string]chat.Role{"house ana": chat.Moderator}},
		{from: "ana", text: "/menu", asked: 2, says: "The menu."},
	} {
		c := &club{stand: stand{limits: typed}, roles: tt.roles, fails: tt.fails}
		d := newDesk(t, mem.New(), bot.RouterConfig{})
		c.run = func(ctx context.Context, h bot.Handler) error {
			who, room, _ := strings.Cut(tt.from, " ")
			call := &chat.Call{ID: "1", Text: tt.text, Time: noon, From: chat.Person{Platform: "typed", ID: who}, At: d.at(who, room)}
			if got := h.Call(ctx, call).Body.String(); !strings.Contains(got, tt.says) || len(c.asked) != tt.asked {
				t.Errorf("%s: %s: it says %q, and %q were asked for", tt.from, tt.text, got, c.asked)
			}
			<-ctx.Done()
			return nil
		}
		synctest.Test(t, func(t *testing.T) {
			b := bot.New(d.routerFor(atlas{d}), []bot.Platform{c}, d.logger())
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan error)
			go func() { done <- b.Run(ctx) }()
			synctest.Wait()
			cancel()
			if err := <-done; err != nil {
				t.Error(err)
			}
		})
	}
}

// A file does not come in by a door: it is asked for inside, and nothing of it is kept.
func TestDoorOfAFile(t *testing.T) {
	d := small(t, chat.Command{Name: "mail", Private: true, Options: []chat.Param{letter, size}, Run: func(_ context.Context, c *chat.Call) (chat.Reply, error) {
		return chat.Reply{Body: chat.Words("Read " + letter.In(c).Name + " of " + strconv.Itoa(size.In(c)))}, nil
	}})
	closed(d)
	d.call("ana hall", chat.Call{Text: "/mail size:3", Args: []chat.Arg{{Value: "a.csv", File: &chat.File{Name: "a.csv"}}}})
	d.comes("ana")
	d.asks("file=")
	d.call("ana", chat.Call{Args: []chat.Arg{{Value: "b.csv", File: &chat.File{Name: "b.csv"}}}})
	d.wants("Read b.csv of 3")
}
