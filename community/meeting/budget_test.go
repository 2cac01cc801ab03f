package meeting_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"peerbot/chat"
	"peerbot/community/meeting"
	"peerbot/community/member"
	"peerbot/spoken"
	"peerbot/storage"
	"peerbot/storage/mem"
)

// incident is one thing that somebody does on the night of a meeting.
type incident struct {
	Do    string
	Who   int
	Leads []time.Duration
	Said  meeting.Answer
	Yes   bool
	Hour  int
	Sleep time.Duration
}

// drama is a night on which anything can happen.
type drama struct {
	NoHost    string
	Places    int
	Incidents []incident
}

// cast are who has to do with it: two who may host, and others who follow, come, help
// out or are new, one of them with quiet hours.
var cast = []string{"ana", "cleo", "frank", "bea", "dora", "eva"}

func dramas() *rapid.Generator[drama] {
	incidents := rapid.Custom(func(t *rapid.T) incident {
		minutes := rapid.OneOf(rapid.IntRange(1, 9), rapid.IntRange(5, 40), rapid.IntRange(30, 300)).Draw(t, "minutes")
		return incident{
			Do: rapid.SampledFrom([]string{"follow", "follow", "unfollow", "come", "come", "snooze", "snooze", "host", "host",
				"cancel", "cancel", "restore", "move", "wait"}).Draw(t, "do"),
			Who: rapid.IntRange(0, len(cast)-1).Draw(t, "who"),
			Leads: rapid.SliceOfNDistinct(rapid.SampledFrom([]time.Duration{0, 15 * time.Minute, time.Hour, 4 * time.Hour, 24 * time.Hour}),
				1, meeting.MaxOwnLeads, rapid.ID[time.Duration]).Draw(t, "leads"),
			Said:  rapid.SampledFrom([]meeting.Answer{meeting.Yes, meeting.Yes, meeting.Maybe, meeting.No}).Draw(t, "said"),
			Yes:   rapid.Bool().Draw(t, "yes"),
			Hour:  rapid.IntRange(18, 23).Draw(t, "hour"),
			Sleep: time.Duration(minutes) * time.Minute,
		}
	})
	return rapid.Custom(func(t *rapid.T) drama {
		return drama{
			NoHost:    rapid.SampledFrom([]string{"open", "off"}).Draw(t, "no host"),
			Places:    rapid.IntRange(0, 2).Draw(t, "places"),
			Incidents: rapid.SliceOfN(incidents, 4, 14).Draw(t, "incidents"),
		}
	})
}

// TestThreeMessagesAtMost plays nights on which anything happens, with a restart after
// each thing: nobody gets more than three messages, and nobody who counts on the meeting
// misses that it is cancelled, moved, on again or without a host.
func TestThreeMessagesAtMost(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		d := dramas().Draw(rt, "drama")
		var wrong []string
		synctest.Test(t, func(t *testing.T) {
			wrong = stage(newHall(t, func() storage.Store { return mem.New() }), d)
		})
		if len(wrong) > 0 {
			rt.Fatal(strings.Join(wrong, "\n"))
		}
	})
}

// TestThreeMessagesAtMostOnDisk is the same over bolt, whose file is closed at each restart.
func TestThreeMessagesAtMostOnDisk(t *testing.T) {
	for i := range 5 {
		d := dramas().Example(i)
		path := filepath.Join(t.TempDir(), "store", "test.db")
		synctest.Test(t, func(t *testing.T) {
			for _, wrong := range stage(newHall(t, func() storage.Store { return onDisk(t, path) }), d) {
				t.Errorf("%+v\n%s", d, wrong)
			}
		})
	}
}

// theatre is the hall in which a drama is played.
type theatre struct {
	*hall
	v     meeting.Meeting
	ref   string
	call  string    // call is that of the last cancelling.
	start time.Time // start is when it begins; zero while it is cancelled.
	wrong []string
}

func stage(h *hall, d drama) []string {
	h.nobody(d.NoHost)
	e := &theatre{hall: h, v: h.add(meeting.Said{Title: "G", When: "Mondays 20:00-21:00", Remind: meeting.Away, Capacity: d.Places})}
	g := h.find("G")
	e.ref, e.start = g.Ref(), g.Start
	for _, name := range cast {
		h.join(name, nil)
	}
	h.take(g, h.join("ana", nil), meeting.Chair)
	h.take(g, h.join("cleo", nil), meeting.CoHost)
	h.join("bea", func(v *member.Member) { quiet(19, 8)(v) })
	h.follow(e.v, h.members.IDOf(person("bea")), 15*time.Minute, meeting.Silently)
	h.come(g, h.members.IDOf(person("dora")), meeting.Yes, true)
	h.followAt(e.v, h.members.IDOf(person("eva")), meeting.Unasked, 24*time.Hour, 15*time.Minute)
	h.until("2000-01-02 19:50")
	time.Sleep(30 * time.Second) // People act between the minutes at which things are due.
	for _, a := range d.Incidents {
		e.do(a)
		e.pass(a.Sleep)
	}
	e.pass(20 * time.Hour)
	e.count()
	return e.wrong
}

// pass lets time pass, and stops where nobody may be found to host.
func (e *theatre) pass(d time.Duration) {
	end := time.Now().Add(d)
	if last := e.start.Add(-5 * time.Minute); !e.start.IsZero() && last.After(time.Now()) && last.Before(end) {
		time.Sleep(time.Until(last) - time.Second)
		owed, sure := e.owed(e.start, e.start), e.hosted(e.gathering())
		before := time.Now()
		time.Sleep(3 * time.Second)
		synctest.Wait()
		e.see()
		if !sure {
			words := "nobody leads tonight"
			if e.start.IsZero() {
				words = "is cancelled"
			}
			e.heard(owed, words, before)
		}
	}
	e.down(time.Second)
	time.Sleep(time.Until(end))
	synctest.Wait()
}

// see notes when the meeting begins now.
func (e *theatre) see() {
	e.start = time.Time{}
	_ = e.store.View(e.t.Context(), func(r storage.Reader) error {
		g, err := e.Find(r, e.home, e.ref, time.Now())
		if err == nil {
			e.start = g.Start
		}
		return err
	})
}

// do carries out what somebody does, and sees that those who count on the meeting hear
// what is different.
func (e *theatre) do(a incident) {
	id, now := e.members.IDOf(person(cast[a.Who])), time.Now()
	if a.Do == "restore" && e.start.IsZero() {
		e.change("You have a note for Monday", func(tx storage.Tx, _ meeting.Gathering) error {
			_, err := e.Undo(tx, e.home, e.call, e.hall.call(), now)
			if err != nil {
				_, err = e.Restore(tx, e.gathering(), e.hall.call(), now)
			}
			return err
		})
		return
	}
	if e.start.IsZero() {
		return
	}
	switch a.Do {
	case "follow":
		e.try(func(tx storage.Tx, _ meeting.Gathering) error {
			_, err := e.Follow(tx, meeting.Follow{Series: e.v.Series, Home: e.home, Member: id, Leads: a.Leads}, now)
			return err
		})
	case "unfollow":
		e.try(func(tx storage.Tx, _ meeting.Gathering) error { return e.Unfollow(tx, e.v.Series, id, now) })
	case "come":
		e.try(func(tx storage.Tx, g meeting.Gathering) error {
			_, err := e.Come(tx, g, id, a.Said, a.Yes, now)
			return err
		})
	case "snooze":
		e.try(func(tx storage.Tx, g meeting.Gathering) error {
			_, err := e.Snooze(tx, g, id, now)
			return err
		})
	case "host":
		e.try(func(tx storage.Tx, g meeting.Gathering) error {
			if a.Yes {
				return e.Host(tx, g, id, now)
			}
			return e.HandBack(tx, g, id, now)
		})
	case "cancel":
		e.call = e.hall.call()
		e.change("is cancelled", func(tx storage.Tx, g meeting.Gathering) error {
			_, err := e.Cancel(tx, g, meeting.This, e.call, now)
			return err
		})
	case "move":
		e.change("is now for", func(tx storage.Tx, g meeting.Gathering) error {
			_, err := e.Edit(tx, g, meeting.This, meeting.Said{When: fmt.Sprintf("%d:00", a.Hour)}, e.hall.call(), now)
			return err
		})
	}
}

// try does what may be refused, and reports whether it was not.
func (e *theatre) try(act func(storage.Tx, meeting.Gathering) error) bool {
	err := e.store.Update(e.t.Context(), func(tx storage.Tx) error {
		g, err := e.Find(tx, e.home, e.ref, time.Now())
		if err != nil {
			g = meeting.Gathering{}
		}
		return act(tx, g)
	})
	var refusal *chat.Refusal
	if err != nil && !errors.As(err, &refusal) {
		e.t.Fatal(err)
	}
	time.Sleep(time.Second)
	synctest.Wait()
	return err == nil
}

// change changes the meeting, after which those who count on it have to hear the words.
func (e *theatre) change(words string, act func(storage.Tx, meeting.Gathering) error) {
	before, was := time.Now(), e.start
	owed := map[string]bool{}
	if !was.IsZero() {
		owed = e.owed(was, was)
	}
	if !e.try(act) {
		return
	}
	if e.see(); was.IsZero() {
		owed = e.owed(e.start, e.start)
	}
	if e.start.Equal(was) || later(was, e.start).Before(before) {
		return
	}
	e.heard(owed, words, before)
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// owed are who counts on the meeting: they said they come, or may, or they follow and
// were reminded, or it is soon.
func (e *theatre) owed(times ...time.Time) map[string]bool {
	out := map[string]bool{}
	soon := slices.ContainsFunc(times, func(t time.Time) bool { return time.Until(t) <= 3*time.Hour })
	e.view(func(r storage.Reader) error {
		for _, name := range cast {
			id := e.members.IDOf(person(name))
			f, follows, err := e.Following(r, e.v.Series, id)
			if err != nil {
				return err
			}
			reminded := follows && slices.ContainsFunc(f.Leads, func(lead time.Duration) bool { return !times[0].Add(-lead).After(time.Now()) })
			said, err := e.Said(r, e.gathering(), id)
			if err != nil {
				return err
			}
			out[name] = follows && (soon || reminded) || said.Answer == meeting.Yes || said.Answer == meeting.Maybe
		}
		return nil
	})
	return out
}

// gathering is the one that it is all about, as far as its name goes.
func (e *theatre) gathering() (g meeting.Gathering) {
	g.Meeting = e.v
	g.Date, _ = spoken.ParseDate(strings.TrimPrefix(e.ref, e.v.Series+"@"))
	return g
}

// heard notes who is owed the words and did not get them since.
func (e *theatre) heard(owed map[string]bool, words string, since time.Time) {
	for name, is := range owed {
		if is && !slices.ContainsFunc(e.got, func(d delivery) bool {
			return d.Room == name && !d.At.Before(since.UTC()) && strings.Contains(d.Body, words)
		}) {
			e.wrong = append(e.wrong, fmt.Sprintf("%s does not hear %q, %s", name, words, since))
		}
	}
}

// count notes who got more than three messages, and whose first news is not one of them.
func (e *theatre) count() {
	for _, name := range cast {
		n, place, news := 0, false, false
		var all []string
		for _, d := range e.got {
			if d.Room != name {
				continue
			}
			all = append(all, fmt.Sprint(d.At, d.Edited, d.Body))
			tells := strings.Contains(d.Body, "is cancelled") || strings.Contains(d.Body, "is now for") || strings.Contains(d.Body, "nobody leads") || strings.HasSuffix(d.Body, ":00 (Eastern time).")
			place = place || strings.Contains(d.Body, "There is a place")
			if tells && !news && !place && d.Edited {
				e.wrong = append(e.wrong, name+" hears the first news in place of something else")
			}
			if news = news || tells; !d.Edited {
				n++
			}
		}
		if n > meeting.MaxTold {
			e.wrong = append(e.wrong, fmt.Sprintf("%s got %d messages:\n%s", name, n, strings.Join(all, "\n")))
		}
	}
}
