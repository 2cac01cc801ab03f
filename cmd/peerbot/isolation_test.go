package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"peerbot/bot"
	"peerbot/chat"
	"peerbot/community/meeting"
	"peerbot/storage"
)

// hall is a platform without a terminal, on which the test calls and presses. The
// ids of its calls are 1, 2, 3, as they may be on another one too.
type hall struct {
	name    string
	reaches bool // reaches: it can write privately to everybody.
	s       *stage
	ids     int
	towns   int

	mu   sync.Mutex
	sent map[chat.Address][]chat.Message
}

func (h *hall) Limits() bot.Limits {
	return bot.Limits{Platform: h.name, Payload: 64, Label: 80, Text: 4000, Rows: 10, Columns: 5, Choices: 25, Asks: 5}
}

func (h *hall) Run(ctx context.Context, _ bot.Handler) error {
	<-ctx.Done()
	return nil
}

func (h *hall) Send(_ context.Context, to chat.Address, _ string, m chat.Message) (string, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.sent == nil {
		h.sent = map[chat.Address][]chat.Message{}
	}
	h.sent[to] = append(h.sent[to], m)
	return strconv.Itoa(len(h.sent[to])), nil
}

// had is what was sent to the address so far.
func (h *hall) had(at chat.Address) []chat.Message {
	synctest.Wait()
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.sent[at]
}

// guest is somebody in a room of a community, or in private where space is empty.
type guest struct {
	*hall
	space, id string
	role      chat.Role
}

func (g guest) at() chat.Address {
	if g.space == "" {
		return chat.Address{Platform: g.name, Room: g.id}
	}
	return chat.Address{Platform: g.name, Space: g.space, Room: "general"}
}

// call is made a second after the last one, so that nobody is told to wait.
func (g guest) call(c chat.Call) chat.Reply {
	time.Sleep(time.Second)
	g.ids++
	c.ID, c.Time = strconv.Itoa(g.ids), time.Now()
	c.Reachable, c.From, c.At, c.Role = g.reaches, chat.Person{Platform: g.name, ID: g.id}, g.at(), g.role
	defer synctest.Wait()
	return g.s.p.router.Call(g.s.t.Context(), &c)
}

func (g guest) say(text string) chat.Reply { return g.call(chat.Call{Text: text}) }

// press presses the button with the label under the reply.
func (g guest) press(r chat.Reply, label string) chat.Reply {
	g.s.t.Helper()
	for o := range offersOf(r) {
		if o.Label.String() == label {
			return g.call(chat.Call{Press: o.Payload})
		}
	}
	g.s.t.Fatalf("no button %q under:\n%s", label, wordsOf(r))
	return chat.Reply{}
}

// offersOf are all that can be pressed in a reply.
func offersOf(r chat.Reply) func(func(chat.Offer) bool) {
	all := slices.Concat(r.Offers...)
	if r.Ask != nil {
		all = append(all, *r.Ask)
	}
	return slices.Values(all)
}

// wordsOf is all that can be read in a reply.
func wordsOf(r chat.Reply) string {
	text := r.Body.String()
	for o := range offersOf(r) {
		text += "\n[" + o.Label.String() + "]"
		for _, q := range o.Ask {
			text += " " + q.Label.String() + "=" + q.Value
		}
	}
	return text
}

// town is one of the communities, with what is to be known nowhere else.
type town struct {
	host, member, private guest // host is called alike in every town; private is the member's own chat.
	secret                string
	home                  string
	series                string
	payloads              map[string]bool // payloads are all that was ever shown here, but for the button that saves.
}

func (w *town) seen(r chat.Reply) chat.Reply {
	for o := range offersOf(r) {
		if !o.Confirmed {
			w.payloads[o.Payload] = true
		}
	}
	return r
}

// found fills a town with a meeting, someone who follows it, a note and a form.
func found(t *testing.T, h *hall, space string) *town {
	t.Helper()
	h.towns++
	w := &town{secret: h.name + space, payloads: map[string]bool{}}
	w.host = guest{h, space, "ana", chat.Member | chat.Host}
	w.member = guest{h, space, "member of " + w.secret, chat.Member}
	w.private = guest{h, "", w.member.id, 0}
	add := w.host.say(fmt.Sprintf(`/meeting add title:"Circle %[1]s" when:"every day 19:50-21:00" zone:Madrid passcode:"code %[1]s" notes:"notes %[1]s" remind:"10 minutes"`, w.secret))
	w.seen(w.host.press(w.seen(add), "Save"))
	list := w.seen(w.member.say("/meetings"))
	w.private.say(`/remind what:"noted ` + w.secret + `" when:"tomorrow 09:00 Madrid"`)
	for _, line := range []string{"/meetings", "/remind", "/settings quiet:22:00-07:00", "/meeting edit meeting:Circle which:series title:\"Circle " + w.secret + " anew\""} {
		w.seen(w.host.say(line))
	}
	w.private.press(w.private.say(`/remind what:"noted `+w.secret+`" when:"tomorrow 09:00 Madrid"`), "Save")
	w.seen(w.member.press(list, "Remind me: Circle "+w.secret))
	w.look(t)
	return w
}

// look learns what only someone with the store can know of a town.
func (w *town) look(t *testing.T) {
	t.Helper()
	p := w.host.s.p
	err := p.store.View(t.Context(), func(r storage.Reader) (err error) {
		if w.home, err = p.spaces.HomeOf(r, w.host.at()); err != nil {
			return err
		}
		all, err := p.meetings.Of(r, w.home)
		if len(all) != 1 {
			t.Fatalf("%s has %d meetings", w.secret, len(all))
		}
		w.series = all[0].Series
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// state is all that a town has: its meetings, how many follow each, and what its
// member is reminded of.
func (w *town) state(t *testing.T) (meetings []meeting.Meeting, followers int, notes string) {
	t.Helper()
	p := w.host.s.p
	err := p.store.View(t.Context(), func(r storage.Reader) (err error) {
		if meetings, err = p.meetings.Of(r, w.home); err != nil {
			return err
		}
		followers, err = p.meetings.Followers(r, w.series)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return meetings, followers, w.private.say("/remind").Body.String()
}

// tries are how somebody in one town may come near another one's meeting.
func (w *town) tries(other *town) []chat.Call {
	lines := []string{"/meetings", "/meetings now", "/meetings today", "/meetings tomorrow", "/meetings week", "/remind", "/privacy", "/settings", "/help"}
	for _, command := range []string{"/meeting edit title:x which:series", "/meeting cancel which:series", "/meeting move which:series when:\"Mondays 9:00\"", "/meeting join", "/meeting follow", "/meeting unfollow"} {
		lines = append(lines, command+" meeting:"+other.series, command+` meeting:"Circle `+other.secret+`"`)
	}
	var calls []chat.Call
	for _, line := range append(lines, "/remind what:"+other.series) {
		calls = append(calls, chat.Call{Text: line})
	}
	for _, path := range []string{"edit", "cancel", "move", "join", "follow", "unfollow"} {
		calls = append(calls, chat.Call{Path: []string{"meeting", path}, Args: []chat.Arg{{Name: "meeting", Value: other.series}}})
	}
	for id := range 20 {
		calls = append(calls, chat.Call{Path: []string{"meeting", "undo"}, Args: []chat.Arg{{Name: "change", Value: strconv.Itoa(id)}}})
	}
	return calls
}

// TestCommunitiesShareNothing has three communities on one install: two of one
// platform, and one of another. Their hosts are called alike, and so are their rooms.
// Whatever one tries, it hears and changes nothing of another.
func TestCommunitiesShareNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		east, west := &hall{name: "east"}, &hall{name: "west"}
		s := performOn(t, inMemory, testConfig(t), these(east, west))
		defer s.stop()
		east.s, west.s = s, s
		time.Sleep(time.Hour)
		towns := []*town{found(t, east, "hill"), found(t, east, "lake"), found(t, west, "hill")}
		for _, here := range towns {
			for _, there := range towns {
				if here != there {
					here.keepsOutOf(t, there)
				}
			}
		}
		time.Sleep(24 * time.Hour)
		s.stop()
		for _, h := range []*hall{east, west} {
			for to, messages := range h.sent {
				for _, m := range messages {
					for _, w := range towns {
						mine := w.host.hall == h && (to == w.host.at() || to == w.private.at())
						if text := wordsOf(chat.Reply{Body: m.Body, Offers: m.Offers}); strings.Contains(text, w.secret) && !mine {
							t.Errorf("%v is told of %s:\n%s", to, w.secret, text)
						}
					}
				}
			}
			if len(h.sent) != 2*h.towns {
				t.Errorf("%s: letters went to %v", h.name, slices.Collect(maps.Keys(h.sent)))
			}
		}
	})
}

// keepsOutOf has everyone here try what there is to try on there.
func (w *town) keepsOutOf(t *testing.T, there *town) {
	t.Helper()
	meetings, followers, notes := there.state(t)
	stranger := guest{w.host.hall, w.host.space, "eve of " + w.secret, chat.Member | chat.Host}
	for _, who := range []guest{w.host, w.member, stranger, {stranger.hall, "", stranger.id, chat.Member | chat.Host}} {
		for _, c := range w.tries(there) {
			w.hears(t, there, c, who.call(c))
		}
	}
	for payload := range there.payloads {
		for _, who := range []guest{w.host, w.member, stranger, {stranger.hall, "", stranger.id, chat.Member | chat.Host}} {
			c := chat.Call{Press: payload}
			w.hears(t, there, c, who.call(c))
		}
	}
	for _, path := range [][]string{{"meeting", "edit"}, {"meeting", "cancel"}, {"meeting", "move"}, {"meeting", "join"}, {"remind"}} {
		for option, typed := range map[string]string{"meeting": "Cir", "what": there.secret} {
			c := &chat.Call{ID: "complete", Path: path, From: chat.Person{Platform: w.host.name, ID: "ana"}, At: w.host.at(), Role: chat.Member | chat.Host, Time: time.Now()}
			for _, choice := range w.host.s.p.router.Complete(t.Context(), c, option, typed) {
				if strings.Contains(choice.Label.String(), there.secret) || strings.HasPrefix(choice.Value, there.series) {
					t.Errorf("%s is suggested in %s", choice.Label, w.secret)
				}
			}
		}
	}
	meetings2, followers2, notes2 := there.state(t)
	if diff := cmp.Diff([]any{meetings, followers, notes}, []any{meetings2, followers2, notes2}); diff != "" {
		t.Errorf("%s has changed %s:\n%s", w.secret, there.secret, diff)
	}
}

// hears fails where the reply tells of there.
func (w *town) hears(t *testing.T, there *town, c chat.Call, r chat.Reply) {
	t.Helper()
	text := wordsOf(r)
	for _, secret := range []string{"Circle " + there.secret + ":", "code " + there.secret, "notes " + there.secret, "noted " + there.secret, "[Join: Circle " + there.secret} {
		if strings.Contains(text, secret) {
			t.Errorf("%v %v %v in %s hears of %s:\n%s", c.Text, c.Path, c.Press, w.secret, there.secret, text)
		}
	}
}
