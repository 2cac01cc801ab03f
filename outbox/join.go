package outbox

import (
	"encoding/json"
	"fmt"
	"time"

	"peerbot/chat"
	"peerbot/storage"
)

const (
	most = 10    // most letters go in one message,
	fits = 1_500 // and so much of them, so that no platform has to cut it.
)

// sizeOf guesses how much of a message the letter takes. Its phrases have no words
// yet; as they are kept they are about as long.
func sizeOf(l Letter) (int, error) {
	size := 0
	for _, part := range []chat.Rich{l.Late, l.Message.Body} {
		kept, err := json.Marshal(part)
		if err != nil {
			return 0, err
		}
		size += len(kept)
	}
	return size, nil
}

// parcel is what goes out in one message: a letter, or several of one recipient.
type parcel struct {
	letters []storage.Row[record] // The first leads.
	edits   string                // edits is the reference of the message that it replaces; "" is a new message.
	again   bool                  // again: it may have arrived already, and nobody would notice.
}

func (pc parcel) lead() record { return pc.letters[0].Value }

// id is the idempotency key: the letter's own, or one that all its letters make.
func (o *Outbox) idOf(pc parcel) string {
	if len(pc.letters) == 1 {
		return pc.lead().Receipt.ID
	}
	ids := []string{"batch"}
	for _, row := range pc.letters {
		ids = append(ids, row.Value.Receipt.ID)
	}
	return o.vault.ID(ids...)
}

// message is what the parcel says at now.
func (pc parcel) message(now time.Time) chat.Message {
	m := pc.lead().Letter.Message
	parts := make([]chat.Rich, len(pc.letters))
	for i, row := range pc.letters {
		parts[i] = row.Value.Letter.words(now)
	}
	m.Body, m.Home, m.For = chat.Paragraphs(parts...), pc.lead().Receipt.Home, pc.lead().Receipt.For
	return m
}

func (pc parcel) stale(now time.Time) bool {
	for _, row := range pc.letters {
		if !now.Before(row.Value.Letter.NotAfter) {
			return true
		}
	}
	return false
}

// gather loads lead's parcel: the letters with the keys that are still there, as long
// as they take no more than room.
func (o *Outbox) gather(tx storage.Tx, lead storage.Row[record], keys []string, room int) (parcel, error) {
	pc := parcel{letters: []storage.Row[record]{lead}}
	size := lead.Value.Size
	for _, key := range keys {
		row, err := o.find(tx, key)
		if err != nil {
			return pc, err
		}
		if row.Value.Letter == nil {
			continue
		}
		if size += row.Value.Size; size > room {
			break
		}
		pc.letters = append(pc.letters, row)
	}
	return pc, nil
}

// batch loads the letters that lead was joined to at its first claim.
func (o *Outbox) batch(tx storage.Tx, lead storage.Row[record]) (parcel, error) {
	return o.gather(tx, lead, lead.Value.With, most*fits)
}

// join loads lead's batch, or makes one of those that may go with it.
func (o *Outbox) join(tx storage.Tx, lead storage.Row[record], now time.Time) (parcel, error) {
	if !lead.Value.joins() {
		return o.batch(tx, lead)
	}
	keys, err := o.joinable(tx, lead, now)
	if err != nil {
		return parcel{}, err
	}
	return o.gather(tx, lead, keys, fits)
}

// joinable are the keys of up to nine letters that may go with lead, earliest deadline
// first.
func (o *Outbox) joinable(tx storage.Tx, lead storage.Row[record], now time.Time) (keys []string, err error) {
	join := lead.Value.Join
	for f, err := range o.letters.Range(tx, byJoin, join, join+"~") {
		if err != nil {
			return nil, fmt.Errorf("outbox: find letters to join: %w", err)
		}
		if len(keys) == most-1 {
			break
		}
		if due, err := readStamp(f.Under[len(f.Under)-14:]); err == nil && f.Key != lead.Key && !due.After(now) {
			keys = append(keys, f.Key)
		}
	}
	return keys, nil
}
