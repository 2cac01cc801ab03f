package meeting

import (
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"peerbot/schedule"
	"peerbot/spoken"
	"peerbot/storage"
)

// Left takes a member out of what is to come in a community that they are no longer in:
// others have their places and their turns. Their reminders go on until they end them.
func (m *Meetings) Left(tx storage.Tx, home, id string, now time.Time) error {
	return m.agenda.Put(tx, schedule.Item{Kind: kindLeft, ID: home + "|" + id, At: now})
}

// leave does so a few records at a time.
func (m *Meetings) leave(tx storage.Tx, now time.Time, it schedule.Item) error {
	home, id, _ := strings.Cut(it.ID, "|")
	yesterday := spoken.DateOf(now.UTC().Add(-day))
	answers, err := some(m.coming.By(tx, byMember, id, ""), func(c Coming) bool { return c.Home == home && !c.Date.Before(yesterday) })
	if err != nil {
		return fmt.Errorf("answers of a member: %w", err)
	}
	for _, row := range answers {
		if err := errors.Join(m.coming.Delete(tx, row.Key), m.freed(tx, row.Key)); err != nil {
			return err
		}
	}
	shifts, err := some(m.shifts.By(tx, byMember, id, ""), func(v Shift) bool { return v.Home == home && v.Host == id && !v.Date.Before(yesterday) })
	if err != nil {
		return fmt.Errorf("shifts of a member: %w", err)
	}
	for _, row := range shifts {
		if err := m.vacate(tx, row); err != nil {
			return err
		}
	}
	rotas, err := some(m.rotas.By(tx, byMember, id, ""), func(r Rota) bool { return r.Home == home })
	if err != nil {
		return fmt.Errorf("rotas of a member: %w", err)
	}
	for _, row := range rotas {
		if err := m.rotas.Put(tx, row.Key, row.Value.without(id)); err != nil {
			return err
		}
	}
	if max(len(answers), len(shifts), len(rotas)) < perStep {
		return nil
	}
	it.At = now
	return m.agenda.Put(tx, it)
}

// some are the first rows that fit, at most perStep.
func some[T any](all iter.Seq2[storage.Row[T], error], fit func(T) bool) ([]storage.Row[T], error) {
	return firstRows(func(yield func(storage.Row[T], error) bool) {
		for row, err := range all {
			if (err != nil || fit(row.Value)) && !yield(row, err) {
				return
			}
		}
	}, perStep)
}

// freed notes that an answer is gone, and lets those who wait have the place.
func (m *Meetings) freed(tx storage.Tx, key string) error {
	ref, _, _ := strings.Cut(key, "|")
	return errors.Join(m.agenda.Drop(tx, kindComing, key), m.agenda.Put(tx, schedule.Item{Kind: kindPlaces, ID: ref}))
}

// vacate takes the host from a shift, so that somebody else is asked.
func (m *Meetings) vacate(tx storage.Tx, row storage.Row[Shift]) error {
	row.Value.Host, row.Value.Sure = "", false
	return errors.Join(m.shifts.Put(tx, row.Key, row.Value),
		m.agenda.Put(tx, schedule.Item{Kind: kindShift, ID: row.Key, From: stageHours}))
}
