package discord_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"peerbot/bot"
	"peerbot/bot/bottest"
	"peerbot/bot/discord"
	"peerbot/bot/discord/discordtest"
	"peerbot/chat"
	"peerbot/storage"
	"peerbot/storage/mem"
)

// fire is a fake Discord with the adapter at it, in a bubble.
type fire struct {
	*discordtest.Server
	t     *testing.T
	store storage.Store
	vault *storage.Vault
	log   *journal
	*discord.Discord
	stop func() error
	call func(ctx context.Context, c *chat.Call) chat.Reply
}

// underFire runs a test in a bubble, with an adapter that runs.
func underFire(t *testing.T, o discordtest.Options, test func(*fire)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		vault, err := storage.NewVault(make([]byte, storage.KeySize))
		if err != nil {
			t.Fatal(err)
		}
		f := &fire{Server: discordtest.New(o), t: t, store: mem.New(), vault: vault, log: &journal{}}
		f.call = func(context.Context, *chat.Call) chat.Reply { return chat.Reply{Body: chat.Words("Here you are.")} }
		defer f.Close()
		f.start()
		defer func() { f.stop() }()
		test(f)
	})
}

// start makes a new adapter over the same store, as a start of the program does.
func (f *fire) start() {
	d, err := discord.New(discord.Options{
		Token: f.Token(), API: f.URL(), Words: bottest.Words{}, Store: f.store, Vault: f.vault,
		Log: slog.New(slog.NewTextHandler(f.log, nil)), Dial: f.Dial,
	})
	if err != nil {
		f.t.Fatal(err)
	}
	d.Publish(fireTree())
	f.Discord = d
	ctx, cancel := context.WithCancel(f.t.Context())
	done := make(chan error, 1)
	go func() { done <- d.Run(ctx, f) }()
	f.stop = sync.OnceValue(func() error {
		cancel()
		return <-done
	})
	f.settle(5 * time.Second)
}

var fireText = chat.String("text")

func fireTree() []chat.Command {
	return []chat.Command{{Name: "echo", Options: []chat.Param{fireText}, Run: func(context.Context, *chat.Call) (chat.Reply, error) {
		return chat.Reply{}, nil
	}}}
}

func (f *fire) settle(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// Call is part of bot.Handler.
func (f *fire) Call(ctx context.Context, c *chat.Call) chat.Reply { return f.call(ctx, c) }

// Complete is part of bot.Handler.
func (f *fire) Complete(context.Context, *chat.Call, string, string) []chat.Choice { return nil }

// Notice is part of bot.Handler.
func (f *fire) Notice(context.Context, chat.Notice) error { return nil }

func (f *fire) echo(who string) *discordtest.Interaction {
	f.t.Helper()
	i, err := f.Command(who, "hall", []string{"echo"}, map[string]string{"text": "hello"})
	if err != nil {
		f.t.Fatal(err)
	}
	return i
}

// room is the address of a room in the guild.
func (f *fire) room(name string) chat.Address {
	return chat.Address{Platform: "discord", Space: f.GuildID(), Room: f.ChannelID("", name)}
}

// private is the address of who's private chat.
func (f *fire) private(who string) chat.Address {
	return chat.Address{Platform: "discord", Room: f.PersonID(who)}
}

// journal keeps what is logged.
type journal struct {
	mu   sync.Mutex
	text strings.Builder
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

// What connecting again would not change ends the adapter, and it says why in words.
func TestFatalCodesHalt(t *testing.T) {
	for _, code := range []int{4004, 4010, 4011, 4012, 4013, 4014} {
		underFire(t, discordtest.Options{}, func(f *fire) {
			f.CloseGateway(code)
			f.settle(10 * time.Minute)
			before := f.Counts().Identifies
			f.settle(time.Hour)
			if n := f.Counts().Identifies - before; n != 0 || f.Connected() {
				t.Errorf("after %d it connects again, %d times", code, n)
			}
			var halt *bot.Halt
			if err := f.stop(); !errors.As(err, &halt) || len(strings.Fields(halt.Say)) < 6 {
				t.Errorf("after %d Run returns %v", code, err)
			}
		})
	}
}

func TestRevokedTokenHalts(t *testing.T) {
	underFire(t, discordtest.Options{}, func(f *fire) {
		f.Revoke()
		f.settle(10 * time.Minute)
		var halt *bot.Halt
		if err := f.stop(); !errors.As(err, &halt) {
			t.Errorf("with a token that was revoked Run returns %v", err)
		}
		if n := f.Counts().Invalid; n > 100 {
			t.Errorf("%d requests were turned away", n)
		}
	})
}

// However the connection ends, it is back within the time that is promised, and what
// is due is sent meanwhile: letters need no gateway.
func TestBackInTime(t *testing.T) {
	tests := map[string]struct {
		end    func(*fire)
		within time.Duration
	}{
		"op 7 while opening":         {func(f *fire) { f.GreetWithReconnect(1); f.Invalidate(false) }, 35 * time.Second},
		"op 7":                       {func(f *fire) { f.Reconnect() }, 10 * time.Second},
		"op 9":                       {func(f *fire) { f.Invalidate(false) }, 10 * time.Second},
		"op 9, resumable":            {func(f *fire) { f.Invalidate(true) }, 10 * time.Second},
		"op 9 after a failed RESUME": {func(f *fire) { f.Lose(); f.Snap() }, 10 * time.Second},
		"a broken line":              {func(f *fire) { f.Snap() }, 5 * time.Second},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			for range 20 { // the waits are random
				underFire(t, discordtest.Options{}, func(f *fire) {
					f.settle(time.Minute)
					test.end(f)
					synctest.Wait()
					began := time.Now()
					if _, err := f.Send(f.t.Context(), f.room("hall"), "meanwhile", chat.Message{Body: chat.Words("Soon.")}); err != nil {
						t.Error(err)
					}
					for f.settle(time.Millisecond); !f.Connected() && time.Since(began) < test.within; {
						f.settle(10 * time.Millisecond)
					}
					if !f.Connected() {
						t.Errorf("not back after %v", test.within)
					}
				})
			}
		})
	}
}

// What is done while the connection is away is answered when it is back, once.
func TestInteractionsSurviveAReconnect(t *testing.T) {
	underFire(t, discordtest.Options{}, func(f *fire) {
		var calls int
		var mu sync.Mutex
		f.call = func(_ context.Context, c *chat.Call) chat.Reply {
			mu.Lock()
			defer mu.Unlock()
			calls++
			return chat.Reply{Body: chat.Words("Here you are.")}
		}
		for range 20 {
			f.Snap()
			f.echo("ana")
			f.settle(2 * time.Minute)
		}
		if seen := fmt.Sprint(f.Sees("ana", "hall")); calls != 20 || strings.Contains(seen, discordtest.DidNotRespond) {
			t.Errorf("20 commands were %d calls, and ana sees %s", calls, seen)
		}
		if c := f.Counts(); c.Identifies != 1 || c.Resumes != 20 || c.Astray != 0 {
			t.Errorf("the counts are %+v", c)
		}
	})
}

// A handler that takes long has its answer deferred, and 15 minutes are the end of it.
func TestSlowAnswers(t *testing.T) {
	for _, wait := range []time.Duration{time.Second, 10 * time.Second, 13 * time.Minute} {
		underFire(t, discordtest.Options{}, func(f *fire) {
			f.call = func(context.Context, *chat.Call) chat.Reply {
				time.Sleep(wait)
				return chat.Reply{Body: chat.Words("At last."), Private: true}
			}
			i := f.echo("ana")
			f.settle(3 * time.Second)
			select {
			case <-i.Done():
			default:
				t.Error("no answer came within three seconds")
			}
			f.settle(wait)
			if seen := fmt.Sprint(f.Sees("ana", "hall")); !strings.Contains(seen, "At last.") {
				t.Errorf("after %v ana sees %s", wait, seen)
			}
			if len(f.Sees("ben", "hall")) > 0 && strings.Contains(fmt.Sprint(f.Sees("ben", "hall")), "At last.") {
				t.Error("ben sees a private answer")
			}
			if v := f.Violations(); len(v) > 0 {
				t.Errorf("rules were broken: %q", v)
			}
		})
	}
}
