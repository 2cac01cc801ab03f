package telegram

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"peerbot/bot"
	"peerbot/bot/telegram/telegramtest"
	"peerbot/chat"
	"peerbot/storage"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// desk answers what the platform brings, in a world of people.
type desk struct {
	*stage
	reply func(context.Context, *chat.Call) chat.Reply // reply is what every call gets; nil echoes.
	down  error                                        // down is what the engine answers notices with.
	log   *bytes.Buffer

	mu      sync.Mutex
	calls   []chat.Call
	notices []chat.Notice
	stop    func() error
}

// played runs a test in a bubble, with the platform running.
func played(t *testing.T, o telegramtest.Options, play func(t *testing.T, d *desk)) {
	synctest.Test(t, func(t *testing.T) {
		d := &desk{stage: newStageOf(t, o), log: &bytes.Buffer{}}
		d.start()
		defer func() {
			if err := d.stop(); err != nil {
				t.Error(err)
			}
			for _, secret := range []string{"AAF-", "secret words"} {
				if strings.Contains(d.log.String(), secret) {
					t.Errorf("the log holds %q:\n%s", secret, d.log)
				}
			}
		}()
		play(t, d)
	})
}

// start starts the platform as a new program would, over what the store has.
func (d *desk) start() {
	d.Telegram = d.make()
	d.o.Log = slog.New(slog.NewTextHandler(d.log, nil))
	d.Publish([]chat.Command{
		{Name: "echo", Run: answers}, {Name: "mine", Private: true, Run: answers}, {Name: "crisis", Always: true, Run: answers}, {Name: "cancel"},
		{Name: "list", Unlisted: true, Subs: []chat.Command{{Name: "send", Options: []chat.Param{chat.Attachment("file")}, Run: answers}}},
	})
	ctx, cancel := context.WithCancel(d.t.Context())
	done := make(chan error, 1)
	go func() { done <- d.Run(ctx, d) }()
	d.stop = sync.OnceValue(func() error { cancel(); return <-done })
	d.settle()
}

func answers(context.Context, *chat.Call) (chat.Reply, error) { return chat.Reply{}, nil }

func (d *desk) settle() {
	time.Sleep(5 * time.Second)
	synctest.Wait()
}

func (d *desk) Call(ctx context.Context, c *chat.Call) chat.Reply {
	d.mu.Lock()
	d.calls = append(d.calls, *c)
	d.mu.Unlock()
	if d.reply != nil {
		return d.reply(ctx, c)
	}
	return chat.Reply{Body: chat.Words("You said: " + c.Text + c.Press)}
}

func (d *desk) Complete(context.Context, *chat.Call, string, string) []chat.Choice { return nil }

func (d *desk) Notice(_ context.Context, n chat.Notice) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	n.Time = time.Time{}
	d.notices = append(d.notices, n)
	return d.down
}

// asked are the lines and presses that were called, in order.
func (d *desk) asked() (all []string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, c := range d.calls {
		all = append(all, c.Text+c.Press)
	}
	return all
}

// heard are the kinds of the notices.
func (d *desk) heard() (all []string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, n := range d.notices {
		all = append(all, string(n.Kind))
	}
	return all
}

// transcript is what who sees of the bot's in the room.
func (d *desk) transcript(who, room string) string {
	var b strings.Builder
	for _, m := range d.Sees(who, room) {
		fmt.Fprintf(&b, "%s %v\n", m.Text, m.Buttons)
	}
	return b.String()
}

func (d *desk) wants(who, room string, words ...string) {
	d.t.Helper()
	for _, w := range words {
		if got := d.transcript(who, room); !strings.Contains(got, w) {
			d.t.Errorf("%s does not see %q in %q, but\n%s", who, w, room, got)
		}
	}
}

// kept is how many records stand in a bucket.
func (d *desk) kept(b storage.Bucket) (n int) {
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
		d.t.Error(err)
	}
	return n
}

// stuck is a store that takes nothing while it is down.
type stuck struct {
	storage.Store
	mu   sync.Mutex
	down bool
}

func (s *stuck) set(down bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.down = down
}

func (s *stuck) Update(ctx context.Context, fn func(storage.Tx) error) error {
	s.mu.Lock()
	down := s.down
	s.mu.Unlock()
	if down {
		return storage.ErrFull
	}
	return s.Store.Update(ctx, fn)
}

var _ bot.Handler = (*desk)(nil)

var errPlain = errors.New("it fails")
