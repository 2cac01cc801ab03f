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

// TestAThousandLettersInAMinute: 1,000 letters are due at once and the published limits
// are enforced. Nothing is ever refused, everything comes, and the last message hardly
// later than the limits themselves let it.
func TestAThousandLettersInAMinute(t *testing.T) {
	tests := []struct {
		name string
		hot  int // hot is how many of the letters go to ten groups, the others to a person each.
	}{
		{"a person each", 0},
		{"ten groups of 15", 150},
		{"ten hot groups of 25", 250},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, telegramtest.Options{Limits: true}, func(h *house) {
				rooms := h.crowd(1000, tt.hot)
				_, stop := h.run()
				settle(time.Minute)
				begin := time.Now()
				var all []outbox.Letter
				for i, room := range rooms {
					all = append(all, h.letter(fmt.Sprint("letter ", i), room, outbox.Exact))
				}
				h.post(all...)
				settle(5 * time.Minute)
				stop()
				h.complete(rooms)
				h.punctual(begin)
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

// crowd makes room for so many letters, of which hot go to ten groups.
func (h *house) crowd(letters, hot int) (rooms []string) {
	for i := range 10 {
		h.Group(fmt.Sprint("group", i))
	}
	for i := range letters {
		room := fmt.Sprint("group", i%10)
		if i >= hot {
			room = fmt.Sprint("reader", i)
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
// 1.05 times what the limits leave: 30 a second, of a chat one a second, and of a group
// 20 a minute.
func (h *house) punctual(begin time.Time) {
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
	took := c.Last.Sub(begin)
	h.Logf("%d messages took %v, %.3f of the limits' own %v", sent, took, took.Seconds()/floor.Seconds(), floor)
	if took > floor*105/100 {
		h.Error("that is too long")
	}
}
