package meeting

import (
	"errors"
	"fmt"
	"iter"
	"time"

	"peerbot/chat"
	"peerbot/outbox"
	"peerbot/schedule"
	"peerbot/spoken"
	"peerbot/storage"
)

// standing says that the list of a community's meetings stands in a room, in one
// message that is kept current. Its key is the room's place.
type standing struct {
	Home    string    `json:"home"`
	Since   time.Time `json:"since"`
	Written int       `json:"written"` // Written counts the letters, each of which has to have an id of its own.
}

func standingTable(vault *storage.Vault) storage.Table[standing] {
	return storage.Table[standing]{Bucket: "meeting_standing", Vault: vault, Version: 1,
		Owner:   func(s standing) string { return s.Home },
		Indexes: []storage.Index[standing]{{Name: "home", Keys: func(s standing) []string { return []string{s.Home} }}},
	}
}

// maxStanding is in how many rooms of a community its list may stand.
const maxStanding = 10

// Stand puts the list of the community's meetings up in a room and keeps it current
// from now on. Where it stands already it is only brought up to date. The error is a
// *chat.Refusal for a private chat and for one room too many.
func (m *Meetings) Stand(tx storage.Tx, home string, at chat.Address, now time.Time) error {
	room, err := m.spaces.Settle(tx, home, at)
	if err != nil {
		return err
	}
	if err := oneMoreList(m.standing.Keys(tx, "home", home, ""), room); err != nil {
		return err
	}
	if _, err = m.standing.Get(tx, room); lost(err) {
		err = m.standing.Put(tx, room, standing{Home: home, Since: now})
	}
	if err != nil {
		return fmt.Errorf("put a list up: %w", err)
	}
	return m.agenda.Put(tx, schedule.Item{Kind: kindList, ID: room, At: now})
}

// oneMoreList refuses one room too many, beside those that have one.
func oneMoreList(rooms iter.Seq2[string, error], room string) error {
	n := 0
	for key, err := range rooms {
		if err != nil {
			return fmt.Errorf("rooms with a list: %w", err)
		}
		if key != room {
			n++
		}
	}
	if n >= maxStanding {
		return chat.Refuse(chat.Busy, "meeting.too_many_lists", chat.Count("most", maxStanding))
	}
	return nil
}

// Standing reports whether the list stands in the room.
func (m *Meetings) Standing(r storage.Reader, home string, at chat.Address) (bool, error) {
	room, err := m.spaces.PlaceAt(r, home, at)
	if err != nil || room == "" {
		return false, err
	}
	_, err = m.standing.Get(r, room)
	if lost(err) {
		return false, nil
	}
	return err == nil, err
}

// Unstand stops keeping the list in a room current. What stands there stays, as it
// is; where none stands that is no error.
func (m *Meetings) Unstand(tx storage.Tx, home string, at chat.Address) error {
	room, err := m.spaces.PlaceAt(tx, home, at)
	if err != nil || room == "" {
		return err
	}
	return errors.Join(m.standing.Delete(tx, room), m.agenda.Drop(tx, kindList, room))
}

// refreshLists brings every list of the community up to date, where there is one.
func (m *Meetings) refreshLists(tx storage.Tx, home string, now time.Time) error {
	for _, err := range m.standing.Keys(tx, "home", home, "") {
		if err != nil {
			return fmt.Errorf("lists of %s: %w", home, err)
		}
		return m.agenda.Put(tx, schedule.Item{Kind: kindLists, ID: home, At: now})
	}
	return nil
}

// postLists has the lists in all rooms of a community written.
func (m *Meetings) postLists(tx storage.Tx, now time.Time, it schedule.Item) error {
	for room, err := range m.standing.Keys(tx, "home", it.ID, "") {
		if err != nil {
			return fmt.Errorf("lists of %s: %w", it.ID, err)
		}
		if err := m.agenda.Put(tx, schedule.Item{Kind: kindList, ID: room, At: now}); err != nil {
			return err
		}
	}
	return nil
}

// postList writes the list of a room as it is now, and puts the next time on the
// agenda at which it will read otherwise.
func (m *Meetings) postList(tx storage.Tx, now time.Time, it schedule.Item) error {
	row, err := m.standing.Get(tx, it.ID)
	if lost(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("list of a room: %w", err)
	}
	l, err := m.roomLetter(tx, Details{Room: it.ID}, row.Value.Home, "")
	if err != nil {
		return err
	}
	midnight := func(days int) time.Time {
		return spoken.Resolve(spoken.DateOf(now.In(l.Message.Zone)).AddDays(days), 0, l.Message.Zone)
	}
	coming, more, err := m.Look(tx, row.Value.Home, Look{From: now, To: midnight(7), Most: maxInList})
	if errors.Is(err, errCold) {
		it.At = now.Add(coldWait)
		return m.agenda.Put(tx, it)
	}
	if err != nil {
		return err
	}
	row.Value.Written++
	if err := m.standing.Put(tx, it.ID, row.Value); err != nil {
		return fmt.Errorf("list of a room: %w", err)
	}
	next := midnight(1)
	if len(coming) > 0 {
		next = earliest(next, firstEnd(coming))
	}
	words, err := m.listWords(tx, coming, more)
	if err != nil {
		return err
	}
	l.Slot = fmt.Sprint("meeting.list|", it.ID, "|", row.Value.Since.UnixMilli())
	l.ID = fmt.Sprint(l.Slot, "|", row.Value.Written)
	l.Message.Body, l.Message.Offers, l.Message.Silent = words, listOffers(), true
	l.Class, l.NotBefore, l.NotAfter = outbox.Digest, now, now.Add(24*time.Hour)
	if err := m.outbox.Post(tx, l); err != nil {
		return err
	}
	return m.agenda.Put(tx, schedule.Item{Kind: kindList, ID: it.ID, At: next})
}

// firstEnd is when the first of the gatherings is over.
func firstEnd(coming []Gathering) time.Time {
	first := coming[0].End
	for _, g := range coming {
		first = earliest(first, g.End)
	}
	return first
}

// maxInList bounds a list, so that it can be read at a glance on a phone.
const maxInList = 20

func (m *Meetings) listWords(r storage.Reader, coming []Gathering, more int) (chat.Rich, error) {
	if len(coming) == 0 {
		return chat.Say("meeting.list.none"), nil
	}
	return m.listBelow(r, chat.Say("meeting.list.title"), coming, more)
}

// listBelow lists gatherings below a heading, and how many more there are.
func (m *Meetings) listBelow(r storage.Reader, title chat.Rich, coming []Gathering, more int) (chat.Rich, error) {
	sessions, err := m.Sessions(r, coming)
	if err != nil {
		return nil, err
	}
	var items []chat.Rich
	for _, g := range coming {
		item := chat.Say("meeting.list.item", chat.Text("title", g.Title), chat.At("time", g.Start, chat.Moment))
		items = append(items, InSession(item, sessions[g.Ref()]))
	}
	body := chat.Lines(title, chat.Rich{chat.List{Items: items}})
	if more > 0 {
		body = chat.Lines(body, chat.Say("meeting.list.more", chat.Count("meetings", more)))
	}
	return body, nil
}

// listOffers work for whoever reads the list, and answer them alone.
func listOffers() [][]chat.Offer {
	return [][]chat.Offer{{
		{Label: chat.Say("meeting.remind_me"), Path: []string{"remind"}}, HelpNow(),
	}}
}
