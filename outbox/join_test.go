package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"peerbot/chat"
	"peerbot/outbox"
	"peerbot/storage"
)

// minute is the beginning of a minute, so that what is due soon after is due in the same.
func minute() func(*outbox.Letter) {
	at := time.Now().Truncate(time.Minute)
	return func(l *outbox.Letter) { l.NotBefore, l.NotAfter = at, at.Add(time.Hour) }
}

func TestJoinsTenAMessage(t *testing.T) {
	bubble(t, func(t *testing.T) {
		h, p := newHouse(t), newPlatform(t)
		for i := range 25 {
			h.post(note(fmt.Sprint(i), "room", minute(), func(l *outbox.Letter) { l.NotAfter = l.NotAfter.Add(time.Duration(i) * time.Minute) }))
		}
		stop := h.run(p)
		pass(time.Second)
		stop()
		var bodies []string
		for _, d := range p.all() {
			bodies = append(bodies, d.Body)
		}
		want := make([]string, 3)
		for i := range 25 {
			if want[i/10] != "" {
				want[i/10] += "\n\n"
			}
			want[i/10] += fmt.Sprint("words of ", i)
		}
		equal(t, "bodies", bodies, want)
		for id, l := range h.lines() {
			if l.Receipt.Outcome != outbox.Sent || l.Receipt.Ref == "" {
				t.Errorf("receipt of %s: %+v", id, l.Receipt)
			}
		}
		if len(h.told) != 25 {
			t.Errorf("told %d", len(h.told))
		}
	})
}

// TestJoinsNothingElse: each of these differs from the others in what must be shared.
func TestJoinsNothingElse(t *testing.T) {
	bubble(t, func(t *testing.T) {
		h, p := newHouse(t), newPlatform(t)
		for i, differ := range []func(*outbox.Letter){
			func(l *outbox.Letter) {},
			func(l *outbox.Letter) { l.For = "someone" },
			func(l *outbox.Letter) { l.Home = "another" },
			func(l *outbox.Letter) { l.Class = outbox.Safety },
			func(l *outbox.Letter) { l.To.Thread = "thread" },
			func(l *outbox.Letter) { l.Message.Lang = "es" },
			func(l *outbox.Letter) { l.Message.Zone = time.UTC },
			func(l *outbox.Letter) { l.Message.Silent = true },
			func(l *outbox.Letter) { l.Message.Offers = [][]chat.Offer{{{Path: []string{"help"}}}} },
			func(l *outbox.Letter) { l.Slot = "slot" },
			func(l *outbox.Letter) { l.NotBefore = l.NotBefore.Add(-time.Millisecond) },
			func(l *outbox.Letter) { l.Message.Body = chat.Words(strings.Repeat("long ", 300)) },
		} {
			h.post(note(fmt.Sprint(i), "room", minute(), differ))
		}
		stop := h.run(p)
		pass(time.Second)
		stop()
		if got := len(p.all()); got != 12 {
			t.Errorf("%d messages: %v", got, p.all())
		}
	})
}

func TestJoinsNothingThatIsNotDue(t *testing.T) {
	bubble(t, func(t *testing.T) {
		h, p := newHouse(t), newPlatform(t)
		h.post(note("now", "room", minute()), note("soon", "room", minute(), func(l *outbox.Letter) { l.NotBefore = l.NotBefore.Add(20 * time.Second) }))
		stop := h.run(p)
		pass(time.Minute)
		stop()
		if got := p.all(); len(got) != 2 || got[1].At < 20*time.Second {
			t.Errorf("arrived %v", got)
		}
	})
}

func TestABatchIsRetriedAsItWas(t *testing.T) {
	bubble(t, func(t *testing.T) {
		h, p := newHouse(t), newPlatform(t)
		var ids []string
		p.answer = func(_ context.Context, _ chat.Address, id string) error {
			if ids = append(ids, id); len(ids) == 1 {
				return &chat.Bounce{Fate: chat.Later, Err: errors.New("busy")}
			}
			return nil
		}
		for i := range 3 {
			h.post(note(fmt.Sprint(i), "room", minute()))
		}
		stop := h.run(p)
		pass(time.Second)
		h.post(note("later", "room", minute()))
		pass(time.Minute)
		stop()
		equal(t, "ids", ids, []string{ids[0], "later", ids[0]})
	})
}

// TestABatchOfWhichOneIsStale goes on without it.
func TestABatchOfWhichOneIsStale(t *testing.T) {
	bubble(t, func(t *testing.T) {
		h, p := newHouse(t), newPlatform(t)
		p.answer = func(context.Context, chat.Address, string) error {
			return &chat.Bounce{Fate: chat.Later, After: 30 * time.Minute, Err: errors.New("busy")}
		}
		h.post(note("a", "room", minute()), note("b", "room", minute()),
			note("short", "room", minute(), func(l *outbox.Letter) { l.NotAfter = l.NotBefore.Add(10 * time.Minute) }))
		stop := h.run(p)
		pass(time.Second)
		p.on(nil)
		pass(31 * time.Minute)
		stop()
		if got := h.receipt("short"); got.Outcome != outbox.Stale {
			t.Errorf("receipt %+v", got)
		}
		if a, b := h.receipt("a"), h.receipt("b"); a.Outcome != outbox.Sent || b.Outcome != outbox.Sent {
			t.Errorf("receipts %+v, %+v", a, b)
		}
	})
}

// TestABatchInDoubtOfWhichOneIsStale: apart from each other no platform knows them.
func TestABatchInDoubtOfWhichOneIsStale(t *testing.T) {
	bubble(t, func(t *testing.T) {
		h, p := newHouse(t), newPlatform(t)
		p.window = time.Hour
		p.on(func(ctx context.Context, _ chat.Address, _ string) error { <-ctx.Done(); return ctx.Err() })
		h.post(note("a", "room", minute()),
			note("short", "room", minute(), func(l *outbox.Letter) { l.NotAfter = l.NotBefore.Add(10 * time.Minute) }))
		stop := h.run(p)
		pass(time.Second)
		stop()
		pass(10 * time.Minute)
		p.on(nil)
		stop = h.run(p)
		pass(time.Second)
		stop()
		if short, a := h.receipt("short"), h.receipt("a"); short.Outcome != outbox.Unknown || a.Outcome != outbox.Sent || !a.Repeated {
			t.Errorf("receipts %+v, %+v", short, a)
		}
	})
}

// TestAParkedBatchOfWhichOneIsStale: the rest stays parked.
func TestAParkedBatchOfWhichOneIsStale(t *testing.T) {
	bubble(t, func(t *testing.T) {
		h, p := newHouse(t), newPlatform(t)
		sends := 0
		p.on(func(context.Context, chat.Address, string) error { sends++; return errors.New("no") })
		h.post(note("a", "room", minute()),
			note("short", "room", minute(), func(l *outbox.Letter) { l.NotAfter = l.NotBefore.Add(40 * time.Minute) }))
		stop := h.run(p)
		pass(50 * time.Minute)
		stop()
		a, short := h.lines()["a"], h.receipt("short")
		if sends != 5 || short.Outcome != outbox.Stale || a.State != outbox.OnHold || a.Receipt.Outcome != outbox.Parked {
			t.Errorf("%d sends, %+v, %+v", sends, short, a)
		}
	})
}

func TestAMessageIsNotTooLong(t *testing.T) {
	bubble(t, func(t *testing.T) {
		h, p := newHouse(t), newPlatform(t)
		for i := range 10 {
			h.post(note(fmt.Sprint(i), "room", minute(), func(l *outbox.Letter) { l.Message.Body = chat.Words(strings.Repeat("x", 450)) }))
		}
		stop := h.run(p)
		pass(time.Second)
		stop()
		for _, d := range p.all() {
			if len(d.Body) > 1500 {
				t.Errorf("a message of %d", len(d.Body))
			}
		}
		if got := len(p.all()); got != 4 {
			t.Errorf("%d messages", got)
		}
	})
}

// TestFewerMessagesThanLetters: what is due at once in few rooms takes a quarter of the
// messages at most.
func TestFewerMessagesThanLetters(t *testing.T) {
	bubble(t, func(t *testing.T) {
		h, p := newHouse(t), newPlatform(t)
		p.on(func(context.Context, chat.Address, string) error { time.Sleep(100 * time.Millisecond); return nil })
		stop := h.run(p)
		for i := range 1000 {
			h.post(note(fmt.Sprint(i), fmt.Sprint("room", i%50), minute()))
		}
		pass(10 * time.Minute)
		stop()
		if got := len(p.all()); got > 250 {
			t.Errorf("%d messages for 1,000 letters", got)
		}
		for id, l := range h.lines() {
			if l.Receipt.Outcome != outbox.Sent {
				t.Errorf("receipt of %s: %+v", id, l.Receipt)
			}
		}
	})
}

// TestEveryLetterIsSaidOnce whatever is joined and whatever fails.
func TestEveryLetterIsSaidOnce(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(1, 40).Draw(rt, "letters")
		long := rapid.SliceOfN(rapid.Bool(), n, n).Draw(rt, "long")
		fails := rapid.SliceOfN(rapid.Bool(), 4, 4).Draw(rt, "fails")
		bubble(t, func(t *testing.T) {
			h, p := newHouse(t), newPlatform(t)
			p.answer = func(context.Context, chat.Address, string) error {
				if len(fails) == 0 {
					return nil
				}
				fail := fails[0]
				if fails = fails[1:]; fail {
					return &chat.Bounce{Fate: chat.Later, Err: errors.New("busy")}
				}
				return nil
			}
			for i := range n {
				h.post(note(fmt.Sprint(i), "room", minute(), func(l *outbox.Letter) {
					text := fmt.Sprintf("<%d>", i)
					if long[i] {
						text += strings.Repeat(" long", 100)
					}
					l.Message.Body = chat.Words(text)
				}))
			}
			stop := h.run(p)
			pass(50 * time.Minute)
			stop()
			said := ""
			for _, d := range p.all() {
				said += d.Body
			}
			for i := range n {
				if strings.Count(said, fmt.Sprintf("<%d>", i)) != 1 {
					rt.Errorf("letter %d is not said once: %s", i, said)
				}
			}
		})
	})
}

func TestDropForABatch(t *testing.T) {
	bubble(t, func(t *testing.T) {
		h, p := newHouse(t), newPlatform(t)
		p.on(later(99))
		for i := range 30 {
			h.post(note(fmt.Sprint(i), "room", minute(), member("m")))
		}
		stop := h.run(p)
		pass(time.Second)
		for more := true; more; {
			h.update(func(tx storage.Tx) (err error) { more, err = h.DropFor(tx, "m"); return err })
		}
		p.on(nil)
		pass(time.Hour)
		stop()
		if len(p.all()) > 0 || len(h.lines()) > 0 {
			t.Errorf("delivered %v, kept %v", p.all(), h.lines())
		}
	})
}
