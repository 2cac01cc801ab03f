package meeting

import (
	"context"
	"errors"
	"fmt"
	"time"

	"peerbot/chat"
	"peerbot/outbox"
	"peerbot/storage"
)

// How a list of events is brought up to date.
const (
	spare      = 10          // spare is how many events are left for people to list.
	maxRefused = 3           // maxRefused is how many events the platform may refuse at a time.
	firstPause = time.Minute // firstPause is how long it is left alone after a failure, and then
	lastPause  = time.Hour   // twice as long each time, up to lastPause.
)

// MirrorPath shows and changes whether a community's meetings stand in a list of events;
// OptionDo says what to do.
var MirrorPath = []string{"meeting", "mirror"}

// What OptionDo can say.
const (
	OptionDo   = "do"
	DoTitles   = "titles"
	DoNeutral  = "neutral"
	DoNotShow  = "stop"
	DoShowCard = "show"
)

// Reflect brings the events of a mirror to what its community's meetings are now; put
// turns words into text. The platform is asked for nothing while nothing has changed, but
// for once a day. What is broken off goes on the next time: an event that was made and
// not noted is found again by what it says.
//
// The error is that of the store, or a *chat.Bounce that has been taken care of: it is
// tried again later, or where it is Gone the mirror stands still and its room is told.
func (m *Meetings) Reflect(ctx context.Context, store storage.Store, v Mirror, to Events, put func(lang string, r chat.Rich) string, now time.Time) error {
	w := &work{Meetings: m, to: to, key: m.mirrorKey(v.Space), now: now}
	if err := store.View(ctx, func(r storage.Reader) error { return w.plan(r, put) }); err != nil {
		return err
	}
	switch {
	case w.row.Revision == 0:
		return nil
	case !w.stale():
		w.row.Value.Next = w.next
		return store.Update(ctx, w.save)
	}
	w.row.Value.Begun, w.row.Value.Next = true, now
	if err := store.Update(ctx, w.save); err != nil || w.overtaken {
		return err
	}
	w.row.Revision++
	failure := w.bring(ctx)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return errors.Join(store.Update(ctx, func(tx storage.Tx) error { return w.settle(tx, failure) }), failure)
}

// work is one time that a mirror is brought up to date.
type work struct {
	*Meetings
	to        Events
	key       string
	now       time.Time
	row       storage.Row[Mirror] // row is the mirror as it was read, and as it is to be.
	wishes    []wish
	marks     string    // marks is a hash of the wishes.
	next      time.Time // next is when they have to be looked at again.
	refused   int       // refused counts the events that the platform did not take.
	overtaken bool      // overtaken: somebody has changed the mirror since it was read.
}

// plan reads the mirror and what is to stand there. A row without a Revision is gone.
func (w *work) plan(r storage.Reader, put func(lang string, r chat.Rich) string) error {
	row, err := w.mirrors.Get(r, w.key)
	if lost(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("mirror: %w", err)
	}
	home, err := w.spaces.Get(r, row.Value.Home)
	if err != nil {
		return err
	}
	e, err := w.edition(r, row.Value.Home)
	if err != nil {
		return err
	}
	row.Value.Edition = e.Mark
	in := func(words chat.Rich) string { return put(home.Lang, words) }
	if w.wishes, w.next, err = w.onShow(r, row.Value, in, w.now); err != nil {
		return err
	}
	parts := []string{"mirrored"}
	for _, one := range w.wishes {
		parts = append(parts, one.mark())
	}
	w.row, w.marks = row, w.vault.ID(parts...)
	return nil
}

// stale reports whether the platform has to be asked.
func (w *work) stale() bool {
	v := w.row.Value
	return v.Begun || v.Stands != w.marks || !w.now.Before(v.Checked.Add(checkAgain))
}

// save writes the mirror, unless somebody has changed it since it was read: then it is
// due again.
func (w *work) save(tx storage.Tx) error {
	err := w.mirrors.Replace(tx, w.row)
	if w.overtaken = errors.Is(err, storage.ErrConflict); w.overtaken {
		return nil
	}
	return err
}

// bring has the platform do what has to be done: first what would show something wrong
// goes, then what is lacking comes.
func (w *work) bring(ctx context.Context) error {
	v := &w.row.Value
	own, room, err := w.to.Events(ctx, v.Space.Space)
	if err != nil {
		return err
	}
	c := match(own, w.wishes, v.Keys, w.now)
	v.Keys = c.keys
	for _, p := range c.drops {
		if err := w.to.DropEvent(ctx, v.Space.Space, p.ID); err != nil {
			return err
		}
	}
	for _, e := range c.edits {
		if err := w.edit(ctx, e); err != nil {
			return err
		}
	}
	most := min(room+len(c.drops)-spare, maxMirrored-len(v.Keys))
	for _, one := range c.adds[:max(0, min(most, len(c.adds)))] {
		if err := w.add(ctx, one); err != nil || w.refused == maxRefused {
			return err
		}
	}
	return nil
}

// edit changes an event in its place. One that the platform does not take so must not
// stand there as it was.
func (w *work) edit(ctx context.Context, e edit) error {
	space := w.row.Value.Space.Space
	err := w.to.EditEvent(ctx, space, e.id, e.Event)
	if w.never(err) {
		return w.to.DropEvent(ctx, space, e.id)
	}
	if err == nil {
		w.row.Value.Keys[e.id] = e.key
	}
	return err
}

func (w *work) add(ctx context.Context, one wish) error {
	id, err := w.to.AddEvent(ctx, w.row.Value.Space.Space, one.Event)
	if w.never(err) {
		return nil
	}
	if err == nil {
		w.row.Value.Keys[id] = one.key
	}
	return err
}

// never counts what the platform does not take.
func (w *work) never(err error) bool {
	var b *chat.Bounce
	if !errors.As(err, &b) || b.Fate != chat.Never {
		return false
	}
	w.refused++
	return true
}

// settle notes what came of it.
func (w *work) settle(tx storage.Tx, failure error) error {
	var b *chat.Bounce
	gone := errors.As(failure, &b) && b.Fate == chat.Gone
	row, v := w.row, &w.row.Value
	switch {
	case v.Ending && (gone || failure == nil):
		return w.remove(tx)
	case gone:
		v.Trouble = chat.Say("mirror.lost")
	case failure != nil:
		v.Tries++
		v.Next = w.now.Add(pauseAfter(failure, v.Tries))
	default:
		v.Begun, v.Stands, v.Checked, v.Next, v.Tries = false, w.marks, w.now, w.next, 0
		if w.refused > 0 {
			v.Stands = "" // The next time it is tried once more.
		}
	}
	err := w.save(tx)
	if err == nil && gone && !w.overtaken {
		err = w.tell(tx)
	}
	w.row = row // This may run twice.
	return err
}

// remove ends the mirror, unless somebody has changed it since.
func (w *work) remove(tx storage.Tx) error {
	row, err := w.mirrors.Get(tx, w.key)
	if lost(err) || err == nil && row.Revision != w.row.Revision {
		return nil
	}
	if err != nil {
		return fmt.Errorf("mirror: %w", err)
	}
	return w.mirrors.Delete(tx, w.key)
}

// pauseAfter is how long the platform is left alone after so many failures.
func pauseAfter(failure error, tries int) time.Duration {
	pause := min(firstPause<<min(tries-1, 10), lastPause)
	var b *chat.Bounce
	if errors.As(failure, &b) {
		pause = max(pause, b.After)
	}
	return pause
}

// tell says in the room in which the mirror was begun that it stands still, and offers to
// begin it again.
func (w *work) tell(tx storage.Tx) error {
	v := w.row.Value
	l, err := w.roomLetter(tx, Details{Room: v.Room}, v.Home, "")
	if lost(err) {
		return nil
	}
	if err != nil {
		return err
	}
	do := DoNeutral
	if v.Titles {
		do = DoTitles
	}
	l.ID = fmt.Sprint("meeting.mirror|", w.key, "|", v.Since.UnixMilli())
	l.Message.Body = v.Trouble
	l.Message.Offers = [][]chat.Offer{{{Label: chat.Say("mirror.again"), Path: MirrorPath, Bound: []chat.Arg{{Name: OptionDo, Value: do}}}}}
	l.Class, l.NotBefore = outbox.Digest, w.now
	return w.outbox.Post(tx, l)
}
