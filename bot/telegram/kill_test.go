package telegram_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"peerbot/bot/telegram/telegramtest"
	"peerbot/outbox"
	"peerbot/storage"
	"peerbot/storage/bolt"
	"peerbot/storage/mem"
)

// What the proof of kills begins with; on disk it is a tenth without PEERBOT_FULL=1.
const (
	pending  = 5000
	unsent   = 1000
	inFlight = 16 // inFlight is how many letters the outbox has on their way at a time.
	people   = 500
	senders  = 8 // senders are the people who send files: no more are fetched at a time.
	kills    = 4 // kills while letters go out, and as many while updates are worked off.
	// shortest is the fewest writes of a life: a letter that is in flight at two kills in
	// a row is given up, as an update is that five lives have begun and not finished.
	shortest = 70
)

// TestKilledWithALotPending: 5,000 updates wait at Telegram and 1,000 letters in the
// outbox, and the program is killed again and again at writes that nobody chose. Every
// command, with a file or without, has its effect once, and every letter comes; what was in flight at a kill may
// come once more, which is the outbox's rule for reminders, and is counted.
func TestKilledWithALotPending(t *testing.T) {
	t.Run("in memory", func(t *testing.T) { proof(t, mem.New(), 1) })
	t.Run("on disk", func(t *testing.T) {
		store, err := bolt.Open(filepath.Join(t.TempDir(), "peerbot.db"), bolt.Options{})
		if err != nil {
			t.Fatal(err)
		}
		part := 10
		if os.Getenv("PEERBOT_FULL") != "" {
			part = 1
		}
		proof(t, store, part)
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
}

// proof plays with one part of what is pending and unsent.
func proof(t *testing.T, store storage.Store, part int) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("the seed is %d", seed)
	dice := rand.New(rand.NewPCG(seed, 0))
	inBubble(t, telegramtest.Options{}, func(h *house) {
		h.store = store
		h.owe(unsent / part)
		for range kills {
			h.killed(shortest+dice.Int64N(100), dice.IntN(2) == 0)
		}
		h.ask(pending / part)
		for range kills {
			h.killed(shortest+dice.Int64N(int64(3000/part)), dice.IntN(2) == 0)
		}
		_, stop := h.run()
		settle(30 * time.Minute)
		stop()
		h.judge(pending/part, unsent/part)
	})
}

// owe posts what everybody is to be told.
func (h *house) owe(unsent int) {
	h.Helper()
	for i := range people {
		h.Meet(person(i), true)
	}
	h.out = outbox.New(h.store, h.vault, nil)
	var letters []outbox.Letter
	for i := range unsent {
		letters = append(letters, h.letter(fmt.Sprint("letter ", i), person(i), outbox.Exact))
	}
	h.post(letters...)
}

// ask has everybody write while the program is down.
func (h *house) ask(pending int) {
	h.Helper()
	for i := range pending {
		if i%people < senders {
			h.Write(telegramtest.Post{Who: person(i), Text: "/sheet", File: "sheet.txt", Content: []byte(fmt.Sprint(i))})
			continue
		}
		h.Say(person(i), "", fmt.Sprint("/mark ", i))
	}
}

func person(i int) string { return fmt.Sprint("person", i%people) }

// killed is a life of so many writes.
func (h *house) killed(writes int64, torn bool) {
	h.Helper()
	m := &mortal{Store: h.store, dial: h.Dial, torn: torn, dead: make(chan struct{})}
	m.left.Store(writes)
	_, stop := h.live(m, m.Dial)
	select {
	case <-m.dead:
	case <-time.After(time.Hour): // There was less to do than it would have lived for.
	}
	stop()
}

func (h *house) judge(pending, unsent int) {
	h.Helper()
	lost, again := 0, 0
	for _, n := range h.made(pending) {
		switch {
		case n == 0:
			lost++
		case n > 1:
			again++
		}
	}
	if lost+again > 0 {
		log := h.log.String()
		h.Errorf("%d of %d commands were lost, %d had their effect more than once:\n%s", lost, pending, again, log[max(0, len(log)-4000):])
	}
	came := map[string]int{}
	for i := range people {
		for _, m := range h.SeesOfBot(person(i), "") {
			for line := range strings.Lines(m.Text) {
				came[strings.TrimSpace(line)]++
			}
		}
	}
	twice := 0
	for i := range unsent {
		n := came[fmt.Sprintf("letter %d.", i)]
		if twice += n - 1; n == 0 {
			h.Errorf("letter %d never came", i)
		}
	}
	if pending := h.Counts().Pending; pending > 0 || twice > 2*kills*inFlight {
		h.Errorf("%d updates were never confirmed, %d letters came once more after %d kills", pending, twice, 2*kills)
	}
	h.Logf("%d of %d letters came once more after %d kills", twice, unsent, 2*kills)
}
