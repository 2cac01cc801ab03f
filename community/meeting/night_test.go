package meeting_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"peerbot/chat"
	"peerbot/community/meeting"
	"peerbot/community/member"
	"peerbot/storage"
)

// evening is one meeting with everybody who has to do with it: ana whose turn it is to
// host, cleo who helps out, bea who has quiet hours, dora who comes for the first time,
// and eva who is on her way.
type evening struct {
	*hall
	ana, bea, cleo, dora, eva, frank string
	g                                meeting.Gathering
}

// telling is a title that must never be seen on a lock screen.
const telling = "Sober AA and NA Recovery, LGBTQ+ mentor night"

func newEvening(h *hall, lang string) *evening {
	e := &evening{hall: h}
	h.update(func(tx storage.Tx) error {
		home, err := h.spaces.Get(tx, h.home)
		home.Lang = lang
		return errors.Join(err, h.spaces.Put(tx, home))
	})
	speaks := func(v *member.Member) { v.Lang = lang }
	e.ana, e.cleo, e.dora, e.eva, e.frank = h.join("ana", speaks), h.join("cleo", speaks), h.join("dora", speaks), h.join("eva", speaks), h.join("frank", speaks)
	e.bea = h.join("bea", func(v *member.Member) { speaks(v); quiet(19, 8)(v) })
	v := h.add(meeting.Said{Title: telling, When: "Mondays 20:00-21:00", Remind: "15 minutes", Link: "https://example.org/canary", Passcode: "canary"})
	e.g = h.find("sober")
	e.others()
	h.take(e.g, e.ana, meeting.Chair)
	h.take(e.g, e.cleo, meeting.CoHost)
	h.follow(v, e.bea, 15*time.Minute, meeting.Silently)
	h.followAt(v, e.eva, meeting.Unasked, time.Hour, 15*time.Minute)
	h.come(e.g, e.eva, meeting.Yes, false)
	h.come(e.g, e.dora, meeting.Yes, true)
	return e
}

// others are what else is on that evening: three that can be told, and what cannot.
func (e *evening) others() {
	for title, when := range map[string]string{"Candle": "19:30-20:30", "Walk": "20:10-21:00", "Tea": "20:15-21:00",
		"A fourth one": "20:20-21:00", "Over": "18:00-19:45", "Later": "20:40-21:00"} {
		s := meeting.Said{Title: title, When: "Mondays " + when, Remind: meeting.Away}
		if title == "Walk" {
			s.ShortName = "Blue cup"
		}
		e.add(s)
	}
	e.update(func(tx storage.Tx) error {
		elsewhere, err := e.spaces.HomeOf(tx, hangar)
		if err != nil {
			return err
		}
		_, err = e.Add(tx, elsewhere, "America/New_York", meeting.Said{Title: "Elsewhere", When: "Mondays 19:45-21:00"}, e.call(), time.Now())
		return err
	})
}

// says does what somebody presses.
func (e *evening) says(who string, yes bool) {
	e.t.Helper()
	if err := e.hosts(e.g, who, yes); err != nil {
		e.t.Fatal(err)
	}
}

// nights are the ways in which it can go: what is pressed, by the clocks of New York.
var nights = map[string]struct {
	nobody string
	acts   map[string]func(*evening)
}{
	"host": {acts: map[string]func(*evening){
		"01-02 20:30": func(e *evening) { e.says(e.ana, true) },
		"01-03 20:30": func(e *evening) { e.thank(e.dora); e.thank(e.eva) },
	}},
	"no_host":         {},
	"no_host_no_room": {nobody: "off"},
	"volunteer": {acts: map[string]func(*evening){
		"01-03 10:00": func(e *evening) { e.says(e.ana, false) },
		"01-03 19:20": func(e *evening) { e.says(e.frank, true) },
		"01-03 19:47": func(e *evening) { e.come(e.g, e.join("gil", nil), meeting.Yes, true) },
		"01-03 19:50": func(e *evening) { e.come(e.g, e.join("hal", nil), meeting.Yes, true) },
	}},
	"co_host": {acts: map[string]func(*evening){
		"01-03 17:30": func(e *evening) { e.says(e.cleo, true) },
	}},
	"late_cancel": {acts: map[string]func(*evening){
		"01-02 20:30": func(e *evening) { e.says(e.ana, true) },
		"01-03 19:50": func(e *evening) { e.cancel(e.g, meeting.This) },
	}},
}

func (e *evening) thank(who string) {
	e.update(func(tx storage.Tx) error { return e.Thank(tx, e.g, who, time.Now()) })
}

// play lets the night pass. Between every two things that happen everything is stopped
// and started anew.
func (e *evening) play(night string) {
	if n := nights[night].nobody; n != "" {
		e.nobody(n)
	}
	steps := []string{"01-02 19:50", "01-02 20:10", "01-03 16:30", "01-03 17:10", "01-03 18:50", "01-03 19:10", "01-03 19:40",
		"01-03 19:46", "01-03 19:52", "01-03 19:57", "01-03 20:05", "01-03 20:40", "01-03 21:05", "01-04 08:00", "01-04 10:00"}
	for at := range nights[night].acts {
		steps = append(steps, at)
	}
	slices.Sort(steps)
	for _, at := range steps {
		e.until("2000-" + at)
		if act := nights[night].acts[at]; act != nil {
			act(e)
		}
		e.down(time.Second)
	}
}

// transcript is what everybody got, each under a heading of their own.
func (h *hall) transcript() string {
	synctest.Wait()
	h.mu.Lock()
	defer h.mu.Unlock()
	of := map[string][]string{}
	for _, d := range h.got {
		line := d.At.In(newYork(h.t, "2000-01-01 00:00").Location()).Format("Mon 15:04 ")
		switch {
		case d.Edited:
			line += "(changed) "
		case d.Silent:
			line += "(silent) "
		}
		line += strings.ReplaceAll(d.Body, "\n", " / ")
		for _, row := range d.Message.Offers {
			for _, o := range row {
				line += " [" + h.words.Put(d.Message.Lang, nil, o.Label).String() + "]"
			}
		}
		of[d.Room] = append(of[d.Room], line)
	}
	var out strings.Builder
	for _, room := range []string{"ana", "cleo", "frank", "bea", "dora", "eva", "lobby"} {
		fmt.Fprintf(&out, "%s\n", room)
		for _, line := range of[room] {
			fmt.Fprintf(&out, "  %s\n", line)
		}
	}
	return out.String()
}

// TestOneNight plays each night in both languages over both engines, and holds it
// against its transcript.
func TestOneNight(t *testing.T) {
	for night := range nights {
		for _, lang := range []string{"en", "es"} {
			t.Run(night+"/"+lang, func(t *testing.T) {
				bubbles(t, func(t *testing.T, h *hall) {
					e := newEvening(h, lang)
					e.play(night)
					golden(t, filepath.Join("night", night+"."+lang+".golden"), h.transcript())
					h.fewAndDiscreet()
				})
			})
		}
	}
}

// fewAndDiscreet fails if somebody got more than three messages, one names anybody, a
// lock screen tells what it is about, or a room can read the way in.
func (h *hall) fewAndDiscreet() {
	h.t.Helper()
	n := map[string]int{}
	for _, d := range h.got {
		if !d.Edited {
			n[d.Room]++
		}
		for _, name := range []string{"ana", "bea", "cleo", "dora", "eva", "frank"} {
			if slices.Contains(strings.FieldsFunc(strings.ToLower(d.Body), func(r rune) bool { return r < 'a' || r > 'z' }), name) {
				h.t.Errorf("%s is named: %q", name, d.Body)
			}
		}
		if strings.Contains(d.Body, "canary") {
			h.t.Errorf("the way in is told: %q", d.Body)
		}
		if d.Room != "lobby" {
			h.discreet(d)
		}
	}
	for who, got := range n {
		if who != "lobby" && got > 3 {
			h.t.Errorf("%s got %d messages", who, got)
		}
	}
}

// onALockScreen is how much of a message a locked phone shows.
const onALockScreen = 40

// discreet fails if a private message tells what it is about, on the lock screen or on
// one of its buttons.
func (h *hall) discreet(d delivery) {
	h.t.Helper()
	seen := []string{preview(d.Body)}
	for _, row := range d.Message.Offers {
		for _, o := range row {
			seen = append(seen, h.words.Put(d.Message.Lang, nil, o.Label).String())
		}
	}
	for _, text := range seen {
		if word := tellingWord(text); word != "" {
			h.t.Errorf("%q says %q", text, word)
		}
	}
	if strings.Contains(d.Body, "Sober") {
		h.t.Errorf("the title is told: %q", d.Body)
	}
}

func preview(text string) string {
	runes := []rune(text)
	return string(runes[:min(len(runes), onALockScreen)])
}

// tellingWord is the first word of the text that tells what a note is about; "" for
// none.
func tellingWord(text string) string {
	parts := []string{"recover", "recupera", "sober", "sobri", "lgbt", "mentor", "meeting", "reunión", "reunion", "group", "grupo",
		"support", "apoyo", "anonym", "anónim", "addict", "adicc", "alcohol", "drug", "droga", "therap", "terapia", "mental", "crisis"}
	whole := []string{"aa", "na", "peer"}
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return strings.ContainsRune(" .,;:!?¿¡()[]\"'«»/\n", r) })
	for _, word := range words {
		if slices.Contains(whole, word) || slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(word, p) }) {
			return word
		}
	}
	return ""
}

// neutralPhrases are those that may stand on the lock screen of who chose nothing.
var neutralPhrases = []string{
	"meeting.note.neutral", "meeting.note.neutral_day", "meeting.cancelled.neutral", "meeting.moved.neutral", "meeting.added.neutral",
	"meeting.calendar.neutral", "meeting.place_free.neutral", "meeting.host_ask.neutral", "meeting.host_soon.neutral",
	"meeting.host_after.neutral", "meeting.no_host.neutral", "meeting.others", "meeting.other.neutral", "meeting.open_other.neutral", "meeting.handout_is.neutral", "note.neutral", "meeting.open", "meeting.again", "note.open", "note.again",
	"meeting.host.yes", "meeting.host.no", "meeting.sheet", "meeting.attended", "meeting.late", "note.late",
}

// TestNeutralPhrasesSayNothing reads every phrase of a lock screen, and sees that none
// of the catalogue's own neutral ones is forgotten here.
func TestNeutralPhrasesSayNothing(t *testing.T) {
	words, err := catalogue()
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2000, 1, 3, 20, 0, 0, 0, time.UTC)
	for _, lang := range words.Langs() {
		for _, id := range neutralPhrases {
			text := words.Put(lang, time.UTC, chat.Say(id, chat.At("time", at, chat.Moment), chat.At("was", at, chat.Moment),
				chat.At("is", at, chat.Moment), chat.Text("name", ""), chat.Text("number", "1"))).String()
			if text == "" || strings.Contains(text, "<"+id) {
				t.Errorf("%s: %s is not in the catalogue", lang, id)
			}
			if word := tellingWord(text); word != "" {
				t.Errorf("%s: %s says %q: %q", lang, id, word, text)
			}
		}
	}
	files, err := filepath.Glob("../../locales/meeting*.en.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no phrases are found", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			id, _, _ := strings.Cut(line, ":")
			if (strings.HasSuffix(id, ".neutral") || strings.HasSuffix(id, ".neutral_day")) && !slices.Contains(neutralPhrases, id) {
				t.Errorf("%s is a phrase of a lock screen and is not read here", id)
			}
		}
	}
}

// Every letter to a person, whatever it is about, is discreet.
func TestEveryLetterIsDiscreet(t *testing.T) {
	for _, lang := range []string{"en", "es"} {
		t.Run(lang, func(t *testing.T) {
			bubbles(t, func(t *testing.T, h *hall) {
				e := newEvening(h, lang)
				full := h.add(meeting.Said{Title: telling + " 2", When: "Mondays 18:00-19:00", Capacity: 1})
				g := h.find(full.Series)
				h.come(g, e.ana, meeting.Yes, false)
				h.come(g, e.cleo, meeting.Yes, false)
				h.follow(full, e.frank, 24*time.Hour, meeting.Unasked)
				h.until("2000-01-02 21:00")
				h.come(g, e.ana, meeting.No, false) // A place is free.
				e.says(e.ana, true)
				h.until("2000-01-03 17:50")
				h.edit(g, meeting.This, meeting.Said{When: "22:00"})
				h.until("2000-01-03 19:46")
				if err := h.snooze(e.g, e.dora); err != nil {
					t.Fatal(err)
				}
				h.until("2000-01-03 20:30")
				e.thank(e.dora)
				h.cancel(g, meeting.Whole)
				h.until("2000-01-05 12:00")
				h.mu.Lock()
				defer h.mu.Unlock()
				kinds := map[string]bool{}
				for _, d := range h.got {
					if d.Room != "lobby" {
						h.discreet(d)
						kinds[preview(d.Body)] = true
					}
				}
				if len(kinds) < 8 {
					t.Errorf("the test wants to see every kind of letter, and saw %v", kinds)
				}
			})
		})
	}
}
