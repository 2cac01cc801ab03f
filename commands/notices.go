package commands

import (
	"context"
	"errors"
	"fmt"

	"peerbot/chat"
	"peerbot/community/member"
	"peerbot/storage"
)

// Notices hears what platforms notice by themselves and writes down what follows.
type Notices struct{ deps Deps }

// NewNotices writes through what the deps hold.
func NewNotices(d Deps) *Notices { return &Notices{deps: d} }

// Notice carries one out. That somebody closed their private chat is learnt from the
// next letter, which bounces.
func (n *Notices) Notice(ctx context.Context, what chat.Notice) error {
	act := map[chat.NoticeKind]func(storage.Tx, chat.Notice) error{
		chat.Moved: n.moved, chat.Left: n.left, chat.Opened: n.opened,
	}[what.Kind]
	if act == nil {
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

// left takes away the duties of someone who is no longer there.
func (n *Notices) left(tx storage.Tx, what chat.Notice) error {
	home, err := n.deps.Spaces.HomeOf(tx, what.At)
	if err != nil {
		return err
	}
	id := n.deps.Members.IDOf(what.Who)
	role, err := n.deps.Spaces.Duties(tx, home, id)
	if err != nil || role == 0 {
		return err
	}
	return n.deps.Spaces.Give(tx, home, id, 0, what.Time)
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
