package meeting_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"peerbot/chat"
	"peerbot/community/meeting"
	"peerbot/community/member"
	"peerbot/community/space"
	"peerbot/locales"
	"peerbot/outbox"
	"peerbot/schedule"
	"peerbot/spoken"
	"peerbot/storage"
	"peerbot/storage/bolt"
	"peerbot/storage/mem"
	"peerbot/storage/storagetest"
)

// The places and people of the tests.
var (
	lobby  = chat.Address{Platform: "test", Space: "s", Room: "lobby"}
	hangar = chat.Address{Platform: "test", Space: "elsewhere", Room: "hangar"}
	board  = chat.Address{Platform: "test", Space: "s", Room: "board"}
)

// person is somebody with a private chat.
func person(name string) chat.Person { return chat.Person{Platform: "test", ID: name} }

func private(name string) chat.Address { return chat.Address{Platform: "test", Room: name} }

// hall is the meetings over a store, with an agenda and an outbox that run inside a
// synctest bubble and a platform that remembers what it was given.
type hall struct {
	*meeting.Meetings
	t       *testing.T
	vault   *storage.Vault
	store   storage.Store
	open    func() storage.Store
	agenda  *schedule.Agenda
	outbox  *outbox.Outbox
	spaces  *space.Spaces
	members *member.Members
	words   *locales.Catalogue
	home    string
	calls   int
	stop    func()

	mu     sync.Mutex
	got    []delivery
	closed map[string]bool // closed are the rooms that take nothing.
}

// delivery is a message that arrived.
type delivery struct {
	At      time.Time
	Room    string
	Body    string
	Silent  bool
	Edited  bool // Edited: a message that was there reads so now.
	Message chat.Message
}

// bubbles runs the test over every engine, in a bubble whose clock begins at
// 2000-01-01 00:00 UTC, a Saturday.
func bubbles(t *testing.T, test func(t *testing.T, h *hall)) {
	t.Helper()
	t.Run("mem", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) { test(t, newHall(t, func() storage.Store { return mem.New() })) })
	})
	t.Run("bolt", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "store", "test.db")
		synctest.Test(t, func(t *testing.T) { test(t, newHall(t, func() storage.Store { return onDisk(t, path) })) })
	})
}

func onDisk(t *testing.T, path string) storage.Store {
	t.Helper()
	s, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// catalogue is loaded once: it is read-only.
var catalogue = sync.OnceValues(locales.Load)

func newHall(t *testing.T, open func() storage.Store) *hall {
	t.Helper()
	words, err := catalogue()
	if err != nil {
		t.Fatal(err)
	}
	vault, err := storage.NewVault(bytes.Repeat([]byte{3}, storage.KeySize))
	if err != nil {
		t.Fatal(err)
	}
	h := &hall{t: t, vault: vault, open: open, words: words, closed: map[string]bool{}}
	h.store = open()
	h.start()
	h.update(func(tx storage.Tx) (err error) {
		if h.home, err = h.spaces.HomeOf(tx, lobby); err != nil {
			return err
		}
		return h.spaces.Put(tx, space.Home{ID: h.home, Zone: "America/New_York", Lang: "en"})
	})
	t.Cleanup(func() { h.stop(); h.store.Close() })
	return h
}

// start opens everything over the store and lets it run.
func (h *hall) start() {
	log := slog.New(slog.DiscardHandler)
	twice := storagetest.Twice(h.store)
	h.spaces, h.members = space.New(h.vault, space.Home{}), member.New(h.vault)
	h.agenda, h.outbox = schedule.NewAgenda(twice, h.vault, log), outbox.New(twice, h.vault, log)
	h.Meetings = meeting.New(h.vault, h.agenda, h.outbox, h.spaces, h.members)
	ctx, cancel := context.WithCancel(h.t.Context())
	var loops sync.WaitGroup
	told := map[outbox.Class]outbox.Settled{outbox.Exact: h.Settled, outbox.Early: h.Settled, outbox.Safety: h.Settled}
	loops.Go(func() { h.agenda.Run(ctx, h.Plans()) })
	loops.Go(func() { h.outbox.Run(ctx, post{h}, told) })
	h.stop = func() { cancel(); loops.Wait() }
}

// down stops everything for a while, as a restart does. What was in memory alone is
// lost, but for the store of the tests in memory.
func (h *hall) down(d time.Duration) {
	h.stop()
	time.Sleep(d)
	if disk, ok := h.store.(*bolt.Store); ok {
		if err := disk.Close(); err != nil {
			h.t.Fatal(err)
		}
		h.store = h.open()
	}
	h.start()
}

// post is the platform of a hall.
type post struct{ h *hall }

// Send implements outbox.Sender.
func (p post) Send(_ context.Context, to chat.Address, id string, m chat.Message) (string, error) {
	return id, p.h.arrive(to, m, false)
}

// Edit implements outbox.Editor.
func (p post) Edit(_ context.Context, to chat.Address, _ string, m chat.Message) error {
	return p.h.arrive(to, m, true)
}

func (h *hall) arrive(to chat.Address, m chat.Message, edited bool) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed[to.Room] {
		return &chat.Bounce{Fate: chat.Gone, Err: errors.New("closed")}
	}
	body := h.words.Put(m.Lang, m.Zone, m.Body).String()
	h.got = append(h.got, delivery{At: time.Now().UTC(), Room: to.Room, Body: body, Silent: m.Silent, Edited: edited, Message: m})
	return nil
}

// close says whether a room takes nothing.
func (h *hall) close(room string, closed bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed[room] = closed
}

// sent takes what has arrived since it was last called, as "15:04 room: body".
func (h *hall) sent() []string {
	synctest.Wait()
	h.mu.Lock()
	defer h.mu.Unlock()
	var out []string
	for _, d := range h.got {
		mark := ""
		if d.Silent {
			mark = " (silent)"
		}
		if d.Edited {
			mark = " (changed)"
		}
		out = append(out, fmt.Sprintf("%s %s%s: %s", d.At.Format("02 15:04"), d.Room, mark, strings.ReplaceAll(d.Body, "\n", " / ")))
	}
	h.got = nil
	slices.Sort(out)
	return out
}

// until sleeps to the time on the clocks of New York, written "2006-01-02 15:04".
func (h *hall) until(text string) {
	h.t.Helper()
	at := newYork(h.t, text)
	if !at.After(time.Now()) {
		h.t.Fatalf("%s is over", text)
	}
	time.Sleep(time.Until(at))
	synctest.Wait()
}

func newYork(t *testing.T, text string) time.Time {
	t.Helper()
	zone, err := spoken.LoadZone("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	at, err := time.ParseInLocation("2006-01-02 15:04", text, zone)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func (h *hall) update(fn func(storage.Tx) error) {
	h.t.Helper()
	if err := h.store.Update(h.t.Context(), fn); err != nil {
		h.t.Fatal(err)
	}
}

func (h *hall) view(fn func(storage.Reader) error) {
	h.t.Helper()
	if err := h.store.View(h.t.Context(), fn); err != nil {
		h.t.Fatal(err)
	}
}

// call is the id of the next call.
func (h *hall) call() string { h.calls++; return fmt.Sprint("call", h.calls) }

// add saves a meeting in the lobby.
func (h *hall) add(s meeting.Said) (v meeting.Meeting) {
	h.t.Helper()
	if s.Room == (chat.Address{}) {
		s.Room = lobby
	}
	h.update(func(tx storage.Tx) (err error) {
		v, err = h.Add(tx, h.home, "America/New_York", s, h.call(), time.Now())
		return err
	})
	return v
}

// find is the gathering that the words mean.
func (h *hall) find(words string) (g meeting.Gathering) {
	h.t.Helper()
	h.view(func(r storage.Reader) (err error) {
		g, err = h.Find(r, h.home, words, time.Now())
		return err
	})
	return g
}

// edit changes a meeting and returns the id of the call.
func (h *hall) edit(g meeting.Gathering, w meeting.Which, s meeting.Said) string {
	h.t.Helper()
	call := h.call()
	h.update(func(tx storage.Tx) error {
		_, err := h.Edit(tx, g, w, s, call, time.Now())
		return err
	})
	return call
}

func (h *hall) cancel(g meeting.Gathering, w meeting.Which) string {
	h.t.Helper()
	call := h.call()
	h.update(func(tx storage.Tx) error {
		_, err := h.Cancel(tx, g, w, call, time.Now())
		return err
	})
	return call
}

func (h *hall) undo(call string) {
	h.t.Helper()
	h.update(func(tx storage.Tx) error {
		_, err := h.Undo(tx, h.home, call, h.call(), time.Now())
		return err
	})
}

// join makes a member with a private chat, as change says.
func (h *hall) join(name string, change func(*member.Member)) (id string) {
	h.t.Helper()
	h.update(func(tx storage.Tx) error {
		id = h.members.IDOf(person(name))
		v := member.Member{ID: id, Reach: private(name)}
		if change != nil {
			change(&v)
		}
		return h.members.Put(tx, v)
	})
	return id
}

func (h *hall) follow(v meeting.Meeting, id string, lead time.Duration, clash meeting.Clash) {
	h.t.Helper()
	h.followAt(v, id, clash, lead)
}

// followAt follows with several lead times.
func (h *hall) followAt(v meeting.Meeting, id string, clash meeting.Clash, leads ...time.Duration) {
	h.t.Helper()
	f := meeting.Follow{Series: v.Series, Home: h.home, Member: id, Leads: leads, Clash: clash}
	h.update(func(tx storage.Tx) error {
		_, err := h.Follow(tx, f, time.Now())
		return err
	})
}

// refusal is the sentence of a refusal in English, and the option it is about.
func (h *hall) refusal(err error) string { return refusal(h.t, h.words, err) }

func refused(t *testing.T, err error) *chat.Refusal {
	t.Helper()
	var r *chat.Refusal
	if !errors.As(err, &r) {
		t.Fatalf("not a refusal: %v", err)
	}
	return r
}

func refusal(t *testing.T, words *locales.Catalogue, err error) string {
	t.Helper()
	r := refused(t, err)
	return strings.TrimSpace(r.Option + ": " + words.Put("en", nil, r.Say).String())
}

func clock(hour int) spoken.Clock { return spoken.Clock(hour * 60) }
