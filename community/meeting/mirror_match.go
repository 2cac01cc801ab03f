package meeting

import (
	"slices"
	"time"

	"peerbot/chat"
)

// difference is what has to be done to a list of events.
type difference struct {
	keys  map[string]string // keys are those of the events that stay, by their ids.
	drops []chat.Posted
	edits []edit
	adds  []wish
}

type edit struct {
	id string
	wish
}

// match finds what has to be done so that of the events that stand there just the wishes
// are left. An event that says what a wish says stays, whoever remembers it. One that was
// for the same date changes in its place, so that those who marked it keep it. What begins
// any moment is not made any more.
func match(stand []chat.Posted, wishes []wish, keys map[string]string, now time.Time) difference {
	c := difference{keys: map[string]string{}, drops: slices.Clone(stand)}
	take := func(fits func(chat.Posted) bool) (id string, found bool) {
		i := slices.IndexFunc(c.drops, fits)
		if i < 0 {
			return "", false
		}
		id = c.drops[i].ID
		c.drops = slices.Delete(c.drops, i, i+1)
		return id, true
	}
	var missing []wish
	for _, w := range wishes {
		id, found := take(func(p chat.Posted) bool { return keys[p.ID] == w.key && w.standsAs(p, now) })
		if !found {
			id, found = take(func(p chat.Posted) bool { return w.standsAs(p, now) })
		}
		if found {
			c.keys[id] = w.key
		} else if w.Start.After(now.Add(tooSoon)) {
			missing = append(missing, w)
		}
	}
	for _, w := range missing {
		id, found := take(func(p chat.Posted) bool { return keys[p.ID] == w.key && !p.Odd && p.Start.After(now.Add(tooSoon)) })
		if found {
			c.edits = append(c.edits, edit{id, w})
		} else {
			c.adds = append(c.adds, w)
		}
	}
	return c
}

// standsAs reports whether who sees p sees the wish and nothing else. What comes again
// may not have moved on yet from a time that is over.
func (w wish) standsAs(p chat.Posted, now time.Time) bool {
	if p.Odd || p.Name != w.Name || p.Where != w.Where || p.Again != w.Again || p.End.Sub(p.Start) != w.End.Sub(w.Start) {
		return false
	}
	if p.Start.Equal(w.Start) || w.Again == chat.Once {
		return p.Start.Equal(w.Start)
	}
	if p.End.After(now) && !p.Start.Equal(w.on) {
		return false
	}
	start := p.Start.UTC()
	for range maxBehind {
		if start = following(w.Again, start); start.Equal(w.Start) {
			return true
		}
	}
	return false
}

// maxBehind is how many times an event that comes again may be behind.
const maxBehind = 2
