package telegram_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"peerbot/bot"
	"peerbot/bot/telegram/telegramtest"
	"peerbot/chat"
	"peerbot/outbox"
)

// slow is how long a request takes.
const slow = 100 * time.Millisecond

// TestAThousandLettersInAMinute: 1,000 letters are due at once, the published limits are
// enforced, and every request is slow. Nothing is ever refused, everything comes,
// and the last message hardly later than the limits themselves let it. Letters with
// buttons are never joined. Of the 20 that a group takes in a minute letters leave one
// to answers, so 19 is as much as one minute can hold.
func TestAThousandLettersInAMinute(t *testing.T) {
	tests := []struct {
		name        string
		hot, groups int // hot is how many of the letters go to so many groups, the others to a person each.
		buttons     bool
		reach       float64 // reach is the time, as a part of what 1,000 messages take at best; 0 does not ask.
	}{
		{"a person each", 0, 0, false, 1.05},
		{"ten groups of 15", 150, 10, true, 1.05},
		{"ten hot groups of 19", 190, 10, true, 1.05},
		{"one hot group of 19", 19, 1, true, 1.05},
		{"ten hot groups of 25, to the limit of a minute", 250, 10, true, 0},
		{"ten hot groups of 25, joined", 250, 10, false, 0.84},
		{"a hundred groups of ten, joined", 1000, 100, false, 0.25},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, telegramtest.Options{Limits: true}, func(h *house) {
				rooms := h.crowd(1000, tt.hot, tt.groups)
				_, stop := h.run()
				settle(time.Minute)
				h.Fail(telegramtest.Fault{Method: "sendMessage", Times: -1, Wait: slow})
				begin := time.Now()
				var all []outbox.Letter
				for i, room := range rooms {
					l := h.letter(fmt.Sprint("letter ", i), room, outbox.Exact)
					if tt.buttons {
						l.Message.Offers = [][]chat.Offer{{{Label: chat.Words("The menu"), Path: []string{"menu"}}}}
					}
					all = append(all, l)
				}
				h.post(all...)
				settle(5 * time.Minute)
				stop()
				h.complete(rooms)
				took := h.punctual(begin)
				if best := time.Duration(len(rooms)) * time.Second / 30; tt.reach > 0 && took.Seconds() > tt.reach*best.Seconds() {
					t.Errorf("%v is more than %.2f of %v", took, tt.reach, best)
				}
			})
		})
	}
}

// TestHotGroupsKeepTheirMinute: 25 messages for one group cannot be joined and go out as
// fast as 20 in a minute allow, and those for others do not wait for them.
func TestHotGroupsKeepTheirMinute(t *testing.T) {
	inBubble(t, telegramtest.Options{Limits: true}, func(h *house) {
		b, stop := h.run()
		settle(time.Minute)
		begin := time.Now()
		var waits sync.WaitGroup
		for i := range 25 {
			waits.Go(func() { h.until(b, "hall", fmt.Sprint("message ", i)) })
		}
		h.until(b, "ana", "for one")
		if waited := time.Since(begin); waited > 2*time.Second {
			t.Errorf("a person waits %v behind a group", waited)
		}
		waits.Wait()
		stop()
		h.punctual(begin)
	})
}

// until sends a message as the outbox does: again, when it is told to come later.
func (h *house) until(b *bot.Bot, room, text string) {
	m := chat.Message{Body: chat.Words(text)}
	for range 20 {
		_, err := b.Send(h.Context(), h.at(room), text, m)
		if err == nil {
			return
		}
		bounce, ok := err.(*chat.Bounce)
		if !ok || bounce.Fate != chat.Later {
			h.Errorf("%q: %v", text, err)
			return
		}
		time.Sleep(max(bounce.After, time.Second))
	}
	h.Errorf("%q never went out", text)
}

// crowd makes room for so many letters, of which hot go to so many groups.
func (h *house) crowd(letters, hot, groups int) (rooms []string) {
	for i := range groups {
		h.Group(fmt.Sprint("group", i))
	}
	for i := range letters {
		room := fmt.Sprint("reader", i)
		if i < hot {
			room = fmt.Sprint("group", i%groups)
		} else {
			h.Meet(room, true)
		}
		rooms = append(rooms, room)
	}
	return rooms
}

// complete wants every letter in its room, once.
func (h *house) complete(rooms []string) {
	h.Helper()
	for i, room := range rooms {
		who := room
		if strings.HasPrefix(room, "group") {
			who = "ana"
		}
		n := 0
		for _, m := range h.SeesOfBot(who, room) {
			for line := range strings.Lines(m.Text) {
				if strings.TrimSpace(line) == fmt.Sprintf("letter %d.", i) {
					n++
				}
			}
		}
		if n != 1 {
			h.Errorf("letter %d came %d times", i, n)
		}
	}
}

// punctual wants that nothing was refused, and that the last message came no later than
// 1.05 times what the limits leave, and one request: 30 a second, of a chat one a second,
// and of a group 20 a minute.
func (h *house) punctual(begin time.Time) (took time.Duration) {
	h.Helper()
	c := h.Counts()
	if c.TooMuch > 0 || c.Refused[429] > 0 {
		h.Errorf("%d messages went over a limit, %d were refused", c.TooMuch, c.Refused[429])
	}
	sent, floor := 0, time.Duration(0)
	for chat, n := range c.Sent {
		sent += n
		own := n - 1
		if chat < 0 {
			own += (n - 1) / 20 * 40
		}
		floor = max(floor, time.Duration(own)*time.Second)
	}
	floor = max(floor, time.Duration(sent)*time.Second/30)
	took = c.Last.Sub(begin)
	h.Logf("%d messages took %v, %.3f of the limits' own %v", sent, took, took.Seconds()/floor.Seconds(), floor)
	if took > floor*105/100+slow {
		h.Error("that is too long")
	}
	return took
}
