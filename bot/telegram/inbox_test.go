package telegram

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"peerbot/bot/telegram/telegramtest"
	"peerbot/bot/telegram/wire"
	"peerbot/chat"
	"peerbot/storage"
	"peerbot/storage/mem"
)

// What waits when the program dies is there for the next one, each update once, in the
// order of its chat.
func TestNothingIsLostWhenTheProgramDies(t *testing.T) {
	played(t, telegramtest.Options{}, func(t *testing.T, d *desk) {
		dead := make(chan struct{})
		d.reply = func(ctx context.Context, _ *chat.Call) chat.Reply {
			<-dead // and never comes back in this life
			panic(errPlain)
		}
		var want []string
		for i := range 250 {
			line := fmt.Sprintf("/echo %d", i)
			d.Say("ana", "", line)
			want = append(want, line)
		}
		d.settle()
		if n := d.kept("telegram.inbox"); n != 250 {
			t.Fatalf("%d updates are kept", n)
		}
		if pending := d.Counts().Pending; pending != 0 {
			t.Errorf("%d updates are not confirmed though they are kept", pending)
		}
		go close(dead)
		if err := d.stop(); err != nil { // which parks the one that panicked
			t.Fatal(err)
		}
		d.reply, d.calls = nil, nil
		d.start()
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		asked := d.asked()
		if diff := cmp.Diff(want[250-len(asked):], asked); diff != "" || len(asked) < 200 {
			t.Errorf("the next program is asked (-want +got):\n%s", diff)
		}
		if n := d.kept("telegram.inbox"); n != 0 {
			t.Errorf("%d updates stay", n)
		}
	})
}

// The row goes in the transaction of the effect, and afterwards where there was none.
func TestRowGoesWithTheEffect(t *testing.T) {
	played(t, telegramtest.Options{}, func(t *testing.T, d *desk) {
		d.reply = func(ctx context.Context, c *chat.Call) chat.Reply {
			before := d.kept("telegram.inbox")
			if c.Text == "/echo effect" {
				err := d.store.Update(ctx, func(tx storage.Tx) error { return tx.Put("effects", []byte("x"), nil) })
				if err != nil {
					t.Error(err)
				}
			}
			return chat.Reply{Body: chat.Words(fmt.Sprint(before, d.kept("telegram.inbox")))}
		}
		d.Say("ana", "", "/echo effect")
		d.settle()
		d.Say("ben", "", "/echo nothing")
		d.settle()
		d.wants("ana", "", "1 0")
		d.wants("ben", "", "1 1")
		if n := d.kept("telegram.inbox"); n != 0 {
			t.Errorf("%d rows stay", n)
		}
	})
}

func TestAnUpdateThatComesAgain(t *testing.T) {
	played(t, telegramtest.Options{}, func(t *testing.T, d *desk) {
		for i := range 5 {
			d.Say("ana", "", fmt.Sprintf("/echo %d", i))
		}
		d.Say("ana", "", "/crisis")
		d.settle()
		d.Repeat(6)
		d.settle()
		if err := d.stop(); err != nil {
			t.Fatal(err)
		}
		d.Repeat(5)
		d.start()
		d.Backward(true)
		d.Say("ana", "", "/echo 5")
		d.Say("ben", "", "/echo 6")
		d.settle()
		got := d.asked()
		slices.Sort(got)
		if diff := cmp.Diff([]string{"/crisis", "/echo 0", "/echo 1", "/echo 2", "/echo 3", "/echo 4", "/echo 5", "/echo 6"}, slices.Compact(got)); diff != "" {
			t.Errorf("asked (-want +got):\n%s", diff)
		}
		if n := len(d.asked()); n > 9 { // crisis keeps nothing, so a new program may answer once more
			t.Errorf("asked %d times: %q", n, got)
		}
	})
}

// Talk in a group that the bot hears as an admin leaves no trace.
func TestTalkIsNotTakenIn(t *testing.T) {
	played(t, telegramtest.Options{}, func(t *testing.T, d *desk) {
		d.Promote("house")
		d.settle()
		before := d.kept("telegram.had")
		for range 10 {
			d.Say("ana", "hall", "secret words for my friends")
		}
		d.settle()
		if len(d.calls) > 0 || d.kept("telegram.inbox") > 0 || d.kept("telegram.had") != before {
			t.Errorf("it was taken in: %q", d.asked())
		}
	})
}

// While the store takes nothing people are answered all the same, crisis at once.
func TestTheStoreIsDown(t *testing.T) {
	played(t, telegramtest.Options{}, func(t *testing.T, d *desk) {
		if err := d.stop(); err != nil {
			t.Fatal(err)
		}
		store := &stuck{Store: d.store}
		d.store = store
		d.start()
		store.set(true)
		d.Say("ana", "", "/echo secret words")
		d.Say("ben", "hall", "/crisis")
		d.settle()
		d.wants("ana", "", "You said: /echo secret words")
		d.wants("ben", "hall", "You said: /crisis")
		store.set(false)
		d.Say("ana", "", "/echo again")
		d.settle()
		d.wants("ana", "", "again")
	})
}

// An answer that cannot be delivered is tried five times, and then put aside without
// what was said.
func TestParked(t *testing.T) {
	played(t, telegramtest.Options{}, func(t *testing.T, d *desk) {
		d.Fail(telegramtest.Fault{Method: "sendMessage", Times: -1, Status: 500})
		d.Say("ana", "", "/echo secret words")
		time.Sleep(10 * time.Minute)
		if n := d.Counts().Requests["sendMessage"]; n != maxTries {
			t.Errorf("it was tried %d times", n)
		}
		n, err := Parked(t.Context(), d.store, d.vault)
		if err != nil || n != 1 || d.kept("telegram.inbox") != 0 {
			t.Errorf("%d are parked (%v), %d wait", n, err, d.kept("telegram.inbox"))
		}
		d.Heal()
		d.Say("ana", "", "/echo on")
		d.settle()
		d.wants("ana", "", "/echo on")
	})
}

// What kills the program each time it is tried is parked when it was tried five times.
func TestWhatKillsTheProgramIsParked(t *testing.T) {
	b := newInbox(mem.New(), newVault(t))
	j := &job{Update: 5, At: monday, Text: "x"}
	old := &job{Update: 6, At: monday.Add(-maxAge), Text: "x"}
	if _, err := b.take(t.Context(), []int64{5, 6}, []*job{j, old}); err != nil {
		t.Fatal(err)
	}
	for start := 1; start <= maxTries+1; start++ {
		jobs, late, err := b.waiting(t.Context(), monday.Add(time.Second))
		wantJobs, wantLate := 1, 0
		switch start {
		case 1:
			wantLate = 1 // the one that is a day old
		case maxTries + 1:
			wantJobs, wantLate = 0, 1
		}
		if err != nil || len(jobs) != wantJobs || late != wantLate {
			t.Errorf("start %d finds %d jobs and drops %d, %v", start, len(jobs), late, err)
		}
		for _, j := range jobs {
			if err := b.try(t.Context(), j); err != nil {
				t.Error(err)
			}
		}
	}
	if n, err := Parked(t.Context(), b.store, newVault(t)); n != 1 || err != nil {
		t.Errorf("%d are parked, %v", n, err)
	}
}

// When too many wait, those who come are told so, crisis passes, and nothing that was
// taken is lost.
func TestTheInboxIsFull(t *testing.T) {
	played(t, telegramtest.Options{Forget: true}, func(t *testing.T, d *desk) {
		free := make(chan struct{})
		d.reply = func(_ context.Context, c *chat.Call) chat.Reply {
			if c.Text != "/crisis" {
				<-free
			}
			return chat.Reply{}
		}
		s := newShift(t.Context(), d.Telegram, d)
		id := int64(1)
		several := func(n int, text string) (all []*wire.Update) {
			for range n {
				u := written(id, 100_000+id, text)
				all, id = append(all, u), id+1
			}
			return all
		}
		for range maxWaits/batch + 1 {
			if err := s.take(t.Context(), several(batch, "/echo")); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.take(t.Context(), several(batch, "/crisis")); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if n := d.kept("telegram.inbox"); n != maxWaits {
			t.Errorf("%d updates are kept, and %d may be", n, maxWaits)
		}
		ana := d.Person("ana")
		if err := s.take(t.Context(), []*wire.Update{written(id, ana, "/echo")}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		crisis := 0
		for _, text := range d.asked() {
			if text == "/crisis" {
				crisis++
			}
		}
		if crisis != batch {
			t.Errorf("%d of %d calls for crisis were answered", crisis, batch)
		}
		close(free)
		for s.crew.waiting() > 0 {
			time.Sleep(time.Second)
		}
		s.end()
		if n := d.Counts().Sent[ana]; n != 1 {
			t.Errorf("who came too late is answered %d times", n)
		}
	})
}
