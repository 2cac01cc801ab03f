package commands_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"peerbot/chat"
	"peerbot/commands"
	"peerbot/community/meeting"
)

// events are the list of events of a space; err befalls whoever asks.
type events struct {
	stand []chat.Posted
	err   error
}

func (e *events) Events(context.Context, string) ([]chat.Posted, int, error) {
	return e.stand, 100 - len(e.stand), e.err
}

func (e *events) AddEvent(_ context.Context, space string, one chat.Event) (string, error) {
	e.stand = append(e.stand, chat.Posted{ID: space + one.Start.String() + one.Name, Event: one})
	return e.stand[len(e.stand)-1].ID, nil
}

func (e *events) EditEvent(_ context.Context, _, id string, one chat.Event) error {
	for i, p := range e.stand {
		if p.ID == id {
			e.stand[i].Event = one
		}
	}
	return nil
}

func (e *events) DropEvent(_ context.Context, _, id string) error {
	e.stand = slices.DeleteFunc(e.stand, func(p chat.Posted) bool { return p.ID == id })
	return nil
}

// mirrors brings what is due up to date.
func (d *desk) mirrors() {
	d.t.Helper()
	if err := commands.Mirror(d.t.Context(), d.deps, func() time.Time { return d.now }); err != nil {
		d.t.Fatal(err)
	}
}

func (e *events) String() string {
	var all []string
	for _, p := range e.stand {
		all = append(all, p.Name+", "+p.Where)
	}
	return strings.Join(all, "; ")
}

// TestMirror: moderators alone put the meetings up, see how it goes, and take them away.
func TestMirror(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		e := &events{}
		d.deps.Events = map[string]meeting.Events{"test": e}
		d.reopen()
		d.host()
		d.give(bea, lobby, chat.Host|chat.Moderator)
		d.saves(`/meeting add title:Circle when:"Mondays 20:00-21:00" link:https://zoom.us/j/1 passcode:canary address:"1 Canary Road"`)
		d.wants(d.says(ana, lobby, "/meeting mirror do:titles"), "for")
		card := d.presses(bea, lobby, d.says(bea, lobby, "/meetings"), "Events of this server")
		d.wants(card, "do not stand in the events", "others are shown that")
		d.mirrors()
		if len(e.stand) > 0 {
			t.Error("meetings are mirrored that nobody wants to be")
		}
		card = d.presses(bea, lobby, card, "Show with neutral names")
		d.wants(card, "under neutral names", "within a minute")
		d.mirrors()
		if got := e.String(); !strings.HasPrefix(got, "Meeting, In this server: /meetings, then Join; ") || strings.Contains(strings.ToLower(got), "canary") {
			t.Errorf("with neutral names there is %s", got)
		}
		d.wants(d.says(bea, lobby, "/meeting mirror"), "3 events stand there")
		card = d.presses(bea, lobby, card, "Show with titles")
		d.wants(card, "under their titles")
		d.mirrors()
		if got := e.String(); !strings.HasPrefix(got, "Circle, 1 Canary Road; ") || strings.Contains(got, "zoom") {
			t.Errorf("with titles there is %s", got)
		}
		e.err = &chat.Bounce{Fate: chat.Later, Err: errors.New("busy")}
		d.now = d.now.Add(25 * time.Hour)
		d.mirrors()
		d.wants(d.says(bea, lobby, "/meeting mirror"), "I try again at")
		e.err = &chat.Bounce{Fate: chat.Gone, Err: errors.New("forbidden")}
		d.now = d.now.Add(time.Hour)
		d.mirrors()
		card = d.says(bea, lobby, "/meeting mirror")
		d.wants(card, "I am not allowed to", "Create Events")
		e.err = nil
		d.presses(bea, lobby, card, "Show with neutral names")
		d.mirrors()
		card = d.says(bea, lobby, "/meeting mirror")
		d.wants(card, "3 events")
		d.wants(d.presses(bea, lobby, card, "Take the events away"), "taken away within a minute")
		d.mirrors()
		if len(e.stand) > 0 {
			t.Errorf("what is left is %s", e)
		}
		d.wants(d.says(bea, lobby, "/meeting mirror"), "do not stand in the events")
	})
}

// TestMirrorElsewhere: where there is no list of events, the answer is kind, in both
// languages.
func TestMirrorElsewhere(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		d.deps.Events = map[string]meeting.Events{"other": &events{}}
		d.reopen()
		d.give(bea, lobby, chat.Moderator)
		d.wants(d.says(bea, lobby, "/meeting mirror"), "a thing of Discord servers", "/meetings")
		d.wants(d.call(chat.Call{From: bea, At: lobby, Text: "/reunion eventos", Lang: "es"}), "cosa de los servidores de Discord")
		for _, label := range labels(d.says(bea, lobby, "/meetings")) {
			if label == "Events of this server" {
				t.Error("a button leads nowhere")
			}
		}
		d.mirrors()
	})
}
