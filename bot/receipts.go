package bot

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"peerbot/storage"
)

// receipts say that calls and single-use offers have had their effect. Every changing
// call writes one, so a receipt is as small as can be: a key, which is a keyed hash
// behind the number of the term in which it was written. It stands for one term at least
// and two at most, so a read or two find it, and a scan over the oldest terms purges them.
const receipts storage.Bucket = "bot.receipts"

const (
	receiptTerm = 31 * 24 * time.Hour // receiptTerm is longer than any offer works,
	again       = 7 * 24 * time.Hour  // again is longer than a platform waits until it brings a call once more.
)

// term is the number of the term in which the time lies.
func term(at time.Time) uint16 { return uint16(max(at.Unix(), 0) / int64(receiptTerm/time.Second)) }

// begin is what the receipts of a term begin with.
func begin(term uint16) []byte { return binary.BigEndian.AppendUint16(nil, term) }

// sign writes the receipts of the names.
func sign(tx storage.Tx, v *visit, names ...string) error {
	for _, name := range names {
		if err := tx.Put(receipts, append(begin(term(v.Time)), name...), nil); err != nil {
			return fmt.Errorf("write a receipt: %w", err)
		}
	}
	return nil
}

// received is storage.ErrDone when the call has had its effect, or what it pressed and
// that works a single time.
func received(s storage.Reader, v *visit) error {
	if err := look(s, v.ID, v.Time.Add(-again), v.Time); err != nil {
		return err
	}
	for _, name := range v.once() {
		if err := look(s, name, v.Time.Add(-receiptTerm), v.Time); err != nil {
			return err
		}
	}
	return nil
}

// look is storage.ErrDone when the name has a receipt that was written between the times.
func look(s storage.Reader, name string, from, to time.Time) error {
	for t := term(from); t <= term(to); t++ {
		_, err := s.Get(receipts, append(begin(t), name...))
		if err == nil {
			return storage.ErrDone
		}
		if !errors.Is(err, storage.ErrNotFound) {
			return fmt.Errorf("look for a receipt: %w", err)
		}
	}
	return nil
}

// purgeReceipts deletes those of terms before the last one, a few in each transaction.
func purgeReceipts(ctx context.Context, store storage.Store, now time.Time) error {
	const few = 90 // of at most 100 reads and writes
	for more := true; more; {
		err := store.Update(ctx, func(tx storage.Tx) error {
			var over [][]byte
			for e, err := range tx.Scan(receipts, nil, begin(term(now)-1)) {
				if err != nil {
					return err
				}
				if over = append(over, e.Key); len(over) == few {
					break
				}
			}
			more = len(over) == few
			for _, key := range over {
				if err := tx.Delete(receipts, key); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("purge receipts: %w", err)
		}
	}
	return nil
}
