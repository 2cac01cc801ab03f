package meeting

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"peerbot/schedule"
	"peerbot/storage"
)

// part is a piece of an import. What is done of it moves from Meetings to Added and
// Changed, which is what it takes to undo it.
type part struct {
	Home     string    `json:"home"`
	Job      string    `json:"job"`
	Does     does      `json:"does"`
	Meetings []Meeting `json:"meetings,omitempty"`
	Added    []string  `json:"added,omitempty"`   // Added are the ids of meetings that had never been there.
	Changed  []string  `json:"changed,omitempty"` // Changed are the series of which there is a Change.
}

// does is what a part does with its meetings.
type does string

// What a part does.
const (
	adds    does = "adds"
	changes does = "changes"
	cancels does = "cancels"
)

func partsTable(vault *storage.Vault) storage.Table[part] {
	filed := func(p part, under bool) []string {
		if !under {
			return nil
		}
		return []string{p.Job}
	}
	return storage.Table[part]{Bucket: "meeting_import_parts", Vault: vault, Version: 1,
		Owner: func(p part) string { return p.Home },
		Indexes: []storage.Index[part]{
			{Name: "home", Keys: func(p part) []string { return []string{p.Home} }},
			{Name: toDo, Keys: func(p part) []string { return filed(p, len(p.Meetings) > 0) }},
			{Name: done, Keys: func(p part) []string { return filed(p, len(p.Meetings) == 0) }},
		}}
}

// The parts of a job, by whether anything is left to do of them.
const (
	toDo = "job"
	done = "done"
)

// perPart is how many meetings a part has.
const perPart = 28

// parts are the pieces of an import, in order. What is new goes by its id, so that those
// which share a commit write to the same pages of the store.
func (p Preview) parts(job string, gone bool) (out []part) {
	fresh := slices.SortedFunc(slices.Values(p.New), func(a, b Meeting) int { return cmp.Compare(a.ID, b.ID) })
	cut := func(what does, all []Meeting) {
		for some := range slices.Chunk(all, perPart) {
			out = append(out, part{Home: p.Home, Job: job, Does: what, Meetings: some})
		}
	}
	cut(adds, fresh)
	cut(changes, p.Changed)
	if gone {
		cut(cancels, p.Gone)
	}
	return out
}

// partKey names a part: the parts that add come first, and those that cancel last.
func partKey(id string, p part, i int) string {
	order := map[does]string{adds: "a", changes: "b", cancels: cancelling}
	return fmt.Sprintf("%s|%s%06d", id, order[p.Does], i)
}

const cancelling = "c"

// abreast is how many parts are carried out at once: they share commits.
const abreast = 64

// Import carries a preview out at once, many transactions side by side, and tells how
// many meetings are done, one call of tell after the other. gone says whether those that
// are gone are cancelled. What an error or the end of ctx leaves undone is done by doing
// all of it again: what is there already is left as it is.
func (m *Meetings) Import(ctx context.Context, store storage.Store, p Preview, gone bool, now time.Time, tell func(n int)) error {
	id := m.vault.ID("import", p.Home, p.Source, strconv.FormatInt(now.UnixNano(), 36))
	parts := p.parts(id, gone)
	j := job{Home: p.Home, Parts: len(parts), Begun: now, Until: now.Add(UndoFor)}
	var mu sync.Mutex
	n := 0
	return atOnce(ctx, parts, func(i int, one part) error {
		for len(one.Meetings) > 0 {
			rest := one
			err := store.Update(ctx, func(tx storage.Tx) (err error) {
				if rest, err = m.land(tx, one, partKey(id, one, i), now); err != nil {
					return err
				}
				return m.keepBegun(tx, id, j, rest, i)
			})
			if err != nil {
				return fmt.Errorf("import: %w", err)
			}
			mu.Lock()
			n += len(one.Meetings) - len(rest.Meetings)
			tell(n)
			mu.Unlock()
			one = rest
		}
		return nil
	})
}

// atOnce does something with each of all, abreast at a time, until an error.
func atOnce[T any](ctx context.Context, all []T, do func(i int, one T) error) error {
	loops, ctx := errgroup.WithContext(ctx)
	loops.SetLimit(abreast)
	for i, one := range all {
		loops.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			return do(i, one)
		})
	}
	return loops.Wait()
}

// keepBegun keeps of an import that is carried out at once what it takes to undo it.
func (m *Meetings) keepBegun(tx storage.Tx, id string, j job, p part, i int) error {
	if _, err := m.jobs.Get(tx, id); lost(err) {
		if err := m.putJob(tx, id, j); err != nil {
			return err
		}
		if err := m.agenda.Put(tx, schedule.Item{Kind: kindOverdue, ID: id, At: j.Until}); err != nil {
			return err
		}
	} else if err != nil {
		return fmt.Errorf("import: %w", err)
	}
	p.Meetings = nil
	return m.putPart(tx, partKey(id, p, i), p)
}

// putPart keeps a part, or forgets one of which there is nothing to do and nothing to
// undo.
func (m *Meetings) putPart(tx storage.Tx, key string, p part) error {
	err := m.staged.Put(tx, key, p)
	if len(p.Meetings)+len(p.Added)+len(p.Changed) == 0 {
		err = m.staged.Delete(tx, key)
	}
	if err != nil {
		return fmt.Errorf("part of an import: %w", err)
	}
	return nil
}

// What of a transaction is for meetings, and how much of that it takes to add one, to add
// one that comes to an end, and to change one and tell those who count on it.
const (
	perLanding = 84
	toAdd      = 3
	toAddEnd   = 5
	toChange   = 42
)

// land carries out as much of a part as a transaction holds, and returns the part with
// what is left of it. It may come again.
func (m *Meetings) land(tx storage.Tx, p part, key string, now time.Time) (part, error) {
	p.Added, p.Changed = slices.Clone(p.Added), slices.Clone(p.Changed)
	var fresh []Meeting
	for room := perLanding; len(p.Meetings) > 0; p.Meetings = p.Meetings[1:] {
		v := p.Meetings[0]
		takes, err := m.landing(tx, p.Does, v)
		if err != nil {
			return p, err
		}
		if room -= takes; room < 0 {
			break
		}
		switch takes {
		case toAdd, toAddEnd:
			v.Changed = now
			fresh, p.Added = append(fresh, v), append(p.Added, v.ID)
		case toChange:
			changed, err := m.landOne(tx, v, p.Does, landed(key, v.ID), now)
			if err != nil {
				return p, err
			}
			if changed {
				p.Changed = append(p.Changed, v.ID)
			}
		}
	}
	return p, m.landNew(tx, fresh, now)
}

// landing is what it takes to land a meeting: nothing where one that is to be added is
// there. One that was cancelled and is back is changed.
func (m *Meetings) landing(r storage.Reader, what does, v Meeting) (int, error) {
	if what != adds {
		return toChange, nil
	}
	was, err := m.meetings.Get(r, v.ID)
	switch {
	case lost(err) && v.endless():
		return toAdd, nil
	case lost(err):
		return toAddEnd, nil
	case err != nil:
		return 0, fmt.Errorf("meeting %s: %w", v.ID, err)
	case was.Value.Cancelled:
		return toChange, nil
	}
	return 0, nil
}

// landed names the change that a part makes of a series.
func landed(key, id string) string { return key + "|" + id }

// landNew saves meetings that have never been there.
func (m *Meetings) landNew(tx storage.Tx, fresh []Meeting, now time.Time) error {
	if len(fresh) == 0 {
		return nil
	}
	for _, v := range fresh {
		if v.endless() {
			continue
		}
		if err := m.awaitEnd(tx, v, now); err != nil {
			return err
		}
	}
	if err := m.save(tx, fresh...); err != nil {
		return err
	}
	return m.refreshLists(tx, fresh[0].Home, now)
}

// landOne brings a series to what the list says, or cancels it; false when that is what
// it is.
func (m *Meetings) landOne(tx storage.Tx, v Meeting, what does, call string, now time.Time) (bool, error) {
	before, err := m.parts(tx, v.Series)
	if err != nil {
		return false, err
	}
	after := before.fed(v, what == cancels)
	if len(before.changedIn(after)) == 0 {
		return false, nil
	}
	_, err = m.apply(tx, before, after, call, now)
	return true, err
}

// fed is the series with its first part as the list has it, and without the others but
// single dates; or all of it cancelled.
func (s series) fed(v Meeting, cancel bool) series {
	out := slices.Clone(s)
	for i, p := range out {
		switch {
		case cancel || p.ID != v.ID && p.Instead.IsZero():
			out[i].Cancelled = true
		case p.ID == v.ID:
			out[i] = merged(p, v)
		}
	}
	return out
}
