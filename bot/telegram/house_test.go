package telegram_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"peerbot/bot"
	"peerbot/bot/bottest"
	"peerbot/bot/telegram"
	"peerbot/bot/telegram/telegramtest"
	"peerbot/chat"
	"peerbot/outbox"
	"peerbot/storage"
	"peerbot/storage/mem"
)

// house is a bot behind a Telegram of its own: the adapter, the engine and an outbox
// over one store, and a command that counts what it does.
type house struct {
	*testing.T
	*telegramtest.Server
	store   storage.Store
	vault   *storage.Vault
	out     *outbox.Outbox
	log     *heard
	token   string
	api     string
	hook    telegram.Webhook
	told    sync.Mutex
	notices []chat.Notice // notices are what the engine was told, once the bot has stopped.
}

func newHouse(t *testing.T, o telegramtest.Options) *house {
	t.Helper()
	vault, err := storage.NewVault(make([]byte, storage.KeySize))
	if err != nil {
		t.Fatal(err)
	}
	h := &house{T: t, Server: telegramtest.New(o), store: mem.New(), vault: vault, log: &heard{}, token: telegramtest.Token, api: "http://telegram.test"}
	t.Cleanup(func() {
		h.Server.Close()
		h.Verify(t)
		h.log.keepsSecret(t)
	})
	return h
}

// inBubble plays with a house in a bubble of its own.
func inBubble(t *testing.T, o telegramtest.Options, play func(h *house)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { play(newHouse(t, o)) })
}

// heard is a log that can be looked at.
type heard struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *heard) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *heard) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// keepsSecret fails where the token, or its secret half, was logged.
func (l *heard) keepsSecret(t testing.TB) {
	t.Helper()
	_, secret, _ := strings.Cut(telegramtest.Token, ":")
	if strings.Contains(l.String(), secret) {
		t.Errorf("the token is in the log:\n%s", l)
	}
}

// run is one life of the program. What it returns ends it as a signal does.
func (h *house) run() (b *bot.Bot, stop func()) {
	h.Helper()
	return h.live(h.store, h.Dial)
}

// live starts the program over a store and a network.
func (h *house) live(store storage.Store, dial func(context.Context, string, string) (net.Conn, error)) (b *bot.Bot, stop func()) {
	h.Helper()
	log := slog.New(slog.NewTextHandler(h.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	tg, err := telegram.New(telegram.Options{
		Token: h.token, API: h.api, Dial: dial, Words: bottest.Words{}, Store: store, Vault: h.vault, Log: log, Webhook: h.hook,
	})
	if err != nil {
		h.Fatal(err)
	}
	router, err := bot.NewRouter(bot.RouterConfig{
		Tree: tree(store), Store: store, Vault: h.vault, Words: bottest.Words{}, Directory: everybody{}, Menu: []string{"menu"},
		Notice: h.noticed, Limits: []bot.Limits{tg.Limits()}, Log: log, Rand: rand.NewChaCha8([32]byte{}),
		PerPerson: bot.Rate{Every: time.Millisecond, Burst: 10_000}, PerRoom: bot.Rate{Every: time.Millisecond, Burst: 10_000},
	})
	if err != nil {
		h.Fatal(err)
	}
	b = bot.New(router, []bot.Platform{tg}, log)
	h.out = outbox.New(store, h.vault, log)
	ctx, cancel := context.WithCancel(h.Context())
	var loops sync.WaitGroup
	loops.Go(func() { h.end(b.Run(ctx)) })
	loops.Go(func() { h.end(h.out.Run(ctx, b, nil)) })
	return b, sync.OnceFunc(func() { cancel(); loops.Wait() })
}

// end notes why a loop has ended, which a kill makes it do in many ways.
func (h *house) end(err error) {
	if err != nil && !errors.Is(err, errKilled) && !errors.Is(err, context.Canceled) {
		h.Logf("a loop ended: %v", err)
	}
}

func (h *house) noticed(_ context.Context, n chat.Notice) error {
	h.told.Lock()
	defer h.told.Unlock()
	h.notices = append(h.notices, n)
	return nil
}

// everybody is a Directory in which all are members.
type everybody struct{}

func (everybody) Know(_ context.Context, c *chat.Call) error {
	c.Member, c.Home = "member "+c.From.ID, "home "+c.At.Space
	c.Role |= chat.Member
	return nil
}

// number is which mark is made; it is written, or it stands in a sheet.
var (
	number = chat.String("number").Require()
	sheet  = chat.Attachment("sheet").Require()
)

// marks is where it is counted how often a mark was made.
const marks storage.Bucket = "marks"

func tree(store storage.Store) []chat.Command {
	say := func(words string) func(context.Context, *chat.Call) (chat.Reply, error) {
		return func(context.Context, *chat.Call) (chat.Reply, error) { return chat.Reply{Body: chat.Words(words)}, nil }
	}
	return []chat.Command{
		{Name: "menu", Run: say("The menu.")},
		{Name: "sos", Always: true, Run: say("Someone is there: 988.")},
		{Name: "whisper", Private: true, Options: []chat.Param{number}, Run: say("Only for you.")},
		{Name: "mark", Options: []chat.Param{number}, Run: func(ctx context.Context, c *chat.Call) (chat.Reply, error) {
			return mark(ctx, store, number.In(c))
		}},
		{Name: "sheet", Options: []chat.Param{sheet}, Run: func(ctx context.Context, c *chat.Call) (chat.Reply, error) {
			from, err := sheet.In(c).Open()
			if err != nil {
				return chat.Reply{}, err
			}
			n, err := io.ReadAll(from)
			if err = errors.Join(err, from.Close()); err != nil {
				return chat.Reply{}, err
			}
			return mark(ctx, store, string(n))
		}},
	}
}

// mark makes one more mark of the number.
func mark(ctx context.Context, store storage.Store, n string) (chat.Reply, error) {
	err := store.Update(ctx, func(tx storage.Tx) error {
		times, err := count(tx, n)
		if err != nil {
			return err
		}
		return tx.Put(marks, []byte(n), binary.BigEndian.AppendUint64(nil, times+1))
	})
	return chat.Reply{Body: chat.Words("Marked " + n + ".")}, err
}

// count is how often a mark was made.
func count(r storage.Reader, n string) (uint64, error) {
	b, err := r.Get(marks, []byte(n))
	if errors.Is(err, storage.ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return binary.BigEndian.Uint64(b), nil
}

// made are how often each of the marks 0 to n-1 was made.
func (h *house) made(n int) (times []uint64) {
	h.Helper()
	err := h.store.View(h.Context(), func(r storage.Reader) error {
		times = nil
		for i := range n {
			c, err := count(r, fmt.Sprint(i))
			if err != nil {
				return err
			}
			times = append(times, c)
		}
		return nil
	})
	if err != nil {
		h.Fatal(err)
	}
	return times
}

// at is the address of a room, "" being nobody's.
func (h *house) at(room string) chat.Address {
	id, thread := h.Room(room)
	a := chat.Address{Platform: telegram.Name, Room: fmt.Sprint(id)}
	if id < 0 {
		a.Space = a.Room
	}
	if thread != 0 {
		a.Thread = fmt.Sprint(thread)
	}
	return a
}

// letter is due now, in the room.
func (h *house) letter(id, room string, class outbox.Class) outbox.Letter {
	now := time.Now()
	return outbox.Letter{
		ID: id, To: h.at(room), Message: chat.Message{Body: chat.Words(id + ".")}, Class: cmp.Or(class, outbox.Exact),
		NotBefore: now, LateAfter: now.Add(time.Hour), NotAfter: now.Add(23 * time.Hour),
	}
}

func (h *house) post(letters ...outbox.Letter) {
	h.Helper()
	for len(letters) > 0 {
		some := letters[:min(10, len(letters))]
		letters = letters[len(some):]
		err := h.store.Update(h.Context(), func(tx storage.Tx) error {
			for _, l := range some {
				if err := h.out.Post(tx, l); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			h.Fatal(err)
		}
	}
}

// settle lets everything happen that follows within d.
func settle(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// sees wants a message of the bot's with the words in the room.
func (h *house) sees(who, room, words string) {
	h.Helper()
	for _, m := range h.SeesOfBot(who, room) {
		if strings.Contains(m.Text, words) {
			return
		}
	}
	h.Errorf("%s does not see %q in %q, but %+v", who, words, room, h.SeesOfBot(who, room))
}

// says wants the words in the log.
func (h *house) says(words string) {
	h.Helper()
	if !strings.Contains(h.log.String(), words) {
		h.Errorf("the log does not say %q:\n%s", words, h.log)
	}
}
