package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"peerbot/chat"
	"peerbot/outbox"
	"peerbot/storage"
	"peerbot/storage/mem"
)

func TestDeliversAtOnceAndOnce(t *testing.T) {
	bubble(t, func(t *testing.T) {
		h, p := newHouse(t), newPlatform(t)
		stop := h.run(p)
		pass(time.Hour) // It has gone to sleep.
		l := note("a", "room")
		h.post(l)
		pass(10 * time.Millisecond)
		h.post(l)
		h.post(l)
		pass(time.Hour)
		stop()
		if got := p.all(); len(got) != 1 || got[0].At > time.Hour+2*time.Millisecond {
			t.Errorf("delivered %v", got)
		}
		want := outbox.Receipt{ID: "a", Home: "home", Class: outbox.Exact, Outcome: outbox.Sent, Ref: "ref of a",
			Due: l.NotBefore.UTC(), At: h.receipt("a").At}
		if got := h.receipt("a"); got != want {
			t.Errorf("receipt %+v, want %+v", got, want)
		}
		if len(h.told) != 1 || h.told[0].Outcome != outbox.Sent {
			t.Errorf("told %v", h.told)
		}
	})
}

// TestFindsWhatASlowCommitBrings: Post wakes Run long before its transaction ends.
func TestFindsWhatASlowCommitBrings(t *testing.T) {
	bubble(t, func(t *testing.T) {
		h, p := newHouse(t), newPlatform(t)
		stop := h.run(p)
		pass(time.Hour)
		h.update(func(tx storage.Tx) error {
			err := h.Post(tx, note("a", "room"))
			time.Sleep(700 * time.Millisecond)
			return err
		})
		pass(2 * time.Second)
		stop()
		if got := p.all(); len(got) != 1 || got[0].At > time.Hour+1400*time.Millisecond {
			t.Errorf("delivered %v", got)
		}
	})
}

func TestOrder(t *testing.T) {
	bubble(t, func(t *testing.T) {
		h, p := newHouse(t), newPlatform(t)
		p.on(func(context.Context, chat.Address, string) error { time.Sleep(time.Second); return nil })
		h.post(
			note("digest", "room", class(outbox.Digest)),
			note("early", "room", class(outbox.Early), func(l *outbox.Letter) { l.LateAfter = l.NotBefore }),
			note("exact, last", "room", due(0, 3*time.Hour), slot("1")),
			note("exact, first", "room", due(-time.Second, time.Hour), slot("2")),
			note("exact, between", "room", due(-time.Second, 2*time.Hour), slot("3")),
			note("exact, same minute, due first", "room", due(-2*time.Second, time.Hour), slot("4")),
			note("safety", "room", class(outbox.Safety)),
		)
		stop := h.run(p)
		pass(time.Minute)
		stop()
		equal(t, "order", p.ids(), []string{"safety", "exact, same minute, due first", "exact, first",
			"exact, between", "exact, last", "early", "digest"})
		if p.mostRoom != 1 {
			t.Errorf("%d in flight in one room", p.mostRoom)
		}
	})
}

func TestSixteenInFlightAndTwoKeptForSafety(t *testing.T) {
	bubble(t, func(t *testing.T) {
		h, p := newHouse(t), newPlatform(t)
		p.on(func(context.Context, chat.Address, string) error { time.Sleep(time.Second); return nil })
		for i := range 40 {
			h.post(note(fmt.Sprint("exact", i), fmt.Sprint("room", i)))
			h.post(note(fmt.Sprint("elsewhere", i), fmt.Sprint("room", i), func(l *outbox.Letter) { l.To.Platform = "elsewhere" }))
		}
		stop := h.run(p)
		pass(500 * time.Millisecond)
		if n := p.crowd(); n != 28 {
			t.Errorf("%d in flight, want 14 on each platform", n)
		}
		for i := range 3 {
			h.post(note(fmt.Sprint("safety", i), fmt.Sprint("other", i), class(outbox.Safety)))
		}
		pass(300 * time.Millisecond)
		if n := p.crowd(); n != 30 {
			t.Errorf("%d in flight, want two more", n)
		}
		pass(time.Minute)
		stop()
		if got := len(p.ids()); got != 83 {
			t.Errorf("%d delivered", got)
		}
	})
}

func TestLateAndStale(t *testing.T) {
	tests := []struct {
		name string
		down time.Duration
		late bool
		want outbox.Outcome
		body string
	}{
		{"in time", 59 * time.Second, false, outbox.Sent, "words of a"},
		{"late", 61 * time.Second, true, outbox.Sent, words("Late:", "words of a")},
		{"just not stale", time.Hour - time.Millisecond, true, outbox.Sent, words("Late:", "words of a")},
		{"stale", time.Hour, false, outbox.Stale, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				h, p := newHouse(t), newPlatform(t)
				h.post(note("a", "room"))
				pass(tt.down)
				stop := h.run(p)
				pass(time.Second)
				stop()
				got := h.receipt("a")
				if got.Outcome != tt.want || got.Late != tt.late || tt.late && got.Why != outbox.Down {
					t.Errorf("receipt %+v", got)
				}
				if all := p.all(); tt.body != "" && (len(all) != 1 || all[0].Body != tt.body) || tt.body == "" && len(all) > 0 {
					t.Errorf("delivered %v", all)
				}
			})
		})
	}
}

func TestNothingIsLateWhileTheClockIsInDoubt(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var steady atomic.Bool
		h, p := newHouse(t, outbox.Guarded(func(time.Time) bool { return steady.Load() })), newPlatform(t)
		h.post(note("a", "room"), note("b", "room", slot("s")))
		stop := h.run(p)
		pass(2 * time.Minute)
		if len(p.all()) > 0 || len(h.told) > 0 {
			t.Errorf("delivered %v, told %v", p.all(), h.told)
		}
		steady.Store(true)
		pass(2 * time.Second)
		stop()
		if got := h.receipt("a"); got.Outcome != outbox.Sent || got.Why != outbox.Clock {
			t.Errorf("receipt %+v", got)
		}
	})
}

func TestFailuresWaitLongerAndLongerAndPark(t *testing.T) {
	bubble(t, func(t *testing.T) {
		h, p := newHouse(t), newPlatform(t)
		var at []time.Duration
		p.answer = func(context.Context, chat.Address, string) error {
			at = append(at, time.Since(p.began))
			return errors.New("not even a bounce")
		}
		h.post(note("a", "room"))
		stop := h.run(p)
		pass(30 * time.Minute)
		if len(at) != 5 {
			t.Fatalf("tried at %v", at)
		}
		for i, wait := range []time.Duration{5 * time.Second, 25 * time.Second, 125 * time.Second, 625 * time.Second} {
			if got := at[i+1] - at[i]; got < wait*3/4 || got > wait*5/4+time.Second {
				t.Errorf("waited %v after failure %d, want about %v", got, i+1, wait)
			}
		}
		line := h.lines()["a"]
		if line.State != outbox.OnHold || line.Receipt.Outcome != outbox.Parked || line.Receipt.Why != outbox.Fault || line.Receipt.Tries != 5 {
			t.Errorf("line %+v", line)
		}
		p.on(nil)
		h.update(func(tx storage.Tx) error {
			if ok, err := h.Retry(tx, line.Key, time.Now()); !ok || err != nil {
				t.Errorf("retried: %v, %v", ok, err)
			}
			return nil
		})
		pass(time.Second)
		stop()
		if got := h.receipt("a"); got.Outcome != outbox.Sent || !got.Late || got.Why != outbox.Fault {
			t.Errorf("receipt %+v", got)
		}
		equal(t, "told", outcomes(h.told), []outbox.Outcome{outbox.Parked, outbox.Sent})
	})
}

func outcomes(receipts []outbox.Receipt) (all []outbox.Outcome) {
	for _, r := range receipts {
		all = append(all, r.Outcome)
	}
	return all
}

func TestParkedLettersGoStaleOrAreWithdrawn(t *testing.T) {
	bubble(t, func(t *testing.T) {
		h, p := newHouse(t), newPlatform(t)
		p.on(later(99))
		h.post(note("a", "room a"), note("b", "room b"))
		stop := h.run(p)
		pass(30 * time.Minute)
		h.update(func(tx storage.Tx) error {
			if ok, err := h.Withdraw(tx, h.lines()["b"].Key, time.Now()); !ok || err != nil {
				t.Errorf("withdrawn: %v, %v", ok, err)
			}
			return nil
		})
		pass(31 * time.Minute)
		stop()
		if a, b := h.receipt("a"), h.receipt("b"); a.Outcome != outbox.Stale || b.Outcome != outbox.Dropped {
			t.Errorf("receipts %+v, %+v", a, b)
		}
	})
}

func TestHonoursHowLongToWait(t *testing.T) {
	bubble(t, func(t *testing.T) {
		h, p := newHouse(t), newPlatform(t)
		first := true
		p.answer = func(_ context.Context, to chat.Address, _ string) error {
			if to.Room != "room" || !first {
				return nil
			}
			first = false
			return &chat.Bounce{Fate: chat.Later, After: 40 * time.Second, Err: errors.New("slow down")}
		}
		h.post(note("a", "room"), note("b", "room", due(0, 2*time.Hour), slot("s")), note("c", "elsewhere"))
		stop := h.run(p)
		pass(20 * time.Minute)
		stop()
		for _, d := range p.all() {
			if waits := d.Room == "room"; waits != (d.At >= 40*time.Second) || d.At > 41*time.Second {
				t.Errorf("%v", d)
			}
		}
		if len(p.all()) != 3 {
			t.Errorf("delivered %v", p.all())
		}
	})
}

// TestHonoursHowLongToWaitAfterARestart though the room's rest is forgotten.
func TestHonoursHowLongToWaitAfterARestart(t *testing.T) {
	bubble(t, func(t *testing.T) {
		h, p := newHouse(t), newPlatform(t)
		p.answer = func(context.Context, chat.Address, string) error {
			return &chat.Bounce{Fate: chat.Later, After: 40 * time.Second, Err: errors.New("slow down")}
		}
		h.post(note("a", "room"))
		stop := h.run(p)
		pass(time.Second)
		stop()
		p.on(nil)
		stop = h.run(p)
		pass(time.Minute)
		stop()
		if got := p.all(); len(got) != 1 || got[0].At < 40*time.Second {
			t.Errorf("arrived %v", got)
		}
	})
}

func TestFates(t *testing.T) {
	boom := errors.New("no")
	tests := []struct {
		name   string
		answer func(ctx context.Context) error
		want   outbox.Outcome
		why    outbox.Why
	}{
		{"gone", func(context.Context) error { return &chat.Bounce{Fate: chat.Gone, Err: boom} }, outbox.Gone, ""},
		{"never", func(context.Context) error {
			return fmt.Errorf("wrapped: %w", &chat.Bounce{Fate: chat.Never, Err: boom})
		}, outbox.Refused, ""},
		{"a panic", func(context.Context) error { panic("words of a person") }, outbox.Parked, outbox.Panic},
		{"silence", func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }, outbox.Parked, outbox.Timeout},
		{"moved nowhere", func(context.Context) error { return &chat.Bounce{Fate: chat.MoveTo, Err: boom} }, outbox.Parked, outbox.Fault},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				h, p := newHouse(t), newPlatform(t)
				p.on(func(ctx context.Context, _ chat.Address, _ string) error { return tt.answer(ctx) })
				h.post(note("a", "room"))
				stop := h.run(p)
				pass(30 * time.Minute)
				stop()
				got := h.receipt("a")
				if got.Outcome != tt.want || tt.why != "" && got.Why != tt.why {
					t.Errorf("receipt %+v", got)
				}
				if len(h.told) != 1 || h.told[0].Outcome != tt.want {
					t.Errorf("told %v", h.told)
				}
			})
		})
	}
}

func TestMovedRooms(t *testing.T) {
	bubble(t, func(t *testing.T) {
		h, p := newHouse(t), newPlatform(t)
		bounced := 0
		p.answer = func(_ context.Context, to chat.Address, _ string) error {
			if to.Room != "old" {
				return nil
			}
			bounced++
			return &chat.Bounce{Fate: chat.MoveTo, To: chat.Address{Platform: "there", Space: "s", Room: "new"}, Err: errors.New("moved")}
		}
		for i := range 20 {
			h.post(note(fmt.Sprint(i), "old", slot(fmt.Sprint(i)), func(l *outbox.Letter) { l.To.Thread = "topic" }))
		}
		stop := h.run(p)
		pass(time.Minute)
		stop()
		if len(p.all()) != 20 || p.all()[0].Room != "new" || bounced != 1 {
			t.Errorf("%d bounced, delivered %v", bounced, p.all())
		}
	})
}

func TestARoomThatMovesInCirclesIsParked(t *testing.T) {
	bubble(t, func(t *testing.T) {
		h, p := newHouse(t), newPlatform(t)
		p.answer = func(_ context.Context, to chat.Address, _ string) error {
			next := map[string]string{"a": "b", "b": "c", "c": "a"}[to.Room]
			return &chat.Bounce{Fate: chat.MoveTo, To: chat.Address{Platform: "there", Space: "s", Room: next}, Err: errors.New("moved")}
		}
		h.post(note("1", "a"), note("2", "b"))
		stop := h.run(p)
		pass(time.Minute)
		stop()
		if got := h.receipt("1"); got.Outcome != outbox.Parked || got.Tries != 5 {
			t.Errorf("receipt %+v", got)
		}
	})
}

func TestStoppingLetsFlightsLandAndReleasesTheRest(t *testing.T) {
	bubble(t, func(t *testing.T) {
		h, p := newHouse(t), newPlatform(t)
		p.on(func(context.Context, chat.Address, string) error { time.Sleep(9 * time.Second); return nil })
		h.post(note("a", "room"), note("b", "room", slot("s")))
		stop := h.run(p)
		pass(time.Second)
		stop()
		lines := h.lines()
		if took := time.Since(p.began); took != 9*time.Second || len(p.all()) != 1 {
			t.Errorf("took %v, delivered %v", took, p.all())
		}
		n := map[outbox.State]int{}
		for _, l := range lines {
			n[l.State]++
		}
		if n[outbox.Finished] != 1 || n[outbox.Ready] != 1 {
			t.Errorf("states %v", n)
		}
	})
}

// slow is a store whose commits take a second.
type slow struct{ storage.Store }

func (s slow) Update(ctx context.Context, fn func(storage.Tx) error) error {
	defer time.Sleep(time.Second)
	return s.Store.Update(ctx, fn)
}

func TestStoppingReleasesWhatWasNotHandedOver(t *testing.T) {
	bubble(t, func(t *testing.T) {
		h, p := openHouse(t, slow{mem.New()}), newPlatform(t)
		h.post(note("a", "room", minute()), note("b", "room", minute()))
		stop := h.run(p)
		pass(500 * time.Millisecond)
		if got := h.lines()["a"].State; got != outbox.Claimed && got != outbox.Joined {
			t.Errorf("state %v", got)
		}
		stop()
		for id, l := range h.lines() {
			if l.State != outbox.Ready || l.Receipt.Tries > 0 || len(p.all()) > 0 {
				t.Errorf("%s: %+v", id, l)
			}
		}
	})
}

// TestCutOff: a flight that outlasts the grace is in doubt for the next Run.
func TestCutOff(t *testing.T) {
	tests := []struct {
		class    outbox.Class
		window   time.Duration
		pause    time.Duration
		want     outbox.Outcome
		sends    int
		repeated bool
	}{
		{outbox.Safety, 0, 0, outbox.Sent, 2, true},
		{outbox.Exact, 0, 0, outbox.Sent, 2, true},
		{outbox.Early, 0, 0, outbox.Unknown, 1, false},
		{outbox.Digest, 0, 0, outbox.Unknown, 1, false},
		{outbox.Digest, 5 * time.Minute, time.Minute, outbox.Sent, 2, false},
		{outbox.Exact, 5 * time.Minute, time.Minute, outbox.Sent, 2, false},
		{outbox.Exact, 5 * time.Minute, 6 * time.Minute, outbox.Sent, 2, true},
		{outbox.Digest, 5 * time.Minute, 6 * time.Minute, outbox.Unknown, 1, false},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.class, tt.window, tt.pause), func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				h, p := newHouse(t), newPlatform(t)
				p.window = tt.window
				sends := 0
				p.answer = func(ctx context.Context, _ chat.Address, id string) error {
					if sends++; sends > 1 {
						return nil
					}
					p.take(chat.Address{}, id, chat.Message{}, "")
					<-ctx.Done()
					return ctx.Err()
				}
				h.post(note("a", "room", class(tt.class), due(-time.Minute, time.Hour), func(l *outbox.Letter) { l.LateAfter = l.NotBefore }))
				stop := h.run(p)
				pass(time.Second)
				stop()
				if got := h.lines()["a"].State; got != outbox.Claimed {
					t.Fatalf("state %v", got)
				}
				pass(tt.pause)
				stop = h.run(p)
				pass(time.Second)
				stop()
				if got := h.receipt("a"); got.Outcome != tt.want || got.Repeated != tt.repeated || sends != tt.sends {
					t.Errorf("%d sends, receipt %+v", sends, got)
				}
				if want := 1 + len(filter(tt.repeated)); len(p.all()) != want {
					t.Errorf("arrived %v, want %d", p.all(), want)
				}
			})
		})
	}
}

func filter(b bool) []bool {
	if b {
		return []bool{b}
	}
	return nil
}

func TestALetterThatCrashesTheBotIsParked(t *testing.T) {
	bubble(t, func(t *testing.T) {
		h, p := newHouse(t), newPlatform(t)
		sends := 0
		p.on(func(ctx context.Context, _ chat.Address, _ string) error { sends++; <-ctx.Done(); return ctx.Err() })
		h.post(note("a", "room"))
		for range 7 {
			stop := h.run(p)
			pass(time.Second)
			stop()
		}
		if got := h.receipt("a"); sends != 5 || got.Outcome != outbox.Parked || got.Why != outbox.Crash {
			t.Errorf("%d sends, receipt %+v", sends, got)
		}
	})
}

// TestInFlightAtKillsInARow: a letter that was in flight at up to four kills in a row
// goes out once more after each, and only the fifth has it parked.
func TestInFlightAtKillsInARow(t *testing.T) {
	for kills := 1; kills < 5; kills++ {
		for _, c := range []outbox.Class{outbox.Safety, outbox.Exact} {
			bubble(t, func(t *testing.T) {
				h, p := newHouse(t), newPlatform(t)
				sends := 0
				p.on(func(ctx context.Context, _ chat.Address, _ string) error {
					if sends++; sends > kills {
						return nil
					}
					<-ctx.Done()
					return ctx.Err()
				})
				h.post(note("a", "room", class(c)))
				for range kills + 1 {
					stop := h.run(p)
					pass(time.Second)
					stop()
				}
				if got := h.receipt("a"); sends != kills+1 || got.Outcome != outbox.Sent || !got.Repeated {
					t.Errorf("%d kills: %d sends, receipt %+v", kills, sends, got)
				}
			})
		}
	}
}

func TestSpreadsWhatHasSlack(t *testing.T) {
	bubble(t, func(t *testing.T) {
		h, p := newHouse(t), newPlatform(t)
		for i := range 200 {
			h.post(note(fmt.Sprint(i), fmt.Sprint(i), class(outbox.Early)))
		}
		stop := h.run(p)
		pass(time.Hour)
		stop()
		var minutes [60]int
		for _, d := range p.all() {
			minutes[int(d.At.Minutes())]++
		}
		if len(p.all()) != 200 || slices.Max(minutes[:]) > 20 || minutes[46]+minutes[50]+minutes[59] > 0 {
			t.Errorf("%d delivered, by the minute %v", len(p.all()), minutes)
		}
		for id, l := range h.lines() {
			if l.Receipt.Late {
				t.Errorf("%s was late", id)
			}
		}
	})
}

func TestNotBeforeItsTime(t *testing.T) {
	bubble(t, func(t *testing.T) {
		h, p := newHouse(t), newPlatform(t)
		stop := h.run(p)
		for i := range 50 {
			h.post(note(fmt.Sprint(i), "room", due(time.Duration(50-i)*time.Minute, 2*time.Hour), slot(fmt.Sprint(i))))
		}
		pass(2 * time.Hour)
		stop()
		got := p.all()
		for i, d := range got {
			if want := time.Duration(i+1) * time.Minute; d.At < want || d.At > want+time.Second {
				t.Errorf("%v, want at %v", d, want)
			}
		}
		if len(got) != 50 {
			t.Errorf("%d delivered", len(got))
		}
	})
}

func TestSettledThatFailsDoesNotHoldUp(t *testing.T) {
	for _, how := range []string{"error", "panic"} {
		bubble(t, func(t *testing.T) {
			h, p := newHouse(t), newPlatform(t)
			ctx, cancel := context.WithCancel(t.Context())
			asked, done := 0, make(chan error)
			settled := func(storage.Tx, time.Time, outbox.Receipt) error {
				if asked++; how == "panic" {
					panic(how)
				}
				return errors.New(how)
			}
			go func() { done <- h.Run(ctx, p, map[outbox.Class]outbox.Settled{outbox.Exact: settled}) }()
			h.post(note("a", "room"))
			pass(time.Minute)
			cancel()
			if err := <-done; err != nil {
				t.Error(err)
			}
			if got := h.receipt("a"); asked != 5 || len(p.all()) != 1 || got.Outcome != outbox.Sent {
				t.Errorf("asked %d times, delivered %v, receipt %+v", asked, p.all(), got)
			}
		})
	}
}

func TestAlive(t *testing.T) {
	bubble(t, func(t *testing.T) {
		h, p := newHouse(t), newPlatform(t)
		if !h.Alive().IsZero() {
			t.Error("alive before Run")
		}
		stop := h.run(p)
		pass(24 * time.Hour)
		if idle := time.Since(h.Alive()); idle > 2*time.Minute {
			t.Errorf("looked %v ago", idle)
		}
		stop()
	})
}

func TestRefusesWhatIsNoLetter(t *testing.T) {
	h := newHouse(t)
	for what, spoil := range map[string]func(*outbox.Letter){
		"no id":             func(l *outbox.Letter) { l.ID = "" },
		"no platform":       func(l *outbox.Letter) { l.To.Platform = "" },
		"no class":          func(l *outbox.Letter) { l.Class = "" },
		"another class":     func(l *outbox.Letter) { l.Class = "safe" },
		"never due":         func(l *outbox.Letter) { l.NotBefore = time.Time{} },
		"stale before due":  func(l *outbox.Letter) { l.NotAfter = l.NotBefore.Add(-time.Second) },
		"files":             func(l *outbox.Letter) { l.Message.Files = []chat.File{{}} },
		"a strange address": func(l *outbox.Letter) { l.To.Platform = "a/b" },
	} {
		err := h.store.Update(t.Context(), func(tx storage.Tx) error { return h.Post(tx, note("secret", "room", spoil)) })
		if err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", what, err)
		}
	}
}
