package meeting

import (
	"context"
	"fmt"
	"time"

	"peerbot/chat"
	"peerbot/storage"
)

// Events are the lists of events that a platform keeps for its spaces. The error of each
// method is a *chat.Bounce: Later, to ask again; Gone, where the space or the right to
// list events there is gone; Never for an Event that the platform does not take.
type Events interface {
	// Events are those that the bot made and that are not over, and how many more the
	// space takes, whoever makes them.
	Events(ctx context.Context, space string) (own []chat.Posted, room int, err error)
	// AddEvent lists an event that is still to begin.
	AddEvent(ctx context.Context, space string, e chat.Event) (id string, err error)
	// EditEvent puts e in the place of an event of the bot that has not begun.
	EditEvent(ctx context.Context, space, id string, e chat.Event) error
	// DropEvent takes an event of the bot away; one that is not there is no error.
	DropEvent(ctx context.Context, space, id string) error
}

// Mirror says that a community's meetings stand in the list of events of one space, where
// everybody there sees them. What stands there is what the platform says; of that only
// so much is kept as spares asking, and lets an event change in its place.
type Mirror struct {
	Home    string            `json:"home"`
	Space   chat.Address      `json:"space"`            // Space has a platform and a space alone.
	Room    string            `json:"room"`             // Room is the id of the space.Place that hears when it comes to a stop.
	Titles  bool              `json:"titles,omitempty"` // Titles: meetings go by their titles, and say in which house they are.
	Since   time.Time         `json:"since"`
	Ending  bool              `json:"ending,omitempty"`  // Ending: its events are taken away, and then it goes itself.
	Trouble chat.Rich         `json:"trouble,omitempty"` // Trouble is why it stands still.
	Begun   bool              `json:"begun,omitempty"`   // Begun: events may have been changed since Stands was noted.
	Stands  string            `json:"stands,omitempty"`  // Stands is a hash of what was last brought to stand there.
	Keys    map[string]string `json:"keys,omitempty"`    // Keys say which date each event was for, by the event's id.
	Edition string            `json:"edition,omitempty"` // Edition is the mark of the meetings that were looked at,
	Next    time.Time         `json:"next"`              // and Next is when to look again in any case.
	Checked time.Time         `json:"checked,omitzero"`  // Checked is when the platform was last asked what stands there.
	Tries   int               `json:"tries,omitempty"`   // Tries are those that failed since.
}

func mirrorsTable(vault *storage.Vault) storage.Table[Mirror] {
	return storage.Table[Mirror]{Bucket: "meeting_mirrors", Vault: vault, Version: 1,
		Owner:   func(m Mirror) string { return m.Home },
		Indexes: []storage.Index[Mirror]{{Name: "home", Keys: func(m Mirror) []string { return []string{m.Home} }}},
	}
}

func (m *Meetings) mirrorKey(at chat.Address) string {
	return m.vault.ID("mirror", at.Platform, at.Space)
}

// StartMirror lets the community's meetings stand in the list of events of the space in
// which the room is, from now on, or brings them to stand there in another way. The error
// is a *chat.Refusal for a private chat.
func (m *Meetings) StartMirror(tx storage.Tx, home string, room chat.Address, titles bool, now time.Time) error {
	place, err := m.spaces.Settle(tx, home, room)
	if err != nil {
		return err
	}
	v, found, err := m.MirrorOf(tx, room)
	if err != nil {
		return err
	}
	if !found || v.Home != home || len(v.Trouble) > 0 {
		v.Since = now
	}
	v.Home, v.Space = home, chat.Address{Platform: room.Platform, Space: room.Space}
	v.Room, v.Titles = place, titles
	v.Ending, v.Trouble, v.Begun, v.Next, v.Tries = false, nil, true, now, 0
	return m.putMirror(tx, v)
}

// StopMirror has the events taken away again; where none stand that is no error.
func (m *Meetings) StopMirror(tx storage.Tx, room chat.Address, now time.Time) error {
	v, found, err := m.MirrorOf(tx, room)
	if err != nil || !found {
		return err
	}
	v.Ending, v.Trouble, v.Begun, v.Next, v.Tries = true, nil, true, now, 0
	return m.putMirror(tx, v)
}

func (m *Meetings) putMirror(tx storage.Tx, v Mirror) error {
	if err := m.mirrors.Put(tx, m.mirrorKey(v.Space), v); err != nil {
		return fmt.Errorf("save a mirror of %s: %w", v.Home, err)
	}
	return nil
}

// MirrorOf is the mirror in the space of the room; false when there is none.
func (m *Meetings) MirrorOf(r storage.Reader, room chat.Address) (Mirror, bool, error) {
	row, err := m.mirrors.Get(r, m.mirrorKey(room))
	if lost(err) {
		return Mirror{}, false, nil
	}
	if err != nil {
		return Mirror{}, false, fmt.Errorf("mirror of a space: %w", err)
	}
	return row.Value, true, nil
}

// DueMirrors are those of all communities that have to be looked at: it is time, or
// their meetings have changed.
func (m *Meetings) DueMirrors(r storage.Reader, now time.Time) (due []Mirror, err error) {
	for row, err := range m.mirrors.All(r, "", "") {
		if err != nil {
			return nil, fmt.Errorf("mirrors: %w", err)
		}
		v := row.Value
		if len(v.Trouble) > 0 {
			continue
		}
		e, err := m.edition(r, v.Home)
		if err != nil {
			return nil, err
		}
		if !v.Next.After(now) || e.Mark != v.Edition && v.Tries == 0 {
			due = append(due, v)
		}
	}
	return due, nil
}
