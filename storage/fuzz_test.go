package storage_test

import (
	"errors"
	"os"
	"testing"

	"peerbot/storage"
	"peerbot/storage/mem"
)

// FuzzRecord reads records that nobody wrote: an error of ours, and never a crash.
func FuzzRecord(f *testing.F) {
	if _, err := os.Stat(golden); err != nil {
		f.Fatal(err)
	}
	s := mem.New()
	update(f, s, loadGolden)
	view(f, s, func(r storage.Reader) error {
		record, err := r.Get("notes", []byte("1"))
		f.Add(record)
		f.Add(record[:len(record)-1])
		return err
	})
	f.Add([]byte("{}\n"))
	f.Add([]byte(`{"rev":1,"v":1,"owner":"ann","index":{"who":["AA=="]}}` + "\n\x01"))
	f.Add([]byte(`{"rev":1,"v":9}` + "\n"))
	f.Fuzz(func(t *testing.T, record []byte) {
		tab := notes(t)
		err := s.Update(t.Context(), func(tx storage.Tx) error {
			if err := tx.Put("notes", []byte("1"), record); err != nil {
				return err
			}
			_, err := tab.Get(tx, "1")
			if err == nil {
				return storage.ErrDone
			}
			return err
		})
		for _, known := range []error{storage.ErrDone, storage.ErrDamaged, storage.ErrErased, storage.ErrNewer, storage.ErrTooLarge} {
			if errors.Is(err, known) {
				return
			}
		}
		t.Errorf("%q: %v", record, err)
	})
}
