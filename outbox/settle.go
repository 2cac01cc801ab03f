package outbox

import (
	"time"

	"peerbot/chat"
	"peerbot/storage"
)

// settle writes down what came of the parcel.
func (p *pump) settle(tx storage.Tx, tell Settled, pc parcel, res result, now time.Time) error {
	pc, err := p.left(tx, pc)
	if err != nil || len(pc.letters) == 0 {
		return err
	}
	switch res.fate {
	case "":
		return p.arrived(tx, tell, pc, res, now)
	case chat.Gone:
		return p.finish(tx, tell, pc, Gone, now)
	case chat.Never:
		return p.finish(tx, tell, pc, Refused, now)
	case chat.MoveTo:
		if pc.lead().Receipt.Tries+1 < tries {
			return p.readdress(tx, pc.failed(res.why), res.to)
		}
	}
	wait := max(backoff(pc.lead().Receipt.Tries+1, share(pc.letters[0].Key)), res.after)
	return p.fail(tx, tell, pc, res.why, wait, now)
}

// left are the letters of the parcel as they stand now: some may have been erased, and
// some be wanted no more.
func (p *pump) left(tx storage.Tx, pc parcel) (parcel, error) {
	now := pc
	now.letters = nil
	for _, row := range pc.letters {
		row, err := p.find(tx, row.Key)
		if err != nil {
			return now, err
		}
		if row.Value.Letter != nil {
			now.letters = append(now.letters, row)
		}
	}
	return now, nil
}

// arrived settles a parcel that was delivered.
func (p *pump) arrived(tx storage.Tx, tell Settled, pc parcel, res result, now time.Time) error {
	for i := range pc.letters {
		rec := &pc.letters[i].Value
		rec.Receipt.Ref = res.ref
		rec.Receipt.Late = res.at.After(rec.Letter.LateAfter)
		rec.Receipt.Repeated = pc.again && res.anew
		if err := p.fill(tx, rec.Letter, res.ref, now); err != nil {
			return err
		}
	}
	return p.finish(tx, tell, pc, Sent, now)
}

// fill remembers what was last delivered in the letter's slot.
func (p *pump) fill(tx storage.Tx, l *Letter, ref string, now time.Time) error {
	if l.Slot == "" {
		return nil
	}
	s, err := p.slot(tx, l.Slot)
	if err != nil {
		return err
	}
	s.For, s.Home, s.To, s.Ref, s.At = l.For, l.Home, l.To, ref, now
	return p.slots.Put(tx, p.slotKey(l.Slot), s)
}

// finish settles every letter of the parcel.
func (p *pump) finish(tx storage.Tx, tell Settled, pc parcel, how Outcome, now time.Time) error {
	for _, row := range pc.letters {
		rec := row.Value.finished(now, how)
		if err := p.letters.Put(tx, row.Key, rec); err != nil {
			return err
		}
		if err := tell(tx, now, rec.Receipt); err != nil {
			return err
		}
	}
	return nil
}

// failed counts a failure in every letter of the parcel.
func (pc parcel) failed(why Why) parcel {
	for i := range pc.letters {
		r := &pc.letters[i].Value.Receipt
		r.Tries, r.Why = r.Tries+1, why
	}
	return pc
}

// fail lets the parcel wait before it goes out again as it is, or parks it.
func (p *pump) fail(tx storage.Tx, tell Settled, pc parcel, why Why, wait time.Duration, now time.Time) error {
	pc = pc.failed(why)
	lead := &pc.letters[0].Value
	if lead.Unasked {
		return p.finish(tx, tell, pc, lead.certain(Dropped), now)
	}
	if lead.Receipt.Tries >= tries {
		return p.park(tx, tell, pc, now)
	}
	lead.State, lead.At = Waiting, now.Add(wait)
	for _, row := range pc.letters {
		if err := p.letters.Put(tx, row.Key, row.Value); err != nil {
			return err
		}
	}
	return nil
}

// park keeps the parcel for a person to look at, until its first letter is stale.
func (p *pump) park(tx storage.Tx, tell Settled, pc parcel, now time.Time) error {
	lead := &pc.letters[0].Value
	lead.State, lead.At = OnHold, lead.Letter.NotAfter
	for _, row := range pc.letters[1:] {
		if end := row.Value.Letter.NotAfter; end.Before(lead.At) {
			lead.At = end
		}
	}
	for i := range pc.letters {
		rec := &pc.letters[i].Value
		rec.Receipt.Outcome, rec.Receipt.At = Parked, now
		if err := p.letters.Put(tx, pc.letters[i].Key, *rec); err != nil {
			return err
		}
		if err := tell(tx, now, rec.Receipt); err != nil {
			return err
		}
	}
	return nil
}

// readdress sends the letters to where their room has moved, threads kept.
func (p *pump) readdress(tx storage.Tx, pc parcel, to chat.Address) error {
	for i := range pc.letters {
		rec := &pc.letters[i].Value
		there := to
		if there.Thread == "" {
			there.Thread = rec.Letter.To.Thread
		}
		p.address(rec, there)
	}
	return p.scatter(tx, pc, pc.lead())
}

// movedTo is where the room with the hash has gone since Run began.
func (p *pump) movedTo(room string) (chat.Address, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	to, ok := p.moved[room]
	return to, ok
}

// learn remembers that a room has moved. Where it went to is taken to have moved no
// further, so that no letter goes round in circles.
func (p *pump) learn(room string, to chat.Address) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.moved[room] = to
	delete(p.moved, p.room(to))
}
