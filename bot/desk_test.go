package bot_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"peerbot/bot"
	"peerbot/bot/bottest"
	"peerbot/chat"
	"peerbot/storage"
	"peerbot/storage/bolt"
	"peerbot/storage/mem"
	"peerbot/storage/storagetest"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// The platforms of the tests: one where lines are typed, one with forms of two
// fields, and one where private answers go to the private chat.
var (
	typed = bot.Limits{Platform: "typed", Payload: 64, Label: 40, Text: 4096, Rows: 20, Columns: 3, Choices: 25, Typed: true}
	forms = bot.Limits{Platform: "forms", Payload: 100, Label: 80, Text: 2000, Rows: 5, Columns: 5, Choices: 25, Asks: 2}
	aside = bot.Limits{Platform: "aside", Payload: 64, Label: 40, Text: 4096, Rows: 20, Columns: 3, Choices: 25, Typed: true, Aside: true}
)

// desk is a Router that a test talks to.
type desk struct {
	t      *testing.T
	store  storage.Store
	vault  *storage.Vault
	router *bot.Router
	log    *bytes.Buffer
	on     string // on is the platform.
	now    time.Time
	calls  int
	shown  []chat.Reply // shown are the replies, oldest first.
	mu     sync.Mutex   // mu guards saved.
	saved  []string     // saved is what the commands have done, in order.
	fail   error        // fail is what saving fails with.
	lost   error        // lost is what the Directory fails with.
	plain  bool         // plain: everybody uses a screen reader.
	closed bool         // closed: nobody has opened a private chat.
}

// everywhere runs a test over both stores, where each Update runs twice.
func everywhere(t *testing.T, test func(*desk)) {
	t.Helper()
	t.Run("mem", func(t *testing.T) { test(newDesk(t, mem.New(), bot.RouterConfig{})) })
	t.Run("bolt", func(t *testing.T) {
		s, err := bolt.Open(filepath.Join(t.TempDir(), "store", "bot.db"), bolt.Options{})
		if err != nil {
			t.Fatal(err)
		}
		test(newDesk(t, s, bot.RouterConfig{}))
	})
}

// newDesk opens a desk. What the config leaves out is made up.
func newDesk(t *testing.T, s storage.Store, c bot.RouterConfig) *desk {
	t.Helper()
	t.Cleanup(func() { s.Close() })
	vault, err := storage.NewVault(bytes.Repeat([]byte{3}, storage.KeySize))
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{t: t, store: storagetest.Twice(s), vault: vault, log: &bytes.Buffer{}, on: "typed", now: noon}
	if c.Tree == nil {
		c.Tree = d.tree()
	}
	if c.Words == nil {
		c.Words = bottest.Words{}
	}
	if c.Limits == nil {
		c.Limits = []bot.Limits{typed, forms, aside}
	}
	c.Store, c.Vault, c.Directory, c.Menu = d.store, vault, d, []string{"menu"}
	c.Log, c.Rand = d.logger(), rand.NewChaCha8([32]byte{})
	if d.router, err = bot.NewRouter(c); err != nil {
		t.Fatal(err)
	}
	return d
}

// routerFor is the desk's Router, which knows people by another Directory.
func (d *desk) routerFor(dir bot.Directory) *bot.Router {
	r, err := bot.NewRouter(bot.RouterConfig{
		Tree: d.tree(), Store: d.store, Vault: d.vault, Words: bottest.Words{}, Directory: dir, Menu: []string{"menu"},
		Limits: []bot.Limits{typed}, Log: d.logger(), Rand: rand.NewChaCha8([32]byte{}),
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return r
}

// Know makes "mod" a moderator, and everyone a member of the space they are in or
// have brought.
func (d *desk) Know(_ context.Context, c *chat.Call) error {
	c.Member = d.vault.ID("member", c.From.Platform, c.From.ID)
	if !c.At.Direct() {
		c.Home = d.vault.ID("home", c.At.Platform, c.At.Space)
	}
	c.Role |= chat.Member
	c.Plain = d.plain
	if c.From.ID == "mod" {
		c.Role |= chat.Moderator
	}
	return d.lost
}

var (
	title  = chat.String("title").Require()
	size   = chat.Integer("size").Between(1, 9)
	kind   = chat.String("kind").OneOf(chat.Choice{Value: "group", Label: chat.Words("Group")}, chat.Choice{Value: "talk", Label: chat.Words("Talk")})
	when   = chat.When("when")
	theme  = chat.String("title") // the same, and not required
	paste  = chat.Paragraph("paste")
	change = chat.String("change").Require()
	who    = chat.String("who").Require().CompletedBy(func(context.Context, *chat.Call, string) ([]chat.Choice, error) {
		return []chat.Choice{{Value: "ana", Label: chat.Words("Ana")}, {Value: "ben", Label: chat.Words("Ben")}}, nil
	})
	letter  = chat.Attachment("file").Require()
	country = chat.String("country")
)

// tree is a small bot with one command for each thing that the Router does.
func (d *desk) tree() []chat.Command {
	return []chat.Command{
		{Name: "menu", Run: d.say("The menu.")},
		{Name: "crisis", Always: true, Options: []chat.Param{country}, Run: d.crisis},
		{Name: "look", Run: d.look},
		{Name: "mine", Private: true, Run: d.look},
		{Name: "meeting", Subs: []chat.Command{
			{Name: "add", Options: []chat.Param{paste, theme, size, kind, when}, Confirm: d.preview, Run: d.add, Undo: []string{"meeting", "undo"}, Audit: true, Needs: chat.Member},
			{Name: "drop", Options: []chat.Param{who}, Run: d.save("dropped")},
			{Name: "undo", Unlisted: true, Options: []chat.Param{change}, Run: d.undo},
			{Name: "rule", Needs: chat.Moderator, Run: d.save("ruled")},
		}},
		{Name: "survey", Options: []chat.Param{title, size, kind}, Run: d.save("surveyed")},
		{Name: "secret", Private: true, Options: []chat.Param{who}, Run: d.save("kept quiet")},
		{Name: "ask", Options: []chat.Param{size, kind}, Run: d.askMore},
		{Name: "send", Options: []chat.Param{letter}, Run: d.save("sent")},
		{Name: "pages", Run: d.pages},
		{Name: "burst", Run: func(context.Context, *chat.Call) (chat.Reply, error) { panic("a secret of Ana") }},
		{Name: "staff", Needs: chat.Moderator, Subs: []chat.Command{{Name: "count", Run: d.say("Counted.")}}},
	}
}

func (d *desk) say(words string) func(context.Context, *chat.Call) (chat.Reply, error) {
	return func(context.Context, *chat.Call) (chat.Reply, error) { return chat.Reply{Body: chat.Words(words)}, nil }
}

// pages asks for more than a form asks at once.
func (d *desk) pages(context.Context, *chat.Call) (chat.Reply, error) {
	ask := chat.Offer{Path: []string{"meeting", "add"}, Open: []chat.Arg{{Name: "paste"}, theme.Is("Monday group"), size.Is(3), {Name: "kind"}, {Name: "when"}}}
	return chat.Reply{Body: chat.Words("Tell me all."), Ask: &ask}, nil
}

func (d *desk) crisis(_ context.Context, c *chat.Call) (chat.Reply, error) {
	return chat.Reply{Body: chat.Words("Help now " + country.In(c)), Offers: [][]chat.Offer{{
		{Label: chat.Words("Great Britain"), Path: []string{"crisis"}, Bound: []chat.Arg{country.Is("gb")}},
		{Label: chat.Words("Look"), Path: []string{"look"}},
		{Label: chat.Words("Too long"), Path: []string{"survey"}, Bound: []chat.Arg{title.Is(strings.Repeat("long ", 20))}},
	}}}, nil
}

// look shows buttons of every length; it changes nothing.
func (d *desk) look(_ context.Context, c *chat.Call) (chat.Reply, error) {
	return chat.Reply{Body: chat.Words("Look, " + c.Home), Offers: [][]chat.Offer{{
		{Label: chat.Words("Again"), Path: []string{"look"}},
		{Label: chat.Words("Short"), Path: []string{"survey"}, Bound: []chat.Arg{title.Is("abc")}},
		{Label: chat.Words("Long"), Path: []string{"survey"}, Bound: []chat.Arg{title.Is(strings.Repeat("long ", 20))}},
		{Label: chat.Words("Once"), Path: []string{"survey"}, Bound: []chat.Arg{title.Is("abc")}, Once: true},
		{Label: chat.Words("Open"), Path: []string{"survey"}, Bound: []chat.Arg{title.Is("abc")}, Open: []chat.Arg{{Name: "kind"}}},
		{Label: chat.Words("Soon over"), Path: []string{"look"}, Until: c.Time.Add(time.Minute)},
		{Label: chat.Words("Rule"), Path: []string{"meeting", "rule"}},
	}}}, nil
}

// save notes in the store what was done, and says so.
func (d *desk) save(done string) func(context.Context, *chat.Call) (chat.Reply, error) {
	return func(ctx context.Context, c *chat.Call) (chat.Reply, error) {
		words := []string{done}
		for _, a := range c.Args {
			words = append(words, a.Name+"="+a.Value)
		}
		slices.Sort(words[1:])
		line := strings.Join(words, " ")
		err := d.store.Update(ctx, func(tx storage.Tx) error {
			if d.fail != nil {
				return d.fail
			}
			return tx.Put("test.done", []byte(c.ID), []byte(line))
		})
		if err == nil {
			d.mu.Lock()
			defer d.mu.Unlock()
			d.saved = append(d.saved, line)
		}
		return chat.Reply{Body: chat.Words("Done: " + line)}, err
	}
}

// preview reads what was pasted, as the flyer of a meeting.
func (d *desk) preview(_ context.Context, c *chat.Call) (chat.Reply, error) {
	if text, ok := c.Arg("paste"); ok {
		c.Args = slices.DeleteFunc(c.Args, func(a chat.Arg) bool { return a.Name == "paste" })
		line, _, _ := strings.Cut(text.Value, "\n")
		c.Args = append(c.Args, title.Is(line))
	}
	if !title.Given(c) {
		return chat.Reply{}, &chat.Refusal{Why: chat.Missing, Say: chat.Words("A title is missing."), Option: "title"}
	}
	if title.In(c) == "taken" {
		return chat.Reply{}, &chat.Refusal{Why: chat.Conflict, Say: chat.Words("That title is taken."), Option: "title",
			Readings: []chat.Choice{{Value: "taken two", Label: chat.Words("Taken two")}}}
	}
	return chat.Reply{Body: chat.Words("This would add " + title.In(c))}, nil
}

func (d *desk) add(ctx context.Context, c *chat.Call) (chat.Reply, error) {
	return d.save("added")(ctx, c)
}

func (d *desk) undo(ctx context.Context, c *chat.Call) (chat.Reply, error) {
	return d.save("undone")(ctx, c)
}

func (d *desk) askMore(ctx context.Context, c *chat.Call) (chat.Reply, error) {
	if !size.Given(c) {
		return chat.Reply{Body: chat.Words("One question."), Ask: &chat.Offer{Path: []string{"ask"}, Open: []chat.Arg{{Name: "size", Value: "4"}, {Name: "kind"}}}}, nil
	}
	return d.save("asked")(ctx, c)
}

// at is a room, or the private chat of the person.
func (d *desk) at(who, room string) chat.Address {
	if room == "" {
		return chat.Address{Platform: d.on, Room: who}
	}
	return chat.Address{Platform: d.on, Space: "house", Room: room}
}

// call plays one call: "ana", or "ana hall" for a room.
func (d *desk) call(from string, c chat.Call) chat.Reply {
	d.t.Helper()
	who, room, _ := strings.Cut(from, " ")
	if c.ID == "" {
		d.calls++
		c.ID = fmt.Sprint(d.calls)
	}
	d.now = d.now.Add(5 * time.Second)
	c.Time, c.At = d.now, d.at(who, room)
	c.Reachable = !d.closed
	if c.From = (chat.Person{Platform: d.on, ID: who, Name: "Name of " + who}); who == "nobody" {
		c.From = chat.Person{Platform: d.on}
	}
	r := d.router.Call(d.t.Context(), &c)
	d.shown = append(d.shown, r)
	return r
}

// says plays a line, presses a press of the newest button with the label.
func (d *desk) says(from, text string) chat.Reply {
	d.t.Helper()
	return d.call(from, chat.Call{Text: text})
}

func (d *desk) presses(from, label string, filled ...chat.Arg) chat.Reply {
	d.t.Helper()
	return d.call(from, chat.Call{Press: d.payload(label), Args: filled})
}

func (d *desk) payload(label string) string {
	d.t.Helper()
	for _, r := range slices.Backward(d.shown) {
		for _, o := range slices.Concat(r.Offers...) {
			if o.Label.String() == label {
				return o.Payload
			}
		}
	}
	d.t.Fatalf("there is no button %q", label)
	return ""
}

// fills sends the form of the newest reply that has one.
func (d *desk) fills(from string, args ...chat.Arg) chat.Reply {
	d.t.Helper()
	for _, r := range slices.Backward(d.shown) {
		if r.Ask != nil {
			return d.call(from, chat.Call{Press: r.Ask.Payload, Args: args})
		}
	}
	d.t.Fatal("no form is open")
	return chat.Reply{}
}

// wants checks what the last reply says, and which buttons and questions it has.
func (d *desk) wants(body string, buttons ...string) {
	d.t.Helper()
	r := d.shown[len(d.shown)-1]
	if !strings.Contains(r.Body.String(), body) || body == "" && len(r.Body) > 0 {
		d.t.Errorf("it says %q, without %q", r.Body.String(), body)
	}
	if diff := cmp.Diff(buttons, labels(r), cmp.Transformer("set", func(s []string) []string { return append([]string{}, s...) })); diff != "" {
		d.t.Errorf("buttons (-want +got):\n%s", diff)
	}
}

func labels(r chat.Reply) []string {
	var all []string
	for _, o := range slices.Concat(r.Offers...) {
		all = append(all, o.Label.String())
	}
	return all
}

func (d *desk) wantsSaved(lines ...string) {
	d.t.Helper()
	if !slices.Equal(d.saved, lines) {
		d.t.Errorf("saved %q, not %q", d.saved, lines)
	}
}

// keys counts the records of a bucket.
func (d *desk) keys(b storage.Bucket) (n int) {
	d.t.Helper()
	err := d.store.View(d.t.Context(), func(r storage.Reader) error {
		for _, err := range r.Scan(b, nil, nil) {
			if err != nil {
				return err
			}
			n++
		}
		return nil
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return n
}

func (d *desk) logger() *slog.Logger { return slog.New(slog.NewTextHandler(d.log, nil)) }

// erase destroys a member's key.
func (d *desk) erase(who string) {
	d.t.Helper()
	err := d.store.Update(d.t.Context(), func(tx storage.Tx) error {
		return d.vault.Erase(tx, d.vault.ID("member", d.on, who))
	})
	if err != nil {
		d.t.Fatal(err)
	}
}

var errPlain = errors.New("the disk is gone")
