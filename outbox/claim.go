package outbox

import (
	"context"
	"fmt"
	"time"

	"peerbot/storage"
)

// claim takes the letter out of the queue, with those that go with it. The parcel is
// empty when there is nothing to send: the letter is gone, has moved, is stale, or may
// not be repeated.
func (p *pump) claim(tx storage.Tx, tell Settled, f flight, now time.Time) (parcel, error) {
	lead, err := p.find(tx, f.key)
	if err != nil || lead.Value.State != Ready {
		return parcel{}, err
	}
	pc, err := p.join(tx, lead, now)
	if err != nil {
		return parcel{}, err
	}
	if to, moved := p.movedTo(lead.Value.Room); moved {
		return parcel{}, p.readdress(tx, pc, to)
	}
	if pc.stale(now) {
		return parcel{}, p.shed(tx, tell, pc, now)
	}
	if err := p.replaces(tx, &pc); err != nil {
		return parcel{}, err
	}
	pc.again = pc.edits == "" && p.doubtful(pc.lead(), now)
	if pc.again && !pc.lead().Receipt.Class.repeats() {
		return parcel{}, p.finish(tx, tell, pc, Unknown, now)
	}
	return pc, p.mark(tx, pc, f.held, now)
}

// mark writes down that the parcel is on its way. held is when the clock could last
// not be trusted.
func (p *pump) mark(tx storage.Tx, pc parcel, held, now time.Time) error {
	for i := range pc.letters {
		rec := &pc.letters[i].Value
		rec.State, rec.At, rec.With = Joined, now, nil
		if i == 0 {
			rec.State, rec.With = Claimed, keysOf(pc.letters[1:])
		}
		if late := rec.Letter.LateAfter; now.After(late) && rec.Receipt.Why == "" {
			rec.Receipt.Why = p.whyLate(late, held)
		}
		if err := p.letters.Put(tx, pc.letters[i].Key, *rec); err != nil {
			return err
		}
	}
	return nil
}

func keysOf(rows []storage.Row[record]) (keys []string) {
	for _, row := range rows {
		keys = append(keys, row.Key)
	}
	return keys
}

func (p *pump) whyLate(since, held time.Time) Why {
	switch {
	case p.born.After(since):
		return Down
	case held.After(since):
		return Clock
	}
	return Queue
}

// replaces finds the message that the parcel edits, when it has a slot.
func (p *pump) replaces(tx storage.Tx, pc *parcel) error {
	l := pc.lead().Letter
	if l.Slot == "" {
		return nil
	}
	s, err := p.slot(tx, l.Slot)
	if _, ok := p.to.(Editor); ok && s.To == l.To {
		pc.edits = s.Ref
	}
	return err
}

// doubtful reports whether the letter may have arrived without the platform still
// knowing it.
func (p *pump) doubtful(rec record, now time.Time) bool {
	if rec.Doubt.IsZero() {
		return false
	}
	window := time.Duration(0)
	if d, ok := p.to.(Deduper); ok {
		window = d.Window(rec.Letter.To.Platform)
	}
	return now.Sub(rec.Doubt) >= window
}

// shed settles what is stale in the parcel; the rest goes on by itself.
func (p *pump) shed(tx storage.Tx, tell Settled, pc parcel, now time.Time) error {
	how := pc.lead().certain(Stale)
	var rest parcel
	for _, row := range pc.letters {
		one := parcel{letters: []storage.Row[record]{row}}
		if !one.stale(now) {
			rest.letters = append(rest.letters, row)
		} else if err := p.finish(tx, tell, one, how, now); err != nil {
			return err
		}
	}
	return p.scatter(tx, rest, pc.lead())
}

// scatter puts the letters back in the queue, each by itself. When they may have
// arrived together, no platform would recognise them apart: they are in doubt as if
// for ever.
func (p *pump) scatter(tx storage.Tx, pc parcel, lead record) error {
	for _, row := range pc.letters {
		rec := row.Value
		rec.State, rec.With, rec.Doubt = Ready, nil, lead.Doubt
		if rec.Receipt.Tries >= tries {
			rec.State, rec.At = OnHold, rec.Letter.NotAfter
		}
		if len(lead.With) > 0 && !lead.Doubt.IsZero() {
			rec.Doubt = time.Unix(0, 0).UTC()
		}
		if err := p.letters.Put(tx, row.Key, rec); err != nil {
			return err
		}
	}
	return nil
}

// release puts back what was claimed and not handed over.
func (p *pump) release(tx storage.Tx, pc parcel) error {
	lead := pc.lead()
	if lead.Receipt.Tries == 0 && lead.Doubt.IsZero() {
		return p.scatter(tx, pc, lead)
	}
	lead.State = Ready // It went out before: its batch stays as it is.
	return p.letters.Put(tx, pc.letters[0].Key, lead)
}

// doubt puts back in the queue what an earlier Run left in flight.
func (p *pump) doubt(ctx context.Context) error {
	var keys []string
	err := p.store.View(ctx, func(r storage.Reader) error {
		for f, err := range p.letters.Range(r, byClaim, "", "") {
			if err != nil {
				return err
			}
			keys = append(keys, f.Key)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("outbox: find what was in flight: %w", err)
	}
	for _, key := range keys {
		_ = p.commit(ctx, func(tx storage.Tx, tell Settled) error { return p.unclaim(tx, tell, key, time.Now()) })
	}
	return nil
}

// unclaim counts the crash as a failure, so that a letter which brings the bot down
// again and again is parked in the end.
func (p *pump) unclaim(tx storage.Tx, tell Settled, key string, now time.Time) error {
	row, err := p.find(tx, key)
	if err != nil || row.Value.State != Claimed {
		return err
	}
	if row.Value.Doubt.IsZero() {
		row.Value.Doubt = row.Value.At
	}
	pc, err := p.batch(tx, row)
	if err != nil {
		return err
	}
	return p.fail(tx, tell, pc, Crash, 0, now)
}
