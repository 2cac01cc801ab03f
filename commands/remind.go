package commands

import (
	"context"
	"errors"
	"strings"
	"time"

	"peerbot/chat"
	"peerbot/community/meeting"
	"peerbot/community/note"
	"peerbot/schedule"
	"peerbot/spoken"
	"peerbot/storage"
)

var (
	remindWhen   = chat.String("when")
	remindRepeat = chat.String("repeat").OneOf(repeatChoices()...)
	notePath     = []string{"note", "add"}
	noteStopPath = []string{"note", "stop"}
	noteID       = chat.String(note.OptionNote).Require()
)

func repeatChoices() []chat.Choice {
	var out []chat.Choice
	for _, r := range note.Repeats() {
		out = append(out, chat.Choice{Value: string(r), Label: chat.Say("note.repeat." + string(r))})
	}
	return out
}

// remindWhat is a meeting, or the caller's own words.
func (d Deps) remindWhat() *chat.Option[string] {
	return chat.String("what").Between(1, note.MaxText).CompletedBy(d.completeMeeting)
}

// remindCommand lists the caller's reminders, and makes one of a meeting or of the
// caller's own words.
func remindCommand(d Deps) chat.Command {
	what := d.remindWhat()
	return chat.Command{
		Name: "remind", Group: groupMeetings, Private: true,
		Options: []chat.Param{what, remindWhen, remindRepeat},
		Run: func(ctx context.Context, c *chat.Call) (chat.Reply, error) {
			if !what.Given(c) {
				return d.listReminders(ctx, c)
			}
			part(c, what)
			g, found, err := d.meantMeeting(ctx, c, what.In(c))
			if err != nil {
				return chat.Reply{}, err
			}
			if leads, err := meeting.ReadOwnLeads(remindWhen.In(c)); found && (err == nil || !remindWhen.Given(c)) {
				if !remindWhen.Given(c) {
					leads = leadsFor(c, g)
				}
				return d.follow(ctx, c, g, leads)
			}
			return previewNote(c, what)
		},
	}
}

// part gives back to the words what a line without quotes put into the time:
// "call Sam tomorrow 9:00" came as "call" and "Sam tomorrow 9:00". The time is the
// longest ending that is one, or looks like one.
func part(c *chat.Call, what *chat.Option[string]) {
	typed := strings.Fields(remindWhen.In(c))
	at := 0
	for at < len(typed) && !isTime(c, strings.Join(typed[at:], " ")) {
		at++
	}
	if at > 0 {
		set(c, what.Name, strings.Join(append([]string{what.In(c)}, typed[:at]...), " "))
		set(c, remindWhen.Name, strings.Join(typed[at:], " "))
	}
}

// isTime reports whether the words are a time, a lead time, or close enough to one to
// ask about it.
func isTime(c *chat.Call, words string) bool {
	if _, err := meeting.ReadOwnLeads(words); err == nil {
		return true
	}
	_, err := note.ReadRule(words, note.Never, c.Time, c.Zone)
	var unclear *spoken.Unclear
	return !errors.As(err, &unclear) || unclear.Why != spoken.NotATime && unclear.Why != spoken.LeftOver
}

// meantMeeting finds the meeting whose whole name, or Ref, was said.
func (d Deps) meantMeeting(ctx context.Context, c *chat.Call, what string) (g meeting.Gathering, found bool, err error) {
	err = d.Store.View(ctx, func(r storage.Reader) error {
		g, err = d.Meetings.Find(r, c.Home, what, c.Time)
		return err
	})
	var refusal *chat.Refusal
	if errors.As(err, &refusal) {
		return g, false, nil
	}
	return g, g.Named(what), err
}

// previewNote shows when the note will come, before it is saved.
func previewNote(c *chat.Call, what *chat.Option[string]) (chat.Reply, error) {
	if !remindWhen.Given(c) {
		ask := chat.Offer{Path: []string{"remind"}, Bound: c.Args, Open: []chat.Arg{{Name: remindWhen.Name}}}
		return chat.Reply{Body: chat.Say("note.ask_when"), Ask: &ask}, nil
	}
	rule, err := noteRule(c)
	if err != nil {
		return chat.Reply{}, err
	}
	onClock(c, note.Note{Rule: rule}.Zone(""))
	body := chat.Paragraphs(chat.Say("note.preview"), chat.Words(what.In(c)), meeting.Meeting{Rule: rule}.NextWords(c.Time, 3))
	save := chat.Offer{Label: chat.Say("note.save"), Path: notePath, Bound: c.Args, Once: true}
	change := chat.Offer{Label: chat.Say("note.change"), Path: []string{"remind"}, Open: c.Args}
	return chat.Reply{Body: body, Offers: [][]chat.Offer{{save, change}}}, nil
}

func noteRule(c *chat.Call) (schedule.Rule, error) {
	rule, err := note.ReadRule(remindWhen.In(c), note.Repeat(remindRepeat.In(c)), c.Time, c.Zone)
	var refusal *chat.Refusal
	if errors.As(err, &refusal) && refusal.Option == "" {
		named := *refusal
		named.Option = remindWhen.Name
		return rule, &named
	}
	return rule, err
}

// noteCommand is what stands behind the buttons of a note.
func noteCommand(d Deps) chat.Command {
	what := d.remindWhat()
	return chat.Command{
		Name: "note", Unlisted: true,
		Subs: []chat.Command{
			{Name: "add", Private: true, Unlisted: true, Options: []chat.Param{what, remindWhen, remindRepeat},
				Run: func(ctx context.Context, c *chat.Call) (chat.Reply, error) { return d.addNote(ctx, c, what.In(c)) }},
			{Name: "open", Private: true, Unlisted: true, Options: []chat.Param{noteID}, Run: d.openNote},
			{Name: "again", Private: true, Unlisted: true, Options: []chat.Param{noteID}, Run: d.snoozeNote},
			{Name: "stop", Private: true, Unlisted: true, Options: []chat.Param{noteID}, Run: d.stopNote},
		},
	}
}

func (d Deps) addNote(ctx context.Context, c *chat.Call, text string) (chat.Reply, error) {
	rule, err := noteRule(c)
	if err != nil {
		return chat.Reply{}, err
	}
	n := note.Note{Member: c.Member, Home: c.Home, Text: text, Rule: rule}
	var first schedule.Occurrence
	p, err := d.promise(ctx, c, func(tx storage.Tx) error {
		n, first, err = d.Notes.Add(tx, n, c.ID, c.Time)
		return err
	})
	if err != nil {
		return chat.Reply{}, err
	}
	onClock(c, n.Zone(""))
	body := chat.Say("note.saved", chat.At("time", first.Start, chat.Moment))
	if quiet, _ := p.who.Quiet.Holds(first.Start, n.Zone(p.who.Zone)); quiet {
		body = chat.Lines(body, chat.Say("note.in_quiet"))
	}
	return p.shown(chat.Reply{Body: body, Offers: [][]chat.Offer{{stopOffer(n, chat.Say("note.stop"))}}, Replace: true}), nil
}

// openNote shows the words of a note, which its message did not.
func (d Deps) openNote(ctx context.Context, c *chat.Call) (chat.Reply, error) {
	var n note.Note
	err := d.Store.View(ctx, func(r storage.Reader) (err error) {
		n, err = d.Notes.Get(r, c.Member, noteID.In(c))
		return err
	})
	if err != nil {
		return chat.Reply{}, err
	}
	onClock(c, n.Zone(""))
	again := meeting.Meeting{Rule: n.Rule}.NextWords(c.Time, 1)
	return chat.Reply{Body: chat.Paragraphs(chat.Words(n.Text), again), Offers: [][]chat.Offer{{stopOffer(n, chat.Say("note.done"))}}}, nil
}

// snoozeNote brings a note once more in a while.
func (d Deps) snoozeNote(ctx context.Context, c *chat.Call) (chat.Reply, error) {
	var at time.Time
	err := d.Store.Update(ctx, func(tx storage.Tx) (err error) {
		at, err = d.Notes.Snooze(tx, c.Member, noteID.In(c), c.Time)
		return err
	})
	return chat.Reply{Body: chat.Say("meeting.again_at", chat.At("time", at, chat.Clock))}, err
}

func (d Deps) stopNote(ctx context.Context, c *chat.Call) (chat.Reply, error) {
	err := d.Store.Update(ctx, func(tx storage.Tx) error { return d.Notes.Stop(tx, c.Member, noteID.In(c)) })
	return chat.Reply{Body: chat.Say("note.stopped"), Replace: true}, err
}

func stopOffer(n note.Note, label chat.Rich) chat.Offer {
	return chat.Offer{Label: label, Path: noteStopPath, Bound: []chat.Arg{noteID.Is(n.ID)}}
}
