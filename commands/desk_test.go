package commands_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"peerbot/bot"
	"peerbot/chat"
	"peerbot/commands"
	"peerbot/community/meeting"
	"peerbot/community/member"
	"peerbot/community/note"
	"peerbot/community/space"
	"peerbot/locales"
	"peerbot/outbox"
	"peerbot/schedule"
	"peerbot/storage"
	"peerbot/storage/bolt"
	"peerbot/storage/mem"
	"peerbot/storage/storagetest"
)

// The people and places of the tests.
var (
	ana   = chat.Person{Platform: "test", ID: "ana-canary", Name: "Ana"}
	bea   = chat.Person{Platform: "test", ID: "bea-canary", Name: "Bea"}
	lobby = chat.Address{Platform: "test", Space: "home-canary", Room: "lobby"}
	cafe  = chat.Address{Platform: "test", Space: "elsewhere", Room: "cafe"}
)

// noon is when the tests begin: a Saturday.
var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// desk is the whole tree behind a Router, over a store: what a platform talks to.
type desk struct {
	t      *testing.T
	store  storage.Store
	vault  *storage.Vault
	deps   commands.Deps
	router *bot.Router
	words  bot.Words
	now    time.Time
	calls  int

	erased    []string // erased are the ids in the log outside the store.
	compacted int
}

// eachStore runs the test on every engine, every transaction being run twice.
func eachStore(t *testing.T, test func(t *testing.T, d *desk)) {
	t.Run("mem", func(t *testing.T) { test(t, newDesk(t, mem.New(), nil)) })
	t.Run("bolt", func(t *testing.T) {
		s, err := bolt.Open(filepath.Join(t.TempDir(), "store", "test.db"), bolt.Options{})
		if err != nil {
			t.Fatal(err)
		}
		test(t, newDesk(t, s, nil))
	})
}

// newDesk opens a desk; words are the catalogue's when nil.
func newDesk(t *testing.T, store storage.Store, words bot.Words) *desk {
	t.Helper()
	t.Cleanup(func() { store.Close() })
	if words == nil {
		catalogue, err := locales.Load()
		if err != nil {
			t.Fatal(err)
		}
		words = catalogue
	}
	vault, err := storage.NewVault(bytes.Repeat([]byte{7}, storage.KeySize))
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{t: t, store: storagetest.Twice(store), vault: vault, words: words, now: noon}
	log := slog.New(slog.DiscardHandler)
	agenda, out := schedule.NewAgenda(d.store, vault, log), outbox.New(d.store, vault, log)
	members, spaces := member.New(vault), space.New(vault, space.Home{Zone: "America/New_York", Lang: "en", Country: "US"})
	countries, err := space.LoadCountries(t.Context(), d.store, spaces)
	if err != nil {
		t.Fatal(err)
	}
	d.deps = commands.Deps{
		Store: d.store, Spaces: spaces, Members: members,
		Meetings: meeting.New(vault, agenda, out, spaces, members), Notes: note.New(vault, agenda, out, spaces, members),
		Agenda: agenda, Outbox: out, Log: log,
		Langs: words.Langs(), Match: words.Match, Put: words.Put, Countries: countries, Remains: bot.NewRemains(vault),
		Compact: func(context.Context) error { d.compacted++; return nil },
		Erased: func(ctx context.Context, id string) (context.Context, error) {
			d.erased = append(d.erased, id)
			return ctx, nil
		},
	}
	d.reopen()
	return d
}

// reopen puts the tree, with the deps as they are now, behind a new Router.
func (d *desk) reopen(more ...chat.Command) {
	d.t.Helper()
	router, err := bot.NewRouter(bot.RouterConfig{
		Tree: append(commands.All(d.deps), more...), Store: d.deps.Store, Vault: d.vault, Words: d.words,
		Directory: commands.NewDirectory(d.deps), Log: d.deps.Log, Rand: rand.NewChaCha8([32]byte{}),
		Limits: []bot.Limits{{Platform: "test", Payload: 48, Label: 80, Text: 4000, Rows: 10, Columns: 5, Choices: 25, Typed: true}},
		Menu:   []string{"help"},
	})
	if err != nil {
		d.t.Fatal(err)
	}
	d.router = router
}

// private is the person's own chat with the bot.
func private(who chat.Person) chat.Address { return who.Private() }

// call plays one call; what is left open is filled in as a platform would.
func (d *desk) call(c chat.Call) chat.Reply {
	d.t.Helper()
	d.calls++
	d.now = d.now.Add(10 * time.Second) // Nobody is too fast for the limits.
	c.ID, c.Time = fmt.Sprint("call", d.calls), d.now
	if c.Lang == "" {
		c.Lang = "en"
	}
	return d.router.Call(d.t.Context(), &c)
}

// says plays a typed line.
func (d *desk) says(who chat.Person, at chat.Address, text string) chat.Reply {
	d.t.Helper()
	return d.call(chat.Call{From: who, At: at, Text: text})
}

// presses plays a press of the button with the label.
func (d *desk) presses(who chat.Person, at chat.Address, on chat.Reply, label string) chat.Reply {
	d.t.Helper()
	for _, row := range on.Offers {
		for _, o := range row {
			if o.Label.String() == label {
				return d.call(chat.Call{From: who, At: at, Press: o.Payload})
			}
		}
	}
	d.t.Fatalf("there is no button %q, but %q", label, labels(on))
	return chat.Reply{}
}

func labels(r chat.Reply) (all []string) {
	for _, row := range r.Offers {
		for _, o := range row {
			all = append(all, o.Label.String())
		}
	}
	return all
}

// wants fails unless the reply holds all of the texts, in order.
func (d *desk) wants(r chat.Reply, texts ...string) {
	d.t.Helper()
	body := r.Body.String()
	for _, text := range texts {
		_, after, found := strings.Cut(body, text)
		if !found {
			d.t.Errorf("%q is missing, or out of order, in:\n%s", text, r.Body.String())
			return
		}
		body = after
	}
}

// lacks fails if the reply holds any of the texts.
func (d *desk) lacks(r chat.Reply, texts ...string) {
	d.t.Helper()
	for _, text := range texts {
		if strings.Contains(r.Body.String(), text) {
			d.t.Errorf("%q should not be in:\n%s", text, r.Body.String())
		}
	}
}

// give gives the person duties in the community at the address.
func (d *desk) give(who chat.Person, at chat.Address, role chat.Role) {
	d.t.Helper()
	d.update(func(tx storage.Tx) error {
		home, err := d.deps.Spaces.HomeOf(tx, at)
		if err != nil {
			return err
		}
		return d.deps.Spaces.Give(tx, home, d.deps.Members.IDOf(who), role, d.now)
	})
}

func (d *desk) update(fn func(storage.Tx) error) {
	d.t.Helper()
	if err := d.store.Update(context.Background(), fn); err != nil {
		d.t.Fatal(err)
	}
}
