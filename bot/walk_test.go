package bot_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"peerbot/bot"
	"peerbot/chat"
	"peerbot/storage/mem"
)

// shown is one reply with whose it is.
type shown struct {
	chat.Reply
	platform, who, room string
	own                 bool // own: its buttons are the caller's alone.
}

// TestWalk lets two people do anything anywhere, on every kind of platform, in any
// order. Nothing fails, nobody else's button acts, and nothing is added that was not
// saved once.
func TestWalk(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		d := newDesk(t, mem.New(), bot.RouterConfig{PerPerson: bot.Rate{Every: 1, Burst: 1 << 30}, PerRoom: bot.Rate{Every: 1, Burst: 1 << 30}})
		w := &walk{desk: d, rt: rt}
		rt.Repeat(map[string]func(*rapid.T){"says": w.say, "presses": w.press, "fills": w.fill, "waits": w.wait})
	})
}

type walk struct {
	*desk
	rt    *rapid.T
	board []shown
	saves int // saves are presses of Save by whom it was for.
}

var lines = []string{
	"/menu", "/look", "/mine", "/survey", "/survey hello", "/survey size:12", "/ask", "/secret", "/meeting", "/meeting add",
	"/meeting add title:x", "/meeting add title:taken", "/cancel", "/crisis", "/lok", "hello", "5", "12", "talk", "-",
}

func (w *walk) place(t *rapid.T) (from, who, room string) {
	w.on = rapid.SampledFrom([]string{"typed", "forms", "aside"}).Draw(t, "platform")
	who = rapid.SampledFrom([]string{"ana", "ben"}).Draw(t, "who")
	room = rapid.SampledFrom([]string{"", "hall"}).Draw(t, "room")
	return strings.TrimSpace(who + " " + room), who, room
}

func (w *walk) note(t *rapid.T, who, room string, r chat.Reply) string {
	body := r.Body.String()
	if strings.Contains(body, "engine.fault") {
		t.Fatalf("it failed: %s\n%s", body, w.log)
	}
	own := r.Private || strings.HasPrefix(body, "This would add")
	w.board = append(w.board, shown{Reply: r, platform: w.on, who: who, room: room, own: own})
	added := 0
	for _, line := range w.saved {
		if strings.HasPrefix(line, "added") {
			added++
		}
	}
	if added > w.saves {
		t.Fatalf("%d are added, and Save was pressed %d times", added, w.saves)
	}
	return body
}

func (w *walk) say(t *rapid.T) {
	from, who, room := w.place(t)
	w.note(t, who, room, w.desk.says(from, rapid.SampledFrom(lines).Draw(t, "line")))
}

func (w *walk) press(t *rapid.T) {
	var all []chat.Offer
	var of []shown
	for _, s := range w.board {
		for _, o := range slices.Concat(s.Offers...) {
			all, of = append(all, o), append(of, s)
		}
	}
	if len(all) == 0 {
		t.Skip("nothing to press")
	}
	i := rapid.IntRange(0, len(all)-1).Draw(t, "button")
	_, who, _ := w.place(t)
	w.on = of[i].platform
	room := of[i].room
	label := all[i].Label.String()
	if label == "engine.form.save" && who == of[i].who {
		w.saves++
	}
	before := len(w.saved)
	body := w.note(t, who, room, w.desk.call(strings.TrimSpace(who+" "+room), chat.Call{Press: all[i].Payload}))
	clear := strings.Contains(all[i].Payload, ":")
	if other := who != of[i].who; other && of[i].own && !clear && (len(w.saved) > before || body != "The menu." && !strings.HasPrefix(body, "engine.old")) {
		t.Fatalf("%s pressed %q, which is %s's: %q", who, label, of[i].who, body)
	}
}

func (w *walk) fill(t *rapid.T) {
	for _, s := range slices.Backward(w.board) {
		if s.Ask == nil || s.Ask.Payload == "" {
			continue
		}
		w.on = s.platform
		var args []chat.Arg
		for _, q := range s.Ask.Ask {
			args = append(args, arg(q.Spec.Name, rapid.SampledFrom([]string{"", "3", "12", "talk", "hello"}).Draw(t, "value")))
		}
		w.note(t, s.who, s.room, w.desk.call(strings.TrimSpace(s.who+" "+s.room), chat.Call{Press: s.Ask.Payload, Args: args}))
		return
	}
	t.Skip("no form is open")
}

func (w *walk) wait(t *rapid.T) {
	hours := rapid.SampledFrom([]int{1, 23, 24 * 31}).Draw(t, "hours")
	w.now = w.now.Add(time.Duration(hours) * time.Hour)
	if err := w.router.Purge(w.t.Context(), w.now); err != nil {
		t.Fatal(err)
	}
}
