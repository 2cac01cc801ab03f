package commands

import (
	"context"
	"errors"
	"fmt"
	"time"

	"peerbot/chat"
	"peerbot/community/member"
	"peerbot/schedule"
	"peerbot/storage"
)

// Notices hears what platforms notice by themselves and writes down what follows.
type Notices struct{ deps Deps }

// NewNotices writes through what the deps hold.
func NewNotices(d Deps) *Notices { return &Notices{deps: d} }

// Notice carries one out.
func (n *Notices) Notice(ctx context.Context, what chat.Notice) error {
	act := map[chat.NoticeKind]func(storage.Tx, chat.Notice) error{
		chat.Moved: n.moved, chat.Joined: n.joined, chat.Removed: n.removed,
		chat.Left: n.left, chat.Opened: n.opened, chat.Blocked: n.blocked,
	}[what.Kind]
	if act == nil || what.Kind == chat.Joined && n.known(ctx, what.At) {
		return nil
	}
	if err := n.deps.Store.Update(ctx, func(tx storage.Tx) error { return act(tx, what) }); err != nil {
		return fmt.Errorf("notice %s: %w", what.Kind, err)
	}
	return nil
}

func (n *Notices) moved(tx storage.Tx, what chat.Notice) error {
	return n.deps.Spaces.Move(tx, what.At, what.To)
}

// known reports whether the bot knows already that it is in the space. Platforms tell
// it of every space whenever they connect.
func (n *Notices) known(ctx context.Context, at chat.Address) (known bool) {
	err := n.deps.Store.View(ctx, func(r storage.Reader) (err error) {
		known, err = n.deps.Spaces.Joined(r, at)
		return err
	})
	return known && err == nil
}

// joined lets the community live where it is, also one that was to be erased.
func (n *Notices) joined(tx storage.Tx, what chat.Notice) error {
	return n.deps.Spaces.Join(tx, what.At)
}

// reprieve is how long a community is kept after the bot was removed from its last
// space: that may have been a slip.
const reprieve = 24 * time.Hour

// removed puts the erasing of the community on the agenda.
func (n *Notices) removed(tx storage.Tx, what chat.Notice) error {
	home, err := n.deps.Spaces.Leave(tx, what.At)
	if err != nil {
		return err
	}
	return n.deps.Agenda.Put(tx, schedule.Item{Kind: homeKind, ID: home, At: what.Time.Add(reprieve)})
}

// left takes away the duties of someone who is no longer there, and gives their places
// and their turns at meetings to others.
func (n *Notices) left(tx storage.Tx, what chat.Notice) error {
	home, err := n.deps.Spaces.HomeOf(tx, what.At)
	if err != nil {
		return err
	}
	id := n.deps.Members.IDOf(what.Who)
	if err := n.deps.Meetings.Left(tx, home, id, what.Time); err != nil {
		return err
	}
	role, err := n.deps.Spaces.Duties(tx, home, id)
	if err != nil || role == 0 {
		return err
	}
	return n.deps.Spaces.Give(tx, home, id, 0, what.Time)
}

// blocked stops the reminders of someone who has a record and closed their private chat.
func (n *Notices) blocked(tx storage.Tx, what chat.Notice) error {
	id := n.deps.Members.IDOf(what.Who)
	v, err := n.deps.Members.Get(tx, id)
	if err != nil || v == (member.Member{ID: id}) {
		return err
	}
	return errors.Join(n.deps.Meetings.Gone(tx, id, what.Time), n.deps.Notes.Gone(tx, id, what.Time))
}

// opened lets notes go out again to someone who has a record and opens a private
// chat. Nothing is kept of anybody else.
func (n *Notices) opened(tx storage.Tx, what chat.Notice) error {
	id := n.deps.Members.IDOf(what.Who)
	v, err := n.deps.Members.Get(tx, id)
	if err != nil || v == (member.Member{ID: id}) {
		return err
	}
	v.Reach = what.At
	return errors.Join(
		n.deps.Members.Put(tx, v),
		n.deps.Meetings.Back(tx, id, what.Time),
		n.deps.Notes.Back(tx, id, what.Time))
}
