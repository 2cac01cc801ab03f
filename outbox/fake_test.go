package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"peerbot/chat"
	"peerbot/outbox"
	"peerbot/storage"
	"peerbot/storage/mem"
)

// delivery is one message that arrived.
type delivery struct {
	At    time.Duration // At is the time since the test began.
	Room  string
	ID    string
	Body  string
	Edits string // Edits is the reference of the message that it changed.
}

// platform takes messages. Its answer decides what becomes of one; nil takes all.
type platform struct {
	t      testing.TB
	began  time.Time
	answer func(ctx context.Context, to chat.Address, id string) error
	window time.Duration // window is for how long it recognises an id.

	mu       sync.Mutex
	got      []delivery
	known    map[string]time.Time
	flying   map[string]int
	mostAll  int // mostAll is the most that were in flight at once, and mostRoom in one room.
	mostRoom int
}

func newPlatform(t *testing.T) *platform {
	return &platform{t: t, began: time.Now(), known: map[string]time.Time{}, flying: map[string]int{}}
}

func (p *platform) Window(string) time.Duration { return p.window }

func (p *platform) Send(ctx context.Context, to chat.Address, id string, m chat.Message) (string, error) {
	defer p.fly(to.Room)()
	if err := p.say(ctx, to, id); err != nil {
		return "", err
	}
	return p.take(to, id, m, ""), nil
}

// on changes the answer while the outbox runs.
func (p *platform) on(answer func(ctx context.Context, to chat.Address, id string) error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.answer = answer
}

func (p *platform) say(ctx context.Context, to chat.Address, id string) error {
	p.mu.Lock()
	answer := p.answer
	p.mu.Unlock()
	if answer == nil {
		return nil
	}
	return answer(ctx, to, id)
}

func (p *platform) fly(room string) (land func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.flying[room]++
	all := 0
	for _, n := range p.flying {
		all += n
	}
	p.mostAll, p.mostRoom = max(p.mostAll, all), max(p.mostRoom, p.flying[room])
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.flying[room]--
	}
}

// crowd is the most that were in flight at once.
func (p *platform) crowd() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.mostAll
}

func (p *platform) take(to chat.Address, id string, m chat.Message, edits string) (ref string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if was, ok := p.known[id]; ok && now.Sub(was) < p.window {
		return "ref of " + id
	}
	p.known[id] = now
	p.got = append(p.got, delivery{now.Sub(p.began), to.Room, id, m.Body.String(), edits})
	return "ref of " + id
}

func (p *platform) all() []delivery {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.got)
}

func (p *platform) ids() (ids []string) {
	for _, d := range p.all() {
		ids = append(ids, d.ID)
	}
	return ids
}

// editing is a platform that can edit.
type editing struct{ *platform }

func (e editing) Edit(ctx context.Context, to chat.Address, ref string, m chat.Message) error {
	if err := e.say(ctx, to, "edit of "+ref); err != nil {
		return err
	}
	e.take(to, fmt.Sprint("edit ", len(e.all())), m, ref)
	return nil
}

// house is an outbox over a store, with the receipts that the domain was told.
type house struct {
	t     testing.TB
	store storage.Store
	vault *storage.Vault
	*outbox.Outbox

	mu   sync.Mutex
	told []outbox.Receipt
}

func newHouse(t *testing.T, options ...outbox.Option) *house {
	return openHouse(t, mem.New(), options...)
}

func openHouse(t testing.TB, store storage.Store, options ...outbox.Option) *house {
	t.Helper()
	vault, err := storage.NewVault(make([]byte, storage.KeySize))
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	return &house{t: t, store: store, vault: vault, Outbox: outbox.New(store, vault, log, options...)}
}

// run starts the outbox; stop ends it, also at the end of the test.
func (h *house) run(to outbox.Sender) (stop func()) {
	ctx, cancel := context.WithCancel(h.t.Context())
	done := make(chan error, 1)
	settled := map[outbox.Class]outbox.Settled{}
	for _, c := range []outbox.Class{outbox.Safety, outbox.Exact, outbox.Early, outbox.Digest} {
		settled[c] = h.hear
	}
	go func() { done <- h.Run(ctx, to, settled) }()
	return sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			h.t.Error(err)
		}
	})
}

func (h *house) hear(tx storage.Tx, now time.Time, r outbox.Receipt) error {
	if err := tx.Put("told", []byte(h.vault.ID(r.ID, string(r.Outcome))), nil); err != nil {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.told = append(h.told, r)
	return nil
}

func (h *house) post(letters ...outbox.Letter) {
	h.t.Helper()
	for _, l := range letters {
		h.update(func(tx storage.Tx) error { return h.Post(tx, l) })
	}
}

func (h *house) update(fn func(storage.Tx) error) {
	h.t.Helper()
	if err := h.store.Update(h.t.Context(), fn); err != nil {
		h.t.Fatal(err)
	}
}

// lines are what List tells, by letter id.
func (h *house) lines() map[string]outbox.Line {
	h.t.Helper()
	lines := map[string]outbox.Line{}
	err := h.store.View(h.t.Context(), func(r storage.Reader) error {
		for l, err := range h.List(r, "") {
			if err != nil {
				return err
			}
			lines[l.Receipt.ID] = l
		}
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return lines
}

func (h *house) receipt(id string) outbox.Receipt { return h.lines()[id].Receipt }

// note is a letter to a room, due now and for an hour.
func note(id, room string, change ...func(*outbox.Letter)) outbox.Letter {
	l := outbox.Letter{
		ID: id, To: chat.Address{Platform: "there", Space: "s", Room: room}, Home: "home",
		Message: chat.Message{Body: chat.Words("words of " + id), Lang: "en"}, Late: chat.Words("Late:"),
		Class: outbox.Exact, NotBefore: time.Now(), NotAfter: time.Now().Add(time.Hour),
	}
	for _, c := range change {
		c(&l)
	}
	return l
}

func class(c outbox.Class) func(*outbox.Letter) { return func(l *outbox.Letter) { l.Class = c } }

func slot(name string) func(*outbox.Letter) { return func(l *outbox.Letter) { l.Slot = name } }

func member(id string) func(*outbox.Letter) { return func(l *outbox.Letter) { l.For = id } }

func due(after, stale time.Duration) func(*outbox.Letter) {
	return func(l *outbox.Letter) { l.NotBefore, l.NotAfter = time.Now().Add(after), time.Now().Add(stale) }
}

// later fails the first n times that the id is sent.
func later(n int, ids ...string) func(context.Context, chat.Address, string) error {
	var mu sync.Mutex
	failed := map[string]int{}
	return func(_ context.Context, _ chat.Address, id string) error {
		mu.Lock()
		defer mu.Unlock()
		if len(ids) > 0 && !slices.Contains(ids, id) || failed[id] >= n {
			return nil
		}
		failed[id]++
		return &chat.Bounce{Fate: chat.Later, Err: errors.New("busy")}
	}
}

// pass lets time pass, until all has been done that was due.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// bubble runs the test with time of its own.
func bubble(t *testing.T, test func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, test)
}

func equal[T comparable](t *testing.T, what string, got, want []T) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func words(texts ...string) string { return strings.Join(texts, "\n\n") }
