package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"peerbot/chat"
	"peerbot/config"
	"peerbot/storage"
)

// deed is one change that somebody asks for, under an id of its own.
type deed struct {
	who   string // who does it, and perhaps where.
	n     int    // n is its number, which its id and its texts hold.
	first string // first is said once, before anything else.
	asks  string // asks is the line that leads to the button, if there is one.
	does  string // does is the line that changes something.
	done  string // done is what acknowledges it.
	fact  string // fact is how it is known in the end.

	tried, kept bool // tried: the line was typed. kept: it was acknowledged.
}

// line is the line that changes something, as the same call each time.
func (d *deed) line() string { return fmt.Sprintf("%s !id%d: %s", d.who, d.n, d.does) }

// already is the answer to a call that has had its effect.
const already = "That is done already. Nothing was changed a second time."

// proof is a store whose program is killed again and again.
type proof struct {
	t     *testing.T
	dice  *rand.Rand
	path  string
	p     *process
	deeds []*deed
	quiet []string      // quiet are when sam's quiet hours may begin.
	again int           // again counts the calls that came twice and changed nothing.
	start time.Duration // start is how long a start takes to its first answer, as measured last.
}

// TestProofOfKills kills the real program at moments that nobody chose, while several
// people change things, and starts it again. What was acknowledged is there once, what
// was not at most once, a call that comes again changes nothing again, and all that is
// due comes, once.
func TestProofOfKills(t *testing.T) {
	t.Parallel()
	kills, err := strconv.Atoi(os.Getenv("PEERBOT_PROOF"))
	if err != nil {
		kills = 30
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("the seed is %d", seed)
	dice := rand.New(rand.NewPCG(seed, 0))
	const each = 100 // kills of one store.
	for ; kills > 0; kills -= each {
		v := &proof{t: t, dice: dice, path: filepath.Join(t.TempDir(), "home", "peerbot.db"), quiet: []string{""}}
		for range min(kills, each) {
			v.live()
		}
		v.judge()
	}
}

// live starts the program, has people do things, and kills it within what a start
// takes, so that as much is done on a slow machine.
func (v *proof) live() {
	began := time.Now()
	v.p = started(v.t, v.path)
	defer v.p.ended(os.Kill)
	if v.start == 0 || v.dice.IntN(4) > 0 {
		v.p.say("sam: /help") // So that it is the work that is interrupted, and not the start.
		v.start = time.Since(began)
	}
	fuse := time.Duration(v.dice.Int64N(int64(v.start)))
	time.AfterFunc(fuse, func() { _ = v.p.cmd.Process.Kill() })
	for v.sam() && v.do(v.next()) {
	}
}

// next is something new, or something that may not have been done, or that has been.
func (v *proof) next() *deed {
	kept := v.dice.IntN(3) == 0
	var old []*deed
	for _, d := range v.deeds {
		if d.tried && d.kept == kept {
			old = append(old, d)
		}
	}
	if len(old) == 0 || v.dice.IntN(2) == 0 {
		return v.fresh()
	}
	return old[v.dice.IntN(len(old))]
}

// fresh is a note, a meeting, somebody who follows one, or somebody who is erased.
func (v *proof) fresh() *deed {
	n := len(v.deeds)
	d := &deed{n: n, who: fmt.Sprintf("ben%d", n/40)}
	followed := slices.IndexFunc(v.deeds, func(m *deed) bool { return m.kept && m.who == hostInRoom })
	switch roll := v.dice.IntN(8); {
	case roll < 4:
		d.fact = fmt.Sprintf("A reminder: note %05d", n)
		d.asks = fmt.Sprintf(`%s: /remind what:"note %05d" when:"tomorrow 09:00"`, d.who, n)
		d.does, d.done = "[Save]", "Saved. I will write to you"
	case roll == 4 && followed >= 0:
		title := v.deeds[followed].fact
		d.who, d.fact = fmt.Sprintf("fan%d", n), "A reminder of "+title+","
		d.does, d.done = fmt.Sprintf(`/remind what:"%s"`, title), "I will remind you of "+title
	case roll == 5:
		d.who = fmt.Sprintf("eva%d", n)
		d.first, d.asks = d.who+": /settings zone:Chatham", d.who+": /privacy erase"
		d.does, d.done = "[Erase everything]", "Everything that was kept about you is erased"
	default:
		d.who, d.fact = hostInRoom, fmt.Sprintf("Meeting %05d", n)
		d.asks = fmt.Sprintf(`%s: /meeting add title:"%s" when:"tomorrow 20:00-21:00" remind:"1 hour"`, d.who, d.fact)
		d.does, d.done = "[Save]", d.fact+" is saved"
	}
	v.deeds = append(v.deeds, d)
	return d
}

// hostInRoom adds the meetings.
const hostInRoom = "ana+host #general"

// do has the deed done, and reports whether the program lives.
func (v *proof) do(d *deed) bool {
	lines := []string{d.asks}
	if !d.tried {
		lines = []string{d.first, d.asks}
	}
	for _, line := range lines {
		if _, lives := v.p.say(line); !lives {
			return false
		}
	}
	before := *d
	d.tried = true
	answer, lives := v.p.say(d.line())
	switch {
	case strings.Contains(answer, d.done) && before.kept:
		v.t.Fatalf("%s was done a second time:\n%s", d.line(), answer)
	case strings.Contains(answer, d.done):
		d.kept = true
	case strings.Contains(answer, already) && before.tried:
		d.kept = true
		v.again++
	case lives:
		v.t.Fatalf("%s was answered with:\n%s\n%s", d.line(), answer, v.p.log)
	}
	return lives
}

// sam changes one setting all the time, which is what was last acknowledged, or tried
// since then.
func (v *proof) sam() bool {
	answer, lives := v.p.say("sam: /settings")
	if lives && !slices.ContainsFunc(v.quiet, func(q string) bool { return strings.Contains(answer, q) }) {
		v.t.Fatalf("sam has other quiet hours than %q:\n%s", v.quiet, answer)
	}
	if !lives || v.dice.IntN(3) > 0 {
		return lives
	}
	minute := v.dice.IntN(23 * 60)
	next := fmt.Sprintf("%02d:%02d", minute/60, minute%60)
	v.quiet = append(v.quiet, next)
	answer, lives = v.p.say("sam: /settings quiet:" + next + "-23:59")
	if strings.Contains(answer, next) {
		v.quiet = []string{next}
	}
	return lives
}

// judge starts the program once more, in a bubble whose time goes on for three days,
// and looks at what there is and what comes.
func (v *proof) judge() {
	cfg := testConfig(v.t)
	cfg.Store, cfg.Community.Zone = config.Store{Path: v.path}, "UTC"
	killed := time.Now()
	synctest.Test(v.t, func(t *testing.T) {
		time.Sleep(time.Until(killed) + time.Second)
		s := perform(t, inFile, cfg)
		defer s.stop()
		titles := s.titles()
		told := map[string]string{}
		for _, d := range v.deeds {
			if d.who != hostInRoom && told[d.who] == "" {
				told[d.who] = s.hears(d.who + ": /privacy")
				s.say(d.who + ": /settings lockscreen:open")
			}
		}
		comes := s.hearsFor(72 * time.Hour)
		for _, d := range v.deeds {
			v.weigh(t, d, titles, told[d.who], comes)
		}
		if v.again == 0 || len(titles) == 0 {
			t.Error("nothing was tried out")
		}
		t.Logf("%d deeds, of which %d came again after they had been done", len(v.deeds), v.again)
	})
}

// weigh fails unless the deed is there as often as it should, and is reminded of as
// often as it is there.
func (v *proof) weigh(t *testing.T, d *deed, titles []string, told, comes string) {
	t.Helper()
	n, reminders := strings.Count(told, d.fact), 0
	switch {
	case d.who == hostInRoom:
		n = len(slices.DeleteFunc(slices.Clone(titles), func(title string) bool { return title != d.fact }))
		reminders = strings.Count(comes, "#general\n  "+d.fact+" starts ")
	case d.first != "":
		n = 1 - strings.Count(told, "Chatham")
		reminders = n
	case strings.HasPrefix(d.fact, "A reminder of "):
		reminders = strings.Count(comes, "private "+d.who+"\n")
	default:
		reminders = strings.Count(comes, "private "+d.who+"\n  "+strings.TrimPrefix(d.fact, "A reminder: ")+"\n")
	}
	switch {
	case d.kept && n != 1, n > 1, !d.tried && d.first == "" && n > 0:
		t.Errorf("%s (tried: %v, acknowledged: %v) is there %d times:\n%s", d.line(), d.tried, d.kept, n, told)
	case reminders != n:
		t.Errorf("%s is there %d times and was reminded of %d times", d.line(), n, reminders)
	}
}

// hears is what follows from a line.
func (s *stage) hears(line string) string {
	s.t.Helper()
	before := len(s.out.String())
	s.say(line)
	return s.out.String()[before:]
}

// hearsFor is what comes by itself for so long.
func (s *stage) hearsFor(d time.Duration) string {
	before := len(s.out.String())
	time.Sleep(d)
	synctest.Wait()
	return s.out.String()[before:]
}

// titles are those of all meetings there are.
func (s *stage) titles() (titles []string) {
	s.t.Helper()
	err := s.p.store.View(s.t.Context(), func(r storage.Reader) error {
		home, err := s.p.spaces.HomeOf(r, chat.Address{Platform: "console", Space: "console", Room: "general"})
		if err != nil {
			return err
		}
		all, err := s.p.meetings.Of(r, home)
		for _, m := range all {
			titles = append(titles, m.Title)
		}
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return titles
}
