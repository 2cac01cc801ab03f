package storage_test

import (
	"bufio"
	"encoding/hex"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"peerbot/storage"
	"peerbot/storage/mem"
)

var write = flag.Bool("update", false, "write a missing golden file; never write one of a release anew")

const golden = "testdata/records-1.txt"

// TestGolden reads what the first release wrote: sealed, indexed, for an owner, with
// records of a version that has been upgraded twice since.
func TestGolden(t *testing.T) {
	if *write {
		writeGolden(t)
	}
	s := mem.New()
	update(t, s, func(tx storage.Tx) error { return loadGolden(tx) })
	tab := notes(t)
	tab.Version = 3
	tab.Upgrade = map[int]func([]byte) ([]byte, error){1: rename("Text", "Words"), 2: rename("Words", "Text")}
	view(t, s, func(r storage.Reader) error {
		n := 0
		for row, err := range tab.By(r, "who", "ann", "") {
			if err != nil || row.Revision != 2 || row.Value != (note{"ann", "as it was in the beginning"}) {
				t.Errorf("%+v, %v", row, err)
			}
			n++
		}
		if n != 1 {
			t.Errorf("%d records, want 1", n)
		}
		return nil
	})
	tab.Upgrade[2] = rename("Words", "Gone")
	view(t, s, func(r storage.Reader) error {
		if row, err := tab.Get(r, "1"); err != nil || row.Value.Text != "" {
			t.Errorf("the last upgrade was not asked: %+v, %v", row, err)
		}
		return nil
	})
	if _, err := storage.Unlock(t.Context(), s, make([]byte, storage.KeySize)); err != nil {
		t.Errorf("unlock: %v", err)
	}
}

func loadGolden(tx storage.Tx) error {
	f, err := os.Open(golden)
	if err != nil {
		return err
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		parts := strings.Split(lines.Text(), " ")
		key, err := hex.DecodeString(parts[1])
		if err != nil {
			return err
		}
		value, err := hex.DecodeString(parts[2])
		if err != nil {
			return err
		}
		if err := tx.Put(storage.Bucket(parts[0]), key, value); err != nil {
			return err
		}
	}
	return nil
}

func writeGolden(t *testing.T) {
	t.Helper()
	s, tab := mem.New(), notes(t)
	if _, err := storage.Unlock(t.Context(), s, make([]byte, storage.KeySize)); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"draft", "as it was in the beginning"} {
		update(t, s, func(tx storage.Tx) error { return tab.Put(tx, "1", note{"ann", text}) })
	}
	var out strings.Builder
	view(t, s, func(r storage.Reader) error {
		for _, b := range []storage.Bucket{"install", "keys", "notes", "notes.who"} {
			for e, err := range r.Scan(b, nil, nil) {
				if err != nil {
					return err
				}
				fmt.Fprintf(&out, "%s %x %x\n", b, e.Key, e.Value)
			}
		}
		return nil
	})
	if err := os.MkdirAll(filepath.Dir(golden), 0o755); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(golden, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString(out.String()); err != nil {
		t.Fatal(err)
	}
}
