package meeting

import (
	"fmt"
	"time"

	"peerbot/chat"
	"peerbot/outbox"
	"peerbot/spoken"
	"peerbot/storage"
)

// The paths of the commands that stand behind the buttons of this package, and the
// name of the option that says which gathering is meant, by its Ref.
var (
	JoinPath   = []string{"meeting", "join"}
	FollowPath = []string{"meeting", "follow"}
	ComePath   = []string{"meeting", "come"}
	crisisPath = []string{"crisis"}
)

// OptionMeeting is the option of these paths, and OptionAnswer and OptionFirst are
// those of ComePath.
const (
	OptionMeeting = "meeting"
	OptionAnswer  = "answer"
	OptionFirst   = "first"
)

// postRoom writes a reminder to the room of a gathering.
func (m *Meetings) postRoom(tx storage.Tx, g Gathering, lead time.Duration) error {
	l, err := m.roomLetter(tx, g.Details, g.Home, g.Rule.Zone)
	if err != nil {
		return err
	}
	due := g.Start.Add(-lead)
	l.ID = fmt.Sprint("meeting.room|", g.ID, "|", g.Start.Unix(), "|", lead)
	session, err := m.Session(tx, g)
	if err != nil {
		return err
	}
	if l.Message.Body, err = m.addressing(tx, g.Series, l.To, chat.Lines(g.roomWords(lead), session)); err != nil {
		return err
	}
	l.Message.Offers = [][]chat.Offer{{g.Join(), g.RemindMe()}, {g.FirstTime(), HelpNow()}}
	if lead > exactLead {
		l.Message.Offers = append([][]chat.Offer{g.Answers()}, l.Message.Offers...)
	}
	l.Late = chat.Say("meeting.late")
	l.Class = classOf(lead)
	l.NotBefore, l.LateAfter = due, lateAfter(due, l.Class)
	l.NotAfter = earliest(g.nextLead(lead), due.Add(24*time.Hour))
	return m.outbox.Post(tx, l)
}

// roomLetter is a letter to the room of a meeting, in its community's language and
// zone, else in the meeting's own zone, without words yet.
func (m *Meetings) roomLetter(r storage.Reader, v Details, home, zone string) (outbox.Letter, error) {
	place, err := m.spaces.Place(r, v.Room)
	if err != nil {
		return outbox.Letter{}, fmt.Errorf("room of a meeting: %w", err)
	}
	h, err := m.spaces.Get(r, home)
	if err != nil {
		return outbox.Letter{}, err
	}
	return outbox.Letter{To: place.Address, Home: home,
		Message: chat.Message{Lang: h.Lang, Zone: zoneOf(h.Zone, zone)}}, nil
}

// roomWords never hold a link or a passcode: a room can be read by anyone in it, and
// for as long as it stands.
func (g Gathering) roomWords(lead time.Duration) chat.Rich {
	title := chat.Text("title", g.Title)
	switch {
	case lead == 0:
		return chat.Say("meeting.room_now", title)
	case lead > sameDay:
		return chat.Say("meeting.room_day", title, chat.At("time", g.Start, chat.Moment))
	}
	return chat.Say("meeting.room_soon", title, chat.At("time", g.Start, chat.Zoned))
}

// nextLead is when a reminder of that lead is overtaken: by the next one, or by the
// meeting itself.
func (g Gathering) nextLead(lead time.Duration) time.Time {
	for _, next := range order(g.Leads) {
		if next < lead {
			return g.Start.Add(-next)
		}
	}
	return g.Start.Add(Grace)
}

// reminderID names the reminder of a gathering that starts then.
func reminderID(key string, start time.Time, lead time.Duration) string {
	return fmt.Sprint("meeting.follow|", key, "|", start.Unix(), "|", lead)
}

// reminder is what a follower is told at a moment before a gathering; again says whether
// it may come once more.
func (w wishes) reminder(key string, g Gathering, a moment, again bool) outbox.Letter {
	due, silent := a.at, a.silent
	l := w.letter()
	l.ID = reminderID(key, g.Start, a.lead)
	l.Message.Body = w.reminderWords(g.Details, g.Start, g.Start.Sub(due))
	l.Message.Offers = [][]chat.Offer{{open(g.Ref())}}
	if again {
		l.Message.Offers[0] = append(l.Message.Offers[0], g.again(due)...)
	}
	l.Message.Silent = silent
	l.Late = chat.Say("meeting.late")
	l.Class = classOf(g.Start.Sub(due))
	l.NotBefore, l.LateAfter = due, lateAfter(due, l.Class)
	l.NotAfter = earliest(w.overtaken(g.Start, due), due.Add(24*time.Hour))
	if quiet, ok := w.quiet.Next(due, w.zone); ok && !silent {
		l.NotAfter = earliest(l.NotAfter, quiet)
	}
	return l
}

// letter is a letter to a follower without words yet.
func (w wishes) letter() outbox.Letter {
	return outbox.Letter{To: w.who.Reach, For: w.Member, Home: w.Home,
		Message: chat.Message{Lang: w.lang, Zone: w.zone}}
}

// reminderWords are what the lock screen may show of a gathering that starts then.
func (w wishes) reminderWords(d Details, start time.Time, ahead time.Duration) chat.Rich {
	form, name := w.form(d)
	if ahead > sameDay {
		form += "_day"
	}
	return chat.Say("meeting.note."+form, chat.At("time", start, styleOf(ahead)), chat.Text("name", name))
}

// form is how the follower's lock screen may name a gathering: by its title where
// they chose so, else by its neutral name, if it has one.
func (w wishes) form(d Details) (form, name string) {
	switch {
	case w.who.Open:
		return "open", d.Title
	case d.ShortName != "":
		return "named", d.ShortName
	}
	return "neutral", ""
}

// sameDay is how far ahead a time is clear without its date.
const sameDay = 18 * time.Hour

func styleOf(ahead time.Duration) chat.Style {
	if ahead > sameDay {
		return chat.Moment
	}
	return chat.Clock
}

// exactLead is the longest lead that has to be kept to the minute.
const exactLead = time.Hour

func classOf(ahead time.Duration) outbox.Class {
	if ahead > exactLead {
		return outbox.Early
	}
	return outbox.Exact
}

// lateAfter is when a reminder counts as late. One that comes long before the start
// has some slack.
func lateAfter(due time.Time, class outbox.Class) time.Time {
	if class == outbox.Early {
		return due.Add(Grace)
	}
	return due.Add(time.Minute)
}

func earliest(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// zoneOf is the first of the named zones that is known, else UTC.
func zoneOf(names ...string) *time.Location {
	for _, name := range names {
		if zone, err := spoken.LoadZone(name); err == nil {
			return zone
		}
	}
	return time.UTC
}

// Ref names a gathering for the option OptionMeeting.
func (g Gathering) Ref() string { return ref(g.Series, g.Date) }

func ref(series string, d spoken.Date) string { return series + "@" + d.String() }

// Join tells the way in, to whoever presses it and to nobody else.
func (g Gathering) Join() chat.Offer {
	return chat.Offer{Label: chat.Say("meeting.join"), Path: JoinPath, Bound: bound(g.Ref())}
}

// RemindMe lets who presses it follow the series.
func (g Gathering) RemindMe() chat.Offer {
	return chat.Offer{Label: chat.Say("meeting.remind_me"), Path: FollowPath, Bound: bound(g.Series)}
}

// Answers let who presses one say whether they come.
func (g Gathering) Answers() []chat.Offer {
	var row []chat.Offer
	for _, a := range []Answer{Yes, Maybe, No} {
		row = append(row, chat.Offer{Label: chat.Say("meeting.come." + string(a)), Path: ComePath,
			Bound: append(bound(g.Ref()), chat.Arg{Name: OptionAnswer, Value: string(a)})})
	}
	return row
}

// FirstTime lets who presses it say that they come and have never been there. It tells
// them what to expect, and the host no more than how many there are.
func (g Gathering) FirstTime() chat.Offer {
	return chat.Offer{Label: chat.Say("meeting.first_time"), Path: ComePath, Bound: append(bound(g.Ref()),
		chat.Arg{Name: OptionAnswer, Value: string(Yes)}, chat.Arg{Name: OptionFirst, Value: "yes"})}
}

// open is Join under a label that says nothing.
func open(ref string) chat.Offer {
	return chat.Offer{Label: chat.Say("meeting.open"), Path: JoinPath, Bound: bound(ref)}
}

// HelpNow is the button under everything that a room can read.
func HelpNow() chat.Offer {
	return chat.Offer{Label: chat.Say("meeting.help_now"), Path: crisisPath}
}

func bound(ref string) []chat.Arg { return []chat.Arg{{Name: OptionMeeting, Value: ref}} }
