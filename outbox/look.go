package outbox

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"peerbot/storage"
)

// refiles is how many letters change their place in one transaction.
const refiles = 20

// sweep is how many letters change their place between two looks at the queue.
const sweep = 10 * refiles

// ready puts in the queue those whose time has come, and returns when the next is due.
func (p *pump) ready(ctx context.Context, now time.Time) (next time.Time, err error) {
	var due []string
	next = now.Add(tick)
	err = p.store.View(ctx, func(r storage.Reader) error {
		for f, err := range p.letters.Range(r, byTime, "", stamp(next)) {
			if err != nil {
				return err
			}
			at, err := readStamp(f.Under)
			if err != nil {
				return fmt.Errorf("outbox: a waiting letter: %w", storage.ErrDamaged)
			}
			if at.After(now) || len(due) == sweep {
				next = at
				return nil
			}
			due = append(due, f.Key)
		}
		return nil
	})
	return next, errors.Join(err, p.refile(ctx, due, now))
}

// sight is what a look at the queue has found.
type sight struct {
	flights []flight
	early   []string  // early are keys of letters that stand in the queue before they are due.
	next    time.Time // next is when to look again.
}

// look finds what can go at now. It reads a few entries of an index and no letter,
// however many wait: it goes through the queue by leaps, one room of one class and
// minute each.
func (p *pump) look(ctx context.Context, now time.Time) (s sight, err error) {
	s.next = now.Add(tick)
	err = p.store.View(ctx, func(r storage.Reader) error {
		if err := p.survey(r, now); err != nil {
			return err
		}
		for from, line := "", ""; len(s.early) < sweep; {
			f, at, err := p.at(r, from, "")
			if err != nil || f.Key == "" {
				return err
			}
			if line != at.line() {
				line = at.line()
				if err := p.considerHot(r, line, now, &s); err != nil {
					return err
				}
			}
			from = p.consider(f.Key, at, now, &s)
		}
		return nil
	})
	return s, err
}

// at is the first letter of the queue from one place up to another, and its place.
func (p *pump) at(r storage.Reader, from, to string) (f storage.Filed, at place, err error) {
	f, found, err := first(p.letters.Range(r, byPlace, from, to))
	if found {
		at, err = readPlace(f.Under)
	}
	return f, at, err
}

func first(all iter.Seq2[storage.Filed, error]) (f storage.Filed, found bool, err error) {
	for f, err := range all {
		return f, err == nil, err
	}
	return f, false, nil
}

// consider decides about the letter at a place, and where in the queue to look next.
func (p *pump) consider(key string, at place, now time.Time, s *sight) (next string) {
	rest, busy := p.rooms[at.room]
	switch {
	case p.full(at):
		return at.pastPlatform()
	case at.due.After(now):
		s.early = append(s.early, key)
		return at.String() + "~"
	case busy && (rest.IsZero() || rest.After(now)):
		if !rest.IsZero() && rest.Before(s.next) {
			s.next = rest
		}
		return at.pastRoom()
	}
	p.rooms[at.room] = time.Time{}
	p.flying[at.platform]++
	s.flights = append(s.flights, flight{key: key, at: at, held: p.held})
	return at.pastRoom()
}

func (p *pump) full(at place) bool {
	limit := aloft
	if at.class != Safety.rank() {
		limit -= spare
	}
	return p.flying[at.platform] >= limit
}

// refile puts letters where they belong at now. One that cannot be read does not hold
// up the others.
func (p *pump) refile(ctx context.Context, keys []string, now time.Time) (failed error) {
	for chunk := range slices.Chunk(keys, refiles) {
		if p.sort(ctx, chunk, now) == nil {
			continue
		}
		for _, key := range chunk {
			if err := p.sort(ctx, []string{key}, now); err != nil {
				failed = fmt.Errorf("outbox: put letter %s in order: %w", key, err)
			}
		}
	}
	return failed
}

func (p *pump) sort(ctx context.Context, keys []string, now time.Time) error {
	return p.store.Update(ctx, func(tx storage.Tx) error {
		for _, key := range keys {
			if err := p.sortOne(tx, key, now); err != nil {
				return err
			}
		}
		return nil
	})
}

func (p *pump) sortOne(tx storage.Tx, key string, now time.Time) error {
	row, err := p.find(tx, key)
	rec := row.Value
	switch {
	case err != nil || rec.Letter == nil:
		return err
	case (rec.State == Waiting || rec.State == OnHold) && stamp(rec.At) <= stamp(now):
		rec.State = Ready
	case rec.State == Ready && rec.Letter.NotBefore.After(now):
		rec.State, rec.At = Waiting, rec.Letter.NotBefore
	default:
		return nil
	}
	return p.letters.Put(tx, key, rec)
}

// count counts the letters that wait, and forgets which rooms have rested.
func (p *pump) count(ctx context.Context, now time.Time) error {
	n := int64(0)
	err := p.store.View(ctx, func(r storage.Reader) error {
		for _, index := range []string{byTime, byPlace} {
			for _, err := range p.letters.Range(r, index, "", "") {
				if err != nil {
					return err
				}
				n++
			}
		}
		return nil
	})
	p.waiting.Store(n)
	p.counted = now
	for room, rest := range p.rooms {
		if !rest.IsZero() && !rest.After(now) {
			delete(p.rooms, room)
		}
	}
	return err
}
