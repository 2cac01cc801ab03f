package discord_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bwmarrin/discordgo"

	"peerbot/bot/discord/discordtest"
	"peerbot/chat"
)

const editRoute = "PATCH /webhooks/{webhook_id}/{webhook_token}/messages/@original"

// TestDeferredEditsSideBySide: a hundred answers that were deferred are edited at
// once, where each edit takes 50 ms; the library's own function does one after the
// other.
func TestDeferredEditsSideBySide(t *testing.T) {
	const n, slow = 100, 50 * time.Millisecond
	var ours, library time.Duration
	underFire(t, discordtest.Options{}, func(f *fire) {
		var answered [n]time.Time
		release := make(chan struct{})
		f.call = func(context.Context, *chat.Call) chat.Reply {
			<-release
			return chat.Reply{Body: chat.Words("Here you are."), Private: true}
		}
		f.Fail(discordtest.Fault{Route: editRoute, Times: -1, Delay: slow})
		for i := range answered {
			f.echo(fmt.Sprint("person ", i))
		}
		f.settle(2 * time.Second)
		close(release)
		ours = f.edited(n)
		if f.Peak(editRoute) < n/2 {
			t.Errorf("at most %d edits were in flight at once", f.Peak(editRoute))
		}
	})
	underFire(t, discordtest.Options{}, func(f *fire) { library = f.byLibrary(n, slow) })
	t.Logf("ours %v, the library's %v: %.0f × faster", ours, library, library.Seconds()/ours.Seconds())
	if library < 50*ours {
		t.Errorf("ours take %v and the library's %v, which is less than 50 × faster", ours, library)
	}
}

// edited waits until n edits are done.
func (f *fire) edited(n int) time.Duration {
	began := time.Now()
	for f.Answered(editRoute) < n && time.Since(began) < time.Minute {
		f.settle(time.Millisecond)
	}
	return time.Since(began)
}

// byLibrary defers n answers and edits them with the library's function, one after
// the other as its lock has it: in a bubble, who waits for a lock stops the clock.
func (f *fire) byLibrary(n int, slow time.Duration) time.Duration {
	f.stop()
	s, err := discordgo.New("Bot " + f.Token())
	if err != nil {
		f.t.Fatal(err)
	}
	defer s.Client.CloseIdleConnections()
	s.Client = &http.Client{Transport: toFake{f.Client().Transport}}
	f.Fail(discordtest.Fault{Route: editRoute, Times: -1, Delay: slow})
	var all []*discordgo.Interaction
	for i := range n {
		i := f.echo(fmt.Sprint("person ", i))
		one := &discordgo.Interaction{ID: i.ID, AppID: f.BotID(), Token: i.Token()}
		if err := s.InteractionRespond(one, &discordgo.InteractionResponse{Type: discordgo.InteractionResponseDeferredChannelMessageWithSource}); err != nil {
			f.t.Fatal(err)
		}
		all = append(all, one)
	}
	began := time.Now()
	content := "Here you are."
	for _, one := range all {
		if _, err := s.InteractionResponseEdit(one, &discordgo.WebhookEdit{Content: &content}); err != nil {
			f.t.Fatal(err)
		}
	}
	return time.Since(began)
}

// toFake sends the library's requests to the fake.
type toFake struct{ http.RoundTripper }

func (t toFake) RoundTrip(q *http.Request) (*http.Response, error) {
	q = q.Clone(q.Context())
	q.URL.Scheme, q.URL.Host = "http", discordtest.Host
	return t.RoundTripper.RoundTrip(q)
}

// full says that the whole of what is promised is tried, not a hundredth.
func full() bool { return os.Getenv("PEERBOT_FULL") == "1" }

// TestNothingKeptPerInteraction: 200,000 interactions, or a hundredth, leave no more
// memory in use than a few did. The library keeps 451 bytes of each.
func TestNothingKeptPerInteraction(t *testing.T) {
	n := 2000
	if full() {
		n = 200_000
	}
	underFire(t, discordtest.Options{Unlimited: true}, func(f *fire) {
		f.many(4200) // more than are remembered against repeats
		before := f.heap()
		f.many(n)
		grown := f.heap() - before
		t.Logf("%d interactions left %d bytes", n, grown)
		if most := 128<<10 + 32*n; grown > most {
			t.Errorf("%d interactions left %d bytes, more than %d", n, grown, most)
		}
	})
}

// many gives commands, half of which are answered late, and forgets what was said.
func (f *fire) many(n int) {
	f.call = func(_ context.Context, c *chat.Call) chat.Reply {
		if strings.HasPrefix(c.From.Name, "slow") {
			time.Sleep(2 * time.Second)
		}
		return chat.Reply{Body: chat.Words("Here you are."), Private: true}
	}
	for from := 0; from < n; from += 100 {
		for i := range min(100, n-from) {
			f.echo(fmt.Sprint([]string{"slow", "swift"}[i%2], i%50))
		}
		f.settle(5 * time.Second)
		f.Clear()
	}
}

// heap is what is in use when nothing is under way and the fake has forgotten.
func (f *fire) heap() int {
	f.settle(2 * time.Hour)
	f.many(4)
	f.settle(2 * time.Hour)
	f.echo("ana") // the fake forgets when something is done
	f.settle(time.Minute)
	f.Clear()
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}

// TestNoTokenIsTold: whatever goes wrong, no log line and no error holds the bot's
// token or that of an interaction.
func TestNoTokenIsTold(t *testing.T) {
	for _, fault := range answersThatAreWrong() {
		fault.Times = -1
		t.Run(fmt.Sprintf("status %d, body %q, cut %v, hang %v, %v, %v", fault.Status, fault.Body, fault.Cut, fault.Hang, fault.Delay, fault.Slow), func(t *testing.T) {
			underFire(t, discordtest.Options{}, func(f *fire) {
				f.Fail(fault)
				told := f.everything()
				f.Snap()
				f.settle(10 * time.Minute)
				f.Mend()
				f.settle(time.Hour)
				f.silent(told)
			})
		})
	}
	for name, wrong := range worldsThatAreWrong {
		t.Run(name, func(t *testing.T) {
			underFire(t, discordtest.Options{}, func(f *fire) {
				wrong(f)
				told := f.everything()
				f.settle(time.Hour)
				f.silent(told)
			})
		})
	}
}

func answersThatAreWrong() []discordtest.Fault {
	faults := []discordtest.Fault{
		{Cut: true}, {Hang: true}, {Delay: time.Minute}, {Slow: time.Minute}, {Status: 200, Body: "{"}, {Status: 200, Body: `[]`}, {Status: 204},
		{Status: 429, Body: "<html>slow down</html>", Header: http.Header{"Retry-After": {"x"}}},
		{Status: 301, Header: http.Header{"Location": {"http://[::1"}}}, {Status: 302, Header: http.Header{"Location": {"ftp://x"}}},
	}
	for _, status := range []int{400, 401, 403, 404, 409, 413, 429, 500, 502, 503, 504, 599} {
		faults = append(faults, discordtest.Fault{Status: status}, discordtest.Fault{Status: status, Body: "no JSON"})
	}
	return faults
}

var worldsThatAreWrong = map[string]func(*fire){
	"nonsense": func(f *fire) { f.Babble(`{"op":0,"t":"INTERACTION_CREATE","s":1,"d":{"id":5}}`); f.Babble(`x`) },
	"down":     func(f *fire) { f.Down() },
	"zombie":   func(f *fire) { f.Zombie(true) },
	"revoked":  func(f *fire) { f.Revoke() },
	"panic": func(f *fire) {
		f.call = func(_ context.Context, c *chat.Call) chat.Reply { panic(fmt.Sprintf("%+v", c)) }
	},
	"odd interactions": func(f *fire) {
		f.Forge("ana", "hall", 3, map[string]any{"component_type": 99, "custom_id": strings.Repeat("x", 5000)})
		f.Forge("ana", "hall", 2, map[string]any{"name": "nothing", "options": []any{map[string]any{"type": 42}}})
		f.Forge("ana", "", 5, map[string]any{"custom_id": "", "components": []any{map[string]any{"type": 77}}})
		f.Forge("ana", "", 9, nil)
	},
}

// everything is done at once: letters, edits, commands. It returns the errors.
func (f *fire) everything() *journal {
	told := &journal{}
	var wg sync.WaitGroup
	for _, do := range []func(ctx context.Context) error{
		func(ctx context.Context) error {
			_, err := f.Send(ctx, f.room("hall"), "a letter", chat.Message{Body: chat.Words("Soon.")})
			return err
		},
		func(ctx context.Context) error {
			_, err := f.Send(ctx, f.private("ben"), "another", chat.Message{Body: chat.Words("Soon.")})
			return err
		},
		func(ctx context.Context) error {
			return f.Edit(ctx, f.room("yard"), "12", chat.Message{Body: chat.Words("Later.")})
		},
	} {
		wg.Go(func() {
			ctx, stop := context.WithTimeout(f.t.Context(), 30*time.Second)
			defer stop()
			if err := do(ctx); err != nil {
				fmt.Fprintf(told, "%v %+v %#v\n", err, err, err)
			}
		})
	}
	f.Server.Command("ana", "hall", []string{"echo"}, map[string]string{"text": "hello"})
	f.Server.Say("ben", "", "hello")
	wg.Wait()
	return told
}

// silent wants no secret in what was told.
func (f *fire) silent(told *journal) {
	f.t.Helper()
	secrets := f.Secrets()
	err := f.stop()
	synctest.Wait()
	all := told.String() + f.log.String() + fmt.Sprintf("%v %+v", err, err)
	if !strings.Contains(all, "level=") {
		f.t.Error("nothing was told at all")
	}
	for _, secret := range secrets {
		if strings.Contains(all, secret) {
			f.t.Error("a token stands in what is told")
		}
	}
}
