package meeting

import (
	"errors"
	"strconv"
	"time"

	"peerbot/chat"
	"peerbot/storage"
)

// Other is a gathering of the same community that somebody can go to instead.
type Other struct {
	Ref       string    `json:"ref"`
	Title     string    `json:"title"`
	ShortName string    `json:"short_name,omitempty"`
	Start     time.Time `json:"start"`
}

const (
	maxOthers = 3                // maxOthers is how many are told.
	halfHour  = 30 * time.Minute // halfHour is how soon they begin, that are not on yet.
)

// findOthers finds what is on instead of a gathering that would be on now, or within
// the half hour, and is not, or has no host.
func (m *Meetings) findOthers(tx storage.Tx, c *Change) error {
	for i, n := range c.News {
		if !n.NoHost && !n.Is.IsZero() || n.Was.Sub(c.At) > halfHour {
			continue
		}
		others, err := m.others(tx, c.Home, ref(c.Series, n.Date), c.At)
		if err != nil {
			return err
		}
		c.News[i].Others = others
	}
	return nil
}

// others are what is on at now in a community, or begins within the half hour, apart
// from one gathering: the soonest. They are looked for in memory alone: where they are
// not there, there are none, since what is said with them cannot wait.
func (m *Meetings) others(r storage.Reader, home, but string, now time.Time) (out []Other, err error) {
	found, _, err := m.Look(r, home, Look{From: now, To: now.Add(halfHour), Most: maxOthers + 1})
	if errors.Is(err, errCold) {
		return nil, nil
	}
	for _, g := range found {
		if g.Ref() != but && len(out) < maxOthers {
			out = append(out, Other{Ref: g.Ref(), Title: g.Title, ShortName: g.ShortName, Start: g.Start})
		}
	}
	return out, err
}

// form is how somebody may be told of it: see wishes.form.
func (o Other) form(of former) (form, name string) {
	return of(Details{Title: o.Title, ShortName: o.ShortName})
}

// former says how a gathering may be named: by its title, its neutral name, or not.
type former func(Details) (form, name string)

// titled names a gathering by its title, as in a room that can read of it anyway.
func titled(d Details) (form, name string) { return "open", d.Title }

// othersWords list what is on instead; nothing where nothing is.
func othersWords(all []Other, of former) chat.Rich {
	var items []chat.Rich
	for i, o := range all {
		form, name := o.form(of)
		items = append(items, chat.Say("meeting.other."+form, chat.Text("name", name),
			chat.At("time", o.Start, chat.Clock), chat.Text("number", strconv.Itoa(i+1))))
	}
	if len(items) == 0 {
		return nil
	}
	return chat.Lines(chat.Say("meeting.others"), chat.Rich{chat.List{Items: items}})
}

// othersOffers tell the way into each, to whoever presses one and to nobody else.
func othersOffers(all []Other, of former) (rows [][]chat.Offer) {
	for i, o := range all {
		form, name := o.form(of)
		label := chat.Say("meeting.open_other."+form, chat.Text("name", name), chat.Text("number", strconv.Itoa(i+1)))
		rows = append(rows, []chat.Offer{{Label: label, Path: JoinPath, Bound: bound(o.Ref)}})
	}
	return rows
}
